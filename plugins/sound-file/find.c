/* SPDX-License-Identifier: GPL-3.0-or-later */
/* find.c: from names to files and back. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "soundfile.h"

static const char *const endings[] = {"wav", "flac", "ogg", "opus", "mp3", "aiff", NULL};

#define LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

bool soundfile_name_ok(const char *name)
{
    size_t length = name ? strspn(name, LETTERS) : 0;
    return length > 0 && length <= 100 && name[length] == '\0';
}

/* Whether `path` was written in full, and a file is there. */
static bool is_there(int length, const char *path, size_t size)
{
    struct stat info;
    return length > 0 && (size_t)length < size && stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* Whether it is a file's whole name, ending and all, that leads nowhere else. Marks of pages cannot
 * have a '.', so only the host asks in this way: for the files of a theme. */
static bool is_file_name(const char *name)
{
    const char *dot = name ? strrchr(name, '.') : NULL;
    for (const char *const *ending = endings; dot && dot > name && *ending; ending++)
        if (strcmp(dot + 1, *ending) == 0)
            return name[0] != '.' && !strchr(name, '/');
    return false;
}

bool soundfile_find(const char *folder, const char *name, char *path, size_t size)
{
    if (!folder || !*folder)
        return false;
    if (is_file_name(name))
        return is_there(snprintf(path, size, "%s/%s", folder, name), path, size);
    if (!soundfile_name_ok(name))
        return false;
    for (const char *const *ending = endings; *ending; ending++)
        if (is_there(snprintf(path, size, "%s/%s.%s", folder, name, *ending), path, size))
            return true;
    return false;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The name of a sound file, malloc'ed, or NULL if it is none. */
static char *stem(const char *file)
{
    const char *dot = strrchr(file, '.');
    if (!dot)
        return NULL;
    for (const char *const *ending = endings; *ending; ending++) {
        if (strcmp(dot + 1, *ending) != 0)
            continue;
        char *name = strndup(file, (size_t)(dot - file));
        if (soundfile_name_ok(name))
            return name;
        free(name);
    }
    return NULL;
}

bool soundfile_each(const char *folder, bool (*each)(void *context, const char *name),
                    void *context)
{
    char **names = NULL;
    size_t count = 0, room = 0;
    bool more = true;
    DIR *dir = folder && *folder ? opendir(folder) : NULL;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char *name = stem(entry->d_name);
        if (name && count == room) {
            room = room ? 2 * room : 64;
            char **bigger = realloc(names, room * sizeof *names);
            if (!bigger) {
                free(name);
                break;
            }
            names = bigger;
        }
        if (name)
            names[count++] = name;
    }
    if (dir)
        closedir(dir);
    if (count > 0)
        qsort(names, count, sizeof *names, compare);
    for (size_t i = 0; i < count; i++)
        if (more && (i == 0 || strcmp(names[i], names[i - 1]) != 0))
            more = each(context, names[i]);
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return more;
}
