/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_voice_script.c: what is to be recorded, as a page to read aloud and as a list. */
#include <stdlib.h>
#include <string.h>

#include "app/verbs.h"
#include "app/voicework.h"
#include "base/file.h"
#include "base/str.h"
#include "studio/sheet.h"

/* The files to write; NULL: not that one. */
struct outputs {
    const char *page, *list;
    bool html;
};

static struct outputs outputs_of(struct voicework *work)
{
    struct arena *arena = work->app.arena;
    const char *to = work->app.request->file, *name = work->voice->name;
    const char *folder = !to ? "" : file_is_folder(to) || str_ends_with(to, "/") ? to : NULL;
    if (folder) {
        const char *stem = file_join(arena, folder, arena_printf(arena, "%s-script", name));
        return (struct outputs){arena_printf(arena, "%s.html", stem),
                                arena_printf(arena, "%s.csv", stem), true};
    }
    if (strcmp(to, "-") == 0)
        return (struct outputs){.page = to};
    if (str_ends_with(to, ".csv"))
        return (struct outputs){.list = to};
    const char *dot = strrchr(to, '.'), *slash = strrchr(to, '/');
    size_t stem = dot && (!slash || dot > slash) ? (size_t)(dot - to) : strlen(to);
    return (struct outputs){to, arena_printf(arena, "%.*s.csv", (int)stem, to),
                            str_ends_with(to, ".html") || str_ends_with(to, ".htm")};
}

static int write_page(const struct sheet *sheet, const struct sheet_title *title,
                      const struct outputs *outputs)
{
    struct result_file result;
    int status = result_open(outputs->page, &result);
    if (status >= 0)
        return status;
    if (outputs->html)
        sheet_write_html(sheet, title, result.stream);
    else
        sheet_write_markdown(sheet, title, result.stream);
    return result_close(outputs->page, &result, LIMBER_OK);
}

static int write_list(const struct sheet *sheet, const char *path)
{
    struct result_file result;
    int status = result_open(path, &result);
    if (status >= 0)
        return status;
    sheet_write_csv(sheet, result.stream);
    return result_close(path, &result, LIMBER_OK);
}

static void tell(const struct voicework *work, const struct sheet *sheet,
                 const struct outputs *outputs)
{
    if (work->app.request->quiet)
        return;
    FILE *to = outputs->page && strcmp(outputs->page, "-") == 0 ? stderr : stdout;
    fprintf(to, "%zu sentence%s to record", sheet->count, sheet->count == 1 ? "" : "s");
    if (sheet->composed)
        fprintf(to, "; %zu more with numbers can be put together from them (--whole lists them)",
                sheet->composed);
    fputs(".\n", to);
    if (outputs->page && to == stdout)
        fprintf(to, "Read from   %s\n", outputs->page);
    if (outputs->list)
        fprintf(to, "The list    %s\nThen        limber voice split %s RECORDING --script %s\n",
                outputs->list, work->voice->name, outputs->list);
}

static void warn_of_others(const struct voicework *work)
{
    for (size_t i = 0; i < needs_routine_count(work->needs); i++) {
        const struct needs_routine *routine = needs_routine(work->needs, i);
        if (routine->foreign > 0 && work->app.request->arguments[1])
            fprintf(stderr,
                    "limber: warning: %zu sentences of %s are in another language (the page is in "
                    "\"%s\", the voice speaks \"%s\") and are not in the list\n",
                    routine->foreign, routine->name, routine->language, work->language);
    }
}

static int write_all(struct voicework *work)
{
    const struct request *request = work->app.request;
    const struct sheet_options options = {.all = request->all, .whole = request->whole};
    struct sheet sheet = sheet_new(work->app.arena, work->needs, work->pack, &options);
    struct outputs outputs = outputs_of(work);
    const struct sheet_title title = {.voice = work->voice->name,
                                      .language = work->language,
                                      .list = outputs.list ? outputs.list : "LIST.csv"};
    warn_of_others(work);
    if (sheet.count == 0) {
        printf("Nothing is missing: the voice \"%s\" can say all of it.\n", work->voice->name);
        return EXIT_DONE;
    }
    if (request->file && str_ends_with(request->file, "/") &&
        file_make_folders(request->file) != LIMBER_OK) {
        fprintf(stderr, "limber: error: the folder %s cannot be made\n", request->file);
        return EXIT_RUNTIME;
    }
    int status = outputs.list ? write_list(&sheet, outputs.list) : EXIT_DONE;
    if (status == EXIT_DONE && outputs.page)
        status = write_page(&sheet, &title, &outputs);
    if (status == EXIT_DONE)
        tell(work, &sheet, &outputs);
    return status;
}

static int run_script(const struct request *request)
{
    struct voicework work;
    int status = voicework_open(&work, request, request->arguments[0], true);
    if (status < 0)
        status = voicework_needs(&work, request->arguments + 1, true);
    if (status < 0)
        status = write_all(&work);
    voicework_close(&work);
    return status;
}

const struct verb verb_voice_script = {
    .name = "voice script",
    .arguments = "NAME [ROUTINE…]",
    .summary = "list what is to be recorded for a voice",
    .details =
        "Finds every sentence that the routines can make the voice say, at every level and detail "
        "and whatever they pick or shuffle, and what the player says by itself in that language, "
        "and writes those that the voice does not have yet: as a page to read aloud from, and as "
        "a list with the name of the file for each. Without a routine, all routines in the "
        "language of the voice count.\n\n"
        "Sentences with numbers are not listed when they can be put together from number words "
        "and parts (\"Round …\", \"… of …\"), which are.\n\n"
        "Examples:\n"
        "  limber voice script anna upper-back-relief\n"
        "  limber voice script anna upper-back-relief desk-break -o ~/recording/\n"
        "  limber voice script anna -o everything.md --all --whole\n",
    .options = (const enum option_id[]){OPTION_SHEET, OPTION_ALL, OPTION_WHOLE, OPTION_LANGUAGE,
                                        OPTION_QUIET, OPTION_SET, OPTION_PLUGIN_PATH, OPTION_HELP},
    .complete = COMPLETE_VOICE_ROUTINES,
    .minimum = 1,
    .maximum = -1,
    .run = run_script,
};
