/* SPDX-License-Identifier: GPL-3.0-or-later */
/* needs.c: the sentences of all variants of routines, each once, with where they come from. */
#include "studio/needs.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "base/units.h"
#include "plan/phrases.h"
#include "studio/needs_inside.h"

/* Texts with numbers from 0, by open addressing. */
struct text_set {
    struct slot {
        const char *text; /* NULL: free */
        size_t number;
    } * slots;
    size_t capacity, count;
};

struct needs {
    struct arena *arena;
    const char *language, *phrase_folder;
    bool skip_foreign;
    struct phrases *phrases; /* NULL: not loaded yet, or there are none in the language */
    struct diags *phrase_faults;
    struct text_set texts; /* numbered as the items */
    VEC(struct need) items;
    VEC(struct needs_routine) routines;
    struct text_set keys; /* of the player's sentences: text → index in key_names */
    VEC(const char *) key_names;
    struct number_words numbers;
};

/* --- text_set --- */

static struct slot *find_slot(struct slot *slots, size_t capacity, const char *text)
{
    struct hash hash = hash_new();
    hash_text(&hash, text);
    for (size_t i = (size_t)hash_64(&hash);; i++) {
        struct slot *slot = &slots[i & (capacity - 1)];
        if (!slot->text || strcmp(slot->text, text) == 0)
            return slot;
    }
}

static void grow(struct text_set *set)
{
    size_t capacity = set->capacity ? 2 * set->capacity : 256;
    struct slot *slots = xcalloc(capacity, sizeof *slots);
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i].text)
            *find_slot(slots, capacity, set->slots[i].text) = set->slots[i];
    free(set->slots);
    set->slots = slots;
    set->capacity = capacity;
}

/* The number of a text; SIZE_MAX: it is not in it. */
static size_t set_find(const struct text_set *set, const char *text)
{
    struct slot *slot = set->capacity ? find_slot(set->slots, set->capacity, text) : NULL;
    return slot && slot->text ? slot->number : SIZE_MAX;
}

/* Adds a text that is not in it, and outlives it. */
static void set_add(struct text_set *set, const char *text)
{
    if (2 * (set->count + 1) > set->capacity)
        grow(set);
    *find_slot(set->slots, set->capacity, text) = (struct slot){text, set->count};
    set->count++;
}

static void set_free(struct text_set *set)
{
    free(set->slots);
    *set = (struct text_set){0};
}

/* --- phrases --- */

static bool same_primary(const char *a, const char *b)
{
    size_t length = strcspn(a, "-_");
    return length == strcspn(b, "-_") && strncasecmp(a, b, length) == 0;
}

static void learn_key(struct needs *needs, const char *key, const char *text)
{
    if (!text || !text[0] || set_find(&needs->keys, text) != SIZE_MAX)
        return;
    set_add(&needs->keys, arena_strdup(needs->arena, text));
    *vec_push(&needs->key_names) = arena_strdup(needs->arena, key);
}

static void learn_phrase(void *context, const char *key, const char *text)
{
    struct needs *needs = context;
    if (strcmp(key, "number") == 0 && text)
        parts_learn(&needs->numbers, text);
    learn_key(needs, key, text);
}

static void load_phrases(struct needs *needs)
{
    if (needs->phrase_faults)
        return;
    needs->phrase_faults = diags_new();
    needs->phrases = phrases_load(needs->phrase_folder, needs->language, needs->phrase_faults);
    if (needs->phrases && !same_primary(phrases_language(needs->phrases), needs->language)) {
        phrases_destroy(needs->phrases);
        needs->phrases = NULL;
    }
    if (needs->phrases)
        phrases_each(needs->phrases, learn_phrase, needs);
}

/* What the player says of the names in the page, so that these sentences are known by their key. */
static void learn_names(struct needs *needs, const struct section *section, struct arena *arena)
{
    static const char *const keys[] = {"name.next", "name.first", "name.only", "group",
                                       "close.title"};
    for (size_t i = 0; needs->phrases && i < sizeof keys / sizeof *keys; i++) {
        char *small = arena_strdup(arena, section->name);
        /* Both spellings: which one the plan takes depends on the word. */
        for (int pass = 0; pass < 2; pass++) {
            const char *const pairs[] = {"name",  section->name, "small name", small,
                                         "title", section->name, NULL};
            learn_key(needs, keys[i], phrases_say(needs->phrases, arena, keys[i], pairs));
            if (small[0] >= 'A' && small[0] <= 'Z')
                small[0] = (char)(small[0] + 32);
        }
    }
    for (size_t i = 0; i < section->child_count; i++)
        learn_names(needs, &section->children[i], arena);
}

static const char *key_of(const struct needs *needs, const struct cue *cue)
{
    size_t found = set_find(&needs->keys, cue->text);
    if (found != SIZE_MAX)
        return needs->key_names.items[found];
    return cue->role == ROLE_COUNT   ? "number"
           : cue->move == UINT32_MAX ? "opening"
                                     : "announcement";
}

/* Whether numbers in it may come from other clips: not if they are in a name, or a way of saying
 * ("come onto one knee"). */
static bool may_be_composed(const char *key)
{
    static const char *const keys[] = {
        "round",       "set",         "rest",         "left",        "duration",       "opening",
        "answer.more", "answer.less", "answer.to go", "answer.days", "answer.sessions"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        size_t length = strlen(keys[i]);
        if (strncmp(keys[i], key, length) == 0 && (key[length] == '\0' || key[length] == '.'))
            return true;
    }
    return false;
}

static struct need *add_need(struct needs *needs, const char *text)
{
    struct need *need = vec_push(&needs->items);
    *need = (struct need){.text = arena_strdup(needs->arena, text)};
    set_add(&needs->texts, need->text);
    return need;
}

static void set_phrase(struct needs *needs, struct need *need, const char *key)
{
    need->phrase = key;
    if (strcmp(key, "number") == 0)
        need->number = parts_number(&needs->numbers, need->text);
    if (may_be_composed(key))
        need->part_count = parts_of(&needs->numbers, need->text, needs->arena, &need->parts);
}

static void add_phrase(void *context, const char *key, const char *text)
{
    struct needs *needs = context;
    if (text && text[0] && set_find(&needs->texts, text) == SIZE_MAX)
        set_phrase(needs, add_need(needs, text), arena_strdup(needs->arena, key));
}

/* --- one routine --- */

struct collecting {
    struct needs *needs;
    const char *name;
    const struct routine *original;
    struct text_set mine;    /* texts of this routine */
    VEC(size_t) order;       /* of them, as heard */
    VEC(uint32_t) now, most; /* by need: times heard in this variant, in any */
    struct text_set foreign;
    struct diags *diags;
    bool failed;
};

static void count_need(struct collecting *collecting, size_t index)
{
    while (collecting->now.count <= index) {
        *vec_push(&collecting->now) = 0;
        *vec_push(&collecting->most) = 0;
    }
    uint32_t times = ++collecting->now.items[index];
    if (times > collecting->most.items[index])
        collecting->most.items[index] = times;
}

/* Puts a new one after what is heard before it. */
static void put_in_order(struct collecting *collecting, size_t index, size_t after)
{
    size_t place = collecting->order.count;
    for (size_t i = 0; after != SIZE_MAX && i < collecting->order.count; i++)
        if (collecting->order.items[i] == after)
            place = i + 1;
    *vec_push(&collecting->order) = index;
    size_t *items = collecting->order.items;
    memmove(items + place + 1, items + place,
            (collecting->order.count - 1 - place) * sizeof *items);
    items[place] = index;
}

static void describe(struct collecting *collecting, struct need *need, const struct plan *plan,
                     const struct cue *cue, size_t before)
{
    struct needs *needs = collecting->needs;
    struct arena *arena = needs->arena;
    need->routine = collecting->name;
    if (cue->move < plan->move_count)
        need->move = arena_strdup(arena, plan->moves[cue->move].name);
    if (before != SIZE_MAX)
        need->before = needs->items.items[before].text;
    if (need->file || need->phrase)
        return;
    if (cue->place.source) {
        need->file = arena_strdup(arena, cue->place.source->path);
        need->line = cue->place.line;
    } else {
        set_phrase(needs, need, key_of(needs, cue));
    }
}

/* Returns the index of the need, or SIZE_MAX: another voice says it. */
static size_t collect_cue(struct collecting *collecting, const struct plan *plan,
                          const struct cue *cue, size_t before)
{
    struct needs *needs = collecting->needs;
    if (!same_primary(cue->language, needs->language)) {
        if (set_find(&collecting->foreign, cue->text) == SIZE_MAX)
            set_add(&collecting->foreign, arena_strdup(needs->arena, cue->text));
        return SIZE_MAX;
    }
    size_t index = set_find(&needs->texts, cue->text);
    bool added = index == SIZE_MAX;
    if (added) {
        add_need(needs, cue->text);
        index = needs->items.count - 1;
    }
    struct need *need = &needs->items.items[index];
    if (!need->routine)
        describe(collecting, need, plan, cue, before);
    if (set_find(&collecting->mine, need->text) == SIZE_MAX) {
        set_add(&collecting->mine, need->text);
        put_in_order(collecting, index, before);
    }
    return index;
}

static void collect_plan(struct collecting *collecting, const struct plan *plan, bool real)
{
    size_t before = SIZE_MAX;
    if (collecting->now.count)
        memset(collecting->now.items, 0, collecting->now.count * sizeof *collecting->now.items);
    for (size_t i = 0; i < plan->cue_count; i++) {
        const struct cue *cue = &plan->cues[i];
        if (cue->kind != CUE_SPEECH)
            continue;
        if (!real && vary_speaks_of_time(collecting->original, cue->place))
            continue;
        size_t index = collect_cue(collecting, plan, cue, before);
        if (index != SIZE_MAX && real)
            count_need(collecting, index);
        before = index;
    }
}

static bool collect_variant(void *context, const struct variant *variant)
{
    struct collecting *collecting = context;
    struct plan *plan = plan_new(variant->routine, &variant->options, collecting->diags);
    collecting->failed = !plan;
    if (plan)
        collect_plan(collecting, plan, variant->real);
    plan_destroy(plan);
    return !collecting->failed;
}

/* Passes on what is an error. */
static void pass_errors(const struct diags *from, struct diags *to)
{
    enum severity severity;
    struct place place;
    const char *message, *hint;
    for (size_t i = 0; diags_get(from, i, &severity, &place, &message, &hint); i++) {
        if (severity != SEVERITY_ERROR)
            continue;
        if (place.source)
            place.source =
                diags_add_source(to, place.source->path, place.source->text, place.source->length);
        diags_add(to, SEVERITY_ERROR, place, hint, "%s", message);
    }
}

static void finish_routine(struct collecting *collecting, struct needs_routine *routine)
{
    struct needs *needs = collecting->needs;
    for (size_t i = 0; i < collecting->most.count; i++)
        needs->items.items[i].times += collecting->most.items[i];
    routine->broken = collecting->failed;
    routine->foreign = collecting->foreign.count;
    routine->count = collecting->order.count;
    routine->needs = vec_to_arena(&collecting->order, needs->arena);
    vec_free(&collecting->now);
    vec_free(&collecting->most);
    set_free(&collecting->mine);
    set_free(&collecting->foreign);
}

static void collect_routine(struct needs *needs, const struct routine *routine,
                            struct needs_routine *added, struct diags *diags)
{
    struct arena *arena = arena_new();
    load_phrases(needs);
    learn_names(needs, routine->root, arena);
    arena_destroy(arena);
    added->path = arena_strdup(needs->arena, routine->path);
    added->title = arena_strdup(needs->arena, routine->title ? routine->title : "");
    added->language = arena_strdup(needs->arena, routine->language);
    struct collecting collecting = {
        .needs = needs, .name = added->name, .original = routine, .diags = diags};
    vary_each(routine, needs->phrase_folder, collect_variant, &collecting);
    finish_routine(&collecting, added);
}

enum limber_status needs_add_routine(struct needs *needs, const char *name, const char *path,
                                     struct diags *diags)
{
    struct diags *own = diags_new();
    enum limber_status status = LIMBER_OK;
    const struct routine_options options = {.language = needs->language};
    struct routine *routine = routine_load(path, &options, own, &status);
    bool skip = routine && needs->skip_foreign && !same_primary(routine->language, needs->language);
    struct needs_routine added = {.name = arena_strdup(needs->arena, name),
                                  .path = arena_strdup(needs->arena, path),
                                  .title = "",
                                  .language = needs->language,
                                  .broken = true};
    if (routine && !skip)
        collect_routine(needs, routine, &added, own);
    if (!skip)
        *vec_push(&needs->routines) = added;
    if (added.broken && !skip)
        pass_errors(own, diags);
    routine_destroy(routine);
    diags_destroy(own);
    if (skip || !added.broken)
        return LIMBER_OK;
    return status == LIMBER_OK ? LIMBER_INVALID : status;
}

void needs_skip_foreign(struct needs *needs)
{
    needs->skip_foreign = true;
}

enum limber_status needs_add_phrases(struct needs *needs, struct diags *diags)
{
    load_phrases(needs);
    pass_errors(needs->phrase_faults, diags);
    if (!needs->phrases)
        return diags_count(needs->phrase_faults, SEVERITY_ERROR) ? LIMBER_INVALID
                                                                 : LIMBER_NOT_FOUND;
    phrases_each(needs->phrases, add_phrase, needs);
    return LIMBER_OK;
}

/* --- the whole --- */

struct needs *needs_new(const char *language, const char *phrase_folder)
{
    struct needs *needs = xcalloc(1, sizeof *needs);
    needs->arena = arena_new();
    needs->language = arena_strdup(needs->arena, language);
    needs->phrase_folder = arena_strdup(needs->arena, phrase_folder);
    needs->numbers.arena = needs->arena;
    return needs;
}

void needs_destroy(struct needs *needs)
{
    if (!needs)
        return;
    phrases_destroy(needs->phrases);
    diags_destroy(needs->phrase_faults);
    set_free(&needs->texts);
    set_free(&needs->keys);
    vec_free(&needs->items);
    vec_free(&needs->routines);
    vec_free(&needs->key_names);
    vec_free(&needs->numbers.words);
    arena_destroy(needs->arena);
    free(needs);
}

size_t needs_count(const struct needs *needs)
{
    return needs->items.count;
}

const struct need *needs_get(const struct needs *needs, size_t index)
{
    return &needs->items.items[index];
}

size_t needs_routine_count(const struct needs *needs)
{
    return needs->routines.count;
}

const struct needs_routine *needs_routine(const struct needs *needs, size_t index)
{
    return &needs->routines.items[index];
}
