import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const START_MS = 15_000;
const STOP_MS = 10_000;

// The server under test: the one at RINGBACK_URL, else a ringback of our own with the demo page, on a free port and
// with a data directory that goes with it. Returns {url, stop()}. `more` settings are for a server of our own: a test that
// cannot do without them does not run against another one. `listen`: the address, for those who must know it before.
export async function startServer(more = {}, listen) {
  const given = process.env.RINGBACK_URL;
  if (given) return { url: given, stop: async () => {} };

  const binary = resolve(REPOSITORY, process.env.RINGBACK_BIN ?? "build/release/ringback");
  const data = await mkdtemp(join(tmpdir(), "ringback-browser-"));
  const address = listen ?? `127.0.0.1:${await freePort()}`;
  const settings = {
    "server.demo": "true",
    "calls.drain_timeout": "0",
    "auth.secret": randomBytes(32).toString("hex"),
    // Every page opens three connections from one address.
    "limits.connections_per_minute": "0",
    "limits.handshakes_per_minute": "0",
    ...more,
  };
  const set = Object.entries(settings).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
  const server = spawn(binary, ["serve", "--listen", address, "--data", data, ...set], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let over = null;
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text) => (said = (said + text).slice(-8000)));
  const exited = new Promise((done) => {
    server.once("error", (error) => done((over = error.message)));
    server.once("exit", (code, signal) => done((over = `it ended with ${signal ?? code}`)));
  });

  const stop = async () => {
    const kill = setTimeout(() => server.kill("SIGKILL"), STOP_MS);
    if (over === null) server.kill("SIGTERM");
    await exited;
    clearTimeout(kill);
    await rm(data, { recursive: true, force: true });
  };
  const url = `http://${address}`;
  const deadline = Date.now() + START_MS;
  while (!(await isReady(url))) {
    if (over === null && Date.now() < deadline) continue;
    const why = over ?? `not ready within ${START_MS} ms`;
    await stop();
    throw new Error(`${binary} did not start: ${why}\n${said}`);
  }
  return { url, stop };
}

// Pauses a little before it says no: it is asked in a loop.
async function isReady(url) {
  try {
    if ((await fetch(`${url}/readyz`)).ok) return true;
  } catch {
    // Nobody listens yet.
  }
  await new Promise((done) => setTimeout(done, 50));
  return false;
}

export async function freePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}
