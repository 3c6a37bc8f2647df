/* SPDX-License-Identifier: GPL-3.0-or-later */
/* espeak.c: eSpeak NG behind the worker: always the same samples, hostile texts at arm's length,
 * voices checked by name, and a page of text at the common level. */
#include <fcntl.h>
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

#include "audio/process.h"
#include "base/arena.h"
#include "base/loop.h"
#include "base/str.h"
#include "probe.h"
#include "rig.h"
#include "voice/cache.h"
#include "voice/voices.h"

#define ENGINE                                                                                     \
    &(struct probe_engine)                                                                         \
    {                                                                                              \
        .id = "speech-espeak"                                                                      \
    }

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

/* --- the worker by itself, past the sanitiser --- */

static const struct limber_speech_voice english = {.size = sizeof english,
                                                   .language = "en-GB",
                                                   .voice = "gmw/en-GB-x-rp",
                                                   .rate_wpm = 140,
                                                   .pitch = 42,
                                                   .pitch_range = 40};

static char *repeat(const char *text, int times)
{
    struct str all = {0};
    for (int i = 0; i < times; i++) {
        str_add(&all, text);
    }
    return str_steal(&all);
}

static void test_abort_of_the_engine_is_reported(void **state)
{
    struct probe probe;
    probe_start(&probe, *state, ENGINE, &english);
    assert_non_null(strstr(probe.fingerprint, "espeak-ng"));
    assert_non_null(strstr(probe.files, "speech-espeak.so"));
    assert_true(probe.ready);
    static const struct {
        const char *text;
        int times;
    } texts[] = {{"s'", 70}, {"Fine. ", 1}, {"A.B.C.", 29}, {"Fine. ", 1}, {"s'", 100}};
    size_t count = sizeof texts / sizeof texts[0];
    int fds[8];
    for (size_t i = 0; i < count; i++) {
        char *text = repeat(texts[i].text, texts[i].times);
        fds[i] = probe_say(&probe, (int64_t)i, text);
        free(text);
    }
    while (probe.done < (int)count && !probe.gone) {
        loop_step(probe.loop, -1);
    }
    assert_false(probe.gone);
    print_message("raw hostile texts: %s; %s\n", probe.why[0], probe.why[2]);
    assert_int_equal(probe.status[1], LIMBER_OK);
    assert_int_equal(probe.status[3], LIMBER_OK);
    for (size_t i = 0; i < count; i += 2) {
        /* A library that was mended speaks it; what must not happen is anything else. */
        if (probe.status[i] != LIMBER_OK) {
            assert_int_equal(probe.status[i], LIMBER_LOST);
            assert_non_null(strstr(probe.why[i], "crashed (SIGABRT)"));
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct clip *clip = NULL;
        if (probe.status[i] == LIMBER_OK) {
            assert_int_equal(clip_map_fd(fds[i], &clip), LIMBER_OK);
            clip_destroy(clip);
        }
        close(fds[i]);
    }
    probe_stop(&probe);
}

static void test_the_same_samples_each_time(void **state)
{
    struct probe probe;
    int fds[200];
    probe_start(&probe, *state, ENGINE, &english);
    struct clip *first = NULL;
    for (int round = 0; round < 200 / 20; round++) {
        for (int i = 0; i < 20; i++) {
            fds[round * 20 + i] =
                probe_say(&probe, round * 20 + i, "Come onto your hands and knees.");
        }
        while (probe.done < (round + 1) * 20) {
            loop_step(probe.loop, -1);
        }
    }
    for (int i = 0; i < 200; i++) {
        struct clip *clip = NULL;
        assert_int_equal(clip_map_fd(fds[i], &clip), LIMBER_OK);
        close(fds[i]);
        if (!first) {
            first = clip;
            continue;
        }
        assert_int_equal(clip->length, first->length);
        assert_memory_equal(clip->samples, first->samples, (size_t)clip->length * sizeof(float));
        clip_destroy(clip);
    }
    clip_destroy(first);
    probe_stop(&probe);
}

/* --- names --- */

static void expect_refusal(struct rig *rig, struct limber_speech_voice voice, const char *words)
{
    struct probe probe;
    voice.size = sizeof voice;
    voice.pitch = voice.pitch_range = -1;
    probe_start(&probe, rig, ENGINE, &voice);
    assert_true(probe.gone);
    if (!strstr(probe.reason, words)) {
        fail_msg("%s", probe.reason);
    }
}

static void expect_voice(struct rig *rig, struct limber_speech_voice voice)
{
    struct probe probe;
    voice.size = sizeof voice;
    voice.pitch = voice.pitch_range = -1;
    probe_start(&probe, rig, ENGINE, &voice);
    if (!probe.ready) {
        fail_msg("%s %s: %s", voice.language, voice.voice ? voice.voice : "-", probe.reason);
    }
    probe_stop(&probe);
}

static void test_names_are_checked(void **state)
{
    struct rig *rig = *state;
    typedef struct limber_speech_voice v;
    expect_refusal(rig, (v){.language = "en", .voice = "nobody"}, "no voice 'nobody'");
    expect_refusal(rig, (v){.language = "en", .voice = "gmw/../../x"}, "no voice");
    expect_refusal(rig, (v){.language = "en", .voice = "mb/mb-en1"}, "no voice");
    expect_refusal(rig, (v){.language = "en", .voice = "english-mb-en1"}, "no voice");
    expect_refusal(rig, (v){.language = "de", .variant = "nope"}, "no variant 'nope'");
    expect_refusal(rig, (v){.language = "de", .voice = "de+nope"}, "no voice");
    expect_refusal(rig, (v){.language = "tlh"}, "language 'tlh'");
    expect_refusal(rig, (v){.language = "xx-YY"}, "language 'xx-YY'");
    expect_voice(rig, (v){.language = "en-GB"});
    expect_voice(rig, (v){.language = "de-AT"});
    expect_voice(rig, (v){.language = "en", .voice = "en-gb-x-rp"});
    expect_voice(rig, (v){.language = "en", .voice = "English_(America)"});
    expect_voice(rig, (v){.language = "en", .voice = "gmw/en-US", .variant = "f2"});
    expect_voice(rig, (v){.language = "de", .variant = "Mr serious"});
    expect_voice(rig, (v){.language = "fr", .variant = "female3"});
}

static void test_shipped_voices_exist(void **state)
{
    struct rig *rig = *state;
    struct voices *voices = voices_load(VOICES, rig->registry, NULL);
    assert_true(voices_count(voices) >= 3);
    for (size_t i = 0; i < voices_count(voices); i++) {
        const struct voice *voice = voices_get(voices, i);
        if (voice->problem) {
            fail_msg("%s: %s", voice->name, voice->problem);
        }
        rig_open(rig, &(struct cast_options){.voice = voice->name, .voices_folder = VOICES});
        uint32_t id = cast_request(rig->cast, "1, 2, 3.", voice->languages[0], 0);
        cast_wait(rig->cast, id);
        assert_null(cast_problem(rig->cast, id));
        assert_string_equal(cast_voice_name(rig->cast, voice->languages[0]), voice->name);
        rig_close(rig);
    }
    voices_destroy(voices);
}

/* --- through the sanitiser nothing happens at all --- */

static void test_hostile_texts_are_spoken(void **state)
{
    struct rig *rig = *state;
    rig_open(rig, &(struct cast_options){.voices_folder = VOICES});
    static const struct {
        const char *text;
        int times;
    } texts[] = {{"s'", 70},
                 {"A.B.C.", 29},
                 {"s'", 100},
                 {"a'b'", 200},
                 {"..", 100},
                 {"[[", 50},
                 {"<break/>", 40},
                 {"1.", 300},
                 {"x-", 200},
                 {"\x01"
                  "B",
                  30},
                 {"&amp;", 60},
                 {"ABCD", 100}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char *text = repeat(texts[i].text, texts[i].times);
        cast_request(rig->cast, text, "en", 0);
        cast_request(rig->cast, text, "de", 0);
        free(text);
    }
    cast_wait(rig->cast, UINT32_MAX);
    for (uint32_t i = 0; i < rig_stats(rig).requests; i++) {
        const char *problem = cast_problem(rig->cast, i);
        if (problem && !strstr(problem, "nothing in the text")) {
            fail_msg("%u: %s", i, problem);
        }
    }
}

/* --- loudness --- */

static const char *const page_en[] = {
    "Welcome. Stretch to the point of discomfort, never to pain.",
    "You need a mat and a chair. It starts on your hands and knees.",
    "Come onto your hands and knees, hands under your shoulders, knees under your hips.",
    "Breathe in. Arch your back, lift your head, let your belly drop.",
    "Breathe out. Round your back, chin to your chest.",
    "Come back to a long, level spine.",
    "Next: side stretch. Stand tall, feet hip-width apart.",
    "Reach your left arm overhead and rest the other hand on your hip.",
    "Lean away, to the right side, until you feel a line along your ribs.",
    "If your neck is tight, look down. Soften your shoulders.",
    "Five. Four. Three. Two. One. And rest.",
    "Well done. That was eleven minutes. See you tomorrow.",
};

static const char *const page_de[] = {
    "Willkommen. Dehne dich bis zum Ziehen, nie bis zum Schmerz.",
    "Du brauchst eine Matte und einen Stuhl. Es beginnt auf Händen und Knien.",
    "Komm auf Hände und Knie, die Hände unter den Schultern, die Knie unter den Hüften.",
    "Einatmen. Mach ein Hohlkreuz, hebe den Kopf, lass den Bauch sinken.",
    "Ausatmen. Mach den Rücken rund, das Kinn zur Brust.",
    "Komm zurück zu einem langen, geraden Rücken.",
    "Als Nächstes: Seitdehnung. Stell dich aufrecht hin.",
    "Strecke den linken Arm über den Kopf und stütze die andere Hand in die Hüfte.",
    "Fünf. Vier. Drei. Zwei. Eins. Und Pause.",
    "Gut gemacht. Das waren elf Minuten. Bis morgen.",
};

static double page_loudness(struct rig *rig, const char *language, const char *const *page,
                            size_t count)
{
    size_t total = 0;
    float *samples = NULL;
    for (size_t i = 0; i < count; i++) {
        uint32_t id = cast_request(rig->cast, page[i], language, 0);
        cast_wait(rig->cast, id);
        assert_null(cast_problem(rig->cast, id));
        const struct clip *clip = cast_clip(rig->cast, id);
        samples = xrealloc(samples, (total + (size_t)clip->length) * sizeof *samples);
        for (frames f = 0; f < clip->length; f++) {
            samples[total++] = clip->samples[f] * cast_gain(rig->cast, id);
        }
    }
    double loudness = process_loudness(samples, (frames)total, 1, 48000);
    free(samples);
    return loudness;
}

static void test_a_page_has_the_common_level(void **state)
{
    struct rig *rig = *state;
    struct voices *voices = voices_load(VOICES, rig->registry, NULL);
    for (size_t i = 0; i < voices_count(voices); i++) {
        const struct voice *voice = voices_get(voices, i);
        bool german = voice_language(voice, "de") != NULL;
        rig_open(rig, &(struct cast_options){.voice = voice->name, .voices_folder = VOICES});
        double loudness =
            german ? page_loudness(rig, "de", page_de, sizeof page_de / sizeof page_de[0])
                   : page_loudness(rig, voice->languages[0], page_en,
                                   sizeof page_en / sizeof page_en[0]);
        print_message("%s: %.2f LUFS\n", voice->name, loudness);
        assert_true(fabs(loudness - CAST_TARGET_LUFS) <= 1.0);
        rig_close(rig);
    }
    voices_destroy(voices);
}

/* The first sample of a clip is heard: nothing but a few milliseconds before the words. */
static void test_clips_begin_at_once(void **state)
{
    struct rig *rig = *state;
    rig_open(rig, &(struct cast_options){.voices_folder = VOICES});
    for (size_t i = 0; i < sizeof page_en / sizeof page_en[0]; i++) {
        const struct clip *clip = cast_clip(rig->cast, rig_say(rig, page_en[i]));
        frames onset = 0;
        while (onset < clip->length && fabsf(clip->samples[onset]) < clip->peak * 0.00316f) {
            onset++;
        }
        assert_true(onset < 48000 * 5 / 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_abort_of_the_engine_is_reported, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_same_samples_each_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shipped_voices_exist, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_texts_are_spoken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_page_has_the_common_level, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_clips_begin_at_once, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
