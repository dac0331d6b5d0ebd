// All nodes are asked to end in the same moment, with calls under way whose parties are at different ones.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { ring, talk } from "./support/calls.mjs";
import { isSanitized, within } from "./support/deadline.mjs";
import { Cluster, noSuiteOnNodes } from "./support/nodes.mjs";
import { TRANSPORTS } from "./support/phone.mjs";
import { Stage } from "./support/stage.mjs";

// They take a tenth of a second; a node that cannot leave the cluster gives up after three.
const AT_ONCE_MS = isSanitized ? 20_000 : 2500;

describe("nodes that are asked to end at once", { skip: noSuiteOnNodes }, () => {
  const cluster = new Cluster(), stage = new Stage(cluster);
  before(() => cluster.start());
  afterEach(() => stage.clear());
  after(() => cluster.close());

  for (let round = 1; round <= 3; round++)
    it(`do so, having left the cluster: ${round}`, async () => {
      for (let i = 0; i < 6; i++) {
        const transport = TRANSPORTS[i % TRANSPORTS.length],
          pair = [await stage.user({ transport }), await stage.telecaller({ transport })];
        await (i % 2 ? talk : ring)(...pair);
      }
      cluster.terminate();
      assert.equal(await within(cluster.exited, () => `the end of all nodes:\n${cluster.log.slice(-6000)}`, AT_ONCE_MS), 0);
      assert.doesNotMatch(cluster.log, /could not be told/);
      stage.clear();
      await cluster.comeBack();
    });
});
