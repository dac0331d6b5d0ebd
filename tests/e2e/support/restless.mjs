// A device that does what people and networks do, and notices when the server leaves it on a call that is over.
import { io } from "socket.io-client";
import { eventually, within } from "./deadline.mjs";
import { tokenOf } from "./tokens.mjs";

const FINAL = ["call:rejected", "call:missed", "call:cancelled", "call:ended"];

export class Restless {
  shows = null; // the callId on its screen
  finals = new Map(); // callId → what it was told of the end
  acceptedInVain = new Set(); // calls that are over when the accept arrives: they are told once more

  constructor(server, account, transports) {
    Object.assign(this, { server, account, id: account.id });
    this.socket = io(`${server.url}${{ USER: "/user", TELECALLER: "/telecaller" }[account.role]}`, {
      auth: { token: tokenOf(account) },
      transports,
      forceNew: true,
      reconnectionDelay: 20,
      reconnectionDelayMax: 100,
    });
    this.socket.on("call:incoming", ({ callId }) => (this.shows = callId));
    this.socket.on("call:ringing", ({ callId }) => (this.shows = callId));
    this.socket.on("disconnect", () => (this.shows = null));
    for (const event of FINAL)
      this.socket.on(event, ({ callId, reason }) => {
        // That another device of the account has answered is not yet the end.
        const told = `${event} ${reason} on ${this.socket.id}`;
        if (reason !== "answered_elsewhere") this.finals.set(callId, [...(this.finals.get(callId) ?? []), told]);
        if (this.shows === callId) this.shows = null;
      });
  }

  connected() {
    return eventually(() => this.socket.connected, `${this.account.role} ${this.id} is back`);
  }
  // The answer; undefined when the connection was lost before it came.
  ask(event, payload) {
    const lost = new Promise((resolve) => this.socket.once("disconnect", () => resolve()));
    return within(Promise.race([this.socket.emitWithAck(event, payload), lost]), `the answer to ${event}`);
  }
  // An act that leaves the call when it was carried out.
  async leave(event, callId) {
    const answer = await this.ask(event, { callId });
    if (answer?.ok && this.shows === callId) this.shows = null;
    return answer;
  }
  async accept(callId) {
    this.acceptedInVain.add(callId); // the client may send it when the connection is back, and nobody waits for the answer
    const answer = await this.ask("call:accept", { callId });
    if (answer?.ok) this.acceptedInVain.delete(callId);
    return answer;
  }
  async isFree() {
    const callId = this.shows;
    if (callId === null) return;
    try {
      await eventually(() => this.shows !== callId, `${this.account.role} ${this.id} to learn of the end`);
    } catch (error) {
      throw new Error(`${error.message}\n${this.#logOf(callId)}`, { cause: error });
    }
  }
  // The app says goodbye and comes back, or the network drops it and it comes back by itself.
  async goAway(isOwn) {
    if (isOwn) {
      this.socket.disconnect().connect();
    } else {
      const lost = new Promise((resolve) => this.socket.once("disconnect", resolve)),
        { ws } = this.socket.io.engine.transport;
      if (ws) ws.terminate();
      else this.socket.io.engine.close();
      await within(lost, "the loss of a connection");
    }
    await this.connected();
  }
  // Of each call of whose end it was told more than once, what it was told and what the server did.
  toldTwice() {
    return [...this.finals]
      .filter(([callId, told]) => told.length > (this.acceptedInVain.has(callId) ? 2 : 1))
      .map(([callId, told]) => `${this.account.role} ${told.join(", ")}\n${this.#logOf(callId)}`);
  }
  #logOf(callId) {
    const lines = this.server.log.split("\n").filter((line) => line.includes(callId));
    return lines.join("\n");
  }
  close() {
    this.socket.disconnect();
  }
}
