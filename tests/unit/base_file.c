/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files: reading, writing whole or not at all, and where things are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/str.h"

struct fixture {
    struct arena *arena;
    char folder[64];
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->arena = arena_new();
    strcpy(f->folder, "/tmp/limber-file-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    *state = f;
    return 0;
}

static void remove_all(struct arena *arena, const char *path)
{
    DIR *folder = opendir(path);
    if (!folder) {
        unlink(path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            char *child = file_join(arena, path, entry->d_name);
            if (entry->d_type == DT_DIR)
                remove_all(arena, child);
            else
                unlink(child);
        }
    closedir(folder);
    rmdir(path);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    remove_all(f->arena, f->folder);
    arena_destroy(f->arena);
    free(f);
    return 0;
}

static int count_entries(const char *path)
{
    int count = 0;
    DIR *folder = opendir(path);
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count - 2;
}

static char *in(struct fixture *f, const char *name)
{
    return file_join(f->arena, f->folder, name);
}

static void assert_content(struct fixture *f, const char *path, const char *expected)
{
    char *text = NULL;
    size_t length = 0;
    assert_int_equal(file_read(path, 1000, f->arena, &text, &length), LIMBER_OK);
    assert_int_equal(length, strlen(expected));
    assert_string_equal(text, expected);
}

static void test_read(void **state)
{
    struct fixture *f = *state;
    char *text = NULL, *path = in(f, "a");
    size_t length;
    assert_int_equal(file_write(path,
                                "12345\0"
                                "789",
                                9),
                     LIMBER_OK);
    assert_int_equal(file_read(path, 9, f->arena, &text, &length), LIMBER_OK);
    assert_int_equal(length, 9);
    assert_memory_equal(text,
                        "12345\0"
                        "789",
                        10);
    assert_int_equal(file_read(path, 8, f->arena, &text, &length), LIMBER_LIMIT);
    assert_int_equal(file_read(path, SIZE_MAX, f->arena, &text, NULL), LIMBER_OK);
    assert_int_equal(file_read(in(f, "none"), 9, f->arena, &text, &length), LIMBER_NOT_FOUND);
    assert_int_equal(file_read(in(f, "a/b"), 9, f->arena, &text, &length), LIMBER_NOT_FOUND);
    assert_int_equal(file_read(f->folder, 9, f->arena, &text, &length), LIMBER_INVALID);
    assert_int_equal(file_read("/dev/zero", 9, f->arena, &text, &length), LIMBER_INVALID);
    assert_int_equal(file_write(path, "", 0), LIMBER_OK);
    assert_content(f, path, "");
    /* Files that do not know their size. */
    assert_int_equal(file_read("/proc/self/status", 100000, f->arena, &text, &length), LIMBER_OK);
    assert_true(length > 100);
    assert_int_equal(file_read("/proc/self/status", 10, f->arena, &text, &length), LIMBER_LIMIT);
}

static void test_fifo_does_not_hang(void **state)
{
    struct fixture *f = *state;
    char *text, *path = in(f, "fifo");
    size_t length;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(file_read(path, 9, f->arena, &text, &length), LIMBER_INVALID);
    struct atomic_file *file;
    assert_int_equal(atomic_file_open(path, &file), LIMBER_IO); /* nobody reads */
    assert_null(file);
    /* With a reader it is written to, and stays. */
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_int_equal(file_write(path, "hi", 2), LIMBER_OK);
    char got[4] = "";
    assert_int_equal(read(reader, got, sizeof got), 2);
    close(reader);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_true(S_ISFIFO(info.st_mode));
}

static void test_commit(void **state)
{
    struct fixture *f = *state;
    char *path = in(f, "out.wav");
    struct atomic_file *file;
    assert_int_equal(file_write(path, "old", 3), LIMBER_OK);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(atomic_file_open(path, &file), LIMBER_OK);
    assert_int_equal(write(atomic_file_fd(file), "new!", 4), 4);
    assert_content(f, path, "old");
    assert_true(file_exists(atomic_file_temporary_name(file)));
    assert_int_equal(count_entries(f->folder), 2);
    assert_int_equal(atomic_file_commit(file, true), LIMBER_OK);
    assert_content(f, path, "new!");
    assert_int_equal(count_entries(f->folder), 1);
    struct stat info;
    stat(path, &info);
    assert_int_equal(info.st_mode & 0777, 0640); /* kept */

    /* A finished one is not touched by a late abort, not even when its slot is used again. */
    struct atomic_file *second;
    assert_int_equal(atomic_file_open(in(f, "second"), &second), LIMBER_OK);
    atomic_file_abort(file);
    assert_int_equal(atomic_file_commit(file, false), LIMBER_INVALID);
    assert_int_equal(atomic_file_fd(file), -1);
    assert_true(file_exists(atomic_file_temporary_name(second)));
    assert_int_equal(atomic_file_commit(second, false), LIMBER_OK);
    assert_content(f, in(f, "second"), "");
}

static void test_abort(void **state)
{
    struct fixture *f = *state;
    struct atomic_file *file;
    assert_int_equal(atomic_file_open(in(f, "x"), &file), LIMBER_OK);
    atomic_file_abort(file);
    atomic_file_abort(file);
    atomic_file_abort(NULL);
    assert_int_equal(count_entries(f->folder), 0);
    assert_int_equal(atomic_file_open(in(f, "no/x"), &file), LIMBER_NOT_FOUND);
    assert_null(file);
    assert_int_equal(atomic_file_open(f->folder, &file), LIMBER_INVALID);
    assert_int_equal(atomic_file_open(in(f, ""), &file), LIMBER_INVALID);
    assert_int_equal(atomic_file_open("", &file), LIMBER_INVALID);
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    assert_int_equal(file_write(in(f, name), "x", 1), LIMBER_OK); /* the longest name */
    assert_content(f, in(f, name), "x");
}

static void test_links_and_devices(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(file_write(in(f, "real"), "1", 1), LIMBER_OK);
    assert_int_equal(symlink("real", in(f, "link")), 0);
    assert_int_equal(file_write(in(f, "link"), "22", 2), LIMBER_OK);
    assert_content(f, in(f, "real"), "22");
    struct stat info;
    assert_int_equal(lstat(in(f, "link"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(file_write("/dev/null", "x", 1), LIMBER_OK);
    assert_int_equal(stat("/dev/null", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
    errno = 0;
    assert_int_equal(file_write("/dev/full", "x", 1), LIMBER_IO);
    assert_int_equal(errno, ENOSPC);
}

static void test_many_open(void **state)
{
    struct fixture *f = *state;
    struct atomic_file *files[100];
    int open_count = 0;
    while (open_count < 100 &&
           atomic_file_open(arena_printf(f->arena, "%s/%d", f->folder, open_count),
                            &files[open_count]) == LIMBER_OK)
        open_count++;
    assert_true(open_count >= 32 && open_count < 100);
    assert_int_equal(errno, EMFILE);
    assert_int_equal(count_entries(f->folder), open_count);
    file_remove_temporaries();
    assert_int_equal(count_entries(f->folder), 0);
    /* Nothing to rename: an error, and the slot is free again. */
    assert_int_equal(atomic_file_commit(files[0], false), LIMBER_IO);
    for (int i = 1; i < open_count; i++)
        atomic_file_abort(files[i]);
    assert_int_equal(file_write(in(f, "again"), "x", 1), LIMBER_OK);
}

/* A forked child (as the worker's) does not remove its parent's files. */
static void test_fork(void **state)
{
    struct fixture *f = *state;
    struct atomic_file *file;
    assert_int_equal(atomic_file_open(in(f, "x"), &file), LIMBER_OK);
    pid_t child = fork();
    if (child == 0) {
        file_remove_temporaries();
        atomic_file_abort(file);
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(atomic_file_commit(file, false), LIMBER_OK);
    assert_content(f, in(f, "x"), "");
}

/* The disk is full half-way: IO, the old file stays, nothing is left behind. */
static void test_full_disk(void **state)
{
    struct fixture *f = *state;
    char *path = in(f, "x"), *large = arena_alloc(f->arena, 100000);
    assert_int_equal(file_write(path, "old", 3), LIMBER_OK);
    struct rlimit old, small;
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 5000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    enum limber_status status = file_write(path, large, 100000);
    int saved = errno;
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(status, LIMBER_IO);
    assert_int_equal(saved, EFBIG);
    assert_content(f, path, "old");
    assert_int_equal(count_entries(f->folder), 1);
}

static void test_folders(void **state)
{
    struct fixture *f = *state;
    mode_t old = umask(0);
    assert_int_equal(file_make_folders(in(f, "a/b//c/")), LIMBER_OK);
    umask(old);
    assert_true(file_is_folder(in(f, "a/b/c")));
    struct stat info;
    stat(in(f, "a/b"), &info);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_int_equal(file_make_folders(in(f, "a/b/c")), LIMBER_OK);
    assert_int_equal(file_make_folders("/"), LIMBER_OK);
    assert_int_equal(file_make_folders(""), LIMBER_INVALID);
    assert_int_equal(file_write(in(f, "file"), "", 0), LIMBER_OK);
    assert_int_equal(file_make_folders(in(f, "file/x")), LIMBER_IO);
    assert_false(file_is_folder(in(f, "file")));
    assert_false(file_exists(in(f, "a")));
    assert_true(file_exists(in(f, "file")));
}

static void test_names(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(file_join(f->arena, "a", "b"), "a/b");
    assert_string_equal(file_join(f->arena, "a/", "b"), "a/b");
    assert_string_equal(file_join(f->arena, "/", "b"), "/b");
    assert_string_equal(file_join(f->arena, NULL, "b"), "b");
    assert_string_equal(file_join(f->arena, "", "b"), "b");
    assert_string_equal(file_folder(f->arena, "a/b/c"), "a/b");
    assert_string_equal(file_folder(f->arena, "c"), ".");
    assert_string_equal(file_folder(f->arena, "/c"), "/");
    assert_string_equal(file_name("a/b/c"), "c");
    assert_string_equal(file_name("c"), "c");
    assert_string_equal(file_name("a/"), "");
}

static void test_user_places(void **state)
{
    struct fixture *f = *state;
    setenv("HOME", "/home/x", 1);
    unsetenv("XDG_CONFIG_HOME");
    setenv("XDG_DATA_HOME", "/data", 1);
    setenv("XDG_CACHE_HOME", "relative", 1); /* ignored */
    unsetenv("XDG_STATE_HOME");
    assert_string_equal(file_user_config(f->arena, "config.yaml"),
                        "/home/x/.config/limber/config.yaml");
    assert_string_equal(file_user_data(f->arena, "scripts"), "/data/limber/scripts");
    assert_string_equal(file_user_cache(f->arena, NULL), "/home/x/.cache/limber");
    assert_string_equal(file_user_state(f->arena, "journal"),
                        "/home/x/.local/state/limber/journal");
    unsetenv("HOME");
    assert_null(file_user_config(f->arena, "config.yaml"));
    assert_string_equal(file_user_data(f->arena, "scripts"), "/data/limber/scripts");
}

/* --- Where the program's own files are, seen by a copy of this program in a made-up tree --- */

static int tell_places(const char *to)
{
    struct arena *arena = arena_new();
    const char *data = file_program_data(arena, "scripts");
    const char *lib = file_program_lib(arena, "limber-worker");
    char *text = arena_printf(arena, "%s %s", data ? data : "-", lib ? lib : "-");
    enum limber_status status = file_write(to, text, strlen(text));
    arena_destroy(arena);
    return status;
}

static void copy_self(struct fixture *f, const char *to)
{
    char *text;
    size_t length;
    assert_int_equal(file_read("/proc/self/exe", 100 << 20, f->arena, &text, &length), LIMBER_OK);
    assert_int_equal(file_make_folders(file_folder(f->arena, to)), LIMBER_OK);
    assert_int_equal(file_write(to, text, length), LIMBER_OK);
    assert_int_equal(chmod(to, 0700), 0);
}

static void assert_places(struct fixture *f, const char *binary, const char *expected)
{
    const char *argv[] = {binary, "--places", in(f, "answer"), NULL};
    pid_t child;
    int result;
    assert_int_equal(spawn_program(argv, -1, &child), LIMBER_OK);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    assert_content(f, argv[2], expected);
}

static void test_program_places(void **state)
{
    struct fixture *f = *state;
    char *binary = in(f, "opt/bin/limber"),
         *other = in(f, "opt/lib/x86_64-linux-gnu/limber/limber-worker");
    unsetenv("LIMBER_DATA_DIR");
    unsetenv("LIMBER_LIBEXEC_DIR");
    copy_self(f, binary);
    copy_self(f, in(f, "opt/lib/limber/limber-worker"));
    copy_self(f, other);
    file_make_folders(in(f, "opt/share/limber/scripts"));
    file_make_folders(in(f, "mine/scripts"));
    char *data = in(f, "opt/share/limber/scripts"), *worker = in(f, "opt/lib/limber/limber-worker");
    char *installed = arena_printf(f->arena, "%s %s", data, worker);
    assert_places(f, binary, installed);
    assert_places(f, worker, installed);
    assert_places(f, other, arena_printf(f->arena, "%s %s", data, other));
    setenv("LIMBER_DATA_DIR", in(f, "mine"), 1);
    assert_places(f, binary, arena_printf(f->arena, "%s/mine/scripts %s", f->folder, worker));
    setenv("LIMBER_DATA_DIR", in(f, "nothing-here"), 1);
    setenv("LIMBER_LIBEXEC_DIR", in(f, "opt/lib/x86_64-linux-gnu/limber"), 1);
    assert_places(f, binary, arena_printf(f->arena, "%s %s", data, other));
    unsetenv("LIMBER_DATA_DIR");
    unsetenv("LIMBER_LIBEXEC_DIR");
    /* An installed tree without the thing finds nothing in the source or build tree. */
    rmdir(data);
    unlink(worker);
    unlink(other);
    char *text;
    const char *argv[] = {binary, "--places", in(f, "answer"), NULL};
    pid_t child;
    assert_int_equal(spawn_program(argv, -1, &child), LIMBER_OK);
    waitpid(child, NULL, 0);
    assert_int_equal(file_read(argv[2], 10000, f->arena, &text, NULL), LIMBER_OK);
    assert_null(strstr(text, SOURCE_DIR));
    assert_null(strstr(text, BINARY_DIR));
}

/* This program itself runs from the build tree. */
static void test_build_places(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(file_program_data(f->arena, "core/base"), SOURCE_DIR "/core/base");
    assert_null(file_program_data(f->arena, "no such thing"));
    assert_null(file_program_lib(f->arena, "no such thing"));
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--places") == 0)
        return tell_places(argv[2]);
#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH(test_read),         WITH(test_fifo_does_not_hang), WITH(test_commit),
        WITH(test_abort),        WITH(test_links_and_devices),  WITH(test_many_open),
        WITH(test_fork),         WITH(test_full_disk),          WITH(test_folders),
        WITH(test_names),        WITH(test_user_places),        WITH(test_program_places),
        WITH(test_build_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
