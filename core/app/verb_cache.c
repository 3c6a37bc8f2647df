/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_cache.c: the speech that is kept for the next time: how much, and throwing it away. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/app.h"
#include "app/verbs.h"
#include "base/str.h"
#include "session/casting.h"
#include "voice/cache.h"

#define BYTES_PER_SECOND (SESSION_RATE_HZ * 4) /* of speech */

struct keeping {
    struct arena *arena;
    const char *folder;
    struct cache *cache;
};

/* Returns −1, or the exit status after saying what is wrong. */
static int keeping_open(struct keeping *keeping)
{
    *keeping = (struct keeping){.arena = arena_new()};
    keeping->folder = casting_cache_folder(keeping->arena);
    if (!keeping->folder) {
        fputs("limber: error: there is no home folder, so nothing is kept; set HOME\n", stderr);
        return EXIT_RUNTIME;
    }
    keeping->cache = cache_new(keeping->folder);
    return cache_is_usable(keeping->cache) ? -1 : EXIT_RUNTIME; /* it has said why */
}

static void keeping_close(struct keeping *keeping)
{
    cache_destroy(keeping->cache);
    arena_destroy(keeping->arena);
}

static const char *count_of(size_t count, const char *what, char *buffer, size_t size)
{
    snprintf(buffer, size, "%zu %s%s", count, what, count == 1 ? "" : "s");
    return buffer;
}

/* "3 days ago". */
static const char *ago(int64_t time_s, char *buffer, size_t size)
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}};
    int64_t age = time(NULL) - time_s;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (age >= units[i].seconds) {
            char text[40];
            count_of((size_t)(age / units[i].seconds), units[i].unit, text, sizeof text);
            snprintf(buffer, size, "%s ago", text);
            return buffer;
        }
    }
    snprintf(buffer, size, "just now");
    return buffer;
}

/* --- cache --- */

static void print_json(const struct keeping *keeping, const struct cache_usage *usage)
{
    json_t *all = json_pack("{s:s, s:I, s:I, s:I, s:I}", "folder", keeping->folder, "clips",
                            (json_int_t)usage->clips, "bytes", (json_int_t)usage->bytes, "limit",
                            (json_int_t)cache_limit(), "engines", (json_int_t)usage->engines);
    if (usage->clips > 0) {
        json_object_set_new(all, "oldest", json_integer(usage->oldest_s));
        json_object_set_new(all, "newest", json_integer(usage->newest_s));
    }
    if (usage->trimmed_s)
        json_object_set_new(all, "trimmed", json_integer(usage->trimmed_s));
    json_dumpf(all, stdout, JSON_INDENT(2));
    puts("");
    json_decref(all);
}

static void print_usage(const struct keeping *keeping, const struct cache_usage *usage)
{
    char size[24], limit[24], oldest[64], newest[64];
    const char *variable = getenv(CACHE_LIMIT_VARIABLE);
    bool set = variable && variable[0];
    printf("Folder   %s\n", keeping->folder);
    printf("Clips    %zu, %s, about %lld min of speech\n", usage->clips,
           cache_format_bytes(usage->bytes, size, sizeof size),
           (long long)(usage->bytes / BYTES_PER_SECOND / 60));
    printf("Limit    %s %s\n", cache_format_bytes(cache_limit(), limit, sizeof limit),
           set ? "(" CACHE_LIMIT_VARIABLE ")" : "(" CACHE_LIMIT_VARIABLE "=2G sets another one)");
    printf("Engines  %zu remembered\n", usage->engines);
    if (usage->clips > 0)
        printf("Used     first %s, last %s\n", ago(usage->oldest_s, oldest, sizeof oldest),
               ago(usage->newest_s, newest, sizeof newest));
    printf("Trimmed  %s\n",
           usage->trimmed_s ? ago(usage->trimmed_s, oldest, sizeof oldest) : "never yet");
}

static int run_cache(const struct request *request)
{
    struct keeping keeping;
    struct cache_usage usage;
    int status = keeping_open(&keeping);
    if (status < 0) {
        cache_look(keeping.cache, &usage);
        if (request->json)
            print_json(&keeping, &usage);
        else
            print_usage(&keeping, &usage);
        status = EXIT_DONE;
    }
    keeping_close(&keeping);
    return status;
}

const struct verb verb_cache = {
    .name = "cache",
    .arguments = "",
    .summary = "show or clear the speech that is kept for the next time",
    .details = "Every sentence that was spoken is kept, so that it need not be spoken anew: how "
               "many there are, how much they take, and how much they may. What was not used for "
               "the longest time goes first. The environment variable LIMBER_CACHE_LIMIT sets the "
               "limit.\n\n"
               "Examples:\n"
               "  limber cache\n"
               "  limber cache clear --older 30d\n"
               "  LIMBER_CACHE_LIMIT=200M limber play desk-break\n",
    .options = (const enum option_id[]){OPTION_JSON, OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = 0,
    .run = run_cache,
};

/* --- cache clear, cache trim --- */

static void print_removed(const struct keeping *keeping, const struct cache_usage *removed)
{
    struct cache_usage left;
    char clips[40], engines[40], size[24], rest[24];
    cache_look(keeping->cache, &left);
    printf("Removed %s (%s)", count_of(removed->clips, "clip", clips, sizeof clips),
           cache_format_bytes(removed->bytes, size, sizeof size));
    if (removed->engines > 0)
        printf(" and forgot %s", count_of(removed->engines, "engine", engines, sizeof engines));
    printf("; %s left (%s).\n", count_of(left.clips, "clip", clips, sizeof clips),
           cache_format_bytes(left.bytes, rest, sizeof rest));
}

static int run_clear(const struct request *request)
{
    struct keeping keeping;
    struct cache_usage removed;
    int status = keeping_open(&keeping);
    if (status < 0) {
        cache_clear(keeping.cache, request->older_s < 0 ? 0 : request->older_s, &removed);
        if (!request->quiet)
            print_removed(&keeping, &removed);
        status = EXIT_DONE;
    }
    keeping_close(&keeping);
    return status;
}

const struct verb verb_cache_clear = {
    .name = "cache clear",
    .arguments = "",
    .summary = "throw kept speech away",
    .details = "Removes all clips, or those that were not used for some time. Sessions that play "
               "meanwhile are not disturbed: what they need again is spoken again.\n\n"
               "Examples:\n"
               "  limber cache clear\n"
               "  limber cache clear --older 30d\n",
    .options = (const enum option_id[]){OPTION_OLDER, OPTION_QUIET, OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = 0,
    .run = run_clear,
};

static int run_trim(const struct request *request)
{
    struct keeping keeping;
    struct cache_usage removed;
    int64_t most = request->limit_bytes < 0 ? cache_limit() : request->limit_bytes;
    int status = keeping_open(&keeping);
    if (status < 0) {
        cache_trim_now(keeping.cache, most, &removed);
        if (!request->quiet)
            print_removed(&keeping, &removed);
        status = EXIT_DONE;
    }
    keeping_close(&keeping);
    return status;
}

const struct verb verb_cache_trim = {
    .name = "cache trim",
    .arguments = "",
    .summary = "make the kept speech fit its limit now",
    .details =
        "Happens by itself about once an hour of use. If the clips take more than the limit, "
        "those that were not used for the longest time go, until three quarters of it are "
        "left.\n\n"
        "Examples:\n"
        "  limber cache trim\n"
        "  limber cache trim --limit 200M\n",
    .options = (const enum option_id[]){OPTION_LIMIT, OPTION_QUIET, OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = 0,
    .run = run_trim,
};
