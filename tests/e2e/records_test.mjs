// What the store keeps of a call: its outcome, its timeline, its bill.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ring, talk } from "./support/calls.mjs";
import { delay, eventually } from "./support/deadline.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { callRow, ledger, rows, timeline } from "./support/store.mjs";

const skip = isReference && "the reference keeps nothing";

// The record of a call that is over: a final state is told at once and written right after.
function finished(server, callId) {
  return eventually(() => {
    const row = callRow(server, callId);
    return row?.ended_at && row;
  }, `the record of ${callId}`);
}

describe("records", { skip }, () => {
  const stage = useServer({ settings: { "calls.cancel_race_window": "100ms" } });

  const outcomes = [
    [
      "a hang-up",
      "COMPLETED",
      "hangup",
      async (user, tess) => {
        const callId = await talk(user, tess, "VIDEO");
        await user.done("call:end", { callId });
        return callId;
      },
    ],
    [
      "a reject",
      "REJECTED",
      "rejected",
      async (user, tess) => {
        const callId = await ring(user, tess, "VIDEO");
        await tess.done("call:reject", { callId });
        return callId;
      },
    ],
    [
      "a cancel",
      "CANCELLED",
      "cancelled",
      async (user, tess) => {
        const callId = await ring(user, tess, "VIDEO");
        await user.done("call:cancel", { callId });
        return callId;
      },
    ],
    [
      "the caller's leaving while it rings",
      "MISSED",
      "caller_disconnected",
      async (user, tess) => {
        const callId = await ring(user, tess, "VIDEO");
        user.hangUpConnection();
        return callId;
      },
    ],
    [
      "the callee's leaving",
      "COMPLETED",
      "callee_disconnected",
      async (user, tess) => {
        const callId = await talk(user, tess, "VIDEO");
        tess.hangUpConnection();
        return callId;
      },
    ],
  ];
  for (const [what, status, reason, play] of outcomes) {
    it(`${what} is recorded as ${status}, ${reason}`, async () => {
      const user = await stage.user(),
        tess = await stage.telecaller(),
        before = Date.now();
      const callId = await play(user, tess),
        row = await finished(stage.server, callId);
      const talked = status === "COMPLETED";
      assert.deepEqual(
        [row.type, row.caller_id, row.callee_id, row.status, row.reason],
        ["VIDEO", user.id, tess.id, status, reason],
      );
      const times = [before, row.created_at, row.accepted_at ?? row.created_at, row.ended_at, Date.now()];
      assert.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
        "times in their order",
      );
      assert.equal(row.accepted_at !== null, talked);
      assert.deepEqual([row.user_rate, row.telecaller_rate], talked ? [3, 1] : [0, 0]);

      const events = timeline(stage.server, callId);
      assert.deepEqual(
        events.map(({ type }) => type),
        ["RINGING", ...(talked ? ["ACCEPTED"] : []), status],
      );
      assert.equal(events[0].by_account, user.id);
      if (talked) assert.equal(events[1].by_account, tess.id);
      assert.deepEqual(rows(stage.server, "SELECT * FROM active_parties WHERE call_id = ?", callId), []);
    });
  }

  it("a completed call is billed once, to each party, in the record and in the ledger", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    await delay(1100); // what is billed is time itself
    const told = await user.done("call:end", { callId }),
      { coinsEarned } = await tess.next("call:ended");
    await user.done("call:end", { callId });
    await tess.done("call:end", { callId });
    const row = await finished(stage.server, callId);
    assert.deepEqual(
      [row.duration_s, row.coins_spent, row.coins_earned],
      [told.durationInSeconds, told.coinsSpent, coinsEarned],
    );
    assert.equal(row.coins_unpaid, told.coinsSpent, "a balance does not go below 0");
    const entries = ledger(stage.server, callId).map(({ account_id, amount, balance }) => [
      account_id,
      amount,
      balance,
    ]);
    assert.deepEqual(
      entries.sort(),
      [
        [tess.id, coinsEarned, coinsEarned],
        [user.id, 0, 0],
      ].sort(),
    );
  });

  it("a call that is announced is in the store already", async () => {
    for (let round = 0; round < 2; round++) {
      const user = await stage.user(),
        tess = await stage.telecaller(),
        callId = await ring(user, tess);
      assert.equal(callRow(stage.server, callId).status, "RINGING");
      await tess.done("call:accept", { callId });
      assert.equal(callRow(stage.server, callId).status, "ACCEPTED");
    }
  });

  it("no token, and nothing that is said in one, is in the log", () => {
    assert.doesNotMatch(stage.server.log, /eyJ[\w-]+\.[\w-]+\./);
    assert.ok(!stage.server.log.includes(stage.server.settings["auth.secret"]));
  });
});

describe("the record of a call that nobody answered", { skip }, () => {
  const stage = useServer({ settings: { "calls.ring_timeout": "1s" } });

  it("is MISSED, timeout", async () => {
    const callId = await ring(await stage.user(), await stage.telecaller());
    const { status, reason, accepted_at: acceptedAt } = await finished(stage.server, callId);
    assert.deepEqual([status, reason, acceptedAt], ["MISSED", "timeout", null]);
    const types = timeline(stage.server, callId).map(({ type }) => type);
    assert.deepEqual(types, ["RINGING", "MISSED"]);
  });
});
