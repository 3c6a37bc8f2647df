/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checkpoint.c: points of a session as text. */
#include "session/checkpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define NUMBERS    8 /* before the words */
#define WORDS      (TIMELINE_TRACKED / 64)
#define MOST_EXTRA (INT64_C(1) << 40)

void checkpoint_write(const struct checkpoint *checkpoint, struct str *to)
{
    const struct timeline_from *from = &checkpoint->from;
    const struct timeline_changes *changes = &checkpoint->changes;
    str_printf(to, "%d:%zu:%" PRId64 ":%" PRId64, checkpoint->paused, from->step, from->elapsed,
               from->at);
    str_printf(to, ":%" PRId64 ":%" PRId64 ":%d:%" PRIu32, from->settled, from->repeated,
               from->tracked, from->cut);
    for (size_t i = 0; i < WORDS; i++)
        str_printf(to, ":%" PRIu64, from->over[i]);
    str_printf(to, ":%" PRIu32, changes->pace_permille);
    for (size_t i = 0; i < changes->list.count; i++) {
        const struct timeline_change *change = &changes->list.items[i];
        str_printf(to, ":%" PRIu32 ":%d:%" PRId64, change->cue, change->skipped, change->extra);
    }
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

static bool read_from(const char **text, struct checkpoint *checkpoint)
{
    uint64_t bits[NUMBERS + WORDS];
    for (size_t i = 0; i < NUMBERS + WORDS; i++) {
        if (!next(text, &bits[i]))
            return false;
    }
    if (bits[0] > 1 || (int64_t)bits[3] < 0)
        return false;
    checkpoint->paused = bits[0];
    checkpoint->from = (struct timeline_from){.step = (size_t)bits[1],
                                              .elapsed = (frames)bits[2],
                                              .at = (frames)bits[3],
                                              .settled = (frames)bits[4],
                                              .repeated = (frames)bits[5],
                                              .tracked = bits[6] == 1,
                                              .cut = (uint32_t)bits[7]};
    for (size_t i = 0; i < WORDS; i++)
        checkpoint->from.over[i] = bits[NUMBERS + i];
    return true;
}

static bool read_changes(const char **text, struct timeline_changes *changes)
{
    uint64_t pace, cue, skipped, extra, least = 0;
    if (!next(text, &pace) || pace > UINT32_MAX)
        return false;
    changes->pace_permille = (uint32_t)pace;
    while (**text) {
        if (!next(text, &cue) || !next(text, &skipped) || !next(text, &extra))
            return false;
        if (cue < least || cue >= PLAN_MAX_CUES || skipped > 1 || (int64_t)extra > MOST_EXTRA ||
            (int64_t)extra < -MOST_EXTRA)
            return false;
        least = cue + 1;
        *vec_push(&changes->list) =
            (struct timeline_change){(uint32_t)cue, skipped == 1, (frames)extra};
    }
    return true;
}

bool checkpoint_read(const char *text, struct checkpoint *checkpoint)
{
    *checkpoint = (struct checkpoint){0};
    if (read_from(&text, checkpoint) && read_changes(&text, &checkpoint->changes))
        return true;
    changes_free(&checkpoint->changes);
    *checkpoint = (struct checkpoint){0};
    return false;
}
