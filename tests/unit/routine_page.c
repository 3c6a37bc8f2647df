/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages from memory and from files: the tree's values, limits, statuses, translations, cards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/str.h"
#include "base/vec.h"
#include "routine/routine.h"

struct result {
    struct diags *diags;
    struct routine *routine;
    struct place place;
    const char *message, *hint;
};

static struct result parse_bytes(const char *text, size_t length)
{
    struct result r = {.diags = diags_new(), .message = "", .hint = ""};
    r.routine = routine_parse(text, length, NULL, NULL, r.diags);
    diags_get(r.diags, 0, NULL, &r.place, &r.message, &r.hint);
    assert_int_equal(r.routine == NULL, diags_count(r.diags, SEVERITY_ERROR) > 0);
    return r;
}

static struct result parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

static void release(struct result *r)
{
    routine_destroy(r->routine);
    diags_destroy(r->diags);
}

/* --- Values --- */

static void test_values(void **state)
{
    struct result r = parse("---\nneeds: [mat, Mat, chair]\n---\n"
                            "# A `2 rounds` `rest 60s`\nHello *you*.\n"
                            "## B `2-3 sets` `rest 15-30s` `8-12 reps` `each leg` `right first`\n"
                            "- Lift {side}. `hold 5-8s` **Good.**\n  - `last 2s` Down.\n\nDone.\n"
                            "## C `level deep` `optional` `for 40s`\nGo.\n");
    assert_non_null(r.routine);
    const struct routine *routine = r.routine;
    assert_int_equal(routine->need_count, 2);
    assert_string_equal(routine->needs[1], "chair");
    assert_string_equal(routine->language, "en");
    assert_int_equal(routine->announce, ANNOUNCE_ALL);
    assert_int_equal(routine->gap_ns, 600 * NSEC_PER_MSEC);
    assert_int_equal(routine->range_count, 4);
    const struct section *root = routine->root;
    assert_true(root->group && root->has_rounds && root->rounds.low == 2);
    assert_int_equal(root->rest.low, 60 * NSEC_PER_SEC);
    assert_int_equal(root->child_count, 2);
    assert_true(root->before[0].spans[1].emphasis);
    const struct section *b = &root->children[0];
    assert_int_equal(b->sides, SIDES_EACH);
    assert_true(b->right_first && b->has_sets && b->has_reps);
    assert_true(b->sets.low == 2 && b->sets.high == 3 && b->sets.id == 1);
    assert_true(b->reps.low == 8 && b->reps.high == 12 && b->reps.id == 2);
    assert_int_equal(b->rest.id, 3);
    assert_int_equal(b->body_count, 1);
    const struct block *item = &b->body[0];
    assert_int_equal(item->span_count, 5);
    assert_int_equal(item->spans[1].kind, SPAN_PLACEHOLDER);
    assert_int_equal(item->spans[3].mark.kind, MARK_HOLD);
    assert_int_equal(item->spans[3].mark.time.id, 4);
    assert_true(item->spans[4].bold);
    assert_int_equal(item->children[0].moment, MOMENT_LAST);
    assert_int_equal(item->children[0].moment_time.low, 2 * NSEC_PER_SEC);
    assert_int_equal(b->after_count, 1);
    const struct section *c = &root->children[1];
    assert_true(c->optional && c->level == LEVEL_DEEP && c->bout->kind == MARK_FOR);
    assert_int_equal(c->body_count, 0);
    release(&r);
}

static void test_level_of_the_played_page_is_free(void **state)
{
    struct result r = parse("# A `level deep` `optional`\nGo.\n");
    assert_true(r.routine->root->level == LEVEL_EASY && !r.routine->root->optional);
    release(&r);
}

/* --- Bytes that are no text, and limits --- */

static void test_bytes(void **state)
{
    struct result r = parse_bytes("# A\n\nGo \0 now.\n", 16);
    assert_int_equal(r.place.line, 3);
    assert_int_equal(r.place.column, 4);
    assert_string_equal(r.message, "the page contains a zero byte");
    release(&r);
    r = parse("# A\n\nÜber \xff now.\n");
    assert_int_equal(r.place.line, 3);
    assert_int_equal(r.place.column, 6);
    assert_string_equal(r.message, "these bytes are not UTF-8 text");
    release(&r);
    r = parse("\xef\xbb\xbf# A\r\n\r\nOne\r\ntwo `hodl 3s`.\r\n");
    assert_int_equal(r.place.line, 4);
    assert_int_equal(r.place.column, 6);
    release(&r);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void repeat(struct str *s, const char *text, int count)
{
    while (count-- > 0)
        str_add(s, text);
}

/* A page that goes wrong must do so within a second of work (ten with sanitizers). */
static void expect_error(struct str *text, const char *message)
{
    double start = seconds();
    struct result r = parse_bytes(str_text(text), text->length);
    assert_true(seconds() - start < 10);
    assert_null(r.routine);
    if (message && !strstr(r.message, message))
        fail_msg("\"%s\" instead of \"%s\"", r.message, message);
    release(&r);
    str_free(text);
}

static void test_limits(void **state)
{
    struct str s = {0};
    repeat(&s, "word ", 300000);
    expect_error(&s, "bigger than 1 MiB");
    str_add(&s, "# A\n\n");
    repeat(&s, ">", 500000);
    str_add(&s, " x\n");
    expect_error(&s, "nested too deeply");
    str_add(&s, "# A\n\n");
    repeat(&s, "- ", 250000);
    str_add(&s, "x\n");
    repeat(&s, "\n", 400000);
    expect_error(&s, "nested too deeply");
    str_add(&s, "# A\n\n");
    for (int i = 0; i < 60; i++) {
        repeat(&s, "  ", i);
        str_add(&s, "- Go.\n");
    }
    repeat(&s, "\n", 900000);
    expect_error(&s, "lists are nested more than 32 deep");
    str_add(&s, "# A\n");
    repeat(&s, "- `in 1s` a\n", 80000);
    struct result r = parse_bytes(str_text(&s), s.length);
    assert_non_null(r.routine); /* big, but within the limits */
    assert_int_equal(r.routine->root->body_count, 80000);
    release(&r);
    str_free(&s);
    str_add(&s, "# A\n");
    repeat(&s, "- a\n", 220000);
    expect_error(&s, "the routine is too big");
    str_add(&s, "# A\n");
    repeat(&s, "`in 1s` ", 100000);
    expect_error(&s, "more than 20000 pieces of text and marks in one paragraph");
    str_add(&s, "# A\n");
    repeat(&s, "[", 500000);
    expect_error(&s, "more than 100000 brackets");
}

static void test_slow_shapes(void **state)
{
    static const char *const shapes[] = {
        "[",       "`",           "` `` ``` ", "*a _b ",
        "<!-- ",   "&amp;",       "{",         "![",
        "{side} ", "\\",          "](",        "a`b``c",
        "<a ",     "1. ",         "|-\n",      "30 seconds other side ",
        "#\n",     "- a\n\n  b\n"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct str s = {0};
        str_add(&s, "# A\nGo. ");
        repeat(&s, shapes[i], (int)(250000 / strlen(shapes[i])));
        str_add(&s, "\n");
        double start = seconds();
        struct result r = parse_bytes(str_text(&s), s.length);
        if (seconds() - start > 5)
            fail_msg("%s takes %.1f s", shapes[i], seconds() - start);
        release(&r);
        str_free(&s);
    }
}

static void test_many_errors_in_one_run(void **state)
{
    struct str s = {0};
    str_add(&s, "# A\n");
    repeat(&s, "- `hodl 3s`\n", 5000);
    struct result r = parse_bytes(str_text(&s), s.length);
    assert_int_equal(diags_count(r.diags, SEVERITY_ERROR), 5000);
    release(&r);
    str_free(&s);
}

/* --- Files --- */

struct folder {
    char path[64];
    struct arena *arena;
};

static struct folder new_folder(void)
{
    struct folder f = {.path = "/tmp/limber-routine-XXXXXX", .arena = arena_new()};
    assert_non_null(mkdtemp(f.path));
    return f;
}

static char *put(struct folder *f, const char *name, const char *text)
{
    char *path = file_join(f->arena, f->path, name);
    assert_int_equal(file_make_folders(file_folder(f->arena, path)), LIMBER_OK);
    assert_int_equal(file_write(path, text, strlen(text)), LIMBER_OK);
    return path;
}

static void remove_folder(struct folder *f)
{
    assert_int_equal(system(arena_printf(f->arena, "rm -rf '%s'", f->path)), 0);
    arena_destroy(f->arena);
}

static struct result load(const char *path, const struct routine_options *options,
                          enum limber_status wanted)
{
    struct result r = {.diags = diags_new(), .message = "", .hint = ""};
    enum limber_status status;
    r.routine = routine_load(path, options, r.diags, &status);
    diags_get(r.diags, 0, NULL, &r.place, &r.message, &r.hint);
    if (status != wanted)
        fail_msg("%s: status %d: %s", path, status, r.message);
    return r;
}

static void test_statuses(void **state)
{
    struct folder f = new_folder();
    struct result r = load(file_join(f.arena, f.path, "none.md"), NULL, LIMBER_NOT_FOUND);
    assert_string_equal(r.message, "there is no such file");
    release(&r);
    r = load(f.path, NULL, LIMBER_IO);
    release(&r);
    r = load(put(&f, "a.md", "# A `10 rpes`\n- Up.\n"), NULL, LIMBER_INVALID);
    release(&r);
    r = load(put(&f, "a.md", "# A\nUp.\n"), NULL, LIMBER_OK);
    assert_string_equal(r.routine->folder, f.path);
    release(&r);
    struct str s = {0};
    repeat(&s, "word ", 300000);
    r = load(put(&f, "big.md", str_text(&s)), NULL, LIMBER_INVALID);
    assert_string_equal(r.message, "the page is bigger than 1 MiB");
    str_free(&s);
    release(&r);
    remove_folder(&f);
}

static void test_library_root(void **state)
{
    struct folder f = new_folder();
    put(&f, "lib/scripts/b.md", "# B\nUp.\n");
    put(&f, "lib/c.md", "# C\nUp.\n");
    char *a = put(&f, "lib/scripts/deep/a.md", "# A\n## [B](../b.md)\n");
    struct result r = load(a, NULL, LIMBER_OK); /* the folder named scripts is the library */
    assert_string_equal(r.routine->root->children[0].name, "B");
    release(&r);
    a = put(&f, "lib/scripts/deep/a.md", "# A\n## [C](../../c.md)\n");
    r = load(a, NULL, LIMBER_INVALID);
    assert_string_equal(r.message, "the link leads out of the library");
    release(&r);
    struct routine_options options = {.library_root = file_join(f.arena, f.path, "lib")};
    r = load(a, &options, LIMBER_OK);
    release(&r);
    a = put(&f, "other/a.md", "# A\n## [C](../lib/c.md)\n");
    r = load(a, NULL, LIMBER_INVALID); /* its own folder is all there is */
    release(&r);
    char *link = file_join(f.arena, f.path, "other/link.md");
    assert_int_equal(symlink("../lib/c.md", link), 0);
    a = put(&f, "other/a.md", "# A\n## [C](link.md)\n");
    r = load(a, NULL, LIMBER_INVALID);
    assert_string_equal(r.message, "the link leads out of the library");
    release(&r);
    remove_folder(&f);
}

static void test_bombs(void **state)
{
    struct folder f = new_folder();
    struct str s = {0};
    /* Each page plays the next one twenty times: 20^8 moves. */
    for (int i = 0; i < 8; i++) {
        str_printf(&s, "# P%d\n", i);
        for (int j = 0; j < 20; j++)
            str_printf(&s, "## [P](p%d.md)\n", i + 1);
        put(&f, arena_printf(f.arena, "p%d.md", i), str_text(&s));
        str_free(&s);
    }
    put(&f, "p8.md", "# End\nUp.\n");
    double start = seconds();
    struct result r = load(file_join(f.arena, f.path, "p0.md"), NULL, LIMBER_INVALID);
    assert_true(seconds() - start < 10);
    assert_non_null(strstr(r.message, "the routine is too big"));
    release(&r);
    /* A chain of 60 pages. */
    for (int i = 0; i < 60; i++)
        put(&f, arena_printf(f.arena, "c%d.md", i),
            arena_printf(f.arena, "# C%d\n## [C](c%d.md)\n", i, i + 1));
    put(&f, "c60.md", "# End\nUp.\n");
    r = load(file_join(f.arena, f.path, "c0.md"), NULL, LIMBER_INVALID);
    assert_string_equal(r.message, "headings and links are nested more than 32 deep");
    release(&r);
    remove_folder(&f);
}

static void test_includes_are_independent(void **state)
{
    struct folder f = new_folder();
    put(&f, "m.md",
        "---\nneeds: mat\nposition: supine\nlanguage: fr\nvoice: loud\n---\n"
        "# M `2-3 sets`\n- `hold 10-20s` Up.\n");
    char *a = put(&f, "a.md",
                  "---\nneeds: [chair]\n---\n# A\n## [X](m.md) `hold 5s`\n"
                  "## [](m.md)\nFirst this.\n## [Y](m.md) `4 sets`\n");
    struct result r = load(a, NULL, LIMBER_OK);
    const struct section *children = r.routine->root->children;
    assert_int_equal(r.routine->root->child_count, 3);
    assert_int_equal(children[0].body[0].spans[0].mark.time.high, 5 * NSEC_PER_SEC);
    assert_int_equal(children[1].body[0].spans[0].mark.time.high, 20 * NSEC_PER_SEC);
    assert_int_equal(children[0].sets.id, 1);
    assert_int_equal(children[1].sets.id, 2);
    assert_int_equal(children[1].body[0].spans[0].mark.time.id, 3);
    assert_int_equal(children[2].sets.low, 4);
    assert_int_equal(r.routine->range_count, 4);
    assert_string_equal(children[0].name, "X");
    assert_string_equal(children[1].name, "M");
    assert_int_equal(children[1].lead_count, 1);
    assert_string_equal(children[0].position, "lying on the back");
    assert_string_equal(children[0].language, "fr");
    assert_int_equal(r.routine->need_count, 2);
    assert_string_equal(r.routine->needs[1], "mat");
    assert_null(r.routine->voice); /* only the played page chooses */
    assert_int_equal(children[0].place.line, 5);
    assert_int_equal(children[0].body[0].place.line, 8);
    release(&r);
    remove_folder(&f);
}

static void test_languages(void **state)
{
    struct folder f = new_folder();
    put(&f, "m.md", "# M\nUp.\n");
    put(&f, "m.de.md", "# M auf Deutsch\nAuf.\n");
    put(&f, "n.md", "# N\nUp.\n");
    char *a = put(&f, "a.md", "# A\n## [M](m.md)\n## [N](n.md)\n");
    char *de = put(&f, "a.de.md", "# A auf Deutsch\n## [M](m.md)\n## [N](n.md)\n");
    struct routine_options options = {.language = "de-AT"};
    struct result r = load(a, &options, LIMBER_OK);
    assert_string_equal(r.routine->title, "A auf Deutsch");
    assert_string_equal(r.routine->language, "de");
    assert_string_equal(r.routine->root->children[0].language, "de");
    assert_string_equal(r.routine->root->children[1].language, "en");
    assert_int_equal(diags_count(r.diags, SEVERITY_WARNING), 1);
    assert_int_equal(r.place.line, 3);
    release(&r);
    r = load(de, NULL, LIMBER_OK); /* its links prefer German, too */
    assert_string_equal(r.routine->root->children[0].language, "de");
    release(&r);
    options.language = "en";
    r = load(de, &options, LIMBER_OK);
    assert_string_equal(r.routine->title, "A");
    assert_int_equal(diags_count(r.diags, SEVERITY_WARNING), 0);
    release(&r);
    options.language = "fr";
    r = load(a, &options, LIMBER_OK);
    assert_int_equal(diags_count(r.diags, SEVERITY_WARNING), 3);
    release(&r);
    remove_folder(&f);
}

/* Warnings about `translation` of `original`; the first one's message and line. */
static size_t compare(struct folder *f, const char *original, const char *translation,
                      const char **message, int *line)
{
    put(f, "a.md", original);
    struct diags *diags = diags_new();
    struct place place = {0};
    const char *first = "";
    routine_check_translation(put(f, "a.de.md", translation), NULL, diags);
    diags_get(diags, 0, NULL, &place, &first, NULL);
    *message = arena_strdup(f->arena, first);
    *line = place.line;
    size_t count = diags_count(diags, SEVERITY_WARNING);
    diags_destroy(diags);
    return count;
}

static void test_translations(void **state)
{
    static const char *const original =
        "---\nposition: standing\n---\n# A\n## B `each side`\n- {side} up. `hold 3s`\n- Down.\n";
    struct folder f = new_folder();
    const char *message;
    int line;
    size_t count = compare(&f, original,
                           "---\nposition: standing\n---\n# Ah\n## Be `each side`\n"
                           "- `hold 3s`\n- Runter.\n",
                           &message, &line);
    assert_int_equal(count, 1); /* {side} */
    assert_int_equal(line, 6);
    count = compare(&f, original,
                    "---\nposition: standing\n---\n# Ah\n## Be `each side`\n"
                    "- {other side} hoch. `hold 3s`\n- Runter.\n",
                    &message, &line);
    assert_int_equal(count, 0);
    count = compare(&f, original,
                    "---\nposition: sitting\n---\n# Ah\n## Be `each arm`\n"
                    "- {side} hoch. `hold 4s`\n",
                    &message, &line);
    assert_int_equal(count, 3);
    assert_string_equal(message, "the position differs from the original's");
    assert_int_equal(line, 2);
    count = compare(&f, original, "---\nposition: standing\n---\n# Ah\n", &message, &line);
    assert_int_equal(count, 1);
    assert_string_equal(message, "the heading \"B\" of the original is missing after this (line 5 "
                                 "of the original)");
    remove_folder(&f);
}

static void test_card(void **state)
{
    struct folder f = new_folder();
    struct arena *arena = arena_new();
    struct routine_card card;
    char *path =
        put(&f, "a-b.de.md",
            "---\nneeds: [mat]\nposition: prone\ndescription: Good.\n---\n# Ti`10 reps`\n");
    assert_true(routine_read_card(path, arena, &card));
    assert_string_equal(card.title, "Ti");
    assert_string_equal(card.language, "de");
    assert_string_equal(card.position, "lying on the stomach");
    assert_string_equal(card.description, "Good.");
    assert_int_equal(card.need_count, 1);
    assert_string_equal(card.needs[0], "mat");
    assert_true(routine_read_card(put(&f, "a-b.md", "Up.\n"), arena, &card));
    assert_string_equal(card.title, "A b");
    assert_string_equal(card.language, "en");
    assert_false(routine_read_card("/nowhere/a.md", arena, &card));
    assert_false(routine_read_card(put(&f, "bad.md", "\xff"), arena, &card));
    arena_destroy(arena);
    remove_folder(&f);
}

static bool asked(void *context, const char *folder, const char *name)
{
    char **log = context;
    snprintf(*log, 200, "%s:%s", folder ? folder : "-", name);
    return strcmp(name, "frog") == 0;
}

static void test_sounds(void **state)
{
    struct folder f = new_folder();
    char buffer[200] = "", *log = buffer;
    struct routine_options options = {.sound_exists = asked, .sound_context = &log};
    put(&f, "my/owl.wav", "RIFF");
    char *a = put(&f, "a.md", "---\nsounds: my\n---\n# A\nUp. `frog`\n");
    struct result r = load(a, &options, LIMBER_OK);
    assert_string_equal(buffer, arena_printf(f.arena, "%s/my:frog", f.path));
    assert_string_equal(r.routine->sounds, file_join(f.arena, f.path, "my"));
    release(&r);
    r = load(put(&f, "a.md", "---\nsounds: my\n---\n# A\n`owl` Up. `bell` `music owl`\n"), NULL,
             LIMBER_OK);
    release(&r);
    r = load(put(&f, "a.md", "---\nsounds: my\n---\n# A\n`cat` Up.\n"), NULL, LIMBER_INVALID);
    release(&r);
    remove_folder(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),      cmocka_unit_test(test_level_of_the_played_page_is_free),
        cmocka_unit_test(test_bytes),       cmocka_unit_test(test_limits),
        cmocka_unit_test(test_slow_shapes), cmocka_unit_test(test_many_errors_in_one_run),
        cmocka_unit_test(test_statuses),    cmocka_unit_test(test_library_root),
        cmocka_unit_test(test_bombs),       cmocka_unit_test(test_includes_are_independent),
        cmocka_unit_test(test_languages),   cmocka_unit_test(test_translations),
        cmocka_unit_test(test_card),        cmocka_unit_test(test_sounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
