/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fresh.c: written into a hidden folder beside, then renamed. */
#include "studio/fresh.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "limber/plugin.h"
#include "studio/packs.h"

#define WIDTH 88 /* of the comments about options */

const char *fresh_name_problem(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > FRESH_NAME_MOST)
        return "a voice's name has 1 to 64 characters";
    if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
        return "a voice's name has small letters a to z, digits and - only";
    if (name[0] == '-' || name[length - 1] == '-')
        return "a voice's name does not begin or end with -";
    return NULL;
}

static bool is_recorded(const struct fresh_options *options)
{
    return (options->engine->flags & LIMBER_PLUGIN_RECORDED) != 0;
}

/* --- voice.yaml --- */

static void comment(struct str *to, const char *text)
{
    str_printf(to, "\n# %s\n", text);
}

/* Comment lines of the options, cut between words. */
static void explain(struct str *to, const char *text)
{
    size_t column = WIDTH;
    for (const char *word = text; *word;) {
        size_t length = strcspn(word, " ");
        if (column + 1 + length > WIDTH) {
            str_add(to, to->data[to->length - 1] == '\n' ? "#   #" : "\n#   #");
            column = 5;
        }
        str_printf(to, " %.*s", (int)length, word);
        column += 1 + length;
        word += length;
        word += strspn(word, " ");
    }
    str_add(to, "\n");
}

/* The engine's own options, each switched off by a '#' and with its default. */
static void engine_options(struct str *to, const struct limber_option *option)
{
    if (!option || !option->name)
        return;
    comment(to, "The engine's own options; take away the # before `options:` and before those you\n"
                "# set.");
    str_add(to, "# options:\n");
    for (; option->name; option++) {
        struct str line = {0};
        str_add(&line, option->help);
        for (size_t i = 0; option->choices && option->choices[i]; i++)
            str_printf(&line, "%s%s", i ? ", " : ": ", option->choices[i]);
        if (!option->choices && option->minimum < option->maximum)
            str_printf(&line, ": %g to %g", option->minimum, option->maximum);
        if (option->unit)
            str_printf(&line, " (%s)", option->unit);
        explain(to, line.data);
        str_free(&line);
        str_printf(to, "#   %s: %s\n", option->name, option->fallback ? option->fallback : "…");
    }
}

static void made_speech(const struct fresh_options *options, struct str *to)
{
    comment(to, "The engine's own name for a voice and for its timbre, if it has several.");
    str_add(to, "# voice: …\n# variant: …\n");
    comment(to,
            "Words a minute (130 to 150 is calm), pitch and liveliness (0 to 100, 50 is normal).");
    str_add(to, "# rate: 140\n# pitch: 45\n# range: 40\n");
    comment(to, "Words that it says wrongly: a file beside this one, see docs/voices.md.");
    str_add(to, "# dictionary: words.yaml\n");
    engine_options(to, options->engine->options);
}

static void recorded_speech(const struct fresh_options *options, struct str *to)
{
    comment(to, "Whose voice it is, and that she or he agreed to its being used and handed on.");
    str_add(to, "# consent: recorded and released by the speaker\n");
    engine_options(to, options->engine->options);
}

static void voice_file(const struct fresh_options *options, struct str *to)
{
    str_printf(
        to, "# The voice %s. A line that begins with # is not read; take the # away to use it.\n",
        options->name);
    comment(to, "The languages it speaks, the main one first: en, en-GB, de …");
    str_printf(to, "languages: [%s]\n", options->language);
    comment(to, is_recorded(options)
                    ? "What speaks: the recordings in clips/, as the table " PACK_TABLE
                      " lists them."
                    : "What speaks: `limber plugins` lists the engines.");
    str_printf(to, "engine: %s\n", options->engine->id);
    comment(to, "What it is like, in one line, for `limber voices`.");
    str_add(to, "# description: a calm voice\n");
    comment(to,
            "Who made it, which version this is, and what others may do with it. Say this before\n"
            "# you hand it on.");
    str_add(to, "# author: …\n# version: 1.0\n# license: CC-BY-4.0\n");
    comment(to, "The voice that says what this one cannot; without it, the language's own one.");
    str_add(to, "# fallback: …\n");
    comment(to, "Louder or softer than other voices, in dB. All voices are equally loud at 0.");
    str_add(to, "# gain: 0\n");
    if (is_recorded(options))
        recorded_speech(options, to);
    else
        made_speech(options, to);
}

/* --- README.txt --- */

static void readme(const struct fresh_options *options, struct str *to)
{
    const char *name = options->name;
    bool english = strncmp(options->language, "en", 2) == 0; /* as the page is */
    str_printf(to, "%s: a voice for Limber\n\n", name);
    if (is_recorded(options)) {
        str_printf(
            to,
            "1. What is there to say? This writes a page to read aloud and a list, with every\n"
            "   sentence that the routine needs and this voice does not have yet:\n\n"
            "       limber voice script %s upper-back-relief\n\n"
            "2. Record, in a quiet room, a hand's width from the microphone. Sentence by\n"
            "   sentence (what is kept is kept, you can stop at any time):\n\n"
            "       limber voice record %s upper-back-relief\n\n"
            "   or all of it in one go, with a pause of two seconds after each sentence:\n\n"
            "       limber voice split %s long.wav --script %s-script.csv\n\n"
            "   A table by hand is fine, too: " PACK_TABLE
            " has one line a clip, its text and its\n"
            "   file. WAV, FLAC, Ogg, Opus and MP3 will do, at any rate.\n\n",
            name, name, name, name);
        str_printf(to,
                   "3. Look it over: what is missing, too loud, too noisy, clipped.\n\n"
                   "       limber voice check %s upper-back-relief\n\n",
                   name);
    } else {
        str_printf(to,
                   "1. Set it up: every line of voice.yaml is explained there.\n\n"
                   "2. See whether it can be used, and why not:\n\n"
                   "       limber voices\n\n"
                   "3. What it cannot say, another voice says:\n\n"
                   "       limber voice check %s upper-back-relief\n\n",
                   name);
    }
    str_printf(to,
               "4. Listen.\n\n"
               "       limber voice try %s\n"
               "       limber play upper-back-relief --voice %s%s%s\n\n"
               "5. Hand it on, when voice.yaml says who made it and its license:\n\n"
               "       limber voice pack %s\n\n"
               "This file may be deleted.\n",
               name, name, english ? "" : " --language ", english ? "" : options->language, name);
}

/* --- the folder --- */

static bool write_file(const char *folder, const char *name, const struct str *text)
{
    struct arena *arena = arena_new();
    const char *path = file_join(arena, folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    size_t done = 0;
    bool good = fd >= 0;
    while (good && done < text->length) {
        ssize_t written = write(fd, text->data + done, text->length - done);
        good = written > 0 || (written < 0 && errno == EINTR);
        done += written > 0 ? (size_t)written : 0;
    }
    if (fd >= 0)
        good = close(fd) == 0 && good;
    arena_destroy(arena);
    return good;
}

static bool fill(const struct fresh_options *options, const char *folder)
{
    struct arena *arena = arena_new();
    struct str voice = {0}, next = {0}, table = {0};
    voice_file(options, &voice);
    readme(options, &next);
    bool good = write_file(folder, "voice.yaml", &voice) && write_file(folder, "README.txt", &next);
    if (good && is_recorded(options)) {
        str_add(&table, "text,file\n");
        good = write_file(folder, PACK_TABLE, &table) &&
               mkdir(file_join(arena, folder, "clips"), 0777) == 0;
    }
    str_free(&voice);
    str_free(&next);
    str_free(&table);
    arena_destroy(arena);
    return good;
}

/* Takes away what was made so far; errno stays. */
static void undo(struct arena *arena, const char *folder)
{
    static const char *const names[] = {"voice.yaml", "README.txt", PACK_TABLE};
    int error = errno;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(file_join(arena, folder, names[i]));
    rmdir(file_join(arena, folder, "clips"));
    rmdir(folder);
    errno = error;
}

enum limber_status fresh_make(const struct fresh_options *options)
{
    struct arena *arena = arena_new();
    const char *target = file_join(arena, options->folder, options->name);
    char *folder = file_join(arena, options->folder, ".new-XXXXXX");
    enum limber_status status = file_make_folders(options->folder);
    if (status == LIMBER_OK && !mkdtemp(folder))
        status = LIMBER_IO;
    if (status == LIMBER_OK) {
        bool good = fill(options, folder) && chmod(folder, 0755) == 0 &&
                    renameat2(AT_FDCWD, folder, AT_FDCWD, target, RENAME_NOREPLACE) == 0;
        status = good ? LIMBER_OK : errno == EEXIST ? LIMBER_BUSY : LIMBER_IO;
        if (!good)
            undo(arena, folder);
    }
    arena_destroy(arena);
    return status;
}
