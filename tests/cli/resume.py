# SPDX-License-Identifier: GPL-3.0-or-later
"""A session that was left: what is offered, where it goes on, and that no trouble with disks or files stops a session."""
import glob
import json
import os
import pty
import resource
import select
import signal
import subprocess
import time

from limbertest import LIMBER, Home, check, fail

PAGE = """# Evening

Sit down.

## Bridge

Lift your hips. `hold 20s`

## Side stretch `each side`

Reach over. `hold 20s`
Come back.
"""
OTHER = "# Other\n\n## Something\n\nDo it. `hold 2s`\n"
PLAY = ["--plain", "--coach", "none", "--lead-in", "0"]
PATIENCE_S = 60


def journals(home):
    return glob.glob(home.file(".local/state/limber/journal/*.journal"))


def leave(home, page, seconds, how=signal.SIGKILL, output="null:channels=2"):
    """Plays until so much was captured, and ends the process."""
    path = home.file("left.raw")
    if os.path.exists(path):
        os.unlink(path)
    process = subprocess.Popen([LIMBER, "play", page, *PLAY, "--output", f"{output},capture={path}"], env=home.env, cwd=home.path,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + PATIENCE_S
    while not os.path.exists(path) or os.path.getsize(path) < seconds * 48000 * 8:
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            fail(f"it did not play {seconds} s: {process.returncode}")
    process.send_signal(how)
    return process.wait()


def said(done):
    return [line[7:].strip() for line in done.stdout.splitlines() if line[4:5] == ":" and not line[7:].strip().startswith("(")]


def terminal(home, *args, answers=()):
    """Plays at a terminal; answers is (what is waited for, what is typed then)…. Returns all that was shown."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(home.path)
        os.execve(LIMBER, ["limber", *args], dict(home.env, TERM="dumb"))
    shown, answers, until = "", list(answers), time.monotonic() + PATIENCE_S
    while True:
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
            fail(f"no end at a terminal: {shown[-2000:]}")
        if not select.select([fd], [], [], 1)[0]:
            continue
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        shown += data.decode(errors="replace")
        if answers and answers[0][0] in shown:
            os.write(fd, answers.pop(0)[1].encode())
    check(os.waitpid(pid, 0)[1] == 0, f"exit status at a terminal: {shown[-2000:]}")
    check(not answers, f"never asked “{answers[0][0] if answers else ''}”: {shown[-2000:]}")
    return shown


def going_on(home, page):
    none = home.run("play", "--resume", *PLAY)
    check(none.returncode == 2 and "no session was left" in none.stderr, f"nothing to go on with: {none.stderr}")
    check(home.run("play").returncode == 2, "play alone is no command")

    leave(home, page, 30)
    done = home.must("play", "--resume", *PLAY, "--output", "null")
    check("Reach over." in said(done) and "Sit down." not in said(done), f"goes on elsewhere: {done.stdout}")
    check(not journals(home), "a session that is over is still kept")
    history = json.loads(home.must("history", "--json").stdout)
    check(len(history["sessions"]) == 1, f"two sessions in the history: {history['sessions']}")
    session = history["sessions"][0]
    check(session["outcome"] == "finished", f"how it ended: {session}")

    leave(home, page, 30)
    asked = home.run("play", home.file("other.md"), "--resume", *PLAY, "--output", "null")
    check(asked.returncode == 2 and "is one of" in asked.stderr, f"another routine: {asked.stderr}")
    done = home.must("play", home.file("other.md"), *PLAY, "--output", "null")
    check("limber play --resume goes on with it" in done.stderr, f"what was left is not told: {done.stderr}")
    check("Do it." in said(done), "the other one does not play")
    done = home.must("play", home.file("other.md"), "--quiet", "--coach", "none", "--output", "null")
    check(done.stderr == "" and done.stdout == "", f"--quiet tells: {done.stderr}")
    done = home.must("play", page, *PLAY, "--output", "null")
    check("Sit down." in said(done) and "--resume goes on" in done.stderr, f"a pipe is asked nothing: {done.stderr}")
    home.must("play", "--resume", *PLAY, "--output", "null")


def asked_at_a_terminal(home, page):
    leave(home, page, 30)
    os.makedirs(home.file(".config/limber"))
    home.file(".config/limber/config.yaml", "ask-effort: no\n")
    shown = terminal(home, "play", page, "--plain", "--output", "null", answers=[("Go on?", ""), ("paused", " ")])
    check("You were at" in shown.split("Go on?")[0], f"where it was: {shown}")
    check("Sit down." not in shown, f"it began again: {shown}")
    leave(home, page, 30)
    shown = terminal(home, "play", page, "--plain", "--output", "null", answers=[("Go on?", ""), ("paused", "n")])
    check("Sit down." in shown, f"it did not begin again: {shown}")
    check(not journals(home), "what was answered is offered again")
    for how in (signal.SIGTERM, signal.SIGHUP):  # the system, or the terminal, ends it: it is left
        status = leave(home, page, 30, how)
        check(status == 0 and len(journals(home)) == 1, f"{how}: {status}, {journals(home)}")
        home.must("play", "--resume", *PLAY, "--output", "null")
    status = leave(home, page, 30, signal.SIGINT)  # the person does
    check(status == 0 and not journals(home), f"Ctrl-C: {status}, {journals(home)}")


def whole(home, page, why, **kwargs):
    done = home.must("play", page, *PLAY, "--output", "null", **kwargs)
    check("Come back." in said(done), f"{why}: it did not play to its end: {done.stdout}")
    return done


def trouble(home, page):
    leave(home, page, 30)
    path = journals(home)[0]
    with open(path, "rb") as file:
        data = file.read()
    for size in (len(data) - 5, len(data) // 2, 20, 3):
        with open(path, "wb") as file:
            file.write(data[:size] + b"\xff" * 3)
        home.run("play", "--resume", *PLAY, "--output", "null")
        whole(home, page, f"a journal torn at {size}")
        for left in journals(home):
            os.unlink(left)

    database = home.file(".local/state/limber/history.db")
    with open(database, "r+b") as file:
        file.seek(100)
        file.write(b"\xa5" * 5000)
    for log in glob.glob(database + "-*"):
        os.unlink(log)
    done = whole(home, page, "a damaged history")
    check("history" in done.stderr, f"a damaged history is not told: {done.stderr}")

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))

    subprocess.run(["rm", "-rf", home.file(".local/state/limber")], check=True)
    process = subprocess.run([LIMBER, "play", page, *PLAY, "--output", "null"], env=home.env, cwd=home.path, text=True,
                             stdin=subprocess.DEVNULL, capture_output=True, preexec_fn=no_room, timeout=PATIENCE_S)
    check(process.returncode == 0 and "Come back." in said(process), f"a full disk: {process.returncode} {process.stderr}")

    subprocess.run(["rm", "-rf", home.file(".local/state/limber")], check=True)
    home.file(".local/state/limber", "no folder")
    done = whole(home, page, "no state folder")
    check("cannot be kept" in done.stderr, f"a journal that cannot be kept is not told: {done.stderr}")
    os.unlink(home.file(".local/state/limber"))


with Home() as home:
    page = home.file("evening.md", PAGE)
    home.file("other.md", OTHER)
    home.must("render", page, "-o", "warm.wav")  # the words are there
    going_on(home, page)
    asked_at_a_terminal(home, page)
    trouble(home, page)
