/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pump.c: mixer → ring → gate, and the render thread. */
#include "session/pump.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/ring.h"
#include "plugin/threadcheck.h"
#include "session/chime.h"
#include "session/journal.h"
#include "session/quiet.h"
#include "session/valve.h"

#define FILL_MS       500  /* the ring is kept this full */
#define MOST_MS       1000 /* for a device without a clock; history must hold this and any latency */
#define REFILL_MS     250  /* and filled again when it holds less: we may wake up late */
#define PRIME_MS      120  /* before the gate opens: devices take 90 at first */
#define IDLE_MS       1000
#define LATE_POLL_MS  5    /* how often to look whether the score has grown, if nobody says so */
#define FADE_MS       5    /* of the closing gate */
#define VOLUME_MS     30   /* from one volume to another */
#define FADE_WAIT_MS  300  /* for the device to ask once more */
#define CHIME_WAIT_MS 1500 /* for a chime to have sounded */

struct pump {
    /* immutable once playing */
    uint32_t rate_hz, channels;
    struct ring *ring;
    struct mixer *mixer;
    float *history; /* the last PUMP_HISTORY_SECONDS mixed, by frame modulo its length */
    frames history_length;

    /* the device's */
    float volume, volume_goal, volume_step; /* the master as it is, is to be, and a frame's part */

    /* written by main and the device */
    struct chime chime;
    _Atomic(struct journal_position *) mark; /* set while the gate is closed, with */
    _Atomic uint32_t generation;
    _Atomic frames latency;
    _Atomic float master; /* 0 … 1 */
    struct valve valve;
    _Atomic frames lead_in;
    _Atomic frames late, silence_after;
    _Atomic uint64_t pulls;
    _Atomic bool over; /* the last frame is in the ring */

    /* protected by lock */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* anything below, or the ring's filling */
    bool park, parked, quit;
    const struct score *score; /* to be played from now on; taken by the render thread */
    frames position;
    bool has_order, carry;
    bool opening;    /* the gate is to open as soon as the ring is primed */
    bool waited_for; /* a device without a clock wants samples now */

    /* main's, or the render thread's while not parked */
    frames base;  /* frame of the ring's first sample since its last reset */
    frames mixed; /* frame after the last one mixed */
    pthread_t thread;

    /* main's */
    float levels[MIXER_PARTS], boost;
};

static frames ms_to_frames(const struct pump *pump, int ms)
{
    return (frames)pump->rate_hz * ms / 1000;
}

/* --- the render thread --- */

static void remember(struct pump *pump, const float *block, frames count)
{
    for (frames i = 0; i < count; i++) {
        size_t at = (size_t)((pump->mixed + i) % pump->history_length) * pump->channels;
        memcpy(pump->history + at, block + i * pump->channels, pump->channels * sizeof *block);
    }
    pump->mixed += count;
}

static struct timespec deadline(int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return until;
}

/* Waits for a change, at most `ms`. Called locked. */
static void wait_ms(struct pump *pump, int ms)
{
    struct timespec until = deadline(ms);
    pthread_cond_timedwait(&pump->changed, &pump->lock, &until);
}

/* Obeys main. Returns false when the thread is to end. Called locked. */
static bool take_orders(struct pump *pump)
{
    while (pump->park && !pump->quit) {
        pump->parked = true;
        pthread_cond_broadcast(&pump->changed);
        pthread_cond_wait(&pump->changed, &pump->lock);
    }
    pump->parked = false;
    if (pump->has_order && !pump->quit) {
        mixer_set_score(pump->mixer, pump->score, pump->position, true);
        if (pump->carry)
            mixer_carry(pump->mixer);
        pump->has_order = false;
    }
    return !pump->quit;
}

/* How long the render thread may sleep now, ms; 0: mix. `last`: what mixer_mix() gave. Called
 * locked. */
static int time_to_sleep(struct pump *pump, int64_t last)
{
    if (!pump->score || atomic_load(&pump->over))
        return IDLE_MS;
    if (last == 0)
        return LATE_POLL_MS;
    int fill_ms = pump->waited_for ? MOST_MS : FILL_MS;
    return ring_available(pump->ring) < ms_to_frames(pump, fill_ms) ? 0 : FILL_MS - REFILL_MS;
}

/* Lets the device begin once there is enough for it not to run dry at once. Called locked. */
static void open_if_primed(struct pump *pump)
{
    if (!pump->opening)
        return;
    if (!atomic_load(&pump->over) && ring_available(pump->ring) < ms_to_frames(pump, PRIME_MS))
        return;
    pump->opening = false;
    valve_open(&pump->valve);
    pthread_cond_broadcast(&pump->changed); /* a device that waits for the first samples */
}

static void *render(void *context)
{
    struct pump *pump = context;
    float *block = xmalloc(sizeof(float) * MIXER_BLOCK * pump->channels);
    int64_t mixed = 1;
    threadcheck_set(THREAD_RENDER);
    pthread_mutex_lock(&pump->lock);
    while (take_orders(pump)) {
        open_if_primed(pump);
        int sleep_ms = time_to_sleep(pump, mixed);
        mixed = 1;
        if (sleep_ms > 0) {
            pump->parked = true; /* as good as: it looks for orders before it mixes */
            wait_ms(pump, sleep_ms);
            continue;
        }
        pthread_mutex_unlock(&pump->lock);
        mixed = mixer_mix(pump->mixer, block, MIXER_BLOCK);
        if (mixed > 0) {
            remember(pump, block, mixed);
            ring_write(pump->ring, block, mixed);
        }
        pthread_mutex_lock(&pump->lock);
        if (mixed < 0)
            atomic_store(&pump->over, true);
        if (mixed != 0)
            pthread_cond_broadcast(&pump->changed);
    }
    pthread_mutex_unlock(&pump->lock);
    free(block);
    return NULL;
}

static void park(struct pump *pump)
{
    pthread_mutex_lock(&pump->lock);
    pump->park = true;
    pthread_cond_broadcast(&pump->changed);
    while (!pump->parked)
        pthread_cond_wait(&pump->changed, &pump->lock);
    pthread_mutex_unlock(&pump->lock);
}

/* --- main's side --- */

struct pump *pump_new(uint32_t rate_hz)
{
    struct pump *pump = xcalloc(1, sizeof *pump);
    pthread_condattr_t attributes;
    pump->rate_hz = rate_hz;
    pump->volume = pump->volume_goal = pump->boost = 1;
    atomic_store(&pump->master, 1.0F);
    for (int i = 0; i < MIXER_PARTS; i++)
        pump->levels[i] = 1;
    pthread_mutex_init(&pump->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pump->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    atomic_store(&pump->silence_after, -1);
    return pump;
}

static void apply_levels(struct pump *pump)
{
    for (int i = 0; pump->mixer && i < MIXER_PARTS; i++)
        mixer_set_level(pump->mixer, (enum mixer_part)i, pump->levels[i] * pump->boost);
}

void pump_set_level(struct pump *pump, enum mixer_part part, float gain)
{
    pump->levels[part] = gain;
    apply_levels(pump);
}

void pump_set_master(struct pump *pump, float gain)
{
    pump->boost = gain > 1 ? gain : 1;
    atomic_store(&pump->master, gain >= 1 ? 1.0F : gain > 0 ? gain : 0.0F);
    apply_levels(pump);
}

void pump_chime(struct pump *pump, const struct clip *clip, float gain)
{
    if (clip) {
        chime_play(&pump->chime, clip, gain);
        return;
    }
    const struct timespec one_ms = {.tv_nsec = 1000000};
    uint64_t pulls = atomic_load(&pump->pulls);
    for (int ms = 1; chime_sounds(&pump->chime) && ms < CHIME_WAIT_MS; ms++) {
        nanosleep(&one_ms, NULL);
        if (ms % FADE_WAIT_MS == 0 && pulls == atomic_load(&pump->pulls))
            break; /* the device does not ask any more */
        pulls = ms % FADE_WAIT_MS == 0 ? atomic_load(&pump->pulls) : pulls;
    }
    chime_stop(&pump->chime);
    valve_wait(&pump->valve);
}

void pump_set_channels(struct pump *pump, uint32_t channels)
{
    if (pump->channels == channels)
        return;
    pump->channels = channels;
    pump->history_length = (frames)pump->rate_hz * PUMP_HISTORY_SECONDS;
    pump->history = xcalloc((size_t)pump->history_length * channels, sizeof(float));
    pump->ring = ring_new(pump->history_length, channels);
    pump->mixer = mixer_new(pump->rate_hz, channels);
    valve_init(&pump->valve, ms_to_frames(pump, FADE_MS), channels);
    apply_levels(pump);
    pump->park = true;
    if (quiet_thread(&pump->thread, render, pump) != 0) {
        log_line(LIMBER_LOG_ERROR, "pump", "no thread could be started");
        abort();
    }
    pthread_setname_np(pump->thread, "limber-render");
}

void pump_destroy(struct pump *pump)
{
    if (!pump)
        return;
    if (pump->channels) {
        pthread_mutex_lock(&pump->lock);
        pump->quit = true;
        pthread_cond_broadcast(&pump->changed);
        pthread_mutex_unlock(&pump->lock);
        pthread_join(pump->thread, NULL);
        ring_destroy(pump->ring);
        mixer_destroy(pump->mixer);
        valve_free(&pump->valve);
        free(pump->history);
    }
    pthread_cond_destroy(&pump->changed);
    pthread_mutex_destroy(&pump->lock);
    free(pump);
}

/* From now on the render thread does not open the gate. */
static void keep_closed(struct pump *pump)
{
    pthread_mutex_lock(&pump->lock);
    pump->opening = false;
    pthread_mutex_unlock(&pump->lock);
}

/* Closes the gate, and stops mixing. What was taken, and the fade, is all that is still heard. */
static void close_gate(struct pump *pump)
{
    keep_closed(pump);
    valve_close(&pump->valve, pump->ring);
    if (valve_is_fading(&pump->valve))
        pump_kick(pump); /* a device in pump_wait() */
    park(pump);
}

frames pump_taken(const struct pump *pump)
{
    return pump->ring ? pump->base + ring_total_read(pump->ring) : 0;
}

frames pump_hold(struct pump *pump)
{
    if (!pump->ring)
        return 0;
    close_gate(pump);
    return pump_taken(pump);
}

frames pump_cut(struct pump *pump)
{
    if (!pump->ring)
        return 0;
    keep_closed(pump);
    valve_shut(&pump->valve);
    park(pump);
    return pump_taken(pump);
}

void pump_wait_for_fade(const struct pump *pump)
{
    const struct timespec one_ms = {.tv_nsec = 1000000};
    for (int ms = 0; ms < FADE_WAIT_MS && valve_is_fading(&pump->valve); ms++)
        nanosleep(&one_ms, NULL);
}

bool pump_is_held(const struct pump *pump)
{
    return !valve_is_open(&pump->valve);
}

static void restart_ring(struct pump *pump, frames position)
{
    ring_reset(pump->ring);
    pump->base = position;
}

static void open_gate(struct pump *pump)
{
    pthread_mutex_lock(&pump->lock);
    pump->opening = true;
    pump->park = false;
    pthread_cond_broadcast(&pump->changed);
    pthread_mutex_unlock(&pump->lock);
}

static void begin(struct pump *pump, const struct score *score, frames position, bool carry)
{
    close_gate(pump);
    restart_ring(pump, position);
    pump->mixed = position;
    atomic_store(&pump->over, false);
    atomic_store(&pump->silence_after, -1);
    pump->score = score;
    pump->position = position;
    pump->has_order = true;
    pump->carry = carry;
    open_gate(pump);
}

void pump_play(struct pump *pump, const struct score *score, frames position)
{
    begin(pump, score, position, false);
}

void pump_play_on(struct pump *pump, const struct score *score, frames position)
{
    begin(pump, score, position, true);
}

void pump_continue(struct pump *pump, frames from)
{
    frames oldest = pump->mixed - pump->history_length;
    if (from < oldest)
        from = oldest;
    if (from < 0)
        from = 0;
    restart_ring(pump, from);
    for (frames at = from; at < pump->mixed; at++) {
        size_t index = (size_t)(at % pump->history_length) * pump->channels;
        ring_write(pump->ring, pump->history + index, 1);
    }
    atomic_store(&pump->silence_after, -1);
    open_gate(pump);
}

void pump_set_mark(struct pump *pump, struct journal_position *position, uint32_t generation)
{
    atomic_store(&pump->mark, NULL); /* never one generation with the other's frames */
    atomic_store(&pump->generation, generation);
    atomic_store(&pump->mark, position);
}

void pump_set_latency(struct pump *pump, frames latency)
{
    atomic_store(&pump->latency, latency);
}

void pump_kick(struct pump *pump)
{
    pthread_mutex_lock(&pump->lock);
    pthread_cond_broadcast(&pump->changed);
    pthread_mutex_unlock(&pump->lock);
}

void pump_set_lead_in(struct pump *pump, frames count)
{
    atomic_store(&pump->lead_in, count);
}

frames pump_late(const struct pump *pump)
{
    return atomic_load(&pump->late);
}

frames pump_silence_after(const struct pump *pump)
{
    return atomic_load(&pump->silence_after);
}

uint64_t pump_pulls(const struct pump *pump)
{
    return atomic_load(&pump->pulls);
}

/* --- the device's side: no lock, no allocation, no I/O --- */

/* Spreads `count` frames of the session's channels over the device's, in place, from the end. */
static void spread(float *samples, frames count, uint32_t from, uint32_t to)
{
    if (from == to)
        return;
    for (frames i = count - 1; i >= 0; i--) {
        float left = samples[i * from], right = from > 1 ? samples[i * from + 1] : left;
        for (uint32_t c = 0; c < to; c++)
            samples[i * to + c] = c == 0 ? left : c == 1 ? right : 0;
    }
}

/* Both channels in one. */
static float middle(const float *pair)
{
    return (pair[0] + pair[1]) * 0.5F;
}

/* Reads session frames into the front of `samples`, which has room for `count` frames of
 * `channels`. */
static frames read_session(struct pump *pump, float *samples, frames count, uint32_t channels)
{
    if (channels >= pump->channels) {
        frames got = ring_read(pump->ring, samples, count);
        spread(samples, got, pump->channels, channels);
        return got;
    }
    frames got = 0; /* stereo into a mono device: two samples do not fit where one goes */
    float pair[2];
    while (got < count && ring_read(pump->ring, pair, 1) == 1)
        samples[got++] = middle(pair);
    return got;
}

/* The same of the fade of the last closing, or of what is left of it. */
static frames read_fade(struct pump *pump, float *samples, frames count, uint32_t channels)
{
    frames left;
    const float *fade = valve_fade(&pump->valve, &left);
    frames part = left < count ? left : count;
    if (channels >= pump->channels) {
        memcpy(samples, fade, (size_t)(part * pump->channels) * sizeof *samples);
        spread(samples, part, pump->channels, channels);
    } else {
        for (frames i = 0; i < part; i++)
            samples[i] = middle(fade + 2 * i);
    }
    valve_fade_given(&pump->valve, part);
    return part;
}

/* Before anything is given: what was given before is with the device for certain. */
static void keep_position(struct pump *pump)
{
    struct journal_position *mark = atomic_load(&pump->mark);
    if (mark)
        journal_position_set(mark, atomic_load(&pump->generation),
                             pump_taken(pump) - atomic_load(&pump->latency));
}

/* What is due: first the end of what was played before, then what is played now. Returns how many
 * frames there were. */
static frames read_due(struct pump *pump, uint64_t valve, float *samples, frames count,
                       uint32_t channels)
{
    frames faded = 0, got = 0;
    if (valve_was_fading(valve))
        faded = read_fade(pump, samples, count, channels);
    if (valve_was_open(valve)) {
        keep_position(pump);
        got = read_session(pump, samples + faded * channels, count - faded, channels);
    }
    return faded + got;
}

/* The master. What is not heard needs no ramp. */
static void set_volume(struct pump *pump, float *samples, frames count, uint32_t channels)
{
    float goal = atomic_load_explicit(&pump->master, memory_order_relaxed);
    if (goal != pump->volume_goal) {
        pump->volume_goal = goal;
        pump->volume_step = (goal - pump->volume) / (float)ms_to_frames(pump, VOLUME_MS);
    }
    if (count == 0)
        pump->volume = goal;
    if (goal == 1 && pump->volume == 1)
        return;
    for (frames i = 0; i < count; i++) {
        float next = pump->volume + pump->volume_step;
        pump->volume = (pump->volume_step > 0) == (next > goal) ? goal : next;
        for (uint32_t c = 0; c < channels; c++)
            samples[i * channels + c] *= pump->volume;
    }
}

static void count_silence(struct pump *pump, frames silent)
{
    if (atomic_load(&pump->over) && ring_available(pump->ring) == 0) {
        frames before = atomic_load(&pump->silence_after);
        atomic_store(&pump->silence_after, (before < 0 ? 0 : before) + silent);
    } else {
        atomic_fetch_add(&pump->late, silent);
    }
}

int64_t pump_pull(struct pump *pump, float *samples, frames count, uint32_t channels)
{
    frames done = 0;
    const uint64_t valve = valve_enter(&pump->valve);
    atomic_fetch_add(&pump->pulls, 1);
    frames lead = atomic_load(&pump->lead_in);
    if (lead > 0) {
        done = lead < count ? lead : count;
        memset(samples, 0, (size_t)(done * channels) * sizeof(float));
        atomic_fetch_sub(&pump->lead_in, done);
    }
    frames got = read_due(pump, valve, samples + done * channels, count - done, channels);
    set_volume(pump, samples + done * channels, got, channels);
    frames silent = count - done - got;
    if (silent > 0) {
        memset(samples + (done + got) * channels, 0, (size_t)(silent * channels) * sizeof(float));
        if (valve_was_open(valve))
            count_silence(pump, silent);
    }
    chime_mix(&pump->chime, samples, count, channels);
    valve_leave(&pump->valve);
    return got;
}

/* Whether a device without a clock is to go on. Called locked. */
static bool has_due(const struct pump *pump, frames count)
{
    if (valve_is_fading(&pump->valve))
        return true;
    return valve_is_open(&pump->valve) &&
           (atomic_load(&pump->over) || ring_available(pump->ring) >= count);
}

void pump_wait(struct pump *pump, frames count, int timeout_ms)
{
    struct timespec until = deadline(timeout_ms);
    int status = 0;
    pthread_mutex_lock(&pump->lock);
    while (status == 0 && !has_due(pump, count)) {
        pump->waited_for = valve_is_open(&pump->valve);
        pthread_cond_broadcast(&pump->changed);
        status = pthread_cond_timedwait(&pump->changed, &pump->lock, &until);
    }
    pump->waited_for = false;
    pthread_mutex_unlock(&pump->lock);
}
