/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clips in memory and in files, whole and damaged. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio/clip.h"
#include "base/hash.h"
#include "base/prng.h"

static int file_of(const void *data, size_t size)
{
    int fd = memfd_create("clip", 0);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, size), size);
    return fd;
}

static struct clip *noise(frames length, uint32_t channels)
{
    struct prng random = prng_new(7);
    float *samples = malloc(((size_t)length * channels + 1) * sizeof *samples);
    for (frames i = 0; i < length * channels; i++)
        samples[i] = 0.5f * prng_float(&random);
    struct clip *clip = clip_new(samples, length, channels, 48000);
    free(samples);
    return clip;
}

static enum limber_status map_bytes(const void *data, size_t size, struct clip **clip)
{
    int fd = file_of(data, size);
    enum limber_status status = clip_map_fd(fd, clip);
    close(fd);
    return status;
}

static unsigned char *stored(const struct clip *clip, size_t *size)
{
    int fd = memfd_create("clip", 0);
    assert_int_equal(clip_write_fd(clip, fd), LIMBER_OK);
    *size = (size_t)lseek(fd, 0, SEEK_END);
    unsigned char *bytes = malloc(*size);
    assert_int_equal(pread(fd, bytes, *size, 0), *size);
    close(fd);
    return bytes;
}

static void measures(void **state)
{
    float samples[] = {0.1f, -0.7f, 0.3f, 0.2f};
    struct clip *clip = clip_new(samples, 2, 2, 44100);
    assert_int_equal(clip->length, 2);
    assert_int_equal(clip->channels, 2);
    assert_int_equal(clip->rate_hz, 44100);
    assert_true(clip->peak == 0.7f);
    assert_memory_equal(clip->samples, samples, sizeof samples);
    clip_release_pages(clip);
    clip_destroy(clip);
    clip_destroy(NULL);
}

static void cleans(void **state)
{
    float samples[] = {NAN, INFINITY, -INFINITY, 1e30f, 0.5f};
    struct clip *clip = clip_new(samples, 5, 1, 48000);
    assert_true(clip->samples[0] == 0);
    assert_true(clip->samples[1] == 1000 && clip->samples[2] == -1000 && clip->samples[3] == 1000);
    assert_true(clip->samples[4] == 0.5f);
    clip_destroy(clip);
}

static void round_trip(void **state)
{
    static const frames lengths[] = {0, 1, 1000, 100000};
    for (size_t i = 0; i < 4; i++)
        for (uint32_t channels = 1; channels <= 2; channels++) {
            struct clip *clip = noise(lengths[i], channels), *copy = NULL;
            size_t size = 0;
            clip->lead = lengths[i] / 3;
            unsigned char *bytes = stored(clip, &size);
            assert_int_equal(size, 64 + (size_t)lengths[i] * channels * 4);
            assert_memory_equal(bytes, "LMBRCLP1", 8);
            assert_int_equal(map_bytes(bytes, size, &copy), LIMBER_OK);
            assert_int_equal(copy->length, clip->length);
            assert_int_equal(copy->lead, clip->lead);
            assert_int_equal(copy->channels, channels);
            assert_true(copy->peak == clip->peak && clip_loudness(copy) == clip_loudness(clip));
            assert_memory_equal(copy->samples, clip->samples, size - 64);
            clip_release_pages(copy);
            assert_memory_equal(copy->samples, clip->samples, size - 64);
            clip_destroy(copy);
            clip_destroy(clip);
            free(bytes);
        }
}

static void every_damaged_byte_is_found(void **state)
{
    struct clip *clip = noise(500, 1), *copy = NULL;
    size_t size = 0;
    unsigned char *bytes = stored(clip, &size);
    for (size_t i = 0; i < size; i++)
        for (int bit = 0; bit < 8; bit += i < 64 ? 1 : 7) {
            bytes[i] ^= (unsigned char)(1 << bit);
            assert_int_equal(map_bytes(bytes, size, &copy), LIMBER_INVALID);
            assert_null(copy);
            bytes[i] ^= (unsigned char)(1 << bit);
        }
    for (size_t cut = 0; cut < size; cut += cut < 80 ? 1 : 61)
        assert_int_equal(map_bytes(bytes, cut, &copy), LIMBER_INVALID);
    unsigned char *longer = calloc(1, size + 4);
    memcpy(longer, bytes, size);
    assert_int_equal(map_bytes(longer, size + 4, &copy), LIMBER_INVALID);
    assert_int_equal(map_bytes(bytes, size, &copy), LIMBER_OK);
    clip_destroy(copy);
    free(longer);
    free(bytes);
    clip_destroy(clip);
}

/* Headers with a right checksum and wrong values: whoever can write the cache can make those. */
static void hostile_headers_do_not_get_through(void **state)
{
    struct clip *clip = noise(500, 2), *copy = NULL;
    struct prng random = prng_new(11);
    size_t size = 0;
    unsigned char *bytes = stored(clip, &size);
    static const uint64_t values[] = {0,          1,          3,          0x7fffffff, 0xffffffff,
                                      1ull << 61, 1ull << 62, 1ull << 63, UINT64_MAX};
    for (int run = 0; run < 20000; run++) {
        unsigned char forged[64 + 4000];
        memcpy(forged, bytes, size);
        size_t at = 8 + 4 * prng_below(&random, 11);
        uint64_t value =
            prng_below(&random, 2) ? values[prng_below(&random, 9)] : prng_next(&random);
        memcpy(forged + at, &value, prng_below(&random, 2) ? 4 : 8);
        memset(forged + 20, 0, 4);
        uint32_t check = (uint32_t)checksum_64(forged, 64);
        memcpy(forged + 20, &check, 4);
        if (map_bytes(forged, size, &copy) == LIMBER_OK) {
            assert_int_equal((size_t)copy->length * copy->channels * 4, size - 64);
            assert_true(copy->peak >= 0 && copy->lead >= 0 && copy->rate_hz > 0);
            clip_destroy(copy);
        }
    }
    free(bytes);
    clip_destroy(clip);
}

static void not_a_file(void **state)
{
    int pipes[2];
    struct clip *clip = NULL;
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(clip_map_fd(pipes[0], &clip), LIMBER_INVALID);
    close(pipes[0]);
    close(pipes[1]);
    assert_int_equal(clip_map_fd(-1, &clip), LIMBER_IO);
    clip = noise(10, 1);
    assert_int_equal(clip_write_fd(clip, -1), LIMBER_IO);
    clip_destroy(clip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures),
        cmocka_unit_test(cleans),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(every_damaged_byte_is_found),
        cmocka_unit_test(hostile_headers_do_not_get_through),
        cmocka_unit_test(not_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
