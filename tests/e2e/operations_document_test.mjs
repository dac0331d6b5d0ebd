// docs/operations.md lists the settings that there are, with their defaults, and names those that are not available yet.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { codeIn, codesIn, ringback, rowsOf, sectionsOf, textOf } from "./support/document.mjs";
import { isReference } from "./support/server.mjs";

const PROTOCOL = sectionsOf("docs/protocol.md"),
  OPERATIONS = sectionsOf("docs/operations.md");

describe("the settings", { skip: isReference && "the reference has no check-config" }, () => {
  const SECRET = "--set=auth.secret=a secret of the tests, longer than 32 bytes";
  const defaults = new Map();
  let section = "";
  for (const line of isReference ? [] : ringback("check-config", SECRET).stdout.split("\n")) {
    if (line.startsWith("[")) section = line.slice(1, -1);
    else if (section && line)
      defaults.set(`${section}.${line.slice(0, line.indexOf(" "))}`, line.slice(line.indexOf("= ") + 2));
  }
  const rows = rowsOf(OPERATIONS, "setting");

  it("docs/operations.md lists each of them once", () =>
    assert.deepEqual(
      rows.map((row) => codeIn(row.setting)).sort(),
      [...defaults.keys()].sort(),
    ));

  it("with the defaults of check-config", () => {
    for (const row of rows)
      if (row.default.startsWith("`"))
        assert.equal(codeIn(row.default), defaults.get(codeIn(row.setting)), row.setting);
  });

  // A value of each setting that is not its default: the next larger one, where it is a quantity or a count.
  const OTHERS = {
    "server.listen": "127.0.0.1:1",
    "server.cors_origins": "https://app.example",
    "server.trusted_proxies": "10.0.0.0/8",
    "engine.recovery_window": "1s",
    "engine.transports": "polling",
    "auth.algorithms": "RS256",
    "accounts.provisioning": "strict",
    "accounts.default_approval": "PENDING",
    "calls.reconnect_grace": "1s",
    "calls.max_duration": "1s",
    "billing.mode": "prepaid",
    "peer.directory": "everyone",
    "peer.media": "livekit",
    "store.url": "sqlite:other.db",
    "cluster.redis_url": "rediss://h:1",
    "cluster.adapter": "streams",
    "livekit.url": "wss://h",
    "livekit.join_timeout": "1s",
    "turn.urls": "turn:h",
    "turn.stun_urls": "stun:h",
    "webhooks.url": "http://h",
    "webhooks.events": "call.ended",
    "log.level": "debug",
    "log.format": "text",
  };
  const FROM_FILES = [
    "auth.secret",
    "auth.secret_file",
    "cluster.redis_url_file",
    "cluster.redis_ca",
    "cluster.redis_certificate",
    "cluster.redis_key",
    "livekit.api_secret_file",
    "turn.secret_file",
    "webhooks.secret_file",
  ];
  const larger = (text) => text.replace(/^"?(\d+)([A-Za-z]*)"?$/, (_, number, unit) => `${Number(number) + 1}${unit}`);
  function another(key) {
    const text = defaults.get(key);
    if (key in OTHERS) return OTHERS[key];
    if (/^(true|false)$/.test(text)) return text === "true" ? "false" : "true";
    return /^"?\d/.test(text) ? larger(text) : "x";
  }

  it("each of which takes another value", () => {
    const sets = [...defaults.keys()]
      .filter((key) => !FROM_FILES.includes(key))
      .map((key) => `--set=${key}=${another(key)}`);
    // What is said of several settings at once, and of files that are not there, is another matter.
    const refused = ringback("check-config", SECRET, ...sets).stderr.split("\n").filter((line) => line.includes("(--set)"));
    assert.deepEqual(refused, []);
  });

  it("every setting that a page mentions exists", () => {
    const sections = new Set([...defaults.keys()].map((key) => key.split(".")[0]));
    for (const page of ["docs/protocol.md", "docs/operations.md"]) {
      const named = codesIn(textOf(page).replace(/```.*?```/gs, "")).filter(
        (code) => /^[a-z]+\.[a-z_]+$/.test(code) && sections.has(code.split(".")[0]),
      );
      assert.ok(named.length > 5);
      for (const key of named) assert.ok(defaults.has(key), `${page}: ${key}`);
    }
  });

  it("limits and rates in docs/protocol.md are the defaults", () => {
    const numbers = [
      ...rowsOf(PROTOCOL, "counted").map((row) => [row.setting, row["per minute"]]),
      ...rowsOf(PROTOCOL, "setting", "Coins").map((row) => [row.setting, row["coins per second"]]),
    ];
    assert.equal(numbers.length, 11);
    for (const [setting, number] of numbers) assert.equal(number, defaults.get(codeIn(setting)), setting);
  });
});
