/* SPDX-License-Identifier: GPL-3.0-or-later */
/* todaywork.c: reads the plan for the week, finds its pages, and asks the history. */
#include "app/todaywork.h"

#include <stdio.h>

#include "app/app.h"
#include "base/diag_print.h"
#include "base/file.h"
#include "session/library.h"

/* Finds the page of an entry, and what it is called. */
static struct today_item item_of(struct todaywork *work, const struct today_entry *entry)
{
    const char *nearest = NULL;
    struct today_item item = {.name = entry->routine, .title = entry->routine, .language = "en"};
    struct routine_card card = {0};
    item.page = library_find(work->arena, entry->routine, &nearest);
    if (!item.page) {
        diags_add(work->diags, SEVERITY_WARNING, entry->place,
                  nearest ? arena_printf(work->arena, "did you mean “%s”?", nearest)
                          : "limber list shows all routines",
                  "there is no routine “%s”", entry->routine);
        return item;
    }
    item.name = library_name_of(work->arena, item.page);
    if (!routine_read_card(item.page, work->arena, &card))
        return item;
    item.title = card.title ? card.title : item.title;
    item.language = card.language ? card.language : item.language;
    return item;
}

/* The plan with the names that the history has. */
static const struct today_plan *as_in_history(struct todaywork *work, const struct today_plan *plan,
                                              const struct today_item *items)
{
    struct today_plan *named = arena_memdup(work->arena, plan, sizeof *plan);
    struct today_entry *entries = ARENA_ARRAY(work->arena, struct today_entry, plan->count + 1);
    for (size_t i = 0; i < plan->count; i++) {
        entries[i] = plan->entries[i];
        entries[i].routine = items[i].name;
    }
    named->entries = entries;
    return named;
}

static void look(struct todaywork *work, const struct today_plan *plan)
{
    struct today_item *items = ARENA_ARRAY(work->arena, struct today_item, plan->count + 1);
    for (size_t i = 0; i < plan->count; i++)
        items[i] = item_of(work, &plan->entries[i]);
    const struct today_plan *named = as_in_history(work, plan, items);
    const char *place = history_place(work->arena);
    struct history *history = place ? history_open_to_read(place, work->now) : NULL;
    calendar_day today = calendar_day_of(work->now);
    const struct today_facts *facts = today_gather(named, history, today, work->arena);
    const struct today_due *dues = today_due(named, facts, today, work->arena);
    history_close(history);
    work->count = plan->count;
    work->items = ARENA_ARRAY(work->arena, struct today_item, plan->count + 1);
    for (size_t i = 0; i < plan->count; i++) {
        work->items[i] = items[dues[i].entry - named->entries];
        work->items[i].due = &dues[i];
        work->due_count += dues[i].state == TODAY_DUE && work->items[i].page;
    }
}

int todaywork_open(struct todaywork *work)
{
    *work = (struct todaywork){.arena = arena_new(), .diags = diags_new(), .now = calendar_now()};
    work->path = today_place(work->arena);
    work->exists = work->path && file_exists(work->path);
    const struct today_plan *plan =
        work->exists ? today_read(work->path, work->arena, work->diags) : NULL;
    if (plan)
        look(work, plan);
    diags_print(work->diags, stderr, app_color(stderr));
    return work->exists && !plan ? EXIT_ROUTINE : -1;
}

void todaywork_close(struct todaywork *work)
{
    diags_destroy(work->diags);
    arena_destroy(work->arena);
    *work = (struct todaywork){0};
}

const char *todaywork_state(const struct today_item *item)
{
    static const char *const names[] = {[TODAY_DUE] = "due",
                                        [TODAY_DONE] = "done",
                                        [TODAY_PUT_OFF] = "put off",
                                        [TODAY_NOT_DUE] = "not due"};
    return item->page ? names[item->due->state] : "missing";
}

const char *todaywork_length(const struct today_item *item, char buffer[32])
{
    buffer[0] = '\0';
    if (item->due->entry->length_ns > 0)
        snprintf(buffer, 32, "%lld min",
                 (long long)(item->due->entry->length_ns / (60 * NSEC_PER_SEC)));
    return buffer;
}
