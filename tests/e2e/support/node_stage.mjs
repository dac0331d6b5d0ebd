// A cluster and phones at certain nodes of it. After each test the calls are over and the books are right.
import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { eventually } from "./deadline.mjs";
import { Cluster } from "./nodes.mjs";
import { Stage } from "./stage.mjs";
import { assertLedger, rows } from "./store.mjs";

// What holds of the database of every cluster at rest.
export async function assertAtRest(cluster, ms = 15_000) {
  const open = () => rows(cluster, "SELECT id, status FROM calls WHERE ended_at IS NULL");
  await eventually(() => open().length === 0, () => `calls that are over: ${JSON.stringify(open())}`, ms);
  assert.deepEqual(rows(cluster, "SELECT * FROM active_parties"), []);
  assertLedger(cluster);
  const bills = "SELECT call_id FROM ledger WHERE call_id IS NOT NULL GROUP BY call_id HAVING COUNT(*) <> 2";
  assert.deepEqual(rows(cluster, bills), [], "a call is billed once to each party");
  const ends = "SELECT call_id FROM call_events WHERE type IN ('COMPLETED', 'MISSED', 'CANCELLED', 'REJECTED') GROUP BY call_id HAVING COUNT(*) <> 1";
  assert.deepEqual(rows(cluster, ends), [], "a call has one end");
}

export function useNodes(options) {
  const cluster = new Cluster(options);
  const everywhere = new Stage(cluster);
  const stages = cluster.nodes.map((node) => {
    const stage = new Stage(node);
    stage.account = (...args) => everywhere.account(...args);
    return stage;
  });
  before(() => cluster.start());
  afterEach(async () => {
    cluster.network?.heal();
    for (const stage of [everywhere, ...stages]) stage.clear();
    await cluster.revive();
    await assertAtRest(cluster);
  });
  after(() => cluster.close());
  return { cluster, at: (node) => stages[node], account: (...args) => everywhere.account(...args) };
}
