// What other files say of one server holds of three nodes too, whose clients are each at another one: they are run again.
import { spawn } from "node:child_process";
import { cpus } from "node:os";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { noSuiteOnNodes } from "./support/nodes.mjs";
import { PostgresServer } from "./support/postgres.mjs";

// Those that take longest first. They wait for sockets and leases more than they compute.
const FILES = [
  ...["mobile", "peers_calls", "peers_reconnect", "peers_auth", "disconnects", "peers_signals", "rest", "races"],
  ...["ring_timeout", "call_errors", "limits", "many", "devices", "prepaid", "records", "flows", "billing"],
  ...["acknowledgements", "restart", "presence", "suspension", "admin"],
];
const AT_ONCE = 2 * cpus().length;

function run(file, postgres) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const path = fileURLToPath(new URL(`./${file}_test.mjs`, import.meta.url));
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(process.execPath, ["--test", "--test-reporter=tap", path], {
      env: { ...env, RINGBACK_POSTGRES: postgres, RINGBACK_CLUSTER: "3" },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    child.once("close", (code) => resolve({ code, output }));
  });
}

describe("on three nodes", { concurrency: AT_ONCE, skip: noSuiteOnNodes }, () => {
  const postgres = new PostgresServer();
  before(() => postgres.start());
  after(() => postgres.close());

  for (const file of FILES)
    it(`${file} holds`, async (t) => {
      const { code, output } = await run(file, postgres.url("postgres"));
      if (code !== 0) throw new Error(output.slice(-8000));
      for (const [, title, skip] of output.matchAll(/ok \d+ - (.*) # SKIP (.*)/g)) await t.test(title, { skip }, () => {});
    });
});
