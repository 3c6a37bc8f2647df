/* SPDX-License-Identifier: GPL-3.0-or-later */
/* button.c: contacts (bounces, lost releases, keys that repeat), rows of presses, and what a row
 * means. */
#include "session/button.h"

#include <stddef.h>

#define LOST_NS     NSEC_PER_SEC          /* without an event: the release was lost */
#define REPEAT_NS   (80 * NSEC_PER_MSEC)  /* taps nearer than that are no finger's */
#define REPEATS_NS  (200 * NSEC_PER_MSEC) /* no keyboard begins to repeat sooner */
#define SAME_KEY_NS (700 * NSEC_PER_MSEC) /* and none later */
#define QUIET_NS    (150 * NSEC_PER_MSEC) /* a key that repeated was let go */
#define LINES_MOST  (sizeof((struct buttons *)0)->lines / sizeof(const char *))

/* --- handles --- */

static struct button *find(struct buttons *buttons, uint32_t handle)
{
    if (handle == 0 || handle > BUTTON_MOST || !buttons->items[handle - 1].used)
        return NULL;
    return &buttons->items[handle - 1];
}

static nsec within(nsec value, nsec otherwise, nsec least, nsec most)
{
    value = value ? value : otherwise;
    return value < least ? least : value > most ? most : value;
}

uint32_t button_add(struct buttons *buttons, const struct button_options *options)
{
    const struct button_options defaults = {.debounce_ns = 0};
    options = options ? options : &defaults;
    for (uint32_t i = 0; i < BUTTON_MOST; i++) {
        if (buttons->items[i].used)
            continue;
        buttons->items[i] = (struct button){
            .used = true,
            .options = {.debounce_ns = within(options->debounce_ns, BUTTON_DEBOUNCE_NS,
                                              NSEC_PER_MSEC, 200 * NSEC_PER_MSEC),
                        .double_ns = within(options->double_ns, BUTTON_DOUBLE_NS,
                                            100 * NSEC_PER_MSEC, 2 * NSEC_PER_SEC),
                        .long_ns = within(options->long_ns, BUTTON_LONG_NS, 200 * NSEC_PER_MSEC,
                                          5 * NSEC_PER_SEC),
                        .taps = options->taps}};
        return i + 1;
    }
    return 0;
}

/* --- what a row means --- */

static void say(struct buttons *buttons, const char *line)
{
    if (buttons->line_count < LINES_MOST) /* else the caller does not take them */
        buttons->lines[(buttons->first_line + buttons->line_count++) % LINES_MOST] = line;
}

const char *button_take(struct buttons *buttons)
{
    if (buttons->line_count == 0)
        return NULL;
    const char *line = buttons->lines[buttons->first_line];
    buttons->first_line = (buttons->first_line + 1) % LINES_MOST;
    buttons->line_count--;
    return line;
}

/* Only when it is not so already. */
static void set_playing(struct buttons *buttons, bool playing)
{
    if (buttons->row.playing != playing)
        say(buttons, playing ? "play" : "pause");
    buttons->row.playing = playing;
}

/* Goes where a row of presses leads, and plays there. */
static void move(struct buttons *buttons, const char *line)
{
    say(buttons, line);
    set_playing(buttons, true);
}

/* A question to the session: it stands as it stood before, then answers. */
static void ask(struct buttons *buttons)
{
    set_playing(buttons, buttons->row.before);
    say(buttons, "where");
}

static void decide_plain(struct buttons *buttons)
{
    switch (buttons->row.count) {
    case 1:
        if (buttons->row.facts.playing && buttons->row.facts.last_words) {
            set_playing(buttons, true);
            say(buttons, "more");
        } else { /* was done at the press, or at the release */
            set_playing(buttons, !buttons->row.facts.playing);
        }
        break;
    case 2:
        move(buttons, "next");
        break;
    case 3:
        move(buttons, "back");
        break;
    default:
        ask(buttons);
    }
}

static void decide_ready(struct buttons *buttons)
{
    static const char *const lines[] = {"go", "next", "back", "where"};
    unsigned count = buttons->row.count;
    say(buttons, lines[count < 4 ? count - 1 : 3]);
}

/* The row is over. */
static void decide(struct buttons *buttons)
{
    unsigned count = buttons->row.count;
    switch (buttons->row.facts.question) {
    case BUTTON_NOT_ASKED:
        decide_plain(buttons);
        break;
    case BUTTON_READY:
        decide_ready(buttons);
        break;
    case BUTTON_GO_ON:
        say(buttons, count == 1 ? "go" : count <= 3 ? "restart" : "again");
        break;
    case BUTTON_EFFORT:
        say(buttons, count == 1 ? "effort easy" : count == 2 ? "effort hard" : "again");
        break;
    }
    buttons->row.owner = 0;
}

/* The last press of the row is a long one, whatever came before it. */
static void decide_long(struct buttons *buttons)
{
    enum button_question question = buttons->row.facts.question;
    if (question == BUTTON_NOT_ASKED)
        ask(buttons);
    else
        say(buttons, question == BUTTON_READY ? "where" : "again");
    buttons->row.owner = 0;
}

/* --- rows --- */

/* `fresh`: nothing was said since the facts were gathered. */
static void begin_row(struct buttons *buttons, uint32_t handle, const struct button_facts *facts,
                      bool fresh)
{
    const struct button_facts meanwhile = {.playing = buttons->row.playing};
    facts = fresh ? facts : &meanwhile;
    buttons->row = (struct button_row){
        .owner = handle, .playing = facts->playing, .before = facts->playing, .facts = *facts};
}

/* One press more, of this button. */
static void count_press(struct buttons *buttons, uint32_t handle, nsec time,
                        const struct button_facts *facts, bool fresh)
{
    if (buttons->row.owner && buttons->row.owner != handle) {
        decide(buttons);
        fresh = buttons->line_count == 0;
    }
    if (!buttons->row.owner)
        begin_row(buttons, handle, facts, fresh);
    buttons->row.count += buttons->row.count < 1000;
    buttons->row.press_at = time;
    if (buttons->row.facts.question == BUTTON_NOT_ASKED)
        set_playing(buttons, false);
}

/* The press was a short one. */
static void end_press(struct buttons *buttons, nsec time)
{
    struct button_row *row = &buttons->row;
    row->release_at = time;
    if (row->count == 1 && row->facts.question == BUTTON_NOT_ASKED && !row->facts.playing)
        set_playing(buttons, true);
}

/* --- time --- */

static nsec sooner(nsec a, nsec b)
{
    return a < b ? a : b;
}

static nsec row_wake(const struct buttons *buttons)
{
    if (!buttons->row.owner)
        return INT64_MAX;
    const struct button *button = &buttons->items[buttons->row.owner - 1];
    if (!button->down)
        return buttons->row.release_at + button->options.double_ns + 1;
    return button->contact ? buttons->row.press_at + button->options.long_ns : INT64_MAX;
}

static nsec release_wake(const struct button *button)
{
    return button->used && button->down && !button->contact
               ? button->contact_at + button->options.debounce_ns
               : INT64_MAX;
}

nsec button_wake(const struct buttons *buttons)
{
    nsec wake = row_wake(buttons);
    for (int i = 0; i < BUTTON_MOST; i++)
        wake = sooner(wake, release_wake(&buttons->items[i]));
    return wake;
}

/* What is due at `now`, one thing. */
static void serve(struct buttons *buttons, nsec now)
{
    for (uint32_t i = 0; i < BUTTON_MOST; i++) {
        struct button *button = &buttons->items[i];
        if (release_wake(button) > now)
            continue;
        button->down = false;
        if (buttons->row.owner == i + 1)
            end_press(buttons, button->contact_at);
        return;
    }
    if (buttons->items[buttons->row.owner - 1].down)
        decide_long(buttons);
    else
        decide(buttons);
}

void button_advance(struct buttons *buttons, nsec now)
{
    nsec wake;
    while ((wake = button_wake(buttons)) <= now && wake != INT64_MAX)
        serve(buttons, wake);
    buttons->now = now > buttons->now ? now : buttons->now;
}

/* --- contacts --- */

/* Time as it counts, with all that was due before it done. */
static nsec arrive(struct buttons *buttons, nsec time)
{
    time = time > buttons->now ? time : buttons->now;
    button_advance(buttons, time);
    return time;
}

/* Nobody will say that it went up. */
static void forget_press(struct buttons *buttons, uint32_t handle)
{
    struct button *button = &buttons->items[handle - 1];
    button->contact = button->down = false;
    if (buttons->row.owner == handle)
        decide(buttons);
}

void button_press(struct buttons *buttons, uint32_t handle, nsec time,
                  const struct button_facts *facts)
{
    struct button *button = find(buttons, handle);
    if (!button)
        return;
    time = arrive(buttons, time);
    nsec silent = time - button->heard_at;
    button->heard_at = time;
    if (button->contact && silent < LOST_NS)
        return;
    if (button->contact)
        forget_press(buttons, handle);
    button->contact = true;
    if (!button->down) { /* else it bounced */
        button->down = true;
        count_press(buttons, handle, time, facts, buttons->line_count == 0);
    }
    button_advance(buttons, time); /* the bounce of a long press */
}

void button_release(struct buttons *buttons, uint32_t handle, nsec time)
{
    struct button *button = find(buttons, handle);
    if (!button)
        return;
    time = arrive(buttons, time);
    button->heard_at = time;
    if (!button->contact)
        return;
    button->contact = false;
    button->contact_at = time;
}

/* Whether a tap at `time` comes from a key that is held down. */
static bool repeats(const struct button *button, nsec time)
{
    return time - button->heard_at <= REPEAT_NS && time - button->run_at >= REPEATS_NS;
}

void button_tap(struct buttons *buttons, uint32_t handle, nsec time,
                const struct button_facts *facts)
{
    struct button *button = find(buttons, handle);
    if (!button)
        return;
    time = arrive(buttons, time);
    bool own = buttons->row.owner == handle, fresh = buttons->line_count == 0;
    nsec silent = time - button->heard_at;
    button->run_held = button->run_held && silent <= QUIET_NS;
    if (!button->run_held && own && repeats(button, time)) {
        buttons->row.before = button->run_playing;
        decide_long(buttons);
        button->run_held = true;
    } else if (!button->run_held) {
        bool alone = own || buttons->row.count <= 1;
        count_press(buttons, handle, time, facts, fresh);
        if (silent > SAME_KEY_NS || !alone) {
            button->run_at = time;
            button->run_playing = buttons->row.before;
        }
        end_press(buttons, time);
    }
    button->heard_at = time;
}

void button_remove(struct buttons *buttons, uint32_t handle, nsec time)
{
    struct button *button = find(buttons, handle);
    if (!button)
        return;
    arrive(buttons, time);
    forget_press(buttons, handle);
    button->used = false;
}
