/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.c: writes what the virtual device has played, as raw float32. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "outnull.h"

int outnull_capture_open(struct outnull_capture *capture, const char *name, bool go_on,
                         uint32_t channels, int64_t latency_frames, int64_t room_frames)
{
    memset(capture, 0, sizeof *capture);
    if (!name || !*name)
        return 0;
    capture->channels = channels;
    capture->latency_frames = latency_frames;
    capture->held = calloc((size_t)(latency_frames + room_frames) * channels, sizeof(float));
    if (!capture->held)
        return ENOMEM;
    capture->file = fopen(name, go_on ? "abe" : "wbe");
    if (!capture->file) {
        int error = errno;
        free(capture->held);
        capture->held = NULL;
        return error;
    }
    setvbuf(capture->file, NULL, _IONBF, 0); /* what was played is there, whatever comes */
    return 0;
}

static void put(struct outnull_capture *capture, int64_t frames)
{
    size_t count = (size_t)frames * capture->channels;
    if (fwrite(capture->held, sizeof(float), count, capture->file) != count && !capture->error)
        capture->error = errno ? errno : EIO;
    capture->held_frames -= frames;
    memmove(capture->held, capture->held + count,
            (size_t)capture->held_frames * capture->channels * sizeof(float));
}

void outnull_capture_take(struct outnull_capture *capture, const float *samples, int64_t frames)
{
    if (!capture->file)
        return;
    memcpy(capture->held + capture->held_frames * capture->channels, samples,
           (size_t)frames * capture->channels * sizeof(float));
    capture->held_frames += frames;
    if (capture->held_frames > capture->latency_frames)
        put(capture, capture->held_frames - capture->latency_frames);
}

int outnull_capture_close(struct outnull_capture *capture, bool heard)
{
    if (!capture->file)
        return 0;
    if (heard && capture->held_frames > 0)
        put(capture, capture->held_frames);
    if (fclose(capture->file) != 0 && !capture->error)
        capture->error = errno;
    capture->file = NULL;
    free(capture->held);
    capture->held = NULL;
    return capture->error;
}
