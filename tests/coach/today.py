# SPDX-License-Identifier: GPL-3.0-or-later
"""limber today and limber remind: what is due of a plan for the week, played, told and said."""
import json
import os

from filled import Filled
from limbertest import check

# It is Thursday, 5 March 2026 (filled.NOW).
PLAN = """
most: 3
routines:
  - neck
  - routine: back
    days: [Monday, Thursday]
    minutes: 2
  - routine: hips
    days: 3 a week
  - routine: sunday
    days: Sunday
"""


def done(routine, when, outcome="finished", seconds=300):
    return (routine, f"2026-{when}T12:00:00+01:00", 300, seconds, 0, outcome, None, None, routine.capitalize(), [])


class Week(Filled):
    def __init__(self, plan=PLAN, sessions=()):
        super().__init__(sessions)
        scripts = os.path.join(self.path, ".local/share/limber/scripts")
        os.makedirs(scripts)
        for name in ("neck", "back", "hips", "sunday"):
            with open(os.path.join(scripts, name + ".md"), "w", encoding="utf-8") as out:
                out.write(f"# {name.capitalize()}\n\nThe words of {name}. `hold 3-5s`\n")
        self.plan_path = self.file(".config/limber/today.yaml")
        if plan is not None:
            os.makedirs(os.path.dirname(self.plan_path))
            self.file(".config/limber/today.yaml", plan)

    def states(self):
        document = json.loads(self.must("today", "--json").stdout)
        return [(item["routine"], item["state"]) for item in document["routines"]]


def refused(home, status, words, *args):
    answer = home.run(*args)
    check(answer.returncode == status and all(word in answer.stderr for word in words), f"{args}: {answer}")


def test_without_a_plan():
    with Week(None) as home:
        refused(home, 2, ["there is no plan yet", "--init"], "today")
        refused(home, 2, ["there is no plan yet"], "today", "--list")
        check("no plan yet" in home.must("remind").stdout, "remind says that there is no plan")
        check(home.run("remind", "--check").returncode == 1, "nothing is due")
        # The example that is written is a good plan; it is not written over another.
        check(home.must("today", "--init").stdout.strip() == home.plan_path, "--init tells where")
        listed = home.must("today", "--list")
        check("Desk break, 10 min" in listed.stdout and not listed.stderr, listed)
        refused(home, 2, ["is there already", "--force"], "today", "--init")
        with open(home.plan_path, "a", encoding="utf-8") as out:
            out.write("nonsense: 3\n")
        refused(home, 3, ["today.yaml:", "nonsense"], "today")
        refused(home, 3, ["nonsense"], "remind", "--check")
        home.must("today", "--init", "--force", "--quiet")
        home.must("today", "--list")


def test_what_is_due():
    with Week() as home:
        check(home.states() == [("neck", "due"), ("back", "due"), ("hips", "due"), ("sunday", "not due")], home.states())
        home.fill([done("neck", "03-05"), done("hips", "03-04"), done("back", "03-02")])
        check(home.states() == [("back", "due"), ("neck", "done"), ("hips", "not due"), ("sunday", "not due")], home.states())
        document = json.loads(home.must("today", "--json").stdout)
        back, neck = document["routines"][:2]
        check((back["minutes"], back["last"], back["title"]) == (2.0, "2026-03-02", "Back"), back)
        check(back["why"] == "Thursday is one of its days" and neck["minutes"] is None, document)
        check(document["today"] == "2026-03-05", document)
        lines = home.must("today", "--list").stdout.splitlines()
        check(lines[0] == "due      Back, 2 min: Thursday is one of its days", lines)
        check(home.must("remind").stdout == "Back is due today (2 min): Thursday is one of its days.\n", home.must("remind").stdout)
        check(home.run("remind", "--check").returncode == 0, "due")
        home.fill([done("back", "03-05")])
        check(home.must("remind").stdout == "Nothing is due today.\n" and home.run("remind", "--check").returncode == 1, "done")
        check(home.must("remind", "--quiet").stdout == "", "quiet")
        check(home.must("today").stdout == "Nothing is due today.\n", "nothing to play")
    # Beyond `most` a day it is put off.
    with Week(PLAN.replace("most: 3", "most: 1"), [done("neck", "03-04"), done("hips", "02-27"), done("back", "03-02")]) as home:
        check(home.states()[0] == ("hips", "due") and dict(home.states())["neck"] == "put off", home.states())


def test_played():
    with Week(sessions=[done("neck", "03-04"), done("hips", "03-01")]) as home:
        played = home.must("today", "--output", "null", "--lead-in", "0", "--for", "30s", "--plain", "--no-cache")
        order = [played.stdout.find(f"The words of {name}.") for name in ("back", "hips", "neck")]
        check(-1 not in order and order == sorted(order), f"{order} in {played.stdout}")
        check("Next: Hips." in played.stdout and "sunday" not in played.stdout, played.stdout)
        kept = json.loads(home.must("history", "--json", "--all").stdout)
        today = [session for session in kept["sessions"] if session["started"].startswith("2026-03-05")]
        check(sorted(session["routine"] for session in today) == ["back", "hips", "neck"], kept)
        check(dict(home.states()) == {"back": "done", "hips": "done", "neck": "done", "sunday": "not due"}, home.states())

    # A routine that is not there is told, and the others are played.
    with Week("routines: [neck, bakc]\n") as home:
        played = home.run("today", "--output", "null", "--lead-in", "0")
        check(played.returncode == 3 and "did you mean “back”?" in played.stderr, played)
        check("The words of neck." in played.stdout, played)
        check(("bakc", "missing") in home.states(), home.states())

    # The length of the plan is what is fitted to.
    with Week("routines: [{routine: neck, minutes: 1}]\n") as home:
        check("1 min" in home.must("today", "--output", "null", "--lead-in", "0").stderr, "fitted")


def test_said():
    with Week(sessions=[done("hips", "03-05"), done("neck", "03-05")]) as home:
        said = home.must("remind", "--say", "--output", f"null:capture={home.path}/said.raw", "--lead-in", "0")
        check(said.stdout.startswith("Back is due today"), said)
        check(os.path.getsize(home.file("said.raw")) > 48000 * 4, "nothing was said")
        home.fill([done("back", "03-05")])
        os.unlink(home.file("said.raw"))
        home.must("remind", "--say", "--output", f"null:capture={home.path}/said.raw")
        check(not os.path.exists(home.file("said.raw")), "nothing is due, and something was said")


def test_units():
    with Week() as home:
        text = home.must("remind", "--systemd", "--at", "18:30").stdout
        for line in ("OnCalendar=*-*-* 18:30", "Persistent=true", "WantedBy=timers.target", "Type=oneshot"):
            check(line in text.splitlines(), text)
        check("remind --check" in text and "remind --say" in text, text)
        check("OnCalendar=*-*-* 18:00" in home.must("remind", "--systemd").stdout, "the usual time")
        for at in ("6 pm", "25:00", "18:60", "18:3", "018:30", "18:30:00", ""):
            refused(home, 2, ["--at"], "remind", "--systemd", "--at", at)


def main():
    for name, test in sorted(globals().items()):
        if name.startswith("test_"):
            test()


main()
