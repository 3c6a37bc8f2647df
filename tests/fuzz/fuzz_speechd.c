/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_speechd.c: what a module of Speech Dispatcher writes. The first byte says in how large
 * pieces the rest arrives; what comes out must not depend on it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "speech-dispatcher/message.h"

#define INPUT_MOST (1u << 20)

/* What was seen, as one number. */
struct tally {
    uint64_t digest; /* FNV-1a */
    size_t messages, bytes;
};

static void note(struct tally *tally, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        tally->digest = (tally->digest ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    }
}

static void note_message(struct tally *tally, const struct message *message)
{
    if (message->code < 100 || message->code > 999 ||
        (message->audio_size > 0 && !message->audio)) {
        abort();
    }
    tally->messages++;
    tally->bytes += message->audio_size;
    note(tally, &message->code, sizeof message->code);
    note(tally, &message->last, sizeof message->last);
    note(tally, message->text, strlen(message->text));
    note(tally, message->audio, message->audio_size);
}

static struct tally run(const uint8_t *data, size_t size, size_t piece)
{
    struct message_reader reader = {0};
    struct tally tally = {.digest = 0xcbf29ce484222325u};
    struct message message;
    enum message_result result = MESSAGE_MORE;
    for (size_t at = 0; at < size && result == MESSAGE_MORE;) {
        size_t room = 0;
        unsigned char *to = message_room(&reader, &room);
        size_t step = size - at < piece ? size - at : piece;
        step = step < room ? step : room;
        memcpy(to, data + at, step);
        message_took(&reader, step);
        at += step;
        while ((result = message_next(&reader, &message)) == MESSAGE_READY) {
            note_message(&tally, &message);
        }
    }
    message_reset(&reader);
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
    if (whole.messages != pieces.messages || whole.digest != pieces.digest || whole.bytes > size) {
        abort();
    }
    return 0;
}

#include "replay.h"
