/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask_inside.h: what the files of ask*.c share. [main] */
#ifndef BOX_ASK_INSIDE_H
#define BOX_ASK_INSIDE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/vec.h"
#include "box/ask.h"
#include "player/document.h"
#include "routine/routine.h"

#define ASK_NAME_MOST     64           /* bytes of a name that is saved */
#define ASK_PAGE_MOST     (256 * 1024) /* bytes of a page that comes in */
#define ASK_QUESTION_MOST 512          /* bytes */
#define ASK_WEEKS         12
#define ASK_WEEKS_MOST    520
#define ASK_SESSIONS_MOST 50

/* A page of the library, and what is known of it. */
struct ask_page {
    char *name, *path; /* owned */
    bool move, own;
    bool there;      /* while the folders are looked at: met */
    bool wide;       /* made of more than its own file and of moves */
    struct str tags; /* languages of its translations, a space after each */
    uint64_t state;  /* of the files it is made of */
    uint64_t known;  /* the state that these are of: */
    json_t *about;   /* NULL: not read yet */
    json_t *as_move; /* NULL: no move that could be played */
    json_t *range;   /* NULL: not asked for yet */
};

struct ask {
    struct ask_host host;
    VEC(struct ask_page *) pages; /* as library_list() has them */
    uint32_t timer;               /* reads what is not known yet, a page at a time */
    uint64_t voices_state;
    json_t *voices; /* NULL: not read yet */
};

/* An answer being made. */
struct answer {
    struct ask *ask;
    struct arena *arena;
    const char *rest; /* of the question, without the word; "" */
    const char *body;
    size_t body_size;
    json_t *document; /* the answer */
};

/* Makes the document of an error; returns `status`. */
enum limber_status answer_refuse(struct answer *answer, enum limber_status status,
                                 const char *format, ...) __attribute__((format(printf, 3, 4)));

/* --- ask_library.c --- */
enum limber_status answer_routines(struct answer *answer);
enum limber_status answer_routine(struct answer *answer);
enum limber_status answer_moves(struct answer *answer);
/* Looks at the folders, and forgets what is gone or changed. */
void ask_library_look(struct ask *ask);
/* The page of that name ("cat-cow" is "moves/cat-cow" too), or NULL. */
struct ask_page *ask_library_find(struct ask *ask, const char *name);
void ask_library_clear(struct ask *ask);
/* Reads one page that is not known yet. False: all are. */
bool ask_library_read_one(struct ask *ask);

/* --- ask_page.c: one page, read --- */
struct reading {
    struct arena *arena;
    struct diags *diags;
    struct routine *routine; /* NULL: it has errors */
    struct plan *plan;       /* likewise */
    const char *path;        /* as given */
};
/* A file, or (text not NULL) a text as if it were the file `path`. */
void reading_open(struct reading *reading, const char *path, const char *text, size_t length);
void reading_close(struct reading *reading);
/* {"shortest", "longest"} or null. */
json_t *reading_range(const struct reading *reading);
/* Seconds, or null. */
json_t *reading_seconds(const struct reading *reading);
json_t *reading_diagnostics(const struct reading *reading);
/* What `routines` tells of it. `languages`: a list, taken. */
json_t *reading_about(const struct reading *reading, const struct ask_page *page,
                      json_t *languages);
/* What `moves` tells of it. */
json_t *reading_move(const struct reading *reading, const struct ask_page *page);

/* --- ask_html.c --- */
/* A page as HTML without anything that runs or is fetched; links to pages of the library are
 * "#move/NAME" and "#routine/NAME". `move`: the page is one. malloc'ed. */
char *page_html(const char *text, size_t length, bool move);

/* --- ask_store.c --- */
enum limber_status answer_check(struct answer *answer);
enum limber_status answer_save(struct answer *answer);
enum limber_status answer_delete(struct answer *answer);

/* --- ask_lists.c --- */
enum limber_status answer_voices(struct answer *answer);
enum limber_status answer_sounds(struct answer *answer);
enum limber_status answer_history(struct answer *answer);

#endif
