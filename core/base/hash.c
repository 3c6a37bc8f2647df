/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash.c: FNV-1a with 128 bits for names, and XXH64 (Collet's public specification, seed 0) as the
 * checksum. Both give the same values on every machine. */
#include "base/hash.h"

#include <string.h>

#define PRIME_1 UINT64_C(0x9e3779b185ebca87)
#define PRIME_2 UINT64_C(0xc2b2ae3d27d4eb4f)
#define PRIME_3 UINT64_C(0x165667b19e3779f9)
#define PRIME_4 UINT64_C(0x85ebca77c2b2ae63)
#define PRIME_5 UINT64_C(0x27d4eb2f165667c5)

struct hash hash_new(void)
{
    return (struct hash){(hash_state)UINT64_C(0x6c62272e07bb0142) << 64 |
                         UINT64_C(0x62b821756295c58d)};
}

void hash_bytes(struct hash *hash, const void *data, size_t size)
{
    const hash_state prime = (hash_state)1 << 88 | 0x13b;
    const unsigned char *bytes = data;
    hash_state state = hash->state;
    for (size_t i = 0; i < size; i++)
        state = (state ^ bytes[i]) * prime;
    hash->state = state;
}

void hash_text(struct hash *hash, const char *text)
{
    if (text)
        hash_bytes(hash, text, strlen(text) + 1);
    else
        hash_bytes(hash, "\xff\xff", 3); /* no UTF-8 text has these bytes */
}

void hash_int(struct hash *hash, int64_t value)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)value >> (8 * i));
    hash_bytes(hash, bytes, sizeof bytes);
}

void hash_double(struct hash *hash, double value)
{
    uint64_t bits;
    if (value == 0)
        value = 0; /* −0 is 0 */
    memcpy(&bits, &value, sizeof bits);
    hash_int(hash, (int64_t)bits);
}

void hash_hex(const struct hash *hash, char out[33])
{
    for (int i = 0; i < 32; i++)
        out[i] = "0123456789abcdef"[(unsigned)(hash->state >> (124 - 4 * i)) & 15];
    out[32] = '\0';
}

uint64_t hash_64(const struct hash *hash)
{
    return (uint64_t)(hash->state >> 64) ^ (uint64_t)hash->state;
}

static uint64_t rotate(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

static uint64_t load_64(const unsigned char *from)
{
    uint64_t value;
    memcpy(&value, from, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

static uint64_t load_32(const unsigned char *from)
{
    uint32_t value;
    memcpy(&value, from, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap32(value);
#endif
    return value;
}

static uint64_t mix(uint64_t lane, uint64_t input)
{
    return rotate(lane + input * PRIME_2, 31) * PRIME_1;
}

static uint64_t merge(uint64_t sum, uint64_t lane)
{
    return (sum ^ mix(0, lane)) * PRIME_1 + PRIME_4;
}

/* The blocks of 32 bytes, in four lanes. Moves *at past them. */
static uint64_t sum_blocks(const unsigned char **at, const unsigned char *end)
{
    uint64_t a = PRIME_1 + PRIME_2, b = PRIME_2, c = 0, d = -PRIME_1;
    const unsigned char *p = *at;
    for (; end - p >= 32; p += 32) {
        a = mix(a, load_64(p));
        b = mix(b, load_64(p + 8));
        c = mix(c, load_64(p + 16));
        d = mix(d, load_64(p + 24));
    }
    *at = p;
    uint64_t sum = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
    return merge(merge(merge(merge(sum, a), b), c), d);
}

uint64_t checksum_64(const void *data, size_t size)
{
    static const unsigned char nothing[1];
    const unsigned char *p = size ? data : nothing, *end = p + size;
    uint64_t sum = (size >= 32 ? sum_blocks(&p, end) : PRIME_5) + size;
    for (; end - p >= 8; p += 8)
        sum = rotate(sum ^ mix(0, load_64(p)), 27) * PRIME_1 + PRIME_4;
    if (end - p >= 4) {
        sum = rotate(sum ^ load_32(p) * PRIME_1, 23) * PRIME_2 + PRIME_3;
        p += 4;
    }
    for (; p < end; p++)
        sum = rotate(sum ^ *p * PRIME_5, 11) * PRIME_1;
    sum = (sum ^ sum >> 33) * PRIME_2;
    sum = (sum ^ sum >> 29) * PRIME_3;
    return sum ^ sum >> 32;
}
