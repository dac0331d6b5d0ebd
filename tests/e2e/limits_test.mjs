// Rates: what is counted, what is refused, and that no hang-up is ever swallowed.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventually } from "./support/deadline.mjs";
import { canTalkAgain, ring, talk } from "./support/calls.mjs";
import { assertError, assertRefused } from "./support/expect.mjs";
import { nothingElse } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";

const NO_CALL = "0123456789abcdef01234567";
const TOO_MANY_CALLS = "Too many call attempts. Please wait a moment.",
  TOO_MANY = "Too many requests. Please wait.";

describe("limits of an account's events", () => {
  // null: the default of the contract.
  const stage = useServer({
    settings: {
      "limits.call_initiate_per_minute": null,
      "limits.call_cancel_per_minute": null,
      "limits.call_end_per_minute": null,
      "limits.call_accept_per_minute": null,
      "limits.call_reject_per_minute": null,
    },
  });

  it("the sixth call:initiate of a minute is refused before anything else is looked at", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    for (let attempt = 0; attempt < 5; attempt++) {
      const callId = await ring(user, tess);
      await user.done("call:cancel", { callId });
      await tess.next("call:cancelled");
    }
    for (const payload of [{ telecallerId: tess.id, callType: "AUDIO" }, { nonsense: true }]) {
      assertRefused(await user.ask("call:initiate", payload), "RATE_LIMITED", TOO_MANY_CALLS);
      assertError(await user.next("call:error"), "RATE_LIMITED", TOO_MANY_CALLS);
    }
    await nothingElse(user, tess);
  });

  it("the limit is the account's, on whichever device", async () => {
    const user = await stage.user(),
      other = await stage.again(user);
    for (let attempt = 0; attempt < 5; attempt++) {
      await user.ask("call:initiate", {});
      await user.next("call:error");
    }
    assertRefused(await other.ask("call:initiate", {}), "RATE_LIMITED", TOO_MANY_CALLS);
    const stranger = await stage.user();
    assertRefused(await stranger.ask("call:initiate", {}), "INVALID_REQUEST", "Invalid call request");
  });

  for (const [namespace, event] of [
    ["user", "call:cancel"],
    ["user", "call:end"],
    ["telecaller", "call:accept"],
    ["telecaller", "call:reject"],
    ["telecaller", "call:end"],
  ]) {
    it(`the 21st ${event} of a minute on /${namespace} is told by error`, async () => {
      const phone = await stage[namespace]();
      for (let attempt = 0; attempt < 20; attempt++) {
        assert.equal((await phone.ask(event, { callId: NO_CALL })).error.code, "CALL_NOT_FOUND");
        await phone.next("error");
      }
      assertRefused(await phone.ask(event, { callId: NO_CALL }), "RATE_LIMITED", TOO_MANY);
      assert.equal((await phone.next("error")).code, "RATE_LIMITED");
      await nothingElse(phone);
    });
  }

  it("what acts on the sender's own call is carried out over the limit", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    for (const [phone, events] of [
      [user, ["call:cancel", "call:end"]],
      [tess, ["call:accept", "call:reject", "call:end"]],
    ]) {
      for (const event of events) {
        for (let attempt = 0; attempt < 20; attempt++) {
          await phone.ask(event, { callId: NO_CALL });
          await phone.next("error");
        }
      }
    }
    await canTalkAgain(user, tess);
    const rejected = await ring(user, tess);
    await tess.done("call:reject", { callId: rejected });
    await user.next("call:rejected");
    const cancelled = await ring(user, tess);
    await user.done("call:cancel", { callId: cancelled });
    await tess.next("call:cancelled");
    const ended = await talk(user, tess);
    await tess.done("call:end", { callId: ended });
    await user.next("call:ended");
    await nothingElse(user, tess);
  });
});

describe("limits of an address", () => {
  const stage = useServer({ settings: { "limits.connections_per_minute": 10 } });

  it("the eleventh connection of a minute is refused, on whichever namespace", async () => {
    for (let connection = 0; connection < 5; connection++) {
      await stage.user();
      await stage.telecaller();
    }
    const message = "Too many connection attempts. Please wait.";
    await assert.rejects(stage.user(), { message, data: { code: "RATE_LIMITED" } });
    await assert.rejects(stage.telecaller({ transport: "polling" }), { message, data: { code: "RATE_LIMITED" } });
  });
});

describe("limits of handshakes", () => {
  const whole = useServer({ settings: { "limits.handshakes_per_minute": 5 } });

  it("a flood is met below Socket.IO: 429 with Retry-After, after which clients come back", async () => {
    const stage = whole.atOne; // each node counts handshakes for itself
    const handshake = () => fetch(`${stage.server.url}/socket.io/?EIO=4&transport=polling`);
    for (let attempt = 0; attempt < 5; attempt++) assert.equal((await handshake()).status, 200);
    const refused = await handshake();
    assert.equal(refused.status, 429);
    assert.match(refused.headers.get("retry-after"), /^\d+$/);
    for (const transport of ["polling", "websocket"])
      await assert.rejects(stage.user({ transport }), { type: "TransportError" });
  });
});

describe("server.max_sockets", () => {
  const whole = useServer({ settings: { "server.max_sockets": 2 } });

  it("more are refused below Socket.IO until somebody leaves", async () => {
    const stage = whole.atOne; // and so does it its connections
    const [first] = [await stage.user(), await stage.user({ transport: "polling" })];
    const refused = await fetch(`${stage.server.url}/socket.io/?EIO=4&transport=polling`);
    assert.equal(refused.status, 503);
    assert.match(refused.headers.get("retry-after"), /^\d+$/);
    for (const transport of ["polling", "websocket"])
      await assert.rejects(stage.user({ transport }), { type: "TransportError" });
    first.hangUpConnection();
    await eventually(() => stage.user().catch(() => false), "room for another");
  });
});
