import { spawn, spawnSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ringback_server.mjs";

const START_MS = 10_000;
const PROGRAM = process.env.TURNSERVER ?? "turnserver";

export const hasTurnServer = () => spawnSync(PROGRAM, ["--version"]).error === undefined;

// coturn of our own: on a free port of the loopback, with the shared secret of TURN REST credentials and nothing that it
// keeps. Returns {url, secret, said(), credentials({expires, secret}), stop()}.
export async function startTurnServer() {
  const folder = await mkdtemp(join(tmpdir(), "ringback-turn-"));
  const [port, secret] = [await freePort(), randomBytes(16).toString("hex")];
  const options = {
    "listening-ip": "127.0.0.1",
    "relay-ip": "127.0.0.1",
    "listening-port": port,
    "static-auth-secret": secret,
    realm: "ringback.test",
    userdb: join(folder, "turndb"),
    pidfile: join(folder, "turnserver.pid"),
    "log-file": "stdout",
  };
  const flags = ["-n", "-v", "--use-auth-secret", "--allow-loopback-peers", "--no-cli", "--no-tls", "--no-dtls"];
  const server = spawn(PROGRAM, [...flags, ...Object.entries(options).map(([key, value]) => `--${key}=${value}`)], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let isOver = false;
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (text) => (said += text));
  const exited = new Promise((done) => {
    server.once("exit", () => done((isOver = true)));
    server.once("error", (error) => done((isOver = true), (said += error.message)));
  });
  const stop = async () => {
    if (!isOver) server.kill("SIGKILL"); // it takes seconds over anything milder, and has nothing to lose
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_MS;
  while (!(await answers(port))) {
    if (!isOver && Date.now() < deadline) continue;
    await stop();
    throw new Error(`${PROGRAM} did not start:\n${said.slice(-4000)}`);
  }
  // As a server with that secret would hand them out, valid until the second `expires`.
  const credentials = ({ expires, by = secret }) => {
    const username = `${expires}:somebody`;
    return { username, credential: createHmac("sha1", by).update(username).digest("base64") };
  };
  return { url: `turn:127.0.0.1:${port}?transport=udp`, secret, said: () => said, credentials, stop };
}

// Pauses a little before it says no: it is asked in a loop.
function answers(port) {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => done(true));
    socket.once("error", () => setTimeout(done, 50, false));
    socket.once("connect", () => socket.destroy());
  });
}
