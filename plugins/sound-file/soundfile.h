/* SPDX-License-Identifier: GPL-3.0-or-later */
/* soundfile.h: shared by the files of sound-file. */
#ifndef SOUND_FILE_SOUNDFILE_H
#define SOUND_FILE_SOUNDFILE_H

#include <limits.h>

#include "common/soundread.h"
#include "limber/sound.h"

/* --- find.c: names and files --- */

/* Whether `name` is lower-case letters, digits and '-', so that it cannot lead elsewhere. */
bool soundfile_name_ok(const char *name);
/* The file of `name` in `folder`: the first of NAME.wav, .flac, .ogg … that is a regular file; or
 * exactly the file `name` ("Bell 2.flac"), if it has one of those endings. */
bool soundfile_find(const char *folder, const char *name, char *path, size_t size);
/* Calls `each` with the names in `folder`, sorted, each once. Returns false once `each` did. */
bool soundfile_each(const char *folder, bool (*each)(void *context, const char *name),
                    void *context);

/* --- loop.c: joining the end to the beginning --- */

/* Makes pcm one loop: the file's own loop, the whole file if its ends fit, or else the file with
 * its tail faded into its head. */
void soundfile_make_loop(struct soundread_pcm *pcm);

/* --- deliver.c: to the session's rate, to the host --- */

/* `loop`: the last frame is followed by the first, also for the resampler. */
enum limber_status soundfile_deliver(const struct soundread_pcm *pcm, uint32_t rate_hz, bool loop,
                                     const struct limber_sound_writer *writer);

#endif
