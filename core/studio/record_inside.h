/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_inside.h: what record.c and record_take.c share. */
#ifndef STUDIO_RECORD_INSIDE_H
#define STUDIO_RECORD_INSIDE_H

#include "base/vec.h"
#include "studio/record.h"

#define RECORD_FULL_SCALE   0.9985f
#define RECORD_LEVEL_FRAMES 10      /* of 10 ms, that a level is the peak of */
#define RECORD_ROOM_DB      (-50.0) /* until it is measured */
#define RECORD_ACTIONS      8

/* A take as it came in. */
struct record_raw {
    const float *samples;
    size_t count;
    uint32_t rate_hz;
    bool keys;    /* begun and ended by a key, whose click may be heard at both ends */
    bool gap;     /* samples are missing */
    bool endless; /* ended because it was too long */
    nsec expected_ns;
};

/* Cuts and judges it. *samples (malloc'ed) gets what the take points to. */
struct record_take record_finish_take(const struct record_raw *raw, float **samples);

typedef VEC(float) sample_list;

struct record {
    struct record_options options;
    enum record_state state, before; /* before: what to return to */
    size_t at;
    enum record_mark *marks;
    enum record_action actions[RECORD_ACTIONS];
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
    float peaks[RECORD_LEVEL_FRAMES];
    size_t peak_at;
    struct record_take take;
    float *take_samples;
};

/* record.c: from state to state, and what the host is told. */
void record_act(struct record *record, enum record_action action);
void record_enter(struct record *record, enum record_state state);
void record_begin_cue(struct record *record);
void record_show(struct record *record, size_t at);
void record_end_take(struct record *record);
void record_start_keeping(struct record *record);
void record_say_again(struct record *record);
nsec record_most_ns(const struct record *record); /* of a take */

/* record_hear.c */
double record_threshold_db(double room_db); /* above it is speech */
void record_append(sample_list *list, const float *samples, size_t count);
void record_take_frame(struct record *record); /* what is not looked at yet belongs to the take */

#endif
