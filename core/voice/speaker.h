/* SPDX-License-Identifier: GPL-3.0-or-later */
/* speaker.h: one voice in one language: its dictionaries, its worker (started when something is to
 * be made), its queue, and its level. [main] */
#ifndef VOICE_SPEAKER_H
#define VOICE_SPEAKER_H

#include <stdbool.h>
#include <stdint.h>

struct cache;
struct clip;
struct loop;
struct registry;
struct speaker;
struct voice;
struct voices;

struct speaker_options {
    struct loop *loop;
    struct cache *cache;
    struct registry *registry;
    const struct voices *voices;
    const struct voice *voice;
    const char *language; /* of its texts; outlives the speaker */
    const char *worker_program;
    uint32_t rate_hz;
    int jobs;
    int deadline_ms; /* 0: by the length of the text */
    uint64_t seed;   /* for engines with an option `seed` */
    /* The level became known. */
    void (*levelled)(void *context);
    void *context;
};

/* Something to be said. Owned by the caller, who keeps it until done() was called. */
struct utterance {
    const char *text;
    double emphasis; /* 0 … 1 */
    /* Called exactly once, possibly before speaker_say() returns. `clip` is the callee's from here
     * on; NULL: it could not be made, for `reason`. */
    void (*done)(struct utterance *utterance, struct clip *clip, bool cached, const char *reason);
    void *context;
    /* private to speaker.c */
    char *pieces;
    char key[33];
    bool looked; /* in the cache, under this key */
    int tries;
    int fd;
    int64_t id;
};

/* Never NULL; one that cannot work says so to every utterance. */
struct speaker *speaker_new(const struct speaker_options *options);
/* Utterances under way are dropped without done(); only their own memory is freed. */
void speaker_destroy(struct speaker *speaker);
/* Starts the worker now if nothing is remembered of the engine. */
void speaker_warm_up(struct speaker *speaker);
void speaker_say(struct speaker *speaker, struct utterance *utterance);

const struct voice *speaker_voice(const struct speaker *speaker);
const char *speaker_language(const struct speaker *speaker);
/* Whether the level is known, or will never be. */
bool speaker_is_levelled(const struct speaker *speaker);
/* Linear gain that brings a clip of this voice to CAST_TARGET_LUFS, plus the voice's own gain.
 * Recorded clips have that level already. */
float speaker_gain(const struct speaker *speaker, const struct clip *clip);
/* Its words were too long in coming; forgotten with the next that come. */
void speaker_set_late(struct speaker *speaker);
bool speaker_is_late(const struct speaker *speaker);
/* Whether it has made anything yet in this run of the program. */
bool speaker_has_spoken(const struct speaker *speaker);
/* Goes without the level that is still being measured: each clip is levelled by itself. */
void speaker_skip_level(struct speaker *speaker);
/* The fixed text that a voice is levelled with. */
const char *speaker_calibration_text(const char *language);

#endif
