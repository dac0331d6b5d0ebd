// A node that the network cuts off from Redis, or from everything but its clients. No connection is refused or reset:
// packets vanish. The others take its calls over within the lease and a second, and it joins again when it is healed.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { delay, eventually, isSanitized, within } from "./support/deadline.mjs";
import { useNodes } from "./support/node_stage.mjs";
import { noCluster, notAskedForNodes } from "./support/nodes.mjs";
import { endsHeard, KINDS, Party } from "./support/party.mjs";
import { EVERYONE } from "./support/peers.mjs";
import { isInside, noPrivateNetwork, PrivateNetwork, runInside } from "./support/private_network.mjs";
import { callRow, ledger, timeline } from "./support/store.mjs";

const skip = noCluster || notAskedForNodes || noPrivateNetwork();
if (!skip && !isInside) runInside(import.meta.url);

const LEASE_MS = 4000; // longer than it takes a node to see that Redis is silent
// The lease, the second in which the others act on its end, and what a busy machine adds.
const TAKEN_MS = LEASE_MS + 1000 + (isSanitized ? 15_000 : 1500);
const GRACE = {
  ...EVERYONE,
  "cluster.lease": `${LEASE_MS}ms`,
  "calls.recovery_grace": "4s",
  "calls.reconnect_grace": "4s",
  "peer.reconnect_grace": "4s",
};

for (const kind of Object.keys(KINDS))
  describe(`a node is cut off: ${kind}`, { skip }, () => {
    const stage = useNodes({ settings: GRACE, network: skip ? null : new PrivateNetwork() }), { cluster } = stage;
    const { network, nodes, redis, postgres } = cluster;
    const pair = async (i, j) => [await new Party(stage, kind, 0).comeTo(i), await new Party(stage, kind, 1).comeTo(j)];
    const isStored = (callId, ms = TAKEN_MS) =>
      eventually(() => {
        const row = callRow(cluster, callId);
        return row?.ended_at && row;
      }, `the end of ${callId} in the store`, ms);
    const isClosed = (...parties) =>
      Promise.all(parties.map(({ phone }) => within(phone.closed, `closed transports of ${phone.name}`, TAKEN_MS)));
    // It is one of the cluster again, under another number: calls from and to there work.
    async function isBack(node) {
      network.heal();
      await eventually(() => nodes[node].log.includes("joining again under another number"), "a node that knows", TAKEN_MS);
      await cluster.isReady();
      const elsewhere = (node + 1) % 3;
      for (const [i, j] of [[node, elsewhere], [elsewhere, node]]) {
        const [ann, bob] = await pair(i, j), callId = await ann.talk(bob);
        await ann.done("call:end", { callId });
        await bob.heard("call:ended", callId);
      }
      await cluster.settle();
    }
    const offlineHeard = (phone, { id }) =>
      phone.seen.filter(
        ([name, p]) =>
          (name === "telecaller:presence-changed" && p.telecallerId === id && p.presence === "OFFLINE") ||
          (name === "user:offline" && p.userId === id),
      ).length;

    it("from Redis, RINGING, the home: MISSED, told once to each", async () => {
      const [ann, bob] = await pair(0, 1), callId = await ann.ring(bob);
      network.cut(nodes[0], redis);
      assert.equal((await bob.end(callId, TAKEN_MS))[1].reason, "server_lost");
      await isClosed(ann);
      await ann.comeTo(2);
      assert.equal((await ann.heard("call:missed", callId)).reason, "server_lost");
      await ann.done("call:end", { callId: await ann.talk(bob) });
      await isBack(0);
      for (const party of [ann, bob]) party.assertToldOnce(callId);
      assert.equal((await isStored(callId)).status, "MISSED");
    });

    it("from Redis, RINGING, the callee's: its last device is gone, and the caller is told once", async () => {
      const [ann, bob] = await pair(0, 1), callId = await ann.ring(bob);
      network.cut(nodes[1], redis);
      assert.equal((await ann.end(callId, TAKEN_MS))[0], "call:missed");
      await isClosed(bob);
      await bob.comeTo(2);
      await ann.done("call:end", { callId: await ann.talk(bob) });
      await isBack(1);
      for (const party of [ann, bob]) party.assertToldOnce(callId);
    });

    for (const [who, node] of [["the home", 0], ["the callee's", 1]])
      it(`from Redis, ACCEPTED, ${who}: goes on with who comes back, and is billed once`, async () => {
        const [ann, bob] = await pair(0, 1), callId = await ann.talk(bob);
        network.cut(nodes[node], redis);
        const [gone, stays] = node ? [bob, ann] : [ann, bob];
        await isClosed(gone);
        await gone.comeTo(2);
        await gone.resume(callId, TAKEN_MS);
        await eventually(async () => (await stays.ask("call:end", { callId })).ok, "a call that goes on", TAKEN_MS);
        await gone.heard("call:ended", callId);
        assert.equal((await isStored(callId)).reason, "hangup");
        await isBack(node);
        for (const party of [ann, bob]) party.assertToldOnce(callId);
        if (kind === "marketplace") assert.equal(ledger(cluster, callId).length, 2);
      });

    it("from Redis, ACCEPTED, the home, and nobody comes back: COMPLETED as server_lost", async () => {
      const [ann, bob] = await pair(0, 1), callId = await ann.talk(bob);
      network.cut(nodes[0], redis);
      await isClosed(ann);
      const row = await isStored(callId, TAKEN_MS + 5000);
      assert.deepEqual([row.status, row.reason], ["COMPLETED", "server_lost"]);
      await bob.end(callId);
      await isBack(0);
      bob.assertToldOnce(callId);
    });

    for (const [act, begin, status] of [["call:cancel", "ring", "CANCELLED"], ["call:end", "talk", "COMPLETED"]])
      it(`from Redis, the home, where ${act} comes in: the other party is told of that end`, async () => {
        const [ann, bob] = await pair(0, 1), callId = await ann[begin](bob);
        network.cut(nodes[0], redis);
        await ann.done(act, { callId });
        assert.equal((await isStored(callId)).status, status);
        await bob.end(callId, TAKEN_MS);
        const cat = await new Party(stage, kind, 0).comeTo(2);
        await cat.done("call:end", { callId: await cat.talk(bob) }); // bob is free
        await isBack(0);
        for (const party of [ann, bob]) party.assertToldOnce(callId);
      });

    it("from Redis: presence is right within the lease and a second, and is told once", async () => {
      const [ann, bob] = await pair(0, 1);
      network.cut(nodes[1], redis);
      await eventually(() => offlineHeard(ann, bob), "OFFLINE", TAKEN_MS);
      await isClosed(bob);
      await bob.comeTo(2);
      await ann.done("call:end", { callId: await ann.talk(bob) });
      await isBack(1);
      assert.equal(offlineHeard(ann, bob), 1);
    });

    it("from Redis for less than the lease: nothing is lost, and nobody is taken over", async () => {
      const losses = () => cluster.log.match(/node [1-9]\d* is lost|joining again/g)?.length, before = losses();
      const calls = [await pair(0, 1), await pair(1, 0)];
      for (const call of calls) call.callId = await call[0].talk(call[1]);
      network.cut(nodes[0], redis);
      await delay(LEASE_MS / 4);
      for (const { 0: caller, callId } of calls) caller.phone.emit("call:end", { callId });
      await delay(LEASE_MS / 4);
      network.heal();
      for (const { 1: callee, callId } of calls) assert.equal((await callee.end(callId))[1].reason, "hangup");
      await cluster.isReady();
      for (const [caller, callee] of calls) await caller.done("call:end", { callId: await caller.talk(callee) });
      await cluster.settle();
      for (const call of calls) for (const party of call) party.assertToldOnce(call.callId);
      assert.equal(losses(), before, "no node was given up");
    });

    // What the node is told by its clients while it is alone rests, and counts for nothing when it hears that it was lost.
    for (const [which, healFirst] of [["at once", null], ["to Redis first", redis], ["to PostgreSQL first", postgres]])
      it(`from everything but its clients, and healed ${which}: its late writes are kept out`, async () => {
        const [ann, bob] = await pair(0, 1), ringing = await ann.ring(bob);
        const [cat, dan] = await pair(0, 1), accepted = await cat.talk(dan);
        network.cut(nodes[0], redis, postgres);
        assert.equal((await bob.end(ringing, TAKEN_MS))[1].reason, "server_lost");
        for (const { phone } of [ann, cat]) assert.ok(phone.socket.connected, "its clients are there");
        ann.phone.emit("call:cancel", { callId: ringing });
        cat.phone.emit("call:end", { callId: accepted });
        assert.equal((await dan.end(accepted, TAKEN_MS + 5000))[1].reason, "server_lost");
        assert.deepEqual([endsHeard(ann, ringing), endsHeard(cat, accepted)], [[], []], "nothing is decided there");
        if (healFirst) {
          network.heal(nodes[0], healFirst);
          await delay(1500);
        }
        network.heal();
        await isClosed(ann, cat);
        await isBack(0);
        await ann.comeTo(0);
        assert.equal((await ann.heard("call:missed", ringing)).reason, "server_lost");
        await cat.comeTo(2);
        await cat.end(accepted);
        for (const [callId, status, ...parties] of [[ringing, "MISSED", ann, bob], [accepted, "COMPLETED", cat, dan]]) {
          const row = callRow(cluster, callId);
          assert.deepEqual([row.status, row.reason], [status, "server_lost"]);
          assert.equal(timeline(cluster, callId).at(-1).type, status);
          for (const party of parties) party.assertToldOnce(callId);
        }
        await ann.done("call:end", { callId: await ann.talk(bob) });
        await cat.done("call:end", { callId: await cat.talk(dan) });
      });
  });
