/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey.h: whether a voice is fit to be used and shared: what it covers, how its clips measure,
 * and what is wrong with its files. [main] */
#ifndef STUDIO_SURVEY_H
#define STUDIO_SURVEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "studio/take.h"

struct needs;
struct pack;
struct voice;

/* Kinds of findings, as they are named in JSON. */
enum survey_kind {
    SURVEY_VOICE,     /* voice.yaml */
    SURVEY_UNUSABLE,  /* the voice cannot be used here */
    SURVEY_LICENSE,   /* no license */
    SURVEY_AUTHOR,    /* no author */
    SURVEY_CONSENT,   /* no consent of the speaker */
    SURVEY_FALLBACK,  /* the fallback voice is not there */
    SURVEY_ROW,       /* a row that cannot be used */
    SURVEY_DUPLICATE, /* the same text and file twice */
    SURVEY_BROKEN,    /* a file that cannot be decoded */
    SURVEY_UNUSED,    /* a sound file in no row */
    SURVEY_SILENT,    /* nothing is heard */
    SURVEY_LOUDNESS,  /* far from the others */
    SURVEY_CLIPPED,
    SURVEY_DC,
    SURVEY_NOISE,
    SURVEY_SILENCE,  /* much of it before or after the words */
    SURVEY_LENGTH,   /* too long or short for its text */
    SURVEY_LANGUAGE, /* not in the voice's language */
    SURVEY_EMPTY,    /* no clips at all */
    SURVEY_COVERAGE  /* a routine needs what it cannot say */
};
const char *survey_kind_name(enum survey_kind kind); /* "loudness"… */

struct survey_finding {
    enum survey_kind kind;
    bool error;                 /* else a warning */
    const char *file;           /* absolute or as a person names it; NULL: none */
    int line;                   /* 0: none */
    const char *message, *hint; /* hint may be NULL */
};

struct survey_clip {
    const char *text, *file; /* as in the table */
    int line;
    bool read; /* measured */
    struct take_measure measure;
};

struct survey_missing {
    const char *text, *file; /* file NULL: a phrase */
    int line;
    const char *phrase;
};

struct survey_routine {
    const char *name, *path, *language;
    size_t sentences, covered, composed; /* composed: of those covered */
    size_t foreign;
    const struct survey_missing *missing;
    size_t missing_count;
    bool broken;
};

struct survey {
    const struct survey_finding *findings;
    size_t finding_count, error_count;
    const struct survey_clip *clips;
    size_t clip_count;
    const struct survey_routine *routines;
    size_t routine_count;
    double median_lufs; /* NAN: no clips */
    double seconds;     /* of all clips */
};

struct survey_options {
    const struct voice *voice;
    struct pack *pack;                /* NULL: not a recorded voice */
    const struct needs *needs;        /* or NULL */
    const struct diags *voice_faults; /* of voice.yaml; or NULL */
    bool named;           /* these routines were asked for: what they lack is a finding */
    bool fallback_exists; /* or there is none */
    void (*progress)(void *context, size_t done, size_t total);
    void *context;
};

/* Everything lives in the arena. */
struct survey survey_run(const struct survey_options *options, struct arena *arena);

#endif
