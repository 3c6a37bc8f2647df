/* SPDX-License-Identifier: GPL-3.0-or-later */
/* take.c: one recorded sentence. Levels are those of frames of 10 ms. */
#include "studio/take.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio/process.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "plugin/call.h"
#include "plugin/threadcheck.h"

#define FRAME_MS       10
#define FADE_NS        (5 * NSEC_PER_MSEC)
#define HEARD_DB       (-60.0) /* quieter than this is nothing */
#define FULL_SCALE     0.9985f
#define FLAT_RUN       6 /* equal samples near the peak: cut off before it was turned down */
#define FULL_RUN       3
#define PROBLEM_QUIET  (-45.0) /* LUFS */
#define PROBLEM_CLIPS  8       /* samples */
#define PROBLEM_DIRECT 25.0    /* dB between speech and noise */

/* --- levels --- */

static double db_of(double level)
{
    return level > 0 ? 20 * log10(level) : -INFINITY;
}

static double sane(float sample)
{
    return isfinite(sample) ? sample : 0;
}

struct levels {
    double *db;          /* of each frame, RMS without DC */
    size_t count, frame; /* frame: samples */
    double speech_db, noise_db, dc;
    size_t first, last; /* frames that are heard; first == count: none */
};

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The offset that is there all the time: the middle of the means of every 20 ms. The mean of all
 * would be shifted by words, whose waves are seldom even. */
static double offset_of(const float *samples, size_t count, uint32_t rate_hz)
{
    size_t size = rate_hz / 50, blocks = (count + size - 1) / size;
    double *means = xcalloc(blocks + 1, sizeof *means);
    for (size_t i = 0; i < blocks; i++) {
        size_t from = i * size, to = from + size < count ? from + size : count;
        for (size_t k = from; k < to; k++)
            means[i] += sane(samples[k]) / (double)(to - from);
    }
    qsort(means, blocks, sizeof *means, by_value);
    double middle = blocks ? means[blocks / 2] : 0;
    free(means);
    return middle;
}

static void find_heard(struct levels *levels)
{
    /* Noise that is nearly as loud as the words cannot be told from them: better too much. */
    double threshold = fmin(levels->noise_db + 8, levels->speech_db - 25);
    threshold = fmax(threshold, levels->speech_db - 40);
    levels->first = levels->count;
    if (levels->speech_db < HEARD_DB)
        return;
    for (size_t i = 0; i < levels->count; i++) {
        if (levels->db[i] < threshold)
            continue;
        if (levels->first == levels->count)
            levels->first = i;
        levels->last = i;
    }
}

/* The frames of a take; free levels.db. */
static struct levels levels_of(const float *samples, size_t count, uint32_t rate_hz)
{
    struct levels levels = {.frame = rate_hz * FRAME_MS / 1000,
                            .dc = offset_of(samples, count, rate_hz)};
    levels.count = (count + levels.frame - 1) / levels.frame;
    levels.db = xcalloc(2 * levels.count + 1, sizeof *levels.db);
    for (size_t i = 0; i < levels.count; i++) {
        size_t from = i * levels.frame;
        size_t size = count - from < levels.frame ? count - from : levels.frame;
        double energy = 0;
        for (size_t k = from; k < from + size; k++)
            energy += (sane(samples[k]) - levels.dc) * (sane(samples[k]) - levels.dc);
        levels.db[i] = db_of(sqrt(energy / (double)size));
    }
    if (levels.count == 0)
        return levels;
    double *sorted = levels.db + levels.count;
    memcpy(sorted, levels.db, levels.count * sizeof *sorted);
    qsort(sorted, levels.count, sizeof *sorted, by_value);
    levels.noise_db = sorted[levels.count / 20];
    levels.speech_db = sorted[(levels.count - 1) * 9 / 10];
    find_heard(&levels);
    return levels;
}

static size_t run_at(const float *samples, size_t count, size_t at)
{
    size_t run = 1;
    while (at + run < count && samples[at + run] == samples[at])
        run++;
    return run;
}

static size_t count_clipped(const float *samples, size_t count, float peak)
{
    size_t clipped = 0;
    for (size_t i = 0; i < count;) {
        float level = fabsf(samples[i]);
        size_t run = level >= 0.98f * peak ? run_at(samples, count, i) : 1;
        if (level >= FULL_SCALE)
            while (i + run < count && samples[i + run] * samples[i] > 0 &&
                   fabsf(samples[i + run]) >= FULL_SCALE)
                run++;
        if (run >= FLAT_RUN || (run >= FULL_RUN && level >= FULL_SCALE))
            clipped += peak > 0.01f ? run : 0;
        i += run;
    }
    return clipped;
}

struct take_measure take_measure(const float *samples, size_t count, uint32_t rate_hz)
{
    struct take_measure measure = {.length_ns = ns_from_frames((frames)count, rate_hz),
                                   .peak_db = -INFINITY,
                                   .lufs = -INFINITY,
                                   .noise_db = -INFINITY,
                                   .silent = true};
    float peak = 0;
    for (size_t i = 0; i < count; i++)
        peak = fmaxf(peak, (float)fabs(sane(samples[i])));
    if (peak == 0)
        return measure;
    struct levels levels = levels_of(samples, count, rate_hz);
    measure.peak_db = db_of(peak);
    measure.lufs = process_loudness(samples, (frames)count, 1, rate_hz);
    measure.noise_db = levels.noise_db;
    measure.dc = levels.dc;
    measure.clipped = count_clipped(samples, count, peak);
    measure.silent = levels.first == levels.count;
    if (!measure.silent) {
        size_t end = (levels.last + 1) * levels.frame;
        end = end < count ? end : count;
        measure.lead_ns = ns_from_frames((frames)(levels.first * levels.frame), rate_hz);
        measure.tail_ns = ns_from_frames((frames)(count - end), rate_hz);
    }
    free(levels.db);
    return measure;
}

const char *take_problem(const struct take_measure *measure)
{
    if (measure->silent)
        return "nothing is heard: is the microphone switched on, and the right one?";
    if (measure->clipped >= PROBLEM_CLIPS)
        return "too loud, it is clipped: turn the microphone down, or move away from it";
    if (measure->lufs < PROBLEM_QUIET)
        return "very quiet: turn the microphone up, or come closer";
    if (measure->noise_db > measure->lufs - PROBLEM_DIRECT)
        return "noisy: find a quieter room, or come closer to the microphone";
    return NULL;
}

/* --- trimming --- */

static void fade_ends(float *samples, size_t count, uint32_t rate_hz)
{
    size_t fade = (size_t)frames_from_ns(FADE_NS, rate_hz);
    fade = fade > count / 2 ? count / 2 : fade;
    for (size_t i = 0; i < fade; i++) {
        float gain = (float)(i + 1) / (float)(fade + 1);
        samples[i] *= gain;
        samples[count - 1 - i] *= gain;
    }
}

size_t take_trim(float *samples, size_t count, uint32_t rate_hz)
{
    if (count == 0)
        return 0;
    struct levels levels = levels_of(samples, count, rate_hz);
    bool silent = levels.first == levels.count;
    size_t before = (size_t)frames_from_ns(TAKE_BEFORE_NS, rate_hz);
    size_t after = (size_t)frames_from_ns(TAKE_AFTER_NS, rate_hz);
    size_t from = silent ? 0 : levels.first * levels.frame;
    size_t to = silent ? 0 : (levels.last + 1) * levels.frame + after;
    from = from > before ? from - before : 0;
    to = to < count ? to : count;
    for (size_t i = from; i < to; i++)
        samples[i - from] = (float)(sane(samples[i]) - levels.dc);
    fade_ends(samples, to - from, rate_hz);
    free(levels.db);
    return to - from;
}

void take_smooth(float *samples, size_t count, uint32_t rate_hz)
{
    double dc = offset_of(samples, count, rate_hz);
    for (size_t i = 0; i < count; i++)
        samples[i] = (float)(sane(samples[i]) - dc);
    fade_ends(samples, count, rate_hz);
}

/* --- writing --- */

#define WRITE_CHUNK 65536

struct writing {
    struct plugin_instance *output;
    const struct limber_output_request *request;
    const float *samples;
    enum limber_status status;
};

/* Outputs are driven by a worker thread. */
static void *write_all(void *context)
{
    struct writing *writing = context;
    threadcheck_set(THREAD_WORKER);
    struct limber_output_stream agreed = {.size = sizeof agreed};
    writing->status = call_output_open(writing->output, writing->request, NULL, &agreed);
    if (writing->status != LIMBER_OK)
        return NULL;
    int64_t total = writing->request->total_frames;
    for (int64_t at = 0; at < total && writing->status == LIMBER_OK; at += WRITE_CHUNK) {
        int64_t count = total - at < WRITE_CHUNK ? total - at : WRITE_CHUNK;
        writing->status = call_output_write(writing->output, writing->samples + at, count);
    }
    enum limber_status closed = call_output_close(writing->output, writing->status == LIMBER_OK);
    if (writing->status == LIMBER_OK)
        writing->status = closed;
    return NULL;
}

static enum limber_status sync_path(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return LIMBER_IO;
    int done = fsync(fd);
    close(fd);
    return done == 0 ? LIMBER_OK : LIMBER_IO;
}

static enum limber_status make_durable(const char *path)
{
    struct arena *arena = arena_new();
    enum limber_status status = sync_path(path);
    if (status == LIMBER_OK)
        status = sync_path(file_folder(arena, path));
    arena_destroy(arena);
    return status;
}

static enum limber_status make_folder(const char *path)
{
    struct arena *arena = arena_new();
    enum limber_status status = file_make_folders(file_folder(arena, path));
    arena_destroy(arena);
    return status;
}

static struct plugin_instance *open_output(struct registry *registry, int bits, char **error)
{
    if (registry_set(registry, "out-file", "format", bits == 16 ? "s16" : "s24", error) !=
        LIMBER_OK)
        return NULL;
    return registry_create(registry, "out-file", error);
}

enum limber_status take_write(struct registry *registry, const char *path, const float *samples,
                              size_t count, uint32_t rate_hz, int bits, char **error)
{
    const struct limber_output_request request = {.size = sizeof request,
                                                  .rate_hz = rate_hz,
                                                  .channels = 1,
                                                  .target = path,
                                                  .total_frames = (int64_t)count};
    struct writing writing = {.request = &request, .samples = samples};
    *error = NULL;
    writing.output = open_output(registry, bits, error);
    if (!writing.output)
        return LIMBER_NOT_FOUND;
    pthread_t thread;
    writing.status = make_folder(path);
    if (writing.status == LIMBER_OK) {
        if (pthread_create(&thread, NULL, write_all, &writing) == 0)
            pthread_join(thread, NULL);
        else
            writing.status = LIMBER_NO_MEMORY;
    }
    plugin_instance_destroy(registry, writing.output);
    if (writing.status == LIMBER_OK)
        writing.status = make_durable(path);
    if (writing.status != LIMBER_OK) {
        struct str why = {0};
        str_printf(&why, "%s could not be written: %s", path, status_text(writing.status));
        *error = str_steal(&why);
    }
    return writing.status;
}
