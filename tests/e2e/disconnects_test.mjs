// What a disconnect means: by goodbye and by a lost connection, of either party, while ringing and while talking.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canTalkAgain, ring, talk } from "./support/calls.mjs";
import { assertEnded, assertFields } from "./support/expect.mjs";
import { nothingElse } from "./support/phone.mjs";
import { useServer } from "./support/stage.mjs";

const WAYS = { goodbye: (phone) => phone.hangUpConnection(), "a lost connection": (phone) => phone.drop() };

describe("disconnects without a grace", () => {
  const stage = useServer();

  for (const transport of ["websocket", "polling"]) {
    for (const [way, leave] of Object.entries(WAYS)) {
      describe(`${way} over ${transport}`, () => {
        const options = { transport, droppable: true };

        it("of the user while ringing: missed, the telecaller's devices stop ringing", async () => {
          const user = await stage.user(options),
            tess = await stage.telecaller(options),
            tablet = await stage.again(tess);
          const callId = await ring(user, tess);
          await tablet.next("call:incoming");
          await leave(user);
          for (const device of [tess, tablet])
            assert.deepEqual(await device.next("call:cancelled"), { callId, reason: "caller_disconnected" });
          await nothingElse(tess, tablet);
          const back = await stage.again(user);
          if (way !== "goodbye")
            assert.equal(
              (await back.next("call:missed")).callId,
              callId,
              "who was lost learns what became of the call",
            );
          await canTalkAgain(back, tess);
        });

        it("of the telecaller's last device while ringing: missed, the user is told", async () => {
          const user = await stage.user(options),
            tess = await stage.telecaller(options);
          const tablet = await stage.again(tess, { droppable: true });
          const callId = await ring(user, tess);
          await leave(tess);
          await tess.closed;
          await tablet.next("call:incoming");
          await nothingElse(user, tablet);
          await leave(tablet);
          const missed = await user.next("call:missed");
          assertFields(missed, ["callId"], ["reason"]);
          assert.equal(missed.callId, callId);
          await nothingElse(user);
        });

        it("of the user while talking: completed, the telecaller is told", async () => {
          const user = await stage.user(options),
            tess = await stage.telecaller(options);
          const callId = await talk(user, tess);
          await leave(user);
          assertEnded(await tess.next("call:ended"), callId, "caller_disconnected", "coinsEarned");
          await nothingElse(tess);
        });

        it("of the telecaller while talking: completed, the user is told", async () => {
          const user = await stage.user(options),
            tess = await stage.telecaller(options);
          const callId = await talk(user, tess);
          await leave(tess);
          assertEnded(await user.next("call:ended"), callId, "callee_disconnected", "coinsSpent");
          await nothingElse(user);
        });

        it("of devices that do not own the call: nothing", async () => {
          const user = await stage.user(options),
            second = await stage.again(user, options);
          const tess = await stage.telecaller(options),
            tablet = await stage.again(tess, options);
          const callId = await ring(user, tess);
          await tablet.next("call:incoming");
          await leave(second);
          await second.closed;
          await tess.done("call:accept", { callId });
          await leave(tablet);
          await tablet.closed;
          await tess.next("call:accepted");
          await user.next("call:accepted");
          await nothingElse(user, tess);
          await user.done("call:end", { callId });
          assertEnded(await tess.next("call:ended"), callId, "hangup", "coinsEarned");
        });
      });
    }
  }

  it("who was lost in a call learns its end once, on the first device that comes back", async () => {
    const user = await stage.user({ droppable: true }),
      tess = await stage.telecaller();
    const callId = await talk(user, tess);
    await user.drop();
    await tess.next("call:ended");
    const back = await stage.again(user);
    assertEnded(await back.next("call:ended"), callId, "caller_disconnected", "coinsSpent");
    const later = await stage.again(user);
    await nothingElse(back, later);
  });

  it("who said goodbye in a call hears nothing of it later", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    await talk(user, tess);
    user.hangUpConnection();
    await tess.next("call:ended");
    await nothingElse(await stage.again(user));
  });

  it("a telecaller who was lost while ringing is told that the call was missed", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller({ droppable: true });
    const callId = await ring(user, tess);
    await tess.drop();
    await user.next("call:missed");
    const back = await stage.again(tess);
    assert.equal((await back.next("call:missed")).callId, callId);
    await nothingElse(back);
  });

  it("a new device before the old one's loss is seen: never OFFLINE", async () => {
    const watcher = await stage.user(),
      tess = await stage.telecaller({ droppable: true });
    const back = await stage.again(tess);
    await tess.drop();
    await tess.closed;
    await nothingElse(back, watcher);
    await watcher.nextPresence(tess, "ONLINE");
    watcher.assertNoPresence();
  });
});

describe("a connection that went silent", () => {
  const stage = useServer({ settings: { "engine.ping_interval": "400ms", "engine.ping_timeout": "1500ms" } });

  for (const transport of ["websocket", "polling"]) {
    it(`ends the call after the ping timeout, over ${transport}`, async () => {
      const user = await stage.user({ transport, droppable: true }),
        tess = await stage.telecaller({ transport });
      const callId = await talk(user, tess);
      user.freeze();
      assertEnded(await tess.next("call:ended"), callId, "caller_disconnected", "coinsEarned");
    });
  }

  it("is not what a quiet but living one looks like", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller({ transport: "polling" });
    const callId = await talk(user, tess);
    for (let ping = 0; ping < 4; ping++)
      await new Promise((resolve) => user.socket.io.engine.once("heartbeat", resolve));
    await nothingElse(user, tess);
    await user.done("call:end", { callId });
  });
});

describe("disconnects within calls.reconnect_grace", () => {
  const stage = useServer({ settings: { "calls.reconnect_grace": "1m" } });

  it("who comes back is in the call again", async () => {
    const user = await stage.user({ droppable: true }),
      tess = await stage.telecaller();
    const callId = await talk(user, tess);
    await user.drop();
    await user.closed;
    const back = await stage.again(user);
    await nothingElse(tess);
    await tess.done("call:end", { callId });
    assertEnded(await back.next("call:ended"), callId, "hangup", "coinsSpent");
  });

  it("a goodbye gets no grace", async () => {
    const user = await stage.user(),
      tess = await stage.telecaller();
    await talk(user, tess);
    user.hangUpConnection();
    await tess.next("call:ended"); // with a deadline far below the grace
  });
});

describe("after calls.reconnect_grace", () => {
  const stage = useServer({ settings: { "calls.reconnect_grace": "1s" } });

  it("who did not come back was gone from the moment of the loss", async () => {
    const user = await stage.user({ droppable: true }),
      tess = await stage.telecaller(),
      began = Date.now();
    const callId = await talk(user, tess);
    await user.drop();
    await user.closed;
    const lost = Date.now();
    const ended = await tess.next("call:ended");
    assertEnded(ended, callId, "caller_disconnected", "coinsEarned");
    assert.ok(Date.now() - lost > 900, "not before the grace was over");
    assert.ok(ended.durationInSeconds <= Math.floor((lost - began) / 1000), "the grace is not billed");
  });
});
