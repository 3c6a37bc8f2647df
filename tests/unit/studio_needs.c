/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What small pages make a voice say, against lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/str.h"
#include "studio/needs.h"
#include "studio/sheet.h"

static char folder[] = "/tmp/limber-needs-XXXXXX";

static int enter(void **state)
{
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave(void **state)
{
    unlink("page.md");
    unlink("page.de.md");
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static struct needs *needs_of(const char *language, const char *page, enum limber_status expected)
{
    struct diags *diags = diags_new();
    assert_int_equal(file_write("page.md", page, strlen(page)), LIMBER_OK);
    struct needs *needs = needs_new(language, SOURCE_DIR "/phrases");
    assert_int_equal(needs_add_routine(needs, "page", "page.md", diags), expected);
    assert_true((diags_count(diags, SEVERITY_ERROR) > 0) == (expected != LIMBER_OK));
    diags_destroy(diags);
    return needs;
}

/* The routine's sentences in order, one a line, with where they come from. */
static char *listing(const struct needs *needs)
{
    const struct needs_routine *routine = needs_routine(needs, 0);
    struct str text = {0};
    for (size_t i = 0; i < routine->count; i++) {
        const struct need *need = needs_get(needs, routine->needs[i]);
        if (need->file)
            str_printf(&text, "%s:%d ", file_name(need->file), need->line);
        else
            str_printf(&text, "%s ", need->phrase);
        str_printf(&text, "x%zu %s\n", need->times, need->text);
    }
    return str_steal(&text);
}

static void expect(const struct needs *needs, const char *wanted)
{
    char *text = listing(needs);
    assert_string_equal(text, wanted);
    free(text);
}

static bool has(const struct needs *needs, const char *text)
{
    for (size_t i = 0; i < needs_count(needs); i++)
        if (strcmp(needs_get(needs, i)->text, text) == 0)
            return true;
    return false;
}

static void lists_all_levels_details_and_sides(void **state)
{
    struct needs *needs = needs_of("en",
                                   "---\nannounce: [names, sides, sets]\n---\n"
                                   "# Small\n\n"
                                   "## Reach `each side` `2 sets`\n\n"
                                   "Sit down.\n\n"
                                   "- Lift **your {side} arm** and `hold 3s`\n"
                                   "- `tip` Smile.\n\n"
                                   "## More `level deep` `2-3 reps`\n\n"
                                   "- Bend {reps} times.\n",
                                   LIMBER_OK);
    expect(needs, "name.only x1 Reach.\n"
                  "set x1 Set one of two.\n"
                  "page.md:8 x1 Sit down.\n"
                  "page.md:10 x2 Lift your left arm and\n"
                  "page.md:11 x4 Smile.\n"
                  "name.next x1 Next: more.\n"
                  "number x1 one\n"
                  "page.md:15 x3 Bend three times.\n"
                  "number x1 three\n"
                  "number x1 two\n"
                  "set x1 Set two of two.\n"
                  "side.start x1 Left side.\n"
                  "page.md:10 x2 Your left arm.\n"
                  "switch x2 Switch sides.\n"
                  "page.md:10 x2 Your right arm.\n"
                  "page.md:10 x2 Lift your right arm and\n"
                  "name.first x1 First: reach.\n");
    needs_destroy(needs);
}

static void lists_every_alternative(void **state)
{
    struct needs *needs = needs_of("en",
                                   "---\nannounce: [names]\n---\n"
                                   "# Some `pick 2` `shuffle`\n\n"
                                   "## Alpha\n\nOne thing. Then {next}.\n\n"
                                   "## Beta\n\nAnother.\n\n"
                                   "## Gamma\n\nA third.\n\n"
                                   "## Delta\n\nA fourth. Then {next}.\n",
                                   LIMBER_OK);
    static const char *const names[] = {"alpha", "beta", "gamma", "delta"};
    static const char *const places[] = {"Alpha", "Beta", "Gamma", "Delta"};
    for (size_t i = 0; i < 4; i++) {
        char text[40];
        snprintf(text, sizeof text, "First: %s.", names[i]);
        assert_true(has(needs, text));
        snprintf(text, sizeof text, "Next: %s.", names[i]);
        assert_true(has(needs, text));
        snprintf(text, sizeof text, "Then %s.", places[i]);
        assert_true(has(needs, text));
    }
    assert_true(has(needs, "Then the end."));
    assert_true(has(needs, "Another."));
    assert_true(has(needs, "A third."));
    needs_destroy(needs);
}

static void knows_what_can_be_put_together(void **state)
{
    static const char *const wanted[] = {"Round …", "two", "… of …", "three"};
    struct needs *needs = needs_of("en",
                                   "---\nannounce: [sets, names]\n---\n# Many\n\n"
                                   "## Two arms `3 rounds`\n\n### Lift\n\nLift one arm.\n\n"
                                   "### Lower two arms\n\nDown.\n",
                                   LIMBER_OK);
    size_t composed = 0;
    for (size_t i = 0; i < needs_count(needs); i++) {
        const struct need *need = needs_get(needs, i);
        composed += need->part_count > 0;
        if (strcmp(need->text, "Round two of three.") != 0)
            continue;
        assert_string_equal(need->phrase, "round");
        assert_int_equal(need->part_count, 4);
        for (size_t k = 0; k < 4; k++)
            assert_string_equal(need->parts[k], wanted[k]);
    }
    assert_int_equal(composed, 3); /* the rounds; no name, no sentence of the page */
    assert_true(has(needs, "Next: lower two arms."));
    struct diags *diags = diags_new();
    assert_int_equal(needs_add_phrases(needs, diags), LIMBER_OK);
    diags_destroy(diags);
    assert_true(has(needs, "Set eleven of twelve."));
    assert_true(has(needs, "sixty"));
    assert_true(has(needs, "Get ready."));
    assert_true(has(needs, "Then the right side."));
    for (size_t i = 0; i < needs_count(needs); i++) /* answers with numbers, from parts as well */
        if (strcmp(needs_get(needs, i)->text, "Six minutes to go.") == 0)
            assert_int_equal(needs_get(needs, i)->part_count, 2);
    assert_true(has(needs, "Six minutes to go."));
    for (size_t i = 0; i < needs_count(needs); i++)
        if (strcmp(needs_get(needs, i)->text, "sixty") == 0)
            assert_int_equal(needs_get(needs, i)->number, 61);
    needs_destroy(needs);
}

static void follows_the_language(void **state)
{
    const char *german =
        "---\nlanguage: de\nannounce: [names]\n---\n# Klein\n\n## Strecken\n\nStreck dich.\n";
    const char *english = "---\nannounce: [names]\n---\n# Small\n\n## Stretch\n\nStretch out.\n";
    assert_int_equal(file_write("page.de.md", german, strlen(german)), LIMBER_OK);
    struct needs *needs = needs_of("de", english, LIMBER_OK);
    expect(needs, "name.only x1 Strecken.\npage.de.md:9 x1 Streck dich.\n");
    needs_destroy(needs);
    /* Without a translation, all of it is for other voices. */
    unlink("page.de.md");
    needs = needs_of("de", english, LIMBER_OK);
    assert_int_equal(needs_routine(needs, 0)->count, 0);
    assert_int_equal(needs_routine(needs, 0)->foreign, 2);
    assert_string_equal(needs_routine(needs, 0)->language, "en");
    needs_destroy(needs);
}

static void tells_of_broken_pages(void **state)
{
    struct needs *needs =
        needs_of("en", "# Small\n\n## Reach\n\nHold `holdd 3s`.\n", LIMBER_INVALID);
    assert_true(needs_routine(needs, 0)->broken);
    assert_int_equal(needs_count(needs), 0);
    needs_destroy(needs);
}

/* --- names of files --- */

static void expect_file(const char *text, const char *key, int take, const char *wanted)
{
    struct arena *arena = arena_new();
    assert_string_equal(sheet_file(arena, text, key, take), wanted);
    arena_destroy(arena);
}

static void names_files(void **state)
{
    expect_file("Breathe in.", "breathe in", 1, "clips/breathe-in.flac");
    expect_file("Breathe in.", "breathe in", 3, "clips/breathe-in.take3.flac");
    expect_file("… seconds left", "seconds left", 1, "clips/_seconds-left.flac");
    expect_file("Hold for…", "hold for", 1, "clips/hold-for_.flac");
    expect_file("… of …", "of", 1, "clips/_of_.flac");
    struct arena *arena = arena_new();
    /* Other letters, and long texts, get what tells them apart. */
    const char *one = sheet_file(arena, "Füße höher.", "füße höher", 1);
    const char *other = sheet_file(arena, "Fuße höher.", "fuße höher", 1);
    assert_true(str_starts_with(one, "clips/fuesse-hoeher-"));
    assert_string_not_equal(one, other);
    assert_true(str_starts_with(sheet_file(arena, "Вдох", "вдох", 1), "clips/vdokh-"));
    assert_true(str_starts_with(sheet_file(arena, "吸って", "吸って", 1), "clips/clip-"));
    const char *endless = "and on and on and on and on and on and on and on and on and on and on";
    assert_true(strlen(sheet_file(arena, endless, endless, 1)) < 60);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_all_levels_details_and_sides),
        cmocka_unit_test(lists_every_alternative),
        cmocka_unit_test(knows_what_can_be_put_together),
        cmocka_unit_test(follows_the_language),
        cmocka_unit_test(tells_of_broken_pages),
        cmocka_unit_test(names_files),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
