/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey.c: a voice as a whole: its voice.yaml, its clips, and what routines need of it. */
#include "studio/survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "studio/needs.h"
#include "studio/survey_inside.h"
#include "voice/voices.h"

const char *survey_kind_name(enum survey_kind kind)
{
    static const char *const names[] = {
        [SURVEY_VOICE] = "voice",     [SURVEY_UNUSABLE] = "unusable",
        [SURVEY_LICENSE] = "license", [SURVEY_AUTHOR] = "author",
        [SURVEY_CONSENT] = "consent", [SURVEY_FALLBACK] = "fallback",
        [SURVEY_ROW] = "row",         [SURVEY_DUPLICATE] = "duplicate",
        [SURVEY_BROKEN] = "broken",   [SURVEY_UNUSED] = "unused",
        [SURVEY_SILENT] = "silent",   [SURVEY_LOUDNESS] = "loudness",
        [SURVEY_CLIPPED] = "clipped", [SURVEY_DC] = "dc",
        [SURVEY_NOISE] = "noise",     [SURVEY_SILENCE] = "silence",
        [SURVEY_LENGTH] = "length",   [SURVEY_LANGUAGE] = "language",
        [SURVEY_EMPTY] = "empty",     [SURVEY_COVERAGE] = "coverage"};
    return names[kind];
}

void survey_add(struct surveying *surveying, enum survey_kind kind, bool error, const char *file,
                int line, const char *hint, const char *format, ...)
{
    char *message = NULL;
    va_list list;
    va_start(list, format);
    if (vasprintf(&message, format, list) < 0)
        message = NULL;
    va_end(list);
    *vec_push(&surveying->findings) =
        (struct survey_finding){.kind = kind,
                                .error = error,
                                .file = file ? arena_strdup(surveying->arena, file) : NULL,
                                .line = line,
                                .message = arena_strdup(surveying->arena, message ? message : ""),
                                .hint = hint ? arena_strdup(surveying->arena, hint) : NULL};
    free(message);
}

/* --- voice.yaml --- */

static void pass_faults(struct surveying *surveying)
{
    const struct diags *faults = surveying->options->voice_faults;
    const struct voice *voice = surveying->options->voice;
    enum severity severity;
    struct place place;
    const char *message, *hint;
    for (size_t i = 0; faults && diags_get(faults, i, &severity, &place, &message, &hint); i++)
        if (place.source && voice->file && strcmp(place.source->path, voice->file) == 0)
            survey_add(surveying, SURVEY_VOICE, severity == SEVERITY_ERROR, voice->file, place.line,
                       hint, "%s", message);
}

static bool has_error(const struct surveying *surveying)
{
    for (size_t i = 0; i < surveying->findings.count; i++)
        if (surveying->findings.items[i].error)
            return true;
    return false;
}

static void survey_voice(struct surveying *surveying)
{
    const struct survey_options *options = surveying->options;
    const struct voice *voice = options->voice;
    pass_faults(surveying);
    if (voice->problem && !has_error(surveying))
        survey_add(surveying, SURVEY_UNUSABLE, true, voice->file, 0, NULL, "it cannot be used: %s",
                   voice->problem);
    if (!voice->license[0])
        survey_add(surveying, SURVEY_LICENSE, false, voice->file, 0,
                   "such as `license: CC-BY-4.0`; without one, nobody may pass it on",
                   "no license is given");
    if (!voice->author[0])
        survey_add(surveying, SURVEY_AUTHOR, false, voice->file, 0, "`author:` names who made it",
                   "no author is given");
    if (options->pack && !voice->consent[0])
        survey_add(surveying, SURVEY_CONSENT, false, voice->file, 0,
                   "such as `consent: I recorded myself and agree that this voice is shared`",
                   "nothing says that the speaker agreed");
    if (voice->fallback && !options->fallback_exists)
        survey_add(surveying, SURVEY_FALLBACK, false, voice->file, 0,
                   "limber voice list shows all voices", "the fallback voice \"%s\" is not there",
                   voice->fallback);
}

/* --- coverage --- */

static void survey_routine(struct surveying *surveying, const struct needs_routine *routine)
{
    const struct survey_options *options = surveying->options;
    VEC(struct survey_missing) missing = {0};
    struct survey_routine *result = vec_push(&surveying->routines);
    *result = (struct survey_routine){.name = routine->name,
                                      .path = routine->path,
                                      .language = routine->language,
                                      .sentences = routine->count,
                                      .foreign = routine->foreign,
                                      .broken = routine->broken};
    for (size_t i = 0; i < routine->count; i++) {
        const struct need *need = needs_get(options->needs, routine->needs[i]);
        size_t rows = options->pack             ? pack_says(options->pack, need->text)
                      : options->voice->problem ? 0
                                                : 1;
        result->covered += rows > 0;
        result->composed += rows > 1;
        if (rows == 0)
            *vec_push(&missing) =
                (struct survey_missing){need->text, need->file, need->line, need->phrase};
    }
    result->missing_count = missing.count;
    result->missing = vec_to_arena(&missing, surveying->arena);
    if (!options->named || routine->broken)
        return;
    if (routine->count == 0 && routine->foreign > 0)
        survey_add(surveying, SURVEY_LANGUAGE, false, routine->path, 0,
                   "a translation is a page beside it, NAME.TAG.md",
                   "%s is in \"%s\", and the voice speaks none of it", routine->name,
                   routine->language);
    else if (result->missing_count > 0)
        survey_add(surveying, SURVEY_COVERAGE, false, routine->path, 0,
                   options->pack ? "limber voice script lists what is to be recorded" : NULL,
                   "%zu of %zu sentences fall back to another voice", result->missing_count,
                   result->sentences);
}

struct survey survey_run(const struct survey_options *options, struct arena *arena)
{
    struct surveying surveying = {.options = options, .arena = arena, .median_lufs = NAN};
    survey_voice(&surveying);
    if (options->pack)
        survey_clips(&surveying);
    for (size_t i = 0; options->needs && i < needs_routine_count(options->needs); i++)
        survey_routine(&surveying, needs_routine(options->needs, i));
    struct survey survey = {.finding_count = surveying.findings.count,
                            .clip_count = surveying.clips.count,
                            .routine_count = surveying.routines.count,
                            .median_lufs = surveying.median_lufs,
                            .seconds = surveying.seconds};
    for (size_t i = 0; i < surveying.findings.count; i++)
        survey.error_count += surveying.findings.items[i].error;
    survey.findings = vec_to_arena(&surveying.findings, arena);
    survey.clips = vec_to_arena(&surveying.clips, arena);
    survey.routines = vec_to_arena(&surveying.routines, arena);
    return survey;
}
