/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_wyoming.c: the framing of the Wyoming protocol and its samples. The first byte says in how
 * large pieces the rest arrives; what comes out must not depend on it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "speech-wyoming/frame.h"
#include "speech-wyoming/pcm.h"
#include "speech-wyoming/wyoming.h"

#define INPUT_MOST (1u << 20)

/* What was seen, as one number. */
struct tally {
    uint64_t digest; /* FNV-1a */
    size_t events;
};

static void note(struct tally *tally, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        tally->digest = (tally->digest ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    }
}

static bool note_voice(void *context, const struct info_voice *voice)
{
    const char *match = NULL;
    int fit = info_fit(voice, "en-GB", &match);
    note(context, voice->name, strlen(voice->name));
    note(context, voice->version, strlen(voice->version));
    note(context, &fit, sizeof fit);
    return info_has_speaker(voice, "1") || fit < 3;
}

static int64_t number_of(const struct frame *frame, const char *name)
{
    return json_integer_value(json_object_get(frame->data, name));
}

static void note_samples(struct tally *tally, struct pcm *pcm, const struct frame *frame)
{
    float samples[64];
    const unsigned char *bytes = frame->payload;
    size_t size = frame->payload_size;
    if (pcm->rate_hz == 0 && !pcm_begin(pcm, number_of(frame, "rate"), number_of(frame, "width"),
                                        number_of(frame, "channels"))) {
        return;
    }
    while (size > 0) {
        size_t count = pcm_take(pcm, &bytes, &size, samples, 64);
        for (size_t i = 0; i < count; i++) {
            if (!(samples[i] >= -1 && samples[i] <= 1)) {
                abort();
            }
        }
        note(tally, samples, count * sizeof *samples);
    }
}

static struct tally run(const uint8_t *data, size_t size, size_t piece)
{
    struct frame_reader reader = {0};
    struct tally tally = {.digest = 0xcbf29ce484222325u};
    struct pcm pcm = {0};
    struct frame frame;
    enum frame_result result = FRAME_MORE;
    for (size_t at = 0; at < size && result == FRAME_MORE;) {
        size_t room = 0;
        unsigned char *to = frame_room(&reader, &room);
        size_t step = size - at < piece ? size - at : piece;
        step = step < room ? step : room;
        memcpy(to, data + at, step);
        frame_took(&reader, step);
        at += step;
        while ((result = frame_next(&reader, &frame)) == FRAME_READY) {
            tally.events++;
            note(&tally, frame.type, strlen(frame.type));
            note(&tally, &frame.payload_size, sizeof frame.payload_size);
            note_samples(&tally, &pcm, &frame);
            info_each(frame.data, note_voice, &tally);
        }
    }
    frame_reset(&reader);
    return tally;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > INPUT_MOST) {
        return 0;
    }
    struct tally whole = run(data + 1, size - 1, INPUT_MOST);
    struct tally pieces = run(data + 1, size - 1, (size_t)data[0] + 1);
    if (whole.events != pieces.events || whole.digest != pieces.digest) {
        abort();
    }
    return 0;
}

#include "replay.h"
