/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe.h: a worker by itself, past the cast and the sanitiser, for tests of engines. */
#ifndef TEST_VOICE_PROBE_H
#define TEST_VOICE_PROBE_H

#include <stdbool.h>

#include "limber/speech.h"
#include "rig.h"

#define PROBE_RESULTS 256

struct probe {
    struct loop *loop;
    struct worker *worker; /* NULL: gone */
    bool ready, gone;
    char fingerprint[512], files[4096]; /* as far as they fit */
    char reason[256];                   /* why it is gone */
    int done;
    enum limber_status status[PROBE_RESULTS]; /* by id */
    char why[PROBE_RESULTS][160];
};

struct probe_engine {
    const char *id;
    const char *const *settings; /* "name=value"…, NULL; or NULL */
    const char *folder;          /* the voice's, or NULL */
};

/* Starts it from PLUGINS and waits until it is ready or gone. */
void probe_start(struct probe *probe, struct rig *rig, const struct probe_engine *engine,
                 const struct limber_speech_voice *voice);
void probe_stop(struct probe *probe);
/* Asks for `text`; the clip comes into the descriptor that is returned. */
int probe_say(struct probe *probe, int64_t id, const char *text);
/* Until `count` requests are done in all, or it is gone. */
void probe_wait(struct probe *probe, int count);
/* The clip that a request made; ends the test when there is none. Closes the descriptor. */
struct clip *probe_clip(int fd);

#endif
