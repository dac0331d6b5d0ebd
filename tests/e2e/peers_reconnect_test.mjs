// Peers that lose their connection during a call, and come back.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { within } from "./support/deadline.mjs";
import { assertRefused } from "./support/expect.mjs";
import { pair, peerAgain, ringPeer, talkPeers } from "./support/peers.mjs";
import { nothingElse } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";

const DROPPABLE = { droppable: true };
const QUIET = { muted: false, videoOff: false, onHold: false };

for (const shards of [1, 2]) {
  describe(`reconnecting, on ${shards} shard(s)`, () => {
    const stage = useServer({ settings: { "server.shards": shards, "limits.signals_per_second": 0 } });

    // Bob is away from a call with Ann.
    async function lost() {
      const { ann, bob } = await pair(stage, DROPPABLE);
      const callId = await talkPeers(ann, bob);
      await bob.drop();
      assert.deepEqual(await ann.next("call:reconnecting"), { callId, graceMs: 30_000 });
      return { ann, bob, callId };
    }

    it("the call lives on; the session token takes it back, and what was sent meanwhile follows in order", async () => {
      const { ann, bob, callId } = await lost();
      await ann.done("call:mute", { callId });
      for (let n = 0; n < 50; n++) await ann.done("webrtc:ice-candidate", { callId, candidate: n });
      const back = await peerAgain(stage, bob);
      assert.equal(back.welcome.call.callId, callId);
      const answer = await back.done("reconnect:attempt", { sessionToken: bob.welcome.sessionToken });
      const success = await back.next("reconnect:success");
      assert.deepEqual(answer, { ok: true, ...success });
      const { acceptedAt, ...call } = success.call;
      assert.match(acceptedAt, /Z$/);
      assert.deepEqual(call, {
        callId,
        callType: "AUDIO",
        status: "ACCEPTED",
        role: "callee",
        peer: { _id: ann.id, name: "Ann", profile: "avatar-1" },
        media: QUIET,
        peerMedia: { ...QUIET, muted: true },
      });
      assert.equal(success.user._id, bob.id);
      assert.notEqual(success.sessionToken, bob.welcome.sessionToken);
      assert.equal(success.missedEvents, undefined);
      assert.equal((await back.next("call:mute")).from, ann.id);
      for (let n = 0; n < 50; n++) assert.equal((await back.next("webrtc:ice-candidate")).candidate, n);
      assert.deepEqual(await ann.next("call:reconnected"), { callId });
      back.emit("webrtc:offer", { callId, sdp: "again" });
      assert.equal((await ann.next("webrtc:offer")).sdp, "again");
      await ann.done("call:end", { callId });
      assert.equal((await back.next("call:ended")).reason, "hangup");
      await nothingElse(ann, back);
    });

    it("a token is for one use, for its account, and unknown afterwards", async () => {
      const { ann, bob } = await lost();
      const failed = async (phone, payload, code) => {
        const answer = await phone.ask("reconnect:attempt", payload);
        assert.deepEqual([answer.ok, answer.error.code], [false, code]);
        assert.deepEqual(await phone.next("reconnect:failed"), { message: answer.error.message, code });
      };
      const sessionToken = bob.welcome.sessionToken;
      await failed(ann, { sessionToken }, "SESSION_UNKNOWN");
      await failed(ann, { sessionToken: "made up" }, "SESSION_UNKNOWN");
      await failed(ann, {}, "SESSION_UNKNOWN");
      const back = await peerAgain(stage, bob);
      await back.done("reconnect:attempt", { sessionToken });
      await back.next("reconnect:success");
      await ann.next("call:reconnected");
      await failed(back, { sessionToken }, "SESSION_UNKNOWN");
      await nothingElse(ann, back);
    });

    it("an app that lost its token names the call", async () => {
      const { ann, bob, callId } = await lost();
      const back = await peerAgain(stage, bob);
      await back.done("reconnect:attempt", { callId });
      assert.equal((await back.next("reconnect:success")).call.callId, callId);
      await ann.next("call:reconnected");
      // Not of a call whose device is there, nor of another account's.
      for (const phone of [back, ann, (await pair(stage)).ann]) {
        await phone.ask("reconnect:attempt", { callId });
        assert.equal((await phone.next("reconnect:failed")).code, "SESSION_UNKNOWN");
      }
    });

    it("without a call the token gives a fresh one", async () => {
      const { ann } = await pair(stage, DROPPABLE);
      await ann.drop();
      const back = await peerAgain(stage, ann);
      await back.done("reconnect:attempt", { sessionToken: ann.welcome.sessionToken });
      assert.equal((await back.next("reconnect:success")).call, null);
    });

    it("beyond 256 events the oldest are dropped, and missedEvents says so", async () => {
      const { ann, bob, callId } = await lost();
      await Promise.all(
        Array.from({ length: 300 }, (_, n) => ann.done("webrtc:ice-candidate", { callId, candidate: n })),
      );
      const back = await peerAgain(stage, bob);
      await back.done("reconnect:attempt", { sessionToken: bob.welcome.sessionToken });
      assert.equal((await back.next("reconnect:success")).missedEvents, true);
      for (let n = 44; n < 300; n++) assert.equal((await back.next("webrtc:ice-candidate")).candidate, n);
      await nothingElse(back);
    });

    it("a new device takes over from one that is half-open", async () => {
      const { ann, bob } = await pair(stage, DROPPABLE);
      const callId = await talkPeers(ann, bob);
      bob.freeze();
      const back = await peerAgain(stage, bob);
      await back.done("reconnect:attempt", { sessionToken: bob.welcome.sessionToken });
      assert.equal((await back.next("reconnect:success")).call.callId, callId);
      await ann.next("call:reconnected");
      ann.emit("webrtc:offer", { callId, sdp: "new" });
      assert.equal((await back.next("webrtc:offer")).sdp, "new");
      await nothingElse(ann, back);
    });

    it("a caller that drops while it rings comes back to the answer", async () => {
      const { ann, bob } = await pair(stage, DROPPABLE);
      const callId = await ringPeer(ann, bob);
      await ann.drop();
      assert.equal((await bob.next("call:reconnecting")).callId, callId);
      await bob.done("call:accept", { callId });
      bob.emit("webrtc:ice-candidate", { callId, candidate: 1 });
      await bob.fence();
      const back = await peerAgain(stage, ann);
      await back.done("reconnect:attempt", { sessionToken: ann.welcome.sessionToken });
      assert.equal((await back.next("reconnect:success")).call.status, "ACCEPTED");
      assert.equal((await back.next("call:accepted")).role, "caller");
      assert.equal((await back.next("webrtc:ice-candidate")).candidate, 1);
      assert.deepEqual(await bob.next("call:reconnected"), { callId });
    });

    it("both drop and both come back", async () => {
      const { ann, bob, callId } = await lost();
      await ann.drop();
      const bobBack = await peerAgain(stage, bob);
      await bobBack.done("reconnect:attempt", { sessionToken: bob.welcome.sessionToken });
      await bobBack.next("reconnect:success");
      const { graceMs } = await bobBack.next("call:reconnecting");
      assert.ok(graceMs > 0 && graceMs <= 30_000, `${graceMs}`);
      const annBack = await peerAgain(stage, ann);
      await annBack.done("reconnect:attempt", { sessionToken: ann.welcome.sessionToken });
      await annBack.next("reconnect:success");
      assert.deepEqual(await bobBack.next("call:reconnected"), { callId });
      annBack.emit("webrtc:offer", { callId, sdp: "both" });
      assert.equal((await bobBack.next("webrtc:offer")).sdp, "both");
    });

    it("more than 5 attempts of an account in a minute are RATE_LIMITED", async () => {
      const { ann } = await pair(stage);
      for (let i = 0; i < 5; i++) {
        ann.emit("reconnect:attempt", {});
        assert.equal((await ann.next("reconnect:failed")).code, "SESSION_UNKNOWN");
      }
      ann.emit("reconnect:attempt", { sessionToken: ann.welcome.sessionToken });
      assert.equal((await ann.next("reconnect:failed")).code, "RATE_LIMITED");
    });
  });
}

for (const shards of [1, 2]) {
  describe(`a grace that ends, on ${shards} shard(s)`, () => {
    const stage = useServer({ settings: { "server.shards": shards, "peer.reconnect_grace": "1s" } });

    it("completes an accepted call as connection_lost, from the moment of the drop", async () => {
      const { ann, bob } = await pair(stage, DROPPABLE);
      const callId = await talkPeers(ann, bob);
      await bob.drop();
      assert.deepEqual(await ann.next("call:reconnecting"), { callId, graceMs: 1000 });
      assert.deepEqual(await ann.next("call:ended"), { callId, reason: "connection_lost", durationInSeconds: 0 });
      assert.equal((await ann.next("user:offline")).userId, bob.id);
      const back = await peerAgain(stage, bob);
      assert.equal((await back.next("call:ended")).reason, "connection_lost", "once, when it is back");
    });

    it("ends the session of its token too", async () => {
      const { ann, bob } = await pair(stage, DROPPABLE);
      const tablet = await peerAgain(stage, bob);
      const callId = await talkPeers(ann, bob);
      for (const event of ["call:incoming", "call:cancelled"]) await tablet.next(event);
      await bob.drop();
      for (const event of ["call:reconnecting", "call:ended"]) assert.equal((await ann.next(event)).callId, callId);
      const { sessionToken } = bob.welcome;
      const answer = await tablet.ask("reconnect:attempt", { sessionToken });
      assertRefused(answer, "SESSION_EXPIRED", "Session expired");
      assert.deepEqual(await tablet.next("reconnect:failed"), { message: "Session expired", code: "SESSION_EXPIRED" });
      await nothingElse(ann, tablet);
    });

    it("a call that rings is missed when its caller does not come back", async () => {
      const { ann, bob } = await pair(stage, DROPPABLE);
      const callId = await ringPeer(ann, bob);
      await ann.drop();
      await bob.next("call:reconnecting");
      assert.deepEqual(await bob.next("call:cancelled"), { callId, reason: "caller_disconnected" });
    });

    it("a call to who is within it is CALLEE_UNAVAILABLE, and one that rings there is missed", async () => {
      const { ann, bob } = await pair(stage, DROPPABLE);
      const callId = await ringPeer(ann, bob);
      await bob.drop();
      assert.deepEqual(await ann.next("call:missed"), { callId, reason: "callee_disconnected" });
      const answer = await ann.ask("call:request", { to: bob.id, callType: "AUDIO" });
      assert.equal(answer.error.code, "CALLEE_UNAVAILABLE");
      await ann.next("call:error");
      assert.equal((await ann.next("user:offline")).userId, bob.id);
    });
  });
}

describe("an own disconnect", () => {
  const stage = useServer();
  it("takes the token with it", async () => {
    const { ann, bob } = await pair(stage);
    const callId = await talkPeers(ann, bob);
    bob.hangUpConnection();
    assert.equal((await ann.next("call:ended")).callId, callId);
    await ann.next("user:offline");
    const back = await peerAgain(stage, bob);
    back.emit("reconnect:attempt", { sessionToken: bob.welcome.sessionToken });
    assert.equal((await back.next("reconnect:failed")).code, "SESSION_UNKNOWN");
    await within(bob.closed, "the disconnect");
  });
});
