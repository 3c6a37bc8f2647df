# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page that is shipped is without warnings: at every level and detail, and in every language that it exists in."""
import glob
import os
import re

from limbertest import SOURCE, Home, check, fail

SCRIPTS = os.path.join(SOURCE, "scripts")
KEYS = ("language", "position", "description", "author", "license", "source")


def pages():
    found = sorted(glob.glob(os.path.join(SCRIPTS, "**", "*.md"), recursive=True))
    check(len(found) > 40, f"only {len(found)} pages in {SCRIPTS}")
    return found


def tag(path):
    """The language of NAME.TAG.md, or None."""
    parts = os.path.basename(path).split(".")
    return parts[1] if len(parts) == 3 else None


def check_front_matter(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    front = text.split("---\n", 2)[1] if text.startswith("---\n") else ""
    for key in KEYS:
        check(re.search(rf"^{key}: \S", front, re.M), f"{path}: no {key} in the front matter")
    check(re.search(rf"^language: {tag(path) or 'en'}$", front, re.M), f"{path}: another language than its name says")
    check("http" not in text, f"{path}: a link to a site")


def strict(home, paths, *options):
    done = home.run("check", "--strict", *options, *paths, timeout=500)
    if done.returncode != 0:
        fail(f"limber check --strict {' '.join(options)}: exit status {done.returncode}\n{done.stderr}{done.stdout}")
    good = done.stdout.count(": good, ")
    check(good == len(paths), f"{good} of {len(paths)} pages are good:\n{done.stdout}")


def main():
    originals = [path for path in pages() if tag(path) is None]
    translations = {}
    for path in pages():
        check_front_matter(path)
        if tag(path):
            translations.setdefault(tag(path), []).append(path)
    check("de" in translations, "no German pages")
    with Home() as home:
        for level in ("easy", "normal", "deep"):
            strict(home, originals, "--level", level)
            for language, paths in translations.items():
                strict(home, paths, "--level", level)
                strict(home, [path.replace(f".{language}.md", ".md") for path in paths], "--level", level, "--language", language)
        for detail in ("full", "brief"):
            strict(home, originals, "--detail", detail)
            for paths in translations.values():
                strict(home, paths, "--detail", detail)
        strict(home, originals, "--voice", "calm-us")
    print(f"{len(originals)} pages and {sum(map(len, translations.values()))} translations are good")


if __name__ == "__main__":
    main()
