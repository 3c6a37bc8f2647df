/* SPDX-License-Identifier: GPL-3.0-or-later */
/* intern.c: one copy of each text, however often a plan says it. Open addressing, at most half
 * full. */
#include <stdlib.h>
#include <string.h>

#include "plan/expand.h"

struct slot {
    uint64_t hash;
    const char *text; /* NULL: empty */
    size_t length;
};

struct intern {
    struct arena *arena;
    struct slot *slots;
    size_t capacity; /* a power of 2 */
    size_t count;
};

struct intern *intern_new(struct arena *arena)
{
    struct intern *intern = xcalloc(1, sizeof *intern);
    intern->arena = arena;
    intern->capacity = 256;
    intern->slots = xcalloc(intern->capacity, sizeof *intern->slots);
    return intern;
}

void intern_destroy(struct intern *intern)
{
    if (!intern)
        return;
    free(intern->slots);
    free(intern);
}

static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
}

static struct slot *find(struct slot *slots, size_t capacity, uint64_t hash, const char *text,
                         size_t length)
{
    size_t at = (size_t)hash & (capacity - 1);
    while (slots[at].text && (slots[at].hash != hash || slots[at].length != length ||
                              memcmp(slots[at].text, text, length) != 0))
        at = (at + 1) & (capacity - 1);
    return &slots[at];
}

static void grow(struct intern *intern)
{
    size_t capacity = intern->capacity * 2;
    struct slot *slots = xcalloc(capacity, sizeof *slots);
    for (size_t i = 0; i < intern->capacity; i++) {
        const struct slot *old = &intern->slots[i];
        if (old->text)
            *find(slots, capacity, old->hash, old->text, old->length) = *old;
    }
    free(intern->slots);
    intern->slots = slots;
    intern->capacity = capacity;
}

const char *intern_text(struct intern *intern, const char *text, size_t length)
{
    if (intern->count * 2 >= intern->capacity)
        grow(intern);
    uint64_t hash = hash_of(text, length);
    struct slot *slot = find(intern->slots, intern->capacity, hash, text, length);
    if (!slot->text) {
        slot->hash = hash;
        slot->text = arena_strndup(intern->arena, text, length);
        slot->length = length;
        intern->count++;
    }
    return slot->text;
}
