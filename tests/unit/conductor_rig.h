/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conductor_rig.h: a real conductor, session, timeline and mixer on a virtual clock: the device is
 * a function call, voices are tones that take a while to be voiced, sounds are short tones. These
 * doubles stand in for stream.c, cast.c, casting.c and theme.c. */
#ifndef CONDUCTOR_RIG_H
#define CONDUCTOR_RIG_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/prng.h"
#include "session/casting.h"
#include "session/conductor_inside.h"

#define RIG_RATE 8000
#define RIG_FADE (RIG_RATE * 5 / 1000)
#define RIG_STEP 256 /* frames the device takes at a time */

/* --- tones --- */

/* A sine with soft ends. */
static struct clip *rig_tone(frames length, double hz, float level)
{
    float *samples = xmalloc((size_t)length * sizeof *samples);
    frames soft = length / 4 < 80 ? length / 4 : 80;
    for (frames i = 0; i < length; i++) {
        double ends =
            fmin(1, fmin((double)i, (double)(length - 1 - i)) / (double)(soft ? soft : 1));
        samples[i] = level * (float)(ends * sin(6.283185307179586 * hz * (double)i / RIG_RATE));
    }
    return clip_adopt(samples, length, 1, RIG_RATE);
}

/* --- the cast --- */

struct rig_request {
    char *text;
    struct clip *clip;
    frames ready_at; /* of the device's clock */
};

struct cast {
    VEC(struct rig_request) requests;
    void (*ready)(void *context);
    void *context;
    const char *voice;
};

static frames rig_now;    /* the device's clock, in frames */
static uint64_t rig_slow; /* voicing takes up to so many frames */
static struct prng rig_luck;

enum limber_status casting_new(const struct session_host *host, const struct casting *casting,
                               struct arena *arena, struct cast **cast, char **error)
{
    *cast = xcalloc(1, sizeof **cast);
    (*cast)->voice = "calm";
    return LIMBER_OK;
}

const char *casting_cache_folder(struct arena *arena)
{
    return NULL;
}

void cast_destroy(struct cast *cast)
{
    for (size_t i = 0; cast && i < cast->requests.count; i++) {
        free(cast->requests.items[i].text);
        clip_destroy(cast->requests.items[i].clip);
    }
    if (cast)
        vec_free(&cast->requests);
    free(cast);
}

enum limber_status cast_choose(struct cast *cast, const char *name, char **error)
{
    if (strcmp(name, "nobody") == 0) {
        *error = xstrdup("no voice \"nobody\"");
        return LIMBER_NOT_FOUND;
    }
    cast->voice = strcmp(name, "mellow") == 0 ? "mellow" : "calm";
    return LIMBER_OK;
}

uint32_t cast_request(struct cast *cast, const char *text, const char *language, double emphasis)
{
    char key[2048];
    snprintf(key, sizeof key, "%s: %s", cast->voice, text);
    for (size_t i = 0; i < cast->requests.count; i++)
        if (strcmp(cast->requests.items[i].text, key) == 0)
            return (uint32_t)i;
    frames wait = rig_slow ? (frames)prng_below(&rig_luck, rig_slow) : 0;
    *vec_push(&cast->requests) =
        (struct rig_request){.text = xstrdup(key), .ready_at = rig_now + wait};
    return (uint32_t)(cast->requests.count - 1);
}

const struct clip *cast_clip(const struct cast *cast, uint32_t id)
{
    struct rig_request *request = &cast->requests.items[id];
    if (rig_now < request->ready_at)
        return NULL;
    if (!request->clip)
        request->clip = rig_tone((frames)strlen(request->text) * RIG_RATE / 20, 200, 0.5F);
    return request->clip;
}

float cast_gain(const struct cast *cast, uint32_t id)
{
    return 1;
}

bool cast_fallback(const struct cast *cast, uint32_t id, struct cast_fallback *fallback)
{
    return false;
}

void cast_hurry(struct cast *cast, uint32_t id)
{
}

void cast_on_ready(struct cast *cast, void (*ready)(void *context), void *context)
{
    cast->ready = ready;
    cast->context = context;
}

void cast_wait(struct cast *cast, uint32_t id)
{
    for (size_t i = 0; i < cast->requests.count; i++)
        if (id == UINT32_MAX || i == id)
            cast->requests.items[i].ready_at = 0;
}

const char *cast_voice_name(const struct cast *cast, const char *language)
{
    return cast->voice;
}

/* The words of a clip, without the voice. */
static inline const char *rig_words(const struct cast *cast, const struct clip *clip)
{
    for (size_t i = 0; i < cast->requests.count; i++)
        if (cast->requests.items[i].clip == clip)
            return strchr(cast->requests.items[i].text, ' ') + 1;
    return NULL;
}

/* --- the theme --- */

struct theme {
    struct {
        char name[24];
        frames fill;
        struct clip *clip;
    } sounds[64];
    size_t count;
};

struct theme *theme_new(struct registry *registry, const struct theme_options *options)
{
    return xcalloc(1, sizeof(struct theme));
}

void theme_destroy(struct theme *theme)
{
    for (size_t i = 0; theme && i < theme->count; i++)
        clip_destroy(theme->sounds[i].clip);
    free(theme);
}

bool theme_has(struct theme *theme, const char *folder, const char *name, bool bed)
{
    return true;
}

const struct clip *theme_bed(struct theme *theme, const char *name)
{
    return NULL;
}

double theme_bed_loudness(struct theme *theme, const char *name)
{
    return -20;
}

const struct clip *theme_sound(struct theme *theme, const char *name, frames fill)
{
    for (size_t i = 0; i < theme->count; i++)
        if (strcmp(theme->sounds[i].name, name) == 0 && theme->sounds[i].fill == fill)
            return theme->sounds[i].clip;
    size_t at = theme->count < 63 ? theme->count++ : 63;
    clip_destroy(theme->sounds[at].clip);
    snprintf(theme->sounds[at].name, sizeof theme->sounds[at].name, "%s", name);
    theme->sounds[at].fill = fill;
    theme->sounds[at].clip = rig_tone(fill ? fill : RIG_RATE / 20, 300, 0.15F);
    return theme->sounds[at].clip;
}

static inline const char *rig_sound(const struct theme *theme, const struct clip *clip)
{
    for (size_t i = 0; i < theme->count; i++)
        if (theme->sounds[i].clip == clip)
            return theme->sounds[i].name;
    return NULL;
}

/* --- the device --- */

struct rig_heard {
    const struct clip *clip;
    bool speech, whole;
    bool aside;   /* not of the session: spoken in between, or over it */
    frames at;    /* on the device's clock */
    frames frame; /* of its score */
    int play;     /* which stream_play() */
};

struct stream {
    struct mixer *mixer;
    const struct score *score;
    frames from, at, silence;
    bool open;
    int plays;
    enum stream_state state;
    float last;     /* sample */
    float steepest; /* step from one sample to the next */
    frames overlap; /* longest time that two voices sounded together */
    VEC(struct rig_heard) heard;
    VEC(struct rig_heard) chimes;
};

static const struct conductor *rig_conductor; /* whose scores are known */

static void rig_output(struct stream *stream, const float *samples, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        stream->steepest = fmaxf(stream->steepest, fabsf(samples[i] - stream->last));
        stream->last = samples[i];
    }
    rig_now += count;
}

/* Notes what begins or ends in the next `count` frames. What would begin while the gate closes is
 * not heard. */
static void rig_note(struct stream *stream, int64_t count, bool closing)
{
    frames begin = stream->at, end = stream->at + count, last_end = INT64_MIN;
    for (size_t i = 0; i < score_count(stream->score); i++) {
        const struct mixer_event *event = score_event(stream->score, i);
        if (event->kind == EVENT_BED || event->start < stream->from)
            continue;
        frames stop = event->start + event->length;
        if (!closing && event->start >= begin && event->start < end) {
            bool aside = rig_conductor && stream->score == rig_conductor->aside;
            if (rig_conductor && !aside && rig_conductor->feed->over_end > event->start &&
                event->start >= rig_conductor->feed->over_from && event->kind == EVENT_SPEECH)
                aside = true;
            *vec_push(&stream->heard) = (struct rig_heard){.clip = event->clip,
                                                           .speech = event->kind == EVENT_SPEECH,
                                                           .aside = aside,
                                                           .at = rig_now + event->start - begin,
                                                           .frame = event->start,
                                                           .play = stream->plays};
        }
        for (size_t k = stream->heard.count; stop > begin && stop <= end && k-- > 0;) {
            struct rig_heard *heard = &stream->heard.items[k];
            if (heard->play != stream->plays)
                break;
            if (heard->clip == event->clip && heard->frame == event->start)
                heard->whole = true;
        }
        if (event->kind == EVENT_SPEECH && event->start < end && stop > begin) {
            if (last_end > event->start && last_end - event->start > stream->overlap)
                stream->overlap = last_end - event->start;
            if (stop > last_end)
                last_end = stop;
        }
    }
}

/* Mixes `count` frames; `fade`: to silence. */
static void rig_pull(struct stream *stream, int64_t count, bool fade)
{
    float block[MIXER_BLOCK];
    int64_t got = stream->open || fade ? mixer_mix(stream->mixer, block, count) : 0;
    if (got < 0) {
        stream->silence = stream->silence < 0 ? count : stream->silence + count;
        got = 0;
    }
    if (got > 0)
        rig_note(stream, got, fade);
    for (int64_t i = 0; i < got && fade; i++)
        block[i] *= 1 - (float)(i + 1) / (float)got;
    memset(block + got, 0, (size_t)(count - got) * sizeof *block);
    stream->at += fade ? 0 : got;
    rig_output(stream, block, count);
}

void stream_destroy(struct stream *stream)
{
    if (!stream)
        return;
    mixer_destroy(stream->mixer);
    vec_free(&stream->heard);
    vec_free(&stream->chimes);
    free(stream);
}

enum stream_state stream_state(const struct stream *stream)
{
    return stream->state;
}

void stream_watch(struct stream *stream)
{
}

void stream_set_channels(struct stream *stream, uint32_t channels)
{
}

frames stream_hold(struct stream *stream)
{
    if (stream->open)
        rig_pull(stream, RIG_FADE, true);
    stream->open = false;
    return stream->at;
}

void stream_play(struct stream *stream, const struct score *score, frames position)
{
    stream_hold(stream);
    mixer_set_score(stream->mixer, score, position, true);
    stream->score = score;
    stream->from = stream->at = position;
    stream->silence = -1;
    stream->open = true;
    stream->plays++;
}

void stream_set_level(struct stream *stream, enum mixer_part part, float gain)
{
    mixer_set_level(stream->mixer, part, gain);
}

void stream_set_master(struct stream *stream, float gain)
{
}

void stream_chime(struct stream *stream, const struct clip *clip, float gain)
{
    if (clip)
        *vec_push(&stream->chimes) = (struct rig_heard){.clip = clip, .at = rig_now};
}

void stream_mark(struct stream *stream, struct journal_position *position, uint32_t generation)
{
}

void stream_kick(struct stream *stream)
{
}

frames stream_taken(const struct stream *stream)
{
    return stream->at;
}

frames stream_heard(const struct stream *stream)
{
    return stream->at;
}

bool stream_drained(const struct stream *stream)
{
    return stream->silence >= 0;
}

bool stream_over(const struct stream *stream)
{
    return stream->silence >= 0;
}

/* --- the rig --- */

struct rig {
    struct loop *loop;
    struct diags *diags;
    struct session *session;
    struct stream *stream;
    struct conductor *conductor;
    frames planned; /* length without changes */
};

static int64_t rig_base_ms = 1700000000000; /* the day the virtual clock begins */

static inline int64_t rig_now_ms(void *context)
{
    return rig_base_ms + rig_now * 1000 / RIG_RATE;
}

/* A session of the page at `path`, playing; `options` may be NULL. */
static inline struct rig rig_new(const char *path, const struct conductor_options *wanted)
{
    struct rig rig = {.loop = loop_new(), .diags = diags_new()};
    const struct session_host host = {.loop = rig.loop, .diags = rig.diags};
    const struct session_options session_options = {.page = path,
                                                    .level = LEVEL_NORMAL,
                                                    .detail = DETAIL_NORMAL,
                                                    .announce = -1,
                                                    .count = -1,
                                                    .channels = 1,
                                                    .rate_hz = RIG_RATE,
                                                    .live = true};
    char *error = NULL;
    rig_now = 0;
    assert_int_equal(session_open(&host, &session_options, &rig.session, &error), LIMBER_OK);
    struct timeline *timeline = session_timeline(rig.session, NULL, NULL);
    session_finish(rig.session, timeline, NULL, NULL);
    rig.planned = timeline_length(timeline);
    timeline_destroy(timeline);
    rig.stream = xcalloc(1, sizeof *rig.stream);
    rig.stream->mixer = mixer_new(RIG_RATE, 1);
    rig.stream->state = STREAM_RUNNING;
    rig.stream->silence = -1;
    struct conductor_options options = wanted ? *wanted : (struct conductor_options){0};
    options.loop = rig.loop;
    options.session = rig.session;
    options.stream = rig.stream;
    options.now_ms = rig_now_ms;
    rig_conductor = NULL;
    rig.conductor = conductor_new(&options);
    rig_conductor = rig.conductor;
    return rig;
}

static inline void rig_free(struct rig *rig)
{
    rig_conductor = NULL;
    conductor_destroy(rig->conductor);
    stream_destroy(rig->stream);
    session_close(rig->session);
    diags_destroy(rig->diags);
    loop_destroy(rig->loop);
}

/* Lets time go by. */
static inline void rig_wait(struct rig *rig, frames count)
{
    while (count > 0 && !conductor_finished(rig->conductor)) {
        frames part = count < RIG_STEP ? count : RIG_STEP;
        rig_pull(rig->stream, part, false);
        count -= part;
        rig->session->cast->ready(rig->session->cast->context);
        conductor_tick(rig->conductor);
    }
}

static inline enum limber_status rig_say(struct rig *rig, const char *line, char answer[200])
{
    char unread[200];
    return conductor_command(rig->conductor, line, answer ? answer : unread, 200);
}

/* Writes a page for tests; the caller unlinks it. */
static inline void rig_page(char path[64], const char *text)
{
    snprintf(path, 64, "/tmp/limber-rig-XXXXXX.md");
    int fd = mkstemps(path, 3);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

#endif
