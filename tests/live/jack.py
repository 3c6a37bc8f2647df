# SPDX-License-Identifier: GPL-3.0-or-later
"""A routine through PortAudio and JACK's dummy driver, in real time: bit for bit.

The server has no real-time priority here and drops periods when the machine is busy. It says so in its log, so a try that
differs while the server was well is a failure, and one in which it was not is tried again."""
import os
import subprocess
import time

from jackserver import Jack
from limbertest import Home, check, check_same, need, skip, wav
from pieces import contains

PAGE = """# A short one

Stand tall. `hold 6s` Breathe.

- `in 2s` In.
- `out 2s` Out.
"""

need("jackd", "jack_capture")
TRIES = 3


def capture(home, page, seconds):
    """Plays the page once; the samples that JACK's monitor ports saw, interleaved."""
    recorder = subprocess.Popen(["jack_capture", "-b", "FLOAT", "-f", "wav", "-c", "2", "-p", "system:monitor_1",
                                 "-p", "system:monitor_2", "-d", str(seconds), "--hide-buffer-usage", "-dc", home.file("cap.wav")],
                                env=home.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:  # until the recorder is connected
        ports = subprocess.run(["jack_lsp", "-c"], env=home.env, capture_output=True, text=True).stdout
        if "jack_capture:input2\n   system:monitor_2" in ports:
            break
    else:
        skip("the recorder does not connect")
    home.must("play", page, "--quiet", "--lead-in", "0", "--output", "portaudio:device=system,buffer=256", timeout=seconds + 30)
    recorder.wait(timeout=seconds + 30)
    channels, samples = wav(home.file("cap.wav"))
    check(channels == 2, "the recording is not stereo")
    os.unlink(home.file("cap.wav"))
    return samples


with Home() as home:
    page = home.file("short.md", PAGE)
    server = Jack(home)
    try:
        home.must("render", page, "-o", "a.wav", "--set", "out-file.format=float")
        _, session = wav(home.file("a.wav"))
        for attempt in range(TRIES):
            before = server.xruns()
            samples = capture(home, page, len(session) // 48000 + 4)
            if contains(samples, session) or server.xruns() == before:
                check_same(session, samples, 2, "JACK")
                break
            print(f"try {attempt + 1}: the server dropped {server.xruns() - before} periods")
        else:
            skip("the machine is too busy for a server without real-time priority")
    finally:
        server.close()
