/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content keys, checksums and repeatable randomness against known values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/prng.h"

static void assert_key(const struct hash *hash, const char *expected)
{
    char hex[33];
    hash_hex(hash, hex);
    assert_string_equal(hex, expected);
}

/* FNV-1a 128: the published test vectors. */
static void test_fnv(void **state)
{
    struct hash hash = hash_new();
    assert_key(&hash, "6c62272e07bb014262b821756295c58d");
    hash_bytes(&hash, "a", 1);
    assert_key(&hash, "d228cb696f1a8caf78912b704e4a8964");
    hash = hash_new();
    hash_bytes(&hash, "foo", 3);
    hash_bytes(&hash, "bar", 3);
    assert_key(&hash, "343e1662793c64bf6f0d3597ba446f18");
}

static uint64_t key_of_two(const char *a, const char *b)
{
    struct hash hash = hash_new();
    hash_text(&hash, a);
    hash_text(&hash, b);
    return hash_64(&hash);
}

static void test_fields(void **state)
{
    assert_true(key_of_two("ab", "c") != key_of_two("a", "bc"));
    assert_true(key_of_two("", NULL) != key_of_two(NULL, ""));
    assert_true(key_of_two(NULL, NULL) != key_of_two("", ""));
    assert_true(key_of_two("x", "y") == key_of_two("x", "y"));
    struct hash a = hash_new(), b = hash_new(), bytes = hash_new();
    hash_double(&a, 0.0);
    hash_double(&b, -0.0);
    assert_true(hash_64(&a) == hash_64(&b));
    hash_int(&a, -2);
    hash_int(&b, 2);
    assert_true(hash_64(&a) != hash_64(&b));
    a = hash_new();
    hash_int(&a, 0x0102030405060708);
    hash_bytes(&bytes, "\x08\x07\x06\x05\x04\x03\x02\x01", 8); /* the same on every machine */
    assert_true(hash_64(&a) == hash_64(&bytes));
}

/* XXH64, seed 0. */
static void test_checksum(void **state)
{
    assert_true(checksum_64("", 0) == UINT64_C(0xef46db3751d8e999));
    assert_true(checksum_64(NULL, 0) == UINT64_C(0xef46db3751d8e999));
    assert_true(checksum_64("a", 1) == UINT64_C(0xd24ec4f1a98c6e5b));
    assert_true(checksum_64("abc", 3) == UINT64_C(0x44bc2cf5ad770999));
    const char *text = "Nobody inspects the spammish repetition";
    assert_true(checksum_64(text, strlen(text)) == UINT64_C(0xfbcea83c8a378bf1));
    /* Every byte and every length counts. */
    unsigned char block[100] = {0};
    for (size_t i = 0; i < sizeof block; i++) {
        uint64_t before = checksum_64(block, sizeof block);
        block[i] ^= 1;
        assert_true(checksum_64(block, sizeof block) != before);
        block[i] ^= 1;
        assert_true(checksum_64(block, i) != before);
    }
    /* Any alignment. */
    unsigned char moved[101];
    memcpy(moved + 1, text, strlen(text));
    assert_true(checksum_64(moved + 1, strlen(text)) == checksum_64(text, strlen(text)));
}

static void test_prng(void **state)
{
    static const uint64_t expected[] = {
        UINT64_C(6457827717110365317), UINT64_C(3203168211198807973), UINT64_C(9817491932198370423),
        UINT64_C(4593380528125082431), UINT64_C(16408922859458223821)};
    struct prng prng = prng_new(1234567);
    for (size_t i = 0; i < 5; i++)
        assert_true(prng_next(&prng) == expected[i]);
}

static void test_prng_ranges(void **state)
{
    struct prng prng = prng_new(42);
    int counts[6] = {0};
    for (int i = 0; i < 60000; i++) {
        uint64_t value = prng_below(&prng, 6);
        assert_true(value < 6);
        counts[value]++;
    }
    for (int i = 0; i < 6; i++)
        assert_true(abs(counts[i] - 10000) < 500);
    assert_int_equal(prng_below(&prng, 1), 0);
    for (int i = 0; i < 1000; i++)
        assert_true(prng_below(&prng, UINT64_MAX) < UINT64_MAX);
    double sum = 0;
    float least = 1, most = -1;
    for (int i = 0; i < 100000; i++) {
        float value = prng_float(&prng);
        least = value < least ? value : least;
        most = value > most ? value : most;
        sum += (double)value;
    }
    assert_true(least >= -1 && least < -0.999f && most < 1 && most > 0.999f);
    assert_true(sum / 100000 < 0.01 && sum / 100000 > -0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fnv),         cmocka_unit_test(test_fields),
        cmocka_unit_test(test_checksum),    cmocka_unit_test(test_prng),
        cmocka_unit_test(test_prng_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
