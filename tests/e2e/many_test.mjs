// Many calls at once, on one shard and on several: nobody hears of another's call, and nobody is forgotten.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nothingElse, TRANSPORTS } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";

const PAIRS = 20;

for (const shards of [1, 2]) {
  describe(`${PAIRS} pairs on ${shards} ${shards === 1 ? "shard" : "shards"}`, () => {
    const stage = useServer({ settings: { "server.shards": shards } });

    async function pairs() {
      const made = [];
      for (let i = 0; i < PAIRS; i++) {
        const transport = TRANSPORTS[i % TRANSPORTS.length];
        made.push(
          Promise.all([
            stage.user({ transport }, { name: `User ${i}` }),
            stage.telecaller({ transport }, { name: `Telecaller ${i}` }),
          ]),
        );
      }
      return Promise.all(made);
    }

    async function talkOnce([user, tess], round) {
      user.emit("call:initiate", { telecallerId: tess.id, callType: round % 2 ? "VIDEO" : "AUDIO" });
      const { callId, caller } = await tess.next("call:incoming");
      assert.equal(caller._id, user.id);
      assert.deepEqual(await user.next("call:ringing"), {
        callId,
        telecaller: { _id: tess.id, name: tess.account.name, profile: "avatar-3" },
      });
      tess.emit("call:accept", { callId });
      assert.equal((await tess.next("call:accepted")).callId, callId);
      assert.equal((await user.next("call:accepted")).callId, callId);
      const [ending, hearing] = round % 3 ? [user, tess] : [tess, user];
      await ending.done("call:end", { callId });
      assert.equal((await hearing.next("call:ended")).callId, callId);
      return callId;
    }

    it("talk at the same time, again and again", async () => {
      const cast = await pairs();
      const calls = await Promise.all(
        cast.map(async (pair) => {
          const made = [];
          for (let round = 0; round < 5; round++) made.push(await talkOnce(pair, round));
          return made;
        }),
      );
      assert.equal(new Set(calls.flat()).size, PAIRS * 5, "every call has an id of its own");
      for (const pair of cast) await nothingElse(...pair);
    });

    it("everybody calls one telecaller: one rings, the others are told that she is busy", async () => {
      const users = (await pairs()).map(([user]) => user),
        tess = await stage.telecaller();
      const answers = await Promise.all(
        users.map((user) => user.ask("call:initiate", { telecallerId: tess.id, callType: "AUDIO" })),
      );
      assert.equal(answers.filter(({ ok }) => ok).length, 1);
      assert.deepEqual([...new Set(answers.filter(({ ok }) => !ok).map(({ error }) => error.code))], ["CALLEE_BUSY"]);
      await tess.next("call:incoming");
      await nothingElse(tess);
    });

    it("a change of presence reaches every user once", async () => {
      const users = (await pairs()).map(([user]) => user),
        tess = await stage.telecaller({}, { name: "The last one" });
      for (const user of users) {
        await user.fence();
        const changes = user.seen.filter(
          ([name, change]) => name === "telecaller:presence-changed" && change.telecallerId === tess.id,
        );
        assert.deepEqual(
          changes.map(([, { presence }]) => presence),
          ["ONLINE"],
        );
      }
    });
  });
}
