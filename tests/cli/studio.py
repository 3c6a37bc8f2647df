# SPDX-License-Identifier: GPL-3.0-or-later
"""A voice made from nothing: list, one long "recording" of it (spoken by espeak-ng), clips, and what the check says."""
import array
import csv
import json
import math
import os
import random
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
from limbertest import Home, SOURCE, check, need  # noqa: E402

need("espeak-ng", "ffprobe")
RATE = 22050
noise = random.Random(3)


def make_voice(home, name="anna", extra=""):
    folder = os.path.join(home.path, ".local/share/limber/voices", name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "voice.yaml"), "w", encoding="utf-8") as file:
        file.write("languages: [en]\nengine: speech-pack\nlicense: CC0-1.0\nauthor: Anna\n"
                   "consent: a machine spoke\n" + extra)
    return folder


def spoken(text):
    """The samples of a sentence, s16."""
    data = subprocess.run(["espeak-ng", "-v", "en-us", "-s", "150", "--stdout", text.replace("…", "").strip()],
                          check=True, capture_output=True).stdout
    at = data.index(b"data") + 8
    samples = array.array("h")
    samples.frombytes(data[at:at + (len(data) - at) // 2 * 2])
    return samples


def silence(seconds):
    return array.array("h", [int(noise.gauss(0, 6)) for _ in range(int(seconds * RATE))])


def burst(seconds, level):
    return array.array("h", [int(noise.uniform(-level, level)) for _ in range(int(seconds * RATE))])


def write_wav(path, samples):
    with open(path, "wb") as file:
        size = 2 * len(samples)
        file.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " +
                   struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16) + b"data" + struct.pack("<I", size))
        file.write(samples.tobytes())


def read_list(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def recording_of(sentences, pauses=True):
    """All of it with pauses of 1.2 to 2.2 s, a click and a cough in between."""
    samples = silence(2)
    for index, sentence in enumerate(sentences):
        samples += sentence
        samples += silence(noise.uniform(1.2, 2.2))
        if pauses and index == 20:
            samples += burst(0.004, 20000) + silence(0.8)
        if pauses and index == 40:
            samples += burst(0.25, 4000) + silence(1.1)
    return samples


def first_try(home, folder):
    done = home.must("voice", "script", "anna", "upper-back-relief", "-o", "paper/")
    check("to record" in done.stdout, f"what it says: {done.stdout}")
    page = open(home.file("paper/anna-script.html"), encoding="utf-8").read()
    lines = read_list(home.file("paper/anna-script.csv"))
    check([int(line["number"]) for line in lines] == list(range(1, len(lines) + 1)), "numbers are in order")
    check(len({line["file"].lower() for line in lines}) == len(lines), "every file has a name of its own")
    check(all(line["file"].isascii() and line["file"].startswith("clips/") for line in lines), "names of files are ASCII")
    texts = [line["text"] for line in lines]
    for text in ("Breathe in.", "Switch sides.", "… seconds left", "Round …", "… of …", "twelve", "Welcome."):
        check(text in texts, f"{text} is in the list")
        check(text in page, f"{text} is on the page")
    # Both sides.
    check(any("left arm" in text for text in texts) and any("right arm" in text for text in texts), "both sides are in it")
    # The same again gives the same.
    home.must("voice", "script", "anna", "upper-back-relief", "-o", "again/")
    check(read_list(home.file("again/anna-script.csv")) == lines, "the list is the same at every run")
    nothing = home.run("voice", "check", "anna", "upper-back-relief")
    check(nothing.returncode == 3 and "0 %" in nothing.stdout, f"an empty voice covers nothing: {nothing.stdout}{nothing.stderr}")
    return lines


def split(home, folder, lines, sentences):
    listed = home.file("paper/anna-script.csv")
    write_wav(home.file("long.wav"), recording_of(sentences))
    dry = home.must("voice", "split", "anna", "long.wav", "--script", listed, "--dry-run")
    check(dry.stdout.count("\n") >= len(lines), "the dry run lists all pieces")
    check(not os.path.exists(os.path.join(folder, "clips.csv")), "a dry run writes nothing")
    done = home.must("voice", "split", "anna", "long.wav", "--script", listed)
    check(f"{len(lines)} clips written" in done.stdout, f"all are written: {done.stdout}{done.stderr}")
    check("noise" in done.stderr, f"click and cough are told of: {done.stderr}")
    rows = read_list(os.path.join(folder, "clips.csv"))
    check([row["text"] for row in rows] == [line["text"] for line in lines], "the table holds the list")
    for line, sentence in zip(lines, sentences):
        path = os.path.join(folder, line["file"])
        told = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,sample_rate,duration",
                               "-of", "json", path], check=True, capture_output=True, text=True).stdout
        stream = json.loads(told)["streams"][0]
        seconds = len(sentence) / RATE
        check(stream["codec_name"] == "flac" and int(stream["sample_rate"]) == RATE, f"{path} is FLAC at the recording's rate")
        check(abs(float(stream["duration"]) - seconds) < 0.45, f"{line['text']}: {stream['duration']} s of {seconds:.2f} s")
    again = home.run("voice", "split", "anna", "long.wav", "--script", listed)
    check(again.returncode == 2 and "--force" in again.stderr, "clips are not replaced by mistake")
    return rows


def covered(home):
    done = home.must("voice", "check", "anna", "upper-back-relief", "--json")
    told = json.loads(done.stdout)
    routine = told["routines"][0]
    check(routine["percent"] == 100 and routine["missing"] == [], f"covered: {routine}")
    check(routine["composed"] > 0, "some are put together")
    check(told["errors"] == 0, f"errors: {told['findings']}")
    check(len(told["clips"]) == len(read_list(home.file("paper/anna-script.csv"))), "every clip is measured")
    full = home.must("voice", "script", "anna", "upper-back-relief")
    check("Nothing is missing" in full.stdout, f"nothing is left to record: {full.stdout}")
    everything = home.must("voice", "script", "anna", "upper-back-relief", "--all", "-o", "all.csv")
    check("to record" in everything.stdout, "--all lists what is there")


def damage(home, folder, rows):
    """Three clips of sentences gone, one not a sound (so that four fall back), one file in no row, one row twice."""
    gone = [row for row in rows if row["text"] in ("Welcome.", "Breathe in.", "Switch sides.")]
    for row in gone:
        os.unlink(os.path.join(folder, row["file"]))
    with open(os.path.join(folder, rows[2]["file"] if rows[2] not in gone else rows[4]["file"]), "wb") as file:
        file.write(b"not a sound")
    write_wav(os.path.join(folder, "clips/stray.wav"), burst(0.5, 9000))
    with open(os.path.join(folder, "clips.csv"), "a", encoding="utf-8") as file:
        file.write(f"{rows[10]['text']!r}".replace("'", '"') + f",{rows[10]['file']}\n")
    done = home.run("voice", "check", "anna", "upper-back-relief")
    check(done.returncode == 3, f"a broken voice is refused: {done.returncode}")
    check("4 sentences fall back" in done.stdout and '"Welcome."' in done.stdout, f"it names them: {done.stdout}")
    for word in ("no row of the table names it", "cannot be read as sound", "is in line", "stray.wav"):
        check(word in done.stderr, f"{word} in {done.stderr}")


def mismatch(home, lines, sentences):
    make_voice(home, "berta")
    some, said = lines[:40], sentences[:40]
    listed = home.file("some.csv")
    with open(listed, "w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, ["number", "text", "file", "where"])
        out.writeheader()
        out.writerows(some)
    write_wav(home.file("short.wav"), recording_of(said[:17] + said[18:], False))
    done = home.run("voice", "split", "berta", "short.wav", "--script", listed)
    check(done.returncode == 3, f"a missing sentence is an error: {done.returncode} {done.stdout}")
    check("39 pieces, the list 40 sentences" in done.stderr, done.stderr)
    number = int(done.stderr.split("At number ")[1].split(" ")[0])
    check(abs(number - 18) <= 1, f"where it is missing: {done.stderr}")
    check(not os.path.exists(home.file(".local/share/limber/voices/berta/clips.csv")), "nothing is written")
    write_wav(home.file("long2.wav"), recording_of(said[:25] + [said[24]] + said[25:], False))
    done = home.run("voice", "split", "berta", "long2.wav", "--script", listed)
    check(done.returncode == 3 and "41 pieces, the list 40 sentences" in done.stderr and "too many" in done.stderr, done.stderr)
    done = home.run("voice", "split", "berta", "short.wav", "--script", listed, "--partial")
    check(done.returncode == 0 and "39 clips written" in done.stdout, f"--partial keeps the others: {done.stdout} {done.stderr}")


def refusals(home):
    for args, status, word in (
            (("voice", "script", "nobody"), 2, "there is no voice"),
            (("voice", "script", "calm"), 2, "not a pack of recorded clips"),
            (("voice", "script", "anna", "no-such-page"), 2, "no routine"),
            (("voice", "script", "anna", "--language", "fr"), 2, "does not speak"),
            (("voice", "split", "anna", "long.wav"), 2, "--script"),
            (("voice", "split", "anna", "long.wav", "--script", "none.csv"), 2, "there is no list"),
            (("voice", "split", "anna", "none.wav", "--script", "paper/anna-script.csv"), 2, "none.wav"),
            (("voice", "split", "anna", "paper/anna-script.csv", "--script", "paper/anna-script.csv"), 3, "cannot be read"),
            (("voice", "check", "nobody"), 2, "there is no voice")):
        done = home.run(*args)
        check(done.returncode == status and word in done.stderr, f"{args}: {done.returncode} {done.stderr}")
    home.file("evil.csv", "text,file\nHello.,../../evil.flac\n")
    done = home.run("voice", "split", "anna", "long.wav", "--script", "evil.csv")
    check(done.returncode == 3 and "leads out" in done.stderr, done.stderr)
    write_wav(home.file("silent.wav"), array.array("h", [0] * RATE * 5))
    done = home.run("voice", "split", "anna", "silent.wav", "--script", "paper/anna-script.csv")
    check(done.returncode == 3 and "nothing is heard" in done.stderr, done.stderr)


def broken_table(home):
    """A table that cannot be read stays as it is, and nothing is cut for it."""
    folder = make_voice(home, "celia")
    for table, word in (("text,file\n\"Hello.,clips/a.flac\n", "never closed"), ("Satz,Datei\nHallo.,clips/a.flac\n", "must name the columns")):
        with open(os.path.join(folder, "clips.csv"), "w", encoding="utf-8") as file:
            file.write(table)
        done = home.run("voice", "split", "celia", "long.wav", "--script", "paper/anna-script.csv")
        check(done.returncode != 0 and word in done.stderr, f"{done.returncode} {done.stderr}")
        check(not os.path.exists(os.path.join(folder, "clips")) or not os.listdir(os.path.join(folder, "clips")), "clips were written")
        with open(os.path.join(folder, "clips.csv"), encoding="utf-8") as file:
            check(file.read() == table, "the table was changed")
        done = home.run("voice", "check", "celia")
        check(done.returncode == 3 and "can be read" in done.stderr and "no clips yet" not in done.stderr, done.stderr)


def synthetic(home):
    done = home.must("voice", "check", "calm", "upper-back-relief", "--json")
    told = json.loads(done.stdout)
    check(told["recorded"] is False and told["routines"][0]["percent"] == 100, f"{told}")
    done = home.run("voice", "check", "calm", "upper-back-relief", "--strict", "--language", "en")
    check("upper-back-relief: 100 %" in done.stdout, done.stdout)


def main():
    with Home() as home:
        folder = make_voice(home)
        lines = first_try(home, folder)
        sentences = [spoken(line["text"]) for line in lines]
        rows = split(home, folder, lines, sentences)
        covered(home)
        refusals(home)
        broken_table(home)
        mismatch(home, lines, sentences)
        damage(home, folder, rows)
        synthetic(home)
    print(f"{len(lines)} sentences listed, recorded, cut and checked")


main()
