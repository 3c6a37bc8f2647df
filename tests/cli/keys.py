# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole session by keys in a real terminal (tmux): each key is pressed when the screen, or what is heard, says that it is time; what came
out of the device is then searched for every sentence of the plan and every answer, by their samples."""
import array
import json
import os
import re
import time

from limbertest import LIMBER, Home, check, fail, first_nonzero, need, wav
from tmuxterminal import Tmux, given_back

RATE = 48000
PIECE = 2000  # samples that a sentence is known by
PATIENCE_S = 120

HEAD = "---\nvoice: quick\n---\n"
VOICE = "languages: [en]\nengine: speech-espeak\nvoice: gmw/en-GB-x-rp\nrate: 220\nlicense: GPL-3.0-or-later\nauthor: the eSpeak NG project\n"
LONG = ("Bring both your knees up to your chest, one after the other, then put your hands around them, let your head lie on the floor, "
        "and rock a little from side to side, as slowly as you like.")
REST = "Sink down, all the way, and rest with your forehead on the floor, for as long as you like."
PAGE = HEAD + f"""# Evening

## Side stretch `each side`

Lean over to the {{side}}, slowly. `hold 40s`

## Settle

Lie down on your back. `ready`

## Child's pose

{REST} `hold 1min`

## Knees

{LONG} `hold 20s`

## Breathing

Let the breath come. `for 2s`
"""
PLAIN = ("--announce", "names,close")
ANSWERS = ["Side stretch, left side.", "Then the right side.", "Ten seconds more."]
ASKED, EASY = "How was it? Press once for easy, twice for hard.", "Easy. Good."  # each is spoken as one text


class Sentences:
    """The sentences of the session and its answers, each known by a piece that nothing else has."""

    def __init__(self, home):
        phrases = home.must("phrases", "en").stdout
        self.left = {int(number): text for number, text in re.findall(r"^(\d+): .*\| (\S+ seconds left\.)", phrases, re.M) if number != "0"}
        plan, session = self.rendered(home, "evening", PAGE, PLAIN)
        spoken = {cue["text"]: cue for cue in plan["cues"] if cue["kind"] == "speech"}
        # Each of them alone, without the tones of the session.
        alone = HEAD + "# Alone\n\n" + "\n\n".join([*spoken, *ANSWERS, *self.left.values()]) + "\n"
        plan, samples = self.rendered(home, "alone", alone, ("--announce", "none"))
        clips = {cue["text"]: samples[cue["start"]:cue["start"] + cue["frames"]] for cue in plan["cues"] if cue["kind"] == "speech"}
        for text in ("That was Evening.", "Well done."):  # but these, which sound with the end of the last move
            cue = spoken[text]
            clips[text] = session[cue["start"]:cue["start"] + cue["frames"]]
        for text in (ASKED, EASY):
            home.must("voice", "try", "quick", text, "-o", "try.wav", "--lead-in", "0", "--set", "out-file.format=float")
            _, samples = wav(home.file("try.wav"))
            clips[text] = samples[first_nonzero(samples):]
        self.clips = clips
        self.all = b"".join(clip.tobytes() for clip in clips.values())
        self.known = {text: self.piece(text, 0, len(clip)) for text, clip in clips.items()}
        self.begin = self.piece(LONG, 0, RATE)  # it is cut off later
        self.end = self.piece(LONG, len(clips[LONG]) - 4 * RATE, len(clips[LONG]))

    @staticmethod
    def rendered(home, name, text, options):
        """The plan of a page, and its samples."""
        path = home.file(f"{name}.md", text)
        home.must("render", path, "-o", f"{name}.wav", "--set", "out-file.format=float", *options)
        plan = json.loads(home.must("plan", path, "--json", *options).stdout)
        check(plan["rate"] == RATE, f"a session of {plan['rate']} Hz")
        return plan, wav(home.file(f"{name}.wav"))[1]

    def piece(self, text, start, until):
        """(offset, bytes) of the loudest piece there that no other sentence has."""
        clip = self.clips[text]

        def loudness(at):
            return sum(abs(sample) for sample in clip[at:at + PIECE:50])
        for at in sorted(range(start, until - PIECE, 1000), key=loudness, reverse=True):
            piece = clip[at:at + PIECE].tobytes()
            if self.all.find(piece, self.all.find(piece) + 4) < 0:
                return at, piece
        return fail(f"\"{text}\" cannot be told from other sentences")


class Capture:
    """What the device has played so far: one channel of it."""

    def __init__(self, path):
        self.path, self.at, self.samples = path, 0, bytearray()

    def read(self):
        if os.path.exists(self.path):
            with open(self.path, "rb") as file:
                file.seek(self.at)
                data = file.read()
            stereo = array.array("f")
            stereo.frombytes(data[:len(data) // 8 * 8])
            self.at += len(data) // 8 * 8
            self.samples += stereo[::2].tobytes()
        return self.samples

    def seconds(self):
        return os.path.getsize(self.path) / 8 / RATE if os.path.exists(self.path) else 0

    def later(self, seconds):
        """Waits until the device has played so much more."""
        until = self.seconds() + seconds
        self.wait(lambda: self.seconds() >= until, f"the device stands still at {until} s")

    @staticmethod
    def wait(true, why):
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            check(time.monotonic() < deadline, why)
            time.sleep(0.05)


def places(heard, known):
    """All frames at which a sentence begins that is known by this piece."""
    offset, piece = known
    found, at = [], heard.find(piece)
    while at >= 0:
        if at % 4 == 0:
            found.append(at // 4 - offset)
        at = heard.find(piece, at + 4 - at % 4)
    return found


def in_move(move, words="", bout=""):
    return lambda text: move in text and words in text and bout in text and "paused" not in text


def clock_before(text, what):
    """The seconds on the screen that stand before the words, as in "3:05 to go"."""
    found = re.search(r"(\d+):(\d\d) " + what, text)
    check(found, f"no time {what} on the screen:\n{text}")
    return int(found[1]) * 60 + int(found[2])


def clock_after(text, what):
    found = re.search(what + r" (\d+):(\d\d)", text)
    check(found, f"no time of the {what} on the screen:\n{text}")
    return int(found[1]) * 60 + int(found[2])


def play(tmux, capture, sentences):
    """The session, key by key."""
    def heard(text, times=1):
        known = sentences.begin if text == LONG else sentences.known[text]
        capture.wait(lambda: len(places(capture.read(), known)) >= times, f"not heard {times} times: \"{text}\"")

    # Paused in a hold: everything stands still. Then where one is, and on.
    tmux.until(in_move("Side stretch", "left side", "hold"))
    tmux.press("Space")
    paused = tmux.until(lambda text: "paused" in text and "left side" in text)
    capture.later(3)
    check(clock_before(tmux.text(), "to go") == clock_before(paused, "to go"), "time goes by in a pause")
    tmux.press("Space")
    heard("Side stretch, left side.")
    tmux.until(lambda text: clock_before(text, "to go") < clock_before(paused, "to go"))
    # Ten seconds more: of both sides, so that the session is twenty longer.
    before = clock_before(tmux.text(), "to go")
    tmux.press("+")
    longer = tmux.until(lambda text: clock_before(text, "to go") > before + 10)
    check(clock_before(longer, "to go") <= before + 20, f"more than twenty seconds more:\n{longer}")
    heard("Ten seconds more.")
    # Where: it is said over the hold. Again: the instruction.
    most = clock_after(tmux.text(), "hold")
    tmux.press("w")
    heard("Then the right side.")
    least = clock_after(tmux.text(), "hold") - 1  # a second that has begun is shown
    tmux.press("r")
    heard("Lean over to the left, slowly.", 2)
    # The other side; from there to the next move, which waits for the person.
    tmux.press("x")
    tmux.until(in_move("Side stretch", "right side", "hold"))
    heard("Lean over to the right, slowly.")
    tmux.press("n")
    tmux.until(lambda text: "Settle" in text and "waiting for you: press enter" in text)
    heard("Tell me when you are ready.")
    tmux.press("Enter")
    # Back in the middle of a hold: the move from its beginning.
    tmux.until(in_move("Child's pose", bout="hold"))
    tmux.press("b")
    heard("Next: child's pose.", 2)
    tmux.until(in_move("Child's pose", bout="hold"))
    tmux.press("n")
    # Paused in the middle of a sentence: it is said again; next cuts it off for good.
    heard(LONG)
    tmux.press("Space")
    tmux.until(lambda text: "paused" in text and "Knees" in text)
    tmux.press("Space")
    heard(LONG, 2)
    tmux.press("n")
    # The last move by itself, and the question.
    tmux.until(in_move("Breathing"))
    heard(ASKED)
    tmux.press("Enter")
    given_back(tmux, "keys")
    return [sentences.left[number] for number in range(most, least - 1, -1)]


# What is heard, in its order; "…" behind a sentence that was cut off. Those with "left." have a number before it.
ORDER = ["First: side stretch.", "Lean over to the left, slowly.", "Side stretch, left side.", "Ten seconds more.", "Side stretch, left side.", "left.", "Then the right side.",
         "Lean over to the left, slowly.", "Lean over to the right, slowly.", "Next: settle.", "Lie down on your back.",
         "Tell me when you are ready.", "Next: child's pose.", REST, "Next: child's pose.", REST, "Next: knees.", LONG + "…", LONG + "…",
         "Next: breathing.", "Let the breath come.", "That was Evening.", "Well done.", ASKED, EASY]


def listen(heard, sentences):
    """What was heard, in its order: (frame, text)."""
    found = [(at, text) for text in sentences.clips if text != LONG for at in places(heard, sentences.known[text])]
    ends = places(heard, sentences.end)
    for at in places(heard, sentences.begin):
        found.append((at, LONG if at in ends else LONG + "…"))
    return sorted(found)


def check_heard(found, seconds):
    """Everything once, in its order, and never two at once; the seconds that were told were those on the screen."""
    if os.environ.get("VERBOSE"):
        print("\n".join(f"{at / RATE:8.3f} {text}" for at, text in found))
    said = ["left." if text.endswith(" seconds left.") else text for _, text in found]
    at = next((i for i, (a, b) in enumerate(zip(said, ORDER)) if a != b), min(len(said), len(ORDER)))
    check(said == ORDER, f"number {at + 1} heard is {said[at:at + 1]}, not {ORDER[at:at + 1]}: {found}")
    told = [text for _, text in found if text.endswith(" seconds left.")][0]
    check(told in seconds, f"\"{told}\" while the screen went from \"{seconds[0]}\" to \"{seconds[-1]}\"")


need("tmux")
with Home() as home:
    os.makedirs(home.file(".local/share/limber/voices/quick"))
    home.file(".local/share/limber/voices/quick/voice.yaml", VOICE)
    sentences = Sentences(home)
    capture = Capture(home.file("heard.raw"))
    tmux = Tmux(home)
    try:
        tmux.resize(80, 13)  # times in letters, not in large digits
        tmux.type(f"{LIMBER} play {home.path}/evening.md --coach none {' '.join(PLAIN)} --lead-in 0 "
                  f"--output null:speed=1,channels=2,capture={capture.path}")
        seconds = play(tmux, capture, sentences)
    finally:
        tmux.close()
    check_heard(listen(capture.read(), sentences), seconds)
    kept = json.loads(home.must("history", "--json", "--all").stdout)["sessions"]
    check(len(kept) == 1 and (kept[0]["outcome"], kept[0]["effort"]) == ("finished", "easy") and kept[0]["paused"] >= 3, f"{kept}")
    moves = [(move["name"], move["side"], move["added"], move["skipped"]) for move in kept[0]["moves"]]
    check(moves == [("Side stretch", "left", 10, True), ("Side stretch", "right", 0, True), ("Settle", None, 0, False),
                    ("Child's pose", None, 0, True), ("Knees", None, 0, True), ("Breathing", None, 0, False)], f"kept as {moves}")
