// What becomes of calls, presence and money when a node, Redis or the database is lost: each party is told one outcome
// once, within the lease and a second. RINGBACK_STOP_MS is how long a node stands still (by default half a minute in
// the marketplace, and twice the lease between peers).
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { delay, eventually, isSanitized, within } from "./support/deadline.mjs";
import { FlakyNetwork } from "./support/flaky_network.mjs";
import { useNodes } from "./support/node_stage.mjs";
import { LEASE_MS, noSuiteOnNodes } from "./support/nodes.mjs";
import { Party, KINDS } from "./support/party.mjs";
import { EVERYONE } from "./support/peers.mjs";
import { callRow, ledger, rows } from "./support/store.mjs";

// The lease, the second in which the others act on its end, and what a busy machine adds.
const TAKEN_MS = LEASE_MS + 1000 + (isSanitized ? 15_000 : 1500);
const stopsFor = (kind) => Number(process.env.RINGBACK_STOP_MS) || (kind === "marketplace" ? 30_000 : 2 * LEASE_MS);
const GRACE = { ...EVERYONE, "calls.recovery_grace": "4s", "peer.reconnect_grace": "4s" };

async function isStored(cluster, callId, ms = TAKEN_MS) {
  return eventually(() => {
    const row = callRow(cluster, callId);
    return row?.ended_at && row;
  }, `the end of ${callId} in the store`, ms);
}
const isOfflineFor = (phone, id) =>
  phone.seen.filter(
    ([name, p]) =>
      (name === "telecaller:presence-changed" && p.telecallerId === id && p.presence === "OFFLINE") ||
      (name === "user:offline" && p.userId === id),
  ).length;

// Each on a cluster of its own; most of the time they wait for a lease to end.
const IN_ORDER = { concurrency: 1 };
describe("faults", { concurrency: 3, skip: noSuiteOnNodes }, () => {
  for (const kind of Object.keys(KINDS))
    describe(`kill -9 of a node: ${kind}`, IN_ORDER, () => {
      const stage = useNodes({ settings: GRACE }), { cluster } = stage;
      const pair = async (i, j) => [await new Party(stage, kind, 0).comeTo(i), await new Party(stage, kind, 1).comeTo(j)];
      const kill = (node) => cluster.nodes[node].kill();

      it("RINGING, the home, which is the caller's: MISSED, told once to each", async () => {
        const [ann, bob] = await pair(0, 1), callId = await ann.ring(bob), since = Date.now();
        await kill(0);
        assert.equal((await bob.end(callId, TAKEN_MS))[1].reason, "server_lost");
        assert.ok(Date.now() - since < TAKEN_MS, `${Date.now() - since} ms`);
        const row = callRow(cluster, callId);
        assert.deepEqual([row.status, row.reason], ["MISSED", "server_lost"]);
        await ann.comeTo(2);
        assert.equal((await ann.heard("call:missed", callId)).reason, "server_lost");
        for (const party of [ann, bob]) party.assertToldOnce(callId);
        await ann.done("call:end", { callId: await ann.talk(bob) });
      });

      it("RINGING, the callee's: its last device is gone, and the caller is told once", async () => {
        const [ann, bob] = await pair(0, 1), callId = await ann.ring(bob);
        await kill(1);
        assert.equal((await ann.end(callId, TAKEN_MS))[0], "call:missed");
        assert.equal((await isStored(cluster, callId)).status, "MISSED");
        await bob.comeTo(2);
        await cluster.settle();
        for (const party of [ann, bob]) party.assertToldOnce(callId);
        await ann.done("call:end", { callId: await ann.talk(bob) });
      });

      it("RINGING, the node of both: both are told when they come back", async () => {
        const [ann, bob] = await pair(0, 0), callId = await ann.ring(bob);
        await kill(0);
        assert.equal((await isStored(cluster, callId)).reason, "server_lost");
        for (const party of [ann, bob]) {
          await party.comeTo(1);
          assert.equal((await party.heard("call:missed", callId)).reason, "server_lost");
          await cluster.settle();
          party.assertToldOnce(callId);
        }
      });

      for (const [who, node] of [["the home", 0], ["the callee's", 1]])
        it(`ACCEPTED, ${who}: goes on with who comes back, and is billed once`, async () => {
          const [ann, bob] = await pair(0, 1), callId = await ann.talk(bob);
          await kill(node);
          const [gone, stays] = node ? [bob, ann] : [ann, bob];
          await gone.comeTo(2);
          await gone.resume(callId, TAKEN_MS + 2000).catch(() => {}); // without grace its drop has ended the call
          const hangUp = async () => (await stays.ask("call:end", { callId })).ok || callRow(cluster, callId).ended_at;
          await eventually(hangUp, "the end", TAKEN_MS);
          assert.equal((await isStored(cluster, callId)).status, "COMPLETED");
          await cluster.settle();
          for (const party of [ann, bob]) party.assertToldOnce(callId);
          if (kind === "marketplace") assert.equal(ledger(cluster, callId).length, 2);
        });

      it("ACCEPTED, the home, and nobody comes back: COMPLETED as server_lost", async () => {
        const [ann, bob] = await pair(0, 1), callId = await ann.talk(bob);
        await kill(0);
        bob.leave();
        assert.equal((await isStored(cluster, callId, TAKEN_MS + 5000)).status, "COMPLETED");
      });

      it("ACCEPTED, the node of both: they go on at another one", async () => {
        const [ann, bob] = await pair(0, 0), callId = await ann.talk(bob);
        await kill(0);
        await Promise.all([ann.comeTo(1), bob.comeTo(2)]);
        await Promise.all([ann.resume(callId, TAKEN_MS), bob.resume(callId, TAKEN_MS)]);
        await eventually(async () => (await ann.ask("call:end", { callId })).ok, "a call that goes on", TAKEN_MS);
        await bob.heard("call:ended", callId);
        await cluster.settle();
        bob.assertToldOnce(callId);
        assert.equal((await isStored(cluster, callId)).reason, "hangup");
      });

      it("presence is right within the lease and a second", async () => {
        const [ann, bob] = await pair(0, 1);
        await kill(1);
        await eventually(() => isOfflineFor(ann, bob.id), "OFFLINE", TAKEN_MS);
        await bob.comeTo(2);
        await ann.done("call:end", { callId: await ann.talk(bob) });
        assert.equal(isOfflineFor(ann, bob.id), 1);
      });

      it(`stands still for ${stopsFor(kind)} ms: closes its transports, joins again, and writes nothing late`, { timeout: 90_000 }, async () => {
        const [ann, bob] = await pair(0, 1), callId = await ann.talk(bob);
        const [cat, dan] = await pair(0, 1), ringing = await cat.ring(dan);
        cluster.nodes[0].freeze();
        assert.equal((await dan.end(ringing, TAKEN_MS))[1].reason, "server_lost");
        ann.phone.emit("call:end", { callId }); // lies in the frozen node's socket
        await delay(stopsFor(kind) - LEASE_MS);
        cluster.nodes[0].thaw();
        for (const { phone } of [ann, cat]) await within(phone.closed, "closed transports", TAKEN_MS);
        await cluster.isReady();
        assert.match(cluster.nodes[0].log, /joining again under another number/);
        assert.equal((await isStored(cluster, ringing)).reason, "server_lost");
        await cat.comeTo(0); // works there again
        await cat.heard("call:missed", ringing);
        await cat.done("call:end", { callId: await cat.talk(dan) });
        await isStored(cluster, callId, TAKEN_MS + 5000);
        await cluster.settle();
        for (const party of [ann, bob]) party.assertToldOnce(callId);
      });
    });

  describe("Redis", IN_ORDER, () => {
    const stage = useNodes({ settings: { ...GRACE, "cluster.lease": "3s" } }), { cluster } = stage;
    const pair = async (i, j) => [await new Party(stage, "marketplace", 0).comeTo(i), await new Party(stage, "marketplace", 1).comeTo(j)];

    // Calls between nodes rest; those of one node go on.
    async function coverAway(goAway, comeBack) {
      const [ann, bob] = await pair(0, 1), across = await ann.talk(bob);
      const [cat, dan] = await pair(2, 2), local = await cat.talk(dan);
      const [eve, fay] = await pair(1, 2);
      await goAway();
      await eventually(async () => !(await cluster.nodes[1].isReady()), "a node that says that it is not ready", 8000);
      await eventually(async () => {
        const refused = await eve.ask(...eve.kind.request(fay));
        return refused.error?.code === "INTERNAL";
      }, "what needs agreement is refused");
      await comeBack();
      await cluster.isReady();
      for (const { phone } of [ann, bob, cat, dan, eve, fay])
        assert.ok(phone.socket.connected, `${phone.name} is connected\n${cluster.log.split("\n").filter((line) => /"cluster|warn|error/.test(line)).join("\n")}`);
      for (const [from, to, callId] of [[ann, bob, across], [cat, dan, local]]) {
        await eventually(async () => (await from.ask("call:end", { callId })).ok, `the end of ${callId}`);
        assert.equal((await to.end(callId))[1].reason, "hangup");
        assert.equal((await isStored(cluster, callId)).reason, "hangup");
      }
      await cluster.settle();
      for (const [from, to, callId] of [[ann, bob, across], [cat, dan, local]])
        for (const party of [from, to]) party.assertToldOnce(callId);
      for (const [from, to] of [[ann, bob], [cat, dan], [eve, fay]])
        await from.done("call:end", { callId: await from.talk(to) });
    }

    it("killed and started again empty: its memory is rebuilt, and no call is lost", () =>
      coverAway(() => cluster.redis.stop(), () => cluster.redis.comeBack()));

    it("stands still and goes on", () => coverAway(() => cluster.redis.freeze(), () => cluster.redis.thaw()));

    it("one node is cut off from it: the others take over, and it joins again", async () => {
      const network = new FlakyNetwork(cluster.redis.port);
      await network.start();
      const node = cluster.nodes[0];
      await node.stop();
      node.redisUrl = network.url.replace("http:", "redis:");
      await node.comeBack();
      await cluster.isReady();
      const [ann, bob] = await pair(0, 1), ringing = await ann.ring(bob);
      await network.stop();
      assert.equal((await bob.end(ringing, 1000 + TAKEN_MS))[1].reason, "server_lost");
      await within(ann.phone.closed, "closed transports", TAKEN_MS);
      node.redisUrl = null;
      await node.kill();
      await node.comeBack();
      await cluster.isReady();
      await ann.comeTo(0);
      await ann.heard("call:missed", ringing);
      ann.assertToldOnce(ringing);
    });
  });

  describe("30 callers on 3 nodes for one telecaller", IN_ORDER, () => {
    const stage = useNodes(), { cluster } = stage;

    it("one gets through each time, and the others are told that she is busy", async () => {
      const tess = await new Party(stage, "marketplace", 1).comeTo(1);
      const users = await Promise.all(Array.from({ length: 30 }, (_, i) => new Party(stage, "marketplace", 0).comeTo(i % 3)));
      for (let round = 0; round < 5; round++) {
        const answers = await Promise.all(users.map((user) => user.ask(...user.kind.request(tess))));
        const won = answers.flatMap(({ ok }, i) => (ok ? [i] : []));
        assert.equal(won.length, 1, `round ${round}: exactly one call comes to exist: ${JSON.stringify(answers[0])}`);
        assert.deepEqual([...new Set(answers.filter(({ ok }) => !ok).map(({ error }) => error.code))], ["CALLEE_BUSY"]);
        const { callId } = answers[won[0]];
        await tess.heard("call:incoming", callId);
        await tess.done("call:accept", { callId });
        await users[won[0]].heard("call:accepted", callId);
        await tess.done("call:end", { callId });
        await users[won[0]].end(callId);
      }
      await cluster.settle();
      assert.equal(tess.seen.filter(([name]) => name === "call:incoming").length, 5);
    });
  });

  describe("PostgreSQL goes away and comes back", IN_ORDER, () => {
    const stage = useNodes({ settings: GRACE }), { cluster } = stage;

    it("calls across nodes go on, end once, and are billed once", async () => {
      const [ann, bob] = [await new Party(stage, "marketplace", 0).comeTo(0), await new Party(stage, "marketplace", 1).comeTo(1)];
      const [cat, dan] = [await new Party(stage, "peers", 0).comeTo(2), await new Party(stage, "peers", 1).comeTo(0)];
      const calls = [[ann, bob, await ann.talk(bob)], [cat, dan, await cat.talk(dan)]];
      await cluster.postgres.stop("SIGKILL");
      for (const [from, to, callId] of calls) {
        await from.done("call:end", { callId });
        assert.equal((await to.end(callId))[1].reason, "hangup");
      }
      await cluster.postgres.comeBack();
      await cluster.isReady();
      for (const [from, to, callId] of calls) {
        assert.equal((await isStored(cluster, callId, 15_000)).reason, "hangup");
        for (const party of [from, to]) party.assertToldOnce(callId);
        await from.done("call:end", { callId: await from.talk(to) });
      }
    });

    it("a node that was given up meanwhile joins again as soon as the database is back", async () => {
      const node = cluster.nodes[0], others = cluster.nodes.slice(1);
      node.freeze();
      const number = [...node.log.matchAll(/joined as node (\d+)/g)].at(-1)[1];
      await eventually(() => others.some(({ log }) => log.includes(`node ${number} is lost`)), "a node that is given up", TAKEN_MS);
      await cluster.postgres.stop("SIGKILL");
      node.thaw();
      await eventually(() => /cannot join again yet/.test(node.log), "a node that cannot join again", 30_000);
      await cluster.postgres.comeBack();
      await cluster.isReady();
      const [ann, bob] = [await new Party(stage, "marketplace", 0).comeTo(0), await new Party(stage, "marketplace", 1).comeTo(0)];
      await ann.done("call:end", { callId: await ann.talk(bob) });
    });
  });
});
