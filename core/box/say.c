/* SPDX-License-Identifier: GPL-3.0-or-later */
/* say.c: a queue of sentences: voiced at once, heard one after the other. */
#include "box/say.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "session/casting.h"
#include "session/recital.h"

#define LOG_MODULE "box"

struct sentence {
    char *text;
    uint32_t id; /* of the cast */
};

struct say {
    struct say_options options; /* language and voice: copies */
    struct arena *arena;        /* of the cast */
    struct cast *cast;          /* NULL: not needed now */
    struct sentence queue[SAY_MOST];
    size_t count;
    struct stream *stream;   /* NULL: not now */
    struct recital *recital; /* of the first sentence, or NULL */
    struct score *score;
    uint32_t next_timer;
};

static void look(struct say *say);

struct say *say_new(const struct say_options *options)
{
    struct say *say = xcalloc(1, sizeof *say);
    say->options = *options;
    say->options.language = xstrdup(options->language);
    say->options.voice = options->voice ? xstrdup(options->voice) : NULL;
    return say;
}

static void end_recital(struct say *say)
{
    recital_destroy(say->recital);
    score_destroy(say->score);
    say->recital = NULL;
    say->score = NULL;
    loop_remove(say->options.loop, say->next_timer);
    say->next_timer = 0;
}

void say_hush(struct say *say)
{
    end_recital(say);
    for (size_t i = 0; i < say->count; i++)
        free(say->queue[i].text);
    say->count = 0;
}

void say_rest(struct say *say)
{
    if (say->count > 0)
        return;
    cast_destroy(say->cast);
    arena_destroy(say->arena);
    say->cast = NULL;
    say->arena = NULL;
}

void say_destroy(struct say *say)
{
    if (!say)
        return;
    say_hush(say);
    say_rest(say);
    free((char *)say->options.language);
    free((char *)say->options.voice);
    free(say);
}

void say_with(struct say *say, const char *voice, float gain)
{
    const char *before = say->options.voice;
    say->options.gain = gain;
    if (before == voice || (before && voice && strcmp(before, voice) == 0))
        return;
    say->options.voice = voice ? xstrdup(voice) : NULL;
    free((char *)before);
    say_rest(say);
}

/* --- voices --- */

static void words_ready(void *context)
{
    look(context);
}

static bool open_cast(struct say *say, const char *voice)
{
    struct diags *diags = diags_new();
    const struct session_host host = {
        .loop = say->options.loop, .registry = say->options.registry, .diags = diags};
    const struct casting casting = {
        .voice = voice, .language = say->options.language, .rate_hz = SESSION_RATE_HZ};
    char *error = NULL;
    say->arena = arena_new();
    enum limber_status status = casting_new(&host, &casting, say->arena, &say->cast, &error);
    if (status == LIMBER_OK)
        cast_on_ready(say->cast, words_ready, say);
    else
        log_warning("%s", error ? error : "there is no voice");
    if (status != LIMBER_OK) {
        say->cast = NULL;
        arena_destroy(say->arena);
        say->arena = NULL;
    }
    free(error);
    diags_destroy(diags);
    return status == LIMBER_OK;
}

static bool has_cast(struct say *say)
{
    return say->cast || open_cast(say, say->options.voice) ||
           (say->options.voice && open_cast(say, NULL));
}

bool say_secret(struct say *say, const char *text)
{
    if (!text || !*text || say->count == SAY_MOST || !has_cast(say))
        return false;
    for (size_t i = say->recital ? 1 : 0; i < say->count; i++) {
        if (strcmp(say->queue[i].text, text) == 0)
            return false;
    }
    say->queue[say->count++] = (struct sentence){
        .text = xstrdup(text), .id = cast_request(say->cast, text, say->options.language, 0)};
    look(say);
    return true;
}

bool say_words(struct say *say, const char *text)
{
    if (!say_secret(say, text))
        return false;
    log_info("says: %s", text);
    return true;
}

/* --- being heard --- */

static void said(void *context)
{
    struct say *say = context;
    end_recital(say);
    free(say->queue[0].text);
    say->count--;
    memmove(say->queue, say->queue + 1, say->count * sizeof *say->queue);
    look(say);
    if (say->count == 0 && say->options.idle)
        say->options.idle(say->options.context);
}

/* The recital is not destroyed in its own call. */
static void heard(void *context)
{
    struct say *say = context;
    say->next_timer = loop_add_timer(say->options.loop, 0, 0, said, say);
}

/* Begins with the first sentence, if it can be heard now. */
static void look(struct say *say)
{
    if (!say->stream || say->recital || say->count == 0)
        return;
    uint32_t id = say->queue[0].id;
    const struct recital_item item = {.clip = cast_clip(say->cast, id),
                                      .gain = cast_gain(say->cast, id) * say->options.gain,
                                      .words = true};
    if (!item.clip) {
        cast_hurry(say->cast, id);
        return;
    }
    frames length = 0;
    say->score = recital_score(&item, 1, SESSION_RATE_HZ, &length);
    const struct recital_options options = {.loop = say->options.loop,
                                            .stream = say->stream,
                                            .score = say->score,
                                            .heard = heard,
                                            .context = say};
    say->recital = recital_new(&options);
}

bool say_busy(const struct say *say)
{
    return say->count > 0;
}

void say_on(struct say *say, struct stream *stream)
{
    if (stream == say->stream)
        return;
    end_recital(say);
    say->stream = stream;
    if (stream) { /* as the last session left them: the gain has all of it */
        stream_set_master(stream, 1);
        stream_set_level(stream, MIXER_SPEECH, 1);
    }
    look(say);
}
