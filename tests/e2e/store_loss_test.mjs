// The database goes away under live calls, and comes back: contract section 6, promise 1.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { canTalkAgain, ring, talk } from "./support/calls.mjs";
import { eventually, isSanitized, PATIENCE_MS } from "./support/deadline.mjs";
import { figures, METRICS_SETTINGS } from "./support/metrics.mjs";
import { noPostgres, PostgresServer } from "./support/postgres.mjs";
import { isReference, RingbackServer } from "./support/server.mjs";
import { Stage } from "./support/stage.mjs";
import { callRow, ledger, rows, timeline } from "./support/store.mjs";

const skip = isReference && "the reference keeps nothing";
const SILENCE_MS = isSanitized ? 10_000 : 3000; // a second, and what a busy machine adds

function readiness(server) {
  return new Promise((resolve, reject) =>
    http
      .get(`${server.url}/readyz`, { agent: false }, (answer) => {
        let body = "";
        answer.setEncoding("utf8").on("data", (text) => {
          body += text;
        });
        answer.on("end", () => resolve({ code: answer.statusCode, ...JSON.parse(body) }));
      })
      .once("error", reject),
  );
}
const isReady = async (server) => (await readiness(server)).code === 200;

async function assertRefusedMeanwhile(user, tess, ringing, callee) {
  const refused = await user.ask("call:initiate", { telecallerId: tess.id, callType: "AUDIO" });
  assert.deepEqual([refused.ok, refused.error.code], [false, "INTERNAL"]);
  await user.next("call:error");
  const unanswered = await callee.ask("call:accept", { callId: ringing });
  assert.deepEqual([unanswered.ok, unanswered.error.code], [false, "INTERNAL"]);
  assert.equal((await callee.next("error")).code, "INTERNAL");
}

// Nobody is in a call, each call is over, and the coins of each account are the sum of its entries.
function assertBooksAreRight(server) {
  assert.deepEqual(rows(server, "SELECT * FROM active_parties"), []);
  assert.deepEqual(rows(server, "SELECT id FROM calls WHERE ended_at IS NULL"), []);
  assert.deepEqual(
    rows(
      server,
      "SELECT id FROM accounts WHERE coins <> (SELECT COALESCE(SUM(amount), 0) FROM ledger WHERE account_id = accounts.id)",
    ),
    [],
  );
  assert.deepEqual(rows(server, "SELECT call_id FROM ledger GROUP BY call_id HAVING COUNT(*) <> 2"), []);
  assert.deepEqual(
    rows(server, "SELECT call_id FROM call_events WHERE type NOT IN ('RINGING', 'ACCEPTED') GROUP BY call_id HAVING COUNT(*) > 1"),
    [],
  );
}

async function coverCallsAcross(stage, goAway, comeBack) {
  const { server } = stage;
  const [user, tess] = [await stage.user(), await stage.telecaller()];
  const [other, tina] = [await stage.user(), await stage.telecaller()];
  const [third, tara] = [await stage.user(), await stage.telecaller()];
  const talking = await talk(user, tess);
  const ringing = await ring(other, tina);

  await goAway();
  const lostAt = Date.now();
  // The final states are announced though nothing can be written.
  await Promise.all([user.done("call:end", { callId: talking }), tess.next("call:ended", SILENCE_MS)]);
  assert.ok(Date.now() - lostAt < SILENCE_MS, `${Date.now() - lostAt} ms`);
  await assertRefusedMeanwhile(third, tara, ringing, tina);
  await eventually(async () => !(await isReady(server)), "a server that says that it is not ready");
  assert.deepEqual(await readiness(server), { code: 503, status: "store unavailable" });
  other.emit("call:cancel", { callId: ringing });
  await tina.next("call:cancelled", SILENCE_MS);
  // A third one, if the opening that was refused may have been written: a server that stood still may have done it.
  await eventually(
    async () => (await figures(server)).ringback_store_kept >= 2,
    "two ends of calls that wait for the database",
  );

  await comeBack();
  await eventually(() => isReady(server), "a server that is ready again", 4 * PATIENCE_MS);
  await eventually(() => callRow(server, ringing).status === "CANCELLED", "the cancelled call");
  await eventually(() => callRow(server, talking).status === "COMPLETED", "the completed call");
  assert.equal((await figures(server)).ringback_store_kept, 0);
  assert.equal(ledger(server, talking).length, 2);
  assert.deepEqual(
    timeline(server, talking).map(({ type }) => type),
    ["RINGING", "ACCEPTED", "COMPLETED"],
  );
  for (const pair of [[user, tess], [other, tina], [third, tara]]) await canTalkAgain(...pair);
  await eventually(() => rows(server, "SELECT * FROM active_parties").length === 0, "calls that are written");
  assertBooksAreRight(server);
  assert.match(server.log, /store: not available/);
  assert.match(server.log, /store: available again/);
  assert.doesNotMatch(server.log, /not-to-be-logged/);
}

describe("PostgreSQL", { skip: skip || noPostgres }, () => {
  const postgres = new PostgresServer();
  let stage;
  before(async () => {
    await postgres.start();
    const settings = { "store.url": postgres.database(), ...METRICS_SETTINGS };
    stage = new Stage(new RingbackServer({ settings }));
    await stage.server.start();
  });
  afterEach(() => stage.clear());
  after(async () => {
    await stage.server.close();
    await postgres.close();
  });

  it("crashes and comes back: calls go on, end, and are written once", () =>
    coverCallsAcross(
      stage,
      () => postgres.stop("SIGQUIT"),
      () => postgres.comeBack(),
    ));

  it("is killed and comes back", () =>
    coverCallsAcross(
      stage,
      () => postgres.stop("SIGKILL"),
      () => postgres.comeBack(),
    ));

  it("is stopped by its operator and comes back", () =>
    coverCallsAcross(
      stage,
      () => postgres.stop("SIGINT"),
      () => postgres.comeBack(),
    ));

  it("stands still and goes on", () =>
    coverCallsAcross(
      stage,
      () => postgres.freeze(),
      () => postgres.thaw(),
    ));

  it("is restarted again and again under calls: each has one end, and the books are right", async () => {
    const pairs = [];
    for (let i = 0; i < 4; i++) pairs.push([await stage.user(), await stage.telecaller()]);
    let isOver = false, ended = 0;
    const callAndCall = async ([user, tess]) => {
      while (!isOver) {
        const made = await user.ask("call:initiate", { telecallerId: tess.id, callType: "AUDIO" });
        if (!made.ok) continue;
        const accepted = await tess.ask("call:accept", { callId: made.callId });
        const event = accepted.ok ? "call:end" : "call:cancel";
        const last = await user.ask(event, { callId: made.callId });
        if (last.ok) ended++;
      }
    };
    const calling = pairs.map(callAndCall);
    for (const signal of ["SIGQUIT", "SIGINT", "SIGKILL"]) {
      const before = ended;
      await eventually(() => ended > before + 5, "calls that end", 4 * PATIENCE_MS);
      await postgres.stop(signal);
      await postgres.comeBack();
    }
    isOver = true;
    await Promise.all(calling);
    await eventually(() => rows(stage.server, "SELECT * FROM active_parties").length === 0, "calls that are written", 4 * PATIENCE_MS);
    assertBooksAreRight(stage.server);
  });

  it("a server that cannot reach it at the start says so without the password", () => {
    const nowhere = "postgresql://ringback:not-to-be-logged@127.0.0.1:1/calls";
    const args = ["serve", "--listen", "127.0.0.1:0", "--data", `${stage.server.data}-2`];
    const settings = ["--set", `store.url=${nowhere}`, "--set", `auth.secret=${"s".repeat(40)}`];
    const { status, stderr } = spawnSync(stage.server.program, [...args, ...settings], { encoding: "utf8", timeout: 20_000 });
    assert.equal(status, 1);
    assert.match(stderr, /cannot open the database of store\.url: .*refused/i);
    assert.doesNotMatch(stderr, /not-to-be-logged/);
    const shown = spawnSync(stage.server.program, ["check-config", ...settings], { encoding: "utf8" });
    assert.match(shown.stdout, /url = "postgresql:\/\/\*\*\*"/);
    assert.doesNotMatch(shown.stdout + shown.stderr, /not-to-be-logged/);
    rmSync(`${stage.server.data}-2`, { recursive: true, force: true });
  });
});

// A file system of two megabytes, if we may make one.
function smallDisk() {
  const folder = mkdtempSync(join(tmpdir(), "ringback-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], { encoding: "utf8" });
  if (mounted.status === 0) return folder;
  rmSync(folder, { recursive: true });
  return null;
}

describe("SQLite on a disk that is full", { skip }, () => {
  const disk = isReference ? null : smallDisk();
  const noDisk = disk ? false : "no tmpfs can be mounted here";
  let stage;
  before(async () => {
    if (!disk) return;
    mkdirSync(join(disk, "data"));
    const settings = { "store.url": `sqlite:${join(disk, "calls.db")}`, ...METRICS_SETTINGS };
    stage = new Stage(new RingbackServer({ settings }));
    await stage.server.start();
  });
  afterEach(() => stage?.clear());
  after(async () => {
    if (!disk) return;
    await stage.server.close();
    spawnSync("umount", [disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  it("calls go on, end, and are written when there is room; the file is sound", { skip: noDisk }, async () => {
    const ballast = join(disk, "ballast");
    await coverCallsAcross(
      stage,
      () => {
        // To the last byte, and nothing for the log to grow into.
        for (let size = 1 << 20; size >= 1; size >>= 1)
          for (let n = 0; ; n++)
            try {
              writeFileSync(ballast, Buffer.alloc(size), { flag: "a" });
            } catch (error) {
              assert.equal(error.code, "ENOSPC");
              break;
            }
        assert.ok(readdirSync(disk).length >= 2 && statSync(ballast).size > 0);
      },
      () => rmSync(ballast),
    );
    assert.deepEqual(rows(stage.server, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
    assert.match(stage.server.log, /database or disk is full/);
  });
});
