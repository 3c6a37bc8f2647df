/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a today.yaml: no crash, no leak; a plan is right or says why not, holds what
 * docs/coach.md promises, and something can be made of it on any day. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "coach/today.h"

#define TODAY ((calendar_day)20517) /* a Thursday */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "violated: %s\n", what);
    abort();
}

static void check_entry(const struct today_entry *entry)
{
    require(entry->routine && *entry->routine, "a routine has a name");
    require(entry->length_ns >= 0 && entry->length_ns <= 240 * 60 * NSEC_PER_SEC,
            "a length is at most four hours");
    if (entry->rhythm == TODAY_WEEKDAYS)
        require(entry->weekdays > 0 && entry->weekdays <= 0x7f, "there is a day");
    else
        require(entry->number >= 1 && entry->number <= (entry->rhythm == TODAY_EVERY ? 14 : 7),
                "a rhythm has its number");
}

/* Done on days that follow from the file's size. */
static void check_due(const struct today_plan *plan, size_t size, struct arena *arena)
{
    calendar_day days[] = {TODAY - (calendar_day)(size % 9), TODAY - 30, TODAY + 1};
    struct today_facts *facts = ARENA_ARRAY(arena, struct today_facts, plan->count + 1);
    size_t due = 0, done = 0;
    for (size_t i = 0; i < plan->count; i++)
        facts[i] = (struct today_facts){.days = days, .count = (size + i) % 4};
    const struct today_due *dues = today_due(plan, facts, TODAY, arena);
    for (size_t i = 0; i < plan->count; i++) {
        require(dues[i].entry >= plan->entries && dues[i].entry < plan->entries + plan->count,
                "what is due is of the plan");
        require(dues[i].why && *dues[i].why, "there is a reason");
        require(i == 0 || dues[i].state != TODAY_DUE || dues[i - 1].state == TODAY_DUE,
                "what is due comes first");
        due += dues[i].state == TODAY_DUE;
        done += dues[i].state == TODAY_DONE;
    }
    require(plan->most == 0 || due == 0 || due + done <= plan->most, "not more than enough");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct arena *arena = arena_new();
    struct diags *diags = diags_new();
    int fd = memfd_create("today.yaml", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, data, size) == (ssize_t)size, "memory");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const struct today_plan *plan = today_read(path, arena, diags);
    require((plan == NULL) == (diags_count(diags, SEVERITY_ERROR) > 0),
            "a plan is right, or says why not");
    require(!plan || (plan->count > 0 && plan->count <= TODAY_MOST_ROUTINES), "there is something");
    for (size_t i = 0; plan && i < plan->count; i++) {
        check_entry(&plan->entries[i]);
        for (size_t k = 0; k < i; k++)
            require(strcmp(plan->entries[i].routine, plan->entries[k].routine) != 0,
                    "no routine twice");
    }
    if (plan)
        check_due(plan, size, arena);
    close(fd);
    diags_destroy(diags);
    arena_destroy(arena);
    return 0;
}

#include "replay.h"
