// One cluster of a server of ours, with several shards, and one of Node.js with @socket.io/redis-adapter.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { skip, useCluster } from "./support/cluster.mjs";
import { eventually, within } from "./support/deadline.mjs";

// Node's server as its clients' events drive ours.
function serve(io) {
  for (const namespace of [io.of("/"), io.of("/other")]) {
    namespace.on("hello", (said, answer) => answer?.(`${said} from Node`));
    namespace.on("silent", () => {});
    namespace.on("connection", (socket) => {
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
}

const answering = (socket, answer) =>
  socket.on("question", (...args) => {
    const done = args.pop();
    if (answer !== undefined) done(answer);
  });

const MODES = {
  "the classic adapter": {},
  "the classic adapter, answers to who asks alone": { publishOnSpecificResponseChannel: true },
  "the streams adapter": { streams: true },
  "the streams adapter with recovery": { streams: true, recovery: 60_000 },
};

for (const [mode, options] of Object.entries(MODES))
  describe(`beside Node.js: ${mode}`, { skip }, () => {
    const cluster = useCluster(options);
    let ours, node, io, clients;
    before(async () => {
      ours = await cluster.ours(
        ...["--shards", "3"],
        ...(options.publishOnSpecificResponseChannel ? ["--specific"] : []),
        ...(options.recovery ? ["--recovery", `${options.recovery}`] : []),
      );
      node = await cluster.node(options);
      io = node.io;
      serve(io);
    });

    // Two clients of ours, one of Node's; `a` and `n` are in "red".
    async function three() {
      clients = await Promise.all([ours, ours, node].map((server) => cluster.client(server)));
      const [a, b, n] = clients;
      await cluster.does(a, "join", "red");
      await cluster.does(n, "join", "red");
      return { a, b, n };
    }
    async function onlyHeard(whom, ...events) {
      io.emit("end");
      for (const socket of clients) {
        await eventually(() => socket.heard.at(-1)?.[0] === "end", "the last event");
        assert.deepEqual(socket.heard.splice(0).slice(0, -1), whom.includes(socket) ? events : []);
      }
    }
    const onlyHeardOfOurs = async (from, whom, ...events) => {
      await cluster.does(from, "emit", {}, "end");
      for (const socket of clients) {
        await eventually(() => socket.heard.at(-1)?.[0] === "end", "the last event");
        assert.deepEqual(socket.heard.splice(0).slice(0, -1), whom.includes(socket) ? events : []);
      }
    };

    test("Node's broadcasts reach our clients", async () => {
      const { a, b, n } = await three();
      const bytes = Buffer.from([1, 2, 3]);
      io.emit("all", 1, { bytes }, "x");
      await onlyHeard([a, b, n], ["all", 1, { bytes }, "x"]);
      io.to("red").emit("red");
      await onlyHeard([a, n], ["red"]);
      io.to("red").except(n.id).emit("one");
      await onlyHeard([a], ["one"]);
      io.to(b.id).emit("id");
      await onlyHeard([b], ["id"]);
      io.local.emit("local");
      await onlyHeard([n], ["local"]);
      io.volatile.to(["red", b.id]).emit("union");
      await onlyHeard([a, b, n], ["union"]);
    });

    test("our broadcasts reach Node's clients", async () => {
      const { a, b, n } = await three();
      const bytes = Buffer.from([1, 2, 3]);
      await cluster.does(a, "emit", {}, "all", 1, { bytes }, "x", 0.5, null);
      await onlyHeardOfOurs(a, [a, b, n], ["all", 1, { bytes }, "x", 0.5, null]);
      await cluster.does(b, "emit", { rooms: ["red"] }, "red");
      await onlyHeardOfOurs(b, [a, n], ["red"]);
      await cluster.does(b, "emit", { rooms: ["red"], except: [a.id] }, "one");
      await onlyHeardOfOurs(b, [n], ["one"]);
      await cluster.does(b, "emit", { rooms: [n.id] }, "id");
      await onlyHeardOfOurs(b, [n], ["id"]);
      await cluster.does(b, "emit", { local: true }, "local");
      await onlyHeardOfOurs(b, [a, b], ["local"]);
      await cluster.does(a, "emit", { rooms: ["red", b.id] }, "union");
      await onlyHeardOfOurs(a, [a, b, n], ["union"]);
    });

    test("one sender's events keep their order across the cluster", async () => {
      const { a, n } = await three();
      for (let i = 0; i < 300; ++i) io.to(a.id).emit("n", i);
      for (let i = 0; i < 300; ++i) a.emit("emit", { rooms: [n.id] }, "o", i);
      const numbers = Array.from({ length: 300 }, (_, i) => i);
      assert.deepEqual((await cluster.heard(a, 300)).map(([, i]) => i), numbers);
      assert.deepEqual((await cluster.heard(n, 300)).map(([, i]) => i), numbers);
    });

    test("Node moves and disconnects our sockets, and we its", async () => {
      const { a, b, n } = await three();
      const members = async (room) => (await io.in(room).fetchSockets()).map(({ id }) => id).sort();
      const has = (room, ...sockets) =>
        eventually(
          async () => `${await members(room)}` === `${sockets.map(({ id }) => id).sort()}`,
          `${room} with ${sockets.length}`,
        );
      io.in(b.id).socketsJoin("blue");
      await has("blue", b);
      io.in("red").socketsJoin(["blue", "green"]);
      await has("blue", a, b, n);
      io.in("red").except(n.id).socketsLeave("blue");
      await has("blue", b, n);
      await cluster.does(a, "change", { rooms: [n.id, b.id] }, "leave", ["blue"]);
      await has("blue");
      await cluster.does(a, "change", { rooms: [n.id, b.id] }, "join", ["gray"]);
      await has("gray", b, n);
      const ended = (socket) => within(new Promise((resolve) => socket.once("disconnect", resolve)), "a disconnect");
      const beside = await cluster.besides(b, "/other");
      const all = [ended(b), ended(beside), ended(n)];
      io.in(b.id).disconnectSockets(true);
      await cluster.does(a, "change", { rooms: [n.id] }, "disconnect");
      assert.deepEqual(await Promise.all(all), Array(3).fill("io server disconnect"));
      await has("red", a);
    });

    test("each sees the sockets of all, with what Node needs of them", async () => {
      const { a, b, n } = await three();
      await cluster.does(a, "data", { name: "Ann", n: [1] });
      await cluster.does(n, "data", { name: "Node" });
      const seen = await io.fetchSockets();
      assert.deepEqual(seen.map(({ id }) => id).sort(), [a.id, b.id, n.id].sort());
      const ann = seen.find(({ id }) => id === a.id);
      assert.deepEqual(ann.data, { name: "Ann", n: [1] });
      assert.deepEqual([...ann.rooms], [a.id, "red"]);
      assert.equal(ann.handshake.address, "127.0.0.1");
      assert.equal(ann.handshake.headers.connection, "Upgrade");
      assert.equal(ann.handshake.query.transport, "websocket");
      assert.ok(ann.handshake.url.includes("transport=websocket"));
      assert.ok(Math.abs(ann.handshake.issued - Date.now()) < 60_000);
      assert.equal(ann.handshake.secure, false);
      ann.emit("from afar");
      assert.deepEqual(await cluster.heard(a), [["from afar"]]);

      const [ofOurs] = await cluster.does(b, "fetch", {});
      assert.deepEqual(ofOurs.map(({ id }) => id).sort(), [a.id, b.id, n.id].sort());
      const far = ofOurs.find(({ id }) => id === n.id);
      assert.deepEqual(far.data, { name: "Node" });
      assert.deepEqual(far.rooms, [n.id, "red"]);
      assert.ok(["127.0.0.1", "::ffff:127.0.0.1"].includes(far.address));
      assert.match(far.headers, /^connection: Upgrade\r$/m);
      assert.match(far.query, /transport=websocket/);
      const [inRed] = await cluster.does(b, "fetch", { rooms: ["red"], except: [a.id] });
      assert.deepEqual(inRed.map(({ id }) => id), [n.id]);
      const [local] = await cluster.does(b, "fetch", { local: true });
      assert.deepEqual(local.map(({ id }) => id).sort(), [a.id, b.id].sort());
    });

    const onlyClassic = options.streams && "not of this adapter";
    test("all rooms of the cluster are known to Node", { skip: onlyClassic }, async () => {
      const { a, b, n } = await three();
      assert.deepEqual([...(await io.of("/").adapter.allRooms())].sort(), [a.id, b.id, n.id, "red"].sort());
      assert.deepEqual([...(await io.of("/other").adapter.allRooms())], []);
    });

    test("what only older versions of the adapter ask is answered too", { skip: onlyClassic }, async () => {
      const { a, b } = await three();
      const answers = [],
        channel = `socket.io-response#/#${options.publishOnSpecificResponseChannel ? "abcdef#" : ""}`,
        listener = await cluster.listener(channel, answers);
      const ask = (request) =>
        node.publisher.publish("socket.io-request#/#", JSON.stringify({ ...request, requestId: "old", uid: "abcdef" }));
      const sockets = async (rooms) => {
        await ask({ type: 0, rooms });
        await eventually(() => answers.length === 2, "two answers"); // of ours and of Node's
        return answers.splice(0).flatMap((answer) => answer.sockets).filter((id) => [a.id, b.id].includes(id));
      };
      assert.deepEqual(await sockets(["red"]), [a.id]);
      assert.deepEqual((await sockets([])).sort(), [a.id, b.id].sort());
      const done = async (request) => {
        await ask({ sid: b.id, ...request });
        assert.deepEqual(await eventually(() => answers.shift(), "an answer"), { requestId: "old" });
      };
      await done({ type: 2, room: "old room" });
      io.to("old room").emit("to the old room");
      assert.deepEqual(await cluster.heard(b), [["to the old room"]]);
      await done({ type: 3, room: "old room" });
      const ended = new Promise((resolve) => b.once("disconnect", resolve));
      await done({ type: 4, close: false });
      assert.equal(await ended, "io server disconnect");
      await listener.close();
    });

    test("Node's broadcasts are acknowledged by our clients", async () => {
      const { a, b, n } = await three();
      [a, b, n].forEach((socket, i) => answering(socket, i));
      assert.deepEqual((await io.timeout(3000).emitWithAck("question", 1)).sort(), [0, 1, 2]);
      assert.deepEqual(await io.to("nobody is here").timeout(3000).emitWithAck("question"), []);
      assert.deepEqual(await io.to(b.id).timeout(3000).emitWithAck("question"), [1]);
      const bytes = Buffer.from([7, 8]);
      a.off("question");
      answering(a, { bytes, at: [1.5] });
      assert.deepEqual(await io.to(a.id).timeout(3000).emitWithAck("question"), [{ bytes, at: [1.5] }]);
    });

    test("a client that does not answer costs no more than the timeout", async () => {
      const { a, b, n } = await three();
      answering(a, "a");
      answering(n, "n");
      const error = await io.timeout(300).emitWithAck("question").then(() => null, (e) => e);
      assert.match(error.message, /timed out/);
      assert.deepEqual(error.responses.sort(), ["a", "n"]);
      const [complete, asked, answers] = await cluster.does(b, "ask", { timeout: 300 }, "question");
      assert.deepEqual([complete, asked, answers.sort()], [false, 3, [["a"], ["n"]]]);
    });

    test("our broadcasts are acknowledged by Node's clients", async () => {
      const { a, b, n } = await three();
      [a, b, n].forEach((socket, i) => answering(socket, i));
      const [complete, asked, answers] = await cluster.does(a, "ask", { timeout: 5000 }, "question", { x: 1 });
      assert.deepEqual([complete, asked, answers.sort()], [true, 3, [[0], [1], [2]]]);
      assert.deepEqual(await cluster.does(a, "ask", { rooms: ["nobody is here"] }, "question"), [true, 0, []]);
      assert.deepEqual(await cluster.does(a, "ask", { rooms: [n.id] }, "question"), [true, 1, [[2]]]);
      assert.deepEqual(await cluster.does(a, "ask", { rooms: [n.id], local: true }, "question"), [true, 0, []]);
    });

    test("servers hear and answer each other", async () => {
      const { a, b } = await three();
      io.serverSideEmit("hello", "hi", 2);
      for (const socket of [a, b]) assert.deepEqual(await cluster.heard(socket), [["hello", "hi", 2]]);
      assert.deepEqual(await io.serverSideEmitWithAck("hello", "hi"), ["HI"]);
      assert.deepEqual(await io.of("/other").serverSideEmitWithAck("hello", "there"), ["THERE"]);
      assert.deepEqual(await io.serverSideEmitWithAck("nobody handles this"), [null]);
      const told = new Promise((resolve) => io.once("news", (...args) => resolve(args)));
      await cluster.does(a, "tell", "news", 1, { two: [3] });
      assert.deepEqual(await within(told, "a server's event"), [1, { two: [3] }]);
      assert.deepEqual(await cluster.does(a, "consult", "hello", "we"), [true, ["we from Node"]]);
    });
  });

describe("a cluster that changes", { skip }, () => {
  const cluster = useCluster();

  test("processes of ours alone see each other's sockets once, whatever their shards", async () => {
    const [one, two] = [await cluster.ours("--shards", "4"), await cluster.ours("--shards", "2")];
    const sockets = await Promise.all([1, 2, 3, 4, 5, 6].map((i) => cluster.client(i % 2 ? one : two)));
    sockets.forEach((socket, i) => answering(socket, i));
    const [found] = await cluster.does(sockets[0], "fetch", {});
    assert.deepEqual(found.map(({ id }) => id).sort(), sockets.map(({ id }) => id).sort());
    const [complete, asked, answers] = await cluster.does(sockets[1], "ask", { timeout: 5000 }, "question");
    assert.deepEqual([complete, asked, answers.flat().sort()], [true, 6, [0, 1, 2, 3, 4, 5]]);
    const started = Date.now();
    assert.deepEqual(await cluster.does(sockets[0], "consult", "hello", "you"), [true, ["YOU"]]);
    assert.ok(Date.now() - started < 3000, "nobody was waited for in vain");
    await two.close();
    await cluster.isServed("/", 1);
    const [left] = await cluster.does(sockets[0], "fetch", {});
    assert.equal(left.length, 3);
    await one.close();
    await cluster.isServed("/", 0);
  });

  test("who does not answer is waited for no longer than the timeout", async () => {
    const [ours, node] = [await cluster.ours("--timeout", "300"), await cluster.node()];
    const a = await cluster.client(ours);
    node.io.on("silent", () => {});
    assert.deepEqual(await cluster.does(a, "consult", "silent"), [false, []]);
    await node.close();
    await cluster.isServed("/", 1);
    await ours.close();
  });

  test("Redis starts again empty: what was said before is said again", async () => {
    const [ours, node] = [await cluster.ours("--shards", "2"), await cluster.node()];
    const [a, n] = [await cluster.client(ours), await cluster.client(node)];
    await cluster.does(a, "join", "red");
    await cluster.redis.stop();
    // Nobody waits for what cannot be told.
    await cluster.does(a, "join", "blue");
    await cluster.does(a, "emit", {}, "alone");
    assert.deepEqual(await cluster.heard(a), [["alone"]]);
    const nobody = { rooms: ["nobody is here"], timeout: 60_000 };
    assert.deepEqual(await cluster.does(a, "ask", nobody, "question"), [false, 0, []]);
    assert.equal((await cluster.does(a, "fetch", {}))[0].length, 1);
    await cluster.redis.comeBack();
    await cluster.isServed("/", 2);
    for (const room of ["red", "blue", a.id]) {
      node.io.to(room).emit("again", room);
      assert.deepEqual(await cluster.heard(a), [["again", room]]);
    }
    await cluster.does(a, "emit", {}, "both");
    assert.deepEqual(await cluster.heard(n), [["both"]]);
    await node.close();
    await ours.close();
  });

  test("beyond the threshold one pattern serves, and nothing comes twice or is lost on the way there", async () => {
    const [ours, node] = [await cluster.ours("--most-rooms", "5"), await cluster.node()];
    const a = await cluster.client(ours);
    let sent = 0;
    await cluster.does(a, "join", "room 0");
    const busy = setInterval(() => node.io.to("room 0").emit("n", sent++), 1);
    for (let i = 1; i < 12; ++i) await cluster.does(a, "join", `room ${i}`);
    await eventually(() => sent > 200, "some traffic");
    clearInterval(busy);
    const channels = () => cluster.redis.command("PUBSUB", "CHANNELS", "socket.io#/#*");
    await eventually(() => channels() === "", "channels without subscribers");
    const numbers = (await cluster.heard(a, sent)).map(([, i]) => i);
    assert.deepEqual(numbers, Array.from({ length: sent }, (_, i) => i));
    node.io.to("room 11").to("room 3").emit("once");
    assert.deepEqual(await cluster.heard(a), [["once"]]);
    await node.close();
    await ours.close();
  });

  test("junk on its channels is ignored", async () => {
    const ours = await cluster.ours();
    const b = await cluster.client(ours, "/dynamic-1");
    await cluster.isServed("/dynamic-1", 1);
    const junk = [
      ...["", "{", "{}", "[]", "null", '{"type":99}', '{"type":5}', '{"type":5,"opts":7,"requestId":"x"}'],
      ...['{"type":2,"opts":{},"rooms":{}}', '{"type":3,"sid":5}', '{"type":6,"data":{}}', '{"type":6,"data":[1]}'],
      ...['{"type":7,"requestId":"x","packet":{},"opts":{}}', '{"type":8,"requestId":"x","clientCount":-1}'],
      ...['{"requestId":"x","sockets":[1,{}]}', '{"type":4,"opts":{"rooms":7},"close":"yes"}'],
      ...[[0x93], [0x93, 0xa1, 0x78, 0xc0, 0xc0], [0x93, 0xa1, 0x78, 0x80, 0x80], [0xdf, 0xff, 0xff, 0xff, 0xff]],
      // Of a streams adapter (0.3) with the same prefix: {"type": 7, "data": {}, "uid": "x", "nsp": "/dynamic-1"}
      Buffer.from("84a47479706507a46461746180a3756964a178a36e7370aa2f64796e616d69632d31", "hex"),
      Buffer.alloc(1000, 0x91),
    ].map((body) => Buffer.from(body));
    const publisher = await cluster.connection();
    for (const channel of ["socket.io-request", "socket.io-response", "socket.io"])
      for (const body of junk) await publisher.publish(`${channel}#/dynamic-1#`, body);
    assert.equal((await cluster.does(b, "fetch", {}))[0].length, 1);
    await cluster.does(b, "emit", {}, "still here");
    assert.deepEqual(await cluster.heard(b), [["still here"]]);
    await publisher.close();
    await ours.close();
  });
});
