# SPDX-License-Identifier: GPL-3.0-or-later
"""Recording a voice, on a terminal and without one, with a microphone into which this test speaks: what is kept is what was
said, at once and for good, and the terminal is as before."""
import array
import csv
import math
import os
import random
import re
import shutil
import signal
import subprocess

from limbertest import BUILD, LIMBER, Home, check, skip
from ptyterminal import Terminal

RATE = 48000
INPUTS = os.path.join(BUILD, "tests/plugins/inputs")
FOLDER = ".local/share/limber/voices/anna"
PAGE = """---
language: en
---
# Evening

Lie down slowly.

## Arms

Let your arms be heavy.

## Legs

Let your legs be heavy.

## Breath

Let your breath come and go.
"""
TEXTS = []  # in the order in which they are to be recorded


def samples(pieces, rate=RATE):
    """Pieces of (seconds, level, pitch): level 0 is a quiet room."""
    out = array.array("f")
    dice = random.Random(7)
    for seconds, level, pitch in pieces:
        for i in range(int(seconds * rate)):
            swell = 0.6 + 0.4 * math.sin(2 * math.pi * 4 * i / rate)
            tone = math.sin(2 * math.pi * pitch * i / rate) + 0.5 * math.sin(2 * math.pi * pitch * 2.7 * i / rate)
            out.append(max(-1.0, min(1.0, level * swell * tone + dice.uniform(-0.0003, 0.0003))))
    return out


def spoken(pitch=200, seconds=1.2, level=0.2):
    return samples([(0.4, 0, 0), (seconds, level, pitch), (0.5, 0, 0)])


class Booth:
    """A recording under way; say() gives the program samples, as its only microphone."""

    def __init__(self, home, *args, columns=0, env=None, rate=RATE):
        self.home, self.rate = home, rate
        self.pipe = home.file("microphone")
        if not os.path.exists(self.pipe):
            os.mkfifo(self.pipe)
        self.fd = os.open(self.pipe, os.O_RDWR)
        self.terminal = Terminal(home, [LIMBER, "voice", "record", "anna", home.file("evening.md"), "--plugin-path", INPUTS,
                                        "--input", f"fixture:path={self.pipe},rate={rate}", "--output", "null:speed=0", *args],
                                 columns=columns, env=env)
        self.until, self.press = self.terminal.until, self.terminal.press

    def say(self, what):
        """Returns when the program has all of it in its hands, or is about to: the pipe is empty."""
        data = what.tobytes()
        while data:
            data = data[os.write(self.fd, data[:4096]):]

    def room(self):
        self.until("quiet for a moment")
        self.say(samples([(3.1, 0, 0)]))
        self.until("quiet")

    def take(self, what, key=" "):
        """Records it: begins, speaks, waits until the program has heard all of it, ends."""
        seconds = len(what) / self.rate
        self.until("space: record")
        self.press(key)
        self.until("Recording")
        self.until("space: end")
        self.say(what)
        self.until(rf"rec {seconds - 0.1:.1f} s|rec {seconds - 0.05:.1f} s|rec {seconds:.1f} s")
        self.press(key)

    def end(self, status=0):
        got = self.terminal.end()
        check(got == status, f"exit status {got}: {self.terminal.text[-1500:]}")
        check(self.terminal.restored(), "the terminal is not as before")
        self.close()

    def close(self):
        self.terminal.close()
        os.close(self.fd)


def rows(home):
    with open(home.file(FOLDER + "/clips.csv"), encoding="utf-8", newline="") as file:
        return [(row["text"], row["file"]) for row in csv.DictReader(file)]


def decoded(home, file):
    done = subprocess.run(["ffmpeg", "-loglevel", "error", "-i", home.file(os.path.join(FOLDER, file)), "-f", "f32le", "-"],
                          capture_output=True, check=True)
    out = array.array("f")
    out.frombytes(done.stdout)
    return out


def is_in(clip, said):
    """The clip is a piece of what was said, but for what 24 bits, fades and DC do."""
    fade = 300
    middle = clip[fade:-fade]
    for offset in range(len(said) - len(middle) + 1):
        if abs(said[offset] - middle[0]) < 1e-3 and all(abs(said[offset + i] - middle[i]) < 1e-3 for i in range(0, len(middle), 97)):
            return True
    return False


def keeping(home):
    """Keep, repeat, listen, skip, back, quit; then on from there."""
    booth = Booth(home)
    booth.room()
    booth.until(r"1 of \d+")
    booth.until(TEXTS[0])
    first = spoken(200)
    booth.take(first)
    booth.until("LUFS")
    booth.until("Good")
    booth.press("l")  # heard through the null output
    booth.until("enter: keep")
    booth.until("enter: keep")
    booth.press("\n")
    booth.until("Kept")
    check(rows(home) == [(TEXTS[0], "clips/lie-down-slowly.flac")], f"the row is there at once: {rows(home)}, {TEXTS[0]}")
    check(is_in(decoded(home, "clips/lie-down-slowly.flac"), first), "the clip is not what was said")

    booth.until(r"2 of \d+")
    booth.take(spoken(220, level=1.5))
    booth.until("clipped")
    booth.until("Too loud")
    booth.press("r")
    booth.until("Recording")
    booth.press(" ")
    booth.until("Nothing was heard")
    booth.press("\n")
    booth.until("r again")
    booth.press("s")
    booth.until(r"3 of \d+")
    booth.take(spoken(240, level=0.0008))
    booth.until("Very quiet|Noisy|Nothing was heard")
    booth.press("b")
    booth.until(r"2 of \d+")
    second = spoken(260)
    booth.take(second, "\n")
    booth.until("Good")
    booth.press("\n")
    booth.until("Kept")
    booth.until(r"3 of \d+")
    booth.press("q")
    found = booth.until(r"(\d+) of (\d+) kept, (\d+) still missing")
    check(int(found[1]) == 2 and int(found[3]) == int(found[2]) - 2, f"the end: {found[0]}")
    booth.until("limber voice check anna")
    booth.until("limber voice pack anna")
    booth.end()
    check([text for text, _ in rows(home)] == TEXTS[:2], f"{rows(home)}")
    check(is_in(decoded(home, rows(home)[1][1]), second), "the second clip is not what was said")


def killed(home):
    """kill -9 in the middle of a take: what was kept is there, and it goes on with the next."""
    booth = Booth(home)
    booth.room()
    booth.until(TEXTS[2])
    booth.take(spoken(280))
    booth.until("Good")
    booth.press("\n")
    booth.until("Kept")
    booth.until(TEXTS[3])
    booth.until("space: record")
    booth.press(" ")
    booth.until("Recording")
    booth.terminal.program.kill()
    booth.terminal.program.wait()
    booth.close()
    check([text for text, _ in rows(home)] == TEXTS[:3], f"after kill -9: {rows(home)}")
    for _, file in rows(home):
        check(len(decoded(home, file)) > RATE, f"{file} is whole")
    check(not [name for name in os.listdir(home.file(FOLDER + "/clips")) if not name.endswith(".flac")], "nothing half is left")
    booth = Booth(home)
    booth.room()
    booth.until(r"1 of \d+")
    booth.until(TEXTS[3])
    booth.press("q")
    booth.end()


def signals(home):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        booth = Booth(home)
        booth.room()
        booth.until("space: record")
        booth.press(" ")
        booth.until("Recording")
        os.kill(booth.terminal.program.pid, number)
        booth.end()


def lost(home):
    """The microphone goes in the middle of a take and comes back; and samples that went missing are told."""
    booth = Booth(home, "--from", "2")
    booth.room()
    found = booth.until(r"(\d+) of \d+")
    check(found[1] == "2", f"--from 2: {found[0]}")
    booth.until("space: record")
    booth.press(" ")
    booth.until("Recording")
    booth.say(spoken())
    booth.say(array.array("f", [2e9]))
    booth.until("microphone has gone")
    booth.until("Dropped")
    booth.until("microphone is back")
    booth.until("space: record")
    booth.press(" ")
    booth.until("Recording")
    booth.say(spoken())
    booth.say(array.array("f", [-2e9]))
    booth.say(spoken())
    booth.until(r"rec 4\.[0-2] s|rec 3\.9 s")
    booth.press(" ")
    booth.until("A piece is missing")
    booth.press("q")
    booth.end()


def hands_free(home):
    """No key but the first: said badly, said again, kept by itself. At another rate, in 40 columns, without colour."""
    before = len(rows(home))
    booth = Booth(home, "--hands-free", columns=40, env={"NO_COLOR": "1"}, rate=44100)
    booth.until("quiet for")
    booth.say(samples([(3.1, 0, 0)], 44100))
    booth.until("space: go on")
    booth.press(" ")
    booth.until("space: pause")
    booth.say(samples([(4.0, 0, 0)], 44100))
    booth.until("Speak")
    booth.say(samples([(12.0, 0, 0)], 44100))
    booth.until("Nothing was")
    booth.say(samples([(6.5, 0, 0)], 44100))
    booth.until("Speak")
    booth.say(samples([(0.7, 0, 0), (1.5, 0.2, 300), (1.4, 0, 0)], 44100))
    booth.until("Good")
    booth.say(samples([(1.7, 0, 0)], 44100))
    booth.until("Kept")
    booth.until(r"2 of \d+")
    check(len(rows(home)) == before + 1, "it was kept by itself")
    booth.press("q")
    booth.end()
    text = booth.terminal.text
    check(not re.search(r"\x1b\[[0-9;]*m", text), "colours in spite of NO_COLOR")
    shown = [re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line) for line in re.split(r"[\r\n]+", text)]
    shown = [line for line in shown if not line.startswith("  limber")]  # commands stay in one piece
    longest = max(shown, key=len)
    check(len(longest) <= 40, f"a line of {len(longest)} columns: {longest!r}")


def takes(home):
    """Another take of what is there."""
    text, file = rows(home)[0]
    was = decoded(home, file)
    booth = Booth(home, "--takes")
    booth.room()
    booth.until(r"1 of \d+")
    booth.until(re.escape(text))
    booth.take(spoken(330))
    booth.until("Good")
    booth.press("\n")
    booth.until("Kept")
    booth.press("q")
    booth.end()
    check(rows(home)[-1] == (text, file.replace(".flac", ".take2.flac")), f"a second take: {rows(home)}")
    check(decoded(home, file) == was, "the first take is untouched")


def plain(home):
    """Whole lines only. --all records anew what is there, into the same file."""
    before = rows(home)
    text, file = before[0]
    said = samples([(0.7, 0, 0), (1.5, 0.2, 350), (1.4, 0, 0)])
    booth = Booth(home, "--all", "--plain", "--hands-free")
    booth.until("quiet for")
    booth.say(samples([(3.1, 0, 0)]))
    booth.until(re.escape(text))
    booth.until("space: go on")
    booth.press(" ")
    booth.until("space: pause")
    booth.say(samples([(4.0, 0, 0)]))
    booth.until("Speak")
    booth.say(said)
    booth.until("Good")
    booth.say(samples([(1.7, 0, 0)]))
    booth.until("Kept")
    booth.press("q")
    booth.end()
    check("\x1b" not in booth.terminal.text, "escapes in plain lines")
    check(rows(home) == before, f"--all changes no rows: {rows(home)}")
    check(is_in(decoded(home, file), said), "the new take is in the old file")


def without(home):
    """No microphone, nothing to say, wrong numbers."""
    done = home.run("voice", "record", "anna", "evening.md", "--plugin-path", INPUTS, "--input", "fixture")
    check(done.returncode == 1 and "there is no microphone" in done.stderr and "voice split anna" in done.stderr,
          f"no microphone: {done.returncode} {done.stderr}")
    done = home.run("voice", "record", "anna", "evening.md", "--from", "9999", "--plugin-path", INPUTS, "--input", "fixture")
    check(done.returncode == 2 and "--from 9999" in done.stderr, done.stderr)
    done = home.run("voice", "record", "calm")
    check(done.returncode == 2, f"calm is no recorded voice: {done.stderr}")
    done = home.run("voice", "record", "anna", "--input", "fixture:path")
    check(done.returncode == 2 and "--input" in done.stderr, done.stderr)
    done = home.run("devices", "--input", "fixture", "--plugin-path", INPUTS)
    check(done.returncode == 0 and "A pipe" in done.stdout, f"{done.stdout}{done.stderr}")


def full_disk(home):
    """What cannot be written is told, and is still there to be kept."""
    clips = home.file(FOLDER + "/clips")
    booth = Booth(home)
    booth.room()
    booth.take(spoken(400))
    booth.until("Good")
    count = len(rows(home))
    os.rename(clips, clips + ".away")
    with open(clips, "w", encoding="utf-8"):
        pass  # a file where the folder should be
    booth.press("\n")
    booth.until("Not kept")
    check(len(rows(home)) == count, "no row without a file")
    os.unlink(clips)
    os.rename(clips + ".away", clips)
    booth.press("\n")
    booth.until("Kept")
    check(len(rows(home)) == count + 1, "kept afterwards")
    booth.press("q")
    booth.end()


if not shutil.which("ffmpeg"):
    skip("ffmpeg is not installed")
if not os.path.exists(os.path.join(INPUTS, "in-fixture.so")):
    skip("the plugins for tests are not built")

with Home() as test_home:
    test_home.must("voice", "new", "anna", "--language", "en")
    test_home.file("evening.md", PAGE)
    test_home.must("voice", "script", "anna", "evening.md", "-o", "list.csv")
    with open(test_home.file("list.csv"), encoding="utf-8", newline="") as listed:
        TEXTS += [line["text"] for line in csv.DictReader(listed)]
    keeping(test_home)
    killed(test_home)
    signals(test_home)
    lost(test_home)
    hands_free(test_home)
    takes(test_home)
    plain(test_home)
    without(test_home)
    full_disk(test_home)
