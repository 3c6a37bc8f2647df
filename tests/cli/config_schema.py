# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/config.schema.json says what the program says of every config.yaml, key by key."""
import json
import os
import re

from limbertest import SOURCE, Home, check, skip

try:
    import jsonschema
    import yaml
except ImportError:
    skip("python3-jsonschema or python3-yaml is not installed")


class Loader(yaml.SafeLoader):
    """YAML 1.2, as editors read it: yes, on and 1:30 are texts."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (("null", r"^(|~|null|Null|NULL)$", ["~", "n", "N", ""]), ("bool", r"^(true|True|TRUE|false|False|FALSE)$", list("tTfF")),
                            ("int", r"^[-+]?[0-9]+$", list("-+0123456789")), ("float", r"^[-+]?[0-9]*\.[0-9]+$", list("-+.0123456789"))):
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), first)

YES = ["yes", "no", "on", "OFF", "True", "false", "'no'"]
NOT_YES = ["maybe", "1", "0", "", "[yes]", "{}", "y"]
GOOD = {
    "voice": ["calm", "5", "'no'"],
    "language": ["en", "en-GB", "no", "zh-Hant-TW"],
    "sounds": ["tones"],
    "level": ["easy", "normal", "deep"],
    "detail": ["full", "normal", "'brief'"],
    "output": ["'null'", "out-file", "out-null"],
    "lead-in": ["0", "auto", "500ms", "1.5s", "1s500ms", "0:30", "1min", "0s"],
    "idle": ["0", "30s", "1h", "1h20m", "1h2min3s", "1m30s", "24h", "1:30", "1:02:03", "1.5h", "1m1.25s"],
    "controls": ["", "[]", "CONTROL", "[CONTROL]", "control-CONTROL"],
    "levels": ["", "{}", "{master: -3}", "{speech: 6, bed: -24}", "{sounds: -3 dB, bed: 2dB}", "{master: +2}", "{master: 0}"],
    "coach": ["", "{}", "no", "on", "{sides: off, picks: yes, guidance: True, ranges: no}"],
    "history": YES, "journal": YES, "ask-effort": YES, "spoken-close": YES, "boot-phrase": YES, "spoken-problems": YES, "offer-left": YES,
    "plugins": ["", "{}", "{out-file: }", "{out-file: {}}", "{out-file: {format: s24}}", "{sound-tone: {warmth: 10, stereo: on}}", "{sound-file: {folder: ''}}"],
}
BAD = {
    "voice": ["", "[a]", "{}", "\"a\\nb\"", "''"],
    "language": ["english!", "e", "en_GB", "[en]", ""],
    "sounds": ["", "[tones]"],
    "level": ["hard", "1", "", "[easy]", "Easy"],
    "detail": ["long", "", "{}"],
    "output": ["", "[null]", "OUT-NULL", "'out-null:latency=1'", "{}"],
    "lead-in": ["automatic", "2", "-1s", "", "[0]", "2 s", "s"],
    "idle": ["auto", "60", "never", "", "1:3", "1:60", "1.5m30s", "30s1m", "{}"],
    "controls": ["{CONTROL: {}}", "[CONTROL, CONTROL]", "[[CONTROL]]", "['']", "'CONTROL:x=1'"],
    "levels": ["-3", "[1]", "{master: 7}", "{master: -25}", "{master: 1.5}", "{tips: 0}", "{bed: loud}", "{bed: }", "{bed: -25 dB}", "no"],
    "coach": ["maybe", "{side: no}", "{sides: 1}", "[sides]", "{sides: }", "0"],
    "history": NOT_YES, "journal": NOT_YES, "ask-effort": NOT_YES, "spoken-close": NOT_YES, "boot-phrase": NOT_YES, "spoken-problems": NOT_YES, "offer-left": NOT_YES,
    "plugins": ["fast", "[out-file]", "{out-file: s24}", "{out-file: [format]}", "{out-file: {format: {a: b}}}", "{OUT: {}}", "{out-file: {Format: s24}}",
                "{out-file: {format: }}", "{out-file: {format: [[s24]]}}", "{sound-file: {folder: %s}}" % ("x" * 8193), "{sound-file: {folder: [\"a\\nb\"]}}"],
}
# What only the program can know: how long is too long, which plugins there are and what they take.
PROGRAM_ONLY = ["idle: 25h\n", "lead-in: 61s\n", "lead-in: 2min\n", "output: nowhere\n", "controls: [mind]\n", "plugins: {out-nowhere: {}}\n",
                "plugins: {out-file: {format: s25}}\n", "plugins: {out-file: {formt: s24}}\n", "idle: 1h90m\n", "controls: [CONTROL, control-CONTROL]\n", "output: out-\n", "controls: [control-]\n"]
WHOLE = [("", True), ("# nothing\n", True), ("- a\n", False), ("just words\n", False), ("Voice: calm\n", False), ("voices: calm\n", False),
         ("voice: calm\nvoice: calm\n", None), ("voice: &a calm\n", None), ("voice: calm\nlevel: deep\ncoach: off\n", True)]

with open(os.path.join(SOURCE, "docs", "config.schema.json"), encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)

with open(os.path.join(SOURCE, "core", "player", "config.c"), encoding="utf-8") as file:
    table = file.read().split("config_keys[] = {", 1)[1].split("\n};", 1)[0]
known = set(re.findall(r'\{\.key = "([a-z-]+)"', table))
check(len(known) > 12 and known == set(schema["properties"]), f"not in both: {known ^ set(schema['properties'])}")
check(known == set(GOOD) == set(BAD), f"not tried: {known ^ set(GOOD)} {known ^ set(BAD)}")
for key, about in schema["properties"].items():
    check(len(about.get("description", "")) > 16, f"{key} is not described")
with open(os.path.join(SOURCE, "docs", "config.md"), encoding="utf-8") as file:
    told = set(re.findall(r"^\| `([a-z-]+)`", file.read(), re.MULTILINE))
check(known <= told, f"docs/config.md does not tell of {known - told}")

with Home() as home:
    controls = [name for name in home.must("plugins", "--names").stdout.split() if name.startswith("control-")]
    if not controls:
        skip("no control plugin was built")
    control = controls[0].removeprefix("control-")
    cases = [(text, good) for text, good in WHOLE]
    for key in sorted(known):
        cases += [(f"{key}: {value}\n", True) for value in GOOD[key]] + [(f"{key}: {value}\n", False) for value in BAD[key]]
    for text, good in cases:
        text = text.replace("CONTROL", control)
        done = home.run("config", "check", home.file("config.yaml", text))
        check(done.returncode == (0 if good else 3), f"the program {'refuses' if good else 'takes'} {text!r}: {done.returncode} {done.stdout}{done.stderr}")
        check(good or "config.yaml:" in done.stderr and ": error: " in done.stderr, f"no place for {text!r}: {done.stderr}")
        if good is not None:  # else it is no YAML, as far as the program goes
            errors = [error.message[:200] for error in validator.iter_errors(yaml.load(text, Loader) or ({} if good else []))]
            check((not errors) == good, f"the schema {'refuses' if errors else 'takes'} {text!r}: {errors}")
    for text in PROGRAM_ONLY:
        text = text.replace("CONTROL", control)
        done = home.run("config", "check", home.file("config.yaml", text))
        check(done.returncode == 3, f"the program takes {text!r}")
        check(not list(validator.iter_errors(yaml.load(text, Loader))), f"the schema can know {text!r}")
    print(f"{len(cases)} files judged alike")
