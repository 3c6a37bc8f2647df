/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voicefile.h: one voice.yaml → struct voice. Private to voices.c. */
#ifndef VOICE_VOICEFILE_H
#define VOICE_VOICEFILE_H

#include "voice/voices.h"

#include "base/diag.h"

struct arena;

struct voicefile_options {
    struct registry *registry; /* checks the options of the engine, if it is there; or NULL */
    struct arena *arena;       /* for the voice's texts */
    struct diags *diags;
};

/* Reads the file. The voice is filled in as far as it can be; returns false when anything is wrong
 * (see the diags). `voice->name` is what the file must name itself, if it does. *fallback: where
 * the fallback voice is named, if it is. */
bool voicefile_read(const char *path, const struct voicefile_options *options, struct voice *voice,
                    struct place *fallback);

#endif
