import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaText, outcomeText, outcomeTime, peerStates, spokenState } from "../src/peer/wording";
import { accountId } from "../src/peer/account_id";
import { CALL, incoming, OMAR, PeerStory } from "./peer_story";

const rung = () => PeerStory.online().hears("call:incoming", incoming);
const ended = { callId: CALL, reason: "hangup", durationInSeconds: 75 };

const outcomes: [PeerStory, string][] = [
  [PeerStory.online().talking().hears("call:ended", ended), "Omar hung up"],
  [
    PeerStory.online()
      .talking()
      .hears("call:ended", { ...ended, reason: "connection_lost" }),
    "Omar lost the connection",
  ],
  [PeerStory.online().talking().asks("end").isAnswered("end", { ok: true, callId: CALL }), "You hung up"],
  [PeerStory.online().talking().link("offline"), "Call with Omar lost"],
  [PeerStory.online().ringing().hears("call:rejected", { callId: CALL, reason: "rejected" }), "Omar declined"],
  [PeerStory.online().ringing().hears("call:missed", { callId: CALL, reason: "timeout" }), "Omar did not answer"],
  [PeerStory.online().dials().hears("call:busy", { to: OMAR.id, callId: CALL }), "Omar is busy on another call"],
  [rung().hears("call:missed", { callId: CALL, reason: "timeout" }), "Missed call from Omar"],
  [rung().hears("call:cancelled", { callId: CALL, reason: "cancelled" }), "Omar cancelled"],
  [rung().hears("call:cancelled", { callId: CALL, reason: "answered_elsewhere" }), "Answered on another device"],
  [rung().asks("reject").isAnswered("reject", { ok: true, callId: CALL }), "You declined Omar"],
];
for (const [{ phone }, text] of outcomes) {
  test(`an end reads "${text}"`, () => {
    assert.ok(phone.last);
    assert.equal(outcomeText(phone.last), text);
  });
}

test("screen readers are told the state of both", () => {
  const story = PeerStory.online();
  assert.equal(spokenState(story.phone), "Connected");
  assert.equal(spokenState(story.ringing().phone), "Ringing · audio call, Omar");
  story.hears("call:accepted", { callId: CALL, role: "caller", iceServers: [] });
  assert.equal(spokenState(story.hears("call:mute", { callId: CALL }).phone), "In a call with Omar, Omar is muted");
  assert.equal(spokenState(story.hears("call:ended", ended).phone), "Omar hung up");
  assert.ok(story.phone.last);
  assert.equal(outcomeTime(story.phone.last), "1:15");
});

test("the other one's video matters in video calls alone", () => {
  const { call } = PeerStory.online().talking().hears("call:video-off", { callId: CALL }).phone;
  assert.ok(call?.phase === "talking");
  assert.deepEqual(peerStates(call), []);
  assert.deepEqual(peerStates({ ...call, callType: "VIDEO", isPeerAway: true }), [
    "Omar is reconnecting…",
    "Omar's video is off",
  ]);
});

test("the media are named by their state and path", () => {
  const { call } = PeerStory.online().talking().phone;
  assert.ok(call?.phase === "talking");
  assert.equal(mediaText(call, null, null), "Media: connecting…");
  assert.equal(mediaText(call, "connected", "relay"), "Media: connected · relay");
  assert.equal(mediaText(call, "disconnected", "relay"), "Media: interrupted");
  assert.equal(mediaText(call, "failed", null), "Media: failed");
  const path = { kind: "livekit", roomName: CALL } as const;
  assert.equal(mediaText({ ...call, path }, null, null), "Media: LiveKit room 439081");
});

test("an id is ASCII, whatever the name", () => {
  assert.equal(accountId("Anna-Lena Öz", "x7"), "demo-anna-lena-z-x7");
  assert.equal(accountId("名前", "x7"), "demo-somebody-x7");
});
