/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dump.c: the golden form: one line a cue, by start, with every number that matters. */
#include <stdlib.h>

#include "timeline/order.h"

/* A text in quotes; quotes, backslashes and control characters escaped. */
static void put_text(const char *text, FILE *to)
{
    putc('"', to);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fprintf(to, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            fprintf(to, "\\x%02x", (unsigned char)*text);
        else
            putc(*text, to);
    }
    putc('"', to);
}

static void put_cue(const struct timeline *timeline, const struct timeline_entry *entry, FILE *to)
{
    const struct cue *cue = &timeline_plan(timeline)->cues[entry->cue];
    const char *side = side_name(cue->side);
    fprintf(to, "%lld +%lld %s", (long long)entry->start, (long long)entry->length,
            cue_kind_name(cue->kind));
    switch (cue->kind) {
    case CUE_SPEECH:
        fprintf(to, " %s ", cue_role_name(cue->role));
        put_text(cue->text, to);
        break;
    case CUE_SOUND:
    case CUE_BED:
        fprintf(to, " %s", cue->text ? cue->text : "off");
        break;
    case CUE_BOUT:
        fprintf(to, " %s", bout_kind_name(cue->bout));
        break;
    }
    if (side)
        fprintf(to, " %s", side);
    if (cue->move < timeline_plan(timeline)->move_count)
        fprintf(to, " move %u", (unsigned)cue->move + 1);
    if (cue->round > 0)
        fprintf(to, " round %d", (int)cue->round);
    if (cue->set > 0)
        fprintf(to, " set %d", (int)cue->set);
    if (cue->rep > 0)
        fprintf(to, " rep %d", (int)cue->rep);
    putc('\n', to);
}

void timeline_dump(const struct timeline *timeline, FILE *to)
{
    size_t count;
    struct timeline_entry *sorted = order_by_start(timeline, &count);
    const struct timeline_finding *findings;
    size_t found = timeline_findings(timeline, &findings);
    for (size_t i = 0; i < count; i++)
        put_cue(timeline, &sorted[i], to);
    for (size_t i = 0; i < found; i++) {
        if (findings[i].dropped)
            fprintf(to, "dropped: cue %u\n", (unsigned)findings[i].cue);
        else
            fprintf(to, "stretched: cue %u by %lld\n", (unsigned)findings[i].cue,
                    (long long)findings[i].by);
    }
    if (timeline_complete(timeline))
        fprintf(to, "end %lld\n", (long long)timeline_length(timeline));
    else
        fprintf(to, "resolved until %lld\n", (long long)timeline_resolved_until(timeline));
    free(sorted);
}
