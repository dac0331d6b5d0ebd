// Reads the server's database beside it, as an operator could. Node 18 has no SQLite, Python's standard library does.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { psql } from "./postgres.mjs";

const SCRIPT = `
import json, sqlite3, sys
path, query, values = sys.argv[1:]
store = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
store.row_factory = sqlite3.Row
print(json.dumps([dict(row) for row in store.execute(query, json.loads(values))]))
`;

const literal = (value) => (typeof value === "number" ? value : `'${value.replaceAll("'", "''")}'`);

export function rows(server, query, ...values) {
  const url = server.settings["store.url"] ?? "";
  if (url.startsWith("postgresql:")) {
    const filled = query.replace(/\?/g, () => literal(values.shift()));
    return JSON.parse(psql(url, `SELECT COALESCE(json_agg(r), '[]') FROM (${filled}) r`));
  }
  const file = url.replace(/^sqlite:/, "") || "ringback.db";
  return JSON.parse(
    execFileSync("python3", ["-c", SCRIPT, resolve(server.data, file), query, JSON.stringify(values)], {
      maxBuffer: 2 ** 28,
    }),
  );
}

export const callRow = (server, callId) => rows(server, "SELECT * FROM calls WHERE id = ?", callId)[0];
export const timeline = (server, callId) =>
  rows(server, "SELECT * FROM call_events WHERE call_id = ? ORDER BY number", callId);
export const ledger = (server, callId) =>
  rows(server, "SELECT * FROM ledger WHERE call_id = ? ORDER BY entry_id", callId);

// What `ringback ledger verify` says of the store: { ok, text }.
export function verifyLedger(server) {
  const url = server.settings["store.url"];
  const args = ["ledger", "verify", "--data", server.data, ...(url ? ["--set", `store.url=${url}`] : [])];
  const { status, stdout, stderr } = spawnSync(server.binary, args, { encoding: "utf8" });
  return { ok: status === 0, text: stdout + stderr };
}
export function assertLedger(server) {
  const { ok, text } = verifyLedger(server);
  assert.ok(ok, text);
}
