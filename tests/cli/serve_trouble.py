# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong around a box while it plays: its clocks, its disk, its files, its voices, its device. Each is told once and none of it
ends a session."""
import concurrent.futures
import glob
import json
import os
import resource
import shutil
import socket
import struct
import subprocess
import sys
import threading
from datetime import datetime, timedelta

from boxrig import Box
from limbertest import BUILD, Home, check, raw_floats, skip, wav
from pieces import gaps, pieces, place_of

CLOCK = os.path.join(BUILD, "tests", "box", "libfakeclock.so")
ENGINES = os.path.join(BUILD, "tests", "voice", "engines")
HEAD = "---\nannounce: none\ngap: 100ms\n---\n"
NAMES = ("First", "Second", "Third")
MOVES = HEAD + "# Moves\n\n" + "".join(f"## {name}\n\n{words}. `hold 2s`\n\n" for name, words in zip(NAMES, ("Stand tall", "Now sit", "Lean back")))
SHORT = HEAD + "# Short\n\nSit. `hold 1s`\n"
LONG = "# Long\n\nStand tall. `hold 300s`\n\n## Second\n\nNow sit. `hold 300s`\n"
BASE = "boot-phrase: no\nask-effort: no\nspoken-close: no\ncoach: no\n"
HOUR, DAY = 3600, 86400
PACED = "null:speed=2"  # as fast as a device with a clock can be and gets all of it


def scripts(home, **pages):
    for name, text in pages.items():
        os.makedirs(home.file(".local/share/limber/scripts"), exist_ok=True)
        home.file(f".local/share/limber/scripts/{name}.md", text)


class Clock:
    """Clocks of a box that can be set wrong (tests/box/fakeclock.c)."""

    def __init__(self, home):
        self.path = home.file("clock")
        self.set()
        self.env = {"LD_PRELOAD": CLOCK, "FAKECLOCK": self.path}

    def set(self, ahead_s=0, slept_s=0):
        with open(self.path, "r+b" if os.path.exists(self.path) else "wb") as file:  # in place: it is mapped
            file.write(struct.pack("=qq", ahead_s, slept_s))


def drain(manager):
    """A service manager hears all day long."""
    manager.settimeout(None)
    try:
        while manager.recv(4096):
            pass
    except OSError:
        pass  # closed


def subscribed(box):
    threading.Thread(target=drain, args=(box.manager.socket,), daemon=True).start()
    client = box.client()
    client.ask("subscribe")
    return client


def to_end(client, line, at=None):
    """Plays to the end; at(move), where given, is called in each move."""
    client.do(line)
    client.status(lambda s: s["state"] == "playing")
    for move in NAMES if at else ():
        client.status(lambda s, move=move: s["state"] == "playing" and s["move"] == move)
        at(move)
    client.status(lambda s: s["state"] == "idle")


def history(home):
    return sorted(json.loads(home.must("history", "--json").stdout)["sessions"], key=lambda one: one["id"])


def warnings(log):
    return [line for line in log.splitlines() if "warning:" in line or "error:" in line]


def clock_is_set():
    """The same session, sample by sample, whatever the time of day does."""
    captures, told = [], []
    for output, jumps in (("null", None), (PACED, {"First": HOUR, "Second": -HOUR, "Third": DAY})):
        with Home() as home:
            scripts(home, moves=MOVES)
            home.config(BASE)
            clock = Clock(home)
            with Box(home, output=f"{output}{',' if ':' in output else ':'}capture=heard.raw", env=clock.env).ready() as box:
                client = subscribed(box)
                to_end(client, "play moves seed=1", at=jumps and (lambda move: clock.set(jumps[move])))
                check(client.ask("status") == "ok idle", "status")
                log = box.end()
            check(not warnings(log) and "slept" not in log, log)
            heard = raw_floats(home.file("heard.raw"))
            first = next(i for i, sample in enumerate(heard) if sample)
            last = next(i for i in range(len(heard) - 1, 0, -1) if heard[i])
            captures.append(heard[first:last + 1])
            one, = history(home)
            check(one["outcome"] == "finished", f"{one}")
            told.append(one)
    wanted, heard = pieces(captures[0]), captures[1].tobytes()  # a late mix may cut it: that is silence, and told
    missing = [at for at, piece in wanted if gaps(piece, [heard], 4)]
    check(len(wanted) > 40 and not missing, f"not heard: {missing} of {len(wanted)}")
    long = [datetime.fromisoformat(one["ended"]) - datetime.fromisoformat(one["started"]) for one in told]
    check(long[0] < timedelta(hours=1) and long[1] > timedelta(hours=23), f"the clock was not set: {long}")
    seconds = [round(one["done"]) for one in told]
    check(abs(seconds[0] - seconds[1]) <= 1 and told[1]["paused"] < 1, f"history: {told}")


def machine_slept():
    with Home() as home:
        scripts(home, long=LONG)
        home.config(BASE)
        clock = Clock(home)
        with Box(home, output="null:speed=1,capture=heard.raw", env=clock.env).ready() as box:
            client = subscribed(box)
            clock.set(DAY, DAY)  # with nothing to do: nobody need know
            client.do("play long")
            client.status(lambda s: s["state"] == "playing" and s["bout"] == "hold" and s["position"] > 0)
            clock.set(DAY + 2, DAY + 2)  # a moment is none
            box.wait_log("the machine slept for 2 s")
            clock.set(2 * DAY, 2 * DAY)
            status = client.status(lambda s: s["state"] == "paused")
            check(status["move"] == "Long" or status["move"] is None or "Stand" in status["move"], f"{status}")
            box.wait_log(f"the machine slept for {DAY - 2} s")
            client.do("play")
            client.status(lambda s: s["state"] == "playing")
            client.do("next")
            client.status(lambda s: s["state"] == "playing" and s["move"] == "Second")
            log = box.end()
        check(log.count("the machine slept") == 2 and not warnings(log), log)


def said_in(home, capture, text):
    """How long this was heard without a break, in pieces of 50 ms. What it is like comes from a session that has it."""
    scripts(home, said=f"{HEAD}# Said\n\n{text}\n")
    with Box(home, output="null:capture=said.raw").ready() as box:
        to_end(subscribed(box), "play said")
        box.end()
    heard = raw_floats(home.file(capture)).tobytes()
    found = "".join(" " if gaps(piece, [heard], 4) else "#" for _, piece in pieces(raw_floats(home.file("said.raw"))))
    return max(map(len, found.split()), default=0)


def sound_was_gone():
    """… for longer than three seconds, in a session: it is said before that goes on."""
    with Home() as home:
        scripts(home, long=LONG)
        home.config(BASE)
        with Box(home, output=f"{PACED},lose-at=48000,return-after=4,capture=heard.raw").ready() as box:
            client = subscribed(box)
            client.do("play long")
            client.status(lambda s: s["state"] == "lost" and s["problem"])
            client.status(lambda s: s["state"] == "playing" and not s["problem"])
            client.status(lambda s: s["bout"] == "hold" and s["position"] > 0)
            log = box.end()
        check("says:" not in log and log.count("the sound device is gone") == log.count("a sound device is there") == 1, log)
        long = said_in(home, "heard.raw", "The sound was gone. It is back.")
        check(long * 50 > 2000, f"{long * 50} ms of it were heard:\n{log}")


def limit(box, size):
    resource.prlimit(box.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def without_room(home, fill, free):
    """Room is gone in the middle of a session, then for all of one, and comes back for one more."""
    scripts(home, moves=MOVES)
    home.config(BASE)
    with Box(home, output=PACED).ready() as box:
        to_end(subscribed(box), "play moves", at=lambda move: move == "Second" and fill(box))
        logs = [box.end()]
    with Box(home).ready() as box:
        fill(box)
        client = subscribed(box)
        to_end(client, "play moves")
        to_end(client, "play moves seed=2")
        free(box)
        to_end(client, "play moves seed=3")
        logs.append(box.end())
    for log in logs:
        told = [line for line in warnings(log) if "more)" not in line]
        print("\n".join(told))
        for words in ("history", "where the session is", "how a box ended"):
            check(sum(words in line.partition(" /")[0] for line in told) <= 1, f"told more than once:\n{log}")
    last = history(home)[-1]
    check((last["outcome"], last["seed"], len(last["moves"])) == ("finished", 3, len(NAMES)), f"with room again: {last}")


def files_cannot_grow():
    """No room, by a limit that needs no rights."""
    with Home() as home:
        without_room(home, lambda box: limit(box, 0), lambda box: limit(box, resource.RLIM_INFINITY))


def disk_is_full():
    """No room on a disk of its own, with all that is kept on it."""
    with Home() as home:
        disk = home.file("disk")
        stuff = os.path.join(disk, "stuff")
        os.mkdir(disk)
        if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", disk], stderr=subprocess.DEVNULL,
                                              check=False).returncode != 0:
            print("no disk of its own: left out")
            return

        def fill(_):
            with open(stuff, "ab", buffering=0) as file:
                try:
                    while file.write(bytes(4096)):
                        pass
                except OSError:
                    pass  # it is full

        try:
            home.env.update(XDG_STATE_HOME=os.path.join(disk, "state"), XDG_CACHE_HOME=os.path.join(disk, "cache"))
            without_room(home, fill, lambda box: os.remove(stuff))
        finally:
            subprocess.run(["umount", "--lazy", disk], check=True)


def spoil(path):
    with open(path, "r+b") as file:
        size = os.path.getsize(path)
        file.write(b"\xa5" * size)


def cache_is_damaged():
    """What is said is made again, and sounds as before."""
    with Home() as home:
        scripts(home, moves=MOVES)
        home.config(BASE)
        with Box(home, output="null:capture=before.raw").ready() as box:
            to_end(subscribed(box), "play moves seed=1")
            box.end()
        with Box(home, output="null:capture=after.raw").ready() as box:
            client = subscribed(box)
            kept = sorted(path for path in glob.glob(home.file(".cache/limber/**"), recursive=True) if os.path.isfile(path))
            check(len(kept) > 5, f"{kept}")
            for number, path in enumerate(kept):
                if number % 3 == 0:
                    spoil(path)
                else:
                    os.truncate(path, os.path.getsize(path) // 2 if number % 3 == 1 else 0)
            to_end(client, "play moves seed=1")
            shutil.rmtree(home.file(".cache/limber"))
            home.file(".cache/limber", "a file where its folder was")
            to_end(client, "play moves seed=1")
            log = box.end()
        told = warnings(log)
        check(len(told) == 1 and "speech is made anew each time" in told[0], f"told once:\n{log}")
        wanted, heard = pieces(raw_floats(home.file("before.raw"))), raw_floats(home.file("after.raw")).tobytes()
        missing = [at for at, piece in wanted if heard.count(piece) < 2]
        check(len(wanted) > 40 and not missing, f"not heard twice: {missing} of {len(wanted)}")
        check([one["outcome"] for one in history(home)] == ["finished"] * 3, f"{history(home)}")


def pages_are_gone():
    with Home() as home:
        scripts(home, moves=MOVES, short=SHORT)
        home.config(BASE)
        folder = home.file(".local/share/limber/scripts")
        with Box(home, output=PACED).ready() as box:
            client, asker = subscribed(box), box.client()

            def away(move):
                if move == "Second":
                    os.rename(folder, folder + ".away")
                    os.symlink("scripts", folder)  # a circle: it cannot be read by anybody
                    check(asker.ask("reload").startswith("ok "), "reload")

            to_end(client, "play moves", at=away)
            check(asker.ask("play short").startswith("no There is no routine"), "a page that is gone")
            check(asker.ask("ask routines").startswith("= "), "the program's own are there")
            os.remove(folder)
            check(asker.ask("play short").startswith("no "), "a folder that is missing")
            os.rename(folder + ".away", folder)
            check(asker.ask("play short") == "ok playing Short", "it is back")
            check(not [line for line in warnings(box.end()) if "says" not in line and "routine" not in line], box.log)


def history_is_damaged():
    with Home() as home:
        scripts(home, moves=MOVES, short=SHORT)
        home.config(BASE)
        with Box(home, output=PACED).ready() as box:
            client = subscribed(box)
            to_end(client, "play short")

            def damage(move):
                if move == "Second":
                    for path in glob.glob(home.file(".local/state/limber/history.db*")):
                        spoil(path)

            to_end(client, "play moves", at=damage)
            to_end(client, "play short")
            log = box.end()
        print("\n".join(warnings(log)))
        sessions = history(home)
        check(sessions and sessions[-1]["outcome"] == "finished", f"begun anew: {sessions}")
        check(glob.glob(home.file(".local/state/limber/history.db.damaged*")), "what was damaged is kept aside")
        check(log.count("the history was damaged") == 1, log)


def controls_come_back():
    """A socket whose folder is missing, a web page whose port is taken: told once, and tried again."""
    if not os.path.exists(os.path.join(BUILD, "lib/limber/plugins/control-web.so")):
        print("no control-web: left out")
        return
    with Home() as home, socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        path = home.file("later/on/control.sock")
        home.config(f"{BASE}plugins:\n  control-web: {{ port: {port} }}\n  control-socket: {{ path: {path} }}\n")
        with Box(home, control=("--control", "web", "--control", "socket")).ready() as box:
            box.wait_log("it is tried again from time to time", 2)
            os.makedirs(home.file("later/on"), 0o700)
            holder.close()
            box.wait_log("control-socket listens")
            box.wait_log("control-web listens")
            box.path = path
            check(box.client().ask("status") == "ok idle", "status")
            with socket.create_connection(("127.0.0.1", port)) as page:
                page.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n" % port)
                check(page.recv(64).startswith(b"HTTP/1.1 200"), "the page")
            log = box.end()
        check(log.count("it is tried again") == 2, f"told once each:\n{log}")


def engine_fails():
    """A speech engine that crashes, and one that hangs, in the middle of a session: other voices speak their words."""
    with Home() as home:
        os.makedirs(home.file(".local/share/limber/voices/odd"))
        home.file(".local/share/limber/voices/odd/voice.yaml", "languages: [en]\nengine: speech-fixture\nfallback: calm\n")
        odd = MOVES.replace("Now sit", "Please crash").replace("Lean back", "Now freeze")
        scripts(home, odd=odd, moves=MOVES)
        home.config(BASE)
        with Box(home, "--plugin-path", ENGINES, output=PACED).ready() as box:
            client = subscribed(box)
            to_end(client, "play odd voice=odd")
            check(box.client().ask("play moves voice=odd") == "ok playing Moves", "the next one")
            client.status(lambda s: s["state"] == "playing" and s["move"] == "First")
            log = box.end()
        told = warnings(log)
        print("\n".join(told))
        check(len(told) == 1 and "\"Please crash.\" was spoken by calm instead of voice odd" in told[0], f"told once:\n{log}")
        check([one["outcome"] for one in history(home)][:1] == ["finished"], f"{history(home)}")


TESTS = (clock_is_set, machine_slept, sound_was_gone, files_cannot_grow, disk_is_full, cache_is_damaged, pages_are_gone, history_is_damaged,
         controls_come_back, engine_fails)


def one(test):
    print(test.__name__, flush=True)
    test()


if __name__ == "__main__":
    if not os.path.exists(CLOCK):
        skip("tests/box/fakeclock is not built")
    with concurrent.futures.ProcessPoolExecutor(3) as pool:  # they wait most of the time
        for running in [pool.submit(one, test) for test in TESTS if sys.argv[1:] in ([], [test.__name__])]:
            running.result()
