# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/voice.schema.json says what the program says of every voice.yaml, key by key."""
import json
import os
import re

from limbertest import SOURCE, Home, check, skip

try:
    import jsonschema
    import yaml
except ImportError:
    skip("python3-jsonschema or python3-yaml is not installed")

BASE = "languages: [en]\nengine: speech-x\n"

# What each key may be. Of what only the program can know (whether a file exists) there is nothing here.
GOOD = {
    "name": ["GOODNAME"],
    "languages": ["en", "[en]", "[en-GB, en]", "zh-Hant-TW", "[de, fr, tlh]"],
    "engine": ["speech-x", "5"],
    "voice": ["gmw/en-US", "'gmw'", "1.5"],
    "variant": ["f2", "|\n  two\n  lines"],
    "rate": ["60", "140.5", "450"],
    "pitch": ["0", "100", "50.25"],
    "range": ["0", "100"],
    "gain": ["-20", "12", "0.5"],
    "license": ["MIT", "CC-BY-4.0"],
    "author": ["somebody, somewhere", "2026"],
    "version": ["1.0", "'2026-01'", "2"],
    "consent": ["given in writing in May"],
    "description": ["calm: not hurried".replace(":", " -"), "'calm: not hurried'"],
    "fallback": ["calm"],
    "dictionary": [],
    "options": ["{}", "{seed: 3}", "{a-b: ''}", "{command: [piper, --model, a b, 3]}", "{a: [], b: yes}", "{a: \"one\\ntwo\"}"],
}
BAD = {
    "name": ["[a]", "{}", ""],
    "languages": ["english!", "[]", "e", "[en, '']", "{en: 1}", "en_GB", "[[en]]", "english", "en-", "en-toolongtag"],
    "engine": ["", "[speech-x]", "''"],
    "voice": ["", "[a, b]", "{a: b}"],
    "variant": ["", "[]"],
    "rate": ["fast", "59", "451", "[100]", "", "1e9"],
    "pitch": ["-1", "101", "high", "50%"],
    "range": ["-0.5", "100.5", "{}"],
    "gain": ["-21", "13", "loud", "3dB"],
    "license": ["", "[MIT]"],
    "author": ["", "{name: me}"],
    "version": ["", "[1, 2]"],
    "consent": ["", "[]"],
    "description": ["", "[a, b]"],
    "fallback": ["", "[calm, ruhig]"],
    "dictionary": ["", "[a.yaml]"],
    "options": ["fast", "[a, b]", "", "{A: 1}", "{a b: 1}", "{a=b: 1}", "{a: {b: c}}", "{a: [[b]]}", "{a: [\"b\\nc\"]}", "{a: }",
                "{%s: 1}" % ("a" * 65), "{a: %s}" % ("x" * 8193), "{%s}" % ", ".join(f"o{i}: 1" for i in range(65))],
}
WHOLE = ["", "- a\n", "just words\n", "languages: [en]\n", "engine: speech-x\n", BASE + "pich: 3\n", BASE + "Rate: 100\n",
         BASE + "consents: yes\n", BASE + "option: {a: 1}\n", BASE + "comment: hello\n"]


def whole(key, value):
    lines = [line for line in BASE.splitlines() if not line.startswith(key + ":")]
    return "\n".join(lines + [f"{key}: {value}"]) + "\n"


with open(os.path.join(SOURCE, "docs", "voice.schema.json"), encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)

with open(os.path.join(SOURCE, "core", "voice", "voicefile.c"), encoding="utf-8") as file:
    known = set(re.findall(r'^    \{(?:\.key = )?"([a-z]+)",', file.read(), re.MULTILINE))
check(known == set(schema["properties"]), f"not in both: {known ^ set(schema['properties'])}")
check(known == set(GOOD) == set(BAD), f"not tried: {known ^ set(GOOD)} {known ^ set(BAD)}")
for key, about in schema["properties"].items():
    check(len(about.get("description", "")) > 20, f"{key} is not described")

cases = [(text, False) for text in WHOLE] + [(BASE, True)]
for key in sorted(known):
    cases += [(whole(key, value), True) for value in GOOD[key]] + [(whole(key, value), False) for value in BAD[key]]

with Home() as home:
    folder = home.file(".local/share/limber/voices")
    for number, (text, good) in enumerate(cases):
        name = f"v{number:03}"
        os.makedirs(os.path.join(folder, name))
        home.file(f".local/share/limber/voices/{name}/voice.yaml", text.replace("GOODNAME", name))
    done = home.must("voices", "--json")
    voices = {voice["name"]: voice for voice in json.loads(done.stdout)}
    for number, (text, good) in enumerate(cases):
        voice = voices[f"v{number:03}"]
        problem = voice.get("problem", "")
        accepted = "speech-x, is not installed" in problem or ("is not installed" in problem and "engine: 5" in text)
        errors = [error.message[:200] for error in validator.iter_errors(yaml.safe_load(text) or {})]
        check(accepted == good, f"the program {'takes' if accepted else 'refuses'} {text!r}: {problem}")
        check((not errors) == good, f"the schema {'refuses' if errors else 'takes'} {text!r}: {errors}")
    print(f"{len(cases)} files judged alike")

    # The voices that came along, and what `voice new` writes.
    for top in (os.path.join(SOURCE, "voices"),):
        for name in sorted(os.listdir(top)):
            path = os.path.join(top, name, "voice.yaml")
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    errors = [error.message for error in validator.iter_errors(yaml.safe_load(file))]
                check(not errors, f"{path}: {errors}")
                check("problem" not in voices[name] or "not installed" in voices[name]["problem"], f"{name}: {voices[name]}")
