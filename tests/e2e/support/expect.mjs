// What payloads must look like, field by field.
import assert from "node:assert/strict";

// `payload` has the documented fields, all of them, and no others but the `optional` ones.
export function assertFields(payload, documented, optional = []) {
  const keys = Object.keys(payload).filter((key) => !optional.includes(key));
  assert.deepEqual(keys.sort(), [...documented].sort(), `the fields of ${JSON.stringify(payload)}`);
}

export function assertCallId(callId) {
  assert.match(callId, /^[0-9a-f]{24}$/, "a callId is an ObjectId");
}

export function assertIsoTime(text) {
  assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, "ISO 8601 with milliseconds, UTC");
}

export const displayOf = ({ account: { id, name, profile } }) => ({
  _id: id,
  name: name ?? "Unknown",
  profile: profile ?? null,
});
export const detailsOf = (phone) => ({
  ...displayOf(phone),
  language: phone.account.language ?? "",
  about: phone.account.about ?? "",
});

// The final event of an ended call, and the figures in it. `money` is coinsSpent or coinsEarned, the party's own.
export function assertEnded(ended, callId, reason, money) {
  assertFields(ended, ["callId", "reason", "durationInSeconds", money]);
  assert.deepEqual([ended.callId, ended.reason], [callId, reason]);
  assert.ok(Number.isInteger(ended.durationInSeconds) && ended.durationInSeconds >= 0, "whole seconds");
  assert.ok(Number.isInteger(ended[money]) && ended[money] >= 0, "whole coins");
}

// An error event: the text, the code, and the call where one is known.
export function assertError(error, code, message, callId) {
  assertFields(error, ["message", "code", ...(callId ? ["callId"] : [])]);
  assert.deepEqual(error, { message, code, ...(callId && { callId }) });
}

export function assertRefused(answer, code, message) {
  assert.deepEqual(answer, { ok: false, error: { code, message } });
}
