/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_rules.c: names and amounts. Stricter than any file system, so that a voice that was
 * accepted is the same files on every system it is copied to. */
#include "studio/archive_rules.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"
#include "studio/archive.h"

#define SHOWN_MOST      60 /* bytes of a name in a message */
#define VOICE_NAME_MOST 64

/* What may stand in names beside letters, marks and digits of any script. */
static const char punctuation[] = " ._-+,'()&!=@#~";

static const struct archive_kind kinds[] = {
    {".zip", true, ARCHIVE_PLAIN},      {".tar", false, ARCHIVE_PLAIN},
    {".tar.gz", false, ARCHIVE_GZIP},   {".tgz", false, ARCHIVE_GZIP},
    {".tar.xz", false, ARCHIVE_XZ},     {".txz", false, ARCHIVE_XZ},
    {".tar.zst", false, ARCHIVE_ZSTD},  {".tzst", false, ARCHIVE_ZSTD},
    {".tar.bz2", false, ARCHIVE_BZIP2}, {".tbz2", false, ARCHIVE_BZIP2},
};

const struct archive_kind *archive_rules_kind(const char *file)
{
    size_t length = strlen(file);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t ending = strlen(kinds[i].ending);
        if (length > ending && str_equal_nocase(file + length - ending, kinds[i].ending))
            return &kinds[i];
    }
    return NULL;
}

void archive_rules_free(struct archive_rules *rules)
{
    vec_free(&rules->names);
    str_free(&rules->why);
}

const char *archive_rules_shown(struct arena *arena, const char *name, size_t length)
{
    size_t cut = length;
    if (cut > SHOWN_MOST) {
        for (cut = SHOWN_MOST; cut > 0 && ((unsigned char)name[cut] & 0xc0) == 0x80;)
            cut--;
    }
    return arena_printf(arena, "\"%.*s%s\"", (int)cut, name, cut < length ? "…" : "");
}

static enum archive_verdict refuse(struct archive_rules *rules, const char *name, size_t length,
                                   const char *problem)
{
    rules->why.length = 0;
    str_printf(&rules->why, "%s %s", archive_rules_shown(rules->arena, name, length), problem);
    return ARCHIVE_REFUSE;
}

bool archive_rules_is_litter(const char *name)
{
    static const char *const names[] = {"__MACOSX",   "Thumbs.db",   "ehthumbs.db",
                                        "lost+found", "desktop.ini", "CVS"};
    static const char *const endings[] = {"~", ".bak", ".tmp", ".temp", ".swp", ".orig", ".part"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_equal_nocase(name, names[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (str_ends_with(name, endings[i]))
            return true;
    }
    return name[0] == '.' || (name[0] == '#' && str_ends_with(name, "#"));
}

const char *archive_name_problem(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > VOICE_NAME_MOST)
        return "must have 1 to 64 letters";
    if (strcmp(name, "dictionary") == 0)
        return "is taken: the folder of that name holds pronunciations";
    if (archive_rules_is_litter(name))
        return "looks like a hidden, temporary or backup file";
    if (strchr("._-", name[0]) || strchr("._-", name[length - 1]))
        return "must begin and end with a letter or digit";
    for (const char *at = name, *end = name + length; at < end;) {
        int point = str_utf8_next(&at, end);
        utf8proc_category_t category = point < 0 ? UTF8PROC_CATEGORY_CN : utf8proc_category(point);
        bool word = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
        if (!word && !(point > 0 && point < 0x80 && strchr("._-", point)))
            return "may hold letters, digits and . _ - only";
    }
    return NULL;
}

/* --- names --- */

/* Whether every character is one that names may have; else *problem. */
static bool characters_good(const char *name, size_t length, const char **problem)
{
    *problem = NULL;
    if (memchr(name, '\0', length))
        *problem = "has a name with a NUL in it";
    else if (str_utf8_invalid_at(name, length) >= 0)
        *problem = "has a name that is not UTF-8; with letters a to z any program can pack it";
    for (const char *at = name, *end = name + length; !*problem && at < end;) {
        int point = str_utf8_next(&at, end);
        utf8proc_category_t category = utf8proc_category(point);
        if (point < 0x20 || point == 0x7f || (point >= 0x80 && point < 0xa0))
            *problem = "has a name with a control character in it";
        else if (point == '\\')
            *problem = "has a name with a backslash in it";
        else if (point == ':')
            *problem = "has a name with a colon in it, as drives and streams of Windows have";
        else if (!(category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO) &&
                 point != '/' && !(point < 0x80 && strchr(punctuation, point)))
            *problem = "has a name with a character that is neither letter, digit, space nor one "
                       "of . _ - + , ' ( ) & ! = @ # ~";
    }
    return !*problem;
}

/* Looks at one part of a path. Returns the problem or NULL; *litter is set when it is some. */
static const char *part_problem(const char *part, size_t length, bool *litter)
{
    char copy[ARCHIVE_NAME_MOST + 1];
    if (length == 0)
        return "has an empty part in its path";
    memcpy(copy, part, length);
    copy[length] = '\0';
    if (strcmp(copy, "..") == 0)
        return "leads out of its folder (\"..\")";
    if (strcmp(copy, ".") == 0)
        return "has a \".\" in its path";
    *litter |= archive_rules_is_litter(copy);
    if (!*litter && (copy[0] == ' ' || copy[length - 1] == ' ' || copy[length - 1] == '.'))
        return "has a name that begins or ends with a space, or ends with a dot";
    return NULL;
}

static char *fold(struct arena *arena, const char *name)
{
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t size =
        utf8proc_map((const utf8proc_uint8_t *)name, 0, &folded,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    char *copy = arena_strdup(arena, size >= 0 ? (const char *)folded : name);
    free(folded);
    return copy;
}

static void remember(struct archive_rules *rules, const char *name, bool folder)
{
    *vec_push(&rules->names) =
        (struct archive_name){.name = name, .folded = fold(rules->arena, name), .folder = folder};
}

/* Walks the parts of a path; *litter and *depth are about the whole. */
static const char *path_problem(const char *path, bool *litter, size_t *depth)
{
    for (const char *part = path;; part += strcspn(part, "/") + 1) {
        size_t length = strcspn(part, "/");
        const char *problem = part_problem(part, length, litter);
        ++*depth;
        if (problem || part[length] == '\0')
            return problem;
    }
}

enum archive_verdict archive_rules_entry(struct archive_rules *rules, bool folder, const char *name,
                                         size_t length, const char **clean)
{
    const char *problem = NULL, *whole = name;
    size_t whole_length = length, depth = 0;
    bool litter = false;
    rules->file = 0;
    if (++rules->entries > ARCHIVE_ENTRIES_MOST) {
        rules->why.length = 0;
        str_printf(&rules->why, "it holds more than %d files and folders", ARCHIVE_ENTRIES_MOST);
        return ARCHIVE_REFUSE;
    }
    if (length > ARCHIVE_NAME_MOST)
        return refuse(rules, name, length, "is too long a name (200 bytes at most)");
    if (!characters_good(name, length, &problem))
        return refuse(rules, name, length, problem);
    if (length > 0 && name[0] == '/')
        return refuse(rules, name, length, "is an absolute name");
    if (length >= 2 && memcmp(name, "./", 2) == 0) {
        name += 2;
        length -= 2;
    }
    if (folder && length > 0 && name[length - 1] == '/')
        length--;
    bool top = folder && (length == 0 || (length == 1 && name[0] == '.'));
    *clean = top ? "" : arena_strndup(rules->arena, name, length);
    if (top)
        return ARCHIVE_KEEP;
    problem = path_problem(*clean, &litter, &depth);
    if (problem)
        return refuse(rules, whole, whole_length, problem);
    if (litter)
        return ARCHIVE_SKIP;
    if (depth > ARCHIVE_DEPTH_MOST + 1) /* and one for the folder that may be around all */
        return refuse(rules, whole, whole_length, "lies too deep in folders (4 at most)");
    for (const char *slash = strchr(*clean, '/'); slash; slash = strchr(slash + 1, '/'))
        remember(rules, arena_strndup(rules->arena, *clean, (size_t)(slash - *clean)), true);
    remember(rules, *clean, folder);
    return ARCHIVE_KEEP;
}

/* --- amounts --- */

bool archive_rules_data(struct archive_rules *rules, size_t size)
{
    rules->file += size;
    rules->total += size;
    const char *problem = NULL;
    if (rules->file > ARCHIVE_FILE_MOST)
        problem = "a file in it is larger than 100 MiB";
    else if (rules->total > ARCHIVE_TOTAL_MOST)
        problem = "it holds more than 500 MiB";
    else if (rules->archive_size > 0 &&
             rules->total > ARCHIVE_MIB + ARCHIVE_RATIO_MOST * rules->archive_size)
        problem = "it unpacks to more than 200 times its own size";
    if (!problem)
        return true;
    rules->why.length = 0;
    str_add(&rules->why, problem);
    return false;
}

/* --- twins --- */

static int by_fold(const void *a, const void *b)
{
    const struct archive_name *one = a, *other = b;
    int order = strcmp(one->folded, other->folded);
    return order ? order : strcmp(one->name, other->name);
}

bool archive_rules_finish(struct archive_rules *rules)
{
    if (rules->names.count > 1)
        qsort(rules->names.items, rules->names.count, sizeof *rules->names.items, by_fold);
    for (size_t i = 1; i < rules->names.count; i++) {
        const struct archive_name *one = &rules->names.items[i - 1], *other = one + 1;
        bool same = strcmp(one->name, other->name) == 0;
        if (strcmp(one->folded, other->folded) != 0 || (same && one->folder && other->folder))
            continue;
        rules->why.length = 0;
        if (same)
            str_printf(&rules->why, "%s is in it twice",
                       archive_rules_shown(rules->arena, one->name, strlen(one->name)));
        else
            str_printf(&rules->why, "%s and %s are the same name on some systems",
                       archive_rules_shown(rules->arena, one->name, strlen(one->name)),
                       archive_rules_shown(rules->arena, other->name, strlen(other->name)));
        return false;
    }
    return true;
}
