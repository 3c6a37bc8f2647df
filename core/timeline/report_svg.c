/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_svg.c: the session as a picture. Time runs from left to right and wraps into rows; each
 * row has lanes for the moves, the words, the timed stretches (breath as curves), the sounds and
 * the music. Words are bars as long as they last, their text written below as far as there is room;
 * the whole text is in the tooltip. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "timeline/picture.h"
#include "timeline/report.h"

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
                          units_format_clock(picture_time(p, at), false, clock, sizeof clock));
        }
    }
    fputs("</g>\n", p->to);
}

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
    nsec whole = (picture_time(p, p->length) + NSEC_PER_SEC / 2) / NSEC_PER_SEC * NSEC_PER_SEC;
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
    nsec total = picture_time(p, p->length);
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
    p->row_height = picture_row_height(p);
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
    picture_moves(&p);
    if (p.parts)
        picture_parts(&p);
    picture_bouts(&p);
    picture_words(&p);
    picture_sounds(&p);
    if (p.beds)
        picture_beds(&p);
    draw_legend(&p);
    fputs("</svg>\n", to);
    free(entries);
    return fflush(to) != 0 || ferror(to) ? LIMBER_IO : LIMBER_OK;
}
