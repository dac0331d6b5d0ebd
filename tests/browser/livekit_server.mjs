// The real LiveKit in development mode on loopback, as tools/livekit.sh builds it. It stays on its ports when it is
// killed and started again.
import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { API_KEY, API_SECRET } from "../e2e/support/livekit.mjs";
import { eventually } from "../e2e/support/deadline.mjs";
import { freePort } from "./ringback_server.mjs";

const SET_UP = readFileSync(new URL("../../tools/livekit.sh", import.meta.url), "utf8");
const [, VERSION] = SET_UP.match(/^livekit_version=(\S+)/m);
const CACHE = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
const PROGRAM = process.env.LIVEKIT_SERVER ?? join(CACHE, "ringback/livekit", VERSION, "server");

// Why there is none; false when there is.
export const isMissing = (() => {
  try {
    accessSync(PROGRAM, constants.X_OK);
    return false;
  } catch {
    return process.env.LIVEKIT_MISSING ?? `there is no ${PROGRAM}: ./dev browser builds it`;
  }
})();

export class LivekitServer {
  #child = null;
  #folder = mkdtempSync(join(tmpdir(), "ringback-livekit-"));
  log = "";

  // `webhook`: where it is to send what happens.
  async start(webhook) {
    this.port = await freePort();
    const media = await freePort();
    // As JSON, which is YAML too.
    const config = {
      port: this.port,
      bind_addresses: ["127.0.0.1"],
      rtc: { tcp_port: await freePort(), udp_port: media, node_ip: "127.0.0.1", enable_loopback_candidate: true },
      keys: { [API_KEY]: API_SECRET },
      webhook: { api_key: API_KEY, urls: [webhook] },
      logging: { level: "info", json: true },
    };
    writeFileSync(join(this.#folder, "livekit.yaml"), JSON.stringify(config));
    return this.comeBack();
  }

  get url() {
    return `ws://127.0.0.1:${this.port}`;
  }
  get httpUrl() {
    return `http://127.0.0.1:${this.port}`;
  }

  async comeBack() {
    const child = (this.#child = spawn(PROGRAM, ["--dev", "--config", join(this.#folder, "livekit.yaml")], {
      stdio: ["ignore", "pipe", "pipe"],
    }));
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text) => (this.log = (this.log + text).slice(-20_000)));
    this.exited = new Promise((resolve) => child.once("close", resolve).once("error", resolve));
    let isOver = false;
    void this.exited.then(() => (isOver = true));
    await eventually(
      async () => {
        if (isOver) throw new Error(`LiveKit ended while starting:\n${this.log}`);
        return (await fetch(this.httpUrl).catch(() => null))?.ok;
      },
      "a LiveKit that is ready",
      20_000,
    );
    return this;
  }

  async kill() {
    this.#child.kill("SIGKILL");
    await this.exited;
  }

  async stop() {
    if (this.#child) await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
