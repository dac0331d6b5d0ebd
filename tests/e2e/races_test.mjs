// Events that cross on their way, are sent twice, or come from apps that do not wait.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canTalkAgain, ring, talk } from "./support/calls.mjs";
import { assertEnded, assertError, assertRefused } from "./support/expect.mjs";
import { nothingElse, Phone } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";
import { tokenOf } from "./support/tokens.mjs";

const NOT_FOUND = "Call not found or already ended.",
  NOT_RINGING = "Call is no longer available.";

describe("races", () => {
  // However slow the machine is, what crosses here does so within the window.
  const stage = useServer({ settings: { "calls.cancel_race_window": "1m" } });
  const both = async (transport) => [await stage.user({ transport }), await stage.telecaller({ transport })];

  for (const transport of ["websocket", "polling"]) {
    it(`a cancel that crosses the accept hangs up, for nothing, over ${transport}`, async () => {
      const [user, tess] = await both(transport),
        callId = await ring(user, tess);
      tess.emit("call:accept", { callId });
      await tess.next("call:accepted");
      assert.deepEqual(await user.done("call:cancel", { callId }), { ok: true, callId });
      const ended = await tess.next("call:ended");
      assertEnded(ended, callId, "cancelled_late", "coinsEarned");
      assert.equal(ended.coinsEarned, 0);
      await user.next("call:accepted");
      await nothingElse(user, tess);
      await canTalkAgain(user, tess);
    });

    it(`an accept that crosses the cancel is refused and clears the ringing screen, over ${transport}`, async () => {
      const [user, tess] = await both(transport),
        callId = await ring(user, tess);
      await user.done("call:cancel", { callId });
      assertRefused(await tess.ask("call:accept", { callId }), "CALL_NOT_RINGING", NOT_RINGING);
      assert.deepEqual(await tess.next("call:cancelled"), { callId, reason: "cancelled" });
      assertError(await tess.next("error"), "CALL_NOT_RINGING", NOT_RINGING, callId);
      assert.equal((await tess.next("call:cancelled")).callId, callId);
      await nothingElse(user, tess);
    });

    it(`an event that the app emits before it is connected is carried out, over ${transport}`, async () => {
      const tess = await stage.telecaller({ transport }),
        account = stage.account("USER", { name: "Uma" }),
        user = new Phone(stage.server, "/user", { account, auth: { token: tokenOf(account) }, transport });
      const connected = user.connect();
      const answer = user.ask("call:initiate", { telecallerId: tess.id, callType: "AUDIO" });
      try {
        await connected;
        const { callId } = await tess.next("call:incoming");
        assert.equal((await answer).callId, callId);
      } finally {
        user.close();
      }
      await tess.next("call:cancelled");
    });

    it(`end right behind accept, in one burst, over ${transport}`, async () => {
      const [user, tess] = await both(transport),
        callId = await ring(user, tess);
      tess.emit("call:accept", { callId });
      tess.emit("call:end", { callId });
      await tess.next("call:accepted");
      await user.next("call:accepted");
      assertEnded(await user.next("call:ended"), callId, "hangup", "coinsSpent");
      await nothingElse(user, tess);
    });

    it(`cancel right behind initiate, without the callId: the next call:initiate says so, over ${transport}`, async () => {
      const [user, tess] = await both(transport);
      user.emit("call:initiate", { telecallerId: tess.id, callType: "AUDIO" });
      assertRefused(await user.ask("call:cancel", {}), "INVALID_CALL_ID", "Invalid call ID");
      const { callId } = await tess.next("call:incoming");
      await user.done("call:cancel", { callId });
      await tess.next("call:cancelled");
    });
  }

  it("a client that has call:accepted can end at once", async () => {
    const [user, tess] = await both("websocket"),
      callId = await ring(user, tess);
    const answer = new Promise((resolve) =>
      user.socket.once("call:accepted", () => resolve(user.done("call:end", { callId }))),
    );
    tess.emit("call:accept", { callId });
    assert.equal((await answer).durationInSeconds, 0);
    await tess.next("call:accepted");
    await tess.next("call:ended");
  });

  it("the winner's repeated accept gets its call:accepted again", async () => {
    const [user, tess] = await both("websocket"),
      callId = await ring(user, tess);
    const first = await tess.done("call:accept", { callId }),
      event = await tess.next("call:accepted");
    assert.deepEqual(await tess.done("call:accept", { callId }), first);
    assert.deepEqual(await tess.next("call:accepted"), event);
    await user.next("call:accepted");
    await nothingElse(user, tess);
  });

  it("both hang up at once: one end, told to nobody twice", async () => {
    const [user, tess] = await both("websocket"),
      callId = await talk(user, tess);
    const [mine, theirs] = await Promise.all([user.done("call:end", { callId }), tess.done("call:end", { callId })]);
    assert.equal(mine.durationInSeconds, theirs.durationInSeconds);
    await nothingElseButOneEnd(user, tess);
  });

  it("a repeated end is acknowledged with the figures, without an event", async () => {
    const [user, tess] = await both("websocket"),
      callId = await talk(user, tess);
    const first = await user.done("call:end", { callId });
    assert.deepEqual(await user.done("call:end", { callId }), first);
    const theirs = await tess.done("call:end", { callId });
    assert.equal(theirs.durationInSeconds, first.durationInSeconds);
    assert.ok("coinsEarned" in theirs);
    await tess.next("call:ended");
    await nothingElse(user, tess);
  });

  it("a repeated cancel or reject is refused by error, never by call:error", async () => {
    const [user, tess] = await both("websocket");
    const cancelled = await ring(user, tess);
    await user.done("call:cancel", { callId: cancelled });
    await tess.next("call:cancelled");
    const again = await user.ask("call:cancel", { callId: cancelled });
    assert.equal(again.ok, false);
    assert.equal((await user.next("error")).code, again.error.code);

    const rejected = await ring(user, tess);
    await tess.done("call:reject", { callId: rejected });
    await user.next("call:rejected");
    assertRefused(await tess.ask("call:reject", { callId: rejected }), "CALL_NOT_RINGING", NOT_RINGING);
    await tess.next("error");
    await nothingElse(user, tess);
  });

  it("an end while ringing is refused, and the call rings on", async () => {
    const [user, tess] = await both("websocket"),
      callId = await ring(user, tess);
    for (const phone of [user, tess]) {
      assertRefused(await phone.ask("call:end", { callId }), "CALL_NOT_ACTIVE", "Call is not active.");
      assertError(await phone.next("error"), "CALL_NOT_ACTIVE", "Call is not active.", callId);
    }
    await tess.done("call:accept", { callId });
    await tess.next("call:accepted");
    await user.next("call:accepted");
  });

  it("a stranger learns nothing of a call, not even that it exists", async () => {
    const [user, tess] = await both("websocket"),
      [mallory, tina] = await both("websocket");
    for (const callId of [await ring(user, tess), "0123456789abcdef01234567"]) {
      for (const [phone, event] of [
        [mallory, "call:cancel"],
        [mallory, "call:end"],
        [tina, "call:accept"],
        [tina, "call:reject"],
        [tina, "call:end"],
      ]) {
        assertRefused(await phone.ask(event, { callId }), "CALL_NOT_FOUND", NOT_FOUND);
        assertError(await phone.next("error"), "CALL_NOT_FOUND", NOT_FOUND, callId);
      }
    }
    await nothingElse(user, tess, mallory, tina);
  });

  it("a user who calls again while the old ring is being taken back gets one call", async () => {
    const [user, tess] = await both("websocket");
    for (let round = 0; round < 10; round++) {
      const callId = await ring(user, tess);
      user.emit("call:cancel", { callId });
      const { callId: next } = await user.done("call:initiate", { telecallerId: tess.id, callType: "VIDEO" });
      assert.equal((await tess.next("call:cancelled")).callId, callId);
      assert.equal((await tess.next("call:incoming")).callId, next);
      await user.next("call:ringing");
      tess.emit("call:reject", { callId: next });
      assert.equal((await user.next("call:rejected")).callId, next);
    }
    await nothingElse(user, tess);
  });

  it("accept and cancel in the same moment: both sides see one story", async () => {
    for (let round = 0; round < 20; round++) {
      const [user, tess] = await both("websocket"),
        callId = await ring(user, tess);
      const [accepted, cancelled] = await Promise.all([
        tess.ask("call:accept", { callId }),
        user.ask("call:cancel", { callId }),
      ]);
      assert.equal(cancelled.ok, true, "a cancel of the owner is always carried out");
      if (accepted.ok) {
        await tess.next("call:accepted");
        assertEnded(await tess.next("call:ended"), callId, "cancelled_late", "coinsEarned");
        await user.next("call:accepted");
      } else {
        assert.equal(accepted.error.code, "CALL_NOT_RINGING");
        await tess.next("call:cancelled");
        await tess.next("error");
        await tess.next("call:cancelled");
      }
      await nothingElse(user, tess);
    }
  });
});

// Which of the two `call:end` came first is open: its sender hears nothing, the other one may have been told already.
async function nothingElseButOneEnd(...phones) {
  for (const phone of phones) await phone.fence();
  const told = phones.filter((phone) => phone.seen.some(([name]) => name === "call:ended"));
  assert.ok(told.length <= 1, "at most one of the two was told by an event");
  for (const phone of told) await phone.next("call:ended");
  await nothingElse(...phones);
}

describe("a cancel after the race window", () => {
  const stage = useServer({ settings: { "calls.cancel_race_window": "0" } });

  it("hangs up like call:end", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    await user.done("call:cancel", { callId });
    assertEnded(await tess.next("call:ended"), callId, "hangup", "coinsEarned");
    await nothingElse(user, tess);
  });
});
