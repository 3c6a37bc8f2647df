/* SPDX-License-Identifier: GPL-3.0-or-later */
/* finding.c: what the words did to the bouts, told to the author: one warning a mark. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/vec.h"
#include "timeline/order.h"

#define NOTICED_NS  (100 * NSEC_PER_MSEC) /* shorter stretches are nobody's business */
#define ADVICE_STEP (NSEC_PER_SEC / 2)

struct stretch {
    const struct cue *cue;
    uint32_t index;
    nsec by;
};

static int compare_places(const struct place *a, const struct place *b)
{
    if (a->source != b->source)
        return (uintptr_t)a->source < (uintptr_t)b->source ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

/* By place and kind of bout (a breath pattern has several at one place), the worst first. */
static int by_place(const void *left, const void *right)
{
    const struct stretch *a = left, *b = right;
    int order = compare_places(&a->cue->place, &b->cue->place);
    if (order == 0)
        order = (int)a->cue->bout - (int)b->cue->bout;
    if (order != 0)
        return order;
    nsec first = a->cue->duration_ns + a->by, second = b->cue->duration_ns + b->by;
    if (first != second)
        return first > second ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static int by_index(const void *left, const void *right)
{
    const struct stretch *a = left, *b = right;
    return a->index < b->index ? -1 : a->index > b->index;
}

/* Tenths of a second, so that the numbers in one message agree. */
static nsec tenths(nsec time)
{
    nsec tenth = NSEC_PER_SEC / 10;
    return (time + tenth / 2) / tenth * tenth;
}

/* `6.5s`, as one writes it in a mark. */
static const char *mark_time(nsec time, char buffer[32])
{
    int64_t ten = time / (NSEC_PER_SEC / 10);
    if (ten % 10 == 0)
        snprintf(buffer, 32, "%llds", (long long)(ten / 10));
    else
        snprintf(buffer, 32, "%lld.%llds", (long long)(ten / 10), (long long)(ten % 10));
    return buffer;
}

/* The text that a place covers, in `buffer`; "" if it cannot be told. */
static const char *written(const struct place *place, char *buffer, size_t size)
{
    const struct source *source = place->source;
    buffer[0] = '\0';
    if (!source->text || place->line < 1 || place->line > source->line_count || place->column < 1)
        return buffer;
    const char *at = source->text + source->line_starts[place->line - 1];
    const char *end = source->text + source->length;
    for (int skip = 1; skip < place->column && at < end && *at != '\n'; skip++)
        str_utf8_next(&at, end);
    const char *from = at;
    for (int taken = 0; taken < place->length && at < end && *at != '\n'; taken++)
        str_utf8_next(&at, end);
    while (from < at && (*from == '`' || *from == ' '))
        from++;
    while (at > from && (at[-1] == '`' || at[-1] == ' '))
        at--;
    if ((size_t)(at - from) < size) {
        memcpy(buffer, from, (size_t)(at - from));
        buffer[at - from] = '\0';
    }
    return buffer;
}

/* Whether the mark is nothing but its word and one time, so that we can write it anew. */
static bool is_plain(const char *mark, const char *word)
{
    size_t length = strlen(word);
    nsec time;
    return strncmp(mark, word, length) == 0 && mark[length] == ' ' &&
           units_parse_duration(mark + length + 1, strlen(mark + length + 1), &time);
}

static void warn(const struct stretch *stretch, struct diags *diags)
{
    const struct cue *cue = stretch->cue;
    const char *word = bout_kind_name(cue->bout);
    char mark[64], usual[64], hint[192], length[32], more[32], time[32];
    nsec needed = cue->duration_ns + stretch->by;
    nsec advised = (needed + ADVICE_STEP - 1) / ADVICE_STEP * ADVICE_STEP;
    snprintf(usual, sizeof usual, "%s %s", word, mark_time(cue->duration_ns, time));
    mark_time(advised, time);
    if (!written(&cue->place, mark, sizeof mark)[0] || is_plain(mark, word))
        snprintf(hint, sizeof hint, "write `%s %s`, or say less here", word, time);
    else
        snprintf(hint, sizeof hint, "make it %s or longer in `%s`, or say less here", time, mark);
    order_format_length(tenths(needed), length);
    order_format_length(tenths(needed) - tenths(cue->duration_ns), more);
    diags_add(diags, SEVERITY_WARNING, cue->place, hint, "the words take %s, %s longer than `%s`",
              length, more, usual);
}

void timeline_warn(const struct timeline *timeline, struct diags *diags)
{
    const struct timeline_finding *findings;
    size_t count = timeline_findings(timeline, &findings), unique = 0;
    const struct cue *cues = timeline_plan(timeline)->cues;
    VEC(struct stretch) found = {0};
    for (size_t i = 0; i < count; i++) {
        const struct cue *cue = &cues[findings[i].cue];
        nsec by = ns_from_frames(findings[i].by, timeline_rate(timeline));
        if (!findings[i].dropped && cue->place.source && by > NOTICED_NS)
            *vec_push(&found) = (struct stretch){cue, findings[i].cue, by};
    }
    if (found.count > 1)
        qsort(found.items, found.count, sizeof *found.items, by_place);
    for (size_t i = 0; i < found.count; i++) {
        const struct stretch *last = unique > 0 ? &found.items[unique - 1] : NULL;
        if (last && last->cue->bout == found.items[i].cue->bout &&
            compare_places(&last->cue->place, &found.items[i].cue->place) == 0)
            continue;
        found.items[unique++] = found.items[i];
    }
    if (unique > 1)
        qsort(found.items, unique, sizeof *found.items, by_index);
    for (size_t i = 0; i < unique; i++)
        warn(&found.items[i], diags);
    vec_free(&found);
}
