/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dump.c: names, and a plan as text, one line a cue. */
#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "plan/plan.h"

const char *cue_kind_name(enum cue_kind kind)
{
    static const char *const names[] = {"speech", "sound", "bout", "bed"};
    return names[kind];
}

const char *cue_role_name(enum cue_role role)
{
    static const char *const names[] = {"caution", "instruction", "phrase", "count", "tip"};
    return names[role];
}

const char *bout_kind_name(enum bout_kind bout)
{
    static const char *const names[] = {"hold", "for",  "in",    "out", "keep",
                                        "wait", "rest", "ready", "pace"};
    return names[bout];
}

const char *side_name(enum side side)
{
    return side == SIDE_LEFT ? "left" : side == SIDE_RIGHT ? "right" : NULL;
}

/* "1.5s": seconds with as many digits as needed. */
static void print_time(nsec time, FILE *to)
{
    nsec part = time % NSEC_PER_SEC;
    fprintf(to, "%" PRId64, time / NSEC_PER_SEC);
    if (part) {
        char digits[16];
        snprintf(digits, sizeof digits, "%09" PRId64, part < 0 ? -part : part);
        for (size_t i = 8; i > 0 && digits[i] == '0'; i--)
            digits[i] = '\0';
        fprintf(to, ".%s", digits);
    }
    fputc('s', to);
}

static void print_anchor(const struct cue *cue, FILE *to)
{
    switch (cue->anchor) {
    case ANCHOR_NEXT:
        break;
    case ANCHOR_WITH:
        fputs("    with ", to);
        print_time(cue->offset_ns, to);
        fputc(' ', to);
        break;
    case ANCHOR_PART:
        fprintf(to, "    part %" PRId64 "/%" PRId64 " ", cue->offset_ns, cue->duration_ns);
        break;
    case ANCHOR_END:
        fputs("    end ", to);
        print_time(cue->offset_ns, to);
        fputc(' ', to);
        break;
    }
}

static void print_what(const struct plan *plan, const struct cue *cue, FILE *to)
{
    switch (cue->kind) {
    case CUE_SPEECH:
        fprintf(to, "say %s", cue_role_name(cue->role));
        if (strcmp(cue->language, plan->routine->language) != 0)
            fprintf(to, " %s", cue->language);
        fprintf(to, " \"%s\"", cue->text);
        if (cue->anchor == ANCHOR_NEXT && cue->gap_ns > 0) {
            fputs(" gap ", to);
            print_time(cue->gap_ns, to);
        }
        break;
    case CUE_SOUND:
        fprintf(to, "sound %s", cue->text);
        break;
    case CUE_BOUT:
        fprintf(to, "bout %s ", bout_kind_name(cue->bout));
        print_time(cue->duration_ns, to);
        break;
    case CUE_BED:
        fprintf(to, "bed %s ", cue->text ? cue->text : "off");
        if (cue->text)
            fprintf(to, "%gdB ", cue->gain_db);
        fputs("fade ", to);
        print_time(cue->duration_ns, to);
        break;
    }
}

static void print_flags(const struct plan *plan, const struct cue *cue, FILE *to)
{
    if (cue->emphasis)
        fputs(" emphasis", to);
    if (cue->droppable)
        fputs(" droppable", to);
    if (cue->last)
        fputs(" last", to);
    if (cue->open)
        fputs(" open", to);
    if (cue->fills)
        fputs(" fills", to);
    if (cue->match >= 0)
        fprintf(to, " as-long-as -%td", (cue - plan->cues) - (ptrdiff_t)cue->match);
}

/* Where a step is: side, round, set and rep. */
static void print_where(const struct cue *cue, FILE *to)
{
    if (cue->anchor != ANCHOR_NEXT)
        return;
    const char *mark = " |";
    if (cue->side != SIDE_NONE) {
        fprintf(to, "%s %s", mark, side_name(cue->side));
        mark = "";
    }
    const struct {
        const char *name;
        int32_t value;
    } counts[] = {{"round", cue->round}, {"set", cue->set}, {"rep", cue->rep}};
    for (size_t i = 0; i < 3; i++) {
        if (counts[i].value > 0) {
            fprintf(to, "%s %s %" PRId32, mark, counts[i].name, counts[i].value);
            mark = "";
        }
    }
}

static void print_place(struct place place, FILE *to)
{
    if (place.source)
        fprintf(to, " @%s:%d:%d", file_name(place.source->path), place.line, place.column);
}

/* Steps stand at the margin, what is inside a bout below it; a line with the name before each
 * move. */
void plan_dump(const struct plan *plan, FILE *to)
{
    char time[64];
    fprintf(
        to, "plan %zu cues, %zu moves, %zu optional, about %s\n", plan->cue_count, plan->move_count,
        plan->optional_count,
        units_format_duration((plan->estimate_ns + NSEC_PER_SEC / 2) / NSEC_PER_SEC * NSEC_PER_SEC,
                              time, sizeof time));
    for (size_t i = 0; i < plan->cue_count; i++) {
        const struct cue *cue = &plan->cues[i];
        if (cue->move_start) {
            const struct plan_move *move = &plan->moves[cue->move];
            fprintf(to, "# move %" PRIu32 " %s", cue->move + 1, move->name);
            if (move->position)
                fprintf(to, ", %s", move->position);
            print_place(move->place, to);
            fputc('\n', to);
        }
        print_anchor(cue, to);
        print_what(plan, cue, to);
        print_flags(plan, cue, to);
        print_where(cue, to);
        print_place(cue->place, to);
        fputc('\n', to);
    }
}
