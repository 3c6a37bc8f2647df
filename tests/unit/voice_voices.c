/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voice.yaml, strictly; and which voice speaks which language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/diag.h"
#include "base/file.h"
#include "voice/voices.h"

static char folder[64];

static int set_up(void **state)
{
    char path[128];
    strcpy(folder, "/tmp/limber-voices-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/user", folder);
    setenv("XDG_DATA_HOME", path, 1);
    return 0;
}

static int tear_down(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
    return 0;
}

static void add(const char *place, const char *name, const char *yaml)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s/%s", folder, place, name);
    assert_int_equal(file_make_folders(path), LIMBER_OK);
    strcat(path, "/voice.yaml");
    assert_int_equal(file_write(path, yaml, strlen(yaml)), LIMBER_OK);
}

#define PROGRAM "program"
#define USER    "user/limber/voices"

static struct voices *load(struct diags *diags)
{
    char path[128];
    snprintf(path, sizeof path, "%s/" PROGRAM, folder);
    return voices_load(path, NULL, diags);
}

static void test_everything_is_read(void **state)
{
    add(PROGRAM, "full",
        "name: full\nlanguages: [en-GB, en]\nengine: speech-x\nvoice: a/b\nvariant: f2\n"
        "rate: 140.5\npitch: 0\nrange: 100\ngain: -3\nlicense: MIT\nauthor: me\n"
        "fallback: other\ndictionary: words.yaml\ndescription: a test\nversion: 1.2\n"
        "consent: given in writing\n"
        "options: {command: [piper, --model, a b.onnx], rate: 22050, empty: ''}\n");
    char path[256];
    snprintf(path, sizeof path, "%s/" PROGRAM "/full/words.yaml", folder);
    assert_int_equal(file_write(path, "a: b\n", 5), LIMBER_OK);
    struct voices *voices = load(NULL);
    const struct voice *voice = voices_find(voices, "full");
    assert_non_null(voice);
    assert_null(voice->problem);
    assert_int_equal(voice->language_count, 2);
    assert_string_equal(voice->languages[1], "en");
    assert_string_equal(voice->engine, "speech-x");
    assert_string_equal(voice->voice, "a/b");
    assert_string_equal(voice->variant, "f2");
    assert_true(voice->rate_wpm == 140.5 && voice->pitch == 0 && voice->pitch_range == 100);
    assert_true(voice->gain_db == -3);
    assert_string_equal(voice->fallback, "other");
    assert_string_equal(voice->dictionary, path);
    assert_string_equal(voice->license, "MIT");
    assert_string_equal(voice->version, "1.2");
    assert_string_equal(voice->consent, "given in writing");
    assert_string_equal(voice->options[0], "command=piper\n--model\na b.onnx");
    assert_string_equal(voice->options[1], "rate=22050");
    assert_string_equal(voice->options[2], "empty=");
    assert_null(voice->options[3]);
    const char *paths[4];
    assert_int_equal(voices_dictionaries(voices, voice, "en-GB", paths, 4), 1);
    voices_destroy(voices);
}

static void expect_fault(const char *yaml, const char *message, const char *hint)
{
    add(PROGRAM, "faulty", yaml);
    struct diags *diags = diags_new();
    struct voices *voices = load(diags);
    const struct voice *voice = voices_find(voices, "faulty");
    assert_non_null(voice);
    assert_non_null(voice->problem);
    const char *told = NULL;
    const char *advice = NULL;
    assert_true(diags_get(diags, 0, NULL, NULL, &told, &advice));
    if (!strstr(told, message) || !strstr(voice->problem, message)) {
        fail_msg("%s / %s", told, voice->problem);
    }
    if (hint) {
        assert_non_null(advice);
        assert_non_null(strstr(advice, hint));
    }
    voices_destroy(voices);
    diags_destroy(diags);
}

#define GOOD "languages: [en]\nengine: speech-x\n"

static void test_faults(void **state)
{
    expect_fault(GOOD "pich: 50\n", "no setting `pich`", "`pitch`");
    expect_fault(GOOD "rates: 50\n", "no setting `rates`", "`rate`");
    expect_fault(GOOD "pitch: high\n", "`pitch` must be a number, 0 to 100", NULL);
    expect_fault(GOOD "pitch: 101\n", "0 to 100", NULL);
    expect_fault(GOOD "rate: 1e9\n", "words a minute", NULL);
    expect_fault(GOOD "gain: 40\n", "dB", NULL);
    expect_fault(GOOD "voice: [a]\n", "needs one value", NULL);
    expect_fault(GOOD "name: other\n", "its folder is `faulty`", "alike");
    expect_fault(GOOD "dictionary: nowhere.yaml\n", "there is no file", NULL);
    expect_fault("engine: speech-x\n", "`languages` is missing", NULL);
    expect_fault("languages: [en]\n", "`engine` is missing", NULL);
    expect_fault("languages: [english!]\nengine: x-y\n", "not a language tag", "en-GB");
    expect_fault("languages: {en: 1}\nengine: x-y\n", "list of language tags", NULL);
    expect_fault("- a\n- b\n", "list of settings", NULL);
    expect_fault("engine: [\n", "", NULL);
    expect_fault(GOOD "options: fast\n", "names with their values", NULL);
    expect_fault(GOOD "options: [a, b]\n", "names with their values", NULL);
    expect_fault(GOOD "options: {Big: 1}\n", "lower-case", NULL);
    expect_fault(GOOD "options: {'a=b': 1}\n", "lower-case", NULL);
    expect_fault(GOOD "options:\n  a: {b: c}\n", "one value, or a list", NULL);
    expect_fault(GOOD "options:\n  a: [[b]]\n", "one value, or a list", NULL);
    expect_fault(GOOD "options:\n  a: [\"b\\nc\"]\n", "one value, or a list", NULL);
    expect_fault(GOOD "options:\n  a:\n", "one value, or a list", NULL);
    expect_fault(GOOD "version: [1, 2]\n", "needs one value", NULL);
    expect_fault(GOOD "consents: yes\n", "no setting `consents`", "`consent`");
}

static void test_users_voice_hides_programs(void **state)
{
    add(PROGRAM, "same", GOOD "rate: 100\n");
    add(PROGRAM, "zulu", GOOD);
    add(USER, "same", GOOD "rate: 200\n");
    add(USER, "mine", GOOD);
    struct voices *voices = load(NULL);
    assert_int_equal(voices_count(voices), 3);
    assert_string_equal(voices_get(voices, 0)->name, "mine");
    assert_string_equal(voices_get(voices, 1)->name, "same");
    assert_true(voices_get(voices, 1)->rate_wpm == 200);
    assert_string_equal(voices_get(voices, 2)->name, "zulu");
    voices_destroy(voices);
}

static void expect_unknown(const struct voices *voices, const char *name, const char *expected)
{
    char *why = voices_unknown(voices, name);
    assert_string_equal(why, expected);
    free(why);
}

static void test_a_voice_that_is_not_there(void **state)
{
    add(PROGRAM, "calm", GOOD);
    struct voices *voices = load(NULL);
    expect_unknown(voices, "clam", "there is no voice \"clam\"; did you mean \"calm\"?");
    expect_unknown(voices, "xyzzy", "there is no voice \"xyzzy\"");
    expect_unknown(voices, "", "there is no voice \"\"");
    expect_unknown(voices, "..", "there is no voice \"..\"");
    voices_destroy(voices);
}

static const char *voice_of(struct voices *voices, const char *language)
{
    return voices_for_language(voices, language)->name;
}

static void test_a_fallback_that_is_not_there(void **state)
{
    add(PROGRAM, "one", GOOD "fallback: tow\n");
    add(PROGRAM, "two", GOOD "fallback: one\n");
    struct diags *diags = diags_new();
    struct voices *voices = load(diags);
    struct place place;
    const char *message, *hint;
    enum severity severity;
    assert_null(voices_find(voices, "one")->problem);
    assert_non_null(strstr(voices_find(voices, "one")->warning, "`tow` does not exist"));
    assert_null(voices_find(voices, "two")->warning);
    assert_true(diags_get(diags, 0, &severity, &place, &message, &hint));
    assert_int_equal(severity, SEVERITY_WARNING);
    assert_int_equal(place.line, 3);
    assert_int_equal(place.column, 11);
    assert_string_equal(hint, "did you mean `two`?");
    voices_destroy(voices);
    diags_destroy(diags);
}

static void test_languages(void **state)
{
    add(PROGRAM, "a-broken", "languages: [fr]\nengine: x-y\npitch: no\n");
    add(PROGRAM, "b-gb", "languages: [en-GB]\nengine: speech-x\n");
    add(PROGRAM, "c-us", "languages: [en-US, en]\nengine: speech-x\n");
    add(PROGRAM, "d-de", "languages: [de]\nengine: speech-x\n");
    struct voices *voices = load(NULL);
    assert_string_equal(voice_of(voices, "en-GB"), "b-gb");
    assert_string_equal(voice_of(voices, "EN-us"), "c-us");
    assert_string_equal(voice_of(voices, "en"), "c-us");
    assert_string_equal(voice_of(voices, "en-AU"), "b-gb");
    assert_string_equal(voice_of(voices, "de-AT"), "d-de");
    assert_string_equal(voice_of(voices, "fr"), "default-fr");
    voices_destroy(voices);
    add(PROGRAM, "d-own", "languages: [de, en-US]\nengine: " VOICES_ENGINE "\n");
    add(USER, "z-mine", "languages: [de, fr-CA]\nengine: speech-x\n");
    voices = load(NULL);
    assert_string_equal(voice_of(voices, "de"), "z-mine");
    assert_string_equal(voice_of(voices, "en-US"), "d-own");
    assert_string_equal(voice_of(voices, "fr"), "z-mine");
    voices_destroy(voices);
    char path[256];
    snprintf(path, sizeof path, "%s/" USER "/z-mine/voice.yaml", folder);
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof path, "%s/" PROGRAM "/d-own/voice.yaml", folder);
    assert_int_equal(unlink(path), 0);
    voices = load(NULL);
    assert_ptr_equal(voices_for_language(voices, "fr"), voices_for_language(voices, "FR"));
    assert_string_equal(voices_for_language(voices, "fr")->engine, VOICES_ENGINE);
    assert_int_equal(voices_count(voices), 4);
    voices_destroy(voices);
}

static void test_shipped_voices_are_right(void **state)
{
    struct diags *diags = diags_new();
    struct voices *voices = voices_load(SOURCE_DIR "/voices", NULL, diags);
    if (diags_count(diags, SEVERITY_ERROR)) {
        diags_print(diags, stderr, false);
        fail();
    }
    assert_string_equal(voice_of(voices, "en"), "calm");
    assert_string_equal(voice_of(voices, "en-GB"), "calm");
    assert_string_equal(voice_of(voices, "en-US"), "calm-us");
    assert_string_equal(voice_of(voices, "de"), "ruhig");
    const char *paths[8];
    const struct voice *calm = voices_find(voices, "calm");
    assert_int_equal(voices_dictionaries(voices, calm, "en-GB", paths, 8), 2);
    assert_non_null(strstr(paths[0], "en.speech-espeak.yaml"));
    for (size_t i = 0; i < voices_count(voices); i++) {
        assert_true(voices_get(voices, i)->license[0] != '\0');
        assert_true(voices_get(voices, i)->description[0] != '\0');
    }
    voices_destroy(voices);
    diags_destroy(diags);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_everything_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_faults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_users_voice_hides_programs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_voice_that_is_not_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_fallback_that_is_not_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_languages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shipped_voices_are_right, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
