/* SPDX-License-Identifier: GPL-3.0-or-later */
/* play.c: keeps the device's buffer full, a period at a time, and knows when each frame is heard.
 *
 * What was pulled is written, whatever happens in between: an underrun loses nothing, because it
 * comes when all has been played; a device that was suspended and cannot go on by itself has lost
 * what it held, and is told to the host as lost, which opens it anew and gives all of it again. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alsa.h"
#include "common/samples.h"

#define MOST_FDS     16
#define WAIT_MS      200 /* at a time, for samples */
#define WAITS        8
#define LOOK_MS      500                 /* how often to look after a device that does not ask */
#define TAIL_NS      INT64_C(1500000000) /* at most, for what is still to be heard at the end */
#define AHEAD_NS     INT64_C(2000000000) /* a device that takes more than this has no clock */
#define RESUME_TRIES 40

static void sleep_ns(int64_t ns)
{
    const struct timespec time = {ns / 1000000000, ns % 1000000000};
    if (ns > 0)
        nanosleep(&time, NULL);
}

static int64_t frames_ns(const struct alsa_card *card, int64_t frames)
{
    return frames * 1000000000 / card->rate_hz;
}

/* --- samples --- */

static void convert(struct alsa_card *card, size_t count)
{
    if (card->format == SND_PCM_FORMAT_S16)
        samples_to_s16(card->pulled, (int16_t *)(void *)card->block, count);
    else if (card->format == SND_PCM_FORMAT_S32)
        samples_to_s24(card->pulled, (int32_t *)(void *)card->block, count);
    else
        memcpy(card->block, card->pulled, count * sizeof *card->pulled);
}

/* Gets `count` frames of the session, or silence if there is no session any more. */
static void pull(struct alsa_card *card, snd_pcm_uframes_t count)
{
    int64_t got = 0;
    memset(card->pulled, 0, count * card->channels * sizeof *card->pulled);
    atomic_store(&card->busy, true);
    if (!atomic_load(&card->stop)) {
        int64_t before_ns = atomic_load(&card->heard_ns), more_ns = frames_ns(card, (int64_t)count);
        atomic_store(&card->heard_ns, before_ns + more_ns); /* never tells of what is not taken */
        got = card->source.pull(card->source.context, card->pulled, (int64_t)count);
        if (got == 0)
            atomic_store(&card->heard_ns, before_ns);
    }
    atomic_store(&card->busy, false);
    convert(card, count * card->channels);
    card->held = count;
    card->offset = 0;
    if (got == 0)
        return;
    snd_pcm_sframes_t delay = 0;
    if (snd_pcm_delay(card->pcm, &delay) != 0 || delay < 0)
        delay = 0;
    int64_t delay_ns = frames_ns(card, delay + (int64_t)count);
    atomic_store(&card->delay_ns, delay_ns);
    atomic_store(&card->heard_ns, alsa_now_ns() + delay_ns);
}

/* For as long as the host does not take it for a stall. */
static void wait_for_samples(struct alsa_card *card)
{
    for (int i = 0; i < WAITS && card->settings.wait; i++) {
        int64_t before_ns = alsa_now_ns();
        atomic_store(&card->busy, true);
        if (!atomic_load(&card->stop))
            card->source.wait(card->source.context, (int64_t)card->period, WAIT_MS);
        atomic_store(&card->busy, false);
        if (alsa_now_ns() - before_ns < WAIT_MS * INT64_C(1000000))
            return;
    }
}

/* --- trouble --- */

static void tell_lost(struct alsa_card *card, const char *reason)
{
    atomic_store(&card->gone, true);
    atomic_store(&card->busy, true);
    if (!atomic_load(&card->stop))
        card->source.lost(card->source.context, reason);
    atomic_store(&card->busy, false);
}

/* After the machine slept. Returns 0 when the device goes on as if nothing had been. */
static int resume(struct alsa_card *card)
{
    int error = -EAGAIN;
    for (int i = 0; i < RESUME_TRIES && error == -EAGAIN && !atomic_load(&card->stop); i++) {
        error = snd_pcm_resume(card->pcm);
        if (error == -EAGAIN)
            sleep_ns(50000000);
    }
    return error;
}

/* Returns whether the device is to be tried again. */
static bool recover(struct alsa_card *card, int error)
{
    if (error == -EAGAIN || error == -EINTR)
        return true;
    if (error == -EPIPE) {
        if (card->written == 0) /* again, and nothing was played in between */
            sleep_ns(10000000);
        error = snd_pcm_prepare(card->pcm);
        atomic_fetch_add(&card->underruns, 1);
        card->written = 0;
        if (error == 0)
            return true;
    }
    if (error == -ESTRPIPE && resume(card) == 0)
        return true;
    tell_lost(card, error == -ESTRPIPE ? "it was suspended" : snd_strerror(error));
    return false;
}

/* --- writing --- */

/* Writes what is held. Returns whether to go on. */
static bool write_held(struct alsa_card *card)
{
    size_t frame = (size_t)snd_pcm_frames_to_bytes(card->pcm, 1);
    snd_pcm_sframes_t done =
        snd_pcm_writei(card->pcm, card->block + card->offset * frame, card->held);
    if (done < 0)
        return recover(card, (int)done);
    if (done > 0)
        atomic_store(&card->asked_ns, alsa_now_ns());
    if (card->written == 0)
        card->began_ns = alsa_now_ns();
    card->written += done;
    card->held -= (snd_pcm_uframes_t)done;
    card->offset += (snd_pcm_uframes_t)done;
    return true;
}

/* A device without a clock (ALSA's null) is given one. */
static void hold_back(struct alsa_card *card)
{
    int64_t ahead_ns = frames_ns(card, card->written) - (alsa_now_ns() - card->began_ns) - AHEAD_NS;
    if (!card->settings.wait && ahead_ns > 0)
        sleep_ns(ahead_ns < AHEAD_NS ? ahead_ns : AHEAD_NS);
}

/* Fills the device. Returns whether to go on. */
static bool fill(struct alsa_card *card)
{
    for (;;) {
        if (card->held > 0) {
            snd_pcm_uframes_t before = card->held;
            if (!write_held(card))
                return false;
            if (card->held == before)
                return true; /* full */
            continue;
        }
        snd_pcm_sframes_t room = snd_pcm_avail_update(card->pcm);
        if (room < 0) {
            if (!recover(card, (int)room))
                return false;
            room = snd_pcm_avail_update(card->pcm);
        }
        if (room < (snd_pcm_sframes_t)card->period)
            return true;
        hold_back(card);
        wait_for_samples(card);
        pull(card, card->period);
        if (atomic_load(&card->stop))
            return true;
    }
}

/* Waits until the device has room, or stop. Returns whether to go on. */
static bool wait_for_room(struct alsa_card *card)
{
    struct pollfd fds[MOST_FDS] = {{.fd = card->stop_fd, .events = POLLIN}};
    unsigned short events = 0;
    int count = snd_pcm_poll_descriptors(card->pcm, fds + 1, MOST_FDS - 1);
    if (count < 1) {
        tell_lost(card, "it cannot be waited for");
        return false;
    }
    if (atomic_load(&card->stop)) /* only the tail is left: the descriptor stays readable */
        fds[0].fd = -1;
    if (poll(fds, (nfds_t)count + 1, LOOK_MS) <= 0)
        return true;
    int error = snd_pcm_poll_descriptors_revents(card->pcm, fds + 1, (unsigned)count, &events);
    if (error == 0 && !(events & (POLLERR | POLLHUP | POLLNVAL)))
        return true;
    snd_pcm_state_t state = snd_pcm_state(card->pcm);
    return recover(card, state == SND_PCM_STATE_XRUN        ? -EPIPE
                         : state == SND_PCM_STATE_SUSPENDED ? -ESTRPIPE
                         : error < 0                        ? error
                                                            : -ENODEV);
}

/* When the first frame comes to be heard is known before it is written. */
static void begin(struct alsa_card *card)
{
    int64_t now_ns = alsa_now_ns();
    atomic_store(&card->delay_ns, frames_ns(card, (int64_t)card->buffer));
    atomic_store(&card->asked_ns, now_ns);
    atomic_store(&card->heard_ns, now_ns);
}

void alsa_play(struct alsa_card *card)
{
    int64_t stopped_ns = 0;
    begin(card);
    while (fill(card)) {
        if (atomic_load(&card->stop)) {
            int64_t now_ns = alsa_now_ns();
            stopped_ns = stopped_ns ? stopped_ns : now_ns;
            if (card->settings.wait || now_ns >= atomic_load(&card->heard_ns) ||
                now_ns - stopped_ns >= TAIL_NS)
                break;
        }
        if (!wait_for_room(card))
            break;
    }
    if (!atomic_load(&card->gone))
        snd_pcm_drop(card->pcm);
}
