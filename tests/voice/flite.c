/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flite.c: Flite behind the worker: always the same samples, the pace and pitch that were asked
 * for, and no voice that is not there. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio/clip.h"
#include "probe.h"

#define ENGINE                                                                                     \
    &(struct probe_engine)                                                                         \
    {                                                                                              \
        .id = "speech-flite"                                                                       \
    }
/* The last argument is the pitch range; −1: the voice's own, as for pitch. */
#define VOICE(tag, name, wpm, tone, width)                                                         \
    &(struct limber_speech_voice)                                                                  \
    {                                                                                              \
        .size = sizeof(struct limber_speech_voice), .language = tag, .voice = name,                \
        .rate_wpm = wpm, .pitch = tone, .pitch_range = width                                       \
    }

static const char *const names[] = {"slt", "rms", "awb", "kal16", "kal"};

#define NAME_COUNT (sizeof names / sizeof names[0])

static int set_up(void **state)
{
    *state = rig_new(PLUGINS);
    return 0;
}

static int tear_down(void **state)
{
    rig_destroy(*state);
    return 0;
}

/* --- the same samples --- */

/* In one process, the library says the same text differently the second time. */
static void test_the_same_samples_each_time(void **state)
{
    struct clip *first = NULL;
    for (int round = 0; round < 2; round++) {
        struct probe probe;
        int fds[24];
        probe_start(&probe, *state, ENGINE, VOICE("en", NULL, 140, -1, -1));
        for (int i = 0; i < 24; i++) {
            bool other = i % 4 == 3;
            fds[i] = probe_say(&probe, i, other ? "Something else." : "Come onto your hands.");
        }
        probe_wait(&probe, 24);
        assert_true(strstr(probe.fingerprint, "flite") && strstr(probe.fingerprint, "slt"));
        assert_non_null(strstr(probe.files, "libflite_cmu_us_slt"));
        for (int i = 0; i < 24; i++) {
            struct clip *clip = probe_clip(fds[i]);
            if (i % 4 == 3) {
                assert_int_not_equal(clip->length, first->length);
            } else if (first) {
                assert_int_equal(clip->length, first->length);
                assert_memory_equal(clip->samples, first->samples,
                                    (size_t)clip->length * sizeof(float));
            }
            if (first) {
                clip_destroy(clip);
            } else {
                first = clip;
            }
        }
        probe_stop(&probe);
    }
    clip_destroy(first);
}

/* --- pace --- */

/* Each twelfth sentence of the routines and moves that come with the program. */
static const char *const page[] = {
    "Now let it be still.",
    "Look out of the window, at something far away.",
    "Keep your chest up.",
    "Keep the front heel down.",
    "The hard part is over.",
    "Let your shoulders sink, and your hands be heavy.",
    "There is the rain.",
    "Good morning.",
    "Sit back on your heels for a moment.",
    "Put your fingertips on your shoulders, with your elbows out wide like wings.",
    "Tuck your toes under.",
    "As you breathe out, round up, chin to your chest, belly drawn in.",
    "Clasp your hands behind your back, and turn your little fingers up.",
    "Breathe out, and let your shoulders go.",
    "Walk your hands ahead, and rest your forehead on the mat.",
    "Stand beside a wall, close enough to touch it.",
    "Let your head hang between your arms.",
    "Draw the knee towards your chest.",
    "Lift your knees easily, and let your arms swing.",
    "Let your breath come and go by itself.",
    "Push with your legs first.",
    "Your arms hang by your sides, palms turned in.",
    "Up and forward.",
    "Sit down slowly.",
    "Put your hands behind your head, elbows in.",
    "Sweep your arm under.",
    "Sit with your back against a wall.",
    "Towards the wall.",
    "Have a tennis ball at hand, and a free piece of wall.",
    "Lay everything out before you begin.",
};

#define PAGE_COUNT (sizeof page / sizeof page[11])

static int words_of(const char *text)
{
    int count = 1;
    for (; *text; text++) {
        count += *text == ' ';
    }
    return count;
}

static double page_wpm(struct rig *rig, const char *name, double rate_wpm)
{
    struct probe probe;
    int fds[PAGE_COUNT];
    int words = 0;
    frames length = 0;
    probe_start(&probe, rig, ENGINE, VOICE("en", name, rate_wpm, -1, -1));
    assert_true(probe.ready);
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        fds[i] = probe_say(&probe, (int64_t)i, page[i]);
        words += words_of(page[i]);
    }
    probe_wait(&probe, PAGE_COUNT);
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        struct clip *clip = probe_clip(fds[i]);
        length += clip->length;
        clip_destroy(clip);
    }
    probe_stop(&probe);
    return words * 60.0 * 48000 / (double)length;
}

static void test_words_a_minute_are_true(void **state)
{
    static const double rates[] = {100, 140, 180};
    for (size_t i = 0; i < NAME_COUNT; i++) {
        for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
            double wpm = page_wpm(*state, names[i], rates[r]);
            print_message("%s asked for %.0f: %.1f words a minute (%+.1f %%)\n", names[i], rates[r],
                          wpm, (wpm / rates[r] - 1) * 100);
            assert_true(fabs(wpm / rates[r] - 1) <= 0.05);
        }
    }
}

/* --- pitch --- */

/* The lag of the best correlation in a window, as a frequency; 0: not voiced. */
static double frequency_at(const float *samples, double *energy)
{
    enum { WINDOW = 1920, LEAST = 48000 / 350, MOST = 48000 / 60 };
    double best = 0;
    int lag_best = 0;
    *energy = 0;
    for (int i = 0; i < WINDOW; i++) {
        *energy += samples[i] * (double)samples[i];
    }
    for (int lag = LEAST; lag < MOST; lag++) {
        double sum = 0, other = 0;
        for (int i = 0; i < WINDOW; i += 2) {
            sum += samples[i] * (double)samples[i + lag];
            other += samples[i + lag] * (double)samples[i + lag];
        }
        double value = other > 0 ? sum / sqrt(other * *energy / 2) : 0;
        if (value > best + 0.02) { /* the shortest of equals */
            best = value;
            lag_best = lag;
        }
    }
    return best > 0.6 ? 48000.0 / lag_best : 0;
}

struct melody {
    double middle_hz, spread; /* the median; the upper quartile over the lower one */
};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct melody melody_of(struct rig *rig, const struct limber_speech_voice *voice)
{
    struct probe probe;
    double heard[2000];
    size_t count = 0;
    probe_start(&probe, rig, ENGINE, voice);
    int fd = probe_say(&probe, 0, page[11]);
    probe_wait(&probe, 1);
    struct clip *clip = probe_clip(fd);
    for (frames at = 0; at + 4000 < clip->length && count < 2000; at += 960) {
        double energy = 0;
        double hz = frequency_at(clip->samples + at, &energy);
        if (hz > 0 && energy > 1) {
            heard[count++] = hz;
        }
    }
    clip_destroy(clip);
    probe_stop(&probe);
    assert_true(count > 20);
    qsort(heard, count, sizeof heard[0], compare);
    return (struct melody){heard[count / 2], heard[count * 3 / 4] / heard[count / 4]};
}

static void test_pitch_and_range_are_heard(void **state)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        const char *name = names[i];
        struct melody low = melody_of(*state, VOICE("en", name, 140, 20, -1));
        struct melody high = melody_of(*state, VOICE("en", name, 140, 80, -1));
        struct melody flat = melody_of(*state, VOICE("en", name, 140, 50, 0));
        struct melody wide = melody_of(*state, VOICE("en", name, 140, 50, 80));
        print_message("%s: pitch 20 %.0f Hz, 80 %.0f Hz; range 0 %.3f, 80 %.3f\n", name,
                      low.middle_hz, high.middle_hz, flat.spread, wide.spread);
        assert_true(fabs(high.middle_hz / low.middle_hz - pow(2, 0.6 * 2 * 7 / 12)) < 0.15);
        assert_true(flat.spread < 1.06 && wide.spread > 1.05);
    }
}

static void test_emphasis_is_slower(void **state)
{
    struct rig *rig = *state;
    rig_add_voice(rig, "slt", "languages: [en]\nengine: speech-flite\nvoice: slt\n");
    rig_open(rig, &(struct cast_options){.voice = "slt"});
    uint32_t plain = cast_request(rig->cast, page[11], "en", 0);
    uint32_t strong = cast_request(rig->cast, page[11], "en", 1);
    cast_wait(rig->cast, UINT32_MAX);
    double longer =
        (double)cast_clip(rig->cast, strong)->length / (double)cast_clip(rig->cast, plain)->length;
    assert_true(longer > 1.04 && longer < 1.15);
}

/* --- names --- */

static void expect_refusal(struct rig *rig, const struct limber_speech_voice *voice,
                           const char *words)
{
    struct probe probe;
    probe_start(&probe, rig, ENGINE, voice);
    assert_true(probe.gone);
    if (!strstr(probe.reason, words)) {
        fail_msg("%s", probe.reason);
    }
}

static void test_names_are_checked(void **state)
{
    expect_refusal(*state, VOICE("en", "nobody", 0, -1, -1), "no voice 'nobody'; it has slt, rms");
    expect_refusal(*state, VOICE("en", "../slt", 0, -1, -1), "no voice");
    expect_refusal(*state, VOICE("en", "SLT", 0, -1, -1), "no voice");
    struct limber_speech_voice deep = *VOICE("en", NULL, 0, -1, -1);
    deep.variant = "deep";
    expect_refusal(*state, &deep, "no variants");
    expect_refusal(*state, VOICE("de", NULL, 0, -1, -1), "English only");
    expect_refusal(*state, VOICE("eng", NULL, 0, -1, -1), "English only");
    static const char *const good[] = {"cmu_us_slt", "cmu_us_kal", "rms"};
    static const char *const languages[] = {"en", "en-GB", "EN-us"};
    for (size_t i = 0; i < 3; i++) {
        struct probe probe;
        probe_start(&probe, *state, ENGINE, VOICE(languages[i], good[i], 0, -1, -1));
        assert_true(probe.ready);
        probe_stop(&probe);
    }
}

/* --- odd texts --- */

static void test_odd_texts_do_no_harm(void **state)
{
    static const char *const texts[] = {
        "Fine.",
        "...",
        "?",
        "é",
        "Ünïcödé wörds.",
        "1 2 3, 45 %, 1/2",
        "A.B.C.A.B.C.A.B.C.",
        "\xff\xfe",
        "s's's's's's's's's",
        "- - -",
        "x",
        "(set! x 1)",
        "<break time='9999s'/>",
    };
    size_t count = sizeof texts / sizeof texts[0];
    struct probe probe;
    int fds[32];
    probe_start(&probe, *state, ENGINE, VOICE("en", NULL, 450, -1, -1));
    for (size_t i = 0; i < count; i++) {
        fds[i] = probe_say(&probe, (int64_t)i, texts[i]);
    }
    probe_wait(&probe, (int)count);
    for (size_t i = 0; i < count; i++) {
        if (probe.status[i] == LIMBER_LOST || probe.status[i] == LIMBER_TIMEOUT) {
            fail_msg("%s: %s", texts[i], probe.why[i]);
        }
        if (probe.status[i] == LIMBER_OK) {
            clip_destroy(probe_clip(fds[i]));
        } else {
            close(fds[i]);
        }
    }
    assert_int_equal(probe.status[0], LIMBER_OK);
    probe_stop(&probe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_same_samples_each_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_words_a_minute_are_true, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pitch_and_range_are_heard, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_emphasis_is_slower, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_odd_texts_do_no_harm, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
