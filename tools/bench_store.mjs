// Measures what durable commits cost: `call:initiate` → `call:ringing` at a rate of calls that is offered whatever
// becomes of them, and at ten times that rate. RINGBACK_BIN names the server, RINGBACK_POSTGRES a PostgreSQL (without one
// it starts its own, with fsync). usage: node tools/bench_store.mjs [CALLS_PER_SECOND [SECONDS]]
import { databaseOfEnvironment, noPostgres, PostgresServer } from "../tests/e2e/support/postgres.mjs";
import { RingbackServer } from "../tests/e2e/support/server.mjs";
import { tokenOf } from "../tests/e2e/support/tokens.mjs";
import { RawSocket } from "../tests/e2e/support/wire.mjs";

const RATE = Number(process.argv[2]) || 200,
  SECONDS = Number(process.argv[3]) || 10,
  PAIRS = 40;

async function join(server, role, id) {
  const raw = await RawSocket.open(server), namespace = `/${role.toLowerCase()}`;
  await raw.next();
  raw.send(`40${namespace},${JSON.stringify({ token: tokenOf({ id, role, name: id }) })}`);
  const reply = await raw.next();
  if (!reply.startsWith(`40${namespace},`)) throw new Error(reply);
  return raw;
}

// One user and one telecaller who make calls that are accepted and ended at once.
class Pair {
  constructor(user, tele, teleId, results) {
    Object.assign(this, { user, tele, teleId, results, isFree: true });
    user.ws.on("message", (bytes) => this.#userGot(bytes.toString()));
    tele.ws.on("message", (bytes) => this.#teleGot(bytes.toString()));
  }
  begin(due) {
    this.isFree = false;
    this.due = due;
    this.asked = performance.now();
    this.user.send(`42/user,["call:initiate",{"telecallerId":"${this.teleId}","callType":"AUDIO"}]`);
  }
  #userGot(text) {
    if (text === "2") return this.user.send("3");
    if (text.startsWith('42/user,["call:ringing"')) {
      this.results.ringing.push(performance.now() - this.asked);
      this.results.sinceDue.push(performance.now() - this.due);
    } else if (text.startsWith('42/user,["call:accepted"')) {
      this.user.send(`42/user,["call:end",{"callId":"${/"callId":"(\w+)"/.exec(text)[1]}"}]`);
    } else if (text.startsWith('42/user,["call:error"')) {
      this.results.refused++;
      this.isFree = true;
    }
  }
  #teleGot(text) {
    if (text === "2") return this.tele.send("3");
    const call = /"callId":"(\w+)"/.exec(text)?.[1];
    if (text.startsWith('42/telecaller,["call:incoming"'))
      this.tele.send(`42/telecaller,["call:accept",{"callId":"${call}"}]`);
    else if (text.startsWith('42/telecaller,["call:ended"')) {
      this.results.ended++;
      this.isFree = true;
    }
  }
}

const percentile = (values, p) => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))];

async function offer(server, rate) {
  const results = { ringing: [], sinceDue: [], ended: 0, refused: 0 };
  const pairs = [];
  for (let i = 0; i < PAIRS; i++) {
    const [user, tele] = [`user-${rate}-${i}`, `tele-${rate}-${i}`];
    pairs.push(new Pair(await join(server, "USER", user), await join(server, "TELECALLER", tele), tele, results));
  }
  const began = performance.now();
  let offered = 0, notBegun = 0;
  while (performance.now() - began < SECONDS * 1000) {
    const due = Math.floor(((performance.now() - began) / 1000) * rate);
    for (; offered < due; offered++) {
      const free = pairs.find(({ isFree }) => isFree);
      if (free) free.begin(began + (offered / rate) * 1000);
      else notBegun++;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  for (const { user, tele } of pairs) [user, tele].forEach((raw) => raw.close());
  const ms = (values, p) => (values.length ? percentile(values, p).toFixed(1) : "–");
  return {
    offered: rate,
    "ended/s": (results.ended / SECONDS).toFixed(0),
    refused: results.refused,
    "all lines busy": notBegun,
    "p50 ms": ms(results.ringing, 0.5),
    "p99 ms": ms(results.ringing, 0.99),
    "p99 ms since due": ms(results.sinceDue, 0.99),
  };
}

async function measure(name, settings) {
  const server = await new RingbackServer({ settings: { "server.shards": 1, "log.level": "warn", ...settings } }).start();
  for (const rate of [RATE, 10 * RATE]) console.log(name, JSON.stringify(await offer(server, rate)));
  await server.close();
}

await measure("SQLite", { "store.url": "sqlite:ringback.db" });
if (noPostgres) console.log(`PostgreSQL: not measured, ${noPostgres}`);
else {
  const own = process.env.RINGBACK_POSTGRES ? null : await new PostgresServer({ fsync: "on" }).start();
  await measure("PostgreSQL", { "store.url": own ? own.database() : databaseOfEnvironment() });
  await own?.close();
}
