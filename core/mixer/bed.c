/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bed.c: which beds are on, and their gains. */
#include "mixer/bed.h"

#include <string.h>

#define NEVER   (INT64_C(1) << 60)
#define LONGEST (INT64_C(1) << 30)
#define RAMPS   6
#define NO_RAMP ((struct ramp){-NEVER, 1, 0, 0})
#define NO_FADE ((struct ramp){-NEVER, 1, 1, 1})

void beds_init(struct beds *beds, uint32_t rate_hz)
{
    *beds = (struct beds){.shortest_fade = frames_from_ns(20 * NSEC_PER_MSEC, rate_hz),
                          .end_fade = frames_from_ns(1500 * NSEC_PER_MSEC, rate_hz)};
}

/* A fade as it was asked for, but never so short that it clicks. */
static frames fade(const struct beds *beds, frames length)
{
    if (length < beds->shortest_fade)
        return beds->shortest_fade;
    return length < LONGEST ? length : LONGEST;
}

/* How it fades out when nothing replaces it. */
static struct ramp own_end(const struct beds *beds, const struct mixer_event *event)
{
    frames at = NEVER;

    if (event->length < NEVER - event->start)
        at = event->start + event->length;
    return (struct ramp){at, fade(beds, event->fade_out), 1, 0};
}

static void forget(struct beds *beds, size_t index)
{
    beds->count--;
    memmove(&beds->items[index], &beds->items[index + 1],
            (beds->count - index) * sizeof beds->items[0]);
}

void beds_start(struct beds *beds, const struct mixer_event *event)
{
    bool off = !event->clip || event->clip->length == 0;
    frames origin = event->start;

    for (size_t i = 0; i < beds->count; i++) {
        struct bed *bed = &beds->items[i];
        frames over = off ? event->fade_out : event->fade_in;
        if (bed->event.clip == event->clip)
            origin = bed->origin;
        if (bed->out.at <= event->start)
            continue;
        if (off && over == 0)
            over = bed->event.fade_out;
        bed->out = (struct ramp){event->start, fade(beds, over), 1, 0};
        bed->replaced = true;
    }
    if (off)
        return;
    if (beds->count == BEDS)
        forget(beds, 0);
    beds->items[beds->count++] =
        (struct bed){.event = *event,
                     .origin = origin,
                     .in = {event->start, fade(beds, event->fade_in), 0, 1},
                     .out = own_end(beds, event),
                     .rest = NO_RAMP};
}

void beds_prune(struct beds *beds, frames frame)
{
    for (size_t i = beds->count; i-- > 0;)
        if (beds->items[i].out.at + beds->items[i].out.length <= frame)
            forget(beds, i);
}

void beds_rewind(struct beds *beds, frames frame)
{
    for (size_t i = beds->count; i-- > 0;) {
        struct bed *bed = &beds->items[i];
        if (bed->event.start >= frame) {
            forget(beds, i);
        } else if (bed->replaced && bed->out.at >= frame) {
            bed->out = own_end(beds, &bed->event);
            bed->replaced = false;
        }
    }
}

bool bed_sounds(const struct bed *bed, frames frame)
{
    return bed->event.start <= frame && frame < bed->out.at + bed->out.length;
}

bool beds_sound(const struct beds *beds, frames frame, frames *until)
{
    bool any = false;

    for (size_t i = 0; i < beds->count; i++) {
        const struct bed *bed = &beds->items[i];
        frames end = bed->out.at + bed->out.length;
        if (!bed_sounds(bed, frame))
            continue;
        any = true;
        if (end < *until)
            *until = end;
    }
    return any;
}

/* The fade before the end of the session. */
static struct ramp last_fade(const struct beds *beds, const struct bed *bed, frames length)
{
    frames over = bed->out.length < beds->end_fade ? bed->out.length : beds->end_fade;

    if (length < 0)
        return NO_FADE;
    return (struct ramp){length - over, over, 1, 0};
}

bool bed_gains(const struct beds *beds, const struct bed *bed, const struct bed_context *context,
               frames frame, float *gains, size_t count)
{
    struct ramp ramps[RAMPS] = {bed->in,           bed->out,
                                context->ducks[0], context->ducks[1],
                                context->level,    last_fade(beds, bed, context->length)};
    bool steady = ramp_steady(&bed->rest, frame, count);

    for (int i = 0; i < RAMPS; i++)
        steady = steady && ramp_steady(&ramps[i], frame, count);
    if (steady)
        count = 1;
    for (size_t i = 0; i < count; i++)
        gains[i] = bed->event.gain;
    for (int i = 0; i < RAMPS; i++)
        ramp_scale(&ramps[i], frame, gains, count);
    if (frame >= bed->rest.at + bed->rest.length)
        return steady;
    ramp_add(&bed->rest, frame, gains, count);
    for (size_t i = 0; i < count; i++)
        gains[i] = gains[i] > 0 ? gains[i] : 0;
    return steady;
}

void bed_join(struct bed *bed, frames frame, frames over, float raw)
{
    bed->rest = (struct ramp){frame, over, bed->before - raw, 0};
    bed->joins = false;
}
