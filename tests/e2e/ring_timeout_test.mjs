// A call that nobody answers.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canTalkAgain, ring, talk } from "./support/calls.mjs";
import { assertFields } from "./support/expect.mjs";
import { nothingElse } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";

describe("a ring timeout of two seconds", () => {
  const stage = useServer({ settings: { "calls.ring_timeout": "2s" } });

  for (const transport of ["websocket", "polling"]) {
    it(`both are told that the call was missed, over ${transport}`, async () => {
      const user = await stage.user({ transport }),
        tess = await stage.telecaller({ transport }),
        tablet = await stage.again(tess);
      const started = Date.now();
      const callId = await ring(user, tess);
      await tablet.next("call:incoming");
      for (const phone of [tess, tablet])
        assert.deepEqual(await phone.next("call:missed"), { callId, reason: "timeout" });
      const missed = await user.next("call:missed");
      assertFields(missed, ["callId"], ["reason"]);
      assert.equal(missed.callId, callId);
      assert.ok(Date.now() - started >= 1990, "not before the two seconds were over");
      await nothingElse(user, tess, tablet);
      await canTalkAgain(user, tess);
    });
  }

  it("an accept that comes too late is refused, and clears the ringing screen", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    const callId = await ring(user, tess);
    await tess.next("call:missed");
    assert.equal((await tess.ask("call:accept", { callId })).error.code, "CALL_NOT_RINGING");
    assert.equal((await tess.next("error")).message, "Call is no longer available.");
    assert.equal((await tess.next("call:cancelled")).callId, callId);
    await user.next("call:missed");
    await nothingElse(user, tess);
  });

  it("an answered call is not missed", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    const [other, tina] = [await stage.user(), await stage.telecaller()];
    const callId = await talk(user, tess);
    // Another call, begun later, is missed: by then the timer of the first one would have been due.
    await ring(other, tina);
    await other.next("call:missed");
    await nothingElse(user, tess);
    await user.done("call:end", { callId });
  });
});

describe("the default ring timeout", () => {
  const stage = useServer();

  it("is 30 seconds, which every device is told", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    const before = Date.now();
    const { expiresAt } = await user.done("call:initiate", { telecallerId: tess.id, callType: "AUDIO" });
    const after = Date.now(),
      at = Date.parse(expiresAt);
    assert.ok(
      at >= before + 30_000 && at <= after + 30_000,
      `${expiresAt} is 30 s after ${new Date(before).toISOString()}`,
    );
    assert.equal((await tess.next("call:incoming")).expiresAt, expiresAt);
  });
});
