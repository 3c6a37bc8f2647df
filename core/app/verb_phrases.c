/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_phrases.c: limber phrases: what the player itself says in a language, for reading over. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/verbs.h"
#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"
#include "plan/phrases.h"
#include "plan/plural.h"

/* --- the languages there are --- */

struct language {
    const char *tag, *path;
};

typedef VEC(struct language) languages;

static int by_tag(const void *a, const void *b)
{
    return strcmp(((const struct language *)a)->tag, ((const struct language *)b)->tag);
}

/* Of two files for one language, the user's comes first and is the one. */
static void add_language(languages *all, struct arena *arena, const char *folder, const char *name)
{
    if (name[0] == '.' || !str_ends_with(name, ".yaml"))
        return;
    const char *tag = arena_strndup(arena, name, strlen(name) - strlen(".yaml"));
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->items[i].tag, tag) == 0)
            return;
    *vec_push(all) = (struct language){tag, file_join(arena, folder, name)};
}

static void add_folder(languages *all, struct arena *arena, const char *folder)
{
    DIR *open = opendir(folder);
    const struct dirent *entry;
    while (open && (entry = readdir(open)) != NULL)
        add_language(all, arena, folder, entry->d_name);
    if (open)
        closedir(open);
}

static void list_languages(const char *folders, const struct request *request)
{
    struct arena *arena = arena_new();
    languages all = {0};
    for (const char *at = folders; *at;) {
        size_t length = strcspn(at, "\n");
        add_folder(&all, arena, arena_strndup(arena, at, length));
        at += length + (at[length] == '\n');
    }
    if (all.count > 0)
        qsort(all.items, all.count, sizeof *all.items, by_tag);
    for (size_t i = 0; i < all.count; i++) {
        if (request->names)
            puts(all.items[i].tag);
        else
            printf("%-8s %s\n", all.items[i].tag, all.items[i].path);
    }
    vec_free(&all);
    arena_destroy(arena);
}

/* --- one language --- */

static const char *amount(const struct phrases *phrases, struct arena *arena, const char *unit,
                          int number)
{
    const char *const pairs[] = {"number", arena_printf(arena, "%d", number), NULL};
    const char *text = phrases_say(phrases, arena, arena_printf(arena, "duration.%s", unit), pairs);
    return text ? text : "";
}

static const char *left(const struct phrases *phrases, struct arena *arena, const char *unit,
                        int number)
{
    const char *words = amount(phrases, arena, unit, number);
    const char *const pairs[] = {"duration", words, "=number", arena_printf(arena, "%d", number),
                                 "=variant", unit,  NULL};
    const char *text = phrases_say(phrases, arena, "left", pairs);
    return text ? text : "";
}

static void print_number(const struct phrases *phrases, int number)
{
    struct arena *arena = arena_new();
    printf("%d: %s | %s | %s | %s", number, phrases_number(phrases, arena, number),
           amount(phrases, arena, "second", number), amount(phrases, arena, "minute", number),
           amount(phrases, arena, "hour", number));
    if (number > 0)
        printf(" | %s", amount(phrases, arena, "minute and a half", number));
    printf(" | %s", left(phrases, arena, "second", number));
    if (number > 0)
        printf(" | %s | %s", left(phrases, arena, "hour", number),
               left(phrases, arena, "minute and a half", number));
    puts("");
    arena_destroy(arena);
}

static void print_sentence(void *context, const char *key, const char *text)
{
    (void)context;
    if (strcmp(key, "number") != 0)
        printf("%s: %s\n", key, text);
}

static void print_phrases(const struct phrases *phrases)
{
    static const int more[] = {71, 81, 100, 101, 121};
    for (int number = 0; number <= 60; number++)
        print_number(phrases, number);
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        print_number(phrases, more[i]);
    phrases_each(phrases, print_sentence, NULL);
}

/* "pl" of "drafts/pl.yaml"; NULL if it is not the name of a file. */
static const char *language_of_file(struct arena *arena, const char *name)
{
    if (!str_ends_with(name, ".yaml"))
        return NULL;
    const char *last = file_name(name);
    return arena_strndup(arena, last, strlen(last) - strlen(".yaml"));
}

static int show(const char *folders, const struct request *request)
{
    const char *name = request->arguments[0];
    struct arena *arena = arena_new();
    struct diags *diags = diags_new();
    const char *tag = language_of_file(arena, name);
    struct phrases *phrases =
        tag ? phrases_load_file(name, tag, diags) : phrases_load(folders, name, diags);
    diags_print(diags, stderr, app_color(stderr));
    int status = phrases ? EXIT_DONE : EXIT_ROUTINE;
    if (phrases && strcmp(phrases_language(phrases), tag ? tag : name) != 0)
        status = EXIT_ROUTINE; /* English took its place */
    else if (phrases)
        print_phrases(phrases);
    phrases_destroy(phrases);
    diags_destroy(diags);
    arena_destroy(arena);
    return status;
}

static int run_phrases(const struct request *request)
{
    struct arena *arena = arena_new();
    const char *folders = phrases_folders(arena);
    int status = EXIT_DONE;
    if (!folders) {
        fputs("limber: error: the folder of phrases is missing: the installation is incomplete\n",
              stderr);
        status = EXIT_RUNTIME;
    } else if (request->argument_count == 0) {
        list_languages(folders, request);
    } else {
        status = show(folders, request);
    }
    arena_destroy(arena);
    return status;
}

const struct verb verb_phrases = {
    .name = "phrases",
    .arguments = "[LANGUAGE|FILE.yaml]",
    .summary = "read over what the player itself says in a language",
    .details =
        "Without an argument it lists the languages. With one it checks the file and prints "
        "every sentence:\n"
        "counting, seconds, minutes, hours, halves and what is left for the numbers 0 to 60 "
        "and some beyond,\n"
        "then all others. Your own files live in ~/.local/share/limber/phrases/LANGUAGE.yaml; "
        "docs/languages.md\n"
        "tells how to write one.\n\n"
        "Examples:\n"
        "  limber phrases\n"
        "  limber phrases pl\n"
        "  limber phrases ./cs.yaml\n",
    .options = (const enum option_id[]){OPTION_NAMES, OPTION_HELP},
    .complete = COMPLETE_FILE,
    .minimum = 0,
    .maximum = 1,
    .run = run_phrases,
};
