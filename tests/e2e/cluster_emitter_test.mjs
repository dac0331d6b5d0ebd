// A backend of Node.js with @socket.io/redis-emitter, and clients on processes of ours.
import assert from "node:assert/strict";
import { Emitter } from "@socket.io/redis-emitter";
import IORedis from "ioredis";
import { after, before, describe, test } from "node:test";
import { createClient } from "redis";
import { skip, useCluster } from "./support/cluster.mjs";
import { eventually } from "./support/deadline.mjs";

const CLIENTS = {
  redis: async (url) => {
    const client = createClient({ url });
    client.on("error", () => {}); // the tests' Redis ends before it
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  ioredis: async (url) => {
    const client = new IORedis(url);
    client.on("error", () => {});
    return { client, close: () => client.disconnect() };
  },
};

for (const [library, connect] of Object.entries(CLIENTS))
  describe(`the emitter over ${library}`, { skip }, () => {
    const cluster = useCluster();
    let emitter, connection, first, second;
    before(async () => {
      first = await cluster.ours("--shards", "3");
      second = await cluster.ours("--shards", "1");
      connection = await connect(cluster.redis.url);
      emitter = new Emitter(connection.client);
    });
    after(() => connection.close());

    // Three clients on the first process, on shards that chance chooses, and one on the second.
    const four = () =>
      Promise.all([cluster.client(first), cluster.client(first), cluster.client(first), cluster.client(second)]);
    // Nobody but `whom` got anything before what is sent to all now.
    async function onlyHeard(all, whom, ...events) {
      emitter.emit("end");
      for (const socket of all) {
        await eventually(() => socket.heard.at(-1)?.[0] === "end", "the last event");
        assert.deepEqual(socket.heard.splice(0).slice(0, -1), whom.includes(socket) ? events : []);
      }
    }

    test("every client gets an event once, whatever its shard", async () => {
      const all = await four();
      emitter.emit("news", 1, "two", { three: [null, true, 4.5] }, "ü🚀");
      await onlyHeard(all, all, ["news", 1, "two", { three: [null, true, 4.5] }, "ü🚀"]);
    });

    test("rooms, several of them, and those who are left out", async () => {
      const all = await four(),
        [a, b, c, d] = all;
      for (const socket of [a, b, d]) await cluster.does(socket, "join", "red");
      await cluster.does(b, "join", "blue");
      await cluster.does(c, "join", "blue");
      emitter.to("red").emit("one");
      await onlyHeard(all, [a, b, d], ["one"]);
      emitter.to("red").to("blue").emit("both");
      await onlyHeard(all, all, ["both"]);
      emitter.to("red").except("blue").emit("rest");
      await onlyHeard(all, [a, d], ["rest"]);
      emitter.except(["red"]).emit("others");
      await onlyHeard(all, [c], ["others"]);
      await cluster.does(a, "leave", "red");
      emitter.to("red").emit("again");
      await onlyHeard(all, [b, d], ["again"]);
      emitter.to("nobody is here").emit("lost");
      await onlyHeard(all, []);
    });

    test("one socket by its id, from the first moment on", async () => {
      const all = await four();
      for (const socket of all) {
        emitter.to(socket.id).emit("you", socket.id);
        await onlyHeard(all, [socket], ["you", socket.id]);
      }
      const late = await cluster.client(second);
      emitter.to(late.id).emit("at once");
      assert.deepEqual(await cluster.heard(late), [["at once"]]);
    });

    test("binary, dates and numbers arrive as they are", async () => {
      const client = await cluster.client(first);
      const bytes = Buffer.from([0, 1, 2, 254, 255]);
      emitter.emit("mixed", bytes, { deep: [bytes, new Date(1_700_000_000_123)] }, -1, 2 ** 40, 0.1, undefined);
      const [[, plain, { deep }, ...rest]] = await cluster.heard(client);
      assert.deepEqual(plain, bytes);
      assert.deepEqual(deep, [bytes, "2023-11-14T22:13:20.123Z"]);
      assert.deepEqual(rest, [-1, 2 ** 40, 0.1, null]);
    });

    test("volatile events reach who can be written to, and compress is no hindrance", async () => {
      const client = await cluster.client(first);
      emitter.volatile.emit("now");
      assert.deepEqual(await cluster.heard(client), [["now"]]);
      emitter.compress(false).emit("as it is");
      assert.deepEqual(await cluster.heard(client), [["as it is"]]);
    });

    test("namespaces are apart, those that clients make too", async () => {
      const main = await cluster.client(first),
        other = await cluster.client(first, "/other"),
        made = await cluster.client(second, "/dynamic-7*");
      emitter.of("/other").emit("there");
      assert.deepEqual(await cluster.heard(other), [["there"]]);
      await cluster.isServed("/dynamic-7*", 1);
      emitter.of("/dynamic-7*").emit("here");
      assert.deepEqual(await cluster.heard(made), [["here"]]);
      emitter.of("/dynamic-7*").to(made.id).emit("you");
      assert.deepEqual(await cluster.heard(made), [["you"]]);
      await onlyHeard([main], []);
      made.disconnect();
      await cluster.isServed("/dynamic-7*", 0);
    });

    test("sockets join and leave rooms from outside", async () => {
      const all = await four(),
        [a, b, , d] = all;
      emitter.in(a.id).socketsJoin(["green", "gray"]);
      emitter.in(d.id).socketsJoin("green");
      const inGreen = async () => (await cluster.does(b, "fetch", { rooms: ["green"] }))[0].map(({ id }) => id).sort();
      await eventually(async () => (await inGreen()).length === 2, "two in the room");
      assert.deepEqual(await inGreen(), [a.id, d.id].sort());
      emitter.in("gray").socketsLeave("green");
      await eventually(async () => (await inGreen()).length === 1, "one in the room");
      emitter.to("gray").emit("gray");
      await onlyHeard(all, [a], ["gray"]);
    });

    test("sockets are disconnected from outside, with their connection or without", async () => {
      const [a, b] = await four();
      const ended = (socket) => new Promise((resolve) => socket.once("disconnect", resolve));
      const beside = await Promise.all([a, b].map((socket) => cluster.besides(socket, "/other")));
      const reasons = Promise.all([ended(a), ended(b), ended(beside[1])]);
      emitter.in(a.id).disconnectSockets();
      emitter.in(b.id).disconnectSockets(true);
      assert.deepEqual(await reasons, Array(3).fill("io server disconnect"));
      assert.deepEqual(await cluster.does(beside[0], "data", {}), []);
    });

    test("an event for the servers themselves", async () => {
      const all = await four();
      emitter.serverSideEmit("hello", "from outside", [1]);
      for (const socket of all) assert.deepEqual(await cluster.heard(socket), [["hello", "from outside", [1]]]);
    });
  });
