/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vec.c: growing arrays. */
#include "base/vec.h"

#include <stdint.h>
#include <stdlib.h>

void *vec_grow_(void *items, size_t count, size_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return items;
    size_t wanted = *capacity ? *capacity * 2 : 8;
    if (wanted > SIZE_MAX / 2 / item_size)
        return xmalloc(SIZE_MAX); /* ends the program */
    *capacity = wanted;
    return xrealloc(items, wanted * item_size);
}

void *vec_to_arena_(struct arena *arena, void **items, size_t *count, size_t *capacity,
                    size_t item_size)
{
    void *copy = *count ? arena_memdup(arena, *items, *count * item_size) : NULL;
    free(*items);
    *items = NULL;
    *count = *capacity = 0;
    return copy;
}
