/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pair.c: the six digits that a phone must know. */
#include "pair.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include <nettle/memops.h>

#define TRIES_AT_ONCE      5
#define TRY_EVERY_MS       2000
#define CODES_AT_ONCE      2 /* of one neighbour */
#define CODE_EVERY_MS      15000
#define ALL_CODES_AT_ONCE  5
#define ALL_CODES_EVERY_MS 180000 /* nobody next door makes it talk all night */

/* --- not too often --- */

/* Takes one, or tells how long to wait for it. */
static bool take(struct pair_bucket *bucket, int at_once, int64_t every_ms, int64_t now_ms,
                 int64_t *wait_ms)
{
    int64_t empty = bucket->empty_ms > now_ms ? bucket->empty_ms : now_ms;
    int64_t over = empty + every_ms - now_ms - at_once * every_ms;
    if (over > 0) {
        *wait_ms = over;
        return false;
    }
    bucket->empty_ms = empty + every_ms;
    return true;
}

/* Its own place, or that of whoever was quiet longest. */
static struct pair_neighbor *find(struct pairing *pairing, neighbor_key key, int64_t now_ms)
{
    struct pair_neighbor *oldest = pairing->neighbors;
    for (size_t i = 0; i < PAIR_NEIGHBORS; i++) {
        struct pair_neighbor *neighbor = &pairing->neighbors[i];
        if (neighbor->key == key) {
            neighbor->last_ms = now_ms;
            return neighbor;
        }
        if (oldest->key && (!neighbor->key || neighbor->last_ms < oldest->last_ms))
            oldest = neighbor;
    }
    *oldest = (struct pair_neighbor){.key = key, .last_ms = now_ms};
    return oldest;
}

static bool is_locked(const struct pairing *pairing, int64_t now_ms, int64_t *wait_ms)
{
    *wait_ms = pairing->locked_until_ms - now_ms;
    return *wait_ms > 0;
}

/* --- codes --- */

/* Each of the million alike. */
static bool draw(char code[CODE_DIGITS + 1])
{
    const uint32_t most = UINT32_MAX - UINT32_MAX % 1000000;
    uint32_t number;
    do {
        if (getrandom(&number, sizeof number, 0) != sizeof number)
            return false;
    } while (number >= most);
    snprintf(code, CODE_DIGITS + 1, "%06u", (unsigned)(number % 1000000));
    return true;
}

enum pair_result pair_begin(struct pairing *pairing, neighbor_key key, int64_t now_ms,
                            int64_t *wait_ms)
{
    struct pair_neighbor *neighbor = find(pairing, key, now_ms);
    if (is_locked(pairing, now_ms, wait_ms) ||
        !take(&neighbor->codes, CODES_AT_ONCE, CODE_EVERY_MS, now_ms, wait_ms) ||
        !take(&pairing->codes, ALL_CODES_AT_ONCE, ALL_CODES_EVERY_MS, now_ms, wait_ms))
        return PAIR_LATER;
    if (!draw(pairing->code)) {
        pair_cancel(pairing);
        *wait_ms = 1000;
        return PAIR_LATER;
    }
    pairing->code_until_ms = now_ms + PAIR_CODE_MS;
    return PAIR_GOOD;
}

void pair_cancel(struct pairing *pairing)
{
    explicit_bzero(pairing->code, sizeof pairing->code);
}

/* Wrong tries count over all codes and all neighbours, or a new code would buy new tries. */
static enum pair_result wrong(struct pairing *pairing, int64_t now_ms, int64_t *wait_ms)
{
    if (now_ms - pairing->last_wrong_ms > PAIR_FORGET_MS)
        pairing->wrong = pairing->locks = 0;
    pairing->last_wrong_ms = now_ms;
    if (++pairing->wrong < PAIR_TRIES)
        return PAIR_WRONG;
    int64_t lock_ms = (int64_t)PAIR_LOCK_MS << (pairing->locks < 10 ? pairing->locks : 10);
    *wait_ms = lock_ms < PAIR_LOCK_MOST ? lock_ms : PAIR_LOCK_MOST;
    pairing->locked_until_ms = now_ms + *wait_ms;
    pairing->locks++;
    pairing->wrong = 0;
    pair_cancel(pairing);
    return PAIR_LOCKED;
}

enum pair_result pair_try(struct pairing *pairing, neighbor_key key, const char *code,
                          int64_t now_ms, int64_t *wait_ms)
{
    struct pair_neighbor *neighbor = find(pairing, key, now_ms);
    if (is_locked(pairing, now_ms, wait_ms) ||
        !take(&neighbor->tries, TRIES_AT_ONCE, TRY_EVERY_MS, now_ms, wait_ms))
        return PAIR_LATER;
    if (now_ms >= pairing->code_until_ms)
        pair_cancel(pairing);
    if (!pairing->code[0])
        return PAIR_NO_CODE;
    if (!nettle_memeql_sec(code, pairing->code, CODE_DIGITS))
        return wrong(pairing, now_ms, wait_ms);
    pair_cancel(pairing); /* good once */
    pairing->wrong = pairing->locks = 0;
    return PAIR_GOOD;
}
