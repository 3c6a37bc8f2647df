# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache of speech under the real program: shown, cleared, shared, killed into, filled to the brim, damaged."""
import glob
import json
import os
import signal
import subprocess

from limbertest import LIMBER, Home, check

PAGE = "---\nannounce: none\n---\n# Many words\n\n" + "\n\n".join(
    f"Sentence number {i}, about the {thing}." for i in range(12) for thing in ("neck", "shoulder", "back")) + "\n"


def clips(home):
    return glob.glob(home.file(".cache/limber/clips/??/*.clip"))


def other_files(home):
    """What is in the cache and is no clip, no engine, and not the mark of the last look."""
    found = [os.path.join(top, name) for top, _, names in os.walk(home.file(".cache/limber/clips")) for name in names]
    return [path for path in found if not path.endswith((".clip", ".trimmed"))]


def read(path):
    with open(path, "rb") as file:
        return file.read()


def render(home, name, *args):
    return [LIMBER, "render", home.file("page.md"), "-o", home.file(name), "-q", *args]


def shown_and_cleared(home, right):
    usage = json.loads(home.must("cache", "--json").stdout)
    check(usage["clips"] == len(clips(home)) > 30 and usage["bytes"] > 100000 and usage["engines"] >= 1, f"{usage}")
    text = home.must("cache").stdout
    check(home.file(".cache/limber") in text and f"{usage['clips']}, " in text and "1.0 GB" in text, text)
    check(all(len(line) <= 80 for line in text.splitlines()), text)
    home.env["LIMBER_CACHE_LIMIT"] = "300M"
    check("300 MB (LIMBER_CACHE_LIMIT)" in home.must("cache").stdout, "the limit of the environment is not shown")
    home.env["LIMBER_CACHE_LIMIT"] = "a lot"
    check("is not a size" in home.must("cache").stderr, "a limit that is none")
    del home.env["LIMBER_CACHE_LIMIT"]

    check("Removed 0 clips" in home.must("cache", "clear", "--older", "1d").stdout, "clips of today are old")
    old = clips(home)[:5]
    for path in old:
        os.utime(path, (1000, 1000))
    check("Removed 5 clips" in home.must("cache", "clear", "--older", "30d").stdout, "five are old")
    check(not any(os.path.exists(path) for path in old), "they are still there")
    home.must("cache", "trim", "--limit", str(usage["bytes"] // 2))
    left = json.loads(home.must("cache", "--json").stdout)
    check(0 < left["bytes"] <= usage["bytes"] // 2, f"trimmed to {left}")
    check(home.must("cache", "clear", "-q").stdout == "" and not clips(home), "not all cleared")
    home.must(*render(home, "again.wav")[1:])
    check(read(home.file("again.wav")) == right, "after clearing it sounds different")
    for args in (("cache", "clera"), ("cache", "clear", "--older", "long"), ("cache", "trim", "--limit", "much"), ("cache", "clear", "x")):
        done = home.run(*args)
        check(done.returncode == 2 and done.stderr, f"{args}: {done}")


def shared(home, right):
    home.must("cache", "clear")
    running = [subprocess.Popen(render(home, f"shared{i}.wav"), env=home.env, cwd=home.path, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for i in range(4)]
    clearing = [home.run("cache", "clear", "-q") for _ in range(3)]
    for i, process in enumerate(running):
        said, _ = process.communicate(timeout=120)
        check(process.returncode == 0 and not said, f"one of four at once: {process.returncode}: {said}")
        check(read(home.file(f"shared{i}.wav")) == right, "one of four at once sounds different")
    check(all(done.returncode == 0 and not done.stderr for done in clearing), f"{clearing}")
    check(not other_files(home), f"left behind: {other_files(home)}")


def killed(home, right):
    home.must("cache", "clear")
    for least in (1, 4, 9):
        process = subprocess.Popen(render(home, "killed.wav"), env=home.env, cwd=home.path, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        while len(clips(home)) < least and process.poll() is None:
            pass
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        check(not os.path.exists(home.file("killed.wav")) or process.returncode == 0, "half a file was left")
    check(clips(home) and not other_files(home), f"left behind: {other_files(home)}")
    done = home.must(*render(home, "after.wav")[1:])
    check(read(home.file("after.wav")) == right and not done.stderr, f"after being killed: {done.stderr}")


def damaged(home, right):
    for how in range(6):
        for i, path in enumerate(sorted(clips(home))):
            data = bytearray(read(path))
            if i % 2:
                continue
            if how == 0:
                data[len(data) // 2] ^= 0x10
            elif how == 1:
                data = data[:len(data) - 1 - i]
            elif how == 2:
                data = b""
            elif how == 3:
                data = b"RIFF this is somebody else's file, and rather long, so that there could be a header" * 5
            elif how == 4:
                data[8 + i % 40] ^= 0xFF
            else:
                data += b"\0" * 64
            os.unlink(path)
            with open(path, "wb") as file:
                file.write(data)
        done = home.must(*render(home, "healed.wav")[1:])
        check(read(home.file("healed.wav")) == right and not done.stderr, f"damage {how}: {done.stderr}")
        log = {**home.env, "LIMBER_LOG": "info"}
        again = subprocess.run(render(home, "healed.wav"), env=log, cwd=home.path, stdin=subprocess.DEVNULL,
                               capture_output=True, text=True, timeout=120)
        check("damaged" not in again.stderr, f"damage {how} was not healed: {again.stderr}")


def full(home, right):
    """No room in the cache and in the temporary folder: everything is spoken nevertheless."""
    home.must("cache", "clear")
    script = ('mount -t tmpfs -o size=300k none "$1" && mkdir "$1/tmp" && shift && export TMPDIR="$HOME/.cache/tmp" && '
              'exec "$@"')
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script, "sh", home.file(".cache"), *render(home, "full.wav")],
                          env=home.env, cwd=home.path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    if "unshare" in done.stderr or "mount" in done.stderr:
        print("not tried: a full disk")
        return
    check(done.returncode == 0 and not done.stderr, f"full disk: exit status {done.returncode}: {done.stderr}")
    check(read(home.file("full.wav")) == right, "with a full disk it sounds different")


with Home() as home:
    home.file("page.md", PAGE)
    check("0 bytes" in home.must("cache").stdout, "a new cache is not empty")
    home.must(*render(home, "right.wav")[1:])
    right = read(home.file("right.wav"))
    home.must(*render(home, "fresh.wav", "--no-cache")[1:])
    check(read(home.file("fresh.wav")) == right, "with the cache it sounds different")
    shown_and_cleared(home, right)
    shared(home, right)
    killed(home, right)
    damaged(home, right)
    full(home, right)
    del home.env["HOME"]
    done = home.run("cache")
    check(done.returncode in (0, 1), f"without a home: {done}")
