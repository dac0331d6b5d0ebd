// A small Jepsen: phones on three nodes call each other while nodes, Redis and PostgreSQL are killed, stopped and restarted
// at random; at the end the history is held against the rules.
//
// Run by ./dev chaos: RINGBACK_CHAOS_SECONDS says for how long, RINGBACK_CHAOS_SEED repeats one's decisions. Not in every
// test run, because some seeds still find a call whose end is told twice (docs/decisions/0015-redis-agrees.md).
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { RoundRobin } from "./support/round_robin.mjs";
import { ChaosPhone, live, randomFrom, violations } from "./support/chaos.mjs";
import { delay, eventually } from "./support/deadline.mjs";
import { assertAtRest } from "./support/node_stage.mjs";
import { Cluster, LEASE_MS, noCluster } from "./support/nodes.mjs";
import { EVERYONE } from "./support/peers.mjs";
import { PostgresServer } from "./support/postgres.mjs";
import { adminOf } from "./support/rest.mjs";
import { Stage } from "./support/stage.mjs";
import { rows } from "./support/store.mjs";

const SECONDS = Number(process.env.RINGBACK_CHAOS_SECONDS) || 0,
  SEED = Number(process.env.RINGBACK_CHAOS_SEED) || Date.now() % 1_000_000;
const [USERS, TELECALLERS, PEERS] = [8, 5, 8];
const LONG_MS = 30_000;
const SETTINGS = { "calls.ring_timeout": "2s", "calls.recovery_grace": "3s", "peer.reconnect_grace": "2s" };

const notAsked = SECONDS ? false : "./dev chaos runs it";

describe(`chaos for ${SECONDS} s with seed ${SEED}`, { skip: noCluster || notAsked }, () => {
  const postgres = new PostgresServer();
  let cluster, accounts, balancer, phones = [];
  before(async () => {
    await postgres.start();
    cluster = new Cluster({ settings: { ...EVERYONE, ...SETTINGS, "store.url": postgres.database() } });
    accounts = new Stage(cluster);
    await cluster.start();
    balancer = await new RoundRobin(cluster.nodes).start();
  });
  after(async () => {
    for (const phone of phones) phone.close();
    await balancer?.stop();
    await cluster?.close().finally(() => postgres.close());
  });

  it("every call has one outcome, told once to each and billed once", { timeout: (SECONDS + 150) * 1000 }, async (t) => {
    const random = randomFrom(SEED);
    const make = (count, role, kind) =>
      Array.from({ length: count }, () => new ChaosPhone(balancer.url, accounts.account(role), kind));
    const [users, tells, peers] = [make(USERS, "USER", "marketplace"), make(TELECALLERS, "TELECALLER", "marketplace"), make(PEERS, "USER", "peers")];
    phones = [...users, ...tells, ...peers];
    await Promise.all(phones.map((phone) => phone.connected(LONG_MS)));

    const end = Date.now() + SECONDS * 1000, isOver = () => Date.now() > end;
    const seeds = phones.map(() => Math.floor(random() * 2 ** 31));
    const lives = [
      ...users.map((user, i) => live(user, tells, randomFrom(seeds[i]), isOver)),
      ...peers.slice(0, PEERS / 2).map((peer, i) => live(peer, peers, randomFrom(seeds[USERS + i]), isOver)),
    ];
    const faults = await rage(random, isOver);
    await Promise.all(lives);

    await cluster.isReady(LONG_MS);
    await Promise.all(phones.map((phone) => phone.connected(LONG_MS)));
    await eventually(async () => {
      const active = rows(cluster, "SELECT caller_id FROM calls WHERE ended_at IS NULL").map((row) => row.caller_id);
      await Promise.all(phones.filter(({ id }) => active.includes(id)).map((phone) => phone.free()));
      return active.length === 0;
    }, "the end of every call", LONG_MS);
    await assertAtRest(cluster);
    await eventually(() => phones.every(({ shows }) => shows === null), () => `screens without calls: ${JSON.stringify(phones.filter(({ shows }) => shows).map(({ id, shows }) => [id, shows]))}`);

    const calls = rows(cluster, "SELECT id, caller_id, callee_id, status, reason, created_at, accepted_at, ended_at FROM calls");
    const byReason = {};
    for (const { status, reason } of calls) byReason[`${status} ${reason}`] = (byReason[`${status} ${reason}`] ?? 0) + 1;
    t.diagnostic(`seed ${SEED}: ${calls.length} calls, faults: ${faults.join(", ")}; ${JSON.stringify(byReason)}`);
    const found = violations(phones, calls, faults.at);
    assert.deepEqual(found, [], `seed ${SEED}, after ${faults.join(", ")}\n${found.map(logOf).join("\n")}`);
    assert.ok(calls.length > SECONDS, `${calls.length} calls`);
    await assertPresence(tells, users);
  });

  // One fault after the other; what is broken is mended before the next one.
  async function rage(random, isOver) {
    const any = () => cluster.nodes[Math.floor(random() * cluster.nodes.length)];
    const pause = (ms) => delay(random() * ms);
    const withoutNode = async (node, what) => {
      balancer.inService.delete(node);
      await what();
      balancer.inService.add(node);
    };
    const FAULTS = {
      "kill -9 of a node": () => {
        const node = any();
        return withoutNode(node, async () => {
          await node.kill();
          await pause(2 * LEASE_MS);
          await node.comeBack();
        });
      },
      "restart of a node": () => balancer.restart(any()),
      "a node stands still": () => {
        const node = any();
        return withoutNode(node, async () => {
          node.freeze();
          await pause(2.5 * LEASE_MS);
          node.thaw();
        });
      },
      "Redis killed": async () => {
        await cluster.redis.stop();
        await pause(1000);
        await cluster.redis.comeBack();
      },
      "Redis stands still": async () => {
        cluster.redis.freeze();
        await pause(1.5 * LEASE_MS);
        cluster.redis.thaw();
      },
      "PostgreSQL killed": async () => {
        await postgres.stop("SIGKILL");
        await pause(500);
        await postgres.comeBack();
      },
      "PostgreSQL stands still": async () => {
        postgres.freeze();
        await pause(2000);
        postgres.thaw();
      },
      "connections lost": async () => phones.filter(() => random() < 0.4).forEach((phone) => phone.drop()),
    };
    const done = [];
    done.at = [];
    while (!isOver()) {
      await pause(1500);
      const names = Object.keys(FAULTS), name = names[Math.floor(random() * names.length)];
      done.at.push(Date.now());
      done.push(`${name} at ${new Date().toISOString().slice(14, 23)}`);
      await FAULTS[name]();
      // What was told of an end and could not be written yet is lost with its node (contract section 6, promise 1).
      if (random() < 0.7 || name.startsWith("PostgreSQL")) await cluster.isReady(LONG_MS);
    }
    return done;
  }

  // What the log of the nodes says of the calls in a violation.
  function logOf(text) {
    const ids = [...text.matchAll(/[0-9a-f]{24}/g)].map(([id]) => id),
      party = phones.find(({ id }) => ids.includes(id)),
      called = ids.filter((id) => phones.every((phone) => phone.id !== id));
    const lines = cluster.nodes.flatMap(({ name, log }) => log.split("\n").filter((line) => called.some((id) => line.includes(id))).map((line) => `${name} ${line}`));
    // And the party of it.
    const story = party.history.map((line) => JSON.stringify({ ...line, at: new Date(line.at).toISOString() })),
      about = story.findIndex((line) => line.includes(called[0]));
    return [text, ...lines.slice(0, 40), ...story.slice(Math.max(about - 5, 0), about + 25)].join("\n");
  }

  // Presence is who is connected, at every node.
  async function assertPresence(tells, users) {
    const admin = adminOf(accounts);
    const online = async (expected) => {
      for (let node = 0; node < cluster.nodes.length; node++)
        await eventually(async () => {
          // The first read of a connection that was lost meanwhile fails.
          const { items } = await admin.get("/telecallers").catch(() => ({ items: [] }));
          const there = items.filter(({ presence }) => presence === "ONLINE").map(({ _id }) => _id);
          return `${there.sort()}` === `${expected.map(({ id }) => id).sort()}`;
        }, "the presence of telecallers", LEASE_MS + 1000 + 4000);
    };
    await online(tells);
    const [gone, ...stay] = tells;
    gone.close();
    await online(stay);
    assert.ok(users.every(({ socket }) => socket.connected));
  }
});
