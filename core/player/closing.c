/* SPDX-License-Identifier: GPL-3.0-or-later */
/* closing.c: words at the end of a session about all of them together. Warm, and never a word about
 * what was not done: days in a row when there are some, else what there was this week. */
#include "coach/coach.h"
#include "plan/phrases.h"
#include "player/diary.h"

#define MOST 2

/* The days with today among them. */
static size_t days_with_today(struct history *history, calendar_day today, struct arena *arena,
                              struct history_day **all)
{
    const struct history_filter filter = {0};
    struct history_day *days = NULL;
    size_t count = history_days(history, &filter, arena, &days);
    struct history_day *with = ARENA_ARRAY(arena, struct history_day, count + 1);
    for (size_t i = 0; i < count; i++)
        with[i] = days[i];
    if (count == 0 || with[count - 1].day != today)
        with[count++] = (struct history_day){.day = today};
    *all = with;
    return count;
}

static const char *number_phrase(const struct phrases *phrases, struct arena *arena,
                                 const char *key, size_t number)
{
    const char *const pairs[] = {"number", arena_printf(arena, "%zu", number), NULL};
    return phrases_say(phrases, arena, key, pairs);
}

/* `days` in order, this session among them as finished. */
static const char *sentence(const struct phrases *phrases, struct arena *arena,
                            const struct history_day *days, size_t count, calendar_day today)
{
    struct history_streak streak = history_streak(days, count, today);
    calendar_day monday = calendar_monday(today);
    size_t week = history_total(days, count, monday, today).sessions;
    bool again = days[count - 1].sessions > 1; /* today already: the day was counted then */
    bool fresh = count == 1 || today - days[count - 2].day >= COACH_BREAK_DAYS;
    if (!again && streak.days >= 2)
        return number_phrase(phrases, arena, "answer.days", (size_t)streak.days);
    if (!again && fresh)
        return number_phrase(phrases, arena, "answer.days", 1);
    return number_phrase(phrases, arena, "answer.sessions", week);
}

const char *const *diary_closing(struct history *history, const char *language, struct moment now,
                                 struct arena *arena)
{
    const char **sentences = ARENA_ARRAY(arena, const char *, MOST);
    const char *folders = phrases_folders(arena);
    if (!history_is_readable(history) || !folders)
        return sentences;
    calendar_day today = calendar_day_of(now);
    struct history_day *days = NULL;
    size_t count = days_with_today(history, today, arena, &days);
    if (days[count - 1].day != today)
        return sentences; /* the clock was set back */
    days[count - 1].finished++;
    if (history_session_id(history) == 0 || days[count - 1].sessions == 0)
        days[count - 1].sessions++;
    struct diags *diags = diags_new(); /* told when the page was planned */
    struct phrases *phrases = phrases_load(folders, language, diags);
    const char *text = phrases ? sentence(phrases, arena, days, count, today) : NULL;
    if (text) /* one without placeholders is the phrases' own */
        sentences[0] = arena_strdup(arena, text);
    phrases_destroy(phrases);
    diags_destroy(diags);
    return sentences;
}
