/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hotplug.c: devices that come. The system tells (inotify), also when the folder itself is not
 * there yet, or goes with its last device and comes back with the next: then its parent is watched.
 * While nothing comes nothing wakes up. */
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "evdev.h"

#define RESCAN_MS   2000
#define IN_FOLDER   (IN_CREATE | IN_ATTRIB | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define ABOVE_IT    (IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define DEPTH_MOST  16 /* folders above it */
#define ROUNDS_MOST 8  /* of a folder that comes and goes while we look */

size_t hotplug_scan(struct evdev *evdev)
{
    size_t denied, count = device_scan(evdev, &denied);
    if (count == 0 && denied > 0 && !evdev->denied_told) {
        evdev_log(evdev, LIMBER_LOG_ERROR,
                  "the devices in %s may not be read: have yourself added to the group input "
                  "(sudo usermod -aG input $USER) and log in again",
                  evdev->folder);
        evdev->denied_told = true;
    }
    return count;
}

/* --- what is watched --- */

/* Watches the folder, or what there is above it. Returns whether anything is watched. */
static bool watch_nearest(struct evdev *evdev)
{
    char path[PATH_MAX];
    int old = evdev->inotify_wd, wd = -1;
    snprintf(path, sizeof path, "%s", evdev->folder);
    evdev->folder_watched = true;
    for (int depth = 0; depth < DEPTH_MOST; depth++) {
        wd = inotify_add_watch(evdev->inotify_fd, path,
                               evdev->folder_watched ? IN_FOLDER : ABOVE_IT);
        if (wd >= 0 || strcmp(path, "/") == 0 || strcmp(path, ".") == 0)
            break;
        evdev->folder_watched = false;
        const char *above = dirname(path);
        memmove(path, above, strlen(above) + 1);
    }
    if (old >= 0 && old != wd)
        inotify_rm_watch(evdev->inotify_fd, old); /* may be gone already */
    evdev->inotify_wd = wd;
    return wd >= 0;
}

/* The folder may come between looking and watching. */
static bool watch(struct evdev *evdev)
{
    bool watched = watch_nearest(evdev);
    for (int i = 0; watched && !evdev->folder_watched && i < ROUNDS_MOST; i++) {
        if (access(evdev->folder, F_OK) != 0)
            break;
        watched = watch_nearest(evdev);
    }
    return watched;
}

static void look(void *user)
{
    struct evdev *evdev = user;
    evdev->rescan_timer = 0;
    hotplug_scan(evdev);
    if (!evdev->inotify_watch)
        hotplug_start(evdev);
}

static void look_later(struct evdev *evdev)
{
    if (!evdev->rescan_timer)
        evdev->rescan_timer =
            evdev->loop->add_timer(evdev->loop->context, RESCAN_MS, 0, look, evdev);
}

/* Reads all notes. Returns whether one is of what is watched now, and says that it is gone. */
static bool is_gone(struct evdev *evdev)
{
    _Alignas(struct inotify_event) char notes[4096];
    bool gone = false;
    for (ssize_t size; (size = read(evdev->inotify_fd, notes, sizeof notes)) > 0;) {
        for (const char *at = notes; at < notes + size;) {
            const struct inotify_event *note = (const void *)at;
            gone = gone || (note->wd == evdev->inotify_wd &&
                            note->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED));
            at += sizeof *note + note->len;
        }
    }
    return gone;
}

/* Something came, or got its rights. Links to it come a little later. */
static void folder_changed(void *user, int fd, short events)
{
    struct evdev *evdev = user;
    bool other = is_gone(evdev) || !evdev->folder_watched;
    if (other && !watch(evdev)) {
        evdev->loop->remove(evdev->loop->context, evdev->inotify_watch);
        evdev->inotify_watch = 0;
    }
    if (!evdev->folder_watched && evdev->inotify_watch)
        return; /* something else came there */
    hotplug_scan(evdev);
    look_later(evdev);
}

/* --- beginning and end --- */

void hotplug_start(struct evdev *evdev)
{
    if (evdev->inotify_fd < 0)
        evdev->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (evdev->inotify_fd >= 0 && watch(evdev))
        evdev->inotify_watch = evdev->loop->watch_fd(evdev->loop->context, evdev->inotify_fd,
                                                     POLLIN, folder_changed, evdev);
    if (evdev->inotify_watch)
        hotplug_scan(evdev); /* what came in between */
    else
        look_later(evdev);
}

void hotplug_stop(struct evdev *evdev)
{
    const struct limber_host_loop *loop = evdev->loop;
    if (evdev->rescan_timer)
        loop->remove(loop->context, evdev->rescan_timer);
    if (evdev->inotify_watch)
        loop->remove(loop->context, evdev->inotify_watch);
    if (evdev->inotify_fd >= 0)
        close(evdev->inotify_fd);
    evdev->rescan_timer = evdev->inotify_watch = 0;
    evdev->inotify_fd = evdev->inotify_wd = -1;
}
