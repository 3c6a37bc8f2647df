/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask_lists.c: the voices, the themes of sounds, and what was done. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "box/ask_inside.h"
#include "history/history.h"
#include "session/themefile.h"
#include "voice/voices.h"

#define FOLDERS_MOST 1000 /* voices */

static void set(json_t *document, const char *name, json_t *value)
{
    json_object_set_new(document, name, value);
}

/* --- voices --- */

/* Of all voice.yaml files. */
static uint64_t voices_state(struct arena *arena)
{
    const char *folders[] = {file_user_data(arena, "voices"), file_program_data(arena, "voices")};
    struct hash hash = hash_new();
    for (size_t i = 0; i < 2; i++) {
        size_t count = 0;
        const char *const *names = file_list(arena, folders[i], FOLDERS_MOST, &count);
        for (size_t n = 0; n < count; n++) {
            struct stat about = {0};
            stat(arena_printf(arena, "%s/%s/voice.yaml", folders[i], names[n]), &about);
            hash_text(&hash, names[n]);
            hash_int(&hash, (int64_t)about.st_size);
            hash_int(&hash, (int64_t)about.st_mtim.tv_sec);
            hash_int(&hash, (int64_t)about.st_mtim.tv_nsec);
        }
    }
    return hash_64(&hash);
}

static json_t *voice_json(const struct voice *voice)
{
    json_t *item = json_object(), *languages = json_array();
    for (size_t i = 0; i < voice->language_count; i++)
        json_array_append_new(languages, document_text(voice->languages[i]));
    set(item, "name", document_text(voice->name));
    set(item, "languages", languages);
    set(item, "description", document_text(voice->description));
    set(item, "engine", document_text(voice->engine));
    set(item, "usable", json_boolean(!voice->problem));
    set(item, "problem", document_text(voice->problem));
    return item;
}

static void read_voices(struct ask *ask, struct arena *arena)
{
    uint64_t state = voices_state(arena);
    if (ask->voices && ask->voices_state == state)
        return;
    struct voices *voices =
        voices_load(file_program_data(arena, "voices"), ask->host.registry, NULL);
    json_decref(ask->voices);
    ask->voices = json_array();
    ask->voices_state = state;
    for (size_t i = 0; i < voices_count(voices); i++)
        json_array_append_new(ask->voices, voice_json(voices_get(voices, i)));
    voices_destroy(voices);
}

/* Whether one of the tags is of this language: "en" is spoken by "en-GB", and the other way. */
static bool speaks(const json_t *languages, const char *language)
{
    size_t primary = strcspn(language, "-"), index;
    json_t *tag;
    json_array_foreach(languages, index, tag)
    {
        const char *text = json_string_value(tag);
        if (text && strcspn(text, "-") == primary && strncasecmp(text, language, primary) == 0)
            return true;
    }
    return false;
}

enum limber_status answer_voices(struct answer *answer)
{
    struct ask *ask = answer->ask;
    json_t *all = json_array(), *voice;
    size_t index;
    if (*answer->rest && !voice_is_tag(answer->rest)) {
        json_decref(all);
        return answer_refuse(answer, LIMBER_INVALID, "A language is a tag such as en or de-AT.");
    }
    read_voices(ask, answer->arena);
    json_array_foreach(ask->voices, index, voice)
    {
        if (!*answer->rest || speaks(json_object_get(voice, "languages"), answer->rest))
            json_array_append(all, voice);
    }
    answer->document = json_object();
    set(answer->document, "voices", all);
    return LIMBER_OK;
}

/* --- sounds --- */

enum limber_status answer_sounds(struct answer *answer)
{
    size_t count = 0;
    struct diags *diags = diags_new();
    const struct theme_pack *packs =
        themes_list(answer->ask->host.registry, answer->arena, diags, &count);
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_object();
        set(item, "name", document_text(packs[i].name));
        set(item, "description", document_text(packs[i].description));
        set(item, "usable", json_boolean(!packs[i].problem));
        set(item, "problem", document_text(packs[i].problem));
        json_array_append_new(all, item);
    }
    diags_destroy(diags);
    answer->document = json_object();
    set(answer->document, "sounds", all);
    return LIMBER_OK;
}

/* --- history --- */

static json_t *minutes(nsec time)
{
    return json_real(round((double)time / (double)(6 * NSEC_PER_SEC)) / 10);
}

static json_t *session_json(const struct history_session *session)
{
    char started[32];
    json_t *item = json_object();
    set(item, "id", json_integer(session->id));
    set(item, "started", json_string(calendar_format_local(session->started, started)));
    set(item, "routine", document_text(session->routine));
    set(item, "title", document_text(session->title));
    set(item, "minutes", minutes(session->done_ns));
    set(item, "outcome", document_text(history_outcome_name(session->outcome)));
    set(item, "effort", document_text(history_effort_name(session->effort)));
    set(item, "moves", json_integer((json_int_t)session->move_count));
    set(item, "skipped", json_integer((json_int_t)session->skipped_count));
    return item;
}

static json_t *weeks_json(const struct history_day *days, size_t day_count, calendar_day today,
                          size_t count, struct arena *arena)
{
    struct history_total *weeks = ARENA_ARRAY(arena, struct history_total, count);
    json_t *list = json_array();
    history_weeks(days, day_count, today, weeks, count);
    for (size_t i = 0; i < count; i++) {
        char monday[16];
        json_t *item = json_object();
        calendar_day first = calendar_monday(today) - 7 * (calendar_day)(count - 1 - i);
        set(item, "monday", json_string(calendar_format_day(first, monday)));
        set(item, "minutes", minutes(weeks[i].done_ns));
        set(item, "sessions", json_integer((json_int_t)weeks[i].sessions));
        json_array_append_new(list, item);
    }
    return list;
}

static void tell_history(struct answer *answer, struct history *history, struct moment now,
                         size_t weeks)
{
    struct history_day *days = NULL;
    struct history_session *sessions = NULL;
    calendar_day today = calendar_day_of(now);
    const struct history_filter everything = {0};
    const struct history_filter lately = {.bounded = true,
                                          .first = calendar_monday(today) -
                                                   7 * (calendar_day)(weeks - 1),
                                          .last = today + 1, /* somebody may have flown west */
                                          .most = ASK_SESSIONS_MOST};
    size_t day_count = history_days(history, &everything, answer->arena, &days);
    struct history_streak streak = history_streak(days, day_count, today);
    size_t count = history_sessions(history, &lately, answer->arena, &sessions);
    json_t *row = json_object(), *list = json_array();
    set(row, "days", json_integer(streak.days));
    set(row, "today", json_boolean(streak.today));
    set(row, "longest", json_integer(streak.longest));
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, session_json(&sessions[i]));
    set(answer->document, "streak", row);
    set(answer->document, "weeks", weeks_json(days, day_count, today, weeks, answer->arena));
    set(answer->document, "sessions", list);
}

enum limber_status answer_history(struct answer *answer)
{
    int64_t weeks = ASK_WEEKS;
    if (*answer->rest && (!units_parse_int(answer->rest, strlen(answer->rest), &weeks) ||
                          weeks < 1 || weeks > ASK_WEEKS_MOST))
        return answer_refuse(answer, LIMBER_INVALID, "How many weeks? 1 to %d.", ASK_WEEKS_MOST);
    struct moment now = calendar_now();
    char *place = history_place(answer->arena);
    struct history *history = history_open_to_read(place, now);
    answer->document = json_object();
    tell_history(answer, history, now, (size_t)weeks);
    history_close(history);
    return LIMBER_OK;
}
