#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What voices sound like, in figures, through the program itself: docs/voices-measured.md is its output.

  LIMBER_BUILD=build tests/bench/voices.py                         every voice that is shipped
  LIMBER_BUILD=build tests/bench/voices.py calm ruhig              these
  LIMBER_BUILD=build tests/bench/voices.py --candidates en-GB      eSpeak NG's variants, for choosing a persona;
                                                                   further words: only these variants
  ... --rate                                                       only the speaking rate

- words a minute: a short piece of guidance in the voice's language, from its first sound to its last, pauses
  between sentences included (the player's own 300 ms).
- pitch: median of the fundamental, and the span from its 10th to its 90th percentile in semitones.
- centroid: the centre of gravity of the spectrum. hiss: the level of 4–10 kHz below that of everything; the
  nearer to zero the sharper. These three by Praat (Debian: praat).
- word errors: English only, pocketsphinx (Debian: pocketsphinx, pocketsphinx-en-us) hears 20 sentences of our
  routines and has to tell them apart. It was trained on people, and is a strict judge of any synthetic voice
  (left free, with its own language model, it makes nothing of eSpeak NG that a person would recognise): what counts is the order.
"""
import array
import os
import re
import shutil
import subprocess
import sys
import tempfile
import wave

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("LIMBER_BUILD", os.path.join(SOURCE, "build"))
LIMBER = os.path.join(BUILD, "bin", "limber")

GUIDANCE = {
    "en": "Lie on your back and let your arms rest beside you. Close your eyes. Breathe in slowly through your nose, and "
          "feel your ribs open to the sides. Breathe out, and let your shoulders sink into the floor. Now bend your left "
          "knee, hold it with both hands, and draw it gently towards your chest. Keep the other leg long. Stay here, and "
          "notice how your lower back grows soft.",
    "de": "Leg dich auf den Rücken und lass die Arme neben dir ruhen. Schließe die Augen. Atme langsam durch die Nase ein "
          "und spüre, wie sich die Rippen zur Seite öffnen. Atme aus und lass die Schultern in den Boden sinken. Beuge nun "
          "das linke Knie, umfasse es mit beiden Händen und zieh es sanft zur Brust. Das andere Bein bleibt lang. Bleib "
          "hier und merke, wie dein unterer Rücken weich wird.",
    "fr": "Allongez-vous sur le dos et laissez vos bras reposer le long du corps. Fermez les yeux. Inspirez lentement par "
          "le nez et sentez vos côtes s’ouvrir sur les côtés. Expirez et laissez vos épaules se poser sur le sol. Pliez "
          "maintenant le genou gauche, prenez-le à deux mains et ramenez-le doucement vers la poitrine. L’autre jambe "
          "reste longue. Restez là et sentez le bas du dos se détendre.",
    "es": "Acuéstate boca arriba y deja que los brazos descansen a los lados. Cierra los ojos. Inhala despacio por la nariz "
          "y siente cómo las costillas se abren hacia los lados. Exhala y deja que los hombros se hundan en el suelo. Ahora "
          "dobla la rodilla izquierda, tómala con las dos manos y llévala con suavidad hacia el pecho. La otra pierna sigue "
          "estirada. Quédate aquí y nota cómo se afloja la parte baja de la espalda.",
    "it": "Sdraiati sulla schiena e lascia riposare le braccia lungo i fianchi. Chiudi gli occhi. Inspira lentamente dal "
          "naso e senti le costole che si aprono ai lati. Espira e lascia che le spalle affondino nel pavimento. Ora piega "
          "il ginocchio sinistro, prendilo con due mani e portalo piano verso il petto. L’altra gamba resta lunga. Rimani "
          "qui e senti come la parte bassa della schiena si ammorbidisce.",
    "pt": "Deite-se de costas e deixe os braços descansarem ao lado do corpo. Feche os olhos. Inspire devagar pelo nariz e "
          "sinta as costelas se abrirem para os lados. Expire e deixe os ombros afundarem no chão. Agora dobre o joelho "
          "esquerdo, segure-o com as duas mãos e traga-o com calma até o peito. A outra perna fica esticada. Fique aqui e "
          "sinta a parte baixa das costas relaxar.",
    "nl": "Ga op je rug liggen en laat je armen naast je rusten. Sluit je ogen. Adem langzaam in door je neus en voel hoe "
          "je ribben naar opzij opengaan. Adem uit en laat je schouders in de vloer zakken. Buig nu je linkerknie, pak hem "
          "met beide handen vast en trek hem rustig naar je borst. Het andere been blijft lang. Blijf hier en merk hoe je "
          "onderrug zacht wordt.",
    "sv": "Lägg dig på rygg och låt armarna vila bredvid dig. Blunda. Andas in långsamt genom näsan och känn hur revbenen "
          "öppnar sig åt sidorna. Andas ut och låt axlarna sjunka ner i golvet. Böj nu vänster knä, ta tag i det med båda "
          "händerna och dra det mjukt mot bröstet. Det andra benet är långt. Stanna här och känn hur ländryggen mjuknar.",
    "pl": "Połóż się na plecach i pozwól, żeby ręce spoczęły obok ciebie. Zamknij oczy. Weź powoli wdech nosem i poczuj, "
          "jak żebra otwierają się na boki. Zrób wydech i pozwól, żeby barki opadły na podłogę. Teraz zegnij lewe kolano, "
          "chwyć je obiema rękami i łagodnie przyciągnij do klatki piersiowej. Druga noga jest wyprostowana. Zostań tak i "
          "poczuj, jak dolna część pleców mięknie.",
    "ru": "Лягте на спину, и пусть руки спокойно лежат рядом. Закройте глаза. Медленно вдохните носом и почувствуйте, как "
          "рёбра раскрываются в стороны. Выдохните, и пусть плечи опустятся на пол. Теперь согните левое колено, обхватите "
          "его двумя руками и мягко подтяните к груди. Другая нога остаётся прямой. Побудьте так и заметьте, как поясница "
          "становится мягкой.",
}

SENTENCES = [
    "Come onto your hands and knees.", "Breathe in and arch your back.", "Breathe out and round your spine.",
    "Lie down on your back.", "Bend your knees and keep your feet on the floor.", "Stand tall with your feet apart.",
    "Reach your left arm over your head.", "Let your shoulders drop.", "Hold for thirty seconds.", "Switch sides.",
    "Rest for one minute.", "Get ready.", "Slowly lift your hips.", "Lower your head to the floor.",
    "Turn your head to the right.", "Close your eyes and relax your face.", "Take one slow breath in.",
    "Keep your back long.", "Draw your knee towards your chest.", "That was the last one, well done.",
]

CANDIDATES = ["", "f1", "f2", "f3", "f4", "f5", "m1", "m3", "m4", "m7", "m8", "Alex", "Andrea", "Andy", "Annie", "Denis",
              "Michael", "anika", "belinda", "edward", "grandma", "klatt4", "linda", "miguel", "rob", "steph"]
ENGINE_VOICE = {"en-GB": "gmw/en-GB-x-rp", "en-US": "gmw/en-US", "de": "gmw/de"}

PRAAT = """form x
  sentence path
endform
Read from file: path$
sound = selected ("Sound")
To Pitch: 0, 60, 400
median = Get quantile: 0, 0, 0.5, "Hertz"
low = Get quantile: 0, 0, 0.1, "Hertz"
high = Get quantile: 0, 0, 0.9, "Hertz"
selectObject: sound
To Spectrum: "yes"
centre = Get centre of gravity: 2
hiss = Get band energy: 4000, 10000
all = Get band energy: 50, 10000
writeInfoLine: median, " ", 12 * log2 (high / low), " ", centre, " ", 10 * log10 (hiss / all)
"""


class Lab:
    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="limber-voices-")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "LIMBER_"))}
        self.env.update(HOME=self.home, LC_ALL="C.UTF-8")

    def path(self, *names):
        return os.path.join(self.home, *names)

    def write(self, text, *names):
        os.makedirs(os.path.dirname(self.path(*names)), exist_ok=True)
        with open(self.path(*names), "w", encoding="utf-8") as out:
            out.write(text)
        return self.path(*names)

    def limber(self, *args):
        return subprocess.run([LIMBER, *args], env=self.env, cwd=self.home, check=True, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=120)

    def say(self, voice, language, text, name):
        page = self.write(f"---\nlanguage: {language}\nannounce: none\n---\n# Sample\n\n{text}\n", "page.md")
        self.limber("render", page, "-o", self.path(name), "--voice", voice, "--quiet")
        return self.path(name)


def samples(path):
    with wave.open(path) as file:
        data = array.array("h", file.readframes(file.getnframes()))
        return data[::file.getnchannels()], file.getframerate()


def words_per_minute(path, text):
    data, rate = samples(path)
    loud = [i for i in range(0, len(data) - 480, 480) if max(map(abs, data[i:i + 480])) > 150]
    return len(text.split()) * 60 / ((loud[-1] + 480 - loud[0]) / rate)


def praat(lab, path):
    script = lab.write(PRAAT, "measure.praat")
    out = subprocess.run(["praat", "--run", script, path], check=True, capture_output=True, text=True, timeout=120).stdout
    return [float(x) for x in out.split()]


def plain(text):
    return re.findall(r"[a-z']+", text.lower())


def edits(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def word_errors(lab, voice, language, grammar):
    """The word error rate, in per cent."""
    names = []
    for i, sentence in enumerate(SENTENCES):
        path = lab.say(voice, language, sentence, f"s{i}.wav")
        subprocess.run(["ffmpeg", "-loglevel", "error", "-y", "-i", path, "-ac", "1", "-ar", "16000", "-f", "s16le",
                        lab.path(f"s{i}.raw")], check=True)
        names.append(f"s{i}")
    lab.write("\n".join(names) + "\n", "list")
    model = "/usr/share/pocketsphinx/model/en-us"
    subprocess.run(["pocketsphinx_batch", "-adcin", "yes", "-cepdir", lab.home, "-cepext", ".raw", "-ctl",
                    lab.path("list"), "-hmm", model + "/en-us", "-dict", model + "/cmudict-en-us.dict", "-hyp",
                    lab.path("hyp"), "-jsgf", grammar], check=True, capture_output=True, timeout=600)
    wrong = total = 0
    with open(lab.path("hyp"), encoding="utf-8") as hyp:
        for sentence, line in zip(SENTENCES, hyp):
            heard = plain(re.sub(r"\(s\d+ -?\d+\)", "", line))
            wrong += edits(plain(sentence), heard)
            total += len(plain(sentence))
    return 100 * wrong / total


def grammar_of(lab):
    every = " | ".join("( " + " ".join(plain(sentence)) + " )" for sentence in SENTENCES)
    return lab.write(f"#JSGF V1.0;\ngrammar routine;\npublic <all> = {every};\n", "sentences.jsgf")


def shipped():
    voices = {}
    folder = os.path.join(SOURCE, "voices")
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name, "voice.yaml")
        if not os.path.exists(path):
            continue
        text = open(path, encoding="utf-8").read()
        language = re.search(r"^languages: \[([^],]+)", text, re.M)
        if language and "engine: speech-espeak" in text:
            voices[name] = language.group(1)
    return voices


def candidates(lab, language, wanted):
    voices = {}
    for variant in wanted or CANDIDATES:
        variant = "" if variant == "plain" else variant
        name = variant or "plain"
        text = f"languages: [{language}]\nengine: speech-espeak\nvoice: {ENGINE_VOICE[language]}\nrate: 121\n" \
               "pitch: 42\nrange: 40\nlicense: GPL-3.0-or-later\nauthor: x\ndescription: x\n"
        lab.write(text + (f"variant: {variant}\n" if variant else ""),
                  ".local", "share", "limber", "voices", name.lower(), "voice.yaml")
        voices[name.lower()] = language
    return voices


def main():
    options = [a for a in sys.argv[1:] if a.startswith("--")]
    names = [a for a in sys.argv[1:] if not a.startswith("--")]
    lab = Lab()
    voices = candidates(lab, names[0], names[1:]) if "--candidates" in options else shipped()
    if names and "--candidates" not in options:
        voices = {name: voices[name] for name in names}
    can_praat = "--rate" not in options and shutil.which("praat")
    can_hear = "--rate" not in options and shutil.which("pocketsphinx_batch")
    grammar = grammar_of(lab)
    print("| voice | language | words a minute | pitch, Hz | span, semitones | centroid, Hz | hiss, dB | word errors |\n"
          "|---|---|---|---|---|---|---|---|")
    for name, language in voices.items():
        text = GUIDANCE[language[:2]]
        path = lab.say(name, language, text, "guidance.wav")
        cells = [name, language, f"{words_per_minute(path, text):.0f}"]
        cells += ["{:.0f}".format(x) if i != 1 else f"{x:.1f}" for i, x in enumerate(praat(lab, path))] \
            if can_praat else ["–"] * 4
        hears = can_hear and language.startswith("en")
        cells.append(f"{word_errors(lab, name, language, grammar):.0f} %" if hears else "–")
        print("| " + " | ".join(cells) + " |", flush=True)
    shutil.rmtree(lab.home)


main()
