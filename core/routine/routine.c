/* SPDX-License-Identifier: GPL-3.0-or-later */
/* routine.c: a page and all it links to, read, checked and put together. */
#include "routine/routine.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "routine/load.h"

static struct routine *new_routine(struct load *load, const struct routine_options *options,
                                   struct diags *diags)
{
    struct arena *arena = arena_new();
    struct routine *routine = ARENA_NEW(arena, struct routine);
    routine->arena = arena;
    *load = (struct load){.arena = arena, .diags = diags, .options = options};
    load->wanted = options ? options->language : NULL;
    return routine;
}

void routine_destroy(struct routine *routine)
{
    if (routine)
        arena_destroy(routine->arena);
}

static void read_music(struct load *load, struct routine *routine, const struct front *front)
{
    if (!front->music_text)
        return;
    struct mark *mark = ARENA_NEW(load->arena, struct mark);
    const char *text = load_text(load, "music %s", front->music_text);
    struct place place = front->music_place;
    if (place.column > 6)
        place.column -= 6; /* as if the word "music" stood before it */
    if (load_mark(load, text, strlen(text), place, mark) && mark->word)
        routine->music = mark;
}

/* The page's own settings are the routine's. */
static void settle(struct routine *routine, struct load *load, struct page *page)
{
    const struct front *front = &page->front;
    routine->path = page->shown;
    routine->folder = page->path ? file_folder(load->arena, page->path) : NULL;
    routine->language = page->language;
    routine->voice = front->voice;
    routine->sounds = load->sounds;
    routine->author = front->author;
    routine->source = front->source;
    routine->license = front->license;
    routine->description = front->description;
    routine->announce = front->announce;
    routine->count = front->count;
    routine->resume = front->resume;
    routine->gap_ns = front->gap_ns;
    read_music(load, routine, front);
}

/* Builds the tree of a parsed page. NULL (and the routine destroyed) after an error. */
static struct routine *finish(struct routine *routine, struct load *load, struct page *page)
{
    if (page->readable) {
        settle(routine, load, page);
        if (!load->wanted && (library_tag(load->arena, page->shown) || page->front.language))
            load->wanted = page->language;
        struct section *root = build_root(load, page, &routine->needs, &routine->need_count);
        load->quiet = load->quiet || load->failed; /* what follows from errors is no news */
        if (!load->stopped)
            check_routine(load, root);
        routine->root = root;
        routine->title = root->name;
        routine->range_count = load->failed ? 0 : number_ranges(root);
    }
    bool failed = load->failed;
    load_free(load);
    if (!failed)
        return routine;
    routine_destroy(routine);
    return NULL;
}

struct routine *routine_parse(const char *text, size_t length, const char *path,
                              const struct routine_options *options, struct diags *diags)
{
    struct load load;
    struct routine *routine = new_routine(&load, options, diags);
    char *real = NULL;
    if (path) {
        char *folder = library_real(load.arena, file_folder(load.arena, path));
        real = folder ? file_join(load.arena, folder, file_name(path)) : NULL;
        load.root = folder ? library_root(&load, folder) : NULL;
        load.program = library_program(load.arena, load.root);
    }
    if (length > ROUTINE_MAX_BYTES) {
        const struct source *source = diags_add_source(diags, path ? path : "", "", 0);
        diags_add(diags, SEVERITY_ERROR, (struct place){source, 0, 0, 0},
                  "split it into several pages", "the page is bigger than 1 MiB");
        routine_destroy(routine);
        return NULL;
    }
    struct page *page = page_parse(&load, real, path, text, length);
    if (real)
        *vec_push(&load.pages) = page;
    return finish(routine, &load, page);
}

static void unreadable(struct diags *diags, const char *path, enum limber_status status)
{
    const struct source *source = diags_add_source(diags, path, "", 0);
    struct place place = {source, 0, 0, 0};
    if (status == LIMBER_LIMIT)
        diags_add(diags, SEVERITY_ERROR, place, "split it into several pages",
                  "the page is bigger than 1 MiB");
    else if (status == LIMBER_NOT_FOUND)
        diags_add(diags, SEVERITY_ERROR, place, NULL, "there is no such file");
    else
        diags_add(diags, SEVERITY_ERROR, place, "check that it is a file and that you may read it",
                  "the page cannot be read");
}

static void warn_language(struct load *load, const struct page *page)
{
    const char *wanted = load->options ? load->options->language : NULL;
    if (!wanted || !page->readable || library_same_language(page->language, wanted))
        return;
    load_warn(
        load, (struct place){page->source, 0, 0, 0},
        load_text(load, "translate it as %s.%s.md", library_base(load->arena, page->shown), wanted),
        "there is no translation into \"%s\": this page is played in \"%s\"", wanted,
        page->language);
}

struct routine *routine_load(const char *path, const struct routine_options *options,
                             struct diags *diags, enum limber_status *status)
{
    struct load load;
    struct routine *routine = new_routine(&load, options, diags);
    char *variant = library_variant(load.arena, path, load.wanted);
    char *real = library_real(load.arena, variant);
    struct page *page = NULL;
    *status = real ? LIMBER_OK : LIMBER_NOT_FOUND;
    if (real) {
        char *folder = library_real(load.arena, file_folder(load.arena, real));
        load.root = library_root(&load, folder ? folder : "/");
        load.program = library_program(load.arena, load.root);
        page = library_read(&load, real, variant, status);
    }
    if (!page) {
        unreadable(diags, path, *status);
        if (*status == LIMBER_LIMIT)
            *status = LIMBER_INVALID;
        else if (*status != LIMBER_NOT_FOUND)
            *status = LIMBER_IO;
        load_free(&load);
        routine_destroy(routine);
        return NULL;
    }
    warn_language(&load, page);
    routine = finish(routine, &load, page);
    *status = routine ? LIMBER_OK : LIMBER_INVALID;
    return routine;
}
