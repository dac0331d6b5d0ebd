// A rolling restart: SIGTERM to one node after the other while 200 calls are live, half of them between peers, whose
// clients come back by themselves to whichever node serves them. No call is dropped.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { RoundRobin } from "./support/round_robin.mjs";
import { eventually, isSanitized } from "./support/deadline.mjs";
import { assertAtRest } from "./support/node_stage.mjs";
import { Cluster, noSuiteOnNodes } from "./support/nodes.mjs";
import { EVERYONE } from "./support/peers.mjs";
import { Restless } from "./support/restless.mjs";
import { RovingPeer } from "./support/roving_peer.mjs";
import { Stage } from "./support/stage.mjs";
import { rows } from "./support/store.mjs";

const PAIRS = isSanitized ? 20 : 100; // of each kind
const LONG_MS = 30_000;
const KEEPS = { "calls.recovery_grace": "2m", "calls.reconnect_grace": "2m", "peer.reconnect_grace": "2m" };

describe(`a rolling restart under ${2 * PAIRS} calls`, { skip: noSuiteOnNodes }, () => {
  const cluster = new Cluster({ settings: { ...EVERYONE, ...KEEPS, "log.level": "warn" } });
  const accounts = new Stage(cluster);
  let balancer, users = [], peers = [];
  before(async () => {
    await cluster.start();
    balancer = await new RoundRobin(cluster.nodes).start();
  });
  after(async () => {
    for (const device of [...users, ...peers].flat()) device.close();
    await balancer?.stop();
    await cluster.close();
  });

  const inBatches = async (all, what) => {
    for (let i = 0; i < all.length; i += 20) await Promise.all(all.slice(i, i + 20).map(what));
  };

  it("drops none", { timeout: 180_000 }, async (t) => {
    const server = { url: balancer.url, get log() { return cluster.log; } };
    const make = (Device, roles, ...more) =>
      Array.from({ length: PAIRS }, () => roles.map((role) => new Device(server, accounts.account(role), ...more)));
    users = make(Restless, ["USER", "TELECALLER"], ["websocket"]);
    await Promise.all(users.flat().map((device) => device.connected()));
    peers = make(RovingPeer, ["USER", "USER"]);
    await Promise.all(peers.flat().map((device) => device.connected()));

    const calls = [];
    await inBatches(users, async ([user, tess]) => {
      const { callId } = await user.ask("call:initiate", { telecallerId: tess.id, callType: "AUDIO" });
      await eventually(() => tess.shows === callId, "a call that rings", LONG_MS);
      assert.ok((await tess.accept(callId)).ok);
      calls.push({ callId, from: user, hasEnded: () => tess.finals.has(callId) });
    });
    await inBatches(peers, async ([ann, bob]) => {
      const rings = new Promise((resolve) => bob.socket.once("call:incoming", resolve));
      const accepted = new Promise((resolve) => ann.socket.once("call:accepted", resolve));
      assert.ok((await ann.ask("call:request", { to: bob.id, callType: "AUDIO" })).ok);
      const { callId } = await rings;
      bob.takesPart(callId);
      assert.ok((await bob.ask("call:accept", { callId })).ok);
      await accepted;
      ann.takesPart(callId);
      calls.push({ callId, from: ann, hasEnded: () => Boolean(bob.ended) });
    });

    for (const node of cluster.nodes) {
      await balancer.restart(node);
      await cluster.isReady();
      await Promise.all(users.flat().map((device) => device.connected()));
      await Promise.all(peers.flat().map((peer) => peer.isBack()));
    }

    const live = new Set(rows(cluster, "SELECT id FROM calls WHERE status = 'ACCEPTED'").map(({ id }) => id));
    assert.deepEqual(calls.filter(({ callId }) => !live.has(callId)).map(({ callId }) => callId), [], "every call lives");
    assert.deepEqual(calls.filter(({ hasEnded }) => hasEnded()), [], "nobody was told of an end");
    await inBatches(calls, async ({ callId, from, hasEnded }) => {
      await eventually(async () => (await from.ask("call:end", { callId }))?.ok, `${callId} to be hung up`, LONG_MS);
      await eventually(hasEnded, `the other party of ${callId} to be told`, LONG_MS);
    });
    await assertAtRest(cluster);
    assert.deepEqual(users.flat().flatMap((device) => device.toldTwice()), [], "nobody was told twice");
    const reasons = rows(cluster, "SELECT reason, COUNT(*) AS calls FROM calls GROUP BY reason");
    assert.deepEqual(reasons, [{ reason: "hangup", calls: 2 * PAIRS }]);
    t.diagnostic(`${calls.length} calls through three restarts`);
  });
});
