# SPDX-License-Identifier: GPL-3.0-or-later
"""The live path with a virtual clock: the same samples as rendering, for every kind of trouble that the null output can make."""
from limbertest import Home, check, raw_floats, wav

PAGE = """# A session

Stand tall. `hold 6s` Breathe.

- `in 2s` In.
- `out 2s` Out.
"""

with Home() as home:
    page = home.file("page.md", PAGE)
    home.must("render", page, "-o", "a.wav", "--set", "out-file.format=float")
    _, session = wav(home.file("a.wav"))

    def capture(options, channels):
        home.must("play", page, "--quiet", "--lead-in", "0", "--output", f"null:capture=cap.raw,{options}")
        samples = raw_floats(home.file("cap.raw"))
        left = samples[::channels]
        for channel in range(1, channels):
            check(samples[channel::channels] == left, f"{options}: the channels differ")
        start = next(i for i, s in enumerate(left) if s != 0) - next(i for i, s in enumerate(session) if s != 0)
        check(left[start:start + len(session)] == session, f"{options}: not the samples of the rendering")
        check(not any(left[start + len(session):]), f"{options}: something after the end")

    capture("channels=2", 2)
    for buffer in (64, 1000, 4096):
        capture(f"channels=2,buffer={buffer}", 2)
    done = home.run("play", page, "--quiet", "--output", "null:fail-open=yes")
    check(done.returncode == 1 and "no sound" in done.stderr, f"a device that does not open: {done.returncode} {done.stderr}")
