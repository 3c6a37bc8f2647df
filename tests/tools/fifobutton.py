# SPDX-License-Identifier: GPL-3.0-or-later
"""A button for control-evdev on a machine without input devices: a FIFO, which tests/box/fakebutton.c makes a device of the kernel."""
import os
import struct
import time

from limbertest import BUILD, skip

KEY_PLAYPAUSE = 164
EV_SYN, EV_KEY = 0, 1
LIBRARY = os.path.join(BUILD, "tests", "box", "libfakebutton.so")


class Button:
    """`env`: for the program that is to see it; its option control-evdev.folder is `folder`."""

    def __init__(self, home):
        if not os.path.exists(LIBRARY):
            skip(f"there is no {LIBRARY}")
        self.folder = home.file("input")
        os.mkdir(self.folder, 0o755)
        path = os.path.join(self.folder, "event0")
        os.mkfifo(path, 0o600)
        self.fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self.env = {"LD_PRELOAD": LIBRARY}

    def key(self, value, at_ns):
        for kind, code, number in ((EV_KEY, KEY_PLAYPAUSE, value), (EV_SYN, 0, 0)):
            os.write(self.fd, struct.pack("llHHi", at_ns // 10**9, at_ns % 10**9 // 1000, kind, code, number))

    def press(self, times=1, long_ms=80, between_ms=150):
        """Presses as a finger would, in real time: the grammar of the button is one of times. What comes later is another row of presses."""
        for _ in range(times):
            for value, pause_ms in ((1, long_ms), (0, between_ms)):
                self.key(value, time.monotonic_ns())
                time.sleep(pause_ms / 1000)
        time.sleep(0.5)

    def close(self):
        os.close(self.fd)
