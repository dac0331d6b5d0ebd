// LiveKit: the credentials of each party, and the room that is deleted when the call ends.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, describe, it } from "node:test";
import { ring, talk } from "./support/calls.mjs";
import { eventually } from "./support/deadline.mjs";
import { assertFields, assertRefused } from "./support/expect.mjs";
import { useServer } from "./support/stage.mjs";
import { nowSeconds, verified } from "./support/tokens.mjs";

const API_KEY = "APIkeyOfTheTests",
  API_SECRET = "the LiveKit secret of the tests, long enough";

// LiveKit's RoomService as far as the server uses it. It fails as often as it is told to.
class RoomService {
  deleted = [];
  failures = 0;
  #http = createServer((request, response) => {
    const chunks = [];
    request
      .on("data", (chunk) => chunks.push(chunk))
      .on("end", () => {
        if (this.failures-- > 0) return response.writeHead(503).end();
        this.failures = 0;
        this.deleted.push({
          path: request.url,
          method: request.method,
          room: JSON.parse(Buffer.concat(chunks)).room,
          claims: verified(request.headers.authorization.replace(/^Bearer /, ""), API_SECRET),
        });
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
      });
  });
  async open() {
    await new Promise((resolve) => this.#http.listen(0, "127.0.0.1", resolve));
    return this.#http.address().port;
  }
  close() {
    this.#http.close();
    this.#http.closeAllConnections?.();
  }
}

const service = new RoomService();
const url = `ws://127.0.0.1:${await service.open()}`;
after(() => service.close());

describe("with LiveKit", () => {
  const stage = useServer({
    settings: { "livekit.url": url, "livekit.api_key": API_KEY, "livekit.api_secret": API_SECRET },
  });

  function assertCredentials(livekit, callId, account, callType) {
    assertFields(livekit, ["token", "url", "roomName"]);
    assert.deepEqual([livekit.url, livekit.roomName], [url, callId]);
    const { iss, sub, name, nbf, exp, video } = verified(livekit.token, API_SECRET),
      now = nowSeconds();
    assert.deepEqual([iss, sub, name], [API_KEY, account.id, account.name]);
    assert.ok(nbf <= now && nbf > now - 60, "valid from now");
    assert.ok(Math.abs(exp - (now + 600)) <= 5, "for 10 minutes");
    const grants = { roomJoin: true, room: callId, canPublish: true, canSubscribe: true, canPublishData: true };
    assert.deepEqual(video, callType === "AUDIO" ? { ...grants, canPublishSources: ["microphone"] } : grants);
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
      assertCredentials(toTess.livekit, callId, tess.account, callType);
      assertCredentials(answer.livekit, callId, tess.account, callType);
      assertCredentials(toUser.livekit, callId, user.account, callType);
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
      assertCredentials(answer.livekit, callId, phone.account, "AUDIO");
    }
  });

  const deletionOf = (callId) =>
    eventually(() => service.deleted.find(({ room }) => room === callId), `the deletion of room ${callId}`);

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
      await end(user, tess, callId);
      const { path, method, claims } = await deletionOf(callId);
      assert.deepEqual([method, path], ["POST", "/twirp/livekit.RoomService/DeleteRoom"]);
      assert.equal(claims.iss, API_KEY);
      assert.equal(claims.video.roomCreate, true);
    }
  });

  it("a LiveKit that is down delays no call event, and the room is deleted when it is back", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    service.failures = 1;
    await user.done("call:end", { callId });
    await tess.next("call:ended");
    await deletionOf(callId);
  });

  it("a call that was never accepted has no room to delete", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      rejected = await ring(user, tess);
    await tess.done("call:reject", { callId: rejected });
    await user.next("call:rejected");
    const callId = await talk(user, tess);
    await user.done("call:end", { callId });
    await deletionOf(callId);
    assert.ok(!service.deleted.some(({ room }) => room === rejected));
  });
});
