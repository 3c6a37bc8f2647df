/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_table.c: the session as a table for people: a heading a move, then time, side, set and
 * rep, and what happens. Columns that a session has no use for are left out; words wrap. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "timeline/order.h"
#include "timeline/report.h"

#define BOLD   "\033[1m"
#define DIM    "\033[2m"
#define YELLOW "\033[33m"
#define CYAN   "\033[36m"
#define PLAIN  "\033[0m"

#define NOTICED_NS  (100 * NSEC_PER_MSEC)
#define SAME_ROW_NS (1500 * NSEC_PER_MSEC)

struct table {
    const struct timeline *timeline;
    const struct cue *cues;
    uint32_t rate_hz;
    FILE *to;
    bool color;
    int columns, side_width, rep_width, kind_width;
    int pending;     /* spaces due before the next text, none at the end of a line */
    struct str rest; /* right-most column of the row being made */
};

static nsec time_of(const struct table *t, frames count)
{
    return ns_from_frames(count, t->rate_hz);
}

static const char *length_text(const struct table *t, frames length, char buffer[32])
{
    return order_format_length(time_of(t, length), buffer);
}

/* Text after the spaces due before it. */
static void put_colored(struct table *t, const char *text, size_t length, const char *color)
{
    if (length == 0)
        return;
    fprintf(t->to, "%*s", t->pending, "");
    t->pending = 0;
    if (t->color && color)
        fputs(color, t->to);
    fwrite(text, 1, length, t->to);
    if (t->color && color)
        fputs(PLAIN, t->to);
}

/* `text` in a field of `width` display columns. */
static void put_field(struct table *t, const char *text, int width, const char *color)
{
    int fill = width - str_columns(text, strlen(text));
    put_colored(t, text, strlen(text), color);
    t->pending += fill > 0 ? fill : 0;
}

static void end_line(struct table *t)
{
    t->pending = 0;
    putc('\n', t->to);
}

static int indent(const struct table *t)
{
    return 8 + t->side_width + t->rep_width + t->kind_width;
}

/* How many bytes of `text` go on a line of `width` columns; breaks at spaces where it can. */
static size_t line_length(const char *text, int width)
{
    const char *at = text, *end = text + strlen(text), *space = NULL;
    while (at < end) {
        const char *next = at;
        str_utf8_next(&next, end);
        if (str_columns(text, (size_t)(next - text)) > width)
            return (size_t)((space ? space : at > text ? at : next) - text);
        if (*at == ' ')
            space = at;
        at = next;
    }
    return (size_t)(end - text);
}

static void put_wrapped(struct table *t, const char *text, const char *color)
{
    int width = t->columns - indent(t);
    do {
        size_t length = line_length(text, width < 20 ? 20 : width);
        put_colored(t, text, length, color);
        end_line(t);
        for (text += length; *text == ' ';)
            text++;
        t->pending = indent(t);
    } while (*text);
    t->pending = 0;
}

/* The left columns of a row. */
static void put_row(struct table *t, const struct timeline_entry *entry, const char *kind,
                    const char *color)
{
    const struct cue *cue = &t->cues[entry->cue];
    char clock[32], rep[32] = "";
    units_format_clock(time_of(t, entry->start), false, clock, sizeof clock);
    t->pending = 7 - (int)strlen(clock);
    put_field(t, clock, 0, DIM);
    t->pending = 1;
    const char *side = side_name(cue->side);
    put_field(t, side ? side : "", t->side_width, NULL);
    if (t->rep_width > 0) {
        if (cue->set > 0 && cue->rep > 0)
            snprintf(rep, sizeof rep, "%d.%d", (int)cue->set, (int)cue->rep);
        else if (cue->set > 0)
            snprintf(rep, sizeof rep, "%d.", (int)cue->set);
        else if (cue->rep > 0)
            snprintf(rep, sizeof rep, "%d", (int)cue->rep);
        put_field(t, rep, t->rep_width, DIM);
    }
    put_field(t, kind, t->kind_width, color);
    if (str_columns(kind, strlen(kind)) >= t->kind_width)
        t->pending++;
}

static const char *speech_color(enum cue_role role)
{
    if (role == ROLE_CAUTION)
        return YELLOW;
    return role == ROLE_PHRASE || role == ROLE_COUNT ? DIM : NULL;
}

static void put_speech(struct table *t, const struct timeline_entry *entry)
{
    static const char *const kinds[] = {[ROLE_CAUTION] = "caution",
                                        [ROLE_INSTRUCTION] = "say",
                                        [ROLE_PHRASE] = "say",
                                        [ROLE_COUNT] = "count",
                                        [ROLE_TIP] = "tip"};
    const struct cue *cue = &t->cues[entry->cue];
    const char *color = speech_color(cue->role);
    put_row(t, entry, kinds[cue->role], color);
    put_wrapped(t, cue->text ? cue->text : "", color);
}

/* Adds a sound, heard `times` times, to the row of sounds. */
static void add_sound(struct table *t, const struct cue *cue, size_t times)
{
    str_printf(&t->rest, "%s%s", t->rest.length == 0 ? "♪ " : " ", cue->text ? cue->text : "");
    if (times > 1)
        str_printf(&t->rest, " ×%zu", times);
}

static void put_rest(struct table *t)
{
    put_wrapped(t, str_text(&t->rest), DIM);
    str_free(&t->rest);
}

/* A sound that plays along with its bout from the start, and belongs into the bout's row. */
static bool joins_bout(const struct table *t, const struct timeline_entry *bout,
                       const struct timeline_entry *entry)
{
    const struct cue *cue = &t->cues[entry->cue];
    return cue->kind == CUE_SOUND && cue->anchor != ANCHOR_NEXT && entry->start == bout->start &&
           entry->cue > bout->cue;
}

/* Plain words said right at the start of a bout that has nothing else to show in its row. */
static bool shares_row(const struct table *t, const struct timeline_entry *bout,
                       const struct timeline_entry *entry)
{
    const struct cue *cue = &t->cues[entry->cue];
    return t->rest.length == 0 && cue->kind == CUE_SPEECH && cue->anchor != ANCHOR_NEXT &&
           cue->role != ROLE_CAUTION && cue->role != ROLE_TIP && cue->text &&
           time_of(t, entry->start - bout->start) < SAME_ROW_NS / 3;
}

/* A bout with what is heard at its start; returns how many entries that were. */
static size_t put_bout(struct table *t, const struct timeline_entry *entries, size_t count)
{
    const struct cue *cue = &t->cues[entries[0].cue];
    char kind[64], length[32], more[32];
    snprintf(kind, sizeof kind, "%s %s", bout_kind_name(cue->bout),
             length_text(t, entries[0].length, length));
    nsec stretch = time_of(t, entries[0].length) - cue->duration_ns;
    size_t used = 1;
    for (; used < count && joins_bout(t, &entries[0], &entries[used]); used++)
        if (!t->cues[entries[used].cue].fills)
            add_sound(t, &t->cues[entries[used].cue], 1);
    if (stretch > NOTICED_NS && cue->place.source)
        str_printf(&t->rest, "%s(%s longer than written)", t->rest.length > 0 ? " " : "",
                   length_text(t, frames_from_ns(stretch, t->rate_hz), more));
    put_row(t, &entries[0], kind, CYAN);
    if (used < count && shares_row(t, &entries[0], &entries[used])) {
        const struct cue *words = &t->cues[entries[used++].cue];
        put_wrapped(t, words->text, speech_color(words->role));
    } else {
        put_rest(t);
    }
    return used;
}

static bool same_name(const struct cue *a, const struct cue *b)
{
    return a->text && b->text && strcmp(a->text, b->text) == 0;
}

/* Whether a sound belongs into the row of the one before it: soon after it, or the same again. */
static bool follows(const struct table *t, const struct timeline_entry *sound,
                    const struct timeline_entry *next)
{
    const struct cue *a = &t->cues[sound->cue], *b = &t->cues[next->cue];
    return b->kind == CUE_SOUND && b->move == a->move && b->set == a->set && b->rep == a->rep &&
           b->side == a->side &&
           (same_name(a, b) || time_of(t, next->start - sound->start) <= SAME_ROW_NS);
}

/* Sounds with nothing between them share a row; returns how many entries that were. */
static size_t put_sounds(struct table *t, const struct timeline_entry *entries, size_t count)
{
    size_t used = 0, times = 0;
    bool more;
    do {
        const struct cue *cue = &t->cues[entries[used++].cue];
        more = used < count && follows(t, &entries[used - 1], &entries[used]);
        times++;
        if (more && same_name(cue, &t->cues[entries[used].cue]))
            continue;
        add_sound(t, cue, times);
        times = 0;
    } while (more);
    put_row(t, &entries[0], "", NULL);
    put_rest(t);
    return used;
}

static void put_bed(struct table *t, const struct timeline_entry *entry)
{
    const struct cue *cue = &t->cues[entry->cue];
    put_row(t, entry, "music", CYAN);
    put_wrapped(t, cue->text ? cue->text : "off", DIM);
}

static void put_heading(struct table *t, const struct order_move *move)
{
    char clock[32], length[32];
    struct str right = {0};
    if (move->round > 0)
        str_printf(&right, "round %d, ", (int)move->round);
    if (move->move->position)
        str_printf(&right, "%s, ", move->move->position);
    nsec whole = (time_of(t, move->length) + NSEC_PER_SEC / 2) / NSEC_PER_SEC * NSEC_PER_SEC;
    str_add(&right, order_format_length(whole, length));
    units_format_clock(time_of(t, move->start), false, clock, sizeof clock);
    const char *name = move->move->name ? move->move->name : "";
    int room = t->columns - 10 - str_columns(right.data, right.length);
    size_t cut = line_length(name, room < 20 ? 20 : room);
    int width = str_columns(name, cut);
    fprintf(t->to, "\n%7s ", clock);
    put_colored(t, name, cut, BOLD);
    t->pending = room > width ? room - width + 2 : 2;
    put_colored(t, right.data, right.length, DIM);
    end_line(t);
    str_free(&right);
}

/* Words in a text: what stands between spaces. */
static size_t word_count(const char *text)
{
    size_t words = 0;
    for (bool inside = false; *text; text++) {
        bool space = *text == ' ' || *text == '\n' || *text == '\t';
        words += !space && !inside;
        inside = !space;
    }
    return words;
}

static void put_summary(const struct table *t, const struct timeline_entry *entries, size_t count,
                        size_t moves, const struct report_info *info)
{
    char length[32];
    size_t words = 0, sounds = 0;
    for (size_t i = 0; i < count; i++) {
        const struct cue *cue = &t->cues[entries[i].cue];
        if (cue->kind == CUE_SPEECH && cue->text)
            words += word_count(cue->text);
        sounds += cue->kind == CUE_SOUND;
    }
    fprintf(t->to, "\n%s, %zu move%s, %zu word%s spoken",
            length_text(t, timeline_length(t->timeline), length), moves, moves == 1 ? "" : "s",
            words, words == 1 ? "" : "s");
    if (info->voice)
        fprintf(t->to, " by %s", info->voice);
    fprintf(t->to, ", %zu sound%s\n", sounds, sounds == 1 ? "" : "s");
}

/* Which columns there are, and how wide they must be. */
static void measure(struct table *t, const struct timeline_entry *entries, size_t count)
{
    t->kind_width = 9;
    for (size_t i = 0; i < count; i++) {
        const struct cue *cue = &t->cues[entries[i].cue];
        char length[32];
        if (cue->side != SIDE_NONE)
            t->side_width = 6;
        if (cue->rep > 0 && t->rep_width < 4)
            t->rep_width = 4;
        if (cue->set > 0)
            t->rep_width = 6;
        if (cue->kind == CUE_BOUT) {
            length_text(t, entries[i].length, length);
            int width = (int)(strlen(bout_kind_name(cue->bout)) + strlen(length)) + 3;
            if (width > t->kind_width && width <= 18)
                t->kind_width = width;
        }
    }
}

static void put_title(struct table *t)
{
    const struct routine *routine = timeline_plan(t->timeline)->routine;
    if (routine->title && routine->title[0]) {
        put_colored(t, routine->title, strlen(routine->title), BOLD);
        end_line(t);
    }
}

void report_table(const struct timeline *timeline, const struct report_info *info, FILE *to)
{
    struct table t = {.timeline = timeline,
                      .cues = timeline_plan(timeline)->cues,
                      .rate_hz = timeline_rate(timeline),
                      .to = to,
                      .color = info->color,
                      .columns = info->columns > 0 ? info->columns : 100};
    size_t count, move_count, move = 0;
    struct timeline_entry *entries = order_by_start(timeline, &count);
    struct order_move *moves = order_moves(timeline, &move_count);
    measure(&t, entries, count);
    put_title(&t);
    for (size_t i = 0; i < count;) {
        const struct cue *cue = &t.cues[entries[i].cue];
        while (move < move_count && entries[i].cue >= moves[move].move->first_cue)
            put_heading(&t, &moves[move++]);
        switch (cue->kind) {
        case CUE_SPEECH:
            put_speech(&t, &entries[i++]);
            break;
        case CUE_BOUT:
            i += put_bout(&t, &entries[i], count - i);
            break;
        case CUE_SOUND:
            i += put_sounds(&t, &entries[i], count - i);
            break;
        case CUE_BED:
            put_bed(&t, &entries[i++]);
            break;
        }
    }
    put_summary(&t, entries, count, move_count, info);
    str_free(&t.rest);
    free(moves);
    free(entries);
}
