# SPDX-License-Identifier: GPL-3.0-or-later
"""A routine through PortAudio and JACK's dummy driver, in real time: bit for bit."""
import os
import subprocess
import time

from limbertest import Home, check_same, need, raw_floats, skip, wav, check

PAGE = """# A short one

Stand tall. `hold 6s` Breathe.

- `in 2s` In.
- `out 2s` Out.
"""

need("jackd", "jack_rec")
with Home() as home:
    page = home.file("short.md", PAGE)
    home.env.update(JACK_DEFAULT_SERVER=f"limber{os.getpid()}")
    server = subprocess.Popen(["jackd", "--no-realtime", "-d", "dummy", "-r", "48000", "-p", "256", "-P", "2", "-C", "2", "-m"],
                              env=home.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if subprocess.run(["jack_wait", "-w", "-t", "10"], env=home.env, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode != 0:
            skip("jackd does not start here")
        home.must("render", page, "-o", "a.wav", "--set", "out-file.format=float")
        _, session = wav(home.file("a.wav"))
        seconds = len(session) // 48000 + 4
        recorder = subprocess.Popen(["jack_rec", "-f", home.file("cap.wav"), "-d", str(seconds), "-b", "32",
                                     "system:monitor_1", "system:monitor_2"], env=home.env,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:  # until the recorder is connected
            ports = subprocess.run(["jack_lsp", "-c"], env=home.env, capture_output=True, text=True).stdout
            if "system:monitor_1\n   jackrec" in ports or "jack_rec" in ports or "jackrec" in ports:
                break
        home.must("play", page, "--quiet", "--lead-in", "0", "--output", "portaudio:device=system,buffer=256", timeout=seconds + 30)
        recorder.wait(timeout=seconds + 30)
        channels, capture = wav(home.file("cap.wav"))
        check(channels == 2, "the recording is not stereo")
        check_same(session, capture, 2, "JACK")
    finally:
        server.kill()
        server.wait()
