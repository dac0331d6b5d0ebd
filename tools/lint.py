#!/usr/bin/env python3
"""All of `./dev lint`: rules of the tree, clang-format, clang-tidy, the web page's linter. Each check counts as one test.

clang-tidy reads a file in 1 to 30 s, so it looks at the files that changed (against the upstream branch, else the last
commit, and all that is not committed), sources before tests, and begins no new one after TIDY_SECONDS; what it left out
is said. `--all` looks at every file and takes what it takes. Inputs that passed are remembered in the build folder."""
import argparse
import hashlib
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lint_includes

ROOT = lint_includes.ROOT
FORMAT, TIDY = "clang-format-19", "clang-tidy-19"
TIDY_SECONDS = 90


def output_of(*command):
    """What it prints; empty when it fails or is not installed, as git may be."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def cpp_files():
    return [p for p in lint_includes.source_files("src", "tests", "examples", "bench") if p.suffix in lint_includes.CPP]


def check_format():
    done = subprocess.run([FORMAT, "--dry-run", "-Werror", *map(str, cpp_files())], cwd=ROOT, capture_output=True, text=True)
    return [] if done.returncode == 0 else [*done.stderr.splitlines(), "`./dev format` puts this right"]


def changed_files():
    """Names, from the root; what no git knows (a downloaded archive) has not changed."""
    base = output_of("git", "merge-base", "HEAD", "@{upstream}").strip() or output_of("git", "rev-parse", "HEAD~1").strip()
    names = output_of("git", "diff", "--name-only", base or "HEAD").splitlines()
    return set(names + output_of("git", "ls-files", "--others", "--exclude-standard").splitlines())


class Tidy:
    """clang-tidy over files of the compilation database, with a stamp for each input that passed."""

    def __init__(self, build, everything):
        self.build, self.stamps = ROOT / build, ROOT / build / "tidy"
        self.config = (ROOT / ".clang-tidy").read_bytes() + output_of(TIDY, "--version").encode()
        entries = json.loads((self.build / "compile_commands.json").read_text())
        sources = sorted({Path(e["directory"], e["file"]).resolve() for e in entries})
        sources = [s for s in sources if s.is_relative_to(ROOT / "src") or s.is_relative_to(ROOT / "tests/unit")]
        if not everything:
            changed = changed_files()
            # A header is read through the file that implements it.
            sources = [s for s in sources if {lint_includes.shown(s), lint_includes.shown(s.with_suffix(".hpp"))} & changed]
        self.sources = sources  # src/ sorts before tests/
        self.deadline = time.monotonic() + (float("inf") if everything else TIDY_SECONDS)
        self.headers = b"".join(p.read_bytes() for p in cpp_files() if p.suffix == ".hpp")

    def stamp_of(self, source):
        return self.stamps / hashlib.sha256(self.config + self.headers + source.read_bytes()).hexdigest()

    def check(self, source):
        """(file, what to say of it, messages)"""
        stamp, started = self.stamp_of(source), time.monotonic()
        if stamp.exists():
            return source, "", []
        if started > self.deadline:
            return source, "left out, `./dev lint --all` looks at it", []
        done = subprocess.run([TIDY, "-p", str(self.build), "--quiet", "--extra-arg=-Wno-unknown-warning-option", str(source)],
                              cwd=ROOT, capture_output=True, text=True)
        messages = []
        if done.returncode == 0:
            self.stamps.mkdir(exist_ok=True)
            stamp.touch()
        else:
            messages = done.stdout.splitlines() or done.stderr.splitlines() or [f"{TIDY} ended with {done.returncode}"]
        return source, f"{'failed' if messages else 'ok'} ({time.monotonic() - started:.0f} s)", messages


def check_tidy(build, everything, jobs):
    tidy, found = Tidy(build, everything), []
    with ThreadPoolExecutor(jobs) as pool:
        for source, remark, messages in pool.map(tidy.check, tidy.sources):
            if remark:
                print(f"  clang-tidy {lint_includes.shown(source)}: {remark}", flush=True)
            found += messages
    return found


def check_web():
    if not (ROOT / "web/package.json").exists():
        return []
    done = subprocess.run(["npm", "run", "--silent", "lint"], cwd=ROOT / "web", capture_output=True, text=True)
    return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--all", action="store_true", help="clang-tidy over every file, not only the changed ones")
    options.add_argument("--build", default="build/dev", help="the build folder with compile_commands.json")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--count", help="file for `passed failed skipped`")
    options = options.parse_args()

    tree, notes = lint_includes.run()
    checks = [(name, lambda messages=messages: messages) for name, messages in tree]
    checks += [("clang-format", check_format), ("clang-tidy", lambda: check_tidy(options.build, options.all, options.jobs)),
               ("web page", check_web)]
    for note in notes:
        print(f"  note: {note}")
    failed = 0
    for name, check in checks:
        messages = check()
        print(f"{'FAILED' if messages else 'ok    '} {name}", flush=True)
        for message in messages:
            print(f"    {message}")
        failed += bool(messages)
    if options.count:
        Path(options.count).write_text(f"{len(checks) - failed} {failed} 0\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
