import { createServer } from "node:net";

// A port of 127.0.0.1 that nobody has. Somebody may take it before the program that it is for.
export async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
