// permessage-deflate with the official client over Node's `ws`. The program under test does not offer it: the library
// does, which the conformance server shows.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { io } from "socket.io-client";
import { hasConformanceServer, useConformanceServer } from "./support/conformance.mjs";
import { within } from "./support/deadline.mjs";

const LARGE = JSON.stringify({ presence: Array.from({ length: 3000 }, (_, i) => ({ id: `telecaller-${i}`, online: true })) });

async function connect(server, options = {}) {
  const socket = io(server.url, { transports: ["websocket"], forceNew: true, reconnection: false, ...options });
  await within(new Promise((resolve, reject) => socket.once("connect", resolve).once("connect_error", reject)), "connect");
  return socket;
}

const echo = (socket, ...args) => within(socket.emitWithAck("message-with-ack", ...args), "the echo");
const wire = (socket) => socket.io.engine.transport.ws;

describe("compression", { skip: !hasConformanceServer && "examples/conformance is not built" }, () => {
  const server = useConformanceServer("--deflate");
  const plain = useConformanceServer();
  let socket;
  const it_with = (what, options, test) =>
    it(what, async () => {
      socket = await connect(server, options);
      try {
        await test();
      } finally {
        socket.disconnect();
      }
    });

  it_with("is negotiated and makes a large message small, both ways", { perMessageDeflate: { threshold: 1024 } }, async () => {
    assert.equal(wire(socket).extensions, "permessage-deflate");
    const { _socket: tcp } = wire(socket);
    const [read, written] = [tcp.bytesRead, tcp.bytesWritten];
    assert.deepEqual(await echo(socket, LARGE), LARGE);
    assert.ok(tcp.bytesWritten - written < LARGE.length / 4, `sent ${tcp.bytesWritten - written}`);
    assert.ok(tcp.bytesRead - read < LARGE.length / 4, `got ${tcp.bytesRead - read}`);
  });

  it_with("carries many messages of all kinds in order", { perMessageDeflate: { threshold: 0 } }, async () => {
    const binary = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 7));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => echo(socket, i % 3 ? { i, text: "né😀".repeat(i * 20) } : binary)),
    );
    answers.forEach((answer, i) => assert.deepEqual(answer, i % 3 ? { i, text: "né😀".repeat(i * 20) } : binary));
  });

  it_with("serves a client with a small window", { perMessageDeflate: { serverMaxWindowBits: 9, threshold: 0 } }, async () =>
    assert.deepEqual(await echo(socket, LARGE), LARGE),
  );

  it_with("works behind an upgrade", { transports: ["polling", "websocket"], perMessageDeflate: {} }, async () => {
    if (socket.io.engine.transport.name !== "websocket")
      await within(new Promise((resolve) => socket.io.engine.once("upgrade", resolve)), "the upgrade");
    assert.equal(wire(socket).extensions, "permessage-deflate");
    assert.deepEqual(await echo(socket, LARGE), LARGE);
  });

  it_with("is left out for a client that does not offer it", { perMessageDeflate: false }, async () => {
    assert.equal(wire(socket).extensions, "");
    assert.deepEqual(await echo(socket, LARGE), LARGE);
  });

  it("is off unless it was switched on", async () => {
    socket = await connect(plain, { perMessageDeflate: {} });
    assert.equal(wire(socket).extensions, "");
    socket.disconnect();
  });
});
