# SPDX-License-Identifier: GPL-3.0-or-later
"""A session on a terminal: however it ends, the terminal is as before; stopping and a hanging sound system lose no place."""
import os
import re
import signal
import time

from limbertest import LIMBER, Home, check
from ptyterminal import Terminal

PAGE = """# Live

Stand tall.

## Alpha

Alpha text here. `hold 40s` Breathe.

## Beta

Beta text here. `hold 40s` Breathe.
"""
NULL = "null:speed=1,live=yes"


def play(home, page, output=NULL):
    return Terminal(home, [LIMBER, "play", page, "--plain", "--lead-in", "0", "--announce", "names", "--output", output])


def signals(home, page):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        terminal = play(home, page)
        try:
            terminal.until("Stand tall")
            check(not terminal.restored(), "keys are not taken one by one")
            os.kill(terminal.program.pid, number)
            status = terminal.end()
            check(status == 0, f"{number.name}: exit status {status}: {terminal.text[-1500:]}")
            check(terminal.restored(), f"{number.name}: the terminal is left as it was while playing")
        finally:
            terminal.close()


def job_control(home, page):
    command = f"{LIMBER} play {page} --plain --lead-in 0 --announce names --output {NULL}"
    terminal = Terminal(home, ["bash", "--norc", "--noprofile", "-i", "+H"])
    try:
        terminal.press(command + "\n")
        terminal.until(r"hold 0:3[0-5]")  # beyond its first seconds: then it is not begun anew
        terminal.press("\x1a")
        terminal.until(r"Stopped")
        terminal.press("echo cooked; sleep 2; fg\n")
        terminal.until(r"[\r\n]cooked")
        left = re.findall(r"hold 0:(\d\d)", terminal.text[:terminal.at])[-1]
        after = terminal.until(r"hold 0:(\d\d)").group(1)
        check(0 <= int(left) - int(after) <= 1, f"{left} s were left before stopping, {after} s after it")
        terminal.press("s")
        terminal.until("Alpha")
        terminal.press("q")
        terminal.until("stopped")
        terminal.until(r"\$ ")
        terminal.press("exit\n")
        terminal.end()
        check("gone" not in terminal.text, f"stopping was taken for a lost device: {terminal.text}")
    finally:
        terminal.close()


def paused_again(home, page):
    terminal = play(home, page)
    try:
        terminal.until(r"hold 0:3[0-5]")  # beyond its first seconds: then it is not begun anew
        terminal.press("p")
        terminal.until("paused")
        terminal.press("r")
        terminal.until("again")
        time.sleep(2.5)
        terminal.press("s")
        terminal.until(r"Alpha")
        terminal.press(" ")
        terminal.until("playing")
        terminal.press("q")
        terminal.end()
    finally:
        terminal.close()


def hanging_close(home, page):
    """The second move is being played when the sound system hangs: the new process goes on there, and stays paused if it was."""
    terminal = play(home, page, NULL + ",lose-at=240000,hang-close=yes")
    try:
        terminal.until("Stand tall")
        terminal.press("n")
        terminal.until("Alpha")
        terminal.press("n")
        terminal.until(r"hold 0:(3[0-9]|40)")
        terminal.until("gone")
        left = int(re.findall(r"hold 0:(\d\d)", terminal.text[:terminal.at])[-1])
        terminal.press("p")
        terminal.until("paused")
        terminal.until("started anew")
        anew = len(terminal.text)
        time.sleep(1)
        terminal.press("s")
        terminal.until("Beta")
        terminal.press("p")
        terminal.until("playing")
        after = int(terminal.until(r"hold 0:(\d\d)").group(1))
        check(0 <= left - after <= 1, f"{left} s were left before, {after} s afterwards")
        check("Alpha" not in terminal.text[anew:] and "Stand" not in terminal.text[anew:],
              f"the place was lost: {terminal.text[anew:]}")
        terminal.press("q")
        status = terminal.end()
        check(status == 0 and terminal.restored(), f"after starting anew: exit status {status}: {terminal.text[-1500:]}")
    finally:
        terminal.close()


with Home() as home:
    page = home.file("live.md", PAGE)
    signals(home, page)
    job_control(home, page)
    paused_again(home, page)
    hanging_close(home, page)
