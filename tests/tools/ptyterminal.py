# SPDX-License-Identifier: GPL-3.0-or-later
"""A program on a pseudo terminal: what it shows, keys for it, and whether it leaves the terminal as it was."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

from limbertest import check


class Terminal:
    """A pseudo terminal with a program in it."""

    def __init__(self, home, command, columns=0, env=None):
        self.master, self.slave = pty.openpty()
        if columns:
            fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.text = ""
        self.at = 0
        self.program = subprocess.Popen(command, env=dict(home.env, TERM="xterm", PS1="$ ", **(env or {})), cwd=home.path, stdin=self.slave,
                                        stdout=self.slave, stderr=self.slave, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def until(self, pattern, seconds=30):
        """Reads on until `pattern` appears behind what the last call found. Returns the match."""
        deadline = time.monotonic() + seconds
        while True:
            found = re.compile(pattern).search(self.text, self.at)
            if found:
                self.at = found.end()
                return found
            check(time.monotonic() < deadline, f"the terminal never showed {pattern}: {self.text[-1500:]}")
            if select.select([self.master], [], [], 0.1)[0]:
                self.text += os.read(self.master, 4096).decode("utf-8", "replace")

    def press(self, keys):
        os.write(self.master, keys.encode())

    def restored(self):
        return termios.tcgetattr(self.slave) == self.before

    def end(self):
        deadline = time.monotonic() + 20
        while self.program.poll() is None:
            check(time.monotonic() < deadline, f"the program does not end: {self.text[-1500:]}")
            if select.select([self.master], [], [], 0.1)[0]:
                self.text += os.read(self.master, 4096).decode("utf-8", "replace")
        return self.program.returncode

    def close(self):
        if self.program.poll() is None:
            self.program.kill()
            self.program.wait()
        os.close(self.master)
        os.close(self.slave)
