# SPDX-License-Identifier: GPL-3.0-or-later
"""A home with a history in it, on the evening of Thursday, 5 March 2026, in Berlin."""
import os
import subprocess

from limbertest import Home, check

NOW = "2026-03-05T20:00:00+01:00"
PLACE = ".local/state/limber/history.db"


class Filled(Home):
    def __init__(self, sessions=()):
        super().__init__()
        self.env.update(LIMBER_NOW=NOW)
        self.env.pop("COLUMNS", None)
        self.database = self.file(PLACE)
        self.fill(sessions)

    def fill(self, sessions):
        """Each session: (routine, started, planned, done, paused, outcome, effort, first side, title, [choices and moves])."""
        if not sessions:
            return
        lines = []
        for session in sessions:
            lines += [*session[9], ("session", *session[:9])]
        text = "".join("\t".join("-" if cell is None else str(cell) for cell in line) + "\n" for line in lines)
        done = subprocess.run([os.environ["HISTORY_FILL"], self.database], input=text, text=True, capture_output=True, env=self.env)
        check(done.returncode == 0 and not done.stderr, f"history-fill: {done}")


def move(name, page, side=None, round_=0, started=0, planned=30, done=30, added=0, skipped=0, fraction=0.5):
    return ("move", name, page, side, round_, started, planned, done, added, skipped, fraction)


BREAK = ("desk-break", "Desk break")
BACK = ("upper-back-relief", "Upper back relief")
SESSIONS = [
    (BREAK[0], "2026-01-20T12:00:00+01:00", 300, 300, 0, "finished", None, None, BREAK[1], [move("Neck rolls", "neck-rolls")]),
    (BREAK[0], "2026-02-10T12:00:00+01:00", 300, 290, 0, "finished", "easy", None, BREAK[1], [move("Neck rolls", "neck-rolls")]),
    (BACK[0], "2026-02-11T18:30:00+01:00", 900, 895, 12, "finished", "hard", "left", BACK[1], []),
    (BACK[0], "2026-02-12T18:30:00+01:00", 900, 900, 0, "finished", None, "right", BACK[1], []),
    (BACK[0], "2026-02-24T23:50:00+01:00", 900, 42, 0, "stopped", None, "left", BACK[1], [move("Child's pose", "childs-pose", done=12, skipped=1)]),
    (BREAK[0], "2026-03-03T12:00:00+01:00", 300, 310, 0, "finished", "easy", None, BREAK[1], [
        ("choice", "Pick two", "Neck rolls"), move("Neck rolls", "neck-rolls", done=40, added=10)]),
    (BACK[0], "2026-03-04T18:02:11+01:00", 900, 725, 30, "stopped", "hard", "right", BACK[1], [
        move("Bridge", "bridge", None, 1, 20),
        move("Side stretch", "side-stretch", "left", 1, 60, 40, 45, 5), move("Side stretch", "side-stretch", "right", 1, 105, 40, 45, 5),
        move("Child's pose", "childs-pose", None, 1, 160, 60, 8, 0, 1, None)]),
    ("/home/me/pages/Übung, \"lang\" und sehr breit.md", "2026-03-05T07:00:00+01:00", 120, 61, 0, "finished", None, None,
     "Übung, \"lang\"", []),
]
