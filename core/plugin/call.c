/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call.c: thread-and-state checks around every plugin function. */
#include "plugin/call.h"

#include <stdio.h>
#include <stdlib.h>

#include "plugin/instance.h"
#include "plugin/threadcheck.h"

#define MAIN   (1u << THREAD_MAIN)
#define WORKER (1u << THREAD_WORKER)
#define RENDER (1u << THREAD_RENDER)

static bool is_active(const struct plugin_instance *instance, unsigned bit)
{
    return atomic_load(&instance->active) & bit;
}

static void now_active(struct plugin_instance *instance, unsigned bit)
{
    atomic_fetch_or(&instance->active, bit);
}

/* Whether it was active. */
static bool now_idle(struct plugin_instance *instance, unsigned bit)
{
    return atomic_fetch_and(&instance->active, ~bit) & bit;
}

#ifndef NDEBUG
static void require_state(const struct plugin_instance *instance, unsigned bit, bool active,
                          const char *function)
{
    if (is_active(instance, bit) != active) {
        fprintf(stderr, "limber: %s() of %s called while it is %s active\n", function,
                instance->entry->descriptor->id, active ? "not" : "still");
        abort();
    }
}
#define REQUIRE_ACTIVE(instance, bit) require_state((instance), (bit), true, __func__)
#define REQUIRE_IDLE(instance, bit)   require_state((instance), (bit), false, __func__)
#else
#define REQUIRE_ACTIVE(instance, bit) ((void)0)
#define REQUIRE_IDLE(instance, bit)   ((void)0)
#endif

bool call_output_is_pull(const struct plugin_instance *instance)
{
    return instance->output && !instance->output->write;
}

enum limber_status call_output_open(struct plugin_instance *instance,
                                    const struct limber_output_request *request,
                                    const struct limber_output_source *source,
                                    struct limber_output_stream *stream)
{
    THREADCHECK(WORKER);
    if (!instance->output) {
        return LIMBER_UNSUPPORTED;
    }
    REQUIRE_IDLE(instance, ACTIVE_OUTPUT);
    *stream = (struct limber_output_stream){.size = sizeof *stream, .channels = request->channels};
    enum limber_status status = instance->output->open(instance->self, request, source, stream);
    if (status == LIMBER_OK) {
        now_active(instance, ACTIVE_OUTPUT);
    }
    return status;
}

enum limber_status call_output_start(struct plugin_instance *instance)
{
    THREADCHECK(WORKER);
    if (!instance->output) {
        return LIMBER_UNSUPPORTED;
    }
    REQUIRE_ACTIVE(instance, ACTIVE_OUTPUT);
    return instance->output->start ? instance->output->start(instance->self) : LIMBER_OK;
}

enum limber_status call_output_write(struct plugin_instance *instance, const float *samples,
                                     int64_t frames)
{
    THREADCHECK(RENDER | WORKER);
    if (!instance->output || !instance->output->write) {
        return LIMBER_UNSUPPORTED;
    }
    REQUIRE_ACTIVE(instance, ACTIVE_OUTPUT);
    return instance->output->write(instance->self, samples, frames);
}

int64_t call_output_latency(struct plugin_instance *instance, int64_t otherwise)
{
    if (!instance->output || !instance->output->latency) {
        return otherwise;
    }
    REQUIRE_ACTIVE(instance, ACTIVE_OUTPUT);
    return instance->output->latency(instance->self);
}

enum limber_status call_output_close(struct plugin_instance *instance, bool keep)
{
    THREADCHECK(WORKER);
    if (!instance->output) {
        return LIMBER_UNSUPPORTED;
    }
    /* Idle before the call: if the sound system hangs in it, nobody may call on. */
    if (!now_idle(instance, ACTIVE_OUTPUT)) {
        return LIMBER_OK;
    }
    return instance->output->close(instance->self, keep);
}

enum limber_status call_output_list_devices(struct plugin_instance *instance,
                                            bool (*each)(void *context, const char *name,
                                                         const char *detail, bool is_default),
                                            void *context)
{
    THREADCHECK(WORKER);
    if (!instance->output || !instance->output->list_devices) {
        return LIMBER_UNSUPPORTED;
    }
    REQUIRE_IDLE(instance, ACTIVE_OUTPUT);
    instance->output->list_devices(instance->self, each, context);
    return LIMBER_OK;
}

enum limber_status call_input_open(struct plugin_instance *instance, uint32_t rate_hz,
                                   uint32_t *actual_hz)
{
    THREADCHECK(WORKER);
    *actual_hz = 0;
    if (!instance->input) {
        return LIMBER_UNSUPPORTED;
    }
    REQUIRE_IDLE(instance, ACTIVE_INPUT);
    uint32_t actual = 0;
    enum limber_status status = instance->input->open(instance->self, rate_hz, &actual);
    if (status == LIMBER_OK) {
        now_active(instance, ACTIVE_INPUT);
        *actual_hz = actual;
    }
    return status;
}

enum limber_status call_input_read(struct plugin_instance *instance, float *samples, size_t count,
                                   size_t *got, int timeout_ms)
{
    THREADCHECK(WORKER);
    *got = 0;
    if (!instance->input) {
        return LIMBER_UNSUPPORTED;
    }
    REQUIRE_ACTIVE(instance, ACTIVE_INPUT);
    return instance->input->read(instance->self, samples, count, got, timeout_ms);
}

void call_input_close(struct plugin_instance *instance)
{
    THREADCHECK(WORKER);
    /* Idle before the call, as with outputs. */
    if (instance->input && now_idle(instance, ACTIVE_INPUT)) {
        instance->input->close(instance->self);
    }
}

enum limber_status call_input_list_devices(struct plugin_instance *instance,
                                           bool (*each)(void *context, const char *name,
                                                        const char *detail, bool is_default),
                                           void *context)
{
    THREADCHECK(WORKER);
    if (!instance->input || !instance->input->list_devices) {
        return LIMBER_UNSUPPORTED;
    }
    REQUIRE_IDLE(instance, ACTIVE_INPUT);
    instance->input->list_devices(instance->self, each, context);
    return LIMBER_OK;
}

bool call_sound_has(struct plugin_instance *instance, const struct limber_sound_request *request)
{
    THREADCHECK(MAIN | WORKER);
    return instance->sound && instance->sound->has(instance->self, request);
}

enum limber_status call_sound_render(struct plugin_instance *instance,
                                     const struct limber_sound_request *request,
                                     const struct limber_sound_writer *writer)
{
    THREADCHECK(MAIN | WORKER);
    if (!instance->sound) {
        return LIMBER_UNSUPPORTED;
    }
    return instance->sound->render(instance->self, request, writer);
}

enum limber_status call_sound_list(struct plugin_instance *instance, const char *folder,
                                   bool (*each)(void *context, const char *name, bool bed,
                                                const char *help),
                                   void *context)
{
    THREADCHECK(MAIN);
    if (!instance->sound) {
        return LIMBER_UNSUPPORTED;
    }
    instance->sound->list(instance->self, folder, each, context);
    return LIMBER_OK;
}

enum limber_status call_speech_prepare(struct plugin_instance *instance,
                                       const struct limber_speech_voice *voice)
{
    THREADCHECK(MAIN);
    if (!instance->speech) {
        return LIMBER_UNSUPPORTED;
    }
    REQUIRE_IDLE(instance, ACTIVE_SPEECH); /* once per instance */
    enum limber_status status = instance->speech->prepare(instance->self, voice);
    if (status == LIMBER_OK) {
        now_active(instance, ACTIVE_SPEECH);
    }
    return status;
}

const char *call_speech_fingerprint(struct plugin_instance *instance)
{
    THREADCHECK(MAIN);
    if (!instance->speech) {
        return NULL;
    }
    REQUIRE_ACTIVE(instance, ACTIVE_SPEECH);
    return instance->speech->fingerprint(instance->self);
}

enum limber_status call_speech_synthesize(struct plugin_instance *instance, const char *text,
                                          double emphasis,
                                          const struct limber_speech_writer *writer)
{
    THREADCHECK(MAIN | WORKER);
    if (!instance->speech) {
        return LIMBER_UNSUPPORTED;
    }
    REQUIRE_ACTIVE(instance, ACTIVE_SPEECH);
    return instance->speech->synthesize(instance->self, text, emphasis, writer);
}

enum limber_status call_speech_list_voices(struct plugin_instance *instance, const char *language,
                                           bool (*each)(void *context, const char *name,
                                                        const char *language),
                                           void *context)
{
    THREADCHECK(MAIN);
    if (!instance->speech || !instance->speech->list_voices) {
        return LIMBER_UNSUPPORTED;
    }
    instance->speech->list_voices(instance->self, language, each, context);
    return LIMBER_OK;
}

enum limber_status call_pack_open(struct plugin_instance *instance, const char *folder,
                                  const char *language)
{
    THREADCHECK(MAIN);
    if (!instance->pack) {
        return LIMBER_UNSUPPORTED;
    }
    REQUIRE_IDLE(instance, ACTIVE_PACK); /* once per instance */
    enum limber_status status = instance->pack->open(instance->self, folder, language);
    if (status == LIMBER_OK) {
        now_active(instance, ACTIVE_PACK);
    }
    return status;
}

enum limber_status call_pack_each_row(struct plugin_instance *instance, limber_pack_each *each,
                                      void *context)
{
    THREADCHECK(MAIN);
    if (!instance->pack) {
        return LIMBER_UNSUPPORTED;
    }
    REQUIRE_ACTIVE(instance, ACTIVE_PACK);
    instance->pack->each_row(instance->self, each, context);
    return LIMBER_OK;
}

enum limber_status call_pack_find(struct plugin_instance *instance, const char *text,
                                  limber_pack_each *each, void *context)
{
    THREADCHECK(MAIN);
    if (!instance->pack) {
        return LIMBER_UNSUPPORTED;
    }
    REQUIRE_ACTIVE(instance, ACTIVE_PACK);
    return instance->pack->find(instance->self, text, each, context);
}

enum limber_status call_pack_key(struct plugin_instance *instance, const char *text, char *buffer,
                                 size_t size)
{
    THREADCHECK(MAIN | WORKER);
    return instance->pack ? instance->pack->key(instance->self, text, buffer, size)
                          : LIMBER_UNSUPPORTED;
}

enum limber_status call_pack_read(struct plugin_instance *instance, const char *path,
                                  const struct limber_speech_writer *writer)
{
    THREADCHECK(MAIN | WORKER);
    return instance->pack ? instance->pack->read(instance->self, path, writer) : LIMBER_UNSUPPORTED;
}

enum limber_status call_control_start(struct plugin_instance *instance)
{
    THREADCHECK(MAIN);
    if (!instance->control) {
        return LIMBER_UNSUPPORTED;
    }
    REQUIRE_IDLE(instance, ACTIVE_CONTROL);
    enum limber_status status = instance->control->start(instance->self);
    if (status == LIMBER_OK) {
        now_active(instance, ACTIVE_CONTROL);
    }
    return status;
}

void call_control_stop(struct plugin_instance *instance)
{
    THREADCHECK(MAIN);
    if (instance->control && now_idle(instance, ACTIVE_CONTROL)) {
        instance->control->stop(instance->self);
    }
}

void call_control_snapshot(struct plugin_instance *instance, const struct limber_snapshot *snapshot)
{
    THREADCHECK(MAIN);
    if (instance->control && instance->control->snapshot && is_active(instance, ACTIVE_CONTROL)) {
        instance->control->snapshot(instance->self, snapshot);
    }
}

void call_observer_event(struct plugin_instance *instance, enum limber_event event,
                         const struct limber_snapshot *snapshot)
{
    THREADCHECK(MAIN);
    if (instance->observer) {
        instance->observer->event(instance->self, event, snapshot);
    }
}
