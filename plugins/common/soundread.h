/* SPDX-License-Identifier: GPL-3.0-or-later */
/* soundread.h: a sound file as samples, for every plugin that reads some. */
#ifndef COMMON_SOUNDREAD_H
#define COMMON_SOUNDREAD_H

#include "limber/plugin.h"
#include "limber/speech.h"

#define SOUNDREAD_MINUTES 30 /* a longer file is refused */

enum soundread_flags {
    SOUNDREAD_NO_AIFF = 1u << 0, /* WAV, FLAC, Ogg, Opus and MP3 only */
    /* Decoders write nothing to standard error: nor does any other thread meanwhile. */
    SOUNDREAD_QUIET = 1u << 1,
    /* A WAV file of which less than nine tenths are there is refused, as all others ever are. */
    SOUNDREAD_WHOLE = 1u << 2,
};

struct soundread_pcm {
    float *samples; /* interleaved, finite; free() them */
    int64_t frames;
    uint32_t channels, rate_hz;   /* 8000 … 192000 Hz */
    int64_t loop_start, loop_end; /* of the file's own loop; end 0: none */
    int64_t mended;               /* samples that were not numbers, or absurd */
};

/* Reads the whole file, mixed down to `channels` (1 or 2) at most. On an error writes why into
 * `reason`, in words that follow the file's name: "is not a regular file". Errors: NOT_FOUND (no
 * such file), IO, UNSUPPORTED (a kind, rate or number of channels that is not read), INVALID
 * (damaged, or empty), LIMIT (too long), NO_MEMORY. */
enum limber_status soundread_file(const char *path, uint32_t channels, unsigned flags,
                                  struct soundread_pcm *pcm, char *reason, size_t size);
/* Hands a file of any length over, mixed to mono, a block at a time; what is damaged may show only
 * at the end. Errors as soundread_file(), and as the writer returned. */
enum limber_status soundread_stream(const char *path, unsigned flags,
                                    const struct limber_speech_writer *writer, char *reason,
                                    size_t size);
/* Length by the file's header, in milliseconds; −1 if it is none we read. */
int64_t soundread_length_ms(const char *path);

#endif
