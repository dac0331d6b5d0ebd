// The four flow diagrams of the user's event list, with every payload field by field.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertCallId, assertEnded, assertFields, assertIsoTime, displayOf } from "./support/expect.mjs";
import { nothingElse, TRANSPORTS } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";

const stage = useServer();

// call:initiate up to call:ringing: the part that all diagrams share.
async function ringing(user, tess, callType) {
  user.emit("call:initiate", { telecallerId: tess.id, callType });

  const incoming = await tess.next("call:incoming");
  assertFields(incoming, ["callId", "callType", "caller", "expiresAt"]);
  assertCallId(incoming.callId);
  assert.equal(incoming.callType, callType);
  assert.deepEqual(incoming.caller, displayOf(user));
  assertIsoTime(incoming.expiresAt);

  const ringing = await user.next("call:ringing");
  assert.deepEqual(ringing, { callId: incoming.callId, telecaller: displayOf(tess) });
  return incoming;
}

for (const transport of TRANSPORTS) {
  describe(`call flows over ${transport}`, () => {
    for (const callType of ["AUDIO", "VIDEO"]) {
      it(`a successful ${callType} call that the user ends`, async () => {
        const [tess, user] = [await stage.telecaller({ transport }), await stage.user({ transport })];
        const { callId } = await ringing(user, tess, callType);

        tess.emit("call:accept", { callId });
        assert.deepEqual(await tess.next("call:accepted"), {
          callId,
          callType,
          caller: displayOf(user),
          livekit: null,
        });
        assert.deepEqual(await user.next("call:accepted"), { callId, livekit: null });

        user.emit("call:end", { callId });
        assertEnded(await tess.next("call:ended"), callId, "hangup", "coinsEarned");
        await nothingElse(user, tess);
      });
    }

    it("a successful call that the telecaller ends", async () => {
      const [tess, user] = [await stage.telecaller({ transport }), await stage.user({ transport })];
      const { callId } = await ringing(user, tess, "AUDIO");
      tess.emit("call:accept", { callId });
      await tess.next("call:accepted");
      await user.next("call:accepted");

      tess.emit("call:end", { callId });
      assertEnded(await user.next("call:ended"), callId, "hangup", "coinsSpent");
      await nothingElse(user, tess);
    });

    it("a rejected call", async () => {
      const [tess, user] = [await stage.telecaller({ transport }), await stage.user({ transport })];
      const { callId } = await ringing(user, tess, "AUDIO");

      tess.emit("call:reject", { callId });
      const rejected = await user.next("call:rejected");
      assertFields(rejected, ["callId"], ["reason"]);
      assert.equal(rejected.callId, callId);
      await nothingElse(user, tess);
    });

    it("a cancelled call", async () => {
      const [tess, user] = [await stage.telecaller({ transport }), await stage.user({ transport })];
      const { callId } = await ringing(user, tess, "VIDEO");

      user.emit("call:cancel", { callId });
      assert.deepEqual(await tess.next("call:cancelled"), { callId, reason: "cancelled" });
      await nothingElse(user, tess);
    });
  });
}

describe("what is shown of people", () => {
  it("a name that is not set is Unknown, a profile that is not set is null", async () => {
    const tess = await stage.telecaller({}, { name: undefined, profile: undefined });
    const user = await stage.user({}, { name: undefined, profile: undefined });
    user.emit("call:initiate", { telecallerId: tess.id, callType: "AUDIO" });
    assert.deepEqual((await tess.next("call:incoming")).caller, { _id: user.id, name: "Unknown", profile: null });
    assert.deepEqual((await user.next("call:ringing")).telecaller, { _id: tess.id, name: "Unknown", profile: null });
  });

  it("names come through in every script", async () => {
    const tess = await stage.telecaller({}, { name: 'टेस "☎️"\n' });
    const user = await stage.user({}, { name: "Ümläut \\ 𝔘𝔪𝔞" });
    user.emit("call:initiate", { telecallerId: tess.id, callType: "AUDIO" });
    assert.equal((await tess.next("call:incoming")).caller.name, user.account.name);
    assert.equal((await user.next("call:ringing")).telecaller.name, tess.account.name);
  });
});
