/* SPDX-License-Identifier: GPL-3.0-or-later */
/* controls.c: control plugins, started and served. */
#include "session/controls.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/status.h"
#include "base/str.h"
#include "base/vec.h"
#include "plugin/call.h"
#include "plugin/threadcheck.h"

#define LOG_MODULE  "controls"
#define MAIN        (1u << THREAD_MAIN)
#define SNAPSHOT_MS (1000 / CONTROLS_PER_SECOND)
#define LAST_NS     (3 * NSEC_PER_SEC) /* of a hold: where the ticks are */

struct controls {
    struct controls_options options;
    struct limber_host_loop loop;
    struct limber_host_command command;
    struct limber_host_button button;
    struct limber_host_ask ask;
    VEC(struct plugin_instance *) plugins;
    bool closing;

    struct buttons buttons;
    uint32_t wake_timer; /* 0: no press is open */
    bool waited;         /* it fired; once more round the loop, for events that are there already */

    int64_t shown_ms; /* when the last snapshot was passed on */
    uint32_t show_timer;
};

/* --- the loop and the command language, lent --- */

static uint32_t lend_watch_fd(void *context, int fd, short events,
                              void (*ready)(void *user, int fd, short events), void *user)
{
    THREADCHECK(MAIN);
    return loop_watch_fd(((struct controls *)context)->options.loop, fd, events, ready, user);
}

static uint32_t lend_add_timer(void *context, int64_t delay_ms, int64_t period_ms,
                               void (*fire)(void *user), void *user)
{
    THREADCHECK(MAIN);
    return loop_add_timer(((struct controls *)context)->options.loop, delay_ms, period_ms, fire,
                          user);
}

static void lend_remove(void *context, uint32_t handle)
{
    THREADCHECK(MAIN);
    loop_remove(((struct controls *)context)->options.loop, handle);
}

static bool lend_post(void *context, void (*call)(void *user), void *user)
{
    THREADCHECK(~((1u << THREAD_DEVICE) | (1u << THREAD_RENDER)));
    return loop_post(((struct controls *)context)->options.loop, call, user);
}

static enum limber_status lend_run(void *context, const char *line, char *answer,
                                   size_t answer_size)
{
    THREADCHECK(MAIN);
    struct controls *controls = context;
    char ignored[2];
    if (!answer || answer_size == 0) {
        answer = ignored;
        answer_size = sizeof ignored;
    }
    *answer = '\0';
    if (controls->closing)
        return LIMBER_BUSY;
    return controls->options.run(controls->options.context, line, answer, answer_size);
}

static enum limber_status lend_ask(void *context, const char *question, const char *body,
                                   size_t body_size, limber_ask_write write, void *user)
{
    THREADCHECK(MAIN);
    struct controls *controls = context;
    if (!controls->closing && controls->options.ask)
        return controls->options.ask(controls->options.context, question, body, body_size, write,
                                     user);
    static const char nobody[] = "{\"error\":\"Nothing can be asked here.\"}";
    write(user, nobody, sizeof nobody - 1);
    return LIMBER_BUSY;
}

/* --- buttons --- */

static nsec now_ns(const struct controls *controls)
{
    if (controls->options.now)
        return controls->options.now(controls->options.context);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

struct button_facts controls_facts(const struct limber_snapshot *snapshot)
{
    static const char *const holds[] = {"hold", "for", "pace"};
    struct button_facts facts = {.playing = snapshot->transport != LIMBER_PAUSED &&
                                            snapshot->transport != LIMBER_IDLE};
    if (snapshot->transport == LIMBER_WAITING)
        facts.question = BUTTON_READY;
    for (size_t i = 0; i < sizeof holds / sizeof *holds; i++) {
        facts.last_words |=
            snapshot->bout && strcmp(snapshot->bout, holds[i]) == 0 &&
            snapshot->bout_left_frames > 0 &&
            snapshot->bout_left_frames <= frames_from_ns(LAST_NS, snapshot->rate_hz);
    }
    return facts;
}

static struct button_facts gather_facts(struct controls *controls)
{
    struct button_facts facts = {.playing = false};
    if (controls->options.facts) {
        controls->options.facts(controls->options.context, &facts);
        return facts;
    }
    struct limber_snapshot now = {.size = sizeof now};
    controls->options.snapshot(controls->options.context, &now);
    return controls_facts(&now);
}

static void buttons_due(void *user);

/* Runs what the buttons said, and comes back when they have more to say. */
static void settle(struct controls *controls)
{
    for (const char *line; (line = button_take(&controls->buttons));) {
        char answer[160];
        enum limber_status status = lend_run(controls, line, answer, sizeof answer);
        log_debug("button: %s: %s%s", line, status == LIMBER_OK ? "" : "not now: ", answer);
    }
    loop_remove(controls->options.loop, controls->wake_timer);
    controls->wake_timer = 0;
    controls->waited = false;
    nsec wake = button_wake(&controls->buttons), now = now_ns(controls);
    if (wake == INT64_MAX || controls->closing)
        return;
    int64_t delay_ms = wake > now ? (wake - now + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC : 0;
    controls->wake_timer =
        loop_add_timer(controls->options.loop, delay_ms, 0, buttons_due, controls);
}

/* Presses that happened in time may still lie unread: this round of the loop serves timers before
 * descriptors, so the decision waits for the next. */
static void buttons_due(void *user)
{
    struct controls *controls = user;
    controls->wake_timer = 0;
    if (!controls->waited) {
        controls->waited = true;
        controls->wake_timer = loop_add_timer(controls->options.loop, 0, 0, buttons_due, controls);
        return;
    }
    button_advance(&controls->buttons, now_ns(controls));
    settle(controls);
}

/* The time of an event as it counts, with what was due before it done. */
static nsec arrive(struct controls *controls, int64_t time_ns)
{
    nsec now = now_ns(controls);
    nsec time = time_ns > 0 && time_ns < now ? time_ns : now;
    button_advance(&controls->buttons, time);
    settle(controls);
    return time;
}

static uint32_t lend_add_button(void *context, const char *name,
                                const struct limber_button_options *options)
{
    THREADCHECK(MAIN);
    struct controls *controls = context;
    struct button_options own = {.debounce_ns = 0};
    if (options)
        own = (struct button_options){.debounce_ns = options->debounce_ms * NSEC_PER_MSEC,
                                      .double_ns = options->double_ms * NSEC_PER_MSEC,
                                      .long_ns = options->long_ms * NSEC_PER_MSEC,
                                      .taps = options->taps};
    uint32_t handle = button_add(&controls->buttons, &own);
    if (!handle)
        log_warning("%s: there are %d buttons already", name ? name : "a button", BUTTON_MOST);
    return handle;
}

static void lend_press(void *context, uint32_t button, bool down, int64_t time_ns)
{
    THREADCHECK(MAIN);
    struct controls *controls = context;
    nsec time = arrive(controls, time_ns);
    struct button_facts facts = gather_facts(controls);
    if (down)
        button_press(&controls->buttons, button, time, &facts);
    else
        button_release(&controls->buttons, button, time);
    settle(controls);
}

static void lend_tap(void *context, uint32_t button, int64_t time_ns)
{
    THREADCHECK(MAIN);
    struct controls *controls = context;
    nsec time = arrive(controls, time_ns);
    struct button_facts facts = gather_facts(controls);
    button_tap(&controls->buttons, button, time, &facts);
    settle(controls);
}

static void lend_remove_button(void *context, uint32_t button)
{
    THREADCHECK(MAIN);
    struct controls *controls = context;
    button_remove(&controls->buttons, button, arrive(controls, 0));
    settle(controls);
}

const struct limber_host_button *controls_buttons(const struct controls *controls)
{
    return &controls->button;
}

/* --- snapshots --- */

static void show(void *user)
{
    struct controls *controls = user;
    struct limber_snapshot now = {.size = sizeof now};
    controls->show_timer = 0;
    controls->shown_ms = loop_now_ms();
    controls->options.snapshot(controls->options.context, &now);
    for (size_t i = 0; i < controls->plugins.count; i++)
        call_control_snapshot(controls->plugins.items[i], &now);
}

void controls_changed(struct controls *controls)
{
    if (!controls || controls->plugins.count == 0 || controls->show_timer)
        return;
    int64_t wait_ms = controls->shown_ms + SNAPSHOT_MS - loop_now_ms();
    /* Never at once: a plugin may be the one whose command changed it. */
    controls->show_timer = loop_add_timer(controls->options.loop, wait_ms, 0, show, controls);
}

/* --- all of it --- */

static void lend(struct controls *controls, bool there)
{
    struct registry *registry = controls->options.registry;
    registry_lend(registry, LIMBER_HOST_LOOP_ID, there ? &controls->loop : NULL);
    registry_lend(registry, LIMBER_HOST_COMMAND_ID, there ? &controls->command : NULL);
    registry_lend(registry, LIMBER_HOST_BUTTON_ID, there ? &controls->button : NULL);
    registry_lend(registry, LIMBER_HOST_ASK_ID, there ? &controls->ask : NULL);
}

struct controls *controls_new(const struct controls_options *options)
{
    struct controls *controls = xcalloc(1, sizeof *controls);
    controls->options = *options;
    controls->loop = (struct limber_host_loop){.size = sizeof controls->loop,
                                               .context = controls,
                                               .watch_fd = lend_watch_fd,
                                               .add_timer = lend_add_timer,
                                               .remove = lend_remove,
                                               .post = lend_post};
    controls->command = (struct limber_host_command){
        .size = sizeof controls->command, .context = controls, .run = lend_run};
    controls->button = (struct limber_host_button){.size = sizeof controls->button,
                                                   .context = controls,
                                                   .add = lend_add_button,
                                                   .press = lend_press,
                                                   .tap = lend_tap,
                                                   .remove = lend_remove_button};
    controls->ask = (struct limber_host_ask){
        .size = sizeof controls->ask, .context = controls, .ask = lend_ask};
    lend(controls, true);
    return controls;
}

bool controls_start(struct controls *controls, const char *id, char **error)
{
    struct plugin_instance *plugin = registry_create(controls->options.registry, id, error);
    if (!plugin)
        return false;
    enum limber_status status = call_control_start(plugin);
    if (status == LIMBER_OK) {
        *vec_push(&controls->plugins) = plugin;
        controls_changed(controls);
        return true;
    }
    struct str text = {0};
    if (!plugin_interface(plugin, LIMBER_CONTROL_ID, NULL))
        str_printf(&text, "%s gives no commands: it is not a control plugin", id);
    else
        str_printf(&text, "%s could not be started: %s", id, status_text(status));
    *error = str_steal(&text);
    plugin_instance_destroy(controls->options.registry, plugin);
    return false;
}

void controls_destroy(struct controls *controls)
{
    if (!controls)
        return;
    controls->closing = true;
    for (size_t i = controls->plugins.count; i-- > 0;) {
        call_control_stop(controls->plugins.items[i]);
        plugin_instance_destroy(controls->options.registry, controls->plugins.items[i]);
    }
    lend(controls, false);
    loop_remove(controls->options.loop, controls->wake_timer);
    loop_remove(controls->options.loop, controls->show_timer);
    vec_free(&controls->plugins);
    free(controls);
}
