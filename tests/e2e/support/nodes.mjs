// Many nodes that are one service: processes of the program under test on one Redis and one database.
import { delay, eventually, isSanitized, PATIENCE_MS } from "./deadline.mjs";
import { figures, METRICS_SETTINGS } from "./metrics.mjs";
import { databaseOfEnvironment, noPostgres, PostgresServer } from "./postgres.mjs";
import { noRedis, RedisServer } from "./redis.mjs";
import { isReference, RingbackServer } from "./server.mjs";

// What a test that needs them is skipped with.
export const noCluster = (isReference && "the reference is one process") || noRedis || noPostgres;

// Whole suites on several nodes, whose programs a sanitizer makes slow.
export const noSuiteOnNodes = noCluster || (isSanitized && !process.env.RINGBACK_NODES && "takes too long under a sanitizer: RINGBACK_NODES=1 runs it");

// What does not hold on every run yet: ./dev cluster asks for it.
export const notAskedForNodes = process.env.RINGBACK_NODES ? false : "./dev cluster runs it";
export const LEASE_MS = 2000;
// Nothing tells a test that a message between nodes has arrived: they take some milliseconds.
const SETTLING_MS = 80;

export class Node extends RingbackServer {
  redisUrl = null; // another way to Redis than that of all

  constructor(name, options) {
    super(options);
    this.name = name;
  }
  commandLine() {
    const own = [`cluster.node_id=${this.name}`, ...(this.redisUrl ? [`cluster.redis_url=${this.redisUrl}`] : [])];
    return [...super.commandLine(), ...own.flatMap((set) => ["--set", set])];
  }
  // It stands still, its connections stay open; or goes on.
  freeze() {
    process.kill(this.pid, "SIGSTOP");
  }
  thaw() {
    process.kill(this.pid, "SIGCONT");
  }
  get isRunning() {
    return this.pid !== undefined && this.exit === undefined;
  }
}

// Stands in for a RingbackServer: who asks for its address gets that of the next node each time, so that the parties of a
// test are on different ones. Settings are those of all nodes.
export class Cluster {
  #next = 0;
  #postgres = null; // of its own, where the environment names none

  // With a `network` (private_network.mjs) each process has a place of its own there.
  constructor({ nodes = 3, settings = {}, network, ...options } = {}) {
    this.network = network;
    const url = settings["store.url"] ?? databaseOfEnvironment();
    if (!url) this.#postgres = new PostgresServer();
    const all = { "cluster.lease": `${LEASE_MS}ms`, ...METRICS_SETTINGS, ...settings, "store.url": url ?? "that of a PostgreSQL to be started" };
    this.redis = new RedisServer();
    this.nodes = Array.from({ length: nodes }, (_, i) => new Node(`node-${i + 1}`, { ...options, settings: all }));
    this.settings = this.nodes[0].settings;
    for (const node of this.nodes) node.settings = this.settings; // one for all, which a test may change before a start
  }

  get postgres() {
    return this.#postgres;
  }
  get binary() {
    return this.nodes[0].binary;
  }
  get program() {
    return this.nodes[0].program;
  }
  get data() {
    return this.nodes[0].data;
  }
  get log() {
    return this.nodes.map(({ log }) => log).join("\n");
  }
  get #taker() {
    const able = this.nodes.filter((node) => node.isRunning);
    return able[this.#next++ % able.length] ?? this.nodes[0];
  }
  get port() {
    return this.#taker.port;
  }
  get url() {
    return this.#taker.url;
  }
  get host() {
    return this.nodes[0].host;
  }

  async start() {
    if (this.network) for (const each of [this.redis, this.postgres, ...this.nodes]) each.place = await this.network.place();
    if (!this.redis.pid) await this.redis.start();
    this.settings["cluster.redis_url"] = this.redis.url;
    if (this.#postgres && !this.#postgres.port) {
      await this.#postgres.start();
      this.settings["store.url"] = this.#postgres.database();
    }
    await Promise.all(this.nodes.map((node) => node.start()));
    return this;
  }
  async comeBack() {
    await Promise.all(this.nodes.map((node) => node.comeBack()));
    return this;
  }
  check() {
    for (const node of this.nodes) node.check();
  }
  terminate() {
    for (const node of this.nodes) node.terminate();
  }
  get exited() {
    return Promise.all(this.nodes.map(({ exited }) => exited)).then((all) => all.find((how) => how !== 0) ?? 0);
  }
  get exit() {
    const all = this.nodes.map(({ exit }) => exit);
    return all.includes(undefined) ? undefined : (all.find((how) => how !== 0) ?? 0);
  }
  async stop() {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }
  // Those that do not run start again.
  async revive() {
    await Promise.all(this.nodes.filter((node) => !node.isRunning).map((node) => node.comeBack()));
    await this.isReady();
  }
  async kill() {
    await Promise.all(this.nodes.map((node) => node.kill()));
  }
  // What one of them said has reached the others, and is written.
  async settle() {
    await delay(SETTLING_MS);
    const isWritten = (now) => now.ringback_store_queue === 0 && now.ringback_store_kept === 0;
    await eventually(async () => isWritten(await figures(this)), "nodes that have written everything");
  }

  // Every node that runs says that it is ready.
  isReady(ms = 4 * PATIENCE_MS) {
    const running = () => this.nodes.filter((node) => node.isRunning);
    return eventually(
      async () => (await Promise.all(running().map((node) => node.isReady()))).every(Boolean),
      "nodes that are ready",
      ms,
    );
  }

  async close() {
    const ends = await Promise.allSettled(this.nodes.map((node) => node.close()));
    await this.redis.close();
    await this.#postgres?.close();
    await this.network?.close();
    const failed = ends.find(({ status }) => status === "rejected");
    if (failed) throw failed.reason;
  }
}

// RINGBACK_CLUSTER=3 makes three nodes of every server under test.
const nodes = Number(process.env.RINGBACK_CLUSTER);
export function serverOfEnvironment(options) {
  return nodes ? new Cluster({ nodes, ...options }) : new RingbackServer(options);
}
