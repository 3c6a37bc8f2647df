/* SPDX-License-Identifier: GPL-3.0-or-later */
/* yaml.c: libyaml's events into a tree. Limits are checked at every event, because the parser's own
 * work grows with the square of the depth; directives are refused before it sees them for the same
 * reason. */
#include "base/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/yaml_fault.h"

#define TEXT_MOST   (1024 * 1024)
#define SCALAR_MOST (64 * 1024)
#define NODES_MOST  100000
#define DEPTH_MOST  32

/* A list or map that is not closed yet. */
struct open_node {
    struct yaml_node *node;
    VEC(struct yaml_node *) items;
    VEC(struct yaml_node *) keys;
    struct yaml_node *key; /* MAP: waits for its value */
};

struct builder {
    const struct source *source;
    struct arena *arena;
    struct diags *diags;
    yaml_parser_t parser;
    struct yaml_cursor cursor;
    struct open_node open[DEPTH_MOST];
    int depth;
    struct yaml_node *root;
    size_t nodes;
    bool faulty;                  /* something was reported: no tree in the end */
    const struct yaml_node **map; /* the keys of all open maps: hashed by map and text */
    const struct yaml_node **key;
    size_t table_size, table_count;
};

size_t yaml_cursor_offset(struct yaml_cursor *cursor, size_t character)
{
    for (; character < cursor->character && cursor->offset > cursor->start; cursor->character--)
        do
            cursor->offset--;
        while (((unsigned char)cursor->text[cursor->offset] & 0xc0) == 0x80);
    for (; cursor->character < character && cursor->offset < cursor->end; cursor->character++) {
        const char *at = cursor->text + cursor->offset;
        str_utf8_next(&at, cursor->text + cursor->end);
        cursor->offset = (size_t)(at - cursor->text);
    }
    return cursor->offset;
}

static struct place place_of(struct builder *b, const yaml_mark_t *from, const yaml_mark_t *to)
{
    size_t start = yaml_cursor_offset(&b->cursor, from->index);
    size_t end = to ? yaml_cursor_offset(&b->cursor, to->index) : start;
    return place_at(b->source, start, end - start);
}

#define FAULT(b, place, hint, ...)                                                                 \
    ((b)->faulty = true, diags_add((b)->diags, SEVERITY_ERROR, (place), (hint), __VA_ARGS__))

/* --- Duplicate keys --- */

static size_t slot_of(const struct builder *b, const struct yaml_node *map, const char *text)
{
    struct hash hash = hash_new();
    hash_int(&hash, (int64_t)(intptr_t)map);
    hash_text(&hash, text);
    size_t i = hash_64(&hash) & (b->table_size - 1);
    while (b->map[i] && (b->map[i] != map || strcmp(b->key[i]->text, text) != 0))
        i = (i + 1) & (b->table_size - 1);
    return i;
}

static void grow_table(struct builder *b)
{
    const struct yaml_node **maps = b->map, **keys = b->key;
    size_t size = b->table_size;
    b->table_size = size ? size * 2 : 64;
    b->map = xcalloc(b->table_size, sizeof *b->map);
    b->key = xcalloc(b->table_size, sizeof *b->key);
    for (size_t i = 0; i < size; i++)
        if (maps[i]) {
            size_t slot = slot_of(b, maps[i], keys[i]->text);
            b->map[slot] = maps[i];
            b->key[slot] = keys[i];
        }
    free(maps);
    free(keys);
}

static void check_duplicate(struct builder *b, const struct yaml_node *map,
                            const struct yaml_node *key)
{
    if (b->table_count * 2 >= b->table_size)
        grow_table(b);
    size_t slot = slot_of(b, map, key->text);
    if (b->map[slot]) {
        FAULT(b, key->place, "keep one of the two", "`%s` is already given in line %d", key->text,
              b->key[slot]->place.line);
        return;
    }
    b->map[slot] = map;
    b->key[slot] = key;
    b->table_count++;
}

/* --- The tree --- */

/* False: the limit on nodes is reached. */
static bool add_node(struct builder *b, struct yaml_node *node)
{
    if (++b->nodes > NODES_MOST) {
        FAULT(b, node->place, "split it into several files", "more than %d values in one file",
              NODES_MOST);
        return false;
    }
    if (b->depth == 0) {
        b->root = node;
        return true;
    }
    struct open_node *open = &b->open[b->depth - 1];
    if (open->node->kind == YAML_LIST) {
        *vec_push(&open->items) = node;
    } else if (open->key) {
        *vec_push(&open->items) = node;
        *vec_push(&open->keys) = open->key;
        open->key = NULL;
    } else {
        if (node->kind == YAML_SCALAR) {
            check_duplicate(b, open->node, node);
        } else {
            FAULT(b, node->place, "write a word and a colon, as in `needs: [mat]`",
                  "a key must be plain text, not a %s", node->kind == YAML_LIST ? "list" : "map");
            node = ARENA_NEW(b->arena, struct yaml_node);
            node->text = "";
        }
        open->key = node;
    }
    return true;
}

static void refuse_extras(struct builder *b, struct place place, const void *anchor,
                          const void *tag)
{
    place.length = 1;
    if (anchor)
        FAULT(b, place,
              "write the value out where it is needed; a text that begins with `&` goes "
              "in quotes",
              "anchors (`&name`) are not used here");
    else if (tag)
        FAULT(b, place, "remove it; a text that begins with `!` goes in quotes",
              "tags (`!name`) are not used here");
}

static bool add_scalar(struct builder *b, const yaml_event_t *event)
{
    struct yaml_node *node = ARENA_NEW(b->arena, struct yaml_node);
    node->kind = YAML_SCALAR;
    node->place = place_of(b, &event->start_mark, &event->end_mark);
    refuse_extras(b, node->place, event->data.scalar.anchor, event->data.scalar.tag);
    size_t length = event->data.scalar.length;
    const char *text = (const char *)event->data.scalar.value;
    if (length > SCALAR_MOST) {
        FAULT(b, node->place, NULL, "a text of more than %d KiB", SCALAR_MOST / 1024);
        return false;
    }
    if (memchr(text, '\0', length))
        FAULT(b, node->place, NULL, "a text must not contain `\\0`");
    node->text = arena_strndup(b->arena, text, length);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return add_node(b, node);
}

static bool open_container(struct builder *b, enum yaml_kind kind, const yaml_event_t *event,
                           const void *anchor, const void *tag)
{
    struct yaml_node *node = ARENA_NEW(b->arena, struct yaml_node);
    node->kind = kind;
    node->place = place_of(b, &event->start_mark, NULL);
    refuse_extras(b, node->place, anchor, tag);
    if (b->depth == DEPTH_MOST) {
        FAULT(b, node->place, NULL, "nested more than %d levels deep", DEPTH_MOST);
        return false;
    }
    if (!add_node(b, node))
        return false;
    b->open[b->depth++] = (struct open_node){.node = node};
    return true;
}

static void close_container(struct builder *b)
{
    struct open_node *open = &b->open[--b->depth];
    open->node->count = open->items.count;
    open->node->items = vec_to_arena(&open->items, b->arena);
    open->node->keys = vec_to_arena(&open->keys, b->arena);
}

/* False: stop reading. */
static bool take_event(struct builder *b, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return add_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_container(b, YAML_LIST, event, event->data.sequence_start.anchor,
                              event->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return open_container(b, YAML_MAP, event, event->data.mapping_start.anchor,
                              event->data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_container(b);
        return true;
    case YAML_ALIAS_EVENT: {
        struct yaml_node *node = ARENA_NEW(b->arena, struct yaml_node);
        node->text = "";
        node->place = place_of(b, &event->start_mark, &event->end_mark);
        FAULT(b, node->place, "write the value out; a text that begins with `*` goes in quotes",
              "aliases (`*name`) are not used here");
        node->text = arena_printf(b->arena, "*%s", (const char *)event->data.alias.anchor);
        return add_node(b, node);
    }
    case YAML_DOCUMENT_END_EVENT:
        yaml_fault_check_rest(b->diags, b->source,
                              yaml_cursor_offset(&b->cursor, event->end_mark.index), b->cursor.end,
                              &b->faulty);
        return false;
    case YAML_STREAM_END_EVENT:
        return false;
    default:
        return true;
    }
}

static void build(struct builder *b)
{
    yaml_parser_set_encoding(&b->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b->parser,
                                 (const unsigned char *)b->source->text + b->cursor.start,
                                 b->cursor.end - b->cursor.start);
    for (bool more = true; more;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event)) {
            yaml_fault_report(b->diags, b->source, &b->cursor, &b->parser);
            b->faulty = true;
            return;
        }
        more = take_event(b, &event);
        yaml_event_delete(&event);
    }
}

static bool is_empty(const struct yaml_node *root)
{
    return !root || (root->kind == YAML_SCALAR && !root->quoted && root->text[0] == '\0');
}

const struct yaml_node *yaml_parse(const struct source *source, size_t offset, size_t length,
                                   struct arena *arena, struct diags *diags)
{
    if (offset > source->length)
        offset = source->length;
    if (length > source->length - offset)
        length = source->length - offset;
    if (length > TEXT_MOST) {
        diags_add(diags, SEVERITY_ERROR, place_at(source, offset, 0), NULL,
                  "more than %d MiB of settings", TEXT_MOST / 1024 / 1024);
        return NULL;
    }
    size_t end = offset + length;
    if (length >= 3 && memcmp(source->text + offset, "\xef\xbb\xbf", 3) == 0)
        offset += 3; /* byte order mark */
    if (!yaml_fault_check_text(diags, source, offset, end))
        return NULL;

    struct builder *b = xcalloc(1, sizeof *b);
    b->source = source;
    b->arena = arena;
    b->diags = diags;
    b->cursor = (struct yaml_cursor){source->text, offset, end, 0, offset};
    if (!yaml_parser_initialize(&b->parser))
        xmalloc((size_t)-1); /* ends the program */
    build(b);
    yaml_parser_delete(&b->parser);
    while (b->depth > 0)
        close_container(b);
    struct yaml_node *root = b->root;
    if (is_empty(root)) {
        root = ARENA_NEW(arena, struct yaml_node);
        root->kind = YAML_MAP;
        root->place = place_at(source, offset, 0);
    }
    bool faulty = b->faulty;
    free(b->map);
    free(b->key);
    free(b);
    return faulty ? NULL : root;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    if (!map || map->kind != YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->items[i];
    return NULL;
}

const char *yaml_get_text(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);
    return node && node->kind == YAML_SCALAR ? node->text : NULL;
}
