// Starts the program under test, RINGBACK_BIN, as a process of its own, and stops exactly that process.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { eventually, PATIENCE_MS, within } from "./deadline.mjs";
import { freePort } from "./free_port.mjs";
import { HERE } from "./place.mjs";
import { databaseOfEnvironment } from "./postgres.mjs";
import { SECRET } from "./tokens.mjs";

export const BINARY = process.env.RINGBACK_BIN ?? fileURLToPath(new URL("../../../build/release/ringback", import.meta.url));

// The executable reading of the contract (Node.js, in memory) can stand in for the server; what it leaves out is skipped.
export const isReference = readFileSync(BINARY).subarray(0, 2).toString() === "#!";

// Limits count per address and minute, and all tests come from one: they are off unless a test is about them.
const SETTINGS = {
  "auth.secret": SECRET,
  "limits.connections_per_minute": 0,
  "limits.handshakes_per_minute": 0,
  "limits.call_initiate_per_minute": 0,
  "limits.call_cancel_per_minute": 0,
  "limits.call_end_per_minute": 0,
  "limits.call_accept_per_minute": 0,
  "limits.call_reject_per_minute": 0,
  // What a test leaves open is nothing to wait for.
  "calls.drain_timeout": 0,
};

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

// One run of a program that serves on a port. What it is called with and when it is ready is its subclass's business:
// commandLine(), isReady().
export class ServerProcess {
  #child = null;
  #stopping = false;
  log = "";
  environment = {}; // beside that of the tests, for the next start
  place = HERE; // where it runs

  // `ca` is the certificate to expect of a server that speaks TLS.
  constructor(binary, { ca } = {}) {
    this.binary = binary;
    this.ca = ca;
  }

  get program() {
    return BINARY;
  }
  get pid() {
    return this.#child?.pid;
  }
  get url() {
    return `${this.ca ? "https" : "http"}://${this.host}:${this.port}`;
  }
  get host() {
    return this.place.address;
  }

  // Another program may take the free port before the server does: then it is tried again with another one.
  async start() {
    for (let attempt = 1; ; attempt++) {
      this.port = await freePort();
      try {
        return await this.#startOnce();
      } catch (error) {
        if (attempt === 3 || !/address.*in use|EADDRINUSE/i.test(this.log)) throw error;
      }
    }
  }

  // After stop() or kill(): on the port that its clients come back to.
  comeBack() {
    return this.#startOnce();
  }

  async #startOnce() {
    this.log = "";
    this.#stopping = false;
    const child = (this.#child = this.place.spawn(this.binary, this.commandLine(), {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.environment },
    }));
    running.add(child);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => {
        this.log += text;
      });
    this.exited = new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code, signal) => resolve(signal ?? code));
    }).then((how) => {
      running.delete(child);
      return (this.exit = how);
    });
    this.exit = undefined;
    await eventually(
      () => {
        if (this.exit !== undefined) throw new Error(`the server ended with ${this.exit} while starting:\n${this.log}`);
        return this.isReady();
      },
      "a server that is ready",
      2 * PATIENCE_MS,
    );
    return this;
  }

  // Throws when the server died, or a sanitizer complained of it.
  check() {
    if (this.exit !== undefined && !this.#stopping)
      throw new Error(`the server ended by itself with ${this.exit}:\n${this.log.slice(-4000)}`);
    const folder = process.env.RINGBACK_REPORTS;
    const report = folder && readdirSync(folder).find((name) => name.endsWith(`.${this.pid}`));
    if (report) throw new Error(`${report}:\n${readFileSync(join(folder, report), "utf8").slice(0, 8000)}`);
  }

  // Asks the process to end, and does not wait for it.
  terminate() {
    this.check();
    this.#stopping = true;
    this.#child.kill("SIGTERM");
  }

  // Ends the process the way an operator would, and keeps its data.
  async stop() {
    this.terminate();
    const late = () => `the end of the server after SIGTERM, which said:\n${this.log.slice(-4000)}\n`;
    const how = await within(this.exited, late, 2 * PATIENCE_MS).catch((error) => {
      this.#child.kill("SIGKILL");
      throw error;
    });
    this.check();
    if (how !== 0) throw new Error(`after SIGTERM the server ended with ${how}:\n${this.log.slice(-4000)}`);
  }

  // It is going to end itself, as kill -9 would end it.
  async diesBySignal() {
    this.#stopping = true;
    return within(this.exited, "a server that ends itself", 2 * PATIENCE_MS);
  }

  async kill() {
    this.#stopping = true;
    this.#child.kill("SIGKILL");
    await this.exited;
  }

  async close() {
    if (this.exit === undefined || !this.#stopping) await this.stop();
  }
}

export class RingbackServer extends ServerProcess {
  // `settings` are contract settings by name, a list or number as a value of its own; null takes a default of the tests away.
  constructor({ settings = {}, args = [], ca, binary = BINARY } = {}) {
    super(binary, { ca });
    const url = settings["store.url"] ?? databaseOfEnvironment();
    this.settings = { ...SETTINGS, ...settings, ...(url && { "store.url": url }) };
    this.args = args;
    this.data = mkdtempSync(join(tmpdir(), "ringback-e2e-"));
  }

  commandLine() {
    const chosen = Object.entries(this.settings).filter(([, value]) => value !== null);
    const sets = chosen.flatMap(([key, value]) => [
      "--set",
      `${key}=${Array.isArray(value) ? JSON.stringify(value) : value}`,
    ]);
    return ["serve", "--listen", `${this.host}:${this.port}`, "--data", this.data, ...sets, ...this.args];
  }

  isReady() {
    const { get } = this.ca ? https : http;
    return new Promise((resolve) =>
      get(`${this.url}/readyz`, { ca: this.ca, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      }).once("error", () => resolve(false)),
    );
  }

  async close() {
    try {
      await super.close();
    } finally {
      rmSync(this.data, { recursive: true, force: true });
    }
  }
}
