// What becomes of calls, presence and money when a node, Redis or the database is lost: each party is told one outcome once,
// within the lease and a second.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { canTalkAgain, ring, talk } from "./support/calls.mjs";
import { delay, eventually, within } from "./support/deadline.mjs";
import { FlakyNetwork } from "./support/flaky_network.mjs";
import { Cluster, LEASE_MS, noCluster } from "./support/nodes.mjs";
import { greeted, EVERYONE, ringPeer, talkPeers } from "./support/peers.mjs";
import { Stage } from "./support/stage.mjs";
import { assertLedger, callRow, ledger, rows, timeline } from "./support/store.mjs";

// The lease, and the second in which the others act on its end; what a busy machine adds to that.
const SLACK_MS = Number(process.env.RINGBACK_SLACK_MS ?? 1500);
const TAKEN_MS = LEASE_MS + 1000 + SLACK_MS;
const STOPPED_MS = Number(process.env.RINGBACK_STOP_MS ?? 2 * LEASE_MS);

const KINDS = {
  marketplace: {
    caller: (stage, node) => stage.at(node).user(),
    callee: (stage, node) => stage.at(node).telecaller(),
    ring: (a, b) => ring(a, b),
    talk: (a, b) => talk(a, b),
    again: (stage, node, phone) => stage.at(node).again(phone),
    // Nothing to do: a device of the account that comes is in the call.
    resume: async () => {},
  },
  peers: {
    caller: async (stage, node) => greeted(await stage.at(node).phone(stage.account("USER", { name: "Ann" }), { namespace: "/" })),
    callee: async (stage, node) => greeted(await stage.at(node).phone(stage.account("USER", { name: "Bob" }), { namespace: "/" })),
    ring: (a, b) => ringPeer(a, b),
    talk: (a, b) => talkPeers(a, b),
    again: async (stage, node, phone) => greeted(await stage.at(node).again(phone, { namespace: "/" })),
    resume: (phone, callId) => phone.done("reconnect:attempt", { callId }),
  },
};

const told = (phone, callId) =>
  phone.seen.filter(([name, p]) => ["call:missed", "call:ended", "call:cancelled", "call:rejected"].includes(name) && p.callId === callId);

// Stages at certain nodes, with the accounts of one.
function useCluster(options) {
  const cluster = new Cluster(options);
  const all = new Stage(cluster);
  const stages = cluster.nodes.map((node) => {
    const stage = new Stage(node);
    stage.account = (...args) => all.account(...args);
    return stage;
  });
  before(() => cluster.start());
  afterEach(async () => {
    for (const stage of [all, ...stages]) stage.clear();
    await cluster.revive();
    await eventually(() => rows(cluster, "SELECT id FROM calls WHERE ended_at IS NULL").length === 0, "calls that are over", 15_000);
    assertLedger(cluster);
    const bills = rows(cluster, "SELECT call_id FROM ledger WHERE call_id IS NOT NULL GROUP BY call_id HAVING COUNT(*) <> 2");
    assert.deepEqual(bills, [], "every call is billed once to each party");
  });
  after(() => cluster.close());
  return { cluster, at: (node) => stages[node], account: (...args) => all.account(...args) };
}

for (const [kind, { caller, callee, ...act }] of Object.entries(KINDS))
  describe(`kill -9 of a node: ${kind}`, { skip: noCluster }, () => {
    const stage = useCluster({ settings: { ...EVERYONE, "calls.recovery_grace": "3s" } });
    const { cluster } = stage;

    async function killed(node) {
      await cluster.nodes[node].kill();
      return Date.now();
    }
    const outcome = (phone, name) => within(new Promise((resolve, reject) => {
      const look = () => {
        const found = phone.seen.find(([n]) => n === name);
        if (found) return resolve(found[1]);
        if (phone.socket.disconnected) return reject(new Error(`${phone.name} lost its connection`));
        setTimeout(look, 10);
      };
      look();
    }), `${name} at ${phone.name}`, TAKEN_MS);
    const once = async (callId, ...phones) => {
      await delay(300);
      for (const phone of phones) assert.ok(told(phone, callId).length <= 1, JSON.stringify(told(phone, callId)));
    };

    it("RINGING, the node of the caller, which is the home: MISSED, told to the callee", async () => {
      const a = await caller(stage, 0), b = await callee(stage, 1);
      const callId = await act.ring(a, b);
      const since = await killed(0);
      assert.equal((await outcome(b, "call:missed").catch(() => outcome(b, "call:cancelled"))).callId, callId);
      assert.ok(Date.now() - since < TAKEN_MS, `${Date.now() - since} ms`);
      const row = callRow(cluster, callId);
      assert.deepEqual([row.status, row.reason], ["MISSED", "server_lost"]);
      const back = await act.again(stage, 2, a);
      assert.equal((await back.next("call:missed")).callId, callId);
      await once(callId, back, b);
    });

    it("RINGING, the node of the callee: the caller is told of an outcome within the lease and a second", async () => {
      const a = await caller(stage, 0), b = await callee(stage, 1);
      const callId = await act.ring(a, b);
      const since = await killed(1);
      assert.equal((await outcome(a, "call:missed")).callId, callId);
      assert.ok(Date.now() - since < TAKEN_MS, `${Date.now() - since} ms`);
      assert.equal(callRow(cluster, callId).status, "MISSED");
      await once(callId, a);
    });

    it("ACCEPTED, the home: the call goes on with who comes back, and is billed once", async () => {
      const a = await caller(stage, 0), b = await callee(stage, 1);
      const callId = await act.talk(a, b);
      await killed(0);
      const back = await act.again(stage, 2, a);
      await eventually(() => timeline(cluster, callId).some(({ type }) => type === "LOST"), "that the loss is known", TAKEN_MS).catch(() => {});
      await eventually(async () => (await act.resume(back, callId).then(() => true, () => false)), "the way back", TAKEN_MS);
      await eventually(async () => {
        const answer = await back.ask("call:end", { callId });
        return answer.ok;
      }, "that the call can be ended", TAKEN_MS);
      assert.equal((await outcome(b, "call:ended")).callId, callId);
      await eventually(() => callRow(cluster, callId).status === "COMPLETED", "the record");
      await once(callId, b);
    });

    it("ACCEPTED, the home, and nobody comes back: it ends once, by server_lost", async () => {
      const a = await caller(stage, 0), b = await callee(stage, 1);
      const callId = await act.talk(a, b);
      await killed(0);
      b.hangUpConnection();
      const row = await eventually(() => {
        const now = callRow(cluster, callId);
        return now.ended_at && now;
      }, "its end", TAKEN_MS + 3000);
      assert.equal(row.status, "COMPLETED");
    });

    it("ACCEPTED, the node of the callee: the caller is told of the end or goes on", async () => {
      const a = await caller(stage, 0), b = await callee(stage, 1);
      const callId = await act.talk(a, b);
      await killed(1);
      const back = await act.again(stage, 2, b);
      await delay(LEASE_MS + 500);
      const answer = await back.ask("call:end", { callId });
      await eventually(() => callRow(cluster, callId).ended_at, "its end", TAKEN_MS);
      assert.equal(callRow(cluster, callId).status, "COMPLETED", JSON.stringify(answer));
      await eventually(() => told(a, callId).length === 1, "that the caller is told");
      await once(callId, a);
    });

    it("RINGING, both on the node that is lost: both are told when they come back", async () => {
      const a = await caller(stage, 0), b = await callee(stage, 0);
      const callId = await act.ring(a, b);
      await killed(0);
      await eventually(() => callRow(cluster, callId).status === "MISSED", "its end", TAKEN_MS);
      for (const phone of [a, b]) {
        const back = await act.again(stage, 1, phone);
        assert.equal((await back.next("call:missed")).callId, callId);
        await once(callId, back);
      }
    });

    it("presence is right within the lease and a second, and who was there is free again", async () => {
      const a = await caller(stage, 0), b = await callee(stage, 1);
      await killed(1);
      const isOffline = ([name, p]) =>
        (name === "telecaller:presence-changed" && p.telecallerId === b.id && p.presence === "OFFLINE") ||
        (name === "user:offline" && p.userId === b.id);
      await eventually(() => a.seen.some(isOffline), "OFFLINE", TAKEN_MS);
      const back = await act.again(stage, 2, b);
      const callId = await act.talk(a, Object.assign(back, {})).catch((error) => assert.fail(error));
      await a.done("call:end", { callId });
      assert.equal(a.seen.filter(isOffline).length, 1);
    });
  });
