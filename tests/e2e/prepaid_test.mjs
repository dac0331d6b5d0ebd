// billing.mode = "prepaid": the balance decides whether a call begins and when it ends.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { talk } from "./support/calls.mjs";
import { delay } from "./support/deadline.mjs";
import { assertError, assertRefused } from "./support/expect.mjs";
import { nothingElse } from "./support/phone.mjs";
import { adminOf } from "./support/rest.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";

const skip = isReference && "the reference has no /openapi.json";
const INSUFFICIENT = ["INSUFFICIENT_COINS", "You do not have enough coins for this call."];

describe("prepaid", { skip }, () => {
  const stage = useServer({
    settings: {
      "billing.mode": "prepaid",
      "billing.minimum_seconds": 2,
      "billing.user_audio_rate": 10,
      "billing.user_video_rate": 15,
    },
  });

  it("refuses a call that the balance cannot pay for billing.minimum_seconds", async () => {
    const admin = adminOf(stage),
      user = await stage.user(),
      tess = await stage.telecaller(),
      attempt = (callType) => user.ask("call:initiate", { telecallerId: tess.id, callType });
    await admin.addCoins(user.id, 19);
    assertRefused(await attempt("AUDIO"), ...INSUFFICIENT);
    assertError(await user.next("call:error"), ...INSUFFICIENT);
    await admin.addCoins(user.id, 1);
    assertRefused(await attempt("VIDEO"), ...INSUFFICIENT);
    await user.next("call:error");
    await nothingElse(tess);
    assert.equal((await attempt("AUDIO")).ok, true);
  });

  it("ends a call for both at the second to which the balance pays, with nothing unpaid", async () => {
    const admin = adminOf(stage),
      user = await stage.user(),
      tess = await stage.telecaller();
    await admin.addCoins(user.id, 29); // 2 seconds, and 9 coins that pay for no third
    const callId = await talk(user, tess);
    const [mine, theirs] = await Promise.all([user.next("call:ended"), tess.next("call:ended")]);
    assert.deepEqual(mine, { callId, reason: "coins_exhausted", durationInSeconds: 2, coinsSpent: 20 });
    assert.deepEqual(theirs, { callId, reason: "coins_exhausted", durationInSeconds: 2, coinsEarned: 2 });
    const call = await admin.get(`/calls/${callId}`);
    assert.deepEqual([call.endReason, call.coinsUnpaid], ["coins_exhausted", 0]);
    assert.equal((await admin.get(`/accounts/${user.id}`)).coins, 9);
  });

  it("a top-up during the call extends it", async () => {
    const admin = adminOf(stage),
      user = await stage.user(),
      tess = await stage.telecaller();
    await admin.addCoins(user.id, 20);
    const callId = await talk(user, tess);
    await delay(1000); // what is measured is time itself
    await admin.addCoins(user.id, 20);
    const ended = await user.next("call:ended");
    assert.deepEqual(ended, { callId, reason: "coins_exhausted", durationInSeconds: 4, coinsSpent: 40 });
    await tess.next("call:ended");
    assert.equal((await admin.get(`/accounts/${user.id}`)).coins, 0);
  });
});
