# SPDX-License-Identifier: GPL-3.0-or-later
"""Themes of sounds: listed, heard, played in a session at the planned frames, as loud as the default, and never silent when broken."""
import array
import json
import math
import os
import shutil
import wave

from limbertest import SOURCE, Home, check, check_same, raw_floats, wav

FLOAT = ("--set", "out-file.format=float")
PAGE = """---
announce: [ticks]
---
# Sounds

`bell` `wait 8s` `gong` `wait 8s`

- Still. `hold 6s` `wait 3s`
- `in 4s` `keep 2s` `out 6s`
"""


def folder(home, name):
    path = home.file(f".local/share/limber/sounds/{name}")
    os.makedirs(path, exist_ok=True)
    return path


def theme(home, name, yaml):
    with open(os.path.join(folder(home, name), "sounds.yaml"), "w", encoding="utf-8") as file:
        file.write(yaml)


def sine(path, hz, seconds, peak, rate=48000, silence=0.0):
    samples = array.array("h", [0] * int(silence * rate))
    samples.extend(round(32767 * peak * math.sin(2 * math.pi * hz * i / rate)) for i in range(int(seconds * rate)))
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def sound(home, name, *roles, more=()):
    target = home.file("sound.wav")
    home.must("sounds", "try", name, *roles, "-q", "-o", target, *FLOAT, *more)
    channels, samples = wav(target)
    check(channels == 1, f"{name} {roles}: {channels} channels")
    return samples


def session(home, page, *args):
    """(sound cues by name, samples) of a page."""
    target = home.file("session.wav")
    plan = json.loads(home.must("plan", page, "--json", *args).stdout)
    home.must("render", page, "-o", target, *FLOAT, *args)
    channels, samples = wav(target)
    check(channels == 1 and len(samples) == plan["frames"], f"{len(samples)} frames, planned {plan['frames']}")
    cues = {}
    for index, cue in enumerate(plan["cues"]):
        if cue["kind"] == "sound":
            others = [other["start"] for other in plan["cues"][index + 1:] if other["kind"] in ("sound", "speech")]
            cue["alone"] = min([cue["frames"]] + [start - cue["start"] for start in others])
            cues.setdefault(cue["sound"], cue)
    return cues, samples


def is_there(cue, samples, clip):
    """Whether the clip begins exactly at the cue's frame, as far as nothing else sounds."""
    part = samples[cue["start"]:cue["start"] + cue["alone"]]
    return len(part) > 1000 and part == clip[:len(part)]


def strength(samples, hz, rate=48000):
    """Amplitude of one frequency."""
    re = sum(sample * math.cos(2 * math.pi * hz * i / rate) for i, sample in enumerate(samples))
    im = sum(sample * math.sin(2 * math.pi * hz * i / rate) for i, sample in enumerate(samples))
    return 2 * math.hypot(re, im) / len(samples)


def loudness(samples):
    """BS.1770-4 integrated loudness of mono samples at 48 kHz, from the standard's own coefficients; one block when shorter."""
    samples = list(samples) + [0.0] * max(0, 19200 - len(samples))
    for b, a in (((1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)),
                 ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))):
        x1 = x2 = y1 = y2 = 0.0
        for i, x in enumerate(samples):
            y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2
            x2, x1, y2, y1 = x1, x, y1, y
            samples[i] = y
    steps = [sum(value * value for value in samples[at:at + 4800]) for at in range(0, len(samples) - 4799, 4800)]
    blocks = [sum(steps[at:at + 4]) / 19200 for at in range(len(steps) - 3)]
    level = lambda powers: -0.691 + 10 * math.log10(sum(powers) / len(powers)) if powers and sum(powers) > 0 else -99
    loud = [power for power in blocks if level([power]) > -70]
    return level([power for power in loud if level([power]) > level(loud) - 10])


def listed():
    with Home() as home:
        items = {item["name"]: item for item in json.loads(home.must("sounds", "--json").stdout)}
        tones, wood = items["tones"], items["wood"]
        check(tones["default"] and tones["usable"] and {"bell", "in", "tick"} <= set(tones["roles"]) and "rain" in tones["beds"], f"{tones}")
        check(wood["usable"] and not wood["own"] and wood["license"] == "CC0-1.0" and not wood["broken"], f"{wood}")
        check(set(wood["roles"]) == set(tones["roles"]), f"wood lacks {set(tones['roles']) - set(wood['roles'])}")
        size = sum(os.path.getsize(os.path.join(SOURCE, "sounds/wood", name)) for name in os.listdir(os.path.join(SOURCE, "sounds/wood")))
        check(size < 400000, f"wood takes {size} bytes")
        theme(home, "mine", "license: CC0-1.0\ndescription: one of my own\nroles:\n  bell: bell.wav\n  gong: gone.wav\n  chime: torn.flac\n")
        sine(os.path.join(folder(home, "mine"), "bell.wav"), 700, 1, 0.5)
        with open(os.path.join(folder(home, "mine"), "torn.flac"), "wb") as file:
            file.write(open(os.path.join(SOURCE, "sounds/wood/chime.flac"), "rb").read()[:700])
        theme(home, "wrong", "roles:\n  bel: bell.wav\n")
        done = home.must("sounds")
        for words in ("mine", "one of my own", "CC0-1.0", "1 sound, 0 beds", "broken, so as in the default: gong, chime",
                      "not usable: sounds.yaml:2:3: there is no sound called `bel`"):
            check(words in " ".join(done.stdout.split()) or words in done.stdout, f"\"{words}\" is not in {done.stdout}")
        check("did you mean `bell`" in done.stderr and "gone.wav" in done.stderr and "torn.flac" in done.stderr, f"{done.stderr}")
        for line in done.stdout.splitlines():
            check(len(line) <= 80, f"wider than 80 columns: {line}")
        items = {item["name"]: item for item in json.loads(home.must("sounds", "--json").stdout)}
        check(items["mine"]["own"] and items["mine"]["roles"] == ["bell"] and set(items["mine"]["broken"]) == {"gong", "chime"}, f"{items['mine']}")
        check(not items["wrong"]["usable"] and "bel" in items["wrong"]["problem"], f"{items['wrong']}")
        check(home.must("sounds", "--names").stdout.split() == ["tones", "mine", "wrong", "wood"], "names")
        check("\n  bell " in home.must("plugins").stdout, "limber plugins no longer names the sounds")


def tried():
    with Home() as home:
        done = home.must("sounds", "try", "wood", "bell", "going on", "rain", "-o", home.file("a.wav"))
        lines = [line.split(None, 1) for line in done.stdout.splitlines()]
        check(lines[0] == ["bell", "bell.flac"] and lines[2] == ["rain", "as in the default"], f"{lines}")
        everything = home.must("sounds", "try", "wood", "-o", home.file("all.wav"), *FLOAT)
        names = [line.split()[0] for line in everything.stdout.splitlines()]
        check(len(names) >= 14 and names[0] == "start" and "rain" not in names, f"{names}")
        # Live gives the same samples, and tells as they are heard.
        capture = home.file("live.raw")
        live = home.must("sounds", "try", "wood", "bell", "tick", "--output", f"null:capture={capture}")
        check([line.split()[0] for line in live.stdout.splitlines()] == ["bell", "tick"], f"{live.stdout}")
        home.must("sounds", "try", "wood", "bell", "tick", "-q", "-o", home.file("two.wav"), *FLOAT)
        check_same(wav(home.file("two.wav"))[1], raw_floats(capture), 2, "sounds try, live")
        wrong = home.run("sounds", "try", "woood")
        check(wrong.returncode == 2 and "did you mean \"wood\"" in wrong.stderr, f"{wrong}")
        wrong = home.run("sounds", "try", "wood", "bel")
        check(wrong.returncode == 2 and "did you mean \"bell\"" in wrong.stderr, f"{wrong}")
        theme(home, "wrong", "rolls: 1\n")
        check(home.run("sounds", "try", "wrong").returncode == 3, "a theme with errors is played")


def played():
    with Home() as home:
        page = home.file("page.md", PAGE)
        clips = {name: {role: sound(home, name, role) for role in ("bell", "gong", "start", "end", "tick")} for name in ("tones", "wood")}
        for name, args in (("tones", ()), ("wood", ("--sounds", "wood")), ("tones", ("--sounds", "tones"))):
            cues, samples = session(home, page, *args)
            other = clips["wood" if name == "tones" else "tones"]
            for role in ("bell", "gong", "start", "end", "tick"):
                check(is_there(cues[role], samples, clips[name][role]), f"{args}: {role} is not {name}'s at frame {cues[role]['start']}")
                check(not is_there(cues[role], samples, other[role]), f"{args}: {role} is both themes' sound")
                if role in ("bell", "gong"):
                    check(cues[role]["frames"] == len(clips[name][role]), f"{role}: {cues[role]['frames']} frames planned")
            for role, seconds in (("in", 4), ("keep", 2), ("out", 6)):
                check(cues[role]["frames"] == seconds * 48000, f"{role}: {cues[role]['frames']} frames")
        wrong = home.run("play", page, "--sounds", "woood", "--output", "null")
        check(wrong.returncode == 2 and "did you mean \"wood\"" in wrong.stderr, f"{wrong}")
        # Live, the same.
        capture = home.file("live.raw")
        home.must("render", page, "-o", home.file("a.wav"), "--sounds", "wood", *FLOAT)
        home.must("play", page, "--sounds", "wood", "--output", f"null:capture={capture}")
        check_same(wav(home.file("a.wav"))[1], raw_floats(capture), 2, "played with a theme")


def own_first():
    """The routine's own file, then the theme, then the default."""
    with Home() as home:
        os.mkdir(home.file("mine"))
        sine(home.file("mine/bell.wav"), 900, 1, 0.25)
        theme(home, "part", "roles:\n  bell: x.wav\n  gong: x.wav\n")
        sine(os.path.join(folder(home, "part"), "x.wav"), 600, 1, 0.25, silence=0.3)
        page = home.file("page.md", PAGE.replace("announce: [ticks]", "announce: [ticks]\nsounds: mine"))
        cues, samples = session(home, page, "--sounds", "part")
        bell, gong, start = (samples[cues[role]["start"]:cues[role]["start"] + 24000] for role in ("bell", "gong", "start"))
        check(strength(bell, 900) > 0.2 and strength(bell, 600) < 0.01, "the routine's own bell is not heard")
        check(strength(gong, 600) > 0.01 and strength(gong, 900) < 0.01, "the theme's gong is not heard")
        # It begins at its frame, whatever silence the file begins with.
        check(max(abs(sample) for sample in gong[:48]) > 0.2 * max(gong), "the silence before a sound is not cut")
        check(is_there(cues["start"], samples, sound(home, "tones", "start")), "what the theme lacks is not as in the default")
        check(len(start) == 24000, "the session is cut off")


def fills():
    """in, out and keep last as long as the breath, whatever the file."""
    with Home() as home:
        theme(home, "fill", "roles:\n  in: { file: x.wav, fill: once }\n  keep: { file: x.wav, fill: loop }\n  out: x.wav\n")
        sine(os.path.join(folder(home, "fill"), "x.wav"), 600, 1.5, 0.5)
        page = home.file("page.md", PAGE)
        cues, samples = session(home, page, "--sounds", "fill")
        at = lambda role, from_s: strength(samples[cues[role]["start"] + int(from_s * 48000):][:9600], 600)
        check(at("in", 0.5) > 0.01 and at("in", 1.2) > 0.01 and at("in", 2.5) < 1e-4, "once: not once")
        for role, end in (("keep", 1.7), ("out", 5.7)):
            levels = [at(role, second) for second in (0.1, end / 2, end)]
            check(min(levels) > 0.7 * max(levels) > 0.001, f"{role} does not last: {levels}")
        # Stretched too far, the default does it.
        tones, _ = session(home, page)
        theme(home, "fill", "roles:\n  out: x.wav\n")
        sine(os.path.join(folder(home, "fill"), "x.wav"), 600, 0.5, 0.5)
        cues, samples = session(home, page, "--sounds", "fill")
        check(at("out", 3) < 1e-3 and cues["out"]["frames"] == tones["out"]["frames"], "half a second was stretched to six")


def levels():
    with Home() as home:
        roles = json.loads(home.must("sounds", "--json").stdout)[0]["roles"]
        theme(home, "sines", "roles:\n  bell: loud.wav\n  gong: soft.wav\n  chime: { file: soft.wav, gain: -6 }\n")
        sine(os.path.join(folder(home, "sines"), "loud.wav"), 500, 2, 0.98)
        sine(os.path.join(folder(home, "sines"), "soft.wav"), 500, 2, 0.01)
        default = {role: loudness(sound(home, "tones", role)) for role in roles}
        worst = 0
        for role in roles:
            samples = sound(home, "wood", role)
            difference = loudness(samples) - default[role]
            worst = max(worst, abs(difference))
            check(abs(difference) <= 2, f"{role}: {difference:+.1f} LU against the default")
            check(max(map(abs, samples)) <= 10 ** (-1 / 20), f"{role} peaks above -1 dBFS")
        print(f"wood is within {worst:.2f} LU of the default, role by role")
        for role, expected in (("bell", 0), ("gong", 0), ("chime", -6)):
            difference = loudness(sound(home, "sines", role)) - default[role]
            check(abs(difference - expected) <= 0.5, f"{role}: {difference:+.1f} LU, {expected:+d} expected")
        # What the person sets for the default holds for all.
        softer = ("--set", "sound-tone.volume=-10")
        quiet = [loudness(sound(home, name, "bell", more=softer)) for name in ("wood", "tones")]
        check(abs(quiet[0] - quiet[1]) <= 2 and quiet[0] < default["bell"] - 8, f"sound-tone.volume=-10: {quiet}, {default['bell']} before")


def broken():
    with Home() as home:
        theme(home, "torn", "roles:\n  bell: bell.flac\n  gong: gong.flac\n  start: gone.flac\n  end: silent.wav\n  tick: long.wav\n")
        shutil.copy(os.path.join(SOURCE, "sounds/wood/gong.flac"), folder(home, "torn"))
        with open(os.path.join(folder(home, "torn"), "bell.flac"), "w", encoding="utf-8") as file:
            file.write("this is not a sound")
        sine(os.path.join(folder(home, "torn"), "silent.wav"), 500, 1, 0)
        sine(os.path.join(folder(home, "torn"), "long.wav"), 500, 40, 0.5, rate=8000)
        page = home.file("page.md", PAGE)
        cues, samples = session(home, page, "--sounds", "torn")
        for role, name in (("bell", "tones"), ("gong", "wood"), ("start", "tones"), ("end", "tones"), ("tick", "tones")):
            check(is_there(cues[role], samples, sound(home, name, role)), f"{role} is not that of {name}")
        done = home.must("render", page, "-o", home.file("a.wav"), "--sounds", "torn")
        for file in ("bell.flac cannot be used", "gone.flac; the start", "silent.wav cannot be used", "long.wav cannot be used"):
            check(done.stderr.count(file) == 1, f"{file}: {done.stderr.count(file)} times in {done.stderr}")
        check("sounds.yaml:2:9: warning" in done.stderr, f"no place: {done.stderr}")
        strict = home.run("render", page, "-o", home.file("b.wav"), "--sounds", "torn", "--strict")
        check(strict.returncode == 3 and not os.path.exists(home.file("b.wav")), f"--strict: {strict}")
        theme(home, "torn", "roles:\n  bell: ../wood/bell.flac\n")
        wrong = home.run("render", page, "-o", home.file("b.wav"), "--sounds", "torn")
        check(wrong.returncode == 3 and "inside the folder" in wrong.stderr and not os.path.exists(home.file("b.wav")), f"{wrong}")


listed()
tried()
played()
own_first()
fills()
levels()
broken()
