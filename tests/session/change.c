/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changing one's mind in the middle of a session: less said, another voice, words over a bout. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/prng.h"
#include "session/parts.h"
#include "timeline/landmark.h"

#define VOICE "languages: [en]\nengine: speech-fixture\n"

static const char page[] = "---\nvoice: first\n---\n"
                           "# Test\n\n"
                           "## Side stretch `each side`\n\n"
                           "Sit **down** on the floor.\n\n"
                           "1. Slowly **lean** to the {side}. `hold 30s` Breathe calmly.\n"
                           "   - `halfway` Soften your neck.\n"
                           "   - `tip` Let the arm be heavy, and the hand too.\n"
                           "2. **Come up.** `wait 2s` **Rest.**\n\n"
                           "## Breathing\n\n"
                           "`tip` The belly moves.\n\n"
                           "`in 4s` In. `out 6s` Out.\n\n"
                           "Done. `hold 12s`\n";

struct fixture {
    char folder[64];
    struct session_host host;
    struct session *session;
};

static void write_text(const char *path, const char *text)
{
    assert_int_equal(file_write(path, text, strlen(text)), LIMBER_OK);
}

static void add_voice(const struct fixture *fixture, const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/limber/voices/%s", fixture->folder, name);
    assert_int_equal(file_make_folders(path), LIMBER_OK);
    strcat(path, "/voice.yaml");
    write_text(path, VOICE);
}

static int setup(void **state)
{
    struct fixture *fixture = xcalloc(1, sizeof *fixture);
    char path[100], *error = NULL;
    strcpy(fixture->folder, "/tmp/limber-session-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    setenv("HOME", fixture->folder, 1);
    setenv("XDG_DATA_HOME", fixture->folder, 1);
    setenv("XDG_CACHE_HOME", fixture->folder, 1);
    unsetenv("LIMBER_PLUGIN_PATH");
    add_voice(fixture, "first");
    add_voice(fixture, "second");
    snprintf(path, sizeof path, "%s/page.md", fixture->folder);
    write_text(path, page);
    fixture->host = (struct session_host){
        .loop = loop_new(),
        .registry = registry_new(&(struct registry_options){
            .path = ENGINES, .builtin = limber_builtin_plugins, .no_probe = true}),
        .diags = diags_new()};
    const struct session_options options = {
        .page = path, .detail = DETAIL_NORMAL, .announce = -1, .count = -1};
    enum limber_status status = session_open(&fixture->host, &options, &fixture->session, &error);
    if (status != LIMBER_OK)
        diags_print(fixture->host.diags, stderr, NULL);
    assert_int_equal(status, LIMBER_OK);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    char command[128];
    session_close(fixture->session);
    registry_destroy(fixture->host.registry);
    loop_destroy(fixture->host.loop);
    diags_destroy(fixture->host.diags);
    snprintf(command, sizeof command, "rm -rf '%s'", fixture->folder);
    assert_int_equal(system(command), 0);
    free(fixture);
    return 0;
}

static void complete(struct session *session, struct feed *feed)
{
    cast_wait(session_cast(session), UINT32_MAX);
    assert_true(feed_advance(feed));
}

static frames ms(const struct session *session, int64_t count)
{
    return count * session_rate(session) / 1000;
}

/* The first bout of a kind, from `from` on. */
static size_t bout_of(const struct plan *plan, enum bout_kind kind, size_t from)
{
    for (size_t i = from; i < plan->cue_count; i++)
        if (plan->cues[i].kind == CUE_BOUT && plan->cues[i].bout == kind)
            return i;
    fail();
    return 0;
}

static const struct timeline_entry *entry_of(const struct feed *feed, size_t cue)
{
    size_t count;
    const struct timeline_entry *entries = timeline_entries(feed->timeline, &count);
    for (size_t i = 0; i < count; i++)
        if (entries[i].cue == cue)
            return &entries[i];
    return NULL;
}

static size_t tips(const struct plan *plan)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->cue_count; i++)
        count += plan->cues[i].kind == CUE_SPEECH && plan->cues[i].role == ROLE_TIP;
    return count;
}

static void test_less_is_said_from_here_on(void **state)
{
    struct session *session = ((struct fixture *)*state)->session;
    const struct plan *before = session_plan(session);
    struct feed *feed = feed_new(session, NULL, NULL);
    struct timeline_changes changes = {0};
    struct timeline_from from;
    complete(session, feed);
    frames planned = timeline_length(feed->timeline);
    assert_int_equal(session_planned_length(session), planned);
    assert_true(tips(before) > 0);
    size_t hold = bout_of(before, BOUT_HOLD, 0);
    frames at = entry_of(feed, hold)->start + ms(session, 9000);
    changes_add(&changes, before, (uint32_t)hold, ms(session, 5000));
    timeline_point(feed->timeline, at, &from);
    assert_int_equal(from.step, hold);

    assert_int_equal(session_replan(session, &(enum detail){DETAIL_BRIEF}, true, &from, &changes),
                     LIMBER_OK);
    const struct plan *now = session_plan(session);
    assert_ptr_not_equal(now, before);
    assert_int_equal(session_detail(session), DETAIL_BRIEF);
    assert_true(session_no_tips(session));
    assert_int_equal(tips(now), 0);
    assert_int_equal(from.step, bout_of(now, BOUT_HOLD, 0));
    assert_int_equal(session_cue_now(session, (uint32_t)hold), from.step);
    assert_int_equal(changes.list.items[0].cue, from.step);

    struct feed *next = feed_new(session, &from, &changes);
    complete(session, next);
    size_t second = bout_of(now, BOUT_HOLD, from.step + 1);
    assert_in_range(entry_of(next, from.step)->length, ms(session, 26000) - 1,
                    ms(session, 26000) + 1);
    assert_in_range(entry_of(next, second)->length, ms(session, 35000) - 1, ms(session, 35000) + 1);
    feed_advance(feed); /* what played before is still whole */
    assert_int_equal(timeline_length(feed->timeline), planned);
    feed_destroy(feed);
    session_let_go(session);
    assert_int_equal(session_cue_now(session, 7), 7);
    feed_destroy(next);
    changes_free(&changes);
}

static void test_the_same_detail_is_the_same_plan(void **state)
{
    struct session *session = ((struct fixture *)*state)->session;
    struct feed *feed = feed_new(session, NULL, NULL);
    complete(session, feed);
    struct cast_stats stats, after;
    cast_stats(session_cast(session), &stats);
    assert_int_equal(session_replan(session, &(enum detail){DETAIL_NORMAL}, false, NULL, NULL),
                     LIMBER_OK);
    struct feed *next = feed_new(session, NULL, NULL);
    assert_true(feed_advance(next)); /* nothing new to say */
    cast_stats(session_cast(session), &after);
    assert_int_equal(stats.requests, after.requests);
    assert_int_equal(timeline_length(next->timeline), timeline_length(feed->timeline));
    for (uint32_t i = 0; i < session_plan(session)->cue_count; i++)
        assert_int_equal(session_cue_now(session, i), i);
    feed_destroy(feed);
    feed_destroy(next);
}

static void test_another_voice_from_here_on(void **state)
{
    struct session *session = ((struct fixture *)*state)->session;
    struct feed *feed = feed_new(session, NULL, NULL);
    char *error = NULL;
    complete(session, feed);
    const struct script *script = session->script;
    size_t events = score_count(feed->score);
    assert_int_equal(session_set_voice(session, "nobody", 0, &error), LIMBER_NOT_FOUND);
    assert_non_null(strstr(error, "nobody"));
    free(error);
    error = NULL;
    assert_ptr_equal(session->script, script);
    assert_string_equal(session_voice_name(session), "first");

    size_t hold = bout_of(session_plan(session), BOUT_HOLD, 0);
    assert_int_equal(session_set_voice(session, "second", hold, &error), LIMBER_OK);
    assert_string_equal(session_voice_name(session), "second");
    struct feed *next = feed_new(session, NULL, NULL);
    complete(session, next);
    const struct plan *plan = session_plan(session);
    for (size_t i = 0; i < plan->cue_count; i++) {
        if (plan->cues[i].kind != CUE_SPEECH)
            continue;
        assert_int_not_equal(session->script->cast_ids[i], script->cast_ids[i]);
        assert_null(cast_problem(session_cast(session), session->script->cast_ids[i]));
        assert_string_equal(plan->cues[i].text, script->plan->cues[i].text);
    }
    assert_int_equal(score_count(feed->score), events);
    for (size_t i = 0; i < events; i++) /* what was in the feed is what it was */
        if (score_event(feed->score, i)->kind == EVENT_SPEECH)
            assert_ptr_not_equal(score_event(feed->score, i)->clip,
                                 score_event(next->score, i)->clip);
    assert_int_equal(session_set_voice(session, "first", 0, &error), LIMBER_OK);
    assert_true(feed_advance(feed));
    for (size_t i = 0; i < plan->cue_count; i++) /* asked for before, not again */
        assert_int_equal(session->script->cast_ids[i], script->cast_ids[i]);
    feed_destroy(feed);
    feed_destroy(next);
    session_let_go(session);
}

/* --- words over a bout --- */

struct interval {
    frames start, end;
};

/* Never two voices at once. */
static void check_voices(const struct score *score)
{
    frames free_from = INT64_MIN;
    for (size_t i = 0; i < score_count(score); i++) {
        const struct mixer_event *event = score_event(score, i);
        if (event->kind != EVENT_SPEECH)
            continue;
        assert_true(event->start >= free_from);
        free_from = event->start + event->length;
    }
}

static bool has_event(const struct score *score, enum mixer_event_kind kind, frames start,
                      const struct clip *clip)
{
    for (size_t i = 0; i < score_count(score); i++) {
        const struct mixer_event *event = score_event(score, i);
        if (event->kind == kind && event->start == start && event->clip == clip)
            return true;
    }
    return false;
}

/* What is gone from `feed` in `over`, and that nothing else is. Returns how many. */
static size_t check_gone(const struct feed *plain, const struct feed *over, frames frame)
{
    size_t gone = 0;
    frames end = over->over_end + frames_from_ns(FEED_AIR_NS, session_rate(over->session));
    for (size_t i = 0; i < score_count(plain->score); i++) {
        const struct mixer_event *event = score_event(plain->score, i);
        if (has_event(over->score, event->kind, event->start, event->clip))
            continue;
        assert_int_equal(event->kind, EVENT_SPEECH);
        assert_true(event->start < end && event->start + event->length > frame);
        gone++;
    }
    return gone;
}

static void test_words_over_a_bout(void **state)
{
    struct session *session = ((struct fixture *)*state)->session;
    struct prng prng = prng_new(11);
    struct cast *cast = session_cast(session);
    const uint32_t words[] = {cast_request(cast, "twelve seconds left", "en", 0),
                              cast_request(cast, "then come up", "en", 0)};
    struct feed *plain = feed_new(session, NULL, NULL);
    complete(session, plain);
    frames total = timeline_length(plain->timeline);
    frames length = feed_words_length(session, words, 2);
    assert_true(length > ms(session, 500));
    size_t room = 0, dropped = 0;
    struct feed *feed = feed_of(session, plain->timeline);
    for (int i = 0; i < 400; i++) {
        frames frame = (frames)prng_below(&prng, (uint64_t)total);
        if (!feed_room_for(feed, frame, length))
            continue;
        room++;
        struct feed *over = feed_over(feed, frame, words, 2);
        feed_destroy(feed);
        feed = over;
        assert_true(feed_advance(feed));
        assert_int_equal(feed->over_end - frame, length);
        assert_true(has_event(feed->score, EVENT_SPEECH, frame, cast_clip(cast, words[0])));
        check_voices(feed->score);
        dropped += check_gone(plain, feed, frame);
        assert_int_equal(timeline_length(feed->timeline), total);
    }
    assert_true(room > 20);
    assert_true(dropped > 0);
    feed_destroy(feed);
    feed_destroy(plain);
}

static void test_no_room_where_words_must_be_said(void **state)
{
    struct session *session = ((struct fixture *)*state)->session;
    const struct plan *plan = session_plan(session);
    struct feed *feed = feed_new(session, NULL, NULL);
    assert_false(feed_room_for(feed, 0, 1)); /* nothing is known yet */
    complete(session, feed);
    size_t hold = bout_of(plan, BOUT_HOLD, 0), in = bout_of(plan, BOUT_IN, 0);
    frames start = entry_of(feed, hold)->start, end = start + entry_of(feed, hold)->length;
    frames second = session_rate(session);
    for (size_t i = 0; i < plan->cue_count; i++) {
        const struct cue *cue = &plan->cues[i];
        const struct timeline_entry *entry = entry_of(feed, i);
        if (cue->kind != CUE_SPEECH || !entry || cue->droppable)
            continue;
        assert_false(feed_room_for(feed, entry->start, 1));
        assert_false(feed_room_for(feed, entry->start + entry->length - 1, 1));
        assert_false(feed_room_for(feed, entry->start - second, second)); /* 0.3 s of air */
    }
    assert_false(feed_room_for(feed, end - second, second + 1)); /* it would outlast the bout */
    assert_true(feed_room_for(feed, end - 5 * second, second));
    assert_false(feed_room_for(feed, entry_of(feed, in)->start + 3 * second, 1)); /* a breath */
    assert_false(feed_room_for(feed, -1, 1));
    assert_false(feed_room_for(feed, INT64_C(1) << 50, 1));
    feed_destroy(feed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_less_is_said_from_here_on, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_same_detail_is_the_same_plan, setup, teardown),
        cmocka_unit_test_setup_teardown(test_another_voice_from_here_on, setup, teardown),
        cmocka_unit_test_setup_teardown(test_words_over_a_bout, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_room_where_words_must_be_said, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
