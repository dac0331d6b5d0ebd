// webrtc:* and the in-call controls: byte for byte, in order, between the owning devices.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { within } from "./support/deadline.mjs";
import { assertError, assertRefused } from "./support/expect.mjs";
import { pair, peerAgain, ringPeer, talkPeers } from "./support/peers.mjs";
import { nothingElse } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";

const CONTROLS = ["call:mute", "call:unmute", "call:video-off", "call:video-on", "call:hold", "call:resume"];

// The raw packets that reach a phone.
function tap(phone) {
  const packets = [];
  let wake = () => {};
  phone.socket.io.engine.on("packet", ({ type, data }) => {
    if (type === "message") packets.push(data);
    wake();
  });
  return (text) =>
    within(
      (async () => {
        for (;;) {
          const at = packets.findIndex((packet) => packet.startsWith(`2["${text}"`));
          if (at >= 0) return packets.splice(at, 1)[0];
          await new Promise((resolve) => (wake = resolve));
        }
      })(),
      `the packet ${text}`,
    );
}
const sendRaw = (phone, text) => phone.socket.io.engine.write(text);

// Random JSON text, with what a parser that writes again would change.
function randomValue(random, depth = 0) {
  const pick = (...of) => of[Math.floor(random() * of.length)];
  const kinds = depth > 4 ? 3 : 5;
  switch (Math.floor(random() * kinds)) {
    case 0:
      return pick("1.0", "1e400", "-0", "0.10", "12345678901234567890", "1E+2", "-0.0e-0");
    case 1:
      return pick('"\\ud800"', '"\\u0041\\/"', '"ü€😀"', '"\\u0000"', '""', '"a\\r\\nb=0 "', '"\\uDC00x"');
    case 2:
      return pick("true", "false", "null");
    case 3:
      return `[${Array.from({ length: random() * 4 }, () => randomValue(random, depth + 1)).join(pick(",", " , ", ",\t"))}]`;
    default:
      return `{${Array.from({ length: random() * 4 }, () => `${pick('"a"', '"b"', '"a"', '"from"', '"\\u0061"')}${pick(":", " : ")}${randomValue(random, depth + 1)}`).join(pick(",", " ,\n"))}}`;
  }
}
// Repeatable: a failure names its seed.
function seeded(seed) {
  return () => {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

for (const shards of [1, 2]) {
  describe(`signals, on ${shards} shard(s)`, () => {
    const stage = useServer({ settings: { "server.shards": shards, "limits.signals_per_second": 0 } });

    it("go to the other owning device with their sender, and are acknowledged", async () => {
      const { ann, bob } = await pair(stage);
      const callId = await talkPeers(ann, bob);
      const candidate = { candidate: "candidate:1 1 udp 1 192.0.2.1 1 typ host", sdpMid: "0", sdpMLineIndex: 0 };
      for (const [event, body, from, to] of [
        ["webrtc:offer", { sdp: { type: "offer", sdp: "v=0" } }, ann, bob],
        ["webrtc:answer", { sdp: { type: "answer", sdp: "v=0" }, more: [1, null] }, bob, ann],
        ["webrtc:ice-candidate", { candidate }, bob, ann],
        ["webrtc:ice-candidate", { candidate: null }, ann, bob],
      ]) {
        assert.deepEqual(await from.ask(event, { callId, ...body }), { ok: true, callId });
        assert.deepEqual(await to.next(event), { callId, ...body, from: from.id });
      }
      await nothingElse(ann, bob);
    });

    it("arrive byte for byte", async () => {
      const { ann, bob } = await pair(stage);
      const callId = await talkPeers(ann, bob);
      const packet = tap(bob);
      for (let seed = 1; seed <= 200; seed++) {
        const random = seeded(seed * 7919);
        const members = Array.from({ length: 1 + random() * 6 }, (_, i) => `"m${i}":${randomValue(random)}`);
        members.splice(Math.floor(random() * members.length), 0, `"callId" : "${callId}"`);
        const space = random() < 0.3 ? " \n" : "";
        const kept = `{${space}${members.join(random() < 0.5 ? "," : " , ")}${space}`;
        sendRaw(ann, `2["webrtc:offer",${kept}}]`);
        assert.equal(await packet("webrtc:offer"), `2["webrtc:offer",${kept},"from":"${ann.id}"}]`, `seed ${seed}`);
      }
      const sdp = "a=candidate\\r\\n".repeat(4300); // 60 KiB
      sendRaw(ann, `2["webrtc:offer",{"sdp":"${sdp}","callId":"${callId}"}]`);
      const large = `2["webrtc:offer",{"sdp":"${sdp}","callId":"${callId}","from":"${ann.id}"}]`;
      assert.equal(await packet("webrtc:offer"), large);
    });

    it("a `from` of the sender's is removed wherever and however it is written", async () => {
      const { ann, bob } = await pair(stage);
      const callId = await talkPeers(ann, bob);
      const packet = tap(bob);
      const id = `"callId":"${callId}"`,
        from = `"from":"${ann.id}"`;
      for (const [sent, expected] of [
        [`{"from":"x",${id}}`, `{${id},${from}}`],
        [`{${id},"from":{"a":[1]}}`, `{${id},${from}}`],
        [`{"a":1,"\\u0066rom":2,"f\\u0072om":3,${id} ,"z":{"from":4}}`, `{"a":1,${id} ,"z":{"from":4},${from}}`],
        [`{"from":1,"from":2,${id},"from":3}`, `{${id},${from}}`],
      ]) {
        sendRaw(ann, `2["call:mute",${sent}]`);
        assert.equal(await packet("call:mute"), `2["call:mute",${expected}]`, sent);
      }
    });

    it("keep their order, both ways at once", async () => {
      const { ann, bob } = await pair(stage);
      const callId = await talkPeers(ann, bob);
      for (let n = 0; n < 300; n++)
        for (const phone of [ann, bob]) phone.emit("webrtc:ice-candidate", { callId, candidate: n });
      for (let n = 0; n < 300; n++)
        for (const phone of [ann, bob]) assert.equal((await phone.next("webrtc:ice-candidate")).candidate, n);
    });

    it("what the callee sends right behind its accept comes after call:accepted", async () => {
      const { ann, bob } = await pair(stage);
      const callId = await ringPeer(ann, bob);
      bob.emit("call:accept", { callId });
      for (let n = 0; n < 20; n++) bob.emit("webrtc:ice-candidate", { callId, candidate: n });
      bob.emit("call:mute", { callId });
      assert.equal((await ann.next("call:accepted")).callId, callId);
      for (let n = 0; n < 20; n++) assert.equal((await ann.next("webrtc:ice-candidate")).candidate, n);
      await ann.next("call:mute");
      await nothingElse(ann, bob);
    });

    it("all six controls are passed on, and the media state is kept", async () => {
      const { ann, bob } = await pair(stage);
      const callId = await talkPeers(ann, bob);
      for (const control of CONTROLS) {
        assert.deepEqual(await ann.ask(control, { callId }), { ok: true, callId });
        assert.deepEqual(await bob.next(control), { callId, from: ann.id });
      }
      for (const control of ["call:mute", "call:hold"]) await ann.done(control, { callId });
      const tablet = await peerAgain(stage, bob);
      assert.deepEqual(tablet.welcome.call.peerMedia, { muted: true, videoOff: false, onHold: true });
      assert.deepEqual(tablet.welcome.call.media, { muted: false, videoOff: false, onHold: false });
    });

    it("are for the owning devices of an accepted call only", async () => {
      const { ann, bob } = await pair(stage);
      const tablet = await peerAgain(stage, bob),
        { ann: cat } = await pair(stage);
      const callId = await ringPeer(ann, bob);
      await tablet.next("call:incoming");
      const refused = async (phone, code, message) => {
        for (const event of ["webrtc:ice-candidate", "call:hold"]) {
          assertRefused(await phone.ask(event, { callId }), code, message);
          assertError(await phone.next("call:error"), code, message, callId);
        }
      };
      for (const phone of [ann, bob]) await refused(phone, "CALL_NOT_ACTIVE", "Call is not active.");
      await refused(cat, "CALL_NOT_FOUND", "Call not found or already ended.");
      await bob.done("call:accept", { callId });
      await ann.next("call:accepted");
      await tablet.next("call:cancelled");
      await refused(tablet, "CALL_NOT_ACTIVE", "Call is not active.");
      await ann.done("call:end", { callId });
      await bob.next("call:ended");
      for (const phone of [ann, bob]) await refused(phone, "CALL_NOT_ACTIVE", "Call is not active.");
      await nothingElse(ann, bob, tablet, cat);
    });

    it("a second callId, or no object, is INVALID_REQUEST", async () => {
      const { ann, bob } = await pair(stage);
      const callId = await talkPeers(ann, bob);
      for (const sent of [`{"callId":"${callId}","call\\u0049d":"${callId}"}`, `["${callId}"]`, `"${callId}"`]) {
        sendRaw(ann, `2["webrtc:offer",${sent}]`);
        assert.equal((await ann.next("call:error")).code, "INVALID_REQUEST", sent);
      }
      assertRefused(
        await ann.ask("webrtc:offer", { callId, sdp: Buffer.from("binary") }),
        "INVALID_REQUEST",
        "Invalid call request",
      );
      await ann.next("call:error");
      await nothingElse(ann, bob);
    });

    it("more than peer.max_signal_bytes is refused, and the socket stays", async () => {
      const { ann, bob } = await pair(stage);
      const callId = await talkPeers(ann, bob);
      const answer = await ann.ask("webrtc:offer", { callId, sdp: "x".repeat(64 * 1024) });
      assertRefused(answer, "PAYLOAD_TOO_LARGE", "Payload too large.");
      assertError(await ann.next("call:error"), "PAYLOAD_TOO_LARGE", "Payload too large.", callId);
      await ann.done("webrtc:offer", { callId, sdp: "x" });
      assert.equal((await bob.next("webrtc:offer")).sdp, "x");
    });
  });
}

describe("limits.signals_per_second", () => {
  const stage = useServer({ settings: { "limits.signals_per_second": 1 } });
  it("refuses what is beyond a burst of 256, and the socket stays", async () => {
    const { ann, bob } = await pair(stage);
    const callId = await talkPeers(ann, bob);
    const answers = await Promise.all(
      Array.from({ length: 270 }, (_, n) => ann.ask("webrtc:ice-candidate", { callId, candidate: n })),
    );
    assert.ok(answers.slice(0, 256).every(({ ok }) => ok));
    assertRefused(answers.at(-1), "RATE_LIMITED", "Too many requests. Please wait.");
    assertError(await ann.next("call:error"), "RATE_LIMITED", "Too many requests. Please wait.", callId);
    for (let n = 0; n < 256; n++) assert.equal((await bob.next("webrtc:ice-candidate")).candidate, n);
    await ann.done("call:end", { callId });
  });
});
