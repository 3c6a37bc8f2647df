/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feed.c: from what is resolved to what is mixed. */
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "session/parts.h"

/* Clips behind this are given back to the kernel. */
#define RELEASE_AFTER_SECONDS 5
#define BED_SILENT_LUFS       (-70.0)

struct feed *feed_of(struct session *session, struct timeline *timeline)
{
    struct feed *feed = xcalloc(1, sizeof *feed);
    feed->session = session;
    feed->script = session->script;
    feed->timeline = timeline;
    feed->borrowed = true;
    feed->score = score_new();
    return feed;
}

struct feed *feed_new(struct session *session, const struct timeline_from *from,
                      const struct timeline_changes *changes)
{
    struct feed *feed = feed_of(session, session_timeline(session, from, changes));
    feed->borrowed = false;
    return feed;
}

void feed_destroy(struct feed *feed)
{
    if (!feed)
        return;
    score_destroy(feed->score);
    if (!feed->borrowed)
        timeline_destroy(feed->timeline);
    free(feed);
}

static struct mixer_event speech_event(struct session *session, uint32_t id)
{
    return (struct mixer_event){.kind = EVENT_SPEECH,
                                .clip = cast_clip(session->cast, id),
                                .gain = cast_gain(session->cast, id)};
}

/* A bed's gain is told relative to the voice: at −20 dB it is 20 dB under the words, whatever the
 * file. */
static float bed_gain(double loudness, double gain_db)
{
    return loudness < BED_SILENT_LUFS ? 1 : gain_from_db(gain_db + CAST_TARGET_LUFS - loudness);
}

static struct mixer_event bed_event(struct session *session, const struct cue *cue)
{
    const struct clip *clip = cue->text ? theme_bed(session->theme, cue->text) : NULL;
    double loudness = clip ? theme_bed_loudness(session->theme, cue->text) : -INFINITY;
    frames fade = frames_from_ns(cue->duration_ns, session->rate_hz);
    return (struct mixer_event){.kind = EVENT_BED,
                                .length = INT64_MAX,
                                .fade_in = fade,
                                .fade_out = fade,
                                .clip = clip,
                                .gain = bed_gain(loudness, cue->gain_db)};
}

static void append(struct feed *feed, const struct timeline_entry *entry)
{
    struct session *session = feed->session;
    const struct cue *cue = &feed->script->plan->cues[entry->cue];
    struct mixer_event event = {0};
    if (over_gives_way(feed, cue, entry))
        return;
    switch (cue->kind) {
    case CUE_BOUT:
        return;
    case CUE_SPEECH:
        event = speech_event(session, feed->script->cast_ids[entry->cue]);
        event.length = entry->length;
        break;
    case CUE_SOUND:
        event.kind = EVENT_SOUND;
        event.clip = theme_sound(session->theme, cue->text, cue->fills ? entry->length : 0);
        event.length = entry->length;
        event.gain = 1;
        break;
    case CUE_BED:
        event = bed_event(session, cue);
        break;
    }
    event.start = entry->start;
    score_append(feed->score, &event);
}

bool feed_advance(struct feed *feed)
{
    bool complete = timeline_resolve(feed->timeline);
    size_t count = 0;
    const struct timeline_entry *entries = timeline_entries(feed->timeline, &count);
    while (feed->entries_done < count)
        append(feed, &entries[feed->entries_done++]);
    score_publish(feed->score, timeline_resolved_until(feed->timeline),
                  complete ? timeline_length(feed->timeline) : -1);
    return complete;
}

/* --- words in between --- */

/* Puts words into the score, one after the other; returns where they end. */
static frames append_words(struct session *session, struct score *score, frames at,
                           const uint32_t *cast_ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct mixer_event event = speech_event(session, cast_ids[i]);
        at += i > 0 ? FEED_WORDS_GAP(session->rate_hz) : 0;
        event.start = at;
        event.length = event.clip->length;
        score_append(score, &event);
        at += event.length;
    }
    return at;
}

frames feed_words_length(struct session *session, const uint32_t *cast_ids, size_t count)
{
    frames length = count > 1 ? (frames)(count - 1) * FEED_WORDS_GAP(session->rate_hz) : 0;
    for (size_t i = 0; i < count; i++)
        length += cast_clip(session->cast, cast_ids[i])->length;
    return length;
}

struct feed *feed_over(struct feed *before, frames frame, const uint32_t *cast_ids, size_t count)
{
    struct session *session = before->session;
    struct feed *feed = feed_of(session, before->timeline);
    feed->script = before->script;
    feed->borrowed = before->borrowed;
    feed->over_from = frame;
    feed->over_end = append_words(session, feed->score, frame, cast_ids, count);
    before->borrowed = true;
    return feed;
}

/* The bed that is on at `frame`, or NULL. */
static const struct mixer_event *bed_at(const struct feed *feed, frames frame)
{
    const struct mixer_event *bed = NULL;
    for (size_t i = 0; feed && i < score_count(feed->score); i++) {
        const struct mixer_event *event = score_event(feed->score, i);
        if (event->kind == EVENT_BED && event->start <= frame)
            bed = event->clip ? event : NULL;
    }
    return bed;
}

struct score *feed_aside(struct session *session, const struct feed *feed, frames frame,
                         const uint32_t *cast_ids, size_t count, int ticks)
{
    struct score *score = score_new();
    const struct mixer_event *bed = bed_at(feed, frame);
    frames gap = FEED_WORDS_GAP(session->rate_hz);
    if (bed) {
        struct mixer_event event = *bed;
        event.start = 0;
        event.fade_in = gap;
        score_append(score, &event);
    }
    frames at = append_words(session, score, 0, cast_ids, count) + (count > 0 ? gap : 0);
    for (int i = 0; i < ticks; i++) {
        struct mixer_event event = {.kind = EVENT_SOUND,
                                    .start = at,
                                    .gain = 1,
                                    .clip = theme_sound(session->theme, "tick", 0)};
        event.length = event.clip->length;
        score_append(score, &event);
        at += session->rate_hz;
    }
    score_publish(score, INT64_MAX, at);
    return score;
}

void feed_release(struct feed *feed, frames frame)
{
    frames horizon = frame - (frames)RELEASE_AFTER_SECONDS * feed->session->rate_hz;
    while (feed->released < score_count(feed->score)) {
        const struct mixer_event *event = score_event(feed->score, feed->released);
        if (event->start + (event->kind == EVENT_BED ? 0 : event->length) > horizon)
            break;
        if (event->kind != EVENT_BED)
            clip_release_pages(event->clip);
        feed->released++;
    }
}
