// docs/scale.md holds what the simulation prints.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { pathOf, textOf } from "./support/document.mjs";

const skip = spawnSync("python3", ["--version"]).status === 0 ? false : "Python is not installed (Debian's package python3)";

describe("docs/scale.md", { skip }, () => {
  for (const part of ["paper", "losses", "queues"])
    test(`has the table that the simulation prints: ${part}`, () => {
      const printed = execFileSync("python3", [pathOf("tools/scale_simulation.py"), "--part", part], { encoding: "utf8" });
      assert.ok(printed.split("\n").length > 5);
      assert.ok(textOf("docs/scale.md").includes(`\n\n${printed}\n`), printed);
    });
});
