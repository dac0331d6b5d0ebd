// SIGTERM (contract, section 6, promise 4): no new calls, time for those that there are, transports closed a few at a time.
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { canTalkAgain, ring, talk } from "./support/calls.mjs";
import { FAITHFUL, isBack, over, restart } from "./support/comeback.mjs";
import { delay, eventually, isSanitized, within } from "./support/deadline.mjs";
import { pair, peer, talkPeers } from "./support/peers.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { assertLedger, callRow, timeline } from "./support/store.mjs";

const skip = isReference && "the reference keeps nothing";
const READY_MS = isSanitized ? 20_000 : 2000;

// The server was asked to end, and says so to who asks.
async function drains(server) {
  server.terminate();
  await eventually(async () => (await fetch(`${server.url}/readyz`)).status === 503, "/readyz that says 503");
}

describe("SIGTERM while people talk", { skip }, () => {
  const stage = useServer({ settings: { "calls.drain_timeout": "30s", "calls.recovery_grace": "1s" } });
  afterEach(async () => {
    if (stage.server.exit !== undefined) await stage.server.comeBack();
    assertLedger(stage.server);
  });

  it("refuses new calls, takes connections, lets the calls go on, and ends with the last of them", async () => {
    const user = await stage.user(), tess = await stage.telecaller();
    const ringing = await ring(user, tess), tina = await stage.telecaller();
    const { ann, bob } = await pair(stage), peers = await talkPeers(ann, bob);
    await drains(stage.server);
    const late = await stage.user(); // connects
    const refused = await late.ask("call:initiate", { telecallerId: tina.id, callType: "AUDIO" });
    assert.deepEqual(refused.error, { code: "INTERNAL", message: "Something went wrong. Please try again." });
    assert.equal((await late.next("call:error")).code, "INTERNAL");

    tess.emit("call:accept", { callId: ringing });
    await tess.next("call:accepted");
    await user.next("call:accepted");
    await ann.done("call:end", { callId: peers });
    await delay(200);
    assert.equal(stage.server.exit, undefined, "a call is left");
    await user.done("call:end", { callId: ringing });
    await tess.next("call:ended");
    assert.match(await within(tess.closed, "a transport that is closed"), /^transport (close|error)$/);
    assert.equal(await within(stage.server.exited, "the end of the server"), 0);
    assert.equal(callRow(stage.server, ringing).reason, "hangup");
  });

  it("without calls it ends at once, and says goodbye to nobody", async () => {
    const phones = [];
    for (const transport of ["websocket", "polling"]) phones.push(await stage.user({ transport }), await stage.telecaller({ transport }));
    const before = Date.now();
    await stage.server.stop();
    assert.ok(Date.now() - before < READY_MS, `${Date.now() - before} ms`);
    for (const phone of phones) assert.match(await phone.closed, /^transport (close|error)$/);
  });

  it("a second signal ends it at once; what was ACCEPTED stays so", async () => {
    const user = await stage.user(), tess = await stage.telecaller(), callId = await talk(user, tess);
    await drains(stage.server);
    const before = Date.now();
    await stage.server.stop();
    assert.ok(Date.now() - before < READY_MS, `${Date.now() - before} ms`);
    assert.equal(callRow(stage.server, callId).status, "ACCEPTED");
    assert.match(stage.server.log, /another signal/);
  });
});

describe("SIGTERM when calls.drain_timeout is over", { skip }, () => {
  const stage = useServer({ settings: { "calls.drain_timeout": "300ms" } });
  afterEach(() => assertLedger(stage.server));

  it("what is ACCEPTED goes on with the next server, whose clients come back by themselves, and is billed through", async () => {
    const user = await stage.user(FAITHFUL), tess = await stage.telecaller(FAITHFUL), callId = await talk(user, tess);
    await delay(1100); // longer ago than what may not have been told
    const before = Date.now();
    await restart(stage.server);
    assert.ok(Date.now() - before < READY_MS, `${Date.now() - before} ms`);
    await isBack(user, tess);
    await eventually(() => timeline(stage.server, callId).some(({ type }) => type === "RESUMED"), "that it goes on");
    await delay(1000);
    const { durationInSeconds } = await user.done("call:end", { callId });
    assert.equal((await tess.next("call:ended")).durationInSeconds, durationInSeconds);
    const row = await over(stage.server, callId);
    assert.ok(Math.abs(durationInSeconds - (row.ended_at - row.accepted_at) / 1000) <= 1);
    assert.ok(durationInSeconds >= 2, "before, between and after");
    user.assertNothingElse();
    await canTalkAgain(user, tess);
  });

  it("what nobody comes back to ended with the server", async () => {
    stage.server.settings["calls.recovery_grace"] = "500ms";
    const user = await stage.user(), tess = await stage.telecaller(), callId = await talk(user, tess);
    await stage.server.stop();
    const stoppedAt = Date.now();
    await delay(1000);
    await stage.server.comeBack();
    const row = await over(stage.server, callId);
    assert.deepEqual([row.status, row.reason], ["COMPLETED", "server_lost"]);
    assert.ok(row.ended_at <= stoppedAt && row.ended_at >= stoppedAt - 2000, "its last sign of life was its end");
    delete stage.server.settings["calls.recovery_grace"];
  });

  it("what rang is MISSED, and told to who comes back", async () => {
    const user = await stage.user(FAITHFUL), tess = await stage.telecaller(FAITHFUL), callId = await ring(user, tess);
    await restart(stage.server);
    for (const phone of [user, tess]) assert.deepEqual(await phone.next("call:missed"), { callId, reason: "server_lost" });
    assert.equal(callRow(stage.server, callId).reason, "server_lost");
  });

  it("peers come back with their session tokens", async () => {
    const { ann, bob } = await pair(stage), callId = await talkPeers(ann, bob);
    await restart(stage.server);
    for (const phone of [ann, bob]) {
      const back = await peer(stage, phone.account);
      const { call } = await back.done("reconnect:attempt", { sessionToken: phone.welcome.sessionToken });
      assert.equal(call.callId, callId);
    }
    await eventually(() => timeline(stage.server, callId).some(({ type }) => type === "RESUMED"), "that it goes on");
  });
});

describe("calls.drain_timeout = 0", { skip }, () => {
  const stage = useServer({ settings: { "calls.drain_timeout": 0 } });

  it("ends at once and leaves the calls to the next server", async () => {
    const user = await stage.user(), tess = await stage.telecaller(), callId = await talk(user, tess);
    const before = Date.now();
    await stage.server.stop();
    assert.ok(Date.now() - before < READY_MS, `${Date.now() - before} ms`);
    assert.equal(callRow(stage.server, callId).status, "ACCEPTED");
    await stage.server.comeBack();
  });
});

describe("the transports of many clients", { skip }, () => {
  const stage = useServer({ settings: { "server.shards": 1 } });

  it("are closed one after the other, and the server ends after the last", async () => {
    const phones = await Promise.all(Array.from({ length: 200 }, () => stage.user()));
    const closedAt = phones.map(({ closed }) => closed.then(() => Date.now()));
    await stage.server.stop();
    const times = await Promise.all(closedAt);
    const spread = Math.max(...times) - Math.min(...times);
    assert.ok(spread >= 300 && spread < 4000, `${spread} ms from the first to the last`);
    await stage.server.comeBack();
  });
});
