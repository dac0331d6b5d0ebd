import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Exchange, readMediaSignal, writeMediaSignal, type MediaSignal } from "../src/peer/exchange";

const QUIET = { isBusy: false, hasLocalOffer: false };
const OFFERED = { isBusy: true, hasLocalOffer: true };

const polite = (mine = "mine") => new Exchange(mine, true);
const impolite = (mine = "mine") => new Exchange(mine, false);
const offer = (connection: string, to: string | null = null): MediaSignal => ({
  kind: "offer",
  sdp: "v=0",
  connection,
  to,
});
const answer = (connection: string, to: string | null = null): MediaSignal => ({
  ...offer(connection, to),
  kind: "answer",
  sdp: "v=0",
});
const candidate = (connection: string, name: string, to: string | null = null): MediaSignal => ({
  kind: "ice-candidate",
  candidate: { candidate: name, sdpMid: "0" },
  connection,
  to,
});

// An end that knows the other one.
function known(exchange: Exchange, theirs = "theirs"): Exchange {
  exchange.described(theirs);
  return exchange;
}

describe("candidates", () => {
  test("that come before the description wait for it, in order", () => {
    const exchange = polite();
    assert.equal(exchange.judge(candidate("theirs", "1"), QUIET), "keep");
    assert.equal(exchange.judge(candidate("theirs", ""), QUIET), "keep");
    assert.equal(exchange.judge(offer("theirs"), QUIET), "apply");
    assert.deepEqual(
      exchange.described("theirs").map((each) => each.candidate),
      ["1", ""],
    );
    assert.deepEqual(exchange.described("theirs"), []);
    assert.equal(exchange.judge(candidate("theirs", "2"), QUIET), "apply");
  });

  test("of another connection wait for that one's description", () => {
    const exchange = known(polite());
    assert.equal(exchange.judge(candidate("next", "n"), QUIET), "keep");
    assert.deepEqual(exchange.described("theirs"), []);
  });

  test("that nobody ever describes are bounded", () => {
    const exchange = polite();
    for (let n = 0; n < 1000; n++) exchange.judge(candidate("theirs", String(n)), QUIET);
    const kept = exchange.described("theirs");
    assert.equal(kept.length, 256);
    assert.equal(kept.at(-1)?.candidate, "999");
  });
});

describe("offers that cross", () => {
  test("the polite end gives in, the impolite one stands", () => {
    assert.equal(polite().judge(offer("theirs"), OFFERED), "apply");
    assert.equal(impolite().judge(offer("theirs"), OFFERED), "ignore");
    assert.equal(known(polite()).judge(offer("theirs", "mine"), OFFERED), "apply");
    assert.equal(known(impolite()).judge(offer("theirs", "mine"), OFFERED), "ignore");
  });
});

describe("an end that was loaded anew", () => {
  test("is told by its offer, and takes precedence over an offer to the one it was", () => {
    assert.equal(known(polite()).judge(offer("anew"), QUIET), "replace");
    assert.equal(known(impolite()).judge(offer("anew"), OFFERED), "replace");
  });

  test("does not take what was meant for the one it was", () => {
    const anew = polite("anew");
    for (const signal of [offer("theirs", "mine"), answer("theirs", "mine"), candidate("theirs", "c", "mine")])
      assert.equal(anew.judge(signal, OFFERED), "ignore");
  });
});

describe("answers", () => {
  test("are for an offer that waits, from the one that it went to", () => {
    assert.equal(impolite().judge(answer("theirs", "mine"), OFFERED), "apply");
    assert.equal(impolite().judge(answer("theirs", "mine"), QUIET), "ignore", "once more");
    assert.equal(known(impolite()).judge(answer("another"), OFFERED), "ignore");
  });
});

test("who names no connection is one and the same", () => {
  const exchange = polite();
  const bare = readMediaSignal("webrtc:offer", { callId: "c", sdp: "v=0", from: "b" });
  assert.ok(bare);
  assert.equal(exchange.judge(bare.signal, QUIET), "apply");
  exchange.described(bare.signal.connection);
  assert.equal(exchange.judge(bare.signal, QUIET), "apply");
});

describe("on the wire", () => {
  test("a signal is read as it was written", () => {
    for (const signal of [offer("a"), answer("a", "b"), candidate("a", "candidate:1", "b"), candidate("a", "")]) {
      const { name, payload } = writeMediaSignal("call", signal);
      assert.deepEqual(readMediaSignal(name, JSON.parse(JSON.stringify(payload))), { callId: "call", signal });
    }
  });

  test("a null candidate is the end of them", () => {
    const read = readMediaSignal("webrtc:ice-candidate", { callId: "c", candidate: null });
    assert.ok(read?.signal.kind === "ice-candidate");
    assert.equal(read.signal.candidate.candidate, "");
  });

  test("what lacks a call or a description is no signal", () => {
    for (const payload of [null, 7, {}, { callId: "c" }, { sdp: "v=0" }, { callId: "c", sdp: {} }])
      assert.equal(readMediaSignal("webrtc:offer", payload), null);
    assert.equal(readMediaSignal("call:mute", { callId: "c" }), null);
  });
});
