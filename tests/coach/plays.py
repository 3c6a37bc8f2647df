# SPDX-License-Identifier: GPL-3.0-or-later
"""The coach in sessions that are played, one a day: what each leaves in the history changes the next."""
import json

from filled import Filled
from limbertest import check

PAGE = """# Evening

## Side stretch `each side`

Lean **over** to the {side}, slowly. `hold 20-40s`

## Choose `pick 1`

### Hips

Sit on your heels.

### Back

Lie on your back.

### Legs

Stand on one leg.
"""
PICKS = ("Sit on your heels.", "Lie on your back.", "Stand on one leg.")


class Days(Filled):
    def __init__(self):
        super().__init__()
        self.page = self.file("evening.md", PAGE)

    def play(self, day, *options):
        """What was said on this day of March 2026, a line each."""
        self.env["LIMBER_NOW"] = f"2026-03-{day:02}T20:00:00+01:00"
        done = self.must("play", self.page, "--plain", "--lead-in", "0", "--output", "null", *options)
        return [line.strip() for line in done.stdout.splitlines()]

    def last(self):
        """The newest session of the history, and its moves."""
        kept = json.loads(self.must("history", "--json", "--all").stdout)
        newest = max(kept["sessions"], key=lambda session: session["id"])
        return newest, json.loads(self.must("history", str(newest["id"]), "--json").stdout)


def said(lines, words):
    return next((i for i, line in enumerate(lines) if words in line), -1)


def side_first(lines):
    left, right = said(lines, "ver to the left"), said(lines, "ver to the right")
    return "left" if right < 0 or 0 <= left < right else "right"


def picked(lines):
    found = [words for words in PICKS if said(lines, words) >= 0]
    check(len(found) == 1, f"one is picked: {found} in {lines}")
    return found[0]


with Days() as home:
    days = [home.play(day) for day in range(1, 5)]
    sides = [session["first_side"] for session in json.loads(home.must("history", "--json", "--all").stdout)["sessions"]]
    check(sorted(sides) == ["left", "left", "right", "right"], f"sides take turns: {sides}")
    picks = [picked(lines) for lines in days]
    check(set(picks[:3]) == set(PICKS) and picks[3] == picks[0], f"everything is visited in three sessions: {picks}")
    # Explained in full three times, then the bold words and what follows them.
    check(all(said(lines, "Lean over to the ") >= 0 for lines in days), f"{days}")

    session, _ = home.last()
    check(session["routine"].endswith("/evening.md") and session["outcome"] == "finished", f"{session}")

    # What plan --explain says is what play then does.
    home.env["LIMBER_NOW"] = "2026-03-05T20:00:00+01:00"
    reasons = home.must("plan", home.page, "--explain").stdout
    check("sides: the left side first: last time it was the right" in reasons, reasons)
    check("Side stretch: normal guidance: done 4 times, last yesterday" in reasons, reasons)
    plan = json.loads(home.must("plan", home.page, "--coach", "all", "--json").stdout)
    words = [cue["text"] for cue in plan["cues"] if cue["kind"] == "speech"]
    fifth = home.play(5)
    check([text for text in words if said(fifth, text) < 0] == [], f"said: {fifth}, planned: {words}")
    held = [cue["frames"] / plan["rate"] for cue in plan["cues"] if cue["kind"] == "bout" and cue["bout"] == "hold"]
    check(held and all(20 < seconds <= 30 for seconds in held), f"after four sessions it is longer: {held}")

    # Switched off it is the page again; what was asked for wins.
    off = home.play(6, "--coach", "none")
    check(side_first(off) == "left", f"{off}")
    off = home.play(7, "--coach", "guidance,ranges")
    check(side_first(off) == "left", f"{off}")
    again = home.play(8, "--coach", "sides")
    check(side_first(again) == "right", f"{again}")
    config = home.file("config.yaml", "coach: no\n")
    check(side_first(home.play(9, "--config", config)) == "left", "coach: no")
