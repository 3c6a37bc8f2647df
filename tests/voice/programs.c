/* SPDX-License-Identifier: GPL-3.0-or-later */
/* programs.c: the ready-made voices of examples/voices, with the real programs of Debian, and with
 * a stand-in that has piper's options. What is not installed is skipped, and said. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio/clip.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "rig.h"

#define MODEL "en_US-lessac-medium.onnx"

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

static bool is_installed(const char *program)
{
    char command[128];
    snprintf(command, sizeof command, "command -v %s >/dev/null", program);
    if (system(command) == 0) {
        return true;
    }
    print_message("skipped: %s is not installed\n", program);
    return false;
}

/* The sentences of a page, and how many words a minute they came out as. */
static const char *const page[] = {
    "Look out of the window, at something far away.",
    "Let your shoulders sink, and your hands be heavy.",
    "Sit back on your heels for a moment.",
    "Put your fingertips on your shoulders, with your elbows out wide like wings.",
    "As you breathe out, round up, chin to your chest, belly drawn in.",
    "Clasp your hands behind your back, and turn your little fingers up.",
    "Walk your hands ahead, and rest your forehead on the mat.",
    "Stand beside a wall, close enough to touch it.",
    "Lift your knees easily, and let your arms swing.",
    "Put your hands behind your head, elbows in.",
};

#define PAGE_COUNT (sizeof page / sizeof page[0])

static double speak_page(struct rig *rig, const char *voice, const char *folder)
{
    int words = 0;
    frames length = 0;
    rig_open(rig, &(struct cast_options){.voice = voice, .voices_folder = folder});
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        cast_request(rig->cast, page[i], "en-US", 0);
    }
    cast_wait(rig->cast, UINT32_MAX);
    for (uint32_t i = 0; i < PAGE_COUNT; i++) {
        if (cast_problem(rig->cast, i)) {
            fail_msg("%s: %s", voice, cast_problem(rig->cast, i));
        }
        length += cast_clip(rig->cast, i)->length;
        for (const char *c = page[i]; *c; c++) {
            words += *c == ' ' || !c[1];
        }
    }
    rig_close(rig);
    double wpm = words * 60.0 * 48000 / (double)length;
    print_message("%s: %.1f words a minute\n", voice, wpm);
    return wpm;
}

/* The example's voice.yaml; the arena's. */
static char *example_text(const char *name, struct arena *arena)
{
    char path[512];
    char *text = NULL;
    size_t length = 0;
    snprintf(path, sizeof path, "%s/%s/voice.yaml", EXAMPLES, name);
    assert_int_equal(file_read(path, 65536, arena, &text, &length), LIMBER_OK);
    return text;
}

/* The example in the rig's folder, with another rate. */
static void copy_example(struct rig *rig, const char *name, const char *copy, const char *rate)
{
    struct arena *arena = arena_new();
    char *text = example_text(name, arena);
    char *at = strstr(text, "\nrate: 140\n");
    assert_non_null(at);
    memcpy(at + strlen("\nrate: "), rate, 3);
    rig_add_voice(rig, copy, text);
    arena_destroy(arena);
}

static void test_examples_speak(void **state)
{
    static const struct {
        const char *name, *program;
        double wpm, tolerance;
    } examples[] = {
        {"flite", "true", 140, 0.06},
        {"flite-program", "flite", 140, 0.06},
        {"espeak-ng-program", "espeak-ng", 180, 0.2}, /* its rate counts its own pauses */
        {"festival", "text2wave", 140, 0.06},
    };
    struct rig *rig = *state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        if (!is_installed(examples[i].program)) {
            continue;
        }
        double wpm = speak_page(rig, examples[i].name, EXAMPLES);
        assert_true(fabs(wpm / examples[i].wpm - 1) < examples[i].tolerance);
        copy_example(rig, examples[i].name, "slow", "100");
        double slow = speak_page(rig, "slow", rig->voices);
        assert_true(slow < wpm * 0.8 && slow > wpm * 0.6);
    }
}

/* --- piper --- */

static void add_piper(struct rig *rig, const char *name, const char *yaml)
{
    char path[256];
    rig_add_voice(rig, name, yaml);
    snprintf(path, sizeof path, "%s/%s/" MODEL, rig->voices, name);
    rig_write(path, "not really a model");
    strcat(path, ".json");
    rig_write(path, "{\"audio\": {\"sample_rate\": 22050}, \"speaker_id_map\": {\"ann\": 1}}");
}

/* As long as the stand-in makes it: 0.1 s + 0.05 s a letter, times 180 / 140. */
static void check_length(struct rig *rig, const char *text, double stretch)
{
    uint32_t id = rig_say(rig, text);
    if (cast_problem(rig->cast, id)) {
        fail_msg("%s", cast_problem(rig->cast, id));
    }
    double words = 1;
    for (const char *c = text; *c; c++) {
        words += *c == ' ';
    }
    double seconds = (0.1 * words + 0.05 * ((double)strlen(text) - words + 1)) * stretch;
    double heard = (double)cast_clip(rig->cast, id)->length / 48000;
    if (fabs(heard - seconds) > 0.05) {
        fail_msg("%s: %.3f s, not %.3f s", text, heard, seconds);
    }
}

static void test_piper(void **state)
{
    static const struct {
        const char *name, *options;
    } ways[] = {
        {"raw", "command: [piper, -m, " MODEL ", --output-raw], format: s16, rate: 22050"},
        {"wav", "command: [piper, -m, " MODEL ", --output_file, '-']"},
        {"file", "command: [piper, --model, " MODEL ", -f, '{out}']"},
        {"json", "command: [piper, -m, " MODEL ", --json-input, --output_file, '-'], text: json"},
        {"config", "command: [piper, -m, " MODEL ", -c, " MODEL
                   ".json, --speaker, '1', --sentence_silence, '0.5', --output_file, '-']"},
    };
    struct rig *rig = *state;
    struct arena *arena = arena_new();
    add_piper(rig, "piper", example_text("piper", arena));
    arena_destroy(arena);
    rig_open(rig, &(struct cast_options){.voice = "piper"});
    check_length(rig, "Stand tall and breathe.", 180.0 / 140);
    rig_close(rig);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        char yaml[512];
        snprintf(yaml, sizeof yaml, "languages: [en]\nengine: speech-command\n%soptions: {%s}\n",
                 strcmp(ways[i].name, "json") == 0 ? "voice: ann\n" : "", ways[i].options);
        add_piper(rig, ways[i].name, yaml);
        rig_open(rig, &(struct cast_options){.voice = ways[i].name});
        check_length(rig, "Stand tall and breathe.", 1);
        rig_close(rig);
    }
}

static void expect_problem(struct rig *rig, const char *voice, const char *words)
{
    rig_open(rig, &(struct cast_options){.voice = voice});
    const char *problem = cast_problem(rig->cast, rig_say(rig, "Stand tall."));
    if (!problem || !strstr(problem, words)) {
        fail_msg("%s: %s", voice, problem ? problem : "spoken");
    }
    rig_close(rig);
}

/* What piper says is what the person reads. */
static void test_piper_complains(void **state)
{
    struct rig *rig = *state;
    struct arena *arena = arena_new();
    rig_add_voice(rig, "bare", example_text("piper", arena));
    arena_destroy(arena);
    expect_problem(rig, "bare", "the file " MODEL ", which the voice needs, is not there");
    rig_add_voice(rig, "nowhere",
                  "languages: [en]\nengine: speech-command\n"
                  "options: {command: [piper, -m, no.onnx, --output_file, '-']}\n");
    expect_problem(rig, "nowhere", "piper failed with status 1: ");
    expect_problem(rig, "nowhere", "Model file doesn't exist");
    rig_add_voice(rig, "typo",
                  "languages: [en]\nengine: speech-command\n"
                  "options: {command: [piper, --modell, no.onnx]}\n");
    expect_problem(rig, "typo", "unknown option --modell");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_examples_speak, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_piper, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_piper_complains, set_up, tear_down),
    };
    struct str path = {0};
    const char *before = getenv("PATH");
    str_printf(&path, "%s:%s", COMMANDS, before ? before : "/usr/bin:/bin");
    char *whole = str_steal(&path);
    setenv("PATH", whole, 1);
    free(whole);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
