/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit.c: makes a session as long as the person has time.
 *
 * 1. Which optional sections to leave out: none if the shortest session with all of them is short
 *    enough; else as few as possible from the last one upwards (found by bisection), then each of
 *    those is taken back, in page order, if the session is still short enough with it.
 * 2. One fraction for all ranges, by bisection.
 * 3. Counts jump: from the longest common fraction that is too short, ranges are lifted one by one
 *    over their next jump while that comes nearer without passing the target; then single ranges
 *    are moved freely until the length is within 1 s.
 * 4. If that is not near enough, 2 and 3 again with other optional sections left out: each alone,
 *    then those of 1 with one more or one fewer, then each pair.
 * Every length is exact (it is asked for) and at most FIT_MAX_CALLS are asked for. */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "plan/expand.h"

#define FIT_MAX_CALLS     400
#define FIT_FIRST_CALLS   240 /* of those, for steps 1 to 3 where there is a step 4 */
#define FIT_OTHER_CALLS   60  /* for each other choice of sections */
#define FIT_RESTORE_CALLS 40
#define FIT_CLOSE_NS      NSEC_PER_SEC
#define FIT_BISECTIONS    16

struct fitting {
    plan_length_fn length;
    void *context;
    nsec target;
    size_t calls, limit;
    bool failed; /* a length could not be told */
    struct arena *arena;
    /* candidate */
    double fraction;
    double *fractions; /* NULL: `fraction` for all */
    bool *dropped;
    size_t optional_count;
    size_t range_count;
    /* the nearest so far */
    nsec best_ns;
    double best_fraction;
    double *best_fractions;
    bool best_single;
};

static bool is_spent(const struct fitting *f)
{
    return f->failed || f->calls >= f->limit;
}

static nsec distance(const struct fitting *f, nsec length)
{
    return length > f->target ? length - f->target : f->target - length;
}

static nsec ask(struct fitting *f)
{
    struct plan_choice choice = {.fraction = f->fraction,
                                 .fractions = f->fractions,
                                 .dropped = f->optional_count > 0 ? f->dropped : NULL};
    f->calls++;
    nsec length = f->length(f->context, &choice);
    if (length < 0)
        f->failed = true;
    return length;
}

/* Asks for the candidate and keeps it if it is the nearest. */
static nsec try_candidate(struct fitting *f)
{
    nsec length = ask(f);
    if (f->failed || (f->best_ns >= 0 && distance(f, length) >= distance(f, f->best_ns)))
        return length;
    f->best_ns = length;
    f->best_fraction = f->fraction;
    f->best_single = f->fractions != NULL;
    if (f->fractions)
        memcpy(f->best_fractions, f->fractions, f->range_count * sizeof *f->fractions);
    return length;
}

static nsec ask_at(struct fitting *f, double fraction)
{
    f->fraction = fraction;
    return ask(f);
}

/* --- 1: optional sections --- */

/* Optional sections in page order that are played at this level at all. */
struct optional_walk {
    enum level level;
    size_t index, count;
    size_t *indices;
};

static void list_optional(struct optional_walk *walk, const struct section *section, bool root,
                          bool played)
{
    played = played && (root || section->level <= walk->level);
    if (section->optional && !root) {
        if (walk->indices && played)
            walk->indices[walk->count] = walk->index;
        walk->count += played;
        walk->index++;
    }
    for (size_t i = 0; i < section->child_count; i++)
        list_optional(walk, &section->children[i], false, played);
}

static void drop_last(struct fitting *f, const struct optional_walk *walk, size_t count)
{
    memset(f->dropped, 0, f->optional_count * sizeof *f->dropped);
    for (size_t i = 0; i < count; i++)
        f->dropped[walk->indices[walk->count - 1 - i]] = true;
}

static bool is_short_enough(const struct fitting *f, nsec length)
{
    return length <= f->target + PLAN_FIT_TOLERANCE_NS;
}

/* Leaves f->dropped as few as possible. */
static void choose_dropped(struct fitting *f, const struct optional_walk *walk)
{
    size_t low = 0, high = walk->count; /* too long with `low` dropped, short enough with `high` */
    while (high - low > 1 && !is_spent(f)) {
        size_t middle = low + (high - low) / 2;
        drop_last(f, walk, middle);
        if (is_short_enough(f, ask_at(f, 0)))
            high = middle;
        else
            low = middle;
    }
    drop_last(f, walk, high);
    for (size_t i = 0; i < walk->count && i < FIT_RESTORE_CALLS && !is_spent(f); i++) {
        bool *dropped = &f->dropped[walk->indices[i]];
        if (!*dropped)
            continue;
        *dropped = false;
        *dropped = !is_short_enough(f, ask_at(f, 0));
    }
}

/* --- 2: one fraction --- */

/* Returns the longest common fraction found that is not too long, and in *above the shortest that
 * is. */
static double bisect_common(struct fitting *f, double *above)
{
    double low = 0, high = 1;
    for (int i = 0; i < FIT_BISECTIONS && !is_spent(f); i++) {
        double middle = (low + high) / 2;
        f->fraction = middle;
        nsec length = try_candidate(f);
        if (f->best_ns == f->target)
            break;
        if (length > f->target)
            high = middle;
        else
            low = middle;
    }
    *above = high;
    return low;
}

/* --- 3: single ranges --- */

static bool is_close(const struct fitting *f)
{
    return is_spent(f) || distance(f, f->best_ns) <= FIT_CLOSE_NS;
}

/* Lifts ranges from `low` to `high`, each if it does not pass the target. */
static void lift_singly(struct fitting *f, double low, double high)
{
    for (size_t i = 0; i < f->range_count; i++)
        f->fractions[i] = low;
    for (size_t i = 0; i < f->range_count && !is_close(f); i++) {
        f->fractions[i] = high;
        if (try_candidate(f) > f->target)
            f->fractions[i] = low;
    }
}

static nsec try_range(struct fitting *f, size_t range, double fraction)
{
    f->fractions[range] = fraction;
    return try_candidate(f);
}

/* Moves one range to where the length comes nearest to the target, or (`past`) just beyond it; the
 * others stay. `now` is the length as they are; returns the new one. A longer range makes a longer
 * session. */
static nsec move_range(struct fitting *f, size_t range, nsec now, bool past)
{
    bool longer = now < f->target;
    double here = f->fractions[range], beyond = longer ? 1 : 0;
    if (here == beyond)
        return now;
    nsec beyond_ns = try_range(f, range, beyond);
    if (f->failed || (longer ? beyond_ns <= f->target : beyond_ns >= f->target))
        return beyond_ns;
    for (int i = 0; i < FIT_BISECTIONS / 2 && !is_close(f); i++) {
        double middle = (here + beyond) / 2;
        nsec length = try_range(f, range, middle);
        if ((length < f->target) == longer) {
            here = middle;
            now = length;
        } else {
            beyond = middle;
            beyond_ns = length;
        }
    }
    bool take_beyond = past || distance(f, beyond_ns) < distance(f, now);
    f->fractions[range] = take_beyond ? beyond : here;
    return take_beyond ? beyond_ns : now;
}

static void return_to_best(struct fitting *f)
{
    memcpy(f->fractions, f->best_fractions, f->range_count * sizeof *f->fractions);
}

static void move_all(struct fitting *f, size_t but, nsec now)
{
    for (size_t i = 0; i < f->range_count && !is_close(f); i++)
        if (i != but)
            now = move_range(f, i, now, false);
}

/* One range after the other; then one just past the target and the others back towards it. */
static void move_singly(struct fitting *f)
{
    return_to_best(f);
    move_all(f, SIZE_MAX, f->best_ns);
    for (size_t i = 0; i < f->range_count && !is_close(f); i++) {
        return_to_best(f);
        move_all(f, i, move_range(f, i, f->best_ns, true));
    }
}

static void tune(struct fitting *f)
{
    double above;
    double below = bisect_common(f, &above);
    if (f->range_count == 0 || is_close(f))
        return;
    f->fraction = f->best_fraction;
    f->fractions = ARENA_ARRAY(f->arena, double, f->range_count);
    f->best_fractions = ARENA_ARRAY(f->arena, double, f->range_count);
    for (size_t i = 0; i < f->range_count; i++)
        f->best_fractions[i] = f->best_fraction;
    lift_singly(f, below, above);
    move_singly(f);
}

/* Steps 2 and 3 for the sections dropped now. */
static void search(struct fitting *f)
{
    f->fraction = 0;
    nsec low = try_candidate(f);
    if (f->failed || low >= f->target)
        return;
    f->fraction = 1;
    nsec high = try_candidate(f);
    if (high > f->target && !is_close(f))
        tune(f);
}

/* --- 4: other optional sections --- */

static bool is_near_enough(const struct fitting *f)
{
    return distance(f, f->best_ns) <= PLAN_FIT_TOLERANCE_NS;
}

/* Searches with what `dropped` leaves out and takes that over if it comes nearer. */
static void search_other(struct fitting *f, const bool *dropped)
{
    struct fitting other = *f;
    if (f->failed || is_near_enough(f) || f->calls + 2 >= FIT_MAX_CALLS)
        return;
    other.dropped = arena_memdup(f->arena, dropped, f->optional_count * sizeof *dropped);
    other.fractions = other.best_fractions = NULL;
    other.best_ns = -1;
    other.best_single = false;
    other.limit = f->calls + FIT_OTHER_CALLS;
    if (other.limit > FIT_MAX_CALLS)
        other.limit = FIT_MAX_CALLS;
    search(&other);
    if (!other.failed && distance(f, other.best_ns) < distance(f, f->best_ns))
        *f = other;
    f->calls = other.calls;
    f->failed = other.failed;
}

static void search_others(struct fitting *f, const struct optional_walk *walk)
{
    bool *chosen = arena_memdup(f->arena, f->dropped, f->optional_count * sizeof *f->dropped);
    bool *dropped = ARENA_ARRAY(f->arena, bool, f->optional_count);
    for (size_t i = 0; i < walk->count; i++) {
        dropped[walk->indices[i]] = true;
        search_other(f, dropped);
        dropped[walk->indices[i]] = false;
    }
    for (size_t i = 0; i < walk->count; i++) {
        bool *toggled = &chosen[walk->indices[i]];
        *toggled = !*toggled;
        search_other(f, chosen);
        *toggled = !*toggled;
    }
    for (size_t i = 0; i < walk->count && !is_near_enough(f); i++) {
        dropped[walk->indices[i]] = true;
        for (size_t k = i + 1; k < walk->count; k++) {
            dropped[walk->indices[k]] = true;
            search_other(f, dropped);
            dropped[walk->indices[k]] = false;
        }
        dropped[walk->indices[i]] = false;
    }
}

static void finish(const struct fitting *f, struct plan_fit *fit)
{
    fit->choice = (struct plan_choice){
        .fraction = f->best_fraction,
        .fractions = f->best_single ? f->best_fractions : NULL,
        .dropped = f->optional_count > 0 ? f->dropped : NULL,
    };
    fit->length_ns = f->best_ns;
    fit->fits = is_near_enough(f);
    for (size_t i = 0; i < f->optional_count; i++)
        fit->dropped_count += f->dropped[i];
}

bool plan_fit_choose(const struct routine *routine, const struct plan_options *options,
                     nsec target_ns, plan_length_fn length, void *context, struct arena *arena,
                     struct plan_fit *fit)
{
    struct fitting f = {.length = length,
                        .context = context,
                        .target = target_ns,
                        .arena = arena,
                        .range_count = routine->range_count,
                        .limit = FIT_MAX_CALLS,
                        .best_ns = -1};
    struct optional_walk walk = {.level = options->level};
    list_optional(&walk, routine->root, true, true);
    f.optional_count = walk.index;
    f.dropped = ARENA_ARRAY(arena, bool, walk.index + 1);
    walk.indices = ARENA_ARRAY(arena, size_t, walk.index + 1);
    walk.count = walk.index = 0;
    list_optional(&walk, routine->root, true, true);
    *fit = (struct plan_fit){.level = options->level};

    fit->longest_ns = ask_at(&f, 1);
    nsec shortest_with_all = ask_at(&f, 0);
    fit->shortest_ns = shortest_with_all;
    if (walk.count > 0 && !f.failed) {
        drop_last(&f, &walk, walk.count);
        fit->shortest_ns = ask_at(&f, 0);
        drop_last(&f, &walk, 0);
    }
    if (f.failed)
        return false;
    if (!is_short_enough(&f, shortest_with_all) && walk.count > 0)
        choose_dropped(&f, &walk);
    bool within = target_ns > fit->shortest_ns && target_ns < fit->longest_ns;
    if (walk.count > 0 && within)
        f.limit = FIT_FIRST_CALLS;
    search(&f);
    if (!f.failed && walk.count > 0 && within)
        search_others(&f, &walk);
    if (f.failed)
        return false;
    finish(&f, fit);
    return true;
}

/* --- for people --- */

struct telling {
    const struct plan_fit *fit;
    FILE *to;
    size_t optional, told;
};

static void tell_dropped(struct telling *t, const struct section *section, bool root)
{
    if (section->optional && !root) {
        bool dropped = t->fit->choice.dropped && t->fit->choice.dropped[t->optional];
        if (dropped)
            fprintf(t->to, "%s%s", t->told++ > 0 ? ", " : "Left out: ", section->name);
        t->optional++;
    }
    for (size_t i = 0; i < section->child_count; i++)
        tell_dropped(t, &section->children[i], false);
}

#define TOLD_RANGES 6

static void tell_range(struct telling *t, const struct section *section, const char *what,
                       const struct range *range, bool is_time)
{
    struct plan_options options = {.choice = t->fit->choice};
    char now[32], low[32], high[32];
    if (range->low >= range->high || t->told++ >= TOLD_RANGES)
        return;
    fprintf(t->to, "%s%s: %s ", t->told > 1 ? "; " : " Chosen: ", section->name, what);
    if (is_time)
        fprintf(t->to, "%s of %s to %s",
                units_format_duration(choice_time(&options, *range), now, sizeof now),
                units_format_duration(range->low, low, sizeof low),
                units_format_duration(range->high, high, sizeof high));
    else
        fprintf(t->to, "%lld of %lld to %lld", (long long)choice_count(&options, *range),
                (long long)range->low, (long long)range->high);
}

static void tell_mark(struct telling *t, const struct section *section, const struct mark *mark)
{
    tell_range(t, section, mark_kind_name(mark->kind), &mark->time, true);
    tell_range(t, section, mark_kind_name(mark->kind), &mark->amount, false);
}

static void tell_blocks(struct telling *t, const struct section *section,
                        const struct block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < blocks[i].span_count; k++)
            if (blocks[i].spans[k].kind == SPAN_MARK)
                tell_mark(t, section, &blocks[i].spans[k].mark);
        tell_blocks(t, section, blocks[i].children, blocks[i].child_count);
    }
}

static void tell_ranges(struct telling *t, const struct section *section, bool root)
{
    bool played = root || section->level <= t->fit->level;
    if (section->optional && !root)
        played = !(t->fit->choice.dropped && t->fit->choice.dropped[t->optional++]) && played;
    if (played) {
        tell_range(t, section, "rounds", &section->rounds, false);
        tell_range(t, section, "sets", &section->sets, false);
        tell_range(t, section, "reps", &section->reps, false);
        tell_range(t, section, "rest", &section->rest, true);
        if (section->bout)
            tell_mark(t, section, section->bout);
        tell_blocks(t, section, section->lead, section->lead_count);
        tell_blocks(t, section, section->before, section->before_count);
        tell_blocks(t, section, section->body, section->body_count);
        tell_blocks(t, section, section->after, section->after_count);
    }
    struct telling silent = *t;
    if (!played) /* optional sections under it are counted all the same */
        silent.told = SIZE_MAX / 2;
    for (size_t i = 0; i < section->child_count; i++)
        tell_ranges(played ? t : &silent, &section->children[i], false);
    if (!played)
        t->optional = silent.optional;
}

void plan_fit_describe(const struct plan_fit *fit, const struct routine *routine, nsec target_ns,
                       FILE *to)
{
    char target[32], length[32], shortest[32], longest[32];
    units_format_duration(target_ns, target, sizeof target);
    nsec rounded = (fit->length_ns + NSEC_PER_SEC / 2) / NSEC_PER_SEC * NSEC_PER_SEC;
    units_format_duration(rounded, length, sizeof length);
    if (fit->fits)
        fprintf(to, "The session takes %s.", length);
    else if (target_ns > fit->shortest_ns && target_ns < fit->longest_ns)
        fprintf(to, "Nothing comes nearer to %s than %s.", target, length);
    else
        fprintf(to,
                "%s cannot be reached: the shortest session is %s, the longest %s; this one takes "
                "%s.",
                target,
                units_format_duration(fit->shortest_ns / NSEC_PER_SEC * NSEC_PER_SEC, shortest,
                                      sizeof shortest),
                units_format_duration(fit->longest_ns / NSEC_PER_SEC * NSEC_PER_SEC, longest,
                                      sizeof longest),
                length);
    struct telling t = {.fit = fit, .to = to};
    if (fit->dropped_count > 0) {
        fputc(' ', to);
        tell_dropped(&t, routine->root, true);
        fputs(" (optional).", to);
    }
    if (routine->range_count > 0) {
        t = (struct telling){.fit = fit, .to = to};
        tell_ranges(&t, routine->root, true);
        if (t.told > TOLD_RANGES)
            fprintf(to, " and %zu more", t.told - TOLD_RANGES);
        if (t.told > 0)
            fputc('.', to);
    }
    fputc('\n', to);
}
