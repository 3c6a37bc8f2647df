# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole routine through ALSA's file device, by PortAudio and directly: the capture must be the rendering, bit for bit."""
import os
import sys

from limbertest import SOURCE, Home, array, check_same, raw_floats, raw_shorts, wav

ROUTINES = sys.argv[1:] or ["scripts/upper-back-relief.md"]


def raw_24(path):
    """Samples of 32 bits, of which 24 are used, as floats."""
    samples = array.array("i")
    with open(path, "rb") as file:
        samples.frombytes(file.read())
    return array.array("f", (sample / 2**31 for sample in samples))


FORMATS = (("portaudio", "float", "float", raw_floats), ("portaudio", "s16", "s16", raw_shorts),
           ("alsa", "auto", "float", raw_floats), ("alsa", "s16", "s16", raw_shorts), ("alsa", "s32", "float", raw_24))

for routine in ROUTINES:
    page = os.path.join(SOURCE, routine)
    for output, played, rendered, read in FORMATS:
        with Home() as home:
            home.file(".asoundrc", 'pcm.!default { type file slave.pcm "null" file "%s" format "raw" }\n' % home.file("cap.raw"))
            home.must("render", page, "-o", "a.wav", "--set", f"out-file.format={rendered}")
            done = home.must("play", page, "--quiet", "--coach", "none", "--lead-in", "0", "--output", f"{output}:device=default,wait=yes,format={played}")
            assert done.stderr == "", done.stderr
            channels, session = wav(home.file("a.wav"))
            assert channels == 1
            if played == "s32":
                session = array.array("f", (max(-2**23, min(round(sample * 2**23), 2**23 - 1)) / 2**23 for sample in session))
            check_same(session, read(home.file("cap.raw")), 2, f"{routine}, {output}, {played}")
