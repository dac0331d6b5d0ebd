// Time and coins, as the parties are told of them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { talk } from "./support/calls.mjs";
import { delay } from "./support/deadline.mjs";
import { nothingElse } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";

describe("billing", () => {
  const stage = useServer({
    settings: { "billing.user_audio_rate": 5, "billing.telecaller_audio_rate": 3, "calls.cancel_race_window": "100ms" },
  });

  it("counts whole seconds, rounded down, at the rate of the type and party", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    const [audio, video] = [
      [user, tess, "AUDIO", 5, 3],
      [await stage.user(), await stage.telecaller(), "VIDEO", 3, 1],
    ];
    const before = Date.now();
    const begun = await Promise.all([audio, video].map(([from, to, type]) => talk(from, to, type)));
    await delay(1200); // what is measured is time itself
    for (const [[from, to, , userRate, telecallerRate], callId] of [
      [audio, begun[0]],
      [video, begun[1]],
    ]) {
      const { durationInSeconds, coinsSpent } = await from.done("call:end", { callId });
      const ended = await to.next("call:ended");
      assert.ok(durationInSeconds >= 1 && durationInSeconds <= (Date.now() - before) / 1000, `${durationInSeconds} s`);
      assert.equal(ended.durationInSeconds, durationInSeconds);
      assert.deepEqual(
        [coinsSpent, ended.coinsEarned],
        [durationInSeconds * userRate, durationInSeconds * telecallerRate],
      );
    }
  });

  it("a late cancel after the race window is billed like any hang-up", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    await delay(1100);
    await user.done("call:cancel", { callId });
    const ended = await tess.next("call:ended");
    assert.equal(ended.reason, "hangup");
    assert.equal(ended.coinsEarned, ended.durationInSeconds * 3);
    assert.ok(ended.durationInSeconds >= 1);
  });
});

describe("calls.max_duration", () => {
  const stage = useServer({ settings: { "calls.max_duration": "1s" } });

  it("ends a call for both", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    const [mine, theirs] = await Promise.all([user.next("call:ended"), tess.next("call:ended")]);
    assert.deepEqual(mine, { callId, reason: "max_duration", durationInSeconds: 1, coinsSpent: 2 });
    assert.deepEqual(theirs, { callId, reason: "max_duration", durationInSeconds: 1, coinsEarned: 1 });
    await nothingElse(user, tess);
  });
});
