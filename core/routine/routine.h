/* SPDX-License-Identifier: GPL-3.0-or-later */
/* routine.h: a page (or several, linked) as a tree. Includes are resolved, overrides applied,
 * everything checked: what comes out has a meaning. The tree is immutable and lives in the
 * routine's arena. */
#ifndef ROUTINE_ROUTINE_H
#define ROUTINE_ROUTINE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/diag.h"
#include "base/status.h"
#include "routine/mark.h"

enum placeholder {
    PLACEHOLDER_SIDE,
    PLACEHOLDER_OTHER_SIDE,
    PLACEHOLDER_REP,
    PLACEHOLDER_REPS,
    PLACEHOLDER_SET,
    PLACEHOLDER_SETS,
    PLACEHOLDER_ROUND,
    PLACEHOLDER_NAME,
    PLACEHOLDER_NEXT,
    PLACEHOLDER_TIME_LEFT
};

enum span_kind { SPAN_TEXT, SPAN_PLACEHOLDER, SPAN_MARK };

/* A run of a paragraph or item. White space is as it will be spoken: runs of space and line ends
 * are one space. */
struct span {
    enum span_kind kind;
    const char *text;             /* TEXT */
    bool bold, emphasis;          /* TEXT, PLACEHOLDER */
    enum placeholder placeholder; /* PLACEHOLDER */
    const char *left, *right; /* PLACEHOLDER SIDE / OTHER_SIDE written `{side: linken | rechten}`:
                                 words for each; else NULL */
    struct mark mark;         /* MARK: timed, sound or music */
    struct place place;
};

enum block_role { BLOCK_INSTRUCTION, BLOCK_TIP, BLOCK_CAUTION };
enum block_pass { PASS_EVERY, PASS_FIRST, PASS_LATER };
enum block_moment { MOMENT_NONE, MOMENT_HALFWAY, MOMENT_AT, MOMENT_LAST, MOMENT_EVERY };

/* A paragraph or a list item. The marks that say its role, pass or moment are taken out of the
 * spans. */
struct block {
    bool item;
    enum block_role role;
    enum block_pass pass;
    enum block_moment moment; /* only for children of a block with a timed mark */
    struct range moment_time; /* AT, LAST, EVERY */
    const struct span *spans;
    size_t span_count;
    const struct block
        *children; /* items of a nested list. Under a block with a timed mark they happen inside its
                      last timed mark; under another they are spoken after it, in order */
    size_t child_count;
    bool names_side; /* it or a child has {side} or {other side} */
    struct place place;
};

enum sides { SIDES_NONE, SIDES_EACH, SIDES_ALTERNATING };

/* A heading and what is under it. With child sections it is a group (its own blocks are spoken
 * before them), else a move. */
struct section {
    const char *name; /* the heading's words without marks; "" for a page without a title */
    bool group;
    struct range rounds;     /* GROUP; 1–1 if not given */
    struct range sets, reps; /* MOVE; 1–1 if not given */
    bool has_reps, has_sets, has_rounds;
    struct range rest; /* ns between sets or rounds; 0–0: none */
    enum sides sides;
    bool right_first;
    bool shuffle;
    struct range pick; /* 0–0: all */
    bool optional;
    enum level level; /* least level at which it is played; EASY: always */
    const struct mark
        *bout; /* MOVE: a timed mark of the heading that is the bout itself, else NULL */
    const char
        *position; /* canonical: "standing", "hands and knees"…; NULL: unknown or unchanged */
    const char *language;     /* of its words (an untranslated move in a German routine stays "en");
                                 never NULL */
    const struct block *lead; /* text under a link heading: between the name and the page's own */
    size_t lead_count;
    const struct block *before; /* the way in; for a group: all its own text */
    size_t before_count;
    const struct block *body; /* what is repeated; never 0 with has_reps */
    size_t body_count;
    const struct block *after; /* the way out */
    size_t after_count;
    const struct section *children;
    size_t child_count;
    struct place
        place; /* of the heading in the page that was played (a link heading: the link's) */
};

enum announce {
    ANNOUNCE_OPENING = 1 << 0,
    ANNOUNCE_NAMES = 1 << 1,
    ANNOUNCE_POSITIONS = 1 << 2,
    ANNOUNCE_SIDES = 1 << 3,
    ANNOUNCE_SETS = 1 << 4,
    ANNOUNCE_RESTS = 1 << 5,
    ANNOUNCE_HALFWAY = 1 << 6,
    ANNOUNCE_CLOSE = 1 << 7,
    ANNOUNCE_TICKS = 1 << 8,
    ANNOUNCE_ALL = (1 << 9) - 1
};

enum count_mode { COUNT_UP, COUNT_DOWN, COUNT_OFF };
/* How a session goes on after a pause: told where one is and counted in, at once, or from the
 * beginning of the move. */
enum resume_policy { RESUME_GUIDED, RESUME_PLAIN, RESUME_RESTART_MOVE };

struct routine {
    struct arena *arena;
    const char *path;   /* of the page that was played */
    const char *folder; /* absolute folder of that page */
    const char *title;
    const char *language;     /* BCP 47; "en" if the page gives none */
    const char *voice;        /* name, or NULL */
    const char *sounds;       /* absolute path of its own sounds folder, or NULL */
    const struct mark *music; /* bed from the start, or NULL */
    const char *author, *source, *license, *description; /* or NULL */
    const char *const
        *needs; /* union over the pages played, in order of appearance, without repeats */
    size_t need_count;
    unsigned announce; /* enum announce bits */
    enum count_mode count;
    enum resume_policy resume;
    nsec gap_ns;          /* silence after each spoken block; default 600 ms */
    uint32_t range_count; /* ids of ranges are 1 … range_count */
    const struct section
        *root; /* the `#` section: a group, or a move when the page has no sub-headings */
};

struct routine_options {
    const char *language; /* wanted: prefers `name.TAG.md`; NULL: the page as named */
    const char
        *library_root; /* links may not leave this folder; NULL: found from the page (the nearest
                          folder named "scripts" above it, else the page's own folder) */
    bool (*sound_exists)(void *context, const char *folder,
                         const char *name); /* sounds and beds of the theme, and of the routine's
                            own `folder` (NULL: none). NULL: the default theme's names, those in the
                            folder, and any bed */
    void *sound_context;
};

#define ROUTINE_MAX_BYTES  (1024 * 1024) /* a page */
#define ROUTINE_MAX_DEPTH  32            /* headings, lists and includes nested */
#define ROUTINE_MAX_PAGES  2000          /* files read */
#define ROUTINE_MAX_BLOCKS 400000        /* blocks in the whole tree */

/* Reads a page and all it links to. Diagnostics go into `diags` (its sources must outlive the
 * routine: destroy the routine first). Returns NULL if there was any error; then *status is
 * INVALID, or NOT_FOUND / IO when the page itself could not be read. */
struct routine *routine_load(const char *path, const struct routine_options *options,
                             struct diags *diags, enum limber_status *status);
/* The same from memory, for the fuzzer and tests; links are resolved against `path`'s folder unless
 * `path` is NULL (then they are errors). */
struct routine *routine_parse(const char *text, size_t length, const char *path,
                              const struct routine_options *options, struct diags *diags);
void routine_destroy(struct routine *routine);

/* Writes the tree as text, one line a node, stable: the golden form. */
void routine_dump(const struct routine *routine, FILE *to);

/* Compares the page with its original (`x.de.md` against `x.md`): marks, headings and items must
 * agree. Warnings go into `diags`. Does nothing if the path is not a translation. */
void routine_check_translation(const char *path, const struct routine_options *options,
                               struct diags *diags);

/* The front matter and title only, for `limber list`: fast, no includes. False if unreadable. */
struct routine_card {
    const char *title, *language, *position, *description;
    const char *const *needs;
    size_t need_count;
};
bool routine_read_card(const char *path, struct arena *arena, struct routine_card *card);

/* Where the text of a page begins, after the front matter if there is any. */
size_t routine_body(const char *text, size_t length);

/* Positions a page may name; height 0 lying, 1 low (sitting, kneeling, hands and knees), 2
 * standing. NULL-terminated; `canonical` accepts synonyms
 * ("on all fours"); NULL if unknown. */
const char *const *position_names(void);
const char *position_canonical(const char *text);
int position_height(const char *canonical);

#endif
