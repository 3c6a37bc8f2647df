# SPDX-License-Identifier: GPL-3.0-or-later
"""The 29 movements of the catalogue: what each of them must last, need and say, at both ends of its ranges."""
import json
import os

from limbertest import SOURCE, Home, check

MOVES = os.path.join(SOURCE, "scripts", "moves")
LEVELS = ("easy", "deep")
START = {"standing": "It starts standing.", "sitting": "It starts sitting.", "kneeling": "It starts kneeling.",
         "hands and knees": "It starts on your hands and knees.", "back": "It starts lying on your back.",
         "stomach": "It starts lying on your stomach.", "side plank": "It starts in a side plank."}
EACH, TURNS = "each side", "alternating"


class Move:
    """What the catalogue says. Pairs are the values at the levels easy and deep; single values hold at both.
    says: words that must be heard. cautions: words that must be heard in a caution. tips: in a tip."""

    def __init__(self, position, *says, needs=(), cautions=(), tips=(), sides=None, reps=1, sets=1, **bouts):
        self.position, self.says, self.needs = position, says, list(needs)
        self.cautions, self.tips = cautions, tips
        self.sides, self.reps, self.sets = sides, reps, sets
        self.cycle, self.rest = bouts.pop("cycle", None), bouts.pop("rest", None)
        self.breaths, self.paced = bouts.pop("breaths", None), bouts.pop("paced", None)
        self.bouts = bouts  # kind without its underscore → seconds


CATALOGUE = {
    # A: back pain
    "deep-squat": Move("standing", "shoulder-width", "hips back", "back stays straight", needs=["wall"], cautions=["comfortable"],
                       tips=["easier", "wall"], hold=30, sets=2, rest=True),
    "lat-stretch": Move("standing", "grip the frame", "down and back", "half squat", "support", needs=["door frame"],
                        sides=EACH, hold=(15, 30)),
    "downward-facing-dog": Move("hands and knees", "front of your shoulders", "firm", "hips up and back", needs=["mat"],
                                hold=(15, 30), sets=(2, 3), rest=True),
    "knee-to-chest": Move("back", "stays long", "hands just below it", "towards your chest", needs=["mat"], sides=EACH, hold=(15, 30)),
    "shoulder-blade-squeeze": Move("standing", "stand or sit", "breathe in", "hold the breath", "together", "release", hold=5, reps=(5, 8), cycle=7),
    "crossover": Move("back", "legs straight", "cross it over", needs=["mat"], cautions=["both shoulder blades stay down"],
                      sides=EACH, hold=(15, 30)),
    "bridge": Move("back", "bend your knees", "tighten your seat and your belly", "lift your hips", "lower slowly", needs=["mat"],
                   cautions=["slowly"], reps=(8, 12)),
    # B: upper back, stretches and exercises
    "childs-pose": Move("kneeling", "big toes touching", "knees wide", "back on your heels", "breathe out, and", "forehead", "walk your hands back",
                        needs=["mat"], hold=(20, 60)),
    "cat-cow-slow": Move("hands and knees", "neutral spine", "tuck your toes", "pelvis moves first", "neck moves last", needs=["mat"],
                         reps=(5, 8), breaths=["in", "out"]),
    "thoracic-extension-kneeling": Move("kneeling", "elbows on the seat, shoulder-width", "eye level", "hips back", "chest sink",
                                        needs=["chair"], sets=5, hold=5),
    "thoracic-extension-roller": Move("back", "upper back", "hands behind your head, elbows in", "slowly", "sore spot, pause",
                                      needs=["foam roller"], cautions=["never", "neck", "lower back"], for_=(45, 90)),
    "butterfly-wings": Move("sitting", "fingertips on your shoulders", "breathe out, elbows together", "breathe in, open",
                            reps=(8, 12), breaths=["out", "in"]),
    "rowing": Move("sitting", "midsection", "shoulder blades together", needs=["rowing machine"], pace=(120, 300), paced=20),
    "thread-the-needle-side-plank": Move("side plank", "elbow", "stack your hips, and stack your feet", "sweep your arm under", "from your ribs",
                                         needs=["mat"], sides=EACH, reps=10, sets=2, rest=True),
    "mid-trap-raise": Move("stomach", "pillow under your chest", "thumbs up", "raise both arms slowly", "squeeze", "lower slowly",
                           needs=["pillow"], sets=3, reps=15, rest=True),
    "arm-and-leg-raise": Move("hands and knees", "belly in", "left arm, right leg", "right arm, left leg", needs=["mat"], cautions=["change slowly"],
                              sides=TURNS, reps=10, hold=5),
    "scapular-squeeze": Move("sitting", "sit or stand", "arms hang by your sides", "blades together", hold=5, sets=2, reps=15, rest=True),
    # C: five easy stretches
    "childs-pose-balasana": Move("kneeling", "balasana", "toes together", "hip-width", "alongside", "one deep breath in", "let your shoulders go",
                                 "slowly", needs=["mat"], hold=(30, 180)),
    "cat-cow": Move("hands and knees", "arch your back", "head and hips lift", "belly drops", "round up", "chin to your chest",
                    needs=["mat"], reps=(8, 12), breaths=["in", "out"]),
    "side-stretch": Move("standing", "overhead, long and straight", "on your hip", "lean away", "breathe deeply", "back to the centre",
                         sides=EACH, hold=(15, 30)),
    "thoracic-rotation": Move("sitting", "behind your head", "upper back only", "breathe out, turn left", "breathe in, come back",
                              needs=["chair"], tips=["hands and knees"], sides=EACH, reps=(8, 10), breaths=["out", "in"]),
    "thread-the-needle": Move("hands and knees", "under the other, palm up", "cheek", "walks forward", needs=["mat"], sides=EACH, hold=(20, 30)),
    # D: from trainers
    "cat-cow-reps": Move("hands and knees", "round your back up", "navel", needs=["mat"], reps=10),
    "chest-stretch": Move("standing", "clasp your hands behind your back", "little fingers up", "raise your arms slowly", hold=30),
    "upper-trap-ball-roll": Move("standing", "hand's length away", "between your spine", "lean back", "roll", needs=["ball", "wall"],
                                 cautions=["spine"], sides=EACH, for_=60),
    "chest-ball-roll": Move("standing", "side of your chest", "lean in to the wall", "roll", needs=["ball", "wall"],
                            tips=["easier", "sit down", "with your hand"], sides=EACH, for_=60),
    "lateral-neck-stretch": Move("sitting", "left ear towards your left shoulder", "right side of your neck grow long", cautions=["never pull"],
                                 sides=EACH, hold=30),
    "rotation-neck-stretch": Move("sitting", "ear towards your", "nose down, towards your chest", cautions=["slowly"], sides=EACH, hold=30),
    "wall-glides": Move("sitting", "back against a wall", "head rest", "arms stay on the wall", "slowly", needs=["wall"], reps=(8, 12)),
}


def at(value, level):
    return value[LEVELS.index(level)] if isinstance(value, tuple) else value


class Session:
    def __init__(self, home, name, level):
        self.name, self.level = f"{name} ({level})", level
        path = os.path.join(MOVES, f"{name}.md")
        self.plan = json.loads(home.must("plan", "--json", "--level", level, path).stdout)
        self.cues = self.plan["cues"]

    def bouts(self, *kinds):
        return [cue for cue in self.cues if cue["kind"] == "bout" and cue["bout"] in kinds and cue["source"]]

    def words(self, role=None):
        return " ".join(cue["text"] for cue in self.cues if cue["kind"] == "speech" and role in (None, cue["role"])).lower()

    def seconds(self, frames):
        return frames / self.plan["rate"]

    def same(self, found, wanted, what):
        check(found == wanted, f"{self.name}: {what}: {found}, not {wanted}")


def check_lengths(session, move):
    session.same(max(max(cue["rep"] for cue in session.cues), 1), at(move.reps, session.level), "reps")
    session.same(max(max(cue["set"] for cue in session.cues), 1), at(move.sets, session.level), "sets")
    for name, wanted in move.bouts.items():
        kind = name.rstrip("_")
        found = {session.seconds(bout["frames"]) for bout in session.bouts(kind)}
        session.same(found, {float(at(wanted, session.level))}, f"seconds of {kind}")
    sets, reps = at(move.sets, session.level), at(move.reps, session.level)
    times = sets * reps * (2 if move.sides else 1)
    for name in move.bouts:
        session.same(len(session.bouts(name.rstrip("_"))), times, f"number of {name.rstrip('_')} bouts")
    rests = [cue for cue in session.cues if cue["kind"] == "bout" and cue["bout"] == "rest"]
    session.same(len(rests), sets - 1 if move.rest else 0, "rests")
    if move.cycle:
        starts = [bout["start"] for bout in session.bouts("hold")]
        session.same({session.seconds(b - a) for a, b in zip(starts, starts[1:])}, {float(move.cycle)}, "seconds of a cycle")


def check_sides(session, move):
    kinds = [kind.rstrip("_") for kind in move.bouts] or ["in", "out"]
    sides = [bout["side"] for bout in session.bouts(*kinds)]
    if not move.sides:
        session.same(set(sides), {None}, "sides")
        return
    changes = [side for i, side in enumerate(sides) if i == 0 or side != sides[i - 1]]
    turns = at(move.reps if move.sides == TURNS else move.sets, session.level)
    session.same(changes, ["left", "right"] * turns, "order of the sides")
    lengths = {side: sum(bout["frames"] for bout in session.bouts("hold", "for", "in", "out") if bout["side"] == side)
               for side in ("left", "right")}
    session.same(lengths["left"], lengths["right"], "time of the left side")


def check_breath(session, move):
    reps = at(move.reps, session.level) * (2 if move.sides else 1)
    if move.breaths:
        session.same([bout["bout"] for bout in session.bouts("in", "out")], move.breaths * reps, "breaths")
    if move.paced:
        bout = session.bouts("pace")[0]
        ticks = [cue["start"] - bout["start"] for cue in session.cues if cue["kind"] == "sound" and cue["sound"] == "tick"]
        beats = round(session.seconds(bout["frames"]) * move.paced / 60)
        session.same(ticks, [k * session.plan["rate"] * 60 // move.paced for k in range(beats)], "frames of the strokes")


def check_words(session, move):
    session.same(session.plan["needs"], move.needs, "needs")
    check(START[move.position].lower() in session.words("phrase"), f"{session.name}: does not say “{START[move.position]}”")
    for role, wanted in ((None, move.says), ("caution", move.cautions), ("tip", move.tips)):
        for words in wanted:
            check(words in session.words(role), f"{session.name}: “{words}” is not heard{' in a ' + role if role else ''}")
    timed = session.bouts("hold", "for", "in", "out", "keep", "pace")
    end = max(bout["start"] + bout["frames"] for bout in timed)
    out = [cue for cue in session.cues if cue["kind"] == "speech" and cue["start"] >= end and cue["source"]]
    check(out, f"{session.name}: does not say how to come out of it")


def main():
    session_count = 0
    check(len(CATALOGUE) == 29, f"{len(CATALOGUE)} movements in the table")
    with Home() as home:
        for name, move in CATALOGUE.items():
            for level in LEVELS:
                session = Session(home, name, level)
                for test in (check_lengths, check_sides, check_breath, check_words):
                    test(session, move)
                session_count += 1
    print(f"{len(CATALOGUE)} movements, {session_count} sessions: as in the catalogue")


if __name__ == "__main__":
    main()
