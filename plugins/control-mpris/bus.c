/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bus.c: the connection to the session bus, on the host's loop. Who has none (a service, a console)
 * is not bothered; one that is lost is looked for again, ever more rarely. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mpris.h"

#define RETRY_FIRST_MS 1000
#define RETRY_MOST_MS  60000
#define MESSAGES       16 /* in a round */

static void connect_now(struct mpris *mpris);

static void forget(struct mpris *mpris, uint32_t *handle)
{
    if (*handle)
        mpris->loop->remove(mpris->loop->context, *handle);
    *handle = 0;
}

static void drop(struct mpris *mpris)
{
    forget(mpris, &mpris->watch);
    forget(mpris, &mpris->timer);
    mpris->bus = sd_bus_close_unref(mpris->bus);
    mpris->broken = false;
}

static void retry(void *user)
{
    struct mpris *mpris = user;
    mpris->retry_timer = 0;
    connect_now(mpris);
}

static void retry_later(struct mpris *mpris)
{
    mpris->retry_timer =
        mpris->loop->add_timer(mpris->loop->context, mpris->retry_ms, 0, retry, mpris);
    mpris->retry_ms = mpris->retry_ms * 2 > RETRY_MOST_MS ? RETRY_MOST_MS : mpris->retry_ms * 2;
}

/* The connection is of no use any more. */
static void lost(struct mpris *mpris, int error)
{
    drop(mpris);
    if (!mpris->lost_told)
        mpris_log(mpris, LIMBER_LOG_INFO, "the session bus has gone (%s); looking for it again",
                  strerror(-error));
    mpris->lost_told = true;
    retry_later(mpris);
}

/* --- serving it --- */

static void serve(struct mpris *mpris)
{
    int count = 0, more = 1;
    mpris->depth++;
    while (mpris->bus && !mpris->broken && more > 0 && count++ < MESSAGES)
        more = sd_bus_process(mpris->bus, NULL);
    mpris->depth--;
    if (mpris->bus && more < 0)
        lost(mpris, more);
    else
        bus_settle(mpris);
}

static void ready(void *user, int fd, short events)
{
    serve(user);
}

static void due(void *user)
{
    struct mpris *mpris = user;
    mpris->timer = 0;
    serve(mpris);
}

/* When the bus wants to be served whatever comes; ms from now, or −1: never. */
static int64_t due_ms(sd_bus *bus)
{
    uint64_t until_us = UINT64_MAX;
    if (sd_bus_get_timeout(bus, &until_us) < 0 || until_us == UINT64_MAX)
        return -1;
    int64_t left = (int64_t)(until_us / 1000) + 1 - mpris_now_ms();
    return until_us == 0 || left < 0 ? 0 : left;
}

void bus_settle(struct mpris *mpris)
{
    const struct limber_host_loop *loop = mpris->loop;
    if (!mpris->bus || mpris->depth > 0)
        return; /* serve() does it when it is through */
    int fd = sd_bus_get_fd(mpris->bus), events = sd_bus_get_events(mpris->bus);
    if (fd < 0 || events < 0) {
        lost(mpris, fd < 0 ? fd : events);
        return;
    }
    if (!mpris->watch || fd != mpris->watched_fd || (short)events != mpris->watched_events) {
        forget(mpris, &mpris->watch);
        mpris->watch = loop->watch_fd(loop->context, fd, (short)events, ready, mpris);
        mpris->watched_fd = fd;
        mpris->watched_events = (short)events;
    }
    forget(mpris, &mpris->timer);
    int64_t wait_ms = due_ms(mpris->bus);
    if (wait_ms >= 0)
        mpris->timer = loop->add_timer(loop->context, wait_ms, 0, due, mpris);
}

/* --- its name --- */

static int named(sd_bus_message *reply, void *user, sd_bus_error *error)
{
    struct mpris *mpris = user;
    uint32_t result = 0;
    bool ours = !sd_bus_message_is_method_error(reply, NULL) &&
                sd_bus_message_read(reply, "u", &result) >= 0 && (result == 1 || result == 4);
    if (ours) {
        mpris_log(mpris, LIMBER_LOG_INFO,
                  mpris->lost_told ? "the session bus is back" : "media keys are listened to");
        mpris->lost_told = false;
        mpris->retry_ms = RETRY_FIRST_MS;
        return 0;
    }
    if (mpris->own_number) {
        mpris_log(mpris, LIMBER_LOG_WARNING,
                  "the bus gives this player no name; media keys do "
                  "not reach it");
        return 0;
    }
    char name[80]; /* another player has the plain one */
    snprintf(name, sizeof name, MPRIS_NAME ".instance%d", (int)getpid());
    mpris->own_number = true;
    sd_bus_request_name_async(mpris->bus, NULL, name, 0, named, mpris);
    return 0;
}

/* --- coming and going --- */

static void connect_now(struct mpris *mpris)
{
    int result = sd_bus_open_user(&mpris->bus);
    mpris->own_number = false;
    if (result == -ENOMEDIUM) { /* this person, or service, has none */
        mpris_log(mpris, LIMBER_LOG_DEBUG, "there is no session bus");
        mpris->bus = NULL;
        return;
    }
    if (result >= 0)
        result = sd_bus_set_exit_on_disconnect(mpris->bus, 0);
    if (result >= 0)
        result = object_add(mpris);
    if (result >= 0)
        result = sd_bus_request_name_async(mpris->bus, NULL, MPRIS_NAME, 0, named, mpris);
    if (result < 0) {
        drop(mpris);
        mpris_log(mpris, LIMBER_LOG_DEBUG, "no session bus: %s", strerror(-result));
        retry_later(mpris);
        return;
    }
    serve(mpris);
}

void bus_start(struct mpris *mpris)
{
    mpris->retry_ms = RETRY_FIRST_MS;
    mpris->lost_told = false;
    connect_now(mpris);
}

void bus_stop(struct mpris *mpris)
{
    forget(mpris, &mpris->retry_timer);
    drop(mpris);
}
