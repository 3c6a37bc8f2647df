/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.c: speech-command with a program that misbehaves on request (commands/rogue.c), through
 * the real worker; and what exactly the program gets, in this process. */
#include <errno.h>
#include <fcntl.h>
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

#include "audio/clip.h"
#include "base/arena.h"
#include "base/file.h"
#include "plugin/registry.h"
#include "probe.h"

#define ID      "speech-command"
#define COMMAND "languages: [en]\nengine: speech-command\n"

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

/* Waits until every process that was left behind has ended; they are all ours now. */
static void wait_for_orphans(void)
{
    alarm(60); /* ends this program if one does not */
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {
    }
    alarm(0);
}

/* --- each misbehaviour costs its own text only --- */

struct misdeed {
    const char *text, *reason;
};

static const struct misdeed misdeeds[] = {
    {"please freeze", "rogue was not done after 1.0 s"},
    {"please spin", "rogue was not done after 1.0 s"},
    {"please crash", "rogue crashed (SIGABRT)"},
    {"please complain", "rogue failed with status 1: no such model: ?[31men.onnx?[0m"},
    {"silent failure", "rogue failed with status 3"},
    {"garbage", "rogue failed: it wrote no sound file"},
    {"words only", "it wrote words instead of sound: \"Usage: rogue [options]"},
    {"flood", "wrote more than 10 minutes"},
    {"deaf flood", "was not done after 1.0 s"},
    {"an hour", "too long|ten minutes"},
    {"nothing", "rogue failed: it made no sound"},
    {"truncated", "its WAV file ends after 22050 of 44100 bytes"},
};

/* These are odd, and spoken all the same. */
static const char *const fine[] = {
    "good words",  "deaf ears",   "a grandchild", "a daemon", "slowly",
    "length zero", "length huge", "length large", "chatter",  "grandchild and daemon",
};

static void check_tone(struct rig *rig, uint32_t id, const char *text)
{
    const char *problem = cast_problem(rig->cast, id);
    if (problem) {
        fail_msg("%s: %s", text, problem);
    }
    frames length = cast_clip(rig->cast, id)->length; /* half a second, less what is trimmed */
    if (length < 23800 || length > 24100) {
        fail_msg("%s: %lld frames", text, (long long)length);
    }
}

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

static void try_misdeeds(struct rig *rig, const struct misdeed *list, size_t count)
{
    uint32_t ids[32], between[32];
    for (size_t i = 0; i < count; i++) {
        char text[64];
        snprintf(text, sizeof text, "good words %zu", i);
        ids[i] = cast_request(rig->cast, list[i].text, "en", 0);
        between[i] = cast_request(rig->cast, text, "en", 0);
    }
    cast_wait(rig->cast, UINT32_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *problem = cast_problem(rig->cast, ids[i]);
        if (!problem || !says_one_of(problem, list[i].reason)) {
            fail_msg("%s: %s", list[i].text, problem ? problem : "spoken");
        }
        assert_true(cast_clip(rig->cast, ids[i])->length > 0); /* somebody else spoke */
        check_tone(rig, between[i], "good words between");
    }
}

static void test_misdeeds_cost_their_own_cue(void **state)
{
    struct rig *rig = *state;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    rig_add_voice(rig, "rogue", COMMAND "options: {command: [" ROGUE "], timeout: 1}\n");
    rig_open(rig, &(struct cast_options){.voice = "rogue", .jobs = 2});
    try_misdeeds(rig, misdeeds, sizeof misdeeds / sizeof misdeeds[0]);
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        check_tone(rig, rig_say(rig, fine[i]), fine[i]);
    }
    rig_close(rig);
    wait_for_orphans(); /* grandchildren and daemons are gone too */
}

static void test_raw_samples(void **state)
{
    static const struct misdeed bad[] = {
        {"no numbers", "its samples are no sound (is `format` right?)"},
        {"constant", "no sound"},
        {"flood", "wrote more than 10 minutes"},
        {"nothing", "it made no sound"},
        {"words only", "it wrote words instead of sound"},
    };
    struct rig *rig = *state;
    rig_add_voice(rig, "raw",
                  COMMAND "options: {command: [" ROGUE
                          ", --raw], format: f32, rate: 22050, timeout: 5}\n");
    rig_open(rig, &(struct cast_options){.voice = "raw", .jobs = 2});
    try_misdeeds(rig, bad, sizeof bad / sizeof bad[0]);
    check_tone(rig, rig_say(rig, "slowly"), "slowly");
    rig_close(rig);
    /* The same bytes taken for something else: nobody's crash, and sound as long as it must be. */
    rig_add_voice(rig, "stereo",
                  COMMAND "options: {command: [" ROGUE ", --raw], format: s16, "
                          "rate: 44100, channels: 2}\n");
    rig_open(rig, &(struct cast_options){.voice = "stereo"});
    const struct clip *clip = cast_clip(rig->cast, rig_say(rig, "good words"));
    assert_true(clip->length > 11500 && clip->length < 12100);
}

/* --- programs that write files --- */

static int count_entries(const char *path)
{
    char command[256];
    int count = -1;
    snprintf(command, sizeof command, "ls -A '%s' | wc -l", path);
    FILE *out = popen(command, "r");
    assert_int_equal(fscanf(out, "%d", &count), 1);
    pclose(out);
    return count;
}

static void test_files_come_and_go(void **state)
{
    static const struct misdeed bad[] = {
        {"no file", "rogue failed: it wrote no file"},
        {"please complain", "no such model"},
        {"truncated", "ends after"},
        {"flood", "wrote more than 10 minutes"},
        {"please freeze", "was not done after 2.0 s"},
    };
    struct rig *rig = *state;
    char scratch[96];
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    snprintf(scratch, sizeof scratch, "%s/scratch", rig->folder);
    assert_int_equal(mkdir(scratch, 0700), 0);
    setenv("TMPDIR", scratch, 1);
    rig_add_voice(rig, "file",
                  COMMAND "options: {command: [" ROGUE ", --to, '{out}'], timeout: 2}\n");
    rig_open(rig, &(struct cast_options){.voice = "file", .jobs = 2});
    check_tone(rig, rig_say(rig, "good words"), "good words");
    try_misdeeds(rig, bad, sizeof bad / sizeof bad[0]);
    check_tone(rig, rig_say(rig, "a daemon"), "a daemon");
    assert_int_equal(count_entries(scratch), 1); /* the folder, while the worker lives */
    rig_close(rig);
    /* And when everything is killed at once, in the middle of a run. */
    rig_open(rig, &(struct cast_options){.voice = "file", .jobs = 2, .deadline_ms = 1000});
    assert_non_null(cast_problem(rig->cast, rig_say(rig, "freeze once more")));
    rig_close(rig);
    wait_for_orphans();
    assert_int_equal(count_entries(scratch), 0);
    unsetenv("TMPDIR");
}

/* --- voices that cannot begin --- */

static void expect_refusal(struct rig *rig, const char *options, const char *words)
{
    char yaml[1024];
    snprintf(yaml, sizeof yaml, COMMAND "%s", options);
    rig_add_voice(rig, "bad", yaml);
    rig_open(rig, &(struct cast_options){.voice = "bad"});
    const char *problem = cast_problem(rig->cast, rig_say(rig, "good words"));
    if (!problem || !strstr(problem, words)) {
        fail_msg("%s: %s", options, problem ? problem : "spoken");
    }
    rig_close(rig);
}

static void test_voices_that_cannot_begin(void **state)
{
    struct rig *rig = *state;
    expect_refusal(rig, "", "which program speaks is not said");
    expect_refusal(rig, "options: {command: [no-such-program, -x]}",
                   "the program no-such-program is not installed; install it, or write its path");
    expect_refusal(rig, "options: {command: [./speak]}", "there is no program ./speak in ");
    expect_refusal(rig, "options: {command: [/etc/passwd]}", "chmod +x /etc/passwd");
    expect_refusal(rig, "options: {command: [/etc]}", "there is no program /etc");
    expect_refusal(rig, "options: {command: ['" ROGUE "', '{voice}']}",
                   "{voice} in it, but the voice does not set it");
    expect_refusal(rig, "voice: ann\noptions: {command: ['" ROGUE "']}",
                   "there is no voice 'ann', since `command` has no {voice}");
    expect_refusal(rig, "variant: deep\noptions: {command: ['" ROGUE "']}",
                   "there is no variant 'deep', since");
    expect_refusal(rig, "options: {command: ['" ROGUE "', '{txet}']}", "has {txet} in it");
    expect_refusal(rig, "options: {command: ['" ROGUE "', '{text}'], text: json}",
                   "`text` must be argument");
    expect_refusal(rig, "options: {command: ['" ROGUE "'], files: [en.onnx]}",
                   "the file en.onnx, which the voice needs, is not there");
    expect_refusal(rig, "options: {command: ['" ROGUE "'], environment: [nonsense]}",
                   "not of the form NAME=value");
}

/* --- what the program gets --- */

/* A run in this process, with what it wrote into its dump. */
struct sent {
    enum limber_status status;
    char data[65536];
    size_t size;
    const char *part[4]; /* arguments, input, environment, descriptors */
    size_t samples;
};

static enum limber_status take_format(void *context, uint32_t rate_hz)
{
    return LIMBER_OK;
}

static enum limber_status take_samples(void *context, const float *samples, size_t count)
{
    ((struct sent *)context)->samples += count;
    return LIMBER_OK;
}

static void set(struct rig *rig, const char *name, const char *value)
{
    char *error = NULL;
    if (registry_set(rig->registry, ID, name, value, &error) != LIMBER_OK) {
        fail_msg("%s: %s", name, error);
    }
}

static void send_text(struct rig *rig, struct sent *sent, const char *name, const char *text)
{
    const struct limber_speech_voice voice = {.size = sizeof voice,
                                              .language = "en-GB",
                                              .voice = name,
                                              .rate_wpm = 120,
                                              .pitch = 40,
                                              .pitch_range = -1};
    const struct limber_speech_writer writer = {
        .size = sizeof writer, .context = sent, .format = take_format, .write = take_samples};
    char *error = NULL;
    void *self = NULL;
    struct plugin_instance *instance = registry_create(rig->registry, ID, &error);
    assert_non_null(instance);
    const struct limber_speech *speech = plugin_interface(instance, LIMBER_SPEECH_ID, &self);
    *sent = (struct sent){0};
    assert_int_equal(speech->prepare(self, &voice), LIMBER_OK);
    sent->status = speech->synthesize(self, text, 0, &writer);
    plugin_instance_destroy(rig->registry, instance);
    char path[128];
    snprintf(path, sizeof path, "%s/dump", rig->folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    sent->size = (size_t)read(fd, sent->data, sizeof sent->data - 1);
    close(fd);
    unlink(path);
    const char *at = sent->data;
    for (int i = 0; i < 4; i++) {
        sent->part[i] = at;
        char *end = memchr(at, 1, sent->size - (size_t)(at - sent->data));
        if (end) {
            *end = '\0';
            at = end + 1;
        }
    }
}

/* The argument at `index`; the empty one is "". */
static const char *argument(const struct sent *sent, int index)
{
    const char *at = sent->data;
    while (index-- > 0) {
        at += strlen(at) + 1;
    }
    return at;
}

static const char *const hostile[] = {
    "Plain words.",
    "It's \"quoted\" and 'quoted' and `id` $(id) ${HOME} $HOME; rm -rf / & | > x < y * ? ~ !",
    "two\nlines\n\nand a\ttab",
    "braces {text} {out} {rate} {{ }} {voice} %s %n \\ \\\\ \\n",
    "Grüße, žluťoučký kůň, 日本語, \xf0\x9f\xa7\x98",
    "trailing space ",
};

static void test_texts_arrive_intact(void **state)
{
    struct rig *rig = *state;
    struct sent sent;
    char command[512];
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        char expected[512];
        snprintf(command, sizeof command, "%s\n--dump\n%s/dump", ROGUE, rig->folder);
        set(rig, "command", command);
        set(rig, "text", "stdin");
        send_text(rig, &sent, NULL, hostile[i]);
        assert_int_equal(sent.status, LIMBER_OK);
        assert_true(sent.samples > 0);
        snprintf(expected, sizeof expected, "%s\n", hostile[i]);
        assert_string_equal(sent.part[1], expected);
        assert_true(argument(&sent, 3) == sent.part[1] - 1); /* three arguments, and no more */

        snprintf(command, sizeof command, "%s\n--dump\n%s/dump\n{text}\n--say=<{text}>", ROGUE,
                 rig->folder);
        set(rig, "command", command);
        set(rig, "text", "argument");
        send_text(rig, &sent, NULL, hostile[i]);
        assert_int_equal(sent.status, LIMBER_OK);
        assert_string_equal(sent.part[1], "");
        assert_string_equal(argument(&sent, 3), hostile[i]);
        snprintf(expected, sizeof expected, "--say=<%s>", hostile[i]);
        assert_string_equal(argument(&sent, 4), expected);
    }
}

static void test_texts_are_no_options(void **state)
{
    struct rig *rig = *state;
    struct sent sent;
    char command[512];
    snprintf(command, sizeof command, "%s\n--dump\n%s/dump\n{text}\n--\n{text}\n-t{text}", ROGUE,
             rig->folder);
    set(rig, "command", command);
    send_text(rig, &sent, NULL, "--output=/etc/passwd");
    assert_string_equal(argument(&sent, 3), " --output=/etc/passwd");
    assert_string_equal(argument(&sent, 5), "--output=/etc/passwd");
    assert_string_equal(argument(&sent, 6), "-t--output=/etc/passwd");
}

static void test_placeholders(void **state)
{
    struct rig *rig = *state;
    struct sent sent;
    char command[512];
    snprintf(command, sizeof command,
             "%s\n--dump\n%s/dump\n{language}/{voice}/{rate}/{pitch}/{range}/{length}/{speed}\n"
             "{{text} {Text} {} {",
             ROGUE, rig->folder);
    set(rig, "command", command);
    set(rig, "pace", "180");
    send_text(rig, &sent, "ann", "words");
    assert_string_equal(argument(&sent, 3), "en-GB/ann/120/40/50/1.500/0.667");
    assert_string_equal(argument(&sent, 4), "{text} {Text} {} {");
    assert_string_equal(sent.part[1], "words\n");
}

static void test_text_as_json(void **state)
{
    struct rig *rig = *state;
    struct sent sent;
    char command[512];
    snprintf(command, sizeof command, "%s --dump %s/dump", ROGUE, rig->folder); /* one line */
    set(rig, "command", command);
    set(rig, "text", "json");
    send_text(rig, &sent, "ann", "a \"quote\", a \\, a\nline and ü");
    assert_string_equal(
        sent.part[1],
        "{\"text\": \"a \\\"quote\\\", a \\\\, a\\u000aline and ü\", \"speaker\": \"ann\"}\n");
}

static void test_surroundings_are_clean(void **state)
{
    struct rig *rig = *state;
    struct sent sent;
    char command[512];
    setenv("SECRET_TOKEN", "hush", 1);
    setenv("LIMBER_SOMETHING", "1", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    int leak = open("/dev/null", O_RDONLY); /* inheritable */
    snprintf(command, sizeof command, "%s\n--dump\n%s/dump", ROGUE, rig->folder);
    set(rig, "command", command);
    set(rig, "environment", "OMP_NUM_THREADS=1\nHOME=/elsewhere");
    send_text(rig, &sent, NULL, "words");
    close(leak);
    assert_null(strstr(sent.part[2], "hush"));
    assert_null(strstr(sent.part[2], "LIMBER"));
    assert_non_null(strstr(sent.part[2], "LC_ALL=C.UTF-8\n"));
    assert_non_null(strstr(sent.part[2], "PATH="));
    assert_non_null(strstr(sent.part[2], "OMP_NUM_THREADS=1\n"));
    const char *home = strstr(sent.part[2], "HOME=");
    assert_true(home && strncmp(home, "HOME=/elsewhere\n", 16) == 0);
    assert_null(strstr(sent.part[3], "\n3"));
    assert_int_equal(strlen(sent.part[3]), strlen("0\n1\n2\n"));
}

/* --- what a remembered engine depends on --- */

static void test_files_are_part_of_the_fingerprint(void **state)
{
    static const char *const settings[] = {"command=./speak\n--model\nen.onnx\n-c=en.json",
                                           "files=more.bin", NULL};
    struct rig *rig = *state;
    const struct probe_engine engine = {.id = ID, .settings = settings, .folder = rig->folder};
    const struct limber_speech_voice voice = {
        .size = sizeof voice, .language = "en", .pitch = -1, .pitch_range = -1};
    static const char *const names[] = {"en.onnx", "en.json", "more.bin", "speak"};
    char path[128], fingerprints[5][512];
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", rig->folder, names[i]);
        rig_write(path, "#!/bin/sh\nexec " ROGUE "\n");
    }
    assert_int_equal(chmod(path, 0755), 0);
    for (int round = 0; round < 5; round++) {
        struct probe probe;
        probe_start(&probe, rig, &engine, &voice);
        if (!probe.ready) {
            fail_msg("%s", probe.reason);
        }
        int fd = probe_say(&probe, 0, "good words");
        probe_wait(&probe, 1);
        assert_int_equal(probe.status[0], LIMBER_OK);
        clip_destroy(probe_clip(fd));
        for (size_t i = 0; i < 4; i++) {
            snprintf(path, sizeof path, "%s/%s\n", rig->folder, names[i]);
            assert_non_null(strstr(probe.files, path));
        }
        assert_non_null(strstr(probe.files, "sh\n")); /* the interpreter */
        strcpy(fingerprints[round], probe.fingerprint);
        for (int before = 0; before < round; before++) {
            assert_string_not_equal(fingerprints[before], fingerprints[round]);
        }
        probe_stop(&probe);
        if (round < 4) { /* another length */
            snprintf(path, sizeof path, "%s/%s", rig->folder, names[round]);
            rig_write(path, "#!/bin/sh\n# changed\nexec " ROGUE "\n");
            chmod(path, 0755);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_misdeeds_cost_their_own_cue, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_raw_samples, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_files_come_and_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_voices_that_cannot_begin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_texts_arrive_intact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_texts_are_no_options, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_placeholders, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_text_as_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_surroundings_are_clean, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_files_are_part_of_the_fingerprint, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
