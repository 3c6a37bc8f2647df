# SPDX-License-Identifier: GPL-3.0-or-later
"""A broken voice: the session goes on, the report says who spoke what and why, and --strict makes an error of it."""
import json
import os

from limbertest import BUILD, SOURCE, Home, check, wav

try:
    import jsonschema
except ImportError:
    jsonschema = None

ENGINES = os.path.join(BUILD, "tests", "voice", "engines")
HEAD = "---\nannounce: none\ngap: 200ms\n---\n# A session\n\n"
# What the engine of the tests does with these words is in tests/voice/engines/fixture.c.
WRONG = {"Please crash.": "SIGABRT", "An offset.": "constant", "Some garbage.": "not numbers", "Now exit.": "status 3",
         "An hour.": "far too long", "I complain.": "no, I will not"}


def schema(name, text):
    document = json.loads(text)
    if jsonschema:
        with open(os.path.join(SOURCE, "docs", name), encoding="utf-8") as file:
            jsonschema.Draft7Validator(json.load(file)).validate(document)
    return document


with Home() as home:
    def voice(name, text):
        os.makedirs(home.file(f".local/share/limber/voices/{name}"))
        home.file(f".local/share/limber/voices/{name}/voice.yaml", f"languages: [en]\n{text}")

    voice("odd", "engine: speech-fixture\nfallback: odd-too\n")
    voice("odd-too", "engine: speech-fixture\npitch: 30\nfallback: calm\n")
    voice("stuck", "engine: speech-fixture\nvoice: hang\nfallback: calm\n")
    voice("lonely", "engine: speech-fixture\nfallback: nobody\n")
    page = home.file("page.md", HEAD + "\n\n".join(["Good words."] + list(WRONG) + ["More good words.", "Please crash."]))
    fine = home.file("fine.md", HEAD + "Good words. More good words.\n")
    where = ["--plugin-path", ENGINES]

    # A broken cue is spoken by somebody else, and only that one.
    done = home.must("plan", page, "--voice", "odd", "--json", *where)
    plan = schema("plan.schema.json", done.stdout)
    told = {entry["text"]: entry for entry in plan["fallbacks"]}
    check(list(told) == list(WRONG), f"reported: {list(told)}")
    for line, (text, reason) in enumerate(WRONG.items()):
        entry = told[text]
        check(reason in entry["reason"], f"{text}: {entry['reason']}")
        check((entry["voice"], entry["spoken_by"], entry["language"]) == ("odd", "calm", "en"), f"{entry}")
        check(entry["cues"] == (2 if text == "Please crash." else 1), f"{entry}")
        check(entry["source"]["line"] == 9 + 2 * line, f"{entry}")
        check(f"page.md:{entry['source']['line']}:1: warning: \"{text}\"" in done.stderr, done.stderr)
    check(done.stderr.count("warning:") == len(WRONG), done.stderr)
    check(plan["voice"] == "odd", plan["voice"])

    # Rendering tells the same, and its length.
    done = home.must("render", page, "-o", "page.wav", "--voice", "odd", "--json", "--quiet", *where)
    result = schema("result.schema.json", done.stdout)
    check(result["fallbacks"] == plan["fallbacks"], "rendering reports something else than the plan")
    check(result["file"] == "page.wav" and result["frames"] == plan["frames"], f"{result}")
    _, samples = wav(home.file("page.wav"))
    check(len(samples) == result["frames"], f"{len(samples)} samples, {result['frames']} told")
    for cue in (cue for cue in plan["cues"] if cue["kind"] == "speech"):
        check(any(samples[cue["start"]:cue["start"] + cue["frames"]]), f"{cue['text']} is silent")

    # So does playing, after every sample of it.
    done = home.must("play", page, "--voice", "odd", "--json", "--output", "null", *where)
    result = schema("result.schema.json", done.stdout)
    check(result["fallbacks"] == plan["fallbacks"] and result["file"] is None, f"{result}")
    check(result["frames"] == plan["frames"], f"{result['frames']} frames were played")

    # --strict: nothing is written or heard.
    for verb in (["plan"], ["plan", "--json"], ["render", "-o", "strict.wav"], ["play", "--output", "null:capture=strict.raw"]):
        done = home.run(verb[0], page, *verb[1:], "--voice", "odd", "--strict", *where)
        check(done.returncode == 3 and "warning:" in done.stderr, f"{verb} --strict: {done.returncode} {done.stderr}")
        done = home.run(verb[0], fine, *verb[1:], "--voice", "odd", "--strict", "--quiet", *where)
        check(done.returncode == 0 and done.stderr == "", f"{verb} --strict: {done.returncode} {done.stderr}")
        if verb[0] == "render":
            os.remove(home.file("strict.wav"))
    home.run("render", page, "-o", "strict.wav", "--voice", "odd", "--strict", *where)
    check(not os.path.exists(home.file("strict.wav")), "something was written")

    # Many are counted, not listed; --json has them all.
    many = home.file("many.md", HEAD + "\n\n".join(f"Please crash {number}." for number in range(40)))
    done = home.must("plan", many, "--voice", "odd", "--json", *where)
    check(len(json.loads(done.stdout)["fallbacks"]) == 40, "not all are in the document")
    check(done.stderr.count("\": voice calm speaks") == 16 and "and 24 more" in done.stderr, done.stderr)

    # A voice that never wakes up must not keep a listener waiting for its whole deadline, nor again and again.
    done = home.must("play", fine, "--voice", "stuck", "--json", "--output", "null", *where)
    reasons = {entry["reason"] for entry in json.loads(done.stdout)["fallbacks"]}
    check(reasons == {"voice stuck was too slow"}, f"{reasons}")

    # Nobody at all is left to speak: a tone, and it is said.
    klingon = home.file("klingon.md", HEAD.replace("gap", "language: tlh\ngap") + "tlhIngan Hol.\n")
    done = home.must("plan", klingon, "--json", *where)
    entry = json.loads(done.stdout)["fallbacks"][0]
    check(entry["spoken_by"] is None and entry["voice"] == "default-tlh", f"{entry}")
    check("a tone stands for these words" in done.stderr, done.stderr)

    # A voice that was asked for, and does not speak the language of the page.
    german = home.file("german.md", HEAD.replace("gap", "language: de\ngap") + "Guten Tag.\n")
    done = home.must("plan", german, "--voice", "calm")
    check('german.md: warning: the voice `calm` does not speak "de"' in done.stderr and "ruhig" in done.stderr, done.stderr)
    check(home.run("plan", german, "--voice", "calm", "--strict").returncode == 3, "--strict lets another language pass")
    check(home.must("plan", german, "--voice", "ruhig", "--strict").stderr == "", "a voice of the language is complained of")

    # A fallback that is not there is a mistake in the file.
    done = home.must("voices", *where)
    check("lonely/voice.yaml:3:11: warning: the fallback voice `nobody` does not exist" in done.stderr, done.stderr)
