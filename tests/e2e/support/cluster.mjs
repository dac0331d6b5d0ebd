// A cluster over one Redis: processes of ours (tests/interop/cluster_server, whose source lists its events), servers of
// Node.js with the official adapter in this process, and clients of both.
import { createAdapter as createClassicAdapter } from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { createServer } from "node:http";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, afterEach } from "node:test";
import { createClient } from "redis";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { eventually, within } from "./deadline.mjs";
import { noRedis, RedisServer } from "./redis.mjs";
import { BINARY, isReference, ServerProcess } from "./server.mjs";

const PROGRAM = join(dirname(BINARY), "tests/interop/cluster_server");
export const skip =
  (isReference && "the reference has no library to build the fixture on") ||
  noRedis ||
  (existsSync(PROGRAM) ? false : "cluster_server is not built");

class OurServer extends ServerProcess {
  constructor(args) {
    super(PROGRAM);
    this.args = args;
  }
  commandLine() {
    return ["--port", String(this.port), ...this.args];
  }
  isReady() {
    return fetch(`${this.url}/`).then(
      () => true,
      () => false,
    );
  }
}

// What tests do with a server of either kind is in its own words; this is what both have: a `url`.
class NodeServer {
  async start(redis, { streams, recovery, ...options }) {
    this.publisher = createClient({ url: redis.url });
    this.publisher.on("error", () => {});
    this.subscriber = this.publisher.duplicate();
    this.subscriber.on("error", () => {});
    await Promise.all([this.publisher.connect(), this.subscriber.connect()]);
    this.http = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => this.http.once("listening", resolve));
    this.url = `http://127.0.0.1:${this.http.address().port}`;
    const adapter = streams
      ? createStreamsAdapter(this.publisher, { blockTimeInMs: 200, ...options })
      : createClassicAdapter(this.publisher, this.subscriber, options);
    this.io = new Server(this.http, {
      adapter,
      ...(recovery && { connectionStateRecovery: { maxDisconnectionDuration: recovery } }),
    });
    this.io.of("/other");
    return this;
  }
  async close() {
    if (!this.io) return;
    const { io } = this;
    this.io = null;
    await io.close();
    await Promise.all([this.publisher.close(), this.subscriber.close()]);
  }
}

// Registers the life of all that a test starts with the surrounding `describe`. A cluster of the classic adapter, or
// with `streams` of that over a stream.
export function useCluster({ streams = false } = {}) {
  const redis = new RedisServer(),
    started = [],
    clients = [];
  const cluster = {
    redis,
    async ours(...args) {
      return cluster.joined(async () => {
        const server = new OurServer(["--redis", redis.url, ...(streams ? ["--streams"] : []), ...args]);
        started.push(server);
        return server.start();
      });
    },
    async node(options = {}) {
      return cluster.joined(async () => {
        const server = await new NodeServer().start(redis, { streams, ...options });
        started.push(server);
        return server;
      });
    },
    // What `start` gives, once the server that it has started is heard of in every namespace.
    async joined(start) {
      if (!redis.pid) await redis.start();
      const before = ["/", "/other"].map((namespace) => [namespace, cluster.servers(namespace)]);
      const server = await start();
      for (const [namespace, count] of before) await cluster.isServed(namespace, count + 1);
      return server;
    },
    // How many servers hear what is asked in a namespace.
    servers: (namespace) =>
      Number(redis.command("PUBSUB", "NUMSUB", `socket.io${streams ? "" : "-request"}#${namespace}#`).split("\n")[1]),
    isServed: (namespace, count) =>
      eventually(() => cluster.servers(namespace) === count, `${count} servers of ${namespace}`),
    // A connection to Redis, for a test to close.
    async connection() {
      const client = createClient({ url: redis.url });
      client.on("error", () => {});
      await client.connect();
      return client;
    },
    // Collects what is published on a channel, as JSON.
    async listener(channel, heard) {
      const client = await cluster.connection();
      await client.subscribe(channel, (text) => heard.push(JSON.parse(text)));
      return client;
    },
    // A client that is connected. The transport is WebSocket, unless a test says otherwise.
    client: (server, namespace = "/", options = {}) =>
      cluster.connected(
        io(`${server.url}${namespace}`, {
          forceNew: true,
          transports: ["websocket"],
          reconnectionDelay: 50,
          ...options,
        }),
      ),
    // The same client in another namespace, over the same connection.
    besides: (socket, namespace) => cluster.connected(socket.io.socket(namespace)),
    async connected(socket) {
      socket.heard = [];
      socket.onAny((...args) => {
        // With recovery an event's last argument is its offset.
        if (/^\d{13}-\d+$/.test(args.at(-1))) args.pop();
        socket.heard.push(args);
      });
      clients.push(socket);
      await within(new Promise((resolve) => socket.once("connect", resolve)), "a client's connection");
      return socket;
    },
    // The answer to what a client makes its server do.
    async does(socket, ...what) {
      return within(
        new Promise((resolve) => socket.emit(...what, (...answer) => resolve(answer))),
        `the answer to ${JSON.stringify(what)}`,
        10_000,
      );
    },
    // The first `count` events that `socket` got, each [name, ...args].
    async heard(socket, count = 1) {
      await eventually(() => socket.heard.length >= count, `${count} events`);
      return socket.heard.splice(0);
    },
  };
  afterEach(() => {
    for (const socket of clients.splice(0)) socket.disconnect();
  });
  after(async () => {
    for (const server of started.splice(0).reverse()) await server.close();
    await redis.close();
  });
  return cluster;
}
