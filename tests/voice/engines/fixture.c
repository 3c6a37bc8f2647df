/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A speech engine that misbehaves on request. A word of the text says how; the name of the voice
 * says how prepare() goes. Anything else is spoken as a tone: 20 ms a byte, its pitch from the
 * text, so that a clip shows which text it was made of. */
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "limber/speech.h"

#ifdef RECORDED /* the same once more, as an engine of recorded clips */
#define ID    "speech-recorded"
#define FLAGS (LIMBER_PLUGIN_SINGLETON | LIMBER_PLUGIN_RECORDED)
#else
#define ID    "speech-fixture"
#define FLAGS LIMBER_PLUGIN_SINGLETON
#endif

#define RATE_HZ 16000
#define CHUNK   1600

static const struct limber_host *the_host;
static int spoken; /* in this process: must not matter to anybody, as each text has its own */

static enum limber_status tone(const struct limber_speech_writer *writer, const char *text,
                               double level)
{
    float samples[CHUNK];
    size_t length = strlen(text) * RATE_HZ / 50;
    unsigned sum = 0;
    for (const char *c = text; *c; c++) {
        sum = sum * 31 + (unsigned char)*c;
    }
    double step = 2 * 3.14159265358979 * (200 + sum % 800) / RATE_HZ;
    enum limber_status status = writer->format(writer->context, RATE_HZ);
    for (size_t done = 0; done < length && status == LIMBER_OK; done += CHUNK) {
        size_t count = length - done < CHUNK ? length - done : CHUNK;
        for (size_t i = 0; i < count; i++) {
            samples[i] = (float)(level * sin(step * (double)(done + i) + spoken));
        }
        status = writer->write(writer->context, samples, count);
    }
    spoken++;
    return status;
}

static enum limber_status constant(const struct limber_speech_writer *writer, float value,
                                   size_t seconds)
{
    float samples[RATE_HZ];
    for (size_t i = 0; i < RATE_HZ; i++) {
        samples[i] = value;
    }
    enum limber_status status = writer->format(writer->context, RATE_HZ);
    for (size_t i = 0; i < seconds && status == LIMBER_OK; i++) {
        status = writer->write(writer->context, samples, RATE_HZ);
    }
    return status;
}

/* A second of tone with an offset, and every so many samples something that is no sample. */
static enum limber_status garbage(const struct limber_speech_writer *writer, size_t every)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    float samples[RATE_HZ];
    for (size_t i = 0; i < RATE_HZ; i++) {
        samples[i] = i % every == 7 ? bad[i % 3] : 0.3f + 0.2f * (float)sin((double)i * 0.1);
    }
    writer->format(writer->context, RATE_HZ);
    return writer->write(writer->context, samples, RATE_HZ);
}

/* Says what it knows, as the reason of a failure. */
static enum limber_status tell(const char *text)
{
    static const char *const names[] = {"word", "seed", "list"};
    char line[1024], folder[512];
    size_t used = (size_t)snprintf(line, sizeof line, "folder %s; text \"%s\"",
                                   getcwd(folder, sizeof folder), text);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = the_host->option(the_host->context, names[i]);
        used += (size_t)snprintf(line + used, sizeof line - used, "; %s %s", names[i],
                                 value ? value : "none");
    }
    the_host->log(the_host->context, LIMBER_LOG_ERROR, line);
    return LIMBER_FAILED;
}

/* An offset that wanders, and nothing else. */
static enum limber_status drift(const struct limber_speech_writer *writer)
{
    float samples[RATE_HZ];
    for (size_t i = 0; i < RATE_HZ; i++) {
        samples[i] = 0.2f + 0.5f * (float)i / RATE_HZ;
    }
    writer->format(writer->context, RATE_HZ);
    return writer->write(writer->context, samples, RATE_HZ);
}

static enum limber_status long_tone(const struct limber_speech_writer *writer, size_t seconds)
{
    float samples[RATE_HZ];
    for (size_t i = 0; i < RATE_HZ; i++) {
        samples[i] = 0.3f * (float)sin((double)i * 0.1);
    }
    enum limber_status status = writer->format(writer->context, RATE_HZ);
    for (size_t i = 0; i < seconds && status == LIMBER_OK; i++) {
        status = writer->write(writer->context, samples, RATE_HZ);
    }
    return status;
}

static void hang(void)
{
    signal(SIGTERM, SIG_IGN);
    for (;;) {
        pause();
    }
}

/* A process of its own, which outlives its parent unless it is killed too; and one that does all it
 * can to get away. */
static void leave_orphan(bool daemon)
{
    if (fork() == 0) {
        if (daemon && (setsid() < 0 || fork() != 0)) {
            _exit(0);
        }
        hang();
    }
}

/* Until somebody writes into the pipe that the option `word` names; not without one. */
static void wait_at_gate(void)
{
    const char *path = the_host->option(the_host->context, "word");
    char byte;
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0 && read(fd, &byte, 1) != 1) {
        hang();
    }
}

static enum limber_status synthesize(void *instance, const char *text, double emphasis,
                                     const struct limber_speech_writer *writer)
{
    if (strstr(text, "crash")) {
        abort();
    } else if (strstr(text, "segfault")) {
        raise(SIGSEGV);
    } else if (strstr(text, "freeze")) {
        hang();
    } else if (strstr(text, "deaf")) {
        for (int fd = 3; fd < 64; fd++) {
            close(fd);
        }
        hang();
    } else if (strstr(text, "exit")) {
        exit(3);
    } else if (strstr(text, "orphan")) {
        leave_orphan(false);
        return tone(writer, text, 0.3);
    } else if (strstr(text, "daemon")) {
        leave_orphan(true);
        return tone(writer, text, 0.3);
    } else if (strstr(text, "burn")) {
        for (volatile unsigned i = 0;; i++) {
        }
    } else if (strstr(text, "garbage")) {
        return garbage(writer, 10);
    } else if (strstr(text, "speck")) {
        return garbage(writer, 5000);
    } else if (strstr(text, "scale")) {
        return tone(writer, text, 32767);
    } else if (strstr(text, "drift")) {
        return drift(writer);
    } else if (strstr(text, "hour")) {
        return long_tone(writer, 3600);
    } else if (strstr(text, "tale")) {
        return long_tone(writer, 60);
    } else if (FLAGS & LIMBER_PLUGIN_RECORDED && strstr(text, "no clip")) {
        return LIMBER_NOT_FOUND;
    } else if (strstr(text, "whisper")) {
        return tone(writer, text, 0.02);
    } else if (strstr(text, "damaged take")) {
        the_host->log(the_host->context, LIMBER_LOG_WARNING, "one take is damaged");
        return tone(writer, text, 0.3);
    } else if (strstr(text, "offset")) {
        return constant(writer, 0.5f, 1);
    } else if (strstr(text, "silence")) {
        return constant(writer, 0, 1);
    } else if (strstr(text, "flood")) {
        return constant(writer, 0.1f, 3600);
    } else if (strstr(text, "deluge")) {
        constant(writer, 0.1f, 3600);
        return LIMBER_OK; /* does not listen */
    } else if (strstr(text, "mute")) {
        return LIMBER_OK;
    } else if (strstr(text, "formatless")) {
        float zero = 0;
        return writer->write(writer->context, &zero, 1);
    } else if (strstr(text, "misrate")) {
        return writer->format(writer->context, 7);
    } else if (strstr(text, "complain")) {
        the_host->log(the_host->context, LIMBER_LOG_ERROR, "no, I will not");
        return LIMBER_FAILED;
    } else if (strstr(text, "greedy")) {
        return malloc((size_t)1 << 40) ? LIMBER_FAILED : LIMBER_NO_MEMORY;
    } else if (strstr(text, "gate")) {
        wait_at_gate();
    } else if (strstr(text, "tell") || strstr(text, "Tell")) {
        return tell(text);
    } else if (strstr(text, "kill parent")) {
        kill(getppid(), SIGKILL);
        hang();
    }
    return tone(writer, text, 0.3 + emphasis / 10);
}

static enum limber_status prepare(void *instance, const struct limber_speech_voice *voice)
{
    const char *name = voice->voice ? voice->voice : "";
    if (strcmp(name, "refuse") == 0) {
        the_host->log(the_host->context, LIMBER_LOG_ERROR, "there is no voice 'refuse'");
        return LIMBER_NOT_FOUND;
    } else if (strcmp(name, "hang") == 0) {
        hang();
    } else if (strcmp(name, "exit") == 0) {
        exit(4);
    } else if (strcmp(name, "crash") == 0) {
        abort();
    }
    return LIMBER_OK;
}

static const char *fingerprint(void *instance)
{
    return "fixture 1";
}

static const struct limber_speech speech = {.size = sizeof speech,
                                            .prepare = prepare,
                                            .fingerprint = fingerprint,
                                            .synthesize = synthesize};

static enum limber_status create(const struct limber_host *host, void **instance)
{
    the_host = host;
    *instance = &spoken;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
}

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_SPEECH_ID) == 0 ? &speech : NULL;
}

static const struct limber_option options[] = {
    {.name = "word", .type = LIMBER_OPTION_STRING, .help = "told to whoever asks"},
    {.name = "list", .type = LIMBER_OPTION_STRING, .help = "likewise"},
    {.name = "level", .type = LIMBER_OPTION_INT, .minimum = 1, .maximum = 9, .help = "nothing"},
    {.name = "seed", .type = LIMBER_OPTION_INT, .help = "the session's"},
    {.name = NULL}};

static const char *const interfaces[] = {LIMBER_SPEECH_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {.size = sizeof descriptor,
                                                           .flags = FLAGS,
                                                           .id = ID,
                                                           .name = "Misbehaving speech",
                                                           .version = "1",
                                                           .license = "GPL-3.0-or-later",
                                                           .description = "for tests",
                                                           .interfaces = interfaces,
                                                           .options = options};

const struct limber_plugin_entry limber_plugin_entry = {.abi_major = LIMBER_ABI_MAJOR,
                                                        .abi_minor = LIMBER_ABI_MINOR,
                                                        .size = sizeof(struct limber_plugin_entry),
                                                        .descriptor = &descriptor,
                                                        .create = create,
                                                        .destroy = destroy,
                                                        .get_interface = get_interface};
