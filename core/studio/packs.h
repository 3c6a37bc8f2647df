/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packs.h: a pack of recorded clips as plain data: its rows, and what it can say. The format is the
 * plugin's business (limber/pack.h); here are only wrappers that remember. [main] */
#ifndef STUDIO_PACKS_H
#define STUDIO_PACKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "limber/speech.h"

struct registry;
struct voice;
struct pack;

#define PACK_TABLE "clips.csv" /* of a new pack */

/* Whether anything is heard in the clip of a row: not known yet, yes, no. */
enum pack_proof { PROOF_NONE, PROOF_HEARD, PROOF_UNHEARD };

/* One take of one text, as limber_pack_row. */
struct pack_row {
    int line;
    const char *text, *key, *file, *path; /* NULL where the plugin has none */
    const char *problem;                  /* NULL: usable */
    enum pack_proof proof;                /* see pack_says() */
};

/* Whether the voice's engine says only what was recorded. Loads the plugin; one that is not there
 * says no. */
bool pack_is_recorded(struct registry *registry, const struct voice *voice);

/* Opens the pack of a recorded voice in `language`, one of its own (NULL: its first). A voice whose
 * table is not there yet is an empty pack; a table of which nothing can be read is one without
 * usable rows, and *error (malloc'ed) says so beside OK. Errors, each with *error: UNSUPPORTED (not
 * a recorded voice), NOT_FOUND (its plugin is not there), IO, LIMIT. */
enum limber_status pack_open(struct registry *registry, const struct voice *voice,
                             const char *language, struct pack **pack, char **error);
void pack_close(struct pack *pack);

const struct voice *pack_voice(const struct pack *pack);
const char *pack_language(const struct pack *pack);
const char *pack_table(const struct pack *pack); /* the path of its table, there or not */
bool pack_broken(const struct pack *pack);       /* there is a table, but it cannot be read */
/* The rows in the order of the table; valid until pack_close(). */
size_t pack_row_count(const struct pack *pack);
const struct pack_row *pack_row(const struct pack *pack, size_t index);

/* How many rows speak `text`: 0 when it is not there, 1 when it is recorded whole, more when it is
 * composed. The first `most` of them go into `rows` (may be NULL). */
size_t pack_find(struct pack *pack, const char *text, const struct pack_row **rows, size_t most);
/* The same with a look at the clips: how many rows speak `text` when those that are damaged or
 * silent are passed over, as they are when it is played. Each clip is decoded once. */
size_t pack_says(struct pack *pack, const char *text);
/* Whether anything is heard in the clip of a row of this pack. */
bool pack_heard(struct pack *pack, const struct pack_row *row);
/* Somebody has read that clip with pack_read(), so that it need not be read again. */
void pack_proved(struct pack *pack, size_t index, bool heard);
/* The form in which texts are compared; malloc'ed; NULL when nothing of it can be spoken. */
char *pack_key(struct pack *pack, const char *text);

/* Decodes a sound file: as it is, mixed to mono. As limber_pack.read(). */
enum limber_status pack_read(struct pack *pack, const char *path,
                             const struct limber_speech_writer *writer);
/* The same into memory, malloc'ed: at most `most_seconds` of it (else LIMIT). */
enum limber_status pack_read_all(struct pack *pack, const char *path, double most_seconds,
                                 float **samples, size_t *count, uint32_t *rate_hz);

#endif
