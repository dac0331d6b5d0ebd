// The deadline of a call that rings passes while its home, which watches it, says nothing, and long before its lease is
// over: another node ends the ring, and when the home is heard again nobody is told a second time.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventually, isSanitized } from "./support/deadline.mjs";
import { useNodes } from "./support/node_stage.mjs";
import { noCluster, notAskedForNodes } from "./support/nodes.mjs";
import { KINDS, Party } from "./support/party.mjs";
import { EVERYONE } from "./support/peers.mjs";
import { isInside, noPrivateNetwork, PrivateNetwork, runInside } from "./support/private_network.mjs";
import { callRow } from "./support/store.mjs";

const skip = noCluster || notAskedForNodes;
const noNetwork = skip || noPrivateNetwork();
if (!noNetwork && !isInside) runInside(import.meta.url);

const RING_MS = 2000;
const LEASE_MS = 12_000;
// The second after which the others look, the time that the home is given to say it, and what a busy machine adds.
const SILENT_MS = RING_MS + 1000 + 5000 + (isSanitized ? 15_000 : 1500);

for (const kind of Object.keys(KINDS))
  describe(`the deadline of a ring: ${kind}`, { skip }, () => {
    const settings = { ...EVERYONE, "calls.ring_timeout": `${RING_MS}ms`, "cluster.lease": `${LEASE_MS}ms` };
    const stage = useNodes({ settings, network: noNetwork ? null : new PrivateNetwork() }), { cluster } = stage;
    const [home] = cluster.nodes;
    const pair = async (i, j) => [await new Party(stage, kind, 0).comeTo(i), await new Party(stage, kind, 1).comeTo(j)];

    for (const [what, falls, getsUp, noSuch] of [
      ["stands still", () => home.freeze(), () => home.thaw(), false],
      ["is cut off from Redis", () => cluster.network.cut(home, cluster.redis), () => cluster.network.heal(), noNetwork],
      ["is killed", () => home.kill(), () => home.comeBack(), false],
    ])
      it(`passes while the home ${what}: the callee stops ringing, and each is told once`, { skip: noSuch }, async () => {
        const [ann, bob] = await pair(0, 1), callId = await ann.ring(bob);
        await falls();
        try {
          const [name, { reason }] = await bob.end(callId, SILENT_MS);
          assert.deepEqual([name, reason], ["call:missed", "timeout"]);
        } finally {
          await getsUp();
        }
        await cluster.isReady();
        if (what === "is killed") await ann.comeTo(2);
        assert.equal((await ann.heard("call:missed", callId, LEASE_MS)).reason, "timeout");
        const again = await ann.ring(bob); // both are free, and what was on its way has arrived
        await ann.done("call:cancel", { callId: again });
        await eventually(() => callRow(cluster, again).ended_at, "the end in the store");
        await cluster.settle();
        for (const party of [ann, bob]) party.assertToldOnce(callId);
        assert.equal(callRow(cluster, callId).reason, "timeout");
      });
  });
