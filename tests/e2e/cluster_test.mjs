// What other files say of one server holds of three nodes too, whose clients are each at another one: they are run again.
import { spawn } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { noCluster, notAskedForNodes } from "./support/nodes.mjs";
import { PostgresServer } from "./support/postgres.mjs";

const FILES = [
  ...["flows", "races", "devices", "call_errors", "disconnects", "limits", "presence", "suspension", "prepaid", "billing"],
  ...["admin", "rest", "records", "ring_timeout", "acknowledgements", "many", "restart", "mobile"],
  ...["peers_auth", "peers_calls", "peers_signals", "peers_reconnect"],
];

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

describe("on three nodes", { concurrency: 2, skip: noCluster || notAskedForNodes }, () => {
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
