/* SPDX-License-Identifier: MIT */
/* limber/pack.h: what a pack of recorded clips holds. Interface "limber.pack/1".
 *
 * A plugin for recorded speech (flag LIMBER_PLUGIN_RECORDED) has this beside limber.speech/1, so
 * that the tools that make and check packs need not know its format: they ask. The tools use an
 * instance of their own, on which they call open() and never prepare(). Everything is plain and
 * blocking; nothing is changed on disk. */
#ifndef LIMBER_PACK_H
#define LIMBER_PACK_H

#include "limber/plugin.h"
#include "limber/speech.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LIMBER_PACK_ID "limber.pack/1"

/* One line of the pack's table: one take of one text. */
struct limber_pack_row {
    uint32_t size;       /* sizeof(struct limber_pack_row) as the plugin was compiled */
    int line;            /* in the table's file, 1-based */
    const char *text;    /* as written there; NULL when the line could not be read */
    const char *key;     /* the form in which texts are compared; NULL as text */
    const char *file;    /* as written there, relative to the pack; NULL as text */
    const char *path;    /* absolute; NULL when there is no such file, or it is outside the pack */
    const char *problem; /* why this row cannot be used, for people; NULL: it can */
};

/* Takes one row; the row and its strings are valid during the call. Returns false to stop. */
typedef bool limber_pack_each(void *context, const struct limber_pack_row *row);

struct limber_pack {
    uint32_t size; /* sizeof(struct limber_pack) as compiled */

    /* Reads the table of the pack in `folder`, spoken in `language` (BCP 47; its rules compose
     * numbers). Opens no clip. Called once. Errors: NOT_FOUND (no table), INVALID (no line of it
     * can be read; the log says why), IO, LIMIT (too many rows). [main] */
    enum limber_status (*open)(void *instance, const char *folder, const char *language);

    /* All rows in the order of the table. [main, after open()] */
    void (*each_row)(void *instance, limber_pack_each *each, void *context);

    /* The rows that would speak `text`, in order: one when the whole text is recorded, several when
     * it is composed ("twelve" + "… seconds left"). Of several takes the one of the instance's
     * `seed`. Rows with a problem are never used. Errors: NOT_FOUND (the pack cannot say it; `each`
     * was not called). [main, after open()] */
    enum limber_status (*find)(void *instance, const char *text, limber_pack_each *each,
                               void *context);

    /* Writes the form in which texts are compared: "Breathe in, slowly." → "breathe in slowly".
     * Errors: LIMIT (does not fit), INVALID (nothing left, or not UTF-8). [main, worker] */
    enum limber_status (*key)(void *instance, const char *text, char *buffer, size_t size);

    /* Decodes any sound file of a kind that packs may hold: as it is, at its own rate, mixed to
     * mono, neither trimmed nor levelled. Errors: NOT_FOUND, UNSUPPORTED (not a kind that packs
     * hold), INVALID (damaged), LIMIT (longer than the writer takes), as write() returned. The log
     * says why. [main, worker] */
    enum limber_status (*read)(void *instance, const char *path,
                               const struct limber_speech_writer *writer);
};

#ifdef __cplusplus
}
#endif
#endif
