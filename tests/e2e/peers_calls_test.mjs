// Calls between peers on `/`, from call:request to their end.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventually, within } from "./support/deadline.mjs";
import { assertError, assertIsoTime, assertRefused } from "./support/expect.mjs";
import { befriend, displayOf, EVERYONE, pair, peer, peerAgain, ringPeer, talkPeers } from "./support/peers.mjs";
import { nothingElse } from "./support/phone.mjs";
import { adminOf, Rest } from "./support/rest.mjs";
import { useServer } from "./support/stage.mjs";

const BUSY = "Bob is busy on another call. Please try again later.";
const NO_CALL = "0123456789abcdef01234567";

for (const shards of [1, 2]) {
  describe(`calls between peers, on ${shards} shard(s)`, () => {
    const stage = useServer({ settings: { "server.shards": shards } });

    it("a call is requested, accepted and ended, with the payloads of the contract", async () => {
      const { ann, bob } = await pair(stage);
      const metadata = { topic: "Hello", n: 1.5 };
      const answer = await ann.done("call:request", { to: bob.id, callType: "VIDEO", metadata });
      const { callId, expiresAt } = answer;
      assertIsoTime(expiresAt);
      assert.deepEqual(answer, { ok: true, callId, expiresAt });
      assert.deepEqual(await bob.next("call:incoming"), {
        callId,
        callType: "VIDEO",
        from: displayOf(ann),
        metadata,
        expiresAt,
        iceServers: [],
      });
      assert.deepEqual(await ann.next("call:ringing"), { callId, to: bob.id });
      assert.deepEqual(await bob.ask("call:accept", { callId }), {
        ok: true,
        callId,
        callType: "VIDEO",
        role: "callee",
        peer: displayOf(ann),
        iceServers: [],
      });
      assert.deepEqual(await ann.next("call:accepted"), {
        callId,
        callType: "VIDEO",
        by: bob.id,
        role: "caller",
        iceServers: [],
      });
      assert.deepEqual(await bob.done("call:end", { callId }), { ok: true, callId, durationInSeconds: 0 });
      assert.deepEqual(await ann.next("call:ended"), { callId, reason: "hangup", durationInSeconds: 0 });
      await nothingElse(ann, bob);
      await talkPeers(bob, ann);
    });

    it("all devices ring; the first accept wins, and who rings later has the same deadline", async () => {
      const { ann, bob } = await pair(stage);
      const tablet = await peerAgain(stage, bob);
      ann.emit("call:request", { to: bob.id, callType: "AUDIO" });
      const incoming = await bob.next("call:incoming");
      assert.deepEqual(await tablet.next("call:incoming"), incoming);
      const laptop = await peerAgain(stage, bob);
      assert.equal(laptop.welcome.call.status, "RINGING");
      assert.deepEqual(await laptop.next("call:incoming"), incoming);
      await tablet.done("call:accept", { callId: incoming.callId });
      for (const device of [bob, laptop])
        assert.deepEqual(await device.next("call:cancelled"), { callId: incoming.callId, reason: "answered_elsewhere" });
      await tablet.done("call:accept", { callId: incoming.callId }); // again: the same success
      await nothingElse(bob, tablet, laptop);
    });

    it("a reject carries its reason, and rejects for all devices", async () => {
      const { ann, bob } = await pair(stage);
      const tablet = await peerAgain(stage, bob);
      for (const [reason, told] of [
        ["in a meeting", "in a meeting"],
        [undefined, "rejected"],
        ["x".repeat(5000), "rejected"], // more than limits.metadata_bytes: left out
      ]) {
        const callId = await ringPeer(ann, bob);
        await tablet.next("call:incoming");
        await bob.done("call:reject", { callId, reason });
        assert.deepEqual(await ann.next("call:rejected"), { callId, reason: told });
        assert.deepEqual(await tablet.next("call:cancelled"), { callId, reason: "rejected_elsewhere" });
      }
      await nothingElse(ann, bob, tablet);
    });

    it("a cancel reaches every device", async () => {
      const { ann, bob } = await pair(stage);
      const callId = await ringPeer(ann, bob);
      await ann.done("call:cancel", { callId });
      assert.deepEqual(await bob.next("call:cancelled"), { callId, reason: "cancelled" });
      assertRefused(await bob.ask("call:accept", { callId }), "CALL_NOT_RINGING", "Call is no longer available.");
      assertError(await bob.next("call:error"), "CALL_NOT_RINGING", "Call is no longer available.", callId);
      assert.equal((await bob.next("call:cancelled")).callId, callId);
      await nothingElse(ann, bob);
    });

    it("who is called while in a call is busy: call:busy, and a record of the attempt", async () => {
      const { ann, bob } = await pair(stage);
      const cat = await peer(stage, stage.account("USER", { name: "Cat" }));
      await befriend(stage, bob, cat);
      const first = await ringPeer(ann, bob);
      for (const step of ["ringing", "talking"]) {
        const answer = await cat.ask("call:request", { to: bob.id, callType: "AUDIO" });
        assertRefused(answer, "CALLEE_BUSY", BUSY);
        const { to, callId } = await cat.next("call:busy");
        assert.equal(to, bob.id);
        const record = await new Rest(stage.server, cat.account).get(`/calls/${callId}`);
        assert.deepEqual([record.status, record.endReason, record.role], ["MISSED", "busy", "caller"]);
        if (step === "ringing") await bob.done("call:accept", { callId: first });
      }
      await nothingElse(cat, bob);
    });

    it("glare: the later request accepts the earlier call", async () => {
      const { ann, bob } = await pair(stage);
      const answers = await Promise.all([
        ann.done("call:request", { to: bob.id, callType: "VIDEO" }),
        bob.done("call:request", { to: ann.id, callType: "AUDIO" }),
      ]);
      const [{ callId }] = answers;
      assert.equal(answers[1].callId, callId);
      const [first, second] = answers[1].role === "callee" ? [ann, bob] : [bob, ann];
      assert.equal(answers[first === ann ? 0 : 1].role, undefined);
      const callType = first === ann ? "VIDEO" : "AUDIO"; // the earlier call's type stands
      await first.next("call:ringing");
      await second.next("call:incoming");
      const accepted = { callId, callType, by: second.id, iceServers: [] };
      assert.deepEqual(await first.next("call:accepted"), { ...accepted, role: "caller" });
      assert.deepEqual(await second.next("call:accepted"), { ...accepted, role: "callee" });
      await nothingElse(ann, bob);
      await first.done("call:end", { callId });
      await second.next("call:ended");
    });

    for (const order of ["ann first", "bob first"])
      it(`glare in the order ${order}, one after the other`, async () => {
        const { ann, bob } = await pair(stage);
        const [first, second] = order === "ann first" ? [ann, bob] : [bob, ann];
        const tablet = await peerAgain(stage, second);
        const callId = await ringPeer(first, second, { callType: "VIDEO" });
        await tablet.next("call:incoming");
        const answer = await second.done("call:request", { to: first.id, callType: "AUDIO" });
        assert.deepEqual([answer.callId, answer.role], [callId, "callee"]);
        for (const [phone, role] of [
          [first, "caller"],
          [second, "callee"],
        ]) {
          const accepted = await phone.next("call:accepted");
          assert.deepEqual([accepted.callId, accepted.callType, accepted.role], [callId, "VIDEO", role]);
        }
        assert.equal((await tablet.next("call:cancelled")).reason, "answered_elsewhere");
        second.emit("webrtc:answer", { callId, sdp: "an answer" });
        assert.equal((await first.next("webrtc:answer")).from, second.id);
        await nothingElse(ann, bob, tablet);
      });

    it("every refusal of a call event is a call:error", async () => {
      const { ann, bob } = await pair(stage);
      const nobody = stage.account("USER", { name: "Dan" });
      await new Rest(stage.server, nobody).get("/me");
      const refused = async (event, payload, code, message, callId) => {
        assertRefused(await ann.ask(event, payload), code, message);
        assertError(await ann.next("call:error"), code, message, callId);
      };
      const request = (payload, code, message) => refused("call:request", payload, code, message);
      for (const payload of [undefined, 1, {}, { to: bob.id }, { callType: "AUDIO" }, { to: ann.id, callType: "AUDIO" }])
        await request(payload, "INVALID_REQUEST", "Invalid call request");
      for (const metadata of [null, 1, "text", []])
        await request({ to: bob.id, callType: "AUDIO", metadata }, "INVALID_REQUEST", "Invalid call request");
      await request({ to: bob.id, callType: "SCREEN" }, "INVALID_CALL_TYPE", "Invalid call type");
      const large = { to: bob.id, callType: "AUDIO", metadata: { text: "x".repeat(4096) } };
      await request(large, "PAYLOAD_TOO_LARGE", "Payload too large.");
      for (const to of ["nobody", "not an id", nobody.id])
        await request(
          { to, callType: "AUDIO" },
          "CALLEE_NOT_FOUND",
          "This person is no longer available for calls.",
        );
      for (const event of ["call:accept", "call:reject", "call:cancel", "call:end", "webrtc:offer", "call:mute"]) {
        await refused(event, { callId: NO_CALL }, "CALL_NOT_FOUND", "Call not found or already ended.", NO_CALL);
        await refused(event, { callId: 7 }, "INVALID_CALL_ID", "Invalid call ID");
      }
      const offline = "Bob is currently offline. Please try again later.";
      await new Rest(stage.server, bob.account).put(`/blocks/${ann.id}`);
      await request({ to: bob.id, callType: "AUDIO" }, "CALLEE_OFFLINE", offline);
      await new Rest(stage.server, bob.account).get(`/blocks/${ann.id}`, "DELETE");
      bob.hangUpConnection();
      await ann.next("user:offline");
      await request({ to: bob.id, callType: "AUDIO" }, "CALLEE_OFFLINE", offline);
      const back = await peerAgain(stage, bob);
      await ann.next("user:online");
      const callId = await ringPeer(ann, back);
      await refused("call:end", { callId }, "CALL_NOT_ACTIVE", "Call is not active.", callId);
      await refused("webrtc:offer", { callId }, "CALL_NOT_ACTIVE", "Call is not active.", callId);
      await refused("call:accept", { callId }, "CALL_NOT_FOUND", "Call not found or already ended.", callId);
      const cat = await peer(stage, stage.account("USER", { name: "Cat" }));
      await befriend(stage, ann, cat);
      await request({ to: cat.id, callType: "AUDIO" }, "ALREADY_IN_CALL", "You already have an active call.");
      await nothingElse(ann, back, cat);
    });

    it("a disconnect of its own ends a call at once", async () => {
      const { ann, bob } = await pair(stage);
      let callId = await ringPeer(ann, bob);
      bob.hangUpConnection();
      assert.deepEqual(await ann.next("call:missed"), { callId, reason: "callee_disconnected" });
      await ann.next("user:offline");
      const back = await peerAgain(stage, bob);
      await ann.next("user:online");
      callId = await talkPeers(ann, back);
      back.hangUpConnection();
      assert.deepEqual(await ann.next("call:ended"), { callId, reason: "callee_disconnected", durationInSeconds: 0 });
    });
  });
}

describe('peer.media = "livekit"', () => {
  const stage = useServer({
    settings: {
      "peer.media": "livekit",
      "livekit.url": "ws://127.0.0.1:9",
      "livekit.api_key": "APIkey",
      "livekit.api_secret": "a-secret-that-LiveKit-knows-too",
    },
  });
  it("accepted calls carry LiveKit tokens", async () => {
    const { ann, bob } = await pair(stage);
    const callId = await ringPeer(ann, bob);
    const answer = await bob.done("call:accept", { callId });
    const accepted = await ann.next("call:accepted");
    for (const { livekit, iceServers } of [answer, accepted]) {
      assert.deepEqual([livekit.url, livekit.roomName, iceServers], ["ws://127.0.0.1:9", callId, undefined]);
      assert.match(livekit.token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
    }
    assert.notEqual(answer.livekit.token, accepted.livekit.token);
    assert.equal((await ann.done("call:refresh-token", { callId })).livekit.roomName, callId);
  });
});

describe("the log of peers", () => {
  const stage = useServer({ settings: { "log.level": "trace", "log.format": "json" } });
  it("every event is in the log with its ids and sizes, and no description", async () => {
    const { ann, bob } = await pair(stage);
    const callId = await talkPeers(ann, bob, { metadata: { hidden: "in the metadata" } });
    await ann.done("webrtc:offer", { callId, sdp: "hidden in the description" });
    await bob.done("call:mute", { callId });
    await bob.done("call:end", { callId });
    const lines = () =>
      stage.server.log
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line))
        .filter(({ call }) => call === callId);
    await eventually(() => lines().some(({ event }) => event === "call:end"), "the line of call:end");
    const events = lines().map(({ event }) => event);
    for (const event of ["call:request", "RINGING", "call:accept", "ACCEPTED", "webrtc:offer", "call:mute", "COMPLETED"])
      assert.ok(events.includes(event), `${event} of ${events}`);
    const offer = lines().find(({ event }) => event === "webrtc:offer");
    assert.deepEqual([offer.account, offer.outcome], [ann.id, "ok"]);
    assert.ok(offer.bytes > 60 && offer.ms >= 0, JSON.stringify(offer));
    for (const secret of ["hidden", ann.welcome.sessionToken]) assert.ok(!stage.server.log.includes(secret), secret);
  });
});

for (const shards of [1, 2]) {
  describe(`limits and timers between peers, on ${shards} shard(s)`, () => {
    const stage = useServer({
      settings: {
        ...EVERYONE,
        "server.shards": shards,
        "calls.ring_timeout": "300ms",
        "limits.call_initiate_per_minute": 2,
        "limits.call_accept_per_minute": 1,
        "limits.call_reject_per_minute": 1,
        "limits.call_cancel_per_minute": 1,
        "limits.call_end_per_minute": 1,
      },
    });
    const twoPeers = async () => {
      const [ann, bob] = [stage.account("USER", { name: "Ann" }), stage.account("USER", { name: "Bob" })];
      const phone = await peer(stage, ann),
        other = await peer(stage, bob);
      await phone.next("user:online");
      return [phone, other];
    };

    it("nobody answers: both are told after the ring timeout", async () => {
      const [ann, bob] = await twoPeers();
      const callId = await ringPeer(ann, bob);
      for (const phone of [ann, bob]) assert.deepEqual(await phone.next("call:missed"), { callId, reason: "timeout" });
      ann.hangUpConnection();
      await bob.next("user:offline");
      bob.hangUpConnection();
    });

    it("call:request counts as call:initiate", async () => {
      const ann = await peer(stage);
      for (let i = 0; i < 2; i++) {
        await ann.ask("call:request", {});
        await ann.next("call:error");
      }
      await ann.ask("call:request", {});
      assertError(await ann.next("call:error"), "RATE_LIMITED", "Too many call attempts. Please wait a moment.");
      ann.hangUpConnection();
    });

    it("useless events beyond their limits are RATE_LIMITED, those about the own call are carried out", async () => {
      const [ann, bob] = await twoPeers();
      const tooMany = "Too many requests. Please wait.";
      for (const event of ["call:accept", "call:reject", "call:cancel", "call:end"])
        for (const phone of [ann, bob]) {
          assertRefused(await phone.ask(event, { callId: NO_CALL }), "CALL_NOT_FOUND", "Call not found or already ended.");
          await phone.next("call:error");
          assertRefused(await phone.ask(event, { callId: NO_CALL }), "RATE_LIMITED", tooMany);
          assertError(await phone.next("call:error"), "RATE_LIMITED", tooMany, NO_CALL);
        }
      const callId = await talkPeers(ann, bob);
      await ann.done("call:end", { callId });
      assert.equal((await bob.next("call:ended")).callId, callId);
    });
  });

  describe(`an account that is no longer available, on ${shards} shard(s)`, () => {
    const stage = useServer({ settings: { "server.shards": shards } });

    it("is ACCOUNT_UNAVAILABLE until its call is over, which it may end, and is closed then", async () => {
      const { ann, bob } = await pair(stage);
      const tess = await peer(stage, stage.account("TELECALLER", { name: "Tess" }));
      await befriend(stage, ann, tess);
      await befriend(stage, bob, tess);
      const callId = await talkPeers(ann, tess);
      await adminOf(stage).patch(`/accounts/${tess.id}`, { approvalStatus: "REJECTED" });
      const unavailable = "Your account is not available. Please contact support.";
      for (const [event, payload] of [
        ["call:request", { to: bob.id, callType: "AUDIO" }],
        ["webrtc:offer", { callId, sdp: "x" }],
      ]) {
        assertRefused(await tess.ask(event, payload), "ACCOUNT_UNAVAILABLE", unavailable);
        assert.equal((await tess.next("call:error")).code, "ACCOUNT_UNAVAILABLE");
      }
      await tess.done("call:end", { callId });
      assert.equal((await ann.next("call:ended")).callId, callId);
      assert.equal((await tess.next("error")).code, "NOT_APPROVED");
      assert.equal(await within(tess.closed, "the disconnect"), "io server disconnect");
    });

    it("which is suspended loses its call at once", async () => {
      const { ann, bob } = await pair(stage);
      const callId = await talkPeers(ann, bob);
      await adminOf(stage).patch(`/accounts/${bob.id}`, { accountStatus: "SUSPENDED" });
      const ended = await eventually(() => ann.seen.find(([name]) => name === "call:ended")?.[1], "the end");
      assert.deepEqual([ended.callId, ended.reason], [callId, "account_suspended"]);
      const answer = await ann.ask("call:request", { to: bob.id, callType: "AUDIO" });
      assertRefused(answer, "CALLEE_NOT_FOUND", "This person is no longer available for calls.");
    });
  });
}
