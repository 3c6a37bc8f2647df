/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deliver.c: hands samples to the host at the session's rate. */
#include <math.h>
#include <soxr.h>
#include <string.h>

#include "soundfile.h"

#define BLOCK 4096

static enum limber_status plain(const struct soundread_pcm *pcm,
                                const struct limber_sound_writer *writer)
{
    enum limber_status status = LIMBER_OK;
    for (int64_t from = 0; status == LIMBER_OK && from < pcm->frames; from += BLOCK)
        status = writer->write(writer->context, pcm->samples + from * pcm->channels,
                               pcm->frames - from < BLOCK ? pcm->frames - from : BLOCK);
    return status;
}

struct feed {
    const struct soundread_pcm *pcm;
    int64_t from, left; /* next frame (modulo the loop); frames still to be fed */
    int64_t skip, wanted;
};

/* Up to BLOCK frames that follow each other in memory. */
static size_t next_run(struct feed *feed, const float **samples)
{
    int64_t place = feed->from % feed->pcm->frames;
    int64_t count = feed->pcm->frames - place;
    if (count > feed->left)
        count = feed->left;
    if (count > BLOCK)
        count = BLOCK;
    *samples = feed->pcm->samples + place * feed->pcm->channels;
    return (size_t)count;
}

/* Passes on the `count` frames of `out`, less those to be skipped and those too many. */
static enum limber_status pass(struct feed *feed, const float *out, int64_t count,
                               const struct limber_sound_writer *writer)
{
    int64_t skip = feed->skip < count ? feed->skip : count;
    feed->skip -= skip;
    count -= skip;
    if (count > feed->wanted)
        count = feed->wanted;
    feed->wanted -= count;
    if (count == 0)
        return LIMBER_OK;
    return writer->write(writer->context, out + skip * feed->pcm->channels, count);
}

static enum limber_status convert(soxr_t soxr, struct feed *feed,
                                  const struct limber_sound_writer *writer)
{
    float out[2 * BLOCK];
    enum limber_status status = LIMBER_OK;
    while (status == LIMBER_OK && feed->wanted > 0) {
        const float *in = NULL;
        size_t count = feed->left > 0 ? next_run(feed, &in) : 0, used = 0, made = 0;
        if (soxr_process(soxr, feed->left > 0 ? in : NULL, count, &used, out, BLOCK, &made))
            return LIMBER_FAILED;
        if (feed->left == 0 && made == 0) { /* a rounding's worth short */
            memset(out, 0, sizeof out);
            made = 1;
        }
        feed->from += (int64_t)used;
        feed->left -= (int64_t)used;
        status = pass(feed, out, (int64_t)made, writer);
    }
    return status;
}

enum limber_status soundfile_deliver(const struct soundread_pcm *pcm, uint32_t rate_hz, bool loop,
                                     const struct limber_sound_writer *writer)
{
    if (pcm->rate_hz == rate_hz)
        return plain(pcm, writer);
    int64_t length = (2 * pcm->frames * rate_hz + pcm->rate_hz) / (2 * (int64_t)pcm->rate_hz);
    if (length < 1)
        length = 1;
    struct feed feed = {.pcm = pcm, .left = pcm->frames, .wanted = length};
    double from_hz = pcm->rate_hz, to_hz = rate_hz;
    if (loop) {
        /* The loop gets a whole number of frames by a change of pitch far below a cent; the filter
         * runs in over the loop's end and runs out over its beginning. */
        int64_t margin = pcm->rate_hz / 10;
        from_hz = (double)pcm->frames;
        to_hz = (double)length;
        feed.from = pcm->frames - margin % pcm->frames;
        feed.left = pcm->frames + 2 * margin;
        feed.skip = (2 * margin * length + pcm->frames) / (2 * pcm->frames);
    }
    soxr_error_t error = NULL;
    soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    soxr_t soxr = soxr_create(from_hz, to_hz, pcm->channels, &error, &io, &quality, &runtime);
    if (!soxr || error) {
        soxr_delete(soxr);
        return LIMBER_FAILED;
    }
    enum limber_status status = convert(soxr, &feed, writer);
    soxr_delete(soxr);
    return status;
}
