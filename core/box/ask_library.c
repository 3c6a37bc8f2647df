/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask_library.c: the pages there are. What is told of a page is kept until its file, or one that it
 * may be made of, changes. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "box/ask_inside.h"
#include "session/library.h"

#define FILES_MOST 5000 /* of a folder that are looked at for translations */

static void free_page(struct ask_page *page)
{
    json_decref(page->about);
    json_decref(page->as_move);
    json_decref(page->range);
    str_free(&page->tags);
    free(page->name);
    free(page->path);
    free(page);
}

void ask_library_clear(struct ask *ask)
{
    for (size_t i = 0; i < ask->pages.count; i++)
        free_page(ask->pages.items[i]);
    vec_free(&ask->pages);
}

/* --- looking --- */

static void hash_file(struct hash *hash, const char *path)
{
    struct stat about;
    hash_text(hash, path);
    if (stat(path, &about) != 0)
        return;
    hash_int(hash, (int64_t)about.st_ino);
    hash_int(hash, (int64_t)about.st_size);
    hash_int(hash, (int64_t)about.st_mtim.tv_sec);
    hash_int(hash, (int64_t)about.st_mtim.tv_nsec);
}

static struct ask_page *known_page(struct ask *ask, const struct library_item *item)
{
    for (size_t i = 0; i < ask->pages.count; i++) {
        struct ask_page *page = ask->pages.items[i];
        if (!page->there && strcmp(page->name, item->name) == 0 &&
            strcmp(page->path, item->path) == 0)
            return page;
    }
    struct ask_page *page = xcalloc(1, sizeof *page);
    page->name = xstrdup(item->name);
    page->path = xstrdup(item->path);
    page->move = item->move;
    page->own = item->own;
    return page;
}

/* The pages of the list, in its order, with what is known of them already. */
static void take_list(struct ask *ask, const struct library_item *items, size_t count)
{
    struct ask_page **pages = xcalloc(count + 1, sizeof *pages);
    for (size_t i = 0; i < count; i++) {
        pages[i] = known_page(ask, &items[i]);
        pages[i]->there = true;
    }
    for (size_t i = 0; i < ask->pages.count; i++) {
        if (!ask->pages.items[i]->there)
            free_page(ask->pages.items[i]);
    }
    vec_free(&ask->pages);
    for (size_t i = 0; i < count; i++) {
        pages[i]->there = false;
        *vec_push(&ask->pages) = pages[i];
    }
    free(pages);
}

/* Adds "de" of NAME.de.md to the page's languages. */
static void note_translation(struct ask *ask, const char *prefix, const char *file, bool own)
{
    size_t length = strlen(file), name = strcspn(file, ".");
    if (length < name + 5 || strcmp(file + length - 3, ".md") != 0)
        return;
    for (size_t i = 0; i < ask->pages.count; i++) {
        struct ask_page *page = ask->pages.items[i];
        const char *bare = page->name + (page->move ? strlen("moves/") : 0);
        if (page->own == own && page->move == (*prefix != '\0') && strlen(bare) == name &&
            strncmp(bare, file, name) == 0)
            str_printf(&page->tags, "%.*s ", (int)(length - 3 - name - 1), file + name + 1);
    }
}

static void note_translations(struct ask *ask, struct arena *arena, const char *folder,
                              const char *prefix, bool own)
{
    size_t count = 0;
    const char *const *files =
        folder ? file_list(arena, file_join(arena, folder, prefix), FILES_MOST, &count) : NULL;
    for (size_t i = 0; i < count; i++)
        note_translation(ask, prefix, files[i], own);
}

static void find_translations(struct ask *ask, struct arena *arena)
{
    const char *folders[] = {file_user_data(arena, "scripts"), file_program_data(arena, "scripts")};
    for (size_t i = 0; i < ask->pages.count; i++)
        str_free(&ask->pages.items[i]->tags);
    for (size_t i = 0; i < 2; i++) {
        note_translations(ask, arena, folders[i], "", i == 0);
        note_translations(ask, arena, folders[i], "moves", i == 0);
    }
}

/* A page is made of its own file and of moves; a routine with others in it (`wide`) is read again
 * whenever anything at all has changed. */
static void find_states(struct ask *ask)
{
    struct hash kinds[2] = {hash_new(), hash_new()};
    for (size_t i = 0; i < ask->pages.count; i++)
        hash_file(&kinds[ask->pages.items[i]->move], ask->pages.items[i]->path);
    for (size_t i = 0; i < ask->pages.count; i++) {
        struct ask_page *page = ask->pages.items[i];
        struct hash hash = kinds[1];
        hash_file(&hash, page->path);
        hash_text(&hash, str_text(&page->tags));
        if (page->wide)
            hash_int(&hash, (int64_t)hash_64(&kinds[0]));
        page->state = hash_64(&hash);
    }
}

void ask_library_look(struct ask *ask)
{
    struct arena *arena = arena_new();
    size_t count = 0;
    const struct library_item *items = library_list(arena, &count);
    take_list(ask, items, count);
    find_translations(ask, arena);
    find_states(ask);
    arena_destroy(arena);
}

struct ask_page *ask_library_find(struct ask *ask, const char *name)
{
    for (size_t i = 0; i < ask->pages.count; i++) {
        struct ask_page *page = ask->pages.items[i];
        if (strcmp(page->name, name) == 0 ||
            (page->move && strcmp(page->name + strlen("moves/"), name) == 0))
            return page;
    }
    return NULL;
}

/* --- reading --- */

/* Whether the page has a link to a page that is no move. */
static bool links_elsewhere(const char *text)
{
    for (const char *at = strstr(text, "]("); at; at = strstr(at + 2, "](")) {
        const char *target = at + 2 + strspn(at + 2, " <");
        if (strncmp(target, "moves/", strlen("moves/")) != 0)
            return true;
    }
    return false;
}

/* Its own language, then those of its translations. */
static json_t *languages_of(const struct ask_page *page, const struct reading *reading)
{
    json_t *list = json_array();
    struct routine_card card = {0};
    if (reading->routine)
        json_array_append_new(list, document_text(reading->routine->language));
    else if (routine_read_card(page->path, reading->arena, &card))
        json_array_append_new(list, document_text(card.language));
    char *tags = arena_strdup(reading->arena, str_text(&page->tags)), *save = NULL;
    for (char *tag = strtok_r(tags, " ", &save); tag; tag = strtok_r(NULL, " ", &save))
        json_array_append_new(list, document_text(tag));
    return list;
}

static void read_page(struct ask_page *page)
{
    struct reading reading;
    char *text = NULL;
    size_t length = 0;
    reading_open(&reading, page->path, NULL, 0);
    if (file_read(page->path, ROUTINE_MAX_BYTES, reading.arena, &text, &length) == LIMBER_OK)
        page->wide = !page->move && links_elsewhere(text);
    json_decref(page->about);
    page->about = reading_about(&reading, page, languages_of(page, &reading));
    json_decref(page->range);
    page->range = NULL;
    json_decref(page->as_move);
    page->as_move = page->move && reading.plan ? reading_move(&reading, page) : NULL;
    reading_close(&reading);
    page->known = page->state;
}

/* How short and how long it may be: only told of one page, as it takes two more plans. */
static void find_range(struct ask_page *page)
{
    struct reading reading;
    if (page->range)
        return;
    reading_open(&reading, page->path, NULL, 0);
    page->range = reading_range(&reading);
    reading_close(&reading);
}

static bool is_known(const struct ask_page *page)
{
    return page->about && page->known == page->state;
}

bool ask_library_read_one(struct ask *ask)
{
    for (size_t i = 0; i < ask->pages.count; i++) {
        if (!is_known(ask->pages.items[i])) {
            read_page(ask->pages.items[i]);
            return true;
        }
    }
    return false;
}

/* All pages, as the folders have them now. */
static void read_all(struct ask *ask, bool moves)
{
    ask_library_look(ask);
    for (size_t i = 0; i < ask->pages.count; i++) {
        struct ask_page *page = ask->pages.items[i];
        bool was_wide = page->wide;
        if (page->move != moves || is_known(page))
            continue;
        read_page(page);
        if (page->wide != was_wide) { /* then its state is made of more */
            find_states(ask);
            page->known = page->state;
        }
    }
}

/* --- the answers --- */

enum limber_status answer_routines(struct answer *answer)
{
    struct ask *ask = answer->ask;
    json_t *all = json_array();
    read_all(ask, false);
    for (size_t i = 0; i < ask->pages.count; i++) {
        if (!ask->pages.items[i]->move)
            json_array_append(all, ask->pages.items[i]->about);
    }
    answer->document = json_object();
    json_object_set_new(answer->document, "routines", all);
    return LIMBER_OK;
}

/* Those that can be played. */
enum limber_status answer_moves(struct answer *answer)
{
    struct ask *ask = answer->ask;
    json_t *all = json_array();
    read_all(ask, true);
    for (size_t i = 0; i < ask->pages.count; i++) {
        if (ask->pages.items[i]->as_move)
            json_array_append(all, ask->pages.items[i]->as_move);
    }
    answer->document = json_object();
    json_object_set_new(answer->document, "moves", all);
    return LIMBER_OK;
}

static enum limber_status no_routine(struct answer *answer)
{
    const struct ask *ask = answer->ask;
    const char **names = ARENA_ARRAY(answer->arena, const char *, ask->pages.count + 1);
    for (size_t i = 0; i < ask->pages.count; i++)
        names[i] = ask->pages.items[i]->name;
    const char *near = str_nearest(answer->rest, names, ask->pages.count);
    if (near)
        return answer_refuse(answer, LIMBER_NOT_FOUND,
                             "There is no routine \"%s\"; did you mean \"%s\"?", answer->rest,
                             near);
    return answer_refuse(answer, LIMBER_NOT_FOUND, "There is no routine \"%s\".", answer->rest);
}

enum limber_status answer_routine(struct answer *answer)
{
    struct ask *ask = answer->ask;
    char *text = NULL;
    size_t length = 0;
    if (!*answer->rest)
        return answer_refuse(answer, LIMBER_INVALID, "Which routine? Write \"routine NAME\".");
    ask_library_look(ask);
    struct ask_page *page = ask_library_find(ask, answer->rest);
    if (!page)
        return no_routine(answer);
    if (file_read(page->path, ROUTINE_MAX_BYTES, answer->arena, &text, &length) != LIMBER_OK)
        return answer_refuse(answer, LIMBER_NOT_FOUND, "\"%s\" cannot be read.", page->name);
    if (!is_known(page))
        read_page(page);
    find_range(page);
    char *html = page_html(text, length, page->move);
    answer->document = json_copy(page->about);
    json_object_set_new(answer->document, "html", json_string(html));
    json_object_set_new(answer->document, "source", document_text(text));
    json_object_set(answer->document, "range", page->range);
    free(html);
    return LIMBER_OK;
}
