// Starts a program of examples/, which the build puts beside the program under test, and stops exactly that process.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before } from "node:test";
import { PATIENCE_MS, within } from "./deadline.mjs";
import { BINARY } from "./server.mjs";

const programOf = (name) => join(dirname(BINARY), "examples", name);
export const hasExample = (name) => existsSync(programOf(name));

// A server on a free port for the tests of one file or suite.
export function useExample(name, ...options) {
  const server = { url: "" };
  let child;
  before(async () => {
    child = spawn(programOf(name), ["--port", "0", ...options], { stdio: ["ignore", "pipe", "pipe"] });
    process.once("exit", () => child.kill("SIGKILL"));
    let log = "";
    const port = new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text) => {
          const found = (log += text).match(/listening on port (\d+)/);
          if (found) resolve(found[1]);
        });
      child.once("close", (code) => reject(new Error(`${name} ended with ${code}:\n${log}`)));
    });
    server.url = `http://127.0.0.1:${await within(port, "a server that listens", 2 * PATIENCE_MS)}`;
  });
  after(async () => {
    const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve(signal ?? code)));
    child.kill("SIGTERM");
    const how = await within(ended, `the end of ${name}`);
    if (how !== 0) throw new Error(`after SIGTERM ${name} ended with ${how}`);
  });
  return server;
}
