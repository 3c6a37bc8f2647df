/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sanitize.h: text as an engine may see it. sanitize_text() is declared in cast.h. */
#ifndef VOICE_SANITIZE_H
#define VOICE_SANITIZE_H

#include <stddef.h>

#define SANITIZE_MOST_BYTES   300   /* of one piece */
#define SANITIZE_MOST_LETTERS 30    /* of one word */
#define SANITIZE_MOST_INPUT   16384 /* bytes looked at; what follows is left out */

/* As sanitize_text(), but nothing of a long text is lost: it becomes pieces of at most
 * SANITIZE_MOST_BYTES, cut at the end of a sentence, else at a comma, else between words, joined by
 * '\n'. malloc'ed; "" if nothing speakable is left. */
char *sanitize_pieces(const char *text, const char *language);

#endif
