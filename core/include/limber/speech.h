/* SPDX-License-Identifier: MIT */
/* limber/speech.h: text in, samples out. Interface "limber.speech/1".
 *
 * A speech plugin is plain, blocking and single-threaded. The host runs it in a process of its own
 * and forks that process for every utterance, so that each one starts from the same state, several
 * run at once, and a crash costs one utterance. The plugin need not know: it must only finish its
 * set-up in prepare() and keep no thread that synthesis depends on.
 *
 * The process's working directory is the folder of the voice that is spoken (where its voice.yaml
 * is), so that relative paths in a voice's options mean files of the voice; / for a voice without
 * a folder. A program started by synthesize() may be left behind when a deadline passes: the host
 * kills the whole process group of the utterance.
 *
 * What an engine is loaded from. The host remembers the fingerprint, and does not start the engine
 * at all while everything is in its cache, as long as each file mapped into the prepared process is
 * unchanged. An engine that depends on other files (a program, a model) keeps one page of each
 * mapped. */
#ifndef LIMBER_SPEECH_H
#define LIMBER_SPEECH_H

#include "limber/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LIMBER_SPEECH_ID "limber.speech/1"

/* How a persona speaks; the same for all utterances of a voice. Zero or NULL means the engine's own
 * default. */
struct limber_speech_voice {
    uint32_t size;        /* sizeof(struct limber_speech_voice) as compiled */
    const char *language; /* BCP 47 tag of the text: "en-GB", "de" */
    const char *voice;   /* the engine's name for a voice, or NULL: the best one for the language */
    const char *variant; /* the engine's name for a timbre, or NULL */
    double rate_wpm;     /* words a minute; 0: default */
    double pitch;        /* 0 … 100, 50 normal; negative: default */
    double pitch_range;  /* 0 … 100, 50 normal; negative: default */
};

/* Where samples go. Lent by the host for one synthesize() call. */
struct limber_speech_writer {
    uint32_t size;
    void *context;
    /* Declares the format; called once before the first write(). `rate_hz` 8000 … 192000, mono.
     * Errors: INVALID. [worker] */
    enum limber_status (*format)(void *context, uint32_t rate_hz);
    /* Takes `count` mono float samples, in order, copied before it returns. Anything but OK means
     * stop now and return that status: CANCELLED, LIMIT (too much audio), IO. [worker] */
    enum limber_status (*write)(void *context, const float *samples, size_t count);
};

struct limber_speech {
    uint32_t size; /* sizeof(struct limber_speech) as compiled */

    /* Loads the engine and selects the voice. Called once per instance, before anything else. A
     * voice or variant that does not exist must be refused (NOT_FOUND), never replaced in silence.
     * Errors: NOT_FOUND, FAILED. [main] */
    enum limber_status (*prepare)(void *instance, const struct limber_speech_voice *voice);

    /* A text that changes whenever the same request may sound different: engine version, data
     * version, voice file. Part of the cache key. Valid until destroy(). [main, after prepare()] */
    const char *(*fingerprint)(void *instance);

    /* Speaks `text`: clean words and punctuation, one sentence as a rule, no mark-up. `emphasis` 0
     * none … 1 strong; may be ignored. Blocks until all samples are written. Errors: as write()
     * returned, INVALID (nothing speakable), FAILED. [worker, after prepare()] */
    enum limber_status (*synthesize)(void *instance, const char *text, double emphasis,
                                     const struct limber_speech_writer *writer);

    /* Names of the voices for `language` (NULL: all), one call of `each` per voice, until it
     * returns false. The strings are valid during the call. May be NULL: unknown. [main] */
    void (*list_voices)(void *instance, const char *language,
                        bool (*each)(void *context, const char *name, const char *language),
                        void *context);
};

#ifdef __cplusplus
}
#endif
#endif
