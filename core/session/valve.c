/* SPDX-License-Identifier: GPL-3.0-or-later */
/* valve.c: open, closed, and the fade in between. */
#include "session/valve.h"

#include <stdlib.h>
#include <time.h>

#include "base/arena.h"

#define OPEN   UINT64_C(1)
#define FADING UINT64_C(2)
#define PULL   UINT64_C(4) /* the lowest bit of the count: set while the device is in a pull */
#define NAP_NS 50000
#define TRIES  2000 /* 100 ms of a device that is in a pull whenever one looks */

static void nap(void)
{
    const struct timespec moment = {.tv_nsec = NAP_NS};
    nanosleep(&moment, NULL);
}

void valve_init(struct valve *valve, frames fade, uint32_t channels)
{
    valve->channels = channels;
    valve->fade_most = fade;
    valve->fade = xcalloc((size_t)fade * channels, sizeof *valve->fade);
}

void valve_free(struct valve *valve)
{
    free(valve->fade);
}

bool valve_was_open(uint64_t word)
{
    return (word & OPEN) != 0;
}

bool valve_was_fading(uint64_t word)
{
    return (word & FADING) != 0;
}

bool valve_is_open(const struct valve *valve)
{
    return valve_was_open(atomic_load(&valve->word));
}

bool valve_is_fading(const struct valve *valve)
{
    return valve_was_fading(atomic_load(&valve->word));
}

void valve_wait(const struct valve *valve)
{
    while (atomic_load(&valve->word) & PULL)
        nap();
}

void valve_open(struct valve *valve)
{
    atomic_fetch_or(&valve->word, OPEN);
}

/* What the ring would give next, getting softer. Whoever takes some of it meanwhile has come in, so
 * that this one is not used. */
static void prepare_fade(struct valve *valve, const struct ring *ring)
{
    frames length = ring_peek(ring, valve->fade, valve->fade_most);
    for (frames i = 0; i < length; i++) {
        float gain = 1.0F - (float)(i + 1) / (float)length;
        for (uint32_t c = 0; c < valve->channels; c++)
            valve->fade[i * valve->channels + c] *= gain;
    }
    valve->fade_length = length;
    valve->fade_given = 0;
}

/* Closes it unless the device is in a pull, or comes in meanwhile. */
static bool try_to_close(struct valve *valve, const struct ring *ring)
{
    uint64_t word = atomic_load(&valve->word), closed = word & ~OPEN;
    if (!(word & OPEN))
        return true;
    if (word & PULL) {
        nap();
        return false;
    }
    /* An earlier fade is given before anything is taken: if there is one, nothing was. */
    if (ring_total_read(ring) > 0) {
        prepare_fade(valve, ring);
        closed |= valve->fade_length > 0 ? FADING : 0;
    }
    return atomic_compare_exchange_strong(&valve->word, &word, closed);
}

void valve_close(struct valve *valve, const struct ring *ring)
{
    int tries = 0;
    while (tries < TRIES && !try_to_close(valve, ring))
        tries++;
    if (tries < TRIES)
        return;
    /* Whoever asks without a pause, or sleeps within a pull, is no device that plays. */
    atomic_fetch_and(&valve->word, ~OPEN);
    valve_wait(valve);
}

void valve_shut(struct valve *valve)
{
    uint64_t word;
    do {
        valve_wait(valve);
        word = atomic_load(&valve->word);
    } while ((word & PULL) ||
             !atomic_compare_exchange_strong(&valve->word, &word, word & ~(OPEN | FADING)));
}

/* --- the device's side --- */

uint64_t valve_enter(struct valve *valve)
{
    return atomic_fetch_add(&valve->word, PULL);
}

void valve_leave(struct valve *valve)
{
    atomic_fetch_add(&valve->word, PULL);
}

const float *valve_fade(const struct valve *valve, frames *left)
{
    *left = valve->fade_length - valve->fade_given;
    return valve->fade + valve->fade_given * valve->channels;
}

void valve_fade_given(struct valve *valve, frames count)
{
    valve->fade_given += count;
    if (valve->fade_given == valve->fade_length)
        atomic_fetch_and(&valve->word, ~FADING);
}
