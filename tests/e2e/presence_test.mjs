// Who is online, and who learns of it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ring, talk } from "./support/calls.mjs";
import { detailsOf } from "./support/expect.mjs";
import { nothingElse } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";

const stage = useServer();
const online = (tess) => ({ telecallerId: tess.id, presence: "ONLINE", telecaller: detailsOf(tess) });
const changedTo = (presence, tess) => ({ telecallerId: tess.id, presence, telecaller: null });

for (const transport of ["websocket", "polling"]) {
  describe(`telecaller:presence-changed over ${transport}`, () => {
    it("comes with the details on ONLINE, and without on OFFLINE", async () => {
      const user = await stage.user({ transport });
      const tess = await stage.telecaller({ transport });
      assert.deepEqual(await user.nextPresence(tess, "ONLINE"), online(tess));
      tess.hangUpConnection();
      assert.deepEqual(await user.nextPresence(tess, "OFFLINE"), changedTo("OFFLINE", tess));
      await nothingElse(user);
      user.assertNoPresence();
    });

    it("tells ON_CALL when a call is accepted, and ONLINE with details after it", async () => {
      const user = await stage.user({ transport }),
        bystander = await stage.user({ transport });
      const tess = await stage.telecaller({ transport });
      const callId = await talk(user, tess);
      await tess.done("call:end", { callId });
      for (const phone of [user, bystander]) {
        assert.deepEqual(await phone.nextPresence(tess, "ONLINE"), online(tess));
        assert.deepEqual(await phone.nextPresence(tess, "ON_CALL"), changedTo("ON_CALL", tess));
        assert.deepEqual(await phone.nextPresence(tess, "ONLINE"), online(tess));
      }
      await user.next("call:ended");
      await nothingElse(user, bystander, tess);
      for (const phone of [user, bystander]) phone.assertNoPresence();
    });

    it("says nothing of a call that only rings", async () => {
      const user = await stage.user({ transport }),
        tess = await stage.telecaller({ transport });
      const callId = await ring(user, tess);
      await tess.done("call:reject", { callId });
      await user.next("call:rejected");
      await nothingElse(user);
      await user.nextPresence(tess, "ONLINE");
      user.assertNoPresence();
    });
  });
}

describe("presence", () => {
  it("a telecaller with several devices comes and goes once", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller(),
      tablet = await stage.again(tess, { transport: "polling" });
    tess.hangUpConnection();
    await tess.closed;
    await nothingElse(tablet, user);
    await user.nextPresence(tess, "ONLINE");
    user.assertNoPresence();
    tablet.hangUpConnection();
    await user.nextPresence(tess, "OFFLINE");
  });

  it("unset language and about are empty, an unset profile is null", async () => {
    const user = await stage.user();
    const tess = await stage.telecaller({}, { profile: undefined, language: undefined, about: undefined });
    const { telecaller } = await user.nextPresence(tess, "ONLINE");
    assert.deepEqual(telecaller, { _id: tess.id, name: "Tess", profile: null, language: "", about: "" });
  });

  it("a telecaller who disconnects in a call goes OFFLINE", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    await talk(user, tess);
    tess.hangUpConnection();
    await user.next("call:ended");
    for (const presence of ["ONLINE", "ON_CALL", "OFFLINE"]) await user.nextPresence(tess, presence);
    await nothingElse(user);
    user.assertNoPresence();
  });

  it("is not told to telecallers", async () => {
    const tess = await stage.telecaller();
    await stage.telecaller();
    await nothingElse(tess);
    tess.assertNoPresence();
  });

  it("presence:list has who is online or on a call, and nobody else", async () => {
    const user = await stage.user(),
      other = await stage.user();
    const [tess, tina, tom] = [await stage.telecaller(), await stage.telecaller(), await stage.telecaller()];
    await talk(other, tina);
    tom.hangUpConnection();
    for (const [who, presence] of [
      [tess, "ONLINE"],
      [tina, "ONLINE"],
      [tom, "ONLINE"],
      [tina, "ON_CALL"],
      [tom, "OFFLINE"],
    ])
      await user.nextPresence(who, presence);
    const { telecallers } = await user.done("presence:list");
    const shown = Object.fromEntries(telecallers.map(({ _id, presence }) => [_id, presence]));
    assert.deepEqual([shown[tess.id], shown[tina.id], shown[tom.id]], ["ONLINE", "ON_CALL", undefined]);
  });

  it("presence:subscribe narrows what a socket gets, presence:unsubscribe widens it again", async () => {
    const user = await stage.user(),
      bystander = await stage.user(),
      watched = stage.account("TELECALLER", { name: "Wanda" });
    await user.done("presence:subscribe", { telecallerIds: [watched.id] });
    await bystander.nextPresence(await stage.telecaller(), "ONLINE");
    const wanda = await stage.phone(watched);
    await user.nextPresence(wanda, "ONLINE");
    await nothingElse(user);
    user.assertNoPresence();

    await user.done("presence:unsubscribe");
    const tina = await stage.telecaller({}, { name: "Tina" });
    await user.nextPresence(tina, "ONLINE");
  });
});
