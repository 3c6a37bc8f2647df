# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped routines: every movement of an article is in its routine, positions do not bounce, sessions fit the time they are named for."""
import json
import os
import re

from limbertest import SOURCE, Home, check

SCRIPTS = os.path.join(SOURCE, "scripts")
ARTICLES = {
    "back-pain-relief": ["deep-squat", "lat-stretch", "downward-facing-dog", "knee-to-chest", "shoulder-blade-squeeze", "crossover", "bridge"],
    "upper-back-strength": ["childs-pose", "cat-cow-slow", "thoracic-extension-kneeling", "thoracic-extension-roller", "butterfly-wings",
                            "rowing", "thread-the-needle-side-plank", "mid-trap-raise", "arm-and-leg-raise", "scapular-squeeze"],
    "upper-back-relief": ["childs-pose-balasana", "cat-cow", "side-stretch", "thoracic-rotation", "thread-the-needle"],
    "trainers-back-stretches": ["cat-cow-reps", "chest-stretch", "upper-trap-ball-roll", "chest-ball-roll", "lateral-neck-stretch",
                                "rotation-neck-stretch", "wall-glides"],
}
LENGTHS = {"desk-break": 5, "morning-ten": 10, "meditation-twenty": 20}
FITS = {"back-pain-relief": (8, 12, 15), "upper-back-relief": (10, 12, 15), "trainers-back-stretches": (12, 13, 15), "upper-back-strength": (20, 25, 30)}
HEIGHTS = {"standing": 2, "sitting": 1, "kneeling": 1, "hands and knees": 1, "side plank": 1, "lying on the back": 0, "lying on the stomach": 0}


def text(*path):
    with open(os.path.join(SCRIPTS, *path), encoding="utf-8") as file:
        return file.read()


def links(name):
    return re.findall(r"^##+ \[[^]]+\]\(moves/([a-z-]+)\.md\)", text(f"{name}.md"), re.M)


def position(move):
    found = re.search(r"^position: (.+)$", text("moves", f"{move}.md"), re.M)
    check(found, f"{move} has no position")
    return found.group(1)


def session(home, name, *options):
    done = home.must("plan", "--json", *options, os.path.join(SCRIPTS, f"{name}.md"))
    return json.loads(done.stdout)


def check_article(home, name, moves):
    linked = links(name)
    for move in moves:
        check(linked.count(move) == 1, f"{name}: {move} is linked {linked.count(move)} times")
    heights = [HEIGHTS[position(move)] for move in linked]
    turns = [b - a for a, b in zip(heights, heights[1:]) if a != b]
    reversals = sum(1 for a, b in zip(turns, turns[1:]) if a * b < 0)
    check(reversals <= 1, f"{name}: the positions go up and down: {heights}")
    played = session(home, name)["moves"]
    check(len(played) >= len(linked), f"{name}: {len(linked)} links, but {len(played)} moves")


def check_needs(home, name):
    """`limber list` reads the page alone, the session knows what the moves need: both must say the same."""
    front = re.search(r"^needs: \[(.*)\]$", text(f"{name}.md"), re.M)
    own = front.group(1).split(", ") if front else []
    needs = session(home, name)["needs"]
    check(sorted(own) == sorted(needs), f"{name}: needs {own}, its moves {needs}")


def main():
    names = sorted(file[:-3] for file in os.listdir(SCRIPTS) if file.endswith(".md") and file.count(".") == 1)
    with Home() as home:
        for name, moves in ARTICLES.items():
            check(name in names, f"there is no {name}")
            check_article(home, name, moves)
        for name in names:
            check_needs(home, name)
        for name, minutes in LENGTHS.items():
            seconds = session(home, name)["seconds"]
            check(abs(seconds - minutes * 60) <= 30, f"{name} takes {seconds:.0f} s, not {minutes} min")
        for name, lengths in FITS.items():
            for minutes in lengths:
                seconds = session(home, name, "--for", f"{minutes}min")["seconds"]
                check(abs(seconds - minutes * 60) <= 10, f"{name} --for {minutes}min takes {seconds:.1f} s")
        first, second = (session(home, "hiit-circuit", "--seed", str(seed)) for seed in (1, 2))
        check([move["name"] for move in first["moves"]] != [move["name"] for move in second["moves"]], "hiit-circuit is the same with every seed")
        beds = [cue for cue in session(home, "meditation-twenty")["cues"] if cue["kind"] == "bed"]
        check(beds, "there is no bed in the meditation")
    print(f"{len(names)} routines are right")


if __name__ == "__main__":
    main()
