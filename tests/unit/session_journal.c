/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal: whatever happens to its file or its process, what is found afterwards is a state
 * the session really was in, the last one that can be had. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/prng.h"
#include "session/journal_inside.h"

#define NOW   INT64_C(1770000000000)
#define STEPS 12

static char folder[64];
static int told;            /* lines of log */
static const char *padding; /* makes records long, so that the file is often written anew */

static void count_line(void *context, enum limber_log_level level, const char *line)
{
    (void)context;
    told += level >= LIMBER_LOG_WARNING && line[0];
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/limber-journal-XXXXXX");
    told = 0;
    log_set_sink(count_line, NULL);
    return mkdtemp(folder) ? 0 : -1;
}

static void in_folder(char path[256], const char *name)
{
    snprintf(path, 256, "%s/%s", folder, name);
}

/* How many files end so; the name of the last one in `name` (may be NULL). */
static int files(const char *ending, char name[256])
{
    int count = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.' || !str_ends_with(entry->d_name, ending))
            continue;
        count++;
        if (name)
            in_folder(name, entry->d_name);
    }
    if (dir)
        closedir(dir);
    return count;
}

static void empty_folder(void)
{
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
}

static int tear_down(void **state)
{
    (void)state;
    log_set_sink(NULL, NULL);
    chmod(folder, 0700);
    empty_folder();
    return rmdir(folder);
}

static struct journal_about sample_about(void)
{
    return (struct journal_about){.options = {.page = "/home/a/strange\nname.md",
                                              .voice = "anna",
                                              .level = LEVEL_DEEP,
                                              .detail = DETAIL_BRIEF,
                                              .no_tips = true,
                                              .for_ns = 1234567890123,
                                              .seed = UINT64_MAX,
                                              .announce = -1,
                                              .count = 2,
                                              .channels = 2,
                                              .rate_hz = 48000},
                                  .title = "Übung",
                                  .choices = "",
                                  .fingerprint = UINT64_C(0xFEDCBA9876543210),
                                  .history_id = 42};
}

/* The moment with number `n` can be told by its step and where it is in the session. */
static void note(struct journal *journal, enum journal_happening what, int n)
{
    struct checkpoint checkpoint = {.from = {.step = (size_t)n, .at = n * 1000, .cut = UINT32_MAX},
                                    .paused = what == JOURNAL_PAUSED};
    char where[32];
    snprintf(where, sizeof where, "Move %d", n);
    journal_note(journal, what,
                 &(struct journal_moment){&checkpoint, where, padding, NOW + n * 100});
}

/* −1: nothing to go on with; else which moment was found, having checked that it is one. */
static int moment_of(const struct journal_found *found)
{
    struct checkpoint checkpoint;
    char where[32];
    assert_true(checkpoint_read(found->checkpoint, &checkpoint));
    int n = (int)checkpoint.from.step;
    assert_int_equal(checkpoint.from.at, n * 1000);
    assert_int_equal(found->left_ms, NOW + n * 100);
    snprintf(where, sizeof where, "Move %d", n);
    assert_string_equal(found->where, where);
    assert_string_equal(found->about.options.page, "/home/a/strange\nname.md");
    changes_free(&checkpoint.changes);
    return n;
}

static int recovered(bool done)
{
    struct journal_recovery *recovery = journal_recover(folder, NOW);
    int n = recovery ? moment_of(journal_found(recovery)) : -1;
    journal_recovery_end(recovery, done);
    return n;
}

/* A journal as a killed process leaves it. */
static struct journal *begun(void)
{
    struct journal_about about = sample_about();
    return journal_new(folder, &about, NOW);
}

static char *slurp(const char *path, size_t *size, struct arena *arena)
{
    char *data = NULL;
    assert_int_equal(file_read(path, 4 << 20, arena, &data, size), LIMBER_OK);
    return data;
}

static void what_is_written_is_found(void **state)
{
    (void)state;
    struct journal_about about = sample_about();
    struct journal *journal = begun();
    note(journal, JOURNAL_PLAYING, 1);
    note(journal, JOURNAL_STEP, 2);
    assert_null(journal_problem(journal));
    assert_null(journal_recover(folder, NOW)); /* it is running */
    journal_position_set(journal_position(journal), journal_generation(journal), 2345);
    journal_destroy(journal);

    struct journal_recovery *recovery = journal_recover(folder, NOW);
    assert_non_null(recovery);
    const struct journal_found *found = journal_found(recovery);
    assert_int_equal(moment_of(found), 2);
    assert_int_equal(found->how, JOURNAL_HOW_EXACT);
    assert_int_equal(found->heard, 2345);
    assert_false(found->paused);
    assert_string_equal(found->about.options.voice, "anna");
    assert_null(found->about.options.language);
    assert_int_equal(found->about.options.level, LEVEL_DEEP);
    assert_int_equal(found->about.options.detail, DETAIL_BRIEF);
    assert_true(found->about.options.no_tips);
    assert_true(found->about.options.for_ns == about.options.for_ns);
    assert_true(found->about.options.seed == UINT64_MAX);
    assert_int_equal(found->about.options.announce, -1);
    assert_true(found->about.fingerprint == about.fingerprint);
    assert_string_equal(found->about.title, "Übung");
    assert_string_equal(found->about.choices, "");
    assert_int_equal(found->about.history_id, 42);
    assert_int_equal(found->begun_ms, NOW);
    assert_null(journal_recover(folder, NOW)); /* nobody else is offered it */
    journal_recovery_end(recovery, false);
    assert_int_equal(recovered(true), 2);
    assert_int_equal(recovered(true), -1);
    assert_int_equal(files("", NULL), 0);
    assert_int_equal(told, 0);
}

static void what_ended_is_not_offered(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct journal *journal = begun();
        note(journal, JOURNAL_PLAYING, 1);
        note(journal, i % 2 ? JOURNAL_STOPPED : JOURNAL_FINISHED, 2);
        note(journal, JOURNAL_STEP, 3); /* too late */
        char path[256], kept[300];
        assert_int_equal(files(".journal", path), 1);
        snprintf(kept, sizeof kept, "%s.kept", path);
        if (i >= 2) /* as if killed before it was removed */
            assert_int_equal(link(path, kept), 0);
        journal_destroy(journal);
        assert_int_equal(files(".journal", NULL), 0);
        if (i >= 2)
            assert_int_equal(rename(kept, path), 0);
        assert_int_equal(recovered(false), -1);
        assert_int_equal(files("", NULL), 0);
    }
}

static void the_position_belongs_to_its_timeline(void **state)
{
    (void)state;
    static const struct {
        enum journal_happening last;
        int32_t generation; /* of the position, less that of the journal */
        frames position, heard;
        enum journal_how how;
    } cases[] = {
        {JOURNAL_STEP, 0, 3500, 3500, JOURNAL_HOW_EXACT},
        {JOURNAL_STEP, 0, 2900, 3000, JOURNAL_HOW_EXACT}, /* noted a little early */
        {JOURNAL_STEP, -1, 3500, 3000, JOURNAL_HOW_STEP},
        {JOURNAL_STEP, 1, 3500, 3000, JOURNAL_HOW_STEP}, /* the note did not reach the file */
        {JOURNAL_PLAYING, 0, 3500, 3500, JOURNAL_HOW_EXACT},
        {JOURNAL_PLAYING, -1, 9999, 3000, JOURNAL_HOW_EXACT}, /* nothing was heard yet */
        {JOURNAL_PLAYING, 5, 9999, 3000, JOURNAL_HOW_STEP},
        {JOURNAL_PAUSED, 0, 9999, 3000, JOURNAL_HOW_EXACT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct journal *journal = begun();
        note(journal, JOURNAL_PLAYING, 1);
        note(journal, cases[i].last, 3);
        journal_position_set(journal_position(journal),
                             journal_generation(journal) + (uint32_t)cases[i].generation,
                             cases[i].position);
        journal_destroy(journal);
        struct journal_recovery *recovery = journal_recover(folder, NOW);
        assert_non_null(recovery);
        assert_int_equal(journal_found(recovery)->heard, cases[i].heard);
        assert_int_equal(journal_found(recovery)->how, cases[i].how);
        assert_int_equal(journal_found(recovery)->paused, cases[i].last == JOURNAL_PAUSED);
        journal_recovery_end(recovery, true);
    }
}

static void another_boot_knows_the_step(void **state)
{
    (void)state;
    char page[256];
    struct journal *journal = begun();
    note(journal, JOURNAL_PLAYING, 1);
    note(journal, JOURNAL_STEP, 4);
    journal_position_set(journal_position(journal), journal_generation(journal), 4321);
    journal_destroy(journal);
    assert_int_equal(files(".position", page), 1);
    int fd = open(page, O_RDWR);
    assert_int_equal(pwrite(fd, "00000000", 8, offsetof(struct journal_page, boot)), 8);
    close(fd);
    struct journal_recovery *recovery = journal_recover(folder, NOW);
    assert_int_equal(journal_found(recovery)->how, JOURNAL_HOW_STEP);
    assert_int_equal(journal_found(recovery)->heard, 4000);
    journal_recovery_end(recovery, false);
    unlink(page);
    assert_int_equal(recovered(false), 4);
}

static void another_plan_takes_over(void **state)
{
    (void)state;
    struct journal_about about = sample_about();
    struct checkpoint checkpoint = {.from = {.step = 5, .at = 5000}};
    struct journal *journal = begun();
    note(journal, JOURNAL_PLAYING, 1);
    about.options.voice = NULL;
    about.options.detail = DETAIL_FULL;
    about.fingerprint = 7;
    checkpoint.changes.pace_permille = 850;
    *vec_push(&checkpoint.changes.list) = (struct timeline_change){3, true, 0};
    uint32_t before = journal_generation(journal);
    journal_replanned(journal, &about,
                      &(struct journal_moment){&checkpoint, "Move 5", NULL, NOW + 500});
    assert_int_equal(journal_generation(journal), before + 1);
    journal_destroy(journal);
    struct journal_recovery *recovery = journal_recover(folder, NOW);
    const struct journal_found *found = journal_found(recovery);
    assert_int_equal(moment_of(found), 5);
    assert_null(found->about.options.voice);
    assert_int_equal(found->about.options.detail, DETAIL_FULL);
    assert_int_equal(found->about.fingerprint, 7);
    struct checkpoint read;
    assert_true(checkpoint_read(found->checkpoint, &read));
    assert_int_equal(read.changes.pace_permille, 850);
    assert_int_equal(read.changes.list.count, 1);
    changes_free(&read.changes);
    changes_free(&checkpoint.changes);
    journal_recovery_end(recovery, true);
}

/* The bytes of a journal with STEPS moments, and where each record ends. */
static char *sample_bytes(size_t *size, char path[256], size_t ends[STEPS + 1], struct arena *arena)
{
    struct stat info;
    struct journal *journal = begun();
    assert_int_equal(files(".journal", path), 1);
    for (int n = 0; n <= STEPS; n++) {
        if (n > 0)
            note(journal, n == 7 ? JOURNAL_PAUSED : n == 8 ? JOURNAL_PLAYING : JOURNAL_STEP, n);
        assert_int_equal(stat(path, &info), 0);
        ends[n] = (size_t)info.st_size;
    }
    journal_destroy(journal);
    return slurp(path, size, arena);
}

static void put_bytes(const char *path, const char *data, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    close(fd);
}

static void torn_at_every_byte(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char path[256], damaged[300];
    size_t size, ends[STEPS + 1];
    const char *data = sample_bytes(&size, path, ends, arena);
    snprintf(damaged, sizeof damaged, "%s.damaged", path);
    for (size_t at = 0; at <= size; at++) {
        int wanted = 0;
        while (wanted < STEPS && ends[wanted + 1] <= at)
            wanted++;
        put_bytes(path, data, at);
        told = 0;
        assert_int_equal(recovered(false), wanted > 0 ? wanted : -1);
        struct stat info;
        if (at < ends[0]) { /* the beginning is torn: aside, told once */
            assert_int_equal(stat(damaged, &info), 0);
            assert_int_equal(told, 1);
            assert_int_equal(recovered(false), -1);
            assert_int_equal(told, 1);
            unlink(damaged);
        } else if (wanted > 0) { /* cut there */
            assert_int_equal(stat(path, &info), 0);
            assert_int_equal(info.st_size, ends[wanted]);
            assert_int_equal(told, 0);
        }
    }
    arena_destroy(arena);
}

static void damaged_anywhere(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    char path[256];
    size_t size, ends[STEPS + 1];
    const char *data = sample_bytes(&size, path, ends, arena);
    struct prng prng = prng_new(11);
    for (int i = 0; i < 20000; i++) {
        struct arena *inner = arena_new();
        struct journal_parsed parsed;
        char *bytes = arena_memdup(inner, data, size);
        size_t length = prng_below(&prng, 8) ? size : prng_below(&prng, size + 1);
        size_t first = size;
        for (uint64_t n = prng_below(&prng, 4); n > 0; n--) {
            size_t at = prng_below(&prng, size), run = 1 + prng_below(&prng, 64);
            for (size_t k = at; k < size && k < at + run; k++) {
                bytes[k] = prng_below(&prng, 3) ? (char)prng_next(&prng) : 0;
                first = bytes[k] != data[k] && k < first ? k : first;
            }
        }
        first = length < first ? length : first;
        int wanted = 0;
        while (wanted < STEPS && ends[wanted + 1] <= first)
            wanted++;
        enum journal_state found = journal_parse(bytes, length, inner, &parsed);
        if (found == JOURNAL_LEFT && parsed.found.checkpoint)
            assert_int_equal(moment_of(&parsed.found), wanted);
        else
            assert_int_equal(wanted, 0);
        arena_destroy(inner);
    }
    arena_destroy(arena);
}

static void a_newer_format_is_left_alone(void **state)
{
    (void)state;
    char path[256];
    struct stat info;
    in_folder(path, "0123456789abcdef.journal");
    put_bytes(path, "LIMBERJ2 and more", 17);
    assert_int_equal(recovered(false), -1);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, 17);
    assert_int_equal(told, 0);
}

static void hours_stay_small(void **state)
{
    (void)state;
    char path[256];
    struct stat info;
    off_t most = 0;
    struct journal *journal = begun();
    note(journal, JOURNAL_PLAYING, 1);
    for (int n = 2; n < 12000; n++) {
        note(journal, JOURNAL_STEP, n);
        if (n % 50 == 0 && files(".journal", path) == 1 && stat(path, &info) == 0)
            most = info.st_size > most ? info.st_size : most;
    }
    assert_true(most > JOURNAL_MOST_BYTES / 2 && most <= JOURNAL_MOST_BYTES);
    assert_int_equal(files("", NULL), 2);
    assert_null(journal_recover(folder, NOW)); /* the new file is locked as well */
    journal_destroy(journal);
    assert_int_equal(recovered(true), 11999);
}

static void old_ones_are_swept(void **state)
{
    (void)state;
    struct journal_about about = sample_about();
    for (int i = 0; i < JOURNAL_KEEP + 4; i++) {
        struct journal *journal = begun();
        note(journal, JOURNAL_PLAYING, i + 1);
        journal_destroy(journal);
    }
    journal_destroy(journal_new(folder, &about, NOW)); /* nothing was heard */
    assert_int_equal(files(".journal", NULL), JOURNAL_KEEP + 5);
    assert_int_equal(recovered(false), JOURNAL_KEEP + 4);
    assert_int_equal(files(".journal", NULL), JOURNAL_KEEP);
    assert_int_equal(files(".position", NULL), JOURNAL_KEEP);
    assert_null(journal_recover(folder, NOW + (JOURNAL_KEEP_DAYS + 1) * INT64_C(86400000)));
    assert_int_equal(files("", NULL), 0);
}

static void strays_are_swept(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int days; /* how old it gets; 0: for ever */
    } strays[] = {
        {"0123456789abcdef.position", 1},
        {".0123456789abcdef.journal.77-1.tmp", 1}, /* a killed process was writing it */
        {"0123456789abcdef.journal.damaged", JOURNAL_KEEP_DAYS},
        {"somebody's notes", 0},
        {".hidden.tmp", 0},
    };
    char path[256];
    for (size_t i = 0; i < sizeof strays / sizeof *strays; i++) {
        for (int days = 0; days < 40; days++) {
            struct timespec times[2] = {{.tv_sec = NOW / 1000 - days * 86400 - 60}};
            times[1] = times[0];
            in_folder(path, strays[i].name);
            put_bytes(path, "x", 1);
            assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
            assert_int_equal(recovered(false), -1);
            bool kept = strays[i].days == 0 || days < strays[i].days;
            assert_int_equal(access(path, F_OK) == 0, kept);
        }
        unlink(path);
    }
}

/* --- killed --- */

/* The child: writes on and on, telling each moment through the pipe once it is noted. */
static void write_until_killed(int tokens)
{
    struct journal *journal = begun();
    struct journal_position *position = journal_position(journal);
    for (int n = 1;; n++) {
        note(journal, n % 5 == 1 ? JOURNAL_PLAYING : JOURNAL_STEP, n);
        for (int k = 0; k <= 500; k += 100)
            journal_position_set(position, journal_generation(journal), n * 1000 + k);
        if (write(tokens, &n, sizeof n) != (ssize_t)sizeof n)
            _exit(0);
    }
}

static void killed_at_random_points(void **state)
{
    (void)state;
    static char long_text[100000];
    struct prng prng = prng_new(500);
    int exact = 0;
    memset(long_text, 'x', sizeof long_text - 1);
    for (int round = 0; round < 500; round++) {
        int pipes[2], n = 0, last = 0;
        assert_int_equal(pipe(pipes), 0);
        padding = round % 4 == 0 ? long_text : NULL;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(pipes[0]);
            write_until_killed(pipes[1]);
        }
        close(pipes[1]);
        int wanted = (int)prng_below(&prng, 30);
        while (last < wanted && read(pipes[0], &n, sizeof n) == (ssize_t)sizeof n)
            last = n;
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        while (read(pipes[0], &n, sizeof n) == (ssize_t)sizeof n)
            last = n;
        close(pipes[0]);
        struct journal_recovery *recovery = journal_recover(folder, NOW);
        if (recovery) {
            const struct journal_found *found = journal_found(recovery);
            int moment = moment_of(found);
            assert_in_range(moment, last > 0 ? last : 1, last + 1);
            assert_in_range(found->heard, moment * 1000, moment * 1000 + 500);
            if (moment == last) /* told of after its last position */
                assert_int_equal(found->heard, moment * 1000 + 500);
            exact += found->how == JOURNAL_HOW_EXACT;
        } else {
            assert_int_equal(last, 0);
        }
        journal_recovery_end(recovery, true);
        empty_folder();
    }
    padding = NULL;
    assert_true(exact >= 400);
    assert_int_equal(told, 0);
}

static void two_players_do_not_meet(void **state)
{
    (void)state;
    int pipes[2], n = 0;
    struct journal *mine = begun();
    note(mine, JOURNAL_PLAYING, 100);
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        close(pipes[0]);
        write_until_killed(pipes[1]);
    }
    close(pipes[1]);
    while (n < 3 && read(pipes[0], &n, sizeof n) == (ssize_t)sizeof n)
        ;
    assert_int_equal(files(".journal", NULL), 2);
    assert_int_equal(recovered(true), -1); /* both run */
    assert_int_equal(files(".journal", NULL), 2);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(pipes[0]);
    assert_in_range(recovered(true), 3, 1000000);
    assert_int_equal(files(".journal", NULL), 1);
    note(mine, JOURNAL_STEP, 101);
    assert_null(journal_problem(mine));
    journal_destroy(mine);
    assert_int_equal(recovered(true), 101);
}

/* --- disks --- */

static void a_full_disk_is_told_once(void **state)
{
    (void)state;
    struct rlimit before, tight;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    for (rlim_t limit = 0; limit < 3000; limit += 97) {
        told = 0;
        tight = before;
        tight.rlim_cur = limit;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
        struct journal *journal = begun();
        for (int n = 1; n < 40; n++) {
            note(journal, n % 9 == 1 ? JOURNAL_PLAYING : JOURNAL_STEP, n);
            journal_position_set(journal_position(journal), journal_generation(journal), n * 1000);
        }
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(told, 1);
        assert_non_null(journal_problem(journal));
        if (limit % 2) { /* there is room again */
            note(journal, JOURNAL_STEP, 90);
            assert_null(journal_problem(journal));
        }
        assert_int_equal(told, 1);
        journal_destroy(journal);
        int found = recovered(true);
        assert_true(limit % 2 ? found == 90 : found < 40);
        assert_int_equal(files("", NULL), 0);
    }
}

static void a_folder_that_cannot_be_written(void **state)
{
    (void)state;
    char path[256];
    struct journal_about about = sample_about();
    in_folder(path, "file");
    put_bytes(path, "", 0);
    struct journal *journal = journal_new(path, &about, NOW); /* not even for root */
    note(journal, JOURNAL_PLAYING, 1);
    note(journal, JOURNAL_STEP, 2);
    assert_int_equal(told, 1);
    journal_position_set(journal_position(journal), journal_generation(journal), 5);
    journal_destroy(journal);
    assert_null(journal_recover(path, NOW));

    journal = begun();
    note(journal, JOURNAL_PLAYING, 3);
    journal_destroy(journal);
    assert_int_equal(chmod(folder, 0500), 0);
    assert_int_equal(recovered(false), 3); /* reading needs no more */
    told = 0;
    if (access(folder, W_OK) != 0) {
        journal = begun();
        note(journal, JOURNAL_PLAYING, 4);
        assert_int_equal(told, 1);
        journal_destroy(journal);
        assert_int_equal(recovered(false), 3);
    }
}

static void what_is_no_file_is_passed_over(void **state)
{
    (void)state;
    char path[256];
    in_folder(path, "a.journal");
    assert_int_equal(mkfifo(path, 0600), 0);
    in_folder(path, "b.journal");
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_int_equal(recovered(true), -1);
    assert_int_equal(files(".journal", NULL), 2);
    assert_null(journal_recover("/nowhere/at/all", NOW));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_found),
        TEST(what_ended_is_not_offered),
        TEST(the_position_belongs_to_its_timeline),
        TEST(another_boot_knows_the_step),
        TEST(another_plan_takes_over),
        TEST(torn_at_every_byte),
        TEST(damaged_anywhere),
        TEST(a_newer_format_is_left_alone),
        TEST(hours_stay_small),
        TEST(old_ones_are_swept),
        TEST(strays_are_swept),
        TEST(killed_at_random_points),
        TEST(two_players_do_not_meet),
        TEST(a_full_disk_is_told_once),
        TEST(a_folder_that_cannot_be_written),
        TEST(what_is_no_file_is_passed_over),
    };
    return cmocka_run_group_tests_name("session/journal", tests, NULL, NULL);
}
