/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sound-file: the right file, at the right rate, in loops without a seam; and no harm from bad
 * ones. The files are made here. */
#include <dirent.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fakehost.h"

#define TAU 6.283185307179586

extern const struct limber_plugin_entry limber_builtin_sound_file;

static char folder[256];

static const char *path(const char *name)
{
    static char text[4][512];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(text[turn], sizeof text[turn], "%s/%s", folder, name);
    return text[turn];
}

static int make_folder(void **state)
{
    snprintf(folder, sizeof folder, "%s/soundfile-XXXXXX", BINARY_DIR);
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (unlink(path(e->d_name)) != 0)
            rmdir(path(e->d_name));
    if (dir)
        closedir(dir);
    return rmdir(folder);
}

static void save(const char *name, int format, int rate_hz, int channels, const float *samples,
                 int64_t frames, const SF_INSTRUMENT *instrument)
{
    SF_INFO info = {.samplerate = rate_hz, .channels = channels, .format = format};
    SNDFILE *file = sf_open(path(name), SFM_WRITE, &info);
    assert_non_null(file);
    if (instrument)
        sf_command(file, SFC_SET_INSTRUMENT, (void *)instrument, sizeof *instrument);
    assert_int_equal(sf_writef_float(file, samples, frames), frames);
    assert_int_equal(sf_close(file), 0);
}

#define WAV_FLOAT (SF_FORMAT_WAV | SF_FORMAT_FLOAT)

static float *tone(double hz, int rate_hz, int channels, int64_t frames)
{
    float *samples = malloc((size_t)frames * (size_t)channels * sizeof *samples);
    for (int64_t i = 0; i < frames; i++)
        for (int c = 0; c < channels; c++)
            samples[i * channels + c] =
                (float)(0.25 * sin(TAU * hz * (double)i / rate_hz)) * (c == 1 ? 0.5f : 1.0f);
    return samples;
}

static enum limber_status get(struct fake_host *fake, const char *name, const char *where,
                              uint32_t rate_hz, uint32_t channels, bool bed, int64_t frames,
                              struct take *take)
{
    memset(take, 0, sizeof *take);
    const struct limber_sound *sound = fake_sound(fake);
    struct limber_sound_request request = {.size = sizeof request,
                                           .name = name,
                                           .folder = where,
                                           .rate_hz = rate_hz,
                                           .channels = channels,
                                           .frames = frames,
                                           .bed = bed};
    enum limber_status status = take_sound(sound, fake->instance, &request, take);
    assert_true(sound->has(fake->instance, &request) == (status != LIMBER_NOT_FOUND));
    fake_destroy(fake);
    return status;
}

static void describes_itself(void **state)
{
    fake_check_descriptor("sound-file", LIMBER_SOUND_ID);
}

static void every_format(void **state)
{
    static const struct {
        const char *name, *file;
        int format;
        double within;
    } all[] = {
        {"a", "a.wav", WAV_FLOAT, 0},
        {"b", "b.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 3e-5},
        {"c", "c.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 0.05},
        {"d", "d.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 0.05},
        {"e", "e.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 0.05},
        {"f", "f.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 1e-6},
    };
    float *samples = tone(440, 48000, 1, 48000);
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        struct fake_host fake;
        struct take take;
        save(all[k].file, all[k].format, 48000, 1, samples, 48000, NULL);
        fake_init(&fake, NULL);
        assert_int_equal(get(&fake, all[k].name, folder, 48000, 2, false, 0, &take), LIMBER_OK);
        assert_int_equal(take.channels, 1);
        assert_in_range(take.frames, 48000, 48000 + 2304);
        for (int64_t i = 0; i < 47000; i++)
            if (fabs((double)take.samples[i] - (double)samples[i]) > all[k].within)
                fail_msg("%s: frame %lld", all[k].file, (long long)i);
        free(take.samples);
    }
    free(samples);
}

static void resampled_and_mixed(void **state)
{
    struct fake_host fake;
    struct take take;
    float *samples = tone(997, 22050, 2, 22050);
    save("tone.wav", WAV_FLOAT, 22050, 2, samples, 22050, NULL);
    for (uint32_t channels = 1; channels <= 2; channels++) {
        fake_init(&fake, NULL);
        assert_int_equal(get(&fake, "tone", folder, 48000, channels, false, 0, &take), LIMBER_OK);
        assert_int_equal(take.channels, channels);
        assert_int_equal(take.frames, 48000);
        for (int64_t i = 4800; i < 43200; i++) {
            double want = 0.25 * sin(TAU * 997 * (double)i / 48000);
            double factor = channels == 1 ? 0.75 : 1.0;
            assert_true(fabs((double)take.samples[i * channels] - want * factor) < 1e-4);
            if (channels == 2)
                assert_true(fabs((double)take.samples[i * 2 + 1] - want * 0.5) < 1e-4);
        }
        free(take.samples);
    }
    free(samples);
    /* Many channels become two. */
    float many[6 * 1000];
    for (int i = 0; i < 6000; i++)
        many[i] = i % 6 % 2 ? 0.3f : -0.1f;
    save("many.wav", WAV_FLOAT, 48000, 6, many, 1000, NULL);
    fake_init(&fake, NULL);
    assert_int_equal(get(&fake, "many", folder, 48000, 2, false, 0, &take), LIMBER_OK);
    assert_true(fabsf(take.samples[200] + 0.1f) < 1e-6f && fabsf(take.samples[201] - 0.3f) < 1e-6f);
    free(take.samples);
}

static void cut_to_the_time_to_fill(void **state)
{
    struct fake_host fake;
    struct take take;
    float *samples = tone(440, 44100, 1, 5 * 44100);
    save("in.wav", WAV_FLOAT, 44100, 1, samples, 5 * 44100, NULL);
    fake_init(&fake, NULL);
    assert_int_equal(get(&fake, "in", folder, 48000, 1, false, 96000, &take), LIMBER_OK);
    assert_int_equal(take.frames, 96000);
    for (int64_t i = 95990; i < 96000; i++)
        assert_true(fabsf(take.samples[i]) < 2e-3f);
    free(take.samples);
    free(samples);
}

/* The largest bend (second difference) across the seam and away from it. */
static void bends(const struct take *take, double *seam, double *elsewhere)
{
    int64_t n = take->frames;
    *seam = *elsewhere = 0;
    for (int64_t i = 0; i < n; i++) {
        double a = take->samples[i], b = take->samples[(i + 1) % n], c = take->samples[(i + 2) % n];
        double bend = fabs(c - 2 * b + a);
        if (i >= n - 3)
            *seam = fmax(*seam, bend);
        else
            *elsewhere = fmax(*elsewhere, bend);
    }
}

static void loops_have_no_seam(void **state)
{
    static const uint32_t rates[] = {48000, 44100, 22050};
    struct fake_host fake;
    struct take take;
    double seam, elsewhere;
    /* 3.3 cycles too many for a loop: the ends do not fit. */
    float *samples = tone(440.33, 48000, 1, 480000);
    save("rough.wav", WAV_FLOAT, 48000, 1, samples, 480000, NULL);
    /* 440 Hz for whole seconds: they do. */
    float *clean = tone(440, 48000, 1, 96000);
    save("clean.wav", WAV_FLOAT, 48000, 1, clean, 96000, NULL);
    /* A loop of its own, from 1.0 s to 3.5 s. */
    SF_INSTRUMENT instrument = {.basenote = 60, .velocity_hi = 127, .key_hi = 127, .loop_count = 1};
    instrument.loops[0].mode = SF_LOOP_FORWARD;
    instrument.loops[0].start = 48000;
    instrument.loops[0].end = 168000 - 1;
    float *own = tone(440, 48000, 1, 192000);
    save("own.wav", WAV_FLOAT, 48000, 1, own, 192000, &instrument);
    for (size_t k = 0; k < 3; k++) {
        fake_init(&fake, NULL);
        assert_int_equal(get(&fake, "rough", folder, rates[k], 1, true, 0, &take), LIMBER_OK);
        assert_int_equal(take.frames, (480000 - 48000) * (int64_t)rates[k] / 48000);
        bends(&take, &seam, &elsewhere);
        assert_true(seam <= 1.02 * elsewhere);
        free(take.samples);

        fake_init(&fake, NULL);
        assert_int_equal(get(&fake, "clean", folder, rates[k], 1, true, 0, &take), LIMBER_OK);
        assert_int_equal(take.frames, 2 * rates[k]); /* nothing lost to a crossfade */
        bends(&take, &seam, &elsewhere);
        assert_true(seam <= 1.001 * elsewhere);
        free(take.samples);

        fake_init(&fake, NULL);
        assert_int_equal(get(&fake, "own", folder, rates[k], 1, true, 0, &take), LIMBER_OK);
        assert_int_equal(take.frames, 5 * rates[k] / 2);
        bends(&take, &seam, &elsewhere);
        assert_true(seam <= 1.001 * elsewhere);
        free(take.samples);
    }
    free(samples);
    free(clean);
    free(own);
}

static void a_fade_at_both_ends_is_no_clean_seam(void **state)
{
    struct fake_host fake;
    struct take take;
    float *samples = tone(440, 48000, 1, 480000);
    for (int64_t i = 0; i < 12000; i++) {
        samples[i] *= (float)i / 12000;
        samples[479999 - i] *= (float)i / 12000;
    }
    save("music.wav", WAV_FLOAT, 48000, 1, samples, 480000, NULL);
    fake_init(&fake, NULL);
    assert_int_equal(get(&fake, "music", folder, 48000, 1, true, 0, &take), LIMBER_OK);
    assert_int_equal(take.frames, 480000 - 48000);
    free(take.samples);
    free(samples);
}

static void write_text(const char *name, const char *text, size_t size)
{
    FILE *file = fopen(path(name), "wb");
    assert_int_equal(fwrite(text, 1, size, file), size);
    fclose(file);
}

static void refused(const char *name, bool bed, enum limber_status status, const char *says)
{
    struct fake_host fake;
    struct take take;
    fake_init(&fake, NULL);
    assert_int_equal(get(&fake, name, folder, 48000, 2, bed, 0, &take), status);
    assert_int_equal(fake.log_lines, status == LIMBER_NOT_FOUND ? 0 : 1);
    if (says) {
        assert_non_null(strstr(fake.log, name));
        if (!strstr(fake.log, says))
            fail_msg("%s: %s", name, fake.log);
    }
    free(take.samples);
}

static void bad_files(void **state)
{
    float *samples = tone(440, 48000, 1, 48000);
    write_text("empty.wav", "", 0);
    refused("empty", false, LIMBER_INVALID, "not a sound file");
    write_text("text.mp3", "This is not music.", 18);
    refused("text", false, LIMBER_INVALID, "not a sound file");
    save("none.wav", WAV_FLOAT, 48000, 1, samples, 0, NULL);
    refused("none", false, LIMBER_INVALID, "holds no sound");
    save("low.wav", WAV_FLOAT, 4000, 1, samples, 4000, NULL);
    refused("low", false, LIMBER_INVALID, "4000 Hz");
    save("wide.wav", WAV_FLOAT, 48000, 12, samples, 4000, NULL);
    refused("wide", false, LIMBER_INVALID, "12 channels");
    save("short.wav", WAV_FLOAT, 48000, 1, samples, 1000, NULL);
    refused("short", true, LIMBER_INVALID, "too short");
    save("other.wav", SF_FORMAT_AU | SF_FORMAT_FLOAT, 48000, 1, samples, 1000, NULL);
    refused("other", false, LIMBER_INVALID, "another format");
    save("cut.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 48000, 1, samples, 48000, NULL);
    struct stat info;
    stat(path("cut.flac"), &info);
    assert_int_equal(truncate(path("cut.flac"), info.st_size / 2), 0);
    refused("cut", false, LIMBER_INVALID, NULL);
    mkfifo(path("pipe.wav"), 0644);
    refused("pipe", false, LIMBER_NOT_FOUND, NULL);
    mkdir(path("dir.wav"), 0755);
    refused("dir", false, LIMBER_NOT_FOUND, NULL);
    free(samples);
}

static void too_long(void **state)
{
    /* 31 minutes at 8000 Hz, mostly a hole in the file. */
    int64_t frames = INT64_C(31) * 60 * 8000;
    float *samples = calloc((size_t)frames, sizeof *samples);
    save("long.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, samples, frames, NULL);
    refused("long", false, LIMBER_INVALID, "30 minutes");
    free(samples);
}

static void numbers_that_are_none(void **state)
{
    struct fake_host fake;
    struct take take;
    float samples[4800] = {0};
    samples[100] = NAN;
    samples[200] = INFINITY;
    samples[300] = -1e30f;
    samples[400] = 0.5f;
    save("odd.wav", WAV_FLOAT, 48000, 1, samples, 4800, NULL);
    fake_init(&fake, NULL);
    assert_int_equal(get(&fake, "odd", folder, 48000, 1, false, 0, &take), LIMBER_OK);
    assert_non_null(strstr(fake.log, "3 samples"));
    for (int i = 0; i < 4800; i++)
        assert_true(isfinite(take.samples[i]));
    assert_true(take.samples[100] == 0 && take.samples[200] == 0 && take.samples[400] == 0.5f);
    free(take.samples);
}

static void names_lead_nowhere_else(void **state)
{
    static const char *const names[] = {"../bell",     "../bell.wav", "a/b",  "",       ".",
                                        ".wav",        "bell.txt",    "Bell", "bell\n", "b ell",
                                        "b\xc3\xa9ll", "%s",          "~"};
    float samples[480] = {0.5f};
    save("bell.wav", WAV_FLOAT, 48000, 1, samples, 480, NULL);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        refused(names[k], false, LIMBER_NOT_FOUND, NULL);
    struct fake_host fake;
    struct take take;
    fake_init(&fake, NULL);
    assert_int_equal(get(&fake, "bell", NULL, 48000, 1, false, 0, &take), LIMBER_NOT_FOUND);
    fake_init(&fake, "folder", folder, NULL);
    assert_int_equal(get(&fake, "bell", NULL, 48000, 1, false, 0, &take), LIMBER_OK);
    free(take.samples);
    fake_init(&fake, NULL); /* a theme asks for a whole file name */
    assert_int_equal(get(&fake, "bell.wav", folder, 48000, 1, false, 0, &take), LIMBER_OK);
    free(take.samples);
}

static char listed[4096];

static bool add(void *context, const char *name, bool bed, const char *help)
{
    size_t length = strlen(listed);
    snprintf(listed + length, sizeof listed - length, "%s%s ", name, bed ? "*" : "");
    assert_non_null(strstr(help, name));
    return true;
}

static void lists_its_names(void **state)
{
    float *samples = tone(440, 48000, 1, 48000 * 16);
    save("wind.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 48000, 1, samples, 48000 * 16, NULL);
    save("bell.wav", WAV_FLOAT, 48000, 1, samples, 480, NULL);
    save("bell.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 48000, 1, samples, 480, NULL);
    write_text("Notes.wav", "", 0);
    write_text("readme.txt", "", 0);
    struct fake_host fake;
    fake_init(&fake, "folder", folder, NULL);
    const struct limber_sound *sound = fake_sound(&fake);
    listed[0] = '\0';
    sound->list(fake.instance, folder, add, NULL);
    assert_string_equal(listed, "bell wind* ");
    listed[0] = '\0';
    sound->list(fake.instance, NULL, add, NULL);
    assert_string_equal(listed, "bell wind* ");
    fake_destroy(&fake);
    free(samples);
}

static void stops_when_told(void **state)
{
    struct fake_host fake;
    float *samples = tone(440, 44100, 1, 441000);
    save("tone.wav", WAV_FLOAT, 44100, 1, samples, 441000, NULL);
    for (uint32_t rate_hz = 44100; rate_hz <= 48000; rate_hz += 3900) {
        fake_init(&fake, NULL);
        const struct limber_sound *sound = fake_sound(&fake);
        struct limber_sound_request request = {.size = sizeof request,
                                               .name = "tone",
                                               .folder = folder,
                                               .rate_hz = rate_hz,
                                               .channels = 1};
        struct take take = {.stop_after = 10000};
        assert_int_equal(take_sound(sound, fake.instance, &request, &take), LIMBER_CANCELLED);
        assert_true(take.frames < 20000);
        free(take.samples);
        fake_destroy(&fake);
    }
    free(samples);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(int argc, char **argv)
{
    fake_load(argc, argv, &limber_builtin_sound_file);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_itself),
        TEST(every_format),
        TEST(resampled_and_mixed),
        TEST(cut_to_the_time_to_fill),
        TEST(loops_have_no_seam),
        TEST(a_fade_at_both_ends_is_no_clean_seam),
        TEST(bad_files),
        TEST(too_long),
        TEST(numbers_that_are_none),
        TEST(names_lead_nowhere_else),
        TEST(lists_its_names),
        TEST(stops_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
