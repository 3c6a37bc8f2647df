/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diary.h: what a session becomes in the history, from what its conductor tells. [main] */
#ifndef PLAYER_DIARY_H
#define PLAYER_DIARY_H

#include "base/arena.h"
#include "history/history.h"
#include "session/conductor.h"

struct diary;

struct diary_about {
    struct history *history; /* may be NULL, or of no use: then nothing is kept */
    struct session *session; /* planned; outlives the diary */
    const char *routine;     /* as the history calls it */
    enum level level;
    uint64_t seed;
    int64_t resume; /* the history's number of the session to go on with; 0: a new one */
    struct moment now;
};

/* Begins a session in the history, or goes on with one. */
struct diary *diary_new(const struct diary_about *about);
/* Takes down what happened. `now_ms`: the time of day, Unix. */
void diary_event(struct diary *diary, const struct conductor_event *event, struct moment now,
                 int64_t now_ms);
/* Lets go of it. A session that has not ended stays interrupted; one of which nothing was heard is
 * forgotten. */
void diary_destroy(struct diary *diary);

/* The sentences at the end of a session that began at `now`, as if it were finished, by the phrases
 * of this language: "Third day in a row." NULL after the last; empty when nothing is known. All in
 * the arena. */
const char *const *diary_closing(struct history *history, const char *language, struct moment now,
                                 struct arena *arena);

#endif
