/* SPDX-License-Identifier: GPL-3.0-or-later */
/* soundfile.h: shared by the files of sound-file. */
#ifndef SOUND_FILE_SOUNDFILE_H
#define SOUND_FILE_SOUNDFILE_H

#include <limits.h>

#include "limber/sound.h"

#define SOUNDFILE_MINUTES 30

/* --- find.c: names and files --- */

/* Whether `name` is lower-case letters, digits and '-', so that it cannot lead elsewhere. */
bool soundfile_name_ok(const char *name);
/* The file of `name` in `folder`: the first of NAME.wav, .flac, .ogg … that is a regular file. */
bool soundfile_find(const char *folder, const char *name, char *path, size_t size);
/* Calls `each` with the names in `folder`, sorted, each once. Returns false once `each` did. */
bool soundfile_each(const char *folder, bool (*each)(void *context, const char *name),
                    void *context);

/* --- decode.c: a file as samples --- */

struct soundfile_pcm {
    float *samples; /* interleaved, finite; free() them */
    int64_t frames;
    uint32_t channels, rate_hz;
    int64_t loop_start, loop_end; /* of the file's own loop; end 0: none */
    int64_t mended;               /* samples that were not numbers, or absurd */
};

/* Reads the whole file, mixed down to `channels` at most. On an error writes why into `reason`.
 * Errors: INVALID, IO, NO_MEMORY. */
enum limber_status soundfile_decode(const char *path, uint32_t channels, struct soundfile_pcm *pcm,
                                    char *reason, size_t size);
/* Length by the file's header, in milliseconds; −1 if it is none we read. */
int64_t soundfile_length_ms(const char *path);

/* --- loop.c: joining the end to the beginning --- */

/* Makes pcm one loop: the file's own loop, the whole file if its ends fit, or else the file with
 * its tail faded into its head. */
void soundfile_make_loop(struct soundfile_pcm *pcm);

/* --- deliver.c: to the session's rate, to the host --- */

/* `loop`: the last frame is followed by the first, also for the resampler. */
enum limber_status soundfile_deliver(const struct soundfile_pcm *pcm, uint32_t rate_hz, bool loop,
                                     const struct limber_sound_writer *writer);

#endif
