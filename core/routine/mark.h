/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mark.h: the grammar of marks: what stands between backticks in a routine. Pure; knows no tree. */
#ifndef ROUTINE_MARK_H
#define ROUTINE_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/units.h"

enum mark_kind {
    /* heading, move or group */
    MARK_REPS,      /* amount: count */
    MARK_SETS,      /* amount: count */
    MARK_ROUNDS,    /* amount: count */
    MARK_EACH_SIDE, /* word: "side", "arm", "leg"… as written */
    MARK_RIGHT_FIRST,
    MARK_ALTERNATING,
    MARK_SHUFFLE,
    MARK_PICK, /* amount: count */
    MARK_OPTIONAL,
    MARK_LEVEL, /* level */
    /* timed: bouts */
    MARK_HOLD,    /* time */
    MARK_FOR,     /* time */
    MARK_IN,      /* time */
    MARK_OUT,     /* time */
    MARK_KEEP,    /* time */
    MARK_BREATHE, /* pattern, amount: cycles */
    MARK_BREATHS, /* amount: count; the pace is the player's */
    MARK_PACE,    /* per_minute, time */
    MARK_WAIT,    /* time */
    MARK_REST,    /* time; on a heading also the rest between sets or rounds */
    MARK_READY,   /* time; 0–0: waits for the person */
    MARK_COUNT,   /* amount: count from */
    /* untimed */
    MARK_SOUND, /* word: the sound's name */
    MARK_MUSIC, /* word: the bed's name, or NULL for `music off`; gain_db */
    /* moments inside a bout (first mark of a nested item) */
    MARK_HALFWAY,
    MARK_AT,    /* time from the bout's start */
    MARK_LAST,  /* time before the bout's end */
    MARK_EVERY, /* time */
    /* kinds of item (first mark of an item or paragraph) */
    MARK_TIP,
    MARK_CAUTION,
    MARK_FIRST,
    MARK_LATER,
    MARK_KIND_COUNT
};

enum level { LEVEL_EASY, LEVEL_NORMAL, LEVEL_DEEP };

/* low ≤ high; equal when the page gives one value. Nanoseconds or a count. `id` numbers the range
 * within its routine (from 1; 0: not a range), so that fit-to-time can choose its value. */
struct range {
    int64_t low, high;
    uint32_t id;
};

struct mark {
    enum mark_kind kind;
    struct range time;   /* ns */
    struct range amount; /* count */
    const char *word;
    enum level level;
    double gain_db;
    double per_minute;
    nsec pattern[4];    /* BREATHE: in, keep, out, keep; 0: none */
    struct place place; /* of the text between the backticks */
};

/* Parses the text between two backticks; `place` is where it stands. On success fills in *mark.
 * Otherwise adds an error with a suggestion to `diags` and returns false. `sound_exists(context,
 * name)` tells whether a single unknown word is a sound, or the name after `music` a bed, of the
 * theme or of the routine's folder; NULL: the names of the default theme, and any bed. */
bool mark_parse(const char *text, size_t length, struct place place, struct arena *arena,
                struct diags *diags, bool (*sound_exists)(void *context, const char *name),
                void *context, struct mark *mark);

/* Canonical text: `8-12 reps`, `hold 30s`. Parsing it again gives the same mark. */
char *mark_text(const struct mark *mark, struct arena *arena);
bool mark_is_timed(enum mark_kind kind);         /* HOLD … COUNT */
const char *mark_kind_name(enum mark_kind kind); /* "reps", "each side"… */
const char *level_name(enum level level);
bool level_parse(const char *text, enum level *level);

#endif
