/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keep.c: the journal of a session, and the session that was left (docs/journal.md). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "player/player_inside.h"
#include "session/library.h"

#define LOG_MODULE "player"

static const char *folder(const struct player *player, struct arena *arena)
{
    const char *state = player->settings.state_folder;
    return state ? file_join(arena, state, "journal") : NULL;
}

/* --- writing --- */

/* What makes the plan that there is now. Its texts are of the arena, or of the session. */
static struct journal_about about(const struct player *player, struct arena *arena)
{
    struct session *session = player->session;
    struct journal_about about = {.options = player->request.options,
                                  .title = session_routine(session)->title,
                                  .fingerprint = journal_fingerprint(session_plan(session)),
                                  .history_id = history_session_id(player->history),
                                  .after = player->after};
    struct str choices = {0};
    about.options.detail = session_detail(session);
    about.options.no_tips = session_no_tips(session);
    if (strcmp(session_voice_name(session), player->voice) != 0) /* the person chose another */
        about.options.voice = session_voice_name(session);
    if (session_coach(session)) {
        session_write_choices(session, &choices);
        about.choices = arena_strdup(arena, str_text(&choices));
    }
    str_free(&choices);
    return about;
}

/* Writes down a point of the plan now; `replanned`: that it is another one. */
static void note(struct player *player, struct conductor *conductor, enum journal_happening what,
                 struct timeline_from from, bool replanned)
{
    struct arena *arena = arena_new();
    struct str where = {0};
    const struct checkpoint checkpoint = {
        .from = from, .changes = *conductor_changes(conductor), .paused = what == JOURNAL_PAUSED};
    conductor_where(conductor, &where);
    const struct journal_moment moment = {.checkpoint = &checkpoint,
                                          .where = where.length ? str_text(&where) : NULL,
                                          .reason = what == JOURNAL_PAUSED ? "person" : NULL,
                                          .now_ms = player_now_ms(player)};
    if (replanned) {
        const struct journal_about now = about(player, arena);
        journal_replanned(player->journal, &now, &moment);
    } else {
        journal_note(player->journal, what, &moment);
    }
    player->noted = true;
    str_free(&where);
    arena_destroy(arena);
    /* The new journal has taken the place of the old one, if it could be written. */
    if (player->left && !journal_problem(player->journal)) {
        journal_recovery_end(player->left, true);
        player->left = NULL;
    }
}

void keep_begin(struct player *player)
{
    struct arena *arena = arena_new();
    if (player->settings.journal) {
        const struct journal_about now = about(player, arena);
        player->journal = journal_new(folder(player, arena), &now, player_now_ms(player));
    }
    player->noted = false;
    arena_destroy(arena);
}

void keep_begins(struct player *player, struct conductor *conductor)
{
    if (!player->journal)
        return;
    note(player, conductor, JOURNAL_PLAYING, *conductor_from(conductor), false);
    stream_mark(player->stream, journal_position(player->journal),
                journal_generation(player->journal));
}

void keep_standing(struct player *player)
{
    /* One that was left behind its last word is over before its conductor is there. */
    enum journal_happening what = player->heard_all ? JOURNAL_FINISHED : JOURNAL_PAUSED;
    if (player->journal && !player->noted && player->conductor)
        note(player, player->conductor, what, *conductor_from(player->conductor), false);
}

/* A step that has begun: from its beginning, unless the timeline begins in its middle. */
static void note_step(struct player *player, const struct conductor_event *event)
{
    struct conductor_place place;
    struct timeline_from from = *conductor_from(player->conductor);
    conductor_place(player->conductor, &place);
    if (place.step != event->step || place.length <= 0)
        return; /* it is over already */
    if (place.step != from.step || from.elapsed <= 0)
        from = (struct timeline_from){.step = place.step, .at = place.step_start};
    note(player, player->conductor, JOURNAL_STEP, from, false);
}

void keep_event(struct player *player, const struct conductor_event *event)
{
    struct conductor *conductor = player->conductor;
    if (!player->journal || !conductor)
        return;
    struct timeline_from from = *conductor_from(conductor);
    switch (event->what) {
    case HAPPENED_STEP:
        note_step(player, event);
        break;
    case HAPPENED_PAUSE:
        note(player, conductor, JOURNAL_PAUSED, from, false);
        break;
    case HAPPENED_CHANGE:
        note(player, conductor, JOURNAL_PLAYING, from, true);
        break;
    case HAPPENED_HEARD:
        note(player, conductor, JOURNAL_FINISHED, from, false);
        break;
    case HAPPENED_STOP:
        note(player, conductor, JOURNAL_STOPPED, from, false);
        break;
    default:
        break;
    }
}

void keep_end(struct player *player)
{
    bool ended = player->end == PLAYER_FINISHED || player->end == PLAYER_STOPPED;
    journal_destroy(player->journal);
    player->journal = NULL;
    if (player->left) /* what took its place could not be written */
        journal_recovery_end(player->left, ended);
    player->left = NULL;
}

/* --- what was left --- */

void keep_forget_offer(struct player *player, bool done)
{
    journal_recovery_end(player->recovery, done);
    player->recovery = NULL;
    player->offered = false;
    arena_destroy(player->offer_arena);
    player->offer_arena = NULL;
    player->offer = (struct player_offer){0};
    player->offer_routine = NULL;
}

bool player_offer(struct player *player, struct player_offer *offer)
{
    if (player->state != PLAYER_EMPTY || !player->settings.journal)
        return false;
    int64_t now_ms = player_now_ms(player);
    if (!player->looked) {
        player->looked = true;
        player->offer_arena = arena_new();
        player->recovery = journal_recover(folder(player, player->offer_arena), now_ms);
        player->offered = player->recovery != NULL;
        if (player->offered)
            player->offer_routine = library_name_of(
                player->offer_arena, journal_found(player->recovery)->about.options.page);
        else
            keep_forget_offer(player, false);
    }
    if (!player->offered)
        return false;
    const struct journal_found *found = journal_found(player->recovery);
    player->offer = (struct player_offer){.page = found->about.options.page,
                                          .title = found->about.title,
                                          .where = found->where,
                                          .age_ms = now_ms - found->left_ms,
                                          .long_ago = conductor_is_long(found->left_ms, now_ms),
                                          .exact = found->how == JOURNAL_HOW_EXACT};
    if (offer)
        *offer = player->offer;
    return true;
}

void player_forget_left(struct player *player)
{
    keep_forget_offer(player, true);
}

/* The request that makes the same plan again. */
static struct player_request request_of(const struct journal_found *found, const char *routine)
{
    struct player_request request = {.options = found->about.options,
                                     .name = routine,
                                     .detail_given = true,
                                     .seed_given = true,
                                     .checkpoint = found->checkpoint};
    request.options.live = true;
    return request;
}

enum limber_status player_open_left(struct player *player, struct diags *diags, char **error)
{
    if (player->state != PLAYER_EMPTY)
        return LIMBER_BUSY;
    if (!player_offer(player, NULL))
        return LIMBER_NOT_FOUND;
    const struct journal_found *found = journal_found(player->recovery);
    const struct player_request request = request_of(found, player->offer_routine);
    enum limber_status status =
        player_open_with(player, &request, true, found->about.choices, diags, error);
    if (status != LIMBER_OK) {
        keep_forget_offer(player, false); /* the page may be mended until the next start */
        return status;
    }
    player->resume_id = found->about.history_id;
    player->heard = found->heard;
    player->after = arena_strdup(player->arena, found->id);
    if (journal_fingerprint(session_plan(player->session)) != found->about.fingerprint) {
        diags_add(diags, SEVERITY_WARNING, (struct place){0}, NULL,
                  "the page has changed since the session was left; it goes on at about the same "
                  "time");
        player->request.checkpoint = NULL;
        player->request.start_at = found->heard;
    }
    player->left = player->recovery;
    player->recovery = NULL;
    keep_forget_offer(player, false);
    return LIMBER_OK;
}
