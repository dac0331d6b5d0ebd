// Runs test files of node:test, each in a process of its own, prints what a person wants to follow, and writes
// `passed failed skipped` to the file named by RESULTS_FILE. usage: node run_node_tests.mjs FILE…
//
// Node 18 and 20 report files and suites differently; here only the tests themselves count, and what failed outside of
// every test (a hook, a file that cannot be loaded).
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { basename, resolve } from "node:path";
import { run } from "node:test";

const files = process.argv.slice(2).map((file) => resolve(file));
const FILE_TIMEOUT_MS = 600_000 + 1000 * (Number(process.env.RINGBACK_CHAOS_SECONDS) || 0);
const concurrency = Number(process.env.TEST_CONCURRENCY) || 2 * (availableParallelism?.() ?? cpus().length);
const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

const isFile = (name) => name.endsWith(".mjs");
function isContainer({ name, details }) {
  return details?.type === "suite" || isFile(name);
}
const open = new Map(); // file → names of the suites and the test that began last, by nesting
function titleOf({ file, nesting, name }) {
  const around = (open.get(file) ?? []).slice(0, nesting).filter((title) => !isFile(title));
  return [
    basename(file ?? "").replace(/_test\.mjs$/, ""),
    ...around,
    ...(isFile(name) ? ["outside of every test"] : [name]),
  ].join(" › ");
}
function seconds({ details }) {
  return `${((details?.duration_ms ?? 0) / 1000).toFixed(1)} s`;
}

function reasonOf(error) {
  const cause = error?.cause ?? error;
  return typeof cause === "string" ? cause : (cause?.stack ?? cause?.message ?? String(cause));
}

// What fills the machine runs alone, so that it puts nobody else's deadlines to the test.
const CLUSTERS = "cluster|cluster_chaos|cluster_faults|cluster_partition|cluster_ring|cluster_rolling|cluster_stop|deploy|postgres";
const ALONE = new RegExp(`/(transport_storm|peers_storm|peer_call|${CLUSTERS})_test\\.mjs$`);
const batches = [files.filter((file) => !ALONE.test(file)), ...files.filter((file) => ALONE.test(file)).map((f) => [f])];
for (const batch of batches) if (batch.length) await runTogether(batch);
report();

async function runTogether(batch) {
  const stream = run({ files: batch, concurrency, timeout: FILE_TIMEOUT_MS });
  stream.on("test:start", ({ file, nesting, name }) => {
    const names = open.get(file) ?? [];
    names.length = nesting;
    names[nesting] = name;
    open.set(file, names);
  });
  stream.on("test:pass", (test) => {
    const isSkipped = test.skip !== undefined && test.skip !== false;
    if (isContainer(test) && !isSkipped) return;
    counts[isSkipped ? "skipped" : "passed"] += 1;
    console.log(isSkipped ? `skip   ${titleOf(test)} (${test.skip})` : `ok     ${titleOf(test)} (${seconds(test)})`);
  });
  stream.on("test:fail", (test) => {
    const { error } = test.details;
    if (error?.failureType === "subtestsFailed") return;
    counts.failed += 1;
    const report = `FAILED ${titleOf(test)} (${seconds(test)})`;
    console.log(report);
    if (error?.failureType !== "cancelledByParent") failures.push(`${report}\n${reasonOf(error).replace(/^/gm, "    ")}`);
  });
  stream.on("test:stderr", ({ message }) => process.stderr.write(message));
  stream.on("test:stdout", ({ message }) => process.stdout.write(message));
  const ended = new Promise((resolve) => stream.once("end", resolve));
  stream.resume();
  await ended;
}

function report() {
  if (failures.length) console.log(`\n${failures.join("\n\n")}`);
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  if (process.env.RESULTS_FILE)
    writeFileSync(process.env.RESULTS_FILE, `${counts.passed} ${counts.failed} ${counts.skipped}\n`);
  process.exitCode = counts.failed || !counts.passed ? 1 : 0;
}
