/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sounds.yaml, strictly; and which themes there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/file.h"
#include "plugin/registry.h"
#include "session/themefile.h"

static char folder[64];
static struct registry *registry;
static struct arena *arena;

static int set_up(void **state)
{
    char path[128];
    strcpy(folder, "/tmp/limber-themes-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/user", folder);
    setenv("XDG_DATA_HOME", path, 1);
    snprintf(path, sizeof path, "%s/program", folder);
    setenv("LIMBER_DATA_DIR", path, 1);
    const struct registry_options options = {.builtin = limber_builtin_plugins};
    registry = registry_new(&options);
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    char command[128];
    registry_destroy(registry);
    arena_destroy(arena);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
    return 0;
}

#define PROGRAM "program/sounds"
#define USER    "user/limber/sounds"

static void put(const char *place, const char *name, const char *file, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s/%s", folder, place, name);
    assert_int_equal(file_make_folders(path), LIMBER_OK);
    snprintf(path, sizeof path, "%s/%s/%s/%s", folder, place, name, file);
    assert_int_equal(file_write(path, text, strlen(text)), LIMBER_OK);
}

static const struct theme_pack *find(const char *name, struct diags *diags,
                                     enum limber_status expected)
{
    const struct theme_pack *pack = NULL;
    char *error = NULL;
    assert_int_equal(theme_find(registry, name, arena, diags, &pack, &error), expected);
    assert_true((expected == LIMBER_NOT_FOUND) == (error != NULL));
    free(error);
    return pack;
}

static void test_everything_is_read(void **state)
{
    struct diags *diags = diags_new();
    put(PROGRAM, "full", "Bell 2.flac", "x");
    put(PROGRAM, "full", "rain.ogg", "x");
    put(PROGRAM, "full", "sounds.yaml",
        "name: full\nlicense: CC0-1.0\nauthor: me\ndescription: nice\nversion: \"2\"\n"
        "roles:\n  bell: { file: Bell 2.flac, gain: -2.5 }\n  tick: Bell 2.flac\n"
        "  in: { file: Bell 2.flac, fill: once }\n  keep: { file: Bell 2.flac, fill: loop }\n"
        "  out: Bell 2.flac\nbeds:\n  rain: rain.ogg\n");
    const struct theme_pack *pack = find("full", diags, LIMBER_OK);
    assert_int_equal(diags_kept(diags), 0);
    assert_string_equal(pack->license, "CC0-1.0");
    assert_string_equal(pack->author, "me");
    assert_string_equal(pack->description, "nice");
    assert_string_equal(pack->version, "2");
    assert_null(pack->problem);
    assert_false(pack->users);
    assert_int_equal(pack->sound_count, 6);
    const struct theme_sound *bell = theme_pack_sound(pack, "bell", false);
    assert_true(bell->gain_db == -2.5);
    assert_string_equal(bell->file, "Bell 2.flac");
    assert_string_equal(bell->folder, pack->folder);
    assert_int_equal(bell->place.line, 7);
    assert_int_equal(theme_pack_sound(pack, "in", false)->fill, THEME_ONCE);
    assert_int_equal(theme_pack_sound(pack, "keep", false)->fill, THEME_LOOP);
    assert_int_equal(theme_pack_sound(pack, "out", false)->fill, THEME_STRETCH);
    assert_non_null(theme_pack_sound(pack, "rain", true));
    assert_null(theme_pack_sound(pack, "rain", false));
    assert_null(theme_pack_sound(pack, "gong", false));
    assert_null(theme_pack_sound(NULL, "gong", false));
    diags_destroy(diags);
}

/* One error at this line and column, whose message and hint have these words. */
static void expect_fault(const char *yaml, int line, int column, const char *words,
                         const char *hint_words)
{
    struct diags *diags = diags_new();
    enum severity severity;
    struct place place;
    const char *message = NULL, *hint = NULL;
    put(PROGRAM, "bad", "bell.flac", "x");
    put(PROGRAM, "bad", "sounds.yaml", yaml);
    const struct theme_pack *pack = find("bad", diags, LIMBER_INVALID);
    assert_non_null(pack->problem);
    assert_non_null(strstr(pack->problem, words));
    assert_true(diags_get(diags, 0, &severity, &place, &message, &hint));
    assert_int_equal(severity, SEVERITY_ERROR);
    if (!strstr(message, words) || place.line != line || place.column != column)
        fail_msg("%d:%d: %s (not %d:%d: %s)", place.line, place.column, message, line, column,
                 words);
    if (hint_words && (!hint || !strstr(hint, hint_words)))
        fail_msg("%s: the hint is %s", message, hint ? hint : "missing");
    diags_destroy(diags);
}

static void test_faults(void **state)
{
    expect_fault("roles:\n  bel: bell.flac\n", 2, 3, "no sound called `bel`", "`bell`");
    expect_fault("roles:\n  rain: bell.flac\n", 2, 3, "no sound called `rain`", "beds:");
    expect_fault("beds:\n  bell: bell.flac\n", 2, 3, "no bed called `bell`", "roles:");
    expect_fault("rolls:\n  bell: bell.flac\n", 1, 1, "a theme has no setting `rolls`", "`roles`");
    expect_fault("name: good\nroles:\n  bell: bell.flac\n", 1, 7, "calls itself `good`", "alike");
    expect_fault("roles: bell\n", 1, 8, "must be names of sounds", "bell: bell.flac");
    expect_fault("roles:\n  bell: ../bell.flac\n", 2, 9, "inside the folder", NULL);
    expect_fault("roles:\n  bell: /tmp/bell.flac\n", 2, 9, "inside the folder", NULL);
    expect_fault("roles:\n  bell: a/../../bell.flac\n", 2, 9, "inside the folder", NULL);
    expect_fault("roles:\n  bell: a/.b.flac\n", 2, 9, "inside the folder", NULL);
    expect_fault("roles:\n  bell: a//bell.flac\n", 2, 9, "inside the folder", NULL);
    expect_fault("roles:\n  bell: bell.flac/\n", 2, 9, "inside the folder", NULL);
    expect_fault("roles:\n  bell: sounds.yaml\n", 2, 9, "ending of a sound file", ".flac");
    expect_fault("roles:\n  bell: { gain: 3 }\n", 0, 0, "`file` is missing", NULL);
    expect_fault("roles:\n  bell: { file: bell.flac, gain: 30 }\n", 2, 34, "-20 to 12 dB", NULL);
    expect_fault("roles:\n  bell: { file: bell.flac, gian: 3 }\n", 2, 28, "no setting `gian`",
                 "`gain`");
    expect_fault("roles:\n  bell: { file: bell.flac, fill: loop }\n", 2, 28, "its own length",
                 "in, out and keep");
    expect_fault("roles:\n  in: { file: bell.flac, fill: often }\n", 2, 32, "stretch, loop or once",
                 NULL);
    expect_fault("beds:\n  rain: { file: bell.flac, gain: 3 }\n", 2, 28, "a bed has no gain",
                 "music rain");
    expect_fault("roles:\n  bell: [bell.flac]\n", 2, 9, "`file` needs one value", NULL);
    expect_fault("name: bad\n", 0, 0, "has no sounds", NULL);
    expect_fault("- a\n", 1, 1, "list of settings", NULL);
    expect_fault("roles: {", 1, 9, "", NULL);
}

static void test_a_missing_file_costs_its_sound_only(void **state)
{
    struct diags *diags = diags_new();
    put(PROGRAM, "part", "bell.flac", "x");
    put(PROGRAM, "part", "sounds.yaml", "roles:\n  bell: bell.flac\n  gong: gong.flac\n");
    const struct theme_pack *pack = find("part", diags, LIMBER_OK);
    assert_int_equal(diags_count(diags, SEVERITY_WARNING), 1);
    assert_int_equal(diags_count(diags, SEVERITY_ERROR), 0);
    assert_non_null(
        strstr(diags_first(diags, 0, SEVERITY_WARNING, arena), "yaml:3:9: there is no"));
    assert_non_null(theme_pack_sound(pack, "bell", false));
    assert_null(theme_pack_sound(pack, "gong", false));
    diags_destroy(diags);
}

static void test_which_there_are(void **state)
{
    struct diags *diags = diags_new();
    size_t count = 0;
    put(PROGRAM, "both", "bell.flac", "x");
    put(PROGRAM, "both", "sounds.yaml", "roles: { bell: bell.flac }\n");
    put(USER, "both", "gong.flac", "x");
    put(USER, "both", "sounds.yaml", "roles: { gong: gong.flac }\n");
    put(USER, "tones", "sounds.yaml", "nonsense\n"); /* its name is taken */
    put(USER, "empty", "other.yaml", "x\n");
    put(USER, ".hidden", "sounds.yaml", "x\n");
    const char *const *names = themes_names(arena, &count);
    assert_string_equal(names[0], THEME_DEFAULT);
    assert_string_equal(names[1], "both");
    for (size_t i = 0; i < count; i++) {
        assert_string_not_equal(names[i], ".hidden");
        assert_string_not_equal(names[i], "empty");
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(names[i], names[k]);
    }
    const struct theme_pack *pack = find("both", diags, LIMBER_OK);
    assert_true(pack->users);
    assert_non_null(theme_pack_sound(pack, "gong", false));
    assert_null(find(THEME_DEFAULT, diags, LIMBER_OK)->file);
    find("nobody", diags, LIMBER_NOT_FOUND);
    find("../both", diags, LIMBER_NOT_FOUND);
    assert_int_equal(diags_kept(diags), 0);
    /* A broken one does not hide the others, and each has its own problem. */
    put(USER, "broken", "sounds.yaml", "roles: { bel: bell.flac }\n");
    put(USER, "worse", "sounds.yaml", "rolls: 1\n");
    const struct theme_pack *packs = themes_list(registry, arena, diags, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(packs[i].name, "broken") == 0)
            assert_non_null(strstr(packs[i].problem, "`bel`"));
        if (strcmp(packs[i].name, "worse") == 0)
            assert_non_null(strstr(packs[i].problem, "`rolls`"));
    }
    diags_destroy(diags);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_everything_is_read),
                                       cmocka_unit_test(test_faults),
                                       cmocka_unit_test(test_a_missing_file_costs_its_sound_only),
                                       cmocka_unit_test(test_which_there_are)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
