/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h: what a session becomes in the history, from what its conductor tells. [main] */
#ifndef PLAYER_RECORD_H
#define PLAYER_RECORD_H

#include "base/arena.h"
#include "history/history.h"
#include "session/conductor.h"

struct record;

struct record_about {
    struct history *history; /* may be NULL, or of no use: then nothing is kept */
    struct session *session; /* planned; outlives the record */
    const char *routine;     /* as the history calls it */
    enum level level;
    uint64_t seed;
    int64_t resume; /* the history's number of the session to go on with; 0: a new one */
    struct moment now;
};

/* Begins a session in the history, or goes on with one. */
struct record *record_new(const struct record_about *about);
/* Takes down what happened. `now_ms`: the time of day, Unix. */
void record_event(struct record *record, const struct conductor_event *event, struct moment now,
                  int64_t now_ms);
/* Lets go of it. A session that has not ended stays interrupted; one of which nothing was heard is
 * forgotten. */
void record_destroy(struct record *record);

/* The sentences at the end of a session that began at `now`, as if it were finished, by the phrases
 * of this language: "Third day in a row." NULL after the last; empty when nothing is known. All in
 * the arena. */
const char *const *record_closing(struct history *history, const char *language, struct moment now,
                                  struct arena *arena);

#endif
