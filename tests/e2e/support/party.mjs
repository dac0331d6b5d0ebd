// Both parties of a call of either kind, in the same words. What comes to them is looked for and not awaited in order:
// presence of another node comes on a way of its own.
import assert from "node:assert/strict";
import { eventually } from "./deadline.mjs";

const NO_CALL = "f".repeat(24);
const FINAL = ["call:missed", "call:ended", "call:cancelled", "call:rejected"];

export const KINDS = {
  marketplace: { roles: ["USER", "TELECALLER"], request: (to) => ["call:initiate", { telecallerId: to.id, callType: "AUDIO" }] },
  peers: { roles: ["USER", "USER"], namespace: "/", request: (to) => ["call:request", { to: to.id, callType: "AUDIO" }] },
};

export const heard = (phone, name, callId, ms) =>
  eventually(
    () => phone.seen.find(([event, payload]) => event === name && (!callId || payload.callId === callId))?.[1],
    () => `${phone.name} hearing ${name} of ${callId}, after ${JSON.stringify(phone.seen)}`,
    ms,
  );
// What a device was told of the end of a call.
export const endsHeard = (phone, callId) =>
  phone.seen.filter(([name, payload]) => FINAL.includes(name) && payload.callId === callId && !/elsewhere/.test(payload.reason));
// The end, whatever it is.
export const endOf = (phone, callId, ms) =>
  eventually(() => endsHeard(phone, callId)[0], () => `${phone.name} hearing of the end of ${callId}, after ${JSON.stringify(phone.seen)}`, ms);

export class Party {
  phones = [];

  constructor(stage, kind, side, fields = {}) {
    Object.assign(this, { stage, kind: KINDS[kind] });
    this.account = stage.account(this.kind.roles[side], { name: side ? "Bob" : "Ann", ...fields });
  }
  get id() {
    return this.account.id;
  }
  // By all of its devices.
  get seen() {
    return this.phones.flatMap(({ seen }) => seen);
  }
  get name() {
    return this.phone.name;
  }
  // A device at that node, which may be another than before.
  async comeTo(node, options = {}) {
    const { namespace } = this.kind;
    this.phone = await this.stage.at(node).phone(this.account, { ...(namespace && { namespace }), ...options });
    this.phones.push(this.phone);
    if (namespace) await eventually(() => this.phone.seen.some(([event]) => event === "user:list"), `${this.name} being greeted`);
    // The nodes have agreed on this device when they have on what it asks them next.
    await this.ask("call:end", { callId: NO_CALL });
    return this;
  }
  ask(...what) {
    return this.phone.ask(...what);
  }
  done(...what) {
    return this.phone.done(...what);
  }
  leave() {
    this.phone.hangUpConnection();
  }
  async ring(other) {
    const { callId } = await this.done(...this.kind.request(other));
    await heard(other, "call:incoming", callId);
    return callId;
  }
  async talk(other) {
    const callId = await this.ring(other);
    await other.done("call:accept", { callId });
    await heard(this, "call:accepted", callId);
    return callId;
  }
  // Comes back to its call; in the marketplace every device of the account that comes does.
  async resume(callId, ms) {
    if (!this.kind.namespace) return;
    await eventually(async () => (await this.ask("reconnect:attempt", { callId })).ok, `${this.name} being back in ${callId}`, ms);
  }
  heard(name, callId, ms) {
    return heard(this, name, callId, ms);
  }
  end(callId, ms) {
    return endOf(this, callId, ms);
  }
  assertToldOnce(callId) {
    const ends = endsHeard(this, callId);
    assert.ok(ends.length <= 1, `${this.name} was told more than once: ${JSON.stringify(ends)}`);
  }
}
