/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conductor_inside.h: what the files of the conductor share. [main]
 *
 * The session is in one of two states: it *runs* (its score is with the stream), or it *stands* at
 * `from`, with a feed ready to go on from there. While it stands, an aside may be spoken. `paused`
 * says what follows: nothing, until the person goes on. */
#ifndef SESSION_CONDUCTOR_INSIDE_H
#define SESSION_CONDUCTOR_INSIDE_H

#include "base/arena.h"
#include "plan/phrases.h"
#include "session/conductor.h"
#include "session/parts.h"

#define ANSWER_MOST        24   /* clips of an answer */
#define QUEUE_MOST         8    /* commands that wait for a caution to be over */
#define LEAD_TICKS         3    /* counted in after a pause, a second apart */
#define HELD_TOO_LITTLE_MS 3000 /* of a bout: it begins anew after a pause */

/* What is being answered, or said in between. */
enum answer_kind {
    ANSWER_NONE,
    ANSWER_WHERE,
    ANSWER_AGAIN,
    ANSWER_PHRASE,   /* `key` */
    ANSWER_TIME,     /* `key` with `time_ns` */
    ANSWER_VOICE,    /* "This is mellow." */
    ANSWER_REMINDER, /* the words of cue `cue` */
    ANSWER_GO_ON,    /* where one is, and counted in */
    ANSWER_QUESTION, /* "Go on, or begin again?" */
    ANSWER_CLOSING,  /* what options.closing says */
    ANSWER_EFFORT,   /* "How was it?" */
};

struct answer {
    enum answer_kind kind;
    const char *key; /* a literal */
    nsec time_ns;
    uint32_t cue;
    bool stands;  /* the session stands still for it, room or not */
    bool chimed;  /* acknowledged by the earcon already */
    bool counted; /* ends in ticks */
};

/* Words to say. */
struct words {
    uint32_t ids[ANSWER_MOST]; /* of the cast */
    size_t count;
    bool voiced;     /* all of them */
    struct str text; /* the same to be read */
};

enum ending { ENDING_NOT, ENDING_CLOSING, ENDING_ASKING, ENDING_WAITING, ENDING_THANKING };

struct conductor {
    struct conductor_options options;
    struct session *session;
    struct stream *stream;
    struct phrases *phrases; /* NULL: none */
    struct arena *arena;     /* of the last answer */

    struct feed *feed;
    struct timeline_from from; /* where the feed begins */
    struct timeline_changes changes;
    bool runs, paused, finished;
    bool over; /* stands behind the last step */

    struct answer answer; /* waits for its words, or is being spoken; kind NONE: nothing */
    bool speaking;        /* the aside is with the stream, not only waited for */
    struct score *aside;
    enum ending ending;
    bool question;     /* "Go on, or begin again?" was asked */
    int64_t paused_ms; /* since when, now_ms() */
    int64_t asked_ms;  /* the question was over; 0: none was */

    struct command queue[QUEUE_MOST]; /* waits until a caution, or the words, are over */
    size_t queued;

    int pace; /* steps, −5 … 5 */
    int level_db[PART_COUNT];

    size_t seen;    /* entries of the feed told to options.cue */
    uint32_t said;  /* last instruction heard, or UINT32_MAX */
    size_t step;    /* last step told */
    frames told_at; /* when that, or what was told last, was */
    uint32_t move;  /* last move told */
    bool skipped;   /* something of that move */
    uint32_t timer;
    int timer_ms;
};

/* --- conductor.c: standing and running --- */
const struct plan *conductor_plan(const struct conductor *conductor);
const struct cue *conductor_cue(const struct conductor *conductor, size_t index);
int64_t conductor_now_ms(const struct conductor *conductor);
/* The frame being heard; where it stands while it does. */
frames conductor_heard(const struct conductor *conductor);
/* The step there, plan.cue_count behind the last. */
size_t conductor_step(const struct conductor *conductor);
/* Whether a `ready` without a time waits for the person. */
bool conductor_waiting(const struct conductor *conductor);
/* Whether words of the page sound now, or only cautions; also a caution that is said again. */
bool conductor_page_speaks(const struct conductor *conductor, bool cautions_only);

/* Stands still, and ends what was being said in between or waited to be. */
void conductor_stand(struct conductor *conductor);
/* While standing: a new feed from `from` with the changes as they are. */
void conductor_rebuild(struct conductor *conductor, struct timeline_from from);
/* While standing: to another step. */
void conductor_jump(struct conductor *conductor, size_t step);
/* Goes on from where it stands, no longer paused. */
void conductor_run(struct conductor *conductor);
/* Plays the feed's score at `frame`. */
void conductor_play_feed(struct conductor *conductor, struct feed *feed, frames frame);
/* The end of it all, by the person or by itself. */
void conductor_finish(struct conductor *conductor, enum conductor_happening how);
/* Looks at what time has brought; called by a timer, and by tests. */
void conductor_tick(struct conductor *conductor);
/* Sets the timer by what is waited for. */
void conductor_look_soon(struct conductor *conductor);
void conductor_tell(struct conductor *conductor, struct conductor_event event);

/* --- conductor_state.c --- */
/* Tells the stream how loud a part is now. */
void conductor_apply_level(struct conductor *conductor, enum command_part part);

/* --- announce.c: saying things in between --- */
void conductor_chime(struct conductor *conductor, const char *role, enum command_part part);
/* Answers as soon as the words are there; replaces what was being answered. */
void conductor_answer(struct conductor *conductor, struct answer answer);
/* Tries (again) to say what waits. */
void announce_try(struct conductor *conductor);
/* What was being said in between has been heard. */
void announce_done(struct conductor *conductor);
/* Forgets the answer; the gate must be closed if it was being spoken. */
void announce_drop(struct conductor *conductor);
/* The session was heard to its end: closing words, the question. */
void announce_ending(struct conductor *conductor);
void announce_effort(struct conductor *conductor, enum command_effort effort);

/* --- answer.c: the words of answers --- */
/* The words of the answer if they are heard from frame `at` on; `runs`: the clock runs on
 * meanwhile. Asks for those that are not voiced yet. The caller frees words.text. */
void answer_words(struct conductor *conductor, const struct answer *answer, frames at, bool runs,
                  struct words *words);
/* Asks ahead for what is likely to be asked. */
void answer_prepare(struct conductor *conductor);

/* --- commands.c --- */
/* The answer to a command, to be read. */
struct reply {
    char *text;
    size_t size;
};
/* Runs a command that waited, if it can be now. */
void commands_take_queued(struct conductor *conductor);
/* Acknowledges a command, and keeps it for when the caution is over. */
enum limber_status commands_wait(struct conductor *conductor, const struct command *command,
                                 const struct reply *reply);

void reply_say(const struct reply *reply, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
typedef enum limber_status (*command_fn)(struct conductor *conductor, const struct command *command,
                                         const struct reply *reply);
/* The earcon for what makes no sense now; INVALID. */
enum limber_status reply_no(struct conductor *conductor, const struct reply *reply,
                            const char *why);

/* Goes on from a pause of this length, as the routine wants it. */
void conductor_go_on(struct conductor *conductor, int64_t pause_ms);

/* --- commands_transport.c, commands_bout.c, commands_taste.c --- */
#define COMMAND(name)                                                                              \
    enum limber_status command_##name(struct conductor *conductor, const struct command *command,  \
                                      const struct reply *reply)
COMMAND(play);
COMMAND(pause);
COMMAND(toggle);
COMMAND(next);
COMMAND(back);
COMMAND(to);
COMMAND(restart);
COMMAND(skip_side);
COMMAND(go);
COMMAND(stop);
COMMAND(again);
COMMAND(where);
COMMAND(help);
COMMAND(more_or_less);
COMMAND(pace);
COMMAND(louder);
COMMAND(level);
COMMAND(voice);
COMMAND(detail);
COMMAND(mute_tips);
COMMAND(effort);
COMMAND(status);
COMMAND(of_a_box);

#endif
