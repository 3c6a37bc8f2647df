# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's own voice, from nothing to the patient's loudspeaker, with nothing but the documented commands.

One home makes the voice out of one long recording (spoken by flite, so that nobody mistakes it for the fallback), another gets it as
a zip. There all of a routine must come from the recording; then ten clips go missing and three are damaged, and the session must go on
in time and name exactly those."""
import array
import concurrent.futures
import csv
import json
import operator
import os
import random
import subprocess
import wave

from limbertest import Home, check, need, wav

need("flite", "ffmpeg")
ROUTINE = "upper-back-relief"
RATE = 16000 # of flite's slt
RENDERED = 48000
LOW = 8000 # where waveforms are compared
CHOSEN = random.Random(11)
# Four other kinds of files; two of them stereo, at another rate.
KINDS = {"wav": ["-c:a", "pcm_s16le", "-ar", "44100", "-ac", "2"], "ogg": ["-c:a", "libvorbis", "-q:a", "6"],
         "opus": ["-c:a", "libopus", "-b:a", "64k"], "mp3": ["-c:a", "libmp3lame", "-b:a", "128k", "-ar", "44100", "-ac", "2"]}


# --- the recording ---

def spoken(home, index, text):
    path = home.file(f"said-{index}.wav")
    subprocess.run(["flite", "-voice", "slt", "-t", text.replace("…", "").strip(), "-o", path], check=True)
    with wave.open(path) as file:
        check(file.getframerate() == RATE, f"flite speaks at {file.getframerate()} Hz")
        samples = array.array("h", file.readframes(file.getnframes()))
    os.unlink(path)
    return samples


def record(home, lines, path):
    """All sentences with pauses of about two seconds, in a room that hisses and hums. Returns text → samples, without the room."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda item: spoken(home, *item), enumerate(line["text"] for line in lines)))
    room = array.array("h", (int(CHOSEN.gauss(0, 18) + 12 * (i % 160 < 80)) for i in range(4 * RATE)))

    def pause(seconds):
        start = CHOSEN.randrange(RATE // 160) * 160
        return (room * 2)[start:start + int(seconds * RATE)]

    samples = pause(3)
    for sentence in said:
        noise = room * (len(sentence) // len(room) + 1)
        samples += array.array("h", (3 * a // 4 + b for a, b in zip(sentence, noise)))
        samples += pause(CHOSEN.uniform(1.6, 2.6))
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return {line["text"]: sentence for line, sentence in zip(lines, said)}, len(samples) / RATE


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def make(home):
    """The first home: anna.zip, and what was said."""
    home.must("voice", "new", "anna", "--language", "en")
    home.must("voice", "script", "anna", ROUTINE)
    lines = rows_of(home.file("anna-script.csv"))
    said, seconds = record(home, lines, home.file("evening.wav"))
    done = home.must("voice", "split", "anna", "evening.wav", "--script", "anna-script.csv")
    check(f"{len(lines)} clips written" in done.stdout, f"{done.stdout} {done.stderr}")
    done = home.must("voice", "check", "anna", ROUTINE)
    check(f"{ROUTINE}: 100 %" in done.stdout, done.stdout)

    refused = home.run("voice", "pack", "anna")
    check(refused.returncode == 3 and "license: " in refused.stderr, f"without a license: {refused.stderr}")
    about = home.file(".local/share/limber/voices/anna/voice.yaml")
    with open(about, encoding="utf-8") as file:
        text = file.read()
    for line in ("license: CC-BY-4.0", "author: Anna", "consent: the speaker agreed to redistribution, 2026-01-31"):
        check(f"# {line.split(':')[0]}: " in text, f"voice.yaml does not speak of {line}")
        text += line + "\n"
    with open(about, "w", encoding="utf-8") as file:
        file.write(text)
    home.must("voice", "pack", "anna")
    print(f"{len(lines)} sentences, {seconds / 60:.0f} minutes of recording")
    return said


# --- what is heard ---

def lowered(samples, step):
    """Every `step` samples their sum, smoothed: slower, and without what is too high to be compared at that rate."""
    sums = array.array("d", samples[0:len(samples) // step * step:step])
    for offset in range(1, step):
        sums = array.array("d", map(operator.add, sums, samples[offset:len(samples) // step * step:step]))
    for _ in range(3):
        sums = array.array("d", map(operator.add, sums, sums[1:]))
    return sums


def onset(samples):
    loudest = max(map(abs, samples))
    return next(i for i, value in enumerate(samples) if abs(value) > loudest / 10)


def likeness(heard, sentence):
    """The greatest correlation of 0.3 s from the first sound on, shifted by up to 60 ms; 1 is the same."""
    heard, sentence = lowered(heard, RENDERED // LOW), lowered(sentence, RATE // LOW)
    start, reach = onset(sentence), LOW * 6 // 100
    part = sentence[start:start + LOW * 3 // 10]
    energy = sum(value * value for value in part)
    middle, best = onset(heard), 0.0
    for at in range(max(0, middle - reach), min(middle + reach, len(heard) - len(part))):
        window = heard[at:at + len(part)]
        product = sum(map(operator.mul, window, part))
        if product > 0:
            best = max(best, product / (energy * sum(map(operator.mul, window, window))) ** 0.5)
    return best


def speech(plan):
    return [cue for cue in plan["cues"] if cue["kind"] == "speech"]


def alone(plan):
    """text → a cue of it under which no tone sounds."""
    sounds = [(cue["start"], cue["start"] + cue["frames"]) for cue in plan["cues"] if cue["kind"] in ("sound", "bed")]
    return {cue["text"]: cue for cue in speech(plan)
            if not any(start < cue["start"] + cue["frames"] and cue["start"] < end for start, end in sounds)}


def cut(samples, cue):
    return samples[cue["start"]:cue["start"] + cue["frames"]]


def session(home, name, voice="anna"):
    """Rendered, planned and played: three times the same. Returns (plan, samples)."""
    plan = json.loads(home.must("plan", ROUTINE, "--voice", voice, "--json").stdout)
    told = json.loads(home.must("render", ROUTINE, "--voice", voice, "-o", f"{name}.wav", "--json", "--quiet").stdout)
    check(told["frames"] == plan["frames"] and told["fallbacks"] == plan["fallbacks"], f"{name}: rendered and planned differ")
    told = json.loads(home.must("play", ROUTINE, "--voice", voice, "--output", "null", "--coach", "none", "--json").stdout)
    check(told["frames"] == plan["frames"] and told["fallbacks"] == plan["fallbacks"], f"{name}: played and planned differ")
    channels, samples = wav(home.file(f"{name}.wav"))
    check(channels == 1 and len(samples) == plan["frames"], f"{name}: {len(samples)} frames")
    os.unlink(home.file(f"{name}.wav"))
    for cue in speech(plan):
        check(any(cut(samples, cue)), f"{name}: {cue['text']} is silent")
    return plan, samples


def lufs(samples):
    kind = {"f": "f32le", "h": "s16le"}[samples.typecode]
    told = subprocess.run(["ffmpeg", "-hide_banner", "-nostats", "-f", kind, "-ar", str(RENDERED), "-ac", "1", "-i", "-",
                           "-af", "ebur128", "-f", "null", "-"], input=samples.tobytes(), capture_output=True, check=True)
    return float(told.stderr.decode().rsplit("I:", 1)[1].split("LUFS")[0])


# --- the second home ---

def whole(home, said):
    """All of the routine is what was recorded."""
    done = home.must("voice", "install", "anna.zip")
    check("installed" in done.stderr, done.stderr)
    plan, samples = session(home, "whole")
    check(plan["fallbacks"] == [] and plan["voice"] == "anna", f"{plan['fallbacks']}")
    home.must("play", ROUTINE, "--voice", "anna", "--output", "null", "--strict", "--coach", "none", "--quiet")
    calm, strange = session(home, "calm", "calm")
    cues, others = alone(plan), alone(calm)
    texts = [text for text in cues if text in said and text in others]
    check(len(texts) > 60, f"{len(texts)} texts of {len(cues)} were recorded whole")
    for text in CHOSEN.sample(texts, 20):
        like, unlike = likeness(cut(samples, cues[text]), said[text]), likeness(cut(strange, others[text]), said[text])
        check(like > 0.95, f"{text} is not what was recorded: {like:.2f}")
        check(unlike < 0.6, f"{text} of another voice cannot be told from it: {unlike:.2f}")
    print(f"{len(speech(plan))} cues, {len({cue['text'] for cue in speech(plan)})} texts, none by another voice")
    return plan, samples


def other_kinds(home, said, before):
    """Some clips as other files, as an editor would save them; still all of it, and still hers."""
    folder = home.file(".local/share/limber/voices/anna")
    rows = rows_of(os.path.join(folder, "clips.csv"))
    needed = alone(before)
    converted = CHOSEN.sample([row for row in rows if row["text"] in needed], 12)
    for index, row in enumerate(converted):
        kind = list(KINDS)[index % len(KINDS)]
        old, row["file"] = row["file"], row["file"].replace(".flac", f".{kind}")
        subprocess.run(["ffmpeg", "-v", "error", "-i", os.path.join(folder, old), *KINDS[kind], os.path.join(folder, row["file"])],
                       check=True, stdin=subprocess.DEVNULL)
        os.unlink(os.path.join(folder, old))
    with open(os.path.join(folder, "clips.csv"), "w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, rows[0].keys())
        out.writeheader()
        out.writerows(rows)
    plan, samples = session(home, "kinds")
    check(plan["fallbacks"] == [], f"{plan['fallbacks']}")
    cues = alone(plan)
    for row in converted:
        like = likeness(cut(samples, cues[row["text"]]), said[row["text"]])
        check(like > 0.9, f"{row['file']} is not what was recorded: {like:.2f}")
    print(f"{len(converted)} clips as {', '.join(KINDS)}")
    return plan, samples


def named(home, plan, texts, what):
    """The report has these texts and no others, wherever it is given."""
    told = [entry["text"] for entry in plan["fallbacks"]]
    check(sorted(told) == sorted(texts), f"{what}: {sorted(told)} are reported, {sorted(texts)} are wanting")
    check(all(entry["voice"] == "anna" and entry["spoken_by"] for entry in plan["fallbacks"]), f"{plan['fallbacks']}")
    done = home.must("play", ROUTINE, "--voice", "anna", "--output", "null", "--coach", "none", "--quiet")
    lines = [line for line in done.stderr.splitlines() if "instead of voice anna" in line]
    check(len(lines) == len(texts), f"{what}: {done.stderr}")
    for text in texts:
        check(sum(f'"{text}": voice ' in line for line in lines) == 1, f"{what}: {text} is not named once: {lines}")
    for verb in (["render", "-o", "strict.wav"], ["play", "--output", "null:capture=strict.raw"], ["plan"]):
        done = home.run(verb[0], ROUTINE, *verb[1:], "--voice", "anna", "--strict")
        check(done.returncode == 3, f"{what}: {verb[0]} --strict ends with {done.returncode}")
    check(not any(name.startswith("strict") for name in os.listdir(home.path)), "something was written in spite of --strict")


def same_but(before, after, wanting):
    """The same session, cue by cue at its frame: what could be said sounds as before, to the sample."""
    (old, old_samples), (new, new_samples) = before, after
    shape = [[(cue["kind"], cue.get("text"), cue.get("sound"), cue.get("bout"), cue["move"]) for cue in plan["cues"]]
             for plan in (old, new)]
    check(shape[0] == shape[1], "the session has other cues")
    for was, cue in zip(old["cues"], new["cues"]):
        if cue["kind"] == "speech" and cue["text"] not in wanting:
            check(was["frames"] == cue["frames"], f"{cue['text']}: {was['frames']} frames, then {cue['frames']}")
    pairs = [(was, cue) for was, cue in zip(speech(old), speech(new)) if cue["text"] not in wanting]
    moved = [beneath(old, was) != beneath(new, cue) for was, cue in pairs]
    same = [alike(cut(old_samples, was), cut(new_samples, cue)) for was, cue in pairs]
    check(all(one or other for one, other in zip(same, moved)), f"{same.count(False)} of {len(same)} cues sound different, or at another time")
    check(sum(moved) < len(moved) / 8, f"{sum(moved)} of {len(moved)} cues lie otherwise over the sounds beneath them")


def alike(one, other):
    """To the sample, but for the last bit: the limiter may still have been letting go of another sentence before."""
    return one == other or len(one) == len(other) and all(abs(a - b) <= 1 for a, b in zip(one, other))


def beneath(plan, cue):
    """Where the sounds beneath words lie, seen from them: words after a spoken count begin later if that takes longer."""
    sounds = [other for other in plan["cues"] if other["kind"] == "sound" and other["start"] < cue["start"] + cue["frames"] and
              other["start"] + other["frames"] > cue["start"]]
    return [(sound["sound"], sound["start"] - cue["start"], sound["frames"]) for sound in sounds]


def damage(home, said, before):
    folder = home.file(".local/share/limber/voices/anna")
    rows = {row["text"]: os.path.join(folder, row["file"]) for row in rows_of(os.path.join(folder, "clips.csv"))}
    order = list(dict.fromkeys(cue["text"] for cue in speech(before[0]) if cue["text"] in rows))
    gone = CHOSEN.sample(order, 13)
    ten, (short, garbage, silent) = gone[:10], gone[10:]
    for text in ten:
        os.unlink(rows[text])
    named(home, json.loads(home.must("plan", ROUTINE, "--voice", "anna", "--json").stdout), ten, "ten clips deleted")

    with open(rows[short], "r+b") as file:
        file.truncate(os.path.getsize(rows[short]) // 3)
    with open(rows[garbage], "wb") as file:
        file.write(random.Random(1).randbytes(20000))
    with wave.open(rows[silent], "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(2 * RATE))
    after = session(home, "thirteen")
    named(home, after[0], gone, "and three damaged")
    same_but(before, after, gone)

    own, others = array.array(after[1].typecode), array.array(after[1].typecode)
    for cue in speech(after[0]):
        if cue["text"] in gone:
            others += cut(after[1], cue)
        else:
            own += cut(after[1], cue)
    own, others = lufs(own), lufs(others)
    check(abs(own - others) < 1.5, f"recorded {own} LUFS, others {others} LUFS")
    print(f"13 of {len({cue['text'] for cue in speech(after[0])})} texts by another voice; recorded {own} LUFS, the others {others} LUFS")

    # Looked over, they are the same thirteen; and what is to be recorded again is just that.
    done = home.run("voice", "check", "anna", ROUTINE, "--json")
    found = json.loads(done.stdout)
    check(done.returncode == 3 and sorted(one["text"] for one in found["routines"][0]["missing"]) == sorted(gone), f"{found['routines']}")
    home.must("voice", "script", "anna", ROUTINE, "-o", "again.csv")
    check(sorted(row["text"] for row in rows_of(home.file("again.csv"))) == sorted(gone), "the list is not of the thirteen")


with Home() as maker, Home() as listener:
    recorded = make(maker)
    os.rename(maker.file("anna.zip"), listener.file("anna.zip"))
    complete, _ = whole(listener, recorded)
    damage(listener, recorded, other_kinds(listener, recorded, complete))
