# SPDX-License-Identifier: GPL-3.0-or-later
"""The page's server, in a host of paper (webhost.c): what it answers, whom it refuses, and that nothing stops it."""
import http.client
import json
import os
import queue
import random
import resource
import socket
import stat
import subprocess
import sys
import threading
import time

from limbertest import Home, check, fail

HOST, PLUGIN = sys.argv[1:3]
SLOW = 60  # s; only for what would otherwise hang


class Web:
    """The plugin with some options; what it tells on stdout comes line by line."""

    def __init__(self, home, *options, start=True):
        self.process = subprocess.Popen([HOST, PLUGIN, *options], env=home.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, bufsize=1)
        self.lines, self.seen = queue.Queue(), []
        threading.Thread(target=self.read, daemon=True).start()
        self.port = 0
        if start:
            self.port = int(self.expect("log 2 listening on ").rsplit(":", 1)[1].strip("/"))
            self.expect("started")

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def expect(self, beginning):
        """The next line that begins so."""
        while True:
            try:
                line = self.lines.get(timeout=SLOW)
            except queue.Empty:
                fail(f"no line \"{beginning}…\" came; last were {self.seen[-5:]}")
            if line is None:
                fail(f"it ended before \"{beginning}…\": {self.seen[-5:]} {self.process.stderr.read()[-3000:]}")
            self.seen.append(line)
            if line.startswith(beginning):
                return line

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def count(self, what):
        self.tell(what)
        return int(self.expect(what + " ").split()[1])

    def stop(self):
        self.tell("quit")
        left = self.expect("stopped ").split()[1]
        status = self.process.wait(SLOW)
        errors = self.process.stderr.read()
        check(status == 0 and left == "0", f"it ended with {status}, {left} watches and timers left behind: {errors[-3000:]}")
        check("Sanitizer" not in errors and "runtime error" not in errors, errors)

    def connect(self, source="127.0.0.1", address="127.0.0.1"):
        connection = socket.create_connection((address, self.port), SLOW, (source, 0) if ":" not in address else None)
        return connection

    def raw(self, data, source="127.0.0.1"):
        """All that comes back until the server closes."""
        with self.connect(source) as connection:
            connection.sendall(data)
            return until_closed(connection)

    def ask(self, method, path, body=None, source="127.0.0.1", address="127.0.0.1", **headers):
        """(status, headers, body); X_Limber=None leaves a header out."""
        connection = http.client.HTTPConnection(address, self.port, timeout=SLOW,
                                                source_address=(source, 0) if ":" not in address else None)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "POST":
            headers.setdefault("X-Limber", "1")
        headers = {name: value for name, value in headers.items() if value is not None}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def status(self, *args, **kwargs):
        return self.ask(*args, **kwargs)[0]

    def events(self, source="127.0.0.1", headers=""):
        return Events(self, source, headers)


def until_closed(connection):
    data = b""
    while True:
        try:
            more = connection.recv(65536)
        except ConnectionResetError:
            return data
        if not more:
            return data
        data += more


class Events:
    """A stream of events, as a browser reads it."""

    def __init__(self, web, source, headers):
        self.socket = web.connect(source)
        self.socket.sendall(f"GET /api/events HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
        self.file = self.socket.makefile("rb")
        self.code = int(self.file.readline().split()[1])
        self.headers = http.client.parse_headers(self.file)
        self.buffer, self.pings = b"", 0

    def chunk(self):
        size = int(self.file.readline() or b"0", 16)
        data = self.file.read(size)
        self.file.readline()
        self.buffer += data
        return size > 0

    def next(self):
        """(id, document) of the next event; None: the end."""
        while True:
            while b"\n\n" not in self.buffer:
                if not self.chunk():
                    return None
            event, self.buffer = self.buffer.split(b"\n\n", 1)
            fields = dict(line.split(b": ", 1) for line in event.split(b"\n"))
            if b"data" in fields:
                check(fields[b"event"] == b"status", f"an event of another kind: {event}")
                return int(fields[b"id"]), json.loads(fields[b"data"])

    def close(self):
        self.file.close()
        self.socket.close()


# --- what it answers ---

def test_page(home):
    web = Web(home, "port=0")
    code, headers, body = web.ask("GET", "/")
    check(code == 200 and b"<html" in body and headers["Content-Type"] == "text/html; charset=utf-8", "the page")
    for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
                        ("X-Frame-Options", "DENY")):
        check(headers[name] == value, f"{name} of the page is {headers[name]}")
    for part in ("default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"):
        check(part in headers["Content-Security-Policy"], f"the policy lacks {part}")
    check("unsafe" not in headers["Content-Security-Policy"], "the policy is weak")
    for name in sorted(os.listdir(os.path.join(os.environ["LIMBER_SOURCE"], "plugins/control-web/page"))):
        path = os.path.join(os.environ["LIMBER_SOURCE"], "plugins/control-web/page", name)
        if os.path.isfile(path) and name.rsplit(".", 1)[-1] in ("html", "js", "css", "svg"):
            code, headers, body = web.ask("GET", "/" + name)
            check(code == 200 and len(body) == int(headers["Content-Length"]), f"{name} is not served")
    tag = web.ask("GET", "/")[1]["ETag"]
    for known, expected in ((tag, 304), (f'"x", W/{tag}', 304), ("*", 304), ('"x"', 200), ("", 200)):
        code, headers, body = web.ask("GET", "/", If_None_Match=known)
        check(code == expected and (code == 200 or body == b""), f"If-None-Match {known}: {code}")
    code, headers, body = web.ask("HEAD", "/")
    check(code == 200 and body == b"" and int(headers["Content-Length"]) > 100, "HEAD")
    for path in ("/none", "/../plugin.c", "/%2e%2e/plugin.c", "/page/index.html", "//etc/passwd", "/index.html%00.js", "/.", "/index.html/"):
        code, headers, body = web.ask("GET", path)
        check(code == 404 or path == "/index.html%00.js", f"{path}: {code}")
    code, headers, body = web.ask("POST", "/")
    check(code == 405 and headers["Allow"] == "GET, HEAD", f"POST of the page: {code} {headers['Allow']}")
    web.stop()


def test_folder(home):
    """For those who work on the page: read anew each time, and nothing beside the folder."""
    os.mkdir(home.file("page"))
    home.file("page/index.html", "<p>one")
    home.file("page/secret.txt", "hidden")
    home.file("outside.js", "hidden")
    os.symlink(home.file("outside.js"), home.file("page/link.js"))
    os.mkdir(home.file("page/folder.js"))
    os.mkfifo(home.file("page/pipe.js"))
    web = Web(home, "port=0", f"page={home.file('page')}")
    check(web.ask("GET", "/")[2] == b"<p>one", "the page of the folder")
    home.file("page/index.html", "<p>two")
    check(web.ask("GET", "/index.html")[2] == b"<p>two", "the page is read anew")
    for path in ("/../outside.js", "/secret.txt", "/link.js", "/folder.js", "/pipe.js", "/.", "/..", "/%2e%2e%2foutside.js"):
        check(web.status("GET", path) == 404, f"{path} is not in the page")
    web.stop()


def test_questions(home):
    web = Web(home, "port=0")
    code, headers, body = web.ask("GET", "/api/ask?q=status")
    check(code == 200 and json.loads(body) == {"state": "idle"}, "status")
    check(headers["Cache-Control"] == "no-store" and headers["Content-Type"] == "application/json; charset=utf-8", "headers of an answer")
    code, headers, body = web.ask("GET", "/api/ask?q=routine%20r%C3%BCcken+frei")
    check(json.loads(body)["question"] == "routine rücken frei", f"a question with an umlaut: {body}")
    for question, expected in (("routine+nothing", 404), ("routine", 400), ("history", 409), ("moves", 500), ("nonsense", 400), ("statusx", 400),
                               ("", 400), ("status%0aquit", 400), ("status%00", 400), ("%ff", 400), ("%c0%80", 400), ("x" * 600, 400),
                               ("save+x", 405), ("delete+x", 405), ("check", 405)):
        code, headers, body = web.ask("GET", f"/api/ask?q={question}")
        check(code == expected and "error" in json.loads(body), f"{question}: {code} {body}")
    check(web.ask("GET", "/api/ask?q=delete+x")[1]["Allow"], "what may be done instead")
    check(web.status("GET", "/api/ask") == 400, "no question")
    page = "# Ä\n".encode() + bytes(range(256)) * 500
    code, headers, body = web.ask("POST", "/api/ask?q=check", page)
    total = 0
    for byte in page:
        total = (total * 31 + byte) % 2**32
    check(code == 200 and json.loads(body) == {"question": "check", "size": len(page), "sum": total}, f"check: {code} {body[:200]}")
    check(web.status("POST", "/api/ask?q=save+mine", page) == 200 and web.status("POST", "/api/ask?q=save+full", b"x") == 507, "save")
    check(web.status("POST", "/api/ask?q=delete+mine") == 200, "delete")
    # Chunked, as a stream is sent.
    code, headers, body = web.ask("POST", "/api/ask?q=check", iter([b"ab", b"c" * 1000]))
    check(code == 200 and json.loads(body)["size"] == 1002, "a body in chunks")
    web.stop()


def test_commands(home):
    web = Web(home, "port=0")
    code, headers, body = web.ask("POST", "/api/command", b"more 10s\n")
    check(code == 200 and json.loads(body) == {"ok": True, "answer": 'done: "more 10s"'}, f"{code} {body}")
    web.expect("command more 10s")
    code, headers, body = web.ask("POST", "/api/command", "dance")
    check(code == 409 and json.loads(body) == {"ok": False, "answer": 'There is no "dance".'}, f"{code} {body}")
    for bad in (b"", b"\n", b"a\nb", b"a\0b", b"\xff", b"\x1b[2J", b"x" * 600, "\u2028".encode(), b"\xed\xa0\x80"):
        check(web.status("POST", "/api/command", bad) == 400, f"{bad[:20]} is no command")
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
        code, headers, body = web.ask(method, "/api/command")
        check(code == 405 and headers["Allow"] == "POST", f"{method}: {code} {headers['Allow']}")
    # Many on one connection, sent before the first was answered.
    one = b"POST /api/command HTTP/1.1\r\nHost: localhost\r\nX-Limber: 1\r\nContent-Length: 5\r\n"
    many = web.raw(b"".join(one + b"\r\nmore%c" % (97 + i % 26) for i in range(200)) + one + b"Connection: close\r\n\r\npause")
    check(many.count(b"HTTP/1.1 200 OK") == 201 and many.endswith(b'"done: \\"pause\\""}'), f"requests in a row: {many.count(b'HTTP/1.1 200')}")
    web.expect("command pause")
    check([line[-1] for line in web.seen if line.startswith("command more")][-200:] == [chr(97 + i % 26) for i in range(200)], "each of them, in their order")
    check(web.status("GET", "/api/none") == 404 and web.status("POST", "/api/none") == 405, "what is not there")
    web.stop()


# --- whom it refuses ---

def test_names(home):
    """DNS rebinding: a page of a stranger whose name leads here."""
    own = socket.gethostname()
    web = Web(home, "port=0", "hosts=box.example.org+limber.test")
    good = ["localhost", "LOCALHOST:1", "127.0.0.1", f"127.0.0.1:{web.port}", "192.168.7.9", "[::1]", "[fe80::1]:80", own, own.split(".")[0] + ".local", own.split(".")[0] + ".home.arpa",
            "box.example.org:443", "Limber.Test", "localhost."]
    bad = ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "box.example.org.evil", "0x7f000001.example", "xlocalhost", "evil.local", own.split(".")[0] + ".fritz.box"]
    broken = ["", "a b", "[::1", "[zz]", "localhost:x", "localhost:123456", "http://localhost", "a@localhost", "a..b", "[127.0.0.1]", "-", "é", ".",
              "x" * 300]
    for hosts, expected in ((good, 200), (bad, 421), (broken, 400)):
        for name in hosts:
            head = web.raw(b"GET /api/ask?q=status HTTP/1.1\r\nHost: " + name.encode() + b"\r\nConnection: close\r\n\r\n")
            check(head.startswith(b"HTTP/1.1 %d " % expected), f"Host {name}: {head[:60]}, not {expected}")
            check(expected == 200 or b'"state"' not in head, f"Host {name}: the status is told")
    for lines in ("", "Host: localhost\r\nHost: evil.example\r\n", "Host: evil.example\r\nHost: localhost\r\n"):
        head = web.raw(f"GET /api/ask?q=status HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
        check(head.startswith(b"HTTP/1.1 400 "), f"{lines!r}: {head[:60]}")
    head = web.raw(b"GET /api/ask?q=status HTTP/1.0\r\n\r\n")
    check(b'"state"' not in head, f"HTTP/1.0 without a host: {head[:60]}")
    check(web.status("GET", "/", Host="evil.example") == 421, "the page itself, by another name")
    web.stop()


def test_forgery(home):
    web = Web(home, "port=0")
    here = f"127.0.0.1:{web.port}"
    for origin, expected in ((f"http://{here}", 200), (f"https://{here}", 200), (None, 200), ("null", 403), ("http://evil.example", 403), (here, 403),
                             (f"http://127.0.0.1:{web.port + 1}", 403), (f"http://{here}.evil.example", 403), (f"ftp://{here}", 403), ("", 403),
                             (f"http://{here}/", 403)):
        check(web.status("POST", "/api/command", b"pause", Origin=origin) == expected, f"Origin {origin}")
    for mark in (None, "", "0", "11", "yes"):
        check(web.status("POST", "/api/command", b"pause", X_Limber=mark) == 403, f"X-Limber {mark}")
    for site, expected in (("same-origin", 200), ("none", 200), ("cross-site", 403), ("same-site", 403)):
        check(web.status("POST", "/api/command", b"pause", Sec_Fetch_Site=site) == expected, f"Sec-Fetch-Site {site}")
        check(web.status("GET", "/api/ask?q=status", Sec_Fetch_Site=site) == expected, f"GET, Sec-Fetch-Site {site}")
    check(web.status("GET", "/api/events", Origin="http://evil.example") == 403, "events for a stranger")
    code, headers, body = web.ask("OPTIONS", "/api/command", Origin="http://evil.example", Access_Control_Request_Method="POST")
    check(code == 405 and not any(name.lower().startswith("access-control") for name in headers), "no stranger's page is let in")
    web.stop()


def paired(web, source="127.0.0.1", agent="Mozilla/5.0 (iPhone; CPU)"):
    """Pairs a phone as a person does; returns its cookie."""
    check(web.status("POST", "/api/pair/begin", source=source) == 200, "a code is said")
    code = web.expect("code ").split()[1]
    status, headers, body = web.ask("POST", "/api/pair", f"{code[:3]} {code[3:]}\n", source=source, User_Agent=agent)
    check(status == 200, f"pairing: {status} {body}")
    web.expect("log 2 ")
    return headers["Set-Cookie"]


def test_pairing(home):
    web = Web(home, "port=0", "pairing=yes")
    for method, path in (("GET", "/api/ask?q=status"), ("POST", "/api/command"), ("GET", "/api/events"), ("GET", "/api/sessions"), ("POST", "/api/unpair"),
                         ("GET", "/api/none"), ("POST", "/api/ask?q=save+x")):
        code, headers, body = web.ask(method, path, b"pause" if method == "POST" else None)
        check(code == 401 and "error" in json.loads(body) and headers["WWW-Authenticate"], f"{method} {path}: {code}")
    check(web.status("GET", "/") == 200, "the page is there to pair with")
    check(web.status("POST", "/api/pair", b"123456") == 403, "no code was asked for")
    for bad in (b"", b"12345", b"1234567", b"12345a", b"x" * 100, "１２３４５６".encode()):
        check(web.status("POST", "/api/pair", bad) == 400, f"{bad} is no code")
    check(web.status("POST", "/api/pair/begin", X_Limber=None) == 403 and web.status("POST", "/api/pair/begin", Origin="http://evil.example") == 403 and
          web.status("GET", "/api/pair/begin") == 405, "nobody else's page makes the box talk")
    cookie = paired(web)
    for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=31536000"):
        check(part in cookie.split("; "), f"the cookie lacks {part}: {cookie}")
    check("Secure" not in cookie and "Domain" not in cookie, cookie)
    value = cookie.split(";")[0]
    check(len(value) == len("limber=") + 64, "256 bits")
    check(web.status("GET", "/api/ask?q=status", Cookie=value) == 200 and web.status("POST", "/api/command", b"pause", Cookie=value) == 200, "paired")
    check(web.status("GET", "/api/ask?q=status", Cookie=f"a=b; limber=short; {value};c=d") == 200, "among other cookies")
    wrong = value[:-1] + ("0" if value[-1] != "0" else "1")
    for cookies in (wrong, value + "0", value[:-1], "limber=", "limber=" + "0" * 64, "xlimber=" + value[7:], value.upper().replace("LIMBER", "Limber"), ""):
        check(web.status("GET", "/api/ask?q=status", Cookie=cookies) == 401, f"cookie {cookies[:20]}…")
    check(web.status("POST", "/api/command", b"pause", Cookie=value, Origin="http://evil.example") == 403, "a paired phone's browser, misled")
    log = "\n".join(line for line in web.seen if line.startswith("log"))
    code = [line.split()[1] for line in web.seen if line.startswith("code")][0]
    check("iPhone" in log and "127.0.0.1" in log and code not in log and value[7:] not in log, f"what is logged: {log}")
    check(web.status("POST", "/api/pair", code.encode()) == 403, "a code is good once")
    web.stop()


def test_locked(home):
    web = Web(home, "port=0", "pairing=yes")
    check(web.status("POST", "/api/pair/begin") == 200, "a code")
    code = web.expect("code ").split()[1]
    wrong = "000000" if code != "000000" else "111111"
    answers = [web.ask("POST", "/api/pair", wrong.encode(), source=f"127.0.0.{10 + i}") for i in range(5)]
    check([answer[0] for answer in answers] == [403, 403, 403, 403, 429], f"five wrong ones: {[answer[0] for answer in answers]}")
    check(json.loads(answers[4][2])["wait"] == 60, "the page is told as well")
    check(int(answers[4][1]["Retry-After"]) == 60, f"a minute: {answers[4][1]['Retry-After']}")
    check(web.status("POST", "/api/pair", code.encode(), source="127.0.0.99") == 429, "the right one comes too late")
    check(web.status("POST", "/api/pair/begin", source="127.0.0.98") == 429, "no new code meanwhile")
    web.expect("log 1 too many wrong codes")
    web.stop()
    # One address may not try, nor make the box talk, again and again; nor may all together.
    web = Web(home, "port=0", "pairing=yes")
    begins = [web.status("POST", "/api/pair/begin") for _ in range(4)]
    check(begins == [200, 200, 429, 429], f"codes for one: {begins}")
    begins = [web.status("POST", "/api/pair/begin", source=f"127.0.1.{i + 1}") for i in range(5)]
    check(begins == [200, 200, 200, 429, 429], f"codes for all: {begins}")
    web.stop()


def test_kept(home):
    """Phones stay paired; the file opens nothing; a pairing can be taken back."""
    web = Web(home, "port=0", "pairing=yes")
    phone = paired(web).split(";")[0]
    tablet = paired(web, "127.0.0.5", "Mozilla/5.0 (Linux; Android 14)").split(";")[0]
    web.stop()
    path = home.file(".local/state/limber/web-sessions")
    text = open(path, encoding="utf-8").read()
    check(stat.S_IMODE(os.stat(path).st_mode) == 0o600 and phone[7:] not in text and "iPhone" in text, f"the file: {text}")
    check(not os.path.exists(path + ".new"), "no leftovers")
    web = Web(home, "port=0", "pairing=yes")
    check(web.status("GET", "/api/ask?q=status", Cookie=phone) == 200, "after a new start")
    check(web.status("GET", "/api/ask?q=status", Cookie="limber=" + text.split("\n")[1].split()[0]) == 401, "a hash is no key")
    listed = json.loads(web.ask("GET", "/api/sessions", Cookie=phone)[2])["sessions"]
    check([(item["device"], item["here"]) for item in listed] == [("iPhone", True), ("Android", False)], f"who is paired: {listed}")
    stream = web.events(headers=f"Cookie: {tablet}\r\n")
    stream.next()
    check(web.status("POST", "/api/unpair", b"none", Cookie=phone) == 404, "one that is not there")
    with web.connect() as slow:  # in the middle of a command
        slow.sendall(f"POST /api/command HTTP/1.1\r\nHost: localhost\r\nX-Limber: 1\r\nCookie: {tablet}\r\nConnection: close\r\nContent-Length: 5\r\n\r\npa".encode())
        check(web.status("POST", "/api/unpair", listed[1]["id"].encode(), Cookie=phone) == 200, "taking one back")
        slow.sendall(b"use")
        check(until_closed(slow).startswith(b"HTTP/1.1 401 "), "what it had begun is not done")
    check(stream.next() is None, "its stream ends at once")
    check(web.status("GET", "/api/ask?q=status", Cookie=tablet) == 401 and web.status("GET", "/api/ask?q=status", Cookie=phone) == 200, "only that one")
    code, headers, body = web.ask("POST", "/api/unpair", Cookie=phone)
    check(code == 200 and "Max-Age=0" in headers["Set-Cookie"] and web.status("GET", "/api/ask?q=status", Cookie=phone) == 401, "its own")
    web.stop()
    web = Web(home, "port=0", "pairing=yes")
    check(web.status("GET", "/api/ask?q=status", Cookie=phone) == 401, "and stays so")
    both = [paired(web, source).split(";")[0] for source in ("127.0.0.1", "127.0.0.2")]
    check(web.status("POST", "/api/unpair", b"all", Cookie=both[0]) == 200, "all")
    check([web.status("GET", "/api/ask?q=status", Cookie=one) for one in both] == [401, 401], "nobody is left")
    web.stop()
    # A damaged file, one that others may write, and a disk that takes nothing.
    for damage in (lambda: open(path, "wb").write(os.urandom(5000)), lambda: open(path, "w").write("limber web sessions 1\n" + "x\n" * 9000),
                   lambda: os.chmod(path, 0o666), lambda: os.truncate(path, 0), lambda: (os.unlink(path), os.mkdir(path))):
        damage()
        web = Web(home, "port=0", "pairing=yes")
        check(web.status("GET", "/api/ask?q=status", Cookie=phone) == 401, "nobody is paired")
        phone = paired(web).split(";")[0]
        check(web.status("GET", "/api/ask?q=status", Cookie=phone) == 200, "pairing works none the less")
        web.stop()
    check(any("forgotten at the next start" in line for line in web.seen + list(web.lines.queue) if line), "it is said")


def test_token(home):
    home.file("token", "0123456789abcdef0123\n")
    os.chmod(home.file("token"), 0o600)
    for option in ("token=0123456789abcdef0123", f"token-file={home.file('token')}"):
        web = Web(home, "port=0", "pairing=yes", option)
        for value, expected in (("Bearer 0123456789abcdef0123", 200), ("bearer  0123456789abcdef0123", 200), ("Bearer 0123456789abcdef012", 401),
                                ("Bearer 0123456789abcdef01234", 401), ("Bearer ", 401), ("Basic 0123456789abcdef0123", 401), ("Bearer " + "x" * 5000, 401)):
            check(web.status("GET", "/api/ask?q=status", Authorization=value) == expected, f"{value[:40]}: {expected}")
        check(web.status("POST", "/api/command", b"pause", Authorization="Bearer 0123456789abcdef0123") == 200, "a script commands")
        web.stop()
    for options, words in ((("token=short",), "16 characters"), (("hosts=a/b",), "hosts"), (("token-file=/none",), "No such file"),
                           (("bind=nowhere",), "is no address"), (("bind=1.2.3.4.5",), "is no address")):
        web = Web(home, "port=0", *options, start=False)
        check(words in web.expect("log 0 ") and web.process.wait(SLOW) == 1, f"{options}")
    os.chmod(home.file("token"), 0o644)
    web = Web(home, "port=0", f"token-file={home.file('token')}", start=False)
    check("chmod 600" in web.expect("log 0 "), "others may read the token")
    web.process.wait(SLOW)
    web = Web(home, "port=0")
    other = Web(home, f"port={web.port}", start=False)
    check("another program has it" in other.expect("log 0 ") and other.process.wait(SLOW) == 1, "a port that is taken")
    web.stop()


def own_address():
    """One of this machine that is not loopback, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
            address = probe.getsockname()[0]
        except OSError:
            address = "127.0.0.1"
    return None if address.startswith("127.") else address


def test_who_is_here(home):
    """Without the option: this machine needs no pairing, but who comes through a proxy on it does; so do neighbours."""
    web = Web(home, "port=0", "bind=lan", "connections=8")
    check(web.status("GET", "/api/ask?q=status") == 200, "this machine")
    for name in ("X_Forwarded_For", "Forwarded", "X_Real_IP", "X_Forwarded_Host"):
        check(web.status("GET", "/api/ask?q=status", **{name: "10.0.0.1"}) == 401, f"{name}: passed on")
    check(web.status("POST", "/api/pair/begin", X_Forwarded_For="10.0.0.1") == 200, "a phone behind a proxy asks for a code")
    code = web.expect("code ").split()[1]
    cookie = web.ask("POST", "/api/pair", code.encode(), X_Forwarded_For="10.0.0.1", X_Forwarded_Proto="https")[1]["Set-Cookie"]
    check("Secure" in cookie.split("; "), "over TLS the cookie stays on it")
    own = own_address()
    if own:
        check(web.status("GET", "/api/ask?q=status", source=own, address=own) == 401, f"a neighbour ({own})")
        held = [web.connect(own, own) for _ in range(8)]
        for connection in held:
            connection.sendall(b"GET /")
        until(lambda: web.status("GET", "/", source=own, address=own) == 503, "a neighbour takes all places")
        check(web.status("GET", "/") == 200, "one is kept for this machine")
        for connection in held:
            connection.close()
        print(f"neighbours must be paired, and leave room (tried from {own})")
    else:
        print("this machine has no other address: neighbours are not tried")
    web.stop()
    web = Web(home, "port=0", "bind=0.0.0.0", "pairing=no")
    check(any("pairing is off" in line for line in web.seen), "a warning")
    if own:
        check(web.status("GET", "/api/ask?q=status", source=own, address=own) == 200, "everybody, as was asked for")
    web.stop()
    web = Web(home, "port=0")
    try:
        check(web.status("GET", "/api/ask?q=status", address="::1") == 200, "IPv6")
    except OSError:
        print("there is no IPv6 here")
    if own:
        try:
            web.connect(own, own)
            fail("loopback only, and still reached from elsewhere")
        except ConnectionRefusedError:
            pass
    web.stop()


# --- what does not stop it ---

def test_limits(home):
    web = Web(home, "port=0", "connections=12", "per-address=4")
    check(web.status("POST", "/api/ask?q=check", b"x" * 262144) == 200, "256 KiB")
    for size in (262145, 1000000, 4000000):
        code, headers, body = web.ask("POST", "/api/ask?q=check", b"x" * size)
        check(code == 413 and "256" in json.loads(body)["error"], f"{size} bytes: {code}")
    head = web.raw(b"POST /api/ask?q=check HTTP/1.1\r\nHost: localhost\r\nX-Limber: 1\r\nContent-Length: 999999999999\r\n\r\n")
    check(head.startswith(b"HTTP/1.1 413 "), f"a body without end is refused before it comes: {head[:60]}")
    head = web.raw(b"POST /api/ask?q=check HTTP/1.1\r\nHost: localhost\r\nX-Limber: 1\r\nExpect: 100-continue\r\nContent-Length: 300000\r\n\r\n")
    check(head.startswith(b"HTTP/1.1 413 "), f"and when it asks first: {head[:60]}")
    with web.connect() as connection:
        connection.sendall(b"POST /api/ask?q=check HTTP/1.1\r\nHost: localhost\r\nX-Limber: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            for _ in range(100):
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            reply = until_closed(connection)
        except (BrokenPipeError, ConnectionResetError):
            reply = b""
        check(b" 200 " not in reply[:40], "chunks without end")
    head = web.raw(b"POST /api/command HTTP/1.1\r\nHost: localhost\r\nX-Limber: 1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    check(head.startswith(b"HTTP/1.1 400"), f"two lengths: {head[:60]}")
    head = web.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 40000 + b"\r\n\r\n")
    check(head.startswith(b"HTTP/1.1 431 ") or head == b"", f"long headers: {head[:60]}")
    # Connections: so many of one address, so many in all; those who are turned away are told.
    held = [web.connect("127.0.0.2") for _ in range(4)]
    for connection in held:
        connection.sendall(b"GET /")
    check(web.status("GET", "/api/ask?q=status", source="127.0.0.2") == 503, "a fifth connection of one address")
    check(web.status("GET", "/api/ask?q=status", source="127.0.0.3") == 200, "others get theirs")
    for i in range(8):
        held.append(web.connect(f"127.0.1.{i + 1}"))
        held[-1].sendall(b"GET /")
    check(web.status("GET", "/api/ask?q=status", source="127.0.2.1") == 503, "all places are taken")
    for connection in held:
        connection.close()
    while web.status("GET", "/api/ask?q=status") == 503:
        pass
    # Streams leave room for questions: three quarters of all.
    streams = [web.events(f"127.0.0.{20 + i}") for i in range(10)]
    check([stream.code for stream in streams] == [200] * 9 + [503], f"streams: {[stream.code for stream in streams]}")
    for stream in streams:
        stream.close()
    web.stop()


def test_slow(home):
    """Whoever sends a byte now and then is cut off, whatever he is at."""
    web = Web(home, "port=0", "timeout=1")
    half = b"GET /api/ask?q=status HTTP/1.1\r\nHost: localhost\r\n"
    for name, beginning, drip in (("headers", half, b"X: y\r\n"), ("nothing", b"", b""), ("a line", b"G", b"E"),
                                  ("a body", b"POST /api/ask?q=check HTTP/1.1\r\nHost: localhost\r\nX-Limber: 1\r\nContent-Length: 99999\r\n\r\n", b"x"),
                                  ("a second request", half + b"\r\n" + b"GET", b"x")):
        with web.connect() as connection:
            connection.sendall(beginning)
            connection.settimeout(0.1)
            data, closed = b"", False
            for _ in range(600):
                try:
                    more = connection.recv(65536)
                    data += more
                    closed = not more
                except TimeoutError:
                    pass
                except ConnectionError:
                    closed = True
                if closed:
                    break
                try:
                    connection.sendall(drip)
                except ConnectionError:
                    closed = True
                    break
            check(closed, f"slow with {name}: still connected")
    # A stream whose reader takes nothing: it is told the newest only, and closed when one event takes too long. Others go on.
    stalled, lively = web.events("127.0.0.7"), web.events("127.0.0.8")
    lively.next()
    there = web.count("descriptors")
    filler = "x" * 30000
    for number in range(400):
        web.tell(f'status {{"n":{number},"filler":"{filler}"}}')
        while lively.next()[1]["n"] != number:
            pass
    memory = web.count("memory")
    until(lambda: web.count("descriptors") < there, "a stalled stream is kept for ever")
    web.tell('status {"n":"more"}')
    check(lively.next()[1] == {"n": "more"}, "the lively one goes on")
    print(f"a stalled stream among 12 MB of events: {memory} KiB in all, then it is closed")
    stalled.close()
    lively.close()
    web.stop()


def until(condition, why):
    """Asks the server again and again; the limit is for what would otherwise hang."""
    end = time.monotonic() + SLOW
    while not condition():
        check(time.monotonic() < end, why)


def test_streams(home):
    """A hundred who listen; each is told the newest, and who comes back is told all again."""
    web = Web(home, "port=0", "connections=160")
    before = web.count("descriptors"), web.count("memory")
    streams = [web.events(f"127.0.3.{1 + i // 10}") for i in range(100)]
    check(all(stream.code == 200 and stream.headers["Content-Type"] == "text/event-stream" for stream in streams), "100 streams")
    first = [stream.next() for stream in streams]
    check(all(event == (1, {"state": "idle"}) for event in first), f"all are told at once: {first[:3]}")
    for number in range(50):
        web.tell(f'status {{"n":{number}}}')
        web.tell(f'status {{"n":{number}}}')  # the same again is no news
    for stream in streams:
        last = 1
        while last != 51:
            number, document = stream.next()
            check(number > last and document == {"n": number - 2}, f"after event {last} came {number}: {document}")
            last = number
    after = web.count("descriptors"), web.count("memory")
    print(f"100 streams: {after[0] - before[0]} descriptors, {after[1] - before[1]} KiB")
    check(after[0] - before[0] == 100, "a descriptor each")
    check(web.status("GET", "/api/ask?q=status") == 200, "questions are answered beside them")
    for stream in streams[:99]:
        stream.close()
    again = web.events(headers="Last-Event-ID: 7\r\n")
    check(again.next() == (51, {"n": 49}), "who comes back is told what is")
    web.tell('status {"n":"last"}')
    check(again.next()[1] == {"n": "last"} and streams[99].next()[1] == {"n": "last"}, "and what is new")
    check(web.status("HEAD", "/api/events") == 200, "HEAD of a stream")
    web.stop()  # with two that sleep
    check(again.next() is None, "the end is told")


def test_idle(home):
    """Nobody is connected: no timer runs, so nothing wakes the box."""
    web = Web(home, "port=0", "timeout=1")
    quiet = web.count("lent")
    stream = web.events()
    stream.next()
    check(web.status("GET", "/") == 200 and web.count("lent") > quiet, "a visit")
    stream.close()  # without a word: the next ping finds it gone
    until(lambda: web.count("lent") == quiet, "a timer runs on when nobody is there")
    web.tell('status {"n":1}')
    check(web.count("lent") == quiet, "news for nobody")
    # A stream that sleeps wakes it for its pings only.
    stream = web.events()
    stream.next()
    before = web.count("wakes")
    while stream.pings < 3:
        stream.chunk()
        stream.pings += stream.buffer.count(b": ping")
        stream.buffer = b""
    check(web.count("wakes") - before <= 3 * 4, f"{web.count('wakes') - before} wake-ups for 3 pings")
    stream.close()
    web.stop()


def test_no_descriptors(home):
    """None are left: who knocks waits, nothing spins, and when there are some again it goes on."""
    web = Web(home, "port=0")
    limit = web.count("descriptors")  # some more than there are: the looking itself takes one
    resource.prlimit(web.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
    held = [web.connect() for _ in range(8)]
    for connection in held:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    for connection in held[:2]:
        check(connection.recv(4) == b"HTTP", "those that came in are served")
    web.count("lent")
    before = web.count("wakes")
    for _ in range(50):
        web.count("lent")
    check(web.count("wakes") - before < 25, f"{web.count('wakes') - before} calls for nothing")
    for connection in held:
        connection.close()
    check(web.status("GET", "/") == 200, "it goes on")
    web.stop()


def mangled(rng):
    """A request with something wrong in it."""
    good = [b"GET /api/ask?q=status HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"POST /api/command HTTP/1.1\r\nHost: localhost\r\nX-Limber: 1\r\nContent-Length: 5\r\n\r\npause",
            b"POST /api/pair HTTP/1.1\r\nHost: localhost\r\nX-Limber: 1\r\nCookie: limber=abc\r\nContent-Length: 6\r\n\r\n123456",
            b"POST /api/ask?q=check HTTP/1.1\r\nHost: localhost\r\nX-Limber: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"]
    data = bytearray(rng.choice(good))
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) or 1)
        kind = rng.randrange(7)
        if kind == 0:
            data[at:at + 1] = bytes([rng.randrange(256)])
        elif kind == 1:
            del data[at:at + rng.randint(1, 20)]
        elif kind == 2:
            data[at:at] = rng.choice([b"\r\n", b"\0", b"%", b"%zz", b"\xff\xfe", b": ", b" ", b"\n", b"Host: x\r\n", b"Content-Length: -1\r\n"])
        elif kind == 3:
            data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 60)))
        elif kind == 4:
            data[at:at] = data[at:at + 40] * rng.randint(1, 50)
        elif kind == 5:
            del data[at:]
        else:
            data[at:at] = b"A" * rng.randint(1, 20000)
    return bytes(data)


def test_hostile(home):
    web = Web(home, "port=0", "timeout=1")
    rng = random.Random(5)

    def rounds(count):
        for _ in range(count):
            connection = web.connect(f"127.0.4.{rng.randint(1, 250)}")
            try:
                connection.sendall(mangled(rng))
                how = rng.randrange(3)
                if how == 0:
                    connection.shutdown(socket.SHUT_WR)
                    connection.settimeout(0.02)
                    connection.recv(4096)
                elif how == 1:
                    connection.settimeout(0.005)
                    connection.recv(10)
            except (ConnectionError, TimeoutError, OSError):
                pass
            connection.close()

    quiet = web.count("lent")

    def settled():
        until(lambda: web.count("lent") == quiet, "connections are left behind")
        return web.count("descriptors"), web.count("memory")

    rounds(300)
    before = settled()
    rounds(1000)
    after = settled()
    print(f"1,000 malformed requests: descriptors {before[0]} → {after[0]}, memory {before[1]} → {after[1]} KiB")
    sanitized = b"__asan" in open(PLUGIN, "rb").read()
    check(after[0] == before[0], "descriptors are left behind")
    check(sanitized or after[1] - before[1] < 1024, "memory grows")
    check(web.status("POST", "/api/command", b"pause") == 200, "it goes on")
    web.stop()


def main():
    tests = [function for name, function in globals().items() if name.startswith("test_")]
    wanted = sys.argv[3:]
    for test in tests:
        if wanted and test.__name__[5:] not in wanted:
            continue
        with Home() as home:
            test(home)
        print("good:", test.__name__[5:], flush=True)


main()
