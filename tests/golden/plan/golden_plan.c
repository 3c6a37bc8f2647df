/* SPDX-License-Identifier: GPL-3.0-or-later */
/* golden_plan PAGE.md PAGE.expected PHRASES: plans the page with each set of options it asks for in
 * a comment (<!-- plan: key=value … -->) and compares the dumps with what is expected. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "plan/plan.h"

struct request {
    struct plan_options options;
    bool dropped[64];
    bool only_words; /* print only what is said */
};

static void set_option(struct request *r, const char *key, const char *value)
{
    struct plan_options *o = &r->options;
    if (strcmp(key, "level") == 0)
        level_parse(value, &o->level);
    else if (strcmp(key, "detail") == 0)
        o->detail = value[0] == 'f' ? DETAIL_FULL : value[0] == 'b' ? DETAIL_BRIEF : DETAIL_NORMAL;
    else if (strcmp(key, "seed") == 0)
        o->seed = strtoull(value, NULL, 10);
    else if (strcmp(key, "count") == 0)
        o->count = strcmp(value, "up") == 0     ? COUNT_UP
                   : strcmp(value, "down") == 0 ? COUNT_DOWN
                                                : COUNT_OFF;
    else if (strcmp(key, "announce") == 0)
        o->announce = strcmp(value, "off") == 0 ? 0 : ANNOUNCE_ALL;
    else if (strcmp(key, "percent") == 0)
        o->choice.fraction = (double)strtol(value, NULL, 10) / 100;
    else if (strcmp(key, "total") == 0)
        units_parse_duration(value, strlen(value), &o->total_ns);
    else if (strcmp(key, "drop") == 0)
        r->dropped[strtoul(value, NULL, 10) % 64] = true;
    else if (strcmp(key, "show") == 0)
        r->only_words = strcmp(value, "words") == 0;
    else
        fprintf(stderr, "golden_plan: unknown option %s\n", key);
}

static void read_request(struct request *r, char *text, const char *phrases)
{
    *r = (struct request){.options = {.level = LEVEL_NORMAL,
                                      .detail = DETAIL_NORMAL,
                                      .announce = -1,
                                      .count = -1,
                                      .choice = {.fraction = -1},
                                      .phrase_folder = phrases}};
    r->options.choice.dropped = r->dropped;
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        char *equals = strchr(word, '=');
        if (!equals)
            continue;
        *equals = '\0';
        set_option(r, word, equals + 1);
    }
}

static void print_words(const struct plan *plan, FILE *to)
{
    for (size_t i = 0; i < plan->cue_count; i++)
        if (plan->cues[i].kind == CUE_SPEECH)
            fprintf(to, "%s\n", plan->cues[i].text);
}

static void run(const char *page, struct request *r, FILE *to)
{
    struct routine_options options = {.library_root = "."};
    struct diags *diags = diags_new();
    enum limber_status status;
    struct routine *routine = routine_load(page, &options, diags, &status);
    struct plan *plan = routine ? plan_new(routine, &r->options, diags) : NULL;
    if (plan) {
        if (r->only_words)
            print_words(plan, to);
        else
            plan_dump(plan, to);
        plan_warn(plan, diags);
    }
    diags_print(diags, to, false);
    plan_destroy(plan);
    routine_destroy(routine);
    diags_destroy(diags);
}

/* All requests of the page, each under a line with its options. */
static char *run_all(const char *page, const char *text, const char *phrases)
{
    static const char opening[] = "<!-- plan:";
    char *result = NULL;
    size_t length;
    FILE *to = open_memstream(&result, &length);
    const char *at = strstr(text, opening);
    do {
        struct str line = {0};
        if (at) {
            const char *end = strstr(at, "-->");
            str_add_bytes(&line, at + strlen(opening), (size_t)(end - at) - strlen(opening));
        }
        fprintf(to, "==%s\n", str_text(&line));
        struct request r;
        char *words = str_steal(&line);
        read_request(&r, words, phrases);
        run(page, &r, to);
        free(words);
        at = at ? strstr(at + 1, opening) : NULL;
    } while (at);
    fclose(to);
    return result;
}

static int compare(const char *name, const char *expected, const char *found)
{
    int line = 1;
    while (*expected && *expected == *found) {
        line += *expected == '\n';
        expected++;
        found++;
    }
    if (!*expected && !*found)
        return 0;
    fprintf(stderr, "%s differs from line %d on:\n--- expected\n%.2000s\n--- found\n%.2000s\n",
            name, line, expected, found);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: golden_plan PAGE.md PAGE.expected PHRASES\n");
        return 2;
    }
    struct arena *arena = arena_new();
    char *text, *expected;
    size_t length;
    int failed = 1;
    if (file_read(argv[1], 1 << 20, arena, &text, &length) != LIMBER_OK) {
        fprintf(stderr, "cannot read %s\n", argv[1]);
        goto out;
    }
    char *found = run_all(argv[1], text, argv[3]);
    if (getenv("UPDATE_GOLDEN"))
        failed = file_write(argv[2], found, strlen(found)) != LIMBER_OK;
    else if (file_read(argv[2], 1 << 24, arena, &expected, &length) != LIMBER_OK)
        fprintf(stderr, "cannot read %s\n", argv[2]);
    else
        failed = compare(argv[2], expected, found);
    free(found);
out:
    arena_destroy(arena);
    return failed;
}
