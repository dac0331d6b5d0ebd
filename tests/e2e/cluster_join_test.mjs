// Who may be a node of a cluster: those whose Redis and database belong together.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { within } from "./support/deadline.mjs";
import { Cluster, Node, noCluster } from "./support/nodes.mjs";
import { PostgresServer } from "./support/postgres.mjs";

describe("joining a cluster", { skip: noCluster }, () => {
  const postgres = new PostgresServer();
  let cluster;
  before(async () => {
    await postgres.start();
    cluster = await new Cluster({ nodes: 1, settings: { "store.url": postgres.database() } }).start();
  });
  after(async () => {
    await cluster?.close();
    await postgres.close();
  });

  it("a node with another database ends in order, says why, and leaves the others alone", async () => {
    const stranger = new Node("stranger", { settings: { ...cluster.settings, "store.url": postgres.database() } });
    // It is never ready: the nodes do not agree with it.
    await assert.rejects(stranger.start(), /the server ended with 1 while starting/);
    assert.equal(await within(stranger.exited, "the end of the stranger"), 1);
    assert.match(stranger.log, /cluster\.redis_url: the nodes there work with another database than store\.url/);
    await cluster.isReady();
  });
});
