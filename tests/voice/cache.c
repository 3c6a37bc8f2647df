/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cache.c: made once, found again; damaged files healed; folders shared; no folder, no harm. */
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "rig.h"
#include "voice/cache.h"

#define TEXTS 12
/* As long as what the voice is levelled with: no clip is most of what there is. */
#define TEXT(number) "words " number " of a sentence that goes on for about as long"

static int set_up(void **state)
{
    struct rig *rig = rig_new(FIXTURES);
    rig_add_voice(rig, "plain", "languages: [en]\nengine: speech-fixture\n");
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    rig_destroy(*state);
    return 0;
}

static void open_cached(struct rig *rig)
{
    rig_open(rig, &(struct cast_options){.cache_folder = rig->cache, .deadline_ms = 20000});
}

/* Whether all went well. */
static bool try_texts(struct rig *rig)
{
    bool good = true;
    for (int i = 0; i < TEXTS; i++) {
        char text[96];
        snprintf(text, sizeof text, TEXT("%d"), i);
        cast_request(rig->cast, text, "en", 0);
    }
    cast_wait(rig->cast, UINT32_MAX);
    for (uint32_t i = 0; i < TEXTS; i++) {
        good = good && !cast_problem(rig->cast, i);
    }
    return good;
}

static void say_texts(struct rig *rig)
{
    assert_true(try_texts(rig));
}

/* --- looking at the folder --- */

static char found[64][256];
static int found_count;

static int note(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    size_t length = strlen(path);
    if (kind == FTW_F && length > 5 && strcmp(path + length - 5, ".clip") == 0 &&
        found_count < 64) {
        snprintf(found[found_count++], sizeof found[0], "%s", path);
    }
    return 0;
}

static int count_clips(const struct rig *rig)
{
    found_count = 0;
    nftw(rig->cache, note, 16, FTW_PHYS);
    return found_count;
}

/* --- tests --- */

static void test_warm_cache_starts_no_worker(void **state)
{
    struct rig *rig = *state;
    open_cached(rig);
    say_texts(rig);
    assert_int_equal(rig_stats(rig).synthesised, TEXTS);
    float gain = cast_gain(rig->cast, 0);
    rig_close(rig);
    assert_int_equal(count_clips(rig), TEXTS + 1); /* and the calibration */
    open_cached(rig);
    say_texts(rig);
    assert_int_equal(rig_stats(rig).cached, TEXTS);
    assert_int_equal(rig_stats(rig).synthesised, 0);
    assert_int_equal(rig_children(), 0);
    assert_true(gain == cast_gain(rig->cast, 0));
    /* A new text starts it after all. */
    rig_say(rig, "something new");
    assert_int_equal(rig_stats(rig).synthesised, 1);
    assert_int_equal(rig_children(), 1);
}

static void test_another_setting_is_another_clip(void **state)
{
    struct rig *rig = *state;
    open_cached(rig);
    rig_say(rig, "words");
    rig_close(rig);
    rig_add_voice(rig, "plain", "languages: [en]\nengine: speech-fixture\nrate: 120\n");
    open_cached(rig);
    rig_say(rig, "words");
    assert_int_equal(rig_stats(rig).cached, 0);
    rig_close(rig);
    rig_open(rig, &(struct cast_options){.cache_folder = rig->cache, .rate_hz = 44100});
    assert_int_equal(cast_clip(rig->cast, rig_say(rig, "words"))->rate_hz, 44100);
    assert_int_equal(rig_stats(rig).cached, 0);
}

/* What only the player does with a clip does not make another one. */
static void test_gain_is_not_in_the_key(void **state)
{
    struct rig *rig = *state;
    open_cached(rig);
    float gain = cast_gain(rig->cast, rig_say(rig, "words"));
    rig_close(rig);
    rig_add_voice(rig, "plain", "languages: [en]\nengine: speech-fixture\ngain: -6\n");
    open_cached(rig);
    float lower = cast_gain(rig->cast, rig_say(rig, "words"));
    assert_int_equal(rig_stats(rig).cached, 1);
    assert_true(lower / gain > 0.500 && lower / gain < 0.502);
}

static void damage(const char *path, int how)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    if (how == 0) {
        assert_int_equal(ftruncate(fd, about.st_size / 2), 0);
    } else if (how == 1) {
        assert_int_equal(ftruncate(fd, 0), 0);
    } else if (how == 2) {
        assert_int_equal(pwrite(fd, "damage", 6, about.st_size / 2), 6);
    } else {
        assert_int_equal(pwrite(fd, "damage", 6, 0), 6);
    }
    close(fd);
}

static void test_damaged_files_are_healed(void **state)
{
    struct rig *rig = *state;
    open_cached(rig);
    say_texts(rig);
    rig_close(rig);
    int count = count_clips(rig);
    for (int i = 0; i < count; i++) {
        damage(found[i], i % 4);
    }
    open_cached(rig);
    say_texts(rig);
    assert_int_equal(rig_stats(rig).synthesised, TEXTS);
    rig_close(rig);
    open_cached(rig);
    say_texts(rig);
    assert_int_equal(rig_stats(rig).cached, TEXTS);
}

static void test_changed_engine_is_asked_again(void **state)
{
    struct rig *rig = *state;
    char command[256];
    /* A copy of the engine that can be touched. */
    snprintf(command, sizeof command, "cp %s/speech-fixture.so %s/", FIXTURES, rig->folder);
    assert_int_equal(system(command), 0);
    registry_destroy(rig->registry);
    rig->registry = registry_new(&(struct registry_options){.path = rig->folder});
    open_cached(rig);
    rig_say(rig, "words");
    rig_close(rig);
    snprintf(command, sizeof command, "%s/speech-fixture.so", rig->folder);
    const struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, command, times, 0), 0);
    open_cached(rig);
    assert_int_equal(rig_children(), 1); /* nobody knows its fingerprint now */
    rig_say(rig, "words");
    assert_int_equal(rig_stats(rig).cached, 1); /* it is the same one after all */
}

static void test_two_processes_at_once(void **state)
{
    struct rig *rig = *state;
    pid_t children[3];
    for (int i = 0; i < 3; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            open_cached(rig);
            bool good = try_texts(rig);
            good = good && rig_stats(rig).synthesised + rig_stats(rig).cached == TEXTS;
            rig_close(rig);
            _exit(good ? 0 : 1);
        }
    }
    for (int i = 0; i < 3; i++) {
        int status = -1;
        waitpid(children[i], &status, 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(count_clips(rig), TEXTS + 1);
    open_cached(rig);
    say_texts(rig);
    assert_int_equal(rig_stats(rig).cached, TEXTS);
}

static int warnings;

static void count_warnings(void *context, enum limber_log_level level, const char *line)
{
    warnings += level <= LIMBER_LOG_WARNING && strstr(line, "cache");
}

static void test_unusable_folder(void **state)
{
    struct rig *rig = *state;
    rig_write(rig->cache, "a file, not a folder");
    warnings = 0;
    log_set_sink(count_warnings, NULL);
    open_cached(rig);
    say_texts(rig);
    log_set_sink(NULL, NULL);
    assert_int_equal(rig_stats(rig).synthesised, TEXTS);
    assert_int_equal(warnings, 1);
    rig_close(rig);
    /* No folder at all: not a word. */
    log_set_sink(count_warnings, NULL);
    rig_open(rig, &(struct cast_options){0});
    say_texts(rig);
    log_set_sink(NULL, NULL);
    assert_int_equal(warnings, 1);
}

static void test_folder_that_vanishes(void **state)
{
    struct rig *rig = *state;
    open_cached(rig);
    rig_say(rig, "before");
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", rig->cache);
    assert_int_equal(system(command), 0);
    assert_null(cast_problem(rig->cast, rig_say(rig, "after")));
}

/* A key that names a fifo, a link or a folder must not stop or mislead anybody. */
static void test_strange_files(void **state)
{
    struct rig *rig = *state;
    const char *key = "abcdef0123456789abcdef0123456789";
    char path[256];
    struct cache *cache = cache_new(rig->cache);
    snprintf(path, sizeof path, "%s/clips/ab", rig->cache);
    assert_int_equal(mkdir(path, 0700), 0);
    strcat(path, "/");
    strcat(path, key);
    strcat(path, ".clip");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_null(cache_find(cache, key));
    assert_int_not_equal(unlink(path), 0); /* the place is free for a clip again */
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_null(cache_find(cache, key));
    assert_int_not_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_null(cache_find(cache, key));
    cache_destroy(cache);
}

static void test_old_clips_go_first(void **state)
{
    struct rig *rig = *state;
    open_cached(rig);
    say_texts(rig);
    rig_close(rig); /* trims, but there is little */
    int count = count_clips(rig);
    assert_int_equal(count, TEXTS + 1);
    int64_t total = 0;
    for (int i = 0; i < count; i++) {
        struct stat about;
        const struct timespec times[2] = {{.tv_sec = 1000 + i}, {.tv_sec = 1000 + i}};
        assert_int_equal(utimensat(AT_FDCWD, found[i], times, 0), 0);
        assert_int_equal(stat(found[i], &about), 0);
        total += (int64_t)about.st_blocks * 512;
    }
    struct cache *cache = cache_new(rig->cache);
    cache_trim(cache, 1);
    assert_int_equal(access(found[0], F_OK), 0); /* it was done just now */
    char stamp[128];
    snprintf(stamp, sizeof stamp, "%s/clips/.trimmed", rig->cache);
    assert_int_equal(unlink(stamp), 0);
    cache_trim(cache, total - 1);
    cache_destroy(cache);
    assert_int_not_equal(access(found[0], F_OK), 0);
    assert_int_equal(access(found[count - 1], F_OK), 0);
    int64_t left = 0;
    bool gone_before = true;
    for (int i = 0; i < count; i++) {
        struct stat about;
        bool here = stat(found[i], &about) == 0;
        left += here ? (int64_t)about.st_blocks * 512 : 0;
        assert_true(!here || gone_before || access(found[i - 1], F_OK) == 0);
        gone_before = !here;
    }
    assert_true(left <= total / 4 * 3 && left > 0);
}

/* What was used again is not old, whatever the file system notes: the others go. */
static void test_clips_in_use_stay(void **state)
{
    struct rig *rig = *state;
    open_cached(rig);
    say_texts(rig);
    rig_close(rig);
    int count = count_clips(rig);
    for (int i = 0; i < count; i++) {
        const struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
        assert_int_equal(utimensat(AT_FDCWD, found[i], times, 0), 0);
    }
    open_cached(rig);
    rig_say(rig, TEXT("3"));
    rig_say(rig, TEXT("7"));
    rig_close(rig);
    struct cache *cache = cache_new(rig->cache);
    struct cache_usage before, removed, after;
    cache_look(cache, &before);
    assert_int_equal(before.clips, count);
    assert_int_equal(before.oldest_s, 1000);
    assert_true(before.newest_s > 1000 && before.engines == 1);
    cache_trim_now(cache, before.bytes / 3, &removed);
    cache_look(cache, &after);
    cache_destroy(cache);
    assert_true(removed.clips > 0 && after.bytes <= before.bytes / 4 && after.clips >= 2);
    assert_int_equal(after.clips + removed.clips, before.clips);
    assert_int_equal(after.bytes + removed.bytes, before.bytes);
    open_cached(rig);
    rig_say(rig, TEXT("3"));
    rig_say(rig, TEXT("7"));
    assert_int_equal(rig_stats(rig).cached, 2);
    rig_say(rig, TEXT("5"));
    assert_int_equal(rig_stats(rig).synthesised, 1);
}

/* Clearing under the feet of a session: what it has stays, what it needs is made again. */
static void test_cleared_while_in_use(void **state)
{
    struct rig *rig = *state;
    struct cache_usage removed;
    open_cached(rig);
    uint32_t id = rig_say(rig, TEXT("0"));
    const struct clip *clip = cast_clip(rig->cast, id);
    float sum = 0, again = 0;
    for (int64_t i = 0; i < clip->length; i++) {
        sum += clip->samples[i];
    }
    struct cache *cache = cache_new(rig->cache);
    cache_clear(cache, 3600, &removed);
    assert_int_equal(removed.clips, 0); /* all of it was used just now */
    cache_clear(cache, 0, &removed);
    cache_destroy(cache);
    assert_int_equal(removed.clips, 2);
    assert_int_equal(removed.engines, 1);
    assert_int_equal(count_clips(rig), 0);
    for (int64_t i = 0; i < clip->length; i++) {
        again += clip->samples[i];
    }
    assert_true(sum == again);
    say_texts(rig);
    rig_close(rig);
    assert_int_equal(count_clips(rig), TEXTS - 1);
}

/* What a program left that was killed while it copied goes, once it is old. */
static void test_left_behind(void **state)
{
    struct rig *rig = *state;
    struct cache_usage removed;
    struct cache *cache = cache_new(rig->cache);
    char fresh[256], stale[256];
    snprintf(fresh, sizeof fresh, "%s/clips/.new-1-0", rig->cache);
    snprintf(stale, sizeof stale, "%s/clips/.new-2-0", rig->cache);
    rig_write(fresh, "half of a clip");
    rig_write(stale, "half of a clip");
    const struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    assert_int_equal(utimensat(AT_FDCWD, stale, times, 0), 0);
    cache_trim_now(cache, 1000, &removed);
    cache_destroy(cache);
    assert_int_equal(access(fresh, F_OK), 0);
    assert_int_not_equal(access(stale, F_OK), 0);
}

static void test_sizes(void **state)
{
    static const struct {
        const char *text;
        int64_t bytes; /* −1: not a size */
    } cases[] = {{"0", 0},
                 {"1048576", 1048576},
                 {"200M", 200 << 20},
                 {"200 MB", 200 << 20},
                 {"2G", 2LL << 30},
                 {"1k", 1024},
                 {"", -1},
                 {"M", -1},
                 {"-1M", -1},
                 {"1.5G", -1},
                 {"12Q", -1},
                 {"9999999999T", -1},
                 {"99999999999999999999", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t bytes = -1;
        cache_parse_bytes(cases[i].text, &bytes);
        assert_int_equal(bytes, cases[i].bytes);
    }
    setenv(CACHE_LIMIT_VARIABLE, "3M", 1);
    assert_int_equal(cache_limit(), 3 << 20);
    unsetenv(CACHE_LIMIT_VARIABLE);
    assert_int_equal(cache_limit(), CACHE_MOST_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_warm_cache_starts_no_worker, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_setting_is_another_clip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gain_is_not_in_the_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_files_are_healed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_changed_engine_is_asked_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_processes_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unusable_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_folder_that_vanishes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_strange_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_old_clips_go_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_clips_in_use_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cleared_while_in_use, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_left_behind, set_up, tear_down),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
