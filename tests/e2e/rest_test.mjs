// REST: who may ask for what, and in which shape the answers come. Each answer is also held against /openapi.json.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { ring, talk } from "./support/calls.mjs";
import { delay, eventually } from "./support/deadline.mjs";
import { detailsOf, displayOf } from "./support/expect.mjs";
import { event, LivekitStandIn, webhookHeaders } from "./support/livekit.mjs";
import { Receiver } from "./support/receiver.mjs";
import { Rest, adminOf, unansweredOf } from "./support/rest.mjs";
import { isReference } from "./support/server.mjs";
import { useServer } from "./support/stage.mjs";
import { nowSeconds, sign, tokenOf } from "./support/tokens.mjs";

const skip = isReference && "the reference has no /openapi.json";

const livekit = new LivekitStandIn();
await livekit.open();
after(() => livekit.close());
const receiver = await new Receiver().open();
after(() => receiver.close());

describe("REST", { skip }, () => {
  const stage = useServer({
    settings: { "calls.cancel_race_window": "100ms", ...livekit.settings, ...receiver.settings },
  });
  const of = (phone) => new Rest(stage.server, phone.account);

  it("asks for a token, and refuses one that is not valid", async () => {
    const nobody = new Rest(stage.server, null);
    const { headers, body } = await nobody.refused(401, "UNAUTHORIZED", "GET", "/me");
    assert.equal(headers.get("www-authenticate"), "Bearer");
    assert.equal(body.title, "Unauthorized");
    assert.equal(body.detail, "Authentication token required");
    const expired = sign({ userId: "x", role: "USER", exp: nowSeconds() - 60 });
    await nobody.refused(401, "UNAUTHORIZED", "GET", "/me", { token: expired });
  });

  it("tells an unknown path from a method that is not served", async () => {
    const nobody = new Rest(stage.server, null);
    await nobody.refused(404, undefined, "GET", "/nowhere");
    const { headers } = await nobody.refused(405, undefined, "DELETE", "/me");
    assert.equal(headers.get("allow"), "GET");
  });

  it("GET /me is the account of the token", async () => {
    const account = stage.account("TELECALLER", { name: "Tess", language: "hindi" });
    const { createdAt, ...me } = await new Rest(stage.server, account).get("/me");
    assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000);
    assert.deepEqual(me, {
      _id: account.id,
      role: "TELECALLER",
      name: "Tess",
      profile: null,
      language: "hindi",
      about: "",
      accountStatus: "ACTIVE",
      approvalStatus: "APPROVED",
      coins: 0,
    });
  });

  it("accounts are created, changed and listed by an ADMIN alone", async () => {
    const admin = adminOf(stage),
      { id } = stage.account("USER"),
      user = new Rest(stage.server, stage.account("USER"));
    const created = await admin.put(`/accounts/${id}`, { name: "Ann", profile: "avatar-9" });
    assert.deepEqual([created._id, created.role, created.name], [id, "USER", "Ann"]);
    const changed = await admin.patch(`/accounts/${id}`, { name: null, about: "x" });
    assert.deepEqual(changed, { ...created, name: null, about: "x" });
    assert.deepEqual(await admin.get(`/accounts/${id}`), changed);
    const others = [stage.account("USER").id, stage.account("USER").id];
    for (const other of others) await admin.put(`/accounts/${other}`, {});
    const listed = (await admin.all("/accounts", 2)).map((account) => account._id);
    assert.equal(new Set(listed).size, listed.length, "everyone once");
    assert.ok([id, ...others].every((each) => listed.includes(each)));
    await admin.refused(404, "ACCOUNT_NOT_FOUND", "PATCH", "/accounts/ghost", { body: {} });
    await admin.refused(400, "INVALID_REQUEST", "PUT", `/accounts/${id}`, { body: { role: "KING" } });
    await admin.refused(400, "INVALID_REQUEST", "PUT", `/accounts/${id}`, { body: "{" });
    for (const [method, path] of [
      ["GET", "/accounts"],
      ["PUT", `/accounts/${id}`],
      ["GET", `/accounts/${user.account.id}`],
      ["GET", "/stats"],
    ])
      await user.refused(403, "ACCESS_DENIED", method, path, method === "PUT" ? { body: {} } : {});
  });

  it("what an ADMIN wrote stays when a newer token comes", async () => {
    const admin = adminOf(stage),
      account = stage.account("USER", { name: "Uma", about: "old" });
    await admin.put(`/accounts/${account.id}`, { name: "Ursula" });
    const me = await new Rest(stage.server, { ...account, about: "new" }).get("/me");
    assert.deepEqual([me.name, me.about], ["Ursula", "new"]);
  });

  it("coins are moved once for each Idempotency-Key, and the ledger tells of each", async () => {
    const admin = adminOf(stage),
      { id } = stage.account("USER");
    await admin.put(`/accounts/${id}`, {});
    const path = `/accounts/${id}/coins`;
    await admin.refused(400, "INVALID_REQUEST", "POST", path, { body: { amount: 5 } });
    const first = await admin.addCoins(id, 250, "k1", "a gift");
    assert.equal(first.coins, 250);
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => admin.addCoins(id, 250, "k1"))), [first, first, first]);
    assert.equal((await admin.addCoins(id, -1000, "k2")).coins, 0, "never below 0");
    const ledger = await admin.all(`/accounts/${id}/ledger`, 1);
    assert.deepEqual(
      ledger.map((entry) => [entry.amount, entry.balance, entry.reason, entry.callId]),
      [
        [-250, 0, "a test", null],
        [250, 250, "a gift", null],
      ],
    );
    await admin.refused(404, "ACCOUNT_NOT_FOUND", "GET", "/accounts/ghost/ledger");
  });

  it("a call is seen by its parties and by an ADMIN, each with their own figures", async () => {
    const admin = adminOf(stage),
      user = await stage.user(),
      tess = await stage.telecaller();
    await of(user).get("/me");
    await admin.addCoins(user.id, 3);
    const callId = await talk(user, tess);
    const running = await of(user).get(`/calls/${callId}`);
    assert.deepEqual([running.status, running.endReason, running.endedAt], ["ACCEPTED", null, null]);
    await delay(2100); // what is measured is time itself
    const { durationInSeconds, coinsSpent } = await user.done("call:end", { callId });
    await tess.next("call:ended");
    const mine = await eventually(async () => {
      const call = await of(user).get(`/calls/${callId}`);
      return call.status === "COMPLETED" && call;
    }, "the record of the end");
    assert.deepEqual([mine.role, mine.peer], ["caller", displayOf(tess)]);
    assert.deepEqual(
      [mine.durationInSeconds, mine.coinsSpent, mine.coinsUnpaid],
      [durationInSeconds, coinsSpent, coinsSpent - 3],
    );
    const theirs = await of(tess).get(`/calls/${callId}`);
    assert.deepEqual([theirs.role, theirs.peer, theirs.coinsEarned], ["callee", displayOf(user), durationInSeconds]);
    const both = await admin.get(`/calls/${callId}`);
    assert.deepEqual([both.caller, both.callee], [displayOf(user), displayOf(tess)]);
    await new Rest(stage.server, stage.account("USER")).refused(404, "CALL_NOT_FOUND", "GET", `/calls/${callId}`);
    const events = await admin.all(`/calls/${callId}/events`, 2);
    assert.deepEqual(
      events.map((event) => [event.type, event.by]),
      [
        ["COMPLETED", user.id],
        ["ACCEPTED", tess.id],
        ["RINGING", user.id],
      ],
    );
    assert.deepEqual(events[0].details, { reason: "hangup" });
    assert.equal((await admin.get(`/accounts/${user.id}`)).coins, 0);
    const [entry] = await admin.all(`/accounts/${tess.id}/ledger`, 5);
    assert.deepEqual([entry.callId, entry.amount], [callId, durationInSeconds]);
  });

  it("a history is one's own, newest first, in pages", async () => {
    const admin = adminOf(stage),
      user = await stage.user(),
      tess = await stage.telecaller(),
      made = [];
    for (let n = 0; n < 5; n++) {
      made.unshift(await ring(user, tess));
      await user.done("call:cancel", { callId: made[0] });
      await tess.next("call:cancelled");
    }
    await eventually(async () => (await of(user).get("/calls")).items[0].status === "CANCELLED", "the last record");
    const ids = (calls) => calls.map((call) => call.callId);
    assert.deepEqual(ids(await of(user).all("/calls", 2)), made);
    assert.deepEqual(ids(await of(tess).all("/calls", 100)), made);
    assert.deepEqual(ids(await admin.all(`/calls?account=${user.id}`, 3)), made);
    assert.deepEqual(await new Rest(stage.server, stage.account("USER")).all("/calls", 5), []);
    for (const limit of ["0", "101", "x"])
      await of(user).refused(400, "INVALID_REQUEST", "GET", `/calls?limit=${limit}`);
    await of(user).refused(400, "INVALID_REQUEST", "GET", "/calls?cursor=x");
  });

  it("an ADMIN sees the active calls and ends one", async () => {
    const admin = adminOf(stage),
      user = await stage.user(),
      tess = await stage.telecaller(),
      callId = await talk(user, tess);
    const active = (await admin.get("/calls?status=ACCEPTED")).items.map((call) => call.callId);
    assert.deepEqual(active, [callId]);
    assert.equal((await admin.get("/stats")).activeCalls, 1);
    const ended = await admin.get(`/calls/${callId}/end`, "POST");
    assert.deepEqual([ended.status, ended.endReason], ["COMPLETED", "admin"]);
    for (const phone of [user, tess]) assert.equal((await phone.next("call:ended")).reason, "admin");
    assert.deepEqual(await admin.get(`/calls/${callId}/end`, "POST"), ended, "a second time changes nothing");
    await of(user).refused(403, "ACCESS_DENIED", "POST", `/calls/${callId}/end`);
    await admin.refused(404, "CALL_NOT_FOUND", "POST", "/calls/ffffffffffffffffffffffff/end");
  });

  it("telecallers are listed with presence and rates", async () => {
    const admin = adminOf(stage),
      user = await stage.user(),
      busy = await stage.telecaller({}, { language: "tamil" }),
      free = await stage.telecaller({}, { language: "tamil" }),
      away = stage.account("TELECALLER");
    await admin.put(`/accounts/${away.id}`, { role: "TELECALLER", language: "tamil" });
    await talk(user, busy);
    const list = async (query, limit = 1) =>
      (await of(user).all(`/telecallers?language=tamil${query}`, limit)).map((each) => [each._id, each.presence]);
    assert.deepEqual(await list(""), [
      [away.id, "OFFLINE"],
      [free.id, "ONLINE"],
      [busy.id, "ON_CALL"],
    ]);
    assert.deepEqual(await list("&presence=ONLINE"), [[free.id, "ONLINE"]]);
    assert.deepEqual(await list("&presence=ON_CALL"), [[busy.id, "ON_CALL"]]);
    assert.deepEqual(await list("&presence=OFFLINE"), [[away.id, "OFFLINE"]]);
    const [item] = (await of(user).get("/telecallers?language=tamil&presence=ONLINE")).items;
    assert.deepEqual(item, { ...detailsOf(free), presence: "ONLINE", rates: { audio: 2, video: 3 } });
  });

  it("contacts, blocks and ICE servers are one's own, pairs an ADMIN's", async () => {
    const admin = adminOf(stage),
      ann = new Rest(stage.server, stage.account("USER", { name: "Ann" })),
      bob = new Rest(stage.server, stage.account("USER", { name: "Bob" }));
    const id = (rest) => rest.account.id;
    for (const each of [ann, bob]) await each.get("/me");
    await ann.put(`/contacts/${id(bob)}`);
    const item = { _id: id(bob), name: "Bob", profile: null, status: "OFFLINE", mutual: false };
    assert.deepEqual(await ann.all("/contacts", 1), [item]);
    await ann.get(`/contacts/${id(bob)}`, "DELETE");
    await admin.put(`/accounts/${id(ann)}/contacts/${id(bob)}`);
    assert.deepEqual(await ann.all("/contacts", 1), [{ ...item, mutual: true }]);
    await admin.get(`/accounts/${id(ann)}/contacts/${id(bob)}`, "DELETE");
    assert.deepEqual(await ann.all("/contacts", 1), []);
    await ann.put(`/blocks/${id(bob)}`);
    assert.deepEqual(await ann.all("/blocks", 1), [{ _id: id(bob), name: "Bob", profile: null }]);
    await ann.get(`/blocks/${id(bob)}`, "DELETE");
    assert.deepEqual(await ann.get("/ice-servers"), { iceServers: [] });
  });

  it("dead letters are an ADMIN's to list and to replay", async () => {
    const admin = adminOf(stage),
      user = await stage.user();
    receiver.answer = () => 410;
    await stage.telecaller();
    const [letter] = await eventually(async () => {
      const { items } = await admin.get("/webhooks/dead");
      return items.length && items;
    }, "a dead letter");
    receiver.answer = () => 200;
    await of(user).refused(403, "ACCESS_DENIED", "GET", "/webhooks/dead");
    await of(user).refused(403, "ACCESS_DENIED", "POST", `/webhooks/dead/${letter.id}/replay`);
    assert.deepEqual(await admin.get(`/webhooks/dead/${letter.id}/replay`, "POST"), {});
    await eventually(() => receiver.taken.some(({ id }) => id === letter.id), "the replayed event");
    await admin.refused(404, undefined, "POST", `/webhooks/dead/${letter.id}/replay`);
  });

  it("the cookie counts on the own host, and not from a foreign page", async () => {
    const cookie = `authenticationToken=${tokenOf(stage.account("USER"))}`;
    const { server } = stage.atOne; // the host of the next request is another one
    const nobody = new Rest(server, null);
    const ask = (headers) => nobody.ask("GET", "/me", { headers: { cookie, ...headers } });
    assert.equal((await ask({})).status, 200);
    assert.equal((await ask({ origin: server.url })).status, 200);
    assert.equal((await ask({ origin: "https://evil.example" })).status, 401);
  });

  it("POST /livekit/webhook takes what LiveKit has signed", async () => {
    const nobody = new Rest(stage.server, null);
    const body = JSON.stringify(event("room_started", "0123456789abcdef01234567"));
    const headers = await webhookHeaders(body);
    assert.deepEqual(await nobody.get("/livekit/webhook", "POST", { body, headers }), {});
    await nobody.refused(401, "UNAUTHORIZED", "POST", "/livekit/webhook", { body });
    await nobody.refused(401, "UNAUTHORIZED", "POST", "/livekit/webhook", { body: `${body} `, headers });
    const nonsense = "no event";
    const signed = await webhookHeaders(nonsense);
    await nobody.refused(400, "INVALID_REQUEST", "POST", "/livekit/webhook", { body: nonsense, headers: signed });
  });

  it("/openapi.json is a document of OpenAPI 3.1", async () => {
    const document = await (await fetch(`${stage.server.url}/openapi.json`)).json();
    assert.match(document.openapi, /^3\.1\./);
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map((operation) => operation.operationId);
    assert.equal(new Set(ids).size, ids.length, "an operationId is unique");
  });

  it("every operation of /openapi.json was answered here, and its answer held against it", async () => {
    assert.deepEqual(await unansweredOf(stage.server), []);
  });
});
