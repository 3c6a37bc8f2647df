/* SPDX-License-Identifier: GPL-3.0-or-later */
/* place.c: a pack may come from anybody, so its table names files of the pack's own folder or
 * nothing. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pack.h"

static bool has_dots(const char *name)
{
    for (const char *at = name; at; at = strchr(at, '/')) {
        at += *at == '/';
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0'))
            return true;
    }
    return false;
}

static bool is_within(const char *root, const char *path)
{
    size_t length = strlen(root);
    if (length == 1) /* the root of all */
        return true;
    return strncmp(path, root, length) == 0 && path[length] == '/';
}

/* What is there but is not to be used; NULL: it is fine. */
static const char *judge(const char *root, const char *path)
{
    struct stat about;
    if (!is_within(root, path))
        return "leads out of the pack's folder";
    if (stat(path, &about) != 0)
        return strerror(errno);
    if (!S_ISREG(about.st_mode))
        return S_ISDIR(about.st_mode) ? "is a folder" : "is not a regular file";
    return NULL;
}

char *place_find(const char *root, const char *name, char *reason, size_t size)
{
    char path[PATH_MAX];
    const char *problem = NULL;
    if (name[0] == '/' || has_dots(name)) {
        problem = "leads out of the pack's folder";
    } else if (snprintf(path, sizeof path, "%s/%s", root, name) >= (int)sizeof path) {
        problem = "has too long a name";
    } else {
        char *real = realpath(path, NULL);
        if (!real)
            problem = errno != ENOENT && errno != ENOTDIR ? strerror(errno)
                      : strchr(name, '\\') ? "there is no such file; folders are parted by \"/\""
                                           : "there is no such file";
        else
            problem = judge(root, real);
        if (!problem)
            return real;
        free(real);
    }
    snprintf(reason, size, "%s", problem);
    return NULL;
}

bool place_check(const char *root, struct row *row)
{
    if (row->problem)
        return false;
    if (!row->checked) {
        char reason[128];
        row->checked = true;
        row->path = place_find(root, row->file, reason, sizeof reason);
        if (!row->path)
            row->problem = strdup(reason);
    }
    return row->path != NULL;
}
