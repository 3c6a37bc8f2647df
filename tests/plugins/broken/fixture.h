/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fixture.h: a plugin with nothing wrong. A fixture defines FIXTURE_ID, and one macro more for what
 * it breaks, before it includes this. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <limber/output.h>
#include <stdlib.h>
#include <string.h>

#ifndef FIXTURE_MAJOR
#define FIXTURE_MAJOR LIMBER_ABI_MAJOR
#endif
#ifndef FIXTURE_ENTRY_SIZE
#define FIXTURE_ENTRY_SIZE sizeof(struct limber_plugin_entry)
#endif
#ifndef FIXTURE_DESCRIPTOR_SIZE
#define FIXTURE_DESCRIPTOR_SIZE sizeof(struct limber_plugin_descriptor)
#endif
#ifndef FIXTURE_DESCRIPTOR
#define FIXTURE_DESCRIPTOR &fixture_descriptor
#endif
#ifndef FIXTURE_NAME
#define FIXTURE_NAME "Fixture"
#endif
#ifndef FIXTURE_INTERFACES
#define FIXTURE_INTERFACES fixture_interfaces
#endif
#ifndef FIXTURE_OPTIONS
#define FIXTURE_OPTIONS NULL
#endif
#ifndef FIXTURE_FLAGS
#define FIXTURE_FLAGS 0
#endif
#ifndef FIXTURE_CREATE
#define FIXTURE_CREATE fixture_create
#endif
#ifndef FIXTURE_GET_INTERFACE
#define FIXTURE_GET_INTERFACE fixture_get_interface
#endif
#ifndef FIXTURE_TABLE_SIZE
#define FIXTURE_TABLE_SIZE sizeof(struct limber_output)
#endif
#ifndef FIXTURE_OPEN
#define FIXTURE_OPEN fixture_open
#endif
#ifndef FIXTURE_WRITE
#define FIXTURE_WRITE fixture_write
#endif

static inline enum limber_status fixture_open(void *instance,
                                              const struct limber_output_request *request,
                                              const struct limber_output_source *source,
                                              struct limber_output_stream *stream)
{
    return LIMBER_OK;
}

static inline enum limber_status fixture_write(void *instance, const float *samples, int64_t frames)
{
    return LIMBER_OK;
}

static inline enum limber_status fixture_close(void *instance, bool keep)
{
    return LIMBER_OK;
}

static const struct limber_output fixture_output = {.size = FIXTURE_TABLE_SIZE,
                                                    .open = FIXTURE_OPEN,
                                                    .write = FIXTURE_WRITE,
                                                    .close = fixture_close};

static inline enum limber_status fixture_create(const struct limber_host *host, void **instance)
{
    *instance = malloc(1);
    return *instance ? LIMBER_OK : LIMBER_NO_MEMORY;
}

static void fixture_destroy(void *instance)
{
    free(instance);
}

static inline const void *fixture_get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_OUTPUT_ID) == 0 ? &fixture_output : NULL;
}

static const char *const fixture_interfaces[] = {LIMBER_OUTPUT_ID, NULL};

static const struct limber_plugin_descriptor fixture_descriptor = {.size = FIXTURE_DESCRIPTOR_SIZE,
                                                                   .flags = FIXTURE_FLAGS,
                                                                   .id = FIXTURE_ID,
                                                                   .name = FIXTURE_NAME,
                                                                   .version = "1",
                                                                   .license = "GPL-3.0-or-later",
                                                                   .description = "For tests",
                                                                   .interfaces = FIXTURE_INTERFACES,
                                                                   .options = FIXTURE_OPTIONS};

LIMBER_EXPORT const struct limber_plugin_entry limber_plugin_entry = {
    .abi_major = FIXTURE_MAJOR,
    .abi_minor = LIMBER_ABI_MINOR,
    .size = FIXTURE_ENTRY_SIZE,
    .descriptor = FIXTURE_DESCRIPTOR,
    .create = FIXTURE_CREATE,
    .destroy = fixture_destroy,
    .get_interface = FIXTURE_GET_INTERFACE};

#endif
