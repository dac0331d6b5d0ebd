// 2 000 clients whose transports are cut at random, in the middle of upgrades too. What the protocol promises to deliver
// arrives once and in order: everything across an upgrade, and with connection state recovery what the server sent
// while a client was away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { io } from "socket.io-client";
import { useConformanceServer } from "./support/conformance.mjs";
import { delay, eventually, isSanitized, within } from "./support/deadline.mjs";
import { FlakyNetwork } from "./support/flaky_network.mjs";

const CLIENTS = Number(process.env.STORM_CLIENTS ?? (isSanitized ? 300 : 2000));
const ROUNDS = 40;
// A client whose upgrade is cut between the probe and its end notices by the missing pings alone: 12 s here.
const STORM_MS = 120_000;

const server = useConformanceServer("--calm", "--recovery", "--shards", "2");

function connect(url, transports) {
  return io(url, {
    forceNew: true, transports, reconnectionDelay: 20, reconnectionDelayMax: 300, timeout: 60_000,
  });
}

async function inGroups(count, size, make) {
  for (let i = 0; i < count; i += size)
    await Promise.all(Array.from({ length: Math.min(size, count - i) }, (_, k) => make(i + k)));
}

const connected = (socket) =>
  within(socket.connected ? Promise.resolve() : new Promise((resolve) => socket.once("connect", resolve)), "connect", STORM_MS);

test("across an upgrade nothing is lost, doubled or overtaken in either direction", async () => {
  const speaker = connect(server.url, ["websocket"]);
  await connected(speaker);
  const clients = [];
  let said = 0;
  const speaking = setInterval(() => speaker.emit("broadcast", said++), 2);
  await inGroups(CLIENTS, 200, async (i) => {
    const socket = connect(server.url, ["polling", "websocket"]);
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

test("with recovery, cut connections lose and double no event", async () => {
  const network = new FlakyNetwork(new URL(server.url).port);
  await network.start();
  const speaker = connect(server.url, ["websocket"]);
  await connected(speaker);
  const clients = [];
  await inGroups(CLIENTS, 200, async (i) => {
    const socket = connect(network.url, i % 3 ? ["websocket"] : i % 2 ? ["polling"] : ["polling", "websocket"]);
    const client = { socket, heard: [], recovered: 0, anew: 0 };
    clients.push(client);
    socket.on("broadcast", (n) => client.heard.push(n));
    socket.on("connect", () => (socket.recovered ? client.recovered++ : client.anew++));
    await connected(socket);
  });
  let cuts = 0;
  for (let round = 0; round < ROUNDS; round++) {
    speaker.emit("broadcast", round);
    cuts += network.cut(0.05);
    await delay(50);
  }
  speaker.emit("broadcast", ROUNDS);
  const isDone = ({ socket, heard }) => socket.connected && heard.at(-1) === ROUNDS;
  await eventually(() => clients.every(isDone), () => `${clients.filter((c) => !isDone(c)).length} clients`, STORM_MS);
  const whole = Array.from({ length: ROUNDS + 1 }, (_, i) => i);
  for (const { heard, anew } of clients) {
    assert.equal(anew, 1, "every reconnect is recovered");
    assert.deepEqual(heard, whole);
  }
  const recoveries = clients.reduce((sum, { recovered }) => sum + recovered, 0);
  assert.ok(recoveries > CLIENTS / 4, `${recoveries} recoveries, ${cuts} cuts`);
  clients.forEach(({ socket }) => socket.disconnect());
  speaker.disconnect();
  await network.stop();
});
