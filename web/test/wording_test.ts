import assert from "node:assert/strict";
import { test } from "node:test";
import { duration } from "../src/page/words";
import { figuresText, outcomeText, spokenState } from "../src/market/wording";
import { CALL, Story } from "./story";

test("a duration is minutes and seconds, with hours where there are some", () => {
  assert.deepEqual([0, 9, 75, 3599, 3600, 36_061].map(duration), [
    "0:00",
    "0:09",
    "1:15",
    "59:59",
    "1:00:00",
    "10:01:01",
  ]);
});

const outcomes: [string, Story, string][] = [
  ["rejected, for the user", Story.user().ringing().hears("call:rejected", { callId: CALL }), "Maya declined"],
  [
    "missed, for the user",
    Story.user().ringing().hears("call:missed", { callId: CALL, reason: "timeout" }),
    "Maya did not answer",
  ],
  [
    "missed by a telecaller who went away",
    Story.user().ringing().hears("call:missed", { callId: CALL, reason: "callee_disconnected" }),
    "Maya disconnected",
  ],
  [
    "missed, for the telecaller",
    Story.telecaller().ringing().hears("call:missed", { callId: CALL, reason: "timeout" }),
    "Missed call from Ravi",
  ],
  [
    "cancelled, for the telecaller",
    Story.telecaller().ringing().hears("call:cancelled", { callId: CALL, reason: "cancelled" }),
    "Ravi cancelled",
  ],
  [
    "answered on another device",
    Story.telecaller().ringing().hears("call:cancelled", { callId: CALL, reason: "answered_elsewhere" }),
    "Answered on another device",
  ],
  [
    "hung up by the other",
    Story.telecaller().talking().hears("call:ended", { callId: CALL, reason: "hangup" }),
    "Ravi hung up",
  ],
  [
    "out of coins",
    Story.user().talking().hears("call:ended", { callId: CALL, reason: "coins_exhausted" }),
    "Coins used up",
  ],
  [
    "ended for a reason that this page does not know",
    Story.user().talking().hears("call:ended", { callId: CALL, reason: "eclipse" }),
    "Maya hung up",
  ],
];
for (const [what, { phone }, text] of outcomes) {
  test(`a call that was ${what} reads "${text}"`, () => {
    assert.ok(phone.last);
    assert.equal(outcomeText(phone.role, phone.last), text);
  });
}

test("the figures are the reader's own", () => {
  const user = Story.user()
    .talking()
    .hears("call:ended", { callId: CALL, durationInSeconds: 61, coinsSpent: 122 }).phone;
  const telecaller = Story.telecaller()
    .talking()
    .hears("call:ended", { callId: CALL, durationInSeconds: 1, coinsEarned: 1 }).phone;
  assert.ok(user.last && telecaller.last);
  assert.equal(figuresText("USER", user.last), "1:01 · 122 coins spent");
  assert.equal(figuresText("TELECALLER", telecaller.last), "0:01 · 1 coin earned");
});

test("screen readers are told the state, and how the call came to its end", () => {
  const story = Story.user();
  assert.equal(spokenState(story.phone), "Connected");
  assert.equal(spokenState(story.ringing().phone), "Ringing · audio call, Maya");
  assert.equal(spokenState(story.hears("call:accepted", { callId: CALL, livekit: null }).phone), "In a call with Maya");
  story.hears("call:ended", { callId: CALL, reason: "hangup", durationInSeconds: 5, coinsSpent: 10 });
  assert.equal(spokenState(story.phone), "Maya hung up, 0:05 · 10 coins spent");
});
