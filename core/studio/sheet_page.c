/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet_page.c: the list as a page to read aloud, for a screen or for paper. */
#include <string.h>

#include "base/str.h"
#include "plan/plan.h"
#include "studio/sheet.h"

static const char *const group_names[SHEET_GROUP_COUNT] = {
    [SHEET_ROUTINES] = "What the routines say",
    [SHEET_PHRASES] = "What Limber says by itself",
    [SHEET_NUMBERS] = "Numbers, and what goes with them",
    [SHEET_WHOLE] = "Sentences with numbers",
};
static const char *const group_notes[SHEET_GROUP_COUNT] = {
    [SHEET_PHRASES] = "Announcements and counts that any routine may need.",
    [SHEET_NUMBERS] = "Short pieces that are joined while playing. Where there is a \"…\", read as "
                      "in the middle of the sentence in brackets, but say only the words printed "
                      "large.",
    [SHEET_WHOLE] = "These can also be joined from numbers and parts. Recorded whole they sound "
                    "better.",
};

static const char *const hints[] = {
    "Choose a small quiet room with soft things in it: a bedroom, with curtains drawn. Turn off "
    "fans, fridges and telephones.",
    "Sit 20 to 30 cm from the microphone, a little to its side, and stay there: every sentence "
    "should sound as if it came from the same place.",
    "Try the loudest sentence first. The level should stay clear of the end of the scale: what is "
    "clipped cannot be mended, what is quiet can.",
    "Begin with two seconds of silence. Then read in this order, each sentence as one breath, and "
    "count slowly to two before the next: the pauses between sentences must be at least 1.5 "
    "seconds, and longer than any within them.",
    "Read as you would speak to somebody who lies on the floor with closed eyes: slowly, and "
    "lower at the end.",
    "Made a mistake? Pause, and cut it out later; or use limber voice record, which takes one "
    "sentence at a time and lets you repeat it.",
};

/* Roughly, with pauses. */
static int minutes_of(const struct sheet *sheet)
{
    nsec time = 0;
    for (size_t i = 0; i < sheet->count; i++)
        time += plan_estimate_speech_ns(sheet->lines[i].text) + 2 * NSEC_PER_SEC;
    return (int)((time + 59 * NSEC_PER_SEC) / (60 * NSEC_PER_SEC));
}

static void describe(const struct sheet_line *line, struct str *to)
{
    if (line->have)
        str_add(to, "already there; ");
    if (line->example) {
        str_printf(to, "as in: “%s”", line->example);
        return;
    }
    str_add(to, line->where);
    if (line->move && line->move[0])
        str_printf(to, ", %s", line->move);
    if (line->times > 1)
        str_printf(to, ", heard up to %zu times", line->times);
    if (line->before)
        str_printf(to, "; after “%s”", line->before);
}

static void command(const struct sheet_title *title, struct str *to)
{
    str_printf(to, "limber voice split %s RECORDING.wav --script %s", title->voice, title->list);
}

/* --- Markdown --- */

static void markdown_text(const char *text, FILE *to)
{
    for (; *text; text++) {
        if (strchr("\\`*_[]<>#|", *text))
            fputc('\\', to);
        fputc(*text, to);
    }
}

static void markdown_line(const struct sheet_line *line, FILE *to)
{
    struct str about = {0};
    describe(line, &about);
    fprintf(to, "**%d.** ", line->number);
    markdown_text(line->text, to);
    fputs("  \n<small>", to);
    markdown_text(str_text(&about), to);
    fputs("</small>\n\n", to);
    str_free(&about);
}

void sheet_write_markdown(const struct sheet *sheet, const struct sheet_title *title, FILE *to)
{
    struct str split = {0};
    command(title, &split);
    fputs("# Sentences for the voice ", to);
    markdown_text(title->voice, to);
    fprintf(to, "\n\n%zu to read, about %d minutes with pauses.\n\n", sheet->count,
            minutes_of(sheet));
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        fprintf(to, "- %s\n", hints[i]);
    fprintf(to, "\nThen: `%s`\n", str_text(&split));
    int group = -1;
    for (size_t i = 0; i < sheet->count; i++) {
        const struct sheet_line *line = &sheet->lines[i];
        if ((int)line->group != group) {
            group = (int)line->group;
            fprintf(to, "\n## %s\n\n", group_names[group]);
            if (group_notes[group])
                fprintf(to, "%s\n\n", group_notes[group]);
        }
        markdown_line(line, to);
    }
    str_free(&split);
}

/* --- HTML --- */

static void html_text(const char *text, FILE *to)
{
    for (; *text; text++) {
        if (*text == '&')
            fputs("&amp;", to);
        else if (*text == '<')
            fputs("&lt;", to);
        else if (*text == '>')
            fputs("&gt;", to);
        else if (*text == '"')
            fputs("&quot;", to);
        else
            fputc(*text, to);
    }
}

static const char style[] =
    "body{font:1rem/1.4 sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#111;"
    "background:#fff}\n"
    "p.line{font-size:1.6rem;line-height:1.3;margin:1.1rem 0;padding-left:3.2rem;"
    "text-indent:-3.2rem;break-inside:avoid}\n"
    "p.line b{display:inline-block;width:3.2rem;text-indent:0;font-size:1rem;color:#555}\n"
    "p.line small{display:block;text-indent:0;font-size:.8rem;color:#555}\n"
    "p.have{color:#777}\n"
    "code{background:#eee;padding:.1em .3em}\n"
    "h2{break-after:avoid;margin-top:2.5rem}\n"
    "@page{margin:18mm 16mm}\n"
    "@media print{body{max-width:none;margin:0}}\n";

static void html_line(const struct sheet_line *line, FILE *to)
{
    struct str about = {0};
    describe(line, &about);
    fprintf(to, "<p class=\"line%s\"><b>%d</b>", line->have ? " have" : "", line->number);
    html_text(line->text, to);
    fputs("<small lang=\"en\">", to);
    html_text(str_text(&about), to);
    fputs("</small></p>\n", to);
    str_free(&about);
}

static void html_head(const struct sheet *sheet, const struct sheet_title *title, FILE *to)
{
    struct str split = {0};
    command(title, &split);
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
          "name=\"viewport\" content=\"width=device-width\">\n<title>Sentences for the voice ",
          to);
    html_text(title->voice, to);
    fprintf(to, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>Sentences for the voice ",
            style);
    html_text(title->voice, to);
    fprintf(to, "</h1>\n<p>%zu to read, about %d minutes with pauses.</p>\n<ul>\n", sheet->count,
            minutes_of(sheet));
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        fputs("<li>", to);
        html_text(hints[i], to);
        fputs("</li>\n", to);
    }
    fputs("</ul>\n<p>Then: <code>", to);
    html_text(str_text(&split), to);
    fputs("</code></p>\n", to);
    str_free(&split);
}

void sheet_write_html(const struct sheet *sheet, const struct sheet_title *title, FILE *to)
{
    int group = -1;
    html_head(sheet, title, to);
    for (size_t i = 0; i < sheet->count; i++) {
        const struct sheet_line *line = &sheet->lines[i];
        if ((int)line->group != group) {
            fprintf(to, "%s<h2>%s</h2>\n", group >= 0 ? "</section>\n" : "",
                    group_names[line->group]);
            group = (int)line->group;
            if (group_notes[group])
                fprintf(to, "<p>%s</p>\n", group_notes[group]);
            fputs("<section lang=\"", to);
            html_text(title->language, to);
            fputs("\">\n", to);
        }
        html_line(line, to);
    }
    fprintf(to, "%s</body>\n</html>\n", group >= 0 ? "</section>\n" : "");
}
