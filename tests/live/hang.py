# SPDX-License-Identifier: GPL-3.0-or-later
"""A device that blocks for ever: when it takes samples, when it is closed, when it is opened again. The player starts itself anew and
goes on at the frame that was not heard: what the new process plays has all of the rendering from there on, sample by sample."""
import re

from limbertest import LIMBER, Home, check, raw_floats, wav
from pieces import pieces, place_of
from ptyterminal import Terminal

LATENCY = 2400
PAGE = """---
announce: none
---
# Short

Stand tall, and breathe in slowly through your nose. `hold 1s` And out again. `hold 4s`
"""
HANGS = ("stall-at={0},hang-close=yes", "lose-at={0},hang-close=yes", "lose-at={0},hang-open=yes")


def quiet_place(session):
    """The middle of the longest silence behind the session's middle: no words are cut, which would be said again from their beginning,
    and the new process does not play long enough to get there itself."""
    best = run = len(session) // 2, 0
    for frame in range(len(session) // 2, len(session)):
        run = (frame + 1, 0) if session[frame] else (run[0], run[1] + 1)
        best = max(best, run, key=lambda found: found[1])
    return best[0] + best[1] // 2


with Home() as home:
    home.config("ask-effort: no\n")
    page = home.file("short.md", PAGE)
    home.must("render", page, "-o", "a.wav", "--set", "out-file.format=float")
    _, session = wav(home.file("a.wav"))
    at = quiet_place(session)
    for hang in HANGS:
        options = hang.format(at)
        output = f"null:speed=1,latency={LATENCY},capture={home.file('cap.raw')},{options}"
        terminal = Terminal(home, [LIMBER, "play", page, "--plain", "--lead-in", "0", "--output", output])
        try:
            terminal.until("started anew", 40)
            check(terminal.end() == 0, f"{options}: the session ends well: {terminal.text[-800:]}")
        finally:
            terminal.close()
        check(len(re.findall("device is gone", terminal.text)) == 1, f"{options}: it is told once: {terminal.text}")
        heard = raw_floats(home.file("cap.raw"))[::2].tobytes()
        places = [place_of(piece, heard, 4) for frame, piece in pieces(session) if frame >= at - LATENCY]
        check(None not in places and places == sorted(places), f"{options}: not all that was to come was heard: {places}")
        print(f"{options}: all {len(places) * 50} ms that were to come were heard")
