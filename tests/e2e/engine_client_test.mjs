// The Engine.IO half alone, under the official engine.io-client.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Socket } from "engine.io-client";
import { hasConformanceServer, useConformanceServer } from "./support/conformance.mjs";
import { eventually, within } from "./support/deadline.mjs";

const options = { skip: !hasConformanceServer && "examples/conformance is not built" };

// Resolves with what `socket` says on its next `event`.
const next = (socket, event) =>
  within(new Promise((resolve) => socket.once(event, (...args) => resolve(args))), `"${event}"`);

describe("engine.io-client", options, () => {
  const server = useConformanceServer("--engine");

  it("keeps its session through many heartbeats on either transport", async () => {
    for (const transport of ["polling", "websocket"]) {
      const socket = new Socket(server.url, { transports: [transport] });
      socket.on("close", (reason) => assert.equal(reason, "forced close"));
      for (let i = 0; i < 4; i++) await next(socket, "ping");
      socket.send("still here");
      assert.deepEqual(await next(socket, "message"), ["still here"]);
      socket.close();
    }
  });

  it("carries bytes and text of any length on either transport", async () => {
    for (const transport of ["polling", "websocket"]) {
      const socket = new Socket(server.url, { transports: [transport] });
      await next(socket, "open");
      for (const text of ["中文 😀 é", "x".repeat(200_000)]) {
        socket.send(text);
        assert.deepEqual(await next(socket, "message"), [text]);
      }
      for (const bytes of [Buffer.alloc(0), Buffer.from([0, 1, 255]), Buffer.alloc(200_000, 7)]) {
        socket.send(bytes);
        const [echoed] = await next(socket, "message");
        assert.ok(bytes.equals(Buffer.from(echoed)), `${bytes.length} bytes`);
      }
      socket.close();
    }
  });
});

describe("engine.io-client against the fixture of its own tests", options, () => {
  const server = useConformanceServer("--engine", "--client-suite");

  it("loses and reorders nothing while it moves from polling to WebSocket", async () => {
    const COUNT = 50;
    const play = async (pause) => {
      const socket = new Socket(server.url, { transports: ["polling", "websocket"] });
      const received = [];
      socket.on("message", (text) => text !== "hi" && received.push(Number(text)));
      socket.on("close", (reason, details) => assert.equal(reason, "forced close", details?.message));
      const upgraded = next(socket, "upgrade");
      await next(socket, "open");
      // Every message comes back, so as many cross the switch in the other direction.
      for (let i = 0; i < COUNT; i++) {
        socket.send(String(i));
        if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
      }
      await eventually(() => received.length >= COUNT, "every message");
      await upgraded;
      assert.deepEqual(
        received,
        Array.from({ length: COUNT }, (_, i) => i),
      );
      assert.equal(socket.transport.name, "websocket");
      socket.close();
    };
    await Promise.all(Array.from({ length: 30 }, (_, i) => play(i % 3)));
  });

  it("is greeted, echoed and given what it asks for", async () => {
    const socket = new Socket(server.url);
    assert.deepEqual(await next(socket, "message"), ["hi"]);
    socket.send("give binary");
    assert.deepEqual([...new Uint8Array((await next(socket, "message"))[0])], [0, 1, 2, 3, 4]);
    socket.send("give utf8");
    assert.deepEqual(await next(socket, "message"), ["пойду спать всем спокойной ночи"]);
    socket.close();
  });

  it("keeps the cookies that the handshake brought", async () => {
    const socket = new Socket(server.url, { transports: ["polling"], withCredentials: true });
    await next(socket, "message");
    socket.send("sendHeaders");
    const [headers] = await next(socket, "message");
    assert.equal(JSON.parse(headers).cookie, "1=1; 2=2");
    socket.close();
  });

  it("is not let in when the application refuses it", async () => {
    for (const transport of ["polling", "websocket"]) {
      const socket = new Socket(server.url, { transports: [transport], query: { deny: 1 } });
      const [error] = await next(socket, "error");
      if (transport === "polling") assert.equal(error.description, 403);
    }
  });
});
