/* SPDX-License-Identifier: GPL-3.0-or-later */
/* duck.c: the intervals of speech, and the ramps around them. */
#include "mixer/duck.h"

#define DUCKED   0.25118864f /* −12 dB */
#define LONG_AGO (-(INT64_C(1) << 60))

static const struct duck_interval nothing = {LONG_AGO, LONG_AGO};

void duck_init(struct duck *duck, uint32_t rate_hz)
{
    *duck = (struct duck){.before = frames_from_ns(300 * NSEC_PER_MSEC, rate_hz),
                          .fall = frames_from_ns(250 * NSEC_PER_MSEC, rate_hz),
                          .rise = frames_from_ns(800 * NSEC_PER_MSEC, rate_hz),
                          .gap = frames_from_ns(1500 * NSEC_PER_MSEC, rate_hz)};
    duck_clear(duck);
}

void duck_clear(struct duck *duck)
{
    duck->last = duck->now = duck->heard = nothing;
    duck->entry = LONG_AGO;
    duck->next = 0;
}

void duck_restart(struct duck *duck, frames entry)
{
    duck->last = nothing;
    duck->now = duck->heard;
    duck->entry = entry;
    duck->next = 0;
}

/* Lengthens the interval, or returns false: the words are too far after it. */
static bool join(const struct duck *duck, struct duck_interval *interval,
                 const struct mixer_event *event)
{
    frames end = event->start + event->length;

    if (event->start >= interval->end + duck->gap)
        return false;
    if (end > interval->end)
        interval->end = end;
    return true;
}

static bool counts(const struct mixer_event *event)
{
    return event->kind == EVENT_SPEECH && event->clip && event->length > 0;
}

void duck_hear(struct duck *duck, const struct mixer_event *event)
{
    if (counts(event) && !join(duck, &duck->heard, event))
        duck->heard = (struct duck_interval){event->start, event->start + event->length};
}

frames duck_lookahead(const struct duck *duck)
{
    return duck->gap;
}

void duck_follow(struct duck *duck, const struct score *score, const struct score_view *view,
                 frames until)
{
    for (; duck->next < view->count; duck->next++) {
        const struct mixer_event *event = score_published(score, duck->next);
        if (event->start >= until + duck->gap)
            break;
        if (!counts(event) || event->start < duck->entry || join(duck, &duck->now, event))
            continue;
        duck->last = duck->now;
        duck->now = (struct duck_interval){event->start, event->start + event->length};
    }
}

frames duck_next_change(const struct duck *duck, frames frame, frames until)
{
    if (duck->last.end > frame && duck->last.end < until)
        until = duck->last.end;
    if (duck->now.end > frame && duck->now.end < until)
        until = duck->now.end;
    return until;
}

static struct ramp ramp_of(const struct duck *duck, const struct duck_interval *interval,
                           frames frame)
{
    if (frame >= interval->end)
        return (struct ramp){interval->end, duck->rise, DUCKED, 1};
    return (struct ramp){interval->start - duck->before, duck->fall, 1, DUCKED};
}

void duck_ramps(const struct duck *duck, frames frame, struct ramp ramps[2])
{
    ramps[0] = ramp_of(duck, &duck->last, frame);
    ramps[1] = ramp_of(duck, &duck->now, frame);
}
