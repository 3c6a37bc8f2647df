/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scratch.c: files of programs that write files only. Whoever speaks may be killed at any moment,
 * so the folder is looked after by a small process: it holds one end of a pipe, and removes the
 * folder when the last of us who hold the other has ended. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"

#define DEPTH_MOST 8 /* folders open at once while a tree is removed */

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *level)
{
    remove(path);
    return 0;
}

static void remove_tree(const char *path)
{
    nftw(path, remove_entry, DEPTH_MOST, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static _Noreturn void keep(const char *folder, int life_fd)
{
    char byte;
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    dup2(life_fd, STDIN_FILENO);
    close_range(STDIN_FILENO + 1, ~0u, 0);
    if (chdir("/") == 0) {
        while (read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR) {
        }
    }
    remove_tree(folder);
    _exit(0);
}

/* Starts the keeper as nobody's child, in a session of its own: it outlives what is killed. */
static bool start_keeper(const char *folder, int life_fd)
{
    pid_t between = fork();
    if (between == 0) {
        setsid();
        pid_t keeper = fork();
        if (keeper == 0) {
            keep(folder, life_fd);
        }
        _exit(keeper < 0);
    }
    int state = 1;
    while (between > 0 && waitpid(between, &state, 0) < 0 && errno == EINTR) {
    }
    return between > 0 && state == 0;
}

bool scratch_open(struct scratch *scratch)
{
    const char *base = getenv("TMPDIR");
    int length = snprintf(scratch->folder, sizeof scratch->folder, "%s/limber-speech-XXXXXX",
                          base && base[0] == '/' ? base : "/tmp");
    if (length < 0 || (size_t)length >= sizeof scratch->folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    int ends[2];
    if (!mkdtemp(scratch->folder)) {
        return false;
    }
    bool piped = pipe2(ends, O_CLOEXEC) == 0;
    bool kept = piped && start_keeper(scratch->folder, ends[0]);
    int error = errno;
    if (piped) {
        close(ends[0]);
    }
    if (!kept) {
        if (piped) {
            close(ends[1]);
        }
        rmdir(scratch->folder);
        errno = error;
        return false;
    }
    scratch->life_fd = ends[1];
    scratch->open = true;
    return true;
}

void scratch_close(struct scratch *scratch)
{
    if (scratch->open) {
        close(scratch->life_fd);
        scratch->open = false;
    }
}

bool scratch_file(const struct scratch *scratch, struct scratch_file *file)
{
    snprintf(file->folder, sizeof file->folder, "%s/XXXXXX", scratch->folder);
    if (!mkdtemp(file->folder)) {
        return false;
    }
    snprintf(file->path, sizeof file->path, "%s/speech.wav", file->folder);
    return true;
}

void scratch_drop(const struct scratch_file *file)
{
    remove_tree(file->folder);
}
