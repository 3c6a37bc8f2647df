/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cast.c: whatever an engine does costs its own words only, within a known time, and is said. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
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

#include "audio/process.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/loop.h"
#include "rig.h"
#include "voice/voices.h"

#define FIXTURE_VOICE "languages: [en]\nengine: speech-fixture\n"
#define DEADLINE_MS   1500 /* short, but more than a busy machine needs for a good answer */

static int set_up(void **state)
{
    struct rig *rig = rig_new(FIXTURES);
    rig_add_voice(rig, "plain", FIXTURE_VOICE);
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    rig_destroy(*state);
    return 0;
}

static void expect_problem(struct rig *rig, uint32_t id, const char *words)
{
    const char *problem = cast_problem(rig->cast, id);
    assert_non_null(problem);
    if (!strstr(problem, words)) {
        fail_msg("problem: %s", problem);
    }
}

/* --- each misbehaviour costs its own text only --- */

struct misdeed {
    const char *text, *reason;
};

static const struct misdeed misdeeds[] = {
    {"please crash", "SIGABRT"},
    {"please segfault", "SIG|status 1"},
    {"please freeze", "not done after"},
    {"be deaf", "ended its process|crashed|SIGKILL"},
    {"now exit", "status 3"},
    {"burn time", "not done after"},
    {"silence", "no sound"},
    {"offset", "nothing but a constant"},
    {"drift", "nothing but a constant"},
    {"garbage", "not numbers"},
    {"full scale", "beyond full scale"},
    {"flood", "far too long"},
    {"deluge", "far too long"},
    {"an hour", "did not stop after 14 s"},
    {"a tale", "far too long"},
    {"mute", "no sound"},
    {"formatless", "before their format"},
    {"misrate", "sample rate"},
    {"complain", "no, I will not"},
    {"greedy", "failed|status 1"},
};

static bool says_one_of(const char *problem, const char *alternatives)
{
    char copy[128];
    snprintf(copy, sizeof copy, "%s", alternatives);
    char *rest = NULL;
    for (char *one = strtok_r(copy, "|", &rest); one; one = strtok_r(NULL, "|", &rest)) {
        if (strstr(problem, one)) {
            return true;
        }
    }
    return false;
}

static void test_misdeeds_cost_their_own_cue(void **state)
{
    struct rig *rig = *state;
    rig_open(rig, &(struct cast_options){.jobs = 2, .deadline_ms = DEADLINE_MS});
    uint32_t good = rig_say(rig, "good words");
    size_t count = sizeof misdeeds / sizeof misdeeds[0];
    uint32_t ids[32], between[32];
    for (size_t i = 0; i < count; i++) {
        char text[64];
        snprintf(text, sizeof text, "good words %zu", i);
        ids[i] = cast_request(rig->cast, misdeeds[i].text, "en", 0);
        between[i] = cast_request(rig->cast, text, "en", 0);
    }
    int64_t start = loop_now_ms();
    cast_wait(rig->cast, UINT32_MAX);
    assert_true(loop_now_ms() - start < 10 * DEADLINE_MS);
    for (size_t i = 0; i < count; i++) {
        const char *problem = cast_problem(rig->cast, ids[i]);
        assert_non_null(problem);
        if (!says_one_of(problem, misdeeds[i].reason) || !strstr(problem, "a tone stands")) {
            fail_msg("%s: %s", misdeeds[i].text, problem);
        }
        assert_non_null(cast_clip(rig->cast, ids[i]));
        assert_null(cast_problem(rig->cast, between[i]));
        assert_true(cast_clip(rig->cast, between[i])->length > 0);
    }
    assert_null(cast_problem(rig->cast, good));
    assert_int_equal(rig_stats(rig).failed, count);
    assert_int_equal(rig_stats(rig).synthesised, count + 1);
}

static void test_specks_and_offsets_are_cleaned(void **state)
{
    struct rig *rig = *state;
    rig_open(rig, &(struct cast_options){.deadline_ms = DEADLINE_MS});
    uint32_t id = rig_say(rig, "speck");
    const struct clip *clip = cast_clip(rig->cast, id);
    double sum = 0;
    assert_null(cast_problem(rig->cast, id));
    for (frames i = 0; i < clip->length; i++) {
        float sample = clip->samples[i];
        assert_true(sample == sample && sample < 1 && sample > -1);
        sum += sample;
    }
    assert_true(fabs(sum / (double)clip->length) < 0.01);
}

static void test_long_texts_may_take_long(void **state)
{
    struct rig *rig = *state;
    static const char text[] = "a tale that is long enough to be told in a minute, word for word, "
                               "and with all the time in the world";
    rig_open(rig, &(struct cast_options){.deadline_ms = 20000});
    assert_null(cast_problem(rig->cast, rig_say(rig, text)));
}

/* --- death of the worker itself --- */

static void test_worker_killed_is_started_again(void **state)
{
    struct rig *rig = *state;
    rig_open(rig, &(struct cast_options){.jobs = 1, .deadline_ms = DEADLINE_MS});
    uint32_t bad = cast_request(rig->cast, "kill parent", "en", 0);
    uint32_t good = cast_request(rig->cast, "good words", "en", 0);
    uint32_t more = cast_request(rig->cast, "more good words", "en", 0);
    cast_wait(rig->cast, UINT32_MAX);
    expect_problem(rig, bad, "worker died");
    expect_problem(rig, bad, "a tone");
    (void)good;
    (void)more;
    assert_true(rig_say(rig, "and later") > 0);
    assert_int_equal(rig_children() <= 1, 1);
}

static void test_no_children_are_left(void **state)
{
    struct rig *rig = *state;
    rig_open(rig, &(struct cast_options){.jobs = 2, .deadline_ms = 60000});
    rig_say(rig, "good words");
    assert_int_equal(rig_children(), 1);
    cast_request(rig->cast, "freeze here", "en", 0);
    cast_request(rig->cast, "freeze there", "en", 0);
    loop_step(rig->loop, 0);
    rig_close(rig);
    assert_int_equal(rig_children(), 0);
}

/* Waits until every process that was left behind has ended; they are all ours now. */
static void wait_for_orphans(void)
{
    alarm(30); /* ends this program if one does not */
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {
    }
    alarm(0);
}

static void test_what_an_engine_starts_ends_with_it(void **state)
{
    struct rig *rig = *state;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    rig_open(rig, &(struct cast_options){.jobs = 2, .deadline_ms = DEADLINE_MS});
    assert_null(cast_problem(rig->cast, rig_say(rig, "orphan")));
    assert_null(cast_problem(rig->cast, rig_say(rig, "daemon")));
    rig_close(rig);
    wait_for_orphans();
}

static void test_killed_player_leaves_nothing(void **state)
{
    struct rig *rig = *state;
    int ends[2];
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    assert_int_equal(pipe(ends), 0);
    pid_t player = fork();
    if (player == 0) {
        rig_open(rig, &(struct cast_options){.jobs = 2, .deadline_ms = 3600000});
        rig_say(rig, "good words");
        cast_request(rig->cast, "freeze here", "en", 0);
        cast_request(rig->cast, "freeze there", "en", 0);
        loop_step(rig->loop, 0);
        assert_int_equal(write(ends[1], "x", 1), 1);
        for (;;) {
            pause();
        }
    }
    char ready;
    assert_int_equal(read(ends[0], &ready, 1), 1);
    kill(player, SIGKILL);
    wait_for_orphans();
    close(ends[0]);
    close(ends[1]);
}

/* --- voices that cannot begin --- */

static void expect_broken(struct rig *rig, const char *voice, const char *reason)
{
    char yaml[256];
    snprintf(yaml, sizeof yaml, FIXTURE_VOICE "voice: %s\nfallback: %s\n", voice, voice);
    rig_add_voice(rig, voice, yaml);
    rig_open(rig, &(struct cast_options){.voice = voice, .deadline_ms = DEADLINE_MS / 2});
    uint32_t id = rig_say(rig, "good words");
    expect_problem(rig, id, reason);
    expect_problem(rig, id, "a tone");
    uint32_t again = rig_say(rig, "once more");
    expect_problem(rig, again, reason);
    rig_close(rig);
    rig_remove_voice(rig, voice);
    assert_int_equal(rig_children(), 0);
}

static void test_voices_that_cannot_begin(void **state)
{
    struct rig *rig = *state;
    rig_remove_voice(rig, "plain");
    expect_broken(rig, "refuse", "there is no voice 'refuse'");
    expect_broken(rig, "hang", "does not answer");
    expect_broken(rig, "exit", "worker died");
    expect_broken(rig, "crash", "worker died");
}

static void test_no_worker_program(void **state)
{
    struct rig *rig = *state;
    rig_open(rig, &(struct cast_options){.worker_program = "/nowhere/limber-worker"});
    expect_problem(rig, rig_say(rig, "good words"), "/nowhere/limber-worker");
    rig_close(rig);
    rig_open(rig, &(struct cast_options){.worker_program = "/bin/false"});
    expect_problem(rig, rig_say(rig, "good words"), "worker");
}

static void test_no_engine(void **state)
{
    struct rig *rig = *state;
    char *error = NULL;
    struct cast *cast = NULL;
    rig_add_voice(rig, "ghost", "languages: [fr]\nengine: speech-nowhere\n");
    const struct cast_options options = {.loop = rig->loop,
                                         .registry = rig->registry,
                                         .voice = "ghost",
                                         .voices_folder = rig->voices,
                                         .worker_program = WORKER,
                                         .rate_hz = 48000};
    assert_int_equal(cast_new(&options, &cast, &error), LIMBER_NOT_FOUND);
    assert_non_null(strstr(error, "speech-nowhere, is not installed"));
    free(error);
    rig_add_voice(rig, "haunted", FIXTURE_VOICE "fallback: ghost\n");
    rig_remove_voice(rig, "plain");
    rig_open(rig, &(struct cast_options){.voice = "haunted", .deadline_ms = DEADLINE_MS});
    expect_problem(rig, rig_say(rig, "please crash"), "a tone");
    /* A language nobody speaks. */
    uint32_t id = cast_request(rig->cast, "tlhIngan Hol", "tlh", 0);
    cast_wait(rig->cast, id);
    expect_problem(rig, id, "voice default-tlh cannot speak");
}

/* --- what an engine is given --- */

static void expect_told(struct rig *rig, const char *voice, const char *words)
{
    rig_open(rig, &(struct cast_options){.voice = voice, .seed = 41, .deadline_ms = 20000});
    expect_problem(rig, rig_say(rig, "tell me"), words);
    rig_close(rig);
}

static void test_options_reach_the_engine(void **state)
{
    struct rig *rig = *state;
    char words[160], *error = NULL;
    rig_add_voice(rig, "set", FIXTURE_VOICE "options: {word: hello, list: [a, b c]}\n");
    snprintf(words, sizeof words,
             "folder %s/set; text \"tell me\"; word hello; seed 41; list a?b c", rig->voices);
    expect_told(rig, "set", words);
    expect_told(rig, "plain", "word none; seed 41; list none");
    rig_add_voice(rig, "seeded", FIXTURE_VOICE "options: {seed: 7}\n");
    expect_told(rig, "seeded", "; seed 7;");
    assert_int_equal(registry_set(rig->registry, "speech-fixture", "word", "set=here", &error),
                     LIMBER_OK);
    expect_told(rig, "set", "; word set=here; seed 41; list a");
    assert_int_equal(registry_set(rig->registry, "speech-fixture", "seed", "8", &error), LIMBER_OK);
    expect_told(rig, "seeded", "; seed 8;");
}

static void expect_wrong_option(struct rig *rig, const char *options, const char *message, int line)
{
    char yaml[256];
    snprintf(yaml, sizeof yaml, FIXTURE_VOICE "options:\n  word: fine\n  %s\n", options);
    rig_add_voice(rig, "wrong", yaml);
    struct diags *diags = diags_new();
    struct voices *voices = voices_load(rig->voices, rig->registry, diags);
    struct place place = {0};
    const char *told = "nothing";
    assert_true(diags_get(diags, 0, NULL, &place, &told, NULL));
    const char *problem = voices_find(voices, "wrong")->problem;
    if (!strstr(told, message) || !problem || !strstr(problem, message) || place.line != line) {
        fail_msg("line %d: %s / %s", place.line, told, problem ? problem : "none");
    }
    voices_destroy(voices);
    diags_destroy(diags);
}

static void test_wrong_options_are_told(void **state)
{
    struct rig *rig = *state;
    expect_wrong_option(rig, "lvel: 3", "did you mean \"level\"?", 5);
    expect_wrong_option(rig, "level: 10", "a whole number from 1 to 9", 5);
    expect_wrong_option(rig, "level: [3, 4]", "a whole number from 1 to 9", 5);
    expect_wrong_option(rig, "colour: red", "its options are word, list", 5);
}

/* --- fallback --- */

/* `speaker`: NULL for the tone. */
static void expect_fallback(struct rig *rig, uint32_t id, const char *wanted, const char *speaker,
                            const char *reason)
{
    struct cast_fallback fallback;
    assert_true(cast_fallback(rig->cast, id, &fallback));
    assert_string_equal(fallback.wanted, wanted);
    assert_string_equal(fallback.spoken_by ? fallback.spoken_by : "", speaker ? speaker : "");
    if (!strstr(fallback.reason, reason) || strstr(fallback.reason, "then")) {
        fail_msg("reason: %s", fallback.reason);
    }
}

static void test_fallback_speaks(void **state)
{
    struct rig *rig = *state;
    struct cast_fallback fallback;
    rig_add_voice(rig, "first", FIXTURE_VOICE "voice: refuse\nfallback: second\n");
    rig_add_voice(rig, "second", FIXTURE_VOICE "voice: crash\nfallback: third\n");
    rig_add_voice(rig, "third", "languages: [de]\nengine: speech-fixture\nfallback: fourth\n");
    rig_add_voice(rig, "fourth", "languages: [en]\nengine: speech-nowhere\nfallback: plain\n");
    rig_open(rig, &(struct cast_options){.voice = "first", .deadline_ms = DEADLINE_MS});
    uint32_t id = rig_say(rig, "good words");
    expect_problem(rig, id, "spoken by voice plain instead");
    expect_fallback(rig, id, "first", "plain", "there is no voice 'refuse'");
    assert_int_equal(rig_stats(rig).synthesised, 1);
    assert_int_equal(rig_stats(rig).failed, 0);
    rig_close(rig);
    rig_open(rig, &(struct cast_options){.voice = "plain", .deadline_ms = DEADLINE_MS});
    assert_false(cast_fallback(rig->cast, rig_say(rig, "good words"), &fallback));
    assert_false(cast_fallback(rig->cast, 77, &fallback));
    assert_false(cast_fallback(rig->cast, cast_request(rig->cast, "more", "en", 0), &fallback));
}

static void test_fallback_circle_ends(void **state)
{
    struct rig *rig = *state;
    rig_add_voice(rig, "one", FIXTURE_VOICE "fallback: two\nrate: 100\n");
    rig_add_voice(rig, "two", FIXTURE_VOICE "fallback: one\n");
    rig_open(rig, &(struct cast_options){.voice = "one", .deadline_ms = DEADLINE_MS});
    uint32_t id = rig_say(rig, "please crash");
    expect_fallback(rig, id, "one", NULL, "SIGABRT");
    assert_string_equal(cast_problem(rig->cast, id),
                        "the engine crashed (SIGABRT); then: the engine crashed (SIGABRT); then: "
                        "a tone stands for these words");
}

/* Neither named anywhere: the default of the language comes before the tone. */
static void test_default_of_the_language_speaks(void **state)
{
    struct rig *rig = *state;
    rig_add_voice(rig, "clips", "languages: [en]\nengine: speech-recorded\n");
    rig_add_voice(rig, "always", "languages: [en]\nengine: speech-fixture\nfallback: clips\n");
    rig_add_voice(rig, "broken", FIXTURE_VOICE "voice: refuse\nfallback: nobody\n");
    rig_open(rig, &(struct cast_options){.voice = "broken", .deadline_ms = DEADLINE_MS});
    expect_fallback(rig, rig_say(rig, "good words"), "broken", "always", "refuse");
    rig_close(rig);
    /* A voice of clips is nobody's default while another speaks the language. */
    rig_open(rig, &(struct cast_options){0});
    assert_string_equal(cast_voice_name(rig->cast, "en"), "always");
    assert_string_equal(cast_voice_name(rig->cast, "en-GB"), "always");
}

/* --- recorded clips --- */

static double clip_level(struct rig *rig, uint32_t id)
{
    const struct clip *clip = cast_clip(rig->cast, id);
    return process_loudness(clip->samples, clip->length, 1, clip->rate_hz);
}

static void test_recorded_clips(void **state)
{
    struct rig *rig = *state;
    rig_add_voice(rig, "clips",
                  "languages: [en]\nengine: speech-recorded\nfallback: plain\n"
                  "dictionary: words.yaml\ngain: -6\n");
    char path[160];
    snprintf(path, sizeof path, "%s/clips/words.yaml", rig->voices);
    rig_write(path, "tell: say\n");
    rig_open(rig, &(struct cast_options){.voice = "clips", .seed = 3, .deadline_ms = 20000});
    /* As it is written, whole, in one line. */
    uint32_t id = rig_say(rig, " Tell & tell\n(100%)...  No. 5! \t");
    expect_problem(rig, id, "text \"Tell & tell (100%)...  No. 5!\"; word none; seed 3");
    /* What there is no clip of is nothing to complain about. */
    id = rig_say(rig, "no clip of this");
    expect_fallback(rig, id, "clips", "plain", "there is no clip for these words");
    /* Levelled one by one, loud or quiet, long or shorter than 400 ms; the gain is the voice's. */
    static const char *const texts[] = {"some good words", "a whisper of good words", "go",
                                        "a damaged take"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        id = rig_say(rig, texts[i]);
        assert_null(cast_problem(rig->cast, id));
        assert_true(fabs(clip_level(rig, id) - (CAST_TARGET_LUFS + 0.5)) < 0.1);
        assert_true(fabsf(cast_gain(rig->cast, id) - gain_from_db(-6)) < 1e-6f);
    }
    assert_int_equal(rig_stats(rig).synthesised, 4 + 1); /* and nothing to be levelled with */
    char *endless = xcalloc(1, 100001);
    memset(endless, 'a', 100000);
    expect_problem(rig, rig_say(rig, endless), "too long");
    free(endless);
}

/* --- somebody waits --- */

static void hurry(struct rig *rig, uint32_t id)
{
    while (!cast_clip(rig->cast, id)) {
        cast_hurry(rig->cast, id);
        loop_step(rig->loop, -1);
    }
}

/* A voice that says some words only once somebody writes into the pipe. Returns the descriptor. */
static int add_slow_voice(struct rig *rig)
{
    char path[128], yaml[256];
    snprintf(path, sizeof path, "%s/gate", rig->folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    snprintf(yaml, sizeof yaml, FIXTURE_VOICE "options: {word: %s}\nfallback: plain\n", path);
    rig_add_voice(rig, "slow", yaml);
    return open(path, O_RDWR | O_CLOEXEC);
}

static void test_a_slow_voice_is_not_waited_for(void **state)
{
    struct rig *rig = *state;
    struct cast_options options = {
        .voice = "slow", .jobs = 2, .patience_ms = 50, .deadline_ms = 600000};
    int gate = add_slow_voice(rig);
    rig_open(rig, &options);
    uint32_t id = cast_request(rig->cast, "at the gate", "en", 0);
    hurry(rig, id);
    expect_fallback(rig, id, "slow", "plain", "voice slow was too slow");
    rig_close(rig);
    assert_int_equal(rig_children(), 0);
    /* A good engine is given its time, and nothing changes. */
    options.patience_ms = 600000;
    rig_open(rig, &options);
    id = cast_request(rig->cast, "good words", "en", 0);
    hurry(rig, id);
    assert_null(cast_problem(rig->cast, id));
    close(gate);
}

/* Whatever comes first is heard; what comes later is kept for the next time. */
static void test_late_words_are_kept(void **state)
{
    struct rig *rig = *state;
    const struct cast_options options = {.voice = "slow",
                                         .cache_folder = rig->cache,
                                         .jobs = 2,
                                         .patience_ms = 1,
                                         .deadline_ms = 600000};
    int gate = add_slow_voice(rig);
    rig_open(rig, &options);
    uint32_t id = cast_request(rig->cast, "at the gate", "en", 0);
    hurry(rig, id);
    expect_fallback(rig, id, "slow", "plain", "too slow");
    const struct clip *heard = cast_clip(rig->cast, id);
    assert_int_equal(rig_stats(rig).synthesised, 1);
    assert_int_equal(write(gate, "x", 1), 1);
    while (rig_stats(rig).synthesised == 1) {
        loop_step(rig->loop, -1);
    }
    assert_ptr_equal(cast_clip(rig->cast, id), heard);
    rig_close(rig);
    rig_open(rig, &options);
    id = rig_say(rig, "at the gate");
    assert_null(cast_problem(rig->cast, id));
    assert_int_equal(rig_stats(rig).cached, 1);
    close(gate);
}

static void test_nobody_else_to_speak(void **state)
{
    struct rig *rig = *state;
    rig_open(rig, &(struct cast_options){.jobs = 1, .patience_ms = 1, .deadline_ms = DEADLINE_MS});
    uint32_t id = cast_request(rig->cast, "freeze", "en", 0);
    hurry(rig, id);
    expect_fallback(rig, id, "plain", NULL, "not done after");
}

/* An engine that only hangs is given up in the end. */
static void test_an_engine_that_always_hangs(void **state)
{
    struct rig *rig = *state;
    rig_open(rig, &(struct cast_options){.jobs = 4, .deadline_ms = DEADLINE_MS});
    for (int i = 0; i < 40; i++) {
        char text[32];
        snprintf(text, sizeof text, "freeze %d", i);
        cast_request(rig->cast, text, "en", 0);
    }
    cast_wait(rig->cast, UINT32_MAX);
    expect_problem(rig, 0, "not done after");
    expect_problem(rig, 39, "too slow again and again");
}

/* --- the files of a voice --- */

static size_t made_anew(struct rig *rig)
{
    rig_open(rig, &(struct cast_options){.voice = "filed", .cache_folder = rig->cache});
    rig_say(rig, "good words");
    size_t count = rig_stats(rig).synthesised;
    rig_close(rig);
    return count;
}

static void test_changed_files_change_the_clips(void **state)
{
    struct rig *rig = *state;
    char folder[160], path[200];
    rig_add_voice(rig, "filed", FIXTURE_VOICE "dictionary: words.yaml\n");
    snprintf(folder, sizeof folder, "%s/filed/a/b", rig->voices);
    assert_int_equal(file_make_folders(folder), LIMBER_OK);
    snprintf(path, sizeof path, "%s/filed/words.yaml", rig->voices);
    rig_write(path, "nothing: something\n");
    assert_int_equal(made_anew(rig), 1);
    assert_int_equal(made_anew(rig), 0);
    snprintf(path, sizeof path, "%s/model", folder);
    rig_write(path, "1");
    assert_int_equal(made_anew(rig), 1);
    assert_int_equal(made_anew(rig), 0);
    rig_write(path, "12");
    assert_int_equal(made_anew(rig), 1);
    snprintf(path, sizeof path, "%s/filed/words.yaml", rig->voices);
    rig_write(path, "nothing: something else\n"); /* does not matter to these words */
    snprintf(path, sizeof path, "%s/.hidden", folder);
    rig_write(path, "1");
    rig_add_voice(rig, "filed", FIXTURE_VOICE "dictionary: words.yaml\ngain: 1\n");
    assert_int_equal(made_anew(rig), 0);
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof path, "%s/model", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(made_anew(rig), 0); /* as it was at first */
}

/* --- ordinary life --- */

static void test_same_request_same_id(void **state)
{
    struct rig *rig = *state;
    rig_open(rig, &(struct cast_options){0});
    uint32_t a = cast_request(rig->cast, "good words", "en", 0);
    assert_int_equal(cast_request(rig->cast, "good words", "en", 0), a);
    assert_int_not_equal(cast_request(rig->cast, "good words", "en", 1), a);
    assert_int_not_equal(cast_request(rig->cast, "good words", "en-GB", 0), a);
    assert_int_not_equal(cast_request(rig->cast, "other words", "en", 0), a);
    assert_null(cast_clip(rig->cast, a));
    assert_null(cast_clip(rig->cast, 12345));
    cast_wait(rig->cast, UINT32_MAX);
    assert_int_equal(rig_stats(rig).requests, 4);
    for (int i = 0; i < 1000; i++) {
        char text[32];
        snprintf(text, sizeof text, "!%d?", i);
        uint32_t id = cast_request(rig->cast, text, "en", 0);
        assert_int_equal(cast_request(rig->cast, text, "en", 0), id);
    }
}

static void count_calls(void *context)
{
    ++*(int *)context;
}

static void test_ready_is_told(void **state)
{
    struct rig *rig = *state;
    int calls = 0;
    rig_open(rig, &(struct cast_options){.deadline_ms = DEADLINE_MS});
    cast_on_ready(rig->cast, count_calls, &calls);
    uint32_t id = cast_request(rig->cast, "good words", "en", 0);
    while (!cast_clip(rig->cast, id)) {
        calls = 0;
        loop_step(rig->loop, -1);
    }
    loop_step(rig->loop, 0);
    loop_step(rig->loop, 0);
    assert_true(calls > 0);
}

static void test_nothing_to_say(void **state)
{
    struct rig *rig = *state;
    rig_open(rig, &(struct cast_options){0});
    uint32_t id = rig_say(rig, "\xf0\x9f\x91\x8d ...");
    expect_problem(rig, id, "nothing in the text");
    assert_true(cast_gain(rig->cast, id) == 1.0f);
}

static void test_unknown_voice(void **state)
{
    struct rig *rig = *state;
    struct cast *cast = NULL;
    char *error = NULL;
    const struct cast_options options = {.loop = rig->loop,
                                         .registry = rig->registry,
                                         .voice = "plian",
                                         .voices_folder = rig->voices,
                                         .worker_program = WORKER,
                                         .rate_hz = 48000};
    assert_int_equal(cast_new(&options, &cast, &error), LIMBER_NOT_FOUND);
    assert_null(cast);
    assert_non_null(strstr(error, "plain"));
    free(error);
    rig_add_voice(rig, "broken", FIXTURE_VOICE "pich: 3\n");
    struct cast_options broken = options;
    broken.voice = "broken";
    assert_int_equal(cast_new(&broken, &cast, &error), LIMBER_NOT_FOUND);
    assert_non_null(strstr(error, "pich"));
    free(error);
}

/* --- the same samples, whatever the order and the number of jobs --- */

#define TEXTS 24

static void say_all(struct rig *rig, int jobs, bool backwards, struct clip *copies[TEXTS])
{
    uint32_t ids[TEXTS];
    rig_open(rig, &(struct cast_options){.jobs = jobs, .deadline_ms = 20000});
    for (int i = 0; i < TEXTS; i++) {
        int which = backwards ? TEXTS - 1 - i : i;
        char text[64];
        snprintf(text, sizeof text, "text number %d of many", which * which);
        ids[which] = cast_request(rig->cast, text, "en", 0);
    }
    cast_wait(rig->cast, UINT32_MAX);
    for (int i = 0; i < TEXTS; i++) {
        const struct clip *clip = cast_clip(rig->cast, ids[i]);
        assert_null(cast_problem(rig->cast, ids[i]));
        copies[i] = clip_new(clip->samples, clip->length, 1, clip->rate_hz);
    }
    rig_close(rig);
}

static void test_order_and_jobs_do_not_matter(void **state)
{
    struct clip *first[TEXTS], *other[TEXTS];
    say_all(*state, 1, false, first);
    for (int round = 0; round < 2; round++) {
        say_all(*state, round == 0 ? 1 : 8, true, other);
        for (int i = 0; i < TEXTS; i++) {
            assert_int_equal(first[i]->length, other[i]->length);
            assert_memory_equal(first[i]->samples, other[i]->samples,
                                (size_t)first[i]->length * sizeof(float));
            clip_destroy(other[i]);
        }
    }
    for (int i = 0; i < TEXTS; i++) {
        clip_destroy(first[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_misdeeds_cost_their_own_cue, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_specks_and_offsets_are_cleaned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_texts_may_take_long, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_worker_killed_is_started_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_children_are_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_an_engine_starts_ends_with_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_killed_player_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_voices_that_cannot_begin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_worker_program, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_engine, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_options_reach_the_engine, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_options_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fallback_speaks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fallback_circle_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_default_of_the_language_speaks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recorded_clips, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_slow_voice_is_not_waited_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_late_words_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nobody_else_to_speak, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_engine_that_always_hangs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_changed_files_change_the_clips, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_same_request_same_id, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ready_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_to_say, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unknown_voice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_order_and_jobs_do_not_matter, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
