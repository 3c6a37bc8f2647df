# SPDX-License-Identifier: GPL-3.0-or-later
"""limber config: what it shows reads back, mistakes have places, and the command line wins."""
import json
import os
import re

from limbertest import SOURCE, Home, check


def strings(path):
    with open(path, "rb") as file:
        return file.read()


with Home() as home:
    del home.env["LIMBER_CONFIG"]
    page = home.file("short.md", "# Short\n\n## Sit\nSit. `for 2s`\n")
    own = home.file(".config/limber/config.yaml")
    os.makedirs(os.path.dirname(own))
    there = os.path.exists("/etc/limber/config.yaml")

    # Where it is.
    if not there:
        done = home.must("config", "path")
        check(done.stdout.strip() == own and "no such file yet" in done.stderr, done.stdout + done.stderr)
    home.file(".config/limber/config.yaml", "level: easy\n")
    done = home.must("config", "path")
    check(done.stdout.strip() == own and not done.stderr, done.stdout + done.stderr)
    check(home.must("config", "show").stdout == "level: easy\n", "the person's file is shown")
    other = home.file("other.yaml", "level: deep\nidle: 90s\n")
    home.env["LIMBER_CONFIG"] = other
    check(home.must("config", "show").stdout == "level: deep\nidle: 90s\n", "$LIMBER_CONFIG wins")
    check(home.must("config", "path").stdout.strip() == other, "and is told")
    home.env["LIMBER_CONFIG"] = ""
    check(home.must("config", "show").stdout.startswith("# Everything is as by default"), "empty: none")
    check("everything is as by default" in home.must("config", "check").stdout, "none is good")
    home.env["LIMBER_CONFIG"] = home.file("gone.yaml")
    done = home.run("config", "check")
    check(done.returncode == 3 and "gone.yaml: error: the file cannot be read" in done.stderr, done.stderr)
    check(home.run("play", page, "--output", "null").returncode == 3, "a file that is named must be there")
    del home.env["LIMBER_CONFIG"]

    # All of it: as it is, it changes nothing; without the marks it is the defaults, and right.
    everything = home.must("config", "show", "--all", "--no-config").stdout
    home.file("all.yaml", everything)
    check("good" in home.must("config", "check", "all.yaml").stdout, "what is shown is right")
    check(home.must("config", "show", "all.yaml").stdout.startswith("# Everything is as by default"), "and sets nothing")
    check(home.must("config", "show", "--all", "all.yaml").stdout == everything, "and reads back the same")
    told = re.findall(r"(?m)^ *# .+\n *#?[a-z]", everything)
    check(len(told) > 25, "settings are explained")
    check(all(len(line) <= 100 for line in everything.splitlines()), "lines fit")
    unmarked = re.sub(r"(?m)^( *)#(?=[a-z])", r"\1", everything)
    ids = home.must("plugins", "--names").stdout.split()
    if "out-portaudio" not in ids:
        unmarked = unmarked.replace("\noutput: portaudio\n", "\n")
    home.file("unmarked.yaml", unmarked)
    check("good" in home.must("config", "check", "unmarked.yaml").stdout, "every default is right as it stands")
    for id in ("out-file", "sound-tone"):
        check(id in ids and f"\n  #{id}:\n" in everything, f"{id} is there")

    # The examples: one that sets nothing, until the marks are gone; and that of the documentation.
    with open(os.path.join(SOURCE, "examples", "config", "box.yaml"), encoding="utf-8") as file:
        example = file.read()
    home.file("box.yaml", example)
    check(home.must("config", "show", "box.yaml").stdout.startswith("# Everything is as by default"), "the example sets nothing")
    if {"out-alsa", "control-socket", "control-web", "control-evdev"} <= set(ids):
        home.file("box.yaml", re.sub(r"(?m)^( *)#(?=[a-z])", r"\1", example))
        check("good" in home.must("config", "check", "box.yaml").stdout, "and is right without the marks")
        check("  port: 8080\n" in home.must("config", "show", "box.yaml").stdout, "all of it")
        with open(os.path.join(SOURCE, "docs", "config.md"), encoding="utf-8") as file:
            home.file("docs.yaml", re.search(r"(?s)```yaml\n(.*?)```", file.read()).group(1))
        home.must("config", "check", "--strict", "docs.yaml")

    # What was set reads back, whatever it is.
    awkward = ("voice: \"a: b # c\"\nlanguage: \"no\"\ndetail: normal\noutput: out-null\nlead-in: 1500ms\ncontrols: []\nlevels: {bed: -6 dB}\n"
               "coach: no\nhistory: off\nplugins:\n  out-null: { capture: [a b, 'c, d', ''] }\n  sound-file: { folder: \"tab\\there, \\\"quoted\\\" \\u0085 [x]\" }\n")
    home.file("awkward.yaml", awkward)
    shown = home.must("config", "show", "awkward.yaml").stdout
    home.file("shown.yaml", shown)
    check(home.must("config", "show", "shown.yaml").stdout == shown, shown)
    for line in ("voice: \"a: b # c\"", "language: \"no\"", "detail: normal", "output: \"null\"", "lead-in: 1500ms", "  bed: -6", "  sides: no", "history: no",
                 "    capture: [a b, \"c, d\", \"\"]".replace("a b", "\"a b\"")):
        check(line + "\n" in shown, f"{line!r} is not in\n{shown}")
    check("idle" not in shown and "sounds:" not in shown, "what is as by default is not shown")
    whole = home.must("config", "show", "--all", "awkward.yaml").stdout
    home.file("whole.yaml", whole)
    check(home.must("config", "show", "whole.yaml").stdout == shown, "in whole, too")

    # Mistakes: all at once, with places and what was meant.
    home.file("bad.yaml", "levl: easy\nlevels: { bet: 1 }\ncoach:\n  side: no\nplugins:\n  out-fil: {}\n  out-file: { fromat: s16 }\n")
    done = home.run("config", "check", "bad.yaml")
    for wanted in ("bad.yaml:1:1: error: ", "did you mean `level`?", "bad.yaml:2:11: error: ", "did you mean `bed`?", "bad.yaml:4:3: error: ", "did you mean `sides`?",
                   "bad.yaml:6:3: error: unknown plugin \"out-fil\": did you mean \"out-file\"?",
                   "bad.yaml:7:15: error: unknown option \"fromat\" of out-file: did you mean \"format\"?"):
        check(wanted in done.stderr, f"{wanted!r} is not in\n{done.stderr}")
    check(done.returncode == 3, "mistakes are status 3")
    done = home.run("config", "check", home.file("names.yaml", "voice: clam\nsounds: tnes\n"))
    check(done.returncode == 0 and "names.yaml:1:8: warning: " in done.stderr and "names.yaml:2:9: warning: " in done.stderr, done.stderr)
    check(home.run("config", "check", "--strict", "names.yaml").returncode == 3, "strictly, that is an error")

    # play reads it; the command line wins; render takes it only when it is named.
    first, second = home.file("first.raw"), home.file("second.raw")
    home.file(".config/limber/config.yaml", f"output: null\nlead-in: 0\ncoach: no\nhistory: no\njournal: no\nask-effort: no\nplugins:\n  out-null: {{ capture: {first} }}\n"
              .replace("output: null", "output: 'null'"))
    home.must("play", page)
    check(os.path.getsize(first) > 48000 * 4, "the output and its options are the file's")
    os.unlink(first)
    for wins in (["--set", f"out-null.capture={second}"], ["--output", f"null:capture={second}"]):
        home.must("play", page, *wins)
        check(os.path.getsize(second) > 48000 * 4 and not os.path.exists(first), f"{wins[0]} wins")
        os.unlink(second)
    home.must("play", page, "--no-config", "--output", "null")
    check(not os.path.exists(first), "--no-config leaves it out")
    home.must("render", page, "-o", "plain.wav")
    home.file(".config/limber/config.yaml", "language: de\nplugins: { sound-tone: { volume: -20 } }\nlevel: nowhere\n")
    home.must("render", page, "-o", "same.wav")
    check(strings(home.file("plain.wav")) == strings(home.file("same.wav")), "render does not look at it")
    soft = home.file("soft.yaml", "plugins: { sound-tone: { volume: -20 } }\n")
    home.must("render", page, "-o", "soft.wav", "--config", soft)
    check(strings(home.file("plain.wav")) != strings(home.file("soft.wav")), "unless it is named")
    done = home.run("play", page, "--output", "null")
    check(done.returncode == 3 and "config.yaml:3:8: error: `level`" in done.stderr and "--no-config" in done.stderr, done.stderr)

    # A voice of the file is used, and another on the command line.
    voices = [v["name"] for v in json.loads(home.must("voices", "--json").stdout) if "problem" not in v and "en" in " ".join(v["languages"])]
    if len(voices) > 1:
        home.file(".config/limber/config.yaml", f"voice: {voices[1]}\noutput: 'null'\nhistory: no\njournal: no\n")
        check(json.loads(home.must("play", page, "--json").stdout)["voice"] == voices[1], "the voice is the file's")
        check(json.loads(home.must("play", page, "--json", "--voice", voices[0]).stdout)["voice"] == voices[0], "or that of the command line")
