// Pairs in calls that exchange candidates while their connections are cut at random: order is kept, nothing is lost that
// the contract promises to keep, and no call is stuck.
//
// RINGBACK_STORM_SECONDS makes it longer (8 by default).
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { delay, eventually, isSanitized } from "./support/deadline.mjs";
import { figures, METRICS_SETTINGS } from "./support/metrics.mjs";
import { EVERYONE } from "./support/peers.mjs";
import { RovingPeer } from "./support/roving_peer.mjs";
import { RingbackServer } from "./support/server.mjs";
import { Stage } from "./support/stage.mjs";
import { rows } from "./support/store.mjs";

const PAIRS = isSanitized ? 30 : 200,
  SECONDS = Number(process.env.RINGBACK_STORM_SECONDS ?? 8),
  // Each way back may need two attempts, and an account has 5 a minute.
  MAX_CUTS = 2;

const without = { title: "without connection state recovery", settings: {} };
const recovered = { title: "with connection state recovery", settings: { "engine.recovery_window": "1m" } };

for (const { title, settings } of [without, recovered]) {
  describe(`${PAIRS} pairs exchange candidates while they lose their connections, ${title}`, () => {
    const server = new RingbackServer({
      settings: { ...METRICS_SETTINGS, ...EVERYONE, "server.shards": 2, ...settings },
    });
    const accounts = new Stage(server);
    let pairs = [];
    before(() => server.start());
    after(async () => {
      for (const peer of pairs.flat()) peer.close();
      await server.close();
    });

    async function talk([ann, bob]) {
      bob.socket.once("call:incoming", async ({ callId }) => {
        bob.takesPart(callId);
        bob.accepted = await bob.ask("call:accept", { callId });
      });
      const accepted = new Promise((resolve) => ann.socket.once("call:accepted", resolve));
      const answer = await ann.ask("call:request", { to: bob.id, callType: "AUDIO" });
      assert.equal(answer.ok, true, JSON.stringify(answer));
      ann.takesPart((await accepted).callId);
      await eventually(() => bob.accepted?.ok, "the acceptance", 20_000);
    }

    async function speak(peer, end) {
      while (Date.now() < end) {
        if (peer.isIn) await Promise.all([peer.say(), peer.say(), peer.say()]);
        await delay(250 * Math.random());
      }
    }

    async function cut(peer, end) {
      while (peer.cuts.length < MAX_CUTS) {
        await delay((SECONDS * 1000 * Math.random() * 2) / MAX_CUTS);
        if (Date.now() > end) return;
        await peer.lose();
      }
    }

    it("nothing is lost or out of order", { timeout: (SECONDS + 100) * 1000 }, async () => {
      pairs = Array.from({ length: PAIRS }, () =>
        ["Ann", "Bob"].map((name) => new RovingPeer(server, accounts.account("USER", { name }))),
      );
      const peers = pairs.flat();
      await Promise.all(peers.map((peer) => peer.connected()));
      await Promise.all(pairs.map(talk));
      const end = Date.now() + SECONDS * 1000;
      await Promise.all(peers.flatMap((peer) => [speak(peer, end), cut(peer, end - 500)]));
      await Promise.all(peers.map((peer) => peer.isBack()));

      // Behind all others comes a last one each, to which everybody listens.
      for (const [speaker, listener] of pairs.flatMap(([one, other]) => [
        [one, other],
        [other, one],
      ])) {
        const last = speaker.said.length;
        assert.equal((await speaker.say())?.ok, true);
        await eventually(() => listener.heard.at(-1) === last, "the last candidate");
        assert.deepEqual(
          listener.heard,
          [...new Set(listener.heard)].sort((one, other) => one - other),
          "in order and once",
        );
        const heard = new Set(listener.heard);
        // What was on its way to a connection that was being lost is gone with it, unless its state is recovered.
        const isExcused = ({ otherWasAway, acknowledgedAt }) =>
          settings !== recovered.settings && !otherWasAway && listener.cuts.some((at) => acknowledgedAt >= at);
        assert.deepEqual(
          speaker.said.flatMap((one, n) => (one.acknowledgedAt && !heard.has(n) && !isExcused(one) ? [{ n, ...one }] : [])),
          [],
          `lost of ${speaker.said.length}; ${JSON.stringify({ cuts: listener.cuts, failures: listener.failures })}`,
        );
        assert.ok(!listener.failures.includes("missedEvents"), "within the bounds");
      }
      const cuts = peers.reduce((sum, peer) => sum + peer.cuts.length, 0);
      assert.ok(cuts > PAIRS / 2, `${cuts} connections were cut`);
    });

    it("no call is stuck", async () => {
      assert.equal((await figures(server)).ringback_calls_active, PAIRS);
      for (const [ann, bob] of pairs) {
        assert.equal((await ann.ask("call:end", { callId: ann.callId }))?.ok, true);
        await eventually(() => bob.ended === "hangup", "the end");
      }
      assert.equal((await figures(server)).ringback_calls_active, 0);
      await eventually(
        () => rows(server, "SELECT * FROM calls WHERE status <> 'COMPLETED' OR reason <> 'hangup'").length === 0,
        "the last record",
      );
      assert.equal(rows(server, "SELECT * FROM calls").length, PAIRS);
    });
  });
}
