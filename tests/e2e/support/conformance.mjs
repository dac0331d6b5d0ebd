// Starts examples/conformance, which serves Socket.IO without any of Ringback's namespaces, beside the program under
// test, and stops exactly that process.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { eventually, within } from "./deadline.mjs";
import { BINARY } from "./server.mjs";

export async function startConformanceServer(...options) {
  const program = join(dirname(BINARY), "examples", "conformance_server");
  const child = spawn(program, ["--port", "0", ...options], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise((resolve) => child.once("close", resolve).once("error", resolve));
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (log += text));
  const [, port] = await eventually(() => /listening on port (\d+)/.exec(log), () => `a port in: ${log}`);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      child.kill("SIGTERM");
      await within(exited, "the end of the conformance server");
      process.off("exit", kill);
    },
  };
}
