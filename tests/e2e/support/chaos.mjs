// What a cluster is put to when anything may happen: phones that do what people do, faults at random, and the rules that
// the history has to follow.
import { io } from "socket.io-client";
import { delay, eventually } from "./deadline.mjs";
import { tokenOf } from "./tokens.mjs";

// Mulberry32: the same decisions for the same seed; when they fall is the machine's business.
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// How the end of a call that is stored with a status may be told.
const TOLD_AS = {
  COMPLETED: ["call:ended"],
  MISSED: ["call:missed", "call:cancelled"],
  CANCELLED: ["call:cancelled"],
  REJECTED: ["call:rejected", "call:cancelled"],
};
const FINAL = ["call:rejected", "call:missed", "call:cancelled", "call:ended"];
const PLACE = { USER: "/user", TELECALLER: "/telecaller" };

export class ChaosPhone {
  shows = null; // the callId on its screen
  last = null; // the call that it knows of
  history = []; // { at, event, callId, reason } of all that it was told of calls, and of what it did: { at, did, callId, ok }
  acceptedInVain = new Set(); // calls that may be over when the accept arrives: they are told once more

  constructor(url, account, kind) {
    Object.assign(this, { account, kind, id: account.id });
    this.socket = io(`${url}${kind === "peers" ? "/" : PLACE[account.role]}`, {
      auth: { token: tokenOf(account) },
      transports: ["websocket"],
      forceNew: true,
      timeout: 3000,
      reconnectionDelay: 50,
      reconnectionDelayMax: 500,
    });
    this.socket.onAny((event, payload) => {
      if (!payload?.callId) return;
      this.history.push({ at: Date.now(), event, callId: payload.callId, reason: payload.reason });
      if (["call:incoming", "call:ringing", "call:accepted"].includes(event)) this.shows = this.last = payload.callId;
      if (FINAL.includes(event) && this.shows === payload.callId) this.shows = null;
    });
    this.socket.on("disconnect", (reason) => {
      this.shows = null;
      this.history.push({ at: Date.now(), was: "disconnected", reason });
    });
    this.socket.on("auth:success", () => {
      this.history.push({ at: Date.now(), was: "connected" });
      if (this.last) this.socket.emit("reconnect:attempt", { callId: this.last });
    });
  }
  // The answer; undefined when it did not come.
  async ask(event, payload) {
    const at = Date.now();
    const lost = new Promise((resolve) => this.socket.once("disconnect", () => resolve()));
    const answer = await Promise.race([this.socket.emitWithAck(event, payload).catch(() => {}), lost, delay(10_000)]);
    this.history.push({ at, did: event, callId: answer?.callId ?? payload.callId, ok: answer?.ok });
    return answer;
  }
  async call(callee) {
    const [event, to] = this.kind === "peers" ? ["call:request", { to: callee.id }] : ["call:initiate", { telecallerId: callee.id }];
    const answer = await this.ask(event, { ...to, callType: "AUDIO" });
    if (answer?.ok) this.last = answer.callId;
    return answer;
  }
  async accept(callId) {
    this.acceptedInVain.add(callId);
    const answer = await this.ask("call:accept", { callId });
    if (answer?.ok) this.acceptedInVain.delete(callId);
    return answer;
  }
  // An act that leaves the call when it was carried out.
  async leave(event, callId) {
    const answer = await this.ask(event, { callId });
    if (answer?.ok && this.shows === callId) this.shows = null;
    return answer;
  }
  // Out of whatever call it may be in.
  async free() {
    if (!this.last) return;
    for (const event of ["call:end", "call:cancel"]) if ((await this.leave(event, this.last))?.ok) return;
  }
  drop() {
    this.socket.io.engine?.transport?.ws?.terminate();
  }
  connected(ms) {
    return eventually(() => this.socket.connected, `${this.id} being connected`, ms);
  }
  close() {
    this.socket.disconnect();
  }
}

// One caller for as long as it goes on.
export async function live(caller, callees, random, isOver) {
  const chance = (n) => random() * n < 1;
  const pause = (ms) => delay(random() * ms);
  while (!isOver()) {
    await pause(400);
    const callee = callees[Math.floor(random() * callees.length)];
    if (callee === caller || !caller.socket.connected) continue;
    const answer = await caller.call(callee);
    if (!answer?.ok) {
      if (answer?.error?.code === "ALREADY_IN_CALL") await caller.free();
      continue;
    }
    const { callId } = answer;
    const way = Math.floor(random() * 7);
    if (way === 0) await caller.leave("call:cancel", callId);
    else if (way === 1) await callee.leave("call:reject", callId);
    else if (way === 2) await Promise.all([callee.accept(callId), caller.leave("call:cancel", callId)]);
    else if (way === 3) await pause(3000); // it may ring in vain
    else {
      await pause(300);
      await callee.accept(callId);
      await pause(2000);
      if (chance(4)) (chance(2) ? caller : callee).drop();
      await Promise.all([caller.leave("call:end", callId), ...(chance(2) ? [callee.leave("call:end", callId)] : [])]);
    }
    if (caller.shows === callId) await caller.leave("call:cancel", callId);
  }
}

// A node that is hit so soon after it told an end has not acknowledged it: that party may be told again
// (docs/decisions/0015-redis-agrees.md).
const ACKNOWLEDGED_WITHIN_MS = 30;

// Everything in which the history differs from the rules. `calls` are the rows of the store; `faultsAt`: when they began.
export function violations(phones, calls, faultsAt) {
  const found = [];
  const stored = new Map(calls.map((row) => [row.id, row]));
  for (const phone of phones) {
    const who = `${phone.account.role} ${phone.id}`;
    const ends = new Map();
    for (const { at, event, did, ok, callId, reason } of phone.history) {
      if (!callId) continue;
      const row = stored.get(callId);
      if (event === "call:busy") continue; // of an attempt, told at once: its record may die with the node
      if (event && !row) found.push(`${who} was told ${event} of ${callId}, which is not stored`);
      if (did && ok && !row) found.push(`${who} did ${did} with ${callId}, which is not stored`);
      if (did === "call:accept" && ok && row && !row.accepted_at) found.push(`${who} accepted ${callId}, which is ${row.status}`);
      if (event === "call:accepted" && row && !row.accepted_at) found.push(`${who} heard that ${callId} was accepted, which is ${row.status}`);
      if (!FINAL.includes(event) || /elsewhere/.test(reason ?? "")) continue;
      const isKnown = faultsAt.every((fault) => fault < at || fault > at + ACKNOWLEDGED_WITHIN_MS);
      if (isKnown || ends.has(callId)) ends.set(callId, [...(ends.get(callId) ?? []), `${event} ${reason}`]);
      const isAnswer = event === "call:cancelled" && phone.acceptedInVain.has(callId);
      if (row && !isAnswer && !TOLD_AS[row.status]?.includes(event)) found.push(`${who} was told ${event} ${reason} of ${callId}, which is ${row.status} ${row.reason}`);
    }
    for (const [callId, told] of ends)
      if (told.length > (phone.acceptedInVain.has(callId) ? 2 : 1)) found.push(`${who} was told twice of ${callId}: ${told.join(", ")}`);
  }
  const byParty = new Map();
  for (const row of calls) {
    if (row.reason === "busy") continue; // the record of an attempt
    for (const party of [row.caller_id, row.callee_id]) byParty.set(party, [...(byParty.get(party) ?? []), row]);
  }
  // A call is written, and told, when the party's last one is over: it may wait for that for a moment.
  const toldAt = new Map();
  for (const { at, event, callId } of phones.flatMap(({ history }) => history))
    if (event && callId) toldAt.set(callId, Math.min(at, toldAt.get(callId) ?? at));
  const begunAt = ({ id, created_at }) => toldAt.get(id) ?? created_at;
  for (const [party, rows] of byParty) {
    rows.sort((a, b) => a.created_at - b.created_at || a.ended_at - b.ended_at);
    for (let i = 1; i < rows.length; i++)
      if (begunAt(rows[i]) < rows[i - 1].ended_at)
        found.push(`${party} was in two calls: ${JSON.stringify(rows[i - 1])} and ${JSON.stringify(rows[i])}`);
  }
  return found;
}
