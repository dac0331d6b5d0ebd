// A peer in a call whose connection is lost again and again, and which goes on as an app would: with its session token,
// or, where the server recovers its socket, by itself.
import { eventually, within } from "./deadline.mjs";
import { io } from "socket.io-client";
import { tokenOf } from "./tokens.mjs";

let fences = 0;

export class RovingPeer {
  callId = null;
  isIn = false; // the server knows it as the owner of its side
  isOtherAway = false; // as it was told
  returns = 0; // of the other
  said = []; // by number: { acknowledgedAt, otherWasAway: all the while }
  heard = []; // the numbers that arrived
  cuts = []; // when the losses of its connection began
  failures = []; // codes of attempts to come back that failed

  constructor(server, account) {
    this.id = account.id;
    this.socket = io(server.url, {
      auth: { token: tokenOf(account) },
      transports: ["websocket"],
      forceNew: true,
      reconnectionDelay: 20,
      reconnectionDelayMax: 200,
    });
    this.socket.on("auth:success", ({ sessionToken }) => {
      const before = this.sessionToken;
      this.sessionToken = sessionToken;
      if (this.callId && !this.socket.recovered) this.socket.emit("reconnect:attempt", { sessionToken: before });
    });
    this.socket.on("reconnect:success", ({ sessionToken, call, missedEvents }) => {
      this.sessionToken = sessionToken;
      if (missedEvents) this.failures.push("missedEvents");
      this.isIn = call?.callId === this.callId;
      this.#otherIsBack(); // or we are told at once that it is away
    });
    this.socket.on("reconnect:failed", ({ code }) => {
      this.failures.push(code);
      // The connection may have been lost again before the new token came.
      if (code === "SESSION_UNKNOWN") this.socket.emit("reconnect:attempt", { callId: this.callId });
    });
    this.socket.on("call:reconnecting", () => (this.isOtherAway = true));
    this.socket.on("call:reconnected", () => this.#otherIsBack());
    this.socket.on("disconnect", () => (this.isIn = false));
    this.socket.on("webrtc:ice-candidate", ({ candidate }) => this.heard.push(candidate));
    this.socket.on("call:ended", ({ reason }) => (this.ended = reason));
  }

  #otherIsBack() {
    this.isOtherAway = false;
    this.returns++;
  }
  connected() {
    return eventually(() => this.sessionToken, `${this.id} to be greeted`, 30_000);
  }
  takesPart(callId) {
    this.callId = callId;
    this.isIn = true;
  }
  isBack() {
    return eventually(() => this.isIn, () => `${this.id} to be back in its call, after ${this.failures}`, 20_000);
  }

  // The answer; undefined when the connection was lost before it came.
  async ask(event, payload) {
    const lost = new Promise((resolve) => this.socket.once("disconnect", () => resolve()));
    return within(Promise.race([this.socket.emitWithAck(event, payload).catch(() => {}), lost]), `the answer to ${event}`, 20_000);
  }
  async say() {
    const candidate = this.said.length;
    const one = {};
    this.said.push(one);
    const { isOtherAway, returns } = this;
    const answer = await this.ask("webrtc:ice-candidate", { callId: this.callId, candidate });
    if (answer?.ok) one.acknowledgedAt = Date.now();
    one.otherWasAway = isOtherAway && returns === this.returns;
    return answer;
  }

  // A round trip to the server and back.
  fence() {
    const nowhere = this.socket.io.socket(`/fence-${++fences}`);
    return within(new Promise((resolve) => nowhere.once("connect_error", resolve)), `${this.id}: a round trip`, 20_000);
  }

  // The network drops the connection without a word. What was on its way when this began has arrived: two round trips,
  // because it may have been on another thread of the server during the first.
  async lose() {
    if (!this.isIn) return;
    this.cuts.push(Date.now());
    await this.fence();
    await this.fence();
    this.isIn = false;
    this.socket.io.engine.transport.ws.terminate();
  }
  close() {
    this.socket.disconnect();
  }
}
