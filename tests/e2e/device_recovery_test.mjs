// Connection state recovery (engine.recovery_window) of the devices of accounts: what was missed, and their calls.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { within } from "./support/deadline.mjs";
import { pair, peer, peerAgain, talkPeers } from "./support/peers.mjs";
import { nothingElse } from "./support/phone.mjs";
import { adminOf } from "./support/rest.mjs";
import { useServer } from "./support/stage.mjs";
import { tokenOf } from "./support/tokens.mjs";

const RECOVERABLE = { recoverable: true };

for (const shards of [1, 2]) {
  describe(`recovered devices, on ${shards} shard(s)`, () => {
    const stage = useServer({ settings: { "server.shards": shards, "engine.recovery_window": "1m" } });

    it("a peer's call goes on by itself, and what was sent meanwhile follows in order", async () => {
      const { ann, bob } = await pair(stage, RECOVERABLE);
      const callId = await talkPeers(ann, bob);
      const id = bob.socket.id;
      const isRecovered = await bob.comeBack(async () => {
        await ann.next("call:reconnecting");
        await ann.done("call:hold", { callId });
        for (let n = 0; n < 20; n++) await ann.done("webrtc:ice-candidate", { callId, candidate: n });
      });
      assert.equal(isRecovered, true);
      assert.equal(bob.socket.id, id);
      assert.equal((await bob.next("auth:success")).call.callId, callId);
      await bob.next("user:list");
      const success = await bob.next("reconnect:success");
      assert.equal(success.call.callId, callId);
      assert.equal(success.call.peerMedia.onHold, true);
      assert.equal((await bob.next("call:hold")).from, ann.id);
      for (let n = 0; n < 20; n++) assert.equal((await bob.next("webrtc:ice-candidate")).candidate, n);
      assert.deepEqual(await ann.next("call:reconnected"), { callId });
      // Its new token is as good as any, and it is the owner again.
      await bob.done("webrtc:offer", { callId, sdp: "again" });
      assert.equal((await ann.next("webrtc:offer")).sdp, "again");
      await bob.comeBack();
      for (const event of ["auth:success", "user:list", "reconnect:success"]) await bob.next(event);
      for (const event of ["call:reconnecting", "call:reconnected"]) await ann.next(event);
      await ann.done("call:end", { callId });
      assert.equal((await bob.next("call:ended")).reason, "hangup");
      await nothingElse(ann, bob);
    });

    it("an app that asks with its old token all the same is answered", async () => {
      const { ann, bob } = await pair(stage, RECOVERABLE);
      const callId = await talkPeers(ann, bob);
      assert.equal(await bob.comeBack(), true);
      for (const event of ["auth:success", "user:list", "reconnect:success"]) await bob.next(event);
      await ann.next("call:reconnecting");
      await ann.next("call:reconnected");
      const answer = await bob.done("reconnect:attempt", { sessionToken: bob.welcome.sessionToken });
      assert.equal(answer.call.callId, callId);
      await bob.next("reconnect:success");
      await ann.done("webrtc:offer", { callId, sdp: "x" });
      assert.equal((await bob.next("webrtc:offer")).sdp, "x");
    });

    it("another device of the account does not take the call over", async () => {
      const { ann, bob } = await pair(stage, RECOVERABLE);
      const tablet = await peerAgain(stage, bob, RECOVERABLE);
      const callId = await talkPeers(ann, bob);
      await tablet.next("call:incoming");
      await tablet.next("call:cancelled");
      await tablet.comeBack();
      for (const event of ["auth:success", "user:list"]) await tablet.next(event);
      await ann.done("webrtc:offer", { callId, sdp: "x" });
      assert.equal((await bob.next("webrtc:offer")).sdp, "x");
      await nothingElse(ann, bob, tablet);
    });

    it("presence and the narrowed wish for it are brought back", async () => {
      const uma = await stage.user(RECOVERABLE);
      const [tess, tom] = [await stage.telecaller(), await stage.telecaller({}, { name: "Tom" })];
      await uma.nextPresence(tess, "ONLINE");
      await uma.nextPresence(tom, "ONLINE");
      await uma.done("presence:subscribe", { telecallerIds: [tess.id] });
      const isRecovered = await uma.comeBack(() => {
        tess.hangUpConnection();
        tom.hangUpConnection();
      });
      assert.equal(isRecovered, true);
      await uma.nextPresence(tess, "OFFLINE");
      await uma.done("presence:unsubscribe", { telecallerIds: [tess.id] });
      const back = await stage.again(tess);
      await uma.fence();
      uma.assertNoPresence();
      await uma.done("presence:unsubscribe", {});
      back.hangUpConnection();
      await uma.nextPresence(tess, "OFFLINE");
    });

    it("only for the account that it had, and after the checks were made again", async () => {
      const ann = await peer(stage, undefined, RECOVERABLE);
      const other = stage.account("USER", { name: "Mallory" });
      ann.socket.auth = { token: tokenOf(other) };
      assert.equal(await ann.comeBack(), false);
      assert.equal((await ann.next("auth:success")).user._id, other.id);
      await ann.next("user:list");
      const refused = new Promise((resolve) => ann.socket.once("connect_error", resolve));
      ann.socket.io.reconnection(false);
      await ann.interrupt();
      await adminOf(stage).patch(`/accounts/${other.id}`, { accountStatus: "SUSPENDED" });
      ann.socket.connect();
      assert.equal((await within(refused, "the refusal")).data.code, "ACCOUNT_SUSPENDED");
    });

    it("who watches calls goes on watching", async () => {
      const root = await stage.phone(stage.account("ADMIN", { name: "Root" }), { namespace: "/admin", ...RECOVERABLE });
      await root.done("calls:subscribe");
      assert.equal(await root.comeBack(), true);
      const { ann, bob } = await pair(stage, RECOVERABLE);
      await talkPeers(ann, bob);
      for (const status of ["RINGING", "ACCEPTED"]) assert.equal((await root.next("call:changed")).status, status);
    });
  });
}
