// A Redis server of the tests' own: a free port, nothing on disk unless it is asked for, and an end with this process.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, PATIENCE_MS, within } from "./deadline.mjs";
import { freePort } from "./free_port.mjs";
import { HERE } from "./place.mjs";

function isInstalled() {
  try {
    return Boolean(execFileSync("redis-server", ["--version"], { stdio: "pipe" }));
  } catch {
    return false;
  }
}

// What a test that needs it is skipped with.
export const noRedis = isInstalled() ? false : "Redis is not installed (Debian's package redis-server)";

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

export class RedisServer {
  #child = null;
  #options;
  place = HERE; // where it runs

  // `options` go to redis-server as they are: ["--requirepass", "secret"].
  constructor({ options = [] } = {}) {
    this.#options = options;
  }

  get pid() {
    return this.#child?.pid;
  }
  get url() {
    return `redis://${this.place.address}:${this.port}`;
  }

  // Another program may take the free port before Redis does: then it is tried again with another one.
  async start() {
    this.folder ??= mkdtempSync(join(tmpdir(), "ringback-redis-"));
    for (let attempt = 1; ; attempt++) {
      this.port = await freePort();
      try {
        return await this.comeBack();
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  }

  // After stop(): on the same port, with an empty memory.
  async comeBack() {
    const child = (this.#child = this.place.spawn(
      "redis-server",
      [
        ...["--port", `${this.port}`, "--bind", this.place.address, "--protected-mode", "no", "--dir", this.folder],
        ...["--save", "", "--appendonly", "no", "--enable-debug-command", "local"],
        ...this.#options,
      ],
      { stdio: ["ignore", "ignore", "ignore"] },
    ));
    running.add(child);
    let hasEnded = false;
    this.exited = new Promise((resolve) => child.once("close", resolve)).then(() => {
      hasEnded = true;
      running.delete(child);
    });
    await eventually(() => hasEnded || this.#answers(), "Redis answering", 2 * PATIENCE_MS);
    if (hasEnded) throw new Error(`redis-server ended at once; its port ${this.port} may be taken`);
    return this;
  }
  #answers() {
    try {
      return this.command("PING") === "PONG";
    } catch {
      return false;
    }
  }

  // One command by redis-cli; gives what it prints.
  command(...words) {
    return execFileSync("redis-cli", ["-h", this.place.address, "-p", `${this.port}`, ...words.map(String)], {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 2 * PATIENCE_MS,
    }).trim();
  }

  // SIGKILL: a crash, whose memory is gone.
  async stop(signal = "SIGKILL") {
    this.#child.kill(signal);
    await within(this.exited, "the end of Redis", 2 * PATIENCE_MS);
  }
  async restartEmpty() {
    await this.stop();
    return this.comeBack();
  }
  // It stands still, its connections stay open; or goes on.
  freeze() {
    this.#child.kill("SIGSTOP");
  }
  thaw() {
    this.#child.kill("SIGCONT");
  }
  async close() {
    if (running.has(this.#child)) {
      this.thaw(); // should a test have ended before it did that
      await this.stop();
    }
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
  }
}
