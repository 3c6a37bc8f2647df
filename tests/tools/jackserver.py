# SPDX-License-Identifier: GPL-3.0-or-later
"""A private JACK server with the dummy driver."""
import os
import subprocess

from limbertest import need, skip


class Jack:
    def __init__(self, home):
        need("jackd", "jack_wait")
        self.home = home
        home.env.update(JACK_DEFAULT_SERVER=f"limber{os.getpid()}")
        self.log = home.file("jackd.log")
        self.start()

    def start(self):
        with open(self.log, "a", encoding="utf-8") as log:
            self.server = subprocess.Popen(["jackd", "--no-realtime", "-d", "dummy", "-r", "48000", "-p", "256", "-P", "2", "-C", "2",
                                            "-m"], env=self.home.env, stdout=log, stderr=log)
        if subprocess.run(["jack_wait", "-w", "-t", "10"], env=self.home.env, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.close()
            skip("jackd does not start here")

    def xruns(self):
        """How often the server said that it was late."""
        with open(self.log, encoding="utf-8") as file:
            return sum("xrun" in line.lower() or "Process error" in line for line in file)

    def kill(self):
        self.server.kill()
        self.server.wait()

    def close(self):
        self.server.terminate()  # killed, it would leave its place in the system's registry of servers taken
        try:
            self.server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()
