# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said and returned when something is not as asked: a full disk, a reader that leaves, an unknown voice, a length out of reach."""
import json
import os
import subprocess

from limbertest import LIMBER, Home, check

PAGE = """# A session

Stand tall.

## Hold on

Lean to a side. `hold 3-4min` Breathe.
"""

with Home() as home:
    page = home.file("page.md", PAGE)

    for arguments in (["plan", page], ["plan", page, "--json"], ["list"]):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([LIMBER, *arguments], env=home.env, cwd=home.path, stdout=full, stderr=subprocess.PIPE, text=True,
                                  timeout=60)
        check(done.returncode == 1, f"{arguments} to a full disk: exit status {done.returncode}")
        check(done.stderr.count("error:") == 1, f"{arguments} to a full disk: {done.stderr}")

    read, write = os.pipe()
    os.close(read)
    for arguments in (["plan", page], ["plan", page, "--json"]):
        done = subprocess.run([LIMBER, *arguments], env=home.env, cwd=home.path, stdout=write, stderr=subprocess.PIPE, text=True,
                              timeout=60)
        check(done.returncode == 0 and done.stderr == "", f"nobody reads: exit status {done.returncode}, {done.stderr}")
    os.close(write)

    wrong = home.file("voice.md", "---\nvoice: nobody\n---\n" + PAGE)
    done = home.run("check", wrong)
    check(done.returncode == 3 and "voice.md: error: there is no voice" in done.stderr, f"{done.returncode}: {done.stderr}")
    home.must("check", wrong, "--voice", "calm")

    # The opening tells the length that there is, not the one that was asked for.
    for asked, said in (("60s", "three minutes"), ("20min", "four minutes")):
        done = home.must("plan", page, "--for", asked, "--json")
        first = next(cue["text"] for cue in json.loads(done.stdout)["cues"] if cue["kind"] == "speech")
        check(said in first, f"--for {asked}: {first}")
        check("cannot be reached" in done.stderr, f"--for {asked}: {done.stderr}")
