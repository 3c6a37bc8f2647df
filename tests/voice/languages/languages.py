# SPDX-License-Identifier: GPL-3.0-or-later
"""Every language is spoken by its own voice: counting to sixty, "N seconds left" and every phrase, each of them heard."""
import array
import json
import os
import wave

from limbertest import SOURCE, Home, check, skip

GOLDEN = os.path.join(SOURCE, "tests", "golden", "phrases")
VOICES = {"en": "calm", "de": "ruhig", "fr": "calme", "es": "serena", "it": "calma", "pt": "tranquila", "pt-PT": "sossego",
          "nl": "rustig", "sv": "lugn", "pl": "spokojny", "ru": "spokojno"}


def sentences(language):
    said = []
    with open(os.path.join(GOLDEN, language + ".txt"), encoding="utf-8") as file:
        for line in file:
            key, text = line.rstrip("\n").split(": ", 1)
            if key in ("round", "set"):
                continue
            parts = text.split(" | ")
            said += [parts[0], *(part for part in parts if part.endswith("."))] if key.isdigit() else [text]
    return list(dict.fromkeys(said))


def loudest(path, cues):
    """The peak of each cue, 0 … 32767."""
    with wave.open(path) as file:
        data = array.array("h", file.readframes(file.getnframes()))[::file.getnchannels()]
    return [max(map(abs, data[cue["start"]:cue["start"] + cue["frames"]]), default=0) for cue in cues]


def speaks(home, language, voice):
    said = sentences(language)
    check(len(said) > 150, f"{language}: only {len(said)} sentences")
    body = "".join(f"- {sentence}\n" for sentence in said)
    page = home.file("page.md", f"---\nlanguage: {language}\nannounce: none\ngap: 0s\n---\n# Page\n\n{body}")
    plan = json.loads(home.must("plan", page, "--json").stdout)
    check(plan["voice"] == voice, f"{language} is spoken by {plan['voice']}")
    check(plan["fallbacks"] == [], f"{language}: {plan['fallbacks']}")
    cues = [cue for cue in plan["cues"] if cue["kind"] == "speech"]
    text = " ".join(cue["text"] for cue in cues)
    for sentence in said:
        check(sentence in text, f"{language}: “{sentence}” is not in the plan")
    out = home.file("page.wav")
    home.must("render", page, "-o", out, "--quiet")
    for cue, peak in zip(cues, loudest(out, cues)):
        letters = sum(9 if letter.isdigit() else 1 for letter in cue["text"])
        check(peak > 1000, f"{language}: “{cue['text']}” is silent")
        check(48000 * 0.1 < cue["frames"] < 48000 * (1.2 + 0.2 * letters),
              f"{language}: “{cue['text']}” lasts {cue['frames'] / 48000:.2f} s")


def main():
    with Home() as home:
        if "speech-espeak" not in home.must("plugins", "--names").stdout.split():
            skip("eSpeak NG is not here")
        for language, voice in VOICES.items():
            speaks(home, language, voice)


main()
