# SPDX-License-Identifier: GPL-3.0-or-later
"""A session that is killed at random moments and gone on with until it is over: every sentence is heard, and none twice but the
interrupted one. The capture of all processes is compared with the rendered file, sample by sample.

LIMBER_KILLS: how many kills there are to be (12); LIMBER_SEED: where they are. Some of the kills take the exact position away, as
a power cut does; then the session goes on at the step it was in."""
import glob
import json
import os
import random
import signal
import struct
import subprocess
import sys
import time
import wave

from limbertest import LIMBER, Home, check, fail, raw_floats, skip, wav

PAGE = """---
resume: plain
---
# Morning

Please lie down on your back. Bend your knees a little.

## Bridge

- Lift your hips slowly towards the ceiling. `hold 9s`
  - `at 4s` Let your shoulders stay heavy.

Lower them again, bone after bone.

## Side stretch `each side`

Reach over to the {side} with one long arm. `hold 6s`
Come back to the middle. `rest 3s`

## Circles `4 reps`

Draw a wide circle with both knees. `for 3s`

## The end

- Stretch out and stay there for a while. `hold 12s`
  - `at 4s` Notice how your back feels now.
  - `at 8s` Take one more deep breath.

Roll over and sit up carefully.
"""
ROLES = ("start tick halfway end switch rest done attention heard paused bell gong chime louder quieter".split() +
         ["going on", "no", "in", "out", "keep"])
BUFFER = 512
CHANNELS = 2
SKIP = 4 * 1200  # bytes, 25 ms
PIECE = 4 * 64
PATIENCE_S = 60


def spoken(plan):
    """(text, first frame, length) of everything that is said, by start."""
    cues = [c for c in plan["cues"] if c["kind"] == "speech"]
    return [(c["text"], c["start"], c["frames"]) for c in cues]


def sounding(samples, start, length):
    """The part of it that is not silence, as bytes: (offset of its first sample in the cue, bytes)."""
    part = samples[start:start + length]
    first = next((i for i, s in enumerate(part) if s != 0), None)
    if first is None:
        return None
    last = len(part) - next(i for i, s in enumerate(reversed(part)) if s != 0)
    return part[first:last].tobytes()


def occurrences(data, sound):
    """Where a sentence begins in the capture (bytes), and how much of it is there (all of it, or up to the capture's end). What is
    gone on with is faded in, and a click may be heard with it: so it is looked for by many short pieces."""
    starts = set()
    for quarter in range(4):
        offset = max(SKIP, len(sound) * quarter // 16 * 4)
        while b"\0\0\0\0" in sound[offset:offset + PIECE]:  # silence is everywhere
            offset += PIECE
        at, key = 0, sound[offset:offset + PIECE]
        if len(key) < PIECE:
            continue
        while (at := data.find(key, at)) >= 0:
            if at % 4 == 0 and at >= offset:
                starts.add(at - offset)
            at += 4
    found = []
    for start in sorted(starts):
        there = min(len(sound), len(data) - start)
        pieces = [at for at in range(SKIP, there - PIECE, 4000) if b"\0\0\0\0" not in sound[at:at + PIECE]]
        same = sum(1 for at in pieces if data[start + at:start + at + PIECE] == sound[at:at + PIECE])
        if pieces and same * 10 >= len(pieces) * 6:
            found.append((start, there))
    return found


def short_sounds(home):
    """A theme of clicks, 5 ms long: words are heard alone, and can be found sample by sample."""
    folder = home.file(".local/share/limber/sounds/clicks")
    os.makedirs(folder)
    with wave.open(f"{folder}/click.wav", "wb") as out:
        out.setparams((1, 2, 48000, 0, "NONE", ""))
        out.writeframes(struct.pack("<240h", *[8000 if i % 48 < 24 else -8000 for i in range(240)]))
    with open(f"{folder}/sounds.yaml", "w", encoding="utf-8") as out:
        out.write("name: clicks\ndescription: clicks\nlicense: CC0-1.0\nauthor: nobody\nroles:\n")
        out.writelines(f'  "{role}": click.wav\n' for role in ROLES)


class Campaign:
    def __init__(self, home, page, name, dice):
        self.home, self.dice, self.name = home, dice, name
        self.page = home.file(f"{name}.md", page)
        home.must("render", self.page, "--sounds", "clicks", "-o", f"{name}.wav", "--set", "out-file.format=float")
        channels, samples = wav(home.file(f"{name}.wav"))
        self.samples = samples[::channels]
        plan = json.loads(home.must("plan", self.page, "--sounds", "clicks", "--json").stdout)
        self.cues = spoken(plan)
        self.sounds = [sounding(self.samples, start, length) for _, start, length in self.cues]
        if len({s for s in self.sounds if s}) < len({t for t, _, _ in self.cues}):
            skip("no speech engine here makes words that can be told apart")
        self.figures = dict(kills=0, sessions=0, processes=0, exact=0, by_step=0, early=0, cues=0, lost=0, doubled=0, repeated=0)

    def command(self, resume, number):
        again = ["--resume"] if resume else [self.page, "--sounds", "clicks"]
        return [LIMBER, "play", *again, "--quiet", "--coach", "none", "--lead-in", "0", "--output",
                f"null:capture={self.home.file(f'{self.name}-{number}.raw')},buffer={BUFFER},channels={CHANNELS}"]

    def one_process(self, resume, number, kill_at):
        """Plays until killed at about so many frames of capture (None: to the end). Returns whether it was; None: there is nothing
        to go on with."""
        path = self.home.file(f"{self.name}-{number}.raw")
        if os.path.exists(path):
            os.unlink(path)
        process = subprocess.Popen(self.command(resume, number), env=self.home.env, cwd=self.home.path, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        until = time.monotonic() + PATIENCE_S
        killed = False
        while process.poll() is None:
            if time.monotonic() > until:
                process.kill()
                fail(f"a process does not end: {' '.join(self.command(resume, number))}")
            size = os.path.getsize(path) if os.path.exists(path) else 0
            if kill_at is not None and size >= kill_at * 4 * CHANNELS:
                process.send_signal(signal.SIGKILL)
                killed = True
                break
        error = process.communicate()[1].decode()
        if process.returncode == -signal.SIGKILL:
            return True
        if resume and process.returncode == 2 and "no session was left" in error:
            return None
        check(process.returncode == 0, f"exit status {process.returncode}: {error}")
        return killed and process.returncode != 0

    def left(self):
        return glob.glob(self.home.file(".local/state/limber/journal/*.journal"))

    def session(self, kills_left):
        """One session with several kills. Returns how many there were."""
        length, kills, captures, power = len(self.samples), 0, [], []
        resume = False
        while True:
            number = len(captures)
            wanted = kills < kills_left and number < 40
            # from before the first word to behind the last one
            kill_at = self.dice.randrange(1, max(2, length * 2 // 3)) if wanted else None
            killed = self.one_process(resume, number, kill_at)
            captures.append(number)
            cut = False
            if killed:
                kills += 1
                cut = self.dice.random() < 0.2
                for page in glob.glob(self.home.file(".local/state/limber/journal/*.position")) if cut else []:
                    os.unlink(page)
            power.append(cut)
            if killed is None:  # killed before anything was noted, or when all was over
                self.figures["early"] += 1
                if self.is_over(captures):
                    break
                resume = False
                continue
            if not killed:
                break
            resume = bool(self.left())
            if not resume:  # nothing was heard yet, or it was at its end
                self.figures["early"] += 1
                if self.is_over(captures):
                    break
            elif cut:
                self.figures["by_step"] += 1
            else:
                self.figures["exact"] += 1
        for path in self.left():
            with open(path, "rb") as file:
                print(path, file.read())
        check(not self.left(), "a session that is over is still offered")
        self.judge(captures, power)
        self.figures["kills"] += kills
        self.figures["sessions"] += 1
        self.figures["processes"] += len(captures)
        return kills

    def data(self, number):
        path = self.home.file(f"{self.name}-{number}.raw")
        return raw_floats(path)[::CHANNELS].tobytes() if os.path.exists(path) else b""

    def is_over(self, captures):
        last = next(s for s in reversed(self.sounds) if s)
        return any(same == len(last) for n in captures for _, same in occurrences(self.data(n), last))

    def judge(self, captures, power):
        """Every sentence whole as often as planned; more often only where it was cut off in the last buffers."""
        pieces = [self.data(n) for n in captures]
        planned, sounds = {}, {}
        for (text, _, _), sound in zip(self.cues, self.sounds):
            planned[text] = planned.get(text, 0) + 1
            sounds[text] = sound
        for text, count in planned.items():
            sound, times = sounds[text], []
            for n, piece in enumerate(pieces):
                for at, same in occurrences(piece, sound):
                    at_end = len(piece) - (at + len(sound)) < 2 * BUFFER * 4
                    if same == len(sound):
                        times.append((n, at, at_end))
            for_certain = [t for t in times if not t[2] or t[0] == len(pieces) - 1]
            self.figures["cues"] += count
            lost = max(0, count - len(times))
            over = max(0, len(for_certain) - count)
            # After a power cut it goes on at the last step that was noted. The player notes a step a moment after it began, in which a
            # device that nothing paces plays several: then sentences may be heard again, but none may be lost.
            if over and any(power):
                self.figures["repeated"] += over
                over = 0
            if lost or over:
                parts = [(n, at, same) for n, piece in enumerate(pieces) for at, same in occurrences(piece, sound)]
                print(f"{self.name}: “{text}” of {len(sound)} bytes planned {count}, there {parts}, "
                      f"in processes of {[len(p) for p in pieces]}, power cut {power}")
            self.figures["lost"] += lost
            self.figures["doubled"] += over


def main():
    kills = int(os.environ.get("LIMBER_KILLS", "12"))
    seed = int(os.environ.get("LIMBER_SEED", "4"))
    print(f"seed {seed}")
    bad = 0
    with Home() as home:
        dice = random.Random(seed)
        short_sounds(home)
        campaign = Campaign(home, PAGE, "plain", dice)
        done = 0
        while done < kills:
            some = campaign.session(min(kills - done, dice.randrange(1, 12)))
            done += some
            print(json.dumps(campaign.figures), flush=True)
        bad = campaign.figures["lost"] + campaign.figures["doubled"]
        check(campaign.figures["exact"] > 0, "nothing was resumed")
    check(bad == 0, "a sentence was lost, or said twice")


if __name__ == "__main__":
    main()
    sys.exit(0)
