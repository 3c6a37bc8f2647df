# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sink of PulseAudio plays, recorded however often the server goes."""
import array
import os
import subprocess
import threading
import time

from limbertest import check


class Ear:
    """Records the monitor of a sink for as long as its server lives. What all of them heard is asked for at the end."""
    all = []

    def __init__(self, home, sink):
        self.data = bytearray()
        self.began = threading.Event()
        self.process = subprocess.Popen(["parec", "-d", f"{sink}.monitor", "--format=float32le", "--rate=48000", "--channels=2",
                                         "--latency-msec=20", "--raw"], env=home.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.thread = threading.Thread(target=self.read)
        self.thread.start()
        Ear.all.append(self)

    def read(self):
        while True:
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                return
            self.data += data
            self.began.set()

    @classmethod
    def frames(cls):
        """How much all of them have heard so far: a mark in what end() gives."""
        return sum(len(ear.data) // 8 for ear in cls.all)

    @classmethod
    def hears(cls):
        """Waits until something is heard from now on."""
        ear = cls.all[-1]
        start = len(ear.data)
        while not any(ear.data[start:]):
            check(ear.thread.is_alive(), "the recorder has ended")
            time.sleep(0.02)

    @classmethod
    def end(cls):
        """The left channels of all, one behind the other."""
        heard = bytearray()
        for ear in cls.all:
            ear.process.terminate()
            ear.process.wait()
            ear.thread.join()
            stereo = array.array("f")
            stereo.frombytes(bytes(ear.data[:len(ear.data) // 8 * 8]))
            heard += stereo[0::2].tobytes()
        cls.all = []
        return bytes(heard)
