/* SPDX-License-Identifier: GPL-3.0-or-later */
/* controlkit.h: a host for control plugins on a virtual clock: a loop, a session that notes what it
 * is told and when, and the real grammar of buttons. Each test program has one. */
#ifndef TEST_CONTROLKIT_H
#define TEST_CONTROLKIT_H

#include <dlfcn.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limber/ask.h"
#include "limber/button.h"
#include "limber/control.h"
#include "session/button.h"

#define KIT_MOST 64

struct kit_watch {
    uint32_t handle; /* 0: free */
    int fd;
    short events;
    void (*ready)(void *user, int fd, short events);
    int64_t due_ms, period_ms; /* timers */
    void (*fire)(void *user);
    void *user;
};

static struct kit {
    const struct limber_plugin_entry *entry;
    const struct limber_control *control;
    void *plugin; /* the instance */
    char options[8][2][512];
    struct kit_watch watches[KIT_MOST];
    uint32_t last_handle;
    nsec now;         /* of the virtual clock, from 0 */
    bool own_stamps;  /* events bring times of the virtual clock */
    nsec stamp_shift; /* else: what they are ahead of it, known at the first */
    bool shift_known;
    struct buttons buttons;
    bool paused, lends_nothing;
    int added;            /* buttons */
    const char *document; /* what every question is answered with; NULL: nobody knows */
    char asked[1024];     /* the last question, and its body behind a '|' */
    char said[2048], logged[8192];
} kit;

/* --- loop --- */

static uint32_t kit_add(struct kit_watch watch)
{
    for (int i = 0; i < KIT_MOST; i++) {
        if (kit.watches[i].handle == 0) {
            kit.watches[i] = watch;
            return kit.watches[i].handle = ++kit.last_handle;
        }
    }
    return 0;
}

static uint32_t kit_watch_fd(void *context, int fd, short events,
                             void (*ready)(void *user, int fd, short events), void *user)
{
    return kit_add((struct kit_watch){.fd = fd, .events = events, .ready = ready, .user = user});
}

static uint32_t kit_add_timer(void *context, int64_t delay_ms, int64_t period_ms,
                              void (*fire)(void *user), void *user)
{
    return kit_add((struct kit_watch){.due_ms = kit.now / NSEC_PER_MSEC + delay_ms,
                                      .period_ms = period_ms,
                                      .fire = fire,
                                      .user = user});
}

static void kit_remove(void *context, uint32_t handle)
{
    for (int i = 0; i < KIT_MOST; i++) {
        if (kit.watches[i].handle == handle)
            kit.watches[i].handle = 0;
    }
}

static bool kit_post(void *context, void (*call)(void *user), void *user)
{
    return false;
}

/* --- session --- */

static enum limber_status kit_run(void *context, const char *line, char *answer, size_t answer_size)
{
    size_t used = strlen(kit.said);
    snprintf(kit.said + used, sizeof kit.said - used, "%s%lld:%s", used ? " " : "",
             (long long)(kit.now / NSEC_PER_MSEC), line);
    kit.paused = strcmp(line, "pause") == 0 || (kit.paused && strcmp(line, "play") != 0);
    return strncmp(line, "bad", 3) == 0 ? LIMBER_INVALID : LIMBER_OK;
}

static enum limber_status kit_ask(void *context, const char *question, const char *body,
                                  size_t body_size, limber_ask_write write, void *user)
{
    const char *answer = kit.document ? kit.document : "{\"error\":\"Nobody knows.\"}";
    snprintf(kit.asked, sizeof kit.asked, "%s%s%.*s", question, body ? "|" : "", (int)body_size,
             body ? body : "");
    size_t half = strlen(answer) / 2; /* in pieces, as a host may */
    if (write(user, answer, half))
        write(user, answer + half, strlen(answer) - half);
    return kit.document ? LIMBER_OK : LIMBER_NOT_FOUND;
}

static void kit_settle(void)
{
    for (const char *line; (line = button_take(&kit.buttons));)
        kit_run(NULL, line, NULL, 0);
}

static uint32_t kit_add_button(void *context, const char *name,
                               const struct limber_button_options *options)
{
    kit.added++;
    return button_add(&kit.buttons,
                      &(struct button_options){.debounce_ns = options->debounce_ms * NSEC_PER_MSEC,
                                               .double_ns = options->double_ms * NSEC_PER_MSEC,
                                               .long_ns = options->long_ms * NSEC_PER_MSEC,
                                               .taps = options->taps});
}

static void kit_press(void *context, uint32_t button, bool down, int64_t time_ns)
{
    if (!kit.shift_known && !kit.own_stamps)
        kit.stamp_shift = time_ns - kit.now;
    kit.shift_known = true;
    nsec time = time_ns - kit.stamp_shift;
    button_advance(&kit.buttons, time);
    kit_settle();
    struct button_facts facts = {.playing = !kit.paused};
    if (down)
        button_press(&kit.buttons, button, time, &facts);
    else
        button_release(&kit.buttons, button, time);
    kit_settle();
}

static void kit_tap(void *context, uint32_t button, int64_t time_ns)
{
    abort();
}

static void kit_remove_button(void *context, uint32_t button)
{
    kit.added--;
    button_remove(&kit.buttons, button, kit.now);
    kit_settle();
}

/* --- the host --- */

static const struct limber_host_loop kit_loop = {sizeof kit_loop, NULL,       kit_watch_fd,
                                                 kit_add_timer,   kit_remove, kit_post};
static const struct limber_host_command kit_command = {sizeof kit_command, NULL, kit_run};
static const struct limber_host_button kit_button = {sizeof kit_button, NULL,    kit_add_button,
                                                     kit_press,         kit_tap, kit_remove_button};

static const struct limber_host_ask kit_answers = {sizeof kit_answers, NULL, kit_ask};

static void kit_log(void *context, enum limber_log_level level, const char *message)
{
    size_t used = strlen(kit.logged);
    snprintf(kit.logged + used, sizeof kit.logged - used, "%d %s\n", (int)level, message);
}

static const char *kit_option(void *context, const char *name)
{
    for (int i = 0; i < 8; i++) {
        if (strcmp(kit.options[i][0], name) == 0)
            return kit.options[i][1];
    }
    for (const struct limber_option *option = kit.entry->descriptor->options;
         option && option->name; option++) {
        if (strcmp(option->name, name) == 0)
            return option->fallback;
    }
    return NULL;
}

static const void *kit_interface(void *context, const char *id)
{
    return kit.lends_nothing                         ? NULL
           : strcmp(id, LIMBER_HOST_LOOP_ID) == 0    ? (const void *)&kit_loop
           : strcmp(id, LIMBER_HOST_COMMAND_ID) == 0 ? (const void *)&kit_command
           : strcmp(id, LIMBER_HOST_BUTTON_ID) == 0  ? (const void *)&kit_button
           : strcmp(id, LIMBER_HOST_ASK_ID) == 0     ? (const void *)&kit_answers
                                                     : NULL;
}

static const struct limber_host kit_host = {.size = sizeof kit_host,
                                            .name = "limber",
                                            .version = "0",
                                            .log = kit_log,
                                            .option = kit_option,
                                            .get_interface = kit_interface};

/* A new host with nothing in it; the plugin's file is loaded once. */
static void kit_reset(const char *file)
{
    const struct limber_plugin_entry *entry = kit.entry;
    if (!entry) {
        void *object = dlopen(file, RTLD_NOW);
        if (!object) {
            fprintf(stderr, "%s\n", dlerror());
            exit(1);
        }
        entry = dlsym(object, "limber_plugin_entry");
    }
    memset(&kit, 0, sizeof kit);
    kit.entry = entry;
}

static void kit_set(const char *name, const char *value)
{
    int i = 0;
    while (kit.options[i][0][0] && strcmp(kit.options[i][0], name) != 0)
        i++;
    snprintf(kit.options[i][0], sizeof kit.options[i][0], "%s", name);
    snprintf(kit.options[i][1], sizeof kit.options[i][1], "%s", value);
}

static enum limber_status kit_start(void)
{
    enum limber_status status = kit.entry->create(&kit_host, &kit.plugin);
    if (status != LIMBER_OK)
        return status;
    kit.control = kit.entry->get_interface(kit.plugin, LIMBER_CONTROL_ID);
    status = kit.control->start(kit.plugin);
    if (status != LIMBER_OK) {
        kit.entry->destroy(kit.plugin);
        kit.plugin = NULL;
    }
    return status;
}

/* Stops it; returns how many watches, timers and buttons it left behind. */
static int kit_stop(void)
{
    int left = 0;
    kit.control->stop(kit.plugin);
    kit.entry->destroy(kit.plugin);
    kit.plugin = NULL;
    for (int i = 0; i < KIT_MOST; i++)
        left += kit.watches[i].handle != 0;
    return left + kit.added;
}

/* Serves the descriptors that are ready now. */
static bool kit_serve(void)
{
    bool any = false;
    for (int i = 0; i < KIT_MOST; i++) {
        struct kit_watch *watch = &kit.watches[i];
        struct pollfd poll_fd = {.fd = watch->fd, .events = watch->events};
        if (!watch->handle || !watch->ready || poll(&poll_fd, 1, 0) != 1)
            continue;
        watch->ready(watch->user, watch->fd, poll_fd.revents);
        any = true;
    }
    return any;
}

/* Lets virtual time pass up to `until_ms`, timers and buttons each at its moment. */
static void kit_pass(int64_t until_ms)
{
    for (;;) {
        while (kit_serve())
            ;
        struct kit_watch *next = NULL;
        for (int i = 0; i < KIT_MOST; i++) {
            struct kit_watch *watch = &kit.watches[i];
            if (watch->handle && watch->fire && (!next || watch->due_ms < next->due_ms))
                next = watch;
        }
        nsec due = next ? next->due_ms * NSEC_PER_MSEC : INT64_MAX;
        nsec wake = button_wake(&kit.buttons);
        if ((due < wake ? due : wake) > until_ms * NSEC_PER_MSEC)
            break;
        kit.now = due < wake ? due : wake;
        if (due < wake) {
            struct kit_watch fired = *next;
            next->handle = 0;
            fired.fire(fired.user);
        } else {
            button_advance(&kit.buttons, kit.now);
            kit_settle();
        }
    }
    kit.now = until_ms * NSEC_PER_MSEC;
}

#endif
