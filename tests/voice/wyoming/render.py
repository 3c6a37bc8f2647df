# SPDX-License-Identifier: GPL-3.0-or-later
"""The example voice of a Wyoming server through the real program: it is heard, it is not asked again for what is in the cache, and when
it is gone, its words are spoken by the fallback and that is said."""
import json
import os
import shutil
import subprocess
import sys

from limbertest import SOURCE, Home, check, fail, wav

PAGE = """---
announce: none
language: en-GB
---
# Words

Lie down on your back. Let your arms rest beside you.

Breathe in slowly through your nose.
"""


def start_server(home):
    server = subprocess.Popen([sys.executable, os.path.join(SOURCE, "tests/voice/wyoming/server.py"), home.path],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    address = server.stdout.readline().strip()
    check(address.startswith("tcp://"), "the stand-in server does not start")
    return server, address


def pitch_hz(samples, start, count):
    part = samples[start:start + count]
    return sum(1 for a, b in zip(part, part[1:]) if a < 0 <= b) * 48000 / count


with Home() as home:
    voices = home.file(".local/share/limber/voices")
    os.makedirs(voices)
    shutil.copytree(os.path.join(SOURCE, "examples/voices/wyoming-piper"), os.path.join(voices, "wyoming-piper"))
    page = home.file("words.md", PAGE)
    server, address = start_server(home)
    common = ["--voice", "wyoming-piper", "--set", f"speech-wyoming.server={address}"]

    def render(name, *more, **kwargs):
        out = home.file(name)
        return out, home.must("render", page, "-o", out, *common, *more, **kwargs)

    first, done = render("first.wav")
    check("instead" not in done.stderr and "tone" not in done.stderr, f"not all was spoken:\n{done.stderr}")
    plan = json.loads(home.must("plan", page, *common, "--json").stdout)
    _, samples = wav(first)
    for cue in [cue for cue in plan["cues"] if cue["kind"] == "speech"]:
        heard = pitch_hz(samples, cue["start"], cue["frames"])
        check(285 < heard < 315, f'"{cue["text"]}" is heard at {heard:.0f} Hz; the server speaks at 300')

    server.stdin.close()
    check(server.wait(10) == 0, "the stand-in server did not end")
    second, done = render("second.wav")
    check("instead" not in done.stderr, f"the cache was not used:\n{done.stderr}")
    with open(first, "rb") as a, open(second, "rb") as b:
        check(a.read() == b.read(), "what comes from the cache is not the same")

    _, done = render("third.wav", "--no-cache")
    if "cannot be reached (Connection refused)" not in done.stderr:
        fail(f"a server that is gone is not told:\n{done.stderr}")
    print(done.stderr)
