/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet.h: the list of what is to be recorded, in the order to record it: to read aloud from, to
 * record along (voice record) and to cut by (voice split). [main] */
#ifndef STUDIO_SHEET_H
#define STUDIO_SHEET_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/status.h"

struct needs;
struct pack;

enum sheet_group { SHEET_ROUTINES, SHEET_PHRASES, SHEET_NUMBERS, SHEET_WHOLE, SHEET_GROUP_COUNT };

struct sheet_line {
    int number;          /* from 1, as in the list */
    const char *text;    /* as it goes into the pack's table: "Breathe in.", "… seconds" */
    const char *example; /* a part: a sentence it is in, to read it in that tone; else NULL */
    const char *file;    /* relative to the pack: "clips/breathe-in.flac" */
    const char *where;   /* for people: "upper-back-relief.md:12", "phrase halfway" */
    const char *move;    /* or NULL */
    const char *before;  /* said before it; or NULL */
    const char *routine; /* or NULL */
    const char *phrase;  /* or NULL */
    size_t times;        /* 0: unknown */
    enum sheet_group group;
    bool have; /* the pack can say it */
};

struct sheet {
    const struct sheet_line *lines;
    size_t count;
    size_t composed; /* sentences left out because they can be put together from lines or rows */
};

struct sheet_options {
    bool all;   /* also what the pack has */
    bool whole; /* also sentences that parts would make up, to be recorded whole */
};

/* The list of `needs` for a pack, each text once by the pack's key. Lives in the arena. */
struct sheet sheet_new(struct arena *arena, const struct needs *needs, struct pack *pack,
                       const struct sheet_options *options);

/* The file for a take (from 1) of a text: ASCII, the same at every run, different for texts whose
 * `key` differs. "clips/breathe-in.flac", "clips/breathe-in.take2.flac". */
char *sheet_file(struct arena *arena, const char *text, const char *key, int take);

/* Whether a text is a part, to be joined to something before or after it ("… seconds left"). */
bool sheet_joins_before(const char *text);
bool sheet_joins_after(const char *text);

/* What the page says about whom it is for. */
struct sheet_title {
    const char *voice, *language;
    const char *list;            /* name of the list's file, for the command that splits */
    const char *const *routines; /* names, NULL-terminated */
};
/* A page to read aloud. */
void sheet_write_markdown(const struct sheet *sheet, const struct sheet_title *title, FILE *to);
void sheet_write_html(const struct sheet *sheet, const struct sheet_title *title, FILE *to);
/* The list: number,text,file,where. */
void sheet_write_csv(const struct sheet *sheet, FILE *to);

#endif
