# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole routine through PortAudio and ALSA's file device: the capture must be the rendering, bit for bit."""
import os
import sys

from limbertest import SOURCE, Home, check_same, raw_floats, raw_shorts, wav

ROUTINES = sys.argv[1:] or ["scripts/upper-back-relief.md"]

for routine in ROUTINES:
    page = os.path.join(SOURCE, routine)
    for fmt, read in (("float", raw_floats), ("s16", raw_shorts)):
        with Home() as home:
            home.file(".asoundrc", 'pcm.!default { type file slave.pcm "null" file "%s" format "raw" }\n' % home.file("cap.raw"))
            home.must("render", page, "-o", "a.wav", "--set", f"out-file.format={fmt}")
            home.must("play", page, "--quiet", "--lead-in", "0", "--output", f"portaudio:device=default,wait=yes,format={fmt}")
            channels, session = wav(home.file("a.wav"))
            assert channels == 1
            check_same(session, read(home.file("cap.raw")), 2, f"{routine}, {fmt}")
