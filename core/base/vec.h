/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vec.h: growing arrays. `VEC(struct cue) cues = {0}; *vec_push(&cues) = cue; … vec_free(&cues);`
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>

#include "base/arena.h"

#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count;                                                                              \
        size_t capacity;                                                                           \
    }

/* Makes room for one more (uninitialised) item and yields a pointer to it. Ends the program when
 * memory runs out. */
#define vec_push(vec)                                                                              \
    ((vec)->items = vec_grow_((vec)->items, (vec)->count, &(vec)->capacity, sizeof *(vec)->items), \
     &(vec)->items[(vec)->count++])

#define vec_free(vec) (free((vec)->items), (vec)->items = NULL, (vec)->count = (vec)->capacity = 0)

/* Copies the items into an arena, frees the vector's own memory, and yields the copy (NULL when
 * empty). */
#define vec_to_arena(vec, arena)                                                                   \
    vec_to_arena_((arena), (void **)&(vec)->items, &(vec)->count, &(vec)->capacity,                \
                  sizeof *(vec)->items)

void *vec_grow_(void *items, size_t count, size_t *capacity, size_t item_size);
void *vec_to_arena_(struct arena *arena, void **items, size_t *count, size_t *capacity,
                    size_t item_size);

#endif
