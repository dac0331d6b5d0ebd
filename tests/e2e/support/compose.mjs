// deploy/compose.yaml as an object.
import { execFileSync } from "node:child_process";
import { textOf } from "./document.mjs";

const python = (code, input) => execFileSync("python3", ["-c", code], { encoding: "utf8", input });

// What a test that needs it is skipped with.
export const noYaml = (() => {
  try {
    python("import yaml");
    return false;
  } catch {
    return "Python's yaml is not installed (Debian's package python3-yaml)";
  }
})();

export const compose = () =>
  JSON.parse(python("import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))", textOf("deploy/compose.yaml")));
