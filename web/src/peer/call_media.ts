import type { CallType } from "../link/fields";
import type { MediaSignal } from "./exchange";
import { wantsRelayOnly } from "./kept";
import { LocalMedia } from "./local_media";
import { MediaSession } from "./media_session";
import { readStats, SAMPLES_KEPT, sampleOf, type Reading, type Route, type Sample } from "./quality";
import type { PeerState, Talking } from "./state";

export interface MediaHearer {
  send(callId: string, signal: MediaSignal): void;
  iceServers(): Promise<RTCIceServer[] | null>; // fresh ones, if there are any
  changed(): void;
  failed(what: string, error: unknown): void;
}

const READ_MS = 1000;
const EARLY_KEPT = 256;

// The media of whatever call the phone is in: devices, connection and how well it does.
export class CallMedia {
  readonly local = new LocalMedia();
  samples: Sample[] = [];
  route: Route | null = null;
  #isWanted = false;
  #opening: Promise<string | null> | null = null;
  #session: { callId: string; is: MediaSession } | null = null;
  #early: { callId: string; signal: MediaSignal }[] = [];
  #before: Reading | null = null;
  #reader: number | undefined;

  constructor(private readonly hearer: MediaHearer) {}

  get remote(): MediaStream | null {
    return this.#session?.is.remote ?? null;
  }

  get state(): RTCPeerConnectionState | null {
    return this.#session?.is.state ?? null;
  }

  // Resolves with what is missing, in words.
  open(callType: CallType): Promise<string | null> {
    this.#opening ??= this.local.open(callType).finally(() => {
      this.#opening = null;
      if (!this.#isWanted) this.local.close(); // the call was over before the person had allowed it
      this.hearer.changed();
    });
    return this.#opening;
  }

  // `isBack`: this page was loaded anew, and the other end waits for a connection.
  follow({ call }: PeerState, isBack: boolean): void {
    if (call?.phase !== "talking" || call.callId !== this.#session?.callId) this.#endSession();
    this.#isWanted = call !== null && (call.phase !== "ringing" || call.role === "caller" || call.asked === "accept");
    if (!this.#isWanted) this.local.close();
    if (call?.phase !== "talking" || call.path.kind !== "direct") return;
    this.#session ??= this.#newSession(call, call.path.iceServers, isBack);
    this.#session.is.show(call.mine, call.theirs);
    for (const { callId, signal } of this.#early.splice(0)) this.hear(callId, signal);
  }

  // An offer may overtake the phone's own knowledge that the call was accepted: both can come in one message.
  hear(callId: string, signal: MediaSignal): void {
    if (!this.#session) this.#early = [...this.#early, { callId, signal }].slice(-EARLY_KEPT);
    else if (callId === this.#session.callId) this.#session.is.hear(signal);
  }

  peerIsBack(): void {
    this.#session?.is.peerIsBack();
  }

  #newSession(call: Talking, iceServers: RTCIceServer[], isBack: boolean): { callId: string; is: MediaSession } {
    const { callId, callType, role } = call;
    const { send, iceServers: fresh, changed, failed } = this.hearer;
    const iceTransportPolicy = wantsRelayOnly() ? "relay" : "all";
    const is = new MediaSession(
      {
        configuration: { iceServers, iceTransportPolicy },
        fresh: async () => ({ iceServers: (await fresh()) ?? iceServers, iceTransportPolicy }),
        isPolite: role === "callee",
        offers: role === "caller" || isBack,
        wantsVideo: callType === "VIDEO",
        local: this.local,
        opened: this.open(call.mine.videoOff ? "AUDIO" : callType),
      },
      { send: (signal) => send(callId, signal), changed, failed },
    );
    this.#reader = window.setInterval(() => void this.#read(is), READ_MS);
    return { callId, is };
  }

  #endSession(): void {
    if (!this.#session) return;
    clearInterval(this.#reader);
    this.#session.is.close();
    this.#session = null;
    this.#before = null;
    this.samples = [];
    this.route = null;
  }

  async #read(session: MediaSession): Promise<void> {
    const report = await session.stats();
    if (session !== this.#session?.is) return;
    const now = readStats(report.values() as Iterable<{ id: string; type: string }>, performance.now());
    const sample = this.#before ? sampleOf(this.#before, now) : null;
    this.#before = now;
    this.route = now.route;
    if (sample) this.samples = [...this.samples, sample].slice(-SAMPLES_KEPT);
    this.hearer.changed();
  }
}
