# SPDX-License-Identifier: GPL-3.0-or-later
"""voice record with PortAudio and PulseAudio: a source that plays a known clip. What is kept is that clip. And a server that
dies in the middle of a take: nothing that was kept is lost, and it goes on when the server is back."""
import array
import csv
import math
import os
import random
import subprocess

from limbertest import LIMBER, Home, check, need, skip
from ptyterminal import Terminal
from pulseserver import Pulse

RATE = 48000
TRIES = 4
PAGE = """---
language: en
---
# Evening

Let your arms be heavy, and your legs.
"""

need("ffmpeg", "pacat")


def clip(pitch):
    """1.6 s that can be told from anything else, with a soft begin and end."""
    dice = random.Random(pitch)
    total = int(1.6 * RATE)
    out = array.array("f")
    for i in range(total):
        edge = min(1.0, i / 960, (total - 1 - i) / 960)
        swell = 0.6 + 0.4 * math.sin(2 * math.pi * 3 * i / RATE)
        out.append(edge * swell * (0.2 * math.sin(2 * math.pi * pitch * i / RATE) + dice.uniform(-0.05, 0.05)))
    return out


def correlation(kept, said):
    """At the best offset: found by a few samples, then over all that both have."""
    probe = range(len(kept) // 3, len(kept) // 3 + 2000, 10)

    def over(offset, where):
        pairs = [(kept[i], said[i - offset]) for i in where if 0 <= i - offset < len(said)]
        a, b = sum(x * x for x, _ in pairs), sum(y * y for _, y in pairs)
        return sum(x * y for x, y in pairs) / math.sqrt(a * b) if a and b and 2 * len(pairs) > len(where) else 0.0

    best = max(range(-len(said) // 2, len(said) // 2), key=lambda offset: over(offset, probe))
    return over(best, range(len(kept))), len(kept) - len(said)


def decoded(path):
    done = subprocess.run(["ffmpeg", "-loglevel", "error", "-i", path, "-f", "f32le", "-"], capture_output=True, check=True)
    out = array.array("f")
    out.frombytes(done.stdout)
    return out


def play(home, terminal, samples):
    """Plays it all, reading meanwhile what the terminal shows."""
    path = home.file("clip.raw")
    with open(path, "wb") as file:
        array.array("f", (x for s in samples for x in (s, s))).tofile(file)
    player = subprocess.Popen(["pacat", "-d", "n", "--format=float32le", "--rate=48000", "--channels=2", "--raw", path], env=home.env)
    while player.poll() is None:
        terminal.until(r"rec \d+\.\d s")
    check(player.returncode == 0, "pacat plays it")


def record_one(home, terminal, samples, key):
    """Records the clip; what the program says of it. A busy machine drops pieces."""
    terminal.press(key)
    terminal.until("Recording")
    terminal.until(r"rec 0\.[3-9] s")
    play(home, terminal, samples)
    length = float(terminal.until(r"rec (\d+\.\d) s")[1])
    while float(terminal.until(r"rec (\d+\.\d) s")[1]) < length + 0.6:
        pass
    terminal.press(" ")
    return terminal.until("Good|Too|A piece|Noisy|Nothing|The beginning|The end|It is much|No end")[0]


with Home() as home:
    page = home.file("evening.md", PAGE)
    server = Pulse(home)
    folder = home.file(".local/share/limber/voices/anna")
    if subprocess.run(["pactl", "set-default-source", "n.monitor"], env=home.env, capture_output=True).returncode != 0:
        server.close()
        skip("the server has no monitor")
    home.must("voice", "new", "anna", "--language", "en")
    devices = home.must("devices").stdout
    check("Microphones" in devices and "pulse" in devices.split("Microphones")[1], f"the microphone is listed: {devices}")
    terminal = Terminal(home, [LIMBER, "voice", "record", "anna", page, "--output", "null:speed=0"])
    try:
        terminal.until("1 of ")
        terminal.until("space: record")
        key = " "
        for attempt in range(TRIES):
            said = clip(220 + attempt)
            heard = record_one(home, terminal, said, key)
            terminal.until("r again")
            key = "r"
            if heard == "Good":
                terminal.press("\n")
                terminal.until("Kept")
                with open(os.path.join(folder, "clips.csv"), encoding="utf-8", newline="") as table:
                    row = list(csv.DictReader(table))[-1]
                kept = decoded(os.path.join(folder, row["file"]))
                value, longer = correlation(kept, said)
                print(f"try {attempt + 1}: correlation {value:.6f}, {longer / RATE:+.3f} s")
                if value >= 0.999:
                    break
                terminal.until("space: record")
                terminal.press("b")
                terminal.until("space: record")
                key = " "
            else:
                print(f"try {attempt + 1}: {heard}")
        else:
            check(False, f"no take was the clip that was played: {terminal.text[-1500:]}")
        # silence before and after is cut to 80 ms and 150 ms, and the soft ends of the clip may count as silence
        check(-0.03 < longer / RATE < 0.25, f"the take is {longer} samples longer than the clip")

        terminal.until("space: record")
        terminal.press(" ")
        terminal.until("Recording")
        server.kill()
        terminal.until("microphone has gone")
        server.start()
        subprocess.run(["pactl", "set-default-source", "n.monitor"], env=home.env, check=True)
        terminal.until("microphone is back")
        terminal.press("q")
        check(terminal.end() == 0 and terminal.restored(), f"the end: {terminal.text[-800:]}")
        print("the server was killed and came back")
    finally:
        terminal.close()
        server.close()
