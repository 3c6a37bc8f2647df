/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session_controls.c: control plugins, and what the host lends them. The session is a list of the
 * lines that were run; the clock of the buttons is the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "plugin/threadcheck.h"
#include "session/controls.h"

#define MS NSEC_PER_MSEC

/* --- a plugin that takes bytes from a pipe: 'd' and 'u' of its button, 't' a tap, 'n' "next" ---
 */

struct fixture {
    const struct limber_host *host;
    const struct limber_host_loop *loop;
    const struct limber_host_command *command;
    const struct limber_host_button *button;
    uint32_t watch, handle, taps;
    nsec stamp_ns; /* of its events; 0: as the clock says */
    int started, snapshots;
    char title[40];
};

static struct fixture *last; /* the instance made last */
static int pipe_fds[2], alive, started;
static bool posted;

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->host = host;
    *instance = last = fixture;
    alive++;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    alive -= instance != NULL;
    free(instance);
}

static nsec clock_ns = 1000 * NSEC_PER_SEC;

static void ready(void *user, int fd, short events)
{
    struct fixture *fixture = user;
    char byte, answer[64];
    void *buttons = fixture->button->context;
    assert_int_equal(read(fd, &byte, 1), 1);
    if (byte == 'd' || byte == 'u')
        fixture->button->press(buttons, fixture->handle, byte == 'd',
                               fixture->stamp_ns ? fixture->stamp_ns : clock_ns);
    else if (byte == 't')
        fixture->button->tap(buttons, fixture->taps, 0);
    else if (byte == 'n')
        assert_int_equal(fixture->command->run(fixture->command->context, "next", answer, 64),
                         LIMBER_OK);
    else
        assert_int_equal(fixture->command->run(fixture->command->context, "bad", NULL, 0),
                         LIMBER_INVALID);
}

static void was_posted(void *user)
{
    posted = true;
}

static enum limber_status start(void *instance)
{
    struct fixture *fixture = instance;
    const struct limber_host *host = fixture->host;
    const struct limber_button_options taps = {.size = sizeof taps, .taps = true};
    fixture->loop = host->get_interface(host->context, LIMBER_HOST_LOOP_ID);
    fixture->command = host->get_interface(host->context, LIMBER_HOST_COMMAND_ID);
    fixture->button = host->get_interface(host->context, LIMBER_HOST_BUTTON_ID);
    if (!fixture->loop || !fixture->command || !fixture->button)
        return LIMBER_UNSUPPORTED;
    if (host->option(host->context, "refuse"))
        return LIMBER_FAILED;
    fixture->watch =
        fixture->loop->watch_fd(fixture->loop->context, pipe_fds[0], POLLIN, ready, fixture);
    fixture->handle = fixture->button->add(fixture->button->context, "fixture", NULL);
    fixture->taps = fixture->button->add(fixture->button->context, "fixture", &taps);
    assert_true(fixture->watch && fixture->handle && fixture->taps);
    assert_true(fixture->loop->post(fixture->loop->context, was_posted, NULL));
    started++;
    return LIMBER_OK;
}

static void stop(void *instance)
{
    struct fixture *fixture = instance;
    fixture->loop->remove(fixture->loop->context, fixture->watch);
    fixture->button->remove(fixture->button->context, fixture->handle);
    started--;
}

static void take_snapshot(void *instance, const struct limber_snapshot *snapshot)
{
    struct fixture *fixture = instance;
    fixture->snapshots++;
    snprintf(fixture->title, sizeof fixture->title, "%s", snapshot->title);
}

static void event(void *instance, enum limber_event what, const struct limber_snapshot *snapshot)
{
}

static const struct limber_control control = {sizeof control, start, stop, take_snapshot};
static const struct limber_observer observer = {sizeof observer, event};

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_CONTROL_ID) == 0    ? (const void *)&control
           : strcmp(id, LIMBER_OBSERVER_ID) == 0 ? (const void *)&observer
                                                 : NULL;
}

static const struct limber_option options[] = {
    {.name = "refuse", .type = LIMBER_OPTION_BOOL, .help = "does not start"}, {.name = NULL}};
static const char *const controls_ids[] = {LIMBER_CONTROL_ID, NULL};
static const char *const observer_ids[] = {LIMBER_OBSERVER_ID, NULL};
static const struct limber_plugin_descriptor control_descriptor = {.size =
                                                                       sizeof control_descriptor,
                                                                   .id = "control-fixture",
                                                                   .name = "Fixture",
                                                                   .version = "1",
                                                                   .license = "MIT",
                                                                   .description = "A fixture",
                                                                   .interfaces = controls_ids,
                                                                   .options = options};
static const struct limber_plugin_descriptor observer_descriptor = {.size =
                                                                        sizeof observer_descriptor,
                                                                    .id = "observer-fixture",
                                                                    .name = "Fixture",
                                                                    .version = "1",
                                                                    .license = "MIT",
                                                                    .description = "A fixture",
                                                                    .interfaces = observer_ids};
static const struct limber_plugin_entry control_entry = {
    LIMBER_ABI_MAJOR, LIMBER_ABI_MINOR, sizeof control_entry, &control_descriptor,
    create,           destroy,          get_interface};
static const struct limber_plugin_entry observer_entry = {
    LIMBER_ABI_MAJOR, LIMBER_ABI_MINOR, sizeof observer_entry, &observer_descriptor,
    create,           destroy,          get_interface};
static const struct limber_plugin_entry *const builtin[] = {&control_entry, &observer_entry, NULL};

/* --- the session --- */

static char ran[512];
static struct limber_snapshot session;

static enum limber_status run(void *context, const char *line, char *answer, size_t answer_size)
{
    assert_ptr_equal(context, ran);
    if (strcmp(line, "bad") == 0) {
        snprintf(answer, answer_size, "no command");
        return LIMBER_INVALID;
    }
    strcat(ran, line);
    strcat(ran, " ");
    if (strcmp(line, "pause") == 0)
        session.transport = LIMBER_PAUSED;
    if (strcmp(line, "play") == 0)
        session.transport = LIMBER_PLAYING;
    return LIMBER_OK;
}

static void snapshot(void *context, struct limber_snapshot *to)
{
    *to = session;
}

static nsec now(void *context)
{
    return clock_ns;
}

struct rig {
    struct loop *loop;
    struct registry *registry;
    struct controls *controls;
};

static struct rig open_rig(void)
{
    threadcheck_set(THREAD_MAIN);
    setenv("XDG_DATA_HOME", "/nonexistent", 1);
    setenv("LIMBER_LIBEXEC_DIR", "/nonexistent", 1);
    unsetenv("LIMBER_PLUGIN_PATH");
    assert_int_equal(pipe(pipe_fds), 0);
    ran[0] = '\0';
    posted = false;
    session = (struct limber_snapshot){.size = sizeof session,
                                       .transport = LIMBER_PLAYING,
                                       .title = "Stretches",
                                       .move = "",
                                       .bout = "hold",
                                       .rate_hz = 48000};
    struct rig rig = {.loop = loop_new()};
    rig.registry = registry_new(&(struct registry_options){.builtin = builtin});
    rig.controls = controls_new(&(struct controls_options){.loop = rig.loop,
                                                           .registry = rig.registry,
                                                           .run = run,
                                                           .snapshot = snapshot,
                                                           .now = now,
                                                           .context = ran});
    return rig;
}

static void close_rig(struct rig *rig)
{
    controls_destroy(rig->controls);
    assert_int_equal(started, 0);
    assert_int_equal(alive, 0);
    registry_destroy(rig->registry);
    loop_destroy(rig->loop);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

static void start_fixture(struct rig *rig)
{
    char *error = NULL;
    if (!controls_start(rig->controls, "control-fixture", &error))
        fail_msg("%s", error);
}

/* One event, `later_ms` after the one before, through pipe and loop. */
static void send(struct rig *rig, char byte, int64_t later_ms)
{
    clock_ns += later_ms * MS;
    assert_int_equal(write(pipe_fds[1], &byte, 1), 1);
    struct pollfd left = {.fd = pipe_fds[0], .events = POLLIN};
    while (poll(&left, 1, 0) == 1)
        loop_step(rig->loop, -1);
}

/* Lets the loop serve timers until what was run is `lines`. */
static void wait_for(struct rig *rig, const char *lines)
{
    while (strcmp(ran, lines) != 0) {
        if (strncmp(ran, lines, strlen(ran)) != 0)
            fail_msg("\"%s\" was run, not \"%s\"", ran, lines);
        loop_step(rig->loop, -1);
    }
}

static void plugins_are_started_and_stopped(void **state)
{
    struct rig rig = open_rig();
    start_fixture(&rig);
    assert_int_equal(started, 1);
    send(&rig, 'n', 0);
    send(&rig, 'x', 0);
    assert_string_equal(ran, "next ");
    while (!posted)
        loop_step(rig.loop, -1);
    start_fixture(&rig); /* a second one of the kind */
    assert_int_equal(started, 2);
    close_rig(&rig);
}

static void those_that_do_not_start_are_told(void **state)
{
    struct rig rig = open_rig();
    char *error = NULL;
    assert_false(controls_start(rig.controls, "control-fixtrue", &error));
    assert_non_null(strstr(error, "did you mean \"control-fixture\"?"));
    free(error);
    assert_false(controls_start(rig.controls, "observer-fixture", &error));
    assert_string_equal(error, "observer-fixture gives no commands: it is not a control plugin");
    free(error);
    error = NULL;
    assert_int_equal(registry_set(rig.registry, "control-fixture", "refuse", "yes", &error),
                     LIMBER_OK);
    assert_false(controls_start(rig.controls, "control-fixture", &error));
    assert_non_null(strstr(error, "control-fixture could not be started"));
    free(error);
    assert_int_equal(alive, 0);
    close_rig(&rig);
}

static void nothing_is_lent_afterwards(void **state)
{
    struct rig rig = open_rig();
    start_fixture(&rig);
    controls_destroy(rig.controls);
    rig.controls = NULL;
    char *error = NULL;
    assert_non_null(registry_create(rig.registry, "control-fixture", &error));
    const struct limber_host *host = last->host;
    assert_null(host->get_interface(host->context, LIMBER_HOST_LOOP_ID));
    assert_null(host->get_interface(host->context, LIMBER_HOST_COMMAND_ID));
    assert_null(host->get_interface(host->context, LIMBER_HOST_BUTTON_ID));
    registry_destroy(rig.registry);
    rig.registry = NULL;
    close_rig(&rig);
}

static void presses_become_commands(void **state)
{
    struct rig rig = open_rig();
    start_fixture(&rig);
    send(&rig, 'd', 0);
    assert_string_equal(ran, "pause "); /* at once */
    send(&rig, 'u', 100);
    send(&rig, 'd', 150);
    send(&rig, 'u', 100);
    assert_string_equal(ran, "pause ");
    clock_ns += 400 * MS; /* and nothing but the loop's timer tells */
    wait_for(&rig, "pause next play ");
    session.bout_left_frames = 2 * 48000; /* the last words of a hold */
    send(&rig, 'd', 1000);
    send(&rig, 'u', 100);
    clock_ns += 400 * MS;
    wait_for(&rig, "pause next play pause play more ");
    ran[0] = '\0';
    session.bout_left_frames = 0;
    send(&rig, 't', 1000);
    send(&rig, 't', 500);
    assert_string_equal(ran, "pause play ");
    send(&rig, 't', 30);
    assert_string_equal(ran, "pause play where ");
    close_rig(&rig);
}

/* The loop was busy for so long that its timer is due, and a second press, made in time, lies
 * unread: timers are served first, and yet it is a double press. */
static void a_late_loop_keeps_a_double_press(void **state)
{
    struct rig rig = open_rig();
    start_fixture(&rig);
    send(&rig, 'd', 0);
    last->stamp_ns = clock_ns + 100 * MS;
    send(&rig, 'u', 60000); /* its timer is due at once */
    last->stamp_ns += 100 * MS;
    assert_int_equal(write(pipe_fds[1], "d", 1), 1);
    loop_step(rig.loop, -1);
    assert_string_equal(ran, "pause ");
    last->stamp_ns += 100 * MS;
    assert_int_equal(write(pipe_fds[1], "u", 1), 1);
    clock_ns += 1000 * MS;
    wait_for(&rig, "pause next play ");
    close_rig(&rig);
}

static void times_of_strangers_are_tamed(void **state)
{
    struct rig rig = open_rig();
    start_fixture(&rig);
    const struct limber_host_button *button = controls_buttons(rig.controls);
    assert_ptr_equal(button, last->button);
    button->press(button->context, last->handle, true, INT64_MAX); /* ahead of the clock: now */
    clock_ns += 100 * MS;
    button->press(button->context, last->handle, false, -5);
    clock_ns += 100 * MS;
    button->press(button->context, last->handle, true, 0);
    clock_ns += 100 * MS;
    button->press(button->context, last->handle, true, 1); /* long ago, and down already */
    button->press(button->context, last->handle, false, 0);
    button->press(button->context, 4711, true, 0);
    clock_ns += 500 * MS;
    wait_for(&rig, "pause next play ");
    close_rig(&rig);
}

static void open_presses_are_forgotten_at_the_end(void **state)
{
    struct rig rig = open_rig();
    start_fixture(&rig);
    send(&rig, 'd', 0);
    send(&rig, 'u', 100);
    send(&rig, 'd', 100);
    close_rig(&rig); /* which removes the button */
    assert_string_equal(ran, "pause ");
}

static void snapshots_come_seldom(void **state)
{
    struct rig rig = open_rig();
    controls_changed(rig.controls); /* to nobody */
    start_fixture(&rig);
    for (int i = 0; i < 100; i++)
        controls_changed(rig.controls);
    while (last->snapshots == 0)
        loop_step(rig.loop, -1);
    assert_string_equal(last->title, "Stretches");
    for (int i = 0; i < 100; i++)
        controls_changed(rig.controls);
    int64_t first_ms = loop_now_ms();
    while (last->snapshots == 1)
        loop_step(rig.loop, -1);
    assert_true(loop_now_ms() - first_ms >= 1000 / CONTROLS_PER_SECOND - 2);
    assert_int_equal(last->snapshots, 2);
    controls_changed(rig.controls);
    close_rig(&rig); /* with one on its way */
}

static void facts_of_a_snapshot(void **state)
{
    struct limber_snapshot at = {.transport = LIMBER_PLAYING, .bout = "hold", .rate_hz = 48000};
    at.bout_left_frames = 3 * 48000;
    assert_true(controls_facts(&at).playing && controls_facts(&at).last_words);
    at.bout_left_frames++;
    assert_false(controls_facts(&at).last_words);
    at.bout_left_frames = 48000;
    at.bout = "in"; /* breaths are short: a press pauses */
    assert_false(controls_facts(&at).last_words);
    at.bout = "";
    assert_false(controls_facts(&at).last_words);
    at.transport = LIMBER_PAUSED;
    assert_false(controls_facts(&at).playing);
    at.transport = LIMBER_WAITING;
    assert_int_equal(controls_facts(&at).question, BUTTON_READY);
    at.transport = LIMBER_LOST_OUTPUT;
    assert_true(controls_facts(&at).playing);
    at.transport = LIMBER_IDLE;
    assert_false(controls_facts(&at).playing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plugins_are_started_and_stopped),
        cmocka_unit_test(those_that_do_not_start_are_told),
        cmocka_unit_test(nothing_is_lent_afterwards),
        cmocka_unit_test(presses_become_commands),
        cmocka_unit_test(a_late_loop_keeps_a_double_press),
        cmocka_unit_test(times_of_strangers_are_tamed),
        cmocka_unit_test(open_presses_are_forgotten_at_the_end),
        cmocka_unit_test(snapshots_come_seldom),
        cmocka_unit_test(facts_of_a_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
