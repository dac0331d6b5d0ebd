import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog, withoutTokens, type LogEntry } from "../src/log/event_log";

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOiJkZW1vIn0.c2lnbmF0dXJl";

test("a token is cut under every key that names one, at any depth", () => {
  const shown = withoutTokens({
    auth: { token: JWT },
    list: [{ sessionToken: "0123456789abcdef" }],
    callId: "507f1f77bcf86cd799439081",
  });
  assert.deepEqual(shown, {
    auth: { token: "eyJhbGciOi…" },
    list: [{ sessionToken: "0123456789…" }],
    callId: "507f1f77bcf86cd799439081",
  });
});

test("a JWT is cut under any key", () => {
  assert.deepEqual(withoutTokens({ credential: JWT }), { credential: "eyJhbGciOi…" });
});

test("readers get the cut payload, and the sender's object is left as it was", () => {
  const log = new EventLog();
  const read: LogEntry[] = [];
  log.onEntry((entry) => read.push(entry));
  const payload = { token: JWT };
  log.record({ who: "Ravi", direction: "sent", name: "connect", payload, at: 0 });
  assert.deepEqual(read[0]?.payload, { token: "eyJhbGciOi…" });
  assert.equal(payload.token, JWT);
});

test("null, numbers and nothing at all pass as they are", () => {
  for (const value of [null, undefined, 7, true, "short"]) assert.equal(withoutTokens(value, "token"), value);
});
