/* SPDX-License-Identifier: GPL-3.0-or-later */
/* button.h: what one button can say. Presses with time stamps go in, lines of the command language
 * (command.h) come out. Pure: no clock, no allocation, nothing global; the caller asks when to come
 * back. docs/buttons.md tells it for people.
 *
 *   once      pause at once, or go on; during a hold's last words "more"
 *   twice     next          three times  back          more often, or a long press  where
 *
 * While something was asked, presses answer it. How often a button was pressed is known only
 * double_ns after the last press, but silence need not wait: the first press of a session that
 * plays is "pause" at once, and whatever it turns out to be goes on from there. A session that is
 * paused goes on when the button is let go; a second press makes it silent again.
 *
 * Several buttons share one row of presses: the press of another button ends the row. */
#ifndef SESSION_BUTTON_H
#define SESSION_BUTTON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/units.h"

#define BUTTON_MOST        16
#define BUTTON_DEBOUNCE_NS (30 * NSEC_PER_MSEC)
#define BUTTON_DOUBLE_NS   (350 * NSEC_PER_MSEC)
#define BUTTON_LONG_NS     (600 * NSEC_PER_MSEC)

/* Of one button; 0 is the default, and all are kept between the bounds that make sense. */
struct button_options {
    nsec debounce_ns; /* contact that was lost for less was not let go; 1 to 200 ms */
    nsec double_ns;   /* from letting go to the next press of a row, at most; 100 ms to 2 s */
    nsec long_ns;     /* held so long: a long press; 200 ms to 5 s */
    bool taps;        /* tells presses only, as a terminal: a long press is one that repeats */
};

enum button_question {
    BUTTON_NOT_ASKED,
    BUTTON_READY, /* "say when you are ready": once goes on */
    BUTTON_GO_ON, /* "go on, or begin again?": once goes on, twice begins again */
    BUTTON_EFFORT /* "how was it?": once easy, twice hard */
};

/* How the session stands at a press. */
struct button_facts {
    bool playing;    /* a press would pause it */
    bool last_words; /* the end of a hold: the last words or seconds of it */
    enum button_question question;
};

struct button { /* private */
    struct button_options options;
    bool used;
    bool contact;     /* as it was told last */
    bool down;        /* as it is believed: bounces left out */
    nsec contact_at;  /* when the contact was lost */
    nsec heard_at;    /* the last event */
    nsec run_at;      /* taps: the first of those that may be one key held down */
    bool run_playing; /* taps: how the session stood then */
    bool run_held;    /* taps: a key is held down, and that was answered */
};

struct button_row { /* private: the presses that belong together */
    uint32_t owner; /* 0: none */
    unsigned count;
    nsec press_at, release_at;
    bool playing; /* by what was said so far */
    bool before;  /* and before all of it */
    struct button_facts facts;
};

/* All zero is ready for use. */
struct buttons {
    struct button items[BUTTON_MOST];
    struct button_row row;
    nsec now;
    const char *lines[16];
    unsigned first_line, line_count;
};

/* Returns a handle above 0, or 0: there are BUTTON_MOST. NULL options: the defaults. */
uint32_t button_add(struct buttons *buttons, const struct button_options *options);
/* It is gone: a row of its presses is over. An unknown handle is ignored, here and below. */
void button_remove(struct buttons *buttons, uint32_t handle, nsec time);

/* The button went down, went up, or (options.taps) was pressed, at `time`, which must not be ahead
 * of the clock; one before what was handed over already counts as the latest of that. Pressed
 * though it is down: a key that repeats, ignored; after a second without any event, the release
 * was lost, and it counts. Call button_advance() with the same time before the facts are gathered:
 * what was due may change them. */
void button_press(struct buttons *buttons, uint32_t handle, nsec time,
                  const struct button_facts *facts);
void button_release(struct buttons *buttons, uint32_t handle, nsec time);
void button_tap(struct buttons *buttons, uint32_t handle, nsec time,
                const struct button_facts *facts);
/* It is `now`. Before calling, hand over all events that are there: an event that comes late is
 * taken as if it had happened now. */
void button_advance(struct buttons *buttons, nsec now);
/* When to call button_advance() at the latest; INT64_MAX: no need. */
nsec button_wake(const struct buttons *buttons);
/* The next command line, or NULL. Run all of them after every call above, in this order. */
const char *button_take(struct buttons *buttons);

#endif
