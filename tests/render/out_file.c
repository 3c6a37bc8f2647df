/* SPDX-License-Identifier: GPL-3.0-or-later */
/* out-file: what is written, under which name, and what is left when it cannot be. */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sndfile.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fakehost.h"

extern const struct limber_plugin_entry limber_builtin_out_file;

static char folder[256];

static const char *path(const char *name)
{
    static char text[4][512];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(text[turn], sizeof text[turn], "%s/%s", folder, name);
    return text[turn];
}

static int files_in(const char *where)
{
    int count = 0;
    DIR *dir = opendir(where);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));)
        count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(dir);
    return count;
}

static int make_folder(void **state)
{
    snprintf(folder, sizeof folder, "%s/outfile-XXXXXX", BINARY_DIR);
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        unlink(path(e->d_name));
    if (dir)
        closedir(dir);
    return rmdir(folder);
}

/* A second of falling tone, a second of silence, and some samples beyond full scale. */
static float *signal_of(int64_t frames, uint32_t channels)
{
    float *samples = calloc((size_t)frames * channels, sizeof *samples);
    assert_non_null(samples);
    for (int64_t i = 0; i < frames; i++)
        for (uint32_t c = 0; c < channels; c++)
            if (i % 96000 < 48000)
                samples[i * channels + c] = 0.4f * sinf((float)(i % 96000) * (0.05f + 0.01f * c));
    return samples;
}

static enum limber_status render(struct fake_host *fake, const char *target, uint32_t channels,
                                 uint32_t rate_hz, const float *samples, int64_t frames,
                                 int64_t block)
{
    const struct limber_output *output = fake_output(fake);
    struct limber_output_chapter chapters[] = {{0, "Warm-up"}, {24000, "Child’s pose"}};
    struct limber_output_request request = {.size = sizeof request,
                                            .rate_hz = rate_hz,
                                            .channels = channels,
                                            .target = target,
                                            .title = "A title",
                                            .chapters = chapters,
                                            .chapter_count = 2,
                                            .total_frames = frames};
    struct limber_output_stream stream = {0};
    enum limber_status status = output->open(fake->instance, &request, NULL, &stream);
    if (status == LIMBER_OK) {
        assert_int_equal(stream.channels, channels);
        assert_int_equal(stream.latency_frames, 0);
        assert_int_equal(stream.drain_frames, 0);
        assert_false(stream.live);
        for (int64_t at = 0; status == LIMBER_OK && at < frames; at += block)
            status = output->write(fake->instance, samples + at * channels,
                                   frames - at < block ? frames - at : block);
        enum limber_status closed = output->close(fake->instance, status == LIMBER_OK);
        if (status == LIMBER_OK)
            status = closed;
    }
    fake_destroy(fake);
    return status;
}

static char *slurp(const char *name, size_t *size)
{
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *data = malloc(*size + 1);
    assert_int_equal(fread(data, 1, *size, file), *size);
    fclose(file);
    return data;
}

static bool contains(const char *data, size_t size, const char *text)
{
    return memmem(data, size, text, strlen(text)) != NULL;
}

static void describes_itself(void **state)
{
    fake_check_descriptor("out-file", LIMBER_OUTPUT_ID);
}

static void wav_s16_is_exact(void **state)
{
    enum { N = 300 };
    float samples[N];
    for (int i = 0; i < N; i++)
        samples[i] = (float)(i - 150) / 131072.0f; /* quarters of a step */
    samples[0] = 1.5f;
    samples[1] = -1.5f;
    samples[2] = 1.0f;
    samples[3] = -1.0f;
    samples[4] = NAN;
    samples[5] = INFINITY;
    samples[6] = 32766.5f / 32768.0f; /* a tie: to even */
    samples[7] = 32767.5f / 32768.0f;
    struct fake_host fake;
    fake_init(&fake, NULL);
    assert_int_equal(render(&fake, path("a.wav"), 1, 48000, samples, N, 7), LIMBER_OK);
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path("a.wav"), SFM_READ, &info);
    assert_non_null(file);
    assert_int_equal(info.format, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    assert_int_equal(info.frames, N);
    assert_int_equal(info.samplerate, 48000);
    int16_t got[N];
    assert_int_equal(sf_read_short(file, got, N), N);
    for (int i = 0; i < N; i++) {
        double x = isnan(samples[i]) ? 0 : (double)samples[i] * 32768;
        long want = x > 32767 ? 32767 : x < -32768 ? -32768 : lrint(x);
        assert_int_equal(got[i], want);
    }
    assert_int_equal(got[6], 32766);
    assert_int_equal(got[7], 32767);
    assert_string_equal(sf_get_string(file, SF_STR_TITLE), "A title");
    SF_CUES cues;
    memset(&cues, 0, sizeof cues);
    assert_int_equal(sf_command(file, SFC_GET_CUE, &cues, sizeof cues), SF_TRUE);
    assert_int_equal(cues.cue_count, 2);
    assert_int_equal(cues.cue_points[1].sample_offset, 24000);
    assert_string_equal(cues.cue_points[0].name, "Warm-up");
    assert_string_equal(cues.cue_points[1].name, "Child’s pose");
    sf_close(file);
    assert_int_equal(files_in(folder), 1);
}

static void other_sample_forms(void **state)
{
    static const struct {
        const char *name, *form;
        int format;
        double within;
    } all[] = {
        {"b.wav", "s24", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 0.51 / 8388608},
        {"c.wav", "float", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 0},
        {"d.flac", "auto", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 0.51 / 32768},
        {"e.flac", "s24", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 0.51 / 8388608},
    };
    int64_t frames = 100001;
    float *samples = signal_of(frames, 2), *got = malloc((size_t)frames * 2 * sizeof *got);
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        struct fake_host fake;
        fake_init(&fake, "format", all[k].form, NULL);
        assert_int_equal(render(&fake, path(all[k].name), 2, 48000, samples, frames, 1024),
                         LIMBER_OK);
        assert_int_equal(fake.log_lines, 0);
        SF_INFO info = {0};
        SNDFILE *file = sf_open(path(all[k].name), SFM_READ, &info);
        assert_non_null(file);
        assert_int_equal(info.format, all[k].format);
        assert_int_equal(info.frames, frames);
        assert_int_equal(sf_readf_float(file, got, frames), frames);
        sf_close(file);
        for (int64_t i = 0; i < 2 * frames; i++)
            if (fabs((double)got[i] - (double)samples[i]) > all[k].within)
                fail_msg("%s: sample %lld", all[k].name, (long long)i);
    }
    free(samples);
    free(got);
}

/* Correlates what an encoder kept with what went in. */
static double likeness(const float *a, const float *b, int64_t count)
{
    double ab = 0, aa = 0, bb = 0;
    for (int64_t i = 0; i < count; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return ab / sqrt(aa * bb);
}

static void encoded_formats(void **state)
{
    static const char *const names[] = {"f.ogg", "g.opus", "h.mp3", "i.oga"};
    int64_t frames = 200000;
    float *samples = signal_of(frames, 1), *got = calloc((size_t)frames + 4096, sizeof *got);
    for (size_t k = 0; k < 4; k++) {
        struct fake_host fake;
        fake_init(&fake, "quality", k % 2 ? "7.5" : NULL, NULL);
        assert_int_equal(render(&fake, path(names[k]), 1, 48000, samples, frames, 1000), LIMBER_OK);
        SF_INFO info = {0};
        SNDFILE *file = sf_open(path(names[k]), SFM_READ, &info);
        assert_non_null(file);
        sf_count_t count = sf_readf_float(file, got, frames + 4096);
        const char *title = sf_get_string(file, SF_STR_TITLE);
        assert_non_null(title);
        assert_string_equal(title, "A title");
        sf_close(file);
        assert_in_range(count, frames, frames + (k == 2 ? 2304 : 0));
        assert_true(likeness(samples, got, frames) > 0.98);
    }
    free(samples);
    free(got);
}

/* Waits until the clock's second has changed, so that anything made of the time differs. */
static void next_second(void)
{
    time_t now = time(NULL);
    while (time(NULL) == now)
        sched_yield();
}

static void same_bytes(void **state)
{
    static const char *const names[][2] = {{"1.wav", "2.wav"}, {"1.flac", "2.flac"},
                                           {"1.ogg", "2.ogg"}, {"1.opus", "2.opus"},
                                           {"1.mp3", "2.mp3"}, {"1f.wav", "2f.wav"}};
    int64_t frames = 120000;
    float *samples = signal_of(frames, 2);
    for (int turn = 0; turn < 2; turn++) {
        for (size_t k = 0; k < 6; k++) {
            struct fake_host fake;
            fake_init(&fake, "format", k == 5 ? "float" : "auto", NULL);
            assert_int_equal(
                render(&fake, path(names[k][turn]), 2, 48000, samples, frames, turn ? 1024 : 333),
                LIMBER_OK);
        }
        if (turn == 0)
            next_second();
    }
    for (size_t k = 0; k < 6; k++) {
        size_t sizes[2];
        char *one = slurp(path(names[k][0]), &sizes[0]), *two = slurp(path(names[k][1]), &sizes[1]);
        if (sizes[0] != sizes[1] || memcmp(one, two, sizes[0]) != 0)
            fail_msg("%s differs between renders", names[k][0]);
        free(one);
        free(two);
    }
    free(samples);
}

static void silence_is_a_hole(void **state)
{
    int64_t frames = 48000 * 600;
    float *samples = calloc((size_t)frames, sizeof *samples);
    for (int64_t i = 0; i < 5000; i++)
        samples[i] = samples[frames / 2 + i] = 0.25f;
    struct fake_host fake;
    fake_init(&fake, NULL);
    assert_int_equal(render(&fake, path("hole.wav"), 1, 48000, samples, frames, 1024), LIMBER_OK);
    struct stat info;
    assert_int_equal(stat(path("hole.wav"), &info), 0);
    assert_true(info.st_size > 2 * frames);
    assert_true(info.st_blocks * 512 < 100000);
    SF_INFO about = {0};
    SNDFILE *file = sf_open(path("hole.wav"), SFM_READ, &about);
    assert_int_equal(about.frames, frames);
    float *got = malloc((size_t)frames * sizeof *got);
    assert_int_equal(sf_readf_float(file, got, frames), frames);
    sf_close(file);
    assert_memory_equal(got, samples, (size_t)frames * sizeof *got);
    free(samples);
    free(got);
}

static void unknown_length_and_over_4_gib(void **state)
{
    /* 4.3 GB of float silence, in nothing but holes. */
    enum { BLOCK = 262144 };
    int64_t frames = INT64_C(540000000);
    float *samples = calloc(BLOCK * 2, sizeof *samples);
    struct limber_output_chapter chapter = {500, "Later"};
    for (int known = 0; known < 2; known++) {
        struct fake_host fake;
        fake_init(&fake, "format", "float", NULL);
        const struct limber_output *output = fake_output(&fake);
        struct limber_output_request request = {.size = sizeof request,
                                                .rate_hz = 48000,
                                                .channels = 2,
                                                .target = path("big.wav"),
                                                .chapters = &chapter,
                                                .chapter_count = 1,
                                                .total_frames = known ? frames : -1};
        struct limber_output_stream stream;
        assert_int_equal(output->open(fake.instance, &request, NULL, &stream), LIMBER_OK);
        int64_t many = known ? frames : 1000;
        for (int64_t at = 0; at < many; at += BLOCK)
            assert_int_equal(
                output->write(fake.instance, samples, many - at < BLOCK ? many - at : BLOCK),
                LIMBER_OK);
        assert_int_equal(output->close(fake.instance, true), LIMBER_OK);
        fake_destroy(&fake);
        SF_INFO info = {0};
        SNDFILE *file = sf_open(path("big.wav"), SFM_READ, &info);
        assert_non_null(file);
        assert_int_equal(info.format & SF_FORMAT_TYPEMASK, known ? SF_FORMAT_RF64 : SF_FORMAT_WAV);
        assert_int_equal(info.frames, many);
        SF_CUES cues;
        memset(&cues, 0, sizeof cues);
        if (!known) { /* libsndfile does not read them from RF64 */
            assert_int_equal(sf_command(file, SFC_GET_CUE, &cues, sizeof cues), SF_TRUE);
            assert_int_equal(cues.cue_points[0].sample_offset, 500);
            assert_string_equal(cues.cue_points[0].name, "Later");
        }
        sf_close(file);
    }
    unlink(path("big.wav"));
    free(samples);
}

static void nothing_is_left_unless_kept(void **state)
{
    float samples[512] = {0.5f};
    int before = files_in(folder);
    for (int way = 0; way < 3; way++) { /* closed without keep; destroyed; closed twice */
        struct fake_host fake;
        fake_init(&fake, NULL);
        const struct limber_output *output = fake_output(&fake);
        struct limber_output_request request = {.size = sizeof request,
                                                .rate_hz = 48000,
                                                .channels = 1,
                                                .target = path("gone.ogg"),
                                                .total_frames = 512};
        struct limber_output_stream stream;
        assert_int_equal(output->open(fake.instance, &request, NULL, &stream), LIMBER_OK);
        assert_int_equal(output->open(fake.instance, &request, NULL, &stream), LIMBER_BUSY);
        assert_int_equal(output->write(fake.instance, samples, 512), LIMBER_OK);
        assert_int_equal(files_in(folder), before + 1);
        assert_int_not_equal(access(path("gone.ogg"), F_OK), 0);
        if (way != 1)
            assert_int_equal(output->close(fake.instance, false), LIMBER_OK);
        if (way == 2)
            assert_int_equal(output->close(fake.instance, true), LIMBER_OK);
        fake_destroy(&fake);
        assert_int_equal(files_in(folder), before);
    }
}

static void an_old_file_stays_until_the_new_one_is_whole(void **state)
{
    float samples[64] = {0};
    FILE *old = fopen(path("old.wav"), "w");
    fputs("old", old);
    fclose(old);
    struct fake_host fake;
    fake_init(&fake, NULL);
    const struct limber_output *output = fake_output(&fake);
    struct limber_output_request request = {.size = sizeof request,
                                            .rate_hz = 48000,
                                            .channels = 1,
                                            .target = path("old.wav"),
                                            .total_frames = 64};
    struct limber_output_stream stream;
    assert_int_equal(output->open(fake.instance, &request, NULL, &stream), LIMBER_OK);
    assert_int_equal(output->write(fake.instance, samples, 64), LIMBER_OK);
    assert_int_equal(output->close(fake.instance, false), LIMBER_OK);
    size_t size;
    char *data = slurp(path("old.wav"), &size);
    assert_int_equal(size, 3);
    free(data);
    assert_int_equal(output->open(fake.instance, &request, NULL, &stream), LIMBER_OK);
    assert_int_equal(output->close(fake.instance, true), LIMBER_OK);
    data = slurp(path("old.wav"), &size);
    assert_true(size > 40);
    free(data);
    fake_destroy(&fake);
}

static void refusals(void **state)
{
    static const struct {
        const char *target, *form;
        uint32_t rate_hz;
        enum limber_status status;
        const char *says;
    } all[] = {
        {"x.aac", "auto", 48000, LIMBER_UNSUPPORTED, "must end in"},
        {"x", "auto", 48000, LIMBER_UNSUPPORTED, "must end in"},
        {"x.opus", "auto", 44100, LIMBER_UNSUPPORTED, "48000 Hz"},
        {"x.flac", "float", 48000, LIMBER_UNSUPPORTED, "s24"},
        {"no/such/x.wav", "auto", 48000, LIMBER_IO, "no such folder"},
    };
    float samples[16] = {0};
    int before = files_in(folder);
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        struct fake_host fake;
        fake_init(&fake, "format", all[k].form, NULL);
        assert_int_equal(render(&fake, path(all[k].target), 1, all[k].rate_hz, samples, 16, 16),
                         all[k].status);
        assert_true(strncmp(fake.log, "0 ", 2) == 0);
        assert_true(contains(fake.log, fake.log_size, all[k].target));
        assert_true(contains(fake.log, fake.log_size, all[k].says));
        assert_int_equal(files_in(folder), before);
    }
    struct fake_host fake;
    fake_init(&fake, NULL);
    assert_int_equal(mkdir(path("dir.wav"), 0755), 0);
    assert_int_equal(render(&fake, path("dir.wav"), 1, 48000, samples, 16, 16), LIMBER_IO);
    rmdir(path("dir.wav"));
    assert_int_equal(mkfifo(path("pipe.wav"), 0644), 0);
    assert_int_equal(render(&fake, path("pipe.wav"), 1, 48000, samples, 16, 16), LIMBER_IO);
    assert_true(contains(fake.log, fake.log_size, "device or pipe"));
    unlink(path("pipe.wav"));
    fake_init(&fake, "format", "s24", NULL);
    assert_int_equal(render(&fake, path("warned.ogg"), 1, 48000, samples, 16, 16), LIMBER_OK);
    assert_true(strncmp(fake.log, "1 ", 2) == 0);
}

/* Runs in a child: a file that may grow to `limit` bytes only. */
static int limited(const char *name, rlim_t limit)
{
    struct rlimit room = {limit, limit};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &room);
    int64_t frames = 1000000;
    float *samples = calloc((size_t)frames, sizeof *samples);
    uint32_t x = 1;
    for (int64_t i = 0; i < frames; i++) {
        x = x * 1664525u + 1013904223u;
        samples[i] = (float)(int32_t)x / 4294967296.0f;
    }
    struct fake_host fake;
    fake_init(&fake, NULL);
    enum limber_status status = render(&fake, path(name), 1, 48000, samples, frames, 1024);
    free(samples);
    if (status != LIMBER_IO || fake.log_lines != 1)
        return 1;
    if (!contains(fake.log, fake.log_size, name) || !contains(fake.log, fake.log_size, "written"))
        return 2;
    return 0;
}

static void a_file_that_cannot_grow(void **state)
{
    static const char *const names[] = {"l.wav", "l.flac", "l.ogg", "l.opus", "l.mp3"};
    int before = files_in(folder);
    for (size_t k = 0; k < 5; k++)
        for (rlim_t limit = 0; limit < 3; limit++) { /* at once; in the middle; at the very end */
            static const rlim_t limits[] = {10, 20000, 60000};
            pid_t pid = fork();
            if (pid == 0)
                _exit(limited(names[k], limits[limit]));
            int how = 0;
            assert_int_equal(waitpid(pid, &how, 0), pid);
            assert_true(WIFEXITED(how));
            assert_int_equal(WEXITSTATUS(how), 0);
            assert_int_equal(files_in(folder), before);
        }
}

/* A full disk, for real: a small tmpfs in a namespace of its own. 77: not possible here. */
static int full_disk(void)
{
    if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return 77;
    if (mount("none", folder, "tmpfs", 0, "size=1m") != 0)
        return 77;
    int64_t frames = 1000000;
    float *samples = calloc((size_t)frames, sizeof *samples);
    for (int64_t i = 0; i < frames; i++)
        samples[i] = 0.5f;
    struct fake_host fake;
    fake_init(&fake, NULL);
    enum limber_status status = render(&fake, path("full.wav"), 1, 48000, samples, frames, 1024);
    free(samples);
    if (status != LIMBER_IO || files_in(folder) != 0 || fake.log_lines != 1)
        return 1;
    return contains(fake.log, fake.log_size, "disk is full: 2.0 MB needed") ? 0 : 2;
}

static void a_full_disk(void **state)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(full_disk());
    int how = 0;
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFEXITED(how));
    if (WEXITSTATUS(how) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(how), 0);
}

int main(int argc, char **argv)
{
    fake_load(argc, argv, &limber_builtin_out_file);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_itself),
        cmocka_unit_test_setup_teardown(wav_s16_is_exact, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(other_sample_forms, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(encoded_formats, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(same_bytes, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(silence_is_a_hole, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(unknown_length_and_over_4_gib, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(nothing_is_left_unless_kept, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_old_file_stays_until_the_new_one_is_whole, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(refusals, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_grow, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_full_disk, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
