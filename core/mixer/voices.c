/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voices.c: a short list in order of start. */
#include "mixer/voices.h"

#include <string.h>

#include "mixer/blend.h"

void voices_init(struct voices *voices, uint32_t rate_hz)
{
    *voices = (struct voices){.cut_fade = frames_from_ns(5 * NSEC_PER_MSEC, rate_hz)};
}

void voices_clear(struct voices *voices)
{
    voices->count = 0;
}

static void forget(struct voices *voices, size_t index)
{
    voices->count--;
    memmove(&voices->items[index], &voices->items[index + 1],
            (voices->count - index) * sizeof voices->items[0]);
}

static frames own_end(const struct mixer_event *event)
{
    frames length = event->length < event->clip->length ? event->length : event->clip->length;

    return event->start + length;
}

/* Fades out the oldest sound, or the oldest words if there are only words, if too many play at
 * `frame`. */
static void evict(struct voices *voices, frames frame)
{
    struct voice *oldest_sound = NULL, *oldest = NULL;
    size_t playing = 0;

    for (size_t i = voices->count; i-- > 0;) {
        struct voice *voice = &voices->items[i];
        if (voice->end <= frame || voice->cut != INT64_MAX)
            continue;
        playing++;
        oldest = voice;
        if (voice->event.kind == EVENT_SOUND)
            oldest_sound = voice;
    }
    if (playing < VOICES)
        return;
    if (oldest_sound)
        oldest = oldest_sound;
    oldest->cut = frame;
    if (oldest->end > frame + voices->cut_fade)
        oldest->end = frame + voices->cut_fade;
}

/* Frees a place: of one that is over, else of the first that fades out. */
static void make_room(struct voices *voices, frames frame)
{
    size_t index = voices->count;

    for (size_t i = voices->count; i-- > 0;)
        if (voices->items[i].cut != INT64_MAX)
            index = i;
    for (size_t i = voices->count; i-- > 0;)
        if (voices->items[i].end <= frame)
            index = i;
    forget(voices, index < voices->count ? index : 0);
}

void voices_join(struct voices *voices, const struct mixer_event *event, frames frame)
{
    if (!event->clip || own_end(event) <= frame)
        return;
    evict(voices, frame);
    if (voices->count == VOICE_PLACES)
        make_room(voices, frame);
    voices->items[voices->count++] =
        (struct voice){.event = *event, .end = own_end(event), .joined = frame, .cut = INT64_MAX};
}

void voices_start(struct voices *voices, const struct mixer_event *event)
{
    voices_join(voices, event, event->start);
}

/* Whether a voice fades in because it was taken up in its middle. */
static bool is_joining(const struct voices *voices, const struct voice *voice, frames frame)
{
    return voice->joined > voice->event.start && frame < voice->joined + voices->cut_fade;
}

/* The gains of a voice that fades in or out, or whose level changes. */
static void shape_gains(const struct voices *voices, const struct voice *voice,
                        const struct ramp *level, frames from, float *gains, size_t count)
{
    struct ramp fade = {voice->cut, voices->cut_fade, 1, 0};
    struct ramp join = {voice->joined, voices->cut_fade, 0, 1};

    for (size_t i = 0; i < count; i++)
        gains[i] = voice->event.gain;
    if (is_joining(voices, voice, from))
        ramp_scale(&join, from, gains, count);
    if (voice->cut != INT64_MAX)
        ramp_scale(&fade, from, gains, count);
    ramp_scale(level, from, gains, count);
}

bool voices_add(const struct voices *voices, struct limiter *limiter, uint32_t channels,
                frames from, frames until, const struct level *levels, float *gains)
{
    bool any = false;

    for (size_t i = 0; i < voices->count; i++) {
        const struct voice *voice = &voices->items[i];
        const struct mixer_event *event = &voice->event;
        if (voice->end <= from)
            continue;
        size_t count = (size_t)((voice->end < until ? voice->end : until) - from);
        const struct ramp *level = &levels[event->kind].ramp;
        bool shaped = voice->cut != INT64_MAX || is_joining(voices, voice, from) ||
                      !ramp_steady(level, from, count);
        float gain = event->gain * ramp_value(level, from);
        if (shaped)
            shape_gains(voices, voice, level, from, gains, count);
        for (uint32_t c = 0; c < channels; c++) {
            float *out = limiter_space(limiter, c);
            frames offset = from - event->start;
            if (shaped)
                blend_gains(out, event->clip, offset, count, c, channels == 1, gains);
            else
                blend_steady(out, event->clip, offset, count, c, channels == 1, gain);
        }
        any = true;
    }
    return any;
}

void voices_pass(struct voices *voices, frames position, struct duck *duck)
{
    size_t kept = 0;

    for (size_t i = 0; i < voices->count; i++) {
        struct voice *voice = &voices->items[i];
        if (!voice->heard && voice->event.start < position) {
            voice->heard = true;
            duck_hear(duck, &voice->event);
        }
        if (voice->end <= position)
            continue;
        if (kept != i)
            voices->items[kept] = *voice;
        kept++;
    }
    voices->count = kept;
}

void voices_rewind(struct voices *voices, frames frame)
{
    for (size_t i = voices->count; i-- > 0;) {
        struct voice *voice = &voices->items[i];
        if (voice->event.start >= frame) {
            forget(voices, i);
        } else if (voice->cut != INT64_MAX && voice->cut >= frame) {
            voice->cut = INT64_MAX;
            voice->end = own_end(&voice->event);
        }
    }
}
