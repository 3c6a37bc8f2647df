/* SPDX-License-Identifier: GPL-3.0-or-later */
/* speak.c: one text through a module. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher.h"

#define SILENT_MOST   10000 /* lines that bring no sound */
#define CHANNELS_MOST 8
#define SETTINGS_MOST 600

/* --- what is sent --- */

/* The text as SSML in one line, and the end of the block. A line that begins with a point would be
 * its end; this one begins with "<". */
static char *make_ssml(const char *text)
{
    const char *const head = "<speak>";
    const char *const tail = "</speak>\n.\n";
    char *ssml = malloc(strlen(head) + 5 * strlen(text) + strlen(tail) + 1);
    if (!ssml) {
        return NULL;
    }
    char *at = stpcpy(ssml, head);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '&') {
            at = stpcpy(at, "&amp;");
        } else if (byte == '<') {
            at = stpcpy(at, "&lt;");
        } else if (byte == '>') {
            at = stpcpy(at, "&gt;");
        } else {
            *at++ = byte < ' ' ? ' ' : (char)byte;
        }
    }
    strcpy(at, tail);
    return ssml;
}

/* What not every module knows is sent first, and may be refused. */
static bool send_settings(struct module *module, const struct settings *settings)
{
    char block[SETTINGS_MOST];
    snprintf(block, sizeof block,
             "pitch=%d\npitch_range=%d\nvolume=0\npunctuation_mode=none\nspelling_mode=off\n"
             "cap_let_recogn=none\n.\n",
             settings->pitch, settings->range);
    if (!module_set(module, "SET\n", block) && module->child.pid < 0) {
        return false;
    }
    module->reason[0] = '\0';
    snprintf(block, sizeof block, "rate=%d\n%s%s%s%s%s%s.\n", settings->rate,
             settings->language[0] ? "language=" : "", settings->language,
             settings->language[0] ? "\n" : "", settings->voice[0] ? "synthesis_voice=" : "",
             settings->voice, settings->voice[0] ? "\n" : "");
    return module_set(module, "SET\n", block);
}

/* --- what comes back --- */

struct samples {
    struct module *module;
    const struct limber_speech_writer *writer;
    long bits, channels, rate_hz, count, big_endian; /* of the next block; −1: not told */
    uint32_t declared_hz;                            /* 0: nothing was written yet */
    unsigned silent;
};

static void forget_block(struct samples *samples)
{
    samples->bits = samples->channels = samples->rate_hz = samples->count = -1;
    samples->big_endian = 0;
}

/* "bits=16" and its like. */
static void take_parameter(struct samples *samples, const char *text)
{
    const struct {
        const char *name;
        long *value;
    } known[] = {
        {"bits=", &samples->bits},
        {"num_channels=", &samples->channels},
        {"sample_rate=", &samples->rate_hz},
        {"num_samples=", &samples->count},
        {"big_endian=", &samples->big_endian},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t length = strlen(known[i].name);
        if (strncmp(text, known[i].name, length) == 0) {
            char *end;
            long value = strtol(text + length, &end, 10);
            *known[i].value = end > text + length && *end == '\0' ? value : -1;
        }
    }
}

static bool check_block(struct samples *samples, size_t size)
{
    struct module *module = samples->module;
    if (samples->bits != 16 || samples->channels < 1 || samples->channels > CHANNELS_MOST ||
        samples->rate_hz < 8000 || samples->rate_hz > 192000) {
        return module_refuse(module,
                             "sends samples in a format that is not known: %ld Hz, %ld bits, %ld "
                             "channels",
                             samples->rate_hz, samples->bits, samples->channels);
    }
    if (samples->declared_hz > 0 && samples->declared_hz != (uint32_t)samples->rate_hz) {
        return module_refuse(module, "changed its sample rate in mid-sentence");
    }
    size_t frame = 2 * (size_t)samples->channels;
    if (samples->count < 0 || size % frame != 0 || (size_t)samples->count != size / frame) {
        return module_refuse(module, "announced %ld samples and sent %zu bytes", samples->count,
                             size);
    }
    return true;
}

/* The mean of one frame's channels. */
static float mix(const unsigned char *bytes, long channels, bool big_endian)
{
    float sum = 0;
    for (long channel = 0; channel < channels; channel++, bytes += 2) {
        uint16_t value =
            (uint16_t)(big_endian ? bytes[0] << 8 | bytes[1] : bytes[1] << 8 | bytes[0]);
        int16_t sample;
        memcpy(&sample, &value, sizeof sample);
        sum += sample;
    }
    return sum / (float)channels / 32768.0f;
}

static enum limber_status take_block(struct samples *samples, const struct message *message)
{
    float out[2048];
    enum limber_status status = LIMBER_OK;
    if (!check_block(samples, message->audio_size)) {
        return LIMBER_FAILED;
    }
    if (samples->declared_hz == 0) {
        samples->declared_hz = (uint32_t)samples->rate_hz;
        status = samples->writer->format(samples->writer->context, samples->declared_hz);
    }
    size_t frame = 2 * (size_t)samples->channels;
    size_t total = message->audio_size / frame;
    for (size_t done = 0; done < total && status == LIMBER_OK;) {
        size_t step = total - done < 2048 ? total - done : 2048;
        for (size_t i = 0; i < step; i++) {
            out[i] = mix(message->audio + (done + i) * frame, samples->channels,
                         samples->big_endian == 1);
        }
        status = samples->writer->write(samples->writer->context, out, step);
        done += step;
    }
    samples->silent = total > 0 ? 0 : samples->silent;
    forget_block(samples);
    return status;
}

/* One line after SPEAK. *done: it was the last. */
static enum limber_status take_message(struct samples *samples, const struct message *message,
                                       bool *done)
{
    struct module *module = samples->module;
    *done = message->code == 702 && message->last;
    if (message->audio) {
        return take_block(samples, message);
    }
    if (message->code == 705 && !message->last) {
        take_parameter(samples, message->text);
    }
    if (message->code == 703 && message->last) {
        module_refuse(module, "stopped before it was done");
        return LIMBER_FAILED;
    }
    if (message->code >= 300 && message->code < 500) {
        module_refuse(module, "answers: %d %s", message->code, message->text);
        return LIMBER_FAILED;
    }
    if (*done && samples->declared_hz == 0) {
        module_refuse(module, "made no sound");
        return LIMBER_FAILED;
    }
    return LIMBER_OK;
}

static enum limber_status listen(struct samples *samples)
{
    enum limber_status status = LIMBER_OK;
    struct message message;
    bool done = false;
    while (status == LIMBER_OK && !done) {
        if (!module_next(samples->module, &message)) {
            return LIMBER_FAILED;
        }
        if (++samples->silent > SILENT_MOST) {
            module_refuse(samples->module, "sends events without end, but no sound");
            return LIMBER_FAILED;
        }
        status = take_message(samples, &message, &done);
    }
    return status;
}

enum limber_status speak(struct module *module, const struct settings *settings, const char *text,
                         const struct limber_speech_writer *writer)
{
    struct samples samples = {.module = module, .writer = writer};
    enum limber_status status = LIMBER_FAILED;
    char *ssml = make_ssml(text);
    forget_block(&samples);
    if (ssml && send_settings(module, settings) && module_send(module, "SPEAK\n", ssml)) {
        status = listen(&samples);
    }
    free(ssml);
    return status;
}
