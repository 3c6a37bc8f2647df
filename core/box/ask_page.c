/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask_page.c: what is told of one page: read and planned, with nothing voiced. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "box/ask_inside.h"
#include "plan/phrases.h"
#include "plan/plan.h"

#define MOVES_MOST 500 /* names of moves that are told */
#define PLAIN      (ANNOUNCE_ALL & ~(ANNOUNCE_OPENING | ANNOUNCE_CLOSE)) /* a move by itself */

static struct plan_options planning(const struct reading *reading)
{
    return (struct plan_options){.level = LEVEL_NORMAL,
                                 .detail = DETAIL_NORMAL,
                                 .announce = -1,
                                 .count = -1,
                                 .choice = {.fraction = -1},
                                 .phrase_folder = phrases_folders(reading->arena)};
}

void reading_open(struct reading *reading, const char *path, const char *text, size_t length)
{
    const struct routine_options options = {0};
    enum limber_status status = LIMBER_OK;
    *reading = (struct reading){.arena = arena_new(), .diags = diags_new(), .path = path};
    reading->routine = text ? routine_parse(text, length, path, &options, reading->diags)
                            : routine_load(path, &options, reading->diags, &status);
    if (!reading->routine)
        return;
    const struct plan_options plan = planning(reading);
    reading->plan = plan_new(reading->routine, &plan, reading->diags);
    if (reading->plan)
        plan_warn(reading->plan, reading->diags);
}

void reading_close(struct reading *reading)
{
    plan_destroy(reading->plan);
    routine_destroy(reading->routine);
    diags_destroy(reading->diags);
    arena_destroy(reading->arena);
}

static json_t *seconds(nsec time)
{
    return json_real(round((double)time / (double)NSEC_PER_MSEC) / 1000);
}

json_t *reading_seconds(const struct reading *reading)
{
    return reading->plan ? seconds(reading->plan->estimate_ns) : json_null();
}

/* The length with such choices, or null. */
static json_t *length_of(const struct reading *reading, double fraction, bool short_one)
{
    struct diags *diags = diags_new();
    struct plan_options options = planning(reading);
    bool *dropped = ARENA_ARRAY(reading->arena, bool, reading->plan->optional_count + 1);
    memset(dropped, short_one, reading->plan->optional_count + 1);
    options.choice = (struct plan_choice){.fraction = fraction, .dropped = dropped};
    struct plan *plan = plan_new(reading->routine, &options, diags);
    json_t *length = plan ? seconds(plan->estimate_ns) : json_null();
    plan_destroy(plan);
    diags_destroy(diags);
    return length;
}

json_t *reading_range(const struct reading *reading)
{
    if (!reading->plan)
        return json_null();
    json_t *range = json_object();
    json_object_set_new(range, "shortest", length_of(reading, 0, true));
    json_object_set_new(range, "longest", length_of(reading, 1, false));
    return range;
}

/* --- what is wrong --- */

/* A path as the library names it: nobody need know where it is. */
static const char *shown(const char *path)
{
    const char *scripts = strstr(path, "/scripts/");
    for (const char *at = scripts; at; at = strstr(at + 1, "/scripts/"))
        scripts = at;
    if (scripts)
        return scripts + strlen("/scripts/");
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

json_t *reading_diagnostics(const struct reading *reading)
{
    static const char *const severities[] = {"error", "warning", "note"};
    json_t *all = json_array();
    for (size_t i = 0; i < diags_kept(reading->diags); i++) {
        enum severity severity = SEVERITY_NOTE;
        struct place place = {0};
        const char *message = NULL, *hint = NULL;
        diags_get(reading->diags, i, &severity, &place, &message, &hint);
        bool here = place.source && strcmp(place.source->path, reading->path) == 0;
        struct str text = {0};
        if (place.source && !here && place.line > 0)
            str_printf(&text, "%s, line %d: ", shown(place.source->path), place.line);
        str_add(&text, message);
        json_t *item = json_object();
        json_object_set_new(item, "severity", json_string(severities[severity]));
        json_object_set_new(item, "line", document_index(here ? place.line : 0));
        json_object_set_new(item, "column", document_index(here ? place.column : 0));
        json_object_set_new(item, "length", document_index(here ? place.length : 0));
        json_object_set_new(item, "message", document_text(str_text(&text)));
        json_object_set_new(item, "hint", document_text(hint));
        json_array_append_new(all, item);
        str_free(&text);
    }
    return all;
}

/* --- the documents --- */

static void set(json_t *document, const char *name, json_t *value)
{
    json_object_set_new(document, name, value);
}

static json_t *texts(const char *const *items, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, document_text(items[i]));
    return list;
}

/* The names of the moves, in the order of the page. */
static void add_moves(const struct section *section, json_t *list)
{
    if (!section->group && *section->name && json_array_size(list) < MOVES_MOST)
        json_array_append_new(list, document_text(section->name));
    for (size_t i = 0; i < section->child_count; i++)
        add_moves(&section->children[i], list);
}

/* Without a routine: what the page says of itself. */
static void set_card(const struct reading *reading, json_t *about)
{
    struct routine_card card = {0};
    bool readable = routine_read_card(reading->path, reading->arena, &card);
    set(about, "title", document_text(readable ? card.title : NULL));
    set(about, "language", document_text(readable ? card.language : NULL));
    set(about, "description", document_text(readable ? card.description : NULL));
    set(about, "position", document_text(readable ? card.position : NULL));
    set(about, "needs", texts(card.needs, readable ? card.need_count : 0));
    set(about, "author", json_null());
    set(about, "license", json_null());
    set(about, "moves", json_array());
}

/* Where the session begins. */
static const char *position_of(const struct section *section)
{
    const char *position = section->position;
    for (size_t i = 0; !position && i < section->child_count; i++)
        position = position_of(&section->children[i]);
    return position;
}

static void set_routine(const struct reading *reading, json_t *about)
{
    const struct routine *routine = reading->routine;
    json_t *moves = json_array();
    add_moves(routine->root, moves);
    set(about, "title", document_text(routine->title));
    set(about, "language", document_text(routine->language));
    set(about, "description", document_text(routine->description));
    set(about, "position", document_text(position_of(routine->root)));
    set(about, "needs", texts(routine->needs, routine->need_count));
    set(about, "author", document_text(routine->author));
    set(about, "license", document_text(routine->license));
    set(about, "moves", moves);
}

json_t *reading_about(const struct reading *reading, const struct ask_page *page, json_t *languages)
{
    json_t *about = json_object();
    set(about, "name", document_text(page->name));
    if (reading->routine)
        set_routine(reading, about);
    else
        set_card(reading, about);
    set(about, "seconds", reading_seconds(reading));
    set(about, "own", json_boolean(page->own));
    set(about, "languages", languages);
    set(about, "errors", json_integer((json_int_t)diags_count(reading->diags, SEVERITY_ERROR)));
    set(about, "warnings", json_integer((json_int_t)diags_count(reading->diags, SEVERITY_WARNING)));
    return about;
}

/* --- a move --- */

static void add_caution(const struct block *block, json_t *list)
{
    struct str text = {0};
    for (size_t i = 0; i < block->span_count; i++) {
        if (block->spans[i].kind == SPAN_TEXT)
            str_add(&text, block->spans[i].text);
    }
    const char *words = str_text(&text) + strspn(str_text(&text), " ");
    if (*words)
        json_array_append_new(list, document_text(words));
    str_free(&text);
}

static void add_cautions(const struct section *section, json_t *list)
{
    const struct {
        const struct block *blocks;
        size_t count;
    } parts[] = {{section->lead, section->lead_count},
                 {section->before, section->before_count},
                 {section->body, section->body_count},
                 {section->after, section->after_count}};
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) {
        for (size_t i = 0; i < parts[part].count; i++) {
            if (parts[part].blocks[i].role == BLOCK_CAUTION)
                add_caution(&parts[part].blocks[i], list);
        }
    }
    for (size_t i = 0; i < section->child_count; i++)
        add_cautions(&section->children[i], list);
}

static bool has_sides(const struct section *section)
{
    bool sides = section->sides != SIDES_NONE;
    for (size_t i = 0; i < section->child_count; i++)
        sides |= has_sides(&section->children[i]);
    return sides;
}

json_t *reading_move(const struct reading *reading, const struct ask_page *page)
{
    const struct routine *routine = reading->routine;
    struct plan_options options = planning(reading);
    options.announce = PLAIN;
    struct plan *plan = plan_new(routine, &options, reading->diags);
    json_t *move = json_object(), *cautions = json_array();
    add_cautions(routine->root, cautions);
    set(move, "name", document_text(page->name));
    set(move, "title", document_text(routine->title));
    set(move, "position", document_text(position_of(routine->root)));
    set(move, "sides", json_boolean(has_sides(routine->root)));
    set(move, "seconds", plan ? seconds(plan->estimate_ns) : json_null());
    set(move, "cautions", cautions);
    plan_destroy(plan);
    return move;
}
