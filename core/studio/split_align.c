/* SPDX-License-Identifier: GPL-3.0-or-later */
/* split_align.c: which piece is which line, by their lengths: the cheapest way through both lists,
 * with pieces that are noises or too many, and lines that are missing. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "studio/split_inside.h"

#define SPREAD        0.35 /* of log(length ÷ expected): texts only tell roughly */
#define SLACK_S       0.25 /* short ones tell even less */
#define MATCH_MOST    8.0
#define COST_GAP      5.0 /* a piece too many, a line missing */
#define COST_NOISE    2.0
#define NOISE_MOST_S  0.45
#define STRAIGHT_MORE 6.0 /* what one after the other may cost beyond the best way */
#define MOST_CELLS    ((size_t)64 << 20)

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double median(double *values, size_t count)
{
    if (count == 0)
        return 1;
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

struct lists {
    const double *seconds;
    size_t pieces;
    const nsec *expected;
    size_t lines;
    double scale;
};

static double expected_s(const struct lists *lists, size_t line)
{
    return lists->scale * ((double)lists->expected[line] / NSEC_PER_SEC);
}

static double match_cost(const struct lists *lists, size_t piece, size_t line)
{
    double off = log((lists->seconds[piece] + SLACK_S) / (expected_s(lists, line) + SLACK_S));
    return fmin(off * off / (2 * SPREAD * SPREAD), MATCH_MOST);
}

static double first_scale(const struct lists *lists)
{
    size_t most = lists->pieces > lists->lines ? lists->pieces : lists->lines;
    double *values = xcalloc(most + 1, sizeof *values);
    for (size_t i = 0; i < lists->pieces; i++)
        values[i] = lists->seconds[i];
    double pieces = median(values, lists->pieces);
    for (size_t i = 0; i < lists->lines; i++)
        values[i] = (double)lists->expected[i] / NSEC_PER_SEC;
    double lines = median(values, lists->lines);
    free(values);
    return lines > 0 && pieces > 0 ? pieces / lines : 1;
}

static enum split_step cheapest(const struct lists *lists, const double *before, const double *now,
                                size_t piece, size_t line, double *cost)
{
    enum split_step step = STEP_MATCH;
    *cost = before[line - 1] + match_cost(lists, piece - 1, line - 1);
    bool noise = lists->seconds[piece - 1] <= NOISE_MOST_S;
    double extra = before[line] + (noise ? COST_NOISE : COST_GAP);
    double missing = now[line - 1] + COST_GAP;
    if (extra < *cost) {
        *cost = extra;
        step = noise ? STEP_NOISE : STEP_EXTRA;
    }
    if (missing < *cost) {
        *cost = missing;
        step = STEP_MISSING;
    }
    return step;
}

/* Fills steps[(pieces + 1) × (lines + 1)]; returns the cost of the best way. */
static double walk(const struct lists *lists, uint8_t *steps)
{
    size_t width = lists->lines + 1;
    double *rows = xcalloc(2 * width, sizeof *rows), cost;
    for (size_t line = 1; line < width; line++) {
        rows[line] = (double)line * COST_GAP;
        steps[line] = STEP_MISSING;
    }
    for (size_t piece = 1; piece <= lists->pieces; piece++) {
        const double *before = rows + (piece - 1) % 2 * width;
        double *now = rows + piece % 2 * width;
        bool noise = lists->seconds[piece - 1] <= NOISE_MOST_S;
        now[0] = before[0] + (noise ? COST_NOISE : COST_GAP);
        steps[piece * width] = noise ? STEP_NOISE : STEP_EXTRA;
        for (size_t line = 1; line < width; line++) {
            steps[piece * width + line] = cheapest(lists, before, now, piece, line, &cost);
            now[line] = cost;
        }
    }
    cost = rows[lists->pieces % 2 * width + lists->lines];
    free(rows);
    return cost;
}

/* From the end back to the beginning. */
static void trace(const struct lists *lists, const uint8_t *steps, struct alignment *alignment)
{
    size_t piece = lists->pieces, line = lists->lines, width = lists->lines + 1;
    alignment->fits = true;
    while (piece > 0 || line > 0) {
        enum split_step step = steps[piece * width + line];
        if (step == STEP_EXTRA || step == STEP_MISSING) {
            alignment->fits = false;
            alignment->extra = step == STEP_EXTRA;
            alignment->trouble = step == STEP_EXTRA ? line : line - 1;
        }
        if (step != STEP_MISSING)
            alignment->lines[--piece] = step == STEP_MATCH ? (int)line - 1 : -1;
        if (step == STEP_MATCH || step == STEP_MISSING)
            line--;
    }
}

static double straight_cost(const struct lists *lists)
{
    double cost = 0;
    for (size_t i = 0; i < lists->pieces; i++)
        cost += match_cost(lists, i, i);
    return cost;
}

static double matched_scale(const struct lists *lists, const struct alignment *alignment)
{
    double *ratios = xcalloc(lists->pieces + 1, sizeof *ratios);
    size_t count = 0;
    for (size_t i = 0; i < lists->pieces; i++)
        if (alignment->lines[i] >= 0 && lists->expected[alignment->lines[i]] > 0)
            ratios[count++] =
                lists->scale * lists->seconds[i] / expected_s(lists, (size_t)alignment->lines[i]);
    double scale = count ? median(ratios, count) : lists->scale;
    free(ratios);
    return scale;
}

struct alignment split_align(const double *seconds, size_t piece_count, const nsec *expected,
                             size_t line_count)
{
    struct lists lists = {seconds, piece_count, expected, line_count, 1};
    struct alignment alignment = {.lines = xcalloc(piece_count + 1, sizeof(int)),
                                  .ratios = xcalloc(piece_count + 1, sizeof(double))};
    for (size_t i = 0; i < piece_count; i++)
        alignment.lines[i] = -1;
    if (piece_count + 1 > MOST_CELLS / (line_count + 1))
        return alignment;
    uint8_t *steps = xcalloc((piece_count + 1) * (line_count + 1), sizeof *steps);
    lists.scale = first_scale(&lists);
    double cost = 0;
    for (int pass = 0; pass < 3; pass++) {
        cost = walk(&lists, steps);
        trace(&lists, steps, &alignment);
        lists.scale = matched_scale(&lists, &alignment);
    }
    if (piece_count == line_count && straight_cost(&lists) <= cost + STRAIGHT_MORE) {
        alignment.fits = true;
        for (size_t i = 0; i < piece_count; i++)
            alignment.lines[i] = (int)i;
    }
    for (size_t i = 0; i < piece_count; i++)
        if (alignment.lines[i] >= 0 && expected[alignment.lines[i]] > 0)
            alignment.ratios[i] = seconds[i] / expected_s(&lists, (size_t)alignment.lines[i]);
    free(steps);
    return alignment;
}
