/* SPDX-License-Identifier: GPL-3.0-or-later */
/* player.h: one session after another with everything around it: what the coach chooses, what the
 * history keeps, the journal that brings a session back, and the sound device. `limber play` plays
 * one; the box (box.h) plays for years. All [main].
 *
 * A player is empty, or it has a session: opened (read and planned; its words are being voiced),
 * playing, or over. Problems of history and journal never stop a session (they are logged once). */
#ifndef PLAYER_PLAYER_H
#define PLAYER_PLAYER_H

#include <stdbool.h>

#include "coach/coach.h"
#include "limber/ask.h"
#include "session/conductor.h"
#include "session/session.h"
#include "session/stream.h"

struct player;

enum player_state {
    PLAYER_EMPTY,
    PLAYER_OPENED,
    PLAYER_PLAYING, /* pauses too */
    PLAYER_OVER,    /* heard to the end, stopped, or without a device; waits for player_close() */
};

struct player_settings {
    struct loop *loop;         /* outlives the player */
    struct registry *registry; /* likewise */
    const char *output;        /* plugin id; copied */
    frames lead_in;            /* as stream_options.lead_in */
    int level_db[PART_COUNT];  /* at the beginning of each session: −24 … 6; 0: as planned */
    struct coach_switches coach;
    bool history, journal; /* keep them */
    bool patient;          /* a device that cannot be opened at first is lost, not failed */
    bool restarted;  /* by the program itself, because the sound system hung: what was left is gone
                        on  with at once, as it stood, paused or not */
    bool ask_effort; /* at the end */
    bool spoken_close;                /* "Third day in a row." */
    const char *state_folder;         /* for tests; NULL: the person's */
    int64_t (*now_ms)(void *context); /* the time of day, Unix, ms; NULL: the clock's */

    /* All of these may be NULL. */
    void (*changed)(void *context); /* the state, the transport, the device or the position */
    void (*cue)(void *context, const struct cue *cue, frames start);
    void (*event)(void *context, const struct conductor_event *event);
    void *context;
};

struct player *player_new(const struct player_settings *settings);
/* A session that plays is left: its journal stays, and it is offered the next time. Waits for the
 * device at most 3 s, and for the disk. */
void player_destroy(struct player *player);

/* --- a session --- */

struct player_request {
    struct session_options options; /* page: a path. live and rate_hz are the player's to set */
    bool detail_given, seed_given; /* asked for by the person: the coach does not decide about it */
    const char *name;              /* as the history calls the routine; NULL: by its page */
    frames start_at;               /* begin at this frame of the plan */
    bool strict;                   /* every word by the voice asked for, however long that takes */
    const char *checkpoint; /* of conductor_checkpoint(): a process that started itself anew goes on
                               here; NULL: the beginning */
    bool patient;           /* a device that cannot be opened at first is lost, not failed */
};

/* Reads and plans, with the coach's choices. Only when empty. On failure it stays empty, and diags
 * or *error (malloc'ed, may stay NULL) say why; otherwise diags must live until player_close().
 * Errors: as session_open(), BUSY (not empty). */
enum limber_status player_open(struct player *player, const struct player_request *request,
                               struct diags *diags, char **error);

/* The session that was left last (a killed process, a power cut): what may be offered. */
#define PLAYER_ASK_MS 15000
struct player_offer {
    const char *page, *title, *where; /* "Bridge, second round"; may be NULL */
    int64_t age_ms;
    bool exact;    /* to the device's last buffer; else to the step */
    bool long_ago; /* over half an hour ago, or on another day: to be asked about */
};
/* Looks for one, once; asks again after player_close(). False: there is none. Valid until the next
 * call of any function here. Never while a session is there. */
bool player_offer(struct player *player, struct player_offer *offer);
/* Opens it instead of player_open(); player_play() then goes on with it. Where the page has changed
 * so that the plan is another one, it goes on at the nearest place, and diags say so. Errors: as
 * session_open(), NOT_FOUND (there is none); then it is offered no more. */
enum limber_status player_open_left(struct player *player, struct diags *diags, char **error);
/* The person does not want it. */
void player_forget_left(struct player *player);

/* Opens the device (it may still be open from the session before) and plays what was opened; `ask`,
 * after player_open_left(): asks first, "You were in bridge, second round. Go on?", and `go` goes
 * on, `restart` begins anew; without an answer for PLAYER_ASK_MS it goes on. Errors with *error
 * (malloc'ed): NOT_FOUND, FAILED (no such output). */
enum limber_status player_play(struct player *player, bool ask, char **error);
/* Lets go of the session, whatever its state; one that plays is stopped as if by the person. The
 * device stays open, silent, until player_close_device(). */
void player_close(struct player *player);
/* Opens the device where no session is there, for words of the program's own on player_stream().
 * One that is not there is lost, and looked for. Errors: as player_play(), BUSY (a session is
 * there). */
enum limber_status player_open_device(struct player *player, char **error);
/* Closes the device where no session is there. */
void player_close_device(struct player *player);

/* What sessions to come begin with, for a program that plays more than one. The levels are those
 * they begin with; the others are only told of by the status, while there is no session. */
struct player_taste {
    int level_db[PART_COUNT];
    const char *voice; /* NULL: as the routine says; copied */
    enum detail detail;
    bool no_tips;
};
void player_set_taste(struct player *player, const struct player_taste *taste);

enum player_state player_state(const struct player *player);
/* How the session ended, when over. */
enum player_end { PLAYER_NOT_ENDED, PLAYER_FINISHED, PLAYER_STOPPED, PLAYER_NO_DEVICE };
enum player_end player_end(const struct player *player);

/* Of the session that is there, else NULL. */
struct session *player_session(const struct player *player);
struct conductor *player_conductor(const struct player *player); /* while playing or over */
struct stream *player_stream(const struct player *player);       /* NULL: no device is open */
const char *player_routine(const struct player *player); /* its name, as the history has it */

/* Runs a line of the command language. Errors: BUSY (nothing plays), else as
 * conductor_command(). */
enum limber_status player_command(struct player *player, const char *line, char *answer,
                                  size_t answer_size);
/* Where it is; LIMBER_IDLE without a session. Strings live until the next call. */
void player_snapshot(const struct player *player, struct limber_snapshot *snapshot);
/* Adds one line of JSON: the document `status` (docs/ask.md). */
struct str;
void player_status_json(const struct player *player, struct str *to);
/* The same for `session`. False: there is none. */
bool player_session_json(const struct player *player, struct str *to);
/* Answers `status`, `session`, `commands` and `version` of docs/ask.md, as limber_host_ask.ask
 * does; the others are BUSY: they are about more than one routine. */
enum limber_status player_ask(const struct player *player, const char *question,
                              limber_ask_write write, void *user);

#endif
