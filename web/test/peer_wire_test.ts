import assert from "node:assert/strict";
import { test } from "node:test";
import { readAnswer, readSignal } from "../src/peer/wire";

test("a payload without what its event needs is no signal", () => {
  const names = ["auth:success", "user:list", "user:online", "user:offline", "call:ringing", "call:incoming"];
  for (const name of [
    ...names,
    "call:accepted",
    "call:ended",
    "call:busy",
    "call:mute",
    "call:error",
    "call:reconnected",
  ]) {
    for (const payload of [null, undefined, 7, "text", [], {}, { callId: 7 }, { callId: "" }])
      assert.equal(readSignal(name, payload), null, `${name} ${JSON.stringify(payload)}`);
  }
  assert.equal(readSignal("toString", { callId: "c" }), null);
  assert.equal(readSignal("call:accepted", { callId: "c", role: "caller" }), null, "neither iceServers nor livekit");
});

test("ICE servers are read with their credentials, and without what is none", () => {
  const turn = { urls: ["turn:t"], username: "1:a", credential: "s" };
  const signal = readSignal("auth:success", {
    sessionToken: "t",
    iceServers: [{ urls: ["stun:s"] }, { ...turn, extra: 1 }, { urls: [] }, 7],
  });
  assert.ok(signal?.name === "auth:success");
  assert.deepEqual(signal.iceServers, [{ urls: ["stun:s"] }, turn]);
  assert.equal(signal.call, null);
});

test("a call to come back to needs its role, its status and its peer", () => {
  const call = {
    callId: "c",
    role: "callee",
    status: "ACCEPTED",
    peer: { _id: "p", name: null },
    media: { muted: true },
  };
  const read = readAnswer({ ok: true, call }).call;
  assert.deepEqual(
    [read?.peer.name, read?.callType, read?.media.muted, read?.acceptedAt],
    ["Unknown", "AUDIO", true, null],
  );
  for (const missing of ["callId", "role", "status", "peer"])
    assert.equal(readAnswer({ ok: true, call: { ...call, [missing]: undefined } }).call, null);
  assert.equal(readAnswer({ ok: true, call: { ...call, status: "MISSED" } }).call, null);
});
