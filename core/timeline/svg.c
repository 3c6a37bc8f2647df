/* SPDX-License-Identifier: GPL-3.0-or-later */
/* svg.c: shapes as SVG elements, and how much text fits where. Widths are those of a usual sans
 * serif, on the generous side. */
#include "timeline/svg.h"

#include <string.h>

#include "base/str.h"

#define ELLIPSIS "…"

void svg_number(FILE *to, int64_t tenths)
{
    if (tenths < 0)
        putc('-', to);
    uint64_t size = tenths < 0 ? -(uint64_t)tenths : (uint64_t)tenths;
    fprintf(to, "%llu", (unsigned long long)(size / PX));
    if (size % PX != 0)
        fprintf(to, ".%llu", (unsigned long long)(size % PX));
}

static void put_attribute(FILE *to, const char *name, int64_t tenths)
{
    fprintf(to, " %s=\"", name);
    svg_number(to, tenths);
    putc('"', to);
}

void svg_text(FILE *to, const char *text, size_t length)
{
    const char *end = text + length;
    while (text < end) {
        const char *from = text;
        int point = str_utf8_next(&text, end);
        if (point == '&')
            fputs("&amp;", to);
        else if (point == '<')
            fputs("&lt;", to);
        else if (point == '>')
            fputs("&gt;", to);
        else if (point == '"')
            fputs("&quot;", to);
        else if (point < 0 || point == 0xFFFE || point == 0xFFFF)
            fputs("\xef\xbf\xbd", to);
        else if (point < ' ')
            putc(' ', to);
        else
            fwrite(from, 1, (size_t)(text - from), to);
    }
}

static void put_title(FILE *to, const char *title)
{
    fputs("<title>", to);
    svg_text(to, title, strlen(title));
    fputs("</title>", to);
}

void svg_rect(FILE *to, const char *class, int64_t x, int64_t y, int64_t width, int64_t height,
              int64_t round, const char *title)
{
    fprintf(to, "<rect class=\"%s\"", class);
    put_attribute(to, "x", x);
    put_attribute(to, "y", y);
    put_attribute(to, "width", width);
    put_attribute(to, "height", height);
    if (round > 0)
        put_attribute(to, "rx", round * 2 > width ? width / 2 : round);
    if (title) {
        putc('>', to);
        put_title(to, title);
        fputs("</rect>\n", to);
    } else {
        fputs("/>\n", to);
    }
}

void svg_line(FILE *to, const char *class, int64_t x1, int64_t y1, int64_t x2, int64_t y2)
{
    fprintf(to, "<line class=\"%s\"", class);
    put_attribute(to, "x1", x1);
    put_attribute(to, "y1", y1);
    put_attribute(to, "x2", x2);
    put_attribute(to, "y2", y2);
    fputs("/>\n", to);
}

/* --- Text --- */

/* Hundredths of the font size. */
static int letter_width(int point)
{
    if (point < 0x80) {
        if (strchr("il.,:;'|!j", point) != NULL)
            return 30;
        if (strchr(" frtI()[]-/", point) != NULL)
            return 38;
        if (strchr("mwMW@%", point) != NULL)
            return 90;
        if (point >= 'A' && point <= 'Z')
            return 70;
        return 58;
    }
    return point >= 0x1100 ? 100 : 62;
}

int64_t svg_text_width(const char *text, size_t length, int font_px)
{
    const char *end = text + length;
    int64_t hundredths = 0;
    while (text < end)
        hundredths += letter_width(str_utf8_next(&text, end));
    return hundredths * font_px * PX / 100;
}

/* How many bytes of `text` fit into `width`: all, or up to a letter. */
static size_t fitting(const char *text, int64_t width, int font_px)
{
    const char *at = text, *end = text + strlen(text);
    int64_t used = 0;
    while (at < end) {
        const char *next = at;
        used += (int64_t)letter_width(str_utf8_next(&next, end)) * font_px * PX;
        if (used > width * 100)
            break;
        at = next;
    }
    return (size_t)(at - text);
}

static void put_text(FILE *to, const char *class, int64_t x, int64_t y, const char *text,
                     size_t length, bool cut)
{
    while (cut && length > 0 && strchr(" ,.;:", text[length - 1]))
        length--;
    fprintf(to, "<text class=\"%s\"", class);
    put_attribute(to, "x", x);
    put_attribute(to, "y", y);
    putc('>', to);
    svg_text(to, text, length);
    fputs(cut ? ELLIPSIS "</text>\n" : "</text>\n", to);
}

int64_t svg_label(FILE *to, const char *class, int64_t x, int64_t y, int64_t width, int font_px,
                  const char *text)
{
    size_t length = strlen(text);
    int64_t needed = svg_text_width(text, length, font_px);
    if (length == 0)
        return 0;
    if (width > 0 && needed > width) {
        length = fitting(text, width - (int64_t)font_px * PX, font_px);
        if (length < 3)
            return 0;
        put_text(to, class, x, y, text, length, true);
        return width;
    }
    put_text(to, class, x, y, text, length, false);
    return needed;
}

static bool is_break(const char *text, size_t at)
{
    return text[at] == '\0' || text[at] == ' ' || (at > 0 && text[at - 1] == '-');
}

/* Where the line that begins at `text` ends; 0: not even its first word fits. */
static size_t line_end(const char *text, int64_t width, int font_px)
{
    size_t fits = fitting(text, width, font_px);
    while (fits > 0 && !is_break(text, fits))
        fits--;
    return fits;
}

static const char *skip_spaces(const char *text)
{
    while (*text == ' ')
        text++;
    return text;
}

bool svg_fits(const char *text, int64_t width, int font_px, int lines)
{
    for (; lines > 0 && *text; lines--) {
        size_t length = line_end(text, width, font_px);
        if (length == 0)
            return false;
        text = skip_spaces(text + length);
    }
    return *text == '\0';
}

void svg_paragraph(FILE *to, const char *class, int64_t x, int64_t y, int64_t width, int font_px,
                   int lines, const char *text)
{
    int64_t step = ((int64_t)font_px + 1) * PX, dots = (int64_t)font_px * PX * 9 / 10;
    for (int line = 0; line < lines && *text; line++, y += step) {
        size_t length = line_end(text, width, font_px);
        bool cut = length == 0 || (line + 1 == lines && *skip_spaces(text + length));
        if (cut)
            length = fitting(text, width - dots, font_px);
        if (length < 2 && cut)
            return;
        put_text(to, class, x, y, text, length, cut);
        if (cut)
            return;
        text = skip_spaces(text + length);
    }
}
