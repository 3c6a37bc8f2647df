# SPDX-License-Identifier: GPL-3.0-or-later
"""Any two voices are equally loud, by ffmpeg's meter: those that are shipped, engines of every kind, recordings made at very different
levels, and a session that several of them speak. Peaks keep clear of full scale."""
import array
import csv
import json
import os
import re
import shutil
import subprocess
import wave

from limbertest import SOURCE, Home, check, need, skip, wav

BAR_LU = 1.0
PEAK_DBTP = -1.0
# Of the demonstration pack, so that recordings can say them too: short and long ones, with and without sibilants.
SENTENCES = 24
EXAMPLES = {"flite": ["flite"], "flite-program": ["flite"], "espeak-ng-program": ["espeak-ng"], "festival": ["text2wave"],
            "speechd-flite": ["/usr/lib/speech-dispatcher-modules/sd_flite"],
            "speechd-espeak-ng": ["/usr/lib/speech-dispatcher-modules/sd_espeak-ng"]}
HEAD = "---\nlanguage: en\nannounce: none\ngap: 300ms\n---\n# Words\n\n"


def measure(path):
    """(integrated loudness in LUFS, true peak in dBTP) by ffmpeg."""
    done = subprocess.run(["ffmpeg", "-nostdin", "-hide_banner", "-i", path, "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"],
                          capture_output=True, text=True, timeout=60, check=True)
    summary = done.stderr[done.stderr.rindex("Summary:"):]
    return (float(re.search(r"I:\s+(\S+) LUFS", summary).group(1)), float(re.search(r"Peak:\s+(\S+) dBFS", summary).group(1)))


def write(path, samples):
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(array.array("h", samples).tobytes())


def install(home, name, folder):
    shutil.copytree(folder, home.file(f".local/share/limber/voices/{name}"))


def sentences():
    with open(os.path.join(SOURCE, "voices", "demo-slt", "clips.csv"), encoding="utf-8") as file:
        whole = [row["text"] for row in csv.DictReader(file) if row["text"].find(".") == len(row["text"]) - 1 and "…" not in row["text"]]
    return whole[:: max(1, len(whole) // SENTENCES)][:SENTENCES]


def uneven_pack(home, said):
    """A pack whose clips were taken at levels from −26 to 0 dB, at many rates, with silence at their ends."""
    name = "uneven"
    folder = home.file(f".local/share/limber/voices/{name}")
    os.makedirs(os.path.join(folder, "clips"))
    home.file(f".local/share/limber/voices/{name}/voice.yaml", "languages: [en]\nengine: speech-pack\nfallback: calm\n")
    rows = ["text,file"]
    for number, text in enumerate(said):
        clip = f"clips/{number}.wav"
        level, rate = -26 * (number * 5 % len(said)) / (len(said) - 1), (8000, 16000, 22050, 44100, 48000, 96000)[number % 6]
        raw = home.file("clip.wav")
        subprocess.run(["espeak-ng", "-v", "en-us", "-s", "140", "-w", raw, text], check=True, timeout=60)
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", raw, "-af",
                        f"volume={level}dB,adelay=400,apad=pad_dur=0.5,aresample={rate}", "-ar", str(rate),
                        os.path.join(folder, clip)], check=True, timeout=60)
        rows.append(f'"{text}",{clip}')
    home.file(f".local/share/limber/voices/{name}/clips.csv", "\n".join(rows) + "\n")
    return name


def render(home, page, voice):
    out = home.file(f"{voice}.wav")
    done = home.must("render", page, "-o", out, "--voice", voice, "--strict", "--quiet")
    check("instead" not in done.stderr, f"{voice}: {done.stderr}")
    return out


def every_voice(home, said):
    page = home.file("page.md", HEAD + "\n\n".join(said) + "\n")
    voices = [voice["name"] for voice in json.loads(home.must("voices", "--json").stdout)
              if voice["languages"][0].startswith("en") and "problem" not in voice and voice["name"] != "demo-slt"]
    check(len(voices) >= 4, f"only {voices}")
    for name, programs in EXAMPLES.items():
        if all(shutil.which(program) for program in programs):
            install(home, name, os.path.join(SOURCE, "examples", "voices", name))
            voices.append(name)
        else:
            print(f"{name}: not here")
    voices += ["demo-slt", uneven_pack(home, said)]
    found = {}
    for voice in voices:
        found[voice] = measure(render(home, page, voice))
        print(f"{voice:20} {found[voice][0]:6.1f} LUFS {found[voice][1]:6.1f} dBTP")
    levels = [loudness for loudness, _ in found.values()]
    check(max(levels) - min(levels) < BAR_LU, f"{max(levels) - min(levels):.1f} LU between the loudest and the softest")
    check(max(peak for _, peak in found.values()) <= PEAK_DBTP, "a peak is too high")
    print(f"{len(voices)} voices within {max(levels) - min(levels):.1f} LU")


def one_session(home, said):
    """Every third sentence was recorded; the others are spoken by the next in the chain, and by the one after that."""
    folder = home.file(".local/share/limber/voices/chain")
    shutil.copytree(home.file(".local/share/limber/voices/uneven"), folder)
    home.file(".local/share/limber/voices/chain/voice.yaml", "languages: [en]\nengine: speech-pack\nfallback: half\n")
    with open(os.path.join(folder, "clips.csv"), encoding="utf-8") as file:
        rows = file.read().splitlines()
    for name, keep in (("chain", 0), ("half", 1)):
        if name == "half":
            shutil.copytree(folder, home.file(".local/share/limber/voices/half"))
            home.file(".local/share/limber/voices/half/voice.yaml", "languages: [en]\nengine: speech-pack\nfallback: clear\n")
        kept = [row for number, row in enumerate(rows[1:]) if number % 3 == keep]
        home.file(f".local/share/limber/voices/{name}/clips.csv", "\n".join([rows[0], *kept]) + "\n")
    page = home.file("chain.md", HEAD + "\n\n".join(said) + "\n")
    plan = json.loads(home.must("plan", page, "--voice", "chain", "--json").stdout)
    spoken = {entry["text"]: entry["spoken_by"] for entry in plan["fallbacks"]}
    out = home.file("chain.wav")
    home.must("render", page, "-o", out, "--voice", "chain", "--quiet")
    _, samples = wav(out)
    parts = {}
    for cue in plan["cues"]:
        if cue["kind"] == "speech":
            by = spoken.get(cue["text"], "chain")
            parts.setdefault(by, array.array("h")).extend(samples[cue["start"]:cue["start"] + cue["frames"]])
    check(set(parts) == {"chain", "half", "clear"}, f"spoken by {set(parts)}")
    found = {}
    for by, part in parts.items():
        path = home.file(f"by-{by}.wav")
        write(path, part)
        found[by] = measure(path)[0]
    print("one session: " + ", ".join(f"{by} {level:.1f} LUFS" for by, level in found.items()))
    check(max(found.values()) - min(found.values()) < BAR_LU, f"within one session: {found}")
    check(measure(out)[1] <= PEAK_DBTP, "a peak is too high")


def main():
    need("ffmpeg", "espeak-ng")
    with Home() as home:
        plugins = home.must("plugins", "--names").stdout.split()
        if "speech-espeak" not in plugins or "speech-pack" not in plugins:
            skip("eSpeak NG or recorded voices are not here")
        said = sentences()
        check(len(said) == SENTENCES, f"{len(said)} sentences")
        every_voice(home, said)
        one_session(home, said)


main()
