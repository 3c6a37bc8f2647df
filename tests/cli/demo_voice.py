# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration of a recorded voice that comes along: it says all of one routine, in its own recordings, and most of another."""
import csv
import json
import math
import os
import re
import subprocess

from limbertest import SOURCE, Home, check, fail, need, wav

NAME = "demo-slt"
FOLDER = os.path.join(SOURCE, "voices", NAME)
FULL, PARTLY = "desk-break", "breathing"
FLOAT = ("--set", "out-file.format=float")


def key(text):
    return " ".join(re.sub(r"[^\w\s]", "", text.replace("-", " ")).casefold().split())


def table():
    """key → files."""
    rows = {}
    with open(os.path.join(FOLDER, "clips.csv"), encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if "…" not in row["text"]:
                rows.setdefault(key(row["text"]), []).append(os.path.join(FOLDER, row["file"]))
    return rows


def decoded(path, home):
    """The clip at 48 kHz, decoded by ffmpeg: not by anything of ours."""
    target = home.file("clip.wav")
    subprocess.run(["ffmpeg", "-y", "-v", "error", "-i", path, "-ac", "1", "-ar", "48000", "-c:a", "pcm_s16le", target], check=True)
    return wav(target)[1]


def likeness(a, b):
    """Correlation of two stretches of equal length, −1 … 1."""
    product = sum(x * y for x, y in zip(a, b))
    return product / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b) or 1)


def contains(part, clip):
    """The best correlation of the clip's loudest quarter of a second with `part`, near where it has to be: a little earlier than in the
    file, which may begin with silence."""
    step, length = 2400, 12000
    powers = [sum(x * x for x in clip[at:at + length:16]) for at in range(0, max(1, len(clip) - length), step)]
    at = powers.index(max(powers)) * step
    needle = clip[at:at + length]
    thin, best = needle[::6], (-1, 0)
    for shift in range(max(0, at - 14400), max(1, min(at, len(part) - length)), 6):
        best = max(best, (likeness(part[shift:shift + length:6], thin), shift))
    return max(likeness(part[shift:shift + length], needle) for shift in range(max(0, best[1] - 6), best[1] + 7))


def covers():
    """At every level and detail; and `voice check` finds no error."""
    with Home() as home:
        for level in ("easy", "normal", "deep"):
            for detail in ("full", "normal", "brief"):
                done = home.run("plan", FULL, "--voice", NAME, "--level", level, "--detail", detail, "--strict")
                check(done.returncode == 0 and not done.stderr, f"{level}, {detail}: {done.stderr}")
        checked = home.must("voice", "check", NAME, FULL)
        check("0 errors" in checked.stdout and f"{FULL}: 100 %" in checked.stdout, f"{checked.stdout}{checked.stderr}")
        listed = {item["name"]: item for item in json.loads(home.must("voices", "--json").stdout)}[NAME]
        check(listed["usable"] and "MIT-Festival" in listed["license"] and "synthetic" in listed["consent"], f"{listed}")


def who_spoke():
    """The session holds the clips themselves, at the frames that were planned."""
    need("ffmpeg")
    rows = table()
    with Home() as home:
        result = json.loads(home.must("render", FULL, "--voice", NAME, "-o", home.file("a.wav"), "--json", *FLOAT).stdout)
        check(result["fallbacks"] == [], f"{result['fallbacks']}")
        plan = json.loads(home.must("plan", FULL, "--voice", NAME, "--json").stdout)
        other = json.loads(home.must("plan", FULL, "--voice", "calm-us", "--json").stdout)
        home.must("render", FULL, "--voice", "calm-us", "-o", home.file("b.wav"), *FLOAT)
        samples, others = wav(home.file("a.wav"))[1], wav(home.file("b.wav"))[1]
        spoken = [cue for cue in plan["cues"] if cue["kind"] == "speech" and len(rows.get(key(cue["text"]), ())) == 1][2:20:6]
        check(len(spoken) >= 3, "too few sentences to compare")
        for cue in spoken:
            clip = decoded(rows[key(cue["text"])][0], home)
            mine = contains(samples[cue["start"]:cue["start"] + cue["frames"]], clip)
            theirs = next(each for each in other["cues"] if each.get("text") == cue["text"])
            not_mine = contains(others[theirs["start"]:theirs["start"] + theirs["frames"]], clip)
            print(f"{cue['text']}: {mine:.3f}; spoken by calm-us {not_mine:.3f}")
            check(mine > 0.97 and not_mine < 0.7, f"\"{cue['text']}\" was not said by its clip: {mine:.3f}, {not_mine:.3f}")


def takes():
    """Several takes of one text: by the seed, the same ones for the same seed."""
    with Home() as home:
        heard = set()
        for seed in range(6):
            home.must("voice", "try", NAME, "Well done.", "--seed", str(seed), "-q", "-o", home.file("a.wav"), *FLOAT)
            home.must("voice", "try", NAME, "Well done.", "--seed", str(seed), "-q", "-o", home.file("b.wav"), "--no-cache", *FLOAT)
            first = wav(home.file("a.wav"))[1]
            check(first == wav(home.file("b.wav"))[1], f"seed {seed} is not the same twice")
            heard.add(len(first))
        check(2 <= len(heard) <= 3, f"{len(heard)} different takes of three")
        # What is put together, and what cannot be.
        check(not home.must("voice", "try", NAME, "45 seconds left.", "-o", home.file("a.wav")).stderr, "45 seconds left")
        check("did not say this" in home.must("voice", "try", NAME, "Pineapple.", "-o", home.file("a.wav")).stderr, "Pineapple")


def partly():
    """Of the other routine exactly those fall back that have no clip, one by one, and nothing else changes voice."""
    rows = table()
    with Home() as home:
        plan = json.loads(home.must("plan", PARTLY, "--voice", NAME, "--json").stdout)
        has = lambda text: key(text) in rows or all(key(one) in rows for one in re.split(r"(?<=[.!?]) ", text))
        missing = {cue["text"] for cue in plan["cues"]
                   if cue["kind"] == "speech" and cue["source"] and cue["role"] != "phrase" and not has(cue["text"])}
        told = {item["text"] for item in plan["fallbacks"]}
        check(told == missing and len(told) >= 3, f"told {sorted(told)}, missing {sorted(missing)}")
        check({item["spoken_by"] for item in plan["fallbacks"]} == {"calm-us"}, f"{plan['fallbacks']}")
        strict = home.run("render", PARTLY, "--voice", NAME, "-o", home.file("a.wav"), "--strict")
        check(strict.returncode == 3 and not os.path.exists(home.file("a.wav")), f"--strict: {strict.returncode}")


def never_by_default():
    with Home() as home:
        for language in ("en", "en-US", "en-GB", "en-AU"):
            plan = json.loads(home.must("plan", FULL, "--language", language, "--json").stdout)
            if plan["voice"] == NAME:
                fail(f"{language} is spoken by {NAME} though nobody asked for it")
            check(plan["fallbacks"] == [], f"{language}: {plan['fallbacks']}")


def small():
    size = sum(os.path.getsize(os.path.join(top, name)) for top, _, names in os.walk(FOLDER) for name in names)
    check(size < 1500000, f"{NAME} takes {size} bytes")
    named = {os.path.relpath(path, FOLDER) for files in table().values() for path in files}
    for path in named:
        check(os.path.isfile(os.path.join(FOLDER, path)), f"{path} is missing")


small()
covers()
takes()
partly()
never_by_default()
who_spoke()
