# SPDX-License-Identifier: GPL-3.0-or-later
"""A real `limber serve` with everything around it that a service manager and a person are: its notifications, its log, its socket."""
import json
import os
import select
import signal
import socket
import subprocess

from limbertest import LIMBER, check, fail

PATIENCE_S = 60


class Manager:
    """Hears what a service manager would: datagrams of sd_notify(3), on an abstract name."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("")  # the kernel chooses an abstract name
        self.socket.settimeout(PATIENCE_S)
        self.name = "@" + self.socket.getsockname()[1:].decode()
        self.heard = []

    def wait_for(self, true):
        """The first message from now on that is as wanted."""
        while True:
            try:
                message = self.socket.recv(4096).decode()
            except TimeoutError:
                fail(f"the service manager heard nothing of that; before: {self.heard[-8:]}")
            self.heard.append(message)
            if true(message):
                return message

    def close(self):
        self.socket.close()


class Client:
    """A connection to control-socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(path)
        self.bytes = b""
        greeting = self.line()
        check(greeting.startswith("limber 1 "), f"greeting: {greeting}")

    def line(self):
        while b"\n" not in self.bytes:
            piece = self.socket.recv(65536)
            if not piece:
                return None
            self.bytes += piece
        line, _, self.bytes = self.bytes.partition(b"\n")
        return line.decode()

    def ask(self, request):
        """Its answer; status lines on the way are dropped."""
        self.socket.sendall(request.encode() + b"\n")
        while True:
            line = self.line()
            if line is None or not line.startswith("* "):
                return line

    def do(self, request):
        """For one that subscribes: the answer must be ok, and comes with the next status()."""
        self.socket.sendall(request.encode() + b"\n")

    def status(self, true):
        """Reads status lines (after `subscribe`) until one is as wanted."""
        while True:
            line = self.line()
            check(line and (line.startswith("* ") or line.startswith("ok")), f"a status was expected: {line}")
            document = json.loads(line[2:]) if line.startswith("* ") else {}
            if document and true(document):
                return document

    def close(self):
        self.socket.close()


class Box:
    """limber serve, with control-socket and a pretended device."""

    def __init__(self, home, *options, output="null", control=("--control", "socket"), env=None, watchdog_ms=None):
        self.home = home
        self.path = os.path.join(home.path, "run", "limber", "control.sock")
        self.manager = Manager()
        self.log = ""
        environment = dict(home.env, NOTIFY_SOCKET=self.manager.name, **(env or {}))
        if watchdog_ms:
            environment["WATCHDOG_USEC"] = str(watchdog_ms * 1000)
        read, write = os.pipe()
        self.pipe = read
        os.set_blocking(read, False)
        output = ["--output", output] if output else []
        self.process = subprocess.Popen([LIMBER, "serve", *output, *control, "--lead-in", "0", *options], env=environment, cwd=home.path,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=write)
        os.close(write)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.pipe)
        self.manager.close()

    def ready(self):
        self.manager.wait_for(lambda message: message == "READY=1")
        return self

    def read_log(self, wait):
        """Adds what was logged; False: there will be no more, or nothing came in time."""
        if wait and not select.select([self.pipe], [], [], PATIENCE_S)[0]:
            return False
        try:
            piece = os.read(self.pipe, 65536)
        except BlockingIOError:
            return True
        self.log += piece.decode()
        return bool(piece)

    def wait_log(self, text, times=1):
        while self.log.count(text) < times:
            if not self.read_log(True) and self.log.count(text) < times:
                fail(f"\"{text}\" was not logged:\n{self.log}")

    def client(self):
        return Client(self.path)

    def end(self, number=signal.SIGTERM, status=0):
        """Ends it, and waits; its exit status must be this one (None: any)."""
        self.process.send_signal(number)
        return self.ended(status)

    def ended(self, status=0):
        while self.read_log(True):
            pass
        code = self.process.wait(PATIENCE_S)
        check(status is None or code == status, f"exit status {code}, not {status}:\n{self.log}")
        return self.log

    def memory_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))
