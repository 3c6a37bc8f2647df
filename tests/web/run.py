#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a browser test. The packages it needs go into the build folder, once; what cannot be had skips it.

run.py [--bare] TEST.mjs: --bare needs none of them."""
import filecmp
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("LIMBER_BUILD", os.path.join(HERE, "..", "..", "build"))
FOLDER = os.path.join(BUILD, "tests", "web", "packages")
SKIP = 77
INSTALL_SECONDS = 180


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIP)


def packages():
    """The folder with node_modules as package-lock.json has it."""
    lock = os.path.join(FOLDER, "package-lock.json")
    done = os.path.join(FOLDER, "installed")
    if os.path.exists(done) and filecmp.cmp(lock, os.path.join(HERE, "package-lock.json"), shallow=False):
        return
    if not shutil.which("npm"):
        skip("npm is not here (./dev installs it)")
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(os.path.join(HERE, name), FOLDER)
    try:
        result = subprocess.run(["npm", "ci", "--prefer-offline", "--no-audit", "--no-fund"], cwd=FOLDER, capture_output=True,
                                text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        skip(f"npm could not install the packages within {INSTALL_SECONDS} s")
    if result.returncode:
        skip(f"npm could not install the packages: {result.stderr.strip()[-400:]}")
    with open(done, "w", encoding="utf-8"):
        pass


def main():
    if not shutil.which("node"):
        skip("node is not here (./dev installs it)")
    arguments = sys.argv[1:]
    if arguments[0] == "--bare":
        arguments = arguments[1:]
    else:
        packages()
    environment = dict(os.environ, LIMBER_WEB_MODULES=os.path.join(FOLDER, "package.json"))
    sys.exit(subprocess.run(["node", os.path.join(HERE, arguments[0]), *arguments[1:]], env=environment, check=False).returncode)


main()
