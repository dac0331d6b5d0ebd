// What LiveKit says of rooms, and what becomes of them: webhooks that are lost, doubled, delayed and reordered, a
// LiveKit that answers slowly or with errors, and rooms that are found later.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { talk } from "./support/calls.mjs";
import { delay, eventually } from "./support/deadline.mjs";
import { assertEnded } from "./support/expect.mjs";
import { event, LivekitStandIn, sendWebhook, tell } from "./support/livekit.mjs";
import { nothingElse } from "./support/phone.mjs";
import { EVERYONE, peer, talkPeers } from "./support/peers.mjs";
import { adminOf, Rest } from "./support/rest.mjs";
import { useServer } from "./support/stage.mjs";

const GRACE_MS = 1000;

function useLivekit(settings = {}) {
  const livekit = new LivekitStandIn();
  const ready = livekit.open();
  after(() => livekit.close());
  return { livekit, ready, settings: { "livekit.departure_timeout": `${GRACE_MS}ms`, ...settings } };
}

const { livekit, ready, settings } = useLivekit();
await ready;

describe("a room of LiveKit", () => {
  const stage = useServer({ settings: { ...livekit.settings, ...settings } });

  async function inCall() {
    const user = await stage.user(),
      tess = await stage.telecaller();
    return { user, tess, callId: await talk(user, tess) };
  }
  // Both have reached the media, and LiveKit has told.
  async function inMedia() {
    const call = await inCall();
    await tell(stage.server, livekit.join(call.callId, call.user.id), livekit.join(call.callId, call.tess.id));
    return call;
  }
  async function assertRoomFinished({ user, tess, callId }, reason = "room_finished") {
    const toUser = await user.next("call:ended");
    assertEnded(toUser, callId, reason, "coinsSpent");
    assertEnded(await tess.next("call:ended"), callId, reason, "coinsEarned");
    return toUser;
  }
  // Longer than the grace, and what was asked about it has been answered.
  async function assertGoesOn({ user, tess, callId }) {
    await delay(GRACE_MS + 300);
    await nothingElse(user, tess);
    await user.done("call:end", { callId });
    await tess.next("call:ended");
    await livekit.isGone(callId);
  }

  it("tells when the media of a call began", async () => {
    const call = await inCall(),
      mine = new Rest(stage.server, call.user.account);
    await tell(stage.server, livekit.join(call.callId, call.user.id));
    assert.equal((await mine.get(`/calls/${call.callId}`)).mediaStartedAt, null);
    const second = livekit.join(call.callId, call.tess.id);
    await tell(stage.server, second);
    const began = await eventually(async () => (await mine.get(`/calls/${call.callId}`)).mediaStartedAt, "a beginning");
    const { acceptedAt } = await mine.get(`/calls/${call.callId}`);
    assert.equal(
      Date.parse(began),
      Math.max(Number(second.participant.joinedAtMs), Date.parse(acceptedAt)),
      "when the second one joined",
    );
    const { items } = await adminOf(stage).get(`/calls/${call.callId}/events`);
    assert.deepEqual(
      items.map(({ type }) => type),
      ["MEDIA_STARTED", "ACCEPTED", "RINGING"],
    );
    await assertGoesOn(call);
  });

  it("that a party leaves for good ends its call, billed until it left", async () => {
    const call = await inMedia();
    await delay(1100);
    await tell(stage.server, livekit.leave(call.callId, call.tess.id));
    const { durationInSeconds } = await assertRoomFinished(call);
    assert.equal(durationInSeconds, 1, "the grace is not billed");
    await livekit.isGone(call.callId);
  });

  it("a party that comes back within the grace goes on", async () => {
    const call = await inMedia();
    await tell(stage.server, livekit.leave(call.callId, call.tess.id), livekit.join(call.callId, call.tess.id));
    await assertGoesOn(call);
  });

  it("a party whose return is never told goes on too", async () => {
    const call = await inMedia();
    await tell(stage.server, livekit.leave(call.callId, call.tess.id));
    livekit.join(call.callId, call.tess.id);
    await assertGoesOn(call);
  });

  it("a device that takes over from another one of its account is no hang-up", async () => {
    const call = await inMedia();
    const left = livekit.leave(call.callId, call.tess.id, "DUPLICATE_IDENTITY");
    await tell(stage.server, livekit.join(call.callId, call.tess.id), left);
    await assertGoesOn(call);
  });

  it("a party that an operator of LiveKit removes ends its call at once", async () => {
    const call = await inMedia();
    const began = Date.now();
    await tell(stage.server, livekit.leave(call.callId, call.user.id, "PARTICIPANT_REMOVED"));
    await assertRoomFinished(call);
    assert.ok(Date.now() - began < GRACE_MS, "without a grace");
  });

  it("the same webhook again is taken and not looked at", async () => {
    const call = await inMedia();
    const left = livekit.leave(call.callId, call.tess.id);
    livekit.join(call.callId, call.tess.id);
    await tell(stage.server, left);
    await livekit.isAsked("ListParticipants", call.callId);
    await tell(stage.server, left, left);
    await nothingElse(call.user, call.tess);
    assert.equal(livekit.asksOf("ListParticipants", call.callId).length, 1);
    await assertGoesOn(call);
  });

  it("webhooks in the wrong order come to the same", async () => {
    const call = await inCall();
    const joined = [livekit.join(call.callId, call.user.id), livekit.join(call.callId, call.tess.id)];
    const left = livekit.leave(call.callId, call.tess.id);
    await tell(stage.server, left, joined[1], joined[0]);
    await assertRoomFinished(call);
  });

  it("webhooks that come behind the end of the call change nothing", async () => {
    const call = await inMedia();
    const left = livekit.leave(call.callId, call.tess.id);
    await call.user.done("call:end", { callId: call.callId });
    await call.tess.next("call:ended");
    await livekit.isGone(call.callId);
    await tell(stage.server, left, event("room_finished", call.callId));
    await nothingElse(call.user, call.tess);
    assert.equal(livekit.asksOf("ListParticipants", call.callId).length, 0);
  });

  it("room_finished of a room with people in it is not believed", async () => {
    const call = await inMedia();
    await tell(stage.server, event("room_finished", call.callId));
    await assertGoesOn(call);
  });

  it("room_finished of an empty room ends the call", async () => {
    const call = await inMedia();
    await tell(stage.server, livekit.finish(call.callId));
    await assertRoomFinished(call);
  });

  it("a room that comes to life again after its call is deleted again", async () => {
    const call = await inMedia();
    await call.user.done("call:end", { callId: call.callId });
    await call.tess.next("call:ended");
    await livekit.isGone(call.callId);
    for (const name of ["participant_joined", "room_started"]) {
      const joined = livekit.join(call.callId, call.tess.id);
      await tell(stage.server, { ...joined, event: name });
      await livekit.isGone(call.callId);
    }
  });

  it("nobody else can say what happened in a room", async () => {
    const call = await inMedia();
    const left = livekit.leave(call.callId, call.tess.id);
    livekit.join(call.callId, call.tess.id);
    const refused = async (options) => {
      const { status, body } = await sendWebhook(stage.server, left, options);
      assert.deepEqual([status, body.code], [401, "UNAUTHORIZED"]);
    };
    await refused({ secret: "another secret, as long as the first one" });
    await refused({ of: JSON.stringify({ ...left, event: "room_finished" }) });
    await refused({ headers: {} });
    const { status } = await sendWebhook(stage.server, left, { body: "no event" });
    assert.equal(status, 400);
    assert.equal(livekit.asksOf("ListParticipants", call.callId).length, 0);
    await assertGoesOn(call);
  });

  it("errors of LiveKit end no call, and the party that left is found when it answers again", async () => {
    const call = await inMedia();
    let failures = 2;
    livekit.trouble.ListParticipants = (room) => (room === call.callId && failures-- > 0 ? 503 : 0);
    await tell(stage.server, livekit.leave(call.callId, call.tess.id));
    await assertRoomFinished(call);
    assert.ok(failures < 0, "it was asked until it answered");
    livekit.trouble = {};
  });

  it("a LiveKit that takes its time holds up no call event", async () => {
    const call = await inMedia();
    let release;
    livekit.trouble.ListParticipants = () => new Promise((resolve) => (release = resolve));
    await tell(stage.server, livekit.leave(call.callId, call.tess.id));
    await livekit.isAsked("ListParticipants", call.callId);
    const began = Date.now();
    await call.user.done("call:end", { callId: call.callId });
    await call.tess.next("call:ended");
    assert.ok(Date.now() - began < 1000);
    livekit.trouble = {};
    release(0);
    await nothingElse(call.user, call.tess);
  });
});

describe("calls between peers through LiveKit", () => {
  const stage = useServer({
    settings: { ...livekit.settings, ...settings, ...EVERYONE, "peer.media": "livekit" },
  });

  it("end when a party leaves the media for good", async () => {
    const [ann, bob] = [await peer(stage), await peer(stage)];
    await ann.next("user:online");
    const callId = await talkPeers(ann, bob);
    await tell(stage.server, livekit.join(callId, ann.id), livekit.join(callId, bob.id));
    await tell(stage.server, livekit.leave(callId, bob.id));
    for (const phone of [ann, bob]) assert.equal((await phone.next("call:ended")).reason, "room_finished");
    await livekit.isGone(callId);
  });
});

describe("with livekit.join_timeout", () => {
  const stage = useServer({ settings: { ...livekit.settings, ...settings, "livekit.join_timeout": "1s" } });

  it("a party that never reaches the media ends the call as setup_failed, for nothing", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    await tell(stage.server, livekit.join(callId, user.id));
    const ended = await user.next("call:ended");
    assert.deepEqual(ended, { callId, reason: "setup_failed", durationInSeconds: 1, coinsSpent: 0 });
    assert.equal((await tess.next("call:ended")).coinsEarned, 0);
    await livekit.isGone(callId);
    const again = await talk(user, tess);
    await user.done("call:end", { callId: again });
    await tess.next("call:ended");
  });

  it("parties whose joining was never told go on, and their media has begun", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    livekit.join(callId, user.id);
    livekit.join(callId, tess.id);
    const mine = new Rest(stage.server, user.account);
    await eventually(async () => (await mine.get(`/calls/${callId}`)).mediaStartedAt, "the beginning of the media");
    await nothingElse(user, tess);
    await user.done("call:end", { callId });
    await tess.next("call:ended");
  });
});

describe("rooms that are left", () => {
  const stage = useServer({ settings: { ...livekit.settings, "livekit.sweep_interval": "1s" } });

  it("are deleted by the next process, and rooms of others are left alone", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    livekit.trouble.DeleteRoom = () => 503;
    const callId = await talk(user, tess);
    livekit.join(callId, user.id);
    livekit.join("lobby", "somebody");
    livekit.join("0123456789abcdef01234567", "somebody"); // named like a call, but nobody's
    await user.done("call:end", { callId });
    await tess.next("call:ended");
    await livekit.isAsked("DeleteRoom", callId);
    await stage.server.stop();
    livekit.trouble = {};
    await stage.server.comeBack();
    await livekit.isGone(callId);
    assert.deepEqual([...livekit.rooms.keys()].includes("lobby"), true);
    assert.ok(livekit.rooms.has("0123456789abcdef01234567"));
  });

  it("are deleted when the server was killed during the call", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    livekit.join(callId, user.id);
    await stage.server.kill();
    await stage.server.comeBack();
    await adminOf(stage).get(`/calls/${callId}/end`, "POST"); // if it is not over yet
    await livekit.isGone(callId);
  });

  it("are found when nobody told that somebody went back into them", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    await user.done("call:end", { callId });
    await tess.next("call:ended");
    await livekit.isAsked("DeleteRoom", callId);
    livekit.join(callId, tess.id);
    await livekit.isGone(callId);
    assert.ok(livekit.asked.some(({ method, grants }) => method === "ListRooms" && grants.roomList === true));
  });

  it("of calls that go on are left alone", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    livekit.join(callId, user.id);
    const sweeps = () => livekit.asked.filter(({ method }) => method === "ListRooms").length;
    const before = sweeps();
    await eventually(() => sweeps() >= before + 2, "two more sweeps");
    assert.ok(livekit.rooms.has(callId));
    await user.done("call:end", { callId });
    await tess.next("call:ended");
    await livekit.isGone(callId);
  });
});
