/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status.c: what is told to those who subscribed. A line says what is different; that time passes
 * is known to everybody, so while a session just goes on there is none. Where the position is not
 * what one would think by the clock, there is one. */
#include <time.h>

#include "socket.h"

#define ASTRAY_MS 1000

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether somebody who knows the last line and has a clock is wrong by now. */
static bool is_astray(const struct sockets *sockets)
{
    const struct text *told = &sockets->told, *newest = &sockets->newest;
    int64_t then = wire_member_milli(told->bytes, told->size, "position");
    int64_t now = wire_member_milli(newest->bytes, newest->size, "position");
    bool runs = wire_member_is(newest->bytes, newest->size, "state", "playing");
    int64_t off = now - then - (runs ? now_ms() - sockets->told_ms : 0);
    return then >= 0 && now >= 0 && (off > ASTRAY_MS || off < -ASTRAY_MS);
}

static bool is_news(const struct sockets *sockets)
{
    const struct text *told = &sockets->told, *newest = &sockets->newest;
    return told->size == 0 ||
           !wire_same_status(told->bytes, told->size, newest->bytes, newest->size) ||
           is_astray(sockets);
}

static void remember(struct sockets *sockets)
{
    sockets->told.size = 0;
    text_add(&sockets->told, sockets->newest.bytes, sockets->newest.size);
    sockets->told_ms = now_ms();
}

bool status_fetch(struct sockets *sockets)
{
    sockets->newest.size = 0;
    sockets->newest.failed = false;
    bool well = text_add(&sockets->newest, "* ", 2) &&
                socket_ask(sockets, "status", NULL, 0, &sockets->newest) == LIMBER_OK &&
                text_add(&sockets->newest, "\n", 1);
    if (!well)
        sockets->newest.size = 0;
    else if (sockets->told.size == 0)
        remember(sockets);
    return well;
}

void status_refresh(struct sockets *sockets)
{
    if (!peer_any_subscribed(sockets)) {
        status_forget(sockets);
        return;
    }
    if (!status_fetch(sockets))
        return;
    bool news = is_news(sockets);
    if (news)
        remember(sockets);
    peer_tell_all(sockets, news);
}

void status_forget(struct sockets *sockets)
{
    text_free(&sockets->told);
    text_free(&sockets->newest);
}
