/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show.c: what is known of a session, kept for its screen. */
#include "app/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/fullscreen.h"
#include "base/arena.h"
#include "base/loop.h"

#define SOUND_NS (NSEC_PER_SEC / 3) /* about, where a move's length is estimated */

enum text { TITLE, MOVE, SIDE, BOUT, SAID, NEXT, MESSAGE, TEXTS };

struct show {
    struct fullscreen *fullscreen;
    struct screen_state state; /* but for its texts, which are below */
    char *texts[TEXTS];        /* NULL: none */
    int64_t message_ms;        /* when it came */
    struct str warnings;
    bool reported; /* there is something to draw */

    /* The course of the session: where moves began, and where the others are likely to. */
    nsec *starts_ns, *lengths_ns; /* by move; lengths are rough, and tell shares only */
    size_t moves, move;           /* the one that is being played; `moves`: none yet */
};

struct show *show_new(int fd, bool color, bool ascii)
{
    struct show *show = xcalloc(1, sizeof *show);
    show->fullscreen = fullscreen_new(fd, color);
    show->state.ascii = ascii;
    return show;
}

void show_destroy(struct show *show)
{
    if (!show)
        return;
    fullscreen_destroy(show->fullscreen);
    fputs(str_text(&show->warnings), stderr);
    for (int i = 0; i < TEXTS; i++)
        free(show->texts[i]);
    free(show->starts_ns);
    free(show->lengths_ns);
    str_free(&show->warnings);
    free(show);
}

static void keep(struct show *show, enum text which, const char *text)
{
    if (show->texts[which] && text && strcmp(show->texts[which], text) == 0)
        return;
    free(show->texts[which]);
    show->texts[which] = text ? xstrdup(text) : NULL;
}

static const char *kept(const struct show *show, enum text which)
{
    return show->texts[which] ? show->texts[which] : "";
}

/* --- the course --- */

static nsec rough_length(const struct cue *cue)
{
    if (cue->anchor != ANCHOR_NEXT || cue->kind == CUE_BED)
        return 0;
    return cue->kind == CUE_SPEECH  ? plan_estimate_speech_ns(cue->text) + cue->gap_ns
           : cue->kind == CUE_SOUND ? SOUND_NS
                                    : cue->duration_ns;
}

static void measure(struct show *show, const struct plan *plan)
{
    if (show->moves != plan->move_count) {
        free(show->starts_ns);
        free(show->lengths_ns);
        show->starts_ns = xcalloc(plan->move_count, sizeof *show->starts_ns);
        show->lengths_ns = xcalloc(plan->move_count, sizeof *show->lengths_ns);
        show->moves = show->move = plan->move_count;
    }
    memset(show->lengths_ns, 0, plan->move_count * sizeof *show->lengths_ns);
    for (size_t i = 0; i < plan->cue_count; i++) {
        if (plan->cues[i].move < plan->move_count)
            show->lengths_ns[plan->cues[i].move] += rough_length(&plan->cues[i]);
    }
}

static void enter(struct show *show, const struct plan *plan, size_t move, nsec at_ns)
{
    measure(show, plan);
    size_t before = show->move < show->moves ? show->move : 0;
    for (size_t i = before + 1; i < move; i++) /* skipped */
        show->starts_ns[i] = at_ns;
    if (move >= before && show->move != move) /* going back does not begin it anew */
        show->starts_ns[move] = at_ns;
    show->move = move;
    show->state.move_number = move + 1;
    keep(show, NEXT, move + 1 < plan->move_count ? plan->moves[move + 1].name : NULL);
}

/* What is left is shared out to the moves that are left. */
static void share_out(struct show *show)
{
    struct screen_state *state = &show->state;
    if (show->move >= show->moves || state->total_ns < 0)
        return;
    nsec at = show->starts_ns[show->move];
    double rest = 0, left = (double)(state->total_ns - at);
    for (size_t i = show->move; i < show->moves; i++)
        rest += (double)show->lengths_ns[i];
    double part = 0;
    for (size_t i = show->move + 1; i < show->moves && rest > 0 && left > 0; i++) {
        part += (double)show->lengths_ns[i - 1];
        nsec start = at + (nsec)(left * part / rest);
        show->starts_ns[i] = start > state->position_ns ? start : state->position_ns;
    }
}

/* --- what is drawn --- */

static void draw(struct show *show)
{
    struct screen_state *state = &show->state;
    if (!show->reported)
        return;
    if (show->texts[MESSAGE] && loop_now_ms() - show->message_ms > SHOW_MESSAGE_MS)
        keep(show, MESSAGE, NULL);
    state->title = kept(show, TITLE);
    state->move = kept(show, MOVE);
    state->side = kept(show, SIDE);
    state->bout = kept(show, BOUT);
    state->said = kept(show, SAID);
    state->next = show->texts[NEXT];
    state->message = kept(show, MESSAGE);
    state->starts_ns = show->starts_ns;
    state->move_count = show->moves;
    share_out(show);
    fullscreen_show(show->fullscreen, state);
}

void show_cue(struct show *show, const struct plan *plan, const struct cue *cue, nsec start_ns)
{
    if (cue->move < plan->move_count &&
        (cue->move != show->move || plan->move_count != show->moves))
        enter(show, plan, cue->move, start_ns);
    if (cue->kind != CUE_SPEECH || cue->role == ROLE_COUNT) /* the large digits count */
        return;
    keep(show, SAID, cue->text);
    show->state.role = cue->role;
    draw(show);
}

void show_status(struct show *show, const struct limber_snapshot *now)
{
    struct screen_state *state = &show->state;
    keep(show, TITLE, now->title);
    keep(show, MOVE, now->move);
    keep(show, SIDE, now->side);
    keep(show, BOUT, now->bout);
    state->transport = now->transport;
    state->round = now->round;
    state->set = now->set;
    state->rep = now->rep;
    state->position_ns = ns_from_frames(now->position_frames, now->rate_hz);
    state->total_ns = now->total_frames < 0 ? -1 : ns_from_frames(now->total_frames, now->rate_hz);
    state->bout_left_ns = ns_from_frames(now->bout_left_frames, now->rate_hz);
    show->reported = true;
    draw(show);
}

void show_message(struct show *show, const char *text)
{
    show->state.keys = false;
    show->message_ms = loop_now_ms();
    keep(show, MESSAGE, text);
    draw(show);
}

void show_warning(struct show *show, const char *text)
{
    str_printf(&show->warnings, "%s\n", text);
    show_message(show, text);
}

void show_keys(struct show *show)
{
    show->state.keys = !show->state.keys;
    draw(show);
}

void show_leave(struct show *show)
{
    fullscreen_leave(show->fullscreen);
}

void show_resize(struct show *show)
{
    fullscreen_spoilt(show->fullscreen);
    draw(show);
}
