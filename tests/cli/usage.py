# SPDX-License-Identifier: GPL-3.0-or-later
"""Exit statuses, help, suggestions."""
import re

from limbertest import Home, check

VERBS = ["play", "render", "plan", "check", "list", "voices", "plugins", "devices", "completion"]

with Home() as home:
    page = home.file("good.md", "# Good\n\nStand tall. `hold 5s`\n")
    bad = home.file("bad.md", "# Bad\n\nStand tall. `hold 5`\n\nSit. `hld 5s`\n\nLie. {sid}\n")

    for verb in VERBS:
        done = home.must(verb, "--help")
        check("Examples:" in done.stdout and "--help" in done.stdout, f"{verb} --help shows no examples")
    check("limber VERB" in home.must("--help").stdout, "no help")
    # Groups of verbs: help of the group, of one of them, and in other words.
    group = home.must("voice", "--help").stdout
    check("list" in group and "limber voice VERB" in group, f"voice --help: {group}")
    check(home.must("help", "voice").stdout == group == home.must("voice", "help").stdout, "two helps of voice")
    check(home.must("help", "voice", "list").stdout == home.must("voice", "list", "--help").stdout, "two helps of voice list")
    pages = re.findall(r"^\*([a-z -]+)\*$", home.must("completion", "verbs").stdout, re.MULTILINE)
    check({"voice", "voice try", "cache", "cache clear"} | set(VERBS) <= set(pages), f"pages of the manual: {pages}")
    for args in ([], *[page.split() for page in pages]):
        shown = home.must(*args, "--help").stdout
        check(not args or shown == home.must("help", *args).stdout, f"two helps of {args}")
        for line in shown.splitlines():
            check(len(line) <= 80 or line.startswith("  limber "), f"{args} --help is wider than 80 columns: {line}")
    check(home.must("--version").stdout.startswith("limber "), "no version")

    def refused(status, words, *args):
        done = home.run(*args)
        check(done.returncode == status, f"{args}: exit status {done.returncode} instead of {status}: {done.stderr}")
        for word in words:
            check(word in done.stderr, f"{args}: \"{word}\" is not in: {done.stderr}")
        check(done.stdout == "", f"{args}: wrote to stdout: {done.stdout}")

    refused(2, ["Usage"])
    refused(2, ["plya", 'did you mean "play"'], "plya", page)
    refused(2, ["limber voice VERB"], "voice")
    refused(2, ['"voice lsit"', 'did you mean "voice list"'], "voice", "lsit")
    refused(2, ["--levle", "did you mean --level"], "plan", page, "--levle", "easy")
    refused(2, ["easy|normal|deep"], "plan", page, "--level", "hard")
    refused(2, ["not a time"], "plan", page, "--for", "12")
    refused(2, ["needs ROUTINE"], "plan")
    refused(2, ["too many"], "plan", page, page)
    refused(2, ["no routine"], "plan", "no-such-routine")
    refused(2, ["did you mean"], "plan", page, "--set", "out-file.fromat=s16")
    refused(2, ["PLUGIN.OPTION=VALUE"], "plan", page, "--set", "nonsense")
    refused(2, ["no-such-voice"], "plan", page, "--voice", "no-such-voice")
    refused(3, ["bad.md:3:", "bad.md:5:", "bad.md:7:", "hold 5s", "{side}"], "plan", bad)
    refused(3, ["bad.md:3:"], "render", bad, "-o", home.file("x.wav"))
    refused(1, ["no/such/folder"], "render", page, "-o", "no/such/folder/x.wav")
    refused(1, ["x.xyz"], "render", page, "-o", "x.xyz")
    done = home.run("check", page, bad)
    check(done.returncode == 3 and "good.md: good" in done.stdout, f"check of two pages: {done}")
