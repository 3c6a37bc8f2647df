/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_remind.c: tells what is due of the plan for the week, for timers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/todaywork.h"
#include "app/verbs.h"
#include "plan/phrases.h"
#include "session/audition.h"
#include "session/casting.h"
#include "session/theme.h"

#define MOST_SAID 4 /* sentences */
#define USUAL_AT  "18:00"

/* --- units for systemd --- */

static bool is_clock(const char *text)
{
    int hours = 0, minutes = 0, end = 0;
    return sscanf(text, "%2d:%2d%n", &hours, &minutes, &end) == 2 && text[end] == '\0' &&
           end == 5 && hours < 24 && minutes < 60 && hours >= 0 && minutes >= 0;
}

static int print_units(const struct request *request)
{
    char program[4096];
    const char *at = request->at ? request->at : USUAL_AT;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (!is_clock(at)) {
        fprintf(stderr, "limber: error: --at %s: write hours and minutes, such as 18:30\n", at);
        return EXIT_USAGE;
    }
    snprintf(program + (length > 0 ? length : 0), 16, "%s", length > 0 ? "" : "limber");
    printf("# ~/.config/systemd/user/limber-remind.service\n"
           "[Unit]\n"
           "Description=What is due today (limber remind)\n"
           "\n"
           "[Service]\n"
           "Type=oneshot\n"
           "ExecCondition=%s remind --check\n"
           "ExecStart=%s remind --say\n"
           "\n"
           "# ~/.config/systemd/user/limber-remind.timer\n"
           "[Unit]\n"
           "Description=Reminds of what is due today\n"
           "\n"
           "[Timer]\n"
           "OnCalendar=*-*-* %s\n"
           "Persistent=true\n"
           "\n"
           "[Install]\n"
           "WantedBy=timers.target\n"
           "\n"
           "# then: systemctl --user daemon-reload; systemctl --user enable --now "
           "limber-remind.timer\n",
           program, program, at);
    return EXIT_DONE;
}

/* --- aloud --- */

struct speaking {
    struct app app;
    struct theme *theme;
    struct cast *cast;
    uint32_t ids[MOST_SAID];
    size_t count;
};

static void ask_for(struct speaking *speaking, const struct agenda_item *item)
{
    struct phrases *phrases =
        phrases_load(phrases_folders(speaking->app.arena), item->language, speaking->app.diags);
    if (!phrases)
        return;
    const char *const pairs[] = {"name", item->title, NULL};
    const char *text = phrases_say(phrases, speaking->app.arena, "box.due", pairs);
    const char *language = arena_strdup(speaking->app.arena, phrases_language(phrases));
    if (text && speaking->count < MOST_SAID)
        speaking->ids[speaking->count++] = cast_request(speaking->cast, text, language, 0);
    phrases_destroy(phrases);
}

static int play_words(struct speaking *speaking)
{
    struct app *app = &speaking->app;
    struct recital_item items[MOST_SAID];
    const struct session_host host = {
        .loop = app->loop, .registry = app->registry, .diags = app->diags};
    nsec lead_in = app->request->lead_in_ns;
    const struct audition_options options = {
        .host = &host,
        .output = app_output(app, app->config.output),
        .title = "limber remind",
        .rate_hz = SESSION_RATE_HZ,
        .lead_in = lead_in < 0 ? -1 : frames_from_ns(lead_in, SESSION_RATE_HZ)};
    char *error = NULL;
    for (size_t i = 0; i < speaking->count; i++) {
        cast_wait(speaking->cast, speaking->ids[i]);
        items[i] = (struct recital_item){.clip = cast_clip(speaking->cast, speaking->ids[i]),
                                         .gain = cast_gain(speaking->cast, speaking->ids[i]),
                                         .words = true};
    }
    if (!options.output)
        return EXIT_USAGE;
    if (speaking->count == 0 ||
        audition_play(&options, items, speaking->count, &error) == LIMBER_OK)
        return -1;
    fprintf(stderr, "limber: error: no sound: %s\n", error ? error : "the output cannot be used");
    free(error);
    return EXIT_RUNTIME;
}

/* Returns −1, or the exit status. */
static int say(const struct request *request, const struct agenda *work)
{
    struct speaking speaking = {.count = 0};
    char *error = NULL;
    int status = app_open(&speaking.app, request);
    struct app *app = &speaking.app;
    if (status < 0) {
        const struct session_host host = {
            .loop = app->loop, .registry = app->registry, .diags = app->diags};
        speaking.theme =
            theme_new(app->registry, &(struct theme_options){.rate_hz = SESSION_RATE_HZ});
        const struct casting casting = {.voice = app->request->voice,
                                        .language = work->items[0].language,
                                        .rate_hz = SESSION_RATE_HZ,
                                        .tone_code = theme_sound(speaking.theme, "attention", 0),
                                        .no_cache = request->no_cache};
        if (casting_new(&host, &casting, app->arena, &speaking.cast, &error) != LIMBER_OK) {
            fprintf(stderr, "limber: error: %s\n", error ? error : "the voice cannot be used");
            status = EXIT_RUNTIME;
        }
    }
    free(error);
    for (size_t i = 0; status < 0 && i < work->count; i++)
        if (work->items[i].due->state == TODAY_DUE && work->items[i].page)
            ask_for(&speaking, &work->items[i]);
    if (status < 0)
        status = play_words(&speaking);
    cast_destroy(speaking.cast);
    theme_destroy(speaking.theme);
    app_close(app);
    return status;
}

/* --- remind --- */

static void print_due(const struct agenda *work)
{
    for (size_t i = 0; i < work->count; i++) {
        const struct agenda_item *item = &work->items[i];
        char length[32];
        if (item->due->state != TODAY_DUE || !item->page)
            continue;
        todaywork_length(item, length);
        printf("%s is due today%s%s%s: %s.\n", item->title, *length ? " (" : "", length,
               *length ? ")" : "", item->due->why);
    }
    if (work->due_count == 0)
        puts(work->exists ? "Nothing is due today." : "There is no plan yet: limber today --init");
}

static int run_remind(const struct request *request)
{
    struct agenda work;
    if (request->systemd)
        return print_units(request);
    int status = todaywork_open(&work);
    if (status < 0 && request->check)
        status = work.due_count > 0 ? EXIT_DONE : EXIT_RUNTIME;
    else if (status < 0 && !request->quiet)
        print_due(&work);
    fflush(stdout);
    if (status < 0 && request->say && work.due_count > 0)
        status = say(request, &work);
    agenda_close(&work);
    return status < 0 ? EXIT_DONE : status;
}

const struct verb verb_remind = {
    .name = "remind",
    .arguments = "",
    .summary = "tell what is due today, for timers",
    .details =
        "Prints what is due of your plan for the week, ~/.config/limber/today.yaml, and why; with "
        "--say it is spoken as well, if anything is due. With --check nothing is printed, and the "
        "exit status tells: 0 if something is due, 1 if not, 3 if the plan has mistakes. "
        "--systemd prints a service and a timer that remind you every day.\n\n"
        "Examples:\n"
        "  limber remind\n"
        "  limber remind --say\n"
        "  limber remind --check && notify-send \"$(limber remind)\"\n"
        "  limber remind --systemd --at 18:30\n",
    .options = (const enum option_id[]){OPTION_SAY, OPTION_CHECK, OPTION_SYSTEMD, OPTION_AT,
                                        OPTION_VOICE, OPTION_OUTPUT, OPTION_LEAD_IN, OPTION_SET,
                                        OPTION_PLUGIN_PATH, OPTION_NO_CACHE, OPTION_CONFIG,
                                        OPTION_NO_CONFIG, OPTION_QUIET, OPTION_HELP},
    .complete = COMPLETE_NOTHING,
    .minimum = 0,
    .maximum = 0,
    .run = run_remind,
};
