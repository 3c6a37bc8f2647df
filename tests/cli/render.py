# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendering: exact places, same bytes, nothing left behind, bad disks."""
import hashlib
import json
import os
import resource
import signal
import subprocess

from limbertest import LIMBER, SOURCE, Home, check, wav

PAGE = """---
announce: none
---
# Places

Stand. `hold 7.3331s`

`bell`

`wait 3.00007s`

`in 4s`

`out 6.5s`

`chime`
"""


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


with Home() as home:
    page = home.file("places.md", PAGE)
    flagship = os.path.join(SOURCE, "scripts/upper-back-relief.md")

    # Sound cues are where the plan says, to the frame: before the first frame there is silence, at it there is sound.
    plan = json.loads(home.must("plan", page, "--json").stdout)
    home.must("render", page, "-o", "a.wav", "--set", "out-file.format=float")
    channels, samples = wav(home.file("a.wav"))
    check(channels == 1 and len(samples) == plan["frames"], f"{len(samples)} frames in the file, {plan['frames']} in the plan")
    cues = [cue for cue in plan["cues"] if cue["kind"] in ("sound", "speech")]
    for cue in cues:
        if cue["kind"] == "sound" and cue["sound"] in ("in", "out", "keep"):
            continue  # swells begin from nothing
        start = cue["start"]
        alone = all(other is cue or not start - 480 < other["start"] + other["frames"] or other["start"] > start for other in cues)
        if alone:
            check(not any(samples[max(0, start - 480):start]), f"{cue}: sound before its start")
        check(any(abs(s) > 1e-4 for s in samples[start:start + 240]), f"{cue}: not heard within 5 ms")

    # The same inputs give the same bytes, with and without a cache, warm or cold.
    for name in ("one.wav", "two.wav", "one.flac", "two.flac", "one.ogg", "two.ogg", "one.opus", "two.opus", "one.mp3", "two.mp3"):
        home.must("render", page, "-o", name)
    for kind in ("wav", "flac", "ogg", "opus", "mp3"):
        check(digest(home.file(f"one.{kind}")) == digest(home.file(f"two.{kind}")), f"two {kind} files differ")
    home.must("render", page, "-o", "three.wav", "--no-cache")
    check(digest(home.file("three.wav")) == digest(home.file("one.wav")), "without a cache the file differs")

    # Captions.
    home.must("render", page, "-o", "four.wav", "--captions", "four.vtt")
    with open(home.file("four.vtt"), encoding="utf-8") as file:
        check(file.read().startswith("WEBVTT"), "no captions")

    # A disk that fills up: exit status 1, and neither the file nor a temporary one is left.
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (300000, 300000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    before = set(os.listdir(home.path))
    done = subprocess.run([LIMBER, "render", flagship, "-o", "full.flac"], env=home.env, cwd=home.path, capture_output=True,
                          text=True, preexec_fn=limit, stdin=subprocess.DEVNULL)
    check(done.returncode == 1 and "full.flac" in done.stderr, f"a full disk: {done.returncode} {done.stderr}")
    check(set(os.listdir(home.path)) == before, f"left behind: {set(os.listdir(home.path)) - before}")
    done = home.run("render", page, "-o", "/dev/full")
    check(done.returncode == 1, f"/dev/full: {done.returncode} {done.stderr}")

    # Interrupted: nothing is kept under the final name.
    player = subprocess.Popen([LIMBER, "render", flagship, "-o", "cut.mp3"], env=home.env, cwd=home.path,
                              stderr=subprocess.PIPE, text=True)
    while not any(name.endswith(".part") or "cut.mp3" in name for name in os.listdir(home.path)) and player.poll() is None:
        pass
    player.send_signal(signal.SIGINT)
    _, err = player.communicate(timeout=60)
    if player.returncode != 0:
        check(player.returncode == 1 and "interrupted" in err, f"interrupted: {player.returncode} {err}")
        check(not any("cut.mp3" in name for name in os.listdir(home.path)), "an interrupted file was left behind")
