/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a program wrote instead of speech, and sound files of packs and themes: no crash, no leak,
 * bounded time and size; what is handed over are finite numbers, and a refusal has words. The first
 * byte says which. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/soundread.h"
#include "speech-command/command.h"

#define TAKEN_MOST 10000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Decoders that leak over a broken file are not ours to mend. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libsndfile\nleak:libvorbis\nleak:libopus\nleak:libFLAC\nleak:libmpg123\n";
}

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "violated: %s\n", what);
    abort();
}

/* --- the host's writer --- */

struct taken {
    bool begun;
    uint64_t samples;
};

static enum limber_status take_format(void *context, uint32_t rate_hz)
{
    struct taken *taken = context;
    require(!taken->begun && rate_hz >= 8000 && rate_hz <= 192000, "it begins once, at a rate");
    taken->begun = true;
    return LIMBER_OK;
}

static enum limber_status take_samples(void *context, const float *samples, size_t count)
{
    struct taken *taken = context;
    require(taken->begun, "it begins before it goes on");
    for (size_t i = 0; i < count; i++)
        require(isfinite(samples[i]), "samples are numbers");
    taken->samples += count;
    return taken->samples < TAKEN_MOST ? LIMBER_OK : LIMBER_LIMIT;
}

/* --- the readers --- */

static void check(enum limber_status status, const char *reason, const struct taken *taken)
{
    require(status == LIMBER_OK || status == LIMBER_LIMIT || *reason, "a refusal has words");
    require(status != LIMBER_OK || taken->samples > 0, "a sound has samples");
}

static void read_program(int fd, unsigned which)
{
    static const struct sound_format formats[] = {{0},
                                                  {0},
                                                  {0},
                                                  {"s16", 22050, 1},
                                                  {"f32", 16000, 2},
                                                  {"s24", 8000, 8},
                                                  {"f64", 48000, 1},
                                                  {"alaw", 8000, 1}};
    struct taken taken = {0};
    const struct limber_speech_writer writer = {
        .size = sizeof writer, .context = &taken, .format = take_format, .write = take_samples};
    char reason[256] = "";
    check(sound_deliver(fd, &formats[which % 8], &writer, reason, sizeof reason), reason, &taken);
}

static void read_file(const char *path, unsigned which)
{
    unsigned flags = which % 2 ? SOUNDREAD_WHOLE : 0;
    struct taken taken = {0};
    const struct limber_speech_writer writer = {
        .size = sizeof writer, .context = &taken, .format = take_format, .write = take_samples};
    char reason[256] = "";
    check(soundread_stream(path, flags, &writer, reason, sizeof reason), reason, &taken);
    soundread_length_ms(path);
    struct soundread_pcm pcm = {0};
    reason[0] = '\0';
    enum limber_status status =
        soundread_file(path, 1 + which / 2 % 2, flags, &pcm, reason, sizeof reason);
    require((status == LIMBER_OK) == (pcm.samples != NULL), "a sound, or none");
    require(status == LIMBER_OK || *reason, "a refusal has words");
    if (status == LIMBER_OK) {
        require(pcm.frames > 0 && pcm.channels >= 1 && pcm.channels <= 2, "it is a sound");
        require(pcm.loop_end >= 0 && pcm.loop_end <= pcm.frames, "a loop is inside");
        require(!pcm.loop_end || pcm.loop_start < pcm.loop_end, "a loop has a length");
        for (int64_t i = 0; i < pcm.frames * pcm.channels; i++)
            require(isfinite(pcm.samples[i]), "samples are numbers");
    }
    free(pcm.samples);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    if (size < 1)
        return 0;
    int fd = memfd_create("sound", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)size - 1, "memory");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (data[0] & 1)
        read_program(fd, data[0] >> 1);
    else
        read_file(path, data[0] >> 1);
    close(fd);
    return 0;
}

#include "replay.h"
