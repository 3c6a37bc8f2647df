/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box_taste.c: how loud, by whom and how much is said in the sessions to come. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "box/box_inside.h"
#include "voice/voices.h"

#define LOG_MODULE "box"

void box_use_taste(struct box *box)
{
    const struct player_taste taste = kept_taste(box->kept, box->config);
    if (box->player)
        player_set_taste(box->player, &taste);
    if (box->say)
        say_with(box->say, taste.voice,
                 gain_from_db(taste.level_db[PART_MASTER] + taste.level_db[PART_SPEECH]));
}

/* --- without a session --- */

static enum limber_status keep_level(struct box *box, const struct command *command, char *answer,
                                     size_t size)
{
    const struct player_taste taste = kept_taste(box->kept, box->config);
    int level_db = taste.level_db[command->part];
    if (command->id == COMMAND_LEVEL) {
        level_db = command->number;
    } else if (!command_step_level(command, &level_db)) {
        snprintf(answer, size, "%s",
                 command->id == COMMAND_LOUDER ? "that is the loudest" : "that is the softest");
        return LIMBER_INVALID;
    }
    kept_set_level(box->kept, box->config, command->part, level_db);
    snprintf(answer, size, "%s: %+d dB",
             command->part == PART_MASTER ? "all" : command_part_name(command->part), level_db);
    return LIMBER_OK;
}

/* "there is no voice "clam"; did you mean "calm"? There are: calm, mellow", as far as it fits. */
static void refuse_voice(const struct voices *voices, const char *why, char *answer, size_t size)
{
    struct str text = {0};
    const char *between = ". There are: ";
    str_printf(&text, "%s", why);
    for (size_t i = 0; i < voices_count(voices); i++) {
        const struct voice *voice = voices_get(voices, i);
        size_t length = text.length + strlen(between) + strlen(voice->name);
        if (voice->problem || length >= size)
            continue;
        str_printf(&text, "%s%s", between, voice->name);
        between = ", ";
    }
    snprintf(answer, size, "%s", str_text(&text));
    str_free(&text);
}

static enum limber_status keep_voice(struct box *box, const char *name, char *answer, size_t size)
{
    struct arena *arena = arena_new();
    char *error = NULL;
    struct voices *voices =
        voices_load(file_program_data(arena, "voices"), box->options.registry, NULL);
    bool there = voices_choose(voices, name, &error) != NULL;
    if (there) {
        kept_set_voice(box->kept, box->config, name);
        box->voice_for_left = true;
        snprintf(answer, size, "voice %s", name);
    } else {
        refuse_voice(voices, error, answer, size);
    }
    free(error);
    voices_destroy(voices);
    arena_destroy(arena);
    return there ? LIMBER_OK : LIMBER_INVALID;
}

enum limber_status box_keep(struct box *box, const struct command *command, char *answer,
                            size_t size)
{
    static const char *const details[] = {
        [DETAIL_FULL] = "full", [DETAIL_NORMAL] = "normal", [DETAIL_BRIEF] = "brief"};
    enum limber_status status = LIMBER_OK;
    if (command->id == COMMAND_VOICE) {
        status = keep_voice(box, command->name, answer, size);
    } else if (command->id == COMMAND_DETAIL) {
        kept_set_detail(box->kept, box->config, command->detail);
        snprintf(answer, size, "detail %s", details[command->detail]);
    } else if (command->id == COMMAND_MUTE_TIPS) {
        kept_set_no_tips(box->kept, command->on);
        snprintf(answer, size, "tips %s", command->on ? "off" : "on");
    } else {
        status = keep_level(box, command, answer, size);
    }
    if (status != LIMBER_OK)
        return status;
    box_use_taste(box);
    box_work_soon(box); /* controls are told */
    return LIMBER_OK;
}

/* --- in a session --- */

void box_keep_heard(struct box *box, const struct command *command)
{
    bool level = command->id == COMMAND_LEVEL || command->id == COMMAND_LOUDER ||
                 command->id == COMMAND_QUIETER;
    struct conductor_place place;
    if (level) {
        conductor_place(player_conductor(box->player), &place);
        kept_set_level(box->kept, box->config, command->part, place.level_db[command->part]);
    } else if (command->id == COMMAND_VOICE) {
        kept_set_voice(box->kept, box->config, command->name);
    } else {
        return;
    }
    box_use_taste(box);
}

void box_taste_for(struct box *box, struct player_request *request)
{
    const struct player_taste taste = kept_taste(box->kept, box->config);
    request->options.voice = taste.voice;
    request->options.detail = taste.detail;
    request->options.no_tips = taste.no_tips;
    request->detail_given = kept_detail_given(box->kept, box->config);
}

void box_taste_for_left(struct box *box)
{
    const struct player_taste taste = kept_taste(box->kept, box->config);
    char *error = NULL;
    if (box->voice_for_left && taste.voice &&
        session_set_voice(player_session(box->player), taste.voice, 0, &error) != LIMBER_OK)
        log_warning("%s", error ? error : "there is no such voice");
    free(error);
}
