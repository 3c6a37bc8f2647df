/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timeline_tool.c: the reports of a page, with lengths that need no voice: words as long as the
 * plan estimates them, sounds by name.
 *
 * usage: timeline_tool dump|table|json|svg|captions|warnings PAGE.md PHRASES [COLUMNS] */
#include <stdlib.h>
#include <string.h>

#include "timeline/report.h"
#include "timeline/timeline.h"

static bool speech_length(void *context, const struct cue *cue, frames *length)
{
    *length = frames_from_ns(plan_estimate_speech_ns(cue->text), SESSION_RATE_HZ);
    return true;
}

static bool sound_length(void *context, const struct cue *cue, frames fill, frames *length,
                         frames *lead)
{
    const frames ms = SESSION_RATE_HZ / 1000;
    if (cue->fills) {
        *length = fill;
        *lead = 0;
        return true;
    }
    *length = strcmp(cue->text, "tick") == 0                                     ? 80 * ms
              : strcmp(cue->text, "gong") == 0 || strcmp(cue->text, "bell") == 0 ? 4000 * ms
                                                                                 : 700 * ms;
    *lead = *length < 400 * ms ? *length : 400 * ms;
    return true;
}

static int report(const struct timeline *timeline, const char *what, int columns)
{
    struct report_info info = {.voice = "test", .columns = columns};
    if (strcmp(what, "dump") == 0)
        timeline_dump(timeline, stdout);
    else if (strcmp(what, "table") == 0)
        report_table(timeline, &info, stdout);
    else if (strcmp(what, "color") == 0) {
        info.color = true;
        report_table(timeline, &info, stdout);
    } else if (strcmp(what, "json") == 0)
        return report_json(timeline, &info, stdout) != LIMBER_OK;
    else if (strcmp(what, "svg") == 0)
        return report_svg(timeline, &info, stdout) != LIMBER_OK;
    else if (strcmp(what, "captions") == 0)
        return report_captions(timeline, stdout) != LIMBER_OK;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: timeline_tool dump|table|json|svg|captions|warnings PAGE PHRASES [COLUMNS]\n",
              stderr);
        return 2;
    }
    struct diags *diags = diags_new();
    struct routine_options routine_options = {0};
    enum limber_status status;
    struct routine *routine = routine_load(argv[2], &routine_options, diags, &status);
    struct plan_options options = {.level = LEVEL_NORMAL,
                                   .detail = DETAIL_NORMAL,
                                   .seed = 1,
                                   .announce = -1,
                                   .count = -1,
                                   .choice = {.fraction = -1},
                                   .phrase_folder = argv[3]};
    struct plan *plan = routine ? plan_new(routine, &options, diags) : NULL;
    struct timeline_lengths lengths = {NULL, speech_length, sound_length};
    struct timeline *timeline = plan ? timeline_new(plan, SESSION_RATE_HZ, &lengths) : NULL;
    int failed = !timeline || !timeline_resolve(timeline) ||
                 report(timeline, argv[1], argc > 4 ? atoi(argv[4]) : 80);
    if (timeline && strcmp(argv[1], "warnings") == 0)
        timeline_warn(timeline, diags);
    diags_print(diags, strcmp(argv[1], "warnings") == 0 ? stdout : stderr, false);
    timeline_destroy(timeline);
    plan_destroy(plan);
    routine_destroy(routine);
    diags_destroy(diags);
    return failed;
}
