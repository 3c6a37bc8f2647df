/* SPDX-License-Identifier: GPL-3.0-or-later */
/* speechd.c: speech-dispatcher through the real worker: against a stand-in module that misbehaves
 * on request, and with the modules that are installed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "rig.h"

#define DEADLINE_MS 20000
#define TIMEOUT_MS  3000 /* of the plugin; more than a busy machine needs for a good answer */
#define SYSTEM      "/usr/lib/speech-dispatcher-modules/"

static int set_up(void **state)
{
    const char *const names[] = {"standin", "dead",   "hang",      "broken",
                                 "noise",   "player", "secretive", "endless"};
    struct rig *rig = rig_new(PLUGINS);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[160];
        snprintf(path, sizeof path, "%s/sd_%s", rig->folder, names[i]);
        assert_int_equal(symlink(STAND_IN, path), 0);
    }
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    rig_destroy(*state);
    return 0;
}

/* `more` are lines of voice.yaml; `modules`: their folder, or NULL for the system's. */
static void open_voice(struct rig *rig, const char *modules, const char *module, const char *more)
{
    char yaml[1024], folder[160] = "";
    if (modules) {
        snprintf(folder, sizeof folder, "  modules: \"%s\"\n", modules);
    }
    snprintf(yaml, sizeof yaml,
             "languages: [en-GB, en]\nengine: speech-dispatcher\n%soptions:\n  module: \"%s\"\n"
             "  timeout: %d\n%s",
             more, module, TIMEOUT_MS, folder);
    rig_add_voice(rig, "reader", yaml);
    rig_open(rig,
             &(struct cast_options){
                 .voice = "reader", .language = "en-GB", .jobs = 2, .deadline_ms = DEADLINE_MS});
}

static uint32_t say(struct rig *rig, const char *text)
{
    uint32_t id = cast_request(rig->cast, text, "en-GB", 0);
    cast_wait(rig->cast, id);
    return id;
}

static void expect_fine(struct rig *rig, uint32_t id)
{
    const char *problem = cast_problem(rig->cast, id);
    if (problem) {
        fail_msg("%s", problem);
    }
    assert_true(cast_clip(rig->cast, id)->length > 0);
}

static void expect_problem(struct rig *rig, uint32_t id, const char *words)
{
    const char *problem = cast_problem(rig->cast, id);
    if (!problem || !strstr(problem, words)) {
        fail_msg("problem: %s; expected: %s", problem ? problem : "none", words);
    }
}

static void expect_pitch(struct rig *rig, uint32_t id, int pitch_hz)
{
    expect_fine(rig, id);
    const struct clip *clip = cast_clip(rig->cast, id);
    int count = 0;
    for (frames i = 1; i < clip->length; i++) {
        count += clip->samples[i - 1] < 0 && clip->samples[i] >= 0;
    }
    int heard = (int)(count * 48000.0 / (double)clip->length + 0.5);
    if (abs(heard - pitch_hz) > pitch_hz / 20) {
        fail_msg("%d Hz instead of %d", heard, pitch_hz);
    }
}

/* --- the stand-in --- */

static void test_voices(void **state)
{
    struct rig *rig = *state;
    const struct {
        const char *more;
        int pitch_hz;
    } cases[] = {
        {"", 400},
        {"voice: other\n", 600},
        {"voice: Other\nvariant: max\n", 700},
        {"voice: Other+Max\n", 700},
        {"variant: Max\n", 700}, /* that of en-GB */
        {"voice: Deutsch\n", 500},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_voice(rig, rig->folder, "standin", cases[i].more);
        expect_pitch(rig, say(rig, "good words"), cases[i].pitch_hz);
        rig_close(rig);
    }
    char path[160];
    snprintf(path, sizeof path, "%s/sd_secretive", rig->folder);
    open_voice(rig, NULL, path, ""); /* by its path; it does not list its voices */
    expect_pitch(rig, say(rig, "good words"), 400);
}

static frames length_at(struct rig *rig, const char *more)
{
    open_voice(rig, rig->folder, "standin", more);
    uint32_t id = say(rig, "good words");
    expect_fine(rig, id);
    frames length = cast_clip(rig->cast, id)->length;
    rig_close(rig);
    return length;
}

static void test_rate(void **state)
{
    struct rig *rig = *state;
    frames normal = length_at(rig, "");
    assert_in_range(llabs(length_at(rig, "rate: 170\n") - normal), 0, 48);
    assert_true(length_at(rig, "rate: 125\n") > normal * 11 / 10); /* −50 */
    assert_true(length_at(rig, "rate: 310\n") < normal * 9 / 10);  /* +50 */
}

static void test_every_form_of_samples(void **state)
{
    struct rig *rig = *state;
    const char *const texts[] = {"swapped words", "stereo words", "old words", "with marks",
                                 "whole words"};
    open_voice(rig, rig->folder, "standin", "");
    uint32_t plain = say(rig, "good words");
    expect_pitch(rig, plain, 400);
    const struct clip *expected = cast_clip(rig->cast, plain);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint32_t id = say(rig, texts[i]);
        expect_fine(rig, id);
        const struct clip *clip = cast_clip(rig->cast, id);
        assert_int_equal(clip->length, expected->length);
        assert_memory_equal(clip->samples, expected->samples,
                            (size_t)clip->length * sizeof *clip->samples);
    }
}

struct misdeed {
    const char *text, *reason;
};

static const struct misdeed misdeeds[] = {
    {"please stall", "did not answer within 3.0 s"},
    {"be deaf", "did not answer within 3.0 s"},
    {"now die", "ended with status 7 before it was done"},
    {"now crash", "was killed by SIGSEGV before it was done: cannot allocate the universe"},
    {"some garbage", "does not keep to its protocol"},
    {"a lie", "announced 16000 samples and sent 16000 bytes"},
    {"please shrink", "announced 12 samples"},
    {"be negative", "announced -1 samples"},
    {"be bare", "announced 1000 samples and sent 0 bytes"},
    {"a cut", "in the middle of an escape"},
    {"be formless", "format that is not known: -1 Hz"},
    {"other bits", "format that is not known: 16000 Hz, 12 bits"},
    {"the slowest", "format that is not known: 1 Hz"},
    {"a crowd", "4000 channels"},
    {"be restless", "changed its sample rate"},
    {"please stop", "stopped before it was done"},
    {"please refuse", "answers: 301 ERROR CANT SPEAK"},
    {"be mute", "made no sound"},
    {"please babble", "events without end, but no sound"},
    {"an endless line", "line that is too long"},
    {"a giant block", "block of its samples is too large"},
    {"a flood", "too long for these words"},
    {"some chatter", "did not answer within 3.0 s"},
};

static void test_misdeeds_cost_their_own_cue(void **state)
{
    struct rig *rig = *state;
    size_t count = sizeof misdeeds / sizeof misdeeds[0];
    uint32_t ids[32], between[32];
    open_voice(rig, rig->folder, "standin", "");
    for (size_t i = 0; i < count; i++) {
        char text[64];
        snprintf(text, sizeof text, "good words %zu", i);
        ids[i] = cast_request(rig->cast, misdeeds[i].text, "en-GB", 0);
        between[i] = cast_request(rig->cast, text, "en-GB", 0);
    }
    cast_wait(rig->cast, UINT32_MAX);
    for (size_t i = 0; i < count; i++) {
        expect_problem(rig, ids[i], misdeeds[i].reason);
        assert_non_null(cast_clip(rig->cast, ids[i]));
        expect_fine(rig, between[i]);
    }
}

static void test_no_module_is_left(void **state)
{
    struct rig *rig = *state;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    open_voice(rig, rig->folder, "standin", "");
    cast_request(rig->cast, "be deaf", "en-GB", 0);
    cast_request(rig->cast, "be deaf again", "en-GB", 0);
    expect_fine(rig, say(rig, "good words"));
    rig_close(rig);
    alarm(60); /* ends this program if one of them does not end */
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {
    }
    alarm(0);
}

static void test_voices_that_cannot_begin(void **state)
{
    struct rig *rig = *state;
    const struct {
        const char *module, *more, *reason;
    } cases[] = {
        {"dead", "", "ended with status 3 before it was done: no licence file"},
        {"hang", "", "did not answer within 3.0 s"},
        {"broken", "", "answers: 399 the synthesizer is not there"},
        {"noise", "", "does not keep to its protocol"},
        {"player", "", "answers: 303 ERROR INVALID PARAMETER"},
        {"endless", "", "without end"},
        {"secretive", "voice: English\n", "has no voice 'English'"},
        {"standin", "voice: nobody\n", "has no voice 'nobody'; for en-GB it has English, Other"},
        {"standin", "voice: Other\nvariant: nope\n",
         "has no voice 'Other' with the variant 'nope'"},
        {"standin", "variant: nope\n", "has no variant 'nope' for en-GB; name the voice too"},
        {"nowhere", "", "has no module 'nowhere' here (there is: "},
        {"/bin/true", "", "ended with status 0 before it was done"},
        {"/etc/passwd", "", "has no module '/etc/passwd'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_voice(rig, rig->folder, cases[i].module, cases[i].more);
        expect_problem(rig, say(rig, "good words"), cases[i].reason);
        rig_close(rig);
    }
}

/* --- the real ones --- */

/* How fast a module speaks, in seconds for the same words. */
static double seconds_at(struct rig *rig, const char *module, const char *more)
{
    open_voice(rig, NULL, module, more);
    uint32_t id =
        say(rig, "Lie on your back with your knees bent and let your arms rest beside you");
    expect_fine(rig, id);
    double seconds = (double)cast_clip(rig->cast, id)->length / 48000;
    rig_close(rig);
    return seconds;
}

static void expect_real(struct rig *rig, const char *module)
{
    char path[128];
    snprintf(path, sizeof path, SYSTEM "sd_%s", module);
    if (access(path, X_OK) != 0) {
        print_message("%s is not installed\n", path);
        return;
    }
    double slow = seconds_at(rig, module, "rate: 110\n");
    double calm = seconds_at(rig, module, "rate: 140\n");
    double quick = seconds_at(rig, module, "rate: 200\n");
    print_message("%s: %.2f s at 110, %.2f s at 140, %.2f s at 200 words a minute\n", module, slow,
                  calm, quick);
    assert_in_range((int)(100 * slow / calm), 115, 140);  /* 127 */
    assert_in_range((int)(100 * calm / quick), 128, 157); /* 143 */
    open_voice(rig, NULL, module, "voice: nobody\n");
    expect_problem(rig, say(rig, "good words"), "has no voice 'nobody'");
    rig_close(rig);
}

static void test_espeak_ng(void **state)
{
    expect_real(*state, "espeak-ng");
}

static void test_flite(void **state)
{
    expect_real(*state, "flite");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_voices, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_form_of_samples, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_misdeeds_cost_their_own_cue, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_module_is_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_voices_that_cannot_begin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_espeak_ng, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_flite, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
