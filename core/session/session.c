/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.c: page → routine → plan, with its voices and sounds. */
#include "session/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "plan/phrases.h"
#include "session/casting.h"
#include "session/parts.h"
#include "session/themefile.h"

#define LOG_MODULE "session"

static bool sound_exists(void *context, const char *folder, const char *name)
{
    struct session *session = context;
    return theme_has(session->theme, folder, name, false) ||
           theme_has(session->theme, folder, name, true);
}

/* --- voicing --- */

void script_request_words(struct script *script, size_t step)
{
    const struct plan *plan = script->plan;
    for (size_t n = 0; n < plan->cue_count; n++) {
        size_t i = (step + n) % plan->cue_count;
        const struct cue *cue = &plan->cues[i];
        if (cue->kind == CUE_SPEECH)
            script->cast_ids[i] = cast_request(script->session->cast, cue->text, cue->language,
                                               cue->emphasis ? 1.0 : 0.0);
    }
}

static bool speech_length(void *context, const struct cue *cue, frames *length)
{
    const struct script *script = context;
    const struct clip *clip =
        cast_clip(script->session->cast, script->cast_ids[cue - script->plan->cues]);
    if (!clip)
        return false;
    *length = clip->length;
    return true;
}

static bool sound_length(void *context, const struct cue *cue, frames fill, frames *length,
                         frames *lead)
{
    const struct script *script = context;
    const struct clip *clip = theme_sound(script->session->theme, cue->text, fill);
    *length = clip->length;
    *lead = clip->lead;
    return true;
}

struct timeline_lengths script_lengths(const struct script *script)
{
    return (struct timeline_lengths){
        .context = (void *)script, .speech = speech_length, .sound = sound_length};
}

/* --- planning --- */

static struct plan_options plan_options_for(const struct session *session)
{
    const struct session_options *options = &session->options;
    struct plan_options plan = {.level = options->level,
                                .detail = options->detail,
                                .no_tips = options->no_tips,
                                .seed = options->seed,
                                .announce = options->announce,
                                .count = options->count,
                                .total_ns = options->for_ns,
                                .choice = {.fraction = -1},
                                .same_detail = session->same_detail,
                                .phrase_folder = session->phrase_folder};
    if (session->coached)
        coach_apply(&session->coach, &plan);
    return plan;
}

struct script *script_new(struct session *session, const struct plan_choice *choice)
{
    struct plan_options options = plan_options_for(session);
    if (choice)
        options.choice = *choice;
    struct plan *plan = plan_new(session->routine, &options, session->host.diags);
    if (!plan)
        return NULL;
    struct script *script = xcalloc(1, sizeof *script);
    script->session = session;
    script->plan = plan;
    script->cast_ids = xcalloc(plan->cue_count + 1, sizeof *script->cast_ids);
    return script;
}

void script_destroy(struct script *script)
{
    if (!script)
        return;
    plan_destroy(script->plan);
    free(script->cast_ids);
    free(script);
}

static bool replan(struct session *session, const struct plan_choice *choice)
{
    script_destroy(session->script);
    session->script = script_new(session, choice);
    if (session->script)
        script_request_words(session->script, 0);
    return session->script != NULL;
}

static nsec length_of_choice(void *context, const struct plan_choice *choice)
{
    struct session *session = context;
    if (!replan(session, choice))
        return -1;
    struct timeline *timeline = session_timeline(session, NULL, NULL);
    session_finish(session, timeline, NULL, NULL);
    nsec length = ns_from_frames(timeline_length(timeline), session->rate_hz);
    timeline_destroy(timeline);
    return length;
}

static enum limber_status plan_session(struct session *session)
{
    if (session->has_fit) /* chosen before */
        return replan(session, &session->fit.choice) ? LIMBER_OK : LIMBER_INVALID;
    if (session->options.for_ns <= 0)
        return replan(session, NULL) ? LIMBER_OK : LIMBER_INVALID;
    struct plan_options options = plan_options_for(session);
    if (!plan_fit_choose(session->routine, &options, session->options.for_ns, length_of_choice,
                         session, session->arena, &session->fit))
        return LIMBER_INVALID;
    session->has_fit = true;
    /* The length that is spoken of is the one there is. */
    if (!session->fit.fits)
        session->options.for_ns = session->fit.length_ns;
    return replan(session, &session->fit.choice) ? LIMBER_OK : LIMBER_INVALID;
}

/* Stereo if asked for, or if any sound or bed has two channels. */
static uint32_t channels_needed(struct session *session)
{
    if (session->options.channels)
        return session->options.channels;
    const struct plan *plan = session->script->plan;
    for (size_t i = 0; i < plan->cue_count; i++) {
        const struct cue *cue = &plan->cues[i];
        const struct clip *clip = NULL;
        if (cue->kind == CUE_SOUND && !cue->fills)
            clip = theme_sound(session->theme, cue->text, 0);
        else if (cue->kind == CUE_BED && cue->text)
            clip = theme_bed(session->theme, cue->text);
        if (clip && clip->channels == 2)
            return 2;
    }
    return 1;
}

/* --- opening and closing --- */

static enum limber_status load_routine(struct session *session)
{
    enum limber_status status = LIMBER_OK;
    const struct routine_options options = {.language = session->options.language,
                                            .sound_exists = sound_exists,
                                            .sound_context = session};
    session->routine = routine_load(session->options.page, &options, session->host.diags, &status);
    return session->routine ? LIMBER_OK : status == LIMBER_OK ? LIMBER_INVALID : status;
}

static enum limber_status start_cast(struct session *session, char **error)
{
    const struct session_options *options = &session->options;
    const struct casting casting = {
        .voice = options->voice ? options->voice : session->routine->voice,
        .language = session->routine->language,
        .rate_hz = session->rate_hz,
        .seed = options->seed,
        .tone_code = theme_sound(session->theme, "attention", 0),
        .no_cache = options->no_cache,
    };
    return casting_new(&session->host, &casting, session->arena, &session->cast, error);
}

/* Whoever asks for a voice is told when the page is not in its language. */
static void warn_of_language(const struct session *session)
{
    const struct routine *routine = session->routine;
    const char *asked = session->options.voice ? session->options.voice : routine->voice;
    const char *speaks = cast_voice_name(session->cast, routine->language);
    if (asked && strcmp(asked, speaks) != 0)
        diags_add(session->host.diags, SEVERITY_WARNING,
                  (struct place){.source = routine->root->place.source},
                  "a translation beside the page is played with --language TAG",
                  "the voice `%s` does not speak \"%s\", the language of this page: the voice %s "
                  "does",
                  asked, routine->language, speaks);
}

enum limber_status session_open(const struct session_host *host,
                                const struct session_options *options, struct session **out,
                                char **error)
{
    struct session *session = xcalloc(1, sizeof *session);
    enum limber_status status = LIMBER_FAILED;
    *out = NULL;
    session->host = *host;
    session->options = *options;
    session->arena = arena_new();
    session->rate_hz = options->rate_hz ? options->rate_hz : SESSION_RATE_HZ;
    session->phrase_folder = phrases_folders(session->arena);
    if (!session->phrase_folder) {
        *error = xstrdup("the folder of phrases is missing: the installation is incomplete");
        goto out;
    }
    /* Sounds before the page: the page asks which there are. The routine's own folder comes after.
     */
    struct theme_options sounds = {.rate_hz = session->rate_hz, .diags = host->diags};
    if (options->sounds)
        status = theme_find(host->registry, options->sounds, session->arena, host->diags,
                            &sounds.pack, error);
    if (options->sounds && status != LIMBER_OK)
        goto out;
    session->theme = theme_new(host->registry, &sounds);
    status = load_routine(session);
    if (status != LIMBER_OK)
        goto out;
    if (session->routine->sounds) {
        sounds.folder = session->routine->sounds;
        theme_destroy(session->theme);
        session->theme = theme_new(host->registry, &sounds);
    }
    status = start_cast(session, error);
    if (status == LIMBER_NOT_FOUND && *error && !options->voice && session->routine->voice) {
        diags_add(host->diags, SEVERITY_ERROR,
                  (struct place){.source = session->routine->root->place.source},
                  "it is the `voice:` in the front matter", "%s", *error);
        free(*error);
        *error = NULL;
        status = LIMBER_INVALID;
    }
    if (status != LIMBER_OK)
        goto out;
    warn_of_language(session);
    session_ask_coach(session);
    status = plan_session(session);
    if (status != LIMBER_OK)
        goto out;
    *out = session;
    return LIMBER_OK;
out:
    session_close(session);
    return status;
}

void session_close(struct session *session)
{
    if (!session)
        return;
    session_let_go(session);
    cast_destroy(session->cast);
    script_destroy(session->script);
    routine_destroy(session->routine);
    theme_destroy(session->theme);
    arena_destroy(session->arena);
    free(session);
}

const struct plan *session_plan(const struct session *session)
{
    return session->script->plan;
}

const struct routine *session_routine(const struct session *session)
{
    return session->routine;
}

struct cast *session_cast(struct session *session)
{
    return session->cast;
}

uint32_t session_rate(const struct session *session)
{
    return session->rate_hz;
}

uint32_t session_channels(struct session *session)
{
    if (!session->channels)
        session->channels = channels_needed(session);
    return session->channels;
}

const char *session_voice_name(const struct session *session)
{
    return cast_voice_name(session->cast, session->routine->language);
}

const struct plan_fit *session_fit(const struct session *session)
{
    return session->has_fit ? &session->fit : NULL;
}

/* --- timelines --- */

struct timeline *session_timeline(struct session *session, const struct timeline_from *from,
                                  const struct timeline_changes *changes)
{
    const struct script *script = session->script;
    struct timeline_lengths lengths = script_lengths(script);
    return timeline_new_from(script->plan, session->rate_hz, &lengths, from, changes);
}

void session_finish(struct session *session, struct timeline *timeline,
                    void (*progress)(void *context, size_t done, size_t total), void *context)
{
    const struct script *script = session->script;
    uint32_t waiting = 0;
    while (!timeline_resolve(timeline) && timeline_waiting_for(timeline, &waiting)) {
        if (progress)
            progress(context, waiting, script->plan->cue_count);
        if (session->options.live)
            cast_hurry(session->cast, script->cast_ids[waiting]);
        cast_wait(session->cast, script->cast_ids[waiting]);
    }
    if (progress)
        progress(context, script->plan->cue_count, script->plan->cue_count);
}
