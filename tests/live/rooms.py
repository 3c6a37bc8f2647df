# SPDX-License-Identifier: GPL-3.0-or-later
"""A session in two rooms at once: a real snapserver reads the pipe, two snapclients play. It is paused and goes on; the server is
killed in its middle and started again, and the session waits for it. All of the session is heard, in both rooms, at the same time.

Snapcast keeps its clients together by leaving out or repeating single frames, so what is compared are pieces of 50 ms: those
without a correction are the rendering's, sample by sample."""
import os
import socket
import statistics
import subprocess
import threading
import time

from limbertest import LIMBER, Home, array, check, need, wav
from pieces import PIECE, RATE, longest_gap, pieces, place_of
from ptyterminal import Terminal

BUFFER_MS = 400
PAGE = """---
announce: none
---
# A class

Stand tall, and let your arms hang. `hold 3s`

Now lift both arms over your head, and stretch. `hold 1s` Lower your arms again.

Shake your hands, and rest.
"""

need("snapserver", "snapclient")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, home):
        self.home = home
        self.port, self.control = free_port(), free_port()
        self.fifo = home.file("snapfifo")
        self.config = home.file("snapserver.conf", f"""[server]
datadir = {home.path}
pidfile = {home.path}/snapserver.pid
[http]
enabled = false
[tcp]
bind_to_address = 127.0.0.1
port = {self.control}
[stream]
bind_to_address = 127.0.0.1
port = {self.port}
source = pipe://{self.fifo}?name=limber&sampleformat=48000:16:2&mode=create
codec = pcm
buffer = {BUFFER_MS}
""")
        self.start()

    def start(self):
        log = open(self.home.file("snapserver.log"), "a", encoding="utf-8")
        self.process = subprocess.Popen(["snapserver", "-c", self.config], env=self.home.env, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                check(self.process.poll() is None, "snapserver does not run")
        check(False, "snapserver does not listen")

    def kill(self):
        self.process.kill()
        self.process.wait()


class Room:
    """A client whose sound comes out of a pipe, in real time: what was heard, and when."""

    def __init__(self, home, server, name):
        self.name = name
        self.heard = []  # (time, bytes so far)
        self.data = bytearray()
        self.process = subprocess.Popen(["snapclient", "-h", "127.0.0.1", "-p", str(server.port), "--hostID", name, "-i", name[-1],
                                         "--player", "file:filename=stdout", "--logsink", "null"],
                                        env=home.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        fd = self.process.stdout.fileno()
        while True:
            data = os.read(fd, 65536)
            if not data:
                return
            self.data += data
            self.heard.append((time.monotonic(), len(self.data)))

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.thread.join()

    def when(self, frame):
        """When this frame was played: pieces may be late, never early."""
        index = next(i for i, (_, size) in enumerate(self.heard) if size >= 4 * frame)
        near = self.heard[max(0, index - 20):index + 20]
        return min(at - size / 4 / RATE for at, size in near) + frame / RATE


def left_of(room):
    stereo = array.array("h")
    stereo.frombytes(bytes(room.data[:len(room.data) // 4 * 4]))
    check(stereo[0::2] == stereo[1::2], f"{room.name}: both channels are the same")
    return stereo[0::2].tobytes()


with Home() as home:
    home.config("ask-effort: no\n")
    page = home.file("class.md", PAGE)
    home.must("render", page, "-o", "a.wav", "--set", "out-file.format=s16")
    _, session = wav(home.file("a.wav"))
    server = Server(home)
    rooms = [Room(home, server, "room1"), Room(home, server, "room2")]
    terminal = None
    try:
        while any(not room.data for room in rooms):
            time.sleep(0.01)
        terminal = Terminal(home, [LIMBER, "play", page, "--plain", "--output", f"pipe:path={server.fifo},buffer={BUFFER_MS}"])
        terminal.until(r"hold 0:02")
        terminal.press("p")
        terminal.until("paused")
        terminal.press("p")
        terminal.until("Now lift both arms")
        server.kill()
        terminal.until("gone")
        server.start()
        terminal.until("back")
        check(terminal.end() == 0, f"the session ends well: {terminal.text[-800:]}")
    finally:
        if terminal:
            terminal.close()
        for room in rooms:
            room.close()
        server.kill()

    wanted = pieces(session)
    heard = [left_of(room) for room in rooms]
    places = [[place_of(piece, where, 2) for _, piece in wanted] for where in heard]
    for room, found in zip(rooms, places):
        share = sum(place is not None for place in found) / len(wanted)
        missing = [round(at / RATE, 2) for (at, _), place in zip(wanted, found) if place is None]
        print(f"{room.name}: {share:.1%} of {len(wanted)} pieces are the rendering's; corrected: {missing}")
        check(share >= 0.85 and longest_gap(found) * PIECE < 0.5 * RATE, f"{room.name}: too little of the session was heard")
    apart = [abs(rooms[0].when(a) - rooms[1].when(b)) * 1000 for a, b in zip(*places) if a is not None and b is not None]
    print(f"the rooms are {statistics.median(apart):.1f} ms apart (median; worst {max(apart):.1f})")
    check(statistics.median(apart) < 20, "the rooms are together")
