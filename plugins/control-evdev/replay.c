/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay.c: a recording of a device's events, played as if it were the device: for trying out
 * buttons, and for tests. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "evdev.h"

#define FILE_MOST (8u << 20) /* bytes */
#define NS_PER_MS 1000000
#define DAY_NS    (INT64_C(86400) * 1000 * NS_PER_MS)

struct moment {
    int64_t time_ns;
    unsigned type, code;
    int value;
};

struct replay {
    struct keys keys;
    struct moment *moments; /* in the order of time */
    size_t count, next;
    int64_t base_ns; /* when it began */
    uint32_t timer;
};

/* --- reading the file --- */

static bool add_moment(struct replay *replay, struct moment moment)
{
    if (replay->count % 256 == 0) {
        struct moment *more =
            realloc(replay->moments, (replay->count + 256) * sizeof *replay->moments);
        if (!more)
            return false;
        replay->moments = more;
    }
    if (replay->count > 0 && moment.time_ns < replay->moments[replay->count - 1].time_ns)
        moment.time_ns = replay->moments[replay->count - 1].time_ns;
    replay->moments[replay->count++] = moment;
    return true;
}

/* "12.345678" as nanoseconds; *text moves behind it. −1: it is none. */
static int64_t read_time(const char **text)
{
    const char *at = *text + strspn(*text, " \t");
    int64_t seconds = 0, part = 0, unit = 100000000;
    if (*at < '0' || *at > '9')
        return -1;
    for (; *at >= '0' && *at <= '9'; at++) {
        seconds = seconds * 10 + (*at - '0');
        if (seconds > INT64_C(8000000000))
            return -1;
    }
    for (at += *at == '.'; *at >= '0' && *at <= '9'; at++, unit /= 10)
        part += (*at - '0') * unit;
    *text = at;
    return seconds * 1000 * NS_PER_MS + part;
}

/* One line of evemu's format, of which only events matter: "E: 0.000001 0001 001c 0001". */
static bool read_line(struct replay *replay, const char *line)
{
    struct moment moment = {.type = 0};
    int end = 0;
    if (strncmp(line, "N:", 2) == 0)
        snprintf(replay->keys.name, sizeof replay->keys.name, "%s",
                 line + 2 + strspn(line + 2, " "));
    if (strncmp(line, "E:", 2) != 0)
        return true;
    line += 2;
    moment.time_ns = read_time(&line);
    if (moment.time_ns < 0 ||
        sscanf(line, " %4x %4x %9d%n", &moment.type, &moment.code, &moment.value, &end) != 3)
        return false;
    line += end + (int)strspn(line + end, " \t\r");
    return (*line == '\0' || *line == '#') && add_moment(replay, moment);
}

static bool read_text(struct replay *replay, char *text, const char *path)
{
    for (char *save = NULL, *line = strtok_r(text, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        if (!read_line(replay, line)) {
            evdev_log(replay->keys.evdev, LIMBER_LOG_ERROR,
                      "%s: \"%.60s\" is not an event; write E: SECONDS TYPE CODE VALUE", path,
                      line);
            return false;
        }
    }
    return true;
}

static bool read_binary(struct replay *replay, const char *bytes, size_t size)
{
    struct input_event event;
    bool well = size % sizeof event == 0;
    for (size_t at = 0; well && at < size; at += sizeof event) {
        memcpy(&event, bytes + at, sizeof event);
        int64_t seconds = (int64_t)event.input_event_sec;
        well = seconds >= 0 && seconds <= INT64_C(8000000000) && event.input_event_usec >= 0 &&
               event.input_event_usec < 1000000 &&
               add_moment(replay, (struct moment){.time_ns = seconds * 1000 * NS_PER_MS +
                                                             (int64_t)event.input_event_usec * 1000,
                                                  .type = event.type,
                                                  .code = event.code,
                                                  .value = event.value});
    }
    return well;
}

static bool read_bytes(struct replay *replay, char *bytes, size_t size, const char *path)
{
    struct evdev *evdev = replay->keys.evdev;
    bytes[size] = '\0';
    bool text = size == 0 || !memchr(bytes, '\0', size);
    if (text ? !read_text(replay, bytes, path) : !read_binary(replay, bytes, size)) {
        if (!text)
            evdev_log(evdev, LIMBER_LOG_ERROR, "%s is not a recording of events", path);
        return false;
    }
    if (replay->count == 0)
        evdev_log(evdev, LIMBER_LOG_ERROR, "%s has no events in it", path);
    return replay->count > 0;
}

static enum limber_status load(struct replay *replay, const char *path)
{
    struct evdev *evdev = replay->keys.evdev;
    FILE *file = fopen(path, "rb");
    if (!file) {
        evdev_log(evdev, LIMBER_LOG_ERROR, "%s cannot be opened: %s", path, strerror(errno));
        return LIMBER_NOT_FOUND;
    }
    char *bytes = malloc(FILE_MOST + 1);
    size_t size = bytes ? fread(bytes, 1, FILE_MOST, file) : 0;
    enum limber_status status = LIMBER_INVALID;
    if (ferror(file) || size == FILE_MOST)
        evdev_log(evdev, LIMBER_LOG_ERROR, "%s cannot be read, or is too large", path);
    else if (bytes && read_bytes(replay, bytes, size, path))
        status = LIMBER_OK;
    free(bytes);
    fclose(file);
    return status;
}

/* --- playing it --- */

static void schedule(struct replay *replay, int64_t from_ns);

static void play(void *user)
{
    struct replay *replay = user;
    struct evdev *evdev = replay->keys.evdev;
    int64_t now_ns = replay->moments[replay->next].time_ns;
    replay->timer = 0;
    for (; replay->next < replay->count && replay->moments[replay->next].time_ns == now_ns;
         replay->next++) {
        const struct moment *moment = &replay->moments[replay->next];
        if (moment->type == EV_KEY)
            keys_event(&replay->keys, moment->code, moment->value, replay->base_ns + now_ns);
    }
    if (replay->next < replay->count)
        schedule(replay, now_ns);
    else
        evdev_log(evdev, LIMBER_LOG_INFO, "%s: the recording is over", replay->keys.name);
}

/* Whole milliseconds of the recording's own time, so that nothing adds up. */
static void schedule(struct replay *replay, int64_t from_ns)
{
    const struct limber_host_loop *loop = replay->keys.evdev->loop;
    int64_t delay_ms = (replay->moments[replay->next].time_ns + NS_PER_MS - 1) / NS_PER_MS -
                       (from_ns + NS_PER_MS - 1) / NS_PER_MS;
    replay->timer = loop->add_timer(loop->context, delay_ms, 0, play, replay);
}

enum limber_status replay_start(struct evdev *evdev, const char *path)
{
    struct replay *replay = calloc(1, sizeof *replay);
    struct timespec now;
    if (!replay)
        return LIMBER_NO_MEMORY;
    evdev->replay = replay;
    replay->keys.evdev = evdev;
    replay->keys.chosen = true;
    snprintf(replay->keys.name, sizeof replay->keys.name, "%s", path);
    enum limber_status status = load(replay, path);
    if (status != LIMBER_OK) {
        replay_stop(evdev);
        return status;
    }
    /* Times of the day, or since the machine started, begin with the first event. */
    int64_t first_ns = replay->moments[0].time_ns;
    for (size_t i = 0; first_ns >= DAY_NS && i < replay->count; i++)
        replay->moments[i].time_ns -= first_ns;
    clock_gettime(CLOCK_MONOTONIC, &now);
    replay->base_ns = (int64_t)now.tv_sec * 1000 * NS_PER_MS + now.tv_nsec;
    schedule(replay, 0);
    if (replay->timer)
        return LIMBER_OK;
    replay_stop(evdev);
    return LIMBER_FAILED;
}

void replay_stop(struct evdev *evdev)
{
    struct replay *replay = evdev->replay;
    if (!replay)
        return;
    if (replay->timer)
        evdev->loop->remove(evdev->loop->context, replay->timer);
    keys_end(&replay->keys);
    free(replay->moments);
    free(replay);
    evdev->replay = NULL;
}
