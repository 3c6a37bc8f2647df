/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask_store.c: pages that come in: checked, stored among the person's own, deleted. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "box/ask_inside.h"

#define UNNAMED "a page.md" /* no link can mean it */

/* --- reading what came in --- */

/* The folder of which pages that come in are a part, whether it is there yet or not. */
static char *scripts_folder(struct arena *arena)
{
    char *own = file_user_data(arena, "scripts");
    return own && file_is_folder(own) ? own : file_program_data(arena, "scripts");
}

/* Reads the body as the page `file` of the person's own; its diagnostics go into the document.
 * Returns whether it can be played, or −1 after refusing it. */
static int check(struct answer *answer, const char *file)
{
    if (answer->body_size > ASK_PAGE_MOST) {
        answer_refuse(answer, LIMBER_INVALID, "A page has at most %d KiB.", ASK_PAGE_MOST / 1024);
        return -1;
    }
    struct reading reading;
    const char *folder = scripts_folder(answer->arena);
    reading_open(&reading, file_join(answer->arena, folder ? folder : ".", file),
                 answer->body_size ? answer->body : "", answer->body_size);
    bool playable = reading.plan && diags_count(reading.diags, SEVERITY_ERROR) == 0;
    answer->document = json_object();
    json_object_set_new(answer->document, "diagnostics", reading_diagnostics(&reading));
    json_object_set_new(answer->document, "title",
                        document_text(reading.routine ? reading.routine->title : NULL));
    json_object_set_new(answer->document, "seconds", reading_seconds(&reading));
    json_object_set_new(answer->document, "playable", json_boolean(playable));
    reading_close(&reading);
    return playable;
}

enum limber_status answer_check(struct answer *answer)
{
    return check(answer, UNNAMED) < 0 ? LIMBER_INVALID : LIMBER_OK;
}

/* --- names --- */

static bool is_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 0 && length <= ASK_NAME_MOST && name[length] == '\0' && name[0] != '-';
}

static enum limber_status refuse_name(struct answer *answer)
{
    return answer_refuse(answer, LIMBER_INVALID,
                         "A name has lower-case letters, digits and hyphens, begins with a letter "
                         "or digit, and is at most %d long.",
                         ASK_NAME_MOST);
}

/* The person's own page of that name; NULL: there is no home. */
static char *own_path(struct answer *answer, const char *name)
{
    char *folder = file_user_data(answer->arena, "scripts");
    return folder ? arena_printf(answer->arena, "%s/%s.md", folder, name) : NULL;
}

/* Whether one of the program's own pages is called so, hidden by the person's or not. */
static bool is_programs(struct answer *answer, const char *name)
{
    const char *folder = file_program_data(answer->arena, "scripts");
    return folder && (file_exists(arena_printf(answer->arena, "%s/%s.md", folder, name)) ||
                      file_exists(arena_printf(answer->arena, "%s/moves/%s.md", folder, name)));
}

/* A plain file, or nothing: no link, no folder. */
static bool is_plain(const char *path)
{
    struct stat about;
    return lstat(path, &about) != 0 ? errno == ENOENT || errno == ENOTDIR : S_ISREG(about.st_mode);
}

/* --- storing --- */

static enum limber_status write_page(struct answer *answer, const char *path)
{
    enum limber_status status = file_make_folders(file_folder(answer->arena, path));
    if (status == LIMBER_OK)
        status = file_write(path, answer->body, answer->body_size);
    if (status == LIMBER_OK)
        return status;
    if (errno == ENOSPC || errno == EDQUOT)
        return answer_refuse(answer, LIMBER_IO, "The disk is full: nothing was stored.");
    return answer_refuse(answer, LIMBER_IO, "The page could not be stored: %s.", strerror(errno));
}

enum limber_status answer_save(struct answer *answer)
{
    const char *name = answer->rest;
    if (!is_name(name))
        return refuse_name(answer);
    const char *path = own_path(answer, name);
    if (!path)
        return answer_refuse(answer, LIMBER_IO, "There is no home folder to store pages in.");
    if (is_programs(answer, name))
        return answer_refuse(answer, LIMBER_INVALID,
                             "\"%s\" is one of the program's own; take another name.", name);
    if (!is_plain(path))
        return answer_refuse(answer, LIMBER_INVALID, "\"%s\" is not a file of its own.", name);
    int playable = check(answer, arena_printf(answer->arena, "%s.md", name));
    if (playable < 0)
        return LIMBER_INVALID;
    if (!playable)
        return answer_refuse(answer, LIMBER_INVALID, "The page has errors and was not stored.");
    enum limber_status status = write_page(answer, path);
    if (status == LIMBER_OK)
        json_object_set_new(answer->document, "saved", document_text(name));
    return status;
}

enum limber_status answer_delete(struct answer *answer)
{
    const char *name = answer->rest;
    if (!is_name(name))
        return refuse_name(answer);
    const char *path = own_path(answer, name);
    if (!path || !file_exists(path) || !is_plain(path)) {
        if (is_programs(answer, name))
            return answer_refuse(answer, LIMBER_INVALID,
                                 "\"%s\" is one of the program's own and stays.", name);
        return answer_refuse(answer, LIMBER_NOT_FOUND, "You have no page \"%s\".", name);
    }
    if (unlink(path) != 0)
        return answer_refuse(answer, LIMBER_IO, "\"%s\" could not be deleted: %s.", name,
                             strerror(errno));
    answer->document = json_object();
    json_object_set_new(answer->document, "deleted", document_text(name));
    return LIMBER_OK;
}
