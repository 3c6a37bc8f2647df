/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wyoming.c: speech-wyoming through the real worker, against the stand-in server. Whatever a server
 * does costs its own words only, within a known time, and is said. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/loop.h"
#include "common/child.h"
#include "rig.h"

#define DEADLINE_MS 20000
#define TIMEOUT_MS  3000 /* of the plugin; more than a busy machine needs for a good answer */

static struct child server = CHILD_NONE;
static char sockets[64], address[64];

/* --- the server --- */

static int start_server(void **state)
{
    char line[64] = "";
    strcpy(sockets, "/tmp/limber-wyoming-XXXXXX");
    assert_non_null(mkdtemp(sockets));
    const char *const argv[] = {PYTHON, STAND_IN, sockets, NULL};
    assert_int_equal(child_start(&server, argv, 0), 0);
    int64_t due_ms = child_now_ms() + DEADLINE_MS;
    while (!strchr(line, '\n')) {
        size_t used = strlen(line);
        ssize_t count = child_read(&server, line + used, sizeof line - 1 - used, due_ms);
        if (count <= 0) {
            fail_msg("the stand-in server does not start: %s", server.last_line);
        }
        line[used + (size_t)count] = '\0';
    }
    line[strcspn(line, "\n")] = '\0';
    strcpy(address, line);
    return 0;
}

static int stop_server(void **state)
{
    char command[96];
    child_end(&server, 1000);
    snprintf(command, sizeof command, "rm -rf '%s'", sockets);
    return system(command);
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

/* Opens a voice of the server's socket `manner`, or of "tcp"; `more` are lines of voice.yaml. */
static void open_voice(struct rig *rig, const char *manner, const char *more)
{
    char yaml[1024];
    char where[128];
    snprintf(where, sizeof where, "unix://%s/%s", sockets, manner);
    snprintf(yaml, sizeof yaml,
             "languages: [en-GB, en]\nengine: speech-wyoming\n%soptions:\n  server: \"%s\"\n"
             "  timeout: %d\n",
             more, strcmp(manner, "tcp") == 0 ? address : where, TIMEOUT_MS);
    rig_add_voice(rig, "resident", yaml);
    rig_open(rig,
             &(struct cast_options){
                 .voice = "resident", .language = "en-GB", .jobs = 2, .deadline_ms = DEADLINE_MS});
}

static uint32_t say_in(struct rig *rig, const char *text, const char *language)
{
    uint32_t id = cast_request(rig->cast, text, language, 0);
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

/* Rising zero crossings in a second: how high the tone is. */
static int pitch_of(const struct clip *clip)
{
    int count = 0;
    for (frames i = 1; i < clip->length; i++) {
        count += clip->samples[i - 1] < 0 && clip->samples[i] >= 0;
    }
    return (int)(count * 48000.0 / (double)clip->length + 0.5);
}

static void expect_pitch(struct rig *rig, uint32_t id, int pitch_hz)
{
    expect_fine(rig, id);
    int heard = pitch_of(cast_clip(rig->cast, id));
    if (abs(heard - pitch_hz) > pitch_hz / 20) {
        fail_msg("%d Hz instead of %d", heard, pitch_hz);
    }
}

/* --- good servers --- */

static void test_voices_and_speakers(void **state)
{
    struct rig *rig = *state;
    const struct {
        const char *manner, *more;
        int pitch_hz;
    } cases[] = {
        {"good", "voice: en_GB-stand-in\n", 440},
        {"tcp", "voice: en_GB-stand-in\n", 440},
        {"inline", "voice: en_GB-stand-in\n", 440},
        {"good", "", 440}, /* by language; the first of its voices is not installed */
        {"good", "voice: en_US-crowd\nvariant: bert\n", 770},
        {"good", "voice: en_US-crowd\nvariant: \"1\"\n", 880},
        {"good", "voice: en_US-crowd\n", 550},
        {"good", "voice: de_DE-stand-in\n", 330}, /* whoever asks for it gets it */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_voice(rig, cases[i].manner, cases[i].more);
        expect_pitch(rig, say_in(rig, "good words", "en-GB"), cases[i].pitch_hz);
        rig_close(rig);
    }
}

static void test_every_form_of_samples(void **state)
{
    struct rig *rig = *state;
    const char *const texts[] = {"odd words",    "wide words",  "wider words", "stereo words",
                                 "inline words", "whole words", "slow words"};
    open_voice(rig, "good", "");
    uint32_t plain = say_in(rig, "good words", "en-GB");
    expect_pitch(rig, plain, 440);
    const struct clip *expected = cast_clip(rig->cast, plain);
    assert_in_range(expected->length, 48000 / 2 - 2000, 48000 / 2 + 2000);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint32_t id = say_in(rig, texts[i], "en-GB");
        expect_fine(rig, id);
        const struct clip *clip = cast_clip(rig->cast, id);
        assert_int_equal(clip->length, expected->length);
        assert_memory_equal(clip->samples, expected->samples,
                            (size_t)clip->length * sizeof *clip->samples);
    }
    expect_pitch(rig, say_in(rig, "narrow words", "en-GB"), 440);
}

static void test_words_are_sent_as_they_are(void **state)
{
    struct rig *rig = *state;
    open_voice(rig, "tcp", "");
    expect_fine(rig, say_in(rig, "Straße, “naïve” \\ 3/4 \"quoted\" 😀 & so on…", "en-GB"));
}

/* --- bad answers --- */

struct misdeed {
    const char *text, *reason;
};

static const struct misdeed misdeeds[] = {
    {"please stall", "did not answer within 3.0 s"},
    {"please close", "closed the connection before it was done"},
    {"some garbage", "does not speak the Wyoming protocol"},
    {"an endless line", "header of an event is longer than 65536 bytes"},
    {"too deep", "not a JSON object"},
    {"something huge", "payload_length of an event is 2000000000; at most 1048576"},
    {"something vast", "data_length of an event is 4611686018427387904"},
    {"a negative number", "not a number of bytes"},
    {"a wordy number", "not a number of bytes"},
    {"cut short", "in the middle of an event"},
    {"too long", "does not speak the Wyoming protocol"},
    {"please vanish", "in the middle of an event"},
    {"an error", "reports: no such voice on the disk"},
    {"a late one", "reports: out of memory"},
    {"be mute", "made no sound"},
    {"be silent", "made no sound"},
    {"be impossible", "format that is not known: 7 Hz"},
    {"too fat", "format that is not known: 22050 Hz, 9 bytes"},
    {"too crowded", "4000000000 channels"},
    {"be formless", "format that is not known: 0 Hz"},
    {"a list", "data of an event is not a JSON object"},
    {"be restless", "changed the format"},
    {"please babble", "events without end, but no sound"},
    {"be hollow", "events without end, but no sound"},
    {"a flood", "too long for these words"},
};

static void test_misdeeds_cost_their_own_cue(void **state)
{
    struct rig *rig = *state;
    size_t count = sizeof misdeeds / sizeof misdeeds[0];
    uint32_t ids[32], between[32];
    open_voice(rig, "good", "");
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

/* --- voices that cannot begin --- */

static void test_voices_that_cannot_begin(void **state)
{
    struct rig *rig = *state;
    const struct {
        const char *manner, *more, *reason;
    } cases[] = {
        {"hang", "", "did not answer within 3.0 s"},
        {"garbage", "", "does not speak the Wyoming protocol"},
        {"close", "", "closed the connection before"},
        {"half", "", "in the middle of an event"},
        {"error", "", "reports: out of models"},
        {"babble", "", "events without end"},
        {"nothing", "", "has no voice for the language 'en"},
        {"odd", "voice: x\nvariant: nobody\n", "has no speaker 'nobody'"},
        {"nowhere", "", "cannot be reached (No such file or directory); is it running?"},
        {"good", "voice: nobody\n",
         "has no voice 'nobody'; for en-GB it has en_GB-stand-in, en_US"},
        {"good", "voice: en_GB-missing\n", "has no voice 'en_GB-missing'"},
        {"good", "voice: en_US-crowd\nvariant: carl\n", "has no speaker 'carl'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        open_voice(rig, cases[i].manner, cases[i].more);
        expect_problem(rig, say_in(rig, "good words", "en-GB"), cases[i].reason);
        rig_close(rig);
    }
}

static void expect_server_refused(struct rig *rig, const char *where, const char *reason)
{
    char yaml[512];
    snprintf(
        yaml, sizeof yaml,
        "languages: [en]\nengine: speech-wyoming\noptions:\n  server: \"%s\"\n  timeout: 300\n",
        where);
    rig_add_voice(rig, "resident", yaml);
    rig_open(rig, &(struct cast_options){.voice = "resident", .deadline_ms = DEADLINE_MS});
    expect_problem(rig, say_in(rig, "good words", "en"), reason);
    rig_close(rig);
}

static void test_addresses(void **state)
{
    struct rig *rig = *state;
    expect_server_refused(rig, "tcp://192.0.2.1:10200", "is another computer");
    expect_server_refused(rig, "tcp://[2001:db8::1]:10200", "is another computer");
    expect_server_refused(rig, "tcp://127.0.0.1", "write the server as tcp://HOST:PORT");
    expect_server_refused(rig, "tcp://::1:10200", "write the server as tcp://HOST:PORT");
    expect_server_refused(rig, "tcp://:10200", "write the server as tcp://HOST:PORT");
    expect_server_refused(rig, "http://127.0.0.1:80", "write the server as tcp://HOST:PORT");
    expect_server_refused(rig, "unix://", "write the server as tcp://HOST:PORT");
    expect_server_refused(rig, "tcp://no such host:1", "there is no computer");
    expect_server_refused(rig, "tcp://127.0.0.1:1", "cannot be reached (Connection refused)");
}

/* --- a server that goes away --- */

static void test_server_dies(void **state)
{
    struct rig *rig = *state;
    open_voice(rig, "tcp", "");
    expect_fine(rig, say_in(rig, "good words", "en-GB"));
    child_end(&server, 1000);
    expect_problem(rig, say_in(rig, "more words", "en-GB"), "cannot be reached");
    stop_server(NULL);
    start_server(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_voices_and_speakers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_form_of_samples, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_words_are_sent_as_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_misdeeds_cost_their_own_cue, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_voices_that_cannot_begin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_addresses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_server_dies, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
