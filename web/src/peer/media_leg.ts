import { Exchange, type MediaSignal, type Verdict } from "./exchange";

export interface LegHearer {
  send(signal: MediaSignal): void;
  changed(): void;
  failed(what: string, error: unknown): void;
  broke(leg: MediaLeg): void; // neither end reaches the other any more
}

export type Kind = "audio" | "video";

// This end of one RTCPeerConnection. Signals have to be heard one after the other.
export class MediaLeg {
  // Another stream for each track that comes: Chromium does not play a track that joins one which it was not yet allowed
  // to play.
  remote: MediaStream | null = null;
  readonly #connection: RTCPeerConnection;
  readonly #exchange: Exchange;
  readonly #senders = new Map<Kind, RTCRtpSender>();
  #mayOffer: boolean;
  #isOffering = false;

  // `offers`: this end speaks first. The other one begins to offer changes once it has answered.
  constructor(
    configuration: RTCConfiguration,
    isPolite: boolean,
    offers: boolean,
    private readonly hearer: LegHearer,
  ) {
    this.#exchange = new Exchange(crypto.randomUUID(), isPolite);
    this.#mayOffer = offers;
    const connection = (this.#connection = new RTCPeerConnection(configuration));
    connection.addEventListener("negotiationneeded", () => void this.#offer());
    connection.addEventListener("icecandidate", ({ candidate }) => this.#sendCandidate(candidate));
    connection.addEventListener("icecandidateerror", (event) => this.#iceFailed(event));
    connection.addEventListener("track", ({ track }) => {
      this.remote = new MediaStream([...(this.remote?.getTracks() ?? []), track]);
      hearer.changed();
    });
    connection.addEventListener("connectionstatechange", () => {
      hearer.changed();
      if (connection.connectionState === "failed") hearer.broke(this);
    });
  }

  get state(): RTCPeerConnectionState {
    return this.#connection.connectionState;
  }

  stats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  close(): void {
    this.#mayOffer = false;
    this.#connection.close();
  }

  // What is sent from now on; null sends nothing. A kind that was never sent needs a new offer, which follows by itself.
  async setTrack(kind: Kind, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.#senders.get(kind);
    if (sender) {
      if (sender.track !== track) await sender.replaceTrack(track);
    } else if (track) {
      this.#senders.set(kind, this.#connection.addTrack(track, new MediaStream([track])));
    }
  }

  // For who has nothing to send of a kind, and wants to be sent it all the same.
  expect(kind: Kind): void {
    if (this.#mayOffer && !this.#senders.has(kind)) this.#connection.addTransceiver(kind, { direction: "recvonly" });
  }

  judge(signal: MediaSignal): Verdict {
    const hasLocalOffer = this.#connection.signalingState === "have-local-offer";
    const isBusy = this.#isOffering || this.#connection.signalingState !== "stable";
    return this.#exchange.judge(signal, { isBusy, hasLocalOffer });
  }

  async apply(signal: MediaSignal): Promise<void> {
    const connection = this.#connection;
    if (signal.kind === "ice-candidate") return this.#add(signal.candidate);
    await connection.setRemoteDescription({ type: signal.kind, sdp: signal.sdp }); // takes back an offer of our own
    if (signal.kind === "offer") {
      await connection.setLocalDescription();
      this.#sendDescription(signal.connection);
      this.#mayOffer = true;
    }
    for (const candidate of this.#exchange.described(signal.connection)) await this.#add(candidate);
  }

  // Looks for ways to the other end anew, with what may be other relays.
  restart(configuration: RTCConfiguration): void {
    if (!this.#mayOffer || this.#connection.signalingState === "closed") return;
    this.#connection.setConfiguration(configuration);
    this.#connection.restartIce();
  }

  // The other end is back, and may never have seen the offer that waits for its answer.
  repeatOffer(): void {
    if (this.#connection.signalingState === "have-local-offer") this.#sendDescription();
  }

  async #offer(): Promise<void> {
    if (!this.#mayOffer) return;
    this.#isOffering = true;
    try {
      await this.#connection.setLocalDescription();
      // An offer of the other end may have come first: then there is nothing to offer any more.
      if (this.#connection.signalingState === "have-local-offer") this.#sendDescription();
    } catch (error) {
      if (this.#connection.signalingState !== "closed") this.hearer.failed("offer", error);
    } finally {
      this.#isOffering = false;
    }
  }

  #sendDescription(to = this.#exchange.address.to): void {
    const description = this.#connection.localDescription;
    if (description?.type !== "offer" && description?.type !== "answer") return;
    this.hearer.send({ ...this.#exchange.address, to, kind: description.type, sdp: description.sdp });
  }

  #sendCandidate(candidate: RTCIceCandidate | null): void {
    if (candidate?.candidate === "") return; // the end of one generation; null is the end of all
    const sent = candidate ? candidate.toJSON() : { candidate: "" };
    this.hearer.send({ ...this.#exchange.address, kind: "ice-candidate", candidate: sent });
  }

  // Those of an offer that was ignored, or is out of date, belong to nothing.
  async #add(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await this.#connection.addIceCandidate(candidate);
    } catch (error) {
      this.hearer.failed("candidate", error);
    }
  }

  #iceFailed({ errorCode, errorText, url }: RTCPeerConnectionIceErrorEvent): void {
    this.hearer.failed(errorCode === 401 ? "relay-credentials" : "gathering", `${errorCode} ${errorText} ${url ?? ""}`);
  }
}
