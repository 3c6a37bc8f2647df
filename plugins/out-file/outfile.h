/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outfile.h: shared by the files of out-file. */
#ifndef OUT_FILE_OUTFILE_H
#define OUT_FILE_OUTFILE_H

#include <limits.h>
#include <ogg/ogg.h>
#include <sndfile.h>

#include "limber/output.h"

enum outfile_form { FORM_S16, FORM_S24, FORM_FLOAT }; /* how samples are stored */

static inline unsigned outfile_form_bytes(enum outfile_form form)
{
    return form == FORM_S16 ? 2 : form == FORM_S24 ? 3 : 4;
}

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

/* --- wav.c: WAV files, RF64 where they are over 4 GiB --- */

/* Bytes of samples that a file of known length may have without room for RF64's sizes: 4 GiB less
 * room for its other parts. */
#define OUTFILE_PLAIN_WAV (INT64_C(0xFFFFFFFF) - 16777216)

struct outfile_wav {
    struct outfile_sink *sink;
    enum outfile_form form;
    uint32_t channels, rate_hz;
    bool room_for_64;
    int64_t bytes;       /* of samples, so far */
    unsigned char *tail; /* chunks behind the samples */
    size_t tail_size;
};

/* All return false on an error: the sink's, or no memory. */
bool outfile_wav_begin(struct outfile_wav *wav, struct outfile_sink *sink, enum outfile_form form,
                       const struct limber_output_request *request);
bool outfile_wav_write(struct outfile_wav *wav, const float *samples, size_t count);
bool outfile_wav_end(struct outfile_wav *wav);
void outfile_wav_clear(struct outfile_wav *wav);

/* --- silence.c --- */

bool outfile_is_silent(const float *samples, size_t count);

#endif
