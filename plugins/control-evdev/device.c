/* SPDX-License-Identifier: GPL-3.0-or-later */
/* device.c: finding, opening and reading devices of the kernel. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "evdev.h"

#define FEW_KEYS     16 /* a device with no more is there to be pressed, not to be typed on */
#define MANY_LETTERS 20 /* a keyboard */
#define WANTED_MOST  PATH_MAX

struct source {
    struct source *next;
    struct keys keys;
    struct libevdev *dev;
    int fd;
    uint32_t watch;
    dev_t device;
    ino_t inode;
};

/* --- which devices --- */

/* The next of several that the person named, without spaces around it; false: there is none. */
static bool next_wanted(const char **list, char *one, size_t size)
{
    while (*list && **list) {
        const char *from = *list + strspn(*list, "; \t\n");
        size_t length = strcspn(from, ";\n");
        *list = from + length;
        while (length > 0 && (from[length - 1] == ' ' || from[length - 1] == '\t'))
            length--;
        snprintf(one, size, "%.*s", (int)length, from);
        if (*one)
            return true;
    }
    return false;
}

/* By a pattern of the whole name ("*remote*"), or a part of it. */
static bool has_name(const char *name, const char *wanted)
{
    if (!name)
        return false;
    return strpbrk(wanted, "*?[") ? fnmatch(wanted, name, FNM_CASEFOLD) == 0
                                  : strcasestr(name, wanted) != NULL;
}

/* Whether a link in FOLDER/by-id of that name leads to this file. */
static bool by_id(const struct evdev *evdev, const char *wanted, const struct stat *about)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/by-id", evdev->folder);
    DIR *folder = opendir(path);
    bool found = false;
    for (struct dirent *entry; folder && !found && (entry = readdir(folder));) {
        struct stat other;
        snprintf(path, sizeof path, "%s/by-id/%s", evdev->folder, entry->d_name);
        found = has_name(entry->d_name, wanted) && stat(path, &other) == 0 &&
                other.st_dev == about->st_dev && other.st_ino == about->st_ino;
    }
    if (folder)
        closedir(folder);
    return found;
}

/* Whether the person named this one: its path, or its name, or that of its link in by-id. */
static bool is_named(const struct evdev *evdev, const struct source *source,
                     const struct stat *about)
{
    char wanted[WANTED_MOST];
    const char *list = evdev->device;
    bool named = false;
    while (!named && next_wanted(&list, wanted, sizeof wanted)) {
        struct stat other;
        if (wanted[0] == '/')
            named = stat(wanted, &other) == 0 && other.st_dev == about->st_dev &&
                    other.st_ino == about->st_ino;
        else
            named = has_name(libevdev_get_name(source->dev), wanted) || by_id(evdev, wanted, about);
    }
    return named;
}

static unsigned count_keys(struct libevdev *dev, unsigned first, unsigned last)
{
    unsigned count = 0;
    for (unsigned code = first; code <= last; code++)
        count += libevdev_has_event_code(dev, EV_KEY, code) != 0;
    return count;
}

static bool is_keyboard(struct libevdev *dev)
{
    return count_keys(dev, KEY_Q, KEY_P) + count_keys(dev, KEY_A, KEY_L) +
               count_keys(dev, KEY_Z, KEY_M) >=
           MANY_LETTERS;
}

/* Whether any key of it means something here. */
static bool has_use(const struct source *source)
{
    const struct map *map = &source->keys.evdev->map;
    for (size_t i = 0; i < map->count; i++) {
        const struct map_entry *entry = &map->entries[i];
        if (entry->command[0] && (!entry->chosen || source->keys.chosen) &&
            libevdev_has_event_code(source->dev, EV_KEY, entry->code))
            return true;
    }
    return false;
}

/* --- reading --- */

static void close_source(struct source *source)
{
    struct evdev *evdev = source->keys.evdev;
    struct source **at = &evdev->sources;
    while (*at && *at != source)
        at = &(*at)->next;
    if (*at)
        *at = source->next;
    if (source->watch)
        evdev->loop->remove(evdev->loop->context, source->watch);
    keys_end(&source->keys);
    libevdev_free(source->dev);
    close(source->fd);
    free(source);
}

static void take(struct source *source, const struct input_event *event)
{
    if (event->type == EV_KEY)
        keys_event(&source->keys, event->code, event->value,
                   (int64_t)event->input_event_sec * 1000000000 +
                       (int64_t)event->input_event_usec * 1000);
}

/* All that is there. After an overflow (SYN_DROPPED) libevdev tells what is different now. Returns
 * false when the device is gone. */
static bool read_events(struct source *source)
{
    unsigned flag = LIBEVDEV_READ_FLAG_NORMAL;
    for (;;) {
        struct input_event event;
        int result = libevdev_next_event(source->dev, flag, &event);
        if (result == LIBEVDEV_READ_STATUS_SUCCESS || result == LIBEVDEV_READ_STATUS_SYNC) {
            take(source, &event);
            if (result == LIBEVDEV_READ_STATUS_SYNC)
                flag = LIBEVDEV_READ_FLAG_SYNC;
        } else if (result == -EAGAIN && flag == LIBEVDEV_READ_FLAG_SYNC) {
            flag = LIBEVDEV_READ_FLAG_NORMAL;
        } else if (result != -EINTR) {
            return result == -EAGAIN;
        }
    }
}

static void ready(void *user, int fd, short events)
{
    struct source *source = user;
    if (read_events(source) && !(events & (POLLERR | POLLHUP | POLLNVAL)))
        return;
    evdev_log(source->keys.evdev, LIMBER_LOG_WARNING, "%s is gone; waiting for it",
              source->keys.name);
    close_source(source);
}

/* --- opening --- */

/* Nobody else gets its keys. Never of a device that switches the machine off, nor of a keyboard
 * that was not named: the person could not type any more. */
static void grab(struct source *source, bool named)
{
    struct evdev *evdev = source->keys.evdev;
    const char *name = source->keys.name;
    if (!evdev->grab)
        return;
    if (libevdev_has_event_code(source->dev, EV_KEY, KEY_POWER))
        evdev_log(evdev, LIMBER_LOG_INFO, "%s has a power key and is not grabbed", name);
    else if (!named && is_keyboard(source->dev))
        evdev_log(evdev, LIMBER_LOG_INFO, "%s is a keyboard and is not grabbed", name);
    else if (libevdev_grab(source->dev, LIBEVDEV_GRAB) != 0)
        evdev_log(evdev, LIMBER_LOG_WARNING,
                  "%s is grabbed by another program, which gets its keys instead", name);
}

/* A device that is open, if it is wanted. */
static bool use(struct source *source, const char *path, const struct stat *about)
{
    struct evdev *evdev = source->keys.evdev;
    const char *name = libevdev_get_name(source->dev);
    bool named = is_named(evdev, source, about);
    if (evdev->device && !named)
        return false;
    source->keys.chosen = named || count_keys(source->dev, 1, KEY_MAX) <= FEW_KEYS;
    if (!has_use(source)) {
        if (named)
            evdev_log(evdev, LIMBER_LOG_WARNING, "%s (%s) has no key that means anything: see map",
                      name, path);
        return false;
    }
    snprintf(source->keys.name, sizeof source->keys.name, "%s", name && *name ? name : path);
    libevdev_set_clock_id(source->dev, CLOCK_MONOTONIC);
    grab(source, named);
    source->watch = evdev->loop->watch_fd(evdev->loop->context, source->fd, POLLIN, ready, source);
    evdev_log(evdev, LIMBER_LOG_INFO, "listening to %s (%s)", source->keys.name, path);
    return source->watch != 0;
}

static bool is_open(const struct evdev *evdev, const struct stat *about)
{
    for (const struct source *source = evdev->sources; source; source = source->next) {
        if (source->device == about->st_dev && source->inode == about->st_ino)
            return true;
    }
    return false;
}

static void try_open(struct evdev *evdev, const char *path, size_t *denied)
{
    struct stat about;
    if (stat(path, &about) != 0 || S_ISREG(about.st_mode) || is_open(evdev, &about))
        return;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        *denied += errno == EACCES || errno == EPERM;
        return;
    }
    struct source *source = calloc(1, sizeof *source);
    if (!source || libevdev_new_from_fd(fd, &source->dev) != 0) {
        free(source);
        close(fd);
        return;
    }
    source->fd = fd;
    source->keys.evdev = evdev;
    source->device = about.st_dev;
    source->inode = about.st_ino;
    if (!use(source, path, &about)) {
        close_source(source);
        return;
    }
    source->next = evdev->sources;
    evdev->sources = source;
}

size_t device_scan(struct evdev *evdev, size_t *denied)
{
    char path[PATH_MAX];
    size_t count = 0;
    *denied = 0;
    DIR *folder = opendir(evdev->folder);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (strncmp(entry->d_name, "event", 5) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", evdev->folder, entry->d_name);
        try_open(evdev, path, denied);
    }
    if (folder)
        closedir(folder);
    for (const char *list = evdev->device; next_wanted(&list, path, sizeof path);) {
        if (path[0] == '/') /* wherever it is */
            try_open(evdev, path, denied);
    }
    for (const struct source *source = evdev->sources; source; source = source->next)
        count++;
    return count;
}

void device_close_all(struct evdev *evdev)
{
    while (evdev->sources)
        close_source(evdev->sources);
}
