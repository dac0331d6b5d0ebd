import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readAnswer } from "../src/market/signals";
import { CALL, ISHA, MAYA, NOON, RAVI, Story, display, expiresAt, incoming, initiated } from "./story";

describe("a user's call", () => {
  test("rings once the server has given it an id, whichever of event and acknowledgement is first", () => {
    const ringing = { callId: CALL, telecaller: display(MAYA) };
    const eventFirst = Story.user().dials().hears("call:ringing", ringing).isTold(initiated());
    const answerFirst = Story.user().dials().isTold(initiated()).hears("call:ringing", ringing);
    assert.deepEqual(eventFirst.phone.call, answerFirst.phone.call);
    assert.deepEqual(eventFirst.phone.call, {
      phase: "ringing",
      callId: CALL,
      callType: "AUDIO",
      peer: MAYA,
      since: NOON,
      expiresAt: Date.parse(expiresAt),
      asked: null,
    });
  });

  test("talks from the moment of call:accepted", () => {
    const { call } = Story.user()
      .ringing()
      .hears("call:accepted", { callId: CALL, livekit: null }, NOON + 5000).phone;
    assert.ok(call?.phase === "talking");
    assert.equal(call.since, NOON + 5000);
    assert.equal(call.media, null);
  });

  test("shows the LiveKit room when there is one", () => {
    const livekit = { token: "secret", url: "wss://livekit.example", roomName: CALL };
    const { call } = Story.user().ringing().hears("call:accepted", { callId: CALL, livekit }).phone;
    assert.ok(call?.phase === "talking");
    assert.deepEqual(call.media, livekit);
  });

  test("ends with the figures of the acknowledgement when the user hangs up", () => {
    const { call, last } = Story.user()
      .talking()
      .asks("end")
      .isAnswered("end", { ok: true, callId: CALL, durationInSeconds: 12, coinsSpent: 24 }).phone;
    assert.equal(call, null);
    assert.deepEqual(last, {
      how: "ended",
      by: "me",
      reason: null,
      callType: "AUDIO",
      peer: MAYA,
      figures: { seconds: 12, coins: 24 },
    });
  });

  test("ends with the figures of call:ended when the telecaller hangs up", () => {
    const { call, last } = Story.user()
      .talking()
      .hears("call:ended", { callId: CALL, reason: "hangup", durationInSeconds: 3, coinsSpent: 6 }).phone;
    assert.equal(call, null);
    assert.deepEqual(last?.figures, { seconds: 3, coins: 6 });
    assert.equal(last?.by, "them");
  });

  for (const [event, how] of [
    ["call:rejected", "rejected"],
    ["call:missed", "missed"],
  ] as const) {
    test(`is over on ${event}`, () => {
      const { call, last } = Story.user().ringing().hears(event, { callId: CALL }).phone;
      assert.equal(call, null);
      assert.equal(last?.how, how);
    });
  }

  test("is over when the server has acknowledged the cancel, and not before", () => {
    const asked = Story.user().ringing().asks("cancel");
    assert.equal(asked.phone.call?.phase, "ringing");
    assert.equal(asked.isAnswered("cancel", { ok: true, callId: CALL }).phone.last?.how, "cancelled");
  });

  test("that is accepted while its cancel is on the way is over with the cancel's acknowledgement", () => {
    const crossed = Story.user().ringing().asks("cancel").hears("call:accepted", { callId: CALL, livekit: null });
    assert.equal(crossed.phone.call?.phase, "talking");
    assert.equal(crossed.isAnswered("cancel", { ok: true, callId: CALL }).phone.call, null);
  });

  test("that is refused leaves the phone idle and says why, once", () => {
    const refusal = { message: "Maya is busy on another call. Please try again later.", code: "CALLEE_BUSY" };
    const { call, last, notices } = Story.user()
      .dials()
      .hears("call:error", refusal)
      .isTold({ ok: false, error: refusal }).phone;
    assert.equal(call, null);
    assert.equal(last, null);
    assert.deepEqual(
      notices.map(({ text }) => text),
      [refusal.message],
    );
  });

  test("cannot begin during another", () => {
    const talking = Story.user().talking();
    assert.equal(talking.dials("VIDEO").phone.call?.callType, "AUDIO");
  });

  test("is not touched by the final event of another call", () => {
    const talking = Story.user().talking();
    for (const event of ["call:ended", "call:missed", "call:rejected", "call:cancelled"])
      talking.hears(event, { callId: "another" });
    assert.equal(talking.phone.call?.phase, "talking");
  });

  test("that the server does not know any more is over when it is hung up", () => {
    const { call } = Story.user()
      .talking()
      .asks("end")
      .isAnswered("end", { ok: false, error: { code: "CALL_NOT_FOUND", message: "…" } }).phone;
    assert.equal(call, null);
  });

  test("goes on after a hang-up that the server did not answer, and can be hung up again", () => {
    const { call, notices } = Story.user().talking().asks("end").happens({ kind: "unanswered", asked: "end" }).phone;
    assert.ok(call?.phase === "talking");
    assert.equal(call.asked, null);
    assert.equal(notices.length, 1);
  });
});

describe("a telecaller's call", () => {
  test("rings until expiresAt", () => {
    const { call } = Story.telecaller().ringing().phone;
    assert.deepEqual(call, {
      phase: "ringing",
      callId: CALL,
      callType: "VIDEO",
      peer: RAVI,
      since: NOON,
      expiresAt: NOON + 30_000,
      asked: null,
    });
  });

  test("that is told again after a reconnection keeps its countdown", () => {
    const { call } = Story.telecaller()
      .ringing()
      .hears("call:incoming", incoming(), NOON + 9000).phone;
    assert.ok(call?.phase === "ringing");
    assert.equal(call.since, NOON);
  });

  test("talks from the first of call:accepted and the acknowledgement; the second changes nothing", () => {
    const accepted = { callId: CALL, callType: "VIDEO", caller: display(RAVI), livekit: null };
    const answer = { ok: true, callId: CALL, callType: "VIDEO", role: "callee", peer: display(RAVI), livekit: null };
    const eventFirst = Story.telecaller()
      .ringing()
      .asks("accept")
      .hears("call:accepted", accepted, NOON)
      .isAnswered("accept", answer, NOON + 50);
    const answerFirst = Story.telecaller()
      .ringing()
      .asks("accept")
      .isAnswered("accept", answer, NOON)
      .hears("call:accepted", accepted, NOON + 50);
    assert.deepEqual(eventFirst.phone, answerFirst.phone);
    const { call } = eventFirst.phone;
    assert.ok(call?.phase === "talking");
    assert.equal(call.since, NOON);
    assert.equal(call.asked, null);
  });

  test("that was cancelled before the accept arrived is over with call:cancelled", () => {
    const late = { message: "Call is no longer available.", code: "CALL_NOT_RINGING", callId: CALL };
    const refused = Story.telecaller()
      .ringing()
      .asks("accept")
      .hears("error", late)
      .isAnswered("accept", { ok: false, error: late });
    assert.equal(refused.phone.call?.phase, "ringing");
    const { call, last, notices } = refused.hears("call:cancelled", { callId: CALL }).phone;
    assert.equal(call, null);
    assert.equal(last?.how, "cancelled");
    assert.equal(notices.length, 1);
  });

  test("that is rejected is over with the acknowledgement", () => {
    const { call, last } = Story.telecaller()
      .ringing()
      .asks("reject")
      .isAnswered("reject", { ok: true, callId: CALL }).phone;
    assert.equal(call, null);
    assert.deepEqual([last?.how, last?.by], ["rejected", "me"]);
  });

  test("ends with the coins that were earned", () => {
    const { last } = Story.telecaller()
      .talking()
      .hears("call:ended", { callId: CALL, reason: "hangup", durationInSeconds: 7, coinsEarned: 7 }).phone;
    assert.deepEqual(last?.figures, { seconds: 7, coins: 7 });
  });
});

describe("the connection", () => {
  test("that drops keeps the call, for the server may keep it too", () => {
    assert.equal(Story.user().talking().link("reconnecting").link("online").phone.call?.phase, "talking");
  });

  test("that the person ends takes the call with it", () => {
    const { call, last } = Story.user().talking().link("offline").phone;
    assert.equal(call, null);
    assert.equal(last?.how, "lost");
  });

  test("that is refused says why", () => {
    assert.deepEqual(
      Story.telecaller()
        .link("refused", "Access denied")
        .phone.notices.map(({ text }) => text),
      ["Access denied"],
    );
  });
});

describe("the list of telecallers", () => {
  const maya = { ...display(MAYA), language: "", about: "", presence: "ONLINE", rates: { audio: 2, video: 3 } };
  const stranger = { ...maya, _id: "demo-adi-2", name: "Adi" };
  const listed = (...telecallers: object[]) =>
    Story.user().happens({ kind: "listed", answer: readAnswer({ ok: true, telecallers }) });
  const shown = (story: Story) => story.phone.telecallers.map(({ name, presence }) => `${name} ${presence}`);

  test("has the page's own first, and keeps them while they are offline", () => {
    assert.deepEqual(shown(listed(stranger, maya)), ["Maya ONLINE", "Isha OFFLINE", "Adi ONLINE"]);
  });

  test("follows every change of presence", () => {
    const story = listed(maya);
    story.hears("telecaller:presence-changed", {
      telecallerId: ISHA.id,
      presence: "ONLINE",
      telecaller: display(ISHA),
    });
    story.hears("telecaller:presence-changed", {
      telecallerId: "demo-adi-2",
      presence: "ONLINE",
      telecaller: stranger,
    });
    story.hears("telecaller:presence-changed", { telecallerId: "demo-adi-2", presence: "ON_CALL", telecaller: null });
    assert.deepEqual(shown(story), ["Maya ONLINE", "Isha ONLINE", "Adi ON_CALL"]);
    story.hears("telecaller:presence-changed", { telecallerId: "demo-adi-2", presence: "OFFLINE", telecaller: null });
    story.hears("telecaller:presence-changed", { telecallerId: MAYA.id, presence: "OFFLINE", telecaller: null });
    assert.deepEqual(shown(story), ["Maya OFFLINE", "Isha ONLINE"]);
  });

  test("claims nothing while the phone is not connected", () => {
    assert.deepEqual(shown(listed(maya, stranger).link("reconnecting")), ["Maya UNKNOWN", "Isha UNKNOWN"]);
  });
});

describe("notices", () => {
  const refuse = (story: Story, message: string) => story.hears("error", { message, code: "RATE_LIMITED" });

  test("are kept three at a time, the same text once", () => {
    const story = Story.user();
    for (const message of ["a", "b", "a", "c", "d"]) refuse(story, message);
    assert.deepEqual(
      story.phone.notices.map(({ text }) => text),
      ["a", "c", "d"],
    );
  });

  test("go when they are dismissed", () => {
    const story = refuse(Story.user(), "a");
    assert.deepEqual(story.happens({ kind: "dismissed", notice: 1 }).phone.notices, []);
  });
});
