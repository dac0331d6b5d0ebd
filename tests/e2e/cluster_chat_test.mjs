// examples/cluster_chat: a chat on two processes over Redis.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { io } from "socket.io-client";
import { eventually, within } from "./support/deadline.mjs";
import { hasExample, useExample } from "./support/example.mjs";
import { noRedis, RedisServer } from "./support/redis.mjs";

const skip = noRedis || (hasExample("cluster_chat") ? false : "examples/cluster_chat is not built");
const redis = new RedisServer();
if (!skip) await redis.start();

describe("a chat on two processes", { skip }, () => {
  const servers = [1, 2].map(() => useExample("cluster_chat", "--redis", redis.url)),
    clients = [];
  before(() =>
    eventually(
      () => redis.command("PUBSUB", "NUMSUB", "socket.io-request#/#").endsWith("2"),
      "two processes that know each other",
    ),
  );
  afterEach(() => clients.splice(0).forEach((socket) => socket.disconnect()));
  after(() => redis.close());

  async function join(server, name) {
    const socket = io(server.url, { forceNew: true });
    clients.push(socket);
    await within(new Promise((resolve) => socket.emit("join", name, resolve)), `${name} joining`);
    return socket;
  }

  test("what one says the others hear, and who is there is known to all", async () => {
    const [ann, bob] = [await join(servers[0], "Ann"), await join(servers[1], "Bob")];
    const heard = new Promise((resolve) => bob.once("said", (...args) => resolve(args)));
    ann.emit("say", "hello");
    assert.deepEqual(await within(heard, "Ann's words"), ["Ann", "hello"]);
    const names = await within(new Promise((resolve) => bob.emit("who", resolve)), "the names");
    assert.deepEqual(names.sort(), ["Ann", "Bob"]);
  });
});
