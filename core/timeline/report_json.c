/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_json.c: the stable machine form (DESIGN §8, docs/plan.schema.json), written cue by cue, so
 * that a long session needs no more memory than a short one. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "timeline/order.h"
#include "timeline/report.h"

struct writer {
    FILE *to;
    bool failed; /* out of memory */
};

static int put_bytes(const char *bytes, size_t size, void *to)
{
    return fwrite(bytes, 1, size, to) == size ? 0 : -1;
}

/* The text with what is not UTF-8 (a file's name may be anything) replaced. */
static json_t *repaired(const char *text)
{
    struct str s = {0};
    const char *end = text + strlen(text);
    while (text < end) {
        const char *from = text;
        if (str_utf8_next(&text, end) < 0)
            str_add(&s, "\xef\xbf\xbd");
        else
            str_add_bytes(&s, from, (size_t)(text - from));
    }
    json_t *value = json_string(str_text(&s));
    str_free(&s);
    return value;
}

static void put_string(struct writer *w, const char *text)
{
    if (!text) {
        fputs("null", w->to);
        return;
    }
    json_t *value = json_string(text);
    if (!value)
        value = repaired(text);
    if (!value)
        w->failed = true;
    else
        json_dump_callback(value, put_bytes, w->to, JSON_ENCODE_ANY);
    json_decref(value);
}

static void put_member(struct writer *w, const char *name, const char *text)
{
    fprintf(w->to, ",\"%s\":", name);
    put_string(w, text);
}

static void put_place(struct writer *w, const struct place *place)
{
    if (!place->source) {
        fputs(",\"source\":null", w->to);
        return;
    }
    fputs(",\"source\":{\"file\":", w->to);
    put_string(w, place->source->path);
    fprintf(w->to, ",\"line\":%d,\"column\":%d}", place->line, place->column);
}

/* frames / rate as a decimal number, to the microsecond. */
static void put_seconds(struct writer *w, frames count, uint32_t rate_hz)
{
    int64_t whole = count / rate_hz;
    int64_t micros = (count % rate_hz * 1000000 + rate_hz / 2) / rate_hz;
    if (micros >= 1000000) {
        whole++;
        micros -= 1000000;
    }
    char digits[24];
    snprintf(digits, sizeof digits, "%06" PRId64, micros);
    size_t length = 6;
    while (length > 1 && digits[length - 1] == '0')
        length--;
    fprintf(w->to, "%" PRId64 ".%.*s", whole, (int)length, digits);
}

/* What all documents begin with. */
static void put_summary(struct writer *w, const struct timeline *timeline,
                        const struct report_info *info)
{
    const struct routine *routine = timeline_plan(timeline)->routine;
    uint32_t rate_hz = timeline_rate(timeline);
    fputs("{\"format\":1", w->to);
    put_member(w, "title", routine->title ? routine->title : "");
    put_member(w, "language", routine->language);
    put_member(w, "voice", info->voice);
    fprintf(w->to, ",\n\"rate\":%u,\"frames\":%" PRId64 ",\"seconds\":", (unsigned)rate_hz,
            timeline_length(timeline));
    put_seconds(w, timeline_length(timeline), rate_hz);
}

static void put_needs(struct writer *w, const struct routine *routine)
{
    fputs(",\"needs\":[", w->to);
    for (size_t i = 0; i < routine->need_count; i++) {
        fputs(i > 0 ? "," : "", w->to);
        put_string(w, routine->needs[i]);
    }
    fputs("]", w->to);
}

static void put_fallbacks(struct writer *w, const struct report_info *info)
{
    fputs(",\n\"fallbacks\":[", w->to);
    for (size_t i = 0; i < info->fallback_count; i++) {
        const struct report_fallback *fallback = &info->fallbacks[i];
        fprintf(w->to, "%s\n{\"text\":", i > 0 ? "," : "");
        put_string(w, fallback->text);
        put_member(w, "language", fallback->language);
        put_member(w, "voice", fallback->voice);
        put_member(w, "spoken_by", fallback->spoken_by);
        put_member(w, "reason", fallback->reason);
        fprintf(w->to, ",\"cues\":%zu", fallback->cues);
        put_place(w, &fallback->place);
        fputs("}", w->to);
    }
    fputs("]", w->to);
}

static void put_choices(struct writer *w, const struct report_info *info)
{
    if (!info->choices)
        return;
    fputs(",\n\"choices\":[", w->to);
    for (size_t i = 0; i < info->choice_count; i++) {
        const struct report_choice *choice = &info->choices[i];
        fprintf(w->to, "%s\n{\"rule\":", i > 0 ? "," : "");
        put_string(w, choice->rule);
        put_member(w, "name", choice->name);
        put_member(w, "text", choice->text);
        put_place(w, &choice->place);
        fputs("}", w->to);
    }
    fputs("]", w->to);
}

static void put_moves(struct writer *w, const struct timeline *timeline)
{
    size_t count;
    struct order_move *moves = order_moves(timeline, &count);
    fputs(",\n\"moves\":[", w->to);
    for (size_t i = 0; i < count; i++) {
        fprintf(w->to, "%s\n{\"name\":", i > 0 ? "," : "");
        put_string(w, moves[i].move->name);
        fprintf(w->to, ",\"start\":%" PRId64 ",\"frames\":%" PRId64, moves[i].start,
                moves[i].length);
        put_place(w, &moves[i].move->place);
        fputs("}", w->to);
    }
    fputs("]", w->to);
    free(moves);
}

static void put_cue(struct writer *w, const struct timeline *timeline,
                    const struct timeline_entry *entry)
{
    const struct cue *cue = &timeline_plan(timeline)->cues[entry->cue];
    fprintf(w->to, "\n{\"kind\":\"%s\",\"start\":%" PRId64 ",\"frames\":%" PRId64,
            cue_kind_name(cue->kind), entry->start, entry->length);
    switch (cue->kind) {
    case CUE_SPEECH:
        put_member(w, "text", cue->text);
        put_member(w, "role", cue_role_name(cue->role));
        break;
    case CUE_SOUND:
    case CUE_BED:
        put_member(w, "sound", cue->text);
        break;
    case CUE_BOUT:
        put_member(w, "bout", bout_kind_name(cue->bout));
        break;
    }
    put_member(w, "move", order_move_name(timeline, cue));
    put_member(w, "side", side_name(cue->side));
    fprintf(w->to, ",\"round\":%d,\"set\":%d,\"rep\":%d", (int)cue->round, (int)cue->set,
            (int)cue->rep);
    put_place(w, &cue->place);
    fputs("}", w->to);
}

static void put_cues(struct writer *w, const struct timeline *timeline)
{
    const struct cue *cues = timeline_plan(timeline)->cues;
    size_t count;
    struct timeline_entry *sorted = order_by_start(timeline, &count);
    bool first = true;
    fputs(",\n\"cues\":[", w->to);
    for (size_t i = 0; i < count && !ferror(w->to); i++) {
        const struct cue *cue = &cues[sorted[i].cue];
        if (cue->kind == CUE_BED && !cue->text)
            continue; /* silence is no cue: it ends the bed before it */
        if (!first)
            putc(',', w->to);
        first = false;
        put_cue(w, timeline, &sorted[i]);
    }
    fputs("]}\n", w->to);
    free(sorted);
}

static enum limber_status end(const struct writer *w)
{
    if (w->failed)
        return LIMBER_NO_MEMORY;
    return fflush(w->to) != 0 || ferror(w->to) ? LIMBER_IO : LIMBER_OK;
}

enum limber_status report_json(const struct timeline *timeline, const struct report_info *info,
                               FILE *to)
{
    struct writer w = {.to = to};
    put_summary(&w, timeline, info);
    put_needs(&w, timeline_plan(timeline)->routine);
    put_fallbacks(&w, info);
    put_choices(&w, info);
    put_moves(&w, timeline);
    put_cues(&w, timeline);
    return end(&w);
}

enum limber_status report_result(const struct timeline *timeline, const struct report_info *info,
                                 const char *file, FILE *to)
{
    struct writer w = {.to = to};
    put_summary(&w, timeline, info);
    put_member(&w, "file", file);
    put_fallbacks(&w, info);
    fputs("}\n", to);
    return end(&w);
}
