/* SPDX-License-Identifier: GPL-3.0-or-later */
/* join.c: clips, each without its own silence, one after the other, as loud as one another. */
#include <math.h>
#include <soxr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/soundread.h"
#include "pack.h"

#define READ_FLAGS    (SOUNDREAD_NO_AIFF | SOUNDREAD_QUIET | SOUNDREAD_WHOLE)
#define BLOCK         4096
#define AUDIBLE_PEAK  1e-4f       /* −80 dBFS: less is silence */
#define AUDIBLE_BELOW 0.00316228f /* −50 dB below the peak */
#define FADE_MS       2           /* where silence was cut off */

struct piece {
    struct soundread_pcm pcm;
    bool ends;
};

struct join {
    struct piece pieces[PARTS_MOST];
    size_t count;
};

struct join *join_new(void)
{
    return calloc(1, sizeof(struct join));
}

void join_free(struct join *join)
{
    if (!join)
        return;
    for (size_t i = 0; i < join->count; i++)
        free(join->pieces[i].pcm.samples);
    free(join);
}

/* --- one clip --- */

static void fade(float *samples, int64_t frames, uint32_t rate_hz, bool in, bool out)
{
    int64_t most = (int64_t)rate_hz * FADE_MS / 1000;
    if (most > frames / 2)
        most = frames / 2;
    for (int64_t i = 0; i < most; i++) {
        float gain = (float)(i + 1) / (float)(most + 1);
        if (in)
            samples[i] *= gain;
        if (out)
            samples[frames - 1 - i] *= gain;
    }
}

static float peak_of(const struct soundread_pcm *pcm)
{
    float peak = 0;
    for (int64_t i = 0; i < pcm->frames; i++)
        peak = fmaxf(peak, fabsf(pcm->samples[i]));
    return peak;
}

/* Cuts off what cannot be heard at both ends. False: nothing can. */
static bool trim(struct soundread_pcm *pcm)
{
    float peak = peak_of(pcm);
    int64_t first = 0, last = pcm->frames - 1;
    if (peak < AUDIBLE_PEAK)
        return false;
    while (fabsf(pcm->samples[first]) < peak * AUDIBLE_BELOW)
        first++;
    while (fabsf(pcm->samples[last]) < peak * AUDIBLE_BELOW)
        last--;
    bool cut_head = first > 0, cut_tail = last < pcm->frames - 1;
    pcm->frames = last + 1 - first;
    memmove(pcm->samples, pcm->samples + first, (size_t)pcm->frames * sizeof *pcm->samples);
    fade(pcm->samples, pcm->frames, pcm->rate_hz, cut_head, cut_tail);
    return true;
}

enum limber_status join_add(struct join *join, const char *path, bool ends, char *reason,
                            size_t size)
{
    struct soundread_pcm pcm;
    if (join->count == PARTS_MOST)
        return LIMBER_LIMIT;
    enum limber_status status = soundread_file(path, 1, READ_FLAGS, &pcm, reason, size);
    if (status != LIMBER_OK)
        return status;
    if (!trim(&pcm)) {
        snprintf(reason, size, "holds nothing but silence");
        free(pcm.samples);
        return LIMBER_INVALID;
    }
    join->pieces[join->count++] = (struct piece){pcm, ends};
    return LIMBER_OK;
}

/* --- all of them --- */

static enum limber_status write_all(const struct limber_speech_writer *writer, const float *samples,
                                    int64_t frames)
{
    enum limber_status status = LIMBER_OK;
    for (int64_t from = 0; status == LIMBER_OK && from < frames; from += BLOCK)
        status = writer->write(writer->context, samples + from,
                               (size_t)(frames - from < BLOCK ? frames - from : BLOCK));
    return status;
}

static enum limber_status write_silence(const struct limber_speech_writer *writer, int64_t frames)
{
    static const float silence[BLOCK];
    enum limber_status status = LIMBER_OK;
    for (; status == LIMBER_OK && frames > 0; frames -= BLOCK)
        status = writer->write(writer->context, silence, (size_t)(frames < BLOCK ? frames : BLOCK));
    return status;
}

static enum limber_status write_converted(const struct limber_speech_writer *writer,
                                          const struct soundread_pcm *pcm, uint32_t rate_hz)
{
    soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    size_t length = (size_t)((pcm->frames * rate_hz + pcm->rate_hz / 2) / pcm->rate_hz);
    size_t read = 0, written = 0;
    float *out = malloc((length + 1) * sizeof *out);
    if (!out)
        return LIMBER_NO_MEMORY;
    soxr_error_t error = soxr_oneshot(pcm->rate_hz, rate_hz, 1, pcm->samples, (size_t)pcm->frames,
                                      &read, out, length, &written, &io, &quality, &runtime);
    enum limber_status status = LIMBER_FAILED;
    if (!error) {
        for (; written < length; written++) /* a rounding's worth short */
            out[written] = 0;
        status = write_all(writer, out, (int64_t)length);
    }
    free(out);
    return status;
}

/* Brings the clips to one level. */
static void even_out(struct join *join)
{
    double levels[PARTS_MOST];
    float peaks[PARTS_MOST], gains[PARTS_MOST];
    for (size_t i = 0; i < join->count; i++) {
        levels[i] = level_of(&join->pieces[i].pcm);
        peaks[i] = peak_of(&join->pieces[i].pcm);
    }
    level_gains(levels, peaks, join->count, gains);
    for (size_t i = 0; i < join->count; i++)
        for (int64_t k = 0; k < join->pieces[i].pcm.frames; k++)
            join->pieces[i].pcm.samples[k] *= gains[i];
}

enum limber_status join_write(struct join *join, const struct limber_speech_writer *writer)
{
    even_out(join);
    uint32_t rate_hz = 0;
    for (size_t i = 0; i < join->count; i++)
        if (join->pieces[i].pcm.rate_hz > rate_hz)
            rate_hz = join->pieces[i].pcm.rate_hz;
    enum limber_status status = writer->format(writer->context, rate_hz);
    for (size_t i = 0; status == LIMBER_OK && i < join->count; i++) {
        const struct piece *piece = &join->pieces[i];
        if (i > 0) {
            int gap_ms = join->pieces[i - 1].ends ? JOIN_SENTENCE_MS : JOIN_PART_MS;
            status = write_silence(writer, (int64_t)rate_hz * gap_ms / 1000);
        }
        if (status == LIMBER_OK)
            status = piece->pcm.rate_hz == rate_hz
                         ? write_all(writer, piece->pcm.samples, piece->pcm.frames)
                         : write_converted(writer, &piece->pcm, rate_hz);
    }
    return status;
}

/* --- one clip as it is --- */

struct copy {
    const struct limber_speech_writer *to;
    float peak;
};

static enum limber_status copy_format(void *context, uint32_t rate_hz)
{
    const struct copy *copy = context;
    return copy->to->format(copy->to->context, rate_hz);
}

static enum limber_status copy_write(void *context, const float *samples, size_t count)
{
    struct copy *copy = context;
    for (size_t i = 0; i < count; i++)
        copy->peak = fmaxf(copy->peak, fabsf(samples[i]));
    return copy->to->write(copy->to->context, samples, count);
}

enum limber_status join_copy(const char *path, const struct limber_speech_writer *writer,
                             bool *heard, char *reason, size_t size)
{
    struct copy copy = {.to = writer};
    const struct limber_speech_writer through = {
        .size = sizeof through, .context = &copy, .format = copy_format, .write = copy_write};
    enum limber_status status = soundread_stream(path, READ_FLAGS, &through, reason, size);
    *heard = copy.peak >= AUDIBLE_PEAK;
    return status;
}
