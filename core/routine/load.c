/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load.c: diagnostics, limits and marks while a routine is being read. */
#include "routine/load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "routine/mark_reader.h"

__attribute__((format(printf, 5, 0))) static void report(struct load *load, enum severity severity,
                                                         struct place place, const char *hint,
                                                         const char *format, va_list args)
{
    char *message = NULL;
    if (vasprintf(&message, format, args) < 0)
        message = xstrdup(format);
    diags_add(load->diags, severity, place, hint, "%s", message);
    free(message);
}

void load_error(struct load *load, struct place place, const char *hint, const char *format, ...)
{
    va_list args;
    load->failed = true;
    va_start(args, format);
    report(load, SEVERITY_ERROR, place, hint, format, args);
    va_end(args);
}

void load_warn(struct load *load, struct place place, const char *hint, const char *format, ...)
{
    va_list args;
    if (load->quiet)
        return;
    va_start(args, format);
    report(load, SEVERITY_WARNING, place, hint, format, args);
    va_end(args);
}

char *load_text(struct load *load, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = xstrdup("");
    va_end(args);
    char *copy = arena_strdup(load->arena, text);
    free(text);
    return copy;
}

bool load_count(struct load *load, size_t pieces, struct place place)
{
    if (load->stopped)
        return false;
    load->piece_count += pieces;
    if (load->piece_count <= ROUTINE_MAX_BLOCKS)
        return true;
    load->stopped = true;
    load_error(load, place, "split it into several routines",
               "the routine is too big: more than %d pieces of text and marks", ROUTINE_MAX_BLOCKS);
    return false;
}

static bool has_sound_file(struct load *load, const char *name)
{
    static const char *const endings[] = {"wav", "flac", "ogg", "opus", "mp3", "aiff"};
    for (size_t i = 0; load->sounds && i < sizeof endings / sizeof *endings; i++)
        if (file_exists(load_text(load, "%s/%s.%s", load->sounds, name, endings[i])))
            return true;
    return false;
}

static bool sound_exists(void *context, const char *name)
{
    struct load *load = context;
    if (load->options && load->options->sound_exists)
        return load->options->sound_exists(load->options->sound_context, load->sounds, name);
    return has_sound_file(load, name) || mark_is_builtin_sound(name);
}

bool load_mark(struct load *load, const char *text, size_t length, struct place place,
               struct mark *mark)
{
    bool music = length > 5 && memcmp(text, "music", 5) == 0; /* beds are not only files */
    bool own = (load->options && load->options->sound_exists) || (load->sounds && !music);
    if (mark_parse(text, length, place, load->arena, load->diags, own ? sound_exists : NULL, load,
                   mark))
        return true;
    load->failed = true;
    return false;
}

void load_free(struct load *load)
{
    vec_free(&load->pages);
}
