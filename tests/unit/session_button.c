/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session_button.c: rows of presses on a virtual clock, and what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "session/button.h"

#define MS     NSEC_PER_MSEC
#define ORIGIN (77 * NSEC_PER_SEC) /* of the clock: nothing depends on it */

/* A session as far as buttons see it. */
struct sim {
    struct buttons buttons;
    struct button_facts facts;
    uint32_t a, b;
    nsec now;
    char said[1024]; /* "0:pause 380:next …" */
    bool timeless;   /* "pause next" instead */
    unsigned lines, presses, redundant;
    bool moved; /* since the last pause or play: "play" after it is no error */
};

static void run_lines(struct sim *sim)
{
    for (const char *line; (line = button_take(&sim->buttons));) {
        size_t used = strlen(sim->said);
        char time[24] = "";
        if (!sim->timeless)
            snprintf(time, sizeof time, "%lld:", (long long)((sim->now - ORIGIN) / MS));
        snprintf(sim->said + used, sizeof sim->said - used, "%s%s%s", used ? " " : "", time, line);
        sim->lines++;
        bool play = strcmp(line, "play") == 0, pause = strcmp(line, "pause") == 0;
        if ((play && sim->facts.playing && !sim->moved) || (pause && !sim->facts.playing))
            sim->redundant++;
        if (play || pause) {
            sim->facts.playing = play;
            sim->moved = false;
        } else if (strcmp(line, "next") == 0 || strcmp(line, "back") == 0) {
            sim->moved = true;
        }
    }
}

/* All timers up to `time`, each at its own moment. */
static void pass_time(struct sim *sim, nsec time)
{
    for (nsec wake; (wake = button_wake(&sim->buttons)) <= time && wake != INT64_MAX;) {
        assert_true(wake >= sim->now);
        sim->now = wake;
        button_advance(&sim->buttons, wake);
        assert_true(button_wake(&sim->buttons) > wake);
        run_lines(sim);
    }
    sim->now = time;
}

static void event(struct sim *sim, char kind, nsec time)
{
    uint32_t handle = kind >= 'a' ? sim->a : sim->b;
    button_advance(&sim->buttons, time); /* so that the facts are of after what was due */
    run_lines(sim);
    switch (kind | 0x20) {
    case 'd':
        button_press(&sim->buttons, handle, time, &sim->facts);
        sim->presses++;
        break;
    case 'u':
        button_release(&sim->buttons, handle, time);
        break;
    case 't':
        button_tap(&sim->buttons, handle, time, &sim->facts);
        sim->presses++;
        break;
    case 'x':
        button_remove(&sim->buttons, handle, time);
        break;
    default:
        fail_msg("no event '%c'", kind);
    }
    run_lines(sim);
}

enum flags {
    PLAYING = 0,
    PAUSED = 1,
    LAST = 2,   /* words of a hold */
    READY = 4,  /* asked */
    GO_ON = 8,  /* asked */
    EFFORT = 16 /* asked */
};

static struct sim new_sim(int flags, const struct button_options *options)
{
    struct sim sim = {.now = ORIGIN};
    sim.facts.playing = !(flags & PAUSED);
    sim.facts.last_words = flags & LAST;
    sim.facts.question = flags & READY    ? BUTTON_READY
                         : flags & GO_ON  ? BUTTON_GO_ON
                         : flags & EFFORT ? BUTTON_EFFORT
                                          : BUTTON_NOT_ASKED;
    sim.a = button_add(&sim.buttons, options);
    sim.b = button_add(&sim.buttons, options);
    return sim;
}

/* `events`: "0d 100u 300D", milliseconds and what happens: down, up, tap, x removed; capitals are
 * of another button. With `timers` they are served in time; else the loop is late, and only the
 * events' own stamps tell. */
static struct sim run(const char *events, int flags, const struct button_options *options,
                      bool timers)
{
    struct sim sim = new_sim(flags, options);
    for (char *at = (char *)events; *at;) {
        nsec time = ORIGIN + strtoll(at, &at, 10) * MS;
        if (timers)
            pass_time(&sim, time);
        sim.now = time;
        event(&sim, *at++, time);
        at += *at == ' ';
    }
    sim.timeless = !timers;
    pass_time(&sim, sim.now + 20 * NSEC_PER_SEC);
    assert_true(button_wake(&sim.buttons) == INT64_MAX);
    return sim;
}

struct row {
    const char *events;
    int flags;
    const char *said;
};

/* The same words without their times. */
static const char *without_times(const char *said, char *to)
{
    char *out = to;
    for (const char *at = said; *at; at++) {
        if ((at == said || at[-1] == ' ') && *at >= '0' && *at <= '9')
            at += strcspn(at, ":") + 1;
        *out++ = *at;
    }
    *out = '\0';
    return to;
}

static void check_rows(const struct row *rows, size_t count, const struct button_options *options)
{
    for (size_t i = 0; i < count; i++) {
        struct sim sim = run(rows[i].events, rows[i].flags, options, true);
        if (strcmp(sim.said, rows[i].said) != 0)
            fail_msg("\"%s\": said \"%s\", not \"%s\"", rows[i].events, sim.said, rows[i].said);
        char late[1024], timely[1024];
        struct sim again = run(rows[i].events, rows[i].flags, options, false);
        without_times(again.said, late);
        if (strcmp(late, without_times(sim.said, timely)) != 0)
            fail_msg("\"%s\": a late loop says \"%s\"", rows[i].events, late);
    }
}
#define CHECK(rows, options) check_rows(rows, sizeof rows / sizeof *(rows), options)

static void while_it_plays(void **state)
{
    static const struct row rows[] = {
        {"0d 100u", PLAYING, "0:pause"},
        {"0d 100u 250d 350u", PLAYING, "0:pause 700:next 700:play"},
        {"0d 90u 200d 290u 400d 490u", PLAYING, "0:pause 840:back 840:play"},
        {"0d 50u 200d 250u 400d 450u 600d 650u", PLAYING, "0:pause 1000:play 1000:where"},
        {"0d 50u 150d 200u 300d 350u 450d 500u 600d 650u 750d 800u", PLAYING,
         "0:pause 1150:play 1150:where"},
        {"0d 900u", PLAYING, "0:pause 600:play 600:where"},
        /* the bounds, to the millisecond */
        {"0d 599u", PLAYING, "0:pause"},
        {"0d 600u", PLAYING, "0:pause 600:play 600:where"},
        {"0d 601u", PLAYING, "0:pause 600:play 600:where"},
        {"0d 100u 449d 500u", PLAYING, "0:pause 850:next 850:play"},
        {"0d 100u 450d 500u", PLAYING, "0:pause 850:next 850:play"},
        {"0d 100u 451d 500u", PLAYING, "0:pause 530:play"},
        {"0d 100u 300d 400u 750d 800u", PLAYING, "0:pause 1150:back 1150:play"},
        {"0d 100u 300d 400u 751d 800u", PLAYING, "0:pause 750:next 750:play 751:pause"},
        /* a slow press is a press, and its row begins at its end */
        {"0d 590u 900d 1000u", PLAYING, "0:pause 1350:next 1350:play"},
        /* a long press at the end of a row is a long press */
        {"0d 100u 200d 900u", PLAYING, "0:pause 800:play 800:where"},
        {"0d 100u 200d 300u 400d 1100u", PLAYING, "0:pause 1000:play 1000:where"},
        /* after a long press nothing is left over */
        {"0d 700u 800d 900u", PLAYING, "0:pause 600:play 600:where 800:pause"},
        {"0d 700u 800d 1500u", PLAYING,
         "0:pause 600:play 600:where 800:pause 1400:play 1400:where"},
        /* twice once */
        {"0d 100u 1000d 1100u", PLAYING, "0:pause 1130:play"},
        {"0d 100u 1000d 1100u 2000d 2100u", PLAYING, "0:pause 1130:play 2000:pause"},
        {"100u", PLAYING, ""}, /* held since before we listened */
        {"0u 10d 100u", PLAYING, "10:pause"},
    };
    CHECK(rows, NULL);
}

static void while_it_is_paused(void **state)
{
    static const struct row rows[] = {
        {"0d 100u", PAUSED, "130:play"},
        {"0d 10u", PAUSED, "40:play"},
        {"0d 100u 250d 350u", PAUSED, "130:play 250:pause 700:next 700:play"},
        {"0d 90u 200d 290u 400d 490u", PAUSED, "120:play 200:pause 840:back 840:play"},
        {"0d 50u 200d 250u 400d 450u 600d 650u", PAUSED, "80:play 200:pause 1000:where"},
        {"0d 900u", PAUSED, "600:where"}, /* stays paused, and not a word of the session before */
        {"0d 100u 200d 900u", PAUSED, "130:play 200:pause 800:where"},
        {"0d 599u", PAUSED, "629:play"},
        {"0d 600u", PAUSED, "600:where"},
        {"0d 100u 451d 500u", PAUSED, "130:play 451:pause"},
        {"0d 100u 450d 500u", PAUSED, "130:play 450:pause 850:next 850:play"},
    };
    CHECK(rows, NULL);
}

static void in_the_last_words_of_a_hold(void **state)
{
    static const struct row rows[] = {
        {"0d 100u", LAST, "0:pause 450:play 450:more"},
        {"0d 100u 250d 350u", LAST, "0:pause 700:next 700:play"},
        {"0d 90u 200d 290u 400d 490u", LAST, "0:pause 840:back 840:play"},
        {"0d 900u", LAST, "0:pause 600:play 600:where"},
        {"0d 100u 451d 551u", LAST, "0:pause 450:play 450:more 451:pause 901:play 901:more"},
        {"0d 100u", LAST | PAUSED, "130:play"}, /* paused there: that is what a press ends */
    };
    CHECK(rows, NULL);
}

static void while_something_is_asked(void **state)
{
    static const struct row rows[] = {
        {"0d 100u", READY, "450:go"},
        {"0d 100u 250d 350u", READY, "700:next"},
        {"0d 90u 200d 290u 400d 490u", READY, "840:back"},
        {"0d 50u 200d 250u 400d 450u 600d 650u", READY, "1000:where"},
        {"0d 900u", READY, "600:where"},
        {"0d 100u", READY | PAUSED, "450:go"},
        {"0d 100u", GO_ON, "450:go"},
        {"0d 100u 250d 350u", GO_ON, "700:restart"},
        {"0d 90u 200d 290u 400d 490u", GO_ON, "840:restart"},
        {"0d 50u 200d 250u 400d 450u 600d 650u", GO_ON, "1000:again"},
        {"0d 900u", GO_ON | PAUSED, "600:again"},
        {"0d 100u", EFFORT, "450:effort easy"},
        {"0d 100u 250d 350u", EFFORT, "700:effort hard"},
        {"0d 90u 200d 290u 400d 490u", EFFORT, "840:again"},
        {"0d 900u", EFFORT, "600:again"},
        {"0d 100u 451d 551u", EFFORT, "450:effort easy 901:effort easy"},
    };
    CHECK(rows, NULL);
}

static void contacts_bounce(void **state)
{
    static const struct row rows[] = {
        {"0d 3u 5d 9u 12d 100u 103d 106u", PLAYING, "0:pause"},
        {"0d 3u 5d 9u 12d 100u 103d 106u 110d 113u", PAUSED, "143:play"},
        {"0d 100u 129d 200u", PLAYING, "0:pause"},                    /* 29 ms: a bounce */
        {"0d 100u 130d 200u", PLAYING, "0:pause 550:next 550:play"},  /* 30 ms: a press */
        {"0d 100u 131d 200u", PLAYING, "0:pause 550:next 550:play"},  /* 31 ms */
        {"0d 300u 310d 900u", PLAYING, "0:pause 600:play 600:where"}, /* a weak contact */
        {"0d 590u 605d 900u", PLAYING, "0:pause 605:play 605:where"}, /* just then */
        {"0d 590u", PLAYING, "0:pause"},                              /* let go just then */
        {"0d 1u", PLAYING, "0:pause"},                                /* the shortest */
        {"0d 100u 102d 104u 300d 301u 303d 400u 401d 402u", PLAYING,  /* two of them */
         "0:pause 752:next 752:play"},
        /* a key that repeats says nothing new */
        {"0d 250d 283d 316d 349d 382d 415d 448d 481d 550u", PLAYING, "0:pause"},
        {"0d 250d 283d 316d 349d 600d 633d 700u", PLAYING, "0:pause 600:play 600:where"},
        /* released twice */
        {"0d 100u 110u 300u", PAUSED, "130:play"},
    };
    CHECK(rows, NULL);
}

static void releases_get_lost(void **state)
{
    static const struct row rows[] = {
        {"0d", PLAYING, "0:pause 600:play 600:where"},
        {"0d 999d", PLAYING, "0:pause 600:play 600:where"},
        {"0d 1000d 1100u", PLAYING, "0:pause 600:play 600:where 1000:pause"},
        {"0d 5000d 5100u", PLAYING, "0:pause 600:play 600:where 5000:pause"},
        /* unplugged: what was pressed counts as it stands */
        {"0d 200x", PLAYING, "0:pause"},
        {"0d 200x", PAUSED, "200:play"},
        {"0d 100u 200d 300x", PLAYING, "0:pause 300:next 300:play"},
        {"0d 100u 200x", LAST, "0:pause 200:play 200:more"},
        {"0d 100u 200x 300d 400u", PLAYING, "0:pause"}, /* no such button any more */
        {"0d 700x", PLAYING, "0:pause 600:play 600:where"},
    };
    CHECK(rows, NULL);
}

static void two_buttons_do_not_mix(void **state)
{
    static const struct row rows[] = {
        {"0d 100u 200D 300U", PLAYING, "0:pause 330:play"},
        {"0d 100u 200d 300u 400D 500U", PLAYING, "0:pause 400:next 400:play 400:pause"},
        {"0d 50D 100u 150U", PLAYING, "0:pause 180:play"},
        {"0d 50D 100u 150U", PAUSED, "50:play 50:pause"},
        {"0d 50D 900U 950u", PLAYING, "0:pause 650:where"},
        {"0d 100D 150u 250U 300d 400u", PLAYING, "0:pause 280:play 300:pause"},
        {"0d 700D 800U 900u", PLAYING, "0:pause 600:play 600:where 700:pause"},
        {"0d 100u 200D 300U", READY, "200:go 200:pause"},
    };
    CHECK(rows, NULL);
}

static void keys_of_terminals(void **state)
{
    static const struct button_options taps = {.taps = true};
    static const struct row rows[] = {
        {"0t", PLAYING, "0:pause"},
        {"0t", PAUSED, "0:play"},
        {"0t", LAST, "0:pause 350:play 350:more"},
        {"0t 200t", PLAYING, "0:pause 550:next 550:play"},
        {"0t 200t", PAUSED, "0:play 200:pause 550:next 550:play"},
        {"0t 350t", PLAYING, "0:pause 700:next 700:play"},
        {"0t 351t", PLAYING, "0:pause 351:play"},
        {"0t 200t 400t", PLAYING, "0:pause 750:back 750:play"},
        {"0t 0t", PLAYING, "0:pause 350:next 350:play"},        /* read late, both at once */
        {"0t 100t 170t", PLAYING, "0:pause 520:back 520:play"}, /* nervous, but a finger */
        /* held down: a keyboard that repeats after 500, 250 and 660 ms */
        {"0t 500t 533t 566t 600t 633t 666t", PLAYING, "0:pause 500:play 533:where"},
        {"0t 500t 533t 566t 600t 633t 666t", PAUSED, "0:play 500:pause 533:where"},
        {"0t 250t 283t 316t 349t", PLAYING, "0:pause 283:play 283:where"},
        {"0t 250t 283t 316t 349t", PAUSED, "0:play 250:pause 283:where"},
        {"0t 660t 690t 720t", PLAYING, "0:pause 660:play 690:where"},
        {"0t 250t 283t 316t", EFFORT, "283:again"},
        {"0t 250t 283t 316t 800t", PLAYING, "0:pause 283:play 283:where 800:pause"},
    };
    CHECK(rows, &taps);
}

static void other_thresholds(void **state)
{
    static const struct button_options slow = {
        .debounce_ns = 60 * MS, .double_ns = 700 * MS, .long_ns = 1500 * MS};
    static const struct row rows[] = {
        {"0d 1499u", PLAYING, "0:pause"},
        {"0d 1500u", PLAYING, "0:pause 1500:play 1500:where"},
        {"0d 100u 800d 900u", PLAYING, "0:pause 1600:next 1600:play"},
        {"0d 100u 801d 900u", PLAYING, "0:pause 960:play"},
        {"0d 100u 159d 300u", PLAYING, "0:pause"},
        {"0d 100u", PAUSED, "160:play"},
    };
    CHECK(rows, &slow);
    static const struct button_options nonsense = {
        .debounce_ns = -5, .double_ns = INT64_MAX, .long_ns = 1};
    static const struct row kept[] = {
        {"0d 199u 2199d 2200u", PLAYING, "0:pause 4200:next 4200:play"},
        {"0d 200u", PLAYING, "0:pause 200:play 200:where"},
    };
    CHECK(kept, &nonsense);
}

static void handles(void **state)
{
    struct buttons buttons = {.now = 0};
    const struct button_facts facts = {.playing = true};
    for (uint32_t i = 1; i <= BUTTON_MOST; i++)
        assert_int_equal(button_add(&buttons, NULL), i);
    assert_int_equal(button_add(&buttons, NULL), 0);
    button_press(&buttons, 0, 5, &facts);
    button_press(&buttons, BUTTON_MOST + 1, 5, &facts);
    button_release(&buttons, UINT32_MAX, 5);
    button_tap(&buttons, 0, 5, &facts);
    button_remove(&buttons, 0, 6);
    assert_null(button_take(&buttons));
    button_remove(&buttons, 3, 6);
    button_remove(&buttons, 3, 6);
    assert_int_equal(button_add(&buttons, NULL), 3);
}

static void time_never_runs_backwards(void **state)
{
    struct sim sim = new_sim(PLAYING, NULL);
    event(&sim, 'd', ORIGIN + 500 * MS);
    event(&sim, 'u', ORIGIN + 400 * MS); /* counts as 500 */
    event(&sim, 'd', ORIGIN - 400 * MS); /* within the debounce */
    event(&sim, 'u', ORIGIN + 600 * MS);
    pass_time(&sim, ORIGIN + 5000 * MS);
    assert_string_equal(sim.said, "0:pause");
    assert_int_equal(sim.lines, 1);
    assert_true(button_wake(&sim.buttons) == INT64_MAX);
}

/* Anything at any time: it always comes to rest, says no more than three lines a press, and never
 * pauses what is paused. */
static void whatever_is_pressed_comes_to_rest(void **state)
{
    static const char kinds[] = "dudududuDUtT";
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        struct prng prng = prng_new(seed);
        const struct button_options options = {.taps = false};
        struct sim sim = new_sim((int)prng_below(&prng, 32), &options);
        nsec time = ORIGIN;
        bool timers = prng_below(&prng, 4) != 0;
        for (int i = 0; i < 60; i++) {
            static const nsec steps[] = {0, 5, 29, 30, 31, 90, 200, 349, 350, 351, 599, 600, 1200};
            time += steps[prng_below(&prng, sizeof steps / sizeof *steps)] * MS;
            if (timers)
                pass_time(&sim, time);
            sim.said[0] = '\0';
            sim.facts.last_words = prng_below(&prng, 8) == 0;
            event(&sim, kinds[prng_below(&prng, sizeof kinds - 1)], time);
        }
        pass_time(&sim, time + 2 * NSEC_PER_SEC);
        if (button_wake(&sim.buttons) != INT64_MAX || sim.buttons.row.owner != 0)
            fail_msg("seed %llu: it does not come to rest", (unsigned long long)seed);
        if (sim.lines > 3 * sim.presses)
            fail_msg("seed %llu: %u lines for %u presses", (unsigned long long)seed, sim.lines,
                     sim.presses);
        if (sim.redundant && timers)
            fail_msg("seed %llu: %u lines that change nothing", (unsigned long long)seed,
                     sim.redundant);
        /* And then it works as if nothing had been. */
        sim.facts = (struct button_facts){.playing = true};
        sim.said[0] = '\0';
        sim.timeless = true;
        event(&sim, 'u', time + 2500 * MS);
        pass_time(&sim, time + 3000 * MS);
        event(&sim, 'd', time + 3000 * MS);
        event(&sim, 'u', time + 3100 * MS);
        pass_time(&sim, time + 4000 * MS);
        if (strcmp(sim.said, "pause") != 0)
            fail_msg("seed %llu: afterwards a press says \"%s\"", (unsigned long long)seed,
                     sim.said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(while_it_plays),
        cmocka_unit_test(while_it_is_paused),
        cmocka_unit_test(in_the_last_words_of_a_hold),
        cmocka_unit_test(while_something_is_asked),
        cmocka_unit_test(contacts_bounce),
        cmocka_unit_test(releases_get_lost),
        cmocka_unit_test(two_buttons_do_not_mix),
        cmocka_unit_test(keys_of_terminals),
        cmocka_unit_test(other_thresholds),
        cmocka_unit_test(handles),
        cmocka_unit_test(time_never_runs_backwards),
        cmocka_unit_test(whatever_is_pressed_comes_to_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
