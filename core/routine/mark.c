/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mark.c: what kinds of mark there are, and their canonical text. */
#include "routine/mark.h"

#include <string.h>

#include "base/str.h"
#include "routine/mark_reader.h"

static const struct mark_form forms[MARK_KIND_COUNT] = {
    [MARK_REPS] = {"reps", SHAPE_COUNTS, MARK_MAX_REPS, "10 reps"},
    [MARK_SETS] = {"sets", SHAPE_COUNTS, MARK_MAX_SETS, "2 sets"},
    [MARK_ROUNDS] = {"rounds", SHAPE_COUNTS, MARK_MAX_SETS, "3 rounds"},
    [MARK_EACH_SIDE] = {"each side", SHAPE_OTHER, 0, "each side"},
    [MARK_RIGHT_FIRST] = {"right first", SHAPE_OTHER, 0, "right first"},
    [MARK_ALTERNATING] = {"alternating", SHAPE_PLAIN, 0, "alternating"},
    [MARK_SHUFFLE] = {"shuffle", SHAPE_PLAIN, 0, "shuffle"},
    [MARK_PICK] = {"pick", SHAPE_COUNT, MARK_MAX_COUNT, "pick 3"},
    [MARK_OPTIONAL] = {"optional", SHAPE_PLAIN, 0, "optional"},
    [MARK_LEVEL] = {"level", SHAPE_OTHER, 0, "level deep"},
    [MARK_HOLD] = {"hold", SHAPE_TIME, 0, "hold 30s"},
    [MARK_FOR] = {"for", SHAPE_TIME, 0, "for 40s"},
    [MARK_IN] = {"in", SHAPE_TIME, 0, "in 4s"},
    [MARK_OUT] = {"out", SHAPE_TIME, 0, "out 6s"},
    [MARK_KEEP] = {"keep", SHAPE_TIME, 0, "keep 2s"},
    [MARK_BREATHE] = {"breathe", SHAPE_OTHER, MARK_MAX_REPS, "breathe 4-7-8 x4"},
    [MARK_BREATHS] = {"breaths", SHAPE_COUNTS, MARK_MAX_REPS, "6 breaths"},
    [MARK_PACE] = {"pace", SHAPE_OTHER, 0, "pace 24/min for 3min"},
    [MARK_WAIT] = {"wait", SHAPE_TIME, 0, "wait 5s"},
    [MARK_REST] = {"rest", SHAPE_TIME, 0, "rest 30s"},
    [MARK_READY] = {"ready", SHAPE_OTHER, 0, "ready 10s"},
    [MARK_COUNT] = {"count", SHAPE_COUNT, MARK_MAX_COUNT, "count 5"},
    [MARK_SOUND] = {"sound", SHAPE_OTHER, 0, "bell"},
    [MARK_MUSIC] = {"music", SHAPE_OTHER, 0, "music rain -20dB"},
    [MARK_HALFWAY] = {"halfway", SHAPE_PLAIN, 0, "halfway"},
    [MARK_AT] = {"at", SHAPE_TIME, 0, "at 10s"},
    [MARK_LAST] = {"last", SHAPE_TIME, 0, "last 10s"},
    [MARK_EVERY] = {"every", SHAPE_TIME, 0, "every 15s"},
    [MARK_TIP] = {"tip", SHAPE_PLAIN, 0, "tip"},
    [MARK_CAUTION] = {"caution", SHAPE_PLAIN, 0, "caution"},
    [MARK_FIRST] = {"first", SHAPE_PLAIN, 0, "first"},
    [MARK_LATER] = {"later", SHAPE_PLAIN, 0, "later"},
};

static const char *const levels[] = {"easy", "normal", "deep"};

const struct mark_form *mark_form(enum mark_kind kind)
{
    return &forms[kind];
}

const char *mark_kind_name(enum mark_kind kind)
{
    return (unsigned)kind < MARK_KIND_COUNT ? forms[kind].name : "?";
}

bool mark_is_timed(enum mark_kind kind)
{
    return kind >= MARK_HOLD && kind <= MARK_COUNT;
}

const char *level_name(enum level level)
{
    return levels[level];
}

bool level_parse(const char *text, enum level *level)
{
    for (int i = LEVEL_EASY; i <= LEVEL_DEEP; i++) {
        if (strcmp(text, levels[i]) != 0)
            continue;
        *level = (enum level)i;
        return true;
    }
    return false;
}

static char *counted(const struct mark *mark, struct arena *arena)
{
    const char *name = forms[mark->kind].name;
    int plural = mark->amount.high == 1 ? (int)strlen(name) - 1 : (int)strlen(name);
    return arena_printf(arena, "%s %.*s", mark_range_text(&mark->amount, false, arena), plural,
                        name);
}

static char *breathe_text(const struct mark *mark, struct arena *arena)
{
    struct str text = {0};
    str_add(&text, "breathe ");
    for (int i = 0; i < 4; i++) {
        if ((i == 1 && mark->pattern[1] == 0 && mark->pattern[3] == 0) ||
            (i == 3 && mark->pattern[3] == 0))
            continue;
        const char *phase = mark_time_text(mark->pattern[i], arena);
        str_printf(&text, "%s%.*s", i ? "-" : "", (int)strlen(phase) - 1, phase);
    }
    if (mark->amount.high > 1)
        str_printf(&text, " x%s", mark_range_text(&mark->amount, false, arena));
    char *copy = arena_strdup(arena, str_text(&text));
    str_free(&text);
    return copy;
}

static char *other_text(const struct mark *mark, struct arena *arena)
{
    switch (mark->kind) {
    case MARK_EACH_SIDE:
        return arena_printf(arena, "each %s", mark->word);
    case MARK_LEVEL:
        return arena_printf(arena, "level %s", levels[mark->level]);
    case MARK_BREATHE:
        return breathe_text(mark, arena);
    case MARK_PACE:
        return arena_printf(arena, "pace %s/min for %s", mark_decimal_text(mark->per_minute, arena),
                            mark_range_text(&mark->time, true, arena));
    case MARK_READY:
        if (mark->time.high == 0)
            return arena_strdup(arena, "ready");
        return arena_printf(arena, "ready %s", mark_range_text(&mark->time, true, arena));
    case MARK_SOUND:
        return arena_strdup(arena, mark->word);
    case MARK_MUSIC:
        if (!mark->word)
            return arena_strdup(arena, "music off");
        return arena_printf(arena, "music %s %sdB", mark->word,
                            mark_decimal_text(mark->gain_db, arena));
    default:
        return arena_strdup(arena, forms[mark->kind].name);
    }
}

char *mark_text(const struct mark *mark, struct arena *arena)
{
    const char *name = forms[mark->kind].name;
    switch (forms[mark->kind].shape) {
    case SHAPE_PLAIN:
        return arena_strdup(arena, name);
    case SHAPE_COUNTS:
        return counted(mark, arena);
    case SHAPE_COUNT:
        return arena_printf(arena, "%s %s", name, mark_range_text(&mark->amount, false, arena));
    case SHAPE_TIME:
        return arena_printf(arena, "%s %s", name, mark_range_text(&mark->time, true, arena));
    case SHAPE_OTHER:
        break;
    }
    return other_text(mark, arena);
}
