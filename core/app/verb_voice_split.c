/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_voice_split.c: one long recording becomes clips. */
#include <stdlib.h>
#include <string.h>

#include "app/verbs.h"
#include "app/voicework.h"
#include "base/file.h"
#include "base/str.h"
#include "studio/cutlist.h"

struct splitting {
    struct voicework work;
    const char *recording;
    struct cutlist list;
    struct split_ear *ear;
    struct split_result result;
    bool fine;
};

/* "3:12.4" */
static const char *clock_text(struct splitting *splitting, frames at)
{
    double seconds = (double)at / splitting->result.rate_hz;
    int minutes = (int)(seconds / 60);
    return arena_printf(splitting->work.app.arena, "%d:%04.1f", minutes, seconds - 60 * minutes);
}

/* --- reading --- */

static int read_list(struct splitting *splitting)
{
    const struct request *request = splitting->work.app.request;
    char *error = NULL;
    if (!request->script) {
        fprintf(stderr,
                "limber: error: --script LIST is missing: the list that was read from\n"
                "limber voice script %s writes one\n",
                request->arguments[0]);
        return EXIT_USAGE;
    }
    enum limber_status status = cutlist_read(request->script, splitting->work.pack,
                                             splitting->work.app.arena, &splitting->list, &error);
    if (status == LIMBER_OK)
        return -1;
    fprintf(stderr, "limber: error: %s\n", error ? error : status_text(status));
    free(error);
    return status == LIMBER_NOT_FOUND ? EXIT_USAGE : exit_status_of(status);
}

static int listen(struct splitting *splitting)
{
    enum limber_status status = cutlist_listen(splitting->work.pack, splitting->recording,
                                               &splitting->ear, &splitting->fine);
    if (status == LIMBER_OK)
        return -1;
    if (status == LIMBER_LIMIT)
        fprintf(stderr, "limber: error: %s is longer than %.0f hours: cut it in two\n",
                splitting->recording, CUTLIST_MOST_SECONDS / 3600);
    else
        fprintf(stderr, "limber: error: %s cannot be read as a recording: %s\n",
                splitting->recording, status_text(status));
    return status == LIMBER_NOT_FOUND ? EXIT_USAGE
           : status == LIMBER_INVALID || status == LIMBER_UNSUPPORTED || status == LIMBER_LIMIT
               ? EXIT_ROUTINE
               : EXIT_RUNTIME;
}

/* --- telling --- */

static void print_cuts(struct splitting *splitting)
{
    const struct split_result *result = &splitting->result;
    puts("   from       to   length  expected  number  text");
    for (size_t i = 0; i < result->count; i++) {
        const struct split_piece *piece = &result->pieces[i];
        double length = (double)(piece->end - piece->start) / result->rate_hz;
        printf("%7s  %7s  %5.2f s", clock_text(splitting, piece->start),
               clock_text(splitting, piece->end), length);
        if (piece->line < 0) {
            puts("         -       -  (of no line)");
            continue;
        }
        const struct cut_line *line = &splitting->list.lines[piece->line];
        printf("   %5.2f s  %6d  %s\n", piece->ratio > 0 ? length / piece->ratio : 0, line->number,
               line->text);
    }
}

/* Where in the recording the line of the trouble would be. */
static const char *trouble_time(struct splitting *splitting)
{
    const struct split_result *result = &splitting->result;
    frames at = 0;
    for (size_t i = 0; i < result->count; i++) {
        const struct split_piece *piece = &result->pieces[i];
        if (result->extra && piece->line < 0 && at > 0)
            return clock_text(splitting, piece->start);
        if (piece->line >= (int)result->trouble)
            break;
        at = piece->end;
    }
    return clock_text(splitting, at);
}

static void tell_mismatch(struct splitting *splitting)
{
    const struct split_result *result = &splitting->result;
    const struct cutlist *list = &splitting->list;
    size_t trouble = result->trouble < list->count ? result->trouble : list->count - 1;
    fprintf(stderr, "limber: error: the recording has %zu piece%s, the list %zu sentence%s\n",
            result->count, result->count == 1 ? "" : "s", list->count, list->count == 1 ? "" : "s");
    if (result->trouble > 0)
        fprintf(stderr, "Up to number %d the lengths fit what one would expect.\n",
                list->lines[result->trouble - 1].number);
    if (result->extra && result->trouble >= list->count)
        fprintf(stderr, "After it, at %s, there is something too many.\n", trouble_time(splitting));
    else
        fprintf(stderr, "%s number %d (\"%.60s\"), at %s, %s.\n", result->extra ? "Before" : "At",
                list->lines[trouble].number, list->lines[trouble].text, trouble_time(splitting),
                result->extra ? "there seems to be something too many: a sentence said twice, or "
                                "a noise"
                              : "a sentence seems to be missing, or joined to the one before");
    fputs("--dry-run shows all pieces. Cut the recording there, or take the line out of the list; "
          "--partial keeps what fits.\n",
          stderr);
}

static void tell_doubts(struct splitting *splitting)
{
    const struct split_result *result = &splitting->result;
    size_t noises = result->clicks;
    for (size_t i = 0; i < result->count; i++) {
        const struct split_piece *piece = &result->pieces[i];
        noises += piece->line < 0 && result->fit == SPLIT_FITS;
        if (piece->line < 0 || piece->ratio <= 0 || (piece->ratio < 2.2 && piece->ratio > 0.45))
            continue;
        const struct cut_line *line = &splitting->list.lines[piece->line];
        fprintf(stderr,
                "limber: warning: number %d (\"%.60s\"), at %s, is %.1f s long; expected were "
                "about %.1f s\n",
                line->number, line->text, clock_text(splitting, piece->start),
                (double)(piece->end - piece->start) / result->rate_hz,
                (double)(piece->end - piece->start) / result->rate_hz / piece->ratio);
    }
    if (noises && !splitting->work.app.request->quiet)
        fprintf(stderr, "%zu noise%s between the sentences left out.\n", noises,
                noises == 1 ? " was" : "s were");
}

/* −1: cut; else the exit status. */
static int judge(struct splitting *splitting)
{
    const struct split_result *result = &splitting->result;
    const char *name = splitting->recording;
    switch (result->fit) {
    case SPLIT_SILENT:
        fprintf(stderr, "limber: error: nothing is heard in %s\n", name);
        return EXIT_ROUTINE;
    case SPLIT_NOISE:
        fprintf(stderr,
                "limber: error: in %s pauses cannot be told from speech: they are hardly quieter "
                "(%.0f dBFS and %.0f dBFS)\nRecord in a quieter room, and leave 1.5 s between "
                "sentences.\n",
                name, result->floor_db, result->speech_db);
        return EXIT_ROUTINE;
    case SPLIT_UNLIKE:
    case SPLIT_MISMATCH:
        tell_mismatch(splitting);
        return splitting->work.app.request->partial ? -1 : EXIT_ROUTINE;
    case SPLIT_FITS:
        break;
    }
    tell_doubts(splitting);
    return -1;
}

/* --- writing --- */

/* Clips that are there already are not lost by mistake. */
static int keep_old(struct splitting *splitting)
{
    const struct request *request = splitting->work.app.request;
    const char *folder = splitting->work.voice->folder, *first = NULL;
    size_t count = 0;
    for (size_t i = 0; i < splitting->result.count; i++) {
        int line = splitting->result.pieces[i].line;
        if (line < 0)
            continue;
        const char *file = splitting->list.lines[line].file;
        if (!file_exists(file_join(splitting->work.app.arena, folder, file)))
            continue;
        first = first ? first : file;
        count++;
    }
    if (count == 0 || request->force)
        return -1;
    fprintf(stderr,
            "limber: error: %zu of the files %s there already, such as %s\n"
            "--force replaces them.\n",
            count, count == 1 ? "is" : "are", first);
    return EXIT_USAGE;
}

static void show_cut(void *context, size_t done, size_t total)
{
    fprintf(stderr, "\rcutting %zu of %zu\033[K%s", done, total, done == total ? "\r\033[K" : "");
}

static int write_clips(struct splitting *splitting)
{
    struct voicework *work = &splitting->work;
    const struct request *request = work->app.request;
    bool show = app_columns(stderr) > 0 && !request->quiet;
    char *error = NULL;
    size_t written = 0;
    int status = keep_old(splitting);
    if (status >= 0)
        return status;
    enum limber_status done = cutlist_write(
        work->app.registry, work->pack, splitting->recording, &splitting->list, &splitting->result,
        splitting->fine ? 24 : 16, show ? show_cut : NULL, NULL, &written, &error);
    if (done != LIMBER_OK)
        fprintf(stderr, "limber: error: %s\n", error ? error : status_text(done));
    else if (!request->quiet)
        printf("%zu clip%s written into %s\nNow: limber voice check %s\n", written,
               written == 1 ? "" : "s", work->voice->folder, work->voice->name);
    free(error);
    return done == LIMBER_OK ? EXIT_DONE : EXIT_RUNTIME;
}

static int run_split(const struct request *request)
{
    struct splitting splitting = {.recording = request->arguments[1]};
    int status = voicework_open(&splitting.work, request, request->arguments[0], true);
    if (status < 0)
        status = read_list(&splitting);
    if (status < 0)
        status = listen(&splitting);
    if (status < 0) {
        struct arena *arena = splitting.work.app.arena;
        splitting.result = split_find(splitting.ear, cutlist_expected(&splitting.list, arena),
                                      splitting.list.count, arena);
        if (request->dry_run)
            print_cuts(&splitting);
        status = judge(&splitting);
    }
    if (status < 0)
        status = request->dry_run ? EXIT_DONE : write_clips(&splitting);
    split_ear_destroy(splitting.ear);
    voicework_close(&splitting.work);
    return status;
}

const struct verb verb_voice_split = {
    .name = "voice split",
    .arguments = "NAME RECORDING",
    .summary = "cut one long recording into clips at the pauses",
    .details =
        "The recording holds the sentences of the list, in its order, with at least 1.5 s between "
        "them. Each becomes a clip of the voice, under the name that the list gives it, with a "
        "row in the voice's table. Clicks and short noises in the pauses are left out. When "
        "recording and list do not match, it says where they part, and nothing is written.\n\n"
        "Examples:\n"
        "  limber voice split anna evening.wav --script anna-script.csv --dry-run\n"
        "  limber voice split anna evening.wav --script anna-script.csv\n",
    .options = (const enum option_id[]){OPTION_SCRIPT, OPTION_DRY_RUN, OPTION_PARTIAL, OPTION_FORCE,
                                        OPTION_LANGUAGE, OPTION_QUIET, OPTION_SET,
                                        OPTION_PLUGIN_PATH, OPTION_HELP},
    .complete = COMPLETE_VOICE_FILE,
    .minimum = 2,
    .maximum = 2,
    .run = run_split,
};
