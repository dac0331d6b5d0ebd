import { fieldsOf, text } from "../link/fields";

// Descriptions and candidates between the two ends of a call, and what to do with each that comes. Beside what the
// server asks for, a signal names the RTCPeerConnection that it comes from, and the one that it is for as soon as that
// is known: after a reload there is a new one, which must not be taken for the old, nor get what was meant for it.
export type MediaSignal = Address & (Description | Candidate);

export interface Address {
  connection: string;
  to: string | null;
}

interface Description {
  kind: "offer" | "answer";
  sdp: string;
}

interface Candidate {
  kind: "ice-candidate";
  candidate: RTCIceCandidateInit;
}

export function readMediaSignal(name: string, payload: unknown): { callId: string; signal: MediaSignal } | null {
  const fields = fieldsOf(payload);
  const callId = text(fields["callId"]);
  const address = { connection: text(fields["connection"]) ?? "", to: text(fields["to"]) };
  if (!callId) return null;
  if (name === "webrtc:offer" || name === "webrtc:answer") {
    const sdp = text(fields["sdp"]) ?? text(fieldsOf(fields["sdp"])["sdp"]);
    return sdp ? { callId, signal: { ...address, kind: name === "webrtc:offer" ? "offer" : "answer", sdp } } : null;
  }
  if (name !== "webrtc:ice-candidate") return null;
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = fieldsOf(fields["candidate"]);
  return {
    callId,
    signal: {
      ...address,
      kind: "ice-candidate",
      candidate: {
        candidate: text(candidate) ?? "", // empty, or null as a whole: there are no more
        ...(typeof sdpMid === "string" ? { sdpMid } : {}),
        ...(typeof sdpMLineIndex === "number" ? { sdpMLineIndex } : {}),
        ...(typeof usernameFragment === "string" ? { usernameFragment } : {}),
      },
    },
  };
}

export function writeMediaSignal(callId: string, signal: MediaSignal): { name: string; payload: object } {
  const { kind, connection, to } = signal;
  const content = kind === "ice-candidate" ? { candidate: signal.candidate } : { sdp: { type: kind, sdp: signal.sdp } };
  return { name: `webrtc:${kind}`, payload: { callId, ...content, connection, ...(to === null ? {} : { to }) } };
}

// ignore: not for this connection, or its turn has passed · replace: it comes from a connection that took the place of
// the one known so far, so this end needs a new one too, which then takes the signal · keep: a candidate before the
// description that it belongs to · apply.
export type Verdict = "ignore" | "replace" | "keep" | "apply";

export interface Progress {
  isBusy: boolean; // an offer of one's own is being made or waits for its answer
  hasLocalOffer: boolean; // it waits for its answer
}

const KEPT = 256;

// One end of one RTCPeerConnection. When offers cross, the impolite end's stands ("perfect negotiation").
export class Exchange {
  #theirs: string | null = null;
  #isDescribed = false;
  #kept: { connection: string; candidate: RTCIceCandidateInit }[] = [];

  constructor(
    readonly mine: string,
    readonly isPolite: boolean,
  ) {}

  get address(): Address {
    return { connection: this.mine, to: this.#theirs };
  }

  judge(signal: MediaSignal, { isBusy, hasLocalOffer }: Progress): Verdict {
    if (signal.to !== null && signal.to !== this.mine) return "ignore";
    const isKnown = this.#theirs === signal.connection;
    switch (signal.kind) {
      case "offer":
        if (this.#theirs !== null && !isKnown) return "replace";
        return isBusy && !this.isPolite ? "ignore" : "apply";
      case "answer":
        return hasLocalOffer && (this.#theirs === null || isKnown) ? "apply" : "ignore";
      case "ice-candidate":
        if (isKnown && this.#isDescribed) return "apply";
        this.#kept.push({ connection: signal.connection, candidate: signal.candidate });
        this.#kept.splice(0, this.#kept.length - KEPT);
        return "keep";
    }
  }

  // The other end's description was applied: the candidates that came before it, in order.
  described(connection: string): RTCIceCandidateInit[] {
    this.#theirs = connection;
    this.#isDescribed = true;
    const ready = this.#kept.filter((kept) => kept.connection === connection);
    this.#kept = this.#kept.filter((kept) => kept.connection !== connection);
    return ready.map(({ candidate }) => candidate);
  }
}
