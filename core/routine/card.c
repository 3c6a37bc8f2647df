/* SPDX-License-Identifier: GPL-3.0-or-later */
/* card.c: what a list of routines shows of a page. */
#include "base/file.h"
#include "routine/load.h"

static const char *copy(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

bool routine_read_card(const char *path, struct arena *arena, struct routine_card *card)
{
    struct load load = {.arena = arena_new(), .diags = diags_new(), .quiet = true};
    enum limber_status status;
    struct page *page = library_read(&load, path, path, &status);
    bool readable = page && page->readable;
    *card = (struct routine_card){0};
    if (readable) {
        const struct front *front = &page->front;
        const char **needs = ARENA_ARRAY(arena, const char *, front->need_count + 1);
        for (size_t i = 0; i < front->need_count; i++)
            needs[i] = copy(arena, front->needs[i]);
        card->title = page->title ? copy(arena, page->title->name) : library_name(arena, path);
        card->language = copy(arena, page->language);
        card->position = front->position; /* static */
        card->description = copy(arena, front->description);
        card->needs = needs;
        card->need_count = front->need_count;
    }
    load_free(&load);
    diags_destroy(load.diags);
    arena_destroy(load.arena);
    return readable;
}

size_t routine_body(const char *text, size_t length)
{
    const struct source source = {.text = text, .length = length};
    size_t body = 0, yaml = 0, yaml_length = 0;
    frontmatter_find(&source, &body, &yaml, &yaml_length);
    return body;
}
