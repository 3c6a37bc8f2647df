# SPDX-License-Identifier: GPL-3.0-or-later
"""A session on the whole of a real terminal (tmux): at several sizes, resized while it plays, and however it ends what stood there before is back."""
import os
import re
import signal

from limbertest import LIMBER, Home, check, need
from tmuxterminal import Tmux, given_back

PAGE = """# Live

Stand tall.

## Alpha

Alpha text here. `hold 40s` Breathe.

## Βήτα 体側

Beta text here, and more of it, so that it does not fit into one line of forty columns. `hold 100s` Breathe.

## Gamma

Gamma text here. `hold 30s`
"""


def play(tmux, page, *options, env=""):
    tmux.type(f"{env} {LIMBER} play {page} --lead-in 0 --announce none --output null:speed=1,live=yes {' '.join(options)}")


def whole(columns, rows, move, number):
    """A picture of that size: the title above, the move, the keys in the last row."""
    def right(text):
        lines = text.split("\n")[:rows]
        above = [line.strip() for line in lines if line.strip()]
        return (len(lines) == rows and len(above) > 4 and above[0] == "Live" and above[1].startswith(move) and above[1].endswith(f"{number} of 3")
                and lines[-1].strip().startswith("space pause") and sum("of 3" in line for line in lines) == 1
                and sum("to go" in line for line in lines) == 1)
    return right


def session(home, page):
    tmux = Tmux(home)
    try:
        play(tmux, page)
        text = tmux.until(lambda text: whole(80, 24, "Alpha", 1)(text) and "██" in text and "hold" in text)
        check(tmux.state() == "1 0 0", f"not on the other screen, or the cursor is shown: {tmux.state()}")
        check("then Βήτα 体側" in text, f"what comes next is not told:\n{text}")
        check(re.search("\x1b\\[[0-9;]*3[0-7]", tmux.text("-e")), "no colours")
        tmux.press("n")
        tmux.until(lambda text: whole(80, 24, "Βήτα 体側", 2)(text) and "██" in text and "hold" in text)
        for columns, rows in ((40, 10), (120, 40), (33, 17), (80, 24), (40, 24)):
            tmux.resize(columns, rows)
            text = tmux.until(whole(columns, rows, "Βήτα 体側", 2))
            check(("██" in text) == (rows > 13), f"large digits at {columns}×{rows}:\n{text}")
        tmux.press("p")
        tmux.until(lambda text: "paused   " in text or " paused\n" in text)
        tmux.press("?")
        tmux.until(lambda text: "? back to the session" in text and "of 3" not in text)
        tmux.press("?")
        tmux.until(whole(40, 24, "Βήτα 体側", 2))
        tmux.resize(80, 24)
        tmux.until(whole(80, 24, "Βήτα 体側", 2))
        tmux.press("C-z")
        tmux.until(lambda text: tmux.state() == "0 1 1" and "Stopped" in text and "before" in text and "of 3" not in text)
        tmux.type("fg")
        tmux.until(lambda text: whole(80, 24, "Βήτα 体側", 2)(text) and tmux.state() == "1 0 0")
        tmux.press("q")
        given_back(tmux, "after q")
    finally:
        tmux.close()


def endings(home, page):
    """Signals that end the program well, those that kill it, and one that says the program is broken."""
    tmux = Tmux(home)
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGABRT, signal.SIGFPE):
            tmux.type("clear; echo before")
            play(tmux, page, env="ulimit -c 0; ASAN_OPTIONS=allow_user_segv_handler=1")
            tmux.until(whole(80, 24, "Alpha", 1))
            os.kill(tmux.pid(), number)
            tmux.until(lambda text: tmux.state() == "0 1 1" and "before" in text and text.rstrip()[-1] in "$#")
            check(tmux.terminal() == tmux.stty, f"{number.name}: the terminal is set up differently now")
    finally:
        tmux.close()


def calm(home, page):
    """NO_COLOR; and lines instead of the screen, for --plain and terminals that know no better."""
    tmux = Tmux(home)
    try:
        play(tmux, page, env="NO_COLOR=1")
        tmux.until(whole(80, 24, "Alpha", 1))
        check(not re.search("\x1b\\[([0-9]+;)*3[0-7]", tmux.text("-e")), f"NO_COLOR shows colours: {tmux.text('-e')!r}")
        tmux.press("q")
        given_back(tmux, "after q with NO_COLOR")
        for options, env in ((["--plain"], ""), ([], "TERM=dumb")):
            tmux.type("clear")
            play(tmux, page, *options, env=env)
            tmux.until(lambda text: re.search(r"0:0\d  Stand tall", text))
            check(tmux.state() == "0 1 1", f"{options} {env}: the whole screen is taken")
            tmux.press("q")
            tmux.until(lambda text: text.rstrip()[-1] in "$#")
    finally:
        tmux.close()


need("tmux", "pgrep", "stty")
with Home() as home:
    page = home.file("live.md", PAGE)
    session(home, page)
    endings(home, page)
    calm(home, page)
