/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agenda.c: reads the plan for the week, finds its pages, and asks the history. */
#include "player/agenda.h"

#include "base/file.h"
#include "routine/routine.h"
#include "session/library.h"

/* Finds the page of an entry, and what it is called. */
static struct agenda_item item_of(struct agenda *agenda, const struct today_entry *entry)
{
    const char *nearest = NULL;
    struct agenda_item item = {.name = entry->routine, .title = entry->routine, .language = "en"};
    struct routine_card card = {0};
    item.page = library_find(agenda->arena, entry->routine, &nearest);
    if (!item.page) {
        diags_add(agenda->diags, SEVERITY_WARNING, entry->place,
                  nearest ? arena_printf(agenda->arena, "did you mean “%s”?", nearest)
                          : "limber list shows all routines",
                  "there is no routine “%s”", entry->routine);
        return item;
    }
    item.name = library_name_of(agenda->arena, item.page);
    if (!routine_read_card(item.page, agenda->arena, &card))
        return item;
    item.title = card.title ? card.title : item.title;
    item.language = card.language ? card.language : item.language;
    return item;
}

/* The plan with the names that the history has. */
static const struct today_plan *as_in_history(struct agenda *agenda, const struct today_plan *plan,
                                              const struct agenda_item *items)
{
    struct today_plan *named = arena_memdup(agenda->arena, plan, sizeof *plan);
    struct today_entry *entries = ARENA_ARRAY(agenda->arena, struct today_entry, plan->count + 1);
    for (size_t i = 0; i < plan->count; i++) {
        entries[i] = plan->entries[i];
        entries[i].routine = items[i].name;
    }
    named->entries = entries;
    return named;
}

static void look(struct agenda *agenda, const struct today_plan *plan)
{
    struct agenda_item *items = ARENA_ARRAY(agenda->arena, struct agenda_item, plan->count + 1);
    for (size_t i = 0; i < plan->count; i++)
        items[i] = item_of(agenda, &plan->entries[i]);
    const struct today_plan *named = as_in_history(agenda, plan, items);
    const char *place = history_place(agenda->arena);
    struct history *history = place ? history_open_to_read(place, agenda->now) : NULL;
    calendar_day today = calendar_day_of(agenda->now);
    const struct today_facts *facts = today_gather(named, history, today, agenda->arena);
    const struct today_due *dues = today_due(named, facts, today, agenda->arena);
    history_close(history);
    agenda->count = plan->count;
    agenda->items = ARENA_ARRAY(agenda->arena, struct agenda_item, plan->count + 1);
    for (size_t i = 0; i < plan->count; i++) {
        agenda->items[i] = items[dues[i].entry - named->entries];
        agenda->items[i].due = &dues[i];
        agenda->due_count += dues[i].state == TODAY_DUE && agenda->items[i].page;
    }
}

bool agenda_open(struct agenda *agenda)
{
    *agenda = (struct agenda){.arena = arena_new(), .diags = diags_new(), .now = calendar_now()};
    agenda->path = today_place(agenda->arena);
    agenda->exists = agenda->path && file_exists(agenda->path);
    const struct today_plan *plan =
        agenda->exists ? today_read(agenda->path, agenda->arena, agenda->diags) : NULL;
    if (plan)
        look(agenda, plan);
    return plan || !agenda->exists;
}

void agenda_close(struct agenda *agenda)
{
    diags_destroy(agenda->diags);
    arena_destroy(agenda->arena);
    *agenda = (struct agenda){0};
}

const struct agenda_item *agenda_first_due(const struct agenda *agenda)
{
    for (size_t i = 0; i < agenda->count; i++)
        if (agenda->items[i].page && agenda->items[i].due->state == TODAY_DUE)
            return &agenda->items[i];
    return NULL;
}
