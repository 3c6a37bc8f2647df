/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checkpoint.c: points of a session as text. */
#include "session/checkpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define WORDS (TIMELINE_TRACKED / 64)

void checkpoint_write(const struct checkpoint *checkpoint, struct str *to)
{
    const struct timeline_from *from = &checkpoint->from;
    str_printf(to, "%d:%zu:%" PRId64 ":%" PRId64 ":%" PRId64, checkpoint->paused, from->step,
               from->elapsed, from->extra, from->at);
    str_printf(to, ":%" PRId64 ":%" PRId64 ":%d:%" PRIu32, from->settled, from->repeated,
               from->tracked, from->cut);
    for (size_t i = 0; i < WORDS; i++)
        str_printf(to, ":%" PRIu64, from->over[i]);
}

/* The number at *text and the colon behind it. */
static bool next(const char **text, uint64_t *bits)
{
    char *end = NULL;
    bool negative = **text == '-';
    const char *digits = *text + negative;
    if (*digits < '0' || *digits > '9')
        return false;
    errno = 0;
    uint64_t value = strtoull(digits, &end, 10);
    if (errno != 0 || (*end != ':' && *end != 0))
        return false;
    *bits = negative ? 0 - value : value;
    *text = *end ? end + 1 : end;
    return true;
}

bool checkpoint_read(const char *text, struct checkpoint *checkpoint)
{
    uint64_t bits[9 + WORDS];
    *checkpoint = (struct checkpoint){0};
    for (size_t i = 0; i < 9 + WORDS; i++) {
        if (!next(&text, &bits[i]))
            return false;
    }
    if (*text || bits[0] > 1 || (int64_t)bits[4] < 0)
        return false;
    checkpoint->paused = bits[0];
    checkpoint->from = (struct timeline_from){.step = (size_t)bits[1],
                                              .elapsed = (frames)bits[2],
                                              .extra = (frames)bits[3],
                                              .at = (frames)bits[4],
                                              .settled = (frames)bits[5],
                                              .repeated = (frames)bits[6],
                                              .tracked = bits[7] == 1,
                                              .cut = (uint32_t)bits[8]};
    for (size_t i = 0; i < WORDS; i++)
        checkpoint->from.over[i] = bits[9 + i];
    return true;
}
