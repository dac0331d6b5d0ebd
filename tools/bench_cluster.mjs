// Counts what several nodes cost: what a call, a connection, a relayed signal and a node at rest ask of Redis, of
// PostgreSQL and of each other, on three nodes of one shard with a Redis and a PostgreSQL of their own. Counts are exact;
// times are CPU time of this machine. RINGBACK_BIN names the server. usage: node tools/bench_cluster.mjs [CALLS [PAIRS [THINKING_MS]]]
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delay, eventually } from "../tests/e2e/support/deadline.mjs";
import { figures, METRICS_SETTINGS } from "../tests/e2e/support/metrics.mjs";
import { Cluster, noCluster } from "../tests/e2e/support/nodes.mjs";
import { psql } from "../tests/e2e/support/postgres.mjs";
import { tokenOf } from "../tests/e2e/support/tokens.mjs";
import { RawSocket } from "../tests/e2e/support/wire.mjs";

if (noCluster) throw new Error(noCluster);
const CALLS = Number(process.argv[2]) || 200,
  PAIRS = Number(process.argv[3]) || 20,
  SIGNALS = 500,
  CONNECTIONS = 600,
  REST_MS = 5000,
  THINKING_MS = Number(process.argv[4] ?? 60);
const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"]));

// Limits count in Redis, so they are on, above what this program does.
const MANY = 1_000_000;
const LIMITED = ["connections", "call_initiate", "call_accept", "call_cancel", "call_reject", "call_end"];
const limits = Object.fromEntries(LIMITED.map((name) => [`limits.${name}_per_minute`, MANY]));
const cluster = new Cluster({
  settings: { ...METRICS_SETTINGS, ...limits, "server.shards": 1, "cluster.lease": "10s", "peer.directory": "everyone", "limits.signals_per_second": 0 },
});
await cluster.start();
await cluster.isReady();

function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6;
}
const residentOf = (pid) => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;

// All that is counted, at this moment.
async function snapshot() {
  const seen = { at: performance.now() };
  for (const [name, value] of Object.entries(await figures(cluster))) {
    const operation = /^ringback_registry_operations_total{operation="(\w+)"}/.exec(name)?.[1];
    if (operation) seen[`operation ${operation}`] = value;
  }
  const sum = await figures(cluster);
  seen.messages = sum.ringback_cluster_messages_sent_total;
  seen.packets = sum.ringback_cluster_packets_total;
  seen.commands = sum.ringback_redis_commands_total;
  seen.writes = sum.ringback_redis_writes_total;
  seen.commits = sum.ringback_store_commit_seconds_count;
  seen.commitSeconds = sum.ringback_store_commit_seconds_sum;
  const info = cluster.redis.command("INFO", "everything");
  for (const [, name, calls, usec] of info.matchAll(/^cmdstat_(\S+?):calls=(\d+),usec=(\d+)/gm)) {
    seen[`redis ${name}`] = Number(calls);
    seen[`redis µs ${name}`] = Number(usec);
  }
  for (const name of ["total_net_input_bytes", "total_net_output_bytes", "used_memory"])
    seen[name] = Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)[1]);
  seen.redisCpu = cpuOf(cluster.redis.pid);
  seen.nodesCpu = cluster.nodes.map(({ pid }) => cpuOf(pid)).reduce((a, b) => a + b);
  seen.nodesMemory = cluster.nodes.map(({ pid }) => residentOf(pid)).reduce((a, b) => a + b);
  const ask = (statement) => psql(cluster.settings["store.url"], statement);
  seen.postgresWal = Number(ask("SELECT pg_current_wal_lsn() - '0/0'"));
  const pids = ask("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()").split("\n");
  seen.postgresCpu = pids.map(cpuOf).reduce((a, b) => a + b);
  return seen;
}

// What `what` costs, for each of `count`, without what the nodes do at rest in that time.
let rest = {};
async function costOf(count, what) {
  const before = await snapshot();
  await what();
  const after = await snapshot(),
    seconds = (after.at - before.at) / 1000,
    cost = {};
  for (const [name, value] of Object.entries(after)) {
    if (name === "at") continue;
    const each = (value - (before[name] ?? 0) - (rest[name] ?? 0) * seconds) / count;
    cost[name] = Number(each.toPrecision(4));
  }
  return { cost, seconds };
}

async function join(node, role, id) {
  const namespace = role === "PEER" ? "/" : `/${role.toLowerCase()}`,
    raw = await RawSocket.open(node);
  await raw.next();
  const token = tokenOf({ id, role: role === "PEER" ? "USER" : role, name: `Name of ${id}` });
  raw.send(`40${namespace === "/" ? "" : `${namespace},`}${JSON.stringify({ token })}`);
  const reply = await raw.next();
  if (!reply.startsWith("40")) throw new Error(reply);
  raw.ws.on("message", (bytes) => bytes.toString() === "2" && raw.send("3"));
  return raw;
}
const prefix = (namespace) => (namespace === "/" ? "42" : `42${namespace},`);
const emit = (raw, namespace, event, payload) => raw.send(prefix(namespace) + JSON.stringify([event, payload]));
function react(raw, reactions) {
  raw.ws.on("message", (bytes) => {
    const text = bytes.toString();
    if (!text.startsWith("42")) return;
    const [event, payload] = JSON.parse(text.slice(text.indexOf("[")));
    reactions[event]?.(payload);
  });
}

// Pairs that call, think, accept, think and end, one call after the other; parties think so that nothing is bundled that
// is not bundled when people do it.
async function calls(name, userNode, telecallerNode) {
  const pairs = await Promise.all(
    Array.from({ length: PAIRS }, async (_, i) => {
      const id = `tele-${name}-${i}`;
      return { id, user: await join(userNode, "USER", `user-${name}-${i}`), tele: await join(telecallerNode, "TELECALLER", id) };
    }),
  );
  await delay(1500);
  const latencies = [];
  let begun = 0,
    ended = 0;
  const result = await costOf(CALLS, async () => {
    for (const { id, user, tele } of pairs) {
      let at;
      const begin = () => {
        if (begun === CALLS) return;
        begun += 1;
        at = performance.now();
        emit(user, "/user", "call:initiate", { telecallerId: id, callType: "AUDIO" });
      };
      const later = (what) => (THINKING_MS ? setTimeout(what, THINKING_MS * (1 + Math.random())) : what());
      react(tele, {
        "call:incoming": ({ callId }) => later(() => emit(tele, "/telecaller", "call:accept", { callId })),
        "call:ended": () => {
          ended += 1;
          later(begin);
        },
      });
      react(user, {
        "call:ringing": () => latencies.push(performance.now() - at),
        "call:accepted": ({ callId }) => later(() => emit(user, "/user", "call:end", { callId })),
        "call:error": ({ message }) => {
          throw new Error(message);
        },
      });
      later(begin);
    }
    await eventually(() => ended === CALLS, "the calls", 120_000);
    await delay(500);
  });
  latencies.sort((a, b) => a - b);
  result.ringingMs = [0.5, 0.99].map((p) => Number(latencies[Math.floor(p * (latencies.length - 1))].toFixed(2)));
  for (const { user, tele } of pairs) for (const raw of [user, tele]) raw.close();
  await delay(1500);
  return result;
}

async function connections() {
  const open = [];
  const coming = await costOf(CONNECTIONS, async () => {
    for (let i = 0; i < CONNECTIONS; i += 30) {
      const batch = Array.from({ length: 30 }, (_, k) => join(cluster.nodes[(i + k) % 3], "USER", `idle-${i + k}`));
      open.push(...(await Promise.all(batch)));
    }
    await delay(500);
  });
  const going = await costOf(CONNECTIONS, async () => {
    for (const raw of open) raw.close();
    await eventually(async () => (await figures(cluster)).ringback_sockets === 0, "all gone", 20_000);
    await delay(500);
  });
  return { coming, going };
}

// Peers in a call that exchange candidates.
async function signals(name, first, second) {
  const ids = [`peer-a-${name}`, `peer-b-${name}`];
  const [a, b] = [await join(first, "PEER", ids[0]), await join(second, "PEER", ids[1])];
  await delay(500);
  let callId, got = 0;
  react(b, {
    "call:incoming": ({ callId: id }) => emit(b, "/", "call:accept", { callId: id }),
    "webrtc:ice-candidate": () => (got += 1),
  });
  react(a, { "call:accepted": ({ callId: id }) => (callId = id), "call:error": (e) => { throw new Error(JSON.stringify(e)); } });
  emit(a, "/", "call:request", { to: ids[1], callType: "AUDIO" });
  await eventually(() => callId, "a call of peers");
  const candidate = { callId, candidate: { candidate: "candidate:1 1 udp 2122260223 192.0.2.1 56032 typ host generation 0", sdpMid: "0", sdpMLineIndex: 0 } };
  const result = await costOf(SIGNALS, async () => {
    for (let i = 0; i < SIGNALS; i++) {
      emit(a, "/", "webrtc:ice-candidate", candidate);
      await eventually(() => got > i, "a candidate");
    }
  });
  a.close();
  b.close();
  await delay(1000);
  return result;
}

const [one, two] = cluster.nodes,
  report = {};
try {
  await delay(1500);
  report.rest = await costOf(REST_MS / 1000, () => delay(REST_MS));
  // Per second of all three nodes.
  rest = Object.fromEntries(Object.entries(report.rest.cost).filter(([name]) => !/memory/i.test(name)));
  const { coming, going } = await connections();
  Object.assign(report, { coming, going });
  report.callOnOneNode = await calls("local", one, one);
  report.callAcrossNodes = await calls("across", one, two);
  report.signalOnOneNode = await signals("local", one, one);
  report.signalAcrossNodes = await signals("across", one, two);
} finally {
  await cluster.close();
}
console.log(JSON.stringify(report, (_, value) => (value === 0 ? undefined : value), 1));
