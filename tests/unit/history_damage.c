/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history when things go wrong: damage, full and read-only disks, other processes, sudden
 * death. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/log.h"
#include "base/prng.h"
#include "base/str.h"
#include "history/schema.h"
#include "history_rig.h"

static const struct history_filter everything = {0};

static size_t count_sessions(struct fixture *f, struct history *history)
{
    struct history_session *found;
    return history_sessions(history, &everything, f->arena, &found);
}

/* How many files in the folder begin so. */
static int count_files(struct fixture *f, const char *prefix)
{
    int count = 0;
    DIR *folder = opendir(f->folder);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        count += str_starts_with(entry->d_name, prefix);
    closedir(folder);
    return count;
}

static void fill(struct fixture *f, int sessions)
{
    struct history *history = open_there(f);
    for (int i = 0; i < sessions; i++)
        add_session(history, "routine", "2026-03-04T18:00Z", 60, HISTORY_FINISHED, HISTORY_EASY);
    assert_null(history_problem(history));
    history_close(history);
}

static void write_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static sqlite3 *raw(struct fixture *f)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    return db;
}

static void execute(sqlite3 *db, const char *sql)
{
    char *error = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s: %s", sql, error);
}

static int take_number(void *to, int count, char **values, char **names)
{
    *(long *)to = values[0] ? atol(values[0]) : -1;
    return 0;
}

static long number(sqlite3 *db, const char *sql)
{
    long value = -1;
    assert_int_equal(sqlite3_exec(db, sql, take_number, &value, NULL), SQLITE_OK);
    return value;
}

static void assert_sound(struct fixture *f)
{
    sqlite3 *db = raw(f);
    sqlite3_stmt *check = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &check, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(check), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(check, 0), "ok");
    sqlite3_finalize(check);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM pragma_foreign_key_check"), 0);
    sqlite3_close(db);
}

/* --- damage --- */

static void test_garbage_is_moved_aside(void **state)
{
    struct fixture *f = *state;
    char garbage[5000], *back;
    size_t length;
    memset(garbage, 'x', sizeof garbage);
    for (int i = 1; i <= 3; i++) {
        write_bytes(f->path, garbage, sizeof garbage);
        struct history *history = open_there(f);
        assert_non_null(strstr(history_problem(history), ".damaged-2026-03-05"));
        add_session(history, "after", "2026-03-05T18:00Z", 60, HISTORY_FINISHED, 0);
        assert_int_equal(count_sessions(f, history), 1);
        history_close(history);
        assert_int_equal(count_files(f, "history.db.damaged-2026-03-05"), i);
        assert_sound(f);
    }
    assert_int_equal(file_read(arena_printf(f->arena, "%s.damaged-2026-03-05", f->path), 1 << 20,
                               f->arena, &back, &length),
                     LIMBER_OK);
    assert_int_equal(length, sizeof garbage);
    assert_memory_equal(back, garbage, length);
}

/* Cut anywhere: either nothing is missing, or what is left is set aside. */
static void test_truncated_files(void **state)
{
    struct fixture *f = *state;
    char *whole;
    size_t length;
    fill(f, 40);
    assert_int_equal(file_read(f->path, 1 << 24, f->arena, &whole, &length), LIMBER_OK);
    for (size_t cut = 0; cut < length; cut += cut < 200 ? 20 : 1777) {
        write_bytes(f->path, whole, cut);
        struct history *history = open_there(f);
        assert_true(cut == 0 || history_problem(history)); /* an empty file is a new one */
        add_session(history, "after", "2026-03-05T18:00Z", 60, HISTORY_FINISHED, 0);
        assert_int_equal(count_sessions(f, history), 1);
        history_close(history);
        assert_sound(f);
    }
}

/* Bytes changed anywhere, in the log as well: nothing crashes, and after writing and opening once
 * more all is well. What was flipped is printed when it fails. */
static void test_flipped_bytes(void **state)
{
    struct fixture *f = *state;
    struct history_practice practice;
    struct history_session *found;
    struct history_move *moves;
    char *whole;
    size_t length;
    fill(f, 40);
    assert_int_equal(file_read(f->path, 1 << 24, f->arena, &whole, &length), LIMBER_OK);
    struct prng random = prng_new(20260305);
    for (int i = 0; i < 150; i++) {
        char *changed = arena_memdup(f->arena, whole, length);
        for (int n = (int)(prng_next(&random) % 20); n >= 0; n--)
            changed[prng_next(&random) % length] = (char)prng_next(&random);
        write_bytes(f->path, changed, length);
        struct history *history = open_there(f);
        size_t count = history_sessions(history, &everything, f->arena, &found);
        for (size_t s = 0; s < count; s++)
            history_moves(history, found[s].id, f->arena, &moves);
        history_practice(history, "bridge", f->arena, &practice);
        history_closing(history, at("2026-03-05T18:00Z"));
        add_session(history, "after", "2026-03-05T18:00Z", 60, HISTORY_FINISHED, 0);
        history_close(history);
        history = open_there(f);
        const char *problem = history_problem(history);
        if (problem && !strstr(problem, "damaged") && !strstr(problem, "not a history") &&
            !strstr(problem, "newer Limber"))
            fail_msg("file %d: %s", i, problem);
        history_close(history);
    }
}

/* Found out only while the session runs: it goes on in a new file, from its beginning. */
static void test_damage_while_it_runs(void **state)
{
    struct fixture *f = *state;
    struct history_session found;
    fill(f, 40);
    struct history *history = open_there(f);
    const struct history_session session = session_at("running", "2026-03-05T18:00Z");
    const struct history_progress progress = progress_after(session.started, 70);
    const struct history_move move = move_of("bridge", NULL, 0);
    history_begin(history, &session);
    history_add_move(history, &move, &progress);
    history_settle(history);
    sqlite3 *other = raw(f);
    execute(other, "PRAGMA writable_schema = ON;"
                   "UPDATE sqlite_schema SET rootpage = 99999 WHERE name = 'moves';"
                   "PRAGMA schema_version = 4711");
    sqlite3_close(other);
    history_add_move(history, &move, &progress);
    history_add_move(history, &move, &progress);
    history_end(history, HISTORY_FINISHED, &progress);
    history_close(history);
    history = open_there(f);
    assert_true(history_last(history, "running", f->arena, &found));
    assert_int_equal(found.move_count, 3);
    assert_int_equal(found.outcome, HISTORY_FINISHED);
    history_close(history);
    assert_int_equal(count_files(f, "history.db.damaged-2026-03-05"), 1);
    assert_sound(f);
}

/* --- what is not ours --- */

static void test_other_databases_are_left_alone(void **state)
{
    struct fixture *f = *state;
    char *before, *after;
    size_t before_length, after_length;
    for (int newer = 0; newer <= 1; newer++) {
        unlink(f->path);
        if (newer)
            fill(f, 1);
        sqlite3 *db = raw(f);
        execute(db, newer ? "PRAGMA user_version = 99" : "CREATE TABLE songs (name TEXT)");
        sqlite3_close(db);
        file_read(f->path, 1 << 20, f->arena, &before, &before_length);
        struct history *history = open_there(f);
        assert_non_null(strstr(history_problem(history), newer ? "newer Limber" : "not a history"));
        add_session(history, "r", "2026-03-05T18:00Z", 60, HISTORY_FINISHED, 0);
        assert_int_equal(count_sessions(f, history), 0);
        history_close(history);
        file_read(f->path, 1 << 20, f->arena, &after, &after_length);
        assert_int_equal(before_length, after_length);
        assert_memory_equal(before, after, after_length);
    }
}

static void test_a_folder_in_its_place(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(mkdir(f->path, 0700), 0);
    struct history *history = open_there(f);
    assert_non_null(history_problem(history));
    add_session(history, "r", "2026-03-05T18:00Z", 60, HISTORY_FINISHED, 0);
    history_close(history);
}

/* An older file gets the steps that it has not seen, all or none of them. */
static void test_upgrading(void **state)
{
    struct fixture *f = *state;
    int result = 0, version = 0;
    const char *steps[3] = {schema_steps[0], "ALTER TABLE sessions ADD COLUMN mood TEXT",
                            "UPDATE sessions SET mood = 'calm'"};
    const char *broken[3] = {steps[0], steps[1], "UPDATE sessions SET nothing = 1"};
    fill(f, 2);
    sqlite3 *db = raw(f);
    assert_int_equal(schema_upgrade(db, broken, 3, &result), SCHEMA_FAILED);
    assert_int_not_equal(result, SQLITE_OK);
    assert_true(sqlite3_get_autocommit(db));
    assert_int_equal(number(db, "PRAGMA user_version"), 1);
    assert_int_equal(
        number(db, "SELECT COUNT(*) FROM pragma_table_info('sessions') WHERE name = 'mood'"), 0);
    assert_int_equal(schema_upgrade(db, steps, 3, &result), SCHEMA_READY);
    assert_int_equal(number(db, "PRAGMA user_version"), 3);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM sessions WHERE mood = 'calm'"), 2);
    assert_int_equal(schema_upgrade(db, steps, 3, &result), SCHEMA_READY);
    assert_int_equal(schema_look(db, 2, &version, &result), SCHEMA_NEWER);
    sqlite3_close(db);
}

/* --- places that cannot be written --- */

/* Runs in a process that is nobody, with the folder given to it as it is. */
static void as_nobody(struct fixture *f, void (*run)(struct fixture *f))
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(99);
        run(f);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                                \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static void read_only_run(struct fixture *f)
{
    struct history *history = history_open(f->path, at("2026-03-05T18:00Z"));
    struct history_session *found;
    MUST(strstr(history_problem(history), "cannot be written"));
    MUST(history_sessions(history, &everything, f->arena, &found) == 3);
    MUST(found->effort == HISTORY_EASY);
    size_t length = strlen(history_problem(history));
    add_session(history, "lost", "2026-03-05T18:00Z", 60, HISTORY_FINISHED, 0);
    MUST(strlen(history_problem(history)) == length); /* told once */
    MUST(history_sessions(history, &everything, f->arena, &found) == 3);
    history_close(history);
}

static void test_read_only(void **state)
{
    struct fixture *f = *state;
    fill(f, 3);
    assert_int_equal(chmod(f->path, 0444), 0);
    assert_int_equal(chmod(f->folder, 0555), 0);
    as_nobody(f, read_only_run);
    /* The log is still there: another process has the file open. */
    struct history *other = open_there(f);
    add_session(other, "routine", "2026-03-05T17:00Z", 60, HISTORY_FINISHED, HISTORY_EASY);
    assert_int_equal(chmod(arena_printf(f->arena, "%s-wal", f->path), 0444), 0);
    assert_int_equal(chmod(arena_printf(f->arena, "%s-shm", f->path), 0444), 0);
    history_close(other);
    assert_int_equal(chmod(f->folder, 0755), 0);
}

static void unreadable_run(struct fixture *f)
{
    struct history *history = history_open(f->path, at("2026-03-05T18:00Z"));
    MUST(history_problem(history));
    add_session(history, "lost", "2026-03-05T18:00Z", 60, HISTORY_FINISHED, 0);
    history_close(history);
}

static void test_no_way_in(void **state)
{
    struct fixture *f = *state;
    fill(f, 1);
    assert_int_equal(chmod(f->path, 0), 0);
    assert_int_equal(chmod(f->folder, 0555), 0);
    as_nobody(f, unreadable_run);
    assert_int_equal(chmod(f->folder, 0), 0);
    as_nobody(f, unreadable_run);
    assert_int_equal(chmod(f->folder, 0755), 0);
}

static void set_limit(rlim_t bytes)
{
    struct rlimit limit;
    MUST(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = bytes;
    MUST(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

/* What did not fit goes in as soon as there is room. */
static void full_run(struct fixture *f)
{
    signal(SIGXFSZ, SIG_IGN);
    struct history *history = history_open(f->path, at("2026-03-05T18:00Z"));
    const struct history_session session = session_at("full", "2026-03-05T18:00Z");
    const struct history_progress progress = progress_after(session.started, 70);
    const struct history_move move = move_of("bridge", NULL, 0);
    struct history_session found;
    set_limit(60000);
    history_begin(history, &session);
    for (int i = 0; i < 100; i++)
        history_add_move(history, &move, &progress);
    MUST(history_problem(history));
    size_t length = strlen(history_problem(history));
    history_update(history, &progress);
    MUST(strlen(history_problem(history)) == length); /* told once */
    history_settle(history);
    set_limit(RLIM_INFINITY);
    history_end(history, HISTORY_FINISHED, &progress);
    MUST(history_last(history, "full", f->arena, &found));
    MUST(found.move_count == 100 && found.outcome == HISTORY_FINISHED);
    history_close(history);
}

static void full_from_the_start_run(struct fixture *f)
{
    signal(SIGXFSZ, SIG_IGN);
    set_limit(5000);
    struct history *history = history_open(f->path, at("2026-03-05T18:00Z"));
    MUST(history_problem(history));
    const struct history_session session = session_at("full", "2026-03-05T18:00Z");
    const struct history_progress progress = progress_after(session.started, 70);
    struct history_session found;
    history_begin(history, &session);
    history_update(history, &progress);
    set_limit(RLIM_INFINITY);
    history_end(history, HISTORY_FINISHED, &progress);
    MUST(history_last(history, "full", f->arena, &found));
    history_close(history);
}

static void test_full_disk(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(chmod(f->folder, 0777), 0);
    as_nobody(f, full_run);
    assert_sound(f);
    assert_int_equal(system(arena_printf(f->arena, "rm -f %s/*", f->folder)), 0);
    as_nobody(f, full_from_the_start_run);
    assert_sound(f);
}

/* --- other processes --- */

static void test_locked(void **state)
{
    struct fixture *f = *state;
    struct history_session found;
    struct history *history = open_there(f);
    const struct history_session session = session_at("patient", "2026-03-05T18:00Z");
    const struct history_progress progress = progress_after(session.started, 70);
    const struct history_move move = move_of("bridge", NULL, 0);
    sqlite3 *other = raw(f);
    execute(other, "BEGIN IMMEDIATE");
    history_begin(history, &session);
    history_add_move(history, &move, &progress);
    assert_int_equal(history_session_id(history), 0);
    execute(other, "COMMIT");
    assert_null(history_problem(history)); /* nothing is lost yet */
    history_add_move(history, &move, &progress);
    assert_true(history_session_id(history) > 0);
    assert_true(history_last(history, "patient", f->arena, &found));
    assert_int_equal(found.move_count, 2);
    sqlite3_close(other);
    history_close(history);
}

static void test_two_processes_at_once(void **state)
{
    struct fixture *f = *state;
    pid_t children[3];
    for (int c = 0; c < 3; c++) {
        children[c] = fork();
        if (children[c] == 0) {
            /* Opening at once as well: the tables are made by one of them. */
            struct history *history = history_open(f->path, at("2026-03-05T18:00Z"));
            for (int i = 0; i < 60; i++)
                add_session(history, "r", "2026-03-05T18:00Z", 60, HISTORY_FINISHED, 0);
            if (history_problem(history))
                fprintf(stderr, "process %d: %s\n", c, history_problem(history));
            int problem = history_problem(history) != NULL;
            history_close(history);
            _exit(problem);
        }
    }
    for (int c = 0; c < 3; c++) {
        int status = -1;
        waitpid(children[c], &status, 0);
        assert_int_equal(status, 0);
    }
    sqlite3 *db = raw(f);
    long sessions = number(db, "SELECT COUNT(*) FROM sessions WHERE outcome = 'finished'");
    assert_int_equal(sessions, 180);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM moves"), 180);
    sqlite3_close(db);
    assert_sound(f);
}

/* Writes moves for ever, and says after each that it was written. */
static void write_until_killed(struct fixture *f, int pipe)
{
    struct history *history = history_open(f->path, at("2026-03-05T18:00Z"));
    const struct history_session session = session_at("killed", "2026-03-05T18:00Z");
    const struct history_progress progress = progress_after(session.started, 70);
    const struct history_move move = move_of("bridge", NULL, 0);
    history_begin(history, &session);
    for (int i = 0;; i++) {
        history_add_move(history, &move, &progress);
        if (i % 7 == 0)
            history_settle(history);
        if (write(pipe, "x", 1) != 1)
            _exit(1);
    }
}

static void test_killed_in_the_middle(void **state)
{
    struct fixture *f = *state;
    long written = 0;
    struct prng random = prng_new(50);
    for (int i = 0; i < 50; i++) {
        int ends[2];
        char byte;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0)
            write_until_killed(f, ends[1]);
        close(ends[1]);
        for (uint64_t n = prng_next(&random) % 30; n > 0 && read(ends[0], &byte, 1) == 1; n--)
            written++;
        for (volatile uint64_t n = prng_next(&random) % 200000; n > 0;)
            n = n - 1; /* any instant of the next write */
        kill(child, SIGKILL);
        while (read(ends[0], &byte, 1) == 1)
            written++;
        close(ends[0]);
        waitpid(child, NULL, 0);

        struct history *history = open_there(f);
        assert_null(history_problem(history));
        history_close(history);
        assert_sound(f);
        sqlite3 *db = raw(f);
        assert_true(number(db, "SELECT COUNT(*) FROM moves") >= written);
        assert_int_equal(number(db, "SELECT COUNT(*) FROM sessions WHERE outcome IS NULL"), 0);
        sqlite3_close(db);
    }
}

/* --- forgetting --- */

static bool any_file_holds(struct fixture *f, const char *text)
{
    bool found = false;
    DIR *folder = opendir(f->folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char *bytes;
        size_t length;
        if (file_read(file_join(f->arena, f->folder, entry->d_name), 1 << 24, f->arena, &bytes,
                      &length) == LIMBER_OK)
            found |= memmem(bytes, length, text, strlen(text)) != NULL;
    }
    closedir(folder);
    return found;
}

static void test_forgetting(void **state)
{
    struct fixture *f = *state;
    size_t count = 0;
    write_bytes(f->path, "not a database, but my secret-word is in it", 43);
    struct history *history = open_there(f);
    int64_t one = add_session(history, "secret-word", "2026-03-05T17:00Z", 60, HISTORY_FINISHED, 0);
    add_session(history, "public", "2026-03-05T17:00Z", 60, HISTORY_FINISHED, 0);
    assert_true(any_file_holds(f, "secret-word"));
    assert_int_equal(history_forget(history, 77, &count), LIMBER_NOT_FOUND);
    assert_int_equal(history_forget(history, one, &count), LIMBER_OK);
    assert_int_equal(count, 1);
    assert_int_equal(count_sessions(f, history), 1);
    assert_true(any_file_holds(f, "secret-word")); /* in the damaged file */
    assert_int_equal(history_forget(history, 0, &count), LIMBER_OK);
    assert_int_equal(count, 1);
    assert_false(any_file_holds(f, "secret-word"));
    assert_false(any_file_holds(f, "public"));
    int64_t next = add_session(history, "next", "2026-03-05T17:00Z", 60, HISTORY_FINISHED, 0);
    assert_true(next > one + 1); /* numbers are not used again */
    history_close(history);
    sqlite3 *db = raw(f);
    assert_int_equal(number(db, "SELECT COUNT(*) FROM moves"), 1);
    sqlite3_close(db);
}

/* Of one among many nothing stays behind in the file's pages either. */
static void test_forgetting_one(void **state)
{
    struct fixture *f = *state;
    size_t count = 0;
    fill(f, 20);
    struct history *history = open_there(f);
    int64_t one = add_session(history, "secret-word", "2026-03-05T17:00Z", 60, HISTORY_FINISHED, 0);
    add_session(history, "public", "2026-03-05T17:00Z", 60, HISTORY_FINISHED, 0);
    history_settle(history);
    assert_int_equal(history_forget(history, one, &count), LIMBER_OK);
    assert_false(any_file_holds(f, "secret-word"));
    assert_true(any_file_holds(f, "public"));
    assert_int_equal(count_sessions(f, history), 21);
    history_close(history);
}

/* Forgotten while it runs: it stays forgotten. */
static void test_forgetting_what_runs(void **state)
{
    struct fixture *f = *state;
    size_t count = 0;
    struct history *history = open_there(f), *other = open_there(f);
    const struct history_session session = session_at("running", "2026-03-05T18:00Z");
    const struct history_progress progress = progress_after(session.started, 70);
    const struct history_move move = move_of("bridge", NULL, 0);
    history_begin(history, &session);
    assert_int_equal(history_forget(other, 0, &count), LIMBER_OK);
    history_add_move(history, &move, &progress);
    history_end(history, HISTORY_FINISHED, &progress);
    assert_null(history_problem(history));
    assert_int_equal(count_sessions(f, other), 0);
    add_session(history, "next", "2026-03-05T19:00Z", 60, HISTORY_FINISHED, 0);
    assert_int_equal(count_sessions(f, other), 1);
    history_close(history);
    history_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_garbage_is_moved_aside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_truncated_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_flipped_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damage_while_it_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_databases_are_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_folder_in_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_upgrading, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_way_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_locked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_processes_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_killed_in_the_middle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_forgetting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_forgetting_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_forgetting_what_runs, set_up, tear_down),
    };
    if (!getenv("LIMBER_LOG"))
        log_set_level(LIMBER_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
