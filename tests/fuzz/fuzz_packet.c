/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the player and limber-worker may be sent. The first byte says who listens. The worker: any
 * bytes as its orders. The player: bytes cut into packets as from a worker that has gone mad, with
 * the real worker.c at the other end of a socket. No crash, no leak, no read beyond the packet;
 * whoever holds a worker hears of its end once. */
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/spawn.h"
#include "voice/orders.h"
#include "voice/worker.h"

#define PACKETS_MOST 40

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
enum limber_status __wrap_spawn_program(const char *const argv[], int socket_fd, pid_t *pid);

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "violated: %s\n", what);
    abort();
}

/* --- the worker listens --- */

static struct packet packet;

static bool inside(const char *text)
{
    return !text || (text >= packet.data && text + strlen(text) < packet.data + packet.size);
}

static void orders(const uint8_t *data, size_t size)
{
    size = size < sizeof packet.data ? size : sizeof packet.data;
    memcpy(packet.data, data, size);
    int type = packet_open(&packet, size);
    require(type >= 0 && type <= PACKET_LOG, "a type is one of those there are");
    struct orders_start start;
    if (orders_read_start(&packet, type, &start)) {
        require(type == PACKET_START && start.version == PACKET_VERSION, "it is a start");
        require(start.rate_hz >= 1 && start.jobs >= 1 && start.jobs <= JOBS_MOST, "limits");
        require(start.id && inside(start.id) && start.file && inside(start.file), "texts");
        require(inside(start.folder) && inside(start.voice.language), "more texts");
        require(isfinite(start.voice.rate_wpm), "numbers are numbers");
    }
    settings_free(&start.options);
    packet_open(&packet, size);
    struct job_request request = {.fd = -1};
    if (orders_read_request(&packet, type, &request)) {
        require(type == PACKET_REQUEST && inside(request.pieces), "it is a request");
        require(request.deadline_ms > 0 && isfinite(request.emphasis), "limits");
    }
}

/* --- the player listens --- */

static struct stage {
    struct loop *loop;
    struct worker *worker;
    int peer; /* where packets are put in; −1: closed */
    int gone;
    int64_t asked, answered;
    size_t bytes; /* looked at, so that a sanitizer sees texts that are not there any more */
} stage;

/* In place of the program: the other end of the socket is ours. */
enum limber_status __wrap_spawn_program(const char *const argv[], int socket_fd, pid_t *pid)
{
    stage.peer = dup(socket_fd);
    *pid = 0;
    return stage.peer >= 0 ? LIMBER_OK : LIMBER_FAILED;
}

static void ask(void)
{
    /* The text lies in the stage: the packet is used again while events are told. */
    if (worker_request(stage.worker, stage.asked + 1, "one\ntwo", 0, 1000, -1))
        stage.asked++;
}

static void on_ready(void *context, const char *fingerprint, const char *files)
{
    require(stage.gone == 0, "nothing is heard of what is gone");
    stage.bytes += strlen(fingerprint) + strlen(files);
    ask();
}

static void on_result(void *context, int64_t id, enum limber_status status, const char *reason)
{
    require(stage.gone == 0, "nothing is heard of what is gone");
    require(++stage.answered <= stage.asked, "no more answers than questions");
    stage.bytes += strlen(reason);
    if (stage.answered % 2)
        ask();
}

static void on_gone(void *context, bool refused, const char *reason)
{
    require(++stage.gone == 1, "it is gone once");
    require(reason && reason[0], "there is a reason");
    stage.bytes += strlen(reason);
    worker_destroy(stage.worker); /* from here it is legal */
    stage.worker = NULL;
}

static void run_loop(void)
{
    for (int i = 0; i < 3; i++)
        loop_step(stage.loop, 0);
}

/* Each packet: its length in two bytes, its type in one, and the rest. */
static void mad_worker(const uint8_t *data, size_t size)
{
    const struct worker_options options = {
        .loop = stage.loop,
        .program = "limber-worker",
        .plugin_id = "speech-fuzz",
        .plugin_file = "/speech-fuzz.so",
        .voice = {.size = sizeof options.voice, .language = "en"},
        .rate_hz = 48000,
        .jobs = 2,
        .start_deadline_ms = 100000,
        .events = {.ready = on_ready, .result = on_result, .gone = on_gone}};
    static char sent[sizeof(int64_t) + 65536];
    char *error = NULL;
    stage.worker = worker_new(&options, &error);
    require(stage.worker != NULL, "it starts");
    for (int i = 0; i < PACKETS_MOST && size >= 3 && stage.worker; i++) {
        size_t length = data[0] | (size_t)data[1] << 8;
        int64_t type = data[2];
        data += 3;
        size -= 3;
        length = length < size ? length : size;
        memcpy(sent, &type, sizeof type);
        memcpy(sent + sizeof type, data, length);
        if (send(stage.peer, sent, sizeof type + length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
            break;
        data += length;
        size -= length;
        run_loop();
    }
    close(stage.peer);
    run_loop();
    require(stage.gone == 1 && !stage.worker, "whoever holds it hears of its end");
}

static void nowhere(void *context, enum limber_log_level level, const char *line)
{
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    log_set_sink(nowhere, NULL);
    if (data[0] % 2 == 0) {
        orders(data + 1, size - 1);
    } else {
        stage = (struct stage){.loop = loop_new(), .peer = -1};
        mad_worker(data + 1, size - 1);
        loop_destroy(stage.loop);
    }
    return 0;
}

#include "replay.h"
