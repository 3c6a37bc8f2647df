# SPDX-License-Identifier: GPL-3.0-or-later
"""Media keys: the real player on a bus of the test's own, driven by playerctl, which also hears of every change."""
import os
import re
import select
import socket
import subprocess
import time

from limbertest import LIMBER, Home, check, fail, need, skip

PAGE = """# A session

## First

Stand tall. `hold 300s`

## Second

Now sit. `hold 300s`

## Third

Lie down. `hold 300s`
"""
NAME = "org.mpris.MediaPlayer2.limber"
PATIENCE_S = 60
need("playerctl", "dbus-daemon", "dbus-send", "dbus-monitor")


class Bus:
    """A session bus at an address that stays the same when it is started anew."""

    def __init__(self, home):
        self.home = home
        self.address = f"unix:path={home.path}/run/bus"
        home.env["DBUS_SESSION_BUS_ADDRESS"] = self.address
        self.process = None

    def start(self):
        self.process = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1", f"--address={self.address}"],
                                        env=self.home.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        check(self.process.stdout.readline(), "no bus")

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        if os.path.exists(f"{self.home.path}/run/bus"):
            os.unlink(f"{self.home.path}/run/bus")


class Monitor:
    """What the player says to everybody."""

    def __init__(self, home):
        self.process = subprocess.Popen(["dbus-monitor", "--session", "type='signal',path='/org/mpris/MediaPlayer2'"], env=home.env,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.text = ""

    def expect(self, *words):
        """Reads until all words were seen; returns what was read and begins anew."""
        deadline = time.monotonic() + PATIENCE_S
        while not all(word in self.text for word in words):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                fail(f"{[word for word in words if word not in self.text]} was not told, but:\n{self.text}")
            self.text += (self.process.stdout.read() or b"").decode()
        seen, self.text = self.text, ""
        return seen

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def wait_until(true, what):
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        check(time.monotonic() < deadline, what)
        select.select([], [], [], 0.05)


with Home() as home:
    if "control-mpris" not in home.must("plugins", "--names").stdout:
        skip("control-mpris is left out of this build")
    short = home.file("short.md", "# Short\n\nStand tall.\n")
    page = home.file("page.md", PAGE)

    # Nowhere to be found: quiet, and the session is played.
    done = home.must("play", short, "--output", "null", "--control", "mpris")
    check("mpris" not in done.stderr, f"without a bus: {done.stderr}")

    bus = Bus(home)
    bus.start()
    log = open(home.file("log"), "w+", encoding="utf-8")
    player = subprocess.Popen([LIMBER, "play", page, "--output", "null:speed=1", "--lead-in", "0", "--control", "mpris", "--control", "socket"],
                              env=dict(home.env, LIMBER_LOG="info"), cwd=home.path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)

    def logged():
        with open(log.name, encoding="utf-8") as file:
            return file.read()

    def command(line):
        """Over the socket, as somebody else."""
        other = socket.socket(socket.AF_UNIX)
        other.settimeout(PATIENCE_S)
        other.connect(os.path.join(home.path, "run", "limber", "control.sock"))
        other.sendall((line + "\nbye\n").encode())
        answer = b""
        while piece := other.recv(4096):
            answer += piece
        other.close()
        return answer.decode()

    def ctl(*args, status=0):
        done = subprocess.run(["playerctl", "-p", "limber", *args], env=home.env, capture_output=True, text=True, timeout=PATIENCE_S)
        check(done.returncode == status, f"playerctl {args}: {done.returncode} {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def call(method, *args, interface="Player", error=None):
        done = subprocess.run(["dbus-send", "--session", "--print-reply", f"--dest={NAME}", "/org/mpris/MediaPlayer2",
                               f"org.mpris.MediaPlayer2{'.' if interface else ''}{interface}.{method}", *args], env=home.env,
                              capture_output=True, text=True, timeout=PATIENCE_S)
        check((done.returncode != 0) == bool(error) and (error or "") in done.stderr, f"{method}: {done.stdout}{done.stderr}")
        return done.stdout

    def get(name, interface="Player"):
        dotted = f"org.mpris.MediaPlayer2{'.' if interface else ''}{interface}"
        done = subprocess.run(["dbus-send", "--session", "--print-reply=literal", f"--dest={NAME}", "/org/mpris/MediaPlayer2",
                               "org.freedesktop.DBus.Properties.Get", f"string:{dotted}", f"string:{name}"], env=home.env,
                              capture_output=True, text=True, timeout=PATIENCE_S)
        check(done.returncode == 0, f"{name}: {done.stderr}")
        return " ".join(done.stdout.split())

    def title():
        return ctl("metadata", "title")

    try:
        wait_until(lambda: "media keys are listened to" in logged(), "it did not get its name")
        wait_until(lambda: title() == "First", "the first move")
        monitor = Monitor(home)

        # What there is.
        check(ctl("status") == "Playing" and ctl("metadata", "album") == "A session", "status and album")
        check(int(ctl("metadata", "mpris:length")) > 900e6, f"length: {ctl('metadata', 'mpris:length')}")
        track = ctl("metadata", "mpris:trackid")
        check(re.fullmatch(r"'?/org/limber/session/\d+'?", track), f"track: {track}")
        check(get("Identity", "") == "variant Limber" and get("CanQuit", "") == "variant boolean false", "the root")
        for name in ("CanGoNext", "CanGoPrevious", "CanPlay", "CanPause", "CanSeek", "CanControl"):
            check(get(name) == "variant boolean true", f"{name}: {get(name)}")
        check(get("Rate") == get("MinimumRate") == get("MaximumRate") == "variant double 1", f"rate: {get('Rate')}")
        for name in ("Raise", "Quit"):
            call(name, interface="")
        first = float(ctl("position"))
        wait_until(lambda: float(ctl("position")) > first, "the position goes on")

        # Every key, and every change told.
        ctl("pause")
        check(ctl("status") == "Paused", "pause")
        monitor.expect("PropertiesChanged", "PlaybackStatus", "Paused")
        ctl("play-pause")
        monitor.expect("Playing")
        ctl("next")
        monitor.expect("Metadata", "Second")
        check(title() == "Second", f"next: {title()}")
        ctl("previous")
        monitor.expect("First")
        ctl("volume", "0.5")
        monitor.expect("Volume")
        check("-6" in command("ask status").split('"master":')[1][:4], f"volume 0.5 is −6 dB: {command('ask status')}")
        check(abs(float(ctl("volume")) - 0.501) < 0.01, f"volume: {ctl('volume')}")
        ctl("volume", "0")
        check('"master":-24' in command("ask status"), "volume 0")
        # What others do is told as well; of what is the same, nothing is. (The length is, until all words are voiced.)
        while '"exact":true' not in command("ask session"):
            pass
        command("level 0")
        monitor.expect("Volume", "double 1")
        command("pause")
        monitor.expect("Paused")
        command("pause")
        command("level 3")
        seen = monitor.expect("Volume")
        check("PlaybackStatus" not in seen and "Metadata" not in seen, f"what did not change is not told: {seen}")
        command("level 0"), command("play")
        monitor.expect("Playing")

        # Places: the move there.
        def at(name):
            wait_until(lambda: title() == name, f"{name} is not reached but {title()}")

        path = re.search(r"/org/limber/session/\d+", track).group()
        call("SetPosition", f"objpath:{path}", "int64:500000000")
        at("Second")
        call("SetPosition", f"objpath:{path}", "int64:400000000")  # what was left out before it is no part of the session any more
        at("Third")
        for track_id, place in ((path + "9", 5000000), (path, -1), (path, 10**15), ("/org/mpris/MediaPlayer2/TrackList/NoTrack", 1)):
            call("SetPosition", f"objpath:{track_id}", f"int64:{place}")
        at("Third")
        call("Seek", f"int64:{-10**15}")
        at("First")
        call("Seek", "int64:5000000")
        at("Second")
        call("Seek", "int64:320000000")
        at("Third")
        call("Seek", f"int64:{-10**15}")
        at("First")
        call("Seek", "int64:320000000")
        at("Second")
        call("Seek", "int64:0")
        # What is no routine's name is refused, and so is any routine here.
        for uri in ("file:///etc/passwd", "/etc/passwd", "../x", "http://x/y", "", "-x", "a b", "a=b", "x" * 200):
            call("OpenUri", f"string:{uri}", error="Only the name of a routine")
        call("OpenUri", "string:desk-break", error="Refused")
        subprocess.run(["dbus-send", "--session", "--print-reply", f"--dest={NAME}", "/org/mpris/MediaPlayer2",
                        "org.freedesktop.DBus.Properties.Set", "string:org.mpris.MediaPlayer2.Player", "string:Volume",
                        "variant:string:loud"], env=home.env, capture_output=True, timeout=PATIENCE_S)
        check(player.poll() is None and ctl("status") == "Playing", "nonsense is refused")

        # A second player has a name of its own.
        second = subprocess.Popen([LIMBER, "play", page, "--output", "null:speed=1", "--lead-in", "0", "--control", "mpris", "-q"], env=home.env,
                                  cwd=home.path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        instance = f"limber.instance{second.pid}"
        wait_until(lambda: instance in subprocess.run(["playerctl", "-l"], env=home.env, capture_output=True, text=True,
                                                      timeout=PATIENCE_S).stdout, "the second player's name")
        second.kill()
        second.wait()

        # The bus goes, and comes back: told once each, and all is as it was.
        monitor.end()
        bus.end()
        wait_until(lambda: "the session bus has gone" in logged(), "the loss is told")
        check("= {" in command("ask version"), "the player goes on without a bus")
        bus.start()
        wait_until(lambda: "the session bus is back" in logged(), "it comes back")
        check(ctl("status") == "Playing" and title() == "Second", "as it was")
        check(logged().count("session bus") == 2, f"told once each:\n{logged()}")
        ctl("stop")
        player.wait(PATIENCE_S)
        check(player.returncode == 0, f"stop: {player.returncode}")
    finally:
        player.kill()
        player.wait()
        bus.end()
        log.close()
