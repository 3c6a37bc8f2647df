/* SPDX-License-Identifier: GPL-3.0-or-later */
/* split.c: the pauses that part sentences: those above the widest gap between the lengths of all
 * pauses, near the number that the list asks for. */
#include "studio/split.h"

#include <math.h>
#include <stdlib.h>

#include "studio/split_inside.h"
#include "studio/take.h"

#define PAUSE_LEAST    20  /* steps: shorter ones are never between sentences */
#define PAUSE_WITHIN   12  /* shorter ones are not seen at all */
#define PAUSE_OUTER    300 /* what the silence around the whole counts as */
#define COUNT_WEIGHT   4.0
#define EXACT_BONUS    0.1
#define PAUSE_UNLISTED 70 /* without a list */

static int longest_first(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return (left < right) - (left > right);
}

/* How well it parts if the `k` longest pauses are those between sentences. */
static double score(const size_t *pauses, size_t count, size_t k, size_t wanted)
{
    double longer = k > 0 ? (double)pauses[k - 1] : PAUSE_OUTER;
    double shorter = k < count ? (double)pauses[k] : PAUSE_WITHIN;
    if (k == 0 && count > 0 && pauses[0] * 1.5 > longer)
        longer = (double)pauses[0] * 1.5;
    double off = fabs(log((double)(k + 1) / (double)wanted));
    return log(longer / shorter) - COUNT_WEIGHT * off + (k + 1 == wanted ? EXACT_BONUS : 0);
}

/* The shortest pause, in steps, that parts two sentences. */
static size_t choose_pause(const stretch_list *list, size_t wanted)
{
    size_t count = list->count - 1, best = 0;
    if (wanted == 0)
        return PAUSE_UNLISTED;
    size_t *pauses = xcalloc(count + 1, sizeof *pauses);
    for (size_t i = 0; i < count; i++)
        pauses[i] = list->items[i + 1].start - list->items[i].end;
    qsort(pauses, count, sizeof *pauses, longest_first);
    double most = -INFINITY;
    for (size_t k = 0; k <= count && (k == 0 || pauses[k - 1] >= PAUSE_LEAST); k++) {
        if (k > 0 && k < count && pauses[k - 1] == pauses[k])
            continue;
        double value = score(pauses, count, k, wanted);
        if (value > most) {
            most = value;
            best = k;
        }
    }
    size_t pause = best > 0 ? pauses[best - 1] : count > 0 ? pauses[0] + 1 : PAUSE_UNLISTED;
    free(pauses);
    return pause;
}

static void join(stretch_list *list, size_t pause)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (kept && list->items[i].start - list->items[kept - 1].end < pause)
            list->items[kept - 1].end = list->items[i].end;
        else
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
}

/* Where to cut: a little of the pause, at most half of it. */
static void set_cuts(struct split_piece *pieces, size_t count, frames length, uint32_t rate_hz)
{
    frames before = frames_from_ns(TAKE_BEFORE_NS, rate_hz);
    frames after = frames_from_ns(TAKE_AFTER_NS, rate_hz);
    for (size_t i = 0; i < count; i++) {
        frames lead = pieces[i].start - (i > 0 ? pieces[i - 1].end : 0);
        frames tail = (i + 1 < count ? pieces[i + 1].start : length) - pieces[i].end;
        lead = i > 0 ? lead / 2 : lead;
        tail = i + 1 < count ? tail / 2 : tail;
        pieces[i].from = pieces[i].start - (lead < before ? lead : before);
        pieces[i].to = pieces[i].end + (tail < after ? tail : after);
    }
}

static struct split_piece *make_pieces(const struct split_ear *ear, const stretch_list *list,
                                       struct arena *arena)
{
    frames step = split_rate(ear) * SPLIT_STEP_MS / 1000;
    struct split_piece *pieces = ARENA_ARRAY(arena, struct split_piece, list->count + 1);
    for (size_t i = 0; i < list->count; i++)
        pieces[i] = (struct split_piece){.start = (frames)list->items[i].start * step,
                                         .end = (frames)list->items[i].end * step,
                                         .line = -1};
    set_cuts(pieces, list->count, split_heard(ear), split_rate(ear));
    return pieces;
}

static void fit_to_list(struct split_result *result, struct split_piece *pieces,
                        const nsec *expected, size_t line_count)
{
    double *seconds = xcalloc(result->count + 1, sizeof *seconds);
    for (size_t i = 0; i < result->count; i++)
        seconds[i] = (double)(pieces[i].end - pieces[i].start) / (double)result->rate_hz;
    struct alignment alignment = split_align(seconds, result->count, expected, line_count);
    for (size_t i = 0; i < result->count; i++) {
        pieces[i].line = alignment.lines[i];
        pieces[i].ratio = alignment.ratios[i];
    }
    result->fit = alignment.fits                ? SPLIT_FITS
                  : result->count == line_count ? SPLIT_UNLIKE
                                                : SPLIT_MISMATCH;
    result->trouble = alignment.trouble;
    result->extra = alignment.extra;
    free(alignment.lines);
    free(alignment.ratios);
    free(seconds);
}

struct split_result split_find(const struct split_ear *ear, const nsec *expected, size_t count,
                               struct arena *arena)
{
    struct heard heard = split_stretches(ear);
    struct split_result result = {.fit = SPLIT_FITS,
                                  .clicks = heard.clicks,
                                  .floor_db = heard.floor_db,
                                  .speech_db = heard.speech_db,
                                  .rate_hz = split_rate(ear)};
    if (heard.silent || heard.noisy || heard.stretches.count == 0) {
        result.fit = heard.silent || !heard.noisy ? SPLIT_SILENT : SPLIT_NOISE;
        vec_free(&heard.stretches);
        return result;
    }
    size_t pause = choose_pause(&heard.stretches, count);
    join(&heard.stretches, pause);
    struct split_piece *pieces = make_pieces(ear, &heard.stretches, arena);
    result.pieces = pieces;
    result.count = heard.stretches.count;
    result.pause_ns = (nsec)pause * SPLIT_STEP_MS * NSEC_PER_MSEC;
    if (count > 0)
        fit_to_list(&result, pieces, expected, count);
    vec_free(&heard.stretches);
    return result;
}
