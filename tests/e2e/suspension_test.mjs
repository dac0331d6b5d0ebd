// What an ADMIN writes of an account acts at once on who is connected.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ring, talk } from "./support/calls.mjs";
import { within } from "./support/deadline.mjs";
import { assertError } from "./support/expect.mjs";
import { nothingElse } from "./support/phone.mjs";
import { adminOf } from "./support/rest.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";

const skip = isReference && "the reference has no /openapi.json";
const SUSPENDED = ["ACCOUNT_SUSPENDED", "Account suspended. Please contact support."];
const NOT_APPROVED = ["NOT_APPROVED", "Account not approved. Please wait for admin approval."];

// The server says why, then DISCONNECT: the client does not come back by itself.
async function isClosed(phone, [code, message]) {
  assertError(await phone.next("error"), code, message);
  assert.equal(await within(phone.closed, `${phone.name} closed`), "io server disconnect");
}

describe("suspension and approval", { skip }, () => {
  const stage = useServer({ settings: { "server.shards": 2 } });

  it("suspending closes every device of the account, whatever its transport, and keeps it out", async () => {
    const admin = adminOf(stage),
      one = await stage.user(),
      others = [await stage.again(one, { transport: "polling" }), await stage.again(one)],
      bystander = await stage.user();
    await admin.patch(`/accounts/${one.id}`, { accountStatus: "SUSPENDED" });
    for (const phone of [one, ...others]) await isClosed(phone, SUSPENDED);
    await assert.rejects(stage.again(one), { message: SUSPENDED[1] });
    await nothingElse(bystander);
    await admin.patch(`/accounts/${one.id}`, { accountStatus: "ACTIVE" });
    await stage.again(one);
  });

  for (const who of ["caller", "callee"])
    it(`suspending the ${who} ends the call with account_suspended`, async () => {
      const admin = adminOf(stage),
        user = await stage.user(),
        tess = await stage.telecaller(),
        callId = await talk(user, tess),
        [gone, stays] = who === "caller" ? [user, tess] : [tess, user];
      await admin.patch(`/accounts/${gone.id}`, { accountStatus: "SUSPENDED" });
      for (const phone of [stays, gone]) {
        const ended = await phone.next("call:ended");
        assert.deepEqual([ended.callId, ended.reason], [callId, "account_suspended"]);
      }
      await isClosed(gone, SUSPENDED);
      await nothingElse(stays);
      assert.equal((await admin.get(`/calls/${callId}`)).endReason, "account_suspended");
    });

  it("a call that rings becomes MISSED", async () => {
    const admin = adminOf(stage),
      user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await ring(user, tess);
    await user.nextPresence(tess, "ONLINE");
    await admin.patch(`/accounts/${tess.id}`, { accountStatus: "SUSPENDED" });
    assert.deepEqual(await user.next("call:missed"), { callId, reason: "account_suspended" });
    assert.deepEqual(await tess.next("call:cancelled"), { callId, reason: "account_suspended" });
    await isClosed(tess, SUSPENDED);
    await user.nextPresence(tess, "OFFLINE");
  });

  it("a revoked approval closes a telecaller at once, or when its call has ended", async () => {
    const admin = adminOf(stage),
      user = await stage.user(),
      idle = await stage.telecaller(),
      busy = await stage.telecaller(),
      callId = await talk(user, busy);
    for (const phone of [idle, busy]) await admin.patch(`/accounts/${phone.id}`, { approvalStatus: "REJECTED" });
    await isClosed(idle, NOT_APPROVED);
    await nothingElse(busy);
    await user.done("call:end", { callId });
    assert.equal((await busy.next("call:ended")).reason, "hangup");
    await isClosed(busy, NOT_APPROVED);
  });
});
