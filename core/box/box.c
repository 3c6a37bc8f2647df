/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box.c: the box put together, and the round of the loop in which it does what was asked for. */
#include "box/box.h"

#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "box/box_inside.h"

#define LOG_MODULE "box"

int64_t box_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* --- the player --- */

static void player_changed(void *context)
{
    struct box *box = context;
    if (!box->player)
        return;
    box_device_changed(box);
    if (player_state(box->player) == PLAYER_OVER)
        box_work_soon(box);
    else if (player_state(box->player) == PLAYER_PLAYING)
        box_watch_session(box);
    box_tell_status(box);
    controls_changed(box->controls);
}

struct player *box_new_player(struct box *box)
{
    const struct config *config = box->config;
    struct player_settings settings = {
        .loop = box->options.loop,
        .registry = box->options.registry,
        .output = config->output,
        .lead_in =
            config->lead_in_ns < 0 ? -1 : frames_from_ns(config->lead_in_ns, SESSION_RATE_HZ),
        .coach = config->coach,
        .history = config->history,
        .journal = config->journal,
        .ask_effort = config->ask_effort,
        .spoken_close = config->spoken_close,
        .patient = true, /* a card that is not there at boot may come */
        .state_folder = box->options.state_folder,
        .changed = player_changed,
        .context = box};
    return player_new(&settings); /* levels: box_use_taste() */
}

/* The device is closed, and the player made anew with the settings of now; a session that was there
 * is left. */
static void renew(struct box *box)
{
    struct player *before = box->player;
    say_on(box->say, NULL);
    box->renew = false;
    box->renewing = true;
    player_destroy(before); /* it is asked where it is until it is gone */
    box->player = box_new_player(box);
    box_use_taste(box);
    box->renewing = false;
    ask_destroy(box->ask);
    const struct ask_host host = {
        .loop = box->options.loop, .registry = box->options.registry, .player = box->player};
    box->ask = ask_new(&host);
    box->has_shown = false;
}

/* --- what was asked for --- */

static void read_again(struct box *box)
{
    const struct config *config =
        box->options.read_config ? box->options.read_config(box->options.context) : NULL;
    box->reload = false;
    if (config) {
        box->config = config;
        box->renew = true;
    }
    ask_reload(box->ask);
    if (!say_busy(box->say)) {
        box_free_words(box);
        box_load_words(box);
    }
    log_info("read anew: %s",
             config ? "settings, pages, voices and phrases" : "pages, voices and phrases");
}

/* The person went away in a pause. */
static void leave(struct box *box)
{
    struct limber_snapshot now = {.size = sizeof now};
    player_snapshot(box->player, &now);
    box->leave = false;
    if (player_state(box->player) != PLAYER_PLAYING || now.transport != LIMBER_PAUSED ||
        !box->config->journal)
        return;
    log_info("paused for long: the session is left, and offered when it is asked for");
    renew(box);
    box_watch_no_session(box);
    diags_destroy(box->diags);
    box->diags = NULL;
}

static void work(void *context)
{
    struct box *box = context;
    struct player_offer offer;
    box->work = 0;
    box->working = true;
    if (player_state(box->player) == PLAYER_OVER)
        box_let_go(box);
    if (box->leave)
        leave(box);
    if (box->reload)
        read_again(box);
    if (box->renew && player_state(box->player) == PLAYER_EMPTY && !say_busy(box->say))
        renew(box);
    if (box->wish.arena)
        box_grant(box);
    box->working = false;
    if (box->wish.arena || box->reload) /* said meanwhile */
        box_work_soon(box);
    if (player_state(box->player) == PLAYER_EMPTY) {
        player_offer(box->player, &offer); /* looks, so that the status tells of it */
        box_idle_soon(box);
    }
    box_tell_status(box);
    controls_changed(box->controls);
}

void box_work_soon(struct box *box)
{
    if (!box->work && !box->working)
        box->work = loop_add_timer(box->options.loop, 0, 0, work, box);
}

/* --- beginning and end --- */

/* What was left goes on, is offered, or the box only says that it is there. */
static void begin(struct box *box)
{
    struct player_offer offer = {0};
    bool left = player_offer(box->player, &offer);
    char answer[160];
    if (left && box_goes_on(box)) {
        log_info("went down in the middle of \"%s\": goes on", offer.title ? offer.title : "");
        mark_went_on(box->mark, box->found.went_on + 1);
        box_start_left(box, false, answer, sizeof answer);
        return;
    }
    box_tell_ready(box, left ? &offer : NULL);
}

struct box *box_new(const struct box_options *options, char **error)
{
    struct mark_found found;
    int other = 0;
    struct mark *mark = mark_take(options->state_folder, box_now_ms(), &found, &other);
    if (!mark) {
        struct str text = {0};
        str_printf(&text, "another limber serve of yours is running (process %d)", other);
        *error = str_steal(&text);
        return NULL;
    }
    struct box *box = xcalloc(1, sizeof *box);
    box->options = *options;
    box->config = options->config;
    box->mark = mark;
    box->found = found;
    box->kept = kept_new(options->loop, options->state_folder);
    box_load_words(box);
    box->player = box_new_player(box);
    box_use_taste(box);
    const struct ask_host host = {
        .loop = options->loop, .registry = options->registry, .player = box->player};
    box->ask = ask_new(&host);
    box_watch_begin(box);
    box_start_controls(box);
    box_open_device(box);
    begin(box);
    box_idle_soon(box);
    box_tell_status(box);
    return box;
}

void box_destroy(struct box *box)
{
    if (!box)
        return;
    mark_leave(box->mark); /* first: what follows may be cut short */
    loop_remove(box->options.loop, box->work);
    box_stop_controls(box);
    box_watch_end(box);
    box_device_destroy(box);
    say_on(box->say, NULL);
    struct player *player = box->player;
    box->player = NULL;
    player_destroy(player);
    ask_destroy(box->ask);
    box_free_words(box);
    box_drop_wish(box);
    diags_destroy(box->diags);
    str_free(&box->last);
    kept_destroy(box->kept);
    mark_destroy(box->mark);
    free(box);
}

enum limber_status box_ask(struct box *box, const char *question, const char *body,
                           size_t body_size, bool (*write)(void *, const char *, size_t),
                           void *user)
{
    return ask_answer(box->ask, question, body, body_size, write, user);
}
