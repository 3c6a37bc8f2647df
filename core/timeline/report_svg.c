/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_svg.c: the session as a picture. Time runs from left to right and wraps into rows; each
 * row has lanes for the moves, the words, the timed stretches (breath as curves), the sounds and
 * the music. Words are bars as long as they last, their text written below as far as there is room;
 * the whole text is in the tooltip. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "timeline/order.h"
#include "timeline/report.h"
#include "timeline/svg.h"

#define WIDTH  (1280 * PX)
#define LEFT   (24 * PX)
#define RIGHT  (24 * PX)
#define HEADER (92 * PX)
#define LEGEND (64 * PX)

#define AXIS       (20 * PX)
#define MOVE       (20 * PX)
#define PART       (14 * PX)
#define WORD_BAR   (7 * PX)
#define WORD_LINES 3
#define WORD_FONT  10
#define WORD       (WORD_BAR + (WORD_LINES * (WORD_FONT + 1) + 6) * PX)
#define BOUT       (26 * PX)
#define SOUND      (20 * PX)
#define BED        (14 * PX)
#define BETWEEN    (22 * PX)

#define SHORT_NS (1300 * NSEC_PER_MSEC) /* words as short as this may share their text … */
#define JOIN_NS  (700 * NSEC_PER_MSEC)  /* … with those that follow this soon */

struct picture {
    const struct timeline *timeline;
    const struct cue *cues;
    const struct timeline_entry *entries; /* by start */
    size_t count;
    frames length, row; /* of the session, of one row */
    nsec grid;          /* between two labelled lines */
    int64_t row_height;
    int64_t rows;
    bool parts, beds;
    FILE *to;
};

/* A piece of a stretch of time that lies within one row. */
struct piece {
    frames start, end;
    int64_t x, y, width; /* y: top of the row */
    bool begun, first, last;
};

static nsec time_of(const struct picture *p, frames count)
{
    return ns_from_frames(count, timeline_rate(p->timeline));
}

/* Moves on to the next piece of [start, end); begin with a zeroed piece. */
static bool next_piece(const struct picture *p, frames start, frames end, struct piece *piece)
{
    piece->first = !piece->begun;
    piece->start = piece->first ? start : piece->end;
    if (piece->start > end || (piece->start == end && !piece->first))
        return false;
    piece->begun = true;
    int64_t row = piece->start / p->row;
    if (row >= p->rows)
        row = p->rows - 1;
    frames row_end = (row + 1) * p->row;
    piece->last = end <= row_end;
    piece->end = piece->last ? end : row_end;
    const int64_t inner = WIDTH - LEFT - RIGHT;
    piece->x = LEFT + (piece->start - row * p->row) * inner / p->row;
    piece->width = LEFT + (piece->end - row * p->row) * inner / p->row - piece->x;
    piece->y = HEADER + row * (p->row_height + BETWEEN);
    return true;
}

static const char *seconds_text(const struct picture *p, frames length, char buffer[32])
{
    return order_format_length(time_of(p, length), buffer);
}

static const char *clock_text(const struct picture *p, frames at, bool tenths, char buffer[32])
{
    return units_format_clock(time_of(p, at), tenths, buffer, 32);
}

/* Tops of the lanes, from the top of a row. */
static int64_t move_top(void)
{
    return AXIS;
}

static int64_t word_top(const struct picture *p)
{
    return AXIS + MOVE + (p->parts ? PART : 0) + 4 * PX;
}

static int64_t bout_top(const struct picture *p)
{
    return word_top(p) + WORD;
}

static int64_t sound_top(const struct picture *p)
{
    return bout_top(p) + BOUT + 3 * PX;
}

static int64_t bed_top(const struct picture *p)
{
    return sound_top(p) + SOUND;
}

/* --- Lanes --- */

static void draw_axis(const struct picture *p)
{
    frames grid = frames_from_ns(p->grid, timeline_rate(p->timeline));
    fputs("<g>\n", p->to);
    for (int64_t row = 0; row < p->rows; row++) {
        int64_t y = HEADER + row * (p->row_height + BETWEEN);
        svg_rect(p->to, "row", LEFT - 10 * PX, y - 4 * PX, WIDTH - LEFT - RIGHT + 20 * PX,
                 p->row_height + 8 * PX, 6 * PX, NULL);
        frames from = row * p->row;
        for (frames at = from; at <= from + p->row; at += grid) {
            char clock[32];
            int64_t x = LEFT + (at - from) * (WIDTH - LEFT - RIGHT) / p->row;
            svg_line(p->to, at == from ? "line strong" : "line", x, y + AXIS - 5 * PX, x,
                     y + p->row_height);
            if (at < from + p->row)
                svg_label(p->to, at == from ? "clock now" : "clock", x + 3 * PX, y + 11 * PX, 0, 10,
                          clock_text(p, at, false, clock));
        }
    }
    fputs("</g>\n", p->to);
}

static void draw_moves(const struct picture *p)
{
    size_t count;
    struct order_move *moves = order_moves(p->timeline, &count);
    fputs("<g>\n", p->to);
    for (size_t i = 0; i < count; i++) {
        const char *name = moves[i].move->name ? moves[i].move->name : "";
        struct piece piece = {0};
        struct str title = {0};
        char clock[32], length[32];
        nsec whole = (time_of(p, moves[i].length) + NSEC_PER_SEC / 2) / NSEC_PER_SEC * NSEC_PER_SEC;
        str_printf(&title, "%s: from %s, %s", name, clock_text(p, moves[i].start, false, clock),
                   units_format_duration(whole, length, sizeof length));
        if (moves[i].move->position)
            str_printf(&title, ", %s", moves[i].move->position);
        while (next_piece(p, moves[i].start, moves[i].start + moves[i].length, &piece)) {
            int64_t y = piece.y + move_top();
            svg_rect(p->to, i % 2 == 0 ? "move even" : "move odd", piece.x, y, piece.width,
                     MOVE - 2 * PX, 3 * PX, str_text(&title));
            struct str label = {0};
            str_printf(&label, "%s%s", piece.first ? "" : "… ", name);
            svg_label(p->to, "name", piece.x + 6 * PX, y + 13 * PX, piece.width - 10 * PX, 14,
                      label.data);
            str_free(&label);
        }
        str_free(&title);
    }
    fputs("</g>\n", p->to);
    free(moves);
}

static bool same_part(const struct cue *a, const struct cue *b)
{
    return a->side == b->side && a->round == b->round && a->set == b->set && a->rep == b->rep &&
           a->move == b->move;
}

/* "left side, set 2, rep 3", or "L 2.3" where there is no room. */
static void part_text(const struct cue *cue, struct str *full, struct str *brief)
{
    const char *side = side_name(cue->side);
    full->length = brief->length = 0;
    if (side) {
        str_printf(full, "%s side", side);
        str_add(brief, cue->side == SIDE_LEFT ? "L" : "R");
    }
    const struct {
        const char *name;
        int32_t value;
    } numbers[] = {{"round", cue->round}, {"set", cue->set}, {"rep", cue->rep}};
    bool any = false;
    for (size_t i = 0; i < 3; i++) {
        if (numbers[i].value <= 0)
            continue;
        str_printf(full, "%s%s %d", full->length > 0 ? ", " : "", numbers[i].name,
                   (int)numbers[i].value);
        str_printf(brief, "%s%d", any ? "." : brief->length > 0 ? " " : "", (int)numbers[i].value);
        any = true;
    }
}

static void draw_part(const struct picture *p, const struct cue *cue, frames start, frames end)
{
    struct str full = {0}, brief = {0};
    struct piece piece = {0};
    part_text(cue, &full, &brief);
    while (full.length > 0 && end > start && next_piece(p, start, end, &piece)) {
        int64_t y = piece.y + move_top() + MOVE;
        const char *class = cue->side == SIDE_LEFT    ? "part left"
                            : cue->side == SIDE_RIGHT ? "part right"
                                                      : "part";
        int64_t room = piece.width - 6 * PX;
        svg_rect(p->to, class, piece.x + PX / 2, y, piece.width - PX, PART - 3 * PX, 2 * PX,
                 full.data);
        bool fits = svg_text_width(full.data, full.length, 9) <= room;
        if (fits || svg_text_width(brief.data, brief.length, 9) <= room)
            svg_label(p->to, "part-name", piece.x + 4 * PX, y + 8 * PX + PX / 2, 0, 9,
                      fits ? full.data : brief.data);
    }
    str_free(&full);
    str_free(&brief);
}

static void draw_parts(const struct picture *p)
{
    fputs("<g>\n", p->to);
    for (size_t i = 0; i < p->count;) {
        const struct cue *cue = &p->cues[p->entries[i].cue];
        size_t next = i + 1;
        while (next < p->count && same_part(cue, &p->cues[p->entries[next].cue]))
            next++;
        draw_part(p, cue, p->entries[i].start,
                  next < p->count ? p->entries[next].start : p->length);
        i = next;
    }
    fputs("</g>\n", p->to);
}

static const char *word_class(enum cue_role role)
{
    static const char *const classes[] = {[ROLE_CAUTION] = "caution",
                                          [ROLE_INSTRUCTION] = "say",
                                          [ROLE_PHRASE] = "phrase",
                                          [ROLE_COUNT] = "count",
                                          [ROLE_TIP] = "tip"};
    return classes[role];
}

static void draw_word_bar(const struct picture *p, const struct timeline_entry *entry)
{
    const struct cue *cue = &p->cues[entry->cue];
    struct piece piece = {0};
    struct str title = {0};
    char clock[32], class[32];
    str_printf(&title, "%s (%s, %s)", cue->text, cue_role_name(cue->role),
               clock_text(p, entry->start, true, clock));
    snprintf(class, sizeof class, "bar %s", word_class(cue->role));
    while (next_piece(p, entry->start, entry->start + entry->length, &piece))
        svg_rect(p->to, class, piece.x, piece.y + word_top(p),
                 piece.width > 2 * PX ? piece.width - PX : PX, WORD_BAR, 2 * PX, title.data);
    str_free(&title);
}

/* The index of the next words after `i`, or p->count. */
static size_t next_words(const struct picture *p, size_t i)
{
    do
        i++;
    while (i < p->count && p->cues[p->entries[i].cue].kind != CUE_SPEECH);
    return i;
}

/* Where text of what is said from `start` on can stand: up to `next`, in the row with more room. */
static struct piece word_room(const struct picture *p, frames start, frames end, frames next)
{
    struct piece piece = {0}, room = {0};
    next_piece(p, start, next > end ? next : end, &room);
    if (room.last || room.width > 40 * PX)
        return room;
    piece = room;
    next_piece(p, start, next > end ? next : end, &piece);
    return piece.width > room.width ? piece : room;
}

/* Writes the words from entry `i` on; what is too short for its own text is joined to the words
 * that follow. Returns the next words. */
static size_t draw_text(const struct picture *p, size_t i)
{
    struct str text = {0};
    frames start = p->entries[i].start, longest = -1;
    enum cue_role role = ROLE_PHRASE;
    struct piece room;
    bool joins;
    do {
        const struct timeline_entry *entry = &p->entries[i];
        const struct cue *cue = &p->cues[entry->cue];
        frames end = entry->start + entry->length;
        size_t next = next_words(p, i);
        frames until = next < p->count ? p->entries[next].start : p->length;
        str_printf(&text, "%s%s", text.length > 0 ? " " : "", cue->text);
        if (entry->length > longest) {
            longest = entry->length;
            role = cue->role;
        }
        room = word_room(p, start, end, until);
        joins = next < p->count && room.last && time_of(p, entry->length) < SHORT_NS &&
                time_of(p, until - end) < JOIN_NS &&
                !svg_fits(text.data, room.width - 3 * PX, WORD_FONT, WORD_LINES);
        i = next;
    } while (joins && text.length < 60);
    char class[32];
    snprintf(class, sizeof class, "words %s-ink", word_class(role));
    svg_paragraph(p->to, class, room.x, room.y + word_top(p) + WORD_BAR + 10 * PX,
                  room.width - 3 * PX, WORD_FONT, WORD_LINES, text.data);
    str_free(&text);
    return i;
}

static void draw_words(const struct picture *p)
{
    size_t first =
        p->count > 0 && p->cues[p->entries[0].cue].kind == CUE_SPEECH ? 0 : next_words(p, 0);
    fputs("<g>\n", p->to);
    for (size_t i = first; i < p->count; i = next_words(p, i))
        draw_word_bar(p, &p->entries[i]);
    for (size_t i = first; i < p->count;)
        i = draw_text(p, i);
    fputs("</g>\n", p->to);
}

static bool is_breath(const struct cue *cue)
{
    return cue->kind == CUE_BOUT &&
           (cue->bout == BOUT_IN || cue->bout == BOUT_OUT || cue->bout == BOUT_KEEP);
}

/* Thousandths of a full breath, `at` thousandths into a phase: a smooth step. */
static int64_t breath_level(enum bout_kind bout, bool full, int64_t at)
{
    int64_t eased = at * at * (3000 - 2 * at) / 1000000;
    if (bout == BOUT_KEEP)
        return full ? 1000 : 0;
    return bout == BOUT_IN ? eased : 1000 - eased;
}

static void draw_breath(const struct picture *p, const struct timeline_entry *entry, bool full,
                        const struct piece *piece, const char *title)
{
    enum bout_kind bout = p->cues[entry->cue].bout;
    int64_t y = piece->y + bout_top(p), height = BOUT - 4 * PX;
    int steps = bout == BOUT_KEEP ? 1 : 16;
    fprintf(p->to, "<path class=\"breath %s\" d=\"M", bout_kind_name(bout));
    svg_number(p->to, piece->x);
    putc(' ', p->to);
    svg_number(p->to, y + BOUT);
    for (int i = 0; i <= steps; i++) {
        frames at = piece->start + (piece->end - piece->start) * i / steps - entry->start;
        int64_t part = entry->length > 0 ? at * 1000 / entry->length : 0;
        fputs(" L", p->to);
        svg_number(p->to, piece->x + piece->width * i / steps);
        putc(' ', p->to);
        svg_number(p->to,
                   y + BOUT - 4 * PX - (height - 4 * PX) * breath_level(bout, full, part) / 1000);
    }
    fputs(" L", p->to);
    svg_number(p->to, piece->x + piece->width);
    putc(' ', p->to);
    svg_number(p->to, y + BOUT);
    fputs(" Z\"><title>", p->to);
    svg_text(p->to, title, strlen(title));
    fputs("</title></path>\n", p->to);
}

static void draw_bout(const struct picture *p, const struct timeline_entry *entry, bool full)
{
    const struct cue *cue = &p->cues[entry->cue];
    struct piece piece = {0};
    struct str title = {0};
    char length[32], clock[32], class[32];
    seconds_text(p, entry->length, length);
    str_printf(&title, "%s %s", bout_kind_name(cue->bout), length);
    size_t label = title.length;
    str_printf(&title, " (%s)", clock_text(p, entry->start, true, clock));
    snprintf(class, sizeof class, "bout %s", bout_kind_name(cue->bout));
    while (next_piece(p, entry->start, entry->start + entry->length, &piece)) {
        int64_t y = piece.y + bout_top(p);
        if (is_breath(cue))
            draw_breath(p, entry, full, &piece, title.data);
        else
            svg_rect(p->to, class, piece.x, y + 4 * PX, piece.width > PX ? piece.width - PX : PX,
                     BOUT - 4 * PX, 3 * PX, title.data);
        if (piece.first) {
            struct str words = {0};
            str_add_bytes(&words, title.data, label);
            int64_t needed = svg_text_width(words.data, words.length, 10);
            if (needed > piece.width - 8 * PX) {
                words.length = 0;
                str_add(&words, is_breath(cue) ? bout_kind_name(cue->bout) : length);
                needed = svg_text_width(words.data, words.length, 10);
            }
            if (needed <= piece.width - 6 * PX)
                svg_label(p->to, "bout-name",
                          piece.x + (is_breath(cue) ? (piece.width - needed) / 2 : 5 * PX),
                          y + 19 * PX, 0, 10, words.data);
            str_free(&words);
        }
    }
    str_free(&title);
}

static void draw_bouts(const struct picture *p)
{
    bool full = true;
    fputs("<g>\n", p->to);
    for (size_t i = 0; i < p->count; i++) {
        const struct cue *cue = &p->cues[p->entries[i].cue];
        if (cue->kind != CUE_BOUT)
            continue;
        draw_bout(p, &p->entries[i], full);
        if (cue->bout == BOUT_IN || cue->bout == BOUT_OUT)
            full = cue->bout == BOUT_IN;
    }
    fputs("</g>\n", p->to);
}

static void draw_sound(const struct picture *p, const struct timeline_entry *entry, frames next)
{
    const struct cue *cue = &p->cues[entry->cue];
    const char *name = cue->text ? cue->text : "";
    bool tick = strcmp(name, "tick") == 0;
    struct piece piece = {0}, room = {0};
    struct str title = {0};
    char clock[32];
    if (!next_piece(p, entry->start, entry->start, &piece))
        return;
    next_piece(p, entry->start, next > entry->start ? next : entry->start, &room);
    str_printf(&title, "%s (%s)", name, clock_text(p, entry->start, true, clock));
    int64_t y = piece.y + sound_top(p), size = tick ? 3 * PX : 6 * PX;
    svg_rect(p->to, tick ? "sound tick" : "sound", piece.x, y + 2 * PX, tick ? 2 * PX : 3 * PX,
             size + 3 * PX, PX, title.data);
    if (!tick && room.width > 12 * PX)
        svg_label(p->to, "sound-name", piece.x + 5 * PX, y + 10 * PX, room.width - 6 * PX, 9, name);
    str_free(&title);
}

static bool has_name(const struct cue *cue)
{
    return cue->kind == CUE_SOUND && !cue->fills && cue->text && strcmp(cue->text, "tick") != 0;
}

static void draw_sounds(const struct picture *p)
{
    fputs("<g>\n", p->to);
    frames next = p->length; /* start of the next sound with its name beside it */
    for (size_t i = p->count; i-- > 0;) {
        const struct cue *cue = &p->cues[p->entries[i].cue];
        if (cue->kind != CUE_SOUND || cue->fills)
            continue;
        draw_sound(p, &p->entries[i], next);
        if (has_name(cue))
            next = p->entries[i].start;
    }
    fputs("</g>\n", p->to);
}

static void draw_beds(const struct picture *p)
{
    fputs("<g>\n", p->to);
    for (size_t i = 0; i < p->count; i++) {
        const struct timeline_entry *entry = &p->entries[i];
        const struct cue *cue = &p->cues[entry->cue];
        struct piece piece = {0};
        if (cue->kind != CUE_BED || !cue->text || entry->length <= 0)
            continue;
        while (next_piece(p, entry->start, entry->start + entry->length, &piece)) {
            int64_t y = piece.y + bed_top(p);
            svg_rect(p->to, "bed", piece.x, y, piece.width, BED - 2 * PX, 2 * PX, cue->text);
            svg_label(p->to, "bed-name", piece.x + 5 * PX, y + 9 * PX, piece.width - 8 * PX, 9,
                      cue->text);
        }
    }
    fputs("</g>\n", p->to);
}

/* --- Frame --- */

static const char style[] =
    "<style>\n"
    "text{font-family:system-ui,'Segoe UI','Noto Sans','DejaVu Sans',Helvetica,Arial,sans-serif;"
    "fill:#22303c}\n"
    ".page{fill:#f4f2ec}.row{fill:#fffdf9;stroke:#e2ddd1}\n"
    ".title{font-size:24px;font-weight:600}.sub{font-size:13px;fill:#5b6873}\n"
    ".line{stroke:#ece7db;stroke-width:1}.strong{stroke:#d5cebd}\n"
    ".clock{font-size:10px;fill:#8a9199}.now{font-weight:600;fill:#4a5660}\n"
    ".name{font-size:12px;font-weight:600}.even{fill:#cfe5de}.odd{fill:#f0dfc2}\n"
    ".part{fill:#e9e6de}.left{fill:#d6e2f3}.right{fill:#eadcf0}.part-name{font-size:9px;"
    "fill:#4a5660}\n"
    ".words{font-size:10px}.say{fill:#2f6fa8}.phrase{fill:#93a1ad}.caution{fill:#d1481f}"
    ".count{fill:#7b5fb0}.tip{fill:#5d9440}\n"
    ".phrase-ink{fill:#66727d}.caution-ink{fill:#b23a15}.count-ink{fill:#67499f}"
    ".tip-ink{fill:#47762f}\n"
    ".bout{fill:#f5c25b}.rest,.wait,.ready{fill:#e3dfd4}.bout-name{font-size:10px}\n"
    ".breath{fill:#9fd0e0;stroke:#4f9db8;stroke-width:1}\n"
    ".sound{fill:#b03a6a}.tick{fill:#cf8fab}.sound-name{font-size:9px;fill:#8f2c55}\n"
    ".bed{fill:#d5e3c8}.bed-name{font-size:9px;fill:#4f6b39}\n"
    ".key{font-size:11px;fill:#4a5660}\n"
    "@media (prefers-color-scheme:dark){\n"
    "text{fill:#e4e8ec}.page{fill:#14191e}.row{fill:#1c2329;stroke:#2c353d}.sub{fill:#9aa7b2}\n"
    ".line{stroke:#28313a}.strong{stroke:#3c4853}.clock{fill:#7f8b96}.now{fill:#c3ccd4}\n"
    ".even{fill:#24504a}.odd{fill:#5a4523}.part{fill:#2d3740}.left{fill:#29405e}.right{"
    "fill:#4a3358}.part-name{fill:#c9d2da}\n"
    ".say{fill:#5c9fd8}.phrase{fill:#6f7d89}.caution{fill:#ef6b3f}.count{fill:#a48ad8}"
    ".tip{fill:#86c065}\n"
    ".phrase-ink{fill:#a3afba}.caution-ink{fill:#ff9a78}.count-ink{fill:#c3aef0}"
    ".tip-ink{fill:#a9d98c}\n"
    ".bout{fill:#8a6414}.rest,.wait,.ready{fill:#3a434b}.breath{fill:#1f5468;stroke:#5fb0cb}\n"
    ".sound{fill:#e0709d}.tick{fill:#8f4a68}.sound-name{fill:#f0a3c2}\n"
    ".bed{fill:#324a28}.bed-name{fill:#b5d3a0}.key{fill:#b5c0ca}\n"
    "}\n</style>\n";

static void put_subtitle(const struct picture *p, const struct report_info *info, size_t moves,
                         struct str *text)
{
    const struct routine *routine = timeline_plan(p->timeline)->routine;
    char length[32];
    nsec whole = (time_of(p, p->length) + NSEC_PER_SEC / 2) / NSEC_PER_SEC * NSEC_PER_SEC;
    str_printf(text, "%s, %zu move%s", units_format_duration(whole, length, sizeof length), moves,
               moves == 1 ? "" : "s");
    if (info->voice)
        str_printf(text, ", voice %s", info->voice);
    for (size_t i = 0; i < routine->need_count; i++)
        str_printf(text, "%s%s", i == 0 ? ", needs " : " and ", routine->needs[i]);
}

static void draw_head(const struct picture *p, const struct report_info *info)
{
    const struct routine *routine = timeline_plan(p->timeline)->routine;
    const char *title = routine->title && routine->title[0] ? routine->title : "Session";
    int64_t height = HEADER + p->rows * (p->row_height + BETWEEN) + LEGEND;
    size_t moves;
    struct str subtitle = {0};
    free(order_moves(p->timeline, &moves));
    put_subtitle(p, info, moves, &subtitle);
    fputs("<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" role=\"img\" "
          "aria-labelledby=\"t d\"",
          p->to);
    fprintf(p->to, " width=\"%d\" height=\"%lld\" viewBox=\"0 0 %d %lld\">\n", WIDTH / PX,
            (long long)(height / PX), WIDTH / PX, (long long)(height / PX));
    fputs("<title id=\"t\">", p->to);
    svg_text(p->to, title, strlen(title));
    fputs("</title>\n<desc id=\"d\">Timeline of a guided session: ", p->to);
    svg_text(p->to, subtitle.data, subtitle.length);
    fputs(".</desc>\n", p->to);
    fputs(style, p->to);
    svg_rect(p->to, "page", 0, 0, WIDTH, height, 0, NULL);
    svg_label(p->to, "title", LEFT, 40 * PX, 0, 24, title);
    svg_label(p->to, "sub", LEFT, 62 * PX, 0, 13, subtitle.data);
    str_free(&subtitle);
}

static void draw_legend(const struct picture *p)
{
    static const struct {
        const char *class, *name;
        bool bar;
    } keys[] = {{"bar say", "instruction", true},
                {"bar caution", "caution", true},
                {"bar tip", "tip", true},
                {"bar count", "count", true},
                {"bar phrase", "the player's own words", true},
                {"bout", "hold or active time", false},
                {"bout rest", "rest, wait, get ready", false},
                {"breath", "breath in and out", false},
                {"sound", "sound", true},
                {"sound tick", "tick", true},
                {"bed", "music", false}};
    int64_t x = LEFT, y = HEADER + p->rows * (p->row_height + BETWEEN) + 22 * PX;
    fputs("<g>\n", p->to);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!p->beds && strcmp(keys[i].class, "bed") == 0)
            continue;
        bool marker = strncmp(keys[i].class, "sound", 5) == 0;
        svg_rect(p->to, keys[i].class, x, keys[i].bar && !marker ? y + 3 * PX : y,
                 marker ? 3 * PX : 22 * PX, keys[i].bar && !marker ? WORD_BAR : 12 * PX, 2 * PX,
                 NULL);
        x += marker ? 8 * PX : 28 * PX;
        x += svg_label(p->to, "key", x, y + 10 * PX, 0, 11, keys[i].name) + 16 * PX;
    }
    fputs("</g>\n", p->to);
}

/* Rows of a length at which words can be read, but not too many rows. */
static void choose_rows(struct picture *p)
{
    static const struct {
        int seconds, grid;
    } sizes[] = {{30, 5},   {60, 5},     {120, 10},   {300, 30},
                 {600, 60}, {1800, 300}, {3600, 600}, {7200, 600}};
    size_t count = sizeof sizes / sizeof *sizes, i = 0;
    nsec total = time_of(p, p->length);
    if (total > 150 * NSEC_PER_SEC)
        i = 1;
    while (i + 1 < count && total > (nsec)sizes[i].seconds * 45 * NSEC_PER_SEC)
        i++;
    p->row = (frames)sizes[i].seconds * timeline_rate(p->timeline);
    p->grid = sizes[i].grid * NSEC_PER_SEC;
    p->rows = p->length <= p->row ? 1 : (p->length + p->row - 1) / p->row;
}

static void measure(struct picture *p)
{
    p->length = timeline_length(p->timeline);
    choose_rows(p);
    for (size_t i = 0; i < p->count; i++) {
        const struct cue *cue = &p->cues[p->entries[i].cue];
        p->parts |= cue->side != SIDE_NONE || cue->round > 0 || cue->set > 0 || cue->rep > 0;
        p->beds |= cue->kind == CUE_BED && cue->text;
    }
    p->row_height = bed_top(p) + (p->beds ? BED : 0);
}

enum limber_status report_svg(const struct timeline *timeline, const struct report_info *info,
                              FILE *to)
{
    struct picture p = {.timeline = timeline, .cues = timeline_plan(timeline)->cues, .to = to};
    struct timeline_entry *entries = order_by_start(timeline, &p.count);
    p.entries = entries;
    measure(&p);
    draw_head(&p, info);
    draw_axis(&p);
    draw_moves(&p);
    if (p.parts)
        draw_parts(&p);
    draw_bouts(&p);
    draw_words(&p);
    draw_sounds(&p);
    if (p.beds)
        draw_beds(&p);
    draw_legend(&p);
    fputs("</svg>\n", to);
    free(entries);
    return fflush(to) != 0 || ferror(to) ? LIMBER_IO : LIMBER_OK;
}
