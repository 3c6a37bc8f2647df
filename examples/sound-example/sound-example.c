/* SPDX-License-Identifier: MIT */
/* sound-example: two sounds, "knock" and "drop", and one bed, "hum".
 *
 * A sound plugin is asked while a session is being built, never while it plays. What it writes is
 * copied, so it may come in pieces of any size and the same buffer may be used again. */
#include <limber/sound.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TWO_PI 6.28318530717958647692
#define PIECE  512 /* frames written at once */

/* A sound is a function of time, here; `rate_hz` differs from session to session. */
static double knock(double seconds)
{
    double body = sin(TWO_PI * 330 * seconds) + 0.5 * sin(TWO_PI * 870 * seconds);
    return 0.4 * exp(-40 * seconds) * body;
}

static double drop(double seconds)
{
    double pitch_hz = 500 + 1600 * seconds; /* a rising chirp sounds like water */
    return 0.4 * exp(-18 * seconds) * sin(TWO_PI * pitch_hz * seconds);
}

/* Repeats without a seam because every part makes a whole number of waves in the two seconds. */
static double hum(double seconds)
{
    double swell = 0.75 + 0.25 * sin(TWO_PI * 0.5 * seconds);
    return 0.1 * swell * (sin(TWO_PI * 110 * seconds) + 0.5 * sin(TWO_PI * 220.5 * seconds));
}

static const struct sound {
    const char *name;
    bool bed;
    double seconds;
    double lead_seconds; /* how long words that follow should wait */
    double (*at)(double seconds);
    const char *help;
} sounds[] = {
    {"knock", false, 0.25, 0.25, knock, "A knock on wood"},
    {"drop", false, 0.40, 0.20, drop, "A drop of water"},
    {"hum", true, 2.00, 0, hum, "A low hum that goes on"},
};

/* A sound is not found when it is the wrong kind: a bed must join without a seam. */
static const struct sound *find(const struct limber_sound_request *request)
{
    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++) {
        if (strcmp(sounds[i].name, request->name) == 0 && sounds[i].bed == request->bed) {
            return &sounds[i];
        }
    }
    return NULL;
}

static bool has(void *instance, const struct limber_sound_request *request)
{
    (void)instance;
    return find(request) != NULL;
}

/* Ramps the last 5 ms to zero, so that a sound that is cut does not click. */
static double fade(double seconds, double total, bool bed)
{
    double left = total - seconds;
    return bed || left > 0.005 ? 1 : left / 0.005;
}

/* [main, worker] info() once, then write() until all is written. */
static enum limber_status render(void *instance, const struct limber_sound_request *request,
                                 const struct limber_sound_writer *writer)
{
    (void)instance;
    const struct sound *sound = find(request);
    if (!sound) {
        return LIMBER_NOT_FOUND;
    }
    double rate_hz = request->rate_hz;
    struct limber_sound_info info = {sizeof info, 1, llround(sound->lead_seconds * rate_hz)};
    enum limber_status status = writer->info(writer->context, &info);

    /* Sounds that fill a time (a breath) come with a length; these ones have their own. */
    int64_t frames = llround(sound->seconds * rate_hz);
    float piece[PIECE];
    for (int64_t done = 0; done < frames && status == LIMBER_OK;) {
        int64_t count = frames - done < PIECE ? frames - done : PIECE;
        for (int64_t i = 0; i < count; i++) {
            double seconds = (double)(done + i) / rate_hz;
            piece[i] = (float)(sound->at(seconds) * fade(seconds, sound->seconds, sound->bed));
        }
        status = writer->write(writer->context, piece, count);
        done += count;
    }
    return status;
}

static void list(void *instance, const char *folder,
                 bool (*each)(void *context, const char *name, bool bed, const char *help),
                 void *context)
{
    (void)instance;
    (void)folder; /* a routine's own sounds: this plugin reads no files */
    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++) {
        if (!each(context, sounds[i].name, sounds[i].bed, sounds[i].help)) {
            return;
        }
    }
}

static const struct limber_sound sound_table = {sizeof sound_table, has, render, list};

/* Nothing to keep: any address that is not NULL will do as the instance. */
static enum limber_status create(const struct limber_host *host, void **instance)
{
    *instance = (void *)host;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    (void)instance;
}

static const void *get_interface(void *instance, const char *id)
{
    (void)instance;
    return strcmp(id, LIMBER_SOUND_ID) == 0 ? &sound_table : NULL;
}

static const char *const interfaces[] = {LIMBER_SOUND_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    sizeof descriptor,
    LIMBER_PLUGIN_DETERMINISTIC,
    "sound-example",
    "Example sounds",
    "1.0",
    "MIT",
    "A knock, a drop, and a hum",
    interfaces,
    NULL /* no options */,
};

LIMBER_EXPORT const struct limber_plugin_entry limber_plugin_entry = {
    LIMBER_ABI_MAJOR, LIMBER_ABI_MINOR, sizeof limber_plugin_entry, &descriptor, create,
    destroy,          get_interface,
};
