// What holds for every version of the client, every parser and every transport: tests by name. Each is given `connect`,
// which resolves to a client that was greeted and has arrived at its transport.
import assert from "node:assert/strict";
import { eventually } from "./deadline.mjs";
import { acknowledged, next, transportOf } from "./interop.mjs";

export const ONE_OF_EACH_TYPE = [
  42,
  -7,
  0.5,
  'héllo, 你好, 🚀 "quoted"\n',
  true,
  false,
  null,
  [1, ["two", null]],
  { key: { nested: [{}] }, "": "no key" },
];
const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const LARGE = "0123456789abcdef é🚀".repeat(10_000); // 230 kB

// Resolves when `socket` was greeted and is on `transport`, which a client that upgrades is a little later.
export async function settled(socket, transport) {
  await next(socket, "welcome");
  await eventually(() => transportOf(socket) === transport, `a client on ${transport}`);
  return socket;
}

export const CONVERSATION = {
  async "exchanges events with every type of JSON"(connect) {
    const socket = await connect();
    socket.emit("types");
    assert.deepEqual(await next(socket, "types"), ONE_OF_EACH_TYPE);
    socket.emit("echo", ...ONE_OF_EACH_TYPE);
    assert.deepEqual(await next(socket, "echoed"), ONE_OF_EACH_TYPE);
    socket.emit("echo");
    assert.deepEqual(await next(socket, "echoed"), []);
  },

  async "acknowledges in both directions"(connect) {
    const socket = await connect();
    assert.deepEqual(await acknowledged(socket, "echo", ...ONE_OF_EACH_TYPE), ONE_OF_EACH_TYPE);
    socket.on("question", (a, b, answer) => answer(b, { first: [a] }));
    socket.emit("ask", "one", { two: 2 });
    assert.deepEqual(await next(socket, "answered"), [{ two: 2 }, { first: ["one"] }]);
  },

  async "exchanges binary in any place, empty and large, in events and acknowledgements"(connect) {
    const socket = await connect();
    socket.emit("binary");
    assert.deepEqual(await next(socket, "binary"), [
      { first: Buffer.from([1, 2, 3]), list: [Buffer.alloc(0), { deep: EVERY_BYTE }] },
      "tail",
    ]);
    const args = [EVERY_BYTE, { a: [Buffer.alloc(0), "text", Buffer.alloc(200_000, 7)] }];
    socket.emit("echo", ...args);
    assert.deepEqual(await next(socket, "echoed"), args);
    assert.deepEqual(await acknowledged(socket, "echo", ...args), args);
    socket.on("question", (a, b, answer) => answer(b, { first: [a] }));
    socket.emit("ask", ...args);
    assert.deepEqual(await next(socket, "answered"), [args[1], { first: [args[0]] }]);
    assert.deepEqual(await acknowledged(socket, "weigh", ...args), [[256, 0, 200_000], 32_640 + 1_400_000]);
  },

  async "exchanges large and many messages in order"(connect) {
    const socket = await connect();
    assert.deepEqual(await acknowledged(socket, "echo", LARGE), [LARGE]);
    const numbers = Array.from({ length: 100 }, (_, i) => i),
      came = [];
    socket.on("echoed", (number) => came.push(number));
    for (const number of numbers) socket.emit("echo", number);
    await eventually(() => came.length === numbers.length, "all of them");
    assert.deepEqual(came, numbers);
  },

  async "comes back by itself when the transport was closed, and not when the server ended the namespace"(connect) {
    const socket = await connect();
    let ends = 0;
    socket.on("disconnect", () => ends++);
    socket.emit("cut me");
    await next(socket, "welcome");
    assert.equal(ends, 1);
    assert.deepEqual(await acknowledged(socket, "echo", "again"), ["again"]);
    socket.emit("leave me");
    assert.deepEqual((await next(socket, "disconnect"))[0], "io server disconnect");
    assert.equal(socket.connected, false);
  },
};
