/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_hear.c: samples, looked at in frames of 10 ms. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "studio/record_inside.h"

#define ABOVE_DB  12.0 /* speech is so much louder than the room */
#define LEAST_DB  (-55.0)
#define MOST_DB   (-30.0)
#define SPEECH_NS (80 * NSEC_PER_MSEC) /* shorter is a click */

void record_append(sample_list *list, const float *samples, size_t count)
{
    if (list->count + count > list->capacity) {
        list->capacity = 2 * (list->count + count);
        list->items = xrealloc(list->items, list->capacity * sizeof *list->items);
    }
    memcpy(list->items + list->count, samples, count * sizeof *samples);
    list->count += count;
}

void record_take_frame(struct record *record)
{
    if (record->frame.count > 0)
        record_append(&record->taken, record->frame.items, record->frame.count);
}

double record_threshold_db(double room_db)
{
    return fmin(fmax(room_db + ABOVE_DB, LEAST_DB), MOST_DB);
}

/* RMS without what is slower than the frame, dBFS. */
static double frame_db(const float *samples, size_t count)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        double sample = isfinite(samples[i]) ? samples[i] : 0;
        sum += sample;
        squares += sample * sample;
    }
    double power = squares / (double)count - (sum / (double)count) * (sum / (double)count);
    return power > 1e-14 ? 10 * log10(power) : -INFINITY;
}

static void hear_peak(struct record *record)
{
    float peak = 0;
    for (size_t i = 0; i < record->frame.count; i++)
        peak = fmaxf(peak, fabsf(record->frame.items[i])); /* fmaxf passes over NaN */
    record->peaks[record->peak_at++ % RECORD_LEVEL_FRAMES] = peak;
    record->loud |= record->state == RECORD_TAKING && peak >= RECORD_FULL_SCALE;
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The middle level counts: a cough or a step does not. */
static void end_room(struct record *record)
{
    qsort(record->room.items, record->room.count, sizeof *record->room.items, by_value);
    record->room_db = record->room.items[record->room.count / 2];
    record->threshold_db = record_threshold_db(record->room_db);
    vec_free(&record->room);
    record_act(record, RECORD_TELL_ROOM);
    record_show(record, record->at);
}

/* Hands-free: what was heard so far was a click; only the silence after it is part of the take. */
static void forget_click(struct record *record)
{
    size_t quiet = (size_t)frames_from_ns(RECORD_PAUSE_NS / 2, record->options.rate_hz);
    record->speech_ns = 0;
    if (record->taken.count <= quiet)
        return;
    memmove(record->taken.items, record->taken.items + record->taken.count - quiet,
            quiet * sizeof *record->taken.items);
    record->taken.count = quiet;
}

/* Hands-free: whether the take is over. */
static bool heard_all(struct record *record, double db, nsec frame_ns)
{
    if (db >= record->threshold_db) {
        record->speech_ns += frame_ns;
        record->quiet_ns = 0;
    } else {
        record->quiet_ns += frame_ns;
        if (record->quiet_ns >= RECORD_PAUSE_NS && record->speech_ns > 0 &&
            record->speech_ns < SPEECH_NS)
            forget_click(record);
    }
    if (record->speech_ns >= SPEECH_NS)
        return record->quiet_ns >= RECORD_PAUSE_NS || record->state_ns >= record_most_ns(record);
    return record->state_ns >= RECORD_WAIT_NS;
}

static void taking_frame(struct record *record, double db, nsec frame_ns)
{
    if (record->skip_ns > 0) {
        record->skip_ns -= frame_ns;
        return;
    }
    record_take_frame(record);
    bool over = record->options.hands_free ? heard_all(record, db, frame_ns)
                                           : record->state_ns >= record_most_ns(record);
    if (over)
        record_end_take(record);
}

/* Time to read it; a spoken one need not be read. */
static nsec reading_ns(const struct record *record)
{
    nsec expected = record->options.expected[record->at];
    return record->options.spoken ? 300 * NSEC_PER_MSEC : 800 * NSEC_PER_MSEC + expected / 2;
}

static void review_frame(struct record *record)
{
    if (!record->options.hands_free || record->paused)
        return;
    if (!record->take.problem) {
        if (record->state_ns >= RECORD_KEEP_AFTER_NS)
            record_start_keeping(record);
    } else if (record->tries < RECORD_TRIES && record->state_ns >= RECORD_AGAIN_NS) {
        record_say_again(record);
    }
}

static void look(struct record *record)
{
    const nsec frame_ns = ns_from_frames((frames)record->frame.count, record->options.rate_hz);
    double db = frame_db(record->frame.items, record->frame.count);
    hear_peak(record);
    record->state_ns += frame_ns;
    switch (record->state) {
    case RECORD_ROOM:
        *vec_push(&record->room) = db;
        if (record->state_ns >= RECORD_ROOM_NS)
            end_room(record);
        break;
    case RECORD_READY:
        if (record->options.hands_free && !record->paused && record->state_ns >= reading_ns(record))
            record_begin_cue(record);
        break;
    case RECORD_TAKING:
        taking_frame(record, db, frame_ns);
        break;
    case RECORD_REVIEW:
        review_frame(record);
        break;
    default:
        break;
    }
    record->frame.count = 0;
}

void record_feed(struct record *record, const float *samples, size_t count)
{
    while (count > 0) {
        size_t room = record->options.rate_hz / 100 - record->frame.count;
        size_t part = count < room ? count : room;
        record_append(&record->frame, samples, part);
        samples += part;
        count -= part;
        if (part == room)
            look(record);
    }
}

/* --- questions --- */

double record_level_db(const struct record *record)
{
    float peak = 0;
    for (size_t i = 0; i < RECORD_LEVEL_FRAMES; i++)
        peak = fmaxf(peak, record->peaks[i]);
    return db_from_gain(peak);
}

double record_room_db(const struct record *record)
{
    return record->room_db;
}

const char *record_room_words(double room_db)
{
    if (!(room_db > -120))
        return "Nothing at all comes in. If the microphone has a switch, is it on?";
    if (room_db < -65)
        return "The room is very quiet: as in a studio.";
    if (room_db < -52)
        return "The room is quiet: good.";
    if (room_db < -42)
        return "The room is not quite quiet. Close the window; is a fan or a fridge running?";
    return "The room is loud: it would be heard in every sentence. Find a quieter one, or come "
           "closer to the microphone and turn it down.";
}
