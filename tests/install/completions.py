# SPDX-License-Identifier: GPL-3.0-or-later
"""What the shells offer after Tab, asked of the shells themselves with the installed scripts. A shell that is missing is left out."""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time

from limbertest import check, fail, skip
from installed import SHARE, Installed

ROUTINES = {"upper-back-relief", "upper-back-strength"}
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>()][0-9A-B]?|\r|\x07")


class Terminal:
    """An interactive shell on a terminal of its own."""

    def __init__(self, home, *args):
        self.seen = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(home.path)
            os.execvpe(args[0], args, home.env)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def type(self, text):
        os.write(self.fd, text.encode())

    def expect(self, *wanted):
        """Reads until all the wanted texts were seen since the last expect."""
        deadline = time.monotonic() + 60
        while not all(text in self.seen for text in wanted):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                fail(f"{[text for text in wanted if text not in self.seen]} was not shown, but:\n{self.seen}")
            self.seen = ESCAPES.sub("", self.seen + os.read(self.fd, 4096).decode("utf-8", "replace"))
        seen, self.seen = self.seen, ""
        return seen

    def line(self, before_tab, *wanted):
        """Types half a command, asks for its completions, and throws the line away."""
        self.type(before_tab + "\t\t")
        seen = self.expect(*wanted)
        self.type("\x15echo 'cl''ear'\n")  # Ctrl-U
        self.expect("clear")
        return seen


def bash(home):
    def ask(*words):
        script = ('. /usr/share/bash-completion/bash_completion && _completion_loader limber; '
                  'complete -p limber >/dev/null || exit 9; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); '
                  '_limber limber "${@: -1}" "${@: -2:1}"; printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "--norc", "--noprofile", "-c", script, "bash", *words], env=home.env, cwd=home.path,
                              capture_output=True, text=True, timeout=60)
        check(done.returncode == 0 and not done.stderr, f"bash, {words}: exit status {done.returncode}: {done.stderr}")
        return {line for line in done.stdout.splitlines() if line}

    check(ask("limber", "pl") == {"play", "plan", "plugins"}, f"bash: verbs: {ask('limber', 'pl')}")
    check(ask("limber", "play", "upper") == ROUTINES, f"bash: routines: {ask('limber', 'play', 'upper')}")
    check("moves/cat-cow" in ask("limber", "play", "moves/cat"), "bash: no movements")
    check(ask("limber", "play", "--voi") == {"--voice"}, f"bash: options: {ask('limber', 'play', '--voi')}")
    check(ask("limber", "play", "--voice", "cal") >= {"calm", "calm-us"}, "bash: no voices")
    check(ask("limber", "play", "-V", "cal") >= {"calm", "calm-us"}, "bash: no voices after -V")
    check(ask("limber", "plan", "x", "--level", "") == {"easy", "normal", "deep"}, "bash: no levels")
    check({"bash", "zsh", "fish"} <= ask("limber", "completion", ""), "bash: no shells")
    check(ask("limber", "voi") == {"voice", "voices"}, f"bash: groups: {ask('limber', 'voi')}")
    check("list" in ask("limber", "voice", "") and ask("limber", "voice", "li") == {"list"}, "bash: no verbs of a group")
    check(ask("limber", "voice", "list", "--lang") == {"--language"}, "bash: no options after two words")
    check(ask("limber", "voice", "try", "cal") >= {"calm", "calm-us"}, "bash: no voices after voice try")
    check(ask("limber", "voice", "warm", "upper") == ROUTINES, "bash: no routines after voice warm")
    check("speech-espeak" in ask("limber", "voice", "new", "x", "--engine", "speech-e"), "bash: no engines")
    check(ask("limber", "cache", "") == {"clear", "trim"} and ask("limber", "cache", "--j") == {"--json"}, "bash: cache")
    check("--older" in ask("limber", "cache", "clear", "--o"), "bash: cache clear")
    check(ask("limber", "voice", "list", "") == set(), f"bash: more after voice list: {ask('limber', 'voice', 'list', '')}")
    check("own page.md" in ask("limber", "play", "own"), f"bash: files: {ask('limber', 'play', 'own')}")
    check(ask("limber", "ctl", "pau") == {"pause"} and ask("limber", "ctl", "subs") == {"subscribe"}, "bash: no commands after ctl")
    check(ask("limber", "ctl", "play", "upper") == ROUTINES, "bash: no routines after ctl play")
    # bash cuts words at "=".
    check(ask("limber", "play", "--voice", "=", "cal") >= {"calm", "calm-us"}, "bash: no voices after --voice=")
    check(ask("limber", "play", "--level", "=") == {"easy", "normal", "deep"}, "bash: no levels after --level=")

    with open(home.file("rc"), "w", encoding="utf-8") as rc:
        rc.write(". /usr/share/bash-completion/bash_completion\nPS1='> '\nbind 'set bell-style none' 'set enable-bracketed-paste off'\n")
    with Terminal(home, "bash", "--noprofile", "--rcfile", home.file("rc"), "-i") as shell:
        shell.expect("> ")
        shell.line("limber pl", "play", "plan", "plugins")
        shell.line("limber play upper-back-r", "upper-back-relief ")


def zsh(home):
    page = os.path.join(SHARE, "zsh/site-functions/_limber")
    done = subprocess.run(["zsh", "-n", page], capture_output=True, text=True, timeout=60)
    check(done.returncode == 0 and not done.stderr, f"zsh: {done.stderr}")
    with Terminal(home, "zsh", "-f", "-i") as shell:
        shell.type(f"PS1='> '; fpath=({SHARE}/zsh/site-functions $fpath); autoload -Uz compinit; compinit -u -D; setopt nobeep; "
                   "unsetopt auto_menu; LISTMAX=1000; echo re'ady'\n")
        shell.expect("ready")
        shell.line("limber pl", "play ", "plan ", "plugins ", "play a routine live")
        shell.line("limber play upper", *ROUTINES)
        shell.line("limber play --voice ", "calm", "calm-us", "ruhig")
        shell.line("limber play --level=", "easy", "normal", "deep")
        shell.line("limber completion f", "fish")
        shell.line("limber play own", "own\\ page.md")
        shell.line("limber voice l", "voice list")
        shell.line("limber voice ", "try ", "hear a voice")
        shell.line("limber voice try ", "calm", "calm-us", "ruhig")
        shell.line("limber voice warm upper", *ROUTINES)
        shell.line("limber cache ", "clear ", "trim ")
        shell.line("limber cache clear --ol", "--older")
        shell.line("limber voice list --lan", "--language")
        shell.line("limber ctl subs", "subscribe")
        shell.line("limber ctl play upper", *ROUTINES)


def fish(home):
    def ask(line):
        done = subprocess.run(["fish", "--no-config", "-c",
                               f"set fish_complete_path {SHARE}/fish/vendor_completions.d $fish_complete_path; complete -C '{line}'"],
                              env=home.env, cwd=home.path, capture_output=True, text=True, timeout=60)
        check(done.returncode == 0 and not done.stderr, f"fish, {line}: {done.stderr}")
        return {row.split("\t")[0] for row in done.stdout.splitlines()}

    check(ask("limber pl") == {"play", "plan", "plugins"}, f"fish: verbs: {ask('limber pl')}")
    check(ask("limber play upper") == ROUTINES, f"fish: routines: {ask('limber play upper')}")
    check("--voice" in ask("limber play --vo"), "fish: no options")
    check(ask("limber play --voice cal") >= {"calm", "calm-us"}, "fish: no voices")
    check(ask("limber play --level=") == {"--level=easy", "--level=normal", "--level=deep"}, f"fish: {ask('limber play --level=')}")
    check({"bash", "zsh", "fish"} <= ask("limber completion "), "fish: no shells")
    check(ask("limber voi") == {"voice", "voices"}, f"fish: groups: {ask('limber voi')}")
    check(ask("limber ctl pau") == {"pause"} and ask("limber ctl play upper") == ROUTINES, "fish: no commands or routines after ctl")
    check("list" in ask("limber voice ") and ask("limber voice li") == {"list"}, f"fish: group: {ask('limber voice ')}")
    check(ask("limber voice try cal") >= {"calm", "calm-us"}, "fish: no voices after voice try")
    check(ask("limber voice warm upper") == ROUTINES, "fish: no routines after voice warm")
    check({"clear", "trim"} <= ask("limber cache ") and "--json" in ask("limber cache --"), "fish: cache")
    check("--older" in ask("limber cache clear --") and "--json" not in ask("limber cache clear --"), "fish: cache clear")
    check(ask("limber voice list --lang") == {"--language"}, "fish: no options after two words")
    check("--moves" in ask("limber list --") and "--moves" not in ask("limber voice list --"), "fish: two lists are mixed up")
    check("own page.md" in ask("limber play own"), f"fish: files: {ask('limber play own')}")


with Installed() as home:
    home.file("own page.md", "# Own\n\nStand tall.\n")
    asked = []
    for shell in (bash, zsh, fish):
        if shutil.which(shell.__name__) and (shell != bash or os.path.exists("/usr/share/bash-completion/bash_completion")):
            shell(home)
            asked.append(shell.__name__)
    if not asked:
        skip("no shell is here")
    print("completed in " + ", ".join(asked))
