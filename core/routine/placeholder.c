/* SPDX-License-Identifier: GPL-3.0-or-later */
/* placeholder.c: words in braces that the player fills in. */
#include <string.h>

#include "base/str.h"
#include "routine/load.h"

static const char *const names[] = {"side", "other side", "rep",  "reps", "set",
                                    "sets", "round",      "name", "next", "time left"};
#define NAME_COUNT   (sizeof names / sizeof *names)
#define LONGEST      200
#define QUOTED_BYTES 40

const char *placeholder_name(enum placeholder placeholder)
{
    return names[placeholder];
}

/* The text without spaces at its ends, runs of space inside as one. */
static char *squeeze(struct arena *arena, const char *text, size_t length)
{
    char *out = arena_alloc(arena, length + 1);
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        bool space = text[i] == ' ' || text[i] == '\t' || text[i] == '\n';
        if (space && (count == 0 || out[count - 1] == ' '))
            continue;
        out[count++] = space ? ' ' : text[i];
    }
    if (count && out[count - 1] == ' ')
        count--;
    out[count] = '\0';
    return out;
}

static bool unknown(struct load *load, const char *name, struct place place)
{
    const char *near = str_nearest(name, names, NAME_COUNT);
    const char *hint = near ? load_text(load, "did you mean {%s}?", near)
                            : "there are {side}, {other side}, {rep}, {reps}, {set}, {sets}, "
                              "{round}, {name}, {next} and {time left}; a brace to be spoken is "
                              "written \\{";
    int shown = (int)strlen(name) > QUOTED_BYTES ? QUOTED_BYTES : (int)strlen(name);
    load_error(load, place, hint, "unknown placeholder {%.*s%s}", shown, name,
               (int)strlen(name) > shown ? "…" : "");
    return false;
}

bool placeholder_parse(struct load *load, const char *text, size_t length, struct place place,
                       struct span *span)
{
    if (length > LONGEST)
        return unknown(load, squeeze(load->arena, text, LONGEST), place);
    const char *colon = memchr(text, ':', length);
    size_t name_length = colon ? (size_t)(colon - text) : length;
    char *name = squeeze(load->arena, text, name_length);
    span->kind = SPAN_PLACEHOLDER;
    span->place = place;
    size_t i = 0;
    while (i < NAME_COUNT && strcmp(name, names[i]) != 0)
        i++;
    if (i == NAME_COUNT)
        return unknown(load, name, place);
    span->placeholder = (enum placeholder)i;
    if (!colon)
        return true;
    const char *words = colon + 1, *end = text + length;
    const char *bar = memchr(words, '|', (size_t)(end - words));
    if (span->placeholder != PLACEHOLDER_SIDE && span->placeholder != PLACEHOLDER_OTHER_SIDE) {
        load_error(load, place, load_text(load, "write {%s}", name),
                   "only {side} and {other side} can be given words of their own");
        return false;
    }
    if (bar && !memchr(bar + 1, '|', (size_t)(end - bar - 1))) {
        span->left = squeeze(load->arena, words, (size_t)(bar - words));
        span->right = squeeze(load->arena, bar + 1, (size_t)(end - bar - 1));
    }
    if (!span->left || !*span->left || !*span->right) {
        load_error(load, place,
                   load_text(load,
                             "the word for the left, a bar, the word for the right: "
                             "{%s: left | right}",
                             name),
                   "{%s: …} takes two words", name);
        return false;
    }
    return true;
}
