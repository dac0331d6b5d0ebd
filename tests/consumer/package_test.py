#!/usr/bin/env python3
"""Installs the library, moves it, and lets a project outside of the tree find, build and run it.

usage: package_test.py BUILD [SANITIZERS]"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import manual

ROOT = Path(__file__).resolve().parents[2]
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(asks LANGUAGES NONE)
{asks}
"""


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    return done.returncode, done.stdout + done.stderr


def must(*command, **options):
    code, said = run(*command, **options)
    if code:
        sys.exit(f"{' '.join(map(str, command))}\n{said}")
    return said


def check(holds, what):
    if not holds:
        sys.exit(f"FAILED: {what}")
    print(f"ok {what.splitlines()[0]}")


def install(build, work):
    """Where the package is in the end: not where it was installed, as with every package of a distribution."""
    must("cmake", "--install", build, "--component", "socketio", "--prefix", work / "installed")
    return (work / "installed").rename(work / "moved")


def no_foreign_paths(prefix):
    foreign = re.compile(r'[";](/\w[^";]*)')
    found = [f"{file.name}: {path}" for file in prefix.rglob("*.cmake") for path in foreign.findall(file.read_text())]
    check(not found, "the package's files name no path of this machine" + "".join(f"\n{line}" for line in found))
    headers = [file.relative_to(prefix / "include") for file in prefix.rglob("*.hpp")]
    check(headers and all(h.parts[0] == "ringback" for h in headers), "all headers are below include/ringback")


def refuses(work, prefix, asks, why):
    project = work / "asks"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir()
    (project / "CMakeLists.txt").write_text(PROJECT.format(asks=asks))
    code, said = run("cmake", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    check(code and why in " ".join(said.split()), f"`{asks}` is refused: {why}\n{said}")


def build_and_run(work, prefix, sanitizers):
    project = work / "project"
    shutil.copytree(Path(__file__).parent, project, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    manual.write(ROOT / "docs/library.md", ROOT / "src", project)
    options = [f"-DCMAKE_PREFIX_PATH={prefix}", "-G", "Ninja"]
    if shutil.which("ccache"):
        options.append("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache")
    if sanitizers:
        options.append(f"-DCMAKE_CXX_FLAGS=-fsanitize={sanitizers}")
    must("cmake", "-S", project, "-B", project / "build", *options)
    # ccache knows files by their paths, and these change with every run unless they are relative.
    must("cmake", "--build", project / "build", env=os.environ | {"CCACHE_BASEDIR": str(work), "CCACHE_NOHASHDIR": "1"})
    check(True, "a project outside of the tree builds, and so do the examples of docs/library.md")
    print(must(project / "build/consumer", timeout=60), end="")
    check(True, "it serves a client, and the defaults in docs/library.md are those of the library")


def main(build, sanitizers=""):
    with tempfile.TemporaryDirectory(prefix="ringback-package-") as folder:
        work = Path(folder).resolve()
        prefix = install(build, work)
        no_foreign_paths(prefix)
        refuses(work, prefix, "find_package(ringback REQUIRED COMPONENTS socketio gateway)",
                "ringback has no component 'gateway'. Its components: socketio, redis")
        refuses(work, prefix, "find_package(ringback 7.0 REQUIRED)", 'compatible with requested version "7.0"')
        build_and_run(work, prefix, sanitizers)


if __name__ == "__main__":
    main(*sys.argv[1:])
