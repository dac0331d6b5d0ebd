// Measures the server by its own CPU time and memory, which hold on a noisy machine and with a slow load generator; the
// rates are what this one Node.js process can ask for. RINGBACK_BIN names another server of the same command line.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { RingbackServer } from "../tests/e2e/support/server.mjs";
import { tokenOf } from "../tests/e2e/support/tokens.mjs";
import { RawSocket } from "../tests/e2e/support/wire.mjs";

const SECONDS = Number(process.env.BENCH_SECONDS) || 5,
  IDLE = 2000,
  PAIRS = [1, 10, 100];
const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"]));
const LIVEKIT = {
  "livekit.url": "ws://127.0.0.1:9",
  "livekit.api_key": "key",
  "livekit.api_secret": "a secret that only signs tokens here",
};

const server = await new RingbackServer({ settings: { "server.shards": 1, ...LIVEKIT } }).start();

function cpuMicroseconds() {
  const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6;
}
const residentKilobytes = () =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]);

async function join(role, id) {
  const raw = await RawSocket.open(server),
    namespace = `/${role.toLowerCase()}`;
  await raw.next();
  raw.send(`40${namespace},${JSON.stringify({ token: tokenOf({ id, role, name: `Name of ${id}` }) })}`);
  const reply = await raw.next();
  if (!reply.startsWith(`40${namespace},`)) throw new Error(reply);
  return raw;
}
async function joinMany(role, count, prefix) {
  const joined = [];
  for (let i = 0; i < count; i += 50) {
    const batch = Array.from({ length: Math.min(50, count - i) }, (_, k) => join(role, `${prefix}-${i + k}`));
    joined.push(...(await Promise.all(batch)));
  }
  return joined;
}

async function idle() {
  const first = await joinMany("USER", 100, "warm");
  const cpu = cpuMicroseconds(),
    memory = residentKilobytes();
  const sockets = await joinMany("USER", IDLE, "idle");
  const result = {
    sockets: IDLE,
    cpuPerConnect: (cpuMicroseconds() - cpu) / IDLE,
    kilobytesPerSocket: (residentKilobytes() - memory) / IDLE,
  };
  for (const raw of [...first, ...sockets]) raw.close();
  return result;
}

// A pair that calls, accepts and ends as fast as it is answered, until told to stop.
function callLoop(user, telecaller, telecallerId, count, isOver) {
  return new Promise((resolve) => {
    const emit = (raw, namespace, event, payload) => raw.send(`42/${namespace},${JSON.stringify([event, payload])}`);
    const begin = () => emit(user, "user", "call:initiate", { telecallerId, callType: "AUDIO" });
    const read = (raw, namespace, react) =>
      raw.ws.on("message", (bytes) => {
        const text = bytes.toString();
        if (text === "2") return raw.send("3");
        count.deliveries += 1;
        const [event, payload] = JSON.parse(text.slice(text.indexOf("[")));
        react(event, payload, (name) => emit(raw, namespace, name, { callId: payload.callId }));
      });
    read(telecaller, "telecaller", (event, payload, answer) => {
      if (event === "call:incoming") answer("call:accept");
      if (event !== "call:ended") return;
      count.calls += 1;
      if (isOver()) resolve();
      else begin();
    });
    read(user, "user", (event, payload, answer) => {
      if (event === "call:accepted") answer("call:end");
      if (event === "call:error") throw new Error(payload.message);
    });
    begin();
  });
}
async function calls(pairs) {
  const users = await joinMany("USER", pairs, `caller-${pairs}`),
    telecallers = await joinMany("TELECALLER", pairs, `callee-${pairs}`);
  const count = { calls: 0, deliveries: 0 },
    started = Date.now(),
    cpu = cpuMicroseconds();
  const isOver = () => Date.now() - started > SECONDS * 1000;
  await Promise.all(users.map((user, i) => callLoop(user, telecallers[i], `callee-${pairs}-${i}`, count, isOver)));
  const spent = cpuMicroseconds() - cpu,
    seconds = (Date.now() - started) / 1000;
  for (const raw of [...users, ...telecallers]) raw.close();
  return {
    pairs,
    callsPerSecond: count.calls / seconds,
    cpuPerCall: spent / count.calls,
    cpuPerDelivery: spent / count.deliveries,
  };
}

const rounded = (row) =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value.toPrecision(3))]));
console.log("CPU in microseconds of the server's process");
console.table([rounded(await idle())]);
const table = [];
for (const pairs of PAIRS) table.push(rounded(await calls(pairs)));
console.table(table);
await server.close();
