// The log: a line of JSON for each event of a call, with ids, node and latency, and nothing that anybody said.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ring, talk } from "./support/calls.mjs";
import { eventually } from "./support/deadline.mjs";
import { assertFields } from "./support/expect.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { tokenOf } from "./support/tokens.mjs";

describe("the log", { skip: isReference && "the reference logs nothing" }, () => {
  const stage = useServer({ settings: { "log.level": "trace", "log.format": "json" } });
  const lines = () =>
    stage.server.log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  // The line of this event about the call, when it has been written.
  const lineOf = (event, callId) =>
    eventually(() => lines().find((line) => line.event === event && line.call === callId), `the line ${event}`);
  const REQUEST = ["at", "level", "thread", "event", "call", "account", "outcome", "node", "ms"];
  const STEP = ["at", "level", "thread", "event", "call", "caller", "callee", "type", "node", "ms"];
  const END = [
    "at",
    "level",
    "thread",
    "event",
    "call",
    "caller",
    "callee",
    "reason",
    "seconds",
    "spent",
    "earned",
    "node",
    "ms",
  ];

  it("has a line for each event of a call, with call, accounts, node and latency", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    await user.done("call:end", { callId });
    const initiate = await lineOf("call:initiate", callId);
    assertFields(initiate, [...REQUEST, "callee"]);
    assert.deepEqual([initiate.account, initiate.callee, initiate.outcome], [user.id, tess.id, "ok"]);
    const accept = await lineOf("call:accept", callId),
      end = await lineOf("call:end", callId);
    for (const [line, phone] of [
      [accept, tess],
      [end, user],
    ]) {
      assertFields(line, REQUEST);
      assert.deepEqual([line.account, line.outcome], [phone.id, "ok"]);
    }
    const steps = [
      await lineOf("RINGING", callId),
      await lineOf("ACCEPTED", callId),
      await lineOf("COMPLETED", callId),
    ];
    for (const step of steps) {
      assertFields(step, step.event === "COMPLETED" ? END : STEP);
      assert.deepEqual([step.caller, step.callee], [user.id, tess.id]);
    }
    assert.equal(steps[2].reason, "hangup");
    for (const line of [initiate, accept, end, ...steps]) {
      assert.equal(line.level, "info");
      assert.ok(typeof line.ms === "number" && line.ms >= 0, "a latency");
      assert.equal(line.node, initiate.node);
    }
  });

  it("has a line for each other end, and for what is refused", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    const cancelled = await ring(user, tess);
    await user.done("call:cancel", { callId: cancelled });
    await tess.next("call:cancelled");
    assert.equal((await lineOf("call:cancel", cancelled)).outcome, "ok");
    assert.equal((await lineOf("CANCELLED", cancelled)).reason, "cancelled");
    const rejected = await ring(user, tess);
    await tess.done("call:reject", { callId: rejected });
    await user.next("call:rejected");
    assert.equal((await lineOf("call:reject", rejected)).outcome, "ok");
    assert.equal((await lineOf("REJECTED", rejected)).reason, "rejected");
    await user.ask("call:end", { callId: rejected.replace(/.$/, (last) => (last === "0" ? "1" : "0")) });
    await user.next("error");
    await eventually(() => lines().some((line) => line.outcome === "CALL_NOT_FOUND"), "the line of a refusal");
    const missed = await ring(user, tess);
    user.hangUpConnection();
    assert.equal((await lineOf("MISSED", missed)).reason, "caller_disconnected");
  });

  it("has no token and no payload, at no level", async () => {
    const words = {
      name: "Nobody Logs This",
      profile: "avatar-unlogged",
      language: "unlogged-tongue",
      about: "unlogged words",
    };
    const user = await stage.user({}, words),
      tess = await stage.telecaller({ transport: "polling" }, words),
      callId = await talk(user, tess);
    await user.ask("call:end", { callId, said: "unlogged payload" });
    await user.ask("presence:subscribe", { telecallerIds: ["unlogged-id"] });
    await lineOf("COMPLETED", callId);
    for (const part of [
      "Nobody Logs",
      "unlogged",
      stage.server.settings["auth.secret"],
      tokenOf(user.account).slice(-20),
    ])
      assert.ok(!stage.server.log.includes(part), part);
    assert.doesNotMatch(stage.server.log, /eyJ[\w-]+\.[\w-]+\./);
  });
});
