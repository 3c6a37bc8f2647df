/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_voice.h: the voice that goes into an archive, or came out of one. */
#ifndef STUDIO_ARCHIVE_VOICE_H
#define STUDIO_ARCHIVE_VOICE_H

#include <stdbool.h>

#include "base/diag.h"
#include "voice/voices.h"

struct arena;

/* Reads folder/voice.yaml as that of the voice `name`. What is wrong goes into `diags`, as in the
 * file `shown`, with `severity` instead of errors. False: something is wrong. `registry` (NULL:
 * none) checks the options of the engine. */
bool archive_voice_read(const char *folder, const char *name, const char *shown,
                        enum severity severity, struct registry *registry, struct arena *arena,
                        struct diags *diags, struct voice *voice);
/* What folder/voice.yaml says the voice is called, or NULL. */
const char *archive_voice_name(const char *folder, struct arena *arena);

/* What a voice of this engine may start or call, in words, or NULL: engines not known to be
 * harmless are taken for the worst. */
const char *archive_voice_runs(const struct voice *voice, struct arena *arena);
/* A setting that names something outside the voice's folder, in words, or NULL. With `programs`,
 * only those settings that every engine has. */
const char *archive_voice_outside(const struct voice *voice, bool programs, struct arena *arena);

/* Warns of rows in the table of a recorded voice that cannot be used. False
 * (an error of `severity` was told): no row at all can. */
bool archive_voice_check_table(struct registry *registry, const struct voice *voice,
                               struct place place, enum severity severity, struct diags *diags);

#endif
