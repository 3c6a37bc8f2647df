/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_voice_check.c: whether a voice is fit to be used and shared. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/verbs.h"
#include "app/voicework.h"
#include "base/file.h"
#include "studio/survey.h"

static void show_clip(void *context, size_t done, size_t total)
{
    if (total > 20 && (done % 10 == 0 || done == total))
        fprintf(stderr, "\rlistening to clip %zu of %zu\033[K%s", done, total,
                done == total ? "\r\033[K" : "");
}

/* The whole per cents; 100 only when nothing is missing. */
static int percent(const struct survey_routine *routine)
{
    return routine->sentences ? (int)(100 * routine->covered / routine->sentences) : 0;
}

/* --- for people --- */

static void print_finding(const struct survey_finding *finding, bool color)
{
    const char *word = finding->error ? "error" : "warning";
    if (finding->file && finding->line > 0)
        fprintf(stderr, "%s:%d: ", finding->file, finding->line);
    else
        fprintf(stderr, "%s: ", finding->file ? finding->file : "limber");
    if (color)
        fprintf(stderr, "\033[1;%dm%s:\033[0m %s\n", finding->error ? 31 : 35, word,
                finding->message);
    else
        fprintf(stderr, "%s: %s\n", word, finding->message);
    if (finding->hint)
        fprintf(stderr, "   = %s\n", finding->hint);
}

static void print_missing(const struct survey_missing *missing)
{
    if (missing->file)
        printf("    %s:%d  \"%s\"\n", missing->file, missing->line, missing->text);
    else
        printf("    phrase %s  \"%s\"\n", missing->phrase ? missing->phrase : "", missing->text);
}

static void print_routine(const struct survey_routine *routine, bool lines)
{
    if (routine->broken) {
        printf("%s: has errors; limber check %s tells them\n", routine->name, routine->name);
        return;
    }
    if (routine->sentences == 0) {
        printf("%s: nothing in the language of the voice\n", routine->name);
        return;
    }
    printf("%s: %d %%, ", routine->name, percent(routine));
    if (routine->missing_count == 0)
        printf("all of %zu sentences", routine->sentences);
    else
        printf("%zu sentence%s fall%s back", routine->missing_count,
               routine->missing_count == 1 ? "" : "s", routine->missing_count == 1 ? "s" : "");
    if (routine->composed)
        printf(" (%zu put together from parts)", routine->composed);
    if (routine->foreign)
        printf("; %zu more are in another language", routine->foreign);
    puts(lines && routine->missing_count ? ":" : "");
    for (size_t i = 0; lines && i < routine->missing_count; i++)
        print_missing(&routine->missing[i]);
}

static void print_survey(const struct voicework *work, const struct survey *survey, bool named)
{
    bool color = app_color(stderr);
    for (size_t i = 0; i < survey->finding_count; i++)
        if (survey->findings[i].kind != SURVEY_COVERAGE) /* told below, with its lines */
            print_finding(&survey->findings[i], color);
    if (work->pack && survey->clip_count)
        printf("%zu clip%s, %.0f s, loudness in the middle %.1f LUFS\n", survey->clip_count,
               survey->clip_count == 1 ? "" : "s", survey->seconds, survey->median_lufs);
    for (size_t i = 0; i < survey->routine_count; i++)
        if (named || survey->routines[i].sentences > 0)
            print_routine(&survey->routines[i], named);
    size_t warnings = survey->finding_count - survey->error_count;
    if (survey->finding_count == 0)
        printf("%s: nothing to complain about\n", work->voice->name);
    else
        printf("%s: %zu error%s, %zu warning%s\n", work->voice->name, survey->error_count,
               survey->error_count == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
}

/* --- for programs --- */

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *clips_json(const struct survey *survey)
{
    json_t *clips = json_array();
    for (size_t i = 0; i < survey->clip_count; i++) {
        const struct survey_clip *clip = &survey->clips[i];
        const struct take_measure *measure = &clip->measure;
        json_t *item = json_pack("{s:s, s:s, s:i, s:b}", "text", clip->text, "file", clip->file,
                                 "line", clip->line, "read", clip->read);
        if (clip->read)
            json_object_update_new(
                item, json_pack("{s:f, s:o, s:o, s:o, s:f, s:I, s:f, s:f}", "seconds",
                                (double)measure->length_ns / NSEC_PER_SEC, "lufs",
                                number(measure->lufs), "peak_dbfs", number(measure->peak_db),
                                "noise_dbfs", number(measure->noise_db), "dc", measure->dc,
                                "clipped", (json_int_t)measure->clipped, "lead_seconds",
                                (double)measure->lead_ns / NSEC_PER_SEC, "tail_seconds",
                                (double)measure->tail_ns / NSEC_PER_SEC));
        json_array_append_new(clips, item);
    }
    return clips;
}

static json_t *routines_json(const struct survey *survey)
{
    json_t *routines = json_array();
    for (size_t i = 0; i < survey->routine_count; i++) {
        const struct survey_routine *routine = &survey->routines[i];
        json_t *missing = json_array();
        for (size_t k = 0; k < routine->missing_count; k++) {
            const struct survey_missing *one = &routine->missing[k];
            json_array_append_new(missing,
                                  json_pack("{s:s, s:s?, s:i, s:s?}", "text", one->text, "file",
                                            one->file, "line", one->line, "phrase", one->phrase));
        }
        json_array_append_new(
            routines,
            json_pack("{s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:i, s:o}", "name", routine->name,
                      "file", routine->path, "language", routine->language, "broken",
                      routine->broken, "sentences", (json_int_t)routine->sentences, "covered",
                      (json_int_t)routine->covered, "composed", (json_int_t)routine->composed,
                      "foreign", (json_int_t)routine->foreign, "percent", percent(routine),
                      "missing", missing));
    }
    return routines;
}

static void print_json(const struct voicework *work, const struct survey *survey)
{
    json_t *findings = json_array();
    for (size_t i = 0; i < survey->finding_count; i++) {
        const struct survey_finding *finding = &survey->findings[i];
        json_array_append_new(findings, json_pack("{s:s, s:s, s:s?, s:i, s:s, s:s?}", "kind",
                                                  survey_kind_name(finding->kind), "severity",
                                                  finding->error ? "error" : "warning", "file",
                                                  finding->file, "line", finding->line, "message",
                                                  finding->message, "hint", finding->hint));
    }
    json_t *all = json_pack(
        "{s:i, s:s, s:s, s:s, s:b, s:I, s:o, s:f, s:o, s:o, s:o}", "format", 1, "voice",
        work->voice->name, "language", work->language, "engine", work->voice->engine, "recorded",
        work->pack != NULL, "errors", (json_int_t)survey->error_count, "median_lufs",
        number(survey->median_lufs), "seconds", survey->seconds, "findings", findings, "routines",
        routines_json(survey), "clips", clips_json(survey));
    json_dumpf(all, stdout, JSON_INDENT(2));
    puts("");
    json_decref(all);
}

/* --- the verb --- */

static bool fallback_exists(const struct voicework *work)
{
    return !work->voice->fallback || voices_find(work->voices, work->voice->fallback);
}

static int check(struct voicework *work)
{
    const struct request *request = work->app.request;
    const struct survey_options options = {
        .voice = work->voice,
        .pack = work->pack,
        .needs = work->needs,
        .named = request->arguments[1] != NULL,
        .voice_faults = work->faults,
        .fallback_exists = fallback_exists(work),
        .progress = app_columns(stderr) > 0 && !request->quiet ? show_clip : NULL};
    struct survey survey = survey_run(&options, work->app.arena);
    if (request->json)
        print_json(work, &survey);
    else
        print_survey(work, &survey, options.named);
    size_t counted = request->strict ? survey.finding_count : survey.error_count;
    return counted ? EXIT_ROUTINE : EXIT_DONE;
}

static int run_check(const struct request *request)
{
    struct voicework work;
    int status = voicework_open(&work, request, request->arguments[0], false);
    int pages = -1;
    if (status < 0) {
        pages = voicework_needs(&work, request->arguments + 1, false);
        if (pages < 0 || pages == EXIT_ROUTINE) /* pages with errors do not keep the rest back */
            status = check(&work);
        else
            status = pages;
    }
    voicework_close(&work);
    return status == EXIT_DONE && pages > 0 ? pages : status;
}

const struct verb verb_voice_check = {
    .name = "voice check",
    .arguments = "NAME [ROUTINE…]",
    .summary = "check a voice: what it covers, how its clips sound",
    .details =
        "Tells how much of each routine the voice can say, and which sentences fall back to "
        "another voice; which clips are much louder or quieter than the others, clipped, noisy, "
        "off centre, padded with silence, or do not fit their text; rows that cannot be used, "
        "files that no row names; and what voice.yaml lacks. Without a routine, all routines in "
        "the language of the voice are summed up.\n\n"
        "Warnings do not change the exit status unless --strict is given.\n\n"
        "Examples:\n"
        "  limber voice check anna\n"
        "  limber voice check anna upper-back-relief desk-break\n"
        "  limber voice check anna --strict --json\n",
    .options = (const enum option_id[]){OPTION_JSON, OPTION_STRICT, OPTION_LANGUAGE, OPTION_QUIET,
                                        OPTION_SET, OPTION_PLUGIN_PATH, OPTION_HELP},
    .complete = COMPLETE_VOICE_ROUTINES,
    .minimum = 1,
    .maximum = -1,
    .run = run_check,
};
