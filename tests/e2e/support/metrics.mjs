// What /metrics says, as numbers by name; of families with labels the name is followed by them.
import assert from "node:assert/strict";

const TOKEN = "the token of the metrics";
export const METRICS_SETTINGS = { "server.metrics_token": TOKEN };

// Of nodes that are one service, the sum.
export async function figures(server) {
  if (!server.nodes) return figuresOf(server);
  const sum = {};
  for (const each of await Promise.all(server.nodes.filter(({ isRunning }) => isRunning).map(figuresOf)))
    for (const [name, value] of Object.entries(each)) sum[name] = (sum[name] ?? 0) + value;
  return sum;
}

async function figuresOf(server) {
  const answer = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
  assert.equal(answer.status, 200);
  const lines = (await answer.text()).split("\n").filter((line) => line && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]),
  );
}
