// LiveKit: the credentials of each party, and the room that is deleted when the call ends.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { ring, talk } from "./support/calls.mjs";
import { assertFields, assertRefused } from "./support/expect.mjs";
import { API_KEY, LivekitStandIn, verifiedByLivekit } from "./support/livekit.mjs";
import { nothingElse } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";
import { nowSeconds } from "./support/tokens.mjs";

const livekit = new LivekitStandIn();
await livekit.open();
after(() => livekit.close());

describe("with LiveKit", () => {
  const stage = useServer({
    settings: { ...livekit.settings, "livekit.empty_timeout": "90s", "livekit.departure_timeout": "45s" },
  });

  // Exactly these claims, as LiveKit's own SDK reads them.
  async function assertCredentials({ token, url, roomName, ...rest }, callId, account, callType) {
    assert.deepEqual([url, roomName, rest], [livekit.url, callId, {}]);
    const { nbf, exp, ...claims } = await verifiedByLivekit(token),
      now = nowSeconds();
    assert.ok(nbf <= now && nbf > now - 60, "valid from now");
    assert.ok(Math.abs(exp - (now + 600)) <= 5, "for 10 minutes");
    const video = { roomJoin: true, room: callId, canPublish: true, canSubscribe: true, canPublishData: true };
    if (callType === "AUDIO") video.canPublishSources = ["microphone"];
    const { roomConfig, ...others } = claims;
    assert.deepEqual(others, { iss: API_KEY, sub: account.id, name: account.name, video });
    const options = { maxParticipants: 2, emptyTimeout: 90, departureTimeout: 45 };
    assert.deepEqual(JSON.parse(JSON.stringify(roomConfig)), options);
  }

  for (const callType of ["AUDIO", "VIDEO"]) {
    it(`each party of a call of type ${callType} gets a token of its own`, async () => {
      const user = await stage.user(),
        tess = await stage.telecaller({}, { name: "टेस" }),
        callId = await ring(user, tess, callType);
      const answer = await tess.done("call:accept", { callId });
      const toTess = await tess.next("call:accepted"),
        toUser = await user.next("call:accepted");
      assertFields(toTess, ["callId", "callType", "caller", "livekit"]);
      assertFields(toUser, ["callId", "livekit"]);
      await assertCredentials(toTess.livekit, callId, tess.account, callType);
      await assertCredentials(answer.livekit, callId, tess.account, callType);
      await assertCredentials(toUser.livekit, callId, user.account, callType);
    });
  }

  it("call:refresh-token gives fresh credentials to the parties while they talk", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      ringing = await ring(user, tess);
    assertRefused(await user.ask("call:refresh-token", { callId: ringing }), "CALL_NOT_ACTIVE", "Call is not active.");
    await user.next("error");
    await tess.done("call:reject", { callId: ringing });
    await user.next("call:rejected");
    const callId = await talk(user, tess);
    for (const phone of [user, tess]) {
      const answer = await phone.done("call:refresh-token", { callId });
      assertFields(answer, ["ok", "callId", "livekit"]);
      await assertCredentials(answer.livekit, callId, phone.account, "AUDIO");
    }
  });

  it("a second device of either side gets no credentials, and cannot ask for them", async () => {
    const user = await stage.user(),
      userToo = await stage.again(user),
      tess = await stage.telecaller(),
      tessToo = await stage.again(tess);
    const callId = await ring(user, tess);
    await tessToo.next("call:incoming");
    await tess.done("call:accept", { callId });
    await tess.next("call:accepted");
    await user.next("call:accepted");
    assert.deepEqual(await tessToo.next("call:cancelled"), { callId, reason: "answered_elsewhere" });
    for (const other of [userToo, tessToo]) {
      assertRefused(await other.ask("call:refresh-token", { callId }), "CALL_NOT_ACTIVE", "Call is not active.");
      await other.next("error");
    }
    assertRefused(await tessToo.ask("call:accept", { callId }), "CALL_NOT_RINGING", "Call is no longer available.");
    await tessToo.next("error");
    const stranger = await stage.user();
    assertRefused(
      await stranger.ask("call:refresh-token", { callId }),
      "CALL_NOT_FOUND",
      "Call not found or already ended.",
    );
    await stranger.next("error");
    await nothingElse(user, userToo, tess, tessToo);
  });

  it("the room is deleted when the call ends, whoever ends it and however", async () => {
    for (const end of [
      (user, tess, callId) => user.done("call:end", { callId }),
      (user, tess, callId) => tess.done("call:end", { callId }),
      (user) => user.hangUpConnection(),
      (user, tess) => tess.hangUpConnection(),
    ]) {
      const user = await stage.user(),
        tess = await stage.telecaller(),
        callId = await talk(user, tess);
      livekit.join(callId, user.id);
      await end(user, tess, callId);
      await livekit.isGone(callId);
      const [{ grants }] = livekit.asksOf("DeleteRoom", callId);
      assert.deepEqual(grants, { roomCreate: true, roomAdmin: true, room: callId });
    }
  });

  it("a LiveKit that is down delays no call event, and the room is deleted when it is back", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    livekit.join(callId, user.id);
    let failures = 3;
    livekit.trouble.DeleteRoom = () => (failures-- > 0 ? 503 : 0);
    await user.done("call:end", { callId });
    await tess.next("call:ended");
    await livekit.isGone(callId);
    livekit.trouble = {};
  });

  it("a LiveKit that does not answer delays no call event", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    let release;
    livekit.trouble.DeleteRoom = () => new Promise((resolve) => (release = resolve));
    for (let i = 0; i < 4; i++) {
      const callId = await talk(user, tess);
      const began = Date.now();
      await user.done("call:end", { callId });
      await tess.next("call:ended");
      assert.ok(Date.now() - began < 2000, "at once");
    }
    livekit.trouble = {};
    release(0);
  });

  it("a call that was never accepted has no room to delete", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      rejected = await ring(user, tess);
    await tess.done("call:reject", { callId: rejected });
    await user.next("call:rejected");
    const callId = await talk(user, tess);
    await user.done("call:end", { callId });
    await livekit.isAsked("DeleteRoom", callId);
    assert.deepEqual(livekit.asksOf("DeleteRoom", rejected), []);
  });
});
