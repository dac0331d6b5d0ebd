import { reduce } from "../src/peer/reduce";
import { newPeer, type Asked, type PeerEvent, type PeerState } from "../src/peer/state";
import { readAnswer, readSignal } from "../src/peer/wire";

export const OMAR = { id: "demo-omar-1", name: "Omar" };
export const NOON = Date.parse("2026-01-01T12:00:00.000Z");
export const CALL = "507f1f77bcf86cd799439081";
export const OTHER_CALL = "507f1f77bcf86cd799439082";
export const PLAIN = { muted: false, videoOff: false, onHold: false };
export const display = { _id: OMAR.id, name: OMAR.name, profile: null };
export const incoming = {
  callId: CALL,
  callType: "VIDEO",
  from: display,
  expiresAt: "2026-01-01T12:00:30.000Z",
  iceServers: [],
};

// The call as the server shows it to who comes back.
export const ownCall = (fields: object = {}) => ({
  callId: CALL,
  callType: "AUDIO",
  status: "ACCEPTED",
  role: "caller",
  peer: display,
  media: PLAIN,
  peerMedia: PLAIN,
  acceptedAt: "2026-01-01T12:00:00.000Z",
  ...fields,
});

// A peer's phone and what happens to it, told in order.
export class PeerStory {
  phone: PeerState = newPeer();

  static online(): PeerStory {
    return new PeerStory().link("online").greeted();
  }

  happens(event: PeerEvent): this {
    this.phone = reduce(this.phone, event);
    return this;
  }

  link(link: PeerState["link"], reason: string | null = null): this {
    return this.happens({ kind: "link", link, reason });
  }

  greeted(call: object | null = null): this {
    return this.hears("auth:success", {
      user: display,
      sessionToken: "t",
      reconnectGraceMs: 30_000,
      iceServers: [],
      call,
    });
  }

  hears(name: string, payload: object, at = NOON): this {
    const signal = readSignal(name, payload);
    if (!signal) throw new Error(`${name} is no signal`);
    return this.happens({ kind: "signal", signal, at });
  }

  dials(callType: "AUDIO" | "VIDEO" = "AUDIO"): this {
    return this.happens({ kind: "dialed", peer: OMAR, callType });
  }

  isTold(acknowledgement: object): this {
    return this.happens({ kind: "dial-answered", answer: readAnswer(acknowledgement), at: NOON });
  }

  asks(asked: Asked): this {
    return this.happens({ kind: "asked", asked });
  }

  isAnswered(asked: Asked, acknowledgement: object, at = NOON): this {
    return this.happens({ kind: "answered", asked, callId: CALL, answer: readAnswer(acknowledgement), at });
  }

  comesBack(call: object | null): this {
    const path = { kind: "direct" as const, iceServers: [] };
    return this.happens({ kind: "resumed", call: readAnswer({ ok: true, call }).call, path, at: NOON });
  }

  // Rings Omar.
  ringing(): this {
    return this.dials()
      .hears("call:ringing", { callId: CALL, to: OMAR.id })
      .isTold({ ok: true, callId: CALL, expiresAt: incoming.expiresAt });
  }

  talking(): this {
    return this.ringing().hears("call:accepted", {
      callId: CALL,
      callType: "AUDIO",
      by: OMAR.id,
      role: "caller",
      iceServers: [],
    });
  }
}
