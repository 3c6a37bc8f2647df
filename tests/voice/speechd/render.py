# SPDX-License-Identifier: GPL-3.0-or-later
"""The example voices of Speech Dispatcher's modules through the real program: what is rendered is speech, the same each time, and neither
its daemon nor a module is left running."""
import array
import math
import os
import shutil

from limbertest import SKIP, SOURCE, Home, check, wav

MODULES = "/usr/lib/speech-dispatcher-modules"
PAGE = """---
announce: none
language: en
---
# Words

Lie down on your back. Let your arms rest beside you, & breathe in slowly through your nose.

Now rest < 3 minutes > or "more".
"""
tried = 0


def level_db(samples):
    return 10 * math.log10(sum(s * s for s in samples) / len(samples) / 32768 ** 2 + 1e-12)


def is_ours(pid, home_path):
    """Whether it is a module that was started from this home folder."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as words, open(f"/proc/{pid}/environ", "rb") as settings:
            return b"/sd_" in words.read() and home_path.encode() in settings.read()
    except OSError:
        return False


with Home() as home:
    voices = home.file(".local/share/limber/voices")
    page = home.file("words.md", PAGE)
    for module in ("espeak-ng", "flite"):
        if not os.access(os.path.join(MODULES, "sd_" + module), os.X_OK):
            print(f"sd_{module} is not installed")
            continue
        tried += 1
        voice = "speechd-" + module
        shutil.copytree(os.path.join(SOURCE, "examples/voices", voice), os.path.join(voices, voice))
        waves = []
        for turn in (1, 2):
            out = home.file(f"{voice}-{turn}.wav")
            done = home.must("render", page, "-o", out, "--voice", voice, "--no-cache")
            check("instead" not in done.stderr and "tone" not in done.stderr, f"{voice}: not all was spoken:\n{done.stderr}")
            waves.append(wav(out)[1])
        check(waves[0] == waves[1], f"{voice} does not say the same twice")
        shorts = array.array("d", waves[0])
        check(-35 < level_db(shorts) < -10, f"{voice}: {level_db(shorts):.1f} dB is no speech")
        print(f"{voice}: {len(shorts) / 48000:.1f} s at {level_db(shorts):.1f} dB")
    left = [pid for pid in os.listdir("/proc") if pid.isdigit() and is_ours(pid, home.path)]
    check(not left, f"left running: {left}")
if tried == 0:
    raise SystemExit(SKIP)
