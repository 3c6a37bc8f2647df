# SPDX-License-Identifier: GPL-3.0-or-later
"""Speech in a rendered file: where the plan says, and as loud as it should be by an independent meter."""
import json
import re
import subprocess

from limbertest import Home, check, need, wav

TEXT = {
    "en": """---
announce: none
language: en
gap: 400ms
---
# Words

Lie on your back, with your knees bent and your feet flat on the floor. Let your arms rest beside you, palms up.
Feel how the floor carries the weight of your head, your shoulders and your hips. Breathe in slowly through your nose.

Draw your left knee to your chest. Hold it with both hands, and let your lower back grow long. There is no hurry here.
Now bring the foot back to the floor, and rest for a moment before you change to the other leg.

Stretch both arms overhead. Reach out of your ribs, as if somebody pulled gently at your fingers. Then let everything go.
""",
    "de": """---
announce: none
language: de
gap: 400ms
---
# Worte

Leg dich auf den Rücken, die Knie gebeugt und die Füße flach auf dem Boden. Lass die Arme neben dir ruhen.
Spür, wie der Boden dein Gewicht trägt. Atme langsam durch die Nase ein.

Zieh das linke Knie zur Brust. Halte es mit beiden Händen, und lass den unteren Rücken lang werden. Es eilt nicht.
Stell den Fuß zurück auf den Boden, und ruh einen Moment aus, bevor du das Bein wechselst.

Streck beide Arme über den Kopf. Zieh dich lang, als würde jemand sanft an deinen Fingern ziehen. Dann lass alles los.
""",
}
VOICES = [("calm", "en"), ("calm-us", "en"), ("ruhig", "de")]


def loudness(env, path):
    """Integrated loudness by ffmpeg's ebur128, LUFS."""
    done = subprocess.run(["ffmpeg", "-hide_banner", "-nostats", "-i", path, "-filter_complex", "ebur128=peak=true", "-f", "null", "-"],
                          env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    summary = done.stderr[done.stderr.rindex("Summary:"):]
    return (float(re.search(r"I:\s+(-?[\d.]+) LUFS", summary).group(1)),
            float(re.search(r"Peak:\s+(-?[\d.]+) dBFS", summary).group(1)))


need("ffmpeg")
with Home() as home:
    for voice, language in VOICES:
        page = home.file(f"words-{language}.md", TEXT[language])
        wave = home.file(f"{voice}.wav")
        home.must("render", page, "-o", wave, "--voice", voice, "--set", "out-file.format=float")
        plan = json.loads(home.must("plan", page, "--voice", voice, "--json").stdout)
        check(plan["voice"] == voice, f"{plan['voice']} spoke instead of {voice}")
        _, samples = wav(wave)
        cues = [cue for cue in plan["cues"] if cue["kind"] == "speech"]
        check(len(cues) >= 10, "too few sentences")
        for cue, before in zip(cues, [None] + cues):
            start = cue["start"]
            since = before["start"] + before["frames"] if before else 0
            check(start - since >= 4800 or not before, f"{cue['text']}: no pause before it")
            loudest = max(abs(s) for s in samples[start:start + cue["frames"]])
            onset = next(i for i in range(since, start + cue["frames"]) if abs(samples[i]) > loudest / 300)
            check(start <= onset <= start + 240, f"{voice}: \"{cue['text']}\" is heard at {onset}, planned at {start}")
        level, peak = loudness(home.env, wave)
        print(f"{voice}: {level} LUFS, true peak {peak} dBFS")
        check(abs(level + 19) <= 1, f"{voice} speaks at {level} LUFS")
        check(peak <= -1 + 0.05, f"{voice} peaks at {peak} dBFS")
