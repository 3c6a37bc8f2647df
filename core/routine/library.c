/* SPDX-License-Identifier: GPL-3.0-or-later */
/* library.c: the files that pages link to: names, translations, and the folder they stay inside. */
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "routine/load.h"

#define MOST_NAMES 2000 /* files of a folder looked at for a suggestion */

/* --- Names --- */

char *library_join(struct arena *arena, const char *folder, const char *link)
{
    const char *path = file_join(arena, folder, link);
    char *out = arena_alloc(arena, strlen(path) + 2);
    size_t count = 0, floor = 0; /* of the parts before `floor` none can be taken back */
    bool absolute = path[0] == '/';
    if (absolute)
        out[count++] = '/', floor = 1;
    while (*path) {
        size_t length = strcspn(path, "/");
        bool up = length == 2 && memcmp(path, "..", 2) == 0;
        if (up && count > floor) {
            while (count > floor && out[count - 1] != '/')
                count--;
            count -= count > floor; /* the slash */
        } else if (up && absolute) {
            return NULL;
        } else if (length && !(length == 1 && *path == '.')) {
            if (count && out[count - 1] != '/')
                out[count++] = '/';
            memcpy(out + count, path, length);
            count += length;
            if (up)
                floor = count;
        }
        path += length;
        path += strspn(path, "/");
    }
    out[count] = '\0';
    return out;
}

char *library_real(struct arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    char *copy = real ? arena_strdup(arena, real) : NULL;
    free(real);
    return copy;
}

bool library_is_inside(const char *root, const char *path)
{
    size_t length = strlen(root);
    if (strncmp(root, path, length) != 0)
        return false;
    return (length && root[length - 1] == '/') || path[length] == '/' || path[length] == '\0';
}

char *library_root(struct load *load, const char *folder)
{
    const char *given = load->options ? load->options->library_root : NULL;
    char *root = given ? library_real(load->arena, given) : NULL;
    if (root && library_is_inside(root, folder))
        return root;
    char *at = arena_strdup(load->arena, folder);
    while (at[0] && strcmp(file_name(at), "scripts") != 0) {
        char *slash = strrchr(at, '/');
        if (!slash)
            break;
        *slash = '\0';
    }
    if (at[0] && strcmp(file_name(at), "scripts") == 0)
        return at;
    return arena_strdup(load->arena, folder);
}

char *library_program(struct arena *arena, const char *root)
{
    char *own = root ? file_user_data(arena, "scripts") : NULL;
    char *real = own ? library_real(arena, own) : NULL;
    char *program = file_program_data(arena, "scripts");
    return real && program && strcmp(real, root) == 0 ? library_real(arena, program) : NULL;
}

/* --- Languages --- */

char *library_tag(struct arena *arena, const char *path)
{
    const char *name = file_name(path);
    size_t length = strlen(name);
    if (!str_ends_with(name, ".md"))
        return NULL;
    size_t end = length - 3, start = end;
    while (start > 0 && name[start - 1] != '.')
        start--;
    if (start <= 1)
        return NULL;
    char *tag = arena_strndup(arena, name + start, end - start);
    return frontmatter_is_language(tag) ? tag : NULL;
}

bool library_same_language(const char *a, const char *b)
{
    size_t length = strcspn(a, "-");
    return length == strcspn(b, "-") && strncasecmp(a, b, length) == 0;
}

char *library_base(struct arena *arena, const char *path)
{
    size_t length = strlen(path);
    char *tag = library_tag(arena, path);
    if (str_ends_with(path, ".md"))
        length -= 3;
    if (tag)
        length -= strlen(tag) + 1;
    return arena_strndup(arena, path, length);
}

char *library_name(struct arena *arena, const char *path)
{
    char *name = arena_strdup(arena, file_name(library_base(arena, path)));
    for (char *c = name; *c; c++)
        if (*c == '-' || *c == '_')
            *c = ' ';
    if (name[0] >= 'a' && name[0] <= 'z')
        name[0] = (char)(name[0] - 'a' + 'A');
    return name;
}

char *library_variant(struct arena *arena, const char *path, const char *language)
{
    char *tag = library_tag(arena, path), *named = arena_strdup(arena, path);
    if (!language || !str_ends_with(path, ".md") || (tag && strcasecmp(tag, language) == 0))
        return named;
    char *base = library_base(arena, path);
    char *candidate = arena_printf(arena, "%s.%s.md", base, language);
    if (file_exists(candidate))
        return candidate;
    candidate = arena_printf(arena, "%s.%.*s.md", base, (int)strcspn(language, "-"), language);
    if (file_exists(candidate))
        return candidate;
    candidate = arena_printf(arena, "%s.md", base);
    if (tag && !library_same_language(tag, language) && file_exists(candidate))
        return candidate;
    return named;
}

/* --- Reading --- */

struct page *library_read(struct load *load, const char *path, const char *shown,
                          enum limber_status *status)
{
    char *text;
    size_t length;
    for (size_t i = 0; i < load->pages.count; i++)
        if (strcmp(load->pages.items[i]->path, path) == 0)
            return load->pages.items[i];
    struct arena *scratch = arena_new();
    *status = file_read(path, ROUTINE_MAX_BYTES, scratch, &text, &length);
    if (*status == LIMBER_OK && load->pages.count >= ROUTINE_MAX_PAGES)
        *status = LIMBER_BUSY;
    if (*status == LIMBER_OK && load->total_bytes + length > LOAD_MAX_TOTAL)
        *status = LIMBER_BUSY;
    struct page *page = NULL;
    if (*status == LIMBER_OK) {
        load->total_bytes += length;
        page = page_parse(load, path, shown, text, length);
        *vec_push(&load->pages) = page;
    }
    arena_destroy(scratch);
    return page;
}

/* --- Links --- */

/* %20 and the like. NULL: malformed, or a zero byte. */
static char *decode(struct arena *arena, const char *link)
{
    char *out = arena_alloc(arena, strlen(link) + 1);
    size_t count = 0;
    for (; *link; link++) {
        if (*link != '%') {
            out[count++] = *link;
            continue;
        }
        char digits[3] = {link[1], link[1] ? link[2] : '\0', '\0'}, *end;
        long value = strtol(digits, &end, 16);
        if (end != digits + 2 || value <= 0)
            return NULL;
        out[count++] = (char)value;
        link += 2;
    }
    return out;
}

static bool is_url(const char *link)
{
    size_t scheme = strcspn(link, ":/");
    return (link[scheme] == ':' && scheme > 0) || str_starts_with(link, "//");
}

/* The link as a relative file name, or NULL: reported. */
static char *check_link(struct load *load, const char *link, struct place place)
{
    const char *stay = "link to a page of the same library by its path from this page: "
                       "[Name](moves/name.md)";
    char *path = decode(load->arena, link);
    if (!*link)
        load_error(load, place, stay, "the link has no target");
    else if (is_url(link))
        load_error(load, place, stay, "a routine cannot play an address of the web");
    else if (*link == '/')
        load_error(load, place, stay, "the link is an absolute path");
    else if (strchr(link, '#') || strchr(link, '?'))
        load_error(load, place, "link to the page without anything after .md",
                   "a link names a whole page, not a part of one");
    else if (!path || str_utf8_invalid_at(path, strlen(path)) >= 0)
        load_error(load, place, stay, "the link is not a file name");
    else if (strlen(path) > PATH_MAX / 4)
        load_error(load, place, stay, "the link is too long");
    else
        return path;
    return NULL;
}

/* The page in `folder` whose name is nearest to `name`, or NULL. */
static const char *nearest_file(struct load *load, const char *folder, const char *name)
{
    DIR *dir = opendir(folder);
    VEC(const char *) names = {0};
    struct dirent *entry;
    while (dir && (entry = readdir(dir)) && names.count < MOST_NAMES)
        if (str_ends_with(entry->d_name, ".md"))
            *vec_push(&names) = arena_strdup(load->arena, entry->d_name);
    if (dir)
        closedir(dir);
    const char *near = NULL;
    if (names.count)
        near = str_nearest(name, names.items, names.count);
    vec_free(&names);
    return near;
}

static void missing(struct load *load, const char *path, const char *link, struct place place)
{
    const char *hint = "write the page, or correct the link";
    const char *name = file_name(path), *link_name = file_name(link);
    char *folder = file_folder(load->arena, path);
    if (!str_ends_with(name, ".md"))
        name = load_text(load, "%s.md", name);
    const char *near = nearest_file(load, folder, name);
    if (near)
        hint = load_text(load, "did you mean %.*s%s?", (int)(link_name - link), link, near);
    load_error(load, place, hint, "there is no page %s", link);
}

static void unreadable(struct load *load, enum limber_status status, const char *link,
                       struct place place)
{
    switch (status) {
    case LIMBER_LIMIT:
        load_error(load, place, "split it into several pages", "%s is bigger than 1 MiB", link);
        break;
    case LIMBER_BUSY:
        load_error(load, place, "split it into several routines",
                   "the routine is too big: more than %d pages or 32 MiB", ROUTINE_MAX_PAGES);
        load->stopped = true;
        break;
    default:
        load_error(load, place, "check that it is a file and that you may read it",
                   "%s cannot be read", link);
    }
}

static void check_language(struct load *load, const struct page *page, const char *link,
                           struct place place)
{
    if (!load->wanted || !page->readable || library_same_language(page->language, load->wanted))
        return;
    char *base = library_base(load->arena, link);
    load_warn(load, place, load_text(load, "translate it as %s.%s.md", base, load->wanted),
              "there is no translation into \"%s\": this page is played in \"%s\"", load->wanted,
              page->language);
}

/* The file that `name`, seen from a page, is; *root is the library that it must stay in. NULL:
 * there is none, and *tried is where it was looked for; that is NULL if it leads out of the
 * library. */
static char *find_page(struct load *load, const struct page *page, const char *name,
                       const char **root, char **tried)
{
    bool programs = load->program && library_is_inside(load->program, page->path);
    *root = programs ? load->program : load->root;
    *tried = library_join(load->arena, file_folder(load->arena, page->path), name);
    if (!*tried || !library_is_inside(*root, *tried)) {
        *tried = NULL;
        return NULL;
    }
    const char *inside = *tried + strlen(*root);
    *tried = library_variant(load->arena, *tried, load->wanted);
    char *real = library_real(load->arena, *tried);
    if (real || programs || !load->program)
        return real;
    char *path = arena_printf(load->arena, "%s%s", load->program, inside);
    path = library_variant(load->arena, path, load->wanted);
    real = library_real(load->arena, path);
    if (real) {
        *root = load->program;
        *tried = path;
    }
    return real;
}

struct page *library_open(struct load *load, const struct page *page, const char *link,
                          struct place place)
{
    char *name = check_link(load, link, place);
    if (!name)
        return NULL;
    if (!load->root || !page->path) {
        load_error(load, place, "save the page as a file of the library first",
                   "links cannot be followed from here");
        return NULL;
    }
    const char *root = NULL;
    char *path = NULL, *real = find_page(load, page, name, &root, &path);
    if (!path) {
        load_error(load, place, "keep the pages that belong together in one folder tree",
                   "the link leads out of the library");
        return NULL;
    }
    if (!real || !str_ends_with(name, ".md")) {
        missing(load, path, name, place);
        return NULL;
    }
    if (!library_is_inside(root, real)) {
        load_error(load, place, "copy the page into the library",
                   "the link leads out of the library");
        return NULL;
    }
    char *shown = library_join(load->arena, file_folder(load->arena, page->shown), name);
    shown = library_join(load->arena, file_folder(load->arena, shown), file_name(path));
    if (root == load->program && !library_is_inside(root, page->path))
        shown = path;
    enum limber_status status = LIMBER_OK;
    struct page *target = library_read(load, real, shown, &status);
    if (!target)
        unreadable(load, status, name, place);
    else
        check_language(load, target, name, place);
    return target && target->readable ? target : NULL;
}
