#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what the tool prints for a page with the golden files beside it.

usage: check.py TOOL NAME PHRASES
"""
import difflib
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

KINDS = ("dump", "table", "json", "svg", "captions", "warnings")


def well_formed(kind, text):
    if kind == "svg":
        xml.etree.ElementTree.fromstring(text)
    if kind == "captions" and not text.startswith("WEBVTT"):
        raise ValueError("not WebVTT")


def main():
    tool, name, phrases = sys.argv[1:]
    update = bool(os.environ.get("LIMBER_UPDATE_GOLDEN"))
    failed = compared = 0
    for kind in KINDS:
        golden = pathlib.Path(f"{name}.{kind}")
        if not golden.exists():
            continue
        text = subprocess.run([tool, kind, f"{name}.md", phrases], check=True,
                              stdout=subprocess.PIPE).stdout.decode("utf-8")
        well_formed(kind, text)
        compared += 1
        if update:
            golden.write_text(text, encoding="utf-8")
            continue
        expected = golden.read_text(encoding="utf-8")
        if text != expected:
            failed = 1
            sys.stdout.writelines(list(difflib.unified_diff(
                expected.splitlines(True), text.splitlines(True), str(golden), "now", n=1))[:60])
    if compared == 0:
        print(f"{name}: no golden file to compare with")
        return 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
