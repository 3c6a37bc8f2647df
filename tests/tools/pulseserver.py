# SPDX-License-Identifier: GPL-3.0-or-later
"""A private PulseAudio with a null sink that keeps float samples as they are."""
import os
import subprocess
import time

from limbertest import need, skip

CONFIG = """load-module module-native-protocol-unix
load-module module-null-sink sink_name=n rate=48000 channels=2 format=float32le norewinds=1
set-default-sink n
"""


class Pulse:
    def __init__(self, home):
        need("pulseaudio", "pactl", "parec")
        self.home = home
        self.config = home.file("null.pa", CONFIG)
        home.file(".asoundrc", "pcm.!default { type pulse }\nctl.!default { type pulse }\n")
        self.server = self.recorder = None
        self.start()

    def start(self):
        self.server = subprocess.Popen(["pulseaudio", "-n", "-F", self.config, "--exit-idle-time=-1", "--daemonize=no",
                                        "--log-target=stderr", "--log-level=error"], env=self.home.env,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while subprocess.run(["pactl", "info"], env=self.home.env, capture_output=True).returncode != 0:
            if time.monotonic() > deadline or self.server.poll() is not None:
                skip("pulseaudio does not start here")

    def record(self, path):
        """Records the sink's monitor into a raw float file until stop_recording()."""
        self.capture = path
        self.out = open(path, "wb")
        self.recorder = subprocess.Popen(["parec", "-d", "n.monitor", "--format=float32le", "--rate=48000", "--channels=2",
                                          "--latency-msec=20", "--raw"], env=self.home.env, stdout=self.out)
        while os.path.getsize(path) == 0 and self.recorder.poll() is None:
            pass

    def stop_recording(self):
        self.recorder.terminate()
        self.recorder.wait()
        self.out.close()

    def kill(self):
        self.server.kill()
        self.server.wait()

    def close(self):
        if self.recorder and self.recorder.poll() is None:
            self.stop_recording()
        if self.server.poll() is None:
            self.kill()
