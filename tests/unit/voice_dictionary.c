/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pronunciations: whole words, longest first, whatever their case, nothing twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/diag.h"
#include "base/file.h"
#include "voice/dictionary.h"

static struct dictionary *load(const char *text, const char *more, size_t errors)
{
    char one[] = "/tmp/limber-dictionary-XXXXXX";
    char other[] = "/tmp/limber-dictionary-XXXXXX";
    const char *paths[2] = {one, other};
    close(mkstemp(one));
    close(mkstemp(other));
    assert_int_equal(file_write(one, text, strlen(text)), LIMBER_OK);
    assert_int_equal(file_write(other, more, strlen(more)), LIMBER_OK);
    struct diags *diags = diags_new();
    struct dictionary *dictionary = dictionary_load(paths, 2, diags);
    assert_int_equal(diags_count(diags, SEVERITY_ERROR), errors);
    diags_destroy(diags);
    unlink(one);
    unlink(other);
    return dictionary;
}

static void becomes(const struct dictionary *dictionary, const char *text, const char *wanted)
{
    char *got = dictionary_apply(dictionary, text);
    assert_string_equal(got, wanted);
    free(got);
}

static void test_words(void **state)
{
    struct dictionary *d = load("Balasana: bah-lah\nreps: repetitions\nchild's pose: CP\n"
                                "pose: stance\n\"e.g.\": for example\nÜbung: Uebung\n",
                                "reps: never\nmore: less\n", 0);
    becomes(d, "Balasana now", "bah-lah now");
    becomes(d, "10 REPS, balasana.", "10 repetitions, bah-lah.");
    becomes(d, "trireps repsy reps", "trireps repsy repetitions");
    becomes(d, "Child's pose. Child’s  pose.", "CP. CP.");
    becomes(d, "A pose", "A stance");
    becomes(d, "a mat, e.g. yours", "a mat, for example yours");
    becomes(d, "übung Übungen", "Uebung Übungen");
    becomes(d, "more", "less");
    becomes(d, "", "");
    becomes(d, "\xff\xfe reps \xc3", "\xff\xfe repetitions \xc3");
    dictionary_destroy(d);
}

static void test_nothing_is_looked_at_twice(void **state)
{
    struct dictionary *d = load("a: b\nb: a\nc: c c\n", "", 0);
    becomes(d, "a b c", "b a c c");
    dictionary_destroy(d);
}

static void test_faults_are_told_and_the_rest_used(void **state)
{
    struct dictionary *d = load("good: fine\nbad: [1, 2]\nempty: ''\n", "- a\n- b\n", 3);
    becomes(d, "good bad", "fine bad");
    dictionary_destroy(d);
    const char *nowhere = "/nowhere/dictionary.yaml";
    struct diags *diags = diags_new();
    d = dictionary_load(&nowhere, 1, diags);
    assert_int_equal(diags_count(diags, SEVERITY_ERROR), 1);
    becomes(d, "good", "good");
    diags_destroy(diags);
    dictionary_destroy(d);
    dictionary_destroy(NULL);
}

static void test_shipped_dictionaries(void **state)
{
    static const char *const paths[] = {SOURCE_DIR "/voices/dictionary/en.speech-espeak.yaml",
                                        SOURCE_DIR "/voices/dictionary/en.yaml",
                                        SOURCE_DIR "/voices/dictionary/de.yaml",
                                        SOURCE_DIR "/voices/dictionary/de.speech-espeak.yaml"};
    struct diags *diags = diags_new();
    struct dictionary *d = dictionary_load(paths, 4, diags);
    if (diags_count(diags, SEVERITY_ERROR) || diags_count(diags, SEVERITY_WARNING)) {
        diags_print(diags, stderr, false);
        fail();
    }
    becomes(d, "Child's pose (Balasana)", "Child's pose (bah-lah-sunna)");
    diags_destroy(diags);
    dictionary_destroy(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_nothing_is_looked_at_twice),
        cmocka_unit_test(test_faults_are_told_and_the_rest_used),
        cmocka_unit_test(test_shipped_dictionaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
