/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey_inside.h: what the files of the survey share. Private to core/studio. */
#ifndef STUDIO_SURVEY_INSIDE_H
#define STUDIO_SURVEY_INSIDE_H

#include "base/vec.h"
#include "studio/packs.h"
#include "studio/survey.h"

struct surveying {
    const struct survey_options *options;
    struct arena *arena;
    VEC(struct survey_finding) findings;
    VEC(struct survey_clip) clips;
    VEC(struct survey_routine) routines;
    double median_lufs, seconds;
};

/* Adds a finding; `file` NULL: the whole voice. */
void survey_add(struct surveying *surveying, enum survey_kind kind, bool error, const char *file,
                int line, const char *hint, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* --- survey_clips.c: decodes and judges every clip --- */
void survey_clips(struct surveying *surveying);

/* --- survey_language.c --- */
/* The language whose small words a text is full of ("de"), when it is not `language` (a tag, one
 * of those known here); NULL: no sign of that. `hits` (may be NULL) gets how many there are. */
const char *survey_other_language(const char *text, const char *language, int *hits);

#endif
