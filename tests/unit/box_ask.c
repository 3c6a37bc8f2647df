/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box_ask.c: the questions of docs/ask.md about the library, asked of the routines that come along
 * and of a person's own folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/loop.h"
#include "base/str.h"
#include "box/ask.h"
#include "history/history.h"
#include "plugin/registry.h"

static char folder[64];
static struct registry *registry;
static struct ask *ask;
static json_t *last; /* the answer */

static int set_up(void **state)
{
    char path[128];
    strcpy(folder, "/tmp/limber-ask-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/data", folder);
    setenv("XDG_DATA_HOME", path, 1);
    snprintf(path, sizeof path, "%s/state", folder);
    setenv("XDG_STATE_HOME", path, 1);
    setenv("LIMBER_DATA_DIR", SOURCE_DIR, 1);
    setenv(CALENDAR_NOW_VARIABLE, "2026-11-21T10:00:00+01:00", 1);
    const struct registry_options options = {.builtin = limber_builtin_plugins};
    registry = registry_new(&options);
    const struct ask_host host = {.registry = registry};
    ask = ask_new(&host);
    return 0;
}

static int tear_down(void **state)
{
    char command[128];
    json_decref(last);
    last = NULL;
    ask_destroy(ask);
    registry_destroy(registry);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
    return 0;
}

/* --- asking --- */

static bool take(void *user, const char *data, size_t size)
{
    str_add_bytes(user, data, size);
    return true;
}

/* Asks; the answer, which must be one document in one line, is `last`. */
static enum limber_status send(const char *question, const char *body, size_t size)
{
    struct str text = {0};
    json_error_t error;
    enum limber_status status = ask_answer(ask, question, body, size, take, &text);
    json_decref(last);
    last = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, &error);
    assert_non_null(last);
    assert_null(memchr(text.data, '\n', text.length));
    const char *why = json_string_value(json_object_get(last, "error"));
    assert_int_equal(why != NULL, status != LIMBER_OK);
    assert_true(!why || strlen(why) > 10);
    str_free(&text);
    return status;
}

static json_t *must(const char *question)
{
    assert_int_equal(send(question, NULL, 0), LIMBER_OK);
    return last;
}

static enum limber_status with(const char *question, const char *page)
{
    return send(question, page, strlen(page));
}

static const char *text_of(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    assert_non_null(text);
    return text;
}

static double number_of(json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

/* The item of that name in a list, or NULL. */
static json_t *named(json_t *list, const char *name)
{
    size_t index;
    json_t *item;
    json_array_foreach(list, index, item)
    {
        if (strcmp(text_of(item, "name"), name) == 0)
            return item;
    }
    return NULL;
}

static void put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/data/limber/scripts/%s", folder, name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    assert_int_equal(file_make_folders(path), LIMBER_OK);
    *slash = '/';
    assert_int_equal(file_write(path, text, strlen(text)), LIMBER_OK);
}

/* How many files the person's folder has, temporary ones included. */
static int files(void)
{
    char path[128];
    int count = 0;
    snprintf(path, sizeof path, "%s/data/limber/scripts", folder);
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        count += entry->d_type == DT_REG;
    if (dir)
        closedir(dir);
    return count;
}

/* --- the library --- */

static void check_about(json_t *about)
{
    static const char *const members[] = {
        "name", "title",  "language", "description", "seconds", "position", "needs",
        "own",  "author", "license",  "languages",   "errors",  "warnings", "moves",
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        assert_non_null(json_object_get(about, members[i]));
    assert_true(json_is_array(json_object_get(about, "needs")));
    assert_true(json_is_array(json_object_get(about, "moves")));
    assert_true(json_array_size(json_object_get(about, "languages")) >= 1);
    assert_true(json_is_boolean(json_object_get(about, "own")));
}

static void routines_are_told(void **state)
{
    json_t *all = json_object_get(must("routines"), "routines"), *each;
    size_t index;
    assert_true(json_array_size(all) > 5);
    json_array_foreach(all, index, each)
    {
        check_about(each);
        assert_null(json_object_get(each, "html"));
        assert_true(number_of(each, "seconds") > 60);
        assert_int_equal(number_of(each, "errors"), 0);
        assert_true(json_is_false(json_object_get(each, "own")));
    }
    json_t *back = named(all, "upper-back-relief");
    assert_non_null(back);
    assert_int_equal(json_array_size(json_object_get(back, "languages")), 2);
    assert_string_equal(json_string_value(json_array_get(json_object_get(back, "languages"), 1)),
                        "de");
    assert_null(named(all, "moves/cat-cow"));
}

static void one_routine_is_told_in_full(void **state)
{
    json_t *desk = must("routine desk-break");
    check_about(desk);
    assert_string_equal(text_of(desk, "title"), "Desk break");
    const char *html = text_of(desk, "html"), *source = text_of(desk, "source");
    assert_int_equal(strncmp(source, "---\nlanguage: en\n", 17), 0);
    assert_int_equal(strncmp(html, "<h1>Desk break</h1>", 19), 0);
    assert_null(strstr(html, "language: en"));
    assert_non_null(strstr(html, "<a href=\"#move/side-stretch\">Side stretch</a>"));
    assert_non_null(strstr(html, "<code>hold 15-20s</code>"));
    json_t *range = json_object_get(desk, "range");
    assert_true(number_of(range, "shortest") < number_of(desk, "seconds"));
    assert_true(number_of(range, "longest") > number_of(desk, "seconds"));
    assert_string_equal(text_of(must("routine   cat-cow  "), "name"), "moves/cat-cow");
    assert_string_equal(text_of(must("routine moves/cat-cow"), "title"), "Cat-cow");
    assert_int_equal(send("routine desk-brake", NULL, 0), LIMBER_NOT_FOUND);
    assert_non_null(strstr(text_of(last, "error"), "did you mean \"desk-break\"?"));
    assert_int_equal(send("routine", NULL, 0), LIMBER_INVALID);
}

static void moves_are_told(void **state)
{
    json_t *all = json_object_get(must("moves"), "moves"), *each;
    size_t index, cautions = 0, sides = 0;
    assert_true(json_array_size(all) > 20);
    json_array_foreach(all, index, each)
    {
        assert_int_equal(strncmp(text_of(each, "name"), "moves/", 6), 0);
        assert_true(*text_of(each, "title"));
        assert_true(number_of(each, "seconds") > 5);
        sides += json_is_true(json_object_get(each, "sides"));
        cautions += json_array_size(json_object_get(each, "cautions")) > 0;
    }
    assert_true(cautions > 0);
    assert_true(sides > 0 && sides < json_array_size(all));
}

static void changes_are_seen(void **state)
{
    size_t before = json_array_size(json_object_get(must("routines"), "routines"));
    put("mine.md", "# Mine\n\n## [Part](part.md)\n");
    put("part.md", "# Part\n\nWait. `for 20s`\n");
    json_t *all = json_object_get(must("routines"), "routines");
    assert_int_equal(json_array_size(all), before + 2);
    assert_true(json_is_true(json_object_get(named(all, "mine"), "own")));
    double seconds = number_of(named(all, "mine"), "seconds");
    put("part.md", "# Part\n\nWait. `for 80s`\n"); /* in another file than the page's own */
    all = json_object_get(must("routines"), "routines");
    assert_true(number_of(named(all, "mine"), "seconds") > seconds + 50);
    put("mine.fr.md", "# A moi\n\n## [Part](part.md)\n");
    all = json_object_get(must("routines"), "routines");
    assert_int_equal(json_array_size(all), before + 2);
    assert_int_equal(json_array_size(json_object_get(named(all, "mine"), "languages")), 2);
    put("mine.md", "# Mine\n\n`hold`\n");
    json_t *broken = named(json_object_get(must("routines"), "routines"), "mine");
    assert_true(number_of(broken, "errors") >= 1);
    assert_true(json_is_null(json_object_get(broken, "seconds")));
    assert_string_equal(text_of(broken, "title"), "Mine");
    assert_string_equal(text_of(must("routine mine"), "source"), "# Mine\n\n`hold`\n");
    ask_reload(ask);
    assert_int_equal(json_array_size(json_object_get(must("routines"), "routines")), before + 2);
}

static void pages_are_read_ahead(void **state)
{
    struct loop *loop = loop_new();
    const struct ask_host host = {.registry = registry, .loop = loop};
    ask_destroy(ask);
    ask = ask_new(&host);
    for (int i = 0; i < 20; i++)
        loop_step(loop, -1);
    must("routines");
    must("moves");
    ask_destroy(ask); /* whether all were read or not */
    loop_destroy(loop);
    ask = NULL;
}

/* A person's page is made of the program's moves; their own of the same name come first. */
static void moves_are_the_programs_or_ones_own(void **state)
{
    put("mine.md", "# Mine\n\n## [Cat-cow](moves/cat-cow.md) `5 reps`\n");
    assert_int_equal(number_of(must("routine mine"), "errors"), 0);
    double seconds = number_of(last, "seconds");
    put("moves/cat-cow.md", "# Cat-cow\n\nJust wait. `for 1s`\n");
    put("mine.md", "# Mine\n\n## [Cat-cow](moves/cat-cow.md)\n");
    assert_true(number_of(must("routine mine"), "seconds") < seconds);
    put("mine.md", "# Mine\n\n## [Cat](moves/../../../../etc/passwd)\n");
    assert_true(number_of(must("routine mine"), "errors") > 0);
}

static void html_is_harmless(void **state)
{
    put("mine.md",
        "---\ndescription: not shown\n---\n# <b>Mine</b>\n\n<script>alert(1)</script>\n\n"
        "[a](javascript:alert(1)) [b](https://x.org/) [c](other.md) [d](/etc/passwd) "
        "![pic](https://x.org/p.png) [e](moves/x%22y.md) <img src=x onerror=alert(1)> "
        "[f](<moves/\"onclick=alert(1) .md>) [g ![h](i.png)](j.md)\n");
    const char *html = text_of(must("routine mine"), "html");
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "<img"));
    assert_null(strstr(html, "<b>"));
    assert_null(strstr(html, "javascript"));
    assert_null(strstr(html, "not shown"));
    assert_null(strstr(html, "passwd\""));
    assert_null(strstr(html, "onclick"));
    assert_non_null(strstr(html, "<a href=\"https://x.org/\">b</a>"));
    assert_non_null(strstr(html, "<a href=\"#routine/other\">c</a>"));
    assert_non_null(strstr(html, "<a href=\"#routine/j\">g h</a>"));
    assert_non_null(strstr(html, " pic "));
}

/* --- voices, sounds, history --- */

static void voices_and_sounds_are_told(void **state)
{
    json_t *all = json_object_get(must("voices"), "voices");
    json_t *calm = named(all, "calm");
    assert_non_null(calm);
    assert_true(json_is_boolean(json_object_get(calm, "usable")));
    assert_true(*text_of(calm, "engine"));
    assert_true(json_array_size(json_object_get(calm, "languages")) > 0);
    size_t count = json_array_size(all);
    all = json_object_get(must("voices de"), "voices");
    assert_true(json_array_size(all) > 0 && json_array_size(all) < count);
    assert_null(named(all, "calm"));
    assert_non_null(named(json_object_get(must("voices en-AU"), "voices"), "calm"));
    assert_int_equal(json_array_size(json_object_get(must("voices tlh"), "voices")), 0);
    assert_int_equal(send("voices ../x", NULL, 0), LIMBER_INVALID);
    all = json_object_get(must("sounds"), "sounds");
    assert_non_null(named(all, "tones"));
    assert_non_null(json_object_get(named(all, "tones"), "description"));
}

static void keep_session(const char *started, nsec done_ns, enum history_outcome outcome)
{
    struct arena *arena = arena_new();
    struct moment begin = {0}, now = {0};
    assert_true(calendar_parse(started, &begin));
    now = begin;
    now.unix_s += done_ns / NSEC_PER_SEC;
    struct history *history = history_open(history_place(arena), now);
    const struct history_session session = {
        .started = begin, .ended = begin, .routine = "desk-break", .title = "Desk break"};
    const struct history_progress progress = {.now = now, .done_ns = done_ns};
    history_begin(history, &session);
    history_end(history, outcome, &progress);
    history_answer(history, HISTORY_EASY);
    history_close(history);
    arena_destroy(arena);
}

static void the_history_is_told(void **state)
{
    json_t *history = must("history");
    assert_int_equal(number_of(json_object_get(history, "streak"), "days"), 0);
    assert_int_equal(json_array_size(json_object_get(history, "weeks")), 12);
    assert_int_equal(json_array_size(json_object_get(history, "sessions")), 0);
    keep_session("2026-11-01T08:00:00+01:00", 120 * NSEC_PER_SEC, HISTORY_STOPPED);
    keep_session("2026-11-20T08:00:00+01:00", 300 * NSEC_PER_SEC, HISTORY_FINISHED);
    keep_session("2026-11-21T08:01:00+01:00", 600 * NSEC_PER_SEC, HISTORY_FINISHED);
    history = must("history 2");
    json_t *weeks = json_object_get(history, "weeks"), *week = json_array_get(weeks, 1);
    assert_int_equal(json_array_size(weeks), 2);
    assert_string_equal(text_of(week, "monday"), "2026-11-16");
    assert_true(number_of(week, "minutes") == 15.0);
    assert_int_equal(number_of(week, "sessions"), 2);
    json_t *streak = json_object_get(history, "streak");
    assert_int_equal(number_of(streak, "days"), 2);
    assert_true(json_is_true(json_object_get(streak, "today")));
    json_t *sessions = json_object_get(history, "sessions");
    json_t *newest = json_array_get(sessions, 0);
    assert_int_equal(json_array_size(sessions), 2);
    assert_string_equal(text_of(newest, "started"), "2026-11-21T08:01:00+01:00");
    assert_string_equal(text_of(newest, "routine"), "desk-break");
    assert_string_equal(text_of(newest, "outcome"), "finished");
    assert_string_equal(text_of(newest, "effort"), "easy");
    assert_true(number_of(newest, "minutes") == 10.0);
    assert_int_equal(json_array_size(json_object_get(must("history 4"), "sessions")), 3);
    assert_int_equal(send("history 0", NULL, 0), LIMBER_INVALID);
    assert_int_equal(send("history 521", NULL, 0), LIMBER_INVALID);
    assert_int_equal(send("history x", NULL, 0), LIMBER_INVALID);
}

/* --- pages that come in --- */

#define GOOD "# New\n\n## [Cat-cow](moves/cat-cow.md) `5 reps`\n"

static void pages_are_checked(void **state)
{
    assert_int_equal(with("check", GOOD), LIMBER_OK);
    assert_true(json_is_true(json_object_get(last, "playable")));
    assert_string_equal(text_of(last, "title"), "New");
    assert_true(number_of(last, "seconds") > 10);
    assert_int_equal(json_array_size(json_object_get(last, "diagnostics")), 0);
    assert_int_equal(with("check", "# New\n\n## Sit\nSit. `hold 5`\n"), LIMBER_OK);
    assert_true(json_is_false(json_object_get(last, "playable")));
    json_t *first = json_array_get(json_object_get(last, "diagnostics"), 0);
    assert_string_equal(text_of(first, "severity"), "error");
    assert_int_equal(number_of(first, "line"), 4);
    assert_int_equal(number_of(first, "column"), 12);
    assert_true(*text_of(first, "message") && *text_of(first, "hint"));
    assert_int_equal(with("check", ""), LIMBER_OK);
    assert_true(json_is_false(json_object_get(last, "playable")));
    assert_int_equal(send("check", "# A\xff\n\0b", 8), LIMBER_OK);
    assert_int_equal(send("check", NULL, 0), LIMBER_INVALID);
    assert_int_equal(with("check it", GOOD), LIMBER_INVALID);
    assert_int_equal(with("routines", GOOD), LIMBER_INVALID);
    assert_int_equal(files(), 0);
}

/* What is wrong elsewhere has no line here, and no path of this machine. */
static void faults_of_other_pages_are_named(void **state)
{
    put("moves/bad.md", "# Bad\n\nHold it. `hold 5`\n");
    assert_int_equal(with("check", "# New\n\n## [Bad](moves/bad.md)\n"), LIMBER_OK);
    json_t *first = json_array_get(json_object_get(last, "diagnostics"), 0);
    assert_true(json_is_null(json_object_get(first, "line")));
    assert_int_equal(strncmp(text_of(first, "message"), "moves/bad.md, line 3: ", 22), 0);
    assert_null(strstr(text_of(first, "message"), folder));
}

static void pages_are_saved_and_deleted(void **state)
{
    assert_int_equal(with("save my-own", GOOD), LIMBER_OK);
    assert_string_equal(text_of(last, "saved"), "my-own");
    assert_string_equal(text_of(must("routine my-own"), "source"), GOOD);
    assert_int_equal(with("save my-own", "# New\n\nWait. `for 3s`\n"), LIMBER_OK);
    assert_int_equal(files(), 1);
    assert_int_equal(with("save my-own", "# New\n\nWait. `for 3`\n"), LIMBER_INVALID);
    assert_true(json_array_size(json_object_get(last, "diagnostics")) > 0);
    assert_string_equal(text_of(must("routine my-own"), "source"), "# New\n\nWait. `for 3s`\n");
    must("delete my-own");
    assert_string_equal(text_of(last, "deleted"), "my-own");
    assert_int_equal(files(), 0);
    assert_int_equal(send("delete my-own", NULL, 0), LIMBER_NOT_FOUND);
    assert_int_equal(with("save desk-break", GOOD), LIMBER_INVALID);
    assert_int_equal(with("save cat-cow", GOOD), LIMBER_INVALID);
    assert_int_equal(send("delete desk-break", NULL, 0), LIMBER_INVALID);
    must("routine desk-break");
    put("desk-break.md", GOOD); /* by hand, it hides the program's; it is theirs */
    must("delete desk-break");
    assert_int_equal(files(), 0);
}

static void names_are_names(void **state)
{
    static const char *const names[] = {
        "save",           "save ..",   "save ../x",     "save /etc/x",
        "save a/b",       "save A",    "save a.md",     "save -a",
        "save moves/x",   "save a b",  "save \xc3\xa4", "save .hidden",
        "delete ../../x", "delete /x", "delete",        "delete A"};
    char longest[80] = "save ";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool saves = names[i][0] == 's';
        assert_int_equal(send(names[i], saves ? GOOD : NULL, saves ? strlen(GOOD) : 0),
                         LIMBER_INVALID);
    }
    memset(longest + 5, 'a', 64);
    assert_int_equal(with(longest, GOOD), LIMBER_OK);
    longest[69] = 'a';
    assert_int_equal(with(longest, GOOD), LIMBER_INVALID);
    assert_int_equal(files(), 1);
}

static void pages_have_limits(void **state)
{
    size_t size = 256 * 1024;
    char *page = xmalloc(size + 1);
    memset(page, 'x', size + 1);
    memcpy(page, "# Big\n\nWait. `for 3s`\n\n", 23);
    for (size_t i = 100; i < size; i += 80)
        memcpy(page + i, "\n\n", 2);
    assert_int_equal(send("save big", page, size + 1), LIMBER_INVALID);
    assert_int_equal(send("check", page, size + 1), LIMBER_INVALID);
    assert_int_equal(files(), 0);
    assert_int_equal(send("save big", page, size), LIMBER_OK);
    assert_int_equal(files(), 1);
    free(page);
}

/* Nothing is left behind, and what was there stays. */
static void a_full_disk_loses_nothing(void **state)
{
    struct rlimit before, small;
    assert_int_equal(with("save mine", GOOD), LIMBER_OK);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 8;
    setrlimit(RLIMIT_FSIZE, &small);
    enum limber_status status = with("save mine", "# New\n\nWait a little. `for 3s`\n");
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(status, LIMBER_IO);
    assert_non_null(strstr(text_of(last, "error"), "could not be stored"));
    assert_int_equal(files(), 1);
    assert_string_equal(text_of(must("routine mine"), "source"), GOOD);
}

static void links_are_not_followed(void **state)
{
    char link[128], outside[128], text[8] = "";
    put("other.md", GOOD);
    snprintf(link, sizeof link, "%s/data/limber/scripts/mine.md", folder);
    snprintf(outside, sizeof outside, "%s/outside", folder);
    assert_int_equal(file_write(outside, "stays", 5), LIMBER_OK);
    assert_int_equal(symlink(outside, link), 0);
    assert_int_equal(with("save mine", GOOD), LIMBER_INVALID);
    assert_int_equal(send("delete mine", NULL, 0), LIMBER_NOT_FOUND);
    FILE *file = fopen(outside, "r");
    assert_int_equal(fread(text, 1, sizeof text, file), 5);
    fclose(file);
}

/* --- questions --- */

static void questions_are_lines(void **state)
{
    char longest[600];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(send(longest, NULL, 0), LIMBER_INVALID);
    memcpy(longest, "routine ", 8);
    assert_int_equal(send(longest, NULL, 0), LIMBER_INVALID);
    assert_int_equal(send("", NULL, 0), LIMBER_INVALID);
    assert_int_equal(send("   ", NULL, 0), LIMBER_INVALID);
    assert_int_equal(send("routines\n", NULL, 0), LIMBER_INVALID);
    assert_int_equal(send("routine\tdesk-break", NULL, 0), LIMBER_INVALID);
    assert_int_equal(send("routine \xff", NULL, 0), LIMBER_INVALID);
    assert_int_equal(send("routines all", NULL, 0), LIMBER_INVALID);
    assert_int_equal(send("Routines", NULL, 0), LIMBER_INVALID);
    assert_int_equal(send("rutines", NULL, 0), LIMBER_INVALID);
    assert_non_null(strstr(text_of(last, "error"), "did you mean \"routines\"?"));
    assert_int_equal(send("routine /etc/passwd", NULL, 0), LIMBER_NOT_FOUND);
    assert_int_equal(send("routine " SOURCE_DIR "/scripts/desk-break.md", NULL, 0),
                     LIMBER_NOT_FOUND);
    assert_int_equal(send("routine ../scripts/desk-break", NULL, 0), LIMBER_NOT_FOUND);
    assert_int_equal(send("status", NULL, 0), LIMBER_BUSY); /* there is no player here */
    must("  voices   de  ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(routines_are_told),
        TEST(one_routine_is_told_in_full),
        TEST(moves_are_told),
        TEST(changes_are_seen),
        TEST(pages_are_read_ahead),
        TEST(moves_are_the_programs_or_ones_own),
        TEST(html_is_harmless),
        TEST(voices_and_sounds_are_told),
        TEST(the_history_is_told),
        TEST(pages_are_checked),
        TEST(faults_of_other_pages_are_named),
        TEST(pages_are_saved_and_deleted),
        TEST(names_are_names),
        TEST(pages_have_limits),
        TEST(a_full_disk_loses_nothing),
        TEST(links_are_not_followed),
        TEST(questions_are_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
