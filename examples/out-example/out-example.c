/* SPDX-License-Identifier: MIT */
/* out-example: writes the session to a file of raw samples (32-bit float, native byte order,
 * interleaved), as `limber render R.md --output out-example -o session.f32`.
 *
 * This is a push output: the host calls write() with all samples, in order, as fast as it takes
 * them. A sound device is a pull output instead: its write is NULL, start() begins to pull, and its
 * own thread calls source->pull() for each buffer. */
#include <limber/output.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct limber_option options[] = {
    {"file", LIMBER_OPTION_PATH, NULL, 0, 0, "limber.f32", NULL,
     "Where to write when nothing else is said"},
    {NULL, LIMBER_OPTION_STRING, NULL, 0, 0, NULL, NULL, NULL},
};

struct output {
    const struct limber_host *host;
    const char *option; /* the file, unless the session names one; the host's, until destroy() */
    FILE *file;
    uint32_t channels;
    char name[4096]; /* the final name; the host's strings are gone when open() returns */
    char part[4096 + 8];
};

/* Messages are for the person: what is wrong, with what, and why. */
static enum limber_status complain(struct output *output, const char *what)
{
    char line[4096 + 128];
    snprintf(line, sizeof line, "%s cannot be %s: %s", output->name, what, strerror(errno));
    output->host->log(output->host->context, LIMBER_LOG_ERROR, line);
    return LIMBER_IO;
}

/* [worker] */
static enum limber_status open_file(void *instance, const struct limber_output_request *request,
                                    const struct limber_output_source *source,
                                    struct limber_output_stream *stream)
{
    struct output *output = instance;
    (void)source; /* for pull outputs */
    const char *name = request->target ? request->target : output->option;
    if (snprintf(output->name, sizeof output->name, "%s", name) >= (int)sizeof output->name) {
        return LIMBER_INVALID;
    }
    snprintf(output->part, sizeof output->part, "%s.part", output->name);
    output->file = fopen(output->part, "wb");
    if (!output->file) {
        return complain(output, "opened");
    }
    output->channels = request->channels;
    /* Zero everywhere: no latency, no lead-in, nothing to drain, no clock. */
    *stream = (struct limber_output_stream){.size = sizeof *stream, .channels = request->channels};
    return LIMBER_OK;
}

/* [render, worker; active] All of it, or an error. */
static enum limber_status write_samples(void *instance, const float *samples, int64_t frames)
{
    struct output *output = instance;
    size_t count = (size_t)frames * output->channels;
    if (fwrite(samples, sizeof *samples, count, output->file) != count) {
        return complain(output, "written");
    }
    return LIMBER_OK;
}

/* [worker] The file gets its name only when it is complete: half a session is none. */
static enum limber_status close_file(void *instance, bool keep)
{
    struct output *output = instance;
    int failed = fclose(output->file);
    output->file = NULL;
    if (!keep) {
        remove(output->part);
        return LIMBER_OK;
    }
    if (failed || rename(output->part, output->name) != 0) {
        enum limber_status status = complain(output, "completed");
        remove(output->part);
        return status;
    }
    return LIMBER_OK;
}

/* Named members: those left out are NULL, which means "has no such function". */
static const struct limber_output output_table = {
    .size = sizeof output_table,
    .open = open_file,
    .write = write_samples,
    .close = close_file,
};

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct output *output = calloc(1, sizeof *output);
    if (!output) {
        return LIMBER_NO_MEMORY;
    }
    output->host = host;                                  /* valid until destroy() */
    output->option = host->option(host->context, "file"); /* [main]: here, not in open() */
    *instance = output;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    free(instance);
}

static const void *get_interface(void *instance, const char *id)
{
    (void)instance;
    return strcmp(id, LIMBER_OUTPUT_ID) == 0 ? &output_table : NULL;
}

static const char *const interfaces[] = {LIMBER_OUTPUT_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .flags = LIMBER_PLUGIN_DETERMINISTIC,
    .id = "out-example",
    .name = "Raw samples",
    .version = "1.0",
    .license = "MIT",
    .description = "Writes raw 32-bit float samples to a file",
    .interfaces = interfaces,
    .options = options,
};

LIMBER_EXPORT const struct limber_plugin_entry limber_plugin_entry = {
    LIMBER_ABI_MAJOR, LIMBER_ABI_MINOR, sizeof limber_plugin_entry, &descriptor, create,
    destroy,          get_interface,
};
