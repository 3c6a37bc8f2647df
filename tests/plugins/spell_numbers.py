#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes numbers/LANGUAGE.txt: how ICU spells 0 to 999, against which speech-pack's own tables are tested.

Each line is a number, a tab, and its spellings separated by '|': of counting first, then, to 199, of the genders that phrases
need. Needs python3-icu; where python3-num2words is there too, what it says otherwise is printed, for a person to look at.

    python3 tests/plugins/spell_numbers.py
"""
import os

import icu

# Rule sets of ICU that are asked besides "spellout-numbering".
MORE = {
    "en": ["%spellout-cardinal-verbose"],
    "de": ["%spellout-cardinal-masculine", "%spellout-cardinal-feminine"],
    "fr": ["%spellout-cardinal-feminine"],
    "es": ["%spellout-cardinal-masculine", "%spellout-cardinal-feminine"],
    "it": ["%spellout-cardinal-masculine", "%spellout-cardinal-feminine"],
    "pt": ["%spellout-cardinal-feminine"],
    "nl": [],
    "sv": ["%spellout-cardinal-reale"],
    "pl": ["%spellout-cardinal-feminine"],
    "ru": ["%spellout-cardinal-feminine", "%spellout-cardinal-feminine-accusative"],
}


def clean(text):
    return text.replace("\u00ad", "").replace("ß", "ss")


def spellings(language):
    rules = icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, icu.Locale(language))
    for number in range(1000):
        found = []
        names = ["%spellout-numbering"] + (MORE[language] if number < 200 else MORE[language][:1] if language == "en" else [])
        for name in names:
            spelling = clean(rules.format(number, name))
            if spelling not in found:
                found.append(spelling)
        yield number, found


def compare(language, all_found):
    try:
        from num2words import num2words
        theirs = [clean(num2words(number, lang=language)) for number in range(1000)]
    except (ImportError, NotImplementedError) as problem:
        print(f"{language}: num2words: {problem!r}")
        return
    def plain(text):
        return text.replace("-", "").replace(" ", "").casefold()
    differences = [(number, theirs[number], found) for number, found in all_found
                   if plain(theirs[number]) not in map(plain, found)]
    print(f"{language}: {len(differences)} differences from num2words: {differences[:4]}")


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "numbers")
    for language in MORE:
        found = list(spellings(language))
        with open(os.path.join(folder, language + ".txt"), "w", encoding="utf-8") as to:
            for number, texts in found:
                to.write(f"{number}\t{'|'.join(texts)}\n")
        compare(language, found)


if __name__ == "__main__":
    main()
