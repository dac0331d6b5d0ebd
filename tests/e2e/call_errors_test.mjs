// `call:error`: every message of the user's event list, and the order in which call:initiate is checked. Where two
// reasons hold, the earlier one is told.
import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { ring, talk } from "./support/calls.mjs";
import { assertError, assertRefused } from "./support/expect.mjs";
import { nothingElse } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";

// The refusal is told twice: by the event that every app knows, and by the acknowledgement.
async function assertInitiateRefused(user, payload, code, message) {
  assertRefused(await user.ask("call:initiate", payload), code, message);
  assertError(await user.next("call:error"), code, message);
  await nothingElse(user);
}
const calling = (telecaller, callType = "AUDIO") => ({ telecallerId: telecaller.id, callType });

describe("call:error", () => {
  const stage = useServer({ settings: { "calls.reconnect_grace": "30s" } });

  for (const transport of ["websocket", "polling"]) {
    it(`a malformed request is an invalid request, over ${transport}`, async () => {
      const user = await stage.user({ transport }),
        tess = await stage.telecaller({ transport });
      const malformed = [
        undefined,
        null,
        "text",
        7,
        [],
        {},
        { telecallerId: tess.id },
        { callType: "AUDIO" },
        { telecallerId: "", callType: "AUDIO" },
        { telecallerId: null, callType: "AUDIO" },
        { telecallerId: 7, callType: "AUDIO" },
        { telecallerId: {}, callType: "AUDIO" },
        { telecallerId: tess.id, callType: "" },
        { telecallerId: tess.id, callType: null },
        { telecallerId: user.id, callType: "AUDIO" },
      ];
      for (const payload of malformed)
        await assertInitiateRefused(user, payload, "INVALID_REQUEST", "Invalid call request");
      await nothingElse(tess);
    });
  }

  it("an event without any payload is an invalid request", async () => {
    const user = await stage.user();
    user.emit("call:initiate");
    assertError(await user.next("call:error"), "INVALID_REQUEST", "Invalid call request");
  });

  it("a type that is there and unknown is an invalid call type", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    for (const callType of ["audio", "SCREEN", 7, {}, ["AUDIO"], true])
      await assertInitiateRefused(user, { telecallerId: tess.id, callType }, "INVALID_CALL_TYPE", "Invalid call type");
    await assertInitiateRefused(
      user,
      { telecallerId: "nobody", callType: "audio" },
      "INVALID_CALL_TYPE",
      "Invalid call type",
    );
    await nothingElse(tess);
  });

  it("somebody who does not exist, or is no telecaller, is no longer available", async () => {
    const user = await stage.user(),
      other = await stage.user();
    for (const telecallerId of ["nobody", other.id, "a id with spaces", "x".repeat(200)])
      await assertInitiateRefused(
        user,
        { telecallerId, callType: "AUDIO" },
        "CALLEE_NOT_FOUND",
        "This person is no longer available for calls.",
      );
    await nothingElse(other);
  });

  it("a telecaller without a device is offline, by name", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller({}, { name: "Tess" });
    tess.hangUpConnection();
    await user.nextPresence(tess, "ONLINE");
    await user.nextPresence(tess, "OFFLINE");
    await assertInitiateRefused(
      user,
      calling(tess),
      "CALLEE_OFFLINE",
      "Tess is currently offline. Please try again later.",
    );
  });

  it("a telecaller without a name is This person", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller({}, { name: undefined });
    tess.hangUpConnection();
    await user.nextPresence(tess, "ONLINE");
    await user.nextPresence(tess, "OFFLINE");
    await assertInitiateRefused(
      user,
      calling(tess),
      "CALLEE_OFFLINE",
      "This person is currently offline. Please try again later.",
    );
  });

  it("a telecaller in a call is busy", async () => {
    const [user, other, tess] = [await stage.user(), await stage.user(), await stage.telecaller()];
    await talk(other, tess);
    await assertInitiateRefused(
      user,
      calling(tess),
      "CALLEE_BUSY",
      "Tess is busy on another call. Please try again later.",
    );
    await nothingElse(tess);
  });

  it("a telecaller whom another user is calling is busy, and hears one ring", async () => {
    const [user, other, tess] = [await stage.user(), await stage.user(), await stage.telecaller()];
    await ring(other, tess);
    await assertInitiateRefused(
      user,
      calling(tess),
      "CALLEE_BUSY",
      "Tess is busy on another call. Please try again later.",
    );
    await nothingElse(tess, other);
  });

  it("a telecaller whose connection was lost a moment ago is unavailable", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller({ droppable: true });
    await tess.drop();
    // Until the loss has been seen the phone rings in vain, so the call is taken back and tried again.
    for (;;) {
      const answer = await user.ask("call:initiate", calling(tess));
      if (!answer.ok) {
        assertRefused(answer, "CALLEE_UNAVAILABLE", "Tess is currently unavailable. Please try again later.");
        assertError(
          await user.next("call:error"),
          "CALLEE_UNAVAILABLE",
          "Tess is currently unavailable. Please try again later.",
        );
        break;
      }
      await user.next("call:ringing");
      await user.done("call:cancel", { callId: answer.callId });
    }
    await nothingElse(user);
  });

  it("a user who is calling or talking has an active call", async () => {
    const [user, tess, tina] = [await stage.user(), await stage.telecaller(), await stage.telecaller()];
    const callId = await ring(user, tess);
    await assertInitiateRefused(user, calling(tina), "ALREADY_IN_CALL", "You already have an active call.");
    tess.emit("call:accept", { callId });
    await tess.next("call:accepted");
    await user.next("call:accepted");
    await assertInitiateRefused(user, calling(tina), "ALREADY_IN_CALL", "You already have an active call.");
    await nothingElse(tina, tess);
  });

  it("the callee is looked at before the caller's own call", async () => {
    const [user, other, tess, tina] = [
      await stage.user(),
      await stage.user(),
      await stage.telecaller(),
      await stage.telecaller(),
    ];
    const absent = stage.account("TELECALLER");
    await ring(user, tess);
    await assertInitiateRefused(
      user,
      calling(absent),
      "CALLEE_NOT_FOUND",
      "This person is no longer available for calls.",
    );
    await talk(other, tina);
    await assertInitiateRefused(
      user,
      calling(tina),
      "CALLEE_BUSY",
      "Tess is busy on another call. Please try again later.",
    );
  });

  it("the caller's own call is looked at before whether the callee is ringing", async () => {
    const [user, other, tess, tina] = [
      await stage.user(),
      await stage.user(),
      await stage.telecaller(),
      await stage.telecaller(),
    ];
    await ring(other, tina);
    await ring(user, tess);
    await assertInitiateRefused(user, calling(tina), "ALREADY_IN_CALL", "You already have an active call.");
    await assertInitiateRefused(user, calling(tess), "ALREADY_IN_CALL", "You already have an active call.");
  });

  it("two requests in one burst make one call", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    const answers = await Promise.all([
      user.ask("call:initiate", calling(tess)),
      user.ask("call:initiate", calling(tess)),
    ]);
    assert.equal(answers[0].ok, true);
    assertRefused(answers[1], "ALREADY_IN_CALL", "You already have an active call.");
    await tess.next("call:incoming");
    await nothingElse(tess);
  });
});

describe("call:error for a telecaller who is not approved", () => {
  const stage = useServer({ settings: { "accounts.default_approval": "PENDING" } });

  it("is that of somebody who is no longer available", async () => {
    const user = await stage.user(),
      account = stage.account("TELECALLER");
    await assert.rejects(stage.phone(account), { message: "Account not approved. Please wait for admin approval." });
    await assertInitiateRefused(
      user,
      { telecallerId: account.id, callType: "AUDIO" },
      "CALLEE_NOT_FOUND",
      "This person is no longer available for calls.",
    );
  });
});
