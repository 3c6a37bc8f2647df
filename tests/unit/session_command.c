/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session_command.c: the command language, word by word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "session/command.h"

#define S NSEC_PER_SEC

static struct command parse(const char *line)
{
    struct command command;
    char error[160];
    if (!command_parse(line, &command, error, sizeof error))
        fail_msg("\"%s\": %s", line, error);
    assert_string_equal(error, "");
    return command;
}

static void refused(const char *line, const char *words)
{
    struct command command, zero = {0};
    char error[160];
    if (command_parse(line, &command, error, sizeof error))
        fail_msg("\"%s\" was accepted as %s", line, command_table()[command.id].name);
    if (!strstr(error, words))
        fail_msg("\"%s\": \"%s\" does not say \"%s\"", line, error, words);
    assert_memory_equal(&command, &zero, sizeof zero);
}

static void every_verb(void **state)
{
    static const struct {
        const char *line;
        struct command meant;
    } rows[] = {
        {"play", {.id = COMMAND_PLAY}},
        {"pause", {.id = COMMAND_PAUSE}},
        {"resume", {.id = COMMAND_RESUME}},
        {"toggle", {.id = COMMAND_TOGGLE}},
        {"next", {.id = COMMAND_NEXT}},
        {"back", {.id = COMMAND_BACK}},
        {"previous", {.id = COMMAND_BACK}},
        {"restart", {.id = COMMAND_RESTART}},
        {"again", {.id = COMMAND_AGAIN}},
        {"repeat", {.id = COMMAND_AGAIN}},
        {"where", {.id = COMMAND_WHERE}},
        {"more", {.id = COMMAND_MORE, .time_ns = 10 * S}},
        {"more 25s", {.id = COMMAND_MORE, .time_ns = 25 * S}},
        {"more 1m30s", {.id = COMMAND_MORE, .time_ns = 90 * S}},
        {"more 0.5s", {.id = COMMAND_MORE, .time_ns = S / 2}},
        {"more 1h", {.id = COMMAND_MORE, .time_ns = 3600 * S}},
        {"less", {.id = COMMAND_LESS, .time_ns = 10 * S}},
        {"less 5s", {.id = COMMAND_LESS, .time_ns = 5 * S}},
        {"skip-side", {.id = COMMAND_SKIP_SIDE}},
        {"faster", {.id = COMMAND_FASTER}},
        {"slower", {.id = COMMAND_SLOWER}},
        {"louder", {.id = COMMAND_LOUDER}},
        {"louder master", {.id = COMMAND_LOUDER}},
        {"louder speech", {.id = COMMAND_LOUDER, .part = PART_SPEECH}},
        {"quieter sounds", {.id = COMMAND_QUIETER, .part = PART_SOUNDS}},
        {"quieter bed", {.id = COMMAND_QUIETER, .part = PART_BED}},
        {"level -6", {.id = COMMAND_LEVEL, .number = -6}},
        {"level master -24 dB", {.id = COMMAND_LEVEL, .number = -24}},
        {"level speech +6dB", {.id = COMMAND_LEVEL, .part = PART_SPEECH, .number = 6}},
        {"Level Sounds 0", {.id = COMMAND_LEVEL, .part = PART_SOUNDS}},
        {"level bed\t-3", {.id = COMMAND_LEVEL, .part = PART_BED, .number = -3}},
        {"to 1", {.id = COMMAND_TO, .number = 1}},
        {"to 999999", {.id = COMMAND_TO, .number = 999999}},
        {"play neck-release", {.id = COMMAND_PLAY, .name = "neck-release"}},
        {"play a/b_2.md for=10min level=easy",
         {.id = COMMAND_PLAY, .name = "a/b_2.md", .rest = "for=10min level=easy"}},
        {"play \"My page.md\"  voice='My Own'",
         {.id = COMMAND_PLAY, .name = "My page.md", .rest = "voice='My Own'"}},
        {"play Dehnung-f\xc3\xbcr-alle", {.id = COMMAND_PLAY, .name = "Dehnung-f\xc3\xbcr-alle"}},
        {"today", {.id = COMMAND_TODAY}},
        {"forget", {.id = COMMAND_FORGET}},
        {"reload", {.id = COMMAND_RELOAD}},
        {"voice calm", {.id = COMMAND_VOICE, .name = "calm"}},
        {"voice My Own", {.id = COMMAND_VOICE, .name = "My Own"}},
        {"detail full", {.id = COMMAND_DETAIL, .detail = DETAIL_FULL}},
        {"detail normal", {.id = COMMAND_DETAIL, .detail = DETAIL_NORMAL}},
        {"detail brief", {.id = COMMAND_DETAIL, .detail = DETAIL_BRIEF}},
        {"mute-tips", {.id = COMMAND_MUTE_TIPS, .on = true}},
        {"mute-tips on", {.id = COMMAND_MUTE_TIPS, .on = true}},
        {"mute-tips off", {.id = COMMAND_MUTE_TIPS}},
        {"go", {.id = COMMAND_GO}},
        {"effort easy", {.id = COMMAND_EFFORT, .effort = EFFORT_EASY}},
        {"effort hard", {.id = COMMAND_EFFORT, .effort = EFFORT_HARD}},
        {"stop", {.id = COMMAND_STOP}},
        {"quit", {.id = COMMAND_STOP}},
        {"status", {.id = COMMAND_STATUS}},
        {"help", {.id = COMMAND_HELP}},
        {"help quit", {.id = COMMAND_HELP, .name = "stop"}},
        /* how it is written does not matter */
        {"  PAUSE\r\n", {.id = COMMAND_PAUSE}},
        {"\tMore \t 20s ", {.id = COMMAND_MORE, .time_ns = 20 * S}},
        {"Louder Speech", {.id = COMMAND_LOUDER, .part = PART_SPEECH}},
        {"Skip-Side", {.id = COMMAND_SKIP_SIDE}},
        {"VOICE Calm", {.id = COMMAND_VOICE, .name = "Calm"}},
    };
    bool seen[COMMAND_COUNT] = {false};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct command got = parse(rows[i].line);
        const struct command *meant = &rows[i].meant;
        if (got.id != meant->id || got.time_ns != meant->time_ns || got.part != meant->part ||
            got.detail != meant->detail || got.effort != meant->effort || got.on != meant->on ||
            got.number != meant->number || strcmp(got.name, meant->name) != 0 ||
            strcmp(got.rest, meant->rest) != 0)
            fail_msg("\"%s\" was misunderstood", rows[i].line);
        seen[got.id] = true;
    }
    for (int i = 0; i < COMMAND_COUNT; i++)
        assert_true(seen[i]);
}

static void what_is_refused(void **state)
{
    char line[600];
    refused("", "there is no command here");
    refused("  \t ", "there is no command here");
    refused("paus", "no command \"paus\"; did you mean \"pause\"?");
    refused("whrere", "did you mean \"where\"?");
    refused("PREVIUOS", "did you mean \"previous\"?");
    refused("skip_side", "did you mean \"skip-side\"?");
    refused("frobnicate", "no command \"frobnicate\"; help lists them");
    refused("stop|quit", "no command");
    refused("pause now", "pause takes nothing more: leave \"now\" out");
    refused("quit it", "stop takes nothing more");
    refused("more 10", "more takes a time up to an hour, such as: more 10s");
    refused("more 0s", "more takes a time");
    refused("more -5s", "more takes a time");
    refused("less 61min", "less takes a time");
    refused("more 10s 10s", "more takes a time");
    refused("more 20S", "more takes a time"); /* units are written small, as on a page */
    refused("louder speach", "no \"speach\"; did you mean \"louder speech\"?");
    refused("louder everything", "louder takes one of: louder master|speech|sounds|bed");
    refused("quieter [master", "did you mean \"quieter master\"?");
    refused("level", "level takes whole dB from -24 to 6, such as: level speech -6");
    refused("level 7", "level takes whole dB");
    refused("level -25", "level takes whole dB");
    refused("level 2.5", "level takes whole dB");
    refused("level --3", "level takes whole dB");
    refused("level 99999999999999999999", "level takes whole dB");
    refused("level speach 3", "did you mean \"level speech\"?");
    refused("level bed", "level takes whole dB");
    refused("level bed 3 bananas", "level takes whole dB");
    refused("to", "to takes the number of a move of the session, such as: to 3");
    refused("to 0", "to takes the number");
    refused("to -1", "to takes the number");
    refused("to 1000000", "to takes the number");
    refused("to the-end", "to takes the number");
    refused("play ..", "play takes the name of a routine");
    refused("play a:b", "play takes the name of a routine");
    refused("play $(id)", "play takes the name of a routine");
    refused("play \"a", "play takes the name of a routine");
    refused("play \"a\"b", "play takes the name of a routine");
    refused("play \"\"", "play takes the name of a routine");
    refused("play a b", "no option \"b\"; such as: play neck-release for=10min");
    refused("play a for=", "no option \"for=\"");
    refused("play a for='10", "no option");
    refused("play a =3", "no option \"=3\"");
    refused("play a level=easy 3", "no option \"3\"");
    refused("today now", "today takes nothing more");
    refused("voice", "voice takes the name of one");
    refused("detail", "detail takes one of: detail full|normal|brief");
    refused("detail breif", "did you mean \"detail brief\"?");
    refused("mute-tips maybe", "mute-tips takes one of: mute-tips on|off");
    refused("effort", "effort takes one of: effort easy|hard");
    refused("effort medium", "effort takes one of");
    refused("help paus", "did you mean \"pause\"?");
    /* what no line is */
    refused("pause\nnext", "write one on a line");
    refused("pa\x07use", "write one on a line");
    refused("voice a\x7f", "write one on a line");
    refused("voice \xff", "write one on a line");
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\0';
    refused(line, "write one on a line");
    line[200] = '\0';
    refused(line, "no command \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"");
    memcpy(line, "voice ", 6);
    refused(line, "no voice has so long a name");
    line[6 + 127] = '\0';
    assert_int_equal(strlen(parse(line).name), 127);
}

static void options_one_by_one(void **state)
{
    char name[24], value[128];
    struct command command = parse("play a  for=10min\tvoice='My \"Own\"' in=\"it's\"");
    const char *rest = command.rest;
    assert_true(command_next_option(&rest, name, value));
    assert_string_equal(name, "for");
    assert_string_equal(value, "10min");
    assert_true(command_next_option(&rest, name, value));
    assert_string_equal(name, "voice");
    assert_string_equal(value, "My \"Own\"");
    assert_true(command_next_option(&rest, name, value));
    assert_string_equal(name, "in");
    assert_string_equal(value, "it's");
    assert_false(command_next_option(&rest, name, value));
    assert_string_equal(rest, "");
}

static void an_error_fits_its_buffer(void **state)
{
    struct command command;
    char error[160];
    /* 39 letters and a character of two bytes: it is left out, not cut. */
    assert_false(command_parse("aaaaaaaaaabbbbbbbbbbccccccccccddddddddd\xc3\xa9\xc3\xa9", &command,
                               error, sizeof error));
    assert_non_null(strstr(error, "ddddddddd\";"));
    for (size_t size = 1; size < 40; size++) {
        memset(error, '#', sizeof error);
        assert_false(command_parse("\xc3\xa9\xc3\xa9\xc3\xa9", &command, error, size));
        assert_true(strlen(error) < size);
        assert_int_equal(error[size], '#');
        assert_true(error[0] == '\0' || (error[strlen(error) - 1] & 0xc0) != 0xc0);
    }
    assert_false(command_parse("x", &command, error, 0));
}

static void the_table_is_whole(void **state)
{
    const struct command_help *table = command_table();
    for (int i = 0; i < COMMAND_COUNT; i++) {
        assert_true(table[i].name && *table[i].name && table[i].arguments);
        assert_true(table[i].help && *table[i].help && strlen(table[i].help) < 60);
        assert_true(table[i].by_ear && *table[i].by_ear);
        for (int j = 0; j < i; j++)
            assert_true(!table[i].key || table[i].key != table[j].key);
        if (!table[i].key)
            continue;
        assert_int_equal(command_of_key(table[i].key), i);
        /* What a key says must need no argument. */
        char name[16];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(table[i].name, "|"), table[i].name);
        assert_int_equal(parse(name).id, i);
    }
}

static void keys(void **state)
{
    assert_int_equal(command_of_key(' '), COMMAND_TOGGLE);
    assert_int_equal(command_of_key('p'), COMMAND_TOGGLE);
    assert_int_equal(command_of_key('\r'), COMMAND_GO);
    assert_int_equal(command_of_key('='), COMMAND_MORE);
    assert_int_equal(command_of_key('h'), COMMAND_HELP);
    assert_int_equal(command_of_key('\0'), -1);
    assert_int_equal(command_of_key('Z'), -1);
    assert_int_equal(command_of_key('\x1b'), -1);
}

static void louder_and_quieter_in_steps(void **state)
{
    const struct command louder = parse("louder"), quieter = parse("quieter bed");
    int level_db = 0;
    assert_true(command_step_level(&louder, &level_db));
    assert_int_equal(level_db, 3);
    level_db = 5; /* the last step is a smaller one */
    assert_true(command_step_level(&louder, &level_db));
    assert_int_equal(level_db, COMMAND_LEVEL_MOST_DB);
    assert_false(command_step_level(&louder, &level_db));
    assert_int_equal(level_db, COMMAND_LEVEL_MOST_DB);
    level_db = -23;
    assert_true(command_step_level(&quieter, &level_db));
    assert_int_equal(level_db, COMMAND_LEVEL_LEAST_DB);
    assert_false(command_step_level(&quieter, &level_db));
    assert_string_equal(command_part_name(quieter.part), "bed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verb),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(options_one_by_one),
        cmocka_unit_test(an_error_fits_its_buffer),
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(keys),
        cmocka_unit_test(louder_and_quieter_in_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
