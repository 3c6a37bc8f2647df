/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept for the sessions to come: over a restart, and until the configuration says something
 * else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "box/kept.h"
#include "player/config.h"

static char folder[] = "/tmp/limber-kept-XXXXXX", path[64];
static struct loop *loop;
static struct config config;

static int set_up(void **state)
{
    loop = loop_new();
    config = (struct config){.detail = DETAIL_NORMAL, .level_db = {-3, 0, 0, 0}};
    unlink(path);
    return 0;
}

static int clear(void **state)
{
    loop_destroy(loop);
    return 0;
}

static void as_configured_at_first(void **state)
{
    config.voice = "calm";
    struct kept *kept = kept_new(loop, folder);
    struct player_taste taste = kept_taste(kept, &config);
    assert_int_equal(taste.level_db[PART_MASTER], -3);
    assert_string_equal(taste.voice, "calm");
    assert_int_equal(taste.detail, DETAIL_NORMAL);
    assert_false(taste.no_tips);
    assert_false(kept_detail_given(kept, &config));
    kept_destroy(kept);
    assert_int_equal(access(path, F_OK), -1); /* nothing was chosen */
}

static void until_something_else_is_configured(void **state)
{
    struct kept *kept = kept_new(loop, folder);
    kept_set_level(kept, &config, PART_MASTER, -12);
    kept_set_level(kept, &config, PART_BED, -24);
    kept_set_voice(kept, &config, "mellow \"\xc3\xa9\"");
    kept_set_detail(kept, &config, DETAIL_FULL);
    kept_set_no_tips(kept, true);
    assert_true(kept_detail_given(kept, &config));
    assert_true(kept_taste(kept, &config).no_tips);
    kept_destroy(kept);
    kept = kept_new(loop, folder);
    struct player_taste taste = kept_taste(kept, &config);
    assert_int_equal(taste.level_db[PART_MASTER], -12);
    assert_int_equal(taste.level_db[PART_SPEECH], 0);
    assert_int_equal(taste.level_db[PART_BED], -24);
    assert_string_equal(taste.voice, "mellow \"\xc3\xa9\"");
    assert_int_equal(taste.detail, DETAIL_NORMAL); /* of the process only */
    assert_false(taste.no_tips);
    config.level_db[PART_MASTER] = 0;
    config.voice = "calm";
    taste = kept_taste(kept, &config);
    assert_int_equal(taste.level_db[PART_MASTER], 0);
    assert_int_equal(taste.level_db[PART_BED], -24);
    assert_string_equal(taste.voice, "calm");
    kept_destroy(kept);
}

static void damaged_files_count_as_none(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "[1]",
        "{\"format\":1,\"levels\":{\"master\":{\"kept\":-25,\"configured\":-3}}}",
        "{\"format\":1,\"levels\":{\"master\":{\"kept\":4294967296,\"configured\":-3}}}",
        "{\"format\":1,\"levels\":{\"master\":-9},\"voice\":\"calm\"}",
        "{\"format\":2,\"levels\":{\"master\":{\"kept\":-9,\"configured\":-3}}}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        FILE *file = fopen(path, "w");
        fputs(texts[i], file);
        fclose(file);
        struct kept *kept = kept_new(loop, folder);
        struct player_taste taste = kept_taste(kept, &config);
        assert_int_equal(taste.level_db[PART_MASTER], -3);
        assert_null(taste.voice);
        kept_destroy(kept);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(as_configured_at_first, set_up, clear),
        cmocka_unit_test_setup_teardown(until_something_else_is_configured, set_up, clear),
        cmocka_unit_test_setup_teardown(damaged_files_count_as_none, set_up, clear),
    };
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/kept", folder);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    rmdir(folder);
    return failed;
}
