/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alsa.h: shared by the files of out-alsa.
 *
 * One thread makes every call about a device: it opens it, fills it, and closes it. Any of these
 * may hang when a sound server is frozen or a driver is broken. Then the host's call returns after
 * its limit all the same, and the thread is left behind with its card: when ALSA lets go of it at
 * last, it closes the device and frees everything by itself. It never calls the host again. */
#ifndef OUT_ALSA_ALSA_H
#define OUT_ALSA_ALSA_H

#include <alsa/asoundlib.h>
#include <pthread.h>
#include <stdatomic.h>

#include "limber/output.h"

/* What a person asked for. */
struct alsa_settings {
    char device[128];        /* "": the default */
    snd_pcm_format_t format; /* SND_PCM_FORMAT_UNKNOWN: what the device takes */
    unsigned buffer_ms, period_ms;
    bool wait; /* wait for samples: for devices without a clock, in tests */
};

enum alsa_state { ALSA_OPENING, ALSA_OPEN, ALSA_PLAYING, ALSA_ENDED };

struct alsa_card {
    struct alsa_settings settings;
    struct limber_output_source source;
    uint32_t rate_hz;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    enum alsa_state state; /* under the lock, as the next two */
    bool start, abandoned;
    int owners; /* 2: the plugin and the thread; the last frees */

    _Atomic bool stop; /* end; from now on the host is not called */
    _Atomic bool busy; /* in a call of the host */
    int stop_fd;       /* becomes readable with stop */

    /* set before ALSA_OPEN, constant then */
    snd_pcm_t *pcm;
    char name[128]; /* as it was found */
    bool is_hardware;
    char about[256];   /* card, driver and name of the device */
    int error;         /* of opening; a negative errno */
    const char *doing; /* what failed */
    snd_pcm_format_t format;
    unsigned channels;
    snd_pcm_uframes_t buffer, period;

    /* the thread's */
    float *pulled;
    char *block;                    /* the same as the device takes it */
    snd_pcm_uframes_t held, offset; /* of those, frames not written yet, and where they begin */
    int64_t written, began_ns;      /* since the device started */

    /* the thread's, read by anybody */
    _Atomic int64_t heard_ns; /* when the last frame of the session that was taken is heard */
    _Atomic int64_t delay_ns; /* the same, from when it was taken */
    _Atomic int64_t asked_ns; /* when the device took something last */
    _Atomic unsigned underruns;
    _Atomic bool gone; /* lost was told */
};

int64_t alsa_now_ns(void); /* CLOCK_MONOTONIC */

/* --- card.c --- */

/* Starts the thread and waits until the device is open. NULL with a negative errno in *error and
 * what failed in *doing: −ETIMEDOUT when it hangs, −EBUSY too when too many hang already. `source`
 * NULL: it is not going to be started. */
struct alsa_card *alsa_card_open(const struct alsa_settings *settings,
                                 const struct limber_output_source *source, uint32_t rate_hz,
                                 int *error, const char **doing);
void alsa_card_start(struct alsa_card *card);
/* Lets the tail be heard, closes and frees. Returns false if the sound system hangs: then it is
 * left behind. */
bool alsa_card_close(struct alsa_card *card);
int64_t alsa_card_latency(struct alsa_card *card);

/* --- setup.c --- */

/* Opens card->pcm and agrees with it on a format. Returns 0 or a negative errno. */
int alsa_setup(struct alsa_card *card);

/* --- play.c --- */

/* Plays until stop, or until the device goes. */
void alsa_play(struct alsa_card *card);

/* --- list.c --- */

typedef bool alsa_each(void *context, const char *name, const char *detail, bool is_default);

/* Those that can be opened, each of which is tried. [worker] */
void alsa_list(alsa_each *each, void *context);
/* Finds the first device with `part` in its name or description. */
bool alsa_find(const char *part, char *name, size_t size);

#endif
