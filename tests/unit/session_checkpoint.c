/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A point of a session as a text: what is written is read back, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "session/checkpoint.h"

static struct checkpoint sample(struct prng *prng)
{
    struct checkpoint checkpoint = {.from = {.step = prng_below(prng, 1000),
                                             .elapsed = (frames)prng_below(prng, 1 << 20),
                                             .at = (frames)prng_below(prng, 1 << 30),
                                             .settled = (frames)prng_below(prng, 2000) - 1000,
                                             .repeated = (frames)prng_below(prng, 2000) - 1000,
                                             .tracked = prng_below(prng, 2),
                                             .cut = UINT32_MAX},
                                    .paused = prng_below(prng, 2)};
    uint32_t cue = 0;
    for (size_t i = 0; i < TIMELINE_TRACKED / 64; i++)
        checkpoint.from.over[i] = prng_next(prng);
    checkpoint.changes.pace_permille = (uint32_t)prng_below(prng, 2000);
    for (uint64_t n = prng_below(prng, 5); n > 0; n--) {
        cue += 1 + (uint32_t)prng_below(prng, 100);
        *vec_push(&checkpoint.changes.list) = (struct timeline_change){
            cue, prng_below(prng, 2), (frames)prng_below(prng, 200000) - 100000};
    }
    return checkpoint;
}

static void what_is_written_is_read(void **state)
{
    struct prng prng = prng_new(3);
    for (int i = 0; i < 200; i++) {
        struct checkpoint before = sample(&prng), after;
        struct str text = {0}, again = {0};
        checkpoint_write(&before, &text);
        assert_true(checkpoint_read(text.data, &after));
        checkpoint_write(&after, &again);
        assert_string_equal(text.data, again.data);
        assert_int_equal(before.changes.list.count, after.changes.list.count);
        changes_free(&before.changes);
        changes_free(&after.changes);
        str_free(&text);
        str_free(&again);
    }
}

/* One character changed, or the end cut off: read or not, but never harmful, and never half. */
static void damaged_texts_do_no_harm(void **state)
{
    struct prng prng = prng_new(4);
    size_t refused = 0;
    for (int i = 0; i < 2000; i++) {
        struct checkpoint before = sample(&prng), after;
        struct str text = {0};
        checkpoint_write(&before, &text);
        size_t at = prng_below(&prng, strlen(text.data));
        if (prng_below(&prng, 2))
            text.data[at] = 0;
        else
            text.data[at] = ":-0189x "[prng_below(&prng, 8)];
        bool read = checkpoint_read(text.data, &after);
        refused += !read;
        if (!read)
            assert_int_equal(after.from.step + after.changes.list.count + (size_t)after.from.at, 0);
        changes_free(&before.changes);
        changes_free(&after.changes);
        str_free(&text);
    }
    assert_true(refused > 500);
    struct checkpoint none;
    assert_false(checkpoint_read("", &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(damaged_texts_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
