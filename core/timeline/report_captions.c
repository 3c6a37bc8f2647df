/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_captions.c: what is said, as WebVTT captions. */
#include <inttypes.h>
#include <stdlib.h>

#include "timeline/order.h"
#include "timeline/report.h"

static void put_time(int64_t ms, FILE *to)
{
    fprintf(to, "%02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%03" PRId64, ms / 3600000,
            ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

/* One line: a blank one would end the caption. */
static void put_text(const char *text, FILE *to)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", to);
            break;
        case '<':
            fputs("&lt;", to);
            break;
        case '>':
            fputs("&gt;", to);
            break;
        default:
            putc((unsigned char)*text < ' ' ? ' ' : *text, to);
        }
    }
}

enum limber_status report_captions(const struct timeline *timeline, FILE *to)
{
    const struct plan *plan = timeline_plan(timeline);
    uint32_t rate_hz = timeline_rate(timeline);
    size_t count;
    struct timeline_entry *sorted = order_by_start(timeline, &count);
    fputs("WEBVTT", to);
    if (plan->routine->title && plan->routine->title[0]) {
        fputs(" - ", to);
        put_text(plan->routine->title, to);
    }
    fputs("\n\n", to);
    for (size_t i = 0; i < count && !ferror(to); i++) {
        const struct cue *cue = &plan->cues[sorted[i].cue];
        if (cue->kind != CUE_SPEECH || !cue->text || !cue->text[0])
            continue;
        frames end = sorted[i].start + sorted[i].length;
        int64_t from_ms = ns_from_frames(sorted[i].start, rate_hz) / NSEC_PER_MSEC;
        int64_t to_ms = (ns_from_frames(end, rate_hz) + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC;
        put_time(from_ms, to);
        fputs(" --> ", to);
        put_time(to_ms > from_ms ? to_ms : from_ms + 1, to);
        putc('\n', to);
        put_text(cue->text, to);
        fputs("\n\n", to);
    }
    free(sorted);
    return fflush(to) != 0 || ferror(to) ? LIMBER_IO : LIMBER_OK;
}
