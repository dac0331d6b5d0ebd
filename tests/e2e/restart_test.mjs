// The server goes and comes back with the same data. What becomes of calls: drain_test.mjs, crash_test.mjs.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { canTalkAgain, talk } from "./support/calls.mjs";
import { eventually, isSanitized } from "./support/deadline.mjs";
import { assertRefused } from "./support/expect.mjs";
import { BINARY, isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { callRow } from "./support/store.mjs";

const skip = isReference && "the reference keeps nothing";
const READY_MS = isSanitized ? 20_000 : 2000;

describe("after a restart", { skip }, () => {
  const stage = useServer();

  it("accounts are what they were", async () => {
    const tess = await stage.telecaller({}, { name: "Tess of before" });
    await stage.server.stop();
    await stage.server.start();
    const user = await stage.user();
    const message = "Tess of before is currently offline. Please try again later.";
    // Nodes count whom a node had that is gone for a lease longer, because clients come back.
    const answer = await eventually(async () => {
      const refused = await user.ask("call:initiate", { telecallerId: tess.id, callType: "AUDIO" });
      await user.next("call:error");
      return (refused.error.code !== "CALLEE_UNAVAILABLE" || !stage.server.nodes) && refused;
    }, "an answer that she is offline");
    assertRefused(answer, "CALLEE_OFFLINE", message);
    await canTalkAgain(user, await stage.again(tess));
  });

  it("SIGTERM closes the transports without a word, so that clients come back by themselves", async () => {
    for (const transport of ["websocket", "polling"]) {
      const user = await stage.user({ transport });
      await stage.server.stop();
      assert.match(await user.closed, /^transport (close|error)$/);
      await stage.server.start();
    }
  });

  it("a second server on the same data directory is refused, and the first one's calls go on", async () => {
    const user = await stage.user(), tess = await stage.telecaller(), call = await talk(user, tess);
    const second = spawnSync(BINARY, stage.atOne.server.commandLine(), { encoding: "utf8", timeout: 5000 });
    assert.notEqual(second.status, 0);
    assert.match(second.stderr, /another server uses the data directory/);
    assert.equal(callRow(stage.server, call).status, "ACCEPTED");
    await user.ask("call:end", { callId: call });
    await tess.next("call:ended");
  });

  it("it is ready within two seconds", async () => {
    await stage.server.stop();
    const before = Date.now();
    await stage.server.start();
    assert.ok(Date.now() - before < READY_MS, `${Date.now() - before} ms`);
  });
});
