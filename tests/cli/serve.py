# SPDX-License-Identifier: GPL-3.0-or-later
"""The box: a real limber serve, from its first word to its last, with what goes wrong in between."""
import json
import os
import random
import signal

from boxrig import Box
from limbertest import Home, check, sanitized

SHORT = """# Short

Stand tall. `hold 2s`
"""
LONG = """# Long

Stand tall. `hold 300s`

## Second

Now sit. `hold 300s`
"""
WRONG = """# Wrong

Stand tall. `hold 2 bananas`
"""
BASE = "boot-phrase: no\nask-effort: no\n"


def scripts(home, **pages):
    folder = os.path.join(home.path, ".local/share/limber/scripts")
    os.makedirs(folder, exist_ok=True)
    for name, text in pages.items():
        with open(os.path.join(folder, name + ".md"), "w", encoding="utf-8") as out:
            out.write(text)


def settings(home, text):
    os.makedirs(home.file(".config/limber"), exist_ok=True)
    home.env["LIMBER_CONFIG"] = home.file(".config/limber/config.yaml", text)


def play_to_end(client, name):
    client.do(f"play {name}")
    client.status(lambda s: s["state"] == "playing")
    client.status(lambda s: s["state"] == "idle")


def says_and_answers():
    with Home() as home:
        scripts(home, short=SHORT, long=LONG, wrong=WRONG)
        settings(home, "idle: 0\nask-effort: no\n")
        with Box(home).ready() as box:
            box.wait_log("says: Limber is ready.")
            client = box.client()
            check(client.ask("status") == "ok idle", "status when idle")
            check(client.ask("next") == "no Nothing is playing.", "next when idle")
            check(client.ask("nonsense").startswith("no "), "nonsense")
            check(client.ask("play") == "no Nothing was played yet: say which routine.", "play when nothing was")
            box.wait_log("says: Nothing was played yet. Choose a routine.")
            check(client.ask("today") == "no Nothing is due today.", "today without a plan")
            check(client.ask("forget") == "no No session was left.", "forget")
            answer = client.ask("play shrt")
            check(answer == "no There is no routine \"shrt\"; did you mean \"short\"?", answer)
            box.wait_log("says: I know no routine of that name.")
            check("bananas" in client.ask("play wrong"), "a page with errors")
            box.wait_log("says: There is a mistake in that routine.")
            for line in ("play short for=soon", "play short level=steep", "play short seed=-1", "play short speed=9"):
                check(client.ask(line).startswith("no ") and "for=12min" in client.ask(line), line)
            for line in ("play ../short", "play /etc/passwd", f"play {home.path}/.local/share/limber/scripts/short.md"):
                check(client.ask(line).startswith("no "), f"a path is no name: {line}")
            check(client.ask("subscribe") == "ok", "subscribe")
            play_to_end(client, "short")
            client.do("play")  # the last one again
            client.status(lambda s: s["state"] == "playing" and s["routine"] == "short")
            client.status(lambda s: s["state"] == "idle")
            other = box.client()
            check(other.ask("play long detail=brief level=easy for=11min") == "ok playing Long", "options")
            client.status(lambda s: s["state"] == "playing" and s["title"] == "Long" and s["detail"] == "brief")
            check("bananas" in other.ask("play wrong"), "a page with errors, while one plays")
            check(json.loads(other.ask("ask status")[2:])["title"] == "Long", "it plays on")
            check(other.ask("play short") == "ok playing Short", "another instead")
            client.status(lambda s: s["title"] == "Short")
            client.status(lambda s: s["state"] == "idle")
            box.manager.wait_for(lambda message: message == "STATUS=idle")
            log = box.end()
            check("STOPPING=1" in box.manager.wait_for(lambda message: message == "STOPPING=1"), "stopping")
            check(log.count("says: I know no routine of that name.\n") == 1, "said once")


def due_today():
    with Home() as home:
        scripts(home, short=SHORT)
        settings(home, BASE)
        home.file(".config/limber/today.yaml", "routines:\n  - short\n")
        with Box(home).ready() as box:
            client = box.client()
            answer = client.ask("today")
            check(answer == "ok playing Short", f"today: {answer}")
            client.ask("subscribe")
            client.status(lambda s: s["state"] == "idle")
            box.end()


def read_anew():
    with Home() as home:
        scripts(home, short=SHORT)
        settings(home, BASE)
        with Box(home).ready() as box:
            client = box.client()
            check(client.ask("play later").startswith("no "), "not there yet")
            scripts(home, later=SHORT.replace("Short", "Later"))
            settings(home, BASE + "detail: brief\n")
            box.process.send_signal(signal.SIGHUP)
            message = box.manager.wait_for(lambda message: message.startswith("RELOADING=1\nMONOTONIC_USEC="))
            check(int(message.rpartition("=")[2]) > 0, message)
            box.manager.wait_for(lambda message: message == "READY=1")
            box.wait_log("read anew: settings")
            client.ask("subscribe")
            client.do("play later")
            client.status(lambda s: s["title"] == "Later" and s["detail"] == "brief")
            client.status(lambda s: s["state"] == "idle")
            settings(home, "detail: [\n")
            other = box.client()
            check(other.ask("reload").startswith("ok "), "reload")
            box.wait_log("the settings stay as they were")
            box.wait_log("read anew: pages")
            check(other.ask("play later") == "ok playing Later", "as it was")
            client.status(lambda s: s["title"] == "Later" and s["detail"] == "brief")
            box.end()


def many_sessions():
    with Home() as home:
        scripts(home, short=SHORT)
        settings(home, BASE + "idle: 10ms\nhistory: no\njournal: no\n")
        with Box(home, output="null").ready() as box:
            client = box.client()
            client.ask("subscribe")
            figures = {}
            for count in range(1, 51):
                play_to_end(client, "short")
                if count in (5, 50):
                    while box.threads() > 1:  # the device closes
                        check(client.ask("status").startswith("ok "), "status")
                    figures[count] = (box.memory_kb(), box.descriptors())
            print(f"after 5 sessions {figures[5]}, after 50 {figures[50]} (kB, descriptors)")
            check(figures[50][1] == figures[5][1], f"descriptors: {figures}")
            check(sanitized() or figures[50][0] <= figures[5][0] + 1024, f"memory: {figures}")
            box.end()


def no_device():
    with Home() as home:
        scripts(home, short=SHORT)
        with Box(home, output="null:fail-open=yes").ready() as box:
            box.manager.wait_for(lambda message: message == "STATUS=idle; no sound device")
            client = box.client()
            check(client.ask("play short") == "ok playing Short", "it is asked for")
            client.ask("subscribe")
            client.status(lambda s: s["state"] == "lost" and s["problem"])
            log = box.end()
            check(log.count("the sound device is gone") == 1, f"told once:\n{log}")


def device_goes():
    with Home() as home:
        scripts(home, long=LONG)
        settings(home, BASE)
        with Box(home, output="null:lose-at=480000,return-after=4").ready() as box:
            client = box.client()
            client.ask("subscribe")
            client.do("play long")
            client.status(lambda s: s["state"] == "lost")
            client.status(lambda s: s["state"] == "playing")
            box.wait_log("a sound device is there")
            client.status(lambda s: s["move"] == "Second")
            log = box.end()
            check(log.count("the sound device is gone") == 1, f"told once:\n{log}")


def wrong_settings():
    with Home() as home:
        settings(home, "idle: never ever\nlanguage: de\ncontrols: nonsense\n")
        with Box(home).ready() as box:
            box.wait_log("says: Limber ist bereit.")
            box.wait_log("says: In den Einstellungen ist ein Fehler.")
            check("idle" in box.log, box.log)
            box.end()
        settings(home, "\x00\xff{{{")
        with Box(home).ready() as box:
            box.wait_log("says: Limber is ready.")
            box.end()


def watched():
    with Home() as home:
        scripts(home, long=LONG)
        settings(home, BASE)
        with Box(home, output="null:speed=1,stall-at=96000", watchdog_ms=300).ready() as box:
            for _ in range(3):
                box.manager.wait_for(lambda message: message == "WATCHDOG=1")
            client = box.client()
            check(client.ask("play long") == "ok playing Long", "play")
            box.wait_log("its time stands still")
            box.end()


def alone():
    with Home() as home:
        with Box(home).ready() as box:
            done = home.run("serve", "--output", "null:speed=1", "--control", "socket")
            check(done.returncode == 1 and f"another limber serve of yours is running (process {box.process.pid})" in done.stderr,
                  f"{done.returncode} {done.stderr}")
            box.end()
        done = home.run("serve", "--output", "nonsense")
        check(done.returncode == 2, f"{done.returncode} {done.stderr}")
        done = home.run("serve", "--control", "nonsense")
        check(done.returncode == 2, f"{done.returncode} {done.stderr}")


def without_controls():
    with Home() as home:
        settings(home, "controls: [socket]\nplugins:\n  control-socket:\n    path: /proc/nowhere/control.sock\n")
        with Box(home, control=()).ready() as box:
            box.wait_log("it is tried again from time to time")
            box.wait_log("says: Limber is ready.")
            box.end()


def in_the_middle(box):
    """Plays until the second move; a client that is told what follows."""
    client = box.client()
    client.ask("subscribe")
    client.do("play long")
    client.status(lambda s: s["state"] == "playing")
    client.do("next")
    return client, client.status(lambda s: s["move"] == "Second" and s["bout"] == "hold" and s["position"] > 0)


def killed():
    with Home() as home:
        scripts(home, long=LONG)
        settings(home, BASE)
        for time in range(3):
            with Box(home, output="null:speed=1").ready() as box:
                if time == 0:
                    in_the_middle(box)
                else:
                    box.wait_log("went down in the middle of \"Long\": goes on")
                    client = box.client()
                    client.ask("subscribe")
                    status = client.status(lambda s: s["state"] == "playing" and s["move"] == "Second")
                    check(status["question"] is None, f"goes on without a question: {status}")
                box.end(signal.SIGKILL, -signal.SIGKILL)
        with Box(home, output="null:speed=1").ready() as box:
            box.wait_log("goes on")
            box.end(signal.SIGKILL, -signal.SIGKILL)
        with Box(home, output="null:speed=1").ready() as box:  # the fourth time in a row
            box.wait_log("says: You were at second")
            client = box.client()
            status = json.loads(client.ask("ask status")[2:])
            check(status["state"] == "idle" and status["offer"]["title"] == "Long", f"offered: {status}")
            check(client.ask("forget") == "ok forgotten: Long", "forget")
            check(client.ask("go") == "no Nothing is playing.", "go, when nothing is offered")
            box.end()
        with Box(home, output="null:speed=1").ready() as box:
            check(json.loads(box.client().ask("ask status")[2:])["offer"] is None, "forgotten")
            log = box.end()
            check("You were" not in log, log)


def ended_in_order():
    with Home() as home:
        scripts(home, long=LONG)
        settings(home, BASE)
        with Box(home, output="null:speed=1").ready() as box:
            in_the_middle(box)
            box.end()
        with Box(home, output="null:speed=1").ready() as box:
            box.wait_log("says: You were at second")
            client = box.client()
            client.ask("subscribe")
            client.status(lambda s: s["state"] == "idle" and s["offer"]["routine"] == "long")
            client.do("go")
            client.status(lambda s: s["state"] == "playing" and s["move"] == "Second")
            client.do("stop")
            client.status(lambda s: s["state"] == "idle" and s["offer"] is None)
            box.end()
        with Box(home, output="null:speed=1").ready() as box:
            in_the_middle(box)
            box.end()
        with Box(home, output="null:speed=1").ready() as box:
            client = box.client()
            client.ask("subscribe")
            client.do("restart")
            client.status(lambda s: s["state"] == "playing" and s["position"] is not None and s["move"] in (None, "Stand tall", "Long"))
            box.end()


def hangs():
    with Home() as home:
        scripts(home, long=LONG)
        settings(home, BASE)
        with Box(home, output="null:speed=1,lose-at=96000,hang-close=yes").ready() as box:
            client = box.client()
            check(client.ask("play long") == "ok playing Long", "play")
            log = box.ended(1)
            check("the sound system does not answer: starting anew" in log, log)
        with Box(home, output="null:speed=1").ready() as box:
            box.wait_log("went down in the middle of \"Long\": goes on")
            client = box.client()
            client.ask("subscribe")
            client.status(lambda s: s["state"] == "playing" and s["question"] is None)
            box.end()
        with Box(home, output="null:speed=1,hang-close=yes").ready() as box:  # ends all the same, and in order
            check(box.client().ask("play").startswith("ok going on"), "play")
            box.wait_log("plays \"Long\"")
            box.end()
        with Box(home, output="null:speed=1").ready() as box:
            box.wait_log("says: You were")
            box.end()


def rude():
    """Whatever is said, and whenever: it answers, and lives."""
    seed = int(os.environ.get("LIMBER_SEED", random.randrange(10**6)))
    print(f"LIMBER_SEED={seed}", flush=True)
    chance = random.Random(seed)
    lines = ["play", "play short", "play long", "play wrong", "play long for=11min", "reload", "forget", "stop", "next", "back", "pause", "toggle",
             "go", "restart", "again", "where", "today", "status", "play nonsense", "louder", "say-code 123456", "voice nobody", "more", "quit",
             "ask status", "ask routines", "ask session", "to 2", "level master -3"]
    with Home() as home:
        scripts(home, short=SHORT, long=LONG, wrong=WRONG)
        settings(home, "idle: 0\nask-effort: no\n")
        with Box(home).ready() as box:
            client = box.client()
            for _ in range(120):
                line = chance.choice(lines)
                check(client.ask(line) is not None, f"it has hung up after: {line}")
                if chance.random() < 0.05:
                    box.process.send_signal(signal.SIGHUP)
            box.end()


for test in (says_and_answers, due_today, read_anew, many_sessions, no_device, device_goes, wrong_settings, watched, alone, without_controls,
             killed, ended_in_order, hangs, rude):
    print(test.__name__, flush=True)
    test()
