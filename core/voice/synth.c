/* SPDX-License-Identifier: GPL-3.0-or-later */
/* synth.c: collects what an engine writes and makes a clip of it. */
#include "voice/synth.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/clip.h"
#include "audio/process.h"
#include "base/arena.h"
#include "base/str.h"
#include "plugin/call.h"
#include "voice/cast.h"

#define KEEP_AFTER_MS     30  /* of silence at the end of a clip */
#define SENTENCE_PAUSE_MS 280 /* between two pieces */
#define COMMA_PAUSE_MS    130
#define LOWEST_RATE_HZ    8000
#define HIGHEST_RATE_HZ   192000
#define NO_NUMBERS_MOST   1000 /* one sample in so many may be no number */
#define LEVEL_MOST        8.0f /* +18 dB over full scale */
#define RUMBLE_HZ         40   /* speech is above */
#define SPEECH_LEAST      3e-4 /* of the energy is speech, or it is an offset */
#define GAIN_MOST_DB      30.0
#define RECORDED_LUFS     (CAST_TARGET_LUFS + 0.5) /* of one clip */

struct take {
    float *samples;
    size_t count, capacity;
    uint32_t rate_hz; /* 0: not declared yet */
    bool declared;    /* format() was called in this piece */
    double most_seconds;
    char *reason;
    size_t reason_size;
};

static enum limber_status refuse(struct take *take, enum limber_status status, const char *why)
{
    snprintf(take->reason, take->reason_size, "%s", why);
    return status;
}

static bool make_room(struct take *take, size_t count)
{
    if (take->count + count <= take->capacity) {
        return true;
    }
    size_t capacity = take->capacity ? take->capacity : 1 << 18;
    while (capacity < take->count + count) {
        capacity *= 2;
    }
    float *samples = realloc(take->samples, capacity * sizeof *samples);
    if (!samples) {
        return false;
    }
    take->samples = samples;
    take->capacity = capacity;
    return true;
}

static enum limber_status on_format(void *context, uint32_t rate_hz)
{
    struct take *take = context;
    if (rate_hz < LOWEST_RATE_HZ || rate_hz > HIGHEST_RATE_HZ) {
        return refuse(take, LIMBER_INVALID, "the engine declared an impossible sample rate");
    }
    if (take->declared || (take->rate_hz != 0 && take->rate_hz != rate_hz)) {
        return refuse(take, LIMBER_INVALID, "the engine changed its sample rate");
    }
    take->rate_hz = rate_hz;
    take->declared = true;
    return LIMBER_OK;
}

static enum limber_status on_write(void *context, const float *samples, size_t count)
{
    struct take *take = context;
    if (!take->declared) {
        return refuse(take, LIMBER_INVALID, "the engine wrote samples before their format");
    }
    size_t most = (size_t)(take->most_seconds * take->rate_hz);
    if (take->count > most || count > most - take->count) {
        snprintf(take->reason, take->reason_size,
                 "the engine did not stop after %.0f s, far too long for these words",
                 take->most_seconds);
        return LIMBER_LIMIT;
    }
    if (!make_room(take, count)) {
        return refuse(take, LIMBER_NO_MEMORY, "no memory for the samples");
    }
    memcpy(take->samples + take->count, samples, count * sizeof *samples);
    take->count += count;
    return LIMBER_OK;
}

/* How long the text may take. */
static double most_seconds(const struct synth_request *request)
{
    double seconds = SYNTH_BASE_SECONDS;
    for (const char *c = request->pieces; *c; c++) {
        seconds += *c >= '0' && *c <= '9' ? SYNTH_DIGIT_SECONDS : SYNTH_BYTE_SECONDS;
    }
    return request->recorded || seconds > SYNTH_MOST_SECONDS ? SYNTH_MOST_SECONDS : seconds;
}

/* Whether these samples may be speech, or silence. */
static enum limber_status check(struct take *take, const float *samples, size_t count)
{
    double keep = exp(-2 * M_PI * RUMBLE_HZ / take->rate_hz);
    double all = 0;
    double speech = 0;
    double high = 0; /* what a high-pass leaves */
    float before = count > 0 && isfinite(samples[0]) ? samples[0] : 0;
    float peak = 0;
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(samples[i])) {
            wrong++;
            continue;
        }
        peak = fmaxf(peak, fabsf(samples[i]));
        high = keep * (high + samples[i] - before);
        before = samples[i];
        all += (double)samples[i] * samples[i];
        speech += high * high;
    }
    if (wrong > count / NO_NUMBERS_MOST + 1) {
        return refuse(take, LIMBER_INVALID, "the engine's samples are not numbers");
    }
    if (peak > LEVEL_MOST) {
        return refuse(take, LIMBER_INVALID, "the engine's samples are far beyond full scale");
    }
    if (speech < SPEECH_LEAST * all) {
        return refuse(take, LIMBER_INVALID, "the engine gave nothing but a constant: no sound");
    }
    return LIMBER_OK;
}

/* Speaks one piece behind what is there, after a pause of `pause_ms`, and trims it. */
static enum limber_status speak(struct plugin_instance *engine, struct take *take,
                                const char *piece, double emphasis, int pause_ms)
{
    const struct limber_speech_writer writer = {
        .size = sizeof writer, .context = take, .format = on_format, .write = on_write};
    if (take->count > 0) {
        size_t pause = (size_t)pause_ms * take->rate_hz / 1000;
        if (!make_room(take, pause)) {
            return LIMBER_NO_MEMORY;
        }
        memset(take->samples + take->count, 0, pause * sizeof *take->samples);
        take->count += pause;
    }
    take->declared = false;
    size_t start = take->count;
    enum limber_status status = call_speech_synthesize(engine, piece, emphasis, &writer);
    if (status != LIMBER_OK) {
        return status;
    }
    if (take->reason[0]) {
        return LIMBER_INVALID; /* it went on after it was told to stop */
    }
    status = check(take, take->samples + start, take->count - start);
    if (status != LIMBER_OK) {
        return status;
    }
    frames heard = process_trim(take->samples + start, (frames)(take->count - start), take->rate_hz,
                                0, (frames)take->rate_hz * KEEP_AFTER_MS / 1000);
    take->count = start + (size_t)heard;
    return LIMBER_OK;
}

static enum limber_status speak_all(struct plugin_instance *engine, struct take *take,
                                    const struct synth_request *request)
{
    char *text = xstrdup(request->pieces);
    enum limber_status status = LIMBER_OK;
    int pause_ms = 0;
    char *rest = NULL;
    for (char *piece = strtok_r(text, "\n", &rest); piece && status == LIMBER_OK;
         piece = strtok_r(NULL, "\n", &rest)) {
        char last = piece[strlen(piece) - 1];
        status = speak(engine, take, piece, request->emphasis, pause_ms);
        pause_ms = strchr(".!?", last) ? SENTENCE_PAUSE_MS : COMMA_PAUSE_MS;
    }
    free(text);
    return status;
}

/* As loud as all speech is on a page. A clip by itself measures more than in a row of clips, where
 * the meter's windows reach into the pauses (tests/cli/loudness.py). Shorter than 400 ms, the
 * loudness is that of the clip in 400 ms of silence, ungated: what BS.1770 calls momentary, and
 * about what an ear makes of a short word. */
static void level(float *samples, frames length, uint32_t rate_hz)
{
    double loudness = process_loudness(samples, length, 1, rate_hz);
    if (!isfinite(loudness)) {
        return;
    }
    double gain_db = fmin(fmax(RECORDED_LUFS - loudness, -GAIN_MOST_DB), GAIN_MOST_DB);
    float gain = gain_from_db(gain_db);
    for (frames i = 0; i < length; i++) {
        samples[i] *= gain;
    }
}

static enum limber_status store(struct take *take, const struct synth_request *request)
{
    float *samples = NULL;
    frames length = 0;
    enum limber_status status = process_resample(
        take->samples, (frames)take->count, 1, take->rate_hz, request->rate_hz, &samples, &length);
    if (status != LIMBER_OK || length == 0) {
        free(samples);
        return refuse(take, status ? status : LIMBER_INVALID, "the samples could not be resampled");
    }
    if (request->recorded) {
        level(samples, length, request->rate_hz);
    }
    struct clip *clip = clip_adopt(samples, length, 1, request->rate_hz);
    status = clip_write_fd(clip, request->fd);
    if (status != LIMBER_OK) {
        snprintf(take->reason, take->reason_size, "the clip could not be stored: %s",
                 strerror(errno));
    }
    clip_destroy(clip);
    return status;
}

enum limber_status synth_run(struct plugin_instance *engine, const struct synth_request *request,
                             char *reason, size_t reason_size)
{
    struct take take = {
        .reason = reason, .reason_size = reason_size, .most_seconds = most_seconds(request)};
    reason[0] = '\0';
    enum limber_status status = speak_all(engine, &take, request);
    if (status == LIMBER_OK && take.count == 0) {
        status = refuse(&take, LIMBER_INVALID, "the engine made no sound");
    }
    if (status == LIMBER_OK) {
        status = store(&take, request);
    } else if (!reason[0] && status == LIMBER_NOT_FOUND && request->recorded) {
        snprintf(reason, reason_size, "there is no clip for these words");
    } else if (!reason[0]) {
        snprintf(reason, reason_size, "the engine failed: %s", status_text(status));
    }
    free(take.samples);
    return status;
}
