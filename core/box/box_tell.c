/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box_tell.c: what the box says by itself, and what it tells the service manager. */
#include <stdio.h>

#include "base/log.h"
#include "box/box_inside.h"
#include "plan/expand.h"

#define LOG_MODULE "box"

static void all_said(void *context)
{
    struct box *box = context;
    if (box->renew)
        box_work_soon(box);
    box_idle_soon(box);
}

void box_load_words(struct box *box)
{
    const struct config *config = box->config;
    const char *language = config->language ? config->language : "en";
    struct diags *diags = diags_new();
    box->arena = arena_new();
    const char *folders = phrases_folders(box->arena);
    box->phrases = folders ? phrases_load(folders, language, diags) : NULL;
    const char *problem = diags_first(diags, 0, SEVERITY_ERROR, box->arena);
    if (!box->phrases)
        log_error("no phrases: %s", problem ? problem : "their folder is missing");
    diags_destroy(diags);
    const struct say_options options = {.loop = box->options.loop,
                                        .registry = box->options.registry,
                                        .language = box->phrases ? phrases_language(box->phrases)
                                                                 : language,
                                        .gain = 1, /* voice and gain: below */
                                        .idle = all_said,
                                        .context = box};
    box->say = say_new(&options);
    box_use_taste(box);
    if (box->player && player_state(box->player) == PLAYER_EMPTY)
        say_on(box->say, player_stream(box->player));
}

void box_free_words(struct box *box)
{
    say_destroy(box->say);
    phrases_destroy(box->phrases);
    arena_destroy(box->arena);
    box->say = NULL;
    box->phrases = NULL;
    box->arena = NULL;
}

static void say_text(struct box *box, const char *text)
{
    if (text && *text && say_words(box->say, text))
        box_open_device(box);
}

static void say_phrase(struct box *box, const char *key, const char *const *pairs)
{
    if (!box->phrases || player_state(box->player) != PLAYER_EMPTY)
        return;
    struct arena *arena = arena_new();
    say_text(box, phrases_say(box->phrases, arena, key, pairs));
    arena_destroy(arena);
}

bool box_tell_code(struct box *box, const char *digits)
{
    struct arena *arena = arena_new();
    struct str spaced = {0};
    for (const char *at = digits; *at; at++)
        str_printf(&spaced, "%s%c", at == digits ? "" : ", ", *at);
    const char *const pairs[] = {"digits", spaced.data, NULL};
    const char *text = box->phrases ? phrases_say(box->phrases, arena, "box.code", pairs) : NULL;
    bool good = text && say_secret(box->say, text);
    if (good)
        box_open_device(box);
    str_free(&spaced);
    arena_destroy(arena);
    return good;
}

void box_tell(struct box *box, const char *key)
{
    if (box->config->spoken_problems)
        say_phrase(box, key, NULL);
}

void box_tell_offer(struct box *box, const struct player_offer *offer)
{
    struct arena *arena = arena_new();
    const char *where = offer->where ? offer->where : "";
    const char *const pairs[] = {"title",       offer->title ? offer->title : "", "where", where,
                                 "small where", word_small(arena, where),         NULL};
    say_phrase(box, *where ? "box.left" : "box.left title", pairs);
    box->asked = true;
    arena_destroy(arena);
}

void box_tell_ready(struct box *box, const struct player_offer *offer)
{
    if (box->config->boot_phrase && box->options.boot_phrase)
        say_text(box, box->options.boot_phrase);
    else if (box->config->boot_phrase)
        say_phrase(box, "box.ready", NULL);
    if (box->options.config_wrong)
        box_tell(box, "box.config");
    if (offer && box->config->offer_left)
        box_tell_offer(box, offer);
}

void box_tell_status(struct box *box)
{
    if (!notify_heard(box->options.notify) || !box->player)
        return;
    const struct stream *stream = player_stream(box->player);
    struct limber_snapshot now = {.size = sizeof now};
    char text[200];
    player_snapshot(box->player, &now);
    if (player_state(box->player) != PLAYER_EMPTY)
        snprintf(text, sizeof text, "%s %s%s%s",
                 now.transport == LIMBER_PAUSED        ? "paused:"
                 : now.transport == LIMBER_LOST_OUTPUT ? "no sound device:"
                                                       : "playing",
                 now.title ? now.title : "", now.move && *now.move ? ": " : "",
                 now.move ? now.move : "");
    else
        snprintf(text, sizeof text, "%s",
                 stream && stream_state(stream) == STREAM_LOST ? "idle; no sound device" : "idle");
    notify_status(box->options.notify, text);
}
