#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validates JSON documents against a schema with python3-jsonschema.

usage: validate_json.py SCHEMA DOCUMENT…        (- is standard input)
       validate_json.py SCHEMA --run COMMAND…   (what the command prints)

Exit status 0: all valid; 1: not, or not JSON; 77: python3-jsonschema is not installed.
"""
import json
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is missing", file=sys.stderr)
    sys.exit(77)


def refuse_repeats(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError(f"a key twice in one object: {names}")
    return dict(pairs)


def check(validator, name, text):
    try:
        document = json.loads(text, object_pairs_hook=refuse_repeats)
    except ValueError as error:
        print(f"{name}: {error}")
        return False
    errors = sorted(validator.iter_errors(document), key=lambda error: list(error.path))
    for error in errors[:10]:
        error = jsonschema.exceptions.best_match([error])
        print(f"{name}: /{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
    return not errors


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    if sys.argv[2] == "--run":
        printed = subprocess.run(sys.argv[3:], stdout=subprocess.PIPE, check=True).stdout
        return 0 if check(validator, sys.argv[3], printed.decode("utf-8")) else 1
    good = True
    for name in sys.argv[2:]:
        text = sys.stdin.read() if name == "-" else open(name, encoding="utf-8").read()
        good = check(validator, name, text) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
