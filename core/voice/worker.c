/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker.c: starts limber-worker, talks to it, and ends it. Each deadline of a request is kept by
 * the worker itself; here a longer one watches the worker. */
#define LOG_MODULE "voice"
#include "voice/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/spawn.h"
#include "base/str.h"
#include "voice/packet.h"

#define GRACE_MS 2000 /* that the worker gets beyond the deadlines it keeps */

struct worker {
    struct worker_options options;
    pid_t pid;
    int fd;
    uint32_t watch, timer;
    int in_flight;
    int64_t longest_ms; /* deadline among those in flight */
    bool over;          /* gone() was called */
    struct packet packet;
};

static void give_up(struct worker *worker, bool refused, const char *reason)
{
    if (!worker->over) {
        worker->over = true;
        char *copy = xstrdup(reason);
        worker->options.events.gone(worker->options.events.context, refused, copy);
        free(copy); /* the worker may be destroyed by now */
    }
}

static void on_late(void *user)
{
    struct worker *worker = user;
    worker->timer = 0;
    give_up(worker, false, "the speech worker does not answer");
}

/* Expects a sign of life within `delay_ms`; −1: expects none. */
static void expect(struct worker *worker, int64_t delay_ms)
{
    if (worker->timer) {
        loop_remove(worker->options.loop, worker->timer);
        worker->timer = 0;
    }
    if (delay_ms >= 0) {
        worker->timer = loop_add_timer(worker->options.loop, delay_ms, 0, on_late, worker);
    }
}

static void expect_result(struct worker *worker)
{
    expect(worker, worker->in_flight > 0 ? worker->longest_ms + GRACE_MS : -1);
}

/* --- what it says --- */

static void take_ready(struct worker *worker)
{
    const char *fingerprint = packet_get_text(&worker->packet);
    const char *files = packet_get_text(&worker->packet);
    if (worker->packet.bad || !files) {
        give_up(worker, false, "the speech worker spoke nonsense");
        return;
    }
    expect(worker, -1);
    worker->options.events.ready(worker->options.events.context, fingerprint ? fingerprint : "",
                                 files);
}

static void take_failed(struct worker *worker)
{
    enum limber_status status = (enum limber_status)packet_get_int(&worker->packet);
    const char *reason = packet_get_text(&worker->packet);
    give_up(worker, true, reason && reason[0] ? reason : status_text(status));
}

static void take_result(struct worker *worker)
{
    int64_t id = packet_get_int(&worker->packet);
    enum limber_status status = (enum limber_status)packet_get_int(&worker->packet);
    const char *reason = packet_get_text(&worker->packet);
    if (worker->packet.bad || worker->in_flight == 0) {
        give_up(worker, false, "the speech worker spoke nonsense");
        return;
    }
    worker->in_flight--;
    expect_result(worker);
    const char *otherwise = status == LIMBER_OK ? "" : status_text(status);
    worker->options.events.result(worker->options.events.context, id, status,
                                  reason && reason[0] ? reason : otherwise);
}

static void take_log(struct worker *worker)
{
    int64_t level = packet_get_int(&worker->packet);
    const char *line = packet_get_text(&worker->packet);
    if (line && level >= LIMBER_LOG_ERROR && level <= LIMBER_LOG_DEBUG) {
        size_t length = strlen(worker->options.plugin_id);
        bool named = strncmp(line, worker->options.plugin_id, length) == 0 && line[length] == ':';
        log_line((enum limber_log_level)level, worker->options.plugin_id, "%s",
                 named ? line + length + 1 + (line[length + 1] == ' ') : line);
    }
}

/* One packet. The worker may be destroyed by what an event does, so this is the last thing done
 * with it in one round. Returns false when there was nothing. */
static void on_packet(void *user, int fd, short events)
{
    struct worker *worker = user;
    int came = -1;
    ssize_t size = spawn_receive(fd, worker->packet.data, sizeof worker->packet.data, &came);
    if (came >= 0) {
        close(came);
    }
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (size <= 0) {
        give_up(worker, false, "the speech worker died");
        return;
    }
    switch (packet_open(&worker->packet, (size_t)size)) {
    case PACKET_READY:
        take_ready(worker);
        break;
    case PACKET_FAILED:
        take_failed(worker);
        break;
    case PACKET_RESULT:
        take_result(worker);
        break;
    case PACKET_LOG:
        take_log(worker);
        break;
    default:
        give_up(worker, false, "the speech worker spoke nonsense");
    }
}

/* --- what it is told --- */

static bool send_start(struct worker *worker)
{
    const struct worker_options *options = &worker->options;
    struct packet *packet = &worker->packet;
    int64_t count = 0;
    while (options->settings && options->settings[count]) {
        count++;
    }
    packet_begin(packet, PACKET_START);
    packet_put_int(packet, PACKET_VERSION);
    packet_put_int(packet, options->rate_hz);
    packet_put_int(packet, options->jobs);
    packet_put_text(packet, options->plugin_id);
    packet_put_text(packet, options->plugin_file);
    packet_put_text(packet, options->folder);
    packet_put_int(packet, count);
    for (int64_t i = 0; i < count; i++) {
        packet_put_text(packet, options->settings[i]);
    }
    packet_put_text(packet, options->voice.language);
    packet_put_text(packet, options->voice.voice);
    packet_put_text(packet, options->voice.variant);
    packet_put_number(packet, options->voice.rate_wpm);
    packet_put_number(packet, options->voice.pitch);
    packet_put_number(packet, options->voice.pitch_range);
    return !packet->bad && spawn_send(worker->fd, packet->data, packet->size, -1);
}

bool worker_request(struct worker *worker, int64_t id, const char *pieces, double emphasis,
                    int64_t deadline_ms, int fd)
{
    struct packet *packet = &worker->packet;
    packet_begin(packet, PACKET_REQUEST);
    packet_put_int(packet, id);
    packet_put_int(packet, deadline_ms);
    packet_put_number(packet, emphasis);
    packet_put_text(packet, pieces);
    if (packet->bad || worker->over || !spawn_send(worker->fd, packet->data, packet->size, fd)) {
        return false;
    }
    if (worker->in_flight++ == 0 || deadline_ms > worker->longest_ms) {
        worker->longest_ms = deadline_ms;
    }
    expect_result(worker);
    return true;
}

struct worker *worker_new(const struct worker_options *options, char **error)
{
    int ends[2];
    struct str problem = {0};
    struct worker *worker = xcalloc(1, sizeof *worker);
    worker->options = *options;
    worker->fd = -1;
    const char *const arguments[] = {options->program, NULL};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        str_printf(&problem, "no socket for the speech worker: %s", strerror(errno));
        *error = str_steal(&problem);
        worker_destroy(worker);
        return NULL;
    }
    worker->fd = ends[0];
    fcntl(worker->fd, F_SETFL, O_NONBLOCK);
    enum limber_status status = spawn_program(arguments, ends[1], &worker->pid);
    close(ends[1]);
    if (status != LIMBER_OK || !send_start(worker)) {
        str_printf(&problem, "the speech worker %s does not start: %s", options->program,
                   status ? status_text(status) : strerror(errno));
        *error = str_steal(&problem);
        worker_destroy(worker);
        return NULL;
    }
    worker->watch = loop_watch_fd(options->loop, worker->fd, POLLIN, on_packet, worker);
    expect(worker, options->start_deadline_ms);
    return worker;
}

void worker_destroy(struct worker *worker)
{
    if (!worker) {
        return;
    }
    expect(worker, -1);
    if (worker->watch) {
        loop_remove(worker->options.loop, worker->watch);
    }
    if (worker->fd >= 0) {
        close(worker->fd); /* tells it to end its children and itself */
    }
    if (worker->pid > 0) {
        spawn_end(worker->pid, worker->over ? 0 : 500);
    }
    free(worker);
}
