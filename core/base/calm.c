/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calm.c: the last few lines, and how often each was held back. */
#include "base/calm.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static bool is_over(const struct calm_line *line, int64_t now_ms)
{
    return now_ms - line->written_ms >= CALM_MS || now_ms < line->written_ms;
}

/* A free place, else the one that was written first. */
static struct calm_line *oldest(struct calm *calm)
{
    struct calm_line *found = &calm->lines[0];
    for (size_t i = 0; i < CALM_LINES; i++) {
        struct calm_line *line = &calm->lines[i];
        if (!line->text)
            return line;
        if (line->written_ms < found->written_ms)
            found = line;
    }
    return found;
}

bool calm_pass(struct calm *calm, int level, const char *line, int64_t now_ms)
{
    for (size_t i = 0; i < CALM_LINES; i++) {
        struct calm_line *known = &calm->lines[i];
        if (!known->text || known->level != level || strcmp(known->text, line) != 0)
            continue;
        known->more++;
        return false;
    }
    struct calm_line *place = oldest(calm);
    free(place->text);
    *place = (struct calm_line){.text = xstrdup(line), .level = level, .written_ms = now_ms};
    return true;
}

bool calm_take(struct calm *calm, int64_t now_ms, bool all, struct calm_line *taken)
{
    struct calm_line *full = oldest(calm);
    for (size_t i = 0; i < CALM_LINES; i++) {
        struct calm_line *line = &calm->lines[i];
        if (!line->text || !(all || is_over(line, now_ms) || (line == full && line->more > 0)))
            continue;
        *taken = *line;
        *line = (struct calm_line){0};
        if (taken->more > 0)
            return true;
        free(taken->text);
    }
    return false;
}

void calm_clear(struct calm *calm)
{
    for (size_t i = 0; i < CALM_LINES; i++)
        free(calm->lines[i].text);
    *calm = (struct calm){0};
}
