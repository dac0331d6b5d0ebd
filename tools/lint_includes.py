#!/usr/bin/env python3
"""Checks the rules of the source tree that a compiler does not know. Standard library only.

The table of layers is read from docs/architecture.md, so that the page and the rule cannot differ."""
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYERS_PAGE = "docs/architecture.md"
CPP = (".cpp", ".hpp")
TEXT = CPP + (".mjs", ".ts", ".tsx", ".css", ".html", ".py", ".sh", ".cmake", ".json", ".md")
LONG, TOO_LONG = 400, 600

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
IMPURE_HEADER = re.compile(
    r"^(thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|stop_token|ctime|time\.h|"
    r"i?o?f?stream|filesystem|cstdio|stdio\.h|unistd\.h|pthread\.h|fcntl\.h|poll\.h|sys/.*|netinet/.*|arpa/.*|"
    r"boost/asio.*|boost/beast.*|boost/thread.*|spdlog/.*|cjose/.*|soci/.*|sqlite3\.h|libpq.*)$"
)
JSON_HEADER = re.compile(r"^(boost/json.*|nlohmann/.*|jansson\.h)$")
CLOCK = re.compile(r"::now\s*\(|\b(?:std::time|gettimeofday|clock_gettime)\s*\(")
BANNED_WORD = re.compile(r"(^|_|-|\.)(manager|helper|helpers|util|utils|common)(_|-|\.|$)", re.IGNORECASE)
TEST = re.compile(r"^(TYPED_)?TEST(_F|_P)?\(", re.MULTILINE)
TODO = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b(?!\((?:security|perf|cleanup)\))")


def source_files(*folders):
    """Files of the project, without what is built or installed."""
    for folder in folders:
        for here, dirs, names in os.walk(ROOT / folder):
            dirs[:] = sorted(d for d in dirs if d not in ("node_modules", "dist", "build", "__pycache__", ".git"))
            for name in sorted(names):
                yield Path(here, name)


def shown(path):
    return path.relative_to(ROOT).as_posix()


def read_layers():
    """{folder: (allowed folders or None for all, is pure)} from the table of docs/architecture.md."""
    layers = {}
    for line in (ROOT / LAYERS_PAGE).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("| `") or len(cells) < 4:
            continue
        folder, allowed = cells[0].strip("`"), cells[1]
        layers[folder] = (None if allowed == "all" else set(re.findall(r"`([^`]+)`", allowed)), cells[2] == "PURE")
    return layers


def layer_of(path, layers):
    """The deepest folder of the table that holds `path` (relative to src/)."""
    holds = [folder for folder in layers if path.startswith(folder + "/")]
    return max(holds, key=len, default=None)


def without_comments(text):
    """Comments blanked, line numbers kept, so that a word in a comment is no violation."""
    def blank(match):
        return match.group(0) if match.group(0)[0] in "\"'" else re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r"""'(?:\\.|[^'\\\n])'|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/""", blank, text, flags=re.DOTALL)


def check_table(layers):
    if not layers:
        return [f"{LAYERS_PAGE}: the table of layers was not found"]
    found = []
    for folder, (allowed, _) in layers.items():
        found += [f"{LAYERS_PAGE}: {folder} may include {name}, which is no folder of the table"
                  for name in sorted((allowed or set()) - set(layers))]
    return found


def check_includes(layers):
    found = []
    for path in source_files("src"):
        if path.suffix not in CPP:
            continue
        inside = path.relative_to(ROOT / "src").as_posix()
        mine = layer_of(inside, layers)
        if mine is None:
            found.append(f"{shown(path)}: its folder is not in the table of {LAYERS_PAGE}")
            continue
        allowed, pure = layers[mine]
        code = without_comments(path.read_text(encoding="utf-8"))
        for number, line in enumerate(code.splitlines(), 1):
            where = f"{shown(path)}:{number}"
            if pure and CLOCK.search(line):
                found.append(f"{where}: {mine} is PURE and never asks for the time: {line.strip()}")
            match = INCLUDE.match(line)
            if not match:
                continue
            bracket, header = match.groups()
            if bracket == "<":
                if pure and IMPURE_HEADER.match(header):
                    found.append(f"{where}: {mine} is PURE and must not include <{header}>")
                if mine == "call" and JSON_HEADER.match(header):
                    found.append(f"{where}: call reads no JSON and must not include <{header}>")
                continue
            theirs = layer_of(header, layers)
            if theirs is None or not (ROOT / "src" / header).is_file():
                found.append(f'{where}: "{header}" is no header below src/ (name it from there)')
            elif theirs != mine and allowed is not None and theirs not in allowed:
                may = ", ".join(sorted(allowed)) or "nothing else"
                found.append(f'{where}: {mine} may include {may}, but not "{header}" of {theirs}')
            elif theirs == "net" != mine and (header.startswith("net/detail/") or header.endswith("_detail.hpp")):
                found.append(f'{where}: "{header}" is internal to net')
    return found


def check_names():
    found, built = [], (ROOT / "tests/unit/CMakeLists.txt").read_text(encoding="utf-8")
    for path in source_files("src", "tests", "tools", "web", "examples", "bench"):
        if BANNED_WORD.search(path.name):
            found.append(f"{shown(path)}: the name says nothing (manager, helper, util and common are not used)")
    for path in source_files("tests/unit"):
        if path.suffix == ".cpp" and not path.name.endswith("_test.cpp") and TEST.search(path.read_text(encoding="utf-8")):
            found.append(f"{shown(path)}: a unit test is named *_test.cpp")
        if path.name.endswith("_test.cpp") and not re.search(rf"\b{path.parent.name}\b", built):
            found.append(f"{shown(path)}: tests/unit/CMakeLists.txt does not name its folder, so it is never run")
        if path.name.endswith("_test.cpp") and path.parent.parent != ROOT / "tests/unit":
            found.append(f"{shown(path)}: the build takes tests/unit/<layer>/*_test.cpp, so this test is never run")
    return found


def check_text():
    found, notes = [], []
    for path in [*source_files("src", "tests", "tools", "web", "examples", "bench", "docs", "cmake"), ROOT / "dev"]:
        if path.suffix not in TEXT and path.name not in ("dev", "CMakeLists.txt") or path.name == "package-lock.json":
            continue
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        if text and not text.endswith("\n"):
            found.append(f"{shown(path)}: the last line does not end")
        for number, line in enumerate(lines, 1):
            where = f"{shown(path)}:{number}"
            if "\t" in line:
                found.append(f"{where}: a tab")
            if path.suffix != ".md" and path != Path(__file__).resolve() and TODO.search(line):
                found.append(f"{where}: write TODO(security), TODO(perf) or TODO(cleanup), or do it now")
        if path.suffix in CPP + (".mjs", ".ts") and len(lines) > LONG:
            message = f"{shown(path)}: {len(lines)} lines (aim at 200, explain over {LONG}, split over {TOO_LONG})"
            (found if len(lines) > TOO_LONG else notes).append(message)
    return found, notes


def run():
    """[(what was checked, violations)], and notes that fail nothing."""
    layers = read_layers()
    text, notes = check_text()
    return [("table of layers", check_table(layers)), ("includes", check_includes(layers)),
            ("file names", check_names()), ("text", text)], notes


if __name__ == "__main__":
    results, remarks = run()
    for message in remarks:
        print(f"note: {message}")
    violations = [message for _, messages in results for message in messages]
    for message in violations:
        print(message)
    sys.exit(1 if violations else 0)
