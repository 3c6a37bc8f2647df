/* SPDX-License-Identifier: GPL-3.0-or-later */
/* svg.h: private to the timeline layer: writing shapes and fitting words into them. Lengths are
 * tenths of a pixel, so that no number depends on a locale or on rounding. */
#ifndef TIMELINE_SVG_H
#define TIMELINE_SVG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define PX 10 /* tenths in a pixel */

/* "12.3" */
void svg_number(FILE *to, int64_t tenths);
/* A text between tags, or in an attribute. */
void svg_text(FILE *to, const char *text, size_t length);
/* <rect class=…>; its <title> when `title` is not NULL. Corners rounded by `round`. */
void svg_rect(FILE *to, const char *class, int64_t x, int64_t y, int64_t width, int64_t height,
              int64_t round, const char *title);
void svg_line(FILE *to, const char *class, int64_t x1, int64_t y1, int64_t x2, int64_t y2);
/* One line of text, cut with … to `width` (0: not cut); nothing at all if not even three letters
 * fit. Returns the width it takes. `y` is the base line. */
int64_t svg_label(FILE *to, const char *class, int64_t x, int64_t y, int64_t width, int font_px,
                  const char *text);
/* Whether a text fits into that many lines without cutting a word. */
bool svg_fits(const char *text, int64_t width, int font_px, int lines);
/* Text wrapped into at most `lines` lines of `width`, the last one cut with …. */
void svg_paragraph(FILE *to, const char *class, int64_t x, int64_t y, int64_t width, int font_px,
                   int lines, const char *text);
/* About how wide `length` bytes of `text` are. */
int64_t svg_text_width(const char *text, size_t length, int font_px);

#endif
