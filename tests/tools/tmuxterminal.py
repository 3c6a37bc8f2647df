# SPDX-License-Identifier: GPL-3.0-or-later
"""A real terminal (tmux) with a shell in it: what stands on its screen, and keys for it."""
import subprocess
import time

from limbertest import check


class Tmux:
    """A shell in a terminal of 80 columns and 24 rows."""
    count = 0

    def __init__(self, home):
        Tmux.count += 1
        self.base = ["tmux", "-f", "/dev/null", "-S", home.file(f"tmux-{Tmux.count}")]
        self.env = {name: value for name, value in home.env.items() if name not in ("TMUX", "NO_COLOR")}
        self.run("-u", "new-session", "-d", "-x", "80", "-y", "24", "exec env PS1='$ ' bash --norc --noprofile -i +H")
        self.run("set", "-g", "status", "off")
        self.type("echo before")
        self.until(lambda text: "\nbefore" in text)
        self.stty = self.terminal()

    def run(self, *args):
        done = subprocess.run(self.base + list(args), env=self.env, capture_output=True, text=True, timeout=30)
        check(done.returncode == 0, f"tmux {args}: {done.stderr}")
        return done.stdout

    def type(self, line):
        self.run("send-keys", "-l", line)
        self.run("send-keys", "Enter")

    def press(self, key):
        self.run("send-keys", key)

    def text(self, *args):
        return self.run("capture-pane", "-p", *args)

    def state(self):
        return self.run("display", "-p", "#{alternate_on} #{cursor_flag} #{wrap_flag}").strip()

    def terminal(self):
        tty = self.run("display", "-p", "#{pane_tty}").strip()
        return subprocess.run(["stty", "-g", "-F", tty], capture_output=True, text=True, check=True).stdout

    def pid(self):
        """The player's."""
        shell = self.run("display", "-p", "#{pane_pid}").strip()
        return int(subprocess.run(["pgrep", "-P", shell, "-x", "limber"], capture_output=True, text=True).stdout.split()[0])

    def until(self, right, seconds=60):
        """Waits for a screen that is right, and returns it."""
        deadline = time.monotonic() + seconds
        while True:
            text = self.text()
            if right(text):
                return text
            check(time.monotonic() < deadline, f"the screen never was right ({self.state()}):\n{text}")
            time.sleep(0.05)

    def resize(self, columns, rows):
        self.run("resize-window", "-x", str(columns), "-y", str(rows))

    def close(self):
        subprocess.run(self.base + ["kill-server"], env=self.env, capture_output=True)


def given_back(tmux, why):
    tmux.until(lambda text: tmux.state() == "0 1 1" and "before" in text and text.rstrip()[-1] in "$#")
    check(tmux.terminal() == tmux.stty, f"{why}: the terminal is set up differently now")
