/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packkit.h: packs made for tests of speech-pack. A clip is a tone whose pitch says which clip it
 * is, so that what is spoken can be read back. */
#ifndef PLUGINS_PACKKIT_H
#define PLUGINS_PACKKIT_H

#include "../render/fakehost.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limber/pack.h"
#include "limber/speech.h"

#define WAV (SF_FORMAT_WAV | SF_FORMAT_PCM_16)
#define TAU 6.283185307179586

static char kit_folder[256]; /* of the pack */

static inline int kit_remove_one(const char *path, const struct stat *about, int type,
                                 struct FTW *ftw)
{
    return remove(path);
}

static inline int kit_setup(void **state)
{
    snprintf(kit_folder, sizeof kit_folder, "%s/pack-XXXXXX", BINARY_DIR);
    return mkdtemp(kit_folder) && chdir(kit_folder) == 0 && mkdir("clips", 0755) == 0 ? 0 : -1;
}

static inline int kit_teardown(void **state)
{
    if (chdir("/") != 0)
        return -1;
    return nftw(kit_folder, kit_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void kit_write(const char *name, const void *data, size_t size)
{
    FILE *to = fopen(name, "wb");
    assert_non_null(to);
    assert_int_equal(fwrite(data, 1, size, to), size);
    assert_int_equal(fclose(to), 0);
}

static inline void kit_text(const char *name, const char *text)
{
    kit_write(name, text, strlen(text));
}

/* A square wave of `hz` (no sample of it is silent) with `silence_ms` before and behind it; in a
 * second channel, half as loud. */
static inline void kit_tone(const char *name, int format, int rate_hz, int channels, double hz,
                            int64_t ms, int64_t silence_ms)
{
    SF_INFO info = {.samplerate = rate_hz, .channels = channels, .format = format};
    int64_t pad = silence_ms * rate_hz / 1000, body = ms * rate_hz / 1000, all = body + 2 * pad;
    float *samples = calloc((size_t)(all * channels), sizeof *samples);
    for (int64_t i = 0; i < body; i++)
        for (int c = 0; c < channels; c++)
            samples[(pad + i) * channels + c] =
                (cos(TAU * hz * (double)i / rate_hz + 0.1) < 0 ? -0.5f : 0.5f) * (c ? 0.5f : 1.0f);
    SNDFILE *file = sf_open(name, SFM_WRITE, &info);
    assert_non_null(file);
    assert_int_equal(sf_writef_float(file, samples, all), all);
    assert_int_equal(sf_close(file), 0);
    free(samples);
}

/* --- the plugin --- */

struct kit {
    struct fake_host fake;
    const struct limber_pack *pack;
    const struct limber_speech *speech;
};

static inline void kit_create(struct kit *kit, const char *seed)
{
    if (seed)
        fake_init(&kit->fake, "seed", seed, NULL);
    else
        fake_init(&kit->fake, NULL);
    assert_int_equal(fake_create(&kit->fake), LIMBER_OK);
    kit->pack = kit->fake.entry->get_interface(kit->fake.instance, LIMBER_PACK_ID);
    kit->speech = kit->fake.entry->get_interface(kit->fake.instance, LIMBER_SPEECH_ID);
    assert_true(kit->pack && kit->speech);
}

/* Prepared to speak from the working directory. */
static inline void kit_prepare(struct kit *kit, const char *seed, const char *language)
{
    struct limber_speech_voice voice = {
        .size = sizeof voice, .language = language, .pitch = -1, .pitch_range = -1};
    kit_create(kit, seed);
    enum limber_status status = kit->speech->prepare(kit->fake.instance, &voice);
    if (status != LIMBER_OK)
        fail_msg("prepare: %d: %s", (int)status, kit->fake.log);
}

static inline void kit_destroy(struct kit *kit)
{
    fake_destroy(&kit->fake);
}

/* --- find --- */

struct found {
    char texts[4096]; /* of the rows, each followed by '|' */
    char files[4096];
    char problems[8192];
    int rows;
};

static inline bool kit_add_row(void *context, const struct limber_pack_row *row)
{
    struct found *found = context;
    assert_int_equal(row->size, sizeof *row);
    assert_true(row->line > 0);
    assert_true(row->problem || (row->text && row->key && row->file && row->path));
    assert_true(!row->path || row->path[0] == '/');
    snprintf(found->texts + strlen(found->texts), sizeof found->texts - strlen(found->texts), "%s|",
             row->text ? row->text : "");
    snprintf(found->files + strlen(found->files), sizeof found->files - strlen(found->files), "%s|",
             row->file ? row->file : "");
    if (row->problem)
        snprintf(found->problems + strlen(found->problems),
                 sizeof found->problems - strlen(found->problems), "%d %s|", row->line,
                 row->problem);
    found->rows++;
    return true;
}

static inline enum limber_status kit_find(struct kit *kit, const char *text, struct found *found)
{
    memset(found, 0, sizeof *found);
    enum limber_status status = kit->pack->find(kit->fake.instance, text, kit_add_row, found);
    assert_true((status == LIMBER_OK) == (found->rows > 0));
    return status;
}

#define assert_says(kit, text, rows)                                                               \
    do {                                                                                           \
        struct found found_;                                                                       \
        if (kit_find(kit, text, &found_) != LIMBER_OK)                                             \
            fail_msg("not found: %s", text);                                                       \
        assert_string_equal(found_.texts, rows);                                                   \
    } while (0)

/* --- speech --- */

struct heard {
    float *samples;
    size_t frames, room;
    uint32_t rate_hz;
    size_t stop_after; /* > 0: CANCELLED once so many are there */
};

static inline enum limber_status kit_format(void *context, uint32_t rate_hz)
{
    struct heard *heard = context;
    assert_int_equal(heard->rate_hz, 0);
    assert_in_range(rate_hz, 8000, 192000);
    heard->rate_hz = rate_hz;
    return LIMBER_OK;
}

static inline enum limber_status kit_take(void *context, const float *samples, size_t count)
{
    struct heard *heard = context;
    assert_true(heard->rate_hz > 0 && count > 0);
    if (heard->frames + count > heard->room) {
        heard->room = 2 * (heard->frames + count);
        heard->samples = realloc(heard->samples, heard->room * sizeof *heard->samples);
        assert_non_null(heard->samples);
    }
    memcpy(heard->samples + heard->frames, samples, count * sizeof *samples);
    heard->frames += count;
    return heard->stop_after > 0 && heard->frames >= heard->stop_after ? LIMBER_CANCELLED
                                                                       : LIMBER_OK;
}

/* free(heard->samples) afterwards. */
static inline enum limber_status kit_speak(struct kit *kit, const char *text, struct heard *heard)
{
    struct limber_speech_writer writer = {sizeof writer, heard, kit_format, kit_take};
    size_t stop_after = heard->stop_after;
    *heard = (struct heard){.stop_after = stop_after};
    enum limber_status status = kit->speech->synthesize(kit->fake.instance, text, 0, &writer);
    if (status != LIMBER_OK && status != LIMBER_CANCELLED)
        assert_int_equal(heard->frames, 0); /* all or nothing */
    return status;
}

/* The strongest of `count` pitches first_hz, first_hz + step_hz … in frames from … to. */
static inline int kit_pitch(const struct heard *heard, size_t from, size_t to, double first_hz,
                            double step_hz, int count)
{
    int best = -1;
    double most = 0;
    for (int k = 0; k < count; k++) {
        double re = 0, im = 0, w = TAU * (first_hz + step_hz * k) / heard->rate_hz;
        for (size_t i = from; i < to; i++) {
            re += (double)heard->samples[i] * cos(w * (double)i);
            im += (double)heard->samples[i] * sin(w * (double)i);
        }
        double power = re * re + im * im;
        if (power > most) {
            most = power;
            best = k;
        }
    }
    return best;
}

/* Where the next sound from `at` begins and ends: the end is followed by at least 20 ms of exact
 * silence, or by nothing. False: there is none. */
static inline bool kit_next_sound(const struct heard *heard, size_t *at, size_t *end)
{
    size_t quiet = 0, from = *at;
    while (from < heard->frames && heard->samples[from] == 0)
        from++;
    if (from == heard->frames)
        return false;
    size_t to = from;
    for (size_t i = from; i < heard->frames && quiet < heard->rate_hz / 50; i++) {
        quiet = heard->samples[i] == 0 ? quiet + 1 : 0;
        if (quiet == 0)
            to = i + 1;
    }
    *at = from;
    *end = to;
    return true;
}

#endif
