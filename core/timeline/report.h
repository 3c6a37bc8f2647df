/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h: a complete timeline for people and programs: table, JSON (DESIGN §8), SVG picture,
 * WebVTT captions. */
#ifndef TIMELINE_REPORT_H
#define TIMELINE_REPORT_H

#include <stdio.h>

#include "base/status.h"
#include "timeline/timeline.h"

/* Words that were not spoken by the voice they were meant for. */
struct report_fallback {
    const char *text, *language;
    const char *voice;     /* that should have spoken */
    const char *spoken_by; /* that did; NULL: a tone stands for the words */
    const char *reason;    /* for people */
    size_t cues;           /* how often the words are said in the session */
    struct place place;    /* of the first time */
};

/* Why something is as it is. */
struct report_choice {
    const char *rule;
    const char *name; /* of the move or group; NULL: of the session */
    const char *text;
    struct place place;
};

struct report_info {
    const char *voice; /* name of the voice that speaks */
    const struct report_fallback *fallbacks;
    size_t fallback_count;
    const struct report_choice *choices; /* for the plan JSON; NULL: not told */
    size_t choice_count;
    int columns; /* width of the terminal for the table; 0: not a terminal, 100 */
    bool color;
};

/* A table: time, move, side, what is said and sounded. */
void report_table(const struct timeline *timeline, const struct report_info *info, FILE *to);
/* The plan JSON, one document, sorted as written in DESIGN §8; cues by start. Errors: IO,
 * NO_MEMORY. */
enum limber_status report_json(const struct timeline *timeline, const struct report_info *info,
                               FILE *to);
/* What became of a session, one JSON document (docs/result.schema.json): its length, who spoke it,
 * and `file`, where it was written (NULL: nowhere). Errors: as report_json(). */
enum limber_status report_result(const struct timeline *timeline, const struct report_info *info,
                                 const char *file, FILE *to);
/* The session as a picture of a timeline that a person can read. Self-contained SVG 1.1. */
enum limber_status report_svg(const struct timeline *timeline, const struct report_info *info,
                              FILE *to);
/* WebVTT, one caption a spoken cue. */
enum limber_status report_captions(const struct timeline *timeline, FILE *to);

#endif
