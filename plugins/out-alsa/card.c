/* SPDX-License-Identifier: GPL-3.0-or-later */
/* card.c: a device and the thread that owns it. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "alsa.h"
#include "common/prompt.h"

#define OPEN_LIMIT_MS  5000 /* the host's is 10 s */
#define CLOSE_LIMIT_MS 2500 /* the host's is 3 s */
#define MOST_BEHIND    3

static _Atomic int behind; /* threads that ALSA does not let go of */

int64_t alsa_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* --- memory --- */

static struct alsa_card *new_card(const struct alsa_settings *settings,
                                  const struct limber_output_source *source, uint32_t rate_hz)
{
    struct alsa_card *card = calloc(1, sizeof *card);
    pthread_condattr_t attributes;
    if (!card)
        return NULL;
    card->settings = *settings;
    if (source)
        card->source = *source;
    card->rate_hz = rate_hz;
    card->owners = 2;
    card->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&card->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&card->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return card;
}

static void let_go(struct alsa_card *card)
{
    pthread_mutex_lock(&card->lock);
    bool last = --card->owners == 0;
    pthread_mutex_unlock(&card->lock);
    if (!last)
        return;
    pthread_cond_destroy(&card->changed);
    pthread_mutex_destroy(&card->lock);
    if (card->stop_fd >= 0)
        close(card->stop_fd);
    free(card->pulled);
    free(card->block);
    free(card);
}

/* --- the thread --- */

static void become(struct alsa_card *card, enum alsa_state state)
{
    pthread_mutex_lock(&card->lock);
    card->state = state;
    pthread_cond_broadcast(&card->changed);
    pthread_mutex_unlock(&card->lock);
}

static bool wait_for_start(struct alsa_card *card)
{
    pthread_mutex_lock(&card->lock);
    while (!card->start && !atomic_load(&card->stop))
        pthread_cond_wait(&card->changed, &card->lock);
    bool start = card->start && !atomic_load(&card->stop);
    pthread_mutex_unlock(&card->lock);
    return start;
}

/* Before others, for cards only: the library of a sound server has a thread of its own behind a
 * lock, which costs half as much again when we are before it; and what has no clock never sleeps.
 */
static void be_prompt(const struct alsa_card *card)
{
    if (card->is_hardware && !card->settings.wait)
        prompt_thread();
}

static void *run(void *context)
{
    struct alsa_card *card = context;
    card->error = alsa_setup(card);
    if (card->error == 0) {
        be_prompt(card);
        become(card, ALSA_OPEN);
        if (wait_for_start(card)) {
            become(card, ALSA_PLAYING);
            alsa_play(card);
        }
    }
    if (card->pcm)
        snd_pcm_close(card->pcm);
    pthread_mutex_lock(&card->lock);
    card->state = ALSA_ENDED;
    if (card->abandoned)
        atomic_fetch_sub(&behind, 1);
    pthread_cond_broadcast(&card->changed);
    pthread_mutex_unlock(&card->lock);
    let_go(card);
    return NULL;
}

/* Signals are main's. */
static bool start_thread(struct alsa_card *card)
{
    sigset_t all, before;
    pthread_t thread;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool well = pthread_create(&thread, NULL, run, card) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!well)
        return false;
    pthread_setname_np(thread, "limber-alsa");
    pthread_detach(thread);
    return true;
}

/* --- the host's side --- */

/* Waits until the state is at least `state`. Returns false after so long. */
static bool reach(struct alsa_card *card, enum alsa_state state, int limit_ms)
{
    int64_t until_ns = alsa_now_ns() + limit_ms * INT64_C(1000000);
    const struct timespec until = {until_ns / 1000000000, until_ns % 1000000000};
    int error = 0;
    pthread_mutex_lock(&card->lock);
    while (card->state < state && error == 0)
        error = pthread_cond_timedwait(&card->changed, &card->lock, &until);
    bool reached = card->state >= state;
    pthread_mutex_unlock(&card->lock);
    return reached;
}

static void stop(struct alsa_card *card)
{
    pthread_mutex_lock(&card->lock);
    atomic_store(&card->stop, true);
    pthread_cond_broadcast(&card->changed);
    pthread_mutex_unlock(&card->lock);
    if (eventfd_write(card->stop_fd, 1) != 0)
        return; /* the thread looks at stop as well */
}

/* The thread hangs: it gets everything. */
static void abandon(struct alsa_card *card)
{
    pthread_mutex_lock(&card->lock);
    card->abandoned = card->state != ALSA_ENDED;
    if (card->abandoned)
        atomic_fetch_add(&behind, 1);
    pthread_mutex_unlock(&card->lock);
    let_go(card);
}

struct alsa_card *alsa_card_open(const struct alsa_settings *settings,
                                 const struct limber_output_source *source, uint32_t rate_hz,
                                 int *error, const char **doing)
{
    *doing = "is opened";
    if (atomic_load(&behind) >= MOST_BEHIND) {
        *error = -ETIMEDOUT;
        return NULL;
    }
    if (atomic_load(&behind) == 0)
        snd_config_update_free_global(); /* another default is seen */
    struct alsa_card *card = new_card(settings, source, rate_hz);
    *error = -ENOMEM;
    if (!card)
        return NULL;
    if (card->stop_fd < 0 || !start_thread(card)) {
        card->owners = 1;
        let_go(card);
        return NULL;
    }
    if (!reach(card, ALSA_OPEN, OPEN_LIMIT_MS)) {
        *error = -ETIMEDOUT;
        stop(card);
        abandon(card);
        return NULL;
    }
    if (card->error == 0)
        return card;
    *error = card->error;
    *doing = card->doing;
    let_go(card);
    return NULL;
}

void alsa_card_start(struct alsa_card *card)
{
    pthread_mutex_lock(&card->lock);
    card->start = true;
    pthread_cond_broadcast(&card->changed);
    pthread_mutex_unlock(&card->lock);
}

bool alsa_card_close(struct alsa_card *card)
{
    stop(card);
    bool ended = reach(card, ALSA_ENDED, CLOSE_LIMIT_MS);
    const struct timespec one_ms = {.tv_nsec = 1000000};
    while (atomic_load(&card->busy)) /* in the host's pull, which is short; then never again */
        nanosleep(&one_ms, NULL);
    abandon(card);
    return ended;
}

/* From the last frame taken to its being heard. A device that has not asked for anything for longer
 * than it can play has stopped, who knows when: then all is told that may not have been heard. */
int64_t alsa_card_latency(struct alsa_card *card)
{
    int64_t now_ns = alsa_now_ns(), delay_ns = atomic_load(&card->delay_ns);
    int64_t left_ns = atomic_load(&card->heard_ns) - now_ns;
    if (atomic_load(&card->gone) ||
        now_ns - atomic_load(&card->asked_ns) > delay_ns + INT64_C(200000000))
        left_ns = delay_ns;
    return left_ns > 0 ? left_ns * card->rate_hz / 1000000000 : 0;
}
