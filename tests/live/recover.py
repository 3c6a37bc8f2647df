# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a sound server can do to a session, one thing after the other in mid-sentence, by each output: it is killed, twice;
the sink is suspended; another sink becomes the default, and the one that plays is taken away; the server freezes. The session goes on
each time, what was lost is said once, and no sample of it is missing in what was heard."""
import os
import re
import signal
import subprocess
import sys
import time

from ear import Ear
from limbertest import LIMBER, Home, check, wav
from pieces import RATE, gaps, pieces
from ptyterminal import Terminal
from pulseserver import Pulse

PAGE = """---
announce: none
---
# Trouble

One. Here the server is killed, while I am speaking.

Two. And once more it goes down, and it comes up again.

Three. Now the loudspeaker sleeps for a short time.

Four. Another loudspeaker takes over what this one did.

Five. At last nothing moves any more, as if the world stood still.

Six. We are through, and all of it was heard.
"""


def pactl(home, *args):
    return subprocess.run(["pactl", *args], env=home.env, check=True, capture_output=True, text=True).stdout.strip()


def killed(home, server, terminal):
    server.kill()
    terminal.until("is gone")
    server.start()
    Ear(home, "n")
    terminal.until("is back")


def suspended(home, server, terminal):
    pactl(home, "suspend-sink", "n", "1")
    time.sleep(0.5)  # short: nobody is told of it
    pactl(home, "suspend-sink", "n", "0")


def moved(home, server, terminal):
    pactl(home, "load-module", "module-null-sink", "sink_name=m", "rate=48000", "channels=2", "format=float32le", "norewinds=1")
    Ear(home, "m").began.wait(10)
    pactl(home, "set-default-sink", "m")
    number = next(line.split()[0] for line in pactl(home, "list", "short", "modules").splitlines() if "sink_name=n" in line)
    pactl(home, "unload-module", number)


def frozen(home, server, terminal):
    server.server.send_signal(signal.SIGSTOP)
    terminal.until("is gone")
    if "alsa" in terminal.program.args:  # closes it and tries to open it again, and comes back from both
        terminal.until("does not answer when it is opened")
    server.server.send_signal(signal.SIGCONT)
    terminal.until("is back")


EVENTS = (("One", killed), ("Two", killed), ("Three", suspended), ("Four", moved), ("Five", frozen))
SAID = 3  # losses that last
MOST_MS = 40


def session_with(output):
    server = Pulse(home)
    Ear(home, "n").began.wait(10)
    terminal = Terminal(home, [LIMBER, "play", page, "--plain", "--lead-in", "500ms", "--output", output])
    try:
        for word, event in EVENTS:
            terminal.until(rf"{word}\.")
            Ear.hears()
            event(home, server, terminal)
        terminal.until(r"Six\.")
        check(terminal.end() == 0, f"{output}: the session ends well: {terminal.text[-800:]}")
    finally:
        terminal.close()
        heard = Ear.end()
        server.close()
    lost, back = (len(re.findall(words, terminal.text)) for words in ("device is gone", "device is back"))
    check((lost, back) == (SAID, SAID), f"{output}: {lost} losses and {back} returns were told: {terminal.text}")
    return heard


with Home() as home:
    home.config("ask-effort: no\n")
    page = home.file("trouble.md", PAGE)
    home.must("render", page, "-o", "a.wav", "--set", "out-file.format=float")
    _, session = wav(home.file("a.wav"))
    wanted = pieces(session)
    for output in sys.argv[1:] or ("portaudio", "alsa"):
        heard = session_with(output)
        lost = [(round(at / RATE, 3), gap) for at, piece in wanted for gap in gaps(piece, [heard], 4)]
        print(f"{output}: of {len(wanted) * 50} ms that are not silent, not heard, by place: {[f'{at} s: {ms} ms' for at, ms in lost]}")
        # who records a server that is killed does not get the last it played, and a sink that is suspended forgets what it has
        check(sum(ms for _, ms in lost) <= MOST_MS * len(EVENTS), f"{output}: a part of the session is missing")
