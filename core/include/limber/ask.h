/* SPDX-License-Identifier: MIT */
/* limber/ask.h: what a control may want to know, and what it may store: the routines, the voices,
 * what plays now, what was done. The host's interface "limber.host.ask/1" (since ABI 1.2).
 *
 * Every question is one line, every answer one JSON document in UTF-8 (docs/ask.md lists them all),
 * so that a socket, a web page and a home can pass answers on as they are. Commands, which change
 * what is heard, go through "limber.host.command/1" instead. */
#ifndef LIMBER_ASK_H
#define LIMBER_ASK_H

#include "limber/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LIMBER_HOST_ASK_ID "limber.host.ask/1"

/* Takes a piece of an answer; `data` is valid during the call only. Returns false to hear no
 * more. */
typedef bool (*limber_ask_write)(void *user, const char *data, size_t size);

struct limber_host_ask {
    uint32_t size;
    void *context;
    /* Answers `question`, such as "status" or "routine upper-back-relief". `body` of `body_size`
     * bytes goes with some questions ("check", "save NAME"), else NULL and 0; any bytes may be
     * handed over. Nothing in a question is ever a path. On OK the document has been written in one
     * or more pieces, without a line break in it or after it. Otherwise nothing was written but
     * {"error":"…"}, a sentence for people. Errors: INVALID (no such question, or not so),
     * NOT_FOUND (no such routine), BUSY (not here: this host plays one routine and knows no
     * library), IO (could not be stored). [main] */
    enum limber_status (*ask)(void *context, const char *question, const char *body,
                              size_t body_size, limber_ask_write write, void *user);
};

#ifdef __cplusplus
}
#endif
#endif
