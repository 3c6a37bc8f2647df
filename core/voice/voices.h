/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voices.h: the voices there are: voices/<name>/voice.yaml in the user's folder, then in the
 * program's. A user's voice hides one of the program's of the same name. [main] */
#ifndef VOICE_VOICES_H
#define VOICE_VOICES_H

#include <stdbool.h>
#include <stddef.h>

struct diags;
struct registry;
struct voices;

#define VOICES_ENGINE "speech-espeak" /* speaks languages that no voice lists */

struct voice {
    const char *name; /* of its folder */
    const char *file; /* its voice.yaml; NULL for an engine's own voice */
    const char *folder;
    const char *const *languages; /* BCP 47 tags; at least one */
    size_t language_count;
    const char *engine;        /* plugin id */
    const char *voice;         /* the engine's name, or NULL */
    const char *variant;       /* or NULL */
    double rate_wpm;           /* 0: the engine's default */
    double pitch, pitch_range; /* 0 … 100; −1: the engine's default */
    double gain_db;            /* beyond the common level */
    const char *fallback;      /* voice that speaks what this one cannot; or NULL */
    const char *dictionary;    /* path of its own pronunciations, or NULL */
    const char *license, *author, *description; /* "" when not given */
    const char *version, *consent; /* of the voice; of those who were recorded. "" when not given */
    const char *const *options;    /* of its engine, "name=value"…, NULL */
    bool users;                    /* from the user's folder */
    const char *problem;           /* why it cannot be used; NULL: usable */
    const char *warning;           /* usable, but not quite as it is written; or NULL */
};

/* Reads all of them, in order of folder, then name. `program_folder` may be NULL. With a
 * `registry` (which outlives the voices), voices whose engine is not there, or does not take their
 * options, get a problem. Faults of the files go into `diags` (NULL: dropped) and, the first of
 * them, into the voice's problem or warning. Never NULL. */
struct voices *voices_load(const char *program_folder, struct registry *registry,
                           struct diags *diags);
void voices_destroy(struct voices *voices);

size_t voices_count(const struct voices *voices);
const struct voice *voices_get(const struct voices *voices, size_t index);
const struct voice *voices_find(const struct voices *voices, const char *name); /* or NULL */

/* The usable voice for a language, if none is asked for: one that can say any words before one of
 * recorded clips, one that lists the tag itself before one of the same primary language, the user's
 * before the program's, those of VOICES_ENGINE before others, the first by name. If there is none,
 * the engine's own. */
const struct voice *voices_for_language(struct voices *voices, const char *language);
/* What VOICES_ENGINE makes of a language by itself: "default-de". Made on the way, kept with the
 * others' memory, not counted. */
const struct voice *voices_engines_own(struct voices *voices, const char *language);
/* Whether the voice says only what was recorded (the flag of its engine). */
bool voices_is_recorded(const struct voices *voices, const struct voice *voice);
/* Whether it has the form of a language tag: "en", "en-GB", "zh-Hant-TW". */
bool voice_is_tag(const char *text);
/* The listed tag that fits `language` best: itself, else one of the same primary language, else
 * NULL. */
const char *voice_language(const struct voice *voice, const char *language);

/* The dictionaries that apply to the voice in this language, best first: its own, its engine's
 * (<folder>/dictionary/<language>.<engine>.yaml) and the language's
 * (<folder>/dictionary/<language>.yaml); user's before program's. Fills at most `most` paths;
 * returns how many. */
size_t voices_dictionaries(const struct voices *voices, const struct voice *voice,
                           const char *language, const char **paths, size_t most);

/* A voice that can speak, or NULL with *error (malloc'ed): there is none of that name, or it cannot
 * be used. */
const struct voice *voices_choose(const struct voices *voices, const char *name, char **error);
/* Why there is no voice of this name, with the nearest one if there is any; malloc'ed. */
char *voices_unknown(const struct voices *voices, const char *name);

#endif
