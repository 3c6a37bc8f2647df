# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages that mean harm meet a message, within seconds and without eating the memory; odd texts cost their own cue at most."""
import json
import resource
import subprocess

from limbertest import LIMBER, Home, check

MEMORY = 200 * 1024 * 1024


def nested(count, what):
    return "".join("  " * i + what + "\n" for i in range(count))


PAGES = {
    "rounds": "# A\n\n## B `1000 rounds`\n\n### C `1000 reps`\n\n- Go.\n",
    "product": "# A `100 rounds`\n\n## B `100 rounds`\n\n### C `100 rounds`\n\n#### D `100 sets` `1000 reps`\n\n- Go. `hold 4h`\n",
    "lists": "# A\n\n" + nested(300, "- Go."),
    "quotes": "# A\n\n" + ">" * 50000 + " x\n",
    "brackets": "# A\n\n" + "[" * 50000 + "\n",
    "aliases": "---\n" + "a: &a [x,x]\n" + "".join(f"b{i}: &b{i} [*a,*a]\n" for i in range(9)) + "---\n# A\n\nGo.\n",
    "flow": "---\nneeds: " + "[" * 200000 + "\n---\n# A\n\nGo.\n",
    "huge": "# A\n\n" + "word " * 400000,
    "utf8": b"# A\n\nGo \xff\xfe now.\n",
    "nul": b"# A\n\nGo \x00 now.\n",
    "empty": "",
    "cycle": "# A\n\n## [Again](cycle.md)\n",
    "outside": "# A\n\n## [Out](../../etc/passwd.md)\n",
    "folder": "# A\n\n## [Here](.)\n",
}

ODD = """# Odd words

Go {}. Then breathe out.
"""
ODD_TEXTS = ["s'" * 70, "A.B.C." * 29, "\u0001\u0002", "x" * 5000, "🙂🙂🙂", "AT&T <break time='9s'/> now", "&lt;b&gt;", "..", "\u202eevil",
             "\u200b\u200b", "%s%n", "[[hello]]", "1e999999", "ﷺ" * 200]

with Home() as home:
    for name, text in PAGES.items():
        path = home.file(f"{name}.md")
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        done = subprocess.run([LIMBER, "check", path], env=home.env, cwd=home.path, capture_output=True, timeout=20,
                              stdin=subprocess.DEVNULL)
        errors = done.stderr.decode("utf-8", "replace")
        check(done.returncode == 3, f"{name}: exit status {done.returncode}: {errors[:500]}")
        check("error:" in errors, f"{name}: no message")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        check("asan" in LIMBER or peak < MEMORY or before * 1024 >= MEMORY, f"{name}: {peak >> 20} MiB")

    for text in ODD_TEXTS:
        page = home.file("odd.md", ODD.format(text.replace("<", "\\<").replace("[", "\\[").replace("&", "\\&").replace("_", "\\_")))
        done = home.run("plan", page, "--json")
        check(done.returncode in (0, 3), f"{text[:20]!r}: exit status {done.returncode}: {done.stderr[:500]}")
        if done.returncode == 0:
            words = [cue["text"] for cue in json.loads(done.stdout)["cues"] if cue["kind"] == "speech"]
            check(any("breathe out" in word.lower() for word in words), f"{text[:20]!r} cost more than its own cue")
