/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pair.h: the six digits that a phone must know. Who hears the box may drive it: a code is spoken,
 * lives two minutes, and every fifth wrong one locks pairing for a time that doubles. All clocks
 * are given, in monotonic ms. */
#ifndef WEB_PAIR_H
#define WEB_PAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "parse.h"

#define PAIR_CODE_MS   (2 * 60 * 1000)
#define PAIR_TRIES     5
#define PAIR_LOCK_MS   (60 * 1000)
#define PAIR_LOCK_MOST (60 * 60 * 1000)
#define PAIR_FORGET_MS (24 * 60 * 60 * 1000) /* wrong tries count no more after so long */
#define PAIR_NEIGHBORS 64

/* Where somebody asks from: an IPv4 address, or the first half of an IPv6 one (the other half is
 * the device's to choose); as a number that is never 0. */
typedef uint64_t neighbor_key;

/* Allowed so many at once, and one more every `every_ms`. */
struct pair_bucket {
    int64_t empty_ms; /* when all will be allowed again */
};

struct pair_neighbor {
    neighbor_key key; /* 0: free */
    int64_t last_ms;
    struct pair_bucket tries, codes;
};

struct pairing {
    char code[CODE_DIGITS + 1]; /* "": none is valid */
    int64_t code_until_ms, locked_until_ms, last_wrong_ms;
    unsigned wrong, locks;
    struct pair_bucket codes;
    struct pair_neighbor neighbors[PAIR_NEIGHBORS];
};

enum pair_result {
    PAIR_GOOD,
    PAIR_WRONG,
    PAIR_NO_CODE, /* none was asked for, or it is too old */
    PAIR_LATER,   /* too many; *wait_ms tells how long */
    PAIR_LOCKED,  /* this wrong one was the fifth; likewise */
};

/* A new code, which makes the old one void. GOOD or LATER. */
enum pair_result pair_begin(struct pairing *pairing, neighbor_key key, int64_t now_ms,
                            int64_t *wait_ms);
/* It could not be spoken. */
void pair_cancel(struct pairing *pairing);
enum pair_result pair_try(struct pairing *pairing, neighbor_key key, const char *code,
                          int64_t now_ms, int64_t *wait_ms);

#endif
