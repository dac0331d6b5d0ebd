import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CALL, NOON, OMAR, OTHER_CALL, ownCall, PeerStory, PLAIN, display, incoming } from "./peer_story";

const accepted = { ok: true, callId: CALL, callType: "VIDEO", role: "callee", peer: display, iceServers: [] };

describe("a call to another", () => {
  test("rings once it has an id, from the event or the acknowledgement", () => {
    const both = PeerStory.online().ringing().phone.call;
    const acknowledged = PeerStory.online().dials().isTold({ ok: true, callId: CALL, expiresAt: incoming.expiresAt });
    assert.deepEqual(acknowledged.phone.call, both);
    assert.ok(both?.phase === "ringing" && both.role === "caller");
    assert.equal(both.expiresAt, NOON + 30_000);
  });

  test("talks when it is accepted, as the one who offers", () => {
    const { call, hasLeg } = PeerStory.online().talking().phone;
    assert.ok(call?.phase === "talking");
    assert.deepEqual([call.role, call.path.kind, hasLeg], ["caller", "direct", true]);
  });

  test("through LiveKit names its room", () => {
    const livekit = { token: "…", url: "wss://media.example", roomName: CALL };
    const { call } = PeerStory.online()
      .ringing()
      .hears("call:accepted", { callId: CALL, role: "caller", livekit }).phone;
    assert.ok(call?.phase === "talking");
    assert.deepEqual(call.path, { kind: "livekit", roomName: CALL });
  });

  test("that is refused is over, with the server's words", () => {
    const refusal = { code: "CALLEE_OFFLINE", message: "Omar is currently offline. Please try again later." };
    const { call, notices } = PeerStory.online()
      .dials()
      .hears("call:error", refusal)
      .isTold({ ok: false, error: refusal }).phone;
    assert.equal(call, null);
    assert.deepEqual(
      notices.map(({ text }) => text),
      [refusal.message],
    );
  });

  test("to somebody in a call is busy", () => {
    const busy = PeerStory.online().dials().hears("call:busy", { to: OMAR.id, callId: CALL });
    assert.equal(busy.isTold({ ok: false, error: { code: "CALLEE_BUSY", message: "…" } }).phone.last?.how, "busy");
  });

  test("that crosses the other one's becomes that one, as callee", () => {
    const crossing = PeerStory.online()
      .dials("AUDIO")
      .hears("call:incoming", incoming)
      .hears("call:accepted", { callId: CALL, callType: "VIDEO", by: "me", role: "callee", iceServers: [] })
      .isTold({ ok: true, callId: CALL, expiresAt: incoming.expiresAt, role: "callee" });
    const { call } = crossing.phone;
    assert.ok(call?.phase === "talking");
    assert.deepEqual([call.role, call.callType], ["callee", "VIDEO"]);
  });

  test("that is refused while the other one calls leaves that one ringing", () => {
    const { call } = PeerStory.online()
      .dials()
      .hears("call:incoming", incoming)
      .hears("call:error", { code: "RATE_LIMITED", message: "Too many call attempts. Please wait a moment." }).phone;
    assert.ok(call?.phase === "ringing" && call.role === "callee");
  });

  test("for which there is no microphone does not begin", () => {
    const { call, notices } = PeerStory.online()
      .dials()
      .happens({ kind: "given-up", asked: "dial", because: "The microphone cannot be used." }).phone;
    assert.equal(call, null);
    assert.equal(notices.length, 1);
  });
});

describe("a call from another", () => {
  const rung = () => PeerStory.online().hears("call:incoming", incoming);

  test("talks with the acknowledgement of its acceptance", () => {
    const { call } = rung()
      .asks("accept")
      .isAnswered("accept", accepted, NOON + 5).phone;
    assert.ok(call?.phase === "talking");
    assert.deepEqual([call.role, call.since, call.mine, call.theirs], ["callee", NOON + 5, PLAIN, PLAIN]);
  });

  test("can be rejected, and is over when it is cancelled, missed or answered elsewhere", () => {
    assert.equal(rung().asks("reject").isAnswered("reject", { ok: true, callId: CALL }).phone.last?.by, "me");
    for (const [event, reason] of [
      ["call:cancelled", "answered_elsewhere"],
      ["call:missed", "timeout"],
    ] as const) {
      const { call, last } = rung().hears(event, { callId: CALL, reason }).phone;
      assert.equal(call, null);
      assert.deepEqual([last?.reason, last?.by, last?.role], [reason, "them", "callee"]);
    }
  });

  test("does not ring a phone that talks", () => {
    const { call } = PeerStory.online()
      .talking()
      .hears("call:incoming", { ...incoming, callId: OTHER_CALL }).phone;
    assert.equal(call?.phase, "talking");
  });
});

describe("the states of both sides", () => {
  const mediaOf = (story: PeerStory) => (story.phone.call?.phase === "talking" ? story.phone.call : null);

  test("follow all six controls", () => {
    const story = PeerStory.online().talking();
    for (const control of ["call:mute", "call:video-off", "call:hold"] as const) {
      story.hears(control, { callId: CALL, from: OMAR.id }).happens({ kind: "controlled", control });
    }
    const all = { muted: true, videoOff: true, onHold: true };
    assert.deepEqual([mediaOf(story)?.mine, mediaOf(story)?.theirs], [all, all]);
    for (const control of ["call:unmute", "call:video-on", "call:resume"] as const) {
      story.hears(control, { callId: CALL, from: OMAR.id }).happens({ kind: "controlled", control });
    }
    assert.deepEqual([mediaOf(story)?.mine, mediaOf(story)?.theirs], [PLAIN, PLAIN]);
  });

  test("are those of this call alone", () => {
    const story = PeerStory.online().talking().hears("call:mute", { callId: OTHER_CALL, from: OMAR.id });
    assert.deepEqual(mediaOf(story)?.theirs, PLAIN);
  });

  test("include being away", () => {
    const story = PeerStory.online().talking().hears("call:reconnecting", { callId: CALL, graceMs: 30_000 });
    assert.equal(mediaOf(story)?.isPeerAway, true);
    assert.equal(mediaOf(story.hears("call:reconnected", { callId: CALL }))?.isPeerAway, false);
  });
});

describe("coming back", () => {
  test("after a broken connection the call is shown all along, and is its device's again at the end", () => {
    const story = PeerStory.online()
      .talking()
      .happens({ kind: "controlled", control: "call:mute" })
      .link("reconnecting");
    assert.deepEqual([story.phone.call?.phase, story.phone.hasLeg], ["talking", false]);
    story.link("online").greeted(ownCall());
    assert.deepEqual([story.phone.call?.phase, story.phone.hasLeg], ["talking", false]);
    const { call, hasLeg } = story.comesBack(ownCall({ peerMedia: { ...PLAIN, onHold: true } })).phone;
    assert.ok(call?.phase === "talking" && hasLeg);
    assert.equal(call.mine.muted, true, "what the server has not heard yet will be sent again");
    assert.equal(call.theirs.onHold, true);
  });

  test("after a reload all comes from the server", () => {
    const own = ownCall({ role: "callee", callType: "VIDEO", media: { ...PLAIN, muted: true } });
    const { call } = PeerStory.online().greeted(own).comesBack(own).phone;
    assert.ok(call?.phase === "talking");
    assert.deepEqual(
      [call.role, call.callType, call.peer, call.since, call.mine.muted],
      ["callee", "VIDEO", OMAR, NOON, true],
    );
  });

  test("a call that rings the other one goes on ringing", () => {
    const own = ownCall({ status: "RINGING", acceptedAt: null });
    const { call } = PeerStory.online().greeted(own).comesBack(own).phone;
    assert.ok(call?.phase === "ringing" && call.role === "caller");
  });

  test("to no call any more ends it, and its final event says how", () => {
    const story = PeerStory.online().talking().link("reconnecting").link("online").greeted(null);
    assert.deepEqual([story.phone.call, story.phone.last?.how], [null, "lost"]);
    const { last } = story.hears("call:ended", { callId: CALL, reason: "hangup", durationInSeconds: 9 }).phone;
    assert.deepEqual([last?.how, last?.by, last?.reason, last?.seconds], ["ended", "them", "hangup", 9]);
  });

  test("that fails ends the call here", () => {
    const story = PeerStory.online().talking().link("reconnecting").link("online").greeted(ownCall());
    const { call, last, notices } = story.happens({
      kind: "not-resumed",
      message: "The call goes on elsewhere.",
    }).phone;
    assert.deepEqual([call, last?.how, notices.length], [null, "lost", 1]);
  });
});

describe("the end", () => {
  test("of a call is by oneself with the acknowledgement, by the other with the event", () => {
    const mine = PeerStory.online()
      .talking()
      .asks("end")
      .isAnswered("end", { ok: true, callId: CALL, durationInSeconds: 3 });
    assert.deepEqual([mine.phone.last?.by, mine.phone.last?.seconds], ["me", 3]);
    const theirs = PeerStory.online()
      .talking()
      .hears("call:ended", { callId: CALL, reason: "hangup", durationInSeconds: 3 });
    assert.deepEqual([theirs.phone.last?.by, theirs.phone.last?.seconds], ["them", 3]);
    assert.equal(theirs.phone.hasLeg, false);
  });

  test("of another call changes nothing", () => {
    const story = PeerStory.online().talking();
    for (const event of ["call:ended", "call:missed", "call:rejected", "call:cancelled"])
      story.hears(event, { callId: OTHER_CALL });
    assert.equal(story.phone.call?.phase, "talking");
  });

  test("comes when the person signs out", () => {
    assert.equal(PeerStory.online().talking().link("offline").phone.call, null);
  });
});

test("people come, change and go, in the order of their names", () => {
  const names = (story: PeerStory) => story.phone.people.map(({ name, presence }) => `${name} ${presence}`);
  const story = PeerStory.online().hears("user:list", {
    users: [
      { _id: "b", name: "Tara", profile: null, status: "ON_CALL" },
      { _id: "a", name: "Omar", profile: null, status: "ONLINE" },
    ],
  });
  assert.deepEqual(names(story), ["Omar ONLINE", "Tara ON_CALL"]);
  story.hears("user:online", { user: { _id: "c", name: "Kofi", profile: null, status: "ONLINE" } });
  story.hears("user:online", { user: { _id: "b", name: "Tara", profile: null, status: "ONLINE" } });
  assert.deepEqual(names(story), ["Kofi ONLINE", "Omar ONLINE", "Tara ONLINE"]);
  story.hears("user:offline", { userId: "a", lastSeen: "2026-01-01T12:00:00.000Z" });
  assert.deepEqual(names(story), ["Kofi ONLINE", "Tara ONLINE"]);
  assert.deepEqual(names(story.link("reconnecting")), []);
});
