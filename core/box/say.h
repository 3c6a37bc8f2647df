/* SPDX-License-Identifier: GPL-3.0-or-later */
/* say.h: what a box says outside of sessions, sentence after sentence, on the player's device. A
 * device that is gone is waited for. [main] */
#ifndef BOX_SAY_H
#define BOX_SAY_H

#include "player/player.h"

struct say;

#define SAY_MOST 6 /* sentences that wait; further ones are dropped */

struct say_options {
    struct loop *loop;
    struct registry *registry;
    const char *language;        /* of the sentences; copied */
    const char *voice;           /* or NULL: the language's; copied */
    float gain;                  /* linear, of all of it */
    void (*idle)(void *context); /* all was said. [from the loop] */
    void *context;
};

struct say *say_new(const struct say_options *options);
void say_destroy(struct say *say);
/* From the next sentence on with this gain, and with this voice (NULL: the language's) once all
 * that waits is said. */
void say_with(struct say *say, const char *voice, float gain);

/* Says it when what was asked for before is said. False: too much waits, or it waits already. */
bool say_words(struct say *say, const char *text);
/* The same, and nothing of it is logged. */
bool say_secret(struct say *say, const char *text);
/* Something is being said, or waits for its voice or for the device. */
bool say_busy(const struct say *say);
/* To be called when the player's device was opened (an open device is given at any time), and with
 * NULL before it is closed or a session takes it: what is being said is said again later. */
void say_on(struct say *say, struct stream *stream);
/* Forgets all of it. */
void say_hush(struct say *say);
/* Lets go of voices; they come back when needed. Only when nothing is said. */
void say_rest(struct say *say);

#endif
