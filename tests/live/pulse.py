# SPDX-License-Identifier: GPL-3.0-or-later
"""A routine through PulseAudio, by PortAudio and by ALSA, in real time: bit for bit, the last sample included."""
from limbertest import Home, check_same, raw_floats, wav
from pulseserver import Pulse

PAGE = """# A short one

Stand tall. `hold 6s` Breathe.

- `in 2s` In.
- `out 2s` Out.
"""

with Home() as home:
    page = home.file("short.md", PAGE)
    server = Pulse(home)
    try:
        home.must("render", page, "-o", "a.wav", "--set", "out-file.format=float")
        _, session = wav(home.file("a.wav"))
        for output in ("portaudio", "alsa"):
            server.record(home.file("cap.raw"))
            home.must("play", page, "--quiet", "--lead-in", "500ms", "--output", output)
            server.stop_recording()
            check_same(session, raw_floats(home.file("cap.raw")), 2, f"PulseAudio, {output}")
    finally:
        server.close()
