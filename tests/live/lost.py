# SPDX-License-Identifier: GPL-3.0-or-later
"""The device goes away in the middle of the session and comes back: no sample of the session is lost. (Real servers: recover.py.)"""
from limbertest import Home, array, check, first_nonzero, raw_floats, wav

PAGE = """# A short one

Stand tall. `hold 6s` Breathe slowly and let your shoulders sink.

- `in 2s` In.
- `out 2s` Out.
"""


def strip(samples):
    """Without zeros at either end."""
    start = first_nonzero(samples)
    end = len(samples)
    while samples[end - 1] == 0:
        end -= 1
    return samples[start:end]


def squeeze(samples):
    """The samples that are not zero: silence in between may grow while the device is away, the rest may not change."""
    return array.array("f", (s for s in samples if s != 0))


with Home() as home:
    page = home.file("short.md", PAGE)
    home.must("render", page, "-o", "a.wav", "--set", "out-file.format=float")
    _, session = wav(home.file("a.wav"))

    # The null output loses its device at a given frame and knows what had been played by then.
    for at in (48000, 100001, 300123):
        capture = home.file(f"lost{at}.raw")
        home.must("play", page, "--quiet", "--lead-in", "0", "--output",
                  f"null:lose-at={at},latency=2400,capture={capture},return-after=2")
        played = raw_floats(capture)
        channels = 2 if len(played) > 1.5 * len(session) else 1
        if strip(played[::channels]) != strip(session):
            check(squeeze(played[::channels]) == squeeze(session), f"lost at frame {at}: samples differ from the rendering")
        print(f"lost at frame {at}: nothing of the session was lost")
