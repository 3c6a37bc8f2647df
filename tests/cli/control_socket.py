# SPDX-License-Identifier: GPL-3.0-or-later
"""The socket of the real player: its protocol, its limits, its rights, clients that are slow, rude, or many, and limber ctl."""
import json
import os
import random
import select
import shutil
import socket
import stat
import subprocess
import time

from limbertest import Home, LIMBER, SOURCE, check, fail, sanitized

PAGE = """# A session

Stand tall. `hold 300s`

## Second

Now sit. `hold 300s`

## Third

Lie down. `hold 300s`
"""
PATIENCE_S = 60


class Client:
    """A connection; what comes is taken by lines."""

    def __init__(self, path, greeting=True):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(path)
        self.bytes = b""
        if greeting:
            line = self.line()
            check(line.startswith("limber 1 "), f"greeting: {line}")

    def send(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def line(self):
        """The next line, or None: the player hung up."""
        while b"\n" not in self.bytes:
            try:
                piece = self.socket.recv(65536)
            except ConnectionResetError:
                return None
            if not piece:
                check(not self.bytes, f"half a line: {self.bytes}")
                return None
            self.bytes += piece
        line, _, self.bytes = self.bytes.partition(b"\n")
        return line.decode()

    def ask(self, request):
        self.send(request + "\n")
        return self.line()

    def status(self, true):
        """Reads status lines until one is as wanted."""
        while True:
            line = self.line()
            check(line and line.startswith("* "), f"a status was expected: {line}")
            document = json.loads(line[2:])
            if true(document):
                return document

    def close(self):
        self.socket.close()


class Player:
    """limber play with a socket, on a pretended device that keeps time."""

    def __init__(self, home, *options, control="socket", env=None):
        self.home = home
        self.path = os.path.join(home.path, "run", "limber", "control.sock")
        self.log = open(home.file("log"), "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [LIMBER, "play", home.file("page.md", PAGE), "--output", "null:speed=1", "--lead-in", "0", "--control", control, *options],
            env=dict(home.env, LIMBER_LOG="debug", **(env or {})), cwd=home.path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=self.log)

    def __enter__(self):
        self.wait_for("listening at")
        return self

    def __exit__(self, *ignored):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def logged(self):
        with open(self.log.name, encoding="utf-8") as file:
            return file.read()

    def wait_for(self, text):
        deadline = time.monotonic() + PATIENCE_S
        while text not in self.logged():
            if self.process.poll() is not None or time.monotonic() > deadline:
                fail(f"{text!r} was not logged, but:\n{self.logged()}")
            select.select([], [], [], 0.02)

    def fds(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def rss_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def protocol(player):
    box = Client(player.path)
    check(box.ask("pause").startswith("ok"), "pause")
    check(box.ask("  PLAY \r").startswith("ok"), "capitals and spaces")
    check(box.ask("frobnicate") == 'no no command "frobnicate"; help lists them', "an unknown command")
    check(box.ask("").startswith("no "), "an empty line has an answer")
    check(box.ask("ask").startswith("no ask what?"), "no question")
    check(box.ask("ask nothing").startswith("no "), "an unknown question")
    check(box.ask("ask routines").startswith("no This player plays one routine"), "a question for a box")
    version = json.loads(box.ask("ask version")[2:])
    check(version["program"] == "limber" and box.ask("ask version").startswith("= {"), f"{version}")
    status = json.loads(box.ask("ask status")[2:])
    check(status["title"] == "A session" and status["state"] in ("opening", "playing"), f"{status}")
    commands = [item["name"] for item in json.loads(box.ask("ask commands")[2:])["commands"]]
    check({"pause", "next", "level", "to"} <= set(commands), f"{commands}")

    # Any pieces, and all at once.
    for piece in ("pa", "use", "\npl", "ay\n"):
        box.send(piece)
    check([box.line()[:2] for _ in range(2)] == ["ok", "ok"], "in pieces")
    box.send("pause\nfrob\nask version\nplay\n")
    check([box.line()[:2] for _ in range(4)] == ["ok", "no", "= ", "ok"], "one after the other")

    # What goes with a question is not taken for commands.
    box.send("ask 12 check\nstop\nstop\nfrask version\n")
    check(box.line().startswith("no This player plays"), "a body")
    check(box.line().startswith("= "), "what follows a body")
    box.send("ask 0 check\nask version\n")
    check(box.line().startswith("no ") and box.line().startswith("= "), "an empty body")

    # Limits.
    box.send(b"x" * 1024 + b"\n")
    check(box.line().startswith("no this is not a command"), "the longest line")
    box.send(b"x" * 1025 + b"\n" + b"y" * 100000 + b"\nask version\n")
    check([box.line()[:9] for _ in range(3)] == ["no this l", "no this l", "= {\"forma"], "longer lines")
    box.send(b"pau\0se\nask version\n")
    check([box.line()[:12] for _ in range(2)] == ["no there is ", "= {\"format\":"], "a zero byte")
    box.send("ask 262145 check\n")
    check(box.line().startswith("no the body is too long"), "too long a body")
    box.send(b"stop\n" * 52429 + b"ask version\n")
    check(box.line().startswith("= "), "too long a body is passed over")
    box.send(b"ask 262144 check\n" + b"stop\n" * 52428 + b"stop" + b"ask version\n")
    check(box.line().startswith("no This player") and box.line().startswith("= "), "the longest body")
    check(box.ask("bye") == "ok" and box.line() is None, "bye")

    # Half of it closed: the answers come, and then the end. A last line needs no end.
    box = Client(player.path)
    box.send("ask version\npause")
    box.socket.shutdown(socket.SHUT_WR)
    check(box.line().startswith("= ") and box.line().startswith("ok") and box.line() is None, "half-closed")
    # Gone at once: it is done all the same, all of it.
    box = Client(player.path, greeting=False)
    box.send("quieter\n" * 3 + "quieter speech\n" * 3 + "play\n")
    box.close()
    box = Client(player.path)
    levels = {}
    for _ in range(1000):
        levels = json.loads(box.ask("ask status")[2:])["levels"]
        if levels["speech"] == -9:
            break
    check(levels["master"] == -9 and levels["speech"] == -9, f"what was asked for by one who went: {levels}")
    box.ask("level 0"), box.ask("level speech 0"), box.ask("play")
    box.close()


def subscriptions(player):
    box, watcher, half = Client(player.path), Client(player.path), Client(player.path)
    check(watcher.ask("subscribe sometimes").startswith("no "), "an unknown subscription")
    check(watcher.ask("subscribe") == "ok", "subscribe")
    half.send("subscribe\n")
    half.socket.shutdown(socket.SHUT_WR)
    check(half.line() == "ok", "half-closed, subscribed")
    first = watcher.status(lambda document: True)
    check(first["title"] == "A session", f"the first status: {first}")
    box.ask("pause")
    for client in (watcher, half):
        client.status(lambda document: document["state"] == "paused")
    # Nothing changes: nothing is said. Of two changes behind each other nothing else is told in between.
    box.ask("level -6")
    changed = json.loads(watcher.line()[2:])
    check(changed["levels"]["master"] == -6, f"the next line is the next change: {changed}")
    check(not select.select([watcher.socket], [], [], 0)[0], "there was nothing to say")
    box.ask("next")
    box.ask("play")
    move = watcher.status(lambda document: document["move"] and document["state"] == "playing")
    check(move["move"] in ("Second", "Third"), f"{move}")
    watcher.status(lambda document: document["bout"] == "hold")
    # With the clock also when only time passes.
    box.ask("subscribe clock")
    positions = [box.status(lambda document: True)["position"] for _ in range(4)]
    check(positions == sorted(positions) and positions[0] < positions[3], f"the clock: {positions}")
    box.send("unsubscribe\nask version\n")
    while not (line := box.line()).startswith("= "):
        check(line == "ok" or line.startswith("* "), f"{line}")
    for client in (box, watcher, half):
        client.close()


def rude_clients(player):
    """Who does not read is not served, and does not hold up others."""
    player.wait_for("has gone")
    before = player.fds()
    deaf = Client(player.path)
    deaf.send("subscribe clock\n")
    deaf.socket.setblocking(False)
    sent = 0
    try:
        for _ in range(4000):
            sent += deaf.socket.send(b"ask commands\n" * 8)
    except BlockingIOError:
        pass
    check(sent > 1000, f"{sent} bytes of requests were taken")
    box = Client(player.path)
    for _ in range(20):
        check(box.ask("ask version").startswith("= "), "another client is served meanwhile")
    # It reads again: all answers to the requests that were taken whole, in frames, with the newest status in between.
    deaf.socket.setblocking(True)
    deaf.socket.shutdown(socket.SHUT_WR)
    answers = 0
    while (line := deaf.line()) is not None and answers < sent // 13:
        check(line[0] in "o=*n", f"out of frame: {line[:80]}")
        answers += line.startswith("= {\"commands")
    check(answers == sent // 13, f"{answers} answers to {sent // 13} requests")
    deaf.close()
    # Never reads: dropped.
    never = Client(player.path)
    never.socket.setblocking(False)
    try:
        while True:
            never.socket.send(b"ask commands\n" * 8)
    except BlockingIOError:
        pass
    player.wait_for("does not read what it is told: dropped")
    check(box.ask("pause").startswith("ok"), "the player goes on")
    box.close(), never.close()
    # As many as may be, and one more.
    many = [Client(player.path) for _ in range(64)]
    more = Client(player.path)
    check(more.line().startswith("no too many clients") and more.line() is None, "one client too many")
    check(many[63].ask("play").startswith("ok") and many[0].ask("ask version").startswith("= "), "64 clients")
    for client in many + [more]:
        client.close()
    await_fds(player, before)


def await_fds(player, wanted):
    deadline = time.monotonic() + PATIENCE_S
    while player.fds() > wanted:
        check(time.monotonic() < deadline, f"{player.fds()} descriptors are open, {wanted} were before")
        select.select([], [], [], 0.02)


def malformed(player):
    """1,000 clients that send rubbish: none leaves anything behind."""
    chance = random.Random(5)
    words = [b"ask", b"subscribe", b"bye", b"pause", b"ask 99999999999999999999 check", b"ask 5 check\n", b"ask -1 check", b"\0", b"\xff\xfe",
             b"\r\n", b"\n", b" ", b"save", b"ask 100 save x\n", b"subscribe clock\n", b"level -999", b"\xe2\x80", b"ask status\n" * 50, b"z" * 3000]

    def rubbish():
        pieces = [chance.choice(words) if chance.random() < 0.8 else chance.randbytes(chance.randrange(200)) for _ in range(chance.randrange(12))]
        # Whatever comes of it, the session is not ended by a word in it.
        return b" ".join(pieces).replace(b"stop", b"").replace(b"quit", b"")

    def round_of(count):
        for _ in range(count):
            client = Client(player.path, greeting=chance.random() < 0.5)
            try:
                client.send(rubbish())
                client.socket.setblocking(False)
                how = chance.randrange(3)
                if how == 0:
                    client.socket.shutdown(socket.SHUT_WR)
                if how < 2:
                    client.socket.recv(65536)
            except OSError:
                pass  # it was sent away
            client.close()

    fds = player.fds()
    round_of(200)
    await_fds(player, fds)
    rss = player.rss_kb()
    round_of(1000)
    await_fds(player, fds)
    grown = player.rss_kb() - rss
    box = Client(player.path)
    check(box.ask("ask version").startswith("= ") and player.process.poll() is None, "it still answers")
    box.close()
    if not sanitized():
        check(grown < 4096, f"it grew by {grown} KiB")
    print(f"1,000 clients with rubbish: {fds} descriptors before and after, {grown} KiB more")


def ctl(home, player):
    def run(*args, **kwargs):
        done = subprocess.run([LIMBER, "ctl", *args], env=home.env, cwd=home.path, capture_output=True, text=True, timeout=PATIENCE_S,
                              **kwargs)
        return done.returncode, done.stdout, done.stderr

    check(run("play")[0] == 0, "ctl play")
    done = run("pause")
    check(done[:2] == (0, "paused\n"), f"ctl pause: {done}")
    check(run("level", "-3")[0] == 0 and run("level", "speech", "-2")[0] == 0, f"numbers below 0: {run('level', '-3')}")
    levels = json.loads(run("status", "--json")[1])["levels"]
    check((levels["master"], levels["speech"]) == (-3, -2), f"{levels}")
    code, out, _ = run("status")
    check(code == 0 and out.startswith("paused    A session") and "move" in out, f"ctl status: {out}")
    check(json.loads(run("ask", "version")[1])["program"] == "limber", "ctl ask")
    code, out, err = run("frobnicate")
    check(code == 1 and not out and "no command" in err, f"refused: {code} {out} {err}")
    check(run("to", "99")[0] == 1, "no such move")
    for words in ((), ("check",), ("save", "x"), ("save", "a b", "page.md"), ("more\n", "10s"), ("x" * 2000,), ("--sock",)):
        code, out, err = run(*words)
        check(code == 2 and err, f"wrong usage: ctl {words}: {code} {out} {err}")
    code, _, err = run("check", home.file("page.md"))
    check(code == 1 and "one routine" in err, f"ctl check: {code} {err}")
    check(run("check", home.file("none.md"))[0] == 1, "no such file")
    code, _, err = run("--socket", home.file("nothing.sock"), "pause")
    check(code == 1 and "no player runs" in err and "limber serve" in err, f"nobody there: {code} {err}")
    home.env["LIMBER_SOCKET"] = home.file("nothing.sock")
    check(run("pause")[0] == 1 and run("--socket", player.path, "pause")[0] == 0, "$LIMBER_SOCKET, and --socket before it")
    del home.env["LIMBER_SOCKET"]
    names = run("--names")[1].split()
    check({"pause", "subscribe", "ask", "check", "save", "more"} <= set(names), f"names: {names}")
    watch = subprocess.Popen([LIMBER, "ctl", "subscribe"], env=home.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    check(json.loads(watch.stdout.readline())["format"] == 1, "ctl subscribe")
    run("level", "0")
    while json.loads(watch.stdout.readline())["levels"]["master"] != 0:
        pass
    watch.stdout.close()
    watch.kill()
    watch.wait()
    # The client of the manual.
    if shutil.which("nc"):
        script = os.path.join(SOURCE, "examples", "control-shell", "limber-say")
        done = subprocess.run(["sh", script, "ask version", "pause"], env=home.env, capture_output=True, text=True, timeout=PATIENCE_S)
        check(done.returncode == 0 and '"program":"limber"' in done.stdout and "paused" in done.stdout, f"limber-say: {done}")
        done = subprocess.run(["sh", script, "frobnicate"], env=home.env, capture_output=True, text=True, timeout=PATIENCE_S)
        check(done.returncode == 1 and "no command" in done.stderr, f"limber-say: {done}")
        done = subprocess.run(["sh", script, "pause"], env=dict(home.env, LIMBER_SOCKET="/nothing"), capture_output=True, text=True,
                              timeout=PATIENCE_S)
        check(done.returncode == 1 and "no player" in done.stderr, f"limber-say: {done}")


def rights(home, player):
    folder, name = os.path.split(player.path)
    check(stat.S_IMODE(os.stat(player.path).st_mode) == 0o600, "the socket is its owner's")
    check(stat.S_IMODE(os.stat(folder).st_mode) == 0o700, "the folder is its owner's")
    # A second one is told, and takes nothing away.
    short = home.file("short.md", "# Short\n\nStand tall.\n")
    done = home.must("play", short, "--output", "null", "--control", "socket")
    check("another player answers at" in done.stderr, f"two players: {done.stderr}")
    box = Client(player.path)
    check(box.ask("ask version").startswith("= "), "the first one answers still")
    box.ask("stop")
    box.close()
    player.process.wait(PATIENCE_S)
    check(player.process.returncode == 0, f"the end: {player.process.returncode}\n{player.logged()[-3000:]}")
    check(os.listdir(folder) == [name + ".lock"], f"what is left: {os.listdir(folder)}")


def places(home):
    short = home.file("short.md", "# Short\n\nStand tall.\n")
    path = os.path.join(home.path, "run", "limber", "control.sock")
    # A player is killed: its socket stays, and is replaced.
    with Player(home) as player:
        pass
    check(os.path.exists(path), "a killed player leaves its socket")
    done = home.run("ctl", "pause")
    check(done.returncode == 1 and "no player runs" in done.stderr, f"a dead socket: {done.stderr}")
    with Player(home) as player:
        box = Client(player.path)
        check(box.ask("ask version").startswith("= "), "a dead socket is replaced")
    os.unlink(path)
    # What is there and is none is not touched; other mistakes are told, and the session is played.
    os.mkdir(path)
    done = home.must("play", short, "--output", "null", "--control", "socket")
    check("is no socket" in done.stderr and os.path.isdir(path), f"no socket: {done.stderr}")
    os.rmdir(path)
    other = socket.socket(socket.AF_UNIX)
    other.bind(path)
    other.listen()
    done = home.must("play", short, "--output", "null", "--control", "socket")
    check("another player answers" in done.stderr, f"somebody else's: {done.stderr}")
    other.close()
    for options, why in ((f"path={home.path}/{'x' * 120}", "at most 107 bytes"), ("group=no-such-group", "there is no group"),
                         (f"path={home.path}/none/none/s", "cannot be made")):
        done = home.must("play", short, "--output", "null", "--control", f"socket:{options}")
        check(why in done.stderr, f"{options}: {done.stderr}")
    nowhere = dict(home.env)
    del nowhere["XDG_RUNTIME_DIR"]
    if os.geteuid() != 0:
        done = subprocess.run([LIMBER, "play", short, "--output", "null", "--control", "socket"], env=nowhere, capture_output=True,
                              text=True, timeout=PATIENCE_S)
        check("XDG_RUNTIME_DIR" in done.stderr, f"nowhere to put it: {done.stderr}")
    # For a group; in a place of its own, and in the service's.
    group = os.getgroups()[-1] if os.getgroups() else os.getgid()
    with Player(home, control=f"socket:group={group},path={home.path}/g/s"):
        about = os.stat(f"{home.path}/g/s")
        check((stat.S_IMODE(about.st_mode), about.st_gid) == (0o660, group), f"for a group: {about}")
        about = os.stat(f"{home.path}/g")
        check((stat.S_IMODE(about.st_mode), about.st_gid) == (0o750, group), f"its folder: {about}")
    os.mkdir(home.file("service"))
    with Player(home, env={"RUNTIME_DIRECTORY": home.file("service") + ":/other"}):
        check(Client(home.file("service/control.sock")).ask("ask version").startswith("= "), "in the service's folder")


def whole_box(home):
    """The same to a box: routines are kept, looked at, played."""
    def run(*args, **kwargs):
        done = subprocess.run([LIMBER, "ctl", *args], env=home.env, cwd=home.path, capture_output=True, text=True, timeout=PATIENCE_S, **kwargs)
        return done.returncode, done.stdout, done.stderr

    path = os.path.join(home.path, "run", "limber", "control.sock")
    box = subprocess.Popen([LIMBER, "serve", "--output", "null:speed=1", "--control", "socket"], env=home.env, cwd=home.path,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while run("status")[0] != 0:
            check(box.poll() is None and time.monotonic() < deadline, f"no box at {path}")
            select.select([], [], [], 0.05)
        good, bad = home.file("good.md", "# Mine\n\nStand. `hold 200s`\n"), home.file("bad.md", "# Bad\n\nStand. `hold 10x`\n")
        check(run("check", good)[:2] == (0, f"{good}: good\n"), f"a good page: {run('check', good)}")
        code, _, err = run("check", bad)
        check(code == 3 and f"{bad}:3:14: error:" in err, f"a bad page: {code} {err}")
        check(json.loads(run("check", "--json", bad)[1])["playable"] is False, "a bad page as JSON")
        check(run("save", "mine", good)[:2] == (0, "saved mine\n"), "save")
        with open(bad, encoding="utf-8") as page:
            code, _, err = run("save", "bad", "-", stdin=page)
        check(code == 3 and "standard input:3:14" in err, f"what has errors is not kept: {code} {err}")
        names = [item["name"] for item in json.loads(run("ask", "routines")[1])["routines"]]
        check("mine" in names and "bad" not in names, f"{names}")
        check(json.loads(run("ask", "routine", "mine")[1])["source"].startswith("# Mine"), "its page")
        check(run("play", "no-such-routine")[0] == 1, "no such routine")
        watcher = Client(path)
        check(watcher.ask("subscribe") == "ok", "subscribe")
        check(run("play", "mine")[0] == 0, "play")
        watcher.status(lambda document: document["routine"] == "mine" and document["state"] == "playing")
        check(run("status")[1].startswith("playing   Mine (mine)"), f"{run('status')}")
        check(run("stop")[0] == 0, "stop")
        watcher.status(lambda document: document["state"] == "idle")
        check(run("ask", "delete", "mine")[0] == 0 and run("ask", "routine", "mine")[0] == 1, "delete")
        watcher.close()
    finally:
        box.terminate()
        box.wait(PATIENCE_S)


def handed_over(home):
    """As a service manager does: the listening socket is descriptor 3, and the numbers are in the environment."""
    path = home.file("handed.sock")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    starter = ("import os, sys\nos.dup2(int(sys.argv[1]), 3)\nos.set_inheritable(3, True)\n"
               "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1')\nos.execv(sys.argv[2], sys.argv[2:])\n")
    process = subprocess.Popen(["python3", "-c", starter, str(listening.fileno()), LIMBER, "play", home.file("page.md", PAGE), "--output",
                                "null:speed=1", "--lead-in", "0", "--control", "socket"], env=home.env, cwd=home.path,
                               pass_fds=[listening.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    box = Client(path)
    check(box.ask("ask version").startswith("= "), "a socket that was handed over")
    box.ask("stop")
    process.wait(PATIENCE_S)
    check(os.path.exists(path), "what was handed over is not removed")
    listening.close()


with Home() as home:
    with Player(home) as player:
        protocol(player)
        subscriptions(player)
        rude_clients(player)
        malformed(player)
        ctl(home, player)
        rights(home, player)
    places(home)
    handed_over(home)
with Home() as home:
    whole_box(home)
