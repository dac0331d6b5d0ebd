// `ringback backup`: a copy that is made under load is a whole database, and a server starts on it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { canTalkAgain, talk } from "./support/calls.mjs";
import { eventually } from "./support/deadline.mjs";
import { isReference, RingbackServer } from "./support/server.mjs";
import { Stage, useServer } from "./support/stage.mjs";
import { callRow, rows } from "./support/store.mjs";

describe("ringback backup", { skip: isReference && "the reference keeps nothing" }, () => {
  const stage = useServer({ settings: { "store.url": "sqlite:ringback.db" } });
  const backUp = (server, file, ...more) =>
    spawnSync(server.program, ["backup", file, "--data", server.data, ...more], { encoding: "utf8", timeout: 60_000 });

  it("copies a database that is being written, whole; a server that is given the copy goes on from there", async () => {
    const { server } = stage;
    const [user, tess] = [await stage.user(), await stage.telecaller()];
    const talking = await talk(user, tess);
    let made = 0, isOver = false;
    const load = Array.from({ length: 4 }, async () => {
      const [one, other] = [await stage.user(), await stage.telecaller()];
      while (!isOver) {
        const { callId } = await one.done("call:initiate", { telecallerId: other.id, callType: "AUDIO" });
        await other.done("call:accept", { callId });
        await one.done("call:end", { callId });
        made++;
      }
    });
    await eventually(() => made > 10, "calls that are made");
    const copies = [];
    for (let n = 0; n < 5; n++) {
      const file = join(server.data, `copy-${n}`), before = made;
      const { status, stderr } = backUp(server, file);
      assert.equal(status, 0, stderr);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      copies.push(file);
      await eventually(() => made > before, "calls that go on meanwhile");
    }
    isOver = true;
    await Promise.all(load);

    const restored = new RingbackServer({ settings: { "store.url": "sqlite:ringback.db" } });
    const there = new Stage(restored);
    try {
      copyFileSync(copies.at(-1), join(restored.data, "ringback.db"));
      for (const query of [
        "SELECT id FROM accounts WHERE coins <> (SELECT COALESCE(SUM(amount), 0) FROM ledger WHERE account_id = accounts.id)",
        "SELECT id FROM calls WHERE status = 'COMPLETED' AND (SELECT COUNT(*) FROM ledger WHERE call_id = calls.id) <> 2",
        "SELECT account_id FROM active_parties WHERE call_id NOT IN (SELECT id FROM calls WHERE ended_at IS NULL)",
      ])
        assert.deepEqual(rows(restored, query), []);
      assert.equal(callRow(restored, talking).status, "ACCEPTED");
      assert.ok(rows(restored, "SELECT id FROM calls").length > 10);
      await restored.start();
      await canTalkAgain(await there.user(), await there.telecaller());
      there.clear();
    } finally {
      await restored.close();
    }
    await user.ask("call:end", { callId: talking });
    await tess.next("call:ended");
  });

  it("replaces no file, and leaves none behind when it fails", () => {
    const { server } = stage;
    const file = join(server.data, "there-already");
    assert.equal(backUp(server, file).status, 0);
    const again = backUp(server, file);
    assert.equal(again.status, 1);
    assert.match(again.stderr, /there-already: exists already/);
    const nothing = backUp(server, join(server.data, "x"), "--set", "store.url=sqlite:no-such.db");
    assert.equal(nothing.status, 1);
    assert.match(nothing.stderr, /no-such\.db: no such database/);
    assert.ok(!existsSync(join(server.data, "no-such.db")));
    assert.notEqual(backUp(server, join(server.data, "no", "folder")).status, 0);
    assert.deepEqual(readdirSync(server.data).filter((name) => name.endsWith(".unfinished")), []);
    rmSync(file);
  });

  it("of PostgreSQL is pg_dump's business, and it says so", () => {
    const { status, stderr } = backUp(stage.server, "x", "--set", "store.url=postgresql://h/d");
    assert.equal(status, 1);
    assert.match(stderr, /pg_dump/);
  });
});
