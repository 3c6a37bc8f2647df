# SPDX-License-Identifier: GPL-3.0-or-later
"""A day of the box: a session from the phone's page, one by MQTT, one by a single button; the sound server is killed twice in
mid-sentence, and once the box itself. What came out of the loudspeaker is held against the plan, sentence by sentence; then what was
logged, what the history says, what is left on the disk, and what the program has grown.

usage: day.py [--program PATH], or LIMBER_PROGRAM: the program that is driven, such as an installed one."""
import glob
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time

if sys.argv[1:2] == ["--program"]:
    os.environ["LIMBER_PROGRAM"] = sys.argv[2]

# pylint: disable=wrong-import-position
from boxrig import PATIENCE_S, Box
from brokerrig import Broker, free_port
from ear import Ear
from fifobutton import Button
from limbertest import LIMBER, SOURCE, Home, check, fail, need, skip, wav
from pieces import RATE, gaps, pieces
from pulseserver import Pulse

PAGE = """# Short day

Please stand up straight, and let your arms hang beside you.

## Side stretch `each side`

Lean over to the {side}, slowly. `hold 6s`

## Settle

Sit down on the chair, with both feet on the floor. `hold 8s`

## Shoulder rolls

Roll both shoulders backwards, in wide and easy circles. `hold 6s`
"""
STAND, LEFT, RIGHT, SIT, ROLL = ("Please stand", "Lean over to the left", "Lean over to the right", "Sit down", "Roll both")
WORDS = (STAND, LEFT, RIGHT, SIT, ROLL)
BACK = "The sound was gone"
BACK_PAGE = f"# Back\n\n{BACK}. It is back.\n"  # what the box says in a session after a long loss
SETTINGS = """output: alsa
controls: [socket, web, mqtt, evdev]
lead-in: 500ms
idle: 1s
coach: no
spoken-close: no
plugins:
  control-web: {{ port: {web} }}
  control-mqtt: {{ host: 127.0.0.1, port: {mqtt}, id: day }}
  control-evdev: {{ folder: {folder} }}
"""
BASE = "limber/day"
LOST_MS = 100  # what a recorder may miss when its server, or the box, is killed
BROWSER_SOCKETS = 5  # more or fewer of its six to a server may be open
LONG_LOSS_S = 3.3  # from 3 s on the person is told


def needed():
    for plugin in ("control-web", "control-mqtt", "control-evdev", "control-socket", "out-alsa", "speech-espeak"):
        with Home() as empty:
            if plugin not in empty.must("plugins").stdout:
                skip(f"there is no {plugin}")
    os.environ["PATH"] += os.pathsep + "/usr/sbin"
    need("pulseaudio", "parec", "mosquitto", "node", "npm")


def drain(socket):
    """A service manager hears all day long."""
    socket.settimeout(None)
    try:
        while socket.recv(4096):
            pass
    except OSError:
        pass  # closed


class Watch:
    """What the box tells on its socket, the last of it and what comes."""

    def __init__(self, box):
        self.client, self.asker, self.now, self.seen = box.client(), box.client(), {}, []
        self.client.do("subscribe")

    def until(self, what, true):
        """The first status that is as wanted, the present one included."""
        while not (self.now and true(self.now)):
            try:
                self.now = self.client.status(lambda status: True)
            except TimeoutError:
                last = [{name: s[name] for name in ("state", "move", "side", "bout", "text", "question", "problem")} for s in self.seen[-8:]]
                fail("\n".join([f"{what}: not within {PATIENCE_S} s. Before it:", *map(str, last)]))
            self.seen.append(self.now)
        return self.now

    def says(self, words):
        return self.until(f"says {words}", lambda s: (s["text"] or "").startswith(words) and s["state"] == "playing")

    def holds(self, move, side=None):
        return self.until(f"holds {move}", lambda s: (s["state"], s["move"], s["bout"]) == ("playing", move, "hold") and side in (None, s["side"]))

    def status(self):
        return json.loads(self.asker.ask("ask status")[2:])


class Phone:
    """Chromium with the page open (tests/web/phone.mjs)."""

    def __init__(self, port):
        self.process = subprocess.Popen([sys.executable, os.path.join(SOURCE, "tests/web/run.py"), "phone.mjs", f"http://127.0.0.1:{port}"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.answered("opening the page", 240)

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())
        self.lines.put(None)

    def answered(self, what, patience_s=PATIENCE_S + 10):
        try:
            line = self.lines.get(timeout=patience_s)
        except queue.Empty:
            fail(f"phone: {what}: no answer")
        if line is None or line.startswith("skipped"):
            code = self.process.wait()
            skip(f"the browser: {line}") if code == 77 else fail(f"phone: {what}: it ended ({code})")
        check(line.startswith("done"), f"phone: {what}: {line}")
        return line[5:]

    def do(self, verb, words=""):
        self.process.stdin.write(f"{verb} {words}\n")
        return self.answered(f"{verb} {words}")

    def close(self):
        """What the page complained about, all day long."""
        self.process.stdin.close()
        noise = json.loads(self.lines.get(timeout=PATIENCE_S))
        check(self.process.wait(PATIENCE_S) == 0, "phone: it ended badly")
        return noise


class Day:
    def __init__(self, home):
        self.home = home
        self.home.env["PATH"] = os.environ["PATH"]
        folder = home.file(".local/share/limber/scripts")
        os.makedirs(folder)
        with open(os.path.join(folder, "short-day.md"), "w", encoding="utf-8") as out:
            out.write(PAGE)
        self.server, self.button, self.broker = Pulse(home), Button(home), Broker(home).start()
        self.port = free_port()
        home.config(SETTINGS.format(web=self.port, mqtt=self.broker.port, folder=self.button.folder))
        self.marks, self.figures, self.logs = [], {}, []
        Ear(home, "n").began.wait(PATIENCE_S)
        self.box = self.watch = self.phone = self.home_assistant = None

    def start_box(self):
        self.box = Box(self.home, output=None, control=(), env=self.button.env).ready()
        threading.Thread(target=drain, args=(self.box.manager.socket,), daemon=True).start()
        self.watch = Watch(self.box)
        for line in ("control-web: listening", "control-mqtt: connected", "listening to Test button"):
            self.box.wait_log(line)

    def mark(self, name):
        self.marks.append((name, Ear.frames()))

    def measure(self, name):
        """When the device is closed."""
        deadline = time.monotonic() + PATIENCE_S
        while (self.box.threads(), self.watch.status()["state"]) != (self.figures["threads"], "idle"):
            check(time.monotonic() < deadline, f"{self.box.threads()} threads, {self.figures['threads']} before: the device stays open")
            time.sleep(0.1)
        links = [os.readlink(one) for one in glob.glob(f"/proc/{self.box.process.pid}/fd/*") if os.path.islink(one)]
        sockets = sum(link.startswith("socket:") for link in links)
        self.figures[name] = (self.box.memory_kb(), len(links) - sockets, sockets)

    def server_dies(self, words, stays_away_s=0):
        """In the middle of a sentence."""
        self.watch.says(words)
        Ear.hears()
        self.server.kill()
        self.watch.until("the device is lost", lambda s: s["state"] == "lost" and s["problem"])
        if stays_away_s:
            time.sleep(stays_away_s)
        self.server.start()
        Ear(self.home, "n").began.wait(PATIENCE_S)
        self.watch.until("the device is back", lambda s: s["state"] == "playing" and not s["problem"])

    def same_everywhere(self, **wanted):
        """While nothing moves: the socket, the page and the broker tell the same, and this."""
        socket, web = self.watch.status(), json.loads(self.phone.do("status"))
        for it in (socket, web):
            it["offer"] = None  # its age goes on
        check(socket == web, f"the socket says {socket}, the page {web}")
        for name, value in wanted.items():
            check(socket[name] == value, f"{name}: {socket}")
        names = ("state", "title", "move", "side", "bout", "question", "next")
        self.home_assistant.state(BASE, lambda state: all(state[name] == socket[name] for name in names))

    def ends(self, effort):
        """The question at the end, answered by this, and what is left of it."""
        self.watch.until("asks how it was", lambda s: s["question"] == "effort")
        effort()
        self.watch.until("is idle", lambda s: s["state"] == "idle")
        self.watch.until("offers nothing", lambda s: s["offer"] is None and s["problem"] is None)


def by_phone(day):
    watch, phone = day.watch, day.phone
    phone.do("begin", "Short day")
    watch.until("plays", lambda s: s["state"] == "playing" and s["title"] == "Short day")
    day.server_dies(STAND)
    phone.do("move", "Side stretch")
    watch.holds("Side stretch", "left")
    phone.do("press", "Pause")
    watch.until("is paused", lambda s: s["state"] == "paused")
    day.same_everywhere(state="paused", move="Side stretch", side="left", bout="hold", problem=None)
    phone.do("press", "Go on")
    watch.holds("Side stretch", "left")
    phone.do("press", "Say again")  # the hold stands still for it
    phone.do("side", "right")
    watch.holds("Side stretch", "right")
    phone.do("press", "10 s more")
    watch.until("is longer", lambda s: (s["bout_length"] or 0) > 10)
    watch.holds("Settle")
    phone.do("press", "Next")
    phone.do("move", "Shoulder rolls")
    watch.holds("Shoulder rolls")
    day.ends(lambda: phone.do("answer", "Easy"))
    phone.do("ended")
    phone.do("history", "Short day")


def by_mqtt(day):
    watch, client = day.watch, day.home_assistant
    client.wait(f"{BASE}/status", lambda payload: payload == "online")
    client.publish(f"{BASE}/set/routine", "Short day")
    watch.until("plays", lambda s: s["state"] == "playing" and s["title"] == "Short day")
    client.state(BASE, lambda state: state["state"] == "playing" and state["routine"] == "Short day")
    watch.holds("Side stretch", "left")
    client.publish(f"{BASE}/command", "pause")
    watch.until("is paused", lambda s: s["state"] == "paused")
    full = client.state(BASE, lambda state: state["state"] == "paused")["volume"]
    client.publish(f"{BASE}/set/volume", "40")
    watch.until("is quieter", lambda s: s["levels"]["master"] < -3)
    client.state(BASE, lambda state: abs(state["volume"] - 40) <= 4)
    client.publish(f"{BASE}/set/volume", str(full))
    watch.until("is as loud as before", lambda s: s["levels"]["master"] == 0)
    day.same_everywhere(state="paused", move="Side stretch", side="left")
    client.publish(f"{BASE}/command", "toggle")
    watch.holds("Side stretch", "right")
    client.publish(f"{BASE}/command", "next")
    day.server_dies(SIT, LONG_LOSS_S)
    client.state(BASE, lambda state: state["problem"] == "off")
    watch.holds("Shoulder rolls")
    day.ends(lambda: client.publish(f"{BASE}/command", "effort hard"))
    client.state(BASE, lambda state: state["state"] == "idle")


def by_button(day):
    watch, button = day.watch, day.button
    button.press()  # what was played last
    watch.until("plays", lambda s: s["state"] == "playing" and s["title"] == "Short day")
    watch.holds("Side stretch", "left")
    button.press()
    watch.until("is paused", lambda s: s["state"] == "paused")
    day.same_everywhere(state="paused", move="Side stretch", side="left")
    button.press()
    watch.holds("Side stretch", "left")
    button.press(1, long_ms=800)  # where am I
    watch.holds("Side stretch", "right")
    button.press(2)
    watch.says(SIT)
    Ear.hears()
    day.box.end(signal.SIGKILL, -signal.SIGKILL)
    day.logs.append(day.box.log)
    day.phone.do("link", "lost")
    day.home_assistant.wait(f"{BASE}/status", lambda payload: payload == "offline")
    day.start_box()
    watch = day.watch
    watch.until("goes on", lambda s: s["state"] == "playing" and s["move"] == "Settle" and s["question"] is None)
    day.phone.do("link", "live")
    day.home_assistant.wait(f"{BASE}/status", lambda payload: payload == "online")
    watch.holds("Shoulder rolls")
    day.ends(button.press)


# Each session: which sentences are heard to their end, and how often; which of them were cut at a place where samples may be missing.
HEARD = {
    "phone": ({STAND: 1, LEFT: 2, RIGHT: 1, SIT: 1, ROLL: 1}, {STAND}),
    "mqtt": ({STAND: 1, LEFT: 1, RIGHT: 1, SIT: 1, ROLL: 1}, {SIT}),
    "button": ({STAND: 1, LEFT: 1, RIGHT: 1, SIT: 1, ROLL: 1}, {SIT}),
}


def places(piece, heard):
    """All frames at which it begins."""
    at, found = heard.find(piece), []
    while at >= 0:
        if at % 4 == 0:
            found.append(at // 4)
        at = heard.find(piece, at + 1)
    return found


def clips(home, page, sentences):
    """These sentences of a page as they sound: {text: pieces that no other part of it has}."""
    home.must("render", page, "-o", home.file("a.wav"), "--set", "out-file.format=float")
    _, session = wav(home.file("a.wav"))
    sound = session.tobytes()
    every = [(at, piece) for at, piece in pieces(session) if len(places(piece, sound)) == 1]
    plan = json.loads(home.must("plan", "--json", page).stdout)
    found = {}
    for cue in plan["cues"]:
        words = next((words for words in sentences if cue["kind"] == "speech" and cue["text"].startswith(words)), None)
        if words:
            found[words] = [piece for at, piece in every if cue["start"] <= at < cue["start"] + cue["frames"] - RATE // 10]
            check(len(found[words]) > 15, f"{words}: {len(found[words])} pieces")
    check(list(found) == list(sentences), f"the plan: {list(found)}")
    return found


def listen(name, heard, sentences):
    """One session's sentences: whole, as often as they must be, in order."""
    times, cut = HEARD[name]
    order = []
    for words, wanted in sentences.items():
        lost_ms = sum(ms for piece in wanted for ms in gaps(piece, [heard], 4))
        first = next(filter(None, (places(piece, heard) for piece in wanted)), [])
        last = next(filter(None, (places(piece, heard) for piece in reversed(wanted))), [])
        print(f"{name}: \"{words}…\": {len(wanted) * 50} ms that can be told, {lost_ms:.0f} ms not heard, ended at {[round(at / RATE, 1) for at in last]} s")
        check(lost_ms <= (LOST_MS if words in cut else 0), f"{name}: {lost_ms} ms of \"{words}…\" were not heard")
        check(len(last) == times[words], f"{name}: \"{words}…\" was heard {len(last)} times, not {times[words]}")
        check(len(first) >= len(last), f"{name}: \"{words}…\" began {len(first)} times and ended {len(last)} times")
        order += [first[0], last[0]]
    check(order == sorted(order), f"{name}: the order: {order}")


def told(log):
    """Each problem once, and nothing else that is a warning or an error."""
    for words, times in (("the sound device is gone", 2), ("a sound device is there", 2), ("says: Limber is ready.", 1),
                         ("went down in the middle of \"Short day\": goes on", 1)):
        check(log.count(words) == times, f"\"{words}\": logged {log.count(words)} times, not {times}:\n{log}")
    for line in log.splitlines():
        trouble = line.startswith(("limber: warning:", "limber: error:")) and "the sound device is gone" not in line
        check(not trouble, f"what nobody expected: {line}\n{log}")
    print(f"the device ran dry in {log.count('the device ran dry')} of the streams")


def kept(home):
    """The history has all three, and no session is left."""
    history = json.loads(home.must("history", "--json").stdout)
    sessions = [(one["outcome"], one["effort"]) for one in sorted(history["sessions"], key=lambda one: one["id"])]
    check(sessions == [("finished", "easy"), ("finished", "hard"), ("finished", "easy")], f"history: {sessions}")
    left = glob.glob(home.file(".local/state/limber/journal/*"))
    check(not left, f"journals are left: {left}")
    print(f"history: {sessions}; no journal left")


def one_day(home):
    day = Day(home)
    began = time.monotonic()
    try:
        day.start_box()
        day.figures["threads"] = 1
        day.box.wait_log("says: Limber is ready.")
        day.phone = Phone(day.port)
        day.home_assistant = day.broker.client("home")
        for name, session in (("phone", by_phone), ("mqtt", by_mqtt), ("button", by_button)):
            day.measure(f"before {name}")
            day.mark(name)
            session(day)
            print(f"{name}: over after {time.monotonic() - began:.0f} s of the day", flush=True)
        day.measure("at the end")
        day.mark("end")
        noise = [line for line in day.phone.close() if "ERR_" not in line and "status of 409" not in line]
        check(not noise, f"the page complained: {noise}")
        day.logs.append(day.box.end())
    finally:
        if day.box:
            day.box.__exit__()
        if day.phone and day.phone.process.poll() is None:
            day.phone.process.kill()
        heard = Ear.end()
        day.broker.kill()
        day.server.close()
        day.button.close()
    return day, heard


needed()
with Home() as home:
    day, heard = one_day(home)
    sentences = clips(home, home.file(".local/share/limber/scripts/short-day.md"), WORDS)
    back = clips(home, home.file("back.md", BACK_PAGE), (BACK,))[BACK]
    for (name, first), (_, last) in zip(day.marks, day.marks[1:]):
        part = heard[first * 4:last * 4]
        listen(name, part, sentences)
        told_ms, expected = sum(50 for piece in back if places(piece, part)), name == "mqtt"
        check(told_ms == (len(back) * 50 if expected else 0), f"{name}: {told_ms} of {len(back) * 50} ms of \"{BACK}…\" were heard")
    told("".join(day.logs))
    kept(home)
    figures = day.figures
    print(f"kB, files and sockets, idle: {figures}")
    kb, files, sockets = zip(*(figures[f"before {name}"] for name in ("phone", "mqtt", "button")))
    check(files[0] == files[1] == files[2] >= figures["at the end"][1], f"descriptors: {figures}")
    check(max(sockets[1:]) <= sockets[0] + BROWSER_SOCKETS and figures["at the end"][2] <= sockets[0] + BROWSER_SOCKETS, f"sockets: {figures}")
    check(kb[2] <= kb[1] + 1024, f"memory: {figures}")
    print(f"program: {LIMBER}")
