/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clip.c: clips in memory and in files. */
#include "audio/clip.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "audio/process.h"
#include "base/arena.h"
#include "base/hash.h"

#define MAGIC       "LMBRCLP1"
#define VERSION     2
#define MAX_RATE_HZ 768000
#define MAX_SAMPLE  1000.0f /* 60 dB over full scale: nobody means more */

struct stored {
    char magic[8];
    uint32_t version; /* tells the byte order as well */
    uint32_t rate_hz;
    uint32_t channels;
    uint32_t header_check; /* of the header with this field 0 */
    int64_t length;
    int64_t lead;
    float peak;
    uint32_t reserved[3]; /* 0 */
    uint64_t samples_check;
};
_Static_assert(sizeof(struct stored) == 64, "the header has 64 bytes");

/* No NaN, no infinity, nothing absurd: the mixer relies on it. Returns the peak. */
static float clean(float *samples, size_t count)
{
    float peak = 0;

    for (size_t i = 0; i < count; i++) {
        float level = fabsf(samples[i]);
        if (!(level <= MAX_SAMPLE)) {
            samples[i] = isnan(level) ? 0 : copysignf(MAX_SAMPLE, samples[i]);
            level = fabsf(samples[i]);
        }
        if (level > peak)
            peak = level;
    }
    return peak;
}

double clip_loudness(const struct clip *clip)
{
    return process_loudness(clip->samples, clip->length, clip->channels, clip->rate_hz);
}

struct clip *clip_adopt(float *samples, frames length, uint32_t channels, uint32_t rate_hz)
{
    struct clip *clip = xcalloc(1, sizeof *clip);

    clip->samples = samples;
    clip->length = length;
    clip->channels = channels;
    clip->rate_hz = rate_hz;
    clip->peak = clean(samples, (size_t)length * channels);
    return clip;
}

struct clip *clip_new(const float *samples, frames length, uint32_t channels, uint32_t rate_hz)
{
    size_t size = (size_t)length * channels * sizeof(float);
    float *copy = xmalloc(size ? size : 1);

    if (size)
        memcpy(copy, samples, size);
    return clip_adopt(copy, length, channels, rate_hz);
}

void clip_destroy(struct clip *clip)
{
    if (!clip)
        return;
    if (clip->mapping)
        munmap(clip->mapping, clip->mapping_size);
    else
        free((void *)(uintptr_t)clip->samples);
    free(clip);
}

static uint32_t header_check(const struct stored *header)
{
    struct stored copy = *header;

    copy.header_check = 0;
    return (uint32_t)checksum_64(&copy, sizeof copy);
}

static enum limber_status write_all(int fd, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        ssize_t written = write(fd, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return LIMBER_IO;
        at += written;
        size -= (size_t)written;
    }
    return LIMBER_OK;
}

enum limber_status clip_write_fd(const struct clip *clip, int fd)
{
    size_t size = (size_t)clip->length * clip->channels * sizeof(float);
    struct stored header = {.magic = MAGIC,
                            .version = VERSION,
                            .rate_hz = clip->rate_hz,
                            .channels = clip->channels,
                            .length = clip->length,
                            .lead = clip->lead,
                            .peak = clip->peak,
                            .samples_check = checksum_64(clip->samples, size)};
    enum limber_status status;

    header.header_check = header_check(&header);
    status = write_all(fd, &header, sizeof header);
    return status == LIMBER_OK ? write_all(fd, clip->samples, size) : status;
}

/* Whether the header is whole and belongs to a file of this size. */
static bool sound_header(const struct stored *header, size_t file_size)
{
    size_t data_size = file_size - sizeof *header;

    if (memcmp(header->magic, MAGIC, sizeof header->magic) != 0 || header->version != VERSION ||
        header->header_check != header_check(header))
        return false;
    if (header->channels < 1 || header->channels > 2 || header->rate_hz < 1 ||
        header->rate_hz > MAX_RATE_HZ || header->length < 0 || header->lead < 0)
        return false;
    if (!(header->peak >= 0 && header->peak <= MAX_SAMPLE))
        return false;
    return data_size % (header->channels * sizeof(float)) == 0 &&
           (uint64_t)header->length == data_size / (header->channels * sizeof(float));
}

enum limber_status clip_map_fd(int fd, struct clip **clip)
{
    struct stat info;
    enum limber_status status = LIMBER_INVALID;

    *clip = NULL;
    if (fstat(fd, &info) != 0)
        return LIMBER_IO;
    if (!S_ISREG(info.st_mode) || info.st_size < (off_t)sizeof(struct stored))
        return LIMBER_INVALID;
    size_t size = (size_t)info.st_size;
    void *mapping = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (mapping == MAP_FAILED)
        return errno == ENOMEM ? LIMBER_NO_MEMORY : LIMBER_IO;

    const struct stored *header = mapping;
    const float *samples = (const float *)(header + 1);
    if (!sound_header(header, size) ||
        header->samples_check != checksum_64(samples, size - sizeof *header))
        goto out;
    *clip = xcalloc(1, sizeof **clip);
    **clip = (struct clip){.samples = samples,
                           .length = header->length,
                           .channels = header->channels,
                           .rate_hz = header->rate_hz,
                           .lead = header->lead,
                           .peak = header->peak,
                           .mapping = mapping,
                           .mapping_size = size};
    mapping = NULL;
    clip_release_pages(*clip);
    status = LIMBER_OK;
out:
    if (mapping)
        munmap(mapping, size);
    return status;
}

void clip_release_pages(const struct clip *clip)
{
    if (clip->mapping)
        madvise(clip->mapping, clip->mapping_size, MADV_DONTNEED);
}
