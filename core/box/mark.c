/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mark.c: "limber-box 1 BOOT PID PLAYING WENT-ON" in one line, written in one piece. */
#include "box/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"

#define LOG_MODULE "box"
#define BOOT_ID    "/proc/sys/kernel/random/boot_id"
#define LINE_MOST  160

struct mark {
    int fd; /* −1: nothing is kept */
    char boot[48];
    bool playing;
    int went_on;
};

static void read_boot(char *boot, size_t size)
{
    FILE *file = fopen(BOOT_ID, "re");
    if (!file || !fgets(boot, (int)size, file))
        snprintf(boot, size, "unknown");
    boot[strcspn(boot, "\n")] = '\0';
    if (file)
        fclose(file);
}

static void put(struct mark *mark)
{
    char line[LINE_MOST];
    if (mark->fd < 0)
        return;
    /* Padded to one length, so that a shorter line leaves nothing of a longer one. */
    int length = snprintf(line, sizeof line, "limber-box 1 %s %10d %d %10d\n", mark->boot,
                          (int)getpid(), mark->playing, mark->went_on);
    if (pwrite(mark->fd, line, (size_t)length, 0) != length || ftruncate(mark->fd, length) != 0)
        log_warning("how a box ended cannot be kept: %s", strerror(errno));
}

/* Reads what another left; its process, 0: not known. */
static int take_found(const struct mark *mark, int64_t now_ms, struct mark_found *found)
{
    char line[LINE_MOST] = "", boot[48] = "";
    int process = 0, playing = 0, went_on = 0;
    struct stat info;
    *found = (struct mark_found){0};
    ssize_t length = pread(mark->fd, line, sizeof line - 1, 0);
    if (length <= 0 || fstat(mark->fd, &info) != 0 ||
        sscanf(line, "limber-box 1 %47s %d %d %d", boot, &process, &playing, &went_on) != 4)
        return 0;
    int64_t then_ms = info.st_mtim.tv_sec * INT64_C(1000) + info.st_mtim.tv_nsec / 1000000;
    found->crashed = strcmp(boot, mark->boot) == 0 && strcmp(boot, "unknown") != 0;
    found->playing = playing == 1;
    found->age_ms = now_ms > then_ms ? now_ms - then_ms : 0;
    found->went_on = went_on > 0 ? went_on : 0;
    return process;
}

static int open_file(const char *folder)
{
    struct arena *arena = arena_new();
    const char *own = file_user_state(arena, "box");
    const char *path = folder ? file_join(arena, folder, "box") : own;
    int fd = -1;
    if (path && file_make_folders(file_folder(arena, path)) == LIMBER_OK)
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        log_warning("how this box ends cannot be kept in %s: %s", path ? path : "a home folder",
                    strerror(errno));
    arena_destroy(arena);
    return fd;
}

struct mark *mark_take(const char *folder, int64_t now_ms, struct mark_found *found, int *other)
{
    struct mark *mark = xcalloc(1, sizeof *mark);
    *found = (struct mark_found){0};
    read_boot(mark->boot, sizeof mark->boot);
    mark->fd = open_file(folder);
    if (mark->fd < 0)
        return mark;
    bool busy = flock(mark->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    int process = take_found(mark, now_ms, found);
    if (busy) {
        *other = process;
        mark_destroy(mark);
        return NULL;
    }
    put(mark);
    return mark;
}

void mark_leave(struct mark *mark)
{
    if (mark->fd >= 0 && ftruncate(mark->fd, 0) != 0)
        log_warning("how this box ends cannot be kept: %s", strerror(errno));
}

void mark_destroy(struct mark *mark)
{
    if (!mark)
        return;
    if (mark->fd >= 0)
        close(mark->fd);
    free(mark);
}

void mark_touch(struct mark *mark)
{
    if (mark->fd >= 0)
        futimens(mark->fd, NULL);
}

void mark_playing(struct mark *mark, bool playing)
{
    if (playing == mark->playing)
        return;
    mark->playing = playing;
    put(mark);
}

void mark_went_on(struct mark *mark, int count)
{
    if (count == mark->went_on)
        return;
    mark->went_on = count;
    put(mark);
}
