// An account on several devices: all ring, one answers, and only the owning ones decide about a call by disconnecting.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canTalkAgain, ring, talk } from "./support/calls.mjs";
import { assertEnded, assertError, assertRefused, displayOf } from "./support/expect.mjs";
import { nothingElse } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";

const stage = useServer();

for (const transport of ["websocket", "polling"]) {
  describe(`several devices over ${transport}`, () => {
    const cast = async () => {
      const user = await stage.user({ transport }),
        tess = await stage.telecaller({ transport });
      return { user, tess, tablet: await stage.again(tess), laptop: await stage.again(tess) };
    };
    const ringAll = async ({ user, tess, tablet, laptop }) => {
      const callId = await ring(user, tess);
      for (const device of [tablet, laptop]) assert.equal((await device.next("call:incoming")).callId, callId);
      return callId;
    };

    it("all ring; the first accept wins and the others are told", async () => {
      const { user, tess, tablet, laptop } = await cast(),
        callId = await ringAll({ user, tess, tablet, laptop });
      tablet.emit("call:accept", { callId });
      await tablet.next("call:accepted");
      await user.next("call:accepted");
      for (const device of [tess, laptop])
        assert.deepEqual(await device.next("call:cancelled"), { callId, reason: "answered_elsewhere" });
      await nothingElse(user, tess, tablet, laptop);
    });

    it("two devices that accept together: one has the call, the other is refused", async () => {
      const { user, tess, tablet, laptop } = await cast(),
        callId = await ringAll({ user, tess, tablet, laptop });
      const answers = await Promise.all([tess, tablet].map((device) => device.ask("call:accept", { callId })));
      assert.equal(answers.filter(({ ok }) => ok).length, 1);
      const [winner, loser] = answers[0].ok ? [tess, tablet] : [tablet, tess];
      await winner.next("call:accepted");
      assert.equal((await loser.next("call:cancelled")).reason, "answered_elsewhere");
      assertError(await loser.next("error"), "CALL_NOT_RINGING", "Call is no longer available.", callId);
      await laptop.next("call:cancelled");
      await user.next("call:accepted");
      await nothingElse(user, tess, tablet, laptop);
    });

    it("one reject rejects for all", async () => {
      const { user, tess, tablet, laptop } = await cast(),
        callId = await ringAll({ user, tess, tablet, laptop });
      laptop.emit("call:reject", { callId });
      assert.equal((await user.next("call:rejected")).callId, callId);
      for (const device of [tess, tablet])
        assert.deepEqual(await device.next("call:cancelled"), { callId, reason: "rejected_elsewhere" });
      await nothingElse(user, tess, tablet, laptop);
    });

    it("a reject that comes after another device's accept changes nothing", async () => {
      const { user, tess, tablet, laptop } = await cast(),
        callId = await ringAll({ user, tess, tablet, laptop });
      await tess.done("call:accept", { callId });
      assertRefused(await tablet.ask("call:reject", { callId }), "CALL_NOT_RINGING", "Call is no longer available.");
      await tess.next("call:accepted");
      await user.next("call:accepted");
      await user.done("call:end", { callId });
      assertEnded(await tess.next("call:ended"), callId, "hangup", "coinsEarned");
    });

    it("a cancel reaches all", async () => {
      const { user, tess, tablet, laptop } = await cast(),
        callId = await ringAll({ user, tess, tablet, laptop });
      user.emit("call:cancel", { callId });
      for (const device of [tess, tablet, laptop])
        assert.deepEqual(await device.next("call:cancelled"), { callId, reason: "cancelled" });
      await nothingElse(user, tess, tablet, laptop);
    });
  });
}

describe("devices", () => {
  it("a device that connects while its account is called rings too, with the same deadline", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    user.emit("call:initiate", { telecallerId: tess.id, callType: "VIDEO" });
    const incoming = await tess.next("call:incoming");
    const tablet = await stage.again(tess);
    assert.deepEqual(await tablet.next("call:incoming"), incoming);
    await tablet.done("call:accept", { callId: incoming.callId });
    assert.equal((await tess.next("call:cancelled")).reason, "answered_elsewhere");
  });

  it("the caller's other devices hear nothing of a call", async () => {
    const user = await stage.user(),
      tablet = await stage.again(user),
      tess = await stage.telecaller();
    await canTalkAgain(user, tess);
    await nothingElse(tablet);
  });

  it("any device of a party may end the call; the owning ones are told", async () => {
    const user = await stage.user(),
      tablet = await stage.again(user),
      tess = await stage.telecaller();
    const callId = await talk(user, tess);
    await tablet.done("call:end", { callId });
    assertEnded(await user.next("call:ended"), callId, "hangup", "coinsSpent");
    assertEnded(await tess.next("call:ended"), callId, "hangup", "coinsEarned");
    await nothingElse(user, tablet, tess);
  });

  it("any device of the caller may cancel; the owning one is told", async () => {
    const user = await stage.user(),
      tablet = await stage.again(user),
      tess = await stage.telecaller();
    const callId = await ring(user, tess);
    await tablet.done("call:cancel", { callId });
    assert.equal((await tess.next("call:cancelled")).callId, callId);
    assert.equal((await user.next("call:ended")).callId, callId);
    await nothingElse(user, tablet, tess);
    await canTalkAgain(user, tess);
  });

  it("one account has one call, on whichever device it is asked for", async () => {
    const user = await stage.user(),
      tablet = await stage.again(user),
      tess = await stage.telecaller(),
      tina = await stage.telecaller();
    const answers = await Promise.all(
      [
        [user, tess],
        [tablet, tina],
      ].map(([phone, to]) => phone.ask("call:initiate", { telecallerId: to.id, callType: "AUDIO" })),
    );
    assert.deepEqual(answers.map(({ ok }) => ok).sort(), [false, true]);
    assertRefused(
      answers.find(({ ok }) => !ok),
      "ALREADY_IN_CALL",
      "You already have an active call.",
    );
  });

  it("two callers who race for one telecaller: one call comes to exist", async () => {
    const users = await Promise.all([stage.user(), stage.user(), stage.user()]),
      tess = await stage.telecaller();
    const answers = await Promise.all(
      users.map((user) => user.ask("call:initiate", { telecallerId: tess.id, callType: "AUDIO" })),
    );
    assert.equal(answers.filter(({ ok }) => ok).length, 1);
    for (const answer of answers.filter(({ ok }) => !ok)) assert.equal(answer.error.code, "CALLEE_BUSY");
    await tess.next("call:incoming");
    await nothingElse(tess);
  });

  it("devices on both transports are the same account", async () => {
    const user = await stage.user({ transport: "polling" }),
      tess = await stage.telecaller({ transport: "polling" });
    const tablet = await stage.again(tess, { transport: "websocket" });
    const callId = await ring(user, tess);
    assert.deepEqual((await tablet.next("call:incoming")).caller, displayOf(user));
    await tablet.done("call:accept", { callId });
    await tess.next("call:cancelled");
  });
});
