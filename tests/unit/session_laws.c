/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever the person does, in any order: random commands at random moments of a whole session, and
 * what must hold all the same. LAWS_RUNS=10000 runs as many (else a few), LAWS_SEED=N begins there.
 *
 *   1. never two voices at once             4. every caution is said whole
 *   2. sides equal                          5. ticks and end tones on their moment
 *   3. total = planned + changes            6. no click      7. it ends, with its closing words */
#include "conductor_rig.h"
#include "timeline/landmark.h"

#define COMMANDS_MOST 24
#define STEEP         0.3F /* tones of this rig rise by 0.13 a sample at most, two of them */
#define RUNS          150

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOWER 5
#else
#define SLOWER 1
#endif

static char page[64], waiting_page[64]; /* the second waits for the person */

struct order {
    frames wait; /* before it */
    const char *line;
};

struct course {
    uint64_t seed;
    struct order orders[COMMANDS_MOST];
    size_t count;
};

/* The last ones are commands after which the length of the session cannot be told from the changes
 * alone. */
static const char *const lines[] = {
    "pause",        "play",        "toggle",       "where",        "again",        "more",
    "more 3s",      "less",        "less 2s",      "louder",       "quieter bed",  "status",
    "help",         "go",          "toggle",       "where",        "resume",       "nonsense",
    "level -6",     "level bed 6", "play other",   "today",        "next",         "back",
    "to 1",         "to 2",        "to 4",         "to 99",        "skip-side",    "restart",
    "faster",       "slower",      "voice mellow", "detail brief", "mute-tips on", "detail full",
    "mute-tips off"};
#define LINE_COUNT  (sizeof lines / sizeof *lines)
#define PLAIN_COUNT 22

static struct course course_of(uint64_t seed)
{
    struct course course = {.seed = seed};
    struct prng prng = prng_new(seed);
    bool plain = prng_below(&prng, 2) == 0;
    course.count = 1 + prng_below(&prng, COMMANDS_MOST);
    for (size_t i = 0; i < course.count; i++) {
        bool soon = prng_below(&prng, 3) == 0;
        course.orders[i] =
            (struct order){.wait = (frames)prng_below(&prng, soon ? 2000 : 8 * RIG_RATE),
                           .line = lines[prng_below(&prng, plain ? PLAIN_COUNT : LINE_COUNT)]};
    }
    return course;
}

static bool is_plain(const struct course *course)
{
    for (size_t i = 0; i < course->count; i++)
        for (size_t k = PLAIN_COUNT; k < LINE_COUNT; k++)
            if (strcmp(course->orders[i].line, lines[k]) == 0)
                return false;
    return true;
}

/* --- the laws, on what was heard --- */

static bool is_caution(const char *words)
{
    return strncmp(words, "Caution", 7) == 0;
}

/* The last time that a caution was begun it was said to its end, and those before all moves were
 * said. */
static const char *cautions_whole(const struct rig *rig)
{
    bool whole = true, said = false;
    for (size_t i = 0; i < rig->stream->heard.count; i++) {
        const struct rig_heard *heard = &rig->stream->heard.items[i];
        const char *words =
            heard->speech && !heard->aside ? rig_words(rig->session->cast, heard->clip) : "";
        if (!is_caution(words))
            continue;
        whole = heard->whole;
        said |= heard->whole && strcmp(words, "Caution, stop if it hurts.") == 0;
    }
    return !whole ? "a caution was cut off" : !said ? "the routine's caution was not said" : NULL;
}

/* The closing words were said, whatever was skipped before them. */
static const char *closed(const struct rig *rig)
{
    for (size_t i = 0; i < rig->stream->heard.count; i++) {
        const struct rig_heard *heard = &rig->stream->heard.items[i];
        if (heard->speech && !heard->aside && heard->whole &&
            strcmp(rig_words(rig->session->cast, heard->clip), "Well done.") == 0)
            return NULL;
    }
    return "it ended without its closing words";
}

/* Whether `next` leads to the very end. */
static bool in_close(const struct rig *rig)
{
    return conductor_step(rig->conductor) >= landmark_close(conductor_plan(rig->conductor));
}

/* Ticks before an end tone are whole seconds before it. */
static const char *counts_exact(const struct rig *rig)
{
    const struct rig_heard *items = rig->stream->heard.items;
    for (size_t i = 0; i < rig->stream->heard.count; i++) {
        const char *name = items[i].speech || items[i].aside
                               ? NULL
                               : rig_sound(rig->session->theme, items[i].clip);
        if (!name || strcmp(name, "end") != 0)
            continue;
        for (size_t k = i; k-- > 0 && items[k].play == items[i].play;) {
            const char *tick =
                items[k].speech ? NULL : rig_sound(rig->session->theme, items[k].clip);
            frames before = items[i].frame - items[k].frame;
            if (tick && strcmp(tick, "tick") == 0 && before < 4 * RIG_RATE &&
                before % RIG_RATE != 0)
                return "a tick is not on its moment";
        }
    }
    return NULL;
}

/* A bout of the second side has what was changed of the first, unless it was changed itself. */
static const char *sides_equal(const struct rig *rig)
{
    const struct plan *plan = conductor_plan(rig->conductor);
    const struct timeline_changes *changes = conductor_changes(rig->conductor);
    struct changes_effect *effect = changes_effect_new(changes, plan);
    const char *fault = NULL;
    for (size_t i = 0; i < plan->cue_count; i++) {
        int64_t partner = plan->cues[i].kind == CUE_BOUT ? changes_partner(plan, i) : -1;
        if (partner < 0 || changes_find(changes, (uint32_t)i))
            continue;
        if (changes_extra(effect, i) != changes_extra(effect, (size_t)partner) ||
            changes_skipped(effect, i) != changes_skipped(effect, (size_t)partner))
            fault = "sides differ";
    }
    changes_effect_destroy(effect);
    return fault;
}

/* How much of the session's own words was heard twice, and what pauses were cut short. */
static frames slack_of(const struct rig *rig)
{
    frames slack = 0;
    const struct rig_heard *items = rig->stream->heard.items;
    for (size_t i = 0; i < rig->stream->heard.count; i++) {
        if (!items[i].aside && items[i].speech && !items[i].whole)
            slack += items[i].clip->length;
    }
    return slack + (frames)rig->stream->plays * RIG_RATE; /* gaps of 0.6 s; a frame or two */
}

/* Milliseconds that the person was told were added to a bout, by step. */
static int64_t told_ms[256];

static void note_told(void *context, const struct conductor_event *event)
{
    if (event->step < 256 && event->what == HAPPENED_MORE)
        told_ms[event->step] += event->amount_ms;
    if (event->step < 256 && event->what == HAPPENED_LESS)
        told_ms[event->step] -= event->amount_ms;
}

/* Bouts of no second side have been changed by what the person was told. */
static const char *told_right(const struct rig *rig)
{
    const struct plan *plan = conductor_plan(rig->conductor);
    const struct timeline_changes *changes = conductor_changes(rig->conductor);
    assert_true(plan->cue_count <= 256);
    for (size_t i = 0; i < changes->list.count; i++) {
        const struct timeline_change *change = &changes->list.items[i];
        frames told = told_ms[change->cue] * RIG_RATE / 1000;
        if (changes_partner(plan, change->cue) < 0 && llabs(change->extra - told) > RIG_RATE / 20)
            return "the person was told another time";
    }
    return NULL;
}

/* The session took what was planned and what was changed, but for words said again. */
static const char *total_is_right(const struct rig *rig, frames taken, frames anew)
{
    const struct plan *plan = conductor_plan(rig->conductor);
    const struct timeline_changes *changes = conductor_changes(rig->conductor);
    struct changes_effect *effect = changes_effect_new(changes, plan);
    frames wanted = rig->planned;
    for (size_t i = 0; i < plan->cue_count; i++)
        wanted += plan->cues[i].kind == CUE_BOUT ? changes_extra(effect, i) : 0;
    changes_effect_destroy(effect);
    frames slack = slack_of(rig);
    if (taken < wanted - slack || taken > wanted + slack + anew)
        return "the total is not what was planned and changed";
    return NULL;
}

/* --- one course --- */

static const char *run_course(const struct course *course)
{
    const struct conductor_options options = {.ask_effort = course->seed % 3 == 0,
                                              .event = note_told};
    memset(told_ms, 0, sizeof told_ms);
    rig_luck = prng_new(course->seed ^ 77);
    rig_slow = course->seed % 4 == 0 ? RIG_RATE / 3 : 0;
    struct rig rig = rig_new(is_plain(course) ? page : waiting_page, &options);
    const char *fault = NULL;
    frames anew = 0, last = 0;
    bool left = false; /* the closing words, by the person */
    for (size_t i = 0; i < course->count; i++) {
        rig_wait(&rig, course->orders[i].wait);
        left |= strcmp(course->orders[i].line, "next") == 0 && in_close(&rig);
        rig_say(&rig, course->orders[i].line, NULL);
        anew += 3 * RIG_RATE; /* a bout hardly begun is begun anew */
    }
    /* Somebody goes on whenever it waits. */
    for (int i = 0; i < 400 && !conductor_finished(rig.conductor); i++) {
        rig_wait(&rig, RIG_RATE);
        if (!rig.conductor->finished && rig.conductor->ending == ENDING_NOT)
            last = conductor_heard(rig.conductor);
        if (conductor_question(rig.conductor) == ASKED_READY)
            rig_say(&rig, "go", NULL);
        else if (rig.conductor->paused)
            rig_say(&rig, "play", NULL);
    }
    if (!conductor_finished(rig.conductor))
        fault = "it does not end";
    else if (rig.stream->overlap > 0)
        fault = "two voices at once";
    else if (rig.stream->steepest > STEEP)
        fault = "a click";
    if (!fault)
        fault = cautions_whole(&rig);
    if (!fault && !left)
        fault = closed(&rig);
    if (!fault)
        fault = counts_exact(&rig);
    if (!fault)
        fault = sides_equal(&rig);
    if (!fault && is_plain(course))
        fault = total_is_right(&rig, last + RIG_RATE, anew + 2 * RIG_RATE);
    if (!fault && is_plain(course))
        fault = told_right(&rig);
    rig_free(&rig);
    return fault;
}

/* Leaves out what is not needed for the fault. */
static void shrink(struct course *course, const char *fault)
{
    for (size_t i = course->count; i-- > 0;) {
        struct course shorter = *course;
        if (i + 1 < shorter.count)
            shorter.orders[i + 1].wait += shorter.orders[i].wait;
        memmove(&shorter.orders[i], &shorter.orders[i + 1],
                (shorter.count - i - 1) * sizeof *shorter.orders);
        shorter.count--;
        const char *still = run_course(&shorter);
        if (still && strcmp(still, fault) == 0)
            *course = shorter;
    }
}

static void print_course(const struct course *course)
{
    for (size_t i = 0; i < course->count; i++)
        print_error("  after %.3f s: %s\n", (double)course->orders[i].wait / RIG_RATE,
                    course->orders[i].line);
}

static void laws_hold(void **state)
{
    const char *runs = getenv("LAWS_RUNS"), *first = getenv("LAWS_SEED");
    uint64_t seed = first ? strtoull(first, NULL, 10) : 1;
    uint64_t count = runs ? strtoull(runs, NULL, 10) : RUNS / SLOWER;
    print_message("seeds %llu to %llu\n", (unsigned long long)seed,
                  (unsigned long long)(seed + count - 1));
    int faults = 0;
    for (uint64_t i = 0; i < count && faults < 5; i++) {
        struct course course = course_of(seed + i);
        const char *fault = run_course(&course);
        if (!fault)
            continue;
        faults++;
        print_error("seed %llu: %s\n", (unsigned long long)(seed + i), fault);
        shrink(&course, fault);
        print_course(&course);
    }
    assert_int_equal(faults, 0);
}

#define MOVES                                                                                      \
    "# Laws\n\n`caution` Caution, stop if it hurts.\n\n## Lean `each side`\n\n**Lean over** "      \
    "slowly. `hold 12s`\n\n- `caution` Caution, slowly.\n- `hold 8s` Breathe on.\n  - `tip` Soft " \
    "eyes.\n\n## Alternate `4 reps` `alternating`\n\nTap. `hold 4s`\n\n## Rest\n\n`rest 12s`\n\n"  \
    "## Breathe\n\n`in 2s` In. `out 3s` Out.\n"

static int write_page(void **state)
{
    setenv("LIMBER_DATA_DIR", SOURCE_DIR, 1);
    setenv("TZ", "UTC", 1);
    rig_page(page, MOVES);
    rig_page(waiting_page, MOVES "\n## Last\n\n`ready`\n\nSit. `for 10s`\n");
    return 0;
}

static int remove_page(void **state)
{
    return unlink(page) + unlink(waiting_page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(laws_hold)};
    return cmocka_run_group_tests(tests, write_page, remove_page);
}
