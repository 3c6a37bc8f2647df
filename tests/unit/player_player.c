/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions one after another, what they tell, what is kept of them, and going on with one that was
 * left: a real player on the virtual clock of the rig. */
#include "conductor_rig.h"

#include <ftw.h>
#include <jansson.h>

#include "history/history.h"
#include "player/player.h"

static char page[64], folder[64];
static struct loop *loop;
static struct diags *diags;
static struct stream *last_stream;

/* --- the device of the rig --- */

enum limber_status stream_new(const struct stream_options *options, struct stream **stream,
                              char **error)
{
    *stream = xcalloc(1, sizeof **stream);
    (*stream)->mixer = mixer_new(RIG_RATE, 1);
    (*stream)->state = STREAM_RUNNING;
    (*stream)->silence = -1;
    last_stream = *stream;
    return LIMBER_OK;
}

const char *stream_problem(const struct stream *stream)
{
    return "";
}

/* --- the rig --- */

static int set_up(void **state)
{
    setenv("LIMBER_DATA_DIR", SOURCE_DIR, 1);
    setenv("TZ", "UTC", 1);
    rig_page(page, "# Evening\n\n## Bridge\n\nLift your hips. `hold 10s`\n\n"
                   "## Side stretch `each side`\n\nLean over. `hold 30s`\n");
    snprintf(folder, sizeof folder, "/tmp/limber-player-XXXXXX");
    assert_non_null(mkdtemp(folder));
    loop = loop_new();
    diags = diags_new();
    rig_now = 0;
    return 0;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    return remove(path);
}

static int clear(void **state)
{
    diags_destroy(diags);
    loop_destroy(loop);
    unlink(page);
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct player *new_player(bool ask_effort)
{
    const struct player_settings settings = {.loop = loop,
                                             .output = "rig",
                                             .history = true,
                                             .journal = true,
                                             .ask_effort = ask_effort,
                                             .spoken_close = true,
                                             .state_folder = folder,
                                             .now_ms = rig_now_ms};
    return player_new(&settings);
}

static void open_page(struct player *player)
{
    char *error = NULL;
    const struct player_request request = {.options = {.page = page,
                                                       .level = LEVEL_NORMAL,
                                                       .detail = DETAIL_NORMAL,
                                                       .announce = -1,
                                                       .count = -1,
                                                       .channels = 1},
                                           .name = "evening"};
    assert_int_equal(player_open(player, &request, diags, &error), LIMBER_OK);
}

static void play(struct player *player, bool ask)
{
    char *error = NULL;
    assert_int_equal(player_play(player, ask, &error), LIMBER_OK);
    rig_conductor = player_conductor(player);
}

/* Lets time go by until the session is over or `member` of the status is `value`. */
static void until(struct player *player, const char *member, const char *value)
{
    for (long i = 0; i < 200000 && player_state(player) == PLAYER_PLAYING; i++) {
        rig_pull(last_stream, RIG_STEP, false);
        struct cast *cast = session_cast(player_session(player));
        cast->ready(cast->context);
        conductor_tick(player_conductor(player));
        struct str text = {0};
        if (!member || i % 16)
            continue;
        player_status_json(player, &text);
        json_t *status = json_loads(str_text(&text), 0, NULL);
        const char *now = json_string_value(json_object_get(status, member));
        bool found = now && strcmp(now, value) == 0;
        json_decref(status);
        str_free(&text);
        if (found)
            return;
    }
    if (member)
        fail_msg("%s was never %s", member, value);
    assert_int_equal(player_state(player), PLAYER_OVER);
}

static void close_player(struct player *player)
{
    rig_conductor = NULL;
    player_destroy(player);
}

static json_t *document(struct player *player, bool session)
{
    struct str text = {0};
    if (session)
        assert_true(player_session_json(player, &text));
    else
        player_status_json(player, &text);
    assert_null(strchr(str_text(&text), '\n'));
    json_t *parsed = json_loads(str_text(&text), 0, NULL);
    assert_non_null(parsed);
    str_free(&text);
    return parsed;
}

static const char *text_of(const json_t *document, const char *name)
{
    const json_t *value = json_object_get(document, name);
    assert_non_null(value); /* there, be it null */
    return json_string_value(value);
}

/* --- tests --- */

static void status_has_all_members(void **state)
{
    static const char *const names[] = {
        "format",     "state",      "question",    "routine", "title",    "language", "move",
        "move_index", "move_count", "side",        "round",   "set",      "rep",      "text",
        "bout",       "bout_left",  "bout_length", "next",    "position", "total",    "left",
        "voice",      "detail",     "tips",        "pace",    "levels",   "offer",    "problem"};
    struct player *player = new_player(false);
    struct str none = {0};
    assert_false(player_session_json(player, &none));
    json_t *idle = document(player, false);
    assert_string_equal(text_of(idle, "state"), "idle");
    assert_null(text_of(idle, "title"));
    assert_int_equal(json_object_size(idle), sizeof names / sizeof *names);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_non_null(json_object_get(idle, names[i]));
    json_decref(idle);
    open_page(player);
    json_t *opened = document(player, false);
    assert_string_equal(text_of(opened, "state"), "opening");
    assert_string_equal(text_of(opened, "routine"), "evening");
    json_decref(opened);
    play(player, false);
    until(player, "side", "left");
    until(player, "bout", "hold");
    json_t *playing = document(player, false);
    assert_string_equal(text_of(playing, "state"), "playing");
    assert_string_equal(text_of(playing, "move"), "Side stretch");
    assert_int_equal(json_integer_value(json_object_get(playing, "move_index")), 2);
    assert_int_equal(json_integer_value(json_object_get(playing, "move_count")), 2);
    assert_null(text_of(playing, "next"));
    assert_true(json_number_value(json_object_get(playing, "bout_length")) == 30);
    assert_true(json_number_value(json_object_get(playing, "bout_left")) <= 30);
    json_decref(playing);
    close_player(player);
}

static void status_tells_what_a_session_would_begin_with(void **state)
{
    struct player *player = new_player(false);
    json_t *idle = document(player, false);
    assert_null(text_of(idle, "voice")); /* nobody has told */
    assert_true(json_is_null(json_object_get(idle, "tips")));
    json_decref(idle);
    char voice[] = "calm";
    const struct player_taste taste = {
        .level_db = {-9, 0, 0, -3}, .voice = voice, .detail = DETAIL_BRIEF, .no_tips = true};
    player_set_taste(player, &taste);
    voice[0] = 'x'; /* it has a copy */
    idle = document(player, false);
    assert_string_equal(text_of(idle, "voice"), "calm");
    assert_string_equal(text_of(idle, "detail"), "brief");
    assert_true(json_is_false(json_object_get(idle, "tips")));
    json_decref(idle);
    open_page(player);
    play(player, false);
    json_t *playing =
        document(player, false); /* the levels are the session's, the rest is its own */
    const json_t *levels = json_object_get(playing, "levels");
    assert_int_equal(json_integer_value(json_object_get(levels, "master")), -9);
    assert_int_equal(json_integer_value(json_object_get(levels, "bed")), -3);
    assert_string_equal(text_of(playing, "detail"), "normal");
    json_decref(playing);
    close_player(player);
}

static void session_tells_moves_and_bouts(void **state)
{
    struct player *player = new_player(false);
    open_page(player);
    play(player, false);
    json_t *session = document(player, true);
    json_t *moves = json_object_get(session, "moves");
    assert_int_equal(json_array_size(moves), 2);
    json_t *stretch = json_array_get(moves, 1);
    assert_string_equal(text_of(stretch, "name"), "Side stretch");
    assert_int_equal(json_array_size(json_object_get(stretch, "sides")), 2);
    const json_t *bout = NULL, *bouts = json_object_get(stretch, "bouts");
    size_t i, holds = 0;
    double before = 0;
    json_array_foreach(bouts, i, bout)
    {
        double start = json_number_value(json_object_get(bout, "start"));
        assert_true(start >= before);
        before = start;
        if (strcmp(text_of(bout, "kind"), "hold") == 0) {
            assert_true(json_number_value(json_object_get(bout, "seconds")) == 30);
            assert_string_equal(text_of(bout, "side"), holds++ ? "right" : "left");
        }
    }
    assert_int_equal(holds, 2);
    assert_true(json_number_value(json_object_get(session, "total")) > 70);
    json_decref(session);
    close_player(player);
}

/* What the history has, the newest session first. */
static size_t kept(struct arena *arena, struct history_session **sessions,
                   struct history_move **moves, size_t *move_count)
{
    char path[100];
    const struct history_filter all = {0};
    snprintf(path, sizeof path, "%s/history.db", folder);
    struct history *history = history_open_to_read(path, calendar_now());
    size_t count = history_sessions(history, &all, arena, sessions);
    *move_count = count ? history_moves(history, (*sessions)[0].id, arena, moves) : 0;
    history_close(history);
    return count;
}

static void what_was_done_is_kept(void **state)
{
    struct arena *arena = arena_new();
    struct history_session *sessions = NULL;
    struct history_move *moves = NULL;
    size_t count = 0;
    char answer[200];
    struct player *player = new_player(true);
    open_page(player);
    play(player, false);
    until(player, "side", "left");
    until(player, "bout", "hold");
    assert_int_equal(player_command(player, "more 10s", answer, sizeof answer), LIMBER_OK);
    until(player, "side", "right");
    until(player, "question", "effort");
    assert_int_equal(player_command(player, "effort hard", answer, sizeof answer), LIMBER_OK);
    until(player, NULL, NULL);
    assert_int_equal(player_end(player), PLAYER_FINISHED);
    player_close(player);
    struct player_offer offer;
    assert_false(player_offer(player, &offer));
    open_page(player); /* the device is open still: another one, skipped through */
    struct stream *same = last_stream;
    play(player, false);
    assert_ptr_equal(last_stream, same);
    until(player, "bout", "hold");
    assert_int_equal(player_command(player, "next", answer, sizeof answer), LIMBER_OK);
    until(player, "side", "left");
    player_close(player);
    close_player(player);

    assert_int_equal(kept(arena, &sessions, &moves, &count), 2);
    assert_int_equal(sessions[1].outcome, HISTORY_FINISHED);
    assert_int_equal(sessions[1].effort, HISTORY_HARD);
    assert_string_equal(sessions[1].routine, "evening");
    assert_string_equal(sessions[1].first_side, "left");
    assert_int_equal(sessions[1].skipped_count, 0);
    assert_int_equal(sessions[1].move_count, 2);
    assert_true(sessions[1].done_ns > 85 * NSEC_PER_SEC); /* 10 + 2 × 40 */
    assert_int_equal(sessions[0].outcome, HISTORY_STOPPED);
    assert_true(count >= 1 && moves[0].skipped);
    assert_string_equal(moves[0].name, "Bridge");
    assert_true(moves[0].planned_ns >= 10 * NSEC_PER_SEC);
    assert_true(moves[0].done_ns < moves[0].planned_ns);
    arena_destroy(arena);
}

static void leave(const char *side)
{
    struct player *player = new_player(false);
    open_page(player);
    play(player, false);
    until(player, "side", side);
    until(player, "bout", "hold");
    close_player(player); /* as at the end of the program: it is left */
}

static void what_was_left_goes_on(void **state)
{
    char *error = NULL;
    struct player_offer offer;
    struct arena *arena = arena_new();
    struct history_session *sessions = NULL;
    struct history_move *moves = NULL;
    size_t count = 0;
    leave("right");
    struct player *player = new_player(false);
    assert_true(player_offer(player, &offer));
    assert_string_equal(offer.title, "Evening");
    assert_string_equal(offer.where, "Side stretch, right side");
    assert_false(offer.long_ago);
    json_t *status = document(player, false);
    assert_string_equal(text_of(json_object_get(status, "offer"), "where"), offer.where);
    json_decref(status);
    assert_int_equal(player_open_left(player, diags, &error), LIMBER_OK);
    play(player, true);
    until(player, "question", "go on");
    until(player, "state", "playing"); /* nobody answers */
    json_t *playing = document(player, false);
    assert_string_equal(text_of(playing, "side"), "right");
    json_decref(playing);
    until(player, NULL, NULL);
    player_close(player);
    assert_false(player_offer(player, &offer));
    close_player(player);
    assert_int_equal(kept(arena, &sessions, &moves, &count), 1);
    assert_int_equal(sessions[0].outcome, HISTORY_FINISHED);
    arena_destroy(arena);
}

static void beginning_anew_is_another_session(void **state)
{
    char *error = NULL, answer[200];
    struct arena *arena = arena_new();
    struct history_session *sessions = NULL;
    struct history_move *moves = NULL;
    size_t count = 0;
    leave("right");
    struct player *player = new_player(false);
    assert_int_equal(player_open_left(player, diags, &error), LIMBER_OK);
    play(player, true);
    until(player, "question", "go on");
    assert_int_equal(player_command(player, "restart", answer, sizeof answer), LIMBER_OK);
    until(player, "move", "Bridge");
    until(player, NULL, NULL);
    close_player(player);
    assert_int_equal(kept(arena, &sessions, &moves, &count), 2);
    assert_int_equal(sessions[0].outcome, HISTORY_FINISHED);
    assert_int_equal(sessions[1].outcome, HISTORY_INTERRUPTED);
    arena_destroy(arena);
}

/* Killed behind the last word, before the journal knew. */
static void left_at_its_end_it_is_over(void **state)
{
    char *error = NULL;
    struct player_offer offer;
    struct player *player = new_player(false);
    open_page(player);
    play(player, false);
    until(player, "side", "right");
    while (!stream_over(last_stream)) { /* played, and the conductor has not looked */
        rig_pull(last_stream, RIG_STEP, false);
        feed_advance(player_conductor(player)->feed);
    }
    struct conductor *conductor = player_conductor(player);
    struct timeline_from end = {.step = conductor_plan(conductor)->cue_count,
                                .at = conductor_heard(conductor)};
    conductor_stand(conductor);
    conductor_rebuild(conductor, end);
    conductor_tell(conductor, (struct conductor_event){.what = HAPPENED_PAUSE});
    close_player(player);
    player = new_player(false);
    assert_true(player_offer(player, &offer));
    assert_int_equal(player_open_left(player, diags, &error), LIMBER_OK);
    play(player, false);
    until(player, NULL, NULL);
    player_close(player);
    assert_false(player_offer(player, &offer));
    close_player(player);
}

static void after_half_an_hour_it_is_long_ago(void **state)
{
    struct player_offer offer;
    const int64_t base_ms = rig_base_ms;
    leave("left");
    rig_base_ms += 29 * 60 * INT64_C(1000);
    struct player *player = new_player(false);
    assert_true(player_offer(player, &offer));
    assert_false(offer.long_ago);
    rig_base_ms += 2 * 60 * INT64_C(1000);
    assert_true(player_offer(player, &offer));
    assert_true(offer.long_ago);
    assert_true(offer.age_ms > 30 * 60 * INT64_C(1000));
    close_player(player);
    rig_base_ms = base_ms;
}

static void what_is_not_wanted_is_forgotten(void **state)
{
    struct player_offer offer;
    leave("left");
    struct player *player = new_player(false);
    assert_true(player_offer(player, &offer));
    player_forget_left(player);
    assert_false(player_offer(player, &offer));
    close_player(player);
    player = new_player(false);
    assert_false(player_offer(player, &offer));
    close_player(player);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(status_has_all_members, set_up, clear),
        cmocka_unit_test_setup_teardown(status_tells_what_a_session_would_begin_with, set_up,
                                        clear),
        cmocka_unit_test_setup_teardown(session_tells_moves_and_bouts, set_up, clear),
        cmocka_unit_test_setup_teardown(what_was_done_is_kept, set_up, clear),
        cmocka_unit_test_setup_teardown(what_was_left_goes_on, set_up, clear),
        cmocka_unit_test_setup_teardown(beginning_anew_is_another_session, set_up, clear),
        cmocka_unit_test_setup_teardown(left_at_its_end_it_is_over, set_up, clear),
        cmocka_unit_test_setup_teardown(after_half_an_hour_it_is_long_ago, set_up, clear),
        cmocka_unit_test_setup_teardown(what_is_not_wanted_is_forgotten, set_up, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
