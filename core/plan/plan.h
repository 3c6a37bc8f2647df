/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.h: the session as a list of cues in order, times still symbolic. Pure: no audio, no clock,
 * no files but the phrase files.
 *
 * The list is a sequence of steps. A step is one cue with anchor ANCHOR_NEXT (it begins when the
 * step before is over) followed by the cues inside it (any other anchor; only a bout has some).
 * Nothing in a step depends on a later one, so the list can be resolved forward only (timeline.h).
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/diag.h"
#include "base/units.h"
#include "routine/routine.h"

enum cue_kind { CUE_SPEECH, CUE_SOUND, CUE_BOUT, CUE_BED };

/* In rising order of what is given up first when things collide. */
enum cue_role { ROLE_CAUTION, ROLE_INSTRUCTION, ROLE_PHRASE, ROLE_COUNT, ROLE_TIP };

enum bout_kind {
    BOUT_HOLD,
    BOUT_FOR,
    BOUT_IN,
    BOUT_OUT,
    BOUT_KEEP,
    BOUT_WAIT,
    BOUT_REST,
    BOUT_READY,
    BOUT_PACE
};

enum cue_anchor {
    ANCHOR_NEXT, /* a step: begins when the step before is over */
    ANCHOR_WITH, /* inside: `offset_ns` after the bout's start (words: when the words before it
                    inside the bout are over, if later) */
    ANCHOR_PART, /* inside: at offset_ns / duration_ns of the bout's final length (halfway: 1 of 2,
                    stored as offset_ns = 1, duration_ns = 2) */
    ANCHOR_END /* inside: `offset_ns` before the bout's end; dropped by the plan if that were before
                  its start */
};

enum side { SIDE_NONE, SIDE_LEFT, SIDE_RIGHT };

struct cue {
    enum cue_kind kind : 8;
    enum cue_role role : 8;  /* SPEECH */
    enum bout_kind bout : 8; /* BOUT */
    enum cue_anchor anchor : 8;
    enum side side : 8;
    bool emphasis : 1;   /* SPEECH: contains emphasised words */
    bool droppable : 1;  /* inside a bout: left out if it cannot start within 1 s of its moment
                            (counts, halfway call) or would not end by the bout's end (tips) */
    bool last : 1;       /* COUNT: the last of its row; waits rather than being dropped */
    bool open : 1;       /* BOUT READY: live, waits for the person beyond its time */
    bool fills : 1;      /* SOUND: made as long as its bout (in, out, keep) */
    bool move_start : 1; /* the first cue of a move: where next and back go */
    nsec offset_ns;
    nsec duration_ns; /* BOUT: authored length. BED: fade time */
    nsec gap_ns;      /* a step of SPEECH: silence after it */
    const char *text; /* SPEECH: words for the voice. SOUND, BED: name (NULL for a BED: off) */
    const char *full; /* SPEECH of the page: what is said again for it: the whole item or paragraph
                         in full, a sentence a line. NULL: `text` */
    const char *language; /* SPEECH */
    double gain_db;       /* BED */
    int32_t match; /* BOUT: index of the other side's bout, which this must not be shorter than; −1:
                      none */
    uint32_t move;           /* index into plan.moves; UINT32_MAX before the first */
    int32_t round, set, rep; /* from 1; 0: none */
    struct place place;      /* source {NULL} for the player's own phrases */
};

struct plan_move {
    const char *name;
    const char *position; /* or NULL */
    struct place place;
    size_t first_cue;
    uint32_t section; /* number of its section (plan_sections()) */
};

/* What was chosen from the freedom the page leaves. */
struct plan_choice {
    double fraction; /* where in each range: 0 low … 1 high */
    const double
        *fractions; /* by range id − 1, or NULL: `fraction` for all; a value < 0 means `fraction` */
    const bool *dropped; /* by optional section, in page order, or NULL: none dropped */
};

enum detail { DETAIL_FULL, DETAIL_NORMAL, DETAIL_BRIEF };

/* How one section is played, where it differs from the rest. Zeroed: it does not. */
struct plan_section {
    bool has_detail;
    enum detail detail;   /* of a move's own words; with has_detail */
    enum side first_side; /* of a move with sides; NONE: as the page says */
    uint32_t turn; /* as a child of a group with `pick`: lower ones are picked first, equal ones by
                      seed */
};

struct plan_options {
    enum level level;
    enum detail detail;
    bool no_tips; /* tips are left out, whatever the detail */
    uint64_t seed;
    int announce;                        /* enum announce bits, or −1: as the routine says */
    int count;                           /* enum count_mode, or −1: as the routine says */
    nsec total_ns;                       /* the length to announce (from --for); 0: estimated */
    struct plan_choice choice;           /* with .fraction < 0: by level */
    const struct plan_section *sections; /* by number of section (plan_sections()), or NULL */
    bool same_detail;          /* `detail` is that of every move, whatever `sections` says of it */
    const char *phrase_folder; /* or several, as phrases_load() takes them */
};

struct plan {
    struct arena *arena;
    const struct routine *routine; /* must outlive the plan */
    const struct cue *cues;
    size_t cue_count;
    const struct plan_move *moves;
    size_t move_count;
    size_t optional_count; /* optional sections seen (dropped or not) */
    nsec estimate_ns;      /* rough length, words by their number of letters */
};

#define PLAN_MAX_CUES 400000
#define PLAN_MAX_NS   (INT64_C(7) * 24 * 3600 * NSEC_PER_SEC) /* 100,000 cues of speech take days */

/* Expands a routine. NULL with errors in `diags` when a limit is passed or a phrase file is missing
 * or broken. */
struct plan *plan_new(const struct routine *routine, const struct plan_options *options,
                      struct diags *diags);
void plan_destroy(struct plan *plan);

/* All sections in page order, parents before their children, played or not; the root is number 0.
 * In the arena. Returns how many. */
size_t plan_sections(const struct routine *routine, struct arena *arena,
                     const struct section *const **sections);

/* One line a cue, stable: the golden form. */
void plan_dump(const struct plan *plan, FILE *to);

/* Warnings about the page as a session: positions that bounce, nothing to play. (Moves without
 * words are reported by routine_load, words that outlast their mark by timeline_warn.) */
void plan_warn(const struct plan *plan, struct diags *diags);

const char *cue_kind_name(enum cue_kind kind);   /* "speech"… as in the plan JSON */
const char *cue_role_name(enum cue_role role);   /* "instruction"… */
const char *bout_kind_name(enum bout_kind bout); /* "hold"… */
const char *side_name(enum side side);           /* "left", "right", NULL */

/* How long `text` will take to say, roughly. */
nsec plan_estimate_speech_ns(const char *text);

/* --- fit to time --- */

/* The exact length of the plan that `choice` gives; < 0: cannot be told (error already reported).
 */
typedef nsec (*plan_length_fn)(void *context, const struct plan_choice *choice);

struct plan_fit {
    struct plan_choice choice; /* in the arena given */
    nsec length_ns, shortest_ns, longest_ns;
    bool fits; /* within 10 s of the target */
    size_t dropped_count;
    enum level level; /* it was chosen at */
};
#define PLAN_FIT_TOLERANCE_NS (10 * NSEC_PER_SEC)

/* Chooses optional sections to drop (as few as possible), then values within the ranges, so that
 * the length comes nearest to `target_ns`. */
bool plan_fit_choose(const struct routine *routine, const struct plan_options *options,
                     nsec target_ns, plan_length_fn length, void *context, struct arena *arena,
                     struct plan_fit *fit);
/* One or more sentences about what was chosen, for a person: "Left out: X (optional). Holds near
 * their short end: 17 s of 15–30." */
void plan_fit_describe(const struct plan_fit *fit, const struct routine *routine, nsec target_ns,
                       FILE *to);

#endif
