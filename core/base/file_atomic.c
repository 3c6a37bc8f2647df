/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file_atomic.c: files that appear complete or not at all. What an atomic_file pointer holds is the
 * number of a slot and how often the slot was used, so that a pointer to a finished file is known
 * as such and aborting it does nothing. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"

#define SLOTS        64u
#define NAME_LONGEST 200 /* bytes of the final name kept in the temporary one */
#define TRIES        100

struct slot {
    atomic_int owner; /* the process whose temporary exists; 0: none */
    bool used;
    uint32_t turn;
    int fd;
    bool direct;  /* a device or pipe: written to in place */
    char *target; /* the final path, symbolic links resolved */
    char temporary[PATH_MAX];
};

/* The slot table and the turns: guarded by lock. A slot in use belongs to whoever holds the handle;
 * the signal handler reads only `owner` and, when it is set, `temporary`. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct slot slots[SLOTS];

static struct atomic_file *handle_of(const struct slot *slot)
{
    return (struct atomic_file *)(((uintptr_t)slot->turn * SLOTS + (uintptr_t)(slot - slots)) + 1);
}

/* NULL: not open (any more). */
static struct slot *slot_of(const struct atomic_file *file)
{
    if (!file)
        return NULL;
    struct slot *slot = &slots[((uintptr_t)file - 1) % SLOTS];
    pthread_mutex_lock(&lock);
    bool valid = slot->used && handle_of(slot) == file;
    pthread_mutex_unlock(&lock);
    return valid ? slot : NULL;
}

static struct slot *take_slot(void)
{
    struct slot *slot = NULL;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < SLOTS && !slot; i++)
        if (!slots[i].used)
            slot = &slots[i];
    if (slot) {
        slot->used = true;
        slot->turn++;
    }
    pthread_mutex_unlock(&lock);
    return slot;
}

static void free_slot(struct slot *slot)
{
    if (slot->fd >= 0)
        close(slot->fd);
    slot->fd = -1;
    free(slot->target);
    slot->target = NULL;
    pthread_mutex_lock(&lock);
    slot->used = false;
    pthread_mutex_unlock(&lock);
}

static enum limber_status open_direct(struct slot *slot)
{
    slot->direct = true;
    snprintf(slot->temporary, sizeof slot->temporary, "%s", slot->target);
    /* Non-blocking first: a pipe that nobody reads must not hang. */
    slot->fd = open(slot->target, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (slot->fd < 0)
        return LIMBER_IO;
    int flags = fcntl(slot->fd, F_GETFL);
    fcntl(slot->fd, F_SETFL, flags & ~O_NONBLOCK);
    return LIMBER_OK;
}

static enum limber_status open_temporary(struct slot *slot, const struct stat *existing)
{
    static atomic_uint counter;
    const char *name = file_name(slot->target);
    int folder = (int)(name - slot->target), length = (int)strlen(name);
    if (length > NAME_LONGEST)
        length = NAME_LONGEST;
    slot->direct = false;
    for (int i = 0; i < TRIES; i++) {
        int size = snprintf(slot->temporary, sizeof slot->temporary, "%.*s.%.*s.%ld-%u.tmp", folder,
                            slot->target, length, name, (long)getpid(), counter++);
        if (size < 0 || (size_t)size >= sizeof slot->temporary) {
            errno = ENAMETOOLONG;
            return LIMBER_IO;
        }
        atomic_store(&slot->owner, (int)getpid()); /* before it is there: a signal may come now */
        slot->fd = open(slot->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (slot->fd >= 0) {
            if (existing) /* keep who may read it; where that fails, the umask decides */
                (void)!fchmod(slot->fd, existing->st_mode & 0777);
            return LIMBER_OK;
        }
        atomic_store(&slot->owner, 0);
        if (errno != EEXIST)
            break;
    }
    return errno == ENOENT || errno == ENOTDIR ? LIMBER_NOT_FOUND : LIMBER_IO;
}

enum limber_status atomic_file_open(const char *path, struct atomic_file **file)
{
    *file = NULL;
    struct stat info;
    bool exists = stat(path, &info) == 0;
    if (!*file_name(path) || (exists && S_ISDIR(info.st_mode))) {
        errno = EISDIR;
        return LIMBER_INVALID;
    }
    struct slot *slot = take_slot();
    if (!slot) {
        errno = EMFILE;
        return LIMBER_LIMIT;
    }
    slot->fd = -1;
    bool regular = exists && S_ISREG(info.st_mode);
    slot->target = regular ? realpath(path, NULL) : NULL;
    if (!slot->target)
        slot->target = xstrdup(path);
    enum limber_status status =
        exists && !regular ? open_direct(slot) : open_temporary(slot, regular ? &info : NULL);
    if (status != LIMBER_OK) {
        int saved = errno;
        free_slot(slot);
        errno = saved;
        return status;
    }
    *file = handle_of(slot);
    return LIMBER_OK;
}

int atomic_file_fd(const struct atomic_file *file)
{
    const struct slot *slot = slot_of(file);
    return slot ? slot->fd : -1;
}

const char *atomic_file_temporary_name(const struct atomic_file *file)
{
    const struct slot *slot = slot_of(file);
    return slot ? slot->temporary : NULL;
}

static void remove_temporary(struct slot *slot)
{
    if (!slot->direct && atomic_load(&slot->owner) == (int)getpid())
        unlink(slot->temporary);
    atomic_store(&slot->owner, 0);
}

static void sync_folder(const char *path)
{
    struct arena *arena = arena_new();
    int fd = open(file_folder(arena, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd); /* the file is there already; some file systems cannot do this */
        close(fd);
    }
    arena_destroy(arena);
}

enum limber_status atomic_file_commit(struct atomic_file *file, bool sync)
{
    struct slot *slot = slot_of(file);
    if (!slot)
        return LIMBER_INVALID;
    bool good = slot->direct || !sync || fsync(slot->fd) == 0;
    int saved = errno;
    if (close(slot->fd) != 0 && good) {
        good = false;
        saved = errno;
    }
    slot->fd = -1;
    if (good && !slot->direct) {
        good = rename(slot->temporary, slot->target) == 0;
        saved = errno;
    }
    if (!good)
        remove_temporary(slot);
    atomic_store(&slot->owner, 0);
    if (good && sync && !slot->direct)
        sync_folder(slot->target);
    free_slot(slot);
    errno = saved;
    return good ? LIMBER_OK : LIMBER_IO;
}

void atomic_file_abort(struct atomic_file *file)
{
    struct slot *slot = slot_of(file);
    if (!slot)
        return;
    remove_temporary(slot);
    free_slot(slot);
}

void file_remove_temporaries(void)
{
    int saved = errno;
    for (size_t i = 0; i < SLOTS; i++)
        if (atomic_load(&slots[i].owner) == (int)getpid())
            unlink(slots[i].temporary);
    errno = saved;
}
