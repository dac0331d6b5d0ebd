#!/usr/bin/env python3
"""Prints `passed failed skipped` of a CTest run, GoogleTest programs counted by the tests inside them.

usage: count_ctest.py BUILD; reads BUILD/test-results/ctest.xml and the JSON files that GTEST_OUTPUT left beside it."""
import json
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path


def programs_of(build):
    """{test name: program}"""
    shown = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], capture_output=True, text=True, check=True)
    return {t["name"]: Path(t["command"][0]).name for t in json.loads(shown.stdout)["tests"] if "command" in t}


def inside(report):
    """[passed, failed, skipped] of one GoogleTest program."""
    results = [case for suite in report["testsuites"] for case in suite["testsuite"]]
    failed = sum(1 for case in results if case.get("failures"))
    skipped = sum(1 for case in results if not case.get("failures") and (case["result"] == "SKIPPED" or case["status"] == "NOTRUN"))
    return [len(results) - failed - skipped, failed, skipped]


def main(build):
    results, programs, total = Path(build, "test-results"), programs_of(build), [0, 0, 0]
    if not (results / "ctest.xml").exists():
        total[1] = 1
    else:
        for test in xml.parse(results / "ctest.xml").getroot().iter("testcase"):
            report = results / f"{programs.get(test.get('name'), test.get('name'))}.json"
            counts = inside(json.loads(report.read_text())) if report.exists() else [0, 0, 0]
            status, skipped = test.get("status"), test.find("skipped")
            if status == "run" and not report.exists():
                counts[0] += 1
            elif status == "disabled" or skipped is not None and "SKIP_" in skipped.get("message", ""):
                counts[2] += 1
            elif status in ("fail", "notrun") and counts[1] == 0:
                counts[1] += 1  # it crashed, was not built, or is no GoogleTest program
            total = [a + b for a, b in zip(total, counts)]
    print(*total)


if __name__ == "__main__":
    main(sys.argv[1])
