/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status.c: the document `status` (docs/ask.md): what plays now. */
#include "player/document.h"
#include "player/player_inside.h"

#define MS_PER_SECOND 1000

static const char *state_name(const struct player *player, const struct limber_snapshot *now)
{
    static const char *const names[] = {[LIMBER_IDLE] = "idle",
                                        [LIMBER_PLAYING] = "playing",
                                        [LIMBER_PAUSED] = "paused",
                                        [LIMBER_WAITING] = "waiting",
                                        [LIMBER_LOST_OUTPUT] = "lost"};
    if (player->state == PLAYER_OPENED)
        return "opening";
    if (player->state != PLAYER_PLAYING)
        return "idle";
    if (now->transport == LIMBER_PLAYING && stream_state(player->stream) == STREAM_OPENING)
        return "opening";
    return names[now->transport];
}

static json_t *question(const struct player *player)
{
    static const char *const names[] = {[ASKED_NOTHING] = NULL,
                                        [ASKED_READY] = "ready",
                                        [ASKED_GO_ON] = "go on",
                                        [ASKED_EFFORT] = "effort"};
    return document_text(
        player->state == PLAYER_PLAYING ? names[conductor_question(player->conductor)] : NULL);
}

static void set(json_t *document, const char *name, json_t *value)
{
    json_object_set_new(document, name, value);
}

/* What belongs to a session; NULL: there is none. */
static void add_session(json_t *document, const struct session *session, const char *routine)
{
    const struct routine *page = session ? session_routine(session) : NULL;
    set(document, "routine", document_text(page ? routine : NULL));
    set(document, "title", document_text(page ? page->title : NULL));
    set(document, "language", document_text(page ? page->language : NULL));
}

static void add_move(json_t *document, const struct session *session, const struct cue *step)
{
    const struct plan *plan = session ? session_plan(session) : NULL;
    uint32_t move = step ? step->move : UINT32_MAX;
    bool inside = plan && move < plan->move_count;
    uint32_t next = inside ? move + 1 : 0;
    bool follows = plan && next < plan->move_count;
    set(document, "move", document_text(inside ? plan->moves[move].name : NULL));
    set(document, "move_index", document_index(inside ? (int64_t)move + 1 : 0));
    set(document, "move_count", document_index(plan ? (int64_t)plan->move_count : 0));
    set(document, "side", document_text(step ? side_name(step->side) : NULL));
    set(document, "round", document_index(step ? step->round : 0));
    set(document, "set", document_index(step ? step->set : 0));
    set(document, "rep", document_index(step ? step->rep : 0));
    set(document, "next", document_text(follows ? plan->moves[next].name : NULL));
}

static void add_words(json_t *document, const struct cue *step, const struct conductor_place *place)
{
    bool bout = step && step->kind == CUE_BOUT && place->length > 0;
    frames left = place->step_start + place->length - place->now;
    set(document, "text", document_text(place->words ? place->words->text : NULL));
    set(document, "bout", document_text(bout ? bout_kind_name(step->bout) : NULL));
    set(document, "bout_left", bout ? document_seconds(left, SESSION_RATE_HZ) : json_null());
    set(document, "bout_length",
        bout ? document_seconds(place->length, SESSION_RATE_HZ) : json_null());
}

/* `total` < 0: not known yet. */
static void add_position(json_t *document, bool there, frames position, frames total)
{
    frames left = total > position ? total - position : 0;
    bool known = there && total >= 0;
    set(document, "position", there ? document_seconds(position, SESSION_RATE_HZ) : json_null());
    set(document, "total", known ? document_seconds(total, SESSION_RATE_HZ) : json_null());
    set(document, "left", known ? document_seconds(left, SESSION_RATE_HZ) : json_null());
}

/* Without a session: what one would begin with, where the program has told. */
static void add_taste(json_t *document, const struct player *player, const struct session *session,
                      const struct conductor_place *place)
{
    const struct player_taste *taste = player->tastes ? &player->taste : NULL;
    static const char *const details[] = {"full", "normal", "brief"};
    json_t *levels = json_object();
    for (int part = 0; part < PART_COUNT; part++)
        set(levels, command_part_name((enum command_part)part),
            json_integer(place->level_db[part]));
    const char *voice = session ? session_voice_name(session) : taste ? taste->voice : NULL;
    set(document, "voice", document_text(voice));
    set(document, "detail",
        document_text(session ? details[session_detail(session)]
                      : taste ? details[taste->detail]
                              : NULL));
    set(document, "tips",
        session ? json_boolean(!session_no_tips(session))
        : taste ? json_boolean(!taste->no_tips)
                : json_null());
    set(document, "pace", session ? json_integer(place->pace) : json_null());
    set(document, "levels", levels);
}

static json_t *offer(const struct player *player)
{
    const struct player_offer *offer = &player->offer;
    if (!player->offered || player->state != PLAYER_EMPTY)
        return json_null();
    json_t *document = json_object();
    set(document, "routine", document_text(player->offer_routine));
    set(document, "title", document_text(offer->title));
    set(document, "where", document_text(offer->where));
    set(document, "age", json_integer(offer->age_ms / MS_PER_SECOND));
    return document;
}

static const char *problem(const struct player *player)
{
    enum stream_state state = player->stream ? stream_state(player->stream) : STREAM_RUNNING;
    if (state == STREAM_LOST)
        return "The sound device is gone.";
    return state == STREAM_FAILED || state == STREAM_HUNG ? stream_problem(player->stream) : NULL;
}

void player_status_json(const struct player *player, struct str *to)
{
    bool there = player->state == PLAYER_OPENED || player->state == PLAYER_PLAYING;
    const struct session *session = there ? player->session : NULL;
    struct limber_snapshot now = {.size = sizeof now};
    struct conductor_place place = {.level_db = player->settings.level_db};
    const struct cue *step = NULL;
    player_snapshot(player, &now);
    if (player->state == PLAYER_PLAYING) {
        const struct plan *plan = session_plan(session);
        conductor_place(player->conductor, &place);
        step = place.step < plan->cue_count ? &plan->cues[place.step] : NULL;
    }
    json_t *document = json_object();
    set(document, "format", json_integer(1));
    set(document, "state", json_string(state_name(player, &now)));
    set(document, "question", question(player));
    add_session(document, session, player->routine);
    add_move(document, session, step);
    add_words(document, step, &place);
    add_position(document, there, now.position_frames, now.total_frames);
    add_taste(document, player, session, &place);
    set(document, "offer", offer(player));
    set(document, "problem", document_text(problem(player)));
    document_end(document, to);
}
