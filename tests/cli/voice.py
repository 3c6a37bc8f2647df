# SPDX-License-Identifier: GPL-3.0-or-later
"""Voices as a person meets them: listed, heard, made, and warmed up."""
import json
import os
import shutil
import stat
import subprocess

from limbertest import BUILD, LIMBER, Home, check, check_same, raw_floats, wav

PAGE = """---
announce: [opening, close, sides]
---
# Short `each side`

Stand tall. `hold 3s` Breathe slowly.

Reach up. `hold 4s`

Turn to your {side} side.
"""
NOBODY = "languages: [en]\nengine: speech-command\noptions:\n  command: [/bin/false]\n"


def add_voice(home, name, text):
    os.makedirs(home.file(f".local/share/limber/voices/{name}"), exist_ok=True)
    home.file(f".local/share/limber/voices/{name}/voice.yaml", text)


def narrow(text, what):
    for line in text.splitlines():
        check(len(line) <= 80, f"{what}: wider than 80 columns: {line}")


def listed():
    with Home() as home:
        plain = home.must("voices").stdout
        check(plain == home.must("voice", "list").stdout, "voices and voice list differ")
        check("Your own" not in plain and "Voices that came along" in plain, f"whose voices? {plain}")
        narrow(plain, "voices")
        add_voice(home, "mine", "languages: [en-GB, de]\nengine: speech-espeak\nlicense: CC0-1.0\nauthor: me\n"
                                "description: a rather long description of a voice that would not fit into one line of a terminal\n"
                                "fallback: calm\nrate: 120\n")
        add_voice(home, "broken", "languages: [en]\nengine: speech-espeak\npich: 3\n")
        add_voice(home, "lost", "languages: [en]\nengine: speech-nothing\n")
        done = home.must("voices")
        narrow(done.stdout, "voices")
        own = done.stdout[:done.stdout.index("Voices that came along")]
        for word in ("Your own voices", "mine", "en-GB, de", "CC0-1.0", "calm", "broken", "lost", "no license given"):
            check(word in own, f"\"{word}\" is not among the own voices: {own}")
        check(own.count("not usable:") == 2 and "pich" in own and "speech-nothing" in own, f"why is not said: {own}")
        check("did you mean `pitch`" in done.stderr, f"no remedy: {done.stderr}")
        items = {item["name"]: item for item in json.loads(home.must("voices", "--json").stdout)}
        mine = items["mine"]
        check(mine["own"] and mine["usable"] and mine["languages"] == ["en-GB", "de"] and mine["rate"] == 120, f"{mine}")
        check(mine["engine"] == "speech-espeak" and mine["fallback"] == "calm" and mine["author"] == "me", f"{mine}")
        check(not items["calm"]["own"] and items["calm"]["license"], f"{items['calm']}")
        check(not items["lost"]["usable"] and "speech-nothing" in items["lost"]["problem"], f"{items['lost']}")
        german = home.must("voices", "--language", "de").stdout
        check("mine" in german and "ruhig" in german and "calm-us" not in german, f"de: {german}")
        check("No voice" in home.must("voices", "--language", "is").stdout, "a language without a voice")
        check({"calm", "mine"} <= set(home.must("voices", "--names").stdout.split()), "names")


def tried():
    with Home() as home:
        target = home.file("a.wav")
        done = home.must("voice", "try", "calm", "-o", target, "--set", "out-file.format=float")
        check("calm (en-GB): " in done.stdout and not done.stderr, f"try: {done}")
        _, samples = wav(target)
        check(len(samples) > 48000 and max(samples) > 0.02, f"{len(samples)} samples up to {max(samples)}")
        # Live gives the same samples.
        capture = home.file("live.raw")
        home.must("voice", "try", "calm", "--output", f"null:capture={capture}")
        check_same(samples, raw_floats(capture), 2, "voice try, live")
        # Other words, and another language's voice with its own words.
        other = home.must("voice", "try", "calm", "Stand", "tall.", "-o", target).stdout
        check("Stand tall." in other and len(wav(target)[1]) < len(samples), f"words: {other}")
        german = home.must("voice", "try", "ruhig", "-o", target).stdout
        check("(de)" in german and "Schultern" in german, f"ruhig: {german}")
        check(home.must("voice", "try", "calm", "-q", "-o", target).stdout == "", "not quiet")

        add_voice(home, "nobody", NOBODY + "fallback: calm\n")
        done = home.must("voice", "try", "nobody", "Stand tall.", "-o", target)
        check("nobody did not say this" in done.stderr and "calm spoke instead" in done.stderr, f"who spoke? {done.stderr}")
        check(len(wav(target)[1]) > 20000, "nothing was said")
        done = home.run("voice", "try", "nobody", "Stand tall.", "-o", target, "--strict")
        check(done.returncode == 1 and "error" in done.stderr, f"strict: {done}")

        def refused(status, words, *args):
            done = home.run("voice", "try", *args)
            check(done.returncode == status, f"{args}: exit status {done.returncode} instead of {status}: {done.stderr}")
            for word in words:
                check(word in done.stderr, f"{args}: \"{word}\" is not in: {done.stderr}")

        refused(2, ["needs NAME"])
        refused(2, ['did you mean "calm"', "limber voices"], "clam")
        refused(2, ["does not speak de"], "calm", "--language", "de")
        refused(1, ["no sound", "-o FILE.wav"], "calm", "--output", "null:fail-open=yes")
        refused(1, ["x.xyz"], "calm", "-o", "x.xyz")
        refused(1, ["no/such"], "calm", "-o", "no/such/x.wav")
        add_voice(home, "lost", "languages: [en]\nengine: speech-nothing\n")
        refused(3, ["lost cannot be used", "speech-nothing"], "lost")


def made():
    with Home() as home:
        voices = home.file(".local/share/limber/voices")
        done = home.must("voice", "new", "anna", "--language", "en-GB")
        check(os.path.join(voices, "anna") in done.stdout and "README.txt" in done.stdout, f"{done.stdout}")
        files = sorted(os.listdir(os.path.join(voices, "anna")))
        check(files == ["README.txt", "clips", "clips.csv", "voice.yaml"], f"{files}")
        with open(os.path.join(voices, "anna", "clips.csv"), encoding="utf-8") as table:
            check(table.read() == "text,file\n", "the table is not empty")
        with open(os.path.join(voices, "anna", "README.txt"), encoding="utf-8") as text:
            readme = text.read()
        narrow(readme, "README.txt")
        for verb in ("script", "record", "split", "check", "try", "pack"):
            check(f"limber voice {verb} anna" in readme, f"README.txt does not tell of voice {verb}")
        anna = next(item for item in json.loads(home.must("voices", "--json").stdout) if item["name"] == "anna")
        check(anna["engine"] == "speech-pack" and anna["languages"] == ["en-GB"] and anna["own"], f"{anna}")
        check(stat.S_IMODE(os.stat(os.path.join(voices, "anna")).st_mode) & 0o022 == 0, "others may write there")

        # A voice of recordings says its own sentences, and not the one that is only a part.
        home.must("voice", "try", "calm-us", "Reach up.", "-o", os.path.join(voices, "anna", "clips", "a.wav"))
        with open(os.path.join(voices, "anna", "clips.csv"), "a", encoding="utf-8") as table:
            table.write("… seconds left,clips/a.wav\nReach up.,clips/a.wav\n")
        done = home.must("voice", "try", "anna", "--strict", "-o", home.file("anna.wav"))
        check("anna (en-GB): Reach up." in done.stdout and "seconds" not in done.stdout and not done.stderr, f"{done}")

        home.must("voice", "new", "robot", "--language", "en", "--engine", "espeak")
        with open(os.path.join(voices, "robot", "voice.yaml"), encoding="utf-8") as text:
            yaml = text.read()
        check("engine: speech-espeak" in yaml and "word-gap" in yaml and "rate:" in yaml, f"{yaml}")
        home.must("voice", "try", "robot", "-o", home.file("r.wav"))
        # Every line that is only explained would be taken as well.
        plain = "\n".join(line[2:] if line.startswith(("# rate", "# pitch", "# range", "# gain", "# license", "# version")) else line
                          for line in yaml.splitlines())
        add_voice(home, "robot", plain + "\n")
        robot = next(item for item in json.loads(home.must("voices", "--json").stdout) if item["name"] == "robot")
        check(robot["usable"] and robot["rate"] == 140 and robot["license"], f"{robot}")

        def refused(words, *args):
            before = sorted(os.listdir(voices))
            done = home.run("voice", "new", *args)
            check(done.returncode == 2, f"{args}: exit status {done.returncode}: {done.stderr}")
            for word in words:
                check(word in done.stderr, f"{args}: \"{word}\" is not in: {done.stderr}")
            check(sorted(os.listdir(voices)) == before, f"{args}: left {os.listdir(voices)}")

        refused(["already", "anna"], "anna", "--language", "en")
        refused(["already", "calm"], "calm", "--language", "en")
        for name in ("Anna", "a b", "../x", "a/b", ".x", "ä", "", "-a", "a" * 65):
            refused(["name"], "--language", "en", "--", name)
        refused(["--language"], "eva")
        refused(["language tag"], "eva", "--language", "english!")
        refused(["speech-espeak", "did you mean"], "eva", "--language", "en", "--engine", "espek")
        refused(["out-null", "The engines are"], "eva", "--language", "en", "--engine", "out-null")
        refused(["needs NAME"])

        # No room: nothing is left.
        small = home.file("small")
        os.mkdir(small)
        script = 'mount -t tmpfs -o size=8k none "$1" && XDG_DATA_HOME="$1" "$2" voice new eva --language en; echo "status $?"; ls -A "$1/limber/voices"'
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script, "sh", small, LIMBER], env=home.env,
                              capture_output=True, text=True, timeout=60)
        if done.returncode == 0 and "mount" not in done.stderr:
            check(done.stdout == "status 1\n" and "No space" in done.stderr, f"full disk: {done.stdout}{done.stderr}")
        else:
            print("not tried: a full disk")


def warmed():
    with Home() as home:
        # A worker of our own, that can be taken away.
        os.mkdir(home.file("libexec"))
        worker = shutil.copy2(os.path.join(BUILD, "lib/limber/limber-worker"), home.file("libexec"))
        home.env["LIMBER_LIBEXEC_DIR"] = home.file("libexec")
        page = home.file("short.md", PAGE)
        other = home.file("other.md", PAGE.replace("Reach up.", "Reach down."))
        done = home.must("voice", "warm", page, other)
        lines = done.stdout.splitlines()
        check(len(lines) == 3 and not done.stderr, f"{done}")
        check("short.md: " in lines[0] and "0 were there" in lines[0], lines[0])
        check("1 spoken now" in lines[1], lines[1])
        check("2 routines" in lines[2], lines[2])
        again = home.must("voice", "warm", page).stdout
        check(" 0 spoken now" in again, again)

        wave = home.file("warm.wav")
        home.must("render", page, "-o", wave, "--set", "out-file.format=float")
        os.chmod(worker, 0)  # from here on nothing can be synthesised
        capture = home.file("warm.raw")
        done = home.must("play", page, "--output", f"null:capture={capture}", "-q")
        check(not done.stderr, f"warm, and yet: {done.stderr}")
        check_same(wav(wave)[1], raw_floats(capture), 2, "played warm, without a worker")
        cold = home.file("cold.md", PAGE.replace("Stand tall.", "Stand very tall."))
        done = home.run("voice", "warm", cold, "--strict")
        check(done.returncode == 1 and "1 not by calm" in done.stdout and "Stand very tall." in done.stderr, f"strict: {done}")
        check(home.run("voice", "warm", cold).returncode == 0, "not strict")
        os.chmod(worker, 0o755)

        bad = home.file("bad.md", "# Bad\n\n`hld 3s`\n")
        done = home.run("voice", "warm", page, bad)
        check(done.returncode == 3 and "1 could not be read" in done.stdout, f"{done}")
        done = home.run("voice", "warm")
        check(done.returncode == 2 and "--all" in done.stderr, f"{done}")
        home.env["LIMBER_CACHE_LIMIT"] = "1k"
        check("more than the limit" in home.must("voice", "warm", page).stderr, "the limit is not told of")


listed()
tried()
made()
warmed()
