// `/admin`: counts, every call's changes, and the end of a call.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { talk } from "./support/calls.mjs";
import { displayOf } from "./support/expect.mjs";
import { nothingElse } from "./support/phone.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";

const skip = isReference && "the reference says less of a call";

describe("/admin", { skip }, () => {
  const stage = useServer({ settings: { "server.shards": 2 } });
  const operator = () => stage.phone(stage.account("ADMIN", { name: "Root" }), { namespace: "/admin" });

  it("is for ADMINs alone", async () => {
    const user = stage.account("USER");
    await assert.rejects(stage.phone(user, { namespace: "/admin" }), (error) => {
      assert.deepEqual([error.message, error.data], ["Access denied", { code: "ACCESS_DENIED" }]);
      return true;
    });
  });

  it("counts who is online", async () => {
    const root = await operator();
    await stage.user();
    await stage.telecaller();
    await stage.telecaller();
    const answer = await root.done("presence:request-counts");
    const counts = await root.next("presence:counts");
    assert.deepEqual([counts.onlineUsers, counts.onlineTelecallers], [1, 2]);
    assert.deepEqual(answer, { ok: true, ...counts });
  });

  it("follows every call and ends one", async () => {
    const root = await operator(),
      idle = await operator(),
      user = await stage.user(),
      tess = await stage.telecaller();
    await root.done("calls:subscribe");
    const callId = await talk(user, tess);
    assert.equal((await root.done("call:end", { callId })).callId, callId);
    for (const phone of [user, tess]) assert.equal((await phone.next("call:ended")).reason, "admin");
    for (const status of ["RINGING", "ACCEPTED", "COMPLETED"]) {
      const changed = await root.next("call:changed");
      assert.deepEqual([changed.callId, changed.status], [callId, status]);
      assert.deepEqual([changed.caller, changed.callee], [displayOf(user), displayOf(tess)]);
      assert.equal(changed.endReason, status === "COMPLETED" ? "admin" : undefined);
    }
    await nothingElse(idle);
  });
});
