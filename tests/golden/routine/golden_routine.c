/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages and what becomes of them, compared with what is written down.
 *
 *   golden_routine cases FILE LIBRARY   FILE holds small pages, each followed by what is expected:
 *                                       its diagnostics, and its tree if it has one and the case's
 *                                       name ends in "(tree)"
 *   golden_routine library FOLDER       every page of FOLDER against page.expected
 *
 * With UPDATE_GOLDEN=1 in the environment the files are rewritten instead: then read the diff. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"
#include "routine/routine.h"

#define CASE_MARK     "=== "
#define EXPECTED_MARK ">>>\n"

static void write_diags(struct str *out, const struct diags *diags)
{
    static const char *const names[] = {"error", "warning", "note"};
    enum severity severity;
    struct place place;
    const char *message, *hint;
    for (size_t i = 0; diags_get(diags, i, &severity, &place, &message, &hint); i++) {
        if (place.source)
            str_printf(out, "%s:", file_name(place.source->path));
        str_printf(out, "%d:%d+%d %s: %s\n", place.line, place.column, place.length,
                   names[severity], message);
        if (hint)
            str_printf(out, "    = %s\n", hint);
    }
}

static void write_tree(struct str *out, const struct routine *routine)
{
    char *text = NULL;
    size_t length;
    FILE *to = routine ? open_memstream(&text, &length) : NULL;
    if (!to)
        return;
    routine_dump(routine, to);
    fclose(to);
    str_add_bytes(out, text, length);
    free(text);
}

/* Reports the first line that differs. */
static bool same(const char *name, const char *expected, const char *actual)
{
    if (strcmp(expected, actual) == 0)
        return true;
    int line = 1;
    while (*expected && *expected == *actual) {
        line += *expected == '\n';
        expected++;
        actual++;
    }
    printf("%s: differs in line %d of what is expected, from\n  expected: %.*s\n  actual:   %.*s\n",
           name, line, (int)strcspn(expected, "\n"), expected, (int)strcspn(actual, "\n"), actual);
    return false;
}

static int updating(void)
{
    const char *update = getenv("UPDATE_GOLDEN");
    return update && *update == '1';
}

/* --- Cases in one file --- */

static void run_case(const char *name, const char *text, size_t length, const char *library,
                     struct str *out)
{
    struct diags *diags = diags_new();
    struct routine_options options = {.library_root = library};
    char *path = NULL;
    if (asprintf(&path, "%s/case.md", library) < 0)
        abort();
    struct routine *routine = routine_parse(text, length, path, &options, diags);
    write_diags(out, diags);
    bool errors = diags_count(diags, SEVERITY_ERROR) > 0;
    if (errors != (routine == NULL)) {
        printf("%s: %s\n", name, errors ? "a tree in spite of errors" : "no tree and no error");
        exit(1);
    }
    if (strstr(name, "(tree)"))
        write_tree(out, routine);
    free(path);
    routine_destroy(routine);
    diags_destroy(diags);
}

static int run_cases(const char *path, const char *library)
{
    struct arena *arena = arena_new();
    struct str rewritten = {0};
    char *text;
    size_t length;
    int failed = 0, count = 0;
    if (file_read(path, 1 << 22, arena, &text, &length) != LIMBER_OK) {
        printf("%s cannot be read\n", path);
        return 1;
    }
    char *at = strstr(text, CASE_MARK);
    if (at)
        str_add_bytes(&rewritten, text, (size_t)(at - text));
    while (at) {
        char *next = strstr(at + 1, "\n" CASE_MARK);
        char *end = next ? next + 1 : text + length;
        char *page = strchr(at, '\n') + 1, *expected = strstr(page, EXPECTED_MARK);
        if (!expected || expected > end) {
            printf("%s: a case has no %s", path, EXPECTED_MARK);
            return 1;
        }
        char *name = arena_strndup(arena, at + 4, (size_t)(page - 1 - at) - 4);
        struct str actual = {0};
        run_case(name, page, (size_t)(expected - page), library, &actual);
        str_add_bytes(&rewritten, at, (size_t)(expected - at));
        str_printf(&rewritten, "%s%s", EXPECTED_MARK, str_text(&actual));
        expected += strlen(EXPECTED_MARK);
        char *wanted = arena_strndup(arena, expected, (size_t)(end - expected));
        failed += !updating() && !same(name, wanted, str_text(&actual));
        count++;
        str_free(&actual);
        at = next ? next + 1 : NULL;
    }
    if (updating() && count && strcmp(str_text(&rewritten), text) != 0)
        failed += file_write(path, str_text(&rewritten), rewritten.length) != LIMBER_OK;
    printf("%s: %d cases, %d differ\n", file_name(path), count, failed);
    str_free(&rewritten);
    arena_destroy(arena);
    return failed || count == 0;
}

/* --- A library of pages --- */

static bool run_page(const char *path, const char *language, const char *expected_path)
{
    struct arena *arena = arena_new();
    struct diags *diags = diags_new();
    struct routine_options options = {.language = language};
    struct str actual = {0};
    enum limber_status status;
    struct routine *routine = routine_load(path, &options, diags, &status);
    routine_check_translation(path, &options, diags);
    write_diags(&actual, diags);
    write_tree(&actual, routine);
    char *wanted = "";
    size_t length;
    bool good = true;
    if (updating())
        good = file_write(expected_path, str_text(&actual), actual.length) == LIMBER_OK;
    else
        good = file_read(expected_path, 1 << 22, arena, &wanted, &length) == LIMBER_OK &&
               same(file_name(path), wanted, str_text(&actual));
    str_free(&actual);
    routine_destroy(routine);
    diags_destroy(diags);
    arena_destroy(arena);
    return good;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int run_library(const char *folder)
{
    struct arena *arena = arena_new();
    VEC(char *) names = {0};
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int failed = 0;
    while (dir && (entry = readdir(dir)))
        if (str_ends_with(entry->d_name, ".md"))
            *vec_push(&names) = arena_strdup(arena, entry->d_name);
    if (dir)
        closedir(dir);
    if (names.count)
        qsort(names.items, names.count, sizeof *names.items, by_name);
    for (size_t i = 0; i < names.count; i++) {
        char *path = file_join(arena, folder, names.items[i]);
        failed += !run_page(path, NULL, arena_printf(arena, "%s.expected", path));
        if (str_starts_with(names.items[i], "session."))
            failed += !run_page(path, "de", arena_printf(arena, "%s.de-wanted.expected", path));
    }
    printf("%zu pages, %d differ\n", names.count, failed);
    bool none = names.count == 0;
    vec_free(&names);
    arena_destroy(arena);
    return failed || none;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "cases") == 0)
        return run_cases(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "library") == 0)
        return run_library(argv[2]);
    fprintf(stderr, "usage: golden_routine cases FILE LIBRARY | library FOLDER\n");
    return 2;
}
