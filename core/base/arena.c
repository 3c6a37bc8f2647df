/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.c: a bump allocator in chunks, and heap allocation that never fails. Under AddressSanitizer
 * what is not handed out is poisoned, with a gap between neighbours. */
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define GAP 16
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define GAP 16
#endif
#endif
#ifndef GAP
#define GAP                               0
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

#define ALIGNMENT   _Alignof(max_align_t)
#define FIRST_CHUNK 4096
#define LAST_CHUNK  (size_t)(256 * 1024)

struct chunk {
    struct chunk *next;
    size_t size, used;
    _Alignas(max_align_t) unsigned char data[];
};

struct arena {
    struct chunk *chunks; /* the first one is being filled */
    size_t chunk_size;    /* of the next ordinary chunk */
};

static void die_of_memory(void)
{
    static const char text[] = "limber: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    abort();
}

void *xmalloc(size_t size)
{
    void *memory = malloc(size ? size : 1);
    if (!memory)
        die_of_memory();
    return memory;
}

void *xcalloc(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);
    if (!memory)
        die_of_memory();
    return memory;
}

void *xrealloc(void *memory, size_t size)
{
    void *moved = realloc(memory, size ? size : 1);
    if (!moved)
        die_of_memory();
    return moved;
}

char *xstrdup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(xmalloc(size), text, size);
}

struct arena *arena_new(void)
{
    struct arena *arena = xcalloc(1, sizeof *arena);
    arena->chunk_size = FIRST_CHUNK;
    return arena;
}

void arena_destroy(struct arena *arena)
{
    if (!arena)
        return;
    for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        ASAN_UNPOISON_MEMORY_REGION(chunk->data, chunk->size);
        free(chunk);
    }
    free(arena);
}

/* Large pieces get a chunk of their own behind the one being filled. */
static struct chunk *add_chunk(struct arena *arena, size_t size)
{
    bool own = size > arena->chunk_size / 4;
    size_t room = own ? size : arena->chunk_size;
    struct chunk *chunk = xcalloc(1, sizeof *chunk + room);
    chunk->size = room;
    ASAN_POISON_MEMORY_REGION(chunk->data, room);
    if (own && arena->chunks) {
        chunk->next = arena->chunks->next;
        arena->chunks->next = chunk;
    } else {
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    if (!own && arena->chunk_size < LAST_CHUNK)
        arena->chunk_size *= 2;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        die_of_memory();
    size_t step = (size + GAP + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (step == 0)
        step = ALIGNMENT;
    struct chunk *chunk = arena->chunks;
    if (!chunk || chunk->size - chunk->used < step)
        chunk = add_chunk(arena, step);
    void *memory = chunk->data + chunk->used;
    chunk->used += step;
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
    return memory;
}

void *arena_memdup(struct arena *arena, const void *data, size_t size)
{
    void *copy = arena_alloc(arena, size);
    if (size)
        memcpy(copy, data, size);
    return copy;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (length)
        memcpy(copy, text, length);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_alloc(arena, length < 0 ? 1 : (size_t)length + 1);
    if (length > 0)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}
