/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A question in the first line and a page in the rest, both any bytes, asked of the routines that
 * come along and of a person's own folder: there is always one document in one line, an error if
 * and only if the status says so; only `save` makes a file, under a good name, whole. */
#include <dirent.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "box/ask.h"
#include "plugin/registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64], scripts[128];
static struct registry *registry;
static struct ask *ask;

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "violated: %s\n", what);
    abort();
}

static void put_own(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", scripts, name);
    require(file_write(path, text, strlen(text)) == LIMBER_OK, "memory");
}

static void clean_up(void)
{
    char command[160];
    ask_destroy(ask);
    registry_destroy(registry);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    require(system(command) == 0, "the folder goes");
}

static void set_up(void)
{
    strcpy(folder,
           access("/dev/shm", W_OK) == 0 ? "/dev/shm/limber-ask-XXXXXX" : "/tmp/limber-ask-XXXXXX");
    require(mkdtemp(folder) != NULL, "a folder");
    snprintf(scripts, sizeof scripts, "%s/limber/scripts", folder);
    setenv("XDG_DATA_HOME", folder, 1);
    setenv("XDG_STATE_HOME", folder, 1);
    setenv("LIMBER_DATA_DIR", SOURCE_DIR, 1);
    require(file_make_folders(scripts) == LIMBER_OK, "a folder");
    put_own("mine.md", "# Mine\n\nWait. `for 3s`\n");
    const struct registry_options options = {0};
    registry = registry_new(&options);
    const struct ask_host host = {.registry = registry};
    ask = ask_new(&host);
    atexit(clean_up);
}

static bool take(void *user, const char *data, size_t size)
{
    str_add_bytes(user, data, size);
    return true;
}

static void check_answer(const struct str *text, enum limber_status status)
{
    json_error_t error;
    json_t *document = json_loadb(text->data, text->length, JSON_REJECT_DUPLICATES, &error);
    require(json_is_object(document), "an answer is a document");
    require(!memchr(text->data, '\n', text->length), "in one line");
    bool fault = json_is_string(json_object_get(document, "error"));
    require(fault == (status != LIMBER_OK), "with an error if it says so");
    require(status == LIMBER_OK || status == LIMBER_INVALID || status == LIMBER_NOT_FOUND ||
                status == LIMBER_BUSY,
            "of those that are told");
    const char *html = json_string_value(json_object_get(document, "html"));
    require(!html || (!strstr(html, "<script") && !strstr(html, "<img")), "nothing that runs");
    json_decref(document);
}

static bool is_good_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 0 && length <= 64 && name[0] != '-' && strcmp(name + length, ".md") == 0;
}

/* What stands in the person's folder now, taken away again. */
static void check_files(const char *question, size_t body_size)
{
    DIR *dir = opendir(scripts);
    require(dir != NULL, "the folder stays");
    bool mine = false;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char path[512];
        snprintf(path, sizeof path, "%s/%s", scripts, entry->d_name);
        require(is_good_name(entry->d_name), "files have good names");
        if (strcmp(entry->d_name, "mine.md") == 0) {
            mine = true;
            continue;
        }
        struct arena *arena = arena_new();
        char *text = NULL;
        size_t length = 0;
        require(strstr(question, "save ") != NULL, "only save makes a file");
        require(file_read(path, 1 << 20, arena, &text, &length) == LIMBER_OK, "that can be read");
        require(length == body_size, "and is whole");
        arena_destroy(arena);
        unlink(path);
    }
    closedir(dir);
    if (!mine || strstr(question, "save "))
        put_own("mine.md", "# Mine\n\nWait. `for 3s`\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!ask)
        set_up();
    const uint8_t *line_end = size ? memchr(data, '\n', size) : NULL;
    size_t length = line_end ? (size_t)(line_end - data) : size;
    char *question = xmalloc(length + 1);
    if (length)
        memcpy(question, data, length);
    question[length] = '\0';
    size_t body_size = line_end ? size - length - 1 : 0;
    char *body = xmalloc(body_size + 1); /* without an end, so that reading on is seen */
    if (body_size)
        memcpy(body, line_end + 1, body_size);
    char *exact = body_size ? xrealloc(body, body_size) : body;
    struct str text = {0};
    enum limber_status status =
        ask_answer(ask, question, line_end ? exact : NULL, body_size, take, &text);
    check_answer(&text, status);
    check_files(question, body_size);
    str_free(&text);
    free(exact);
    free(question);
    return 0;
}

#include "replay.h"
