/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probe.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio/clip.h"
#include "base/loop.h"
#include "voice/cache.h"
#include "voice/worker.h"

#define DEADLINE_MS 60000 /* more than the slowest machine needs */

static void on_ready(void *context, const char *fingerprint, const char *files)
{
    struct probe *probe = context;
    snprintf(probe->fingerprint, sizeof probe->fingerprint, "%s", fingerprint);
    snprintf(probe->files, sizeof probe->files, "%s", files);
    probe->ready = true;
}

static void on_result(void *context, int64_t id, enum limber_status status, const char *reason)
{
    struct probe *probe = context;
    probe->status[id] = status;
    snprintf(probe->why[id], sizeof probe->why[id], "%s", reason);
    probe->done++;
}

static void on_gone(void *context, bool refused, const char *reason)
{
    struct probe *probe = context;
    probe->gone = true;
    snprintf(probe->reason, sizeof probe->reason, "%s", reason);
    probe_stop(probe);
}

void probe_start(struct probe *probe, struct rig *rig, const struct probe_engine *engine,
                 const struct limber_speech_voice *voice)
{
    char file[512];
    snprintf(file, sizeof file, "%s/%s.so", PLUGINS, engine->id);
    const struct worker_options options = {.loop = rig->loop,
                                           .program = WORKER,
                                           .plugin_id = engine->id,
                                           .plugin_file = file,
                                           .folder = engine->folder,
                                           .settings = engine->settings,
                                           .voice = *voice,
                                           .rate_hz = 48000,
                                           .jobs = 2,
                                           .start_deadline_ms = DEADLINE_MS,
                                           .events = {on_ready, on_result, on_gone, probe}};
    char *error = NULL;
    *probe = (struct probe){.loop = rig->loop};
    probe->worker = worker_new(&options, &error);
    assert_non_null(probe->worker);
    while (!probe->ready && !probe->gone) {
        loop_step(rig->loop, -1);
    }
}

void probe_stop(struct probe *probe)
{
    worker_destroy(probe->worker);
    probe->worker = NULL;
}

int probe_say(struct probe *probe, int64_t id, const char *text)
{
    char path[] = "/tmp/limber-voice-raw-XXXXXX";
    int fd = mkostemp(path, O_CLOEXEC);
    unlink(path);
    assert_true(worker_request(probe->worker, id, text, 0, DEADLINE_MS, fd));
    return fd;
}

void probe_wait(struct probe *probe, int count)
{
    while (probe->done < count && !probe->gone) {
        loop_step(probe->loop, -1);
    }
}

struct clip *probe_clip(int fd)
{
    struct clip *clip = NULL;
    assert_int_equal(clip_map_fd(fd, &clip), LIMBER_OK);
    close(fd);
    return clip;
}
