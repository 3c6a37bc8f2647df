/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture.c: the lanes of the picture. Whatever crosses the end of a row is drawn in pieces. */
#include "timeline/picture.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define SHORT_NS (1300 * NSEC_PER_MSEC) /* words as short as this may share their text … */
#define JOIN_NS  (700 * NSEC_PER_MSEC)  /* … with those that follow this soon */

/* A piece of a stretch of time that lies within one row. */
struct piece {
    frames start, end;
    int64_t x, y, width; /* y: top of the row */
    bool begun, first, last;
};

nsec picture_time(const struct picture *p, frames count)
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
    return order_format_length(picture_time(p, length), buffer);
}

static const char *clock_text(const struct picture *p, frames at, bool tenths, char buffer[32])
{
    return units_format_clock(picture_time(p, at), tenths, buffer, 32);
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

int64_t picture_row_height(const struct picture *p)
{
    return bed_top(p) + (p->beds ? BED : 0);
}

/* --- Lanes --- */

void picture_moves(const struct picture *p)
{
    size_t count;
    struct order_move *moves = order_moves(p->timeline, &count);
    fputs("<g>\n", p->to);
    for (size_t i = 0; i < count; i++) {
        const char *name = moves[i].move->name ? moves[i].move->name : "";
        struct piece piece = {0};
        struct str title = {0};
        char clock[32], length[32];
        nsec whole =
            (picture_time(p, moves[i].length) + NSEC_PER_SEC / 2) / NSEC_PER_SEC * NSEC_PER_SEC;
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

void picture_parts(const struct picture *p)
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
        frames until = next < p->count ? p->entries[next].start : p->rows * p->row;
        str_printf(&text, "%s%s", text.length > 0 ? " " : "", cue->text);
        if (entry->length > longest) {
            longest = entry->length;
            role = cue->role;
        }
        room = word_room(p, start, end, until);
        joins = next < p->count && room.last && picture_time(p, entry->length) < SHORT_NS &&
                picture_time(p, until - end) < JOIN_NS &&
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

void picture_words(const struct picture *p)
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

/* "hold 20 s", or only the half of it that there is room for. */
static void draw_bout_label(const struct picture *p, const struct cue *cue,
                            const struct piece *piece, const char *length)
{
    char label[64];
    bool breath = is_breath(cue);
    int64_t room = piece->width - 7 * PX;
    snprintf(label, sizeof label, "%s %s", bout_kind_name(cue->bout), length);
    if (svg_text_width(label, strlen(label), 10) > room)
        snprintf(label, sizeof label, "%s", breath ? bout_kind_name(cue->bout) : length);
    int64_t width = svg_text_width(label, strlen(label), 10);
    if (width <= room)
        svg_label(p->to, "bout-name", piece->x + (breath ? (piece->width - width) / 2 : 5 * PX),
                  piece->y + bout_top(p) + (breath ? 21 : 19) * PX, 0, 10, label);
}

static void draw_bout(const struct picture *p, const struct timeline_entry *entry, bool full)
{
    const struct cue *cue = &p->cues[entry->cue];
    struct piece piece = {0};
    struct str title = {0};
    char length[32], clock[32], class[32];
    seconds_text(p, entry->length, length);
    str_printf(&title, "%s %s", bout_kind_name(cue->bout), length);
    str_printf(&title, " (%s)", clock_text(p, entry->start, true, clock));
    snprintf(class, sizeof class, "bout %s", bout_kind_name(cue->bout));
    while (next_piece(p, entry->start, entry->start + entry->length, &piece)) {
        int64_t y = piece.y + bout_top(p);
        if (is_breath(cue))
            draw_breath(p, entry, full, &piece, title.data);
        else
            svg_rect(p->to, class, piece.x, y + 4 * PX, piece.width > PX ? piece.width - PX : PX,
                     BOUT - 4 * PX, 3 * PX, title.data);
        if (piece.first)
            draw_bout_label(p, cue, &piece, length);
    }
    str_free(&title);
}

void picture_bouts(const struct picture *p)
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

void picture_sounds(const struct picture *p)
{
    fputs("<g>\n", p->to);
    frames next = p->rows * p->row; /* start of the next sound with its name beside it */
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

void picture_beds(const struct picture *p)
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
