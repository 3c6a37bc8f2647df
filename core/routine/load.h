/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load.h: private to the routine layer: what is known while a routine is being read, and the pages
 * it is read from. A page is parsed once, however often it is linked to; each link makes its own
 * sections from it. */
#ifndef ROUTINE_LOAD_H
#define ROUTINE_LOAD_H

#include "base/vec.h"
#include "routine/routine.h"

#define LOAD_MAX_TOTAL (32 * 1024 * 1024) /* bytes of all pages of a routine */

/* Front matter. Texts are NULL where the page says nothing. */
struct front {
    const char *language, *position, *voice, *sounds, *author, *source, *license, *description;
    struct place sounds_place, position_place;
    const char *const *needs;
    size_t need_count;
    const char *music_text;
    struct place music_place;
    unsigned announce;
    enum count_mode count;
    enum resume_policy resume;
    nsec gap_ns;
};

/* A heading and the text up to the next heading. */
struct heading {
    int level;        /* 1 … 6; 0: text before any heading */
    const char *name; /* words without marks */
    const char *link; /* target, if the heading is a link to a page; else NULL */
    struct mark *marks;
    size_t mark_count;
    struct block *blocks;
    size_t block_count;
    struct place place, link_place;
    bool broken; /* one of its marks was not understood */
};

struct page {
    const char *path;  /* real absolute path; NULL: from memory only */
    const char *shown; /* as a person would name it */
    const struct source *source;
    size_t body_offset; /* after the front matter */
    struct front front;
    const char *language; /* never NULL */
    struct heading *headings;
    size_t heading_count;
    struct heading *title; /* NULL: none */
    bool readable;         /* false: an error kept it from being read at all */
};

struct load {
    struct arena *arena;
    struct diags *diags;
    const struct routine_options *options;
    const char *root;    /* real path of the library; NULL: links are errors */
    const char *program; /* real path of the program's library, for what the person's own does not
                            have; NULL: it is not theirs */
    const char *sounds;  /* the routine's own sounds folder, or NULL */
    const char *wanted;  /* language whose pages are preferred, or NULL */
    VEC(struct page *) pages;
    size_t total_bytes;
    size_t piece_count; /* blocks, spans and sections so far */
    bool failed;        /* an error was reported */
    bool stopped;       /* a limit was hit: no use going on */
    bool quiet;         /* no warnings (a page read only to be compared) */
};

void load_error(struct load *load, struct place place, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void load_warn(struct load *load, struct place place, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A text in the load's arena. */
char *load_text(struct load *load, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Counts pieces of the tree; false (reported, once) when there are too many. */
bool load_count(struct load *load, size_t pieces, struct place place);
/* Parses a mark with the routine's sounds; false: reported. */
bool load_mark(struct load *load, const char *text, size_t length, struct place place,
               struct mark *mark);
void load_free(struct load *load);

/* --- page.c --- */
/* Parses a text as a page; its errors are reported. Never NULL. */
struct page *page_parse(struct load *load, const char *path, const char *shown, const char *text,
                        size_t length);

/* --- frontmatter.c --- */
/* Finds the front matter at the start of the source: where the page goes on (0: there is none), and
 * where the YAML begins and how long it is. False: never closed (*body is then the length). */
bool frontmatter_find(const struct source *source, size_t *body, size_t *yaml, size_t *length);
bool frontmatter_read(struct load *load, struct page *page, size_t offset, size_t length);
bool frontmatter_is_language(const char *text);

/* --- inline.c --- */
struct inline_text {
    struct span *spans;
    size_t span_count;
    /* headings */
    const char *link;
    struct place link_place;
    size_t link_count;
    bool words_outside; /* of the link */
};
struct cmark_node;
/* Reads what is inside a paragraph or heading standing at [start, end) of the source. */
struct inline_text inline_read(struct load *load, const struct source *source,
                               struct cmark_node *node, size_t start, size_t end, bool heading);
/* --- placeholder.c --- */
/* The text between braces, such as `side` or `side: linken | rechten`. */
bool placeholder_parse(struct load *load, const char *text, size_t length, struct place place,
                       struct span *span);
const char *placeholder_name(enum placeholder placeholder);

/* --- block.c --- */
/* Takes role, pass and moment out of the spans; complains about marks that do not belong into text.
 * `inherit` (or NULL): the paragraph before it in the same item. */
struct block block_make(struct load *load, struct inline_text text, bool item, struct place place,
                        const struct block *inherit);
/* Checks a finished block and those inside it; fills in names_side. `before`: the block that it
 * follows, or NULL; `inside`: it is in a list under a timed mark. */
void block_check(struct load *load, struct block *block, const struct block *before, bool inside);
bool block_is_timed(const struct block *block);
const struct mark *block_last_timed(const struct block *block);
bool block_has_words(const struct block *block);
/* A copy that may be changed. */
struct block *block_copy_all(struct load *load, const struct block *blocks, size_t count);
/* Calls `each` for every mark of the blocks and those inside them. */
void block_each_mark(struct block *blocks, size_t count,
                     void (*each)(void *context, struct mark *mark), void *context);

/* --- library.c: files of the library --- */
/* The page that `link` names, seen from `page`: parsed, or from the cache. NULL: reported. */
struct page *library_open(struct load *load, const struct page *page, const char *link,
                          struct place place);
/* Reads a page into the cache. On failure *status tells, and nothing is reported. */
struct page *library_read(struct load *load, const char *path, const char *shown,
                          enum limber_status *status);
/* Real path of the library that a page in `folder` belongs to. */
char *library_root(struct load *load, const char *folder);
/* The program's library, if `root` is the person's own folder of routines, else NULL. */
char *library_program(struct arena *arena, const char *root);
/* `name.TAG.md` → TAG, in the arena; NULL if the name has none. */
char *library_tag(struct arena *arena, const char *path);
/* "moves/cat-cow" of "moves/cat-cow.de.md". */
char *library_base(struct arena *arena, const char *path);
/* "Cat cow": the name of a page without a title. */
char *library_name(struct arena *arena, const char *path);
/* The file to play for `path` when `language` is wanted: a translation beside it, or itself. */
char *library_variant(struct arena *arena, const char *path, const char *language);
/* Without links in it; NULL: there is no such file. */
char *library_real(struct arena *arena, const char *path);
bool library_same_language(const char *a, const char *b);
bool library_is_inside(const char *root, const char *path);
/* Folder and link joined, `.` and `..` taken out. NULL: it climbs out of "/". */
char *library_join(struct arena *arena, const char *folder, const char *link);

/* --- build.c, resolve.c --- */
/* Marks that apply where a move does not say otherwise. */
struct defaults {
    struct mark *marks;
    bool *used;
    size_t count;
    const struct defaults *outer;
};
/* The sections of a page that is played itself; *needs are those of all its pages. */
struct section *build_root(struct load *load, struct page *page, const char *const **needs,
                           size_t *need_count);
/* Gives a section the meaning of its heading's marks. */
void resolve_group(struct load *load, struct section *section, const struct mark *marks,
                   size_t count, bool title);
void resolve_move(struct load *load, struct section *section, const struct mark *marks,
                  size_t count, struct block *blocks, size_t block_count,
                  const struct defaults *defaults);
bool resolve_is_group_mark(enum mark_kind kind);
/* --- number.c --- */
/* Numbers the ranges of the tree from 1; returns how many there are. */
uint32_t number_ranges(struct section *root);

/* --- position.c --- */
/* The position, or other word for one, that `text` is nearest to; NULL: none. */
const char *position_nearest(const char *text);

/* --- check.c, prose.c --- */
/* What is known of a section while its words are looked at. */
struct prose {
    const struct section *section;
    bool in_rounds;
    unsigned marks; /* bits of enum mark_kind: timed marks in the section's text */
};
/* Warns of words that look like a mark without its backticks. `timed`: the block, or the one
 * that it is inside, has a timed mark. */
void prose_check(struct load *load, const struct prose *prose, const struct block *block,
                 bool timed);
/* Warnings about the finished tree, and placeholders without a meaning. */
void check_routine(struct load *load, const struct section *root);

#endif
