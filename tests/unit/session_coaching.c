/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The coach in a session, and its choices as a text that makes the same plan again. */
#include "conductor_rig.h"

#include "session/coaching.h"

#define TODAY ((calendar_day)20517) /* 2026-03-05, a Thursday */

static char page[64], other_page[64];
static struct diags *diags;
static struct loop *loop;

static struct session *open_session(const char *path, nsec for_ns, enum detail detail,
                                    const struct session_coaching *coaching)
{
    const struct session_host host = {.loop = loop, .diags = diags};
    const struct session_options options = {.page = path,
                                            .level = LEVEL_NORMAL,
                                            .detail = detail,
                                            .for_ns = for_ns,
                                            .seed = 7,
                                            .announce = -1,
                                            .count = -1,
                                            .channels = 1,
                                            .rate_hz = RIG_RATE,
                                            .coaching = coaching};
    struct session *session = NULL;
    char *error = NULL;
    assert_int_equal(session_open(&host, &options, &session, &error), LIMBER_OK);
    return session;
}

static char *dump(const struct session *session)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    plan_dump(session_plan(session), to);
    fclose(to);
    return text;
}

static char *choices_of(const struct session *session)
{
    struct str text = {0};
    session_write_choices(session, &text);
    return str_steal(&text);
}

/* Somebody who has done it five times, always beginning on the left; the last time was easy. */
static struct history *practised(char path[64])
{
    snprintf(path, 64, "/tmp/limber-coaching-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    unlink(path);
    struct moment at = {.unix_s = (int64_t)(TODAY - 6) * 86400 + 43200};
    struct history *history = history_open(path, at);
    for (int i = 0; i < 5; i++) {
        struct history_progress progress = {.now = at, .done_ns = 300 * NSEC_PER_SEC};
        const struct history_session session = {
            .started = at, .ended = at, .routine = "lean", .first_side = "left"};
        history_begin(history, &session);
        history_add_move(history,
                         &(struct history_move){.name = "Lean",
                                                .page = "Lean",
                                                .done_ns = 60 * NSEC_PER_SEC,
                                                .fraction = 0.125 * i / 2},
                         &progress);
        history_add_choice(history, "Choose", "One");
        history_end(history, HISTORY_FINISHED, &progress);
        history_answer(history, i == 4 ? HISTORY_EASY : HISTORY_NO_EFFORT);
        at.unix_s += 86400;
    }
    return history;
}

static void drop(struct history *history, const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char name[100];
    history_close(history);
    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static const struct plan_move *first_move(const struct session *session, const char *name)
{
    const struct plan *plan = session_plan(session);
    for (size_t i = 0; i < plan->move_count; i++)
        if (strcmp(plan->moves[i].name, name) == 0)
            return &plan->moves[i];
    return NULL;
}

static enum side first_side(const struct session *session)
{
    const struct plan *plan = session_plan(session);
    for (size_t i = 0; i < plan->cue_count; i++)
        if (plan->cues[i].side != SIDE_NONE)
            return plan->cues[i].side;
    return SIDE_NONE;
}

static bool says(const struct session *session, const char *words)
{
    const struct plan *plan = session_plan(session);
    for (size_t i = 0; i < plan->cue_count; i++)
        if (plan->cues[i].kind == CUE_SPEECH && strstr(plan->cues[i].text, words))
            return true;
    return false;
}

static void without_a_coach_nothing_changes(void **state)
{
    struct session *session = open_session(page, 0, DETAIL_NORMAL, NULL);
    assert_null(session_coach(session));
    assert_int_equal(first_side(session), SIDE_LEFT);
    assert_true(session_detail_is(session, DETAIL_NORMAL));
    char *plain = dump(session);
    session_close(session);
    /* All switched off is the same. */
    const struct session_coaching off = {.today = TODAY};
    session = open_session(page, 0, DETAIL_NORMAL, &off);
    char *same = dump(session);
    assert_string_equal(plain, same);
    session_close(session);
    free(plain);
    free(same);
}

static void practice_chooses(void **state)
{
    char path[64];
    struct history *history = practised(path);
    const struct session_coaching coaching = {
        .history = history, .routine = "lean", .today = TODAY, .switches = COACHING_ALL_ON};
    struct session *session = open_session(page, 0, DETAIL_NORMAL, &coaching);
    const struct coach *coach = session_coach(session);
    assert_non_null(coach);
    assert_int_equal(first_side(session), SIDE_RIGHT);
    assert_null(first_move(session, "One")); /* picked lately */
    const struct plan_move *lean = first_move(session, "Lean");
    assert_true(coach->sections[lean->section].has_detail);
    assert_int_equal(coach->sections[lean->section].detail, DETAIL_NORMAL);
    assert_true(coach->values[lean->section] > 0);
    assert_false(session_detail_is(session, DETAIL_NORMAL)); /* the other moves are new */
    session_close(session);
    /* What the person asks for wins. */
    struct session_coaching asked = coaching;
    asked.detail_given = asked.seed_given = true;
    session = open_session(page, 0, DETAIL_BRIEF, &asked);
    coach = session_coach(session);
    for (size_t i = 0; i < coach->section_count; i++)
        assert_false(coach->sections[i].has_detail || coach->sections[i].turn > 0);
    session_close(session);
    drop(history, path);
}

/* Opens the page again with the choices of a session: the plan must be the same. */
static void expect_the_same_again(struct session *session, enum detail detail)
{
    char *choices = choices_of(session), *before = dump(session);
    const struct session_coaching made = {.choices = choices};
    /* Without a length: what was fitted is not fitted again. */
    struct session *again = open_session(page, 0, detail, &made);
    char *after = dump(again), *same_choices = choices_of(again);
    assert_string_equal(before, after);
    assert_string_equal(choices, same_choices);
    session_close(again);
    free(choices);
    free(before);
    free(after);
    free(same_choices);
}

static void choices_make_the_same_plan(void **state)
{
    char path[64];
    struct history *history = practised(path);
    const struct session_coaching coaching = {
        .history = history, .routine = "lean", .today = TODAY, .switches = COACHING_ALL_ON};
    struct session *session = open_session(page, 0, DETAIL_NORMAL, &coaching);
    expect_the_same_again(session, DETAIL_NORMAL);
    /* Another detail, asked for in the middle, is that of all; tips stay what they were. */
    const enum detail brief = DETAIL_BRIEF, normal = DETAIL_NORMAL;
    assert_int_equal(session_replan(session, &brief, false, NULL, NULL), LIMBER_OK);
    assert_true(session_detail_is(session, DETAIL_BRIEF));
    assert_false(says(session, "to the side, slowly"));
    expect_the_same_again(session, DETAIL_BRIEF);
    assert_int_equal(session_replan(session, &normal, false, NULL, NULL), LIMBER_OK);
    assert_true(session_detail_is(session, DETAIL_NORMAL));
    session_let_go(session);
    session_close(session);

    /* Fitted to a time: nothing is fitted again. */
    session = open_session(page, 200 * NSEC_PER_SEC, DETAIL_NORMAL, &coaching);
    assert_non_null(session_fit(session));
    expect_the_same_again(session, DETAIL_NORMAL);
    assert_int_equal(session_set_voice(session, "mellow", 0, NULL), LIMBER_OK);
    expect_the_same_again(session, DETAIL_NORMAL);
    session_let_go(session);
    session_close(session);
    session = open_session(page, 200 * NSEC_PER_SEC, DETAIL_NORMAL, NULL);
    expect_the_same_again(session, DETAIL_NORMAL);
    session_close(session);
    drop(history, path);
}

static void choices_of_another_page_are_of_no_use(void **state)
{
    const struct session_coaching new = {.today = TODAY, .switches = COACHING_ALL_ON};
    struct session *session = open_session(page, 0, DETAIL_NORMAL, &new);
    char *choices = choices_of(session);
    session_close(session);
    struct session_coaching made = new;
    made.choices = choices;
    session = open_session(other_page, 0, DETAIL_NORMAL, &made);
    assert_true(session_coach(session)->reason_count > 0); /* it was asked */
    session_close(session);
    free(choices);
}

/* Whatever a disk leaves of them. */
static void damaged_choices(void **state)
{
    static const char *const bad[] = {
        "",
        "1",
        "2 sections=6 ranges=3 optional=1",
        "1 sections=6 ranges=3",
        "1  sections=6 ranges=3 optional=1",
        "1 sections=6 ranges=3 optional=1 s6=f",
        "1 sections=6 ranges=3 optional=1 s1=x",
        "1 sections=6 ranges=3 optional=1 s1=flr",
        "1 sections=6 ranges=3 optional=1 s1=t9999999999",
        "1 sections=6 ranges=3 optional=1 s1=t",
        "1 sections=6 ranges=3 optional=1 r0=3fd0000000000000",
        "1 sections=6 ranges=3 optional=1 r4=3fd0000000000000",
        "1 sections=6 ranges=3 optional=1 r1=7ff8000000000000",
        "1 sections=6 ranges=3 optional=1 r1=4010000000000000",
        "1 sections=6 ranges=3 optional=1 r1=3fd00000000000",
        "1 sections=6 ranges=3 optional=1 o2",
        "1 sections=6 ranges=3 optional=1 fit=3fd0000000000000,1,2,3",
        "1 sections=6 ranges=3 optional=1 fit=3fd0000000000000,1,2,3,-4",
        "1 sections=6 ranges=3 optional=1 bananas",
    };
    struct session *session = open_session(page, 200 * NSEC_PER_SEC, DETAIL_NORMAL,
                                           &(struct session_coaching){.today = TODAY});
    const struct routine *routine = session_routine(session);
    struct arena *arena = arena_new();
    struct coaching_choices choices;
    const struct section *const *sections;
    assert_int_equal(plan_sections(routine, arena, &sections), 6);
    assert_int_equal(routine->range_count, 3);
    assert_true(
        coaching_read("1 sections=6 ranges=3 optional=1 s1=brt7 o1", routine, arena, &choices));
    assert_int_equal(choices.coach.sections[1].turn, 7);
    assert_int_equal(choices.coach.sections[1].first_side, SIDE_RIGHT);
    assert_int_equal(choices.coach.sections[1].detail, DETAIL_BRIEF);
    assert_true(choices.fit.choice.dropped[0]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (coaching_read(bad[i], routine, arena, &choices))
            fail_msg("accepted: %s", bad[i]);
    char *good = choices_of(session), bytes[600];
    struct prng prng = prng_new(1);
    size_t length = strlen(good);
    assert_true(length < sizeof bytes);
    for (int i = 0; i < 20000; i++) {
        memcpy(bytes, good, length + 1);
        for (uint64_t k = prng_below(&prng, 4); k-- > 0;)
            bytes[prng_below(&prng, length)] = (char)prng_below(&prng, 256);
        if (prng_below(&prng, 3) == 0)
            bytes[prng_below(&prng, length)] = '\0';
        if (coaching_read(bytes, routine, arena, &choices))
            for (size_t k = 0; k < routine->range_count; k++)
                assert_true(choices.coach.fractions[k] <= 1);
    }
    free(good);
    arena_destroy(arena);
    session_close(session);
}

static int write_pages(void **state)
{
    setenv("LIMBER_DATA_DIR", SOURCE_DIR, 1);
    setenv("TZ", "UTC", 1);
    loop = loop_new();
    diags = diags_new();
    rig_page(page, "# Evening\n\n## Lean `each side`\n\nLean **over** to the side, slowly. "
                   "`hold 20-40s`\n\n`tip` Soft eyes.\n\n## Choose `pick 1`\n\n### One\n\n"
                   "Sit. `hold 10-30s`\n\n### Two\n\nStand. `hold 10-30s`\n\n"
                   "## Again `optional`\n\nLie. `for 10s`\n");
    rig_page(other_page, "# Other\n\n## Lean\n\nLean over. `hold 20-40s`\n");
    return 0;
}

static int remove_pages(void **state)
{
    diags_destroy(diags);
    loop_destroy(loop);
    return unlink(page) + unlink(other_page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_coach_nothing_changes),
        cmocka_unit_test(practice_chooses),
        cmocka_unit_test(choices_make_the_same_plan),
        cmocka_unit_test(choices_of_another_page_are_of_no_use),
        cmocka_unit_test(damaged_choices),
    };
    return cmocka_run_group_tests(tests, write_pages, remove_pages);
}
