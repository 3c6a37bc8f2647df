# SPDX-License-Identifier: GPL-3.0-or-later
"""What the player says in every language it speaks, sentence by sentence; and files of one's own."""
import difflib
import os
import re

from limbertest import SOURCE, Home, check, fail

HERE = os.path.dirname(os.path.abspath(__file__))
TEN = {"en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "ru"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def compare(language, said):
    path = os.path.join(HERE, language + ".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        with open(path, "w", encoding="utf-8") as out:
            out.write(said)
        return
    check(os.path.exists(path), f"there is no {path}: UPDATE_GOLDEN=1, then read it")
    difference = list(difflib.unified_diff(read(path).splitlines(), said.splitlines(), path, "limber phrases", lineterm=""))
    if difference:
        fail("\n".join(difference))


def sane(language, said):
    """What is wrong in any language: a placeholder left, two spaces, a sentence without capital or end."""
    for line in said.splitlines():
        key, text = line.split(": ", 1)
        check("{" not in line and "  " not in line and not line.endswith(" "), f"{language}: {line}")
        sentences = [part for part in text.split(" | ") if part.endswith(".")] if key.isdigit() else [text]
        for sentence in sentences:
            check(sentence[0] == sentence[0].upper() and sentence.endswith((".", "?")), f"{language}: {line}")


def without(text, start):
    """The file without the line that begins so (and what is indented under it)."""
    return re.sub(rf"^{re.escape(start)}.*\n(?:[ ]{{{len(start) - len(start.lstrip()) + 1},}}.*\n)*", "", text, count=1, flags=re.M)


def faults(home):
    """A slip in a file is told with its place and with what the language needs."""
    polish = read(os.path.join(SOURCE, "phrases", "pl.yaml"))
    line = re.search(r"^  second: .*$", polish, re.M).group(0)
    cases = [
        (polish.replace(line, line.replace("few:", "two:")), "no number takes the form “duration.second.two”",
         "one (1), few (2, 3, 4 …), many (0, 5, 6 …)"),
        (polish.replace(line, re.sub(r"few: \"[^\"]*\", ", "", line)), "the phrase file lacks “duration.second.few”",
         "few (2, 3, 4 …)"),
        (without(polish, "halfway:"), "the phrase file lacks “halfway”", "to say nothing"),
        (without(polish, "left:"), "the phrase file lacks “left”", "to say nothing"),
        (without(polish, "numbers genitive:"), "{total genitive} has no value", "add `numbers genitive:"),
        (polish.replace("halfway:", "halfwy:"), "unknown phrase “halfwy”", "did you mean `halfway`?"),
        (polish + 'plurals: "one: n = x"\n', "these plural rules cannot be read", "write them as CLDR does"),
    ]
    for text, message, hint in cases:
        done = home.run("phrases", home.file("pl.yaml", text))
        check(done.returncode == 3 or done.returncode == 2, f"{message}: exit status {done.returncode}")
        check(message in done.stderr and hint in done.stderr and "pl.yaml" in done.stderr, f"{message}: {done.stderr}")
        check(done.stdout == "", f"{message}: said all the same")


def own_files(home):
    """A file in one's own folder is found, comes before the program's, and may bring its own plural rules."""
    folder = os.path.join(home.path, ".local", "share", "limber", "phrases")
    os.makedirs(folder)
    english = read(os.path.join(SOURCE, "phrases", "en.yaml"))
    home.file(os.path.join(folder, "en.yaml"), english.replace('"Halfway."', '"Half of it is done."'))
    home.file(os.path.join(folder, "xx.yaml"), 'plurals: "few: n % 10 = 3"\n' + english.replace(
        'second: { one: "one second"', 'second: { few: "{number} trisecs"').replace("one:", "few:"))
    check("halfway: Half of it is done." in home.must("phrases", "en").stdout, "the user's own en.yaml is not taken")
    own = home.must("phrases", "xx")
    check("twenty-three trisecs" in own.stdout and "one seconds" in own.stdout, own.stdout[:2000])
    check(own.stderr == "", own.stderr)
    names = home.must("phrases", "--names").stdout.split()
    check("xx" in names and TEN <= set(names) and len(names) == len(set(names)), names)
    check(home.run("phrases", "tlh").returncode != 0, "a language that is not there is no error")
    page = home.file("page.md", "---\nlanguage: xx\n---\n# Page\n\n## Move `hold 20s`\n\nStay.\n")
    done = home.must("plan", page)
    check("Half" in done.stdout, done.stdout)


def main():
    languages = sorted(name[:-5] for name in os.listdir(os.path.join(SOURCE, "phrases")))
    check(TEN <= set(languages), f"only {languages}")
    with Home() as home:
        for language in languages:
            done = home.must("phrases", language)
            check(done.stderr == "", done.stderr)
            sane(language, done.stdout)
            compare(language, done.stdout)
        faults(home)
        own_files(home)


main()
