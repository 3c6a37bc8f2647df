/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.h: everything that one playing of one routine needs, put together: page → routine → plan,
 * voices and sounds behind it, timelines and scores made from it. All [main].
 *
 * A session does not play: a renderer (render.h) or a player (conductor.h) does, from the scores
 * that a feed fills while words are being voiced. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/loop.h"
#include "base/str.h"
#include "mixer/mixer.h"
#include "plan/plan.h"
#include "plugin/registry.h"
#include "timeline/report.h"
#include "timeline/timeline.h"
#include "voice/cast.h"

struct session_coaching;

struct session_options {
    const char *page;     /* path of the page */
    const char *voice;    /* or NULL: the routine's, else the language's default */
    const char *language; /* or NULL */
    const char *sounds;   /* a theme of sounds (themefile.h); NULL: the default */
    enum level level;
    enum detail detail;
    bool no_tips; /* tips are left out, whatever the detail */
    nsec for_ns;  /* fit to this length; 0: do not */
    uint64_t seed;
    int announce;      /* enum announce bits, or −1 */
    int count;         /* enum count_mode, or −1 */
    uint32_t channels; /* 1 or 2; 0: stereo only if a sound or bed is */
    uint32_t rate_hz;  /* 0: SESSION_RATE_HZ */
    bool no_cache;
    const struct session_coaching *coaching; /* coaching.h; NULL: nothing but the page decides. Read
                                                by session_open() only */
    bool live; /* somebody waits: words that are long in coming are spoken by the next voice */
};

/* What a session stands on, shared by several sessions of one process. */
struct session_host {
    struct loop *loop;
    struct registry *registry;
    struct diags *diags;
};

struct session;
struct coach;

/* Reads and plans. On failure *session is NULL and diags or *error (malloc'ed, may stay NULL) say
 * why. Errors: INVALID (the page has errors), NOT_FOUND (with *error: options.voice or .sounds),
 * IO, FAILED. */
enum limber_status session_open(const struct session_host *host,
                                const struct session_options *options, struct session **session,
                                char **error);
void session_close(struct session *session);

/* The plan now. See session_replan() for how long it lives. */
const struct plan *session_plan(const struct session *session);
const struct routine *session_routine(const struct session *session);
struct cast *session_cast(struct session *session);
uint32_t session_rate(const struct session *session);
/* 1 or 2. The first call makes the sounds that tell. */
uint32_t session_channels(struct session *session);
const char *session_voice_name(const struct session *session);

/* Fit to time, when options.for_ns was given: what was chosen, or NULL. */
const struct plan_fit *session_fit(const struct session *session);

/* What the coach chose and why, by number of section (plan_sections(); a move's is
 * plan_move.section); NULL: it was not asked. Valid until session_close(). */
const struct coach *session_coach(const struct session *session);
/* Adds a line that makes the same plan again as session_coaching.choices, with the same options:
 * what the coach chose, what was fitted to the time, and the detail that was asked for meanwhile.
 */
void session_write_choices(const struct session *session, struct str *to);

/* --- changing one's mind in the middle --- */

/* Both calls below make a new plan of the same page with the same choices (level, seed, what was
 * fitted to the time). The plan before, and timelines and feeds made of it, stay as they are and
 * may go on playing until session_let_go(), which the caller calls when none of them is left; then
 * also pointers to its cues and texts are gone. */

/* Says less or more from now on. `detail` (NULL: as it is) is that of every move then, whatever the
 * coach chose for some. `from` and `changes` (each may be NULL) are of the plan before and become
 * those of the new one (landmark.h); the words from there on are asked for first. Errors: as
 * session_open(), told in diags; then nothing has changed. */
enum limber_status session_replan(struct session *session, const enum detail *detail, bool no_tips,
                                  struct timeline_from *from, struct timeline_changes *changes);
/* The detail of all that the coach has chosen no other for. */
enum detail session_detail(const struct session *session);
/* Whether every move has this detail. */
bool session_detail_is(const struct session *session, enum detail detail);
bool session_no_tips(const struct session *session);
/* Another voice from now on: the words from step `step` on are asked for first. The new plan is the
 * same, cue by cue. Errors: NOT_FOUND (*error, malloc'ed, lists the voices there are); then nothing
 * has changed. */
enum limber_status session_set_voice(struct session *session, const char *name, size_t step,
                                     char **error);
/* Where a cue of the plan before the last session_replan() is now: itself, or UINT32_MAX; if
 * nothing was planned anew since session_let_go(), `cue`. */
uint32_t session_cue_now(const struct session *session, uint32_t cue);
void session_let_go(struct session *session);

/* A new timeline of the plan, from its beginning (`from` NULL) or from a point, with changes (NULL:
 * none; copied). The caller destroys it before the session. */
struct timeline *session_timeline(struct session *session, const struct timeline_from *from,
                                  const struct timeline_changes *changes);
/* How long the session was to be without any changes, as far as can be told
 * (timeline_expected_length()). */
frames session_planned_length(struct session *session);
/* Waits until all words are voiced and resolves the whole timeline. `progress` (may be NULL) hears
 * how many of the spoken cues are ready. */
void session_finish(struct session *session, struct timeline *timeline,
                    void (*progress)(void *context, size_t done, size_t total), void *context);
/* For a listener: asks for the words that the timeline waits for to come soon (cast_hurry()). */
void session_hurry(struct session *session, const struct timeline *timeline);

/* What was not spoken as asked so far, each text once, in the order of the session. Valid until
 * session_close(). */
const struct report_fallback *session_fallbacks(struct session *session, size_t *count);
/* Adds the same to diags as warnings at their lines: the first SESSION_FALLBACKS_SHOWN, and how
 * many more. Returns how many texts there are. */
size_t session_report_voicing(struct session *session);
#define SESSION_FALLBACKS_SHOWN 16

/* A timeline and its score, filled as far as words are voiced. */
struct script;
struct feed {
    struct session *session;
    const struct script *script; /* the plan it plays, and who says it */
    struct timeline *timeline;
    struct score *score;
    size_t entries_done, released;
    bool borrowed;              /* the timeline is not the feed's */
    frames over_from, over_end; /* words are spoken over it in between; end 0: none */
};
struct feed *feed_new(struct session *session, const struct timeline_from *from,
                      const struct timeline_changes *changes);
/* The same of a timeline that the caller keeps, until after feed_destroy(). */
struct feed *feed_of(struct session *session, struct timeline *timeline);
void feed_destroy(struct feed *feed);
/* Resolves and appends what has become known. Returns true when complete. */
bool feed_advance(struct feed *feed);
/* Whether words of this length can be spoken over the feed from `frame` on, so that its clock runs
 * on: a bout is being held (not breathed) and does not end before they do, and nothing that must be
 * said sounds then, or begins within FEED_AIR_NS after them. */
bool feed_room_for(const struct feed *feed, frames frame, frames length);
#define FEED_AIR_NS (300 * NSEC_PER_MSEC)
/* Between words that are spoken in between. */
#define FEED_WORDS_GAP(rate_hz) ((frames)(rate_hz) / 4)
/* How long these words take, one after the other. They must be voiced. */
frames feed_words_length(struct session *session, const uint32_t *cast_ids, size_t count);
/* The same feed with words spoken over it from `frame` on, to be played from there with
 * stream_play_on(). Everything else
 * stays on its frame; words that may be dropped (tips, halfway, counts but the last) and would
 * sound before the words are over by FEED_AIR_NS are left out; sounds stay. It takes the timeline
 * of `feed`, which must not be advanced any more, and be destroyed when nobody mixes it. Words over
 * a feed that has some already replace those. The words must be voiced. */
struct feed *feed_over(struct feed *feed, frames frame, const uint32_t *cast_ids, size_t count);

/* A score of a few words and then `ticks` ticks a second apart (and the bed that is on at `frame`),
 * for an answer in between. The words must be voiced. NULL feed: no bed. */
struct score *feed_aside(struct session *session, const struct feed *feed, frames frame,
                         const uint32_t *cast_ids, size_t count, int ticks);
/* Lets go of the memory of clips that ended before `frame`. */
void feed_release(struct feed *feed, frames frame);

#endif
