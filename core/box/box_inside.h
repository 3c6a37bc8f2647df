/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box_inside.h: what the files of the box share. [main] */
#ifndef BOX_BOX_INSIDE_H
#define BOX_BOX_INSIDE_H

#include "base/arena.h"
#include "base/str.h"
#include "box/ask.h"
#include "box/box.h"
#include "box/kept.h"
#include "box/mark.h"
#include "box/say.h"
#include "plan/phrases.h"
#include "session/controls.h"

#define BOX_AT_ONCE_MS    (5 * 60 * 1000)  /* a crash so long ago: the session goes on by itself */
#define BOX_AT_ONCE       3                /* times in a row */
#define BOX_STEADY_MS     (2 * 60 * 1000)  /* played so long since: no longer in a row */
#define BOX_TOUCH_MS      30000            /* how often the mark is touched while playing */
#define BOX_LOST_MS       3000             /* a device that was gone longer is spoken of */
#define BOX_WAIT_MS       (10 * 60 * 1000) /* a session waits so long for its device, then pauses */
#define BOX_MOMENT_MS     50
#define BOX_REOPEN_MS     60000            /* words wait: how often a device is looked for */
#define BOX_PAUSED_MS     (30 * 60 * 1000) /* a pause so long: the session is left, and offered */
#define BOX_ASLEEP_MS     5000             /* of a gap in time, to be taken for sleep */
#define BOX_RETRY_MS      5000             /* a control that does not start: first, then doubled */
#define BOX_RETRY_MOST_MS (10 * 60 * 1000)

/* What is to be played. Strings are the arena's. */
struct box_wish {
    struct arena *arena; /* NULL: there is none */
    bool left;           /* the session that was left, else: */
    bool restart;        /* with `left`: from its beginning */
    struct player_request request;
    const char *title;
};

struct box_control {
    const char *id;
    struct box *box;
    int64_t wait_ms; /* until the next try; 0: it runs, or never will */
    uint32_t timer;
};

struct box {
    struct box_options options;
    const struct config *config;
    struct player *player;
    struct ask *ask;
    struct say *say;
    struct controls *controls;
    struct box_control tries[CONFIG_MOST_CONTROLS];
    struct kept *kept;
    struct mark *mark;
    struct mark_found found;
    struct phrases *phrases; /* NULL: none */
    struct arena *arena;     /* of phrases, cleared with them */
    struct diags *diags;     /* of the session; NULL: none */

    struct box_wish wish;
    bool voice_for_left; /* a voice was chosen since a session was left: for that one too */
    struct str last; /* "NAME for=12min": the routine played last; empty: none since the start */
    bool reload;     /* asked for */
    bool renew;      /* the player is made anew when there is no session */
    bool leave;      /* the session was paused for so long that it is left */
    bool renewing;   /* at this moment */
    bool asked;      /* "Go on?" was asked, and not answered */
    bool working;    /* a session is being made ready, or let go */
    uint32_t work;   /* timer of 0 ms: work() */

    bool ready;              /* told the service manager */
    enum stream_state shown; /* of the device; LOST and others as told */
    bool has_shown;
    int64_t lost_ms;                                      /* since when, loop_now_ms() */
    uint32_t idle, reopen, lost, paused, touch, watchdog; /* timers; 0: none */
    int64_t asleep_ms; /* time that the machine slept until now, as last seen */
    int64_t played_ms; /* since the session went on by itself */
    frames taken;      /* by the device, when the watchdog looked last */
};

/* --- box.c --- */
struct player *box_new_player(struct box *box);
/* Does what was wished for in the next round of the loop. */
void box_work_soon(struct box *box);
int64_t box_now_ms(void); /* the time of day, Unix */

/* --- box_device.c: the device while no session needs it, and what happens to it --- */
void box_open_device(struct box *box);
/* Closes it when it has not been needed for a while. */
void box_idle_soon(struct box *box);
void box_device_changed(struct box *box);
void box_device_destroy(struct box *box);

/* --- box_tell.c: words --- */
void box_load_words(struct box *box);
void box_free_words(struct box *box);
/* Says what is wrong: a phrase, when no session is there. */
void box_tell(struct box *box, const char *key);
/* The code that pairs a phone, digit by digit, and not into the log; when no session is there. */
bool box_tell_code(struct box *box, const char *digits);
/* The boot phrase, and the offer of what was left. */
void box_tell_ready(struct box *box, const struct player_offer *offer);
void box_tell_offer(struct box *box, const struct player_offer *offer);
/* One line for the service manager. */
void box_tell_status(struct box *box);

/* --- box_taste.c: what is kept for the sessions to come --- */
/* Tells those who need it: after a change, or where the player, the words or the settings are new.
 */
void box_use_taste(struct box *box);
/* louder, quieter, level, voice, detail and mute-tips without a session. */
enum limber_status box_keep(struct box *box, const struct command *command, char *answer,
                            size_t size);
/* After a command that a session has done. */
void box_keep_heard(struct box *box, const struct command *command);
/* Voice, detail and tips of a session that is wished for. */
void box_taste_for(struct box *box, struct player_request *request);
/* To a session that was left and is opened: a voice that was chosen since. */
void box_taste_for_left(struct box *box);

/* --- box_start.c: sessions --- */
/* Each wishes for a session, or says why not. */
enum limber_status box_start_named(struct box *box, const char *name, const char *rest,
                                   char *answer, size_t size);
enum limber_status box_start_something(struct box *box, char *answer, size_t size);
enum limber_status box_start_today(struct box *box, char *answer, size_t size);
enum limber_status box_start_left(struct box *box, bool restart, char *answer, size_t size);
enum limber_status box_start_last(struct box *box, char *answer, size_t size);
void box_drop_wish(struct box *box);
/* Makes the session that was wished for. */
void box_grant(struct box *box);
/* Lets go of a session that is over. */
void box_let_go(struct box *box);

/* --- box_controls.c --- */
void box_start_controls(struct box *box);
void box_stop_controls(struct box *box);

/* --- box_watch.c: crashes, sleep, the watchdog --- */
void box_watch_begin(struct box *box);
void box_watch_session(struct box *box);
void box_watch_no_session(struct box *box);
void box_watch_end(struct box *box);
/* Whether what was left goes on by itself. */
bool box_goes_on(const struct box *box);

#endif
