/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voicework.h: what the verbs that make and check voices share. */
#ifndef APP_VOICEWORK_H
#define APP_VOICEWORK_H

#include "app/app.h"
#include "studio/needs.h"
#include "studio/packs.h"
#include "voice/voices.h"

struct voicework {
    struct app app;
    struct diags *faults; /* of all voice.yaml files */
    struct voices *voices;
    const struct voice *voice;
    const char *language; /* that of --language, else the voice's first */
    struct pack *pack;    /* NULL: not a recorded voice */
    struct needs *needs;  /* NULL: not asked for yet */
};

/* Opens the app and the voice of this name, and its pack if it has one; with `recorded` it must
 * have one. Returns −1, or the exit status after saying what is wrong. */
int voicework_open(struct voicework *work, const struct request *request, const char *name,
                   bool recorded);
void voicework_close(struct voicework *work);

/* Finds what the routines need; none named: all of the library. With `phrases`, also what the
 * player says by itself. Errors in the pages are printed; returns −1, or the exit status. */
int voicework_needs(struct voicework *work, char *const *names, bool phrases);

#endif
