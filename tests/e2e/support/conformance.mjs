// Starts examples/conformance, which the build puts beside the program under test, and stops exactly that process.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before } from "node:test";
import { PATIENCE_MS, within } from "./deadline.mjs";
import { BINARY } from "./server.mjs";

const PROGRAM = join(dirname(BINARY), "examples", "conformance_server");
export const hasConformanceServer = existsSync(PROGRAM);

// A server for the tests of one file or suite; `flags` as examples/conformance takes them, but for the port.
export function useConformanceServer(...flags) {
  const server = { url: "" };
  let child;
  before(async () => {
    child = spawn(PROGRAM, ["--port", "0", ...flags], { stdio: ["ignore", "pipe", "pipe"] });
    process.once("exit", () => child.kill("SIGKILL"));
    let log = "";
    const port = new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text) => {
          const found = (log += text).match(/listening on port (\d+)/);
          if (found) resolve(found[1]);
        });
      child.once("close", (code) => reject(new Error(`the conformance server ended with ${code}:\n${log}`)));
    });
    server.url = `http://127.0.0.1:${await within(port, "a server that listens", 2 * PATIENCE_MS)}`;
  });
  after(async () => {
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    await within(ended, "the end of the conformance server");
  });
  return server;
}
