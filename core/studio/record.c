/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c: the machine. Samples are looked at in frames of 10 ms. */
#include "studio/record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "studio/record_inside.h"

#define LEVEL_FRAMES 10
#define ROOM_DB      (-50.0) /* until it is measured */
#define ABOVE_DB     12.0    /* speech is so much louder than the room */
#define LEAST_DB     (-55.0)
#define MOST_DB      (-30.0)
#define SPEECH_NS    (80 * NSEC_PER_MSEC) /* shorter is a click */
#define ACTIONS      8

typedef VEC(float) sample_list;

struct record {
    struct record_options options;
    enum record_state state, before; /* before: what to return to */
    size_t at;
    enum record_mark *marks;
    enum record_action actions[ACTIONS];
    size_t action_count;
    bool paused;    /* hands-free: waits for a key */
    bool gap, loud; /* of the take under way */
    unsigned tries; /* hands-free: takes of this sentence with a problem */
    nsec state_ns;  /* since the state began, or its cue ended */
    nsec speech_ns; /* hands-free: heard in this take */
    nsec quiet_ns;  /* hands-free: since the last of it */
    nsec skip_ns;   /* of samples, not taken */
    double room_db; /* of the room */
    double threshold_db;
    VEC(double) room;  /* frames */
    sample_list frame; /* samples not looked at yet */
    sample_list taken;
    float peaks[LEVEL_FRAMES];
    size_t peak_at;
    struct record_take take;
    float *take_samples;
};

static void append(sample_list *list, const float *samples, size_t count)
{
    if (list->count + count > list->capacity) {
        list->capacity = 2 * (list->count + count);
        list->items = xrealloc(list->items, list->capacity * sizeof *list->items);
    }
    memcpy(list->items + list->count, samples, count * sizeof *samples);
    list->count += count;
}

/* --- what comes out --- */

static void act(struct record *record, enum record_action action)
{
    if (record->action_count < ACTIONS)
        record->actions[record->action_count++] = action;
}

enum record_action record_next(struct record *record)
{
    if (record->action_count == 0)
        return RECORD_NOTHING;
    enum record_action action = record->actions[0];
    record->action_count--;
    memmove(record->actions, record->actions + 1, record->action_count * sizeof action);
    return action;
}

static void enter(struct record *record, enum record_state state)
{
    record->state = state;
    record->state_ns = 0;
}

/* --- from sentence to sentence --- */

static void drop_take(struct record *record)
{
    free(record->take_samples);
    record->take_samples = NULL;
    record->take = (struct record_take){0};
}

static void begin_cue(struct record *record)
{
    enter(record, RECORD_CUEING);
    act(record, RECORD_CUE);
}

static void show(struct record *record, size_t at)
{
    drop_take(record);
    record->at = at;
    record->tries = 0;
    act(record, RECORD_SHOW);
    enter(record, RECORD_READY);
    if (record->options.spoken && !record->options.hands_free)
        begin_cue(record);
}

static void finish(struct record *record)
{
    enter(record, RECORD_OVER);
    act(record, RECORD_FINISH);
}

/* To the next that is not kept yet. */
static void advance(struct record *record)
{
    size_t next = record->at + 1;
    while (next < record->options.count && record->marks[next] == RECORD_KEPT)
        next++;
    if (next < record->options.count)
        show(record, next);
    else
        finish(record);
}

static void back(struct record *record)
{
    record->paused = record->options.hands_free;
    show(record, record->at - 1);
}

/* --- a take --- */

static void begin_take(struct record *record, nsec skip_ns)
{
    drop_take(record);
    record->taken.count = record->frame.count = 0;
    record->gap = record->loud = false;
    record->speech_ns = record->quiet_ns = 0;
    record->skip_ns = skip_ns;
    enter(record, RECORD_TAKING);
    act(record, RECORD_BEGAN);
}

static void take_frame(struct record *record)
{
    if (record->frame.count > 0)
        append(&record->taken, record->frame.items, record->frame.count);
}

static nsec most_ns(const struct record *record)
{
    return record->options.hands_free ? RECORD_MOST_FREE_NS : RECORD_MOST_NS;
}

static void end_take(struct record *record)
{
    const struct record_raw raw = {.samples = record->taken.items,
                                   .count = record->taken.count,
                                   .rate_hz = record->options.rate_hz,
                                   .keys = !record->options.hands_free,
                                   .gap = record->gap,
                                   .endless = record->state_ns >= most_ns(record),
                                   .expected_ns = record->options.expected[record->at]};
    drop_take(record);
    record->take = record_finish_take(&raw, &record->take_samples);
    record->tries = record->take.problem ? record->tries + 1 : 0;
    record->taken.count = 0;
    enter(record, RECORD_REVIEW);
    act(record, RECORD_ENDED);
}

static void keep(struct record *record)
{
    enter(record, RECORD_KEEPING);
    act(record, RECORD_KEEP);
}

/* The same sentence, from the beginning. */
static void again(struct record *record)
{
    drop_take(record);
    enter(record, RECORD_READY);
}

/* --- frames of 10 ms --- */

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
    record->peaks[record->peak_at++ % LEVEL_FRAMES] = peak;
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
    record->threshold_db = fmin(fmax(record->room_db + ABOVE_DB, LEAST_DB), MOST_DB);
    vec_free(&record->room);
    act(record, RECORD_TELL_ROOM);
    show(record, record->at);
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
        return record->quiet_ns >= RECORD_PAUSE_NS || record->state_ns >= most_ns(record);
    return record->state_ns >= RECORD_WAIT_NS;
}

static void taking_frame(struct record *record, double db, nsec frame_ns)
{
    if (record->skip_ns > 0) {
        record->skip_ns -= frame_ns;
        return;
    }
    take_frame(record);
    bool over = record->options.hands_free ? heard_all(record, db, frame_ns)
                                           : record->state_ns >= most_ns(record);
    if (over)
        end_take(record);
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
            keep(record);
    } else if (record->tries < RECORD_TRIES && record->state_ns >= RECORD_AGAIN_NS) {
        again(record);
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
            begin_cue(record);
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
        append(&record->frame, samples, part);
        samples += part;
        count -= part;
        if (part == room)
            look(record);
    }
}

/* --- what goes in --- */

struct record *record_new(const struct record_options *options)
{
    struct record *record = xcalloc(1, sizeof *record);
    record->options = *options;
    record->marks = xcalloc(options->count, sizeof *record->marks);
    record->room_db = ROOM_DB;
    record->threshold_db = ROOM_DB + ABOVE_DB;
    record->at = options->first;
    record->paused = options->hands_free;
    enter(record, RECORD_ROOM);
    if (options->no_room)
        show(record, record->at);
    return record;
}

void record_destroy(struct record *record)
{
    if (!record)
        return;
    drop_take(record);
    vec_free(&record->room);
    vec_free(&record->frame);
    vec_free(&record->taken);
    free(record->marks);
    free(record);
}

static void skip(struct record *record)
{
    if (record->marks[record->at] == RECORD_LEFT)
        record->marks[record->at] = RECORD_SKIPPED;
    advance(record);
}

static bool command_ready(struct record *record, enum record_command command)
{
    switch (command) {
    case RECORD_DO_SPACE:
    case RECORD_DO_ENTER:
        if (!record->options.hands_free)
            begin_take(record, 0);
        else
            record->paused = !record->paused;
        record->state_ns = 0;
        return true;
    case RECORD_DO_SAY:
        if (!record->options.hands_free)
            begin_cue(record);
        return !record->options.hands_free;
    default:
        return false;
    }
}

static bool command_taking(struct record *record, enum record_command command)
{
    if (command == RECORD_DO_REPEAT) {
        act(record, RECORD_DROPPED);
        record->paused = record->options.hands_free;
        again(record);
        return true;
    }
    if (command != RECORD_DO_SPACE && command != RECORD_DO_ENTER)
        return false;
    if (record->skip_ns <= 0)
        take_frame(record);
    record->frame.count = 0;
    end_take(record);
    return true;
}

static bool command_review(struct record *record, enum record_command command)
{
    switch (command) {
    case RECORD_DO_SPACE: /* hands-free: wait, I want to think about it */
        record->paused = record->options.hands_free && !record->paused;
        record->state_ns = 0;
        return record->options.hands_free;
    case RECORD_DO_ENTER:
        if (record->take.count == 0)
            return false;
        keep(record);
        return true;
    case RECORD_DO_REPEAT:
        record->tries = 0;
        again(record);
        if (!record->options.hands_free)
            begin_take(record, 0);
        return true;
    case RECORD_DO_LISTEN:
        if (record->take.count == 0)
            return false;
        enter(record, RECORD_PLAYING);
        act(record, RECORD_LISTEN);
        return true;
    default:
        return false;
    }
}

bool record_command(struct record *record, enum record_command command)
{
    enum record_state state = record->state;
    if (state == RECORD_OVER)
        return false;
    if (command == RECORD_DO_QUIT) {
        if (state == RECORD_TAKING)
            act(record, RECORD_DROPPED);
        finish(record);
        return true;
    }
    if (command == RECORD_DO_SPACE || command == RECORD_DO_ENTER) {
        if (state == RECORD_CUEING || state == RECORD_PLAYING || state == RECORD_KEEPING)
            return false;
    }
    if (command == RECORD_DO_BACK || command == RECORD_DO_SKIP) {
        bool now = state == RECORD_READY || state == RECORD_REVIEW || state == RECORD_TAKING;
        if (!now || (command == RECORD_DO_BACK && record->at == 0))
            return false;
        if (state == RECORD_TAKING)
            act(record, RECORD_DROPPED);
        command == RECORD_DO_BACK ? back(record) : skip(record);
        return true;
    }
    return state == RECORD_READY    ? command_ready(record, command)
           : state == RECORD_TAKING ? command_taking(record, command)
           : state == RECORD_REVIEW ? command_review(record, command)
                                    : false;
}

void record_done(struct record *record)
{
    record->frame.count = 0;
    if (record->state == RECORD_PLAYING) {
        record->paused = record->options.hands_free; /* who listens wants to decide */
        enter(record, RECORD_REVIEW);
    } else if (record->state == RECORD_CUEING) {
        if (record->options.hands_free)
            begin_take(record, RECORD_ECHO_NS);
        else
            enter(record, RECORD_READY);
    }
}

void record_kept(struct record *record, bool kept)
{
    if (record->state != RECORD_KEEPING)
        return;
    if (!kept) {
        record->paused = record->options.hands_free;
        enter(record, RECORD_REVIEW);
        return;
    }
    record->marks[record->at] = RECORD_KEPT;
    record->paused = false;
    advance(record);
}

void record_gap(struct record *record)
{
    record->gap |= record->state == RECORD_TAKING;
}

void record_lost(struct record *record, uint32_t rate_hz)
{
    record->options.rate_hz = rate_hz;
    record->frame.count = 0;
    record->paused = record->options.hands_free;
    if (record->state == RECORD_TAKING) {
        act(record, RECORD_DROPPED);
        again(record);
    } else if (record->state == RECORD_ROOM) {
        record->room.count = 0;
        record->state_ns = 0;
    }
}

/* --- questions --- */

enum record_state record_state(const struct record *record)
{
    return record->state;
}

size_t record_at(const struct record *record)
{
    return record->at;
}

bool record_paused(const struct record *record)
{
    return record->paused;
}

enum record_mark record_mark(const struct record *record, size_t index)
{
    return record->marks[index];
}

size_t record_count(const struct record *record, enum record_mark mark)
{
    size_t count = 0;
    for (size_t i = 0; i < record->options.count; i++)
        count += record->marks[i] == mark;
    return count;
}

const struct record_take *record_take(const struct record *record)
{
    return &record->take;
}

nsec record_length_ns(const struct record *record)
{
    return ns_from_frames((frames)record->taken.count, record->options.rate_hz);
}

double record_level_db(const struct record *record)
{
    float peak = 0;
    for (size_t i = 0; i < LEVEL_FRAMES; i++)
        peak = fmaxf(peak, record->peaks[i]);
    return db_from_gain(peak);
}

bool record_too_loud(const struct record *record)
{
    return record->loud;
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
