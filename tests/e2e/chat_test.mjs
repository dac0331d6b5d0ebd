// examples/chat under the official client: two shards, so that its members meet across threads.
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { io } from "socket.io-client";
import { eventually, within } from "./support/deadline.mjs";
import { hasExample, useExample } from "./support/example.mjs";

const FOLDER = fileURLToPath(new URL("../../examples/chat", import.meta.url));
const EVENTS = ["said", "joined", "left", "typing", "quiet", "members"];

describe("the chat", { skip: !hasExample("chat_server") && "examples/chat is not built beside the program under test" }, () => {
  const server = useExample("chat_server", FOLDER, "--shards", "2");
  const guests = [];
  afterEach(async () => {
    for (const guest of guests.splice(0)) guest.socket.disconnect();
    // The next test counts from one again.
    await eventually(async () => {
      const guest = await enter();
      const { members } = await guest.ask("join", "counter");
      guest.socket.disconnect();
      return members === 1;
    }, "an empty room");
    guests.length = 0;
  });

  // A client that keeps what it is sent, and waits for it in order.
  async function enter(options = {}) {
    const socket = io(server.url, { forceNew: true, reconnectionDelay: 50, ...options });
    const heard = [];
    for (const name of EVENTS) socket.on(name, (...args) => heard.push([name, ...args]));
    const guest = {
      socket,
      heard,
      ask: (...event) => within(socket.emitWithAck(...event), `an answer to ${event[0]}`),
      async hears(...expected) {
        await eventually(() => heard.length > 0, () => `${JSON.stringify(expected)}`);
        assert.deepEqual(heard.shift().slice(0, expected.length), expected);
      },
    };
    guests.push(guest);
    await within(new Promise((resolve) => socket.once("connect", resolve)), "a connection");
    return guest;
  }
  async function enterAs(name, members, options) {
    const guest = await enter(options);
    assert.deepEqual(await guest.ask("join", name), { ok: true, members });
    return guest;
  }

  it("tells members who joins and who leaves, and how many they are", async () => {
    const maya = await enterAs("Maya", 1);
    const ravi = await enterAs("  Ravi ", 2);
    await maya.hears("joined", "Ravi", 2);
    const isha = await enterAs("Isha", 3, { transports: ["polling"] });
    await maya.hears("joined", "Isha", 3);
    await ravi.hears("joined", "Isha", 3);
    isha.socket.disconnect();
    await maya.hears("left", "Isha", 2);
    await ravi.hears("left", "Isha", 2);
  });

  it("carries what a member says to all others, with its time", async () => {
    const [maya, ravi, isha] = [await enterAs("Maya", 1), await enterAs("Ravi", 2), await enterAs("Isha", 3)];
    for (const guest of [maya, ravi, isha]) guest.heard.length = 0;
    assert.deepEqual(await maya.ask("say", ' "Grüße" 👋 '), { ok: true });
    for (const guest of [ravi, isha]) {
      await eventually(() => guest.heard.some(([name]) => name === "said"), "the message");
      const [, from, text, at] = guest.heard.find(([name]) => name === "said");
      assert.deepEqual([from, text], ["Maya", '"Grüße" 👋']);
      assert.equal(new Date(at).toISOString(), at);
    }
    assert.ok(!maya.heard.some(([name]) => name === "said"));
  });

  it("refuses who has not joined, joins twice, or says nothing", async () => {
    const guest = await enter();
    assert.equal((await guest.ask("say", "hello?")).ok, false);
    for (const name of ["", "   ", "x".repeat(65), 7, null, { name: "x" }]) assert.equal((await guest.ask("join", name)).ok, false);
    assert.equal((await guest.ask("join", "Maya")).ok, true);
    assert.equal((await guest.ask("join", "Maya")).ok, false);
    for (const text of ["", " \n ", "x".repeat(4001), 7, null]) assert.equal((await guest.ask("say", text)).ok, false);
  });

  it("shows nothing to who has not joined", async () => {
    const outside = await enter();
    const [maya, ravi] = [await enterAs("Maya", 1), await enterAs("Ravi", 2)];
    await maya.hears("joined", "Ravi", 2);
    await ravi.ask("say", "between us");
    await maya.hears("said", "Ravi", "between us");
    // Its own answer comes behind all that was sent to it before.
    await outside.ask("say", "x");
    assert.deepEqual(outside.heard, []);
  });

  it("says that somebody types once, and when they stopped", async () => {
    const [maya, ravi] = [await enterAs("Maya", 1), await enterAs("Ravi", 2)];
    await maya.hears("joined", "Ravi", 2);
    for (let stroke = 0; stroke < 5; stroke++) ravi.socket.emit("typing");
    await maya.hears("typing", ravi.socket.id, "Ravi");
    await maya.hears("quiet", ravi.socket.id);
    assert.deepEqual(maya.heard, []);
  });

  it("takes a message for the end of typing", async () => {
    const [maya, ravi] = [await enterAs("Maya", 1), await enterAs("Ravi", 2)];
    await maya.hears("joined", "Ravi", 2);
    ravi.socket.emit("typing");
    await ravi.ask("say", "done");
    await maya.hears("typing", ravi.socket.id, "Ravi");
    await maya.hears("quiet", ravi.socket.id);
    await maya.hears("said", "Ravi", "done");
  });

  it("ends the typing of who vanishes", async () => {
    const [maya, ravi] = [await enterAs("Maya", 1), await enterAs("Ravi", 2)];
    await maya.hears("joined", "Ravi", 2);
    const { id } = ravi.socket;
    ravi.socket.emit("typing");
    await maya.hears("typing", id, "Ravi");
    ravi.socket.disconnect();
    await maya.hears("quiet", id);
    await maya.hears("left", "Ravi", 1);
  });

  it("brings back who lost the connection for a moment, with what was said meanwhile", async () => {
    const maya = await enterAs("Maya", 1);
    const ravi = await enterAs("Ravi", 2, { transports: ["websocket"], reconnection: false });
    await maya.hears("joined", "Ravi", 2);
    await maya.ask("say", "one");
    await ravi.hears("said", "Maya", "one");
    const { id } = ravi.socket;
    ravi.socket.io.engine.close();
    await maya.hears("left", "Ravi", 1);
    await maya.ask("say", "two");

    ravi.socket.connect();
    await ravi.hears("said", "Maya", "two");
    await ravi.hears("members", 2);
    assert.deepEqual([ravi.socket.recovered, ravi.socket.id], [true, id]);
    await maya.hears("joined", "Ravi", 2);
    assert.deepEqual(await ravi.ask("say", "three"), { ok: true });
    await maya.hears("said", "Ravi", "three");
  });

  it("serves its page and the official client", async () => {
    for (const [path, type, content] of [
      ["/", "text/html", "<title>Chat</title>"],
      ["/chat.js", "text/javascript", "/socket.io-client.js"],
      ["/chat.css", "text/css", "body"],
      ["/socket.io-client.js", "text/javascript", "Socket.IO v4"],
    ]) {
      const answer = await fetch(server.url + path);
      assert.equal(answer.status, 200, path);
      assert.ok(answer.headers.get("content-type").startsWith(type), path);
      assert.match(answer.headers.get("content-security-policy") ?? "script", /script/);
      assert.ok((await answer.text()).includes(content), path);
    }
    assert.equal((await fetch(`${server.url}/node_modules`)).status, 404);
  });
});
