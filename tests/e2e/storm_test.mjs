// Crowds: nobody is forgotten in a call that is over, and when everybody has left the process has nothing left of them.
//
// RINGBACK_STORM_SECONDS makes the storm of the pairs longer (10 by default), RINGBACK_STORM_SEED repeats one.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { delay, eventually, isSanitized } from "./support/deadline.mjs";
import { figures, METRICS_SETTINGS } from "./support/metrics.mjs";
import { nothingElse } from "./support/phone.mjs";
import { Restless } from "./support/restless.mjs";
import { isReference, RingbackServer } from "./support/server.mjs";
import { Stage, useServer } from "./support/stage.mjs";
import { rows } from "./support/store.mjs";

const CALLERS = 40,
  PAIRS = isSanitized ? 40 : 200,
  SECONDS = Number(process.env.RINGBACK_STORM_SECONDS ?? 10),
  SEED = Number(process.env.RINGBACK_STORM_SEED ?? Date.now() % 100_000);

for (const shards of [1, 2]) {
  describe(`${CALLERS} callers on one telecaller, on ${shards} ${shards === 1 ? "shard" : "shards"}`, () => {
    const stage = useServer({ settings: { "server.shards": shards } });

    it("one gets through, again and again, and the others are told that she is busy", async () => {
      const tess = await stage.telecaller(),
        users = await Promise.all(Array.from({ length: CALLERS }, () => stage.user())),
        talked = new Set();
      for (let round = 0; round < 5; round++) {
        const answers = await Promise.all(
          users.map((user) => user.ask("call:initiate", { telecallerId: tess.id, callType: "AUDIO" })),
        );
        const won = answers.flatMap(({ ok }, i) => (ok ? [i] : []));
        assert.equal(won.length, 1, "exactly one call comes to exist");
        for (const [i, user] of users.entries())
          if (i !== won[0]) assert.equal((await user.next("call:error")).code, "CALLEE_BUSY");
        const winner = users[won[0]],
          { callId } = await tess.next("call:incoming");
        assert.equal((await winner.next("call:ringing")).callId, callId);
        tess.emit("call:accept", { callId });
        await tess.next("call:accepted");
        await winner.next("call:accepted");
        await tess.done("call:end", { callId });
        assert.equal((await winner.next("call:ended")).callId, callId);
        talked.add(callId);
      }
      assert.equal(talked.size, 5);
      await nothingElse(tess, ...users);
    });
  });
}

// Mulberry32: the same storm for the same seed, as far as networks repeat themselves.
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe(`${PAIRS} pairs with random hang-ups`, { skip: isReference && "the reference has no metrics" }, () => {
  const server = new RingbackServer({ settings: { ...METRICS_SETTINGS, "server.shards": 2, "log.level": "debug" } }),
    accounts = new Stage(server);
  let devices = [];
  const made = []; // the calls of which their callers have heard
  let unstored = 0;
  before(() => server.start());
  after(async () => {
    for (const device of devices) device.close();
    await server.close();
  });

  // What may happen to a call that rings.
  const WAYS = [
    async ({ user, callId }) => user.leave("call:cancel", callId),
    async ({ tess, callId }) => tess.leave("call:reject", callId),
    async ({ user, tess, callId }) => Promise.all([tess.accept(callId), user.leave("call:cancel", callId)]),
    async ({ user, tess, callId }) =>
      Promise.all([tess.leave("call:reject", callId), user.leave("call:cancel", callId)]),
    async ({ user, tess, callId, pause }) => {
      await tess.accept(callId);
      await pause(300);
      await Promise.all([user.leave("call:end", callId), tess.leave("call:end", callId)]);
    },
    async ({ user, tess, callId, pause }) => {
      await Promise.all([tess.accept(callId), tess.accept(callId)]);
      await pause(300);
      await user.leave("call:end", callId);
    },
    async ({ tess, callId }) => Promise.all([tess.accept(callId), tess.leave("call:end", callId)]),
    async ({ user, tess, callId, pause, chance }) => {
      if (chance(2)) await tess.accept(callId);
      await pause(100);
      await (chance(2) ? user : tess).goAway(chance(2));
    },
    async ({ user, tess, callId, pause, chance }) => {
      const answering = chance(2) ? tess.accept(callId) : undefined;
      await Promise.all([answering, pause(20).then(() => user.goAway(chance(2))), tess.goAway(chance(2))]);
    },
  ];

  async function play([user, tess], random, end) {
    const chance = (n) => random() * n < 1,
      pause = (ms) => delay(Math.floor(random() * ms));
    await pause(500);
    while (Date.now() < end) {
      const answer = await user.ask("call:initiate", {
        telecallerId: tess.id,
        callType: chance(2) ? "AUDIO" : "VIDEO",
      });
      // She may be about to come back, or the disk silent.
      if (!answer?.ok) {
        const code = answer?.error.code;
        assert.ok(["CALLEE_OFFLINE", "CALLEE_UNAVAILABLE", "CALLEE_BUSY", "INTERNAL"].includes(code), String(code));
        if (code === "INTERNAL") unstored++;
        await pause(50);
        continue;
      }
      made.push(answer.callId);
      const way = WAYS[Math.floor(random() * WAYS.length)];
      await way({ user, tess, callId: answer.callId, pause, chance });
      // Not over yet when she was back before her old connection was missed, or when the disk was slow.
      if (user.shows !== null) await user.leave("call:cancel", answer.callId);
      await user.isFree();
      await tess.isFree();
      await pause(300);
    }
  }

  it("nobody is left in a call", { timeout: (SECONDS + 120) * 1000 }, async () => {
    const random = randomFrom(SEED);
    const pairs = Array.from({ length: PAIRS }, (_, i) =>
      ["USER", "TELECALLER"].map(
        (role) => new Restless(server, accounts.account(role), i % 10 === 9 ? ["polling", "websocket"] : ["websocket"]),
      ),
    );
    devices = pairs.flat();
    await Promise.all(devices.map((device) => device.connected()));
    const end = Date.now() + SECONDS * 1000;
    await Promise.all(pairs.map((pair) => play(pair, randomFrom(Math.floor(random() * 2 ** 31)), end)));

    assert.ok(made.length > PAIRS, `${made.length} calls`);
    assert.deepEqual(
      devices.flatMap((device) => device.toldTwice()),
      [],
      "nobody was told of an end twice",
    );
    const now = await figures(server),
      waits = (name) => now[`ringback_store_wait_seconds_${name}`];
    if (unstored > 0)
      assert.ok(
        waits('count{step="RINGING"}') > waits('bucket{step="RINGING",le="1"}'),
        "INTERNAL is for a store that was silent for a second",
      );
    assert.deepEqual([now.ringback_calls_active, now.ringback_requests_waiting], [0, 0]);
    assert.equal(now.ringback_sockets, devices.length);
    await eventually(() => rows(server, "SELECT * FROM active_parties").length === 0, "the last record");
    assert.deepEqual(
      rows(server, "SELECT * FROM calls WHERE status IN ('RINGING', 'ACCEPTED') OR ended_at IS NULL"),
      [],
    );
    const stored = new Set(rows(server, "SELECT id FROM calls").map(({ id }) => id));
    assert.deepEqual(
      made.filter((callId) => !stored.has(callId)),
      [],
      "every call that was announced is there",
    );
  });

  it("balances, ledger and calls say the same", () => {
    assert.deepEqual(
      rows(
        server,
        `SELECT id FROM accounts WHERE coins <> (SELECT COALESCE(SUM(amount), 0) FROM ledger WHERE account_id = id)
         OR coins <> (SELECT COALESCE(SUM(coins_earned), 0) FROM calls WHERE callee_id = accounts.id)
                   - (SELECT COALESCE(SUM(coins_spent - coins_unpaid), 0) FROM calls WHERE caller_id = accounts.id)`,
      ),
      [],
    );
    assert.deepEqual(
      rows(
        server,
        `SELECT id FROM calls WHERE (SELECT COUNT(*) FROM ledger WHERE call_id = id) <> CASE status WHEN 'COMPLETED' THEN 2 ELSE 0 END`,
      ),
      [],
    );
  });

  it("and the process' counters return to zero", { timeout: 120_000 }, async () => {
    for (const device of devices) device.close();
    const gone = await eventually(async () => {
      const now = await figures(server);
      return now.ringback_sockets === 0 && now;
    }, "the end of the last socket");
    assert.equal(gone.ringback_timers, gone.ringback_calls_remembered, "a timer for each call that is remembered");
    // Calls that are over answer requests for a minute.
    await eventually(
      async () => {
        const now = await figures(server);
        return [
          "sockets",
          "timers",
          "calls_active",
          "calls_remembered",
          "requests_waiting",
          "users_online",
          "telecallers_online",
        ].every((name) => now[`ringback_${name}`] === 0);
      },
      "counters at zero",
      75_000,
    );
  });
});
