// kill -9 at random moments under load, again and again: no call that a client heard of is lost, none ends twice, and the
// ledger is right after each. RINGBACK_CRASH_ROUNDS plays more rounds than the few of every day.
import assert from "node:assert/strict";
import { it } from "node:test";
import { crash } from "./support/comeback.mjs";
import { delay, eventually, isSanitized } from "./support/deadline.mjs";
import { EVERYONE } from "./support/peers.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { assertLedger, rows } from "./support/store.mjs";

const ROUNDS = Number(process.env.RINGBACK_CRASH_ROUNDS) || (isSanitized ? 3 : 8);
const PAIRS = 12;
const FINAL = ["COMPLETED", "REJECTED", "MISSED", "CANCELLED"];
const skip = isReference && "the reference keeps nothing";
const stage = useServer({ settings: { ...EVERYONE, "calls.recovery_grace": "60s" } });

// The transports close without a word when the server is killed: what a phone then waits for never comes.
const lost = (phone) => phone.closed.then(() => Promise.reject(new Error("lost")));
const sure = (phone, promise) => Promise.race([promise, lost(phone)]);
const heardOf = (phone, event) => sure(phone, new Promise((resolve) => phone.socket.once(event, resolve)));

it(`kill -9 under load, ${ROUNDS} times`, { skip, timeout: 60_000 + ROUNDS * 10_000 }, async (t) => {
  const server = stage.server, heard = new Map(); // callId → what was heard of it last
  const accounts = Array.from({ length: PAIRS }, (_, i) => ({
    user: stage.account("USER", { name: `Uma ${i}` }),
    tess: stage.account("TELECALLER", { name: `Tess ${i}` }),
    isOfPeers: i % 4 === 3,
  }));
  for (const pair of accounts) if (pair.isOfPeers) pair.tess.role = "USER";

  const figures = { rung: 0, accepted: 0, survived: 0, missed: 0 };
  for (let round = 1; round <= ROUNDS; round++) {
    const active = new Map(rows(server, "SELECT id, caller_id, status FROM calls WHERE ended_at IS NULL").map((row) => [row.caller_id, row]));
    let isKilled = false;
    const loops = accounts.map(async (pair) => {
      try {
        await play(pair, active.get(pair.user.id));
      } catch (error) {
        if (!isKilled) throw error;
      }
    });
    await Promise.race([delay(200 + Math.random() * 1000), ...loops]);
    isKilled = true;
    await crash(server);
    await Promise.all(loops);
    check(round);
    stage.clear({ keepsAccounts: true });
  }
  t.diagnostic(JSON.stringify(figures));
  assert.ok(figures.accepted > ROUNDS, "there was a load");

  // One pair calls, answers and hangs up until the server is gone. A call of the round before goes on first.
  async function play({ user, tess, isOfPeers }, left) {
    const namespace = isOfPeers ? { namespace: "/" } : {};
    const [a, b] = await Promise.all([stage.phone(user, namespace), stage.phone(tess, namespace)]);
    a.closed.catch(() => {});
    const note = (callId, what) => heard.set(callId, what);
    if (isOfPeers) await Promise.all([a, b].map((phone) => sure(phone, eventually(() => phone.seen.some(([name]) => name === "user:list"), "a greeting"))));
    if (left?.status === "ACCEPTED") {
      if (isOfPeers)
        for (const phone of [a, b]) {
          const back = await sure(phone, phone.ask("reconnect:attempt", { callId: left.id }));
          assert.equal(back.ok, true, JSON.stringify(back));
        }
      await sure(a, delay(Math.random() * 100));
      const answer = await sure(a, a.ask("call:end", { callId: left.id }));
      assert.equal(answer.ok, true, `a call that survived is hung up: ${JSON.stringify(answer)}`);
      figures.survived++;
      note(left.id, "ended");
    }
    for (;;) {
      const incoming = heardOf(b, "call:incoming"), accepted = heardOf(a, "call:accepted"), ended = heardOf(b, "call:ended");
      for (const each of [incoming, accepted, ended]) each.catch(() => {});
      const wanted = isOfPeers ? ["call:request", { to: tess.id }] : ["call:initiate", { telecallerId: tess.id }];
      a.socket.once("call:ringing", ({ callId }) => heard.get(callId) ?? note(callId, "ringing"));
      const asked = await sure(a, a.ask(wanted[0], { ...wanted[1], callType: "AUDIO" }));
      assert.equal(asked.ok, true, JSON.stringify(asked));
      figures.rung++;
      const { callId } = await incoming;
      if (Math.random() < 0.15) {
        await sure(a, a.ask("call:cancel", { callId }));
        note(callId, "cancelled");
        continue;
      }
      b.emit("call:accept", { callId });
      await accepted;
      note(callId, "accepted");
      figures.accepted++;
      if (Math.random() < 0.5) await sure(a, delay(Math.random() * 200));
      a.emit("call:end", { callId });
      await ended;
      note(callId, "ended");
    }
  }

  function check(round) {
    assertLedger(server);
    const stored = new Map(rows(server, "SELECT id, status, reason, accepted_at FROM calls").map((row) => [row.id, row]));
    for (const [callId, what] of heard) {
      const row = stored.get(callId);
      assert.ok(row, `round ${round}: the call that was ${what} is there`);
      assert.ok(FINAL.includes(row.status) || row.status === "ACCEPTED", `round ${round}: ${callId} is ${row.status}`);
      if (what === "accepted") assert.ok(row.accepted_at, `round ${round}: ${callId} was accepted, and is ${row.status}`);
      if (FINAL.includes(row.status)) heard.delete(callId);
    }
    figures.missed = [...stored.values()].filter(({ reason }) => reason === "server_lost").length;
  }
});
