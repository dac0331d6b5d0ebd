// Connection state recovery in a cluster over a stream: what one server has lost any other continues, ours and Node's.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { skip, useCluster } from "./support/cluster.mjs";
import { eventually, within } from "./support/deadline.mjs";

const RECOVERY_MS = 60_000;

function serve(io) {
  io.on("connection", (socket) => {
    socket.on("join", async (room, done) => {
      await socket.join(room);
      done();
    });
    socket.on("data", (data, done) => {
      socket.data = data;
      done();
    });
  });
}

describe("recovery across servers", { skip }, () => {
  const cluster = useCluster({ streams: true });
  let one, two, node, speaker;
  before(async () => {
    one = await cluster.ours("--recovery", `${RECOVERY_MS}`, "--shards", "3");
    two = await cluster.ours("--recovery", `${RECOVERY_MS}`, "--shards", "1");
    node = await cluster.node({ recovery: RECOVERY_MS });
    serve(node.io);
  });

  // The client's connection breaks, `meanwhile` happens, and it finds `server` then.
  async function moves(socket, server, meanwhile = () => {}) {
    const gone = new Promise((resolve) => socket.once("disconnect", resolve));
    socket.io.reconnection(false);
    socket.io.engine.close();
    await gone;
    await eventually(() => cluster.redis.command("EXISTS", `sio:session:${socket._pid}`) === "1", "a kept session");
    await meanwhile();
    socket.io.uri = server.url;
    const back = new Promise((resolve) => socket.once("connect", resolve));
    socket.io.reconnection(true);
    socket.connect();
    await within(back, "the client's return");
  }

  for (const [path, from, to] of [
    ["from one of our processes to another", () => one, () => two],
    ["from a process of ours to itself", () => one, () => one],
    ["from ours to Node's", () => two, () => node],
    ["from Node's to ours", () => node, () => one],
  ])
    test(`a session goes ${path}, with its rooms, its data and what it missed`, async () => {
      speaker = await cluster.client(two);
      const socket = await cluster.client(from());
      const { id } = socket;
      await cluster.does(socket, "join", "red");
      await cluster.does(socket, "data", { name: "Ann" });
      node.io.to("red").emit("before");
      assert.deepEqual(await cluster.heard(socket), [["before"]]);

      const bytes = Buffer.from([1, 2]);
      await moves(socket, to(), async () => {
        node.io.to("red").emit("by Node", { bytes });
        await cluster.does(speaker, "emit", { rooms: ["red"] }, "by us", 2);
        node.io.to("blue").emit("for others");
        node.io.volatile.to("red").emit("volatile");
        await cluster.does(speaker, "emit", { rooms: [id] }, "to one");
        await cluster.does(speaker, "emit", { except: ["red"] }, "for the rest");
        await cluster.does(speaker, "emit", {}, "for all", bytes);
      });
      assert.equal(socket.recovered, true);
      assert.equal(socket.id, id);
      // Two servers said it: their order is that of the stream.
      const missed = [["by Node", { bytes }], ["by us", 2], ["for all", bytes], ["to one"]];
      // Node's own adapter replays what was volatile too.
      const heard = (await cluster.heard(socket, 4)).filter(([name]) => name !== "volatile");
      assert.deepEqual(heard.sort(), missed);

      const seen = (await node.io.fetchSockets()).find((s) => s.id === id);
      assert.deepEqual(seen.data, { name: "Ann" });
      assert.deepEqual([...seen.rooms].sort(), [id, "red"].sort());
      node.io.to("red").emit("after");
      await cluster.does(speaker, "emit", { rooms: [id] }, "after that");
      assert.deepEqual((await cluster.heard(socket, 2)).sort(), [["after"], ["after that"]]);
    });

  test("a client that never got an event comes back too", async () => {
    const witnesses = await Promise.all([one, two].map((server) => cluster.client(server)));
    node.io.emit("so that the log has begun");
    for (const witness of witnesses) await cluster.heard(witness); // and who comes now never gets it
    const socket = await cluster.client(one);
    const { id } = socket;
    await moves(socket, two, () => node.io.to(id).emit("missed"));
    assert.equal(socket.id, id);
    assert.deepEqual(await cluster.heard(socket), [["missed"]]);
  });

  test("who is back before the loss was noticed continues the session that still lives", async () => {
    const socket = await cluster.client(one);
    node.io.to(socket.id).emit("before");
    await cluster.heard(socket);
    const { id } = socket;
    const ended = new Promise((resolve) => socket.once("disconnect", resolve));
    socket.io.reconnection(false);
    const again = await cluster.client(one, "/", { auth: { pid: socket._pid, offset: socket._lastOffset } });
    assert.equal(again.id, id);
    await ended;
    node.io.to(id).emit("after");
    assert.deepEqual(await cluster.heard(again), [["after"]]);
  });

  test("nobody takes a session twice, or into another namespace", async () => {
    const socket = await cluster.client(one);
    node.io.to(socket.id).emit("before");
    await cluster.heard(socket);
    const auth = { pid: socket._pid, offset: socket._lastOffset },
      { id } = socket;
    await moves(socket, two);
    assert.equal(socket.id, id);
    assert.notEqual((await cluster.client(one, "/", { auth })).id, id);
    await moves(socket, two, async () => {
      assert.notEqual((await cluster.client(one, "/other", { auth })).id, id);
    });
    assert.notEqual(socket.id, id, "the attempt has used it up");
  });

  test("what is no offset begins anew, and so does what the stream has forgotten", async () => {
    for (const offset of ["junk", "1-", "99999999999999999999-0", "1-0"]) {
      const socket = await cluster.client(one);
      const { id } = socket;
      await moves(socket, two, () => {
        socket._lastOffset = offset;
      });
      assert.notEqual(socket.id, id);
      assert.equal(socket.recovered, false);
    }
    const socket = await cluster.client(one);
    node.io.to(socket.id).emit("before");
    await cluster.heard(socket);
    const { id } = socket;
    await moves(socket, two, async () => {
      const entries = () => Number(cluster.redis.command("XLEN", "socket.io"));
      const before = entries();
      for (let i = 0; i < 3; ++i) node.io.emit("more", i);
      await eventually(() => entries() === before + 3, "three more entries");
      cluster.redis.command("XTRIM", "socket.io", "MAXLEN", "1");
    });
    assert.notEqual(socket.id, id);
    node.io.to(socket.id).emit("after");
    assert.deepEqual((await cluster.heard(socket)).at(-1), ["after"]);
  });

  test("events go on in their order while clients move", async () => {
    const socket = await cluster.client(one);
    await cluster.does(socket, "join", "stairs");
    let sent = 0;
    const busy = setInterval(() => node.io.to("stairs").emit("n", sent++), 1);
    await eventually(() => socket.heard.length > 20, "some traffic");
    for (const server of [two, one, node, two, one]) {
      const before = sent;
      await moves(socket, server, () => eventually(() => sent > before + 20, "some traffic"));
      assert.equal(socket.recovered, true);
    }
    clearInterval(busy);
    const numbers = (await cluster.heard(socket, sent)).map(([, i]) => i);
    assert.deepEqual(numbers, Array.from({ length: sent }, (_, i) => i));
  });
});

describe("a stream's cluster without Redis", { skip }, () => {
  const cluster = useCluster({ streams: true });
  for (const recovery of [[], ["--recovery", `${RECOVERY_MS}`]])
    test(`its own clients go on, and later all others ${recovery}`, async () => {
      const [one, two] = [await cluster.ours(...recovery), await cluster.ours(...recovery)];
      const [a, b, c] = await Promise.all([one, one, two].map((server) => cluster.client(server)));
      await cluster.does(a, "emit", {}, "together");
      for (const socket of [a, b, c]) assert.deepEqual(await cluster.heard(socket), [["together"]]);
      await cluster.redis.stop();
      await cluster.does(a, "emit", {}, "alone");
      for (const socket of [a, b]) assert.deepEqual(await cluster.heard(socket), [["alone"]]);
      await cluster.redis.comeBack();
      await cluster.isServed("/", 2);
      let said = 0;
      await eventually(async () => {
        await cluster.does(a, "emit", {}, "again", said++);
        return c.heard.length > 0;
      }, "the other process");
      await eventually(() => b.heard.length === said, "each of them once");
      await one.close();
      await two.close();
      await cluster.isServed("/", 0);
    });
  after(() => cluster.redis.close());
});
