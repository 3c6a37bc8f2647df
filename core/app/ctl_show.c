/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ctl_show.c: what the player tells, for people. */
#include "app/ctl_show.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

/* Texts come from pages that anybody wrote: no control characters reach the terminal. */
static void put(const char *text)
{
    for (; *text; text++)
        putchar((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text);
}

static const char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text && *text ? text : NULL;
}

/* A member that is a number of seconds. */
static bool time_of(const json_t *json, const char *name, nsec *time)
{
    const json_t *value = json_object_get(json, name);
    *time = (nsec)(json_number_value(value) * (double)NSEC_PER_SEC);
    return json_is_number(value) && json_number_value(value) < 1e7;
}

static long number_of(const json_t *json, const char *name)
{
    return (long)json_integer_value(json_object_get(json, name));
}

static void put_row(const char *label)
{
    printf("%-10s", label);
}

static void put_session(const json_t *json, const char *state)
{
    char clock[32];
    nsec position, total;
    const char *title = text_of(json, "title"), *name = text_of(json, "routine");
    put_row(state);
    put(title ? title : name ? name : "a session");
    if (title && name && strcmp(title, name) != 0) {
        fputs(" (", stdout);
        put(name);
        putchar(')');
    }
    if (time_of(json, "position", &position)) {
        printf(", %s", units_format_clock(position, false, clock, sizeof clock));
        if (time_of(json, "total", &total))
            printf(" of %s", units_format_clock(total, false, clock, sizeof clock));
    }
    putchar('\n');
}

static void put_count(const json_t *json, const char *name)
{
    if (number_of(json, name) > 0)
        printf(", %s %ld", name, number_of(json, name));
}

static void put_move(const json_t *json)
{
    const char *move = text_of(json, "move"), *side = text_of(json, "side");
    if (!move)
        return;
    put_row("move");
    put(move);
    if (number_of(json, "move_index") > 0)
        printf(", %ld of %ld", number_of(json, "move_index"), number_of(json, "move_count"));
    if (side)
        printf(", %s side", side);
    put_count(json, "round");
    put_count(json, "set");
    put_count(json, "rep");
    putchar('\n');
}

static void put_now(const json_t *json)
{
    char left_text[32];
    const char *text = text_of(json, "text"), *bout = text_of(json, "bout");
    nsec left;
    if (!text && !bout)
        return;
    put_row("now");
    if (text)
        put(text);
    if (bout) {
        printf("%s%s", text ? "; " : "", bout);
        if (time_of(json, "bout_left", &left) && left > 0)
            printf(", %s left", units_format_clock(left, false, left_text, sizeof left_text));
    }
    putchar('\n');
}

static void put_text(const json_t *json, const char *name, const char *label)
{
    const char *text = text_of(json, name);
    if (!text)
        return;
    put_row(label);
    put(text);
    putchar('\n');
}

static void put_offer(const json_t *json)
{
    const json_t *offer = json_object_get(json, "offer");
    const char *title = text_of(offer, "title"), *where = text_of(offer, "where");
    if (!title)
        return;
    put_row("left");
    put(title);
    if (where) {
        fputs(", at: ", stdout);
        put(where);
    }
    fputs(" (limber ctl play goes on with it, limber ctl forget does not)\n", stdout);
}

bool ctl_show_status(const char *text)
{
    json_t *json = json_loads(text, 0, NULL);
    const char *state = json_string_value(json_object_get(json, "state"));
    if (state && strcmp(state, "idle") == 0)
        puts("idle      nothing plays");
    else if (state)
        put_session(json, state);
    put_move(json);
    put_now(json);
    put_text(json, "next", "next");
    put_text(json, "question", "asked");
    put_offer(json);
    put_text(json, "problem", "problem");
    bool well = state != NULL;
    json_decref(json);
    return well;
}

/* --- what is wrong with a page --- */

static void put_diagnostic(const json_t *item, const char *name)
{
    const char *hint = text_of(item, "hint"), *message = text_of(item, "message");
    fprintf(stderr, "%s:%ld:%ld: %s: %s%s%s\n", name, number_of(item, "line"),
            number_of(item, "column"), text_of(item, "severity") ? text_of(item, "severity") : "",
            message ? message : "", hint ? "; " : "", hint ? hint : "");
}

bool ctl_show_check(const char *text, const char *name, int *errors)
{
    json_t *json = json_loads(text, 0, NULL);
    const json_t *all = json_object_get(json, "diagnostics");
    int wrong = 0;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *item = json_array_get(all, i);
        const char *severity = text_of(item, "severity");
        put_diagnostic(item, name);
        wrong += severity && strcmp(severity, "error") == 0;
    }
    if (errors)
        *errors = wrong;
    bool well = json_is_array(all);
    json_decref(json);
    return well;
}
