/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mixer.c: events of the score become voices and beds at their frame, are added up ahead of the
 * position, and pass the limiter. Stretches of frames end where an event starts, so that nothing
 * depends on blocks. */
#include "mixer/mixer.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "mixer/bed.h"
#include "mixer/blend.h"
#include "mixer/duck.h"
#include "mixer/level.h"
#include "mixer/limiter.h"
#include "mixer/score.h"
#include "mixer/voices.h"

struct mixer {
    uint32_t channels;
    frames fade_in;     /* of a bed after a jump */
    frames fade_across; /* of a bed's gain after a change of score */
    const struct score *score;
    frames entry; /* where it was put onto the score: what starts before was or is not played … */
    bool replay;  /* … except that beds among that are on */
    bool carry;   /* … and that words and sounds are taken up in their middle */
    size_t next;  /* first event not started yet */
    struct voices voices;
    struct beds beds;
    struct duck duck;
    struct level levels[MIXER_PARTS];
    frames join_over; /* the fade of the beds that join */
    struct limiter *limiter;
    float *gains; /* scratch: a stretch */
};

struct mixer *mixer_new(uint32_t rate_hz, uint32_t channels)
{
    struct mixer *mixer = xcalloc(1, sizeof *mixer);

    mixer->channels = channels == 2 ? 2 : 1;
    mixer->fade_in = frames_from_ns(20 * NSEC_PER_MSEC, rate_hz);
    mixer->fade_across = frames_from_ns(250 * NSEC_PER_MSEC, rate_hz);
    mixer->limiter = limiter_new(rate_hz, mixer->channels, MIXER_BLOCK);
    mixer->gains = xcalloc(MIXER_BLOCK + (size_t)limiter_lookahead(mixer->limiter), sizeof(float));
    voices_init(&mixer->voices, rate_hz);
    beds_init(&mixer->beds, rate_hz);
    duck_init(&mixer->duck, rate_hz);
    for (int i = 0; i < MIXER_PARTS; i++)
        level_init(&mixer->levels[i], rate_hz);
    return mixer;
}

void mixer_destroy(struct mixer *mixer)
{
    if (!mixer)
        return;
    limiter_destroy(mixer->limiter);
    free(mixer->gains);
    free(mixer);
}

frames mixer_position(const struct mixer *mixer)
{
    return limiter_position(mixer->limiter);
}

frames mixer_lookahead(const struct mixer *mixer)
{
    return duck_lookahead(&mixer->duck) + limiter_lookahead(mixer->limiter);
}

void mixer_set_level(struct mixer *mixer, enum mixer_part part, float gain)
{
    level_set(&mixer->levels[part], gain);
}

static struct bed_context context_at(const struct mixer *mixer, const struct score_view *view,
                                     frames frame)
{
    struct bed_context context = {.length = view->length, .level = mixer->levels[MIXER_BEDS].ramp};

    duck_ramps(&mixer->duck, frame, context.ducks);
    return context;
}

/* Notes how loud the beds were just before the position. */
static void remember_beds(struct mixer *mixer, frames position)
{
    struct score_view view = score_view(mixer->score);
    struct bed_context context = context_at(mixer, &view, position - 1);

    for (size_t i = 0; i < mixer->beds.count; i++) {
        struct bed *bed = &mixer->beds.items[i];
        if (bed->joins)
            continue;
        bed_gains(&mixer->beds, bed, &context, position - 1, &bed->before, 1);
        bed->joins = true;
    }
}

static void jump(struct mixer *mixer, frames position)
{
    voices_clear(&mixer->voices);
    mixer->beds.count = 0;
    mixer->join_over = mixer->fade_in;
    duck_clear(&mixer->duck);
    for (int i = 0; i < MIXER_PARTS; i++)
        level_jump(&mixer->levels[i]);
    limiter_reset(mixer->limiter, position);
}

static void change_over(struct mixer *mixer, frames position)
{
    voices_rewind(&mixer->voices, position);
    beds_rewind(&mixer->beds, position);
    remember_beds(mixer, position);
    mixer->join_over = mixer->fade_across;
    limiter_rewind(mixer->limiter);
}

void mixer_set_score(struct mixer *mixer, const struct score *score, frames position, bool seek)
{
    mixer->replay = seek || position != mixer_position(mixer) || !score || !mixer->score;
    if (mixer->replay)
        jump(mixer, position);
    else
        change_over(mixer, position);
    duck_restart(&mixer->duck, position);
    mixer->score = score;
    mixer->entry = position;
    mixer->carry = false;
    mixer->next = 0;
}

void mixer_carry(struct mixer *mixer)
{
    mixer->carry = mixer->replay;
}

/* An event before the entry: a bed that is on fades in, unless it goes on anyway; words and sounds
 * are over, or are carried on. */
static void replay_event(struct mixer *mixer, const struct mixer_event *event)
{
    struct beds *beds = &mixer->beds;

    if (mixer->carry && event->kind != EVENT_BED)
        voices_join(&mixer->voices, event, mixer->entry);
    if (!mixer->replay || event->kind != EVENT_BED)
        return;
    beds_prune(beds, event->start);
    beds_start(beds, event);
    if (beds->count > 0 && beds->items[beds->count - 1].event.start == event->start) {
        beds->items[beds->count - 1].joins = true;
        beds->items[beds->count - 1].before = 0;
    }
}

/* Starts what starts at `frame` or, at the entry, was on before. */
static void start_events(struct mixer *mixer, const struct score_view *view, frames frame)
{
    for (; mixer->next < view->count; mixer->next++) {
        const struct mixer_event *event = score_published(mixer->score, mixer->next);
        if (event->start > frame)
            break;
        if (event->start < mixer->entry)
            replay_event(mixer, event);
        else if (event->kind == EVENT_BED)
            beds_start(&mixer->beds, event);
        else
            voices_start(&mixer->voices, event);
    }
}

static void add_bed(struct mixer *mixer, const struct bed *bed, frames from, frames until,
                    bool steady)
{
    const struct clip *clip = bed->event.clip;
    frames first = from, ahead = from - limiter_mixed_until(mixer->limiter);

    while (from < until) {
        frames offset = (from - bed->origin) % clip->length;
        frames count = clip->length - offset;
        if (count > until - from)
            count = until - from;
        for (uint32_t c = 0; c < mixer->channels; c++) {
            float *out = limiter_space(mixer->limiter, c) + ahead + (from - first);
            if (steady)
                blend_steady(out, clip, offset, (size_t)count, c, mixer->channels == 1,
                             mixer->gains[0]);
            else
                blend_gains(out, clip, offset, (size_t)count, c, mixer->channels == 1,
                            mixer->gains + (from - first));
        }
        from += count;
    }
}

/* Adds all beds over a stretch in which none starts or ends. */
static void add_beds(struct mixer *mixer, const struct score_view *view, frames from, frames until)
{
    duck_follow(&mixer->duck, mixer->score, view, until);
    while (from < until) {
        frames change = duck_next_change(&mixer->duck, from, until);
        struct bed_context context = context_at(mixer, view, from);
        for (size_t i = 0; i < mixer->beds.count; i++) {
            struct bed *bed = &mixer->beds.items[i];
            if (!bed_sounds(bed, from))
                continue;
            if (bed->joins) {
                bed_gains(&mixer->beds, bed, &context, from, mixer->gains, 1);
                bed_join(bed, from, mixer->join_over, mixer->gains[0]);
            }
            bool steady =
                bed_gains(&mixer->beds, bed, &context, from, mixer->gains, (size_t)(change - from));
            add_bed(mixer, bed, from, change, steady);
        }
        from = change;
    }
}

/* Mixes as far as `target` if the score is resolved far enough. */
static void mix_ahead(struct mixer *mixer, const struct score_view *view, frames target)
{
    frames from = limiter_mixed_until(mixer->limiter);
    frames last = view->length >= 0 ? view->length : view->resolved_until;

    while (from < target && from < last) {
        frames until = target < last ? target : last;
        start_events(mixer, view, from);
        if (mixer->next < view->count && score_published(mixer->score, mixer->next)->start < until)
            until = score_published(mixer->score, mixer->next)->start;
        bool beds = beds_sound(&mixer->beds, from, &until);
        if (beds && view->resolved_until != INT64_MAX &&
            until > view->resolved_until - duck_lookahead(&mixer->duck))
            until = view->resolved_until - duck_lookahead(&mixer->duck);
        if (until <= from)
            return;
        bool voices = voices_add(&mixer->voices, mixer->limiter, mixer->channels, from, until,
                                 mixer->levels, mixer->gains);
        if (beds)
            add_beds(mixer, view, from, until);
        limiter_mixed(mixer->limiter, (size_t)(until - from), !voices && !beds);
        from = until;
    }
    if (from < target && view->length >= 0)
        limiter_mixed(mixer->limiter, (size_t)(target - from), true);
}

int64_t mixer_mix(struct mixer *mixer, float *out, int64_t count)
{
    frames position = mixer_position(mixer), lookahead = limiter_lookahead(mixer->limiter);

    if (!mixer->score || count <= 0)
        return 0;
    struct score_view view = score_view(mixer->score);
    if (view.length >= 0 && position >= view.length)
        return -1;
    if (count > MIXER_BLOCK)
        count = MIXER_BLOCK;
    if (view.length >= 0 && count > view.length - position)
        count = view.length - position;
    for (int i = 0; i < MIXER_PARTS; i++)
        level_follow(&mixer->levels[i], limiter_mixed_until(mixer->limiter));
    mix_ahead(mixer, &view, position + count + lookahead);
    frames ready = limiter_mixed_until(mixer->limiter) - lookahead - position;
    if (count > ready)
        count = ready;
    if (count <= 0)
        return 0;
    limiter_take(mixer->limiter, out, (size_t)count);
    voices_pass(&mixer->voices, position + count, &mixer->duck);
    beds_prune(&mixer->beds, position + count);
    return count;
}
