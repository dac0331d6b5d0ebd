import { io, type Socket } from "socket.io-client";
import type { EventLog } from "../log/event_log";
import type { Identity } from "./identity";
import { requestToken, TokenError } from "./token";

// connecting: not there yet · reconnecting: was there, the client tries again · refused: the server does not want it,
// only the person can try again.
export type Link = "offline" | "connecting" | "online" | "reconnecting" | "refused";

export interface Hearer {
  link(link: Link, reason?: string): void;
  received(name: string, payload: unknown): void;
}

const ANSWER_TIMEOUT_MS = 10_000;
const TOKEN_RETRY_MS = 3_000;
const LIMIT_RETRY_MS = 15_000;

// One account's connection to one namespace, on a transport of its own: going offline with one phone must not touch
// the others, which Socket.IO would otherwise multiplex over one connection.
export class Connection {
  readonly #socket: Socket;
  #attempt = 0; // counts up whenever an earlier attempt to connect became void
  #renewed = false; // a token was already replaced since the last success
  #retry: number | undefined;
  #token = "";

  constructor(
    readonly identity: Identity,
    readonly namespace: string,
    private readonly hearer: Hearer,
    private readonly log: EventLog,
  ) {
    this.#socket = io(location.origin + namespace, {
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      autoConnect: false,
      forceNew: true,
    });
    this.#socket.on("connect", () => this.#connected());
    this.#socket.on("disconnect", (reason) => this.#disconnected(reason));
    this.#socket.on("connect_error", (error) => this.#failed(error));
    this.#socket.onAny((name: string, payload: unknown) => {
      this.#record("received", name, payload);
      hearer.received(name, payload);
    });
  }

  // The last one that it connected with.
  get token(): string {
    return this.#token;
  }

  goOnline(): void {
    this.#begin();
    this.hearer.link("connecting");
    void this.#open();
  }

  goOffline(): void {
    this.#begin();
    this.#socket.disconnect();
    this.hearer.link("offline");
  }

  // Resolves with the acknowledgement, or null when none came in time.
  async request(name: string, payload: object): Promise<unknown> {
    this.#record("sent", name, payload);
    try {
      const answer: unknown = await this.#socket.timeout(ANSWER_TIMEOUT_MS).emitWithAck(name, payload);
      this.#record("answer", name, answer);
      return answer;
    } catch {
      this.#record("link", `${name}: no answer`);
      return null;
    }
  }

  #begin(): void {
    this.#attempt += 1;
    this.#renewed = false;
    clearTimeout(this.#retry);
  }

  // Always with a fresh token: the last one may have expired, or be signed with the secret of a server that is gone.
  async #open(): Promise<void> {
    const attempt = ++this.#attempt;
    try {
      const token = await requestToken(this.identity);
      if (attempt !== this.#attempt) return;
      this.#token = token;
      this.#socket.auth = { token };
      this.#record("sent", `connect ${this.namespace}`, { auth: { token } });
      this.#socket.connect();
    } catch (error) {
      if (attempt !== this.#attempt) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#record("link", "no token", { reason });
      if (error instanceof TokenError && error.final) this.hearer.link("refused", reason);
      else this.#openLater(TOKEN_RETRY_MS);
    }
  }

  #openLater(delay: number): void {
    this.#retry = window.setTimeout(() => void this.#open(), delay);
  }

  #connected(): void {
    this.#renewed = false;
    this.#record("link", "connected", { sid: this.#socket.id });
    this.hearer.link("online");
  }

  #disconnected(reason: Socket.DisconnectReason): void {
    this.#record("link", "disconnected", { reason });
    if (reason === "io client disconnect") return; // goOffline() has told it
    if (this.#socket.active) this.hearer.link("reconnecting");
    else this.hearer.link("refused", "The server closed the connection.");
  }

  #failed(error: Error & { data?: unknown }): void {
    this.#record("link", "connect_error", { message: error.message, data: error.data });
    if (this.#socket.active) return; // the transport failed: the client tries again by itself
    const { data } = error;
    const code = data !== null && typeof data === "object" && "code" in data ? data.code : null;
    if (code === "UNAUTHORIZED" && !this.#renewed) {
      this.#renewed = true;
      void this.#open();
    } else if (code === "RATE_LIMITED") {
      this.hearer.link("connecting", `${error.message} Trying again in ${LIMIT_RETRY_MS / 1000} s.`);
      this.#openLater(LIMIT_RETRY_MS);
    } else {
      this.hearer.link("refused", error.message);
    }
  }

  #record(direction: "sent" | "received" | "answer" | "link", name: string, payload?: unknown): void {
    this.log.record({ who: this.identity.name, direction, name, payload, at: Date.now() });
  }
}
