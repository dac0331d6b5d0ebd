// Connection state recovery, with the official client as it is: it comes back by itself, as the same socket.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { io } from "socket.io-client";
import { delay } from "./support/deadline.mjs";
import { acknowledged, next, skip, TRANSPORTS, useInteropServer } from "./support/interop.mjs";

const WINDOW_MS = 1500;

describe("recovery", { skip }, () => {
  const open = useInteropServer("--recovery", String(WINDOW_MS));

  // A client of its own room, which keeps every event that it hears; by name and first argument: the last is an offset.
  async function listener({ namespace = "/quiet", reconnectionDelay = 300, ...options } = {}) {
    const socket = open(io, namespace, { reconnectionDelay, randomizationFactor: 0, ...options });
    await next(socket, namespace === "/quiet" ? "connect" : "welcome");
    socket.heard = [];
    socket.onAny((event, first) => event !== "welcome" && socket.heard.push([event, first]));
    assert.equal(socket.recovered, false);
    return socket;
  }
  async function speaker(namespace = "/quiet") {
    const socket = open(io, namespace, { transports: ["websocket"] });
    await next(socket, "connect");
    return (event, options) => acknowledged(socket, "say", { event, args: ["to all"], ...options });
  }
  async function loseTransport(socket) {
    const lost = next(socket, "disconnect");
    socket.io.engine.close();
    await lost;
  }
  // All that was said before this has been heard when it resolves: the answer comes behind it.
  const heardBy = async (socket) => {
    await acknowledged(socket, "echo");
    return socket.heard;
  };

  for (const [name, transports] of Object.entries(TRANSPORTS))
    it(`brings what was missed, in order and once, on ${name}`, async () => {
      const socket = await listener({ namespace: "/", transports }),
        { id } = socket,
        say = await speaker("/");
      assert.deepEqual(await acknowledged(socket, "join", "room 1"), []);
      await say("before");
      assert.deepEqual(await heardBy(socket), [["before", "to all"]]);
      await loseTransport(socket);
      await say("to all");
      await say("to its room", { room: "room 1", args: [{ deep: ["é🚀"] }, "text at the end"] });
      await say("to another room", { room: "room 2" });
      await say("to itself", { room: id });
      await say("volatile", { volatile: true });
      await next(socket, "connect");
      assert.equal(socket.recovered, true);
      assert.equal(socket.id, id);
      await say("after", { room: "room 1" });
      assert.deepEqual((await heardBy(socket)).slice(1), [
        ["to all", "to all"],
        ["to its room", { deep: ["é🚀"] }],
        ["to itself", "to all"],
        ["after", "to all"],
      ]);
    });

  it("goes on from loss to loss, whatever closes the transport", async () => {
    const socket = await listener(),
      { id } = socket,
      say = await speaker();
    for (const turn of [1, 2, 3]) {
      socket.emit("cut me");
      await next(socket, "disconnect");
      await say(`missed ${turn}`);
      await next(socket, "connect");
      assert.deepEqual([socket.recovered, socket.id], [true, id]);
      await say(`live ${turn}`);
    }
    const turns = [1, 2, 3].flatMap((turn) => [`missed ${turn}`, `live ${turn}`]);
    assert.deepEqual((await heardBy(socket)).map(([event]) => event), turns);
  });

  it("needs no event to have come before", async () => {
    const socket = await listener(),
      { id } = socket,
      say = await speaker();
    await loseTransport(socket);
    await say("first");
    await next(socket, "connect");
    assert.deepEqual([socket.recovered, socket.id], [true, id]);
    assert.deepEqual(await heardBy(socket), [["first", "to all"]]);
  });

  it("is not misled by a volatile event that ends in a string", async () => {
    const socket = await listener(),
      say = await speaker();
    await say("before");
    await acknowledged(socket, "echo");
    await say("volatile", { volatile: true, args: ["no offset"] });
    assert.deepEqual(await heardBy(socket), [
      ["before", "to all"],
      ["volatile", "no offset"],
    ]);
    await loseTransport(socket);
    await say("missed");
    await next(socket, "connect");
    assert.equal(socket.recovered, true);
    assert.deepEqual((await heardBy(socket)).slice(2), [["missed", "to all"]]);
  });

  it("outlives a quiet time that is longer than what the server remembers", async () => {
    const socket = await listener(),
      say = await speaker();
    await say("before");
    await acknowledged(socket, "echo");
    for (let quiet = 0; quiet < 3 * WINDOW_MS; quiet += 500) {
      await delay(500);
      await say("elsewhere", { room: "room 2" }); // or the log would be empty
    }
    await loseTransport(socket);
    await say("missed");
    await next(socket, "connect");
    assert.equal(socket.recovered, true);
    assert.deepEqual(await heardBy(socket), [
      ["before", "to all"],
      ["missed", "to all"],
    ]);
  });

  it("gives a new socket to who comes too late, or after having left", async () => {
    const socket = await listener({ reconnectionDelay: 2 * WINDOW_MS, reconnectionDelayMax: 2 * WINDOW_MS }),
      { id } = socket,
      say = await speaker();
    await loseTransport(socket);
    await say("missed");
    await next(socket, "connect");
    assert.equal(socket.recovered, false);
    assert.notEqual(socket.id, id);
    socket.emit("leave me");
    await next(socket, "disconnect");
    await say("missed");
    socket.connect();
    await next(socket, "connect");
    assert.equal(socket.recovered, false);
    assert.deepEqual(await heardBy(socket), []);
  });

  it("tells nothing to who is refused meanwhile, and waits for who may come in again", async () => {
    const auth = { token: "open sesame" },
      socket = await listener({ namespace: "/guarded", auth }),
      { id } = socket;
    await loseTransport(socket);
    auth.token = "locked out";
    const guest = open(io, "/guarded", { auth: { token: "open sesame" } });
    await next(guest, "welcome");
    await acknowledged(guest, "say", { event: "missed", args: ["to all"] });
    const [error] = await next(socket, "connect_error");
    assert.equal(error.message, "not authorized");
    assert.deepEqual(socket.heard, []);
    auth.token = "open sesame";
    socket.connect();
    await next(socket, "connect");
    assert.deepEqual([socket.recovered, socket.id], [true, id]);
    assert.deepEqual(await heardBy(socket), [["missed", "to all"]]);
  });
});
