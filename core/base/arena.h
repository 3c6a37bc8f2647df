/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.h: memory with one lifetime. Everything allocated from an arena is freed with it; nothing
 * is freed alone. Not thread-safe. Running out of memory ends the program with a message (never on
 * a real-time thread: those do not allocate). */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_destroy(struct arena *arena); /* NULL is legal */

/* `size` zeroed bytes aligned for any type. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);
/* Copies, NUL-terminated. */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Copies `size` bytes. */
void *arena_memdup(struct arena *arena, const void *data, size_t size);

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

/* Heap allocation that ends the program with a message when memory runs out. */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *memory, size_t size);
char *xstrdup(const char *text);

#endif
