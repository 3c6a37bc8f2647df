/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A score that grows on one thread while another plays it (for ThreadSanitizer), and a large one.
 */
#include <pthread.h>

#include "mixer_rig.h"

#define EVENTS 20000
#define STEP   97

struct shared {
    struct score *score;
    struct clip *clip;
};

static void *write_score(void *context)
{
    struct shared *shared = context;
    for (int i = 0; i < EVENTS; i++) {
        put(shared->score, i % 3 ? EVENT_SOUND : EVENT_SPEECH, (frames)i * STEP, shared->clip,
            0.5f);
        if (i % 7 == 0)
            score_publish(shared->score, (frames)i * STEP, -1);
    }
    score_publish(shared->score, (frames)EVENTS * STEP, (frames)EVENTS * STEP);
    return NULL;
}

static void grows_while_it_plays(void **state)
{
    struct shared shared = {.score = score_new(), .clip = constant(STEP - 1, 1, 0.5f)};
    struct mixer *mixer = mixer_new(RATE, 1);
    float block[MIXER_BLOCK];
    pthread_t writer;
    frames at = 0;
    mixer_set_score(mixer, shared.score, 0, true);
    assert_int_equal(pthread_create(&writer, NULL, write_score, &shared), 0);
    for (int64_t got = 0; (got = mixer_mix(mixer, block, MIXER_BLOCK)) >= 0; at += got)
        for (int64_t i = 0; i < got; i++)
            assert_true(block[i] == ((at + i) % STEP == STEP - 1 ? 0 : 0.25f));
    assert_int_equal(at, (frames)EVENTS * STEP);
    pthread_join(writer, NULL);
    assert_int_equal(score_count(shared.score), EVENTS);
    mixer_destroy(mixer);
    score_destroy(shared.score);
    clip_destroy(shared.clip);
}

static void events_do_not_move(void **state)
{
    struct score *score = score_new();
    struct clip *clip = constant(1, 1, 0);
    const struct mixer_event *first = NULL, *hundredth = NULL;
    for (int i = 0; i < 300000; i++) {
        put(score, EVENT_SOUND, i, clip, 1);
        score_publish(score, i + 1, -1);
        if (i == 0)
            first = score_event(score, 0);
        if (i == 100)
            hundredth = score_event(score, 100);
    }
    assert_ptr_equal(score_event(score, 0), first);
    assert_ptr_equal(score_event(score, 100), hundredth);
    for (size_t i = 0; i < 300000; i++)
        assert_int_equal(score_event(score, i)->start, i);
    score_destroy(score);
    clip_destroy(clip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_while_it_plays),
        cmocka_unit_test(events_do_not_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
