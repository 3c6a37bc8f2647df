# SPDX-License-Identifier: GPL-3.0-or-later
"""The page's server in the real program: a phone that is paired by a spoken code, drives a box, and is known after a new start."""
import http.client
import json
import os
import re
import subprocess

from boxrig import Box
from limbertest import LIMBER, BUILD, Home, check, fail, skip

if not os.path.exists(os.path.join(BUILD, "lib/limber/plugins/control-web.so")):
    skip("control-web was not built")

PATIENCE_S = 60
PAGE = """# Short

Stand tall. `hold 2s`

## Second

Now sit. `hold 300s`
"""
# A voice that notes what it says.
VOICE = """name: spy
languages: [en]
engine: speech-command
options: {{ command: [sh, -c, 'cat >>{said}; head -c 8000 /dev/zero'], format: s16, rate: 16000 }}
license: CC0-1.0
"""


class Phone:
    def __init__(self, port):
        self.port, self.cookie = port, None

    def ask(self, method, path, body=None):
        """(status, document)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        headers = {"X-Limber": "1", "User-Agent": "Mozilla/5.0 (iPhone)"} if method == "POST" else {}
        if self.cookie:
            headers["Cookie"] = self.cookie
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        if answer.headers["Set-Cookie"]:
            self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        text = answer.read().decode()
        connection.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            fail(f"{method} {path}: {text[:200]} is no JSON")

    def must(self, method, path, body=None, expected=200):
        status, document = self.ask(method, path, body)
        check(status == expected, f"{method} {path}: {status} {document}")
        return document

    def command(self, line, expected=200):
        return self.must("POST", "/api/command", line, expected)["answer"]

    def listen(self):
        """The statuses as they come."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        connection.request("GET", "/api/events", headers={"Cookie": self.cookie} if self.cookie else {})
        answer = connection.getresponse()
        check(answer.status == 200, f"events: {answer.status}")
        for line in answer:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


def until(statuses, true):
    for status in statuses:
        if true(status):
            return status
    return fail("the stream ended")


def port_of(box):
    box.wait_log("listening on http://127.0.0.1:")
    return int(re.search(r"listening on http://127\.0\.0\.1:(\d+)/", box.log).group(1))


def prepare(home):
    for path, text in ((".local/share/limber/scripts/short.md", PAGE), (".local/share/limber/voices/spy/voice.yaml", VOICE.format(said=home.file("said"))),
                       (".config/limber/config.yaml", "boot-phrase: no\nidle: 0\nvoice: spy\n")):
        os.makedirs(os.path.dirname(home.file(path)), exist_ok=True)
        home.file(path, text)


def serve(home):
    return Box(home, control=("--control", "web:port=0,pairing=yes"), env={"LIMBER_LOG": "debug", "LIMBER_CONFIG": home.file(".config/limber/config.yaml")}).ready()


def pair(home, box, phone):
    phone.must("GET", "/api/ask?q=status", expected=401)
    phone.must("POST", "/api/pair/begin")
    path, digits = home.file("said"), []
    while len(digits) < 6:  # the voice runs beside the box
        text = open(path, encoding="utf-8").read() if os.path.exists(path) else ""
        digits = re.findall(r"\d", text.partition("Again")[0])
        phone.ask("GET", "/api/ask?q=status")
    code = "".join(digits[:6])
    check(phone.ask("POST", "/api/pair", code)[0] == 200 and phone.cookie, "the code that was said")
    box.wait_log("iPhone at 127.0.0.1 is paired")
    return code


def box_by_phone(home):
    prepare(home)
    with serve(home) as box:
        phone = Phone(port_of(box))
        code = pair(home, box, phone)
        check(phone.must("GET", "/api/ask?q=status")["state"] == "idle", "status")
        check("short" in [routine["name"] for routine in phone.must("GET", "/api/ask?q=routines")["routines"]], "routines")
        check("<h1>" in phone.must("GET", "/api/ask?q=routine+short")["html"], "a routine")
        for question in ("voices", "sounds", "moves", "commands", "history", "history+4", "version"):
            phone.must("GET", f"/api/ask?q={question}")
        phone.must("GET", "/api/ask?q=routine+none", expected=404)
        phone.must("GET", "/api/ask?q=routine+..%2Fshort", expected=404)
        found = phone.must("POST", "/api/ask?q=check", "# X\n\nUp. `hold 2 bananas`\n")
        check(found["diagnostics"][0]["line"] == 3 and not found["playable"], f"check: {found}")
        check("diagnostics" in phone.must("POST", "/api/ask?q=save+mine", "# X\n\nUp. `hold 2 bananas`\n", expected=400), "a page with errors")
        check(phone.must("POST", "/api/ask?q=save+mine", PAGE)["saved"] == "mine", "save")
        check(phone.must("GET", "/api/ask?q=routine+mine")["own"], "what was saved")
        check(phone.must("POST", "/api/ask?q=delete+mine")["deleted"] == "mine", "delete")
        phone.must("GET", "/api/ask?q=routine+mine", expected=404)
        statuses = phone.listen()
        check(next(statuses)["state"] == "idle", "told at once")
        phone.command("next", expected=409)
        phone.command("play short")
        until(statuses, lambda status: status["state"] == "playing" and status["title"] == "Short")
        check(phone.must("POST", "/api/pair/begin", expected=409)["error"], "no code in the middle of a session")
        session = phone.must("GET", "/api/ask?q=session")
        check(session["moves"] and abs(session["moves"][0]["start"] + sum(move["seconds"] for move in session["moves"]) - session["total"]) < 0.01, f"{session}")
        phone.command("pause")
        until(statuses, lambda status: status["state"] == "paused")
        phone.command("level speech -6")
        until(statuses, lambda status: status["levels"]["speech"] == -6)
        phone.command("play")
        until(statuses, lambda status: status["state"] == "playing")
        phone.command("stop")
        until(statuses, lambda status: status["state"] == "idle")
        log = box.end()
        check(code not in log and ", ".join(code) not in log and phone.cookie[7:] not in log, "secrets in the log")
        check(next(statuses, None) is None, "the end is told")
    with serve(home) as box:  # the power was cut, say
        phone.port = port_of(box)
        check(phone.must("GET", "/api/ask?q=status")["state"] == "idle", "known after a new start")
        check(phone.must("GET", "/api/sessions")["sessions"][0]["device"] == "iPhone", "who is paired")
        phone.must("POST", "/api/unpair", "all")
        phone.must("GET", "/api/ask?q=status", expected=401)
        box.end()


def session_by_browser(home):
    """limber play has no library, and needs no pairing on this machine."""
    page = home.file("short.md", PAGE)
    process = subprocess.Popen([LIMBER, "play", page, "--output", "null:speed=20", "--control", "web:port=0", "--quiet"], cwd=home.path,
                               env=dict(home.env, LIMBER_LOG="info"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    found = None
    while not found:
        line = process.stderr.readline()
        check(line, "it does not listen")
        found = re.search(r"listening on http://127\.0\.0\.1:(\d+)/", line)
    phone = Phone(int(found.group(1)))
    statuses = phone.listen()
    status = until(statuses, lambda status: status["state"] == "playing")
    check(status["title"] == "Short", f"{status}")
    check(phone.must("GET", "/api/ask?q=session")["title"] == "Short", "session")
    phone.must("GET", "/api/ask?q=routines", expected=409)
    phone.must("POST", "/api/pair/begin", expected=409)
    phone.command("pause")
    until(statuses, lambda status: status["state"] == "paused")
    phone.command("quit")
    check(process.wait(PATIENCE_S) == 0, process.stderr.read())
    process.stderr.close()


for test in (box_by_phone, session_by_browser):
    with Home() as new:
        test(new)
    print("good:", test.__name__)
