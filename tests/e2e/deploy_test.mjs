// deploy/: three nodes behind HAProxy and nginx with the files that are there, and Redis with the rights of compose.yaml.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import http from "node:http";
import { after, afterEach, before, describe, test } from "node:test";
import { Balancer, BALANCERS, noBalancer } from "./support/balancer.mjs";
import { talk } from "./support/calls.mjs";
import { compose, noYaml } from "./support/compose.mjs";
import { eventually, isSanitized, PATIENCE_MS, within } from "./support/deadline.mjs";
import { pathOf, textOf } from "./support/document.mjs";
import { figures, METRICS_SETTINGS } from "./support/metrics.mjs";
import { Cluster, noSuiteOnNodes } from "./support/nodes.mjs";
import { RedisServer } from "./support/redis.mjs";
import { BINARY, isReference } from "./support/server.mjs";
import { TRANSPORTS } from "./support/phone.mjs";
import { Stage } from "./support/stage.mjs";

const PASSWORD = "a-password-of-the-tests";

// As compose.yaml starts it.
class GuardedRedis extends RedisServer {
  constructor() {
    const [, ...words] = compose().services.redis.command;
    super({ options: words.map((word) => word.replace(/\$\{REDIS_PASSWORD.*\}/, PASSWORD)) });
  }
  get url() {
    return `redis://ringback:${PASSWORD}@127.0.0.1:${this.port}`;
  }
}

const noDpkg = spawnSync("dpkg", ["--version"]).status === 0 ? false : "this is not a Debian";
function packageOf(library) {
  const asked = [realpathSync(library), library, library.replace(/^\/lib/, "/usr/lib")];
  const { stdout } = spawnSync("dpkg", ["-S", ...asked], { encoding: "utf8" });
  return stdout.split(":")[0];
}

// Every client from an address of its own, as they come from everywhere.
let addresses = 0;
const nextAddress = () => `127.1.${Math.floor(++addresses / 250)}.${1 + (addresses % 250)}`;
const from = (localAddress) => ({ agent: new http.Agent({ localAddress, keepAlive: true }) });
// Official clients keep cookies when they are told to.
const roaming = (keepsCookies) => ({
  ...from(nextAddress()),
  withCredentials: keepsCookies,
  reconnection: true,
  reconnectionDelay: 100,
  reconnectionDelayMax: 500,
});

// What three nodes behind a balancer are to a test.
class Service {
  constructor(name, settings) {
    this.name = name;
    this.cluster = new Cluster({
      settings: { ...METRICS_SETTINGS, "server.trusted_proxies": "127.0.0.1", "server.shards": 1, ...settings },
    });
  }
  async start() {
    this.cluster.redis = new GuardedRedis();
    await this.cluster.start();
    await this.cluster.isReady();
    this.balancer = await new Balancer(this.name, this.cluster.nodes).start();
    this.stage = new Stage(this.balancer);
  }
  async close() {
    await this.balancer?.close();
    await this.cluster.close();
  }
  // How many sockets each node has.
  #sockets() {
    return Promise.all(
      this.cluster.nodes.map(async (node) => (node.isRunning ? (await figures(node)).ringback_sockets : 0)),
    );
  }
  // The same, when those of earlier tests have gone.
  spread(total) {
    const is = async () => {
      const each = await this.#sockets();
      return each.reduce((a, b) => a + b) === total && each;
    };
    return eventually(is, `${total} sockets`);
  }
  // Pairs of phones, of each transport in turn.
  async pairs(count, { transports = TRANSPORTS, keepsCookies = true } = {}) {
    const pairs = [];
    for (let i = 0; i < count; i++) {
      const options = () => ({ transport: transports[i % transports.length], options: roaming(keepsCookies) });
      pairs.push([await this.stage.user(options()), await this.stage.telecaller(options())]);
    }
    return pairs;
  }
}

function useService(name, settings) {
  const service = new Service(name, settings);
  before(() => service.start());
  afterEach(() => {
    service.stage?.clear();
    service.cluster.check();
  });
  after(() => service.close());
  return service;
}

const LONG = 4 * PATIENCE_MS; // a lease, a balancer that looks, clients that wait between attempts
const isDown = (service, node) =>
  eventually(() => service.balancer.log.includes(`by_address/${node} is DOWN`), `${node} being down for HAProxy`, LONG);

// Counts the losses of connections.
function losses(phones) {
  const lost = [];
  for (const phone of phones) phone.socket.on("disconnect", () => lost.push(phone.name));
  return lost;
}
async function isBack(lost, count, phones) {
  const back = () => lost.length >= count && phones.every(({ socket }) => socket.connected);
  await eventually(back, () => `${count} phones back, ${lost.length} were lost`, LONG);
}
async function callAndEnd(pairs) {
  for (const [user, telecaller] of pairs) {
    await user.done("call:end", { callId: await talk(user, telecaller) });
    await telecaller.next("call:ended");
  }
}

for (const name of BALANCERS) {
  const skip = noSuiteOnNodes || noYaml || noBalancer(name);
  describe(`behind ${name}`, { skip }, () => {
    const service = useService(name, { "limits.connections_per_minute": 10, "calls.drain_timeout": "20s" });

    for (const transport of TRANSPORTS)
      for (const keepsCookies of transport === "websocket" ? [false] : [true, false])
        test(`phones call each other: ${transport}${keepsCookies ? ", with cookies" : ""}`, async () => {
          const pairs = await service.pairs(6, { transports: [transport], keepsCookies });
          const lost = losses(pairs.flat());
          const spread = await service.spread(12);
          assert.ok(Math.max(...spread) < 12, `more than one node has some of them: ${spread}`);
          await callAndEnd(pairs);
          assert.deepEqual(lost, []);
        });

    test("limits count the address of the client, whatever it says", async () => {
      const address = nextAddress();
      const join = (i) =>
        service.stage.user({ options: { ...from(address), extraHeaders: { "x-forwarded-for": `192.0.2.${i}` } } });
      for (let i = 0; i < 10; i++) await join(i);
      await assert.rejects(join(11), /too many/i);
      await service.stage.user({ options: from(nextAddress()) });
    });

    test("who was on a node that was killed comes back to another one", async () => {
      const pairs = await service.pairs(6),
        phones = pairs.flat(),
        spread = await service.spread(12),
        held = Math.max(...spread),
        victim = service.cluster.nodes[spread.indexOf(held)],
        lost = losses(phones);
      await victim.kill();
      await isBack(lost, held, phones);
      assert.equal(lost.length, held, "nobody else was disturbed");
      await callAndEnd(pairs);
      await victim.comeBack();
      await service.cluster.isReady();
    });

    test("a node that drains finishes with whom it has, and its calls go on", async () => {
      const pairs = await service.pairs(6),
        phones = pairs.flat(),
        spread = await service.spread(12),
        held = Math.max(...spread),
        victim = service.cluster.nodes[spread.indexOf(held)],
        lost = losses(phones),
        calls = [];
      for (const [user, telecaller] of pairs) calls.push(await talk(user, telecaller));
      victim.terminate();
      if (name === "HAProxy") {
        await isDown(service, `node${1 + service.cluster.nodes.indexOf(victim)}`);
        await service.pairs(4);
        const now = await service.spread(20);
        assert.equal(now[spread.indexOf(held)], held, "it gets nobody new");
      }
      assert.deepEqual(lost, []);
      for (const [i, [user]] of pairs.entries()) await user.done("call:end", { callId: calls[i] });
      await within(victim.exited, "the end of the node", LONG);
      await isBack(lost, held, phones);
      // Also who had to come back to hear of it.
      for (const [, telecaller] of pairs) await telecaller.next("call:ended");
      await callAndEnd(pairs);
      await victim.comeBack();
      await service.cluster.isReady();
    });
  });

  describe(`full nodes behind ${name}`, { skip }, () => {
    const service = useService(name, { "server.max_sockets": 2 });

    test("who meets one is taken to another, and refused when all are full", async () => {
      const pairs = await service.pairs(3);
      assert.deepEqual(await service.spread(6), [2, 2, 2]);
      await callAndEnd(pairs);
      await assert.rejects(service.stage.user({ options: from(nextAddress()) }), /error/);
    });
  });
}

describe("deploy/", () => {
  // What the Compose file and the balancers' say of each other.
  test("compose.yaml names the nodes where the balancers look for them", { skip: noYaml }, () => {
    const { services } = compose(),
      addressOf = (service) => services[service].networks.inside.ipv4_address;
    for (const file of ["deploy/haproxy.cfg", "deploy/nginx.conf"]) {
      const named = new Set(textOf(file).match(/\b172\.[\d.]+:8000/g));
      assert.deepEqual([...named].sort(), ["node1", "node2", "node3"].map((node) => `${addressOf(node)}:8000`), file);
    }
    for (const node of ["node1", "node2", "node3"]) {
      assert.equal(services[node].environment.RINGBACK_SERVER__TRUSTED_PROXIES, addressOf("balancer"));
      assert.equal(services[node].environment.RINGBACK_CLUSTER__NODE_ID, node);
    }
  });

  test("compose.yaml gives nodes settings that they take", { skip: noYaml || isReference }, () => {
    const values = { AUTH_SECRET: "a secret that is longer than 32 bytes", REDIS_PASSWORD: "r", POSTGRES_PASSWORD: "p" },
      filled = (text) => text.replace(/\$\{(\w+)[^}]*\}/g, (_, name) => values[name]),
      environment = Object.entries(compose().services.node1.environment).map(([key, text]) => [key, filled(text)]);
    const { status, stdout, stderr } = spawnSync(BINARY, ["check-config"], {
      encoding: "utf8",
      env: { ...process.env, ...Object.fromEntries(environment) },
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /node_id = "node1"/);
  });

  const docker = spawnSync("docker", ["compose", "version"]).status === 0;
  const noDocker = docker ? false : "Docker's compose is not here: compose.yaml is not read by it";
  test("docker compose reads compose.yaml", { skip: noDocker }, () => {
    const secrets = { AUTH_SECRET: "a", REDIS_PASSWORD: "r", POSTGRES_PASSWORD: "p" };
    const args = ["compose", "-f", pathOf("deploy/compose.yaml"), "config", "--quiet"];
    const { status, stderr } = spawnSync("docker", args, {
      encoding: "utf8",
      env: { ...process.env, ...secrets },
    });
    assert.equal(status, 0, stderr);
  });

  const noLinks =
    noDpkg ||
    (isReference && "the reference is linked with nothing") ||
    (isSanitized && "a sanitized program is linked with more");
  test("the Dockerfile installs what the build needs, and what the program is linked with", { skip: noLinks }, () => {
    const [, builder, image] = textOf("deploy/Dockerfile").split(/^FROM /m).map((text) => new Set(text.split(/\s+/)));
    const needed = /packages_build=\(([^)]*)\)/.exec(textOf("tools/setup.sh"))[1].split(/\s+/);
    const unused = ["ccache", "libgtest-dev", "libgmock-dev"]; // the tests', and what makes a second build quick
    assert.deepEqual(needed.filter((name) => !builder.has(name) && !unused.includes(name)), []);
    const path = execFileSync("ldd", [BINARY], { encoding: "utf8" }),
      headers = execFileSync("objdump", ["-p", BINARY], { encoding: "utf8", maxBuffer: 2 ** 26 });
    const wanted = [...headers.matchAll(/NEEDED +(\S+)/g)]
      .map(([, library]) => new RegExp(`${library.replace(/[+.]/g, "\\$&")} => (\\S+)`).exec(path)?.[1])
      .filter(Boolean);
    const packages = new Set(wanted.map((library) => packageOf(library)));
    const basic = ["libc6", "libgcc-s1", "libstdc++6"];
    assert.ok(packages.size > 10);
    assert.deepEqual([...packages].filter((name) => !image.has(name) && !basic.includes(name)), []);
  });
});
