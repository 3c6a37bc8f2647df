/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fill.c: history-fill FILE writes the sessions of stdin into a history. Lines of cells with tabs
 * between them, seconds as whole numbers, "-" for what is not known:
 *   session ROUTINE STARTED PLANNED DONE PAUSED OUTCOME EFFORT FIRST_SIDE TITLE
 *   choice PLACE OPTION
 *   move NAME PAGE SIDE ROUND STARTED PLANNED DONE ADDED SKIPPED FRACTION
 * moves and choices before their session. OUTCOME may be "running": the program then ends as if it
 * were killed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history/history.h"

#define MOST_CELLS 12
#define MOST_ROWS  200

struct row {
    char *line, *cells[MOST_CELLS];
};

static struct row rows[MOST_ROWS];
static size_t row_count;

static const char *text(const struct row *row, int cell)
{
    const char *there = row->cells[cell];
    return there && strcmp(there, "-") != 0 ? there : NULL;
}

static nsec seconds(const struct row *row, int cell)
{
    return row->cells[cell] ? atoll(row->cells[cell]) * NSEC_PER_SEC : 0;
}

static int which(const char *word, const char *const *words, int count)
{
    for (int i = 0; word && i < count; i++) {
        if (words[i] && strcmp(word, words[i]) == 0)
            return i;
    }
    return 0;
}

static void add_row(struct history *history, const struct row *row,
                    const struct history_progress *progress)
{
    if (strcmp(row->cells[0], "choice") == 0) {
        history_add_choice(history, text(row, 1), text(row, 2));
        return;
    }
    const struct history_move move = {.name = text(row, 1),
                                      .page = text(row, 2),
                                      .side = text(row, 3),
                                      .round = (int)(seconds(row, 4) / NSEC_PER_SEC),
                                      .started_ns = seconds(row, 5),
                                      .planned_ns = seconds(row, 6),
                                      .done_ns = seconds(row, 7),
                                      .added_ns = seconds(row, 8),
                                      .skipped = seconds(row, 9) != 0,
                                      .fraction = text(row, 10) ? atof(text(row, 10)) : NAN,
                                      .detail = "normal"};
    history_add_move(history, &move, progress);
}

static void add_session(struct history *history, const struct row *row)
{
    static const char *const outcomes[] = {"running", "finished", "stopped", "interrupted"};
    static const char *const efforts[] = {NULL, "easy", "hard"};
    struct history_session session = {.routine = text(row, 1),
                                      .planned_ns = seconds(row, 3),
                                      .first_side = text(row, 8),
                                      .title = text(row, 9),
                                      .language = "en",
                                      .voice = "calm",
                                      .level = "normal",
                                      .detail = "full",
                                      .seed = 7};
    if (!calendar_parse(row->cells[2], &session.started))
        abort();
    struct history_progress progress = {
        .now = session.started, .done_ns = seconds(row, 4), .paused_ns = seconds(row, 5)};
    progress.now.unix_s += (progress.done_ns + progress.paused_ns) / NSEC_PER_SEC;
    history_begin(history, &session);
    for (size_t i = 0; i < row_count; i++)
        add_row(history, &rows[i], &progress);
    history_update(history, &progress);
    enum history_outcome outcome = (enum history_outcome)which(text(row, 6), outcomes, 4);
    if (outcome == HISTORY_RUNNING)
        _exit(0);
    history_end(history, outcome, &progress);
    history_answer(history, (enum history_effort)which(text(row, 7), efforts, 3));
}

static void forget_rows(void)
{
    for (size_t i = 0; i < row_count; i++)
        free(rows[i].line);
    row_count = 0;
}

static void split(char *line, struct row *row)
{
    int count = 0;
    *row = (struct row){.line = line};
    line[strcspn(line, "\n")] = '\0';
    for (char *cell; count < MOST_CELLS && (cell = strsep(&line, "\t"));)
        row->cells[count++] = cell;
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t capacity = 0;
    struct history *history = argc == 2 ? history_open(argv[1], calendar_now()) : NULL;
    while (history && getline(&line, &capacity, stdin) > 0) {
        struct row row;
        split(strdup(line), &row);
        if (strcmp(row.cells[0], "session") == 0) {
            add_session(history, &row);
            free(row.line);
            forget_rows();
        } else if (row_count < MOST_ROWS) {
            rows[row_count++] = row;
        }
    }
    free(line);
    forget_rows();
    bool kept = history && !history_problem(history);
    history_close(history);
    return kept ? 0 : 1;
}
