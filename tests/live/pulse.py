# SPDX-License-Identifier: GPL-3.0-or-later
"""A routine through PulseAudio, by PortAudio and by ALSA, in real time: bit for bit, the last sample included.

On a busy machine the server's buffers run dry, and silence comes in between. A try in which everything was heard, but with breaks, is
tried again; one in which something was not heard is a failure."""
from limbertest import Home, check, check_same, raw_floats, skip, wav
from pieces import contains, pieces, place_of
from pulseserver import Pulse

TRIES = 3
PAGE = """# A short one

Stand tall. `hold 6s` Breathe.

- `in 2s` In.
- `out 2s` Out.
"""


def through(server, home, output, session):
    """Whether it came through in one piece."""
    server.record(home.file("cap.raw"))
    home.must("play", page, "--quiet", "--lead-in", "500ms", "--output", output)
    server.stop_recording()
    heard = raw_floats(home.file("cap.raw"))
    if contains(heard, session):
        check_same(session, heard, 2, f"PulseAudio, {output}")
        return True
    left = heard[0::2].tobytes()
    places = [place_of(piece, left, 4) for _, piece in pieces(session)]
    check(sum(place is None for place in places) <= len(places) // 5, f"{output}: not all was heard")
    check(places[-1] is not None, f"{output}: the end was not heard")
    print(f"{output}: all was heard, with breaks")
    return False


with Home() as home:
    page = home.file("short.md", PAGE)
    home.must("render", page, "-o", "a.wav", "--set", "out-file.format=float")
    _, session = wav(home.file("a.wav"))
    server = Pulse(home)
    try:
        for output in ("portaudio", "alsa"):
            if not any(through(server, home, output, session) for _ in range(TRIES)):
                skip("the machine is too busy for a sound server")
    finally:
        server.close()
