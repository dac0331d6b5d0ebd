// Peers on `/`: phones that are greeted, and the steps that many tests begin with.
import assert from "node:assert/strict";
import { adminOf } from "./rest.mjs";
import { tokenOf } from "./tokens.mjs";

export const EVERYONE = { "peer.directory": "everyone" };

// A device on `/`, greeted: `phone.welcome` is the payload of `auth:success`, `phone.users` those of `user:list`.
export async function peer(stage, account = stage.account("USER", { name: "Ann", profile: "avatar-1" }), options = {}) {
  const phone = await stage.phone(account, { namespace: "/", ...options });
  return greeted(phone);
}

export async function greeted(phone) {
  phone.welcome = await phone.next("auth:success");
  phone.users = (await phone.next("user:list")).users;
  return phone;
}

export async function handshake(phone) {
  phone.emit("auth:handshake", { token: tokenOf(phone.account) });
  return greeted(phone);
}

// Another device of the same account.
export const peerAgain = (stage, phone, options = {}) => peer(stage, phone.account, options);

export const displayOf = (phone) => ({
  _id: phone.id,
  name: phone.account.name ?? "Unknown",
  profile: phone.account.profile ?? null,
});
export const presenceOf = (phone, status = "ONLINE") => ({ ...displayOf(phone), status });

// An ADMIN makes accounts contacts of each other.
export async function befriend(stage, ...phones) {
  const admin = adminOf(stage);
  for (const one of phones)
    for (const other of phones) if (one.id < other.id) await admin.put(`/accounts/${one.id}/contacts/${other.id}`);
}

// Two peers who see each other. They are contacts before they come, so that what is told of their coming is certain; it
// is taken.
export async function pair(stage, options = {}) {
  const [one, other] = [stage.account("USER", { name: "Ann", profile: "avatar-1" }), stage.account("USER", { name: "Bob" })];
  const admin = adminOf(stage);
  for (const { id, name, profile } of [one, other]) await admin.put(`/accounts/${id}`, { name, profile });
  await befriend(stage, one, other);
  const ann = await peer(stage, one, options);
  const bob = await peer(stage, other, options);
  assert.deepEqual((await ann.next("user:online")).user, presenceOf(bob));
  return { ann, bob };
}

export async function ringPeer(from, to, fields = {}) {
  from.emit("call:request", { to: to.id, callType: "AUDIO", ...fields });
  const { callId } = await to.next("call:incoming");
  await from.next("call:ringing");
  return callId;
}

export async function talkPeers(from, to, fields = {}) {
  const callId = await ringPeer(from, to, fields);
  await to.done("call:accept", { callId });
  assert.equal((await from.next("call:accepted")).role, "caller");
  return callId;
}
