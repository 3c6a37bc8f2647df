/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scratch.c: a folder for programs that write files only. The process that speaks may be killed at
 * any moment, so the folder is removed by a small process beside it: it holds the other end of a
 * pipe, and wakes up when the first one ends. */
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

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *level)
{
    remove(path);
    return 0;
}

static _Noreturn void keep(const char *folder, int life_fd)
{
    char byte;
    setsid(); /* out of the group that is killed */
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    dup2(life_fd, STDIN_FILENO);
    close_range(1, ~0u, 0);
    while (read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR) {
    }
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    _exit(0);
}

bool scratch_open(struct scratch *scratch)
{
    const char *base = getenv("TMPDIR");
    int length = snprintf(scratch->folder, sizeof scratch->folder, "%s/limber-speech-XXXXXX",
                          base && base[0] == '/' ? base : "/tmp");
    scratch->keeper = 0;
    if (length < 0 || (size_t)length >= sizeof scratch->folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    bool made = mkdtemp(scratch->folder) != NULL;
    scratch->keeper = made ? fork() : -1;
    if (scratch->keeper == 0) {
        keep(scratch->folder, ends[0]);
    }
    int error = errno;
    close(ends[0]);
    if (scratch->keeper < 0) {
        close(ends[1]);
        if (made) {
            rmdir(scratch->folder);
        }
        errno = error;
        return false;
    }
    scratch->life_fd = ends[1];
    snprintf(scratch->file, sizeof scratch->file, "%s/speech.wav", scratch->folder);
    return true;
}

void scratch_close(struct scratch *scratch)
{
    if (scratch->keeper > 0) {
        close(scratch->life_fd);
        while (waitpid(scratch->keeper, NULL, 0) < 0 && errno == EINTR) {
        }
        scratch->keeper = 0;
    }
}
