import { Connection } from "../link/connection";
import type { CallType, Person } from "../link/fields";
import type { Identity } from "../link/identity";
import type { EventLog } from "../log/event_log";
import { reduce } from "./reduce";
import { readAnswer, readSignal } from "./signals";
import { newPhone, type Asked, type PhoneEvent, type PhoneState } from "./state";

const NAMESPACES = { USER: "/user", TELECALLER: "/telecaller" } as const;
const NOTICE_MS = 8_000;

// A phone: the state, the connection that feeds it, and what its person can do.
export class Phone {
  state: PhoneState;
  readonly #connection: Connection;
  readonly #readers: ((state: PhoneState) => void)[] = [];

  // `own`: the telecallers of this page, for a user.
  constructor(
    readonly identity: Identity,
    own: readonly Person[],
    log: EventLog,
  ) {
    this.state = newPhone(identity.role, own);
    this.#connection = new Connection(
      identity,
      NAMESPACES[identity.role],
      {
        link: (link, reason) => {
          this.#happens({ kind: "link", link, reason: reason ?? null });
          if (link === "online" && identity.role === "USER") void this.#list();
        },
        received: (name, payload) => {
          const signal = readSignal(name, payload);
          if (signal) this.#happens({ kind: "signal", signal, at: Date.now() });
        },
      },
      log,
    );
  }

  onChange(reader: (state: PhoneState) => void): void {
    this.#readers.push(reader);
  }

  goOnline(): void {
    this.#connection.goOnline();
  }

  goOffline(): void {
    this.#connection.goOffline();
  }

  async dial(peer: Person, callType: CallType): Promise<void> {
    this.#happens({ kind: "dialed", peer, callType });
    const payload = await this.#connection.request("call:initiate", { telecallerId: peer.id, callType });
    if (payload === null) this.#happens({ kind: "unanswered", asked: "dial" });
    else this.#happens({ kind: "dial-answered", answer: readAnswer(payload), at: Date.now() });
  }

  async ask(asked: Asked): Promise<void> {
    const { call } = this.state;
    if (!call || call.phase === "dialing" || call.asked) return;
    this.#happens({ kind: "asked", asked });
    const { callId } = call;
    const payload = await this.#connection.request(`call:${asked}`, { callId });
    if (payload === null) this.#happens({ kind: "unanswered", asked });
    else this.#happens({ kind: "answered", asked, callId, answer: readAnswer(payload), at: Date.now() });
  }

  dismiss(notice: number): void {
    this.#happens({ kind: "dismissed", notice });
  }

  async #list(): Promise<void> {
    const payload = await this.#connection.request("presence:list", {});
    if (payload !== null) this.#happens({ kind: "listed", answer: readAnswer(payload) });
  }

  #happens(event: PhoneEvent): void {
    const given = this.state.noticesGiven;
    this.state = reduce(this.state, event);
    if (this.state.noticesGiven > given) {
      const notice = this.state.noticesGiven;
      setTimeout(() => this.dismiss(notice), NOTICE_MS);
    }
    for (const reader of this.#readers) reader(this.state);
  }
}
