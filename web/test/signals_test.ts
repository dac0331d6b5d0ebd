import assert from "node:assert/strict";
import { test } from "node:test";
import { readAnswer, readSignal } from "../src/market/signals";

test("a payload without what its event needs is no signal", () => {
  for (const payload of [null, undefined, 7, "text", [], {}, { callId: 7 }, { callId: "" }]) {
    for (const name of [
      "call:ringing",
      "call:incoming",
      "call:accepted",
      "call:ended",
      "call:error",
      "telecaller:presence-changed",
    ]) {
      assert.equal(readSignal(name, payload), null, `${name} ${JSON.stringify(payload)}`);
    }
  }
});

test("an unknown event is no signal", () => {
  assert.equal(readSignal("call:teleported", { callId: "c" }), null);
});

test("an unknown presence is no signal", () => {
  assert.equal(readSignal("telecaller:presence-changed", { telecallerId: "t", presence: "ASLEEP" }), null);
});

test("unknown fields are ignored", () => {
  assert.deepEqual(readSignal("call:rejected", { callId: "c", colour: "red" }), {
    name: "call:rejected",
    callId: "c",
    reason: null,
  });
});

test("an account without a name is shown as Unknown", () => {
  const signal = readSignal("call:ringing", { callId: "c", telecaller: { _id: "t", name: null } });
  assert.ok(signal?.name === "call:ringing");
  assert.equal(signal.peer?.name, "Unknown");
});

test("a refusal is read with its code", () => {
  const { ok, code } = readAnswer({ ok: false, error: { code: "CALLEE_BUSY", message: "…" } });
  assert.deepEqual([ok, code], [false, "CALLEE_BUSY"]);
});

test("a list leaves out what is no telecaller", () => {
  const telecallers = [
    { _id: "a", name: "A", presence: "ONLINE" },
    { name: "B", presence: "ONLINE" },
    null,
    { _id: "c", presence: "?" },
  ];
  assert.deepEqual(readAnswer({ ok: true, telecallers }).telecallers, [{ id: "a", name: "A", presence: "ONLINE" }]);
});
