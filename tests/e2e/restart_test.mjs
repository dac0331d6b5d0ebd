// The server goes, by SIGTERM or by kill -9, and comes back with the same data.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { canTalkAgain, ring, talk } from "./support/calls.mjs";
import { eventually, isSanitized } from "./support/deadline.mjs";
import { assertRefused } from "./support/expect.mjs";
import { BINARY, isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { callRow, ledger, rows } from "./support/store.mjs";

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
    assertRefused(
      await user.ask("call:initiate", { telecallerId: tess.id, callType: "AUDIO" }),
      "CALLEE_OFFLINE",
      message,
    );
    await user.next("call:error");
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
    const second = spawnSync(BINARY, stage.server.commandLine(), { encoding: "utf8", timeout: 5000 });
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

  it("calls that kill -9 cut off have ended, and their parties are free", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      ringing = await ring(user, tess);
    const other = await stage.user(),
      tina = await stage.telecaller(),
      talking = await talk(other, tina);
    await stage.server.kill();
    await stage.server.start();
    assert.deepEqual(
      [callRow(stage.server, ringing).status, callRow(stage.server, ringing).reason],
      ["MISSED", "server_lost"],
    );
    assert.deepEqual(
      [callRow(stage.server, talking).status, callRow(stage.server, talking).reason],
      ["COMPLETED", "server_lost"],
    );
    assert.equal(ledger(stage.server, talking).length, 2);
    assert.deepEqual(rows(stage.server, "SELECT * FROM active_parties"), []);
    await canTalkAgain(await stage.again(user), await stage.again(tess));
    await canTalkAgain(await stage.again(other), await stage.again(tina));
  });

  it("kill -9 under load loses no call that was announced, and leaves none open", async () => {
    const announced = [];
    let isKilled = false;
    const pairs = await Promise.all(
      Array.from({ length: 5 }, async () => [await stage.user(), await stage.telecaller()]),
    );
    const loops = pairs.map(async ([user, tess]) => {
      try {
        for (;;) {
          const callId = await ring(user, tess);
          announced.push(callId);
          await tess.done("call:accept", { callId });
          await tess.next("call:accepted");
          await user.next("call:accepted");
          await user.done("call:end", { callId });
          await tess.next("call:ended");
        }
      } catch (error) {
        if (!isKilled) throw error;
      }
    });
    await Promise.race([eventually(() => announced.length >= 50, "50 calls"), ...loops]);
    isKilled = true;
    await stage.server.kill();
    for (const phone of pairs.flat()) phone.close();
    await stage.server.start();
    const ended = new Set(rows(stage.server, "SELECT id FROM calls WHERE ended_at IS NOT NULL").map(({ id }) => id));
    assert.deepEqual(
      announced.filter((callId) => !ended.has(callId)),
      [],
      "all of them are there and have ended",
    );
    const unbilled = rows(
      stage.server,
      "SELECT id FROM calls WHERE status = 'COMPLETED' AND (SELECT COUNT(*) FROM ledger WHERE call_id = id) <> 2",
    );
    assert.deepEqual(unbilled, []);
  });
});
