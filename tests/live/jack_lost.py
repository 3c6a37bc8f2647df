# SPDX-License-Identifier: GPL-3.0-or-later
"""JACK's server is killed in mid-sentence and started again. Its library can be used again in a new process only, so the player starts
itself anew, and goes on where it was."""
import re

from jackserver import Jack
from limbertest import LIMBER, Home, check
from ptyterminal import Terminal

PAGE = """---
announce: none
---
# Trouble

One. Here the server is killed, while I am speaking. `hold 2s`

Two. We are through, and all of it was heard.
"""

with Home() as home:
    home.config("ask-effort: no\n")
    page = home.file("trouble.md", PAGE)
    home.must("render", page, "-o", "a.wav")
    server = Jack(home)
    terminal = Terminal(home, [LIMBER, "play", page, "--plain", "--lead-in", "0", "--output", "portaudio:device=system,buffer=256"])
    try:
        terminal.until("0:01")
        server.kill()
        terminal.until("is gone")
        server.start()
        terminal.until(r"Two\.", 40)
        check(terminal.end() == 0, f"the session ends well: {terminal.text[-800:]}")
        check(len(re.findall("device is gone", terminal.text)) == 1, f"it is told once: {terminal.text}")
        print("JACK was killed and came back: the session went on to its end")
    finally:
        terminal.close()
        server.close()
