// The server is killed right before and right after each kind of commit: before, nothing of it has happened and nobody
// was told; after, it is there although nobody was told. Needs a build with RINGBACK_FAILPOINTS, as the preset dev is.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { ring, talk } from "./support/calls.mjs";
import { eventually } from "./support/deadline.mjs";
import { befriend, pair, peer, talkPeers } from "./support/peers.mjs";
import { adminOf, Rest } from "./support/rest.mjs";
import { BINARY, isReference, RingbackServer } from "./support/server.mjs";
import { Stage } from "./support/stage.mjs";
import { assertLedger, callRow, ledger, rows } from "./support/store.mjs";

const candidates = isReference ? [] : [BINARY, fileURLToPath(new URL("../../build/dev/ringback", import.meta.url))];
const binary = candidates.find(
  (path) => existsSync(path) && spawnSync(path, ["--version"], { encoding: "utf8" }).stdout.includes("with failpoints"),
);
const skip = !binary && "no build with failpoints: ./dev unit makes one";

const count = (server, table, where = "1 = 1") => rows(server, `SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`)[0].n;
const forEver = new Promise(() => {}); // the server's end decides
const heard = (phone, event) => phone.seen.some(([name]) => name === event);

// What leads to each commit, and what is seen of it. `first` happens in a process before, `then` in the one that dies;
// `holds(server, isDone, said)` looks at what the next process found and what clients heard.
const FOUND_RINGING = {
  async first(stage) {
    const user = await stage.user(), tess = await stage.telecaller();
    return ring(user, tess);
  },
  then: () => {},
  holds: (server, _, { callId }) => {
    assert.equal(callRow(server, callId).status, "MISSED");
    assert.equal(count(server, "untold"), 2);
  },
};

const CASES = {
  migration: { then: () => {}, holds: (server) => assert.equal(count(server, "accounts"), 0) },
  // The steps in which a server takes over what the one before left.
  fencing: FOUND_RINGING,
  missing: FOUND_RINGING,
  "take-over": FOUND_RINGING,
  "handing-over": {
    async first(stage) {
      const user = await stage.user(), tess = await stage.telecaller();
      return talk(user, tess);
    },
    then: () => {},
    holds: (server, _, { callId }) => {
      const { status, lost_at } = callRow(server, callId);
      assert.equal(status, "ACCEPTED");
      assert.ok(lost_at > 0 && lost_at <= Date.now());
    },
  },
  account: {
    then: (stage) => stage.user(),
    holds: (server, isDone) => assert.equal(count(server, "accounts"), isDone ? 1 : 0),
  },
  opened: {
    async then(stage, said) {
      const user = (said.user = await stage.user()), tess = (said.tess = await stage.telecaller());
      await ring(user, tess);
    },
    holds(server, isDone, { user, tess }) {
      assert.equal(count(server, "calls", "status = 'MISSED' AND reason = 'server_lost'"), isDone ? 1 : 0);
      assert.ok(!heard(user, "call:ringing") && !heard(tess, "call:incoming"), "nobody has heard of it");
    },
  },
  answered: {
    async then(stage, said) {
      const user = (said.user = await stage.user()), tess = (said.tess = await stage.telecaller());
      await talk(user, tess);
    },
    holds(server, isDone, { user, tess }) {
      assert.equal(count(server, "calls", "status = 'ACCEPTED' AND lost_at IS NOT NULL"), isDone ? 1 : 0);
      assert.equal(count(server, "calls", "status = 'MISSED'"), isDone ? 0 : 1);
      assert.ok(!heard(user, "call:accepted") && !heard(tess, "call:accepted"), "nobody has heard of it");
    },
  },
  closed: {
    async then(stage, said) {
      const user = await stage.user(), tess = await stage.telecaller();
      said.callId = await talk(user, tess);
      await user.done("call:end", { callId: said.callId });
      await forEver;
    },
    holds(server, isDone, { callId }) {
      assert.equal(callRow(server, callId).status, isDone ? "COMPLETED" : "ACCEPTED");
      assert.equal(ledger(server, callId).length, isDone ? 2 : 0);
    },
  },
  resumed: {
    async first(stage) {
      const user = await stage.user(), tess = await stage.telecaller();
      return { user, tess, callId: await talk(user, tess) };
    },
    async then(stage, said, { user, tess }) {
      await stage.again(user);
      await stage.again(tess);
      await forEver;
    },
    holds(server, isDone, { callId }) {
      assert.equal(count(server, "call_events", "type = 'RESUMED'"), isDone ? 1 : 0);
      assert.ok(callRow(server, callId).lost_at, "lost again");
    },
  },
  "not-begun": {
    async then(stage) {
      const { ann, bob } = await pair(stage), eve = await peer(stage);
      await befriend(stage, bob, eve);
      await talkPeers(ann, bob);
      await eve.ask("call:request", { to: bob.id, callType: "AUDIO" });
      await forEver;
    },
    holds: (server, isDone) => assert.equal(count(server, "calls", "reason = 'busy'"), isDone ? 1 : 0),
  },
  relation: {
    async then(stage) {
      const ann = await peer(stage), bob = await peer(stage);
      await new Rest(stage.server, ann.account).put(`/contacts/${bob.id}`);
    },
    holds: (server, isDone) => assert.equal(count(server, "relations", "kind = 'CONTACT'"), isDone ? 1 : 0),
  },
  pair: {
    async then(stage) {
      const ann = await peer(stage), bob = await peer(stage);
      await adminOf(stage).put(`/accounts/${ann.id}/contacts/${bob.id}`);
    },
    holds: (server, isDone) => assert.equal(count(server, "relations", "kind = 'PAIR'"), isDone ? 2 : 0),
  },
  coins: {
    async then(stage) {
      await adminOf(stage).addCoins((await stage.user()).id, 50);
    },
    holds: (server, isDone) => assert.equal(count(server, "ledger", "amount = 50"), isDone ? 1 : 0),
  },
  untold: {
    async then(stage) {
      const user = await stage.user({ droppable: true }), tess = await stage.telecaller();
      await talk(user, tess);
      await user.drop();
      await tess.next("call:ended");
      await forEver;
    },
    holds: (server, isDone) => assert.ok(count(server, "untold") <= (isDone ? 1 : 0) && count(server, "calls") === 1),
  },
  told: {
    async first(stage) {
      const user = await stage.user(), tess = await stage.telecaller();
      await ring(user, tess);
      return { user };
    },
    async then(stage, said, { user }) {
      await stage.again(user);
      await forEver;
    },
    holds: (server, isDone) => assert.equal(count(server, "untold", "side = 'caller'"), isDone ? 0 : 1),
  },
  sessions: {
    async then(stage, said) {
      await peer(stage);
    },
    holds: (server, isDone) => assert.equal(count(server, "sessions"), isDone ? 1 : 0),
  },
  "session-expiry": {
    async then(stage) {
      const ann = await peer(stage, undefined, { droppable: true });
      await ann.drop();
      await forEver;
    },
    holds: (server) => assert.equal(count(server, "sessions"), 1),
  },
  stamp: {
    then: () => forEver,
    holds: (server) => assert.equal(count(server, "nodes", "number = 0 AND alive_at > 0"), 1),
  },
};

describe("killed at a commit", { skip, concurrency: 2 }, () => {
  for (const [what, { first, then, holds }] of Object.entries(CASES))
    for (const when of ["before", "after"])
      it(`${when} ${what}`, async () => {
        const server = new RingbackServer({ settings: { "calls.recovery_grace": "60s" }, binary });
        const stage = new Stage(server), said = {};
        try {
          if (first) {
            await server.start();
            const made = await first(stage);
            Object.assign(said, typeof made === "string" ? { callId: made } : made);
            await server.kill();
          }
          server.environment = { RINGBACK_FAILPOINT: `${when}:${what}` };
          const begin = first ? () => server.comeBack() : () => server.start();
          const played = (async () => {
            await begin();
            await then(stage, said, said);
          })().catch(() => {}); // what was asked is not answered
          await Promise.race([played, eventually(() => server.exit !== undefined, `the failpoint ${when}:${what}`, 20_000)]);
          assert.equal(await server.diesBySignal(), "SIGKILL", `the failpoint was reached\n${server.log.slice(-2000)}`);

          server.environment = {};
          await server.comeBack();
          assertLedger(server);
          holds(server, when === "after", said);
        } finally {
          for (const phone of Object.values(said)) phone?.close?.();
          await server.kill().catch(() => {});
          await server.close();
        }
      });
});
