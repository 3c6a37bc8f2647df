/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outfile.h: shared by the files of out-file. */
#ifndef OUT_FILE_OUTFILE_H
#define OUT_FILE_OUTFILE_H

#include <limits.h>
#include <ogg/ogg.h>
#include <sndfile.h>

#include "limber/output.h"

/* --- sink.c: a file that has its final name only once it is whole --- */

#define SINK_BUFFER 262144

struct outfile_sink {
    int fd; /* −1: closed */
    char target[PATH_MAX];
    char part[PATH_MAX];
    int64_t position, size; /* logical; the file's own size may be smaller until the end */
    int64_t solid;          /* end of what was really written */
    int64_t base;           /* place of the buffer in the file */
    size_t fill;
    int error; /* first errno; 0: none */
    unsigned char buffer[SINK_BUFFER];
};

/* Begins `.NAME.….part` beside `target`; an existing target must be a regular file. Returns 0 or an
 * errno. */
int outfile_sink_open(struct outfile_sink *sink, const char *target);
/* Takes bytes at the position. Whole pages of zeros at the end of the file are left as holes.
 * Returns false once anything failed; `error` says what. */
bool outfile_sink_write(struct outfile_sink *sink, const void *data, size_t size);
int64_t outfile_sink_read(struct outfile_sink *sink, void *data, int64_t size);
bool outfile_sink_seek(struct outfile_sink *sink, int64_t position);
/* Completes the file and gives it its name (keep), or removes it. Returns 0 or the first errno; on
 * an error nothing is left. */
int outfile_sink_close(struct outfile_sink *sink, bool keep);

/* --- pages.c: Ogg pages with a serial number that does not change --- */

struct outfile_pages {
    ogg_sync_state sync;
    struct outfile_sink *sink;
    int64_t taken; /* bytes */
};

void outfile_pages_init(struct outfile_pages *pages, struct outfile_sink *sink);
void outfile_pages_clear(struct outfile_pages *pages);
bool outfile_pages_write(struct outfile_pages *pages, const void *data, size_t size);

/* --- convert.c: samples to integers --- */

/* clamp(round(x × 32768)), to even on ties; NaN gives 0. */
void outfile_to_s16(const float *samples, int16_t *out, size_t count);
/* clamp(round(x × 8388608)) in the upper 24 bits. */
void outfile_to_s24(const float *samples, int32_t *out, size_t count);
bool outfile_is_silent(const float *samples, size_t count);

#endif
