/* SPDX-License-Identifier: GPL-3.0-or-later */
/* player_inside.h: what the files of the player share. [main] */
#ifndef PLAYER_PLAYER_INSIDE_H
#define PLAYER_PLAYER_INSIDE_H

#include "base/arena.h"
#include "base/str.h"
#include "player/player.h"

struct player {
    struct player_settings settings; /* output: a copy */
    enum player_state state;
    enum player_end end;

    struct stream *stream; /* NULL: no device is open */
    uint32_t channels;     /* of the stream; 0: not said yet */
    uint32_t watch;        /* timer that looks after the device while no conductor does */
    uint32_t over_timer;   /* tells that the session is over; 0: none */

    /* What was left by a process that is gone. */
    struct player_offer offer;
    const char *offer_routine;
    bool offered; /* there is one */

    /* Of the session, freed with it. */
    struct arena *arena;
    struct session *session;
    struct conductor *conductor;
    const char *routine;           /* as the history calls it */
    struct player_request request; /* its strings are the arena's */
};

int64_t player_now_ms(const struct player *player);
void player_changed(struct player *player);

/* --- playing.c: the device, and what the conductor tells --- */
/* Opens the device, or takes the one that is open and has the right channels. */
enum limber_status playing_open_device(struct player *player, char **error);
void playing_close_device(struct player *player);
/* Looks after an open device without a session. */
void playing_watch_device(struct player *player);
void playing_begin(struct player *player, const struct conductor_options *options);
void playing_end(struct player *player);

#endif
