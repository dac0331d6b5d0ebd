// Coming to `/`: by a token in the handshake or by auth:handshake, and what contacts are told of it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { within } from "./support/deadline.mjs";
import { assertRefused } from "./support/expect.mjs";
import { befriend, displayOf, EVERYONE, handshake, pair, peer, peerAgain, presenceOf } from "./support/peers.mjs";
import { nothingElse } from "./support/phone.mjs";
import { adminOf, Rest } from "./support/rest.mjs";
import { useServer } from "./support/stage.mjs";
import { tokenOf } from "./support/tokens.mjs";

const UNAUTHORIZED = { message: "Authentication required.", code: "UNAUTHORIZED" };

for (const shards of [1, 2]) {
  describe(`peers come and go, on ${shards} shard(s)`, () => {
    const stage = useServer({ settings: { "server.shards": shards, "peer.reconnect_grace": "300ms" } });
    const stranger = (account = stage.account("USER", { name: "Ann" })) =>
      stage.phone(account, { namespace: "/", auth: {} });

    it("a token in the handshake authenticates on connection", async () => {
      const ann = await peer(stage);
      assert.deepEqual(ann.welcome, {
        user: displayOf(ann),
        sessionToken: ann.welcome.sessionToken,
        reconnectGraceMs: 300,
        iceServers: [],
        call: null,
      });
      assert.match(ann.welcome.sessionToken, /^[\w-]{32}$/);
      assert.deepEqual(ann.users, []);
      await nothingElse(ann);
    });

    it("auth:handshake does the same for a stranger, and is acknowledged with the same payload", async () => {
      const ann = await stranger();
      const answer = await ann.done("auth:handshake", { token: tokenOf(ann.account) });
      const { ok, ...payload } = answer;
      assert.equal(ok, true);
      assert.deepEqual(await ann.next("auth:success"), payload);
      assert.deepEqual(await ann.next("user:list"), { users: [] });
      await nothingElse(ann);
    });

    it("until then every event is UNAUTHORIZED, and the socket stays", async () => {
      const ann = await stranger();
      for (const event of ["call:request", "user:list", "webrtc:offer", "an event that nobody knows"]) {
        assertRefused(await ann.ask(event, {}), UNAUTHORIZED.code, UNAUTHORIZED.message);
        assert.deepEqual(await ann.next("auth:error"), UNAUTHORIZED);
      }
      await handshake(ann);
    });

    it("what is sent right behind auth:handshake waits for it", async () => {
      const ann = await stranger();
      ann.emit("auth:handshake", { token: tokenOf(ann.account) });
      const list = ann.ask("user:list");
      await ann.next("auth:success");
      await ann.next("user:list");
      assert.deepEqual(await list, { ok: true, users: [] });
      assert.deepEqual(await ann.next("user:list"), { users: [] });
    });

    it("a bad token in auth:handshake is told by auth:error, then the server disconnects", async () => {
      for (const [token, message] of [
        ["forged", "Invalid or expired token"],
        [undefined, "Authentication token required"],
      ]) {
        const ann = await stranger();
        ann.emit("auth:handshake", { token });
        assert.deepEqual(await ann.next("auth:error"), { message, code: "UNAUTHORIZED" });
        assert.equal(await within(ann.closed, "the disconnect"), "io server disconnect");
      }
    });

    it("a bad token in the handshake is a CONNECT_ERROR", async () => {
      await assert.rejects(stage.phone(stage.account("USER"), { namespace: "/", auth: { token: "forged" } }), {
        message: "Invalid or expired token",
        data: { code: "UNAUTHORIZED" },
      });
    });

    it("a suspended account is turned away by either way", async () => {
      const account = stage.account("USER", { name: "Ann" });
      await adminOf(stage).put(`/accounts/${account.id}`, { accountStatus: "SUSPENDED" });
      await assert.rejects(stage.phone(account, { namespace: "/" }), { data: { code: "ACCOUNT_SUSPENDED" } });
      const ann = await stranger(account);
      ann.emit("auth:handshake", { token: tokenOf(account) });
      assert.equal((await ann.next("auth:error")).code, "ACCOUNT_SUSPENDED");
      assert.equal(await within(ann.closed, "the disconnect"), "io server disconnect");
    });

    it("a suspended account is closed on `/` too", async () => {
      const ann = await peer(stage);
      await adminOf(stage).patch(`/accounts/${ann.id}`, { accountStatus: "SUSPENDED" });
      assert.equal((await ann.next("error")).code, "ACCOUNT_SUSPENDED");
      assert.equal(await within(ann.closed, "the disconnect"), "io server disconnect");
    });

    it("contacts are told of the first device that comes and the last that goes", async () => {
      const { ann, bob } = await pair(stage);
      const tablet = await peerAgain(stage, bob);
      assert.deepEqual(tablet.users, [presenceOf(ann)]);
      bob.hangUpConnection();
      await nothingElse(ann);
      tablet.hangUpConnection();
      const offline = await ann.next("user:offline");
      assert.deepEqual(Object.keys(offline), ["userId", "lastSeen"]);
      assert.equal(offline.userId, bob.id);
      assert.ok(Math.abs(Date.now() - Date.parse(offline.lastSeen)) < 5000, offline.lastSeen);
      const back = await peerAgain(stage, bob);
      assert.deepEqual(await ann.next("user:online"), { user: presenceOf(bob) });
      assert.deepEqual(back.users, [presenceOf(ann)]);
      await nothingElse(ann, back);
    });

    it("after a drop user:offline waits for the grace, and names the moment of the drop", async () => {
      const { ann, bob } = await pair(stage, { droppable: true });
      const dropped = Date.now();
      await bob.drop();
      const { userId, lastSeen } = await ann.next("user:offline");
      assert.equal(userId, bob.id);
      assert.ok(Date.now() - dropped >= 300, "not before the grace");
      assert.ok(Date.parse(lastSeen) - dropped < 290, "lastSeen is when it dropped");
    });


    it("strangers, one-sided contacts and blocked ones hear nothing of each other", async () => {
      const ann = await peer(stage);
      const bob = stage.account("USER", { name: "Bob" });
      const asAnn = new Rest(stage.server, ann.account),
        asBob = new Rest(stage.server, bob);
      await asBob.get("/me");
      await asAnn.put(`/contacts/${bob.id}`);
      const cat = await peer(stage, stage.account("USER", { name: "Cat" }));
      await befriend(stage, cat, bob);
      let phone = await peer(stage, bob);
      await cat.next("user:online");
      assert.deepEqual(phone.users, [presenceOf(cat)]);
      phone.hangUpConnection();
      await cat.next("user:offline"); // told to all whom it concerns
      await asBob.put(`/contacts/${ann.id}`);
      await asBob.put(`/blocks/${ann.id}`);
      phone = await peer(stage, bob);
      await cat.next("user:online");
      assert.deepEqual(phone.users, [presenceOf(cat)]);
      await nothingElse(ann);
      await asBob.get(`/blocks/${ann.id}`, "DELETE");
      const { users } = await phone.done("user:list");
      assert.deepEqual(users.map(({ _id }) => _id).sort(), [ann.id, cat.id].sort());
    });
  });
}

describe("the grace of a drop", () => {
  const stage = useServer({ settings: { "peer.reconnect_grace": "2s" } });
  it("who comes back within it was never offline", async () => {
    const { ann, bob } = await pair(stage, { droppable: true });
    const cat = await peer(stage, stage.account("USER", { name: "Cat" }), { droppable: true });
    await befriend(stage, ann, cat);
    await bob.drop();
    const back = await peerAgain(stage, bob);
    await cat.drop(); // whose grace ends later
    assert.equal((await ann.next("user:offline")).userId, cat.id);
    await nothingElse(ann, back);
  });
});

describe("a stranger's time", () => {
  const stage = useServer({ settings: { "peer.handshake_timeout": "200ms" } });
  it("is peer.handshake_timeout: then the namespace is closed", async () => {
    const ann = await stage.phone(stage.account("USER"), { namespace: "/", auth: {} });
    assert.equal(await within(ann.closed, "the disconnect"), "io server disconnect");
  });
  it("does not run for who has come in", async () => {
    const ann = await stage.phone(stage.account("USER", { name: "Ann" }), { namespace: "/", auth: {} });
    await handshake(ann);
    const later = await stage.phone(stage.account("USER"), { namespace: "/", auth: {} });
    await within(later.closed, "the disconnect of who came later");
    await nothingElse(ann);
    assert.equal(ann.socket.connected, true);
  });
});

describe('peer.directory = "everyone"', () => {
  const stage = useServer({ settings: EVERYONE });
  it("all see each other, but for those with a block", async () => {
    const ann = await peer(stage),
      bob = await peer(stage, stage.account("USER", { name: "Bob" }));
    assert.deepEqual(bob.users, [presenceOf(ann)]);
    assert.deepEqual(await ann.next("user:online"), { user: presenceOf(bob) });
    const cat = stage.account("TELECALLER", { name: "Cat" });
    await new Rest(stage.server, cat).get("/me");
    await new Rest(stage.server, ann.account).put(`/blocks/${cat.id}`);
    const phone = await peer(stage, cat);
    assert.deepEqual(phone.users, [presenceOf(bob)]);
    assert.deepEqual(await bob.next("user:online"), { user: presenceOf(phone) });
    await nothingElse(ann, bob, phone);
  });
});

describe("contacts, blocks and ICE servers by REST", () => {
  const stage = useServer({
    settings: {
      "turn.urls": ["turn:turn.example.com"],
      "turn.secret": "a secret of the turn server",
      "turn.stun_urls": ["stun:stun.example.com"],
    },
  });
  it("a contact is mutual when both say so; presence is shown to mutual contacts only", async () => {
    const ann = await peer(stage),
      bob = await peer(stage, stage.account("USER", { name: "Bob" }));
    const asAnn = new Rest(stage.server, ann.account),
      asBob = new Rest(stage.server, bob.account);
    await asAnn.put(`/contacts/${bob.id}`);
    const list = async () => (await asAnn.get("/contacts")).items;
    assert.deepEqual(await list(), [{ ...presenceOf(bob, "OFFLINE"), mutual: false }]);
    await asBob.put(`/contacts/${ann.id}`);
    assert.deepEqual(await list(), [{ ...presenceOf(bob), mutual: true }]);
    await asBob.put(`/blocks/${ann.id}`);
    assert.deepEqual(await list(), [{ ...presenceOf(bob, "OFFLINE"), mutual: true }]);
    assert.deepEqual((await asBob.get("/blocks")).items, [displayOf(ann)]);
    await asAnn.get(`/contacts/${bob.id}`, "DELETE");
    assert.deepEqual(await list(), []);
    await asAnn.refused(404, "ACCOUNT_NOT_FOUND", "PUT", "/contacts/nobody");
    await asAnn.refused(400, "INVALID_REQUEST", "PUT", `/blocks/${ann.id}`);
  });
  it("an ADMIN pairs two accounts, nobody else", async () => {
    const ann = await peer(stage),
      bob = await peer(stage, stage.account("USER", { name: "Bob" }));
    await befriend(stage, ann, bob);
    assert.equal((await new Rest(stage.server, ann.account).get("/contacts")).items[0].mutual, true);
    await adminOf(stage).get(`/accounts/${ann.id}/contacts/${bob.id}`, "DELETE");
    assert.deepEqual((await new Rest(stage.server, ann.account).get("/contacts")).items, []);
    await new Rest(stage.server, ann.account).refused(403, "ACCESS_DENIED", "PUT", `/accounts/${ann.id}/contacts/x`);
  });
  it("ICE servers carry TURN credentials of the account", async () => {
    const ann = await peer(stage);
    const { iceServers } = await new Rest(stage.server, ann.account).get("/ice-servers");
    for (const servers of [iceServers, ann.welcome.iceServers]) {
      assert.deepEqual(servers[0], { urls: ["stun:stun.example.com"] });
      const [until, account] = servers[1].username.split(":");
      assert.equal(account, ann.id);
      assert.ok(Math.abs(Number(until) - Date.now() / 1000 - 3600) < 60, until);
      const { createHmac } = await import("node:crypto");
      const credential = createHmac("sha1", "a secret of the turn server").update(servers[1].username).digest("base64");
      assert.deepEqual(servers[1], {
        urls: ["turn:turn.example.com"],
        username: servers[1].username,
        credential,
      });
    }
  });
});
