// Reads a Markdown page of docs/: its headings, tables and fenced blocks.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const REPOSITORY = new URL("../../../", import.meta.url);
export const ringback = (...args) =>
  spawnSync(process.env.RINGBACK_BIN ?? fileURLToPath(new URL("build/release/ringback", REPOSITORY)), args, {
    encoding: "utf8",
  });
export const pathOf = (path) => fileURLToPath(new URL(path, REPOSITORY));
export const textOf = (path) => readFileSync(pathOf(path), "utf8");

// The parts of a page that stand under one heading each: `blocks` are fences, `rows` the lines of its tables.
export function sectionsOf(path) {
  const sections = [{ heading: "", blocks: [], tables: [] }];
  let fence = null,
    before = "",
    table = null;
  for (const line of textOf(path).split("\n")) {
    const section = sections.at(-1);
    if (fence) {
      if (line === "```") [fence, before] = [null, ""];
      else fence.text += `${line}\n`;
      continue;
    }
    const isRow = line.startsWith("|");
    if (!isRow) table = null;
    if (line.startsWith("```")) {
      const [language, ...words] = line.slice(3).split(" ");
      section.blocks.push((fence = { language, words, caption: before, text: "" }));
    } else if (/^#+ /.test(line)) {
      sections.push({ heading: line.replace(/^#+ /, ""), blocks: [], tables: [] });
    } else if (isRow) {
      if (!table) section.tables.push((table = []));
      table.push(
        line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    }
    if (line) before = line;
  }
  return sections;
}

// The rows of the table whose first column is headed `first`, each as an object by the names of the columns. Tables that
// are spread over sections are one.
export function rowsOf(sections, first, under = null) {
  const tables = sections
    .filter(({ heading }) => !under || heading === under)
    .flatMap(({ tables: all }) => all)
    .filter(([head]) => head[0] === first);
  return tables.flatMap(([head, , ...rows]) =>
    rows.map((cells) => Object.fromEntries(head.map((name, column) => [name, cells[column]]))),
  );
}

// What a cell shows as code: `a`, `b` → ["a", "b"].
export const codesIn = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code);
export function codeIn(cell) {
  return codesIn(cell)[0];
}

const FORMS = {
  callId: /^[0-9a-f]{24}$/,
  id: /^[0-9a-f]{24}$/,
  time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  jwt: /^[\w-]+\.[\w-]+\.[\w-]+$/,
};

// Where `actual` differs from what the page says, as sentences. `seen` keeps what placeholders have stood for so far: an
// id stands for the same id everywhere, <2n> for twice what <n> stood for.
export function differences(actual, documented, seen, at = "payload") {
  const placeholder = typeof documented === "string" && /^<(\w+)>$/.exec(documented)?.[1];
  if (placeholder)
    return differsFromPlaceholder(actual, placeholder, seen)
      ? [`${at} is ${JSON.stringify(actual)}, not ${documented}`]
      : [];
  if (documented === null || typeof documented !== "object")
    return Object.is(actual, documented)
      ? []
      : [`${at} is ${JSON.stringify(actual)}, not ${JSON.stringify(documented)}`];
  if (actual === null || typeof actual !== "object" || Array.isArray(actual) !== Array.isArray(documented))
    return [`${at} is ${JSON.stringify(actual)}`];
  const keys = new Set([...Object.keys(documented), ...Object.keys(actual)]);
  return [...keys].flatMap((key) => {
    if (!(key in actual)) return [`${at}.${key} is missing`];
    if (!(key in documented)) return [`${at}.${key} is not documented`];
    return differences(actual[key], documented[key], seen, `${at}.${key}`);
  });
}

function differsFromPlaceholder(actual, name, seen) {
  const times = /^(\d*)n$/.exec(name);
  if (times) {
    const factor = Number(times[1] || 1);
    if (!Number.isInteger(actual) || actual < 0) return true;
    seen.n ??= actual / factor;
    return actual !== factor * seen.n;
  }
  if (!FORMS[name]) throw new Error(`there is no placeholder <${name}>`);
  if (typeof actual !== "string" || !FORMS[name].test(actual)) return true;
  if (name !== "callId") return false;
  seen.callId ??= actual;
  return actual !== seen.callId;
}
