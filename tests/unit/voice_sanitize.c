/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every rule of sanitize_text(), and hostile bytes by the hundred thousand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "base/str.h"
#include "voice/cast.h"
#include "voice/charclass.h"
#include "voice/sanitize.h"

static void becomes(const char *text, const char *language, const char *wanted)
{
    char *got = sanitize_text(text, language);
    if (strcmp(got, wanted) != 0) {
        print_error("%s: \"%s\"\n  is     \"%s\"\n  wanted \"%s\"\n", language, text, got, wanted);
        fail();
    }
    free(got);
}

static void test_plain_text_stays(void **state)
{
    static const char *const texts[] = {
        "Come onto your hands and knees, hands under your shoulders.",
        "Child's pose",
        "Cat-cow: in, arch; out, round!",
        "Hold for 1.5 minutes.",
        "It's 1:30 now?",
        "Füße hüftbreit, Knie über den Knöcheln.",
        "À bientôt, où ça?",
        "Дышите ровно.",
        "Ανάσα.",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        becomes(texts[i], "en", texts[i]);
    }
}

static void test_symbols_become_words(void **state)
{
    becomes("arms & legs", "en-GB", "arms and legs");
    becomes("Arme & Beine", "de", "Arme und Beine");
    becomes("80% of it", "en", "80 per cent of it");
    becomes("zu 80%", "de-AT", "zu 80 Prozent");
    becomes("90° turn", "en", "90 degrees turn");
    becomes("2 × 15", "en", "2 times 15");
    becomes("½ turn", "en", "one half turn");
    becomes("a & b", "fr", "a et b");
    becomes("5–10 × 20 %", "ru", "5 до 10 на 20 процентов");
    becomes("10/min", "pl", "10 na min");
    becomes("a & b", "cs", "a b");
    becomes("24/min", "en", "24 per min");
    becomes("3/4", "en", "3 over 4");
    becomes("left/right", "en", "left right");
}

static void test_dashes(void **state)
{
    becomes("8-12 reps", "en", "8 to 12 reps");
    becomes("8–12 mal", "de", "8 bis 12 mal");
    becomes("4-7-8 breathing", "en", "4 7 8 breathing");
    becomes("hip-width", "en", "hip-width");
    becomes("down – and up", "en", "down, and up");
    becomes("down—and up", "en", "down, and up");
    becomes("it is -5 here", "en", "it is minus 5 here");
    becomes("- item", "en", "item");
    becomes("well- and", "en", "well and");
}

static void test_markup_and_brackets_vanish(void **state)
{
    becomes("a <break time=\"5s\"/> b", "cs", "a break time 5s b");
    becomes("[[h@l'oU]]", "cs", "h l'oU");
    becomes("{a|b}\\c^d~e", "en", "a b c d e");
    becomes("`code` *bold* _it_ #tag", "en", "code bold it tag");
    becomes("\"quoted\" «words»", "en", "quoted words");
    becomes("a (b) c", "en", "a, b, c");
}

static void test_controls_and_emoji_vanish(void **state)
{
    becomes("a\x01"
            "b\x1b[31mc\x7f",
            "en", "a b 31mc");
    becomes("left\xe2\x80\xaeright\xe2\x80\xac", "en", "leftright");
    becomes("so\xc2\xad"
            "ft zero\xe2\x80\x8bwidth\xef\xbb\xbf",
            "en", "soft zerowidth");
    becomes("go \xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd now", "en", "go now");
    becomes("\xe2\x9c\x93 done \xe2\x86\x92", "en", "done");
    becomes("bad \xff\xc0\xaf\xed\xa0\x80 bytes\xe2\x82", "en", "bad bytes");
    becomes("non\xc2\xa0"
            "breaking\ttab\nline",
            "en", "non breaking tab line");
}

static void test_punctuation_is_thinned(void **state)
{
    becomes("What?!?! Really...", "en", "What? Really.");
    becomes("wait .. now", "en", "wait, now");
    becomes("wait… Now", "en", "wait. Now");
    becomes("..., ; : go ,,, on", "en", "go, on");
    becomes("end.Start", "en", "end. Start");
    becomes("example.com", "en", "example com");
    becomes("one,two", "en", "one, two");
    becomes("a , b .", "en", "a, b.");
    becomes("¿Qué?", "es", "Qué?");
    becomes("你好。", "zh", "你好.");
}

static void test_abbreviations_are_spelt(void **state)
{
    becomes("A.B.C. now", "en", "A B C now");
    becomes("the U.S. way", "en", "the U S way");
    becomes("z.B. so", "de", "z B so");
    becomes("Plan B. Go.", "en", "Plan B. Go.");
}

static void test_words_are_cut(void **state)
{
    becomes("abcdefghijklmnopqrstuvwxyzabcdefghij", "en", "abcdefghijklmnopqrstuvwxyzabcd efghij");
    becomes("a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q", "en", "a b c d e f g h i j k l m n o p q");
    becomes("rock'n'roll", "en", "rock'n'roll");
    becomes("s's's's's'", "en", "s s s s s");
}

static void test_nothing_speakable(void **state)
{
    static const char *const texts[] = {"", " ", "...", "\xf0\x9f\x91\x8d", "-- !! --", "\xcc\x81"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        becomes(texts[i], "en", "");
    }
}

static void test_long_text_becomes_pieces(void **state)
{
    struct str text = {0};
    for (int i = 0; i < 40; i++) {
        str_printf(&text, "Sentence number %d has a few words. ", i);
    }
    char *pieces = sanitize_pieces(text.data, "en");
    size_t count = 0;
    char *rest = NULL;
    struct str joined = {0};
    for (char *piece = strtok_r(pieces, "\n", &rest); piece; piece = strtok_r(NULL, "\n", &rest)) {
        assert_true(strlen(piece) <= SANITIZE_MOST_BYTES);
        assert_int_equal(piece[strlen(piece) - 1], '.');
        str_printf(&joined, "%s ", piece);
        count++;
    }
    assert_true(count >= 5);
    assert_string_equal(joined.data, text.data); /* nothing is lost */
    str_free(&joined);
    str_free(&text);
    free(pieces);
}

/* --- properties --- */

static const char *const seeds[] = {
    "s'",
    "A.B.C.",
    "<break time=\"5s\"/>",
    "&amp;",
    "..",
    "hold ",
    "\xf0\x9f\x91\x8d",
    "\x01B",
    "[[",
    "Füße ",
    "'''",
    "- -",
    "1.2.3 ",
    "\xcc\x81\xcc\x82\xcc\x83",
    "\xff",
    "е",
    "ا",
    "你",
    "-",
    "99999",
    "x",
};

static size_t hostile(struct prng *prng, char *text, size_t most)
{
    size_t length = prng_below(prng, most);
    size_t used = 0;
    while (used < length) {
        uint64_t kind = prng_below(prng, 4);
        if (kind == 0) {
            text[used++] = (char)(1 + prng_below(prng, 255));
        } else if (kind == 1) {
            text[used++] = (char)(' ' + prng_below(prng, 95));
        } else {
            const char *seed = seeds[prng_below(prng, sizeof seeds / sizeof seeds[0])];
            size_t times = kind == 2 ? 1 : 1 + prng_below(prng, 100);
            for (; times > 0 && used + strlen(seed) < length; times--) {
                memcpy(text + used, seed, strlen(seed));
                used += strlen(seed);
            }
            if (used + strlen(seed) >= length) {
                break;
            }
        }
    }
    text[used] = '\0';
    return used;
}

static bool is_allowed(int c)
{
    return charclass_is_word(c) || (c > 0 && c < 128 && strchr(" .,;:!?'-", c));
}

static void check_piece(const char *piece, const char *input)
{
    size_t length = strlen(piece);
    assert_true(length > 0 && length <= SANITIZE_MOST_BYTES);
    assert_int_equal(str_utf8_invalid_at(piece, length), -1);
    int letters = 0;
    int previous = ' ';
    const char *at = piece;
    while (at < piece + length) {
        int c = str_utf8_next(&at, piece + length);
        if (!is_allowed(c)) {
            fail_msg("U+%04X in \"%s\"", (unsigned)c, piece);
        }
        letters = charclass_is_word(c) ? letters + 1 : 0;
        assert_true(letters <= SANITIZE_MOST_LETTERS);
        bool both_marks =
            strchr(".,;:!?", c < 128 ? c : 'a') && previous < 128 && strchr(".,;:!?", previous);
        assert_false(c == ' ' && previous == ' ');
        assert_false(both_marks);
        previous = c;
    }
    assert_int_not_equal(piece[0], ' ');
    assert_int_not_equal(piece[length - 1], ' ');
}

static void test_hostile_texts(void **state)
{
    static const char *const languages[] = {"en", "de-AT", "fr", "", "x", NULL};
    const uint64_t seed = 20240817;
    struct prng prng = prng_new(seed);
    char text[1500];
    for (int i = 0; i < 100000; i++) {
        hostile(&prng, text, i % 50 == 0 ? sizeof text : 120);
        const char *language = languages[prng_below(&prng, 6)];
        char *once = sanitize_text(text, language);
        if (once[0]) {
            check_piece(once, text);
        }
        char *pieces = sanitize_pieces(text, language);
        char *rest = NULL;
        for (char *piece = strtok_r(pieces, "\n", &rest); piece;
             piece = strtok_r(NULL, "\n", &rest)) {
            check_piece(piece, text);
        }
        free(once);
        free(pieces);
    }
}

/* What is clean stays as it is. */
static void test_idempotent(void **state)
{
    struct prng prng = prng_new(7);
    char text[300];
    for (int i = 0; i < 20000; i++) {
        hostile(&prng, text, sizeof text);
        char *once = sanitize_text(text, "en");
        char *twice = sanitize_text(once, "en");
        if (strcmp(once, twice) != 0) {
            print_error("\"%s\"\n\"%s\"\n", once, twice);
            fail();
        }
        free(once);
        free(twice);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_text_stays),
        cmocka_unit_test(test_symbols_become_words),
        cmocka_unit_test(test_dashes),
        cmocka_unit_test(test_markup_and_brackets_vanish),
        cmocka_unit_test(test_controls_and_emoji_vanish),
        cmocka_unit_test(test_punctuation_is_thinned),
        cmocka_unit_test(test_abbreviations_are_spelt),
        cmocka_unit_test(test_words_are_cut),
        cmocka_unit_test(test_nothing_speakable),
        cmocka_unit_test(test_long_text_becomes_pieces),
        cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_idempotent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
