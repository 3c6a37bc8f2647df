/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voicefile.h: one voice.yaml → struct voice. Private to voices.c. */
#ifndef VOICE_VOICEFILE_H
#define VOICE_VOICEFILE_H

#include "voice/voices.h"

struct arena;

/* Reads the file. The voice is filled in as far as it can be; returns false when anything is wrong
 * (see `diags`). Its texts live in the arena. `voice->name` is what the file must name itself, if
 * it does. */
bool voicefile_read(const char *path, struct voice *voice, struct arena *arena,
                    struct diags *diags);

#endif
