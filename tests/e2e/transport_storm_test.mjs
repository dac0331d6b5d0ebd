// 2 000 clients whose transports are cut at random, in the middle of upgrades too. What the protocol promises to deliver
// arrives once and in order: everything across an upgrade, and with connection state recovery what the server sent
// while a client was away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { io } from "socket.io-client";
import { useConformanceServer } from "./support/conformance.mjs";
import { delay, eventually, within } from "./support/deadline.mjs";

const CLIENTS = Number(process.env.STORM_CLIENTS ?? 2000);
const ROUNDS = 40;
const STORM_MS = 120_000;

const server = useConformanceServer("--calm", "--recovery", "--shards", "2");

function connect(transports) {
  return io(server.url, {
    forceNew: true, transports, reconnectionDelay: 20, reconnectionDelayMax: 300, timeout: 60_000,
  });
}

// As a network does it: no close packet, no close frame.
function cut(socket) {
  const transport = socket.io.engine?.transport;
  if (!transport) return;
  if (transport.ws) transport.ws.terminate();
  else transport._pollXhr?.abort() ?? transport.pollXhr?.abort();
}

async function inGroups(count, size, make) {
  for (let i = 0; i < count; i += size)
    await Promise.all(Array.from({ length: Math.min(size, count - i) }, (_, k) => make(i + k)));
}

const connected = (socket) =>
  within(socket.connected ? Promise.resolve() : new Promise((resolve) => socket.once("connect", resolve)), "connect", STORM_MS);

test("across an upgrade nothing is lost, doubled or overtaken in either direction", async () => {
  const speaker = connect(["websocket"]);
  await connected(speaker);
  const clients = [];
  let said = 0;
  const speaking = setInterval(() => speaker.emit("broadcast", said++), 2);
  await inGroups(CLIENTS, 200, async (i) => {
    const socket = connect(["polling", "websocket"]);
    const client = { socket, heard: [], echoed: [], sent: 0 };
    clients.push(client);
    socket.on("broadcast", (n) => client.heard.push(n));
    socket.on("message-back", (n) => client.echoed.push(n));
    await connected(socket);
    while (socket.io.engine.transport.name !== "websocket" || client.sent < 10) {
      socket.emit("message", client.sent++);
      await delay(10);
    }
  });
  clearInterval(speaking);
  await eventually(() => clients.every((c) => c.heard.at(-1) === said - 1 && c.echoed.length === c.sent), "all", STORM_MS);
  for (const { socket, heard, echoed } of clients) {
    assert.ok(heard.every((n, i) => n === heard[0] + i), `heard ${heard}`);
    assert.ok(echoed.every((n, i) => n === i), `echoed ${echoed}`);
    socket.disconnect();
  }
  speaker.disconnect();
});

test("with recovery, cut transports lose and double no event", async () => {
  const speaker = connect(["websocket"]);
  await connected(speaker);
  const clients = [];
  let cuts = 0;
  let recovered = 0;
  await inGroups(CLIENTS, 200, async (i) => {
    const socket = connect(i % 3 ? ["websocket"] : i % 2 ? ["polling"] : ["polling", "websocket"]);
    const client = { socket, heard: [], lost: 0 };
    clients.push(client);
    socket.on("broadcast", (n) => client.heard.push(n));
    socket.on("connect", () => (socket.recovered ? recovered++ : client.sessions = (client.sessions ?? 0) + 1));
    socket.on("disconnect", () => client.lost++);
    await connected(socket);
  });
  for (let round = 0; round < ROUNDS; round++) {
    speaker.emit("broadcast", round);
    for (let i = 0; i < CLIENTS / 10; i++) {
      cuts++;
      cut(clients[Math.floor(Math.random() * CLIENTS)].socket);
    }
    await delay(50);
  }
  speaker.emit("broadcast", ROUNDS);
  await eventually(() => clients.every((c) => c.socket.connected && c.heard.at(-1) === ROUNDS), "the last event", STORM_MS);
  const whole = Array.from({ length: ROUNDS + 1 }, (_, i) => i);
  for (const { heard, sessions } of clients) {
    assert.equal(sessions, 1, "every reconnect was recovered");
    assert.deepEqual(heard, whole);
  }
  assert.ok(recovered > CLIENTS / 2, `${recovered} recoveries of ${cuts} cuts`);
  clients.forEach(({ socket }) => socket.disconnect());
  speaker.disconnect();
});
