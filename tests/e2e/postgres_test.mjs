// What other files say of calls, money and lists holds on PostgreSQL too: they are run again, on a server of its own.
import { spawn } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { noPostgres, PostgresServer } from "./support/postgres.mjs";
import { isReference } from "./support/server.mjs";

const FILES = [
  ...["flows", "races", "billing", "prepaid", "rest", "restart", "records", "admin", "peers_calls"],
  ...["peers_reconnect", "crash", "crash_load", "drain"],
];

function run(file, postgres) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const path = fileURLToPath(new URL(`./${file}_test.mjs`, import.meta.url));
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(process.execPath, ["--test", path], { env: { ...env, RINGBACK_POSTGRES: postgres } });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    child.once("close", (code) => resolve({ code, output }));
  });
}

describe("on PostgreSQL", { concurrency: 2, skip: noPostgres || (isReference && "the reference keeps nothing") }, () => {
  const postgres = new PostgresServer();
  before(() => postgres.start());
  after(() => postgres.close());

  for (const file of FILES)
    it(`${file} holds`, async () => {
      const { code, output } = await run(file, postgres.url("postgres"));
      if (code !== 0) throw new Error(output.slice(-8000));
    });
});
