/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mpris.h: what the files of control-mpris share. All [main]; nothing here blocks. */
#ifndef CONTROL_MPRIS_H
#define CONTROL_MPRIS_H

#include <systemd/sd-bus.h>

#include "limber/ask.h"
#include "limber/control.h"

#define MPRIS_PATH   "/org/mpris/MediaPlayer2"
#define MPRIS_NAME   "org.mpris.MediaPlayer2.limber"
#define MPRIS_ROOT   "org.mpris.MediaPlayer2"
#define MPRIS_PLAYER "org.mpris.MediaPlayer2.Player"

/* --- state.c: the session as the bus sees it --- */

struct state {
    const char *playback;       /* "Playing", "Paused", "Stopped" */
    bool idle, runs;            /* runs: the position goes on with the clock */
    char routine[160];          /* its name; "": none */
    char title[160];            /* of the move, or of the routine */
    char album[160];            /* of the routine */
    int64_t length_us, left_us; /* −1: not known */
    int64_t position_us;
    int level_db;
    int move_index; /* from 1; 0: none */
};

struct mpris;

/* Asks the host. False: there is no status. */
bool state_ask(struct mpris *mpris, struct state *state);
/* The number of the move that is to be played at `position_us`, from 1; 0: not known. `now`: where
 * the session is. */
int state_move_at(struct mpris *mpris, const struct state *now, int64_t position_us);

/* The levels of the command language are dB from −24 to 6, the volume of the bus is a factor. */
double state_volume_of_db(int level_db);
int state_db_of_volume(double volume);

/* --- plugin.c --- */

struct mpris {
    const struct limber_host *host;
    const struct limber_host_loop *loop;
    const struct limber_host_command *command;
    const struct limber_host_ask *ask;

    /* bus.c */
    sd_bus *bus; /* NULL: not connected */
    uint32_t watch, timer, retry_timer;
    int watched_fd;
    short watched_events;
    int64_t retry_ms; /* the next time to wait */
    bool lost_told;
    bool own_number; /* the plain name was another's */
    int depth;       /* of call-backs of the bus: it is let go of when it is 0 */
    bool broken;

    /* object.c */
    struct state state; /* as the bus knows it */
    int64_t state_ms;   /* when that was */
    unsigned session;   /* counts sessions: each is a track */
};

void mpris_log(struct mpris *mpris, enum limber_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int64_t mpris_now_ms(void);

/* --- bus.c --- */

/* Connects, and again whenever the connection is lost, until bus_stop(). */
void bus_start(struct mpris *mpris);
void bus_stop(struct mpris *mpris);
/* Something was queued, or read: sends it, and watches for what comes next. */
void bus_settle(struct mpris *mpris);

/* --- object.c --- */

/* Puts the player on the bus. Returns below 0 if that fails. */
int object_add(struct mpris *mpris);
/* Looks what is different, and tells the bus. */
void object_refresh(struct mpris *mpris);

#endif
