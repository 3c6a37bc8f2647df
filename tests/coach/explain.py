# SPDX-License-Identifier: GPL-3.0-or-later
"""limber plan --explain: each rule of the coach on a history, its switch, and the same again."""
import json
import os
import shutil

from filled import Filled, move
from limbertest import SOURCE, check

# It is Thursday, 5 March 2026 (filled.NOW).
PAGE = """# Evening

## [Cat-cow](moves/cat-cow.md)

## Side stretch `each side`

Lean **over** to the {side}, slowly. `hold 20-40s`

## Choose `pick 1`

### Hips

Sit. `hold 10s`

### Back

Lie. `hold 10s`

### Legs

Stand. `hold 10s`
"""


def day(number, hour=12):
    return f"2026-{number}T{hour}:00:00+01:00"


def session(when, effort=None, side="left", pick=None, moves=(), outcome="finished", routine="evening"):
    things = [("choice", "Choose", pick)] if pick else []
    return (routine, day(when), 300, 300, 0, outcome, effort, side, "Evening", things + list(moves))


def both(fraction):
    return [move("Cat-cow", "cat-cow", fraction=fraction), move("Side stretch", "Side stretch", "left", fraction=fraction)]


def explain(home, *options):
    return home.must("plan", "evening", "--explain", *options).stdout.splitlines()


def plan(home, *options):
    return json.loads(home.must("plan", "evening", "--json", *options).stdout)


def seconds_held(document, name):
    return {cue["frames"] / document["rate"] for cue in document["cues"] if cue["kind"] == "bout" and cue["bout"] == "hold" and cue["move"] == name}


def first_side(document):
    return next(cue["side"] for cue in document["cues"] if cue["side"])


def moves(document):
    return [entry["name"] for entry in document["moves"]]


def words(document, name):
    return [cue["text"] for cue in document["cues"] if cue["kind"] == "speech" and cue["move"] == name and cue["role"] == "instruction"]


def home_with(*sessions):
    home = Filled(sessions)
    scripts = os.path.join(home.path, ".local/share/limber/scripts")
    os.makedirs(os.path.join(scripts, "moves"), exist_ok=True)
    shutil.copy(os.path.join(SOURCE, "scripts/moves/cat-cow.md"), os.path.join(scripts, "moves"))
    with open(os.path.join(scripts, "evening.md"), "w", encoding="utf-8") as out:
        out.write(PAGE)
    return home


def test_nothing_known():
    with home_with() as home:
        lines = explain(home)
        check("Cat-cow: full guidance: new" in lines, lines)
        check("Side stretch: full guidance: new" in lines, lines)
        check("ranges: at the low end: no session yet" in lines, lines)
        check("sides: the left side first: as the page has it" in lines, lines)
        check(not os.path.exists(home.database), "asking made a history")
        # Without the coach the level decides, and the past does not matter.
        check(seconds_held(plan(home), "Side stretch") == {30.0}, "the level's value")
        check(seconds_held(plan(home, "--coach", "all"), "Side stretch") == {20.0}, "the low end")


def test_practice():
    rows = [session(f"02-{16 + i}", moves=both(0.0625 * i), pick="Hips" if i % 2 else "Back") for i in range(9)]
    rows += [session("03-03", "easy", "left", "Hips", both(0.25)), session("03-04", "easy", "right", "Back", both(0.25))]
    with home_with(*rows) as home:
        lines = explain(home)
        check("Cat-cow: brief guidance: done 11 times, last yesterday" in lines, lines)
        check("sides: the left side first: last time it was the right" in lines, lines)
        check("Choose: picks in this order: Legs (not lately), then Hips (on Tuesday), then Back (yesterday)" in lines, lines)
        ranges = [line for line in lines if line.startswith("ranges: ")]
        check(len(ranges) == 1 and "the last session (yesterday) was easy" in ranges[0], lines)

        coached = plan(home, "--coach", "all")
        check(moves(coached)[-1] == "Legs", moves(coached))
        check(first_side(coached) == "left", "sides alternate")
        check(words(coached, "Side stretch")[0] == "Over.", words(coached, "Side stretch"))
        held = seconds_held(coached, "Side stretch")
        check(held and 20 < min(held) <= max(held) <= 30, held)
        told = {(choice["rule"], choice["name"]): choice["text"] for choice in coached["choices"]}
        check(told["guidance", "Cat-cow"].startswith("brief guidance"), told)
        check({rule for rule, _ in told} == {"guidance", "ranges", "sides", "picks"}, told)

        # The same history, page and day: the same.
        check(plan(home, "--coach", "all") == coached, "not the same again")
        check(explain(home) == lines, "not the same reasons again")
        # It never reads anything into the plain plan.
        plain = plan(home)
        check("choices" not in plain and seconds_held(plain, "Side stretch") == {30.0}, plain.get("choices"))

        # Each switch by itself.
        for rule in ("guidance", "ranges", "sides", "picks"):
            others = ",".join(sorted({"guidance", "ranges", "sides", "picks"} - {rule}))
            without = explain(home, "--coach", others)
            check(f"{rule}: switched off" in without, without)
            check(sum(line.endswith("switched off") for line in without) == 1, without)
        check(words(plan(home, "--coach", "ranges,sides,picks"), "Side stretch")[0].startswith("Lean over"), "guidance off")
        check(seconds_held(plan(home, "--coach", "guidance"), "Side stretch") == {30.0}, "ranges off")
        check(moves(plan(home, "--coach", "picks"))[-1] == "Legs", "picks alone")
        none = plan(home, "--coach", "none")
        check(all(choice["text"] == "switched off" for choice in none.pop("choices")), "all off")
        check(none == plain, "switched off it is the plain plan")

        # What is asked for wins.
        asked = explain(home, "--detail", "full", "--for", "4min", "--seed", "3", "--level", "deep")
        check("level: deep: asked for" in asked, asked)
        check("guidance: full guidance: asked for" in asked, asked)
        check("ranges: as the length that was asked for needs them" in asked, asked)
        check("picks: by the seed that was given" in asked, asked)
        check(any(line.startswith("length: ") for line in asked), asked)
        full = plan(home, "--detail", "full", "--coach", "all")
        check(words(full, "Side stretch")[0].startswith("Lean over"), "--detail full brings it back")


def test_after_hard_and_after_a_break():
    rows = [session(f"02-{20 + i}", "easy", moves=both(0.125 * i)) for i in range(4)]
    with home_with(*rows, session("03-04", "hard", moves=both(0.5))) as home:
        after = max(seconds_held(plan(home, "--coach", "all"), "Side stretch"))
        with home_with(*rows) as easy:
            before = max(seconds_held(plan(easy, "--coach", "all"), "Side stretch"))
        check(20 < after < before <= 30, f"back after hard: {before} to {after}")
        check(any("hard" in line for line in explain(home) if line.startswith("ranges")), explain(home))
    rows = [session(f"02-{5 + i:02}", "easy", moves=both(0.125 * i)) for i in range(10)]
    with home_with(*rows) as home:
        lines = explain(home)
        check(any(line.startswith("ranges: at the low end") for line in lines), lines)
        check("Cat-cow: normal guidance: done 10 times, but not for 19 days" in lines, lines)


def test_configuration():
    rows = [session("03-04", "easy", "left", moves=both(0.1))]
    with home_with(*rows) as home:
        home.env["LIMBER_CONFIG"] = home.file("config.yaml", "coach: { sides: no }\nlevel: deep\n")
        lines = explain(home)
        check("sides: switched off" in lines and "level: deep: your setting" in lines, lines)
        lines = explain(home, "--coach", "sides")  # the command line wins
        check("sides: the right side first: last time it was the left" in lines, lines)
        check("ranges: switched off" in lines, lines)
        # A plain plan asks neither settings nor history.
        check(first_side(plan(home)) == "left" and seconds_held(plan(home), "Side stretch") == {30.0}, "plain")


def test_damaged_history():
    with home_with(session("03-04")) as home:
        with open(home.database, "wb") as out:
            out.write(b"no database at all" * 100)
        done = home.must("plan", "evening", "--explain")
        check("Cat-cow: full guidance: new" in done.stdout, done.stdout)


def main():
    for name, test in sorted(globals().items()):
        if name.startswith("test_"):
            test()


main()
