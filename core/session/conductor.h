/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conductor.h: plays a session live: transport, answers to the person, and where we are. All
 * [main]. docs/transport.md tells what each command does and when.
 *
 * Every change (pause, next, more…) ends in the same three moves: close the gate, make a new
 * timeline from the point that was heard, open the gate. So there are never two voices at once,
 * nothing clicks, and times after the change are as exact as before. */
#ifndef SESSION_CONDUCTOR_H
#define SESSION_CONDUCTOR_H

#include <stdbool.h>

#include "base/str.h"
#include "limber/control.h"
#include "session/command.h"
#include "session/session.h"
#include "session/stream.h"

struct conductor;

/* What happened, for whoever keeps a record. */
enum conductor_happening {
    HAPPENED_BEGIN, /* the session, or going on with one */
    HAPPENED_STEP,  /* a step of the plan has begun to be heard */
    HAPPENED_MOVE,  /* a move has begun */
    HAPPENED_LEFT,  /* a move is over; `whole`: nothing of it was skipped */
    HAPPENED_PAUSE,
    HAPPENED_GO_ON,     /* amount_ms: how long the pause was */
    HAPPENED_MORE,      /* time was added to a bout; amount_ms */
    HAPPENED_LESS,      /* or taken; amount_ms */
    HAPPENED_SKIP,      /* somewhere else now: `step`; `whole`: ahead, not back */
    HAPPENED_SKIP_SIDE, /* likewise; `side` is the one left */
    HAPPENED_RESTART,   /* from the beginning */
    HAPPENED_CHANGE,    /* pace, voice, detail or tips */
    HAPPENED_EFFORT,    /* `effort` */
    HAPPENED_HEARD,     /* all of the plan; closing words and the question may follow */
    HAPPENED_DONE,      /* to the end */
    HAPPENED_STOP,      /* ended by the person */
};

struct conductor_event {
    enum conductor_happening what;
    size_t step;    /* of the plan now (session_plan()) */
    uint32_t move;  /* index into plan.moves; UINT32_MAX: none */
    enum side side; /* of the step */
    frames at;      /* of the session, without what was said in between */
    int64_t amount_ms;
    bool whole;
    enum command_effort effort;
};

struct conductor_options {
    struct loop *loop;
    struct session *session;    /* outlives the conductor */
    struct stream *stream;      /* likewise */
    frames start_at;            /* begin at this frame of the plan; 0: the beginning */
    const char *resume;         /* a checkpoint of the same plan to go on from instead, or NULL */
    frames heard;               /* with `resume`: how far its timeline was heard since */
    bool left;                  /* with `resume`: goes on as after a pause, told where it is */
    bool ask;                   /* with `resume`: paused there, and asks whether to go on */
    int64_t ask_wait_ms;        /* without an answer for so long it goes on; 0: waits for ever */
    bool ask_effort;            /* asks at the end how it was */
    const int *level_db;        /* PART_COUNT: as at first; NULL: all 0 */
    const char *const *closing; /* said at the end, before that: NULL after the last, or NULL */
    void (*changed)(
        void *context); /* the transport or the position changed; a few times a second */
    void (*cue)(void *context, const struct cue *cue,
                frames start); /* a cue has begun to be heard */
    void (*event)(void *context, const struct conductor_event *event);
    /* A new timeline is about to be played: the gate is closed, and conductor_from() says from
     * where. The place for a journal's note, and for stream_mark(). It may be before
     * conductor_new() has returned. */
    void (*begins)(void *context, struct conductor *conductor);
    int64_t (*now_ms)(void *context); /* the time of day, Unix, ms; NULL: the clock's */
    void *context;
};

/* Begins to play as soon as the first words are voiced. */
struct conductor *conductor_new(const struct conductor_options *options);
void conductor_destroy(struct conductor *conductor);

/* Runs one line of the command language (command.h). Writes a one-line answer to be read; what is
 * heard comes by itself. Legal at any time, as often as one likes. Errors: INVALID (no such
 * command, or it makes no sense now: then nothing has changed). */
enum limber_status conductor_command(struct conductor *conductor, const char *line, char *answer,
                                     size_t answer_size);

/* Says a phrase that is no answer, in between; the session stands still for it, and goes on unless
 * it is paused. `key` (a literal) is of the phrases of the session's language, which may do without
 * it. */
void conductor_say(struct conductor *conductor, const char *key);

/* What the person was asked, so that a press of a button can answer it. */
enum conductor_question { ASKED_NOTHING, ASKED_READY, ASKED_GO_ON, ASKED_EFFORT };
enum conductor_question conductor_question(const struct conductor *conductor);

/* Fills in where the session is. Strings live until the next call. */
void conductor_snapshot(const struct conductor *conductor, struct limber_snapshot *snapshot);
/* The same in the terms of the plan, for whoever tells more of it. */
struct conductor_place {
    frames now;
    size_t step;               /* plan.cue_count: behind the last */
    frames step_start, length; /* of the step; 0 and 0 where none is resolved */
    const struct cue *words;   /* of the page, being said now; NULL: none */
    int pace;                  /* steps, −5 … 5 */
    const int *level_db;       /* by enum command_part */
};
void conductor_place(const struct conductor *conductor, struct conductor_place *place);
/* How long the whole session takes with all that was changed so far, as far as can be told. */
frames conductor_total(const struct conductor *conductor);
/* Where it is, for people: "Side stretch, right side, round two of three". Adds nothing before the
 * first move. */
void conductor_where(struct conductor *conductor, struct str *to);
/* What the person has changed; of session_plan(). */
const struct timeline_changes *conductor_changes(const struct conductor *conductor);

/* Where the timeline begins that is played, or would be. */
const struct timeline_from *conductor_from(const struct conductor *conductor);
/* The point where it is now, to go on from. Of session_plan(). */
struct timeline_from conductor_point(const struct conductor *conductor);
/* Writes where we are, in what is said or held and whether paused, for `resume` of another process
 * with the same plan. */
void conductor_checkpoint(const struct conductor *conductor, struct str *to);

/* Whether somebody who was away for so long is asked before going on: over half an hour, or since
 * another day. Times of day, Unix. */
bool conductor_is_long(int64_t from_ms, int64_t to_ms);

/* The session has ended: played to the end and heard, or stopped. */
bool conductor_finished(const struct conductor *conductor);

#endif
