/* SPDX-License-Identifier: GPL-3.0-or-later */
/* todaywork.c: the plan for the week at a terminal. */
#include "app/todaywork.h"

#include <stdio.h>

#include "app/app.h"
#include "base/diag_print.h"

int todaywork_open(struct agenda *agenda)
{
    bool well = agenda_open(agenda);
    diags_print(agenda->diags, stderr, app_color(stderr));
    return well ? -1 : EXIT_ROUTINE;
}

const char *todaywork_state(const struct agenda_item *item)
{
    static const char *const names[] = {[TODAY_DUE] = "due",
                                        [TODAY_DONE] = "done",
                                        [TODAY_PUT_OFF] = "put off",
                                        [TODAY_NOT_DUE] = "not due"};
    return item->page ? names[item->due->state] : "missing";
}

const char *todaywork_length(const struct agenda_item *item, char buffer[32])
{
    buffer[0] = '\0';
    if (item->due->entry->length_ns > 0)
        snprintf(buffer, 32, "%lld min",
                 (long long)(item->due->entry->length_ns / (60 * NSEC_PER_SEC)));
    return buffer;
}
