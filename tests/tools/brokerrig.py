# SPDX-License-Identifier: GPL-3.0-or-later
"""A real mosquitto on a port of the test's own, and a client of MQTT 3.1.1 as small as can be, which sends whatever bytes it is told to."""
import json
import os
import select
import socket
import ssl
import struct
import subprocess
import time

from limbertest import check, fail

PATIENCE_S = 60


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


class Broker:
    """mosquitto with these lines of configuration; `tls`: a folder with ca.pem, broker.pem and broker.key."""

    def __init__(self, home, *lines, tls=None, passwords=None):
        self.home, self.port, self.tls, self.process = home, free_port(), tls, None
        lines = [f"listener {self.port} 127.0.0.1", "user root", "log_dest stderr", "log_type notice", "log_type information", "connection_messages false", f"allow_anonymous {'false' if passwords else 'true'}", *lines]
        if tls:
            lines += [f"cafile {tls}/ca.pem", f"certfile {tls}/broker.pem", f"keyfile {tls}/broker.key"]
        if passwords:
            lines.append(f"password_file {home.path}/passwords")
            home.file("passwords", "")
            for user, password in passwords.items():
                subprocess.run(["mosquitto_passwd", "-b", home.file("passwords"), user, password], check=True, capture_output=True)
        self.config = home.file(f"mosquitto-{self.port}.conf", "\n".join(lines) + "\n")

    def __enter__(self):
        return self.start()

    def __exit__(self, *ignored):
        self.kill()

    def start(self):
        path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
        self.process = subprocess.Popen(["mosquitto", "-c", self.config], env=dict(os.environ, PATH=path), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.log = b""
        self.wait_log("running")
        return self

    def wait_log(self, text, times=1):
        while self.log.count(text.encode()) < times:
            check(select.select([self.process.stderr], [], [], PATIENCE_S)[0], f"mosquitto: no \"{text}\":\n{self.log.decode()}")
            piece = os.read(self.process.stderr.fileno(), 65536)
            check(piece, f"mosquitto ended:\n{self.log.decode()}")
            self.log += piece

    def drain(self):
        while select.select([self.process.stderr], [], [], 0)[0]:
            piece = os.read(self.process.stderr.fileno(), 65536)
            if not piece:
                break
            self.log += piece

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stderr.close()
        self.process = None

    def client(self, name, user=None, password=None):
        return Client(self.port, name, self.tls, user, password)


def text(value):
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack(">H", len(data)) + data


def packet(kind, body):
    size, length = b"", len(body)
    while True:
        length, digit = divmod(length, 128)
        size += bytes([digit | (128 if length else 0)])
        if not length:
            return bytes([kind]) + size + body


class Client:
    """Subscribes to everything; `kept` is what the broker said last on each topic, `heard` all of it in order."""

    def __init__(self, port, name, tls=None, user=None, password=None):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
        if tls:
            self.socket = ssl.create_default_context(cafile=f"{tls}/ca.pem").wrap_socket(self.socket, server_hostname="localhost")
        flags = 2 | (0xC0 if user else 0)
        self.bytes, self.kept, self.heard = b"", {}, []
        self.socket.sendall(packet(0x10, text("MQTT") + bytes([4, flags, 0, 0]) + text(name) + (text(user) + text(password) if user else b"")))
        kind, body = self.packet()
        check(kind == 0x20 and body[1] == 0, f"the broker says {body}")
        self.socket.sendall(packet(0x82, b"\0\1" + text("#") + b"\0"))
        while self.packet()[0] != 0x90:
            pass

    def packet(self, patience=PATIENCE_S):
        """The next one, or None: there is none in time."""
        deadline = time.monotonic() + patience
        while True:
            if len(self.bytes) >= 2:
                length, shift, at = 0, 0, 1
                while at < len(self.bytes):
                    length |= (self.bytes[at] & 127) << shift
                    shift, at = shift + 7, at + 1
                    if not self.bytes[at - 1] & 128:
                        break
                if not self.bytes[at - 1] & 128 and len(self.bytes) >= at + length:
                    kind, body, self.bytes = self.bytes[0], self.bytes[at:at + length], self.bytes[at + length:]
                    return self.note(kind, body)
            pending = isinstance(self.socket, ssl.SSLSocket) and self.socket.pending()
            if not pending and not select.select([self.socket], [], [], max(0, deadline - time.monotonic()))[0]:
                return None
            piece = self.socket.recv(65536)
            check(piece, "the broker has closed the connection")
            self.bytes += piece

    def note(self, kind, body):
        if kind >> 4 == 3:
            size = struct.unpack(">H", body[:2])[0]
            topic, payload = body[2:2 + size].decode(), body[2 + size + (2 if kind & 6 else 0):]
            self.kept[topic] = payload
            self.heard.append((topic, payload, bool(kind & 1)))
        return kind, body

    def publish(self, topic, payload, retain=False):
        data = payload if isinstance(payload, bytes) else payload.encode()
        self.socket.sendall(packet(0x31 if retain else 0x30, text(topic) + data))

    def wait(self, topic, true=lambda payload: True):
        """Waits until what was said last on this topic is as wanted."""
        while topic not in self.kept or not true(self.kept[topic].decode()):
            if self.packet() is None:
                fail(f"{topic} is {self.kept.get(topic)}")
        return self.kept[topic].decode()

    def wait_new(self, topic, true=lambda payload: True):
        """… with something that comes from now on."""
        self.kept.pop(topic, None)
        return self.wait(topic, true)

    def state(self, base, true=lambda state: True):
        return json.loads(self.wait(f"{base}/state", lambda payload: true(json.loads(payload))))

    def all_that_is_there(self):
        """Everything that the broker has for us now: a message of our own comes back last."""
        self.publish("test/fence", "fence")
        self.wait_new("test/fence")
        return self.kept

    def close(self):
        self.socket.close()


def certificates(folder):
    """An authority, a certificate of the broker for localhost, and one of a box."""
    os.makedirs(folder)

    def run(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650", "-subj", "/CN=Test",
        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    for name, subject in (("broker", "/CN=localhost"), ("box", "/CN=box")):
        run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject)
        with open(f"{folder}/{name}.ext", "w", encoding="ascii") as out:
            out.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", f"{name}.pem", "-days", "3650", "-extfile", f"{name}.ext")
    return folder
