// kill -9, and what the next process makes of the calls (contract, section 6, promise 3).
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { canTalkAgain, ring, talk } from "./support/calls.mjs";
import { crash, over } from "./support/comeback.mjs";
import { delay, eventually } from "./support/deadline.mjs";
import { assertRefused } from "./support/expect.mjs";
import { pair, peer, peerAgain, ringPeer, talkPeers } from "./support/peers.mjs";
import { nothingElse } from "./support/phone.mjs";
import { adminOf } from "./support/rest.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { assertLedger, callRow, ledger, rows, timeline } from "./support/store.mjs";
import { verified } from "./support/tokens.mjs";

const skip = isReference && "the reference keeps nothing";
const SECOND_MS = 1000;

// The times of a row that was billed through: what it lasted is what passed between them, the outage too.
function assertBilled(row) {
  const seconds = (row.ended_at - row.accepted_at) / SECOND_MS;
  assert.ok(Math.abs(row.duration_s - seconds) <= 1, `${row.duration_s} s, and ${seconds} s have passed`);
  assert.deepEqual([row.coins_spent, row.coins_earned], [row.duration_s * row.user_rate, row.duration_s * row.telecaller_rate]);
}

describe("a call that rang when its server was killed", { skip }, () => {
  const stage = useServer();
  afterEach(() => assertLedger(stage.server));

  it("is MISSED, and each party that comes is told so once", async () => {
    const user = await stage.user(), tess = await stage.telecaller();
    const callId = await ring(user, tess);
    await crash(stage.server);
    const row = callRow(stage.server, callId);
    assert.deepEqual([row.status, row.reason, row.accepted_at], ["MISSED", "server_lost", null]);
    assert.deepEqual(timeline(stage.server, callId).map(({ type }) => type), ["RINGING", "MISSED"]);
    const [back, tessBack] = [await stage.again(user), await stage.again(tess)];
    for (const phone of [back, tessBack])
      assert.deepEqual(await phone.next("call:missed"), { callId, reason: "server_lost" });
    const second = await stage.again(user);
    await nothingElse(back, tessBack, second);
    await canTalkAgain(back, tessBack);
  });

  it("is told to who comes after another crash, and not twice", async () => {
    const user = await stage.user(), tess = await stage.telecaller();
    const callId = await ring(user, tess);
    await crash(stage.server);
    const back = await stage.again(user);
    await back.next("call:missed");
    await eventually(() => rows(stage.server, "SELECT * FROM untold").length === 1, "that it was told");
    await crash(stage.server);
    const again = await stage.again(user), tessBack = await stage.again(tess);
    assert.equal((await tessBack.next("call:missed")).callId, callId);
    await nothingElse(again, tessBack);
  });

  it("is missed between peers too", async () => {
    const { ann, bob } = await pair(stage);
    const callId = await ringPeer(ann, bob);
    await crash(stage.server);
    for (const phone of [await peerAgain(stage, ann), await peerAgain(stage, bob)]) {
      assert.equal(phone.welcome.call, null);
      assert.equal((await phone.next("call:missed")).callId, callId);
    }
  });
});

describe("a call that was ACCEPTED when its server was killed", { skip }, () => {
  const stage = useServer({
    settings: { "livekit.url": "ws://127.0.0.1:9", "livekit.api_key": "key", "livekit.api_secret": "a secret of the media server" },
  });
  afterEach(() => assertLedger(stage.server));

  // The pair talks for longer than what a crash may leave untold, so that nobody is told again.
  async function talkForAWhile() {
    const user = await stage.user(), tess = await stage.telecaller();
    const callId = await talk(user, tess);
    await eventually(() => {
      const { alive_at } = rows(stage.server, "SELECT alive_at FROM nodes")[0];
      return alive_at - callRow(stage.server, callId).accepted_at > SECOND_MS;
    }, "a sign of life after the acceptance", 10_000);
    return { user, tess, callId };
  }

  it("goes on when both parties connect again, and is billed through", async () => {
    const { user, tess, callId } = await talkForAWhile();
    await crash(stage.server);
    assert.ok(callRow(stage.server, callId).lost_at, "it is known since when");
    const back = await stage.again(user), tessBack = await stage.again(tess);
    await nothingElse(back, tessBack);
    await eventually(() => callRow(stage.server, callId).lost_at === null, "that it goes on");
    assert.deepEqual(timeline(stage.server, callId).map(({ type }) => type), ["RINGING", "ACCEPTED", "RESUMED"]);
    await delay(SECOND_MS); // whole seconds are billed
    const answer = await back.done("call:end", { callId });
    const ended = await tessBack.next("call:ended");
    assert.deepEqual([ended.reason, ended.durationInSeconds], ["hangup", answer.durationInSeconds]);
    const row = await over(stage.server, callId);
    assert.equal(row.duration_s, answer.durationInSeconds);
    assertBilled(row);
    assert.equal(ledger(stage.server, callId).length, 2);
    await canTalkAgain(back, tessBack);
  });

  it("keeps its parties ON_CALL: neither can be in another one", async () => {
    const user = await stage.user(), tess = await stage.telecaller();
    await talk(user, tess);
    await crash(stage.server);
    const other = await stage.user();
    const { telecallers } = await other.done("presence:list");
    assert.equal(telecallers.find(({ _id }) => _id === tess.id).presence, "ON_CALL");
    assertRefused(
      await other.ask("call:initiate", { telecallerId: tess.id, callType: "AUDIO" }),
      "CALLEE_BUSY",
      "Tess is busy on another call. Please try again later.",
    );
    const tina = await stage.telecaller({}, { name: "Tina" }), back = await stage.again(user);
    const answer = await back.ask("call:initiate", { telecallerId: tina.id, callType: "AUDIO" });
    assert.equal(answer.error.code, "ALREADY_IN_CALL");
  });

  it("is told again to its parties when the crash may have come before they heard of it", async () => {
    const user = await stage.user(), tess = await stage.telecaller();
    const callId = await talk(user, tess);
    await crash(stage.server);
    const back = await stage.again(user), tessBack = await stage.again(tess);
    for (const phone of [back, tessBack]) assert.equal((await phone.next("call:accepted")).callId, callId);
    await nothingElse(back, tessBack);
  });

  it("belongs to all devices of an account until one of them acts on it", async () => {
    const { user, tess, callId } = await talkForAWhile();
    await crash(stage.server);
    const [back, one, other] = [await stage.again(user), await stage.again(tess), await stage.again(tess)];
    await eventually(() => callRow(stage.server, callId).lost_at === null, "that it goes on");
    one.close();
    const third = await stage.again(tess);
    await nothingElse(back, other, third);
    assert.equal(callRow(stage.server, callId).status, "ACCEPTED", "another device was there");
    const { livekit } = await other.done("call:refresh-token", { callId });
    const claims = verified(livekit.token, "a secret of the media server");
    assert.deepEqual([claims.sub, claims.video.room], [tess.id, callId]);
    assert.equal((await third.ask("call:refresh-token", { callId })).error.code, "CALL_NOT_ACTIVE");
    third.close();
    await nothingElse(back, other);
    other.close();
    assert.equal((await back.next("call:ended")).reason, "callee_disconnected");
  });

  it("is hung up by who is back, at the price of before", async () => {
    const { user, callId } = await talkForAWhile();
    const killedAt = await crash(stage.server);
    await delay(SECOND_MS);
    const back = await stage.again(user);
    const answer = await back.done("call:end", { callId });
    const row = await over(stage.server, callId);
    assert.deepEqual([row.reason, row.duration_s], ["hangup", answer.durationInSeconds]);
    assert.ok(row.ended_at <= killedAt, "the outage costs nothing");
    assertBilled(row);
  });

  it("goes on between peers after reconnect:attempt with the token of before, which is good once", async () => {
    const { ann, bob } = await pair(stage);
    const callId = await talkPeers(ann, bob);
    await delay(SECOND_MS + 100);
    await crash(stage.server);
    const annBack = await peerAgain(stage, ann);
    assert.deepEqual([annBack.welcome.call.callId, annBack.welcome.call.status], [callId, "ACCEPTED"]);
    const resumed = await annBack.done("reconnect:attempt", { sessionToken: ann.welcome.sessionToken });
    assert.deepEqual([resumed.call.callId, resumed.call.role], [callId, "caller"]);
    await annBack.next("reconnect:success");
    const told = async (name) => (await events(annBack)).filter((event) => event.name === name).length;
    await eventually(() => told("call:reconnecting"), "that bob is away");
    assert.equal(await told("call:reconnecting"), 1);
    const again = await annBack.ask("reconnect:attempt", { sessionToken: ann.welcome.sessionToken });
    assert.equal(again.error.code, "SESSION_UNKNOWN");

    const bobBack = await peerAgain(stage, bob);
    const byId = await bobBack.done("reconnect:attempt", { callId });
    assert.equal(byId.call.role, "callee");
    await eventually(async () => (await events(annBack)).some(({ name }) => name === "call:reconnected"), "that bob is back");
    annBack.emit("webrtc:offer", { callId, sdp: "of after the crash" });
    await eventually(
      () => bobBack.seen.find(([name, payload]) => name === "webrtc:offer" && payload.from === ann.id),
      "the offer",
    );
    const answer = await bobBack.done("call:end", { callId });
    assert.ok(answer.durationInSeconds >= 1);
  });

  it("refuses the session tokens of another account, and those of who left by itself", async () => {
    const { ann, bob } = await pair(stage), eve = await peer(stage);
    await talkPeers(ann, bob);
    eve.hangUpConnection();
    await eventually(() => rows(stage.server, "SELECT * FROM sessions WHERE account_id = ?", eve.id).length === 0, "that eve left");
    await crash(stage.server);
    const eveBack = await peerAgain(stage, eve);
    for (const { welcome } of [ann, eve]) {
      const answer = await eveBack.ask("reconnect:attempt", { sessionToken: welcome.sessionToken });
      assert.equal(answer.error.code, "SESSION_UNKNOWN");
    }
    const annBack = await peerAgain(stage, ann);
    await annBack.done("reconnect:attempt", { sessionToken: ann.welcome.sessionToken });
    assert.equal(rows(stage.server, "SELECT * FROM sessions WHERE hash = ?", ann.welcome.sessionToken).length, 0, "only hashes are kept");
  });

  // What came to the phone so far, in order.
  const events = async (phone) => {
    await phone.fence();
    return phone.seen.map(([name, payload]) => ({ name, payload }));
  };
});

describe("a call that nobody comes back to after kill -9", { skip }, () => {
  const stage = useServer({ settings: { "calls.recovery_grace": "1500ms" } });
  afterEach(() => assertLedger(stage.server));

  it("is COMPLETED as server_lost, at the last moment at which the server is known to have lived", async () => {
    const user = await stage.user(), tess = await stage.telecaller(), callId = await talk(user, tess);
    const { alive_at } = rows(stage.server, "SELECT alive_at FROM nodes")[0];
    await stage.server.kill();
    const killedAt = Date.now();
    await stage.server.comeBack();
    assert.equal(callRow(stage.server, callId).status, "ACCEPTED");
    const row = await over(stage.server, callId);
    assert.deepEqual([row.status, row.reason], ["COMPLETED", "server_lost"]);
    assert.ok(row.ended_at >= Math.max(alive_at, row.accepted_at) && row.ended_at <= killedAt);
    assertBilled(row);
    assert.equal(ledger(stage.server, callId).length, 2);
    assert.deepEqual(rows(stage.server, "SELECT * FROM active_parties"), []);
    const back = await stage.again(user), tessBack = await stage.again(tess);
    for (const phone of [back, tessBack]) {
      const ended = await phone.next("call:ended");
      assert.deepEqual([ended.callId, ended.reason, ended.durationInSeconds], [callId, "server_lost", row.duration_s]);
    }
    await nothingElse(back, tessBack, await stage.again(tess));
  });

  it("is over for the one who is back alone when the grace ends", async () => {
    const user = await stage.user(), tess = await stage.telecaller(), callId = await talk(user, tess);
    const killedAt = await crash(stage.server);
    const back = await stage.again(user);
    await back.next("call:accepted"); // it may not have heard
    assert.equal((await back.next("call:ended")).reason, "server_lost");
    assert.ok((await over(stage.server, callId)).ended_at <= killedAt);
    assert.equal((await (await stage.again(tess)).next("call:ended")).callId, callId);
  });

  it("costs no more when the next server is killed too", async () => {
    const user = await stage.user(), tess = await stage.telecaller(), callId = await talk(user, tess);
    const killedAt = await crash(stage.server);
    const { lost_at } = callRow(stage.server, callId);
    await delay(SECOND_MS);
    await crash(stage.server);
    assert.equal(callRow(stage.server, callId).lost_at, lost_at);
    const row = await over(stage.server, callId);
    assert.ok(row.ended_at <= killedAt);
  });
});

describe("without calls.recovery_grace", { skip }, () => {
  const stage = useServer({ settings: { "calls.recovery_grace": 0 } });

  it("a call that was ACCEPTED at kill -9 is over when the server is back", async () => {
    const user = await stage.user(), tess = await stage.telecaller(), callId = await talk(user, tess);
    await crash(stage.server);
    assert.equal((await over(stage.server, callId)).reason, "server_lost");
    await (await stage.again(user)).next("call:ended");
    assertLedger(stage.server);
  });
});

describe("what ends a call is armed again after kill -9", { skip }, () => {
  const prepaid = useServer({ settings: { "billing.mode": "prepaid", "billing.minimum_seconds": 1 } });
  const short = useServer({ settings: { "calls.max_duration": "4s" } });

  it("the coins of a prepaid call", async () => {
    const user = await prepaid.user(), tess = await prepaid.telecaller();
    await adminOf(prepaid).addCoins(user.id, 9); // 4 s
    const callId = await talk(user, tess);
    await crash(prepaid.server);
    const back = await prepaid.again(user), tessBack = await prepaid.again(tess);
    for (const phone of [back, tessBack]) {
      await phone.next("call:accepted");
      const ended = await phone.next("call:ended", 10_000);
      assert.deepEqual([ended.reason, ended.durationInSeconds], ["coins_exhausted", 4]);
    }
    assert.equal((await over(prepaid.server, callId)).coins_unpaid, 0);
    assertLedger(prepaid.server);
  });

  it("its longest duration", async () => {
    const user = await short.user(), tess = await short.telecaller(), callId = await talk(user, tess);
    await crash(short.server);
    const back = await short.again(user), tessBack = await short.again(tess);
    for (const phone of [back, tessBack]) {
      await phone.next("call:accepted");
      assert.equal((await phone.next("call:ended", 10_000)).reason, "max_duration");
    }
    assert.equal((await over(short.server, callId)).duration_s, 4);
    assertLedger(short.server);
  });
});
