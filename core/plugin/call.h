/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call.h: the core's side of every plugin function. Each wrapper finds the interface, checks the
 * thread-and-state tag of the public header (debug builds end the program with the wrapper's name
 * when a tag is broken), and calls. All return LIMBER_UNSUPPORTED (or the value named) when the
 * plugin does not have the interface or the function. Nothing is allocated or locked: the wrappers
 * of [rt] functions are [rt]. Whoever starts a thread names its role (threadcheck_set()) first. */
#ifndef PLUGIN_CALL_H
#define PLUGIN_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limber/control.h"
#include "limber/input.h"
#include "limber/output.h"
#include "limber/pack.h"
#include "limber/sound.h"
#include "limber/speech.h"
#include "plugin/registry.h"

/* --- limber.output/1 --- */

bool call_output_is_pull(const struct plugin_instance *instance); /* its write() is NULL. [any] */
/* `stream` is zeroed and given its size before the plugin sees it. [worker] */
enum limber_status call_output_open(struct plugin_instance *instance,
                                    const struct limber_output_request *request,
                                    const struct limber_output_source *source,
                                    struct limber_output_stream *stream);
/* [worker, active] OK without a call for push outputs. */
enum limber_status call_output_start(struct plugin_instance *instance);
/* [render, worker; active] */
enum limber_status call_output_write(struct plugin_instance *instance, const float *samples,
                                     int64_t frames);
/* [any, active] `otherwise` when the output has no latency(). */
int64_t call_output_latency(struct plugin_instance *instance, int64_t otherwise);
/* [worker] OK without a call when it is not open. */
enum limber_status call_output_close(struct plugin_instance *instance, bool keep);
/* [worker, not active] */
enum limber_status call_output_list_devices(struct plugin_instance *instance,
                                            bool (*each)(void *context, const char *name,
                                                         const char *detail, bool is_default),
                                            void *context);

/* --- limber.input/1 --- */

/* *actual_hz is 0 unless it opens. [worker] */
enum limber_status call_input_open(struct plugin_instance *instance, uint32_t rate_hz,
                                   uint32_t *actual_hz);
/* [worker, active] */
enum limber_status call_input_read(struct plugin_instance *instance, float *samples, size_t count,
                                   size_t *got, int timeout_ms);
/* [worker] Nothing happens when it is not open. */
void call_input_close(struct plugin_instance *instance);
/* [worker, not active] */
enum limber_status call_input_list_devices(struct plugin_instance *instance,
                                           bool (*each)(void *context, const char *name,
                                                        const char *detail, bool is_default),
                                           void *context);

/* --- limber.sound/1 --- */

bool call_sound_has(struct plugin_instance *instance,
                    const struct limber_sound_request *request); /* [main, worker] */
enum limber_status call_sound_render(struct plugin_instance *instance,
                                     const struct limber_sound_request *request,
                                     const struct limber_sound_writer *writer); /* [main, worker] */
enum limber_status call_sound_list(struct plugin_instance *instance, const char *folder,
                                   bool (*each)(void *context, const char *name, bool bed,
                                                const char *help),
                                   void *context); /* [main] */

/* --- limber.speech/1 (inside the worker program, whose one thread is main and worker) --- */

enum limber_status call_speech_prepare(struct plugin_instance *instance,
                                       const struct limber_speech_voice *voice); /* [main] */
/* [main, after prepare] NULL when there is none. */
const char *call_speech_fingerprint(struct plugin_instance *instance);
/* [worker or main, after prepare] */
enum limber_status call_speech_synthesize(struct plugin_instance *instance, const char *text,
                                          double emphasis,
                                          const struct limber_speech_writer *writer);
enum limber_status call_speech_list_voices(struct plugin_instance *instance, const char *language,
                                           bool (*each)(void *context, const char *name,
                                                        const char *language),
                                           void *context); /* [main] */

/* --- limber.pack/1: the table of a pack, for tools --- */

enum limber_status call_pack_open(struct plugin_instance *instance, const char *folder,
                                  const char *language); /* [main] */
enum limber_status call_pack_each_row(struct plugin_instance *instance, limber_pack_each *each,
                                      void *context); /* [main, after open] */
enum limber_status call_pack_find(struct plugin_instance *instance, const char *text,
                                  limber_pack_each *each, void *context); /* [main, after open] */
enum limber_status call_pack_key(struct plugin_instance *instance, const char *text, char *buffer,
                                 size_t size); /* [main, worker] */
enum limber_status call_pack_read(struct plugin_instance *instance, const char *path,
                                  const struct limber_speech_writer *writer); /* [main, worker] */

/* --- limber.control/1 and limber.observer/1 --- */

enum limber_status call_control_start(struct plugin_instance *instance); /* [main] */
/* [main] Nothing happens when it is not started. */
void call_control_stop(struct plugin_instance *instance);
/* [main] Nothing happens when it is not started or takes no snapshots. */
void call_control_snapshot(struct plugin_instance *instance,
                           const struct limber_snapshot *snapshot);
void call_observer_event(struct plugin_instance *instance, enum limber_event event,
                         const struct limber_snapshot *snapshot); /* [main] */

#endif
