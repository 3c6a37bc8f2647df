/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h: recording sentences one after the other, as a machine: samples and commands go in, what
 * is to be done comes out. It knows no device, no terminal and no clock: time is what the samples
 * last. [main] */
#ifndef STUDIO_RECORD_H
#define STUDIO_RECORD_H

#include "studio/take.h"

#define RECORD_ROOM_NS       (3 * NSEC_PER_SEC)
#define RECORD_PAUSE_NS      (1200 * NSEC_PER_MSEC) /* hands-free: silence that ends a take */
#define RECORD_WAIT_NS       (10 * NSEC_PER_SEC)    /* hands-free: nothing said */
#define RECORD_ECHO_NS       (200 * NSEC_PER_MSEC)  /* after a beep, not taken */
#define RECORD_MOST_NS       (120 * NSEC_PER_SEC)   /* of a take */
#define RECORD_MOST_FREE_NS  (45 * NSEC_PER_SEC)    /* hands-free */
#define RECORD_KEEP_AFTER_NS (1500 * NSEC_PER_MSEC) /* hands-free: to say no to a good take */
#define RECORD_AGAIN_NS      (2500 * NSEC_PER_MSEC) /* hands-free: to read what is wrong */
#define RECORD_TRIES         3                      /* hands-free: then it waits for a key */

enum record_state {
    RECORD_ROOM,    /* listens to the quiet room */
    RECORD_READY,   /* a sentence is shown; hands-free, and not paused: its cue comes soon */
    RECORD_CUEING,  /* the host says it or beeps */
    RECORD_TAKING,  /* records */
    RECORD_REVIEW,  /* there is a take to judge */
    RECORD_PLAYING, /* the host plays it */
    RECORD_KEEPING, /* the host writes it */
    RECORD_OVER
};

/* What the host is to do. */
enum record_action {
    RECORD_NOTHING,
    RECORD_TELL_ROOM, /* the room was measured: record_room_db() */
    RECORD_SHOW,      /* a sentence: record_at() */
    RECORD_CUE,       /* say it (or beep, if hands-free), then record_done() */
    RECORD_BEGAN,     /* a take */
    RECORD_ENDED,     /* there is a take: record_take() */
    RECORD_DROPPED,   /* the take under way was given up */
    RECORD_LISTEN,    /* play the take, then record_done() */
    RECORD_KEEP,      /* write the take, then record_kept() */
    RECORD_FINISH
};

enum record_command {
    RECORD_DO_SPACE,  /* begins and ends a take; hands-free: pauses, goes on */
    RECORD_DO_ENTER,  /* the same, and keeps a take */
    RECORD_DO_REPEAT, /* the take is dropped */
    RECORD_DO_SKIP,
    RECORD_DO_BACK, /* the sentence before, to be said again */
    RECORD_DO_LISTEN,
    RECORD_DO_SAY, /* the cue, again */
    RECORD_DO_QUIT
};

enum record_mark { RECORD_LEFT, RECORD_KEPT, RECORD_SKIPPED };

struct record_options {
    size_t count;         /* sentences, above 0 */
    size_t first;         /* of them */
    const nsec *expected; /* how long each may take to say; outlives the machine */
    uint32_t rate_hz;
    bool hands_free;
    bool spoken;  /* the host says each sentence first */
    bool no_room; /* begin without listening to the room */
};

struct record_take {
    const float *samples; /* mono, cut to what is heard */
    size_t count;         /* 0: nothing is heard, it cannot be kept */
    uint32_t rate_hz;
    struct take_measure measure; /* as cut; noise and silence as recorded */
    const char *problem;         /* NULL, or what is wrong, for people (static) */
};

struct record;

struct record *record_new(const struct record_options *options);
void record_destroy(struct record *record);

/* Samples as the microphone gives them. */
void record_feed(struct record *record, const float *samples, size_t count);
/* False: it means nothing now. */
bool record_command(struct record *record, enum record_command command);
/* What to do next; call until RECORD_NOTHING, after every call that is not a question. */
enum record_action record_next(struct record *record);

void record_done(struct record *record); /* with RECORD_CUE or RECORD_LISTEN */
/* With RECORD_KEEP. False: it could not be written; the take is still there. */
void record_kept(struct record *record, bool kept);
/* Samples were lost here: a take under way is not whole. */
void record_gap(struct record *record);
/* The microphone has gone: a take under way is dropped. Samples may come at another rate then. */
void record_lost(struct record *record, uint32_t rate_hz);

/* --- questions --- */
enum record_state record_state(const struct record *record);
size_t record_at(const struct record *record);
bool record_paused(const struct record *record);
enum record_mark record_mark(const struct record *record, size_t index);
size_t record_count(const struct record *record, enum record_mark mark);
const struct record_take *record_take(const struct record *record);
nsec record_length_ns(const struct record *record);  /* of the take under way */
double record_level_db(const struct record *record); /* peak of the last 100 ms, dBFS */
bool record_too_loud(const struct record *record);   /* the take under way has touched full scale */
double record_room_db(const struct record *record);  /* RMS; −INFINITY: digital silence */
/* What the room's noise means: one sentence (static). */
const char *record_room_words(double room_db);

#endif
