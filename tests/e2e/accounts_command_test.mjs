// Strict provisioning: the first ADMIN comes from the command line, everybody else through REST.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { Rest, adminOf } from "./support/rest.mjs";
import { isReference, RingbackServer } from "./support/server.mjs";
import { Stage } from "./support/stage.mjs";

describe("ringback accounts", { skip: isReference && "the reference has no such command" }, () => {
  it("makes the first ADMIN of a server with strict provisioning", async () => {
    const server = new RingbackServer({ settings: { "accounts.provisioning": "strict" } });
    const stage = new Stage(server);
    const admin = adminOf(stage);
    const accounts = (...args) =>
      execFileSync(server.program, ["accounts", ...args, "--data", server.data], { encoding: "utf8" });
    try {
      const { id } = admin.account;
      assert.equal(JSON.parse(accounts("put", id, "--role", "ADMIN")).role, "ADMIN");
      await server.start();
      assert.equal((await admin.get("/me"))._id, id);
      const user = stage.account("USER", { name: "Uma" });
      const asked = new Rest(server, user);
      await asked.refused(403, "ACCOUNT_NOT_FOUND", "GET", "/me");
      await assert.rejects(stage.phone(user), { message: "Account not found" });
      await admin.put(`/accounts/${user.id}`, { name: "Ursula" });
      assert.equal((await asked.get("/me")).name, "Ursula");
      await stage.phone(user);
      // Beside the running server.
      assert.equal(JSON.parse(accounts("get", user.id)).name, "Ursula");
      assert.equal(accounts("list").trim().split("\n").length, 2);
      // It would not hear of a change.
      const put = spawnSync(server.program, ["accounts", "put", user.id, "--data", server.data], { encoding: "utf8" });
      assert.equal(put.status, 1);
      assert.match(put.stderr, /another server uses the data directory .*: change accounts through its REST interface/);
    } finally {
      stage.clear();
      await server.close();
    }
  });
});
