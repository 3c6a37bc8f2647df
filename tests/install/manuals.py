# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page of the manual renders without warnings, can be found by its name, and refers only to pages that exist."""
import glob
import os
import re
import subprocess

from limbertest import check, need
from installed import SHARE, Installed

need("man", "groff")
MAN = os.path.join(SHARE, "man")

with Installed() as home:
    home.env.update(MANWIDTH="80", MANPAGER="cat", GROFF_NO_SGR="1")
    for name in [name for name in home.env if name.startswith("MAN") and name not in ("MANWIDTH", "MANPAGER")]:
        del home.env[name]

    def man(*args):
        return subprocess.run(["man", *args], env=home.env, capture_output=True, text=True, timeout=60)

    pages = sorted(glob.glob(os.path.join(MAN, "man?", "*.?")))
    check(pages, "no manual page is installed: was scdoc there when this was configured?")
    known = {re.sub(r"(.*)\.(.)$", r"\1(\2)", os.path.basename(page)) for page in pages}
    for page in pages:
        name = os.path.basename(page)[:-2]
        done = man("--warnings", "--no-hyphenation", "-E", "UTF-8", "-l", page)
        check(done.returncode == 0 and not done.stderr.strip(), f"{page}: {done.stderr}")
        text = re.sub(".\b", "", done.stdout)
        check("NAME" in text and f"{name} - " in text, f"{page} does not say its name:\n{text[:300]}")
        found = man("-M", MAN, "-w", page[-1], name)
        check(found.stdout.strip() == page, f"man {page[-1]} {name}: {found.stdout}{found.stderr}")
        text = re.sub(r"[-‐]\n +", "-", text)
        for other in re.findall(r"\b(limber[-a-z]*\(\d\))", text):
            check(other in known, f"{page} refers to {other}, which does not exist")
    # Every verb has a page.
    def rows(*args):
        return re.findall(r"^  ([a-z]+)  +", home.must(*args).stdout, re.MULTILINE)

    verbs = rows("--help")
    for group in ("voice", "cache", "history", "sounds"):
        if group in verbs:
            verbs += [f"{group}-{verb}" for verb in rows(group, "--help")]
    check("voice-list" in verbs, f"the verbs are {verbs}")
    top = re.sub(".\b", "", man("--no-hyphenation", "-E", "UTF-8", "-l", os.path.join(MAN, "man1", "limber.1")).stdout)
    for verb in verbs:
        check(f"limber-{verb}(1)" in known, f"there is no manual page of limber {verb}")
        check(f"limber-{verb}(1)" in re.sub(r"[-‐]\n +", "-", top), f"limber(1) does not mention limber-{verb}(1)")
    check({"limber(1)", "limber-routine(5)", "limber-play(1)"} <= known, f"pages are missing; there are {sorted(known)}")
    print(f"{len(pages)} pages")
