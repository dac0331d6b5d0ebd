// The balancers of deploy/, run with exactly their files: only addresses, ports and the bounds of the machine are replaced.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, PATIENCE_MS, within } from "./deadline.mjs";
import { freePort } from "./free_port.mjs";
import { textOf } from "./document.mjs";

const KINDS = {
  HAProxy: {
    file: "deploy/haproxy.cfg",
    program: "haproxy",
    version: "-v",
    listen: ["bind :8080", (port) => `bind 127.0.0.1:${port}`],
    command: (config) => ["-db", "-f", config],
  },
  nginx: {
    file: "deploy/nginx.conf",
    program: "nginx",
    version: "-v",
    listen: ["listen 8080;", (port) => `listen 127.0.0.1:${port};`],
    command: (config, folder) => ["-p", folder, "-c", config, "-e", "stderr", "-g", `daemon off; pid ${folder}/pid;`],
  },
};
export const BALANCERS = Object.keys(KINDS);

// What a test that needs it is skipped with.
export function noBalancer(name) {
  const { program, version } = KINDS[name];
  try {
    execFileSync(program, [version], { stdio: "pipe" });
    return false;
  } catch {
    return `${name} is not installed (Debian's package ${program})`;
  }
}

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

function replaced(text, what, by) {
  if (!text.includes(what)) throw new Error(`there is no ${what} in the balancer's file`);
  return text.replaceAll(what, by);
}

export class Balancer {
  #child;
  #isStopping = false;
  log = "";
  host = "127.0.0.1";

  constructor(name, nodes) {
    Object.assign(this, { name, nodes, kind: KINDS[name] });
  }
  get url() {
    return `http://${this.host}:${this.port}`;
  }

  async start() {
    this.folder = mkdtempSync(join(tmpdir(), "ringback-balancer-"));
    this.port = await freePort();
    const [standard, own] = this.kind.listen;
    let text = replaced(textOf(this.kind.file), standard, own(this.port));
    this.nodes.forEach(({ port }, i) => (text = replaced(text, `172.28.0.1${i + 1}:8000`, `127.0.0.1:${port}`)));
    // What a machine for tests may not allow.
    text = text.replace(/maxconn \d+/, "maxconn 2000").replace(/worker_rlimit_nofile \d+;/, "");
    text = text.replace(/worker_connections \d+/, "worker_connections 1000");
    const config = join(this.folder, "config");
    writeFileSync(config, text);
    const child = (this.#child = spawn(this.kind.program, this.kind.command(config, this.folder)));
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (said) => (this.log += said));
    this.exited = new Promise((resolve) => child.once("close", resolve)).then((how) => {
      running.delete(child);
      this.exit = how;
    });
    await eventually(
      () => {
        this.check();
        return this.#answers();
      },
      () => `${this.name} answering: ${this.log}`,
      2 * PATIENCE_MS,
    );
    return this;
  }
  #answers() {
    return new Promise((resolve) =>
      http
        .get(`${this.url}/readyz`, { agent: false }, (answer) => {
          answer.resume();
          resolve(answer.statusCode === 200);
        })
        .once("error", () => resolve(false)),
    );
  }
  check() {
    if (this.exit !== undefined && !this.#isStopping) throw new Error(`${this.name} ended with ${this.exit}:\n${this.log}`);
  }
  async close() {
    this.#isStopping = true;
    if (running.has(this.#child)) {
      this.#child.kill("SIGTERM");
      await within(this.exited, `the end of ${this.name}`, 2 * PATIENCE_MS);
    }
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
  }
}
