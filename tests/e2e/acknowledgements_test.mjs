// The acknowledgement of every event (the table of the contract's section 1). They come beside the documented events.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ring, talk } from "./support/calls.mjs";
import { assertCallId, assertFields, assertIsoTime, assertRefused, detailsOf, displayOf } from "./support/expect.mjs";
import { nothingElse, TRANSPORTS } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";

const NO_CALL = "0123456789abcdef01234567";
const stage = useServer();

for (const transport of TRANSPORTS) {
  describe(`acknowledgements over ${transport}`, () => {
    const both = async () => [await stage.user({ transport }), await stage.telecaller({ transport })];

    it("call:initiate gives callId and expiresAt", async () => {
      const [user, tess] = await both();
      const answer = await user.done("call:initiate", { telecallerId: tess.id, callType: "AUDIO" });
      assertFields(answer, ["ok", "callId", "expiresAt"]);
      assertCallId(answer.callId);
      assertIsoTime(answer.expiresAt);
      const incoming = await tess.next("call:incoming");
      assert.deepEqual([incoming.callId, incoming.expiresAt], [answer.callId, answer.expiresAt]);
      assert.equal((await user.next("call:ringing")).callId, answer.callId);
    });

    it("call:accept gives what the accepting side needs", async () => {
      const [user, tess] = await both();
      const callId = await ring(user, tess, "VIDEO");
      assert.deepEqual(await tess.done("call:accept", { callId }), {
        ok: true,
        callId,
        callType: "VIDEO",
        role: "callee",
        peer: displayOf(user),
        livekit: null,
      });
      await tess.next("call:accepted");
      await user.next("call:accepted");
    });

    it("call:reject gives the callId", async () => {
      const [user, tess] = await both();
      const callId = await ring(user, tess);
      assert.deepEqual(await tess.done("call:reject", { callId }), { ok: true, callId });
      await user.next("call:rejected");
    });

    it("call:cancel gives the callId", async () => {
      const [user, tess] = await both();
      const callId = await ring(user, tess);
      assert.deepEqual(await user.done("call:cancel", { callId }), { ok: true, callId });
      await tess.next("call:cancelled");
    });

    it("call:end gives each side the figures that the other side's event carries", async () => {
      const [user, tess] = await both();
      for (const [ending, hearing, mine, theirs] of [
        [user, tess, "coinsSpent", "coinsEarned"],
        [tess, user, "coinsEarned", "coinsSpent"],
      ]) {
        const callId = await talk(user, tess);
        const answer = await ending.done("call:end", { callId });
        assertFields(answer, ["ok", "callId", "durationInSeconds", mine]);
        const ended = await hearing.next("call:ended");
        assert.equal(ended.durationInSeconds, answer.durationInSeconds);
        assert.ok(theirs in ended);
      }
    });

    it("presence:list gives the telecallers who are not offline, with their rates", async () => {
      const [user, tess] = await both();
      const answer = await user.done("presence:list");
      assertFields(answer, ["ok", "telecallers"]);
      const entry = answer.telecallers.find(({ _id }) => _id === tess.id);
      assert.deepEqual(entry, { ...detailsOf(tess), presence: "ONLINE", rates: { audio: 2, video: 3 } });
    });

    it("a refusal is in the acknowledgement and in the error event", async () => {
      const [user, tess] = await both();
      const notFound = "Call not found or already ended.",
        notAnId = "Invalid call ID";
      for (const [phone, events] of [
        [user, ["call:cancel", "call:end"]],
        [tess, ["call:accept", "call:reject", "call:end"]],
      ]) {
        for (const event of events) {
          assertRefused(await phone.ask(event, { callId: NO_CALL }), "CALL_NOT_FOUND", notFound);
          assert.deepEqual(await phone.next("error"), { message: notFound, code: "CALL_NOT_FOUND", callId: NO_CALL });
          for (const payload of [{ callId: "7" }, { callId: 7 }, {}, null, "text", []]) {
            assertRefused(await phone.ask(event, payload), "INVALID_CALL_ID", notAnId);
            assert.deepEqual(await phone.next("error"), { message: notAnId, code: "INVALID_CALL_ID" });
          }
        }
      }
      assertRefused(await user.ask("call:initiate", {}), "INVALID_REQUEST", "Invalid call request");
      await user.next("call:error");
      await nothingElse(user, tess);
    });

    it("an unknown event is ignored and not acknowledged", async () => {
      const user = await stage.user({ transport });
      let wasAnswered = false;
      for (const event of ["call:accept", "call:request", "chat", "__proto__"])
        user.emit(event, {}, () => {
          wasAnswered = true;
        });
      user.emit("message", "text");
      await nothingElse(user);
      assert.equal(wasAnswered, false);
    });
  });
}
