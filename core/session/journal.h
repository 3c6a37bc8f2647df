/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.h: where a session is, kept on disk while it plays, so that it survives the end of the
 * process, of the power and of the machine at any instant. docs/journal.md describes the files.
 *
 * A journal is one small append-only file a running session, locked by its process, and beside it a
 * page of memory that is a file as well, in which the device's thread keeps the frame that is
 * heard. After the process was killed both are whole; after a loss of power the file is, up to the
 * last step that had begun a second before.
 *
 * A journal never stops a session: when the disk does not take it, that is told once (log), and the
 * session goes on. SIGXFSZ has to be ignored where there may be a limit on the size of files. All
 * [main], but for journal_position_set(). */
#ifndef SESSION_JOURNAL_H
#define SESSION_JOURNAL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/arena.h"
#include "session/checkpoint.h"
#include "session/session.h"

#define JOURNAL_MOST_BYTES (512 << 10) /* longer ones are written anew with what is now */

struct journal;

/* What makes the same plan again. Strings may be NULL; they are copied. */
struct journal_about {
    struct session_options options; /* page: an absolute path; no_cache and live are not kept */
    const char *title;              /* of the page, for the offer */
    const char *choices;            /* what else the plan was made with, as its maker writes it */
    uint64_t fingerprint;           /* journal_fingerprint() of the plan */
    int64_t history_id;             /* of the session in the history; 0: none */
    const char *after; /* id of the journal whose place this one takes (journal_found.id), or NULL:
                          as soon as something is in this one, that one is not offered any more */
};

/* The moment something happened. */
struct journal_moment {
    const struct checkpoint *checkpoint; /* of the plan now */
    const char *where;                   /* for the offer: "Bridge, second round"; or NULL */
    const char *reason;                  /* of a pause: "person", "device"…; or NULL */
    int64_t now_ms;                      /* the time of day, Unix */
};

enum journal_happening {
    JOURNAL_STEP,    /* a step has begun to be heard */
    JOURNAL_PLAYING, /* a timeline from the checkpoint is about to be played (its gate is closed) */
    JOURNAL_PAUSED,  /* standing still there */
    JOURNAL_STOPPED, /* ended by the person */
    JOURNAL_FINISHED /* played to the end */
};

/* The same for plans whose cues are the same, and practically only for those. O(cues). */
uint64_t journal_fingerprint(const struct plan *plan);

/* Begins a journal in a folder (NULL: the person's, ~/.local/state/limber/journal) and waits for
 * the disk once. Never NULL: where nothing can be written it is told, and tried again with every
 * note. */
struct journal *journal_new(const char *folder, const struct journal_about *about, int64_t now_ms);
/* Lets go of it. One that was finished or stopped is removed; any other stays and will be found by
 * journal_recover(). Waits for the disk, at most JOURNAL_PATIENCE_MS. */
void journal_destroy(struct journal *journal);
#define JOURNAL_PATIENCE_MS 2000

/* Writes it down. What is written survives this process at once (a write into the system's memory,
 * microseconds as a rule); a thread brings it to the disk, for a step at most once a second (by
 * now_ms), for anything else right away, and is not waited for. Only when the file has grown to
 * JOURNAL_MOST_BYTES, after hours, the disk is waited for. PLAYING begins a new generation of
 * positions. */
void journal_note(struct journal *journal, enum journal_happening what,
                  const struct journal_moment *moment);
/* The plan is another one now (voice, detail, tips); the moment is of the new one. Begins a new
 * generation of positions. */
void journal_replanned(struct journal *journal, const struct journal_about *about,
                       const struct journal_moment *moment);
/* Why nothing is being kept, or NULL. */
const char *journal_problem(const struct journal *journal);

/* --- the exact position --- */

/* The frame that is heard, with the generation of the timeline it is a frame of, in one word: no
 * instant shows half of it. */
struct journal_position {
    _Alignas(64) _Atomic uint64_t mark;
};

#define JOURNAL_FRAME_BITS 48 /* 180 years */

/* Never NULL (memory alone where there is no file); valid until journal_destroy(), by when no
 * device may use it any more. */
struct journal_position *journal_position(struct journal *journal);
/* Of the last PLAYING or journal_replanned(): to be given to whoever plays, with the timeline. */
uint32_t journal_generation(const struct journal *journal);

/* `heard` of the timeline that was begun with `generation` is at the output now. [rt] */
static inline void journal_position_set(struct journal_position *position, uint32_t generation,
                                        frames heard)
{
    uint64_t frame = (uint64_t)(heard > 0 ? heard : 0) & ((UINT64_C(1) << JOURNAL_FRAME_BITS) - 1);
    atomic_store_explicit(&position->mark,
                          (uint64_t)(generation & 0xFFFF) << JOURNAL_FRAME_BITS | frame,
                          memory_order_relaxed);
}

/* --- finding what was left --- */

enum journal_how {
    JOURNAL_HOW_STEP, /* as of the last note: what was said or held then */
    JOURNAL_HOW_EXACT /* to the device's last buffer */
};

/* To go on: plan `about` (the fingerprint tells whether it is the same plan), make the timeline of
 * `checkpoint`, and leave it at frame `heard` (timeline_point()). */
struct journal_found {
    const char *id;
    struct journal_about about; /* options.live is set */
    const char *checkpoint;     /* as checkpoint_write() wrote it */
    frames heard;               /* at least checkpoint's `at` */
    enum journal_how how;
    bool paused;
    const char *where, *reason; /* of the last note; may be NULL */
    int64_t begun_ms, left_ms;  /* the times of day of the beginning and of the last note */
};

struct journal_recovery;

/* The session that was left last, of those whose process is gone: neither finished nor stopped.
 * Torn ends of files are cut. Files of no use are swept: ended ones, those in which nothing was
 * heard yet, those older than JOURNAL_KEEP_DAYS, all but the newest JOURNAL_KEEP. One whose
 * beginning is damaged is moved aside (NAME.damaged) and told of once; one of a newer version is
 * left alone. NULL: there is none, or none can be read. Nobody else is offered the same until it is
 * let go. */
struct journal_recovery *journal_recover(const char *folder, int64_t now_ms);
const struct journal_found *journal_found(const struct journal_recovery *recovery);
/* Lets go of it. `done`: it is removed, because the person does not want it or a new journal has
 * taken its place (after the first note of that one); otherwise it will be offered again. */
void journal_recovery_end(struct journal_recovery *recovery, bool done);
#define JOURNAL_KEEP_DAYS 30
#define JOURNAL_KEEP      8

#endif
