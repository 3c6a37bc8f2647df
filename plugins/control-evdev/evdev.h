/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evdev.h: what the files of control-evdev share. All [main]. */
#ifndef CONTROL_EVDEV_H
#define CONTROL_EVDEV_H

#include <libevdev/libevdev.h>

#include "limber/button.h"
#include "limber/control.h"

/* --- map.c: what a key means --- */

#define MAP_MOST    128
#define MAP_COMMAND 96

struct map_entry {
    unsigned code;
    bool chosen;               /* counts on devices that were chosen, or have few keys, only */
    char command[MAP_COMMAND]; /* a line of the command language, "button", or "" for nothing */
};

struct map {
    struct map_entry entries[MAP_MOST];
    size_t count;
};

/* Keys of headsets, remotes, presenters, foot switches and gamepads. */
void map_defaults(struct map *map);
/* Adds "KEY_F1=button, KEY_F2=more 10s; KEY_ENTER=none" to it. Returns false with a sentence in
 * `problem`. */
bool map_add(struct map *map, const char *text, char *problem, size_t problem_size);
const struct map_entry *map_find(const struct map *map, unsigned code); /* or NULL */
bool map_is_button(const struct map_entry *entry);

/* --- plugin.c --- */

struct evdev {
    const struct limber_host *host;
    const struct limber_host_loop *loop;
    const struct limber_host_command *command;
    const struct limber_host_button *button;
    struct map map;
    const char *device; /* one, or several with ';' or line breaks between; NULL: all */
    const char *folder;
    bool grab;
    struct limber_button_options thresholds;

    struct source *sources; /* a list */
    struct replay *replay;
    bool denied_told;
    int inotify_fd, inotify_wd; /* −1: not in use */
    bool folder_watched;        /* … is of the folder itself, not of one above it */
    uint32_t inotify_watch, rescan_timer;
};

void evdev_log(struct evdev *evdev, enum limber_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* --- keys.c: keys that go down and up, wherever they come from --- */

struct keys {
    struct evdev *evdev;
    bool chosen;                     /* keys with map_entry.chosen count */
    uint32_t button;                 /* the host's handle; 0: none needed yet */
    unsigned held;                   /* keys of the button that are down */
    unsigned char down[KEY_CNT / 8]; /* a bit a key */
    char name[96];
};

/* An event of type EV_KEY; `value` as the kernel gives it (2: repeated). */
void keys_event(struct keys *keys, unsigned code, int value, int64_t time_ns);
/* The device is gone, or not listened to any more. */
void keys_end(struct keys *keys);

/* --- device.c: devices of the kernel --- */

/* Opens what is wanted and not open yet. Returns how many are open. *denied gets how many may not
 * be read. */
size_t device_scan(struct evdev *evdev, size_t *denied);
void device_close_all(struct evdev *evdev);

/* --- hotplug.c: devices that come --- */

/* Opens what is new; says once that there are devices which may not be read. Returns how many are
 * open. */
size_t hotplug_scan(struct evdev *evdev);
/* From now on opens what comes. */
void hotplug_start(struct evdev *evdev);
void hotplug_stop(struct evdev *evdev);

/* --- replay.c: a recording instead of a device --- */

/* Plays a file of events ("evemu" text, or struct input_event one after the other) through the same
 * keys, at its own pace by the host's timers. Errors: NOT_FOUND, INVALID (said in the log). */
enum limber_status replay_start(struct evdev *evdev, const char *path);
void replay_stop(struct evdev *evdev);

#endif
