/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets between cast and worker: what is put in comes out; what is not right is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "voice/packet.h"

static struct packet packet;

static void test_round_trip(void **state)
{
    packet_begin(&packet, PACKET_REQUEST);
    packet_put_int(&packet, INT64_MIN);
    packet_put_number(&packet, -0.25);
    packet_put_text(&packet, "words");
    packet_put_text(&packet, NULL);
    packet_put_text(&packet, "");
    assert_false(packet.bad);
    assert_int_equal(packet_open(&packet, packet.size), PACKET_REQUEST);
    assert_true(packet_get_int(&packet) == INT64_MIN);
    assert_true(packet_get_number(&packet) == -0.25);
    assert_string_equal(packet_get_text(&packet), "words");
    assert_null(packet_get_text(&packet));
    assert_false(packet.bad);
    assert_string_equal(packet_get_text(&packet), "");
    assert_int_equal(packet_get_int(&packet), 0);
    assert_true(packet.bad);
}

static void test_too_much(void **state)
{
    char *text = calloc(1, PACKET_MOST);
    memset(text, 'a', PACKET_MOST - 1);
    packet_begin(&packet, PACKET_REQUEST);
    packet_put_text(&packet, text);
    assert_true(packet.bad);
    packet_put_int(&packet, 1);
    assert_true(packet.bad);
    free(text);
}

static void test_garbage(void **state)
{
    struct prng prng = prng_new(3);
    for (int i = 0; i < 20000; i++) {
        size_t size = prng_below(&prng, 80);
        for (size_t k = 0; k < size; k++) {
            packet.data[k] = (char)(prng_below(&prng, 4) ? prng_below(&prng, 3) : prng_next(&prng));
        }
        int type = packet_open(&packet, size);
        assert_true(type >= 0 && type <= PACKET_LOG);
        for (int field = 0; field < 6; field++) {
            const char *text = prng_below(&prng, 2) ? packet_get_text(&packet) : NULL;
            if (text) {
                assert_true(text >= packet.data && text + strlen(text) < packet.data + size);
            }
            packet_get_int(&packet);
        }
    }
    assert_int_equal(packet_open(&packet, PACKET_MOST + 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
