/* SPDX-License-Identifier: GPL-3.0-or-later */
/* player_inside.h: what the files of the player share. [main] */
#ifndef PLAYER_PLAYER_INSIDE_H
#define PLAYER_PLAYER_INSIDE_H

#include "base/arena.h"
#include "base/str.h"
#include "history/history.h"
#include "player/diary.h"
#include "player/player.h"
#include "session/coaching.h"
#include "session/journal.h"

struct player {
    struct player_settings settings; /* output: a copy */
    struct player_taste taste;       /* voice: a copy */
    bool tastes;                     /* it was told */
    enum player_state state;
    enum player_end end;

    struct stream *stream; /* NULL: no device is open */
    uint32_t channels;     /* of the stream; 0: not said yet */
    uint32_t watch;        /* timer that looks after the device while no conductor does */
    uint32_t over_timer;   /* tells that the session is over; 0: none */

    struct history *history; /* NULL: none is kept */

    /* What was left by a process that is gone. */
    bool looked;                       /* for one */
    bool offered;                      /* there is one: */
    struct journal_recovery *recovery; /* its file, locked */
    struct player_offer offer;
    const char *offer_routine;
    struct arena *offer_arena;

    /* Of the session, freed with it. */
    struct arena *arena;
    struct session *session;
    struct conductor *conductor;
    const char *routine;           /* as the history calls it */
    const char *voice;             /* at first */
    struct diary *diary;           /* while playing or over */
    struct journal *journal;       /* likewise; NULL: none is kept */
    bool noted;                    /* something is in it */
    bool heard_all;                /* to the last word */
    struct journal_recovery *left; /* what is gone on with, until the journal has its place */
    const char *after;             /* id of its journal; NULL: none */
    int64_t resume_id;             /* the history's session to go on with; 0: none */
    frames heard;                  /* of the checkpoint's timeline */
    struct player_request request; /* its strings are the arena's */
};

int64_t player_now_ms(const struct player *player);
void player_changed(struct player *player);

/* As player_open(). `left`: goes on with one that was left, made with these choices
 * (session_write_choices(); NULL: the coach was not asked). */
enum limber_status player_open_with(struct player *player, const struct player_request *request,
                                    bool left, const char *choices, struct diags *diags,
                                    char **error);
struct moment player_now(const struct player *player);

/* --- keep.c: the journal --- */
void keep_begin(struct player *player);
/* A timeline is about to be played. */
void keep_begins(struct player *player, struct conductor *conductor);
/* The conductor stands, and nothing has been noted yet. */
void keep_standing(struct player *player);
void keep_event(struct player *player, const struct conductor_event *event);
/* The stream must not use the position any more. */
void keep_end(struct player *player);
/* Lets go of what is offered; `done`: for good. */
void keep_forget_offer(struct player *player, bool done);

/* --- playing.c: the device, and what the conductor tells --- */
/* Opens the device, or takes the one that is open and has the right channels. */
enum limber_status playing_open_device(struct player *player, char **error);
void playing_close_device(struct player *player);
/* Looks after an open device without a session. */
void playing_watch_device(struct player *player);
void playing_begin(struct player *player, const struct conductor_options *options);
void playing_end(struct player *player);

#endif
