/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control_web_parts.c: the parts of control-web that decide who is let in, on a clock of our own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <arpa/inet.h>

#include "control-web/web.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_S     INT64_C(86400)

static int64_t wait_ms;

/* Another code than the one that is valid. */
static const char *other(const struct pairing *pairing)
{
    return strcmp(pairing->code, "111111") == 0 ? "222222" : "111111";
}

static void test_code(void **state)
{
    static struct pairing pairing;
    char code[CODE_DIGITS + 1], second[CODE_DIGITS + 1];
    memset(&pairing, 0, sizeof pairing);
    assert_int_equal(pair_try(&pairing, 1, "000000", 0, &wait_ms), PAIR_NO_CODE);
    assert_int_equal(pair_try(&pairing, 1, "", 0, &wait_ms), PAIR_NO_CODE);
    assert_int_equal(pair_begin(&pairing, 1, 0, &wait_ms), PAIR_GOOD);
    memcpy(code, pairing.code, sizeof code);
    assert_int_equal(strspn(code, "0123456789"), CODE_DIGITS);
    /* valid to its last moment */
    assert_int_equal(pair_try(&pairing, 2, code, 2 * MINUTE_MS - 1, &wait_ms), PAIR_GOOD);
    assert_int_equal(pair_try(&pairing, 2, code, 2 * MINUTE_MS - 1, &wait_ms), PAIR_NO_CODE);
    assert_int_equal(pair_begin(&pairing, 1, 10 * MINUTE_MS, &wait_ms), PAIR_GOOD);
    memcpy(code, pairing.code, sizeof code);
    assert_int_equal(pair_try(&pairing, 2, code, 12 * MINUTE_MS, &wait_ms), PAIR_NO_CODE);
    /* a new code makes the old one void */
    assert_int_equal(pair_begin(&pairing, 1, 20 * MINUTE_MS, &wait_ms), PAIR_GOOD);
    memcpy(code, pairing.code, sizeof code);
    assert_int_equal(pair_begin(&pairing, 1, 20 * MINUTE_MS, &wait_ms), PAIR_GOOD);
    memcpy(second, pairing.code, sizeof second);
    if (strcmp(code, second) != 0)
        assert_int_equal(pair_try(&pairing, 2, code, 20 * MINUTE_MS, &wait_ms), PAIR_WRONG);
    assert_int_equal(pair_try(&pairing, 2, second, 20 * MINUTE_MS, &wait_ms), PAIR_GOOD);
}

static void test_codes_differ(void **state)
{
    static struct pairing pairing;
    bool seen[CODE_DIGITS][10] = {{false}};
    memset(&pairing, 0, sizeof pairing);
    for (int i = 0; i < 400; i++) {
        assert_int_equal(pair_begin(&pairing, 1, i * 10 * MINUTE_MS, &wait_ms), PAIR_GOOD);
        for (int digit = 0; digit < CODE_DIGITS; digit++)
            seen[digit][pairing.code[digit] - '0'] = true;
    }
    for (int digit = 0; digit < CODE_DIGITS; digit++)
        for (int value = 0; value < 10; value++)
            assert_true(seen[digit][value]); /* fails by chance once in 10^16 runs */
}

/* Five wrong ones, whoever sends them and however many codes there were in between. */
static int64_t lock(struct pairing *pairing, int64_t now_ms)
{
    for (int i = 0; i < PAIR_TRIES; i++) {
        now_ms += 5 * MINUTE_MS;
        assert_int_equal(pair_begin(pairing, 1, now_ms, &wait_ms), PAIR_GOOD);
        enum pair_result expected = i < PAIR_TRIES - 1 ? PAIR_WRONG : PAIR_LOCKED;
        assert_int_equal(pair_try(pairing, 100u + (unsigned)i, other(pairing), now_ms, &wait_ms),
                         expected);
    }
    assert_int_equal(pairing->code[0], 0);
    return now_ms;
}

static void test_lock(void **state)
{
    static const int minutes[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    static struct pairing pairing;
    int64_t now_ms = 0, ignored;
    memset(&pairing, 0, sizeof pairing);
    for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
        now_ms = lock(&pairing, now_ms);
        assert_int_equal(wait_ms, minutes[i] * MINUTE_MS);
        now_ms += wait_ms;
        assert_int_equal(pair_begin(&pairing, 1, now_ms - 1, &ignored), PAIR_LATER);
        assert_int_equal(ignored, 1);
        assert_int_equal(pair_try(&pairing, 7, "000000", now_ms - 1, &ignored), PAIR_LATER);
    }
    /* whoever gets in makes it forget; so does a day */
    now_ms += MINUTE_MS;
    assert_int_equal(pair_begin(&pairing, 1, now_ms, &wait_ms), PAIR_GOOD);
    assert_int_equal(pair_try(&pairing, 1, pairing.code, now_ms, &wait_ms), PAIR_GOOD);
    now_ms = lock(&pairing, now_ms);
    assert_int_equal(wait_ms, MINUTE_MS);
    now_ms = lock(&pairing, now_ms + wait_ms + 25 * 60 * MINUTE_MS);
    assert_int_equal(wait_ms, MINUTE_MS);
}

static void test_rates(void **state)
{
    static struct pairing pairing;
    memset(&pairing, 0, sizeof pairing);
    for (int i = 0; i < 5; i++)
        assert_int_equal(pair_try(&pairing, 1, "000000", 1000, &wait_ms), PAIR_NO_CODE);
    assert_int_equal(pair_try(&pairing, 1, "000000", 1000, &wait_ms), PAIR_LATER);
    assert_int_equal(wait_ms, 2000);
    assert_int_equal(pair_try(&pairing, 2, "000000", 1000, &wait_ms), PAIR_NO_CODE);
    assert_int_equal(pair_try(&pairing, 1, "000000", 2999, &wait_ms), PAIR_LATER);
    assert_int_equal(pair_try(&pairing, 1, "000000", 3000, &wait_ms), PAIR_NO_CODE);
    assert_int_equal(pair_try(&pairing, 1, "000000", 3000, &wait_ms), PAIR_LATER);
    /* codes: two for one, five for all */
    assert_int_equal(pair_begin(&pairing, 1, 5000, &wait_ms), PAIR_GOOD);
    assert_int_equal(pair_begin(&pairing, 1, 5000, &wait_ms), PAIR_GOOD);
    assert_int_equal(pair_begin(&pairing, 1, 5000, &wait_ms), PAIR_LATER);
    assert_int_equal(wait_ms, 15000);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(pair_begin(&pairing, 10 + i, 5000, &wait_ms), PAIR_GOOD);
    assert_int_equal(pair_begin(&pairing, 20, 5000, &wait_ms), PAIR_LATER);
    assert_int_equal(wait_ms, 180000);
    assert_int_equal(pair_begin(&pairing, 20, 185000, &wait_ms), PAIR_GOOD);
    /* more neighbours than there are places: nothing breaks, and the global limits stay */
    for (unsigned i = 0; i < 1000; i++)
        pair_try(&pairing, 1000 + i, "000000", 190000 + i, &wait_ms);
    assert_int_equal(pair_begin(&pairing, 5000, 191001, &wait_ms), PAIR_LATER);
}

/* --- sessions --- */

static char folder[] = "/tmp/limber-web-XXXXXX";

static void fresh(struct sessions *sessions)
{
    char problem[4300];
    memset(sessions, 0, sizeof *sessions);
    sessions->lifetime_s = 365 * DAY_S;
    snprintf(sessions->path, sizeof sessions->path, "%s/deep/er/sessions", folder);
    assert_true(sessions_load(sessions, problem, sizeof problem));
}

static void test_lifetime(void **state)
{
    static struct sessions sessions, again;
    char id[SESSION_CHARS + 1];
    bool kept = false;
    fresh(&sessions);
    assert_true(sessions_add(&sessions, "a\nb \x1b[2J", 1000 * DAY_S, id, &kept));
    assert_true(kept);
    assert_string_equal(sessions.items[0].device, "a device");
    assert_non_null(sessions_find(&sessions, id, 1000 * DAY_S));
    assert_non_null(sessions_find(&sessions, id, 0)); /* a clock that was set back */
    assert_non_null(sessions_find(&sessions, id, 1364 * DAY_S));
    fresh(&again); /* the visit was noted */
    assert_int_equal(again.items[0].seen_s, 1364 * DAY_S);
    assert_non_null(sessions_find(&again, id, 1728 * DAY_S));
    assert_null(sessions_find(&again, id, 2100 * DAY_S));
    assert_null(sessions_find(&again, "", 1728 * DAY_S));
    assert_true(sessions_remove(&again, NULL));
}

static void test_most(void **state)
{
    static struct sessions sessions;
    char ids[SESSIONS_MOST + 3][SESSION_CHARS + 1];
    bool kept;
    fresh(&sessions);
    for (int i = 0; i < SESSIONS_MOST + 3; i++)
        assert_true(sessions_add(&sessions, "phone", (i + 1) * DAY_S, ids[i], &kept));
    assert_int_equal(sessions.count, SESSIONS_MOST);
    fresh(&sessions);
    assert_int_equal(sessions.count, SESSIONS_MOST);
    for (int i = 0; i < SESSIONS_MOST + 3; i++) {
        const struct paired *found = sessions_find(&sessions, ids[i], 40 * DAY_S);
        assert_int_equal(found != NULL, i >= 3); /* the oldest went */
    }
    struct paired *last = sessions_find(&sessions, ids[SESSIONS_MOST + 2], 40 * DAY_S);
    assert_true(sessions_remove(&sessions, last));
    assert_null(sessions_find(&sessions, ids[SESSIONS_MOST + 2], 40 * DAY_S));
    assert_non_null(sessions_find(&sessions, ids[3], 40 * DAY_S));
    struct stat about;
    assert_int_equal(stat(sessions.path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_true(sessions_remove(&sessions, NULL));
}

/* --- addresses --- */

static struct address address_of(const char *text)
{
    struct address address = {.size = 0};
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        address_set(&address, (const struct sockaddr *)&four, sizeof four);
    else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
        address_set(&address, (const struct sockaddr *)&six, sizeof six);
    else
        fail_msg("%s is no address", text);
    return address;
}

static void test_addresses(void **state)
{
    static const struct {
        const char *text;
        bool loopback, neighbor;
    } cases[] = {
        {"127.0.0.1", true, true},
        {"127.9.9.9", true, true},
        {"::1", true, true},
        {"::ffff:127.0.0.1", true, true},
        {"10.1.2.3", false, true},
        {"172.16.0.1", false, true},
        {"172.31.255.255", false, true},
        {"192.168.1.2", false, true},
        {"169.254.9.9", false, true},
        {"::ffff:192.168.1.2", false, true},
        {"fe80::1", false, true},
        {"fd00::1", false, true},
        {"172.32.0.1", false, false},
        {"172.15.0.1", false, false},
        {"192.169.0.1", false, false},
        {"128.0.0.1", false, false},
        {"8.8.8.8", false, false},
        {"::ffff:8.8.8.8", false, false},
        {"2001:4860::8888", false, false},
        {"fec0::1", false, false},
        {"ff02::1", false, false},
        {"::", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address address = address_of(cases[i].text);
        if (address_is_loopback(&address) != cases[i].loopback ||
            address_is_neighbor(&address) != cases[i].neighbor)
            fail_msg("%s", cases[i].text);
        assert_true(address_key(&address) != 0);
    }
    struct address one = address_of("fd00::1"), other = address_of("fd00::2");
    struct address mapped = address_of("::ffff:10.0.0.1"), plain = address_of("10.0.0.1");
    assert_true(address_key(&one) == address_key(&other)); /* whoever has one, has all of them */
    assert_false(address_is_same(&one, &other));
    assert_true(address_is_same(&mapped, &plain));
    assert_true(address_key(&mapped) == address_key(&plain));
    assert_false(address_is_same(&one, &plain));
}

/* --- texts --- */

static void test_text(void **state)
{
    struct text text = {.data = NULL};
    text_json(&text, "a\"b\\c\n\x01ü");
    assert_string_equal(text.data, "\"a\\\"b\\\\c\\u000a\\u0001ü\"");
    text_free(&text);
    assert_true(text_add(&text, "abc", 3, 5));
    assert_false(text_add(&text, "abc", 3, 5));
    assert_false(text_add(&text, "a", 1, 5)); /* once too long, always too long */
    text_free(&text);
}

static int clean(void **state)
{
    char path[64];
    static const char *const parts[] = {"/deep/er/sessions", "/deep/er", "/deep", ""};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(path, sizeof path, "%s%s", folder, parts[i]);
        remove(path);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_code),     cmocka_unit_test(test_codes_differ),
        cmocka_unit_test(test_lock),     cmocka_unit_test(test_rates),
        cmocka_unit_test(test_lifetime), cmocka_unit_test(test_most),
        cmocka_unit_test(test_text),     cmocka_unit_test(test_addresses),
    };
    if (!mkdtemp(folder))
        return 1;
    return cmocka_run_group_tests(tests, NULL, clean);
}
