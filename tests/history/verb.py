# SPDX-License-Identifier: GPL-3.0-or-later
"""limber history: what it shows at 40 and 80 columns, on terminals and in pipes, as JSON and as CSV; its options; its mistakes.
LIMBER_BLESS=1 writes the expected texts anew."""
import csv
import fcntl
import io
import json
import os
import pty
import struct
import subprocess
import termios

from filled import BACK, NOW, SESSIONS, Filled
from limbertest import LIMBER, Home, check

EXPECTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected")


def golden(name, text):
    path = os.path.join(EXPECTED, name)
    if os.environ.get("LIMBER_BLESS"):
        os.makedirs(EXPECTED, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    with open(path, encoding="utf-8") as file:
        expected = file.read()
    check(text == expected, f"{name} should be\n{expected}\nbut is\n{text}")


def on_terminal(home, columns, *args, answer=None):
    """What comes on a terminal of that width, and the exit status."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen([LIMBER, *args], env=home.env, cwd=home.path, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    if answer:
        os.write(ours, answer.encode())
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not part:
            break
        seen += part
    os.close(ours)
    return seen.decode().replace("\r\n", "\n"), process.wait(timeout=60)


def width(text):
    return max(len(line) for line in text.splitlines())


def tables(home):
    for columns in (40, 80):
        text, status = on_terminal(home, columns, "history", "--moves")
        check(status == 0, text)
        golden(f"terminal-{columns}.txt", text)
        home.env["COLUMNS"] = str(columns)
        golden(f"pipe-{columns}.txt", home.must("history", "--moves").stdout)
        golden(f"session-{columns}.txt", home.must("history", "7").stdout)
        del home.env["COLUMNS"]
    for columns in range(40, 131, 3):
        for args in (("history", "--moves"), ("history", "7")):
            text, _ = on_terminal(home, columns, *args)
            check(width(text) <= min(columns, 100), f"{columns} columns: one line has {width(text)}:\n{text}")
    check(width(on_terminal(home, 20, "history")[0]) <= 40, "narrower than 40 columns it is as at 40")
    # Plain characters where a person asks for them, or has no others.
    plain, _ = on_terminal(home, 80, "history", "--moves", "--plain")
    golden("pipe-80.txt", plain)
    home.env["LC_ALL"] = "C"
    check(on_terminal(home, 80, "history", "--moves")[0] == plain, "blocks in a locale without them")
    home.env["LC_ALL"] = "C.UTF-8"


def documents(home):
    document = json.loads(home.must("history", "--json").stdout)
    check(document["format"] == 1 and document["today"] == "2026-03-05" and document["path"] == home.database, document)
    check(document["streak"] == {"days": 3, "today": True, "longest": 3}, document["streak"])
    check([s["id"] for s in document["sessions"]] == [8, 7, 6, 5, 4, 3, 2, 1], "order of sessions")
    stopped = document["sessions"][1]
    check((stopped["started"], stopped["ended"]) == ("2026-03-04T18:02:11+01:00", "2026-03-04T18:14:46+01:00"), stopped)
    check((stopped["outcome"], stopped["effort"], stopped["done"], stopped["paused"], stopped["first_side"]) ==
          ("stopped", "hard", 725.0, 30.0, "right"), stopped)
    check((stopped["move_count"], stopped["skipped_count"], len(stopped["moves"])) == (3, 1, 4), stopped)
    check(stopped["moves"][3] == {"name": "Child's pose", "page": "childs-pose", "side": None, "round": 1, "started": 160.0,
                                  "planned": 60.0, "done": 8.0, "added": 0.0, "skipped": True, "fraction": None,
                                  "detail": "normal"}, stopped["moves"][3])
    check(document["weeks"][-1] == {"week": "2026-W10", "monday": "2026-03-02", "sessions": 3, "days": 3, "done": 1096.0},
          document["weeks"])
    check([p["page"] for p in document["practice"]] == ["neck-rolls", "side-stretch", "bridge", "childs-pose"], "practice")
    check(len(json.loads(home.must("history", "--json", "--weeks", "3").stdout)["weeks"]) == 3, "--weeks")
    one = json.loads(home.must("history", "7", "--json").stdout)
    check([s["id"] for s in one["sessions"]] == [7], one)

    done = subprocess.run([LIMBER, "history", "--csv"], env=home.env, capture_output=True, timeout=60)
    check(done.stdout.count(b"\r\n") == 9 and done.stdout.count(b"\n") == 9, "lines do not end as RFC 4180 has it")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode(), newline="")))
    check(len(rows) == 8 and rows[0]["routine"] == SESSIONS[-1][0] and rows[0]["title"] == SESSIONS[-1][8], rows[0])
    check((rows[1]["done_s"], rows[1]["moves"], rows[1]["skipped"], rows[1]["effort"]) == ("725", "3", "1", "hard"), rows[1])
    rows = list(csv.DictReader(io.StringIO(home.must("history", "--csv", "--moves").stdout, newline="")))
    check(len(rows) == 8 and rows[3]["name"] == "Child's pose" and rows[3]["skipped"] == "1" and rows[3]["fraction"] == "", rows)


def options(home):
    def ids(*args):
        return [s["id"] for s in json.loads(home.must("history", "--json", *args).stdout)["sessions"]]

    check(ids("--routine", BACK[0]) == [7, 5, 4, 3], "--routine")
    check(ids("--since", "2026-03-03") == [8, 7, 6], "--since DATE")
    check(ids("--since", "2d") == [8, 7, 6] and ids("--since", "0d") == [8] and ids("--since", "3w") == [8, 7, 6, 5, 4], "--since AGE")
    check(ids("--since", "2027-01-01") == [], "--since the future")
    check('did you mean "desk-break"' in home.must("history", "--routine", "desk-braek").stdout, "no suggestion")
    check("No session since 0d" in Filled(SESSIONS[:2]).must("history", "--since", "0d").stdout, "nothing since today")
    streak = home.must("history", "--routine", "desk-break").stdout
    check("In a row   no day yet\nLongest    1 day\nThis week  5 min, 1 session\n" in streak, streak)
    check("Minutes per week" not in home.must("history", "--weeks", "0").stdout, "--weeks 0")
    for args, expected in ((("--since", "yesterday"), "is no date"), (("--since", "2026-02-30"), "is no date"),
                           (("--weeks", "521"), "no more than 520"), (("--weeks", "many"), "whole number"),
                           (("--json", "--csv"), "either"), (("99",), "there is no session 99"),
                           (("forgte",), 'did you mean "history forget"')):
        done = home.run("history", *args)
        check(done.returncode == 2 and expected in done.stderr and not done.stdout, f"{args}: {done}")
    # Today open, and a day missed.
    home.env["LIMBER_NOW"] = "2026-03-06T06:00:00+01:00"
    check("In a row   3 days; today is open\n" in home.must("history").stdout, "today is open")
    home.env["LIMBER_NOW"] = "2026-03-07T06:00:00+01:00"
    check("In a row   no day yet\nLongest    3 days\n" in home.must("history").stdout, "a day was missed")
    home.env["LIMBER_NOW"] = NOW
    many = Filled([SESSIONS[1]] * 13)
    text = many.must("history").stdout
    check(text.count("desk-break") == 10 and "3 sessions before; --all\n" in text, text)
    check(many.must("history", "--all").stdout.count("desk-break") == 13, "--all")


def empty(home):
    check(home.must("history").stdout == "No session yet. Those you play will be listed here.\n", "an empty history")
    check(json.loads(home.must("history", "--json").stdout)["sessions"] == [], "JSON of nothing")
    check(home.must("history", "--csv").stdout.count("\n") == 1, "CSV of nothing")
    check("0 sessions forgotten" in home.must("history", "forget", "--all", "--yes").stdout, "forgetting nothing")
    check(not os.path.exists(home.file(".local")), "asking made a file")
    home.env.pop("HOME")
    done = home.run("history")
    check(done.returncode == 1 and "set HOME" in done.stderr, f"{done}")


def damaged(home):
    with open(home.database, "r+b") as file:
        file.truncate(5000)
    done = home.run("history")
    check(done.returncode == 0 and "No session yet" in done.stdout and ".damaged-2026-03-05" in done.stderr, f"{done}")
    check(home.must("history").stderr == "", "told twice")
    os.remove(home.database)
    os.mkdir(home.database)
    done = home.run("history")
    check(done.returncode == 1 and "cannot be opened" in done.stderr and not done.stdout, f"{done}")


def forgetting(home):
    def count():
        return len(json.loads(home.must("history", "--json").stdout)["sessions"])

    for args, expected in (((), "needs the numbers"), (("--all", "3"), "needs the numbers"), (("x",), "x is not the number"),
                           (("3", "99"), "no session 99"), (("3",), "--yes"), (("--all",), "--yes")):
        done = home.run("history", "forget", *args)
        check(done.returncode == 2 and expected in done.stderr and count() == 8, f"{args}: {done}")
    text, status = on_terminal(home, 80, "history", "forget", "7", answer="n\n")
    check(status == 1 and "Forget upper-back-relief of 2026-03-04 for good? [y/N]" in text and count() == 8, text)
    text, status = on_terminal(home, 80, "history", "forget", "7", answer="y\n")
    check(status == 0 and "Forgotten: upper-back-relief of 2026-03-04." in text and count() == 7, text)
    check(home.must("history", "forget", "1", "2", "--yes", "-q").stdout == "" and count() == 5, "two at once")
    check(home.must("history", "forget", "--all", "--yes").stdout == "5 sessions forgotten.\n" and count() == 0, "all")
    with open(home.database, "rb") as file:
        data = file.read()
    check(b"upper-back" not in data and b"desk-break" not in data, "forgotten sessions are still in the file")


with Filled(SESSIONS) as place:
    tables(place)
    documents(place)
    options(place)
    forgetting(place)
with Filled(SESSIONS) as place:
    damaged(place)
with Home() as place:
    empty(place)
