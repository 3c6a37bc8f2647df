/* SPDX-License-Identifier: GPL-3.0-or-later */
/* synth.c: collects what an engine writes and makes a clip of it. */
#include "voice/synth.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audio/clip.h"
#include "audio/process.h"
#include "base/arena.h"
#include "base/str.h"
#include "plugin/call.h"

#define KEEP_AFTER_MS     30  /* of silence at the end of a clip */
#define SENTENCE_PAUSE_MS 280 /* between two pieces */
#define COMMA_PAUSE_MS    130
#define LOWEST_RATE_HZ    8000
#define HIGHEST_RATE_HZ   192000

struct take {
    float *samples;
    size_t count, capacity;
    uint32_t rate_hz; /* 0: not declared yet */
    bool declared;    /* format() was called in this piece */
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
    if (count > (size_t)SYNTH_MOST_SECONDS * take->rate_hz - take->count) {
        return refuse(take, LIMBER_LIMIT, "the engine spoke for more than ten minutes");
    }
    if (!make_room(take, count)) {
        return refuse(take, LIMBER_NO_MEMORY, "no memory for the samples");
    }
    memcpy(take->samples + take->count, samples, count * sizeof *samples);
    take->count += count;
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
    struct take take = {.reason = reason, .reason_size = reason_size};
    reason[0] = '\0';
    enum limber_status status = speak_all(engine, &take, request);
    if (status == LIMBER_OK && take.count == 0) {
        status = refuse(&take, LIMBER_INVALID, "the engine made no sound");
    }
    if (status == LIMBER_OK) {
        status = store(&take, request);
    } else if (!reason[0]) {
        snprintf(reason, reason_size, "the engine failed: %s", status_text(status));
    }
    free(take.samples);
    return status;
}
