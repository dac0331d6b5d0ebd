import { Connection } from "../link/connection";
import { fieldsOf, type CallType, type Person } from "../link/fields";
import { getJson, putContact } from "../link/rest";
import type { EventLog } from "../log/event_log";
import { CallMedia } from "./call_media";
import { readMediaSignal, writeMediaSignal } from "./exchange";
import { keep, type Kept } from "./kept";
import { Outbox } from "./outbox";
import { reduce } from "./reduce";
import { newPeer, type Asked, type PeerEvent } from "./state";
import { iceServersIn, readAnswer, readSignal, type Control, type OwnCall, type Signal } from "./wire";

const NOTICE_MS = 8_000;
const TRY_AGAIN_MS = 13_000; // five attempts a minute are allowed

// A peer's phone: the state, the connection that feeds it, the media of its call, and what its person can do.
export class PeerPhone {
  state = newPeer();
  readonly media: CallMedia;
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #readers: (() => void)[] = [];
  #iceServers: RTCIceServer[] = [];
  #greetings = 0;

  constructor(
    readonly kept: Kept,
    private readonly log: EventLog,
  ) {
    const identity = { id: kept.id, role: "USER", name: kept.name } as const;
    this.#connection = new Connection(
      identity,
      "/",
      {
        link: (link, reason) => this.#happens({ kind: "link", link, reason: reason ?? null }),
        received: (name, payload) => this.#received(name, payload),
      },
      log,
    );
    this.#outbox = new Outbox((name, payload) => this.#connection.request(name, payload));
    this.media = new CallMedia({
      send: (callId, signal) => {
        const { name, payload } = writeMediaSignal(callId, signal);
        this.#outbox.put(name, payload);
      },
      iceServers: async () => {
        const answer = await getJson(this.#connection.token, "/api/v1/ice-servers");
        return iceServersIn(fieldsOf(answer)["iceServers"]);
      },
      changed: () => this.#tell(),
      failed: (what, error) => this.#mediaFailed(what, error),
    });
  }

  onChange(reader: () => void): void {
    this.#readers.push(reader);
  }

  goOnline(): void {
    this.#connection.goOnline();
  }

  goOffline(): void {
    this.#connection.goOffline();
  }

  async dial(peer: Person, callType: CallType): Promise<void> {
    if (this.state.call) return;
    this.#happens({ kind: "dialed", peer, callType });
    if (!(await this.#hasMedia(callType, "dial")) || !this.#isDialing(peer)) return;
    const payload = await this.#connection.request("call:request", { to: peer.id, callType });
    if (payload === null) this.#happens({ kind: "given-up", asked: "dial", because: "The server did not answer." });
    else this.#happens({ kind: "dial-answered", answer: readAnswer(payload), at: Date.now() });
  }

  async ask(asked: Asked): Promise<void> {
    const { call } = this.state;
    if (!call || call.phase === "dialing" || call.asked) return;
    this.#happens({ kind: "asked", asked });
    const { callId } = call;
    if (asked === "accept" && !(await this.#hasMedia(call.callType, asked))) return;
    const payload = await this.#connection.request(`call:${asked}`, { callId });
    if (payload === null) this.#happens({ kind: "given-up", asked, because: "The server did not answer." });
    else this.#happens({ kind: "answered", asked, callId, answer: readAnswer(payload), at: Date.now() });
  }

  async control(control: Control): Promise<void> {
    if (control === "call:video-on" && !(await this.media.local.openCamera()))
      return this.#happens({ kind: "noticed", text: "The camera cannot be used." });
    const { call } = this.state;
    if (control === "call:video-off" || call?.phase !== "talking") this.media.local.closeCamera();
    if (call?.phase !== "talking") return;
    this.#happens({ kind: "controlled", control });
    this.#outbox.put(control, { callId: call.callId });
  }

  // Who put each other see each other; the list is asked for anew, as nothing tells of it.
  async addContact(id: string): Promise<void> {
    const problem = await putContact(this.#connection.token, id);
    if (problem) return this.#happens({ kind: "noticed", text: problem });
    await this.#connection.request("user:list", {});
    if (!this.state.people.some((person) => person.id === id))
      this.#happens({ kind: "noticed", text: "Added. You see each other once they have added you, and are online." });
  }

  dismiss(notice: number): void {
    this.#happens({ kind: "dismissed", notice });
  }

  #received(name: string, payload: unknown): void {
    const media = readMediaSignal(name, payload);
    if (media) return this.media.hear(media.callId, media.signal);
    const signal = readSignal(name, payload);
    if (!signal) return;
    this.#happens({ kind: "signal", signal, at: Date.now() });
    if (signal.name === "auth:success") this.#greeted(signal);
    if (signal.name === "call:reconnected") this.media.peerIsBack();
  }

  #greeted({ sessionToken, iceServers, call }: Extract<Signal, { name: "auth:success" }>): void {
    this.#iceServers = iceServers;
    const greeting = ++this.#greetings;
    // Whoever is being called has nothing to take back: it rings here as on every device.
    const isMine = call && (call.status === "ACCEPTED" || call.role === "caller");
    if (!isMine) return this.#keepToken(sessionToken);
    const last = this.kept.sessionToken;
    void this.#comeBack(call, last ? { sessionToken: last } : { callId: call.callId }, greeting);
  }

  // With the token of the connection that was lost, which also takes the call from one that the server still thinks
  // alive; an app without one names the call.
  async #comeBack(call: OwnCall, by: { sessionToken: string } | { callId: string }, greeting: number): Promise<void> {
    const payload = await this.#connection.request("reconnect:attempt", by);
    if (greeting !== this.#greetings || payload === null) return; // the connection is another by now
    const answer = readAnswer(payload);
    if (answer.ok) {
      if (answer.sessionToken) this.#keepToken(answer.sessionToken);
      const direct = { kind: "direct", iceServers: this.#iceServers } as const;
      const path = this.kept.isLivekit ? ({ kind: "livekit", roomName: call.callId } as const) : direct;
      return this.#happens({ kind: "resumed", call: answer.call, path, at: Date.now() });
    }
    if (answer.code === "RATE_LIMITED")
      return void setTimeout(() => {
        if (greeting === this.#greetings && this.state.isGreeted) void this.#comeBack(call, by, greeting);
      }, TRY_AGAIN_MS);
    if ("sessionToken" in by) return this.#comeBack(call, { callId: call.callId }, greeting);
    this.#happens({ kind: "not-resumed", message: "The call goes on without this device." });
  }

  #keepToken(sessionToken: string): void {
    this.kept.sessionToken = sessionToken;
    keep(this.kept);
  }

  #isDialing(peer: Person): boolean {
    return this.state.call?.phase === "dialing" && this.state.call.peer === peer;
  }

  async #hasMedia(callType: CallType, asked: Asked | "dial"): Promise<boolean> {
    const missing = await this.media.open(callType);
    if (this.media.local.microphone) return true;
    this.#happens({ kind: "given-up", asked, because: missing ?? "The microphone cannot be used." });
    return false;
  }

  #mediaFailed(what: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.log.record({
      who: this.kept.name,
      direction: "link",
      name: `media: ${what}`,
      payload: { reason },
      at: Date.now(),
    });
    if (what === "relay-credentials")
      this.#happens({ kind: "noticed", text: "The relay refuses the credentials (401)." });
  }

  #happens(event: PeerEvent): void {
    const before = this.state;
    this.state = reduce(before, event);
    const { call, hasLeg, noticesGiven } = this.state;
    if (noticesGiven > before.noticesGiven) setTimeout(() => this.dismiss(noticesGiven), NOTICE_MS);
    if (!call) this.#outbox.clear();
    this.media.follow(this.state, event.kind === "resumed");
    if (call?.phase === "talking" && before.call?.phase !== "talking") this.#talks();
    if (hasLeg) this.#outbox.open();
    else this.#outbox.close();
    this.#tell();
  }

  #talks(): void {
    const { call } = this.state;
    if (call?.phase !== "talking") return;
    this.kept.isLivekit = call.path.kind === "livekit";
    keep(this.kept);
    // Known already when this page dialed or accepted; one that was loaded anew has to ask for its devices again.
    void this.media.open(call.mine.videoOff ? "AUDIO" : call.callType).then((missing) => {
      if (this.state.call?.phase !== "talking" || this.state.call.callId !== call.callId) return;
      if (missing) this.#happens({ kind: "noticed", text: missing });
      if (call.callType === "VIDEO" && !this.media.local.camera && !this.state.call.mine.videoOff)
        void this.control("call:video-off");
    });
  }

  #tell(): void {
    for (const reader of this.#readers) reader();
  }
}
