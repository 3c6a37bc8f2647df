/* SPDX-License-Identifier: GPL-3.0-or-later */
/* program.c: the program's file, what else it reads that we know of, and its surroundings. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"

#define ENVIRONMENT_MOST 256

extern char **environ;

/* --- finding it --- */

static bool is_file(const char *path, bool runnable)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode) &&
           (!runnable || access(path, X_OK) == 0);
}

/* `name` in a folder (the first `length` bytes of `folder`; none: here) as an absolute path,
 * malloc'ed; NULL if no program is there. Symbolic links stay: some programs (those of a Python
 * environment) go by where they were called from. */
static char *in_folder(const char *folder, size_t length, const char *name)
{
    char here[PATH_MAX] = "";
    char *path = NULL;
    bool relative = length > 0 ? folder[0] != '/' : name[0] != '/';
    if (relative && !getcwd(here, sizeof here)) {
        return NULL;
    }
    if (asprintf(&path, "%s%s%.*s%s%s", here, relative ? "/" : "", (int)length, folder,
                 length > 0 ? "/" : "", name) < 0) {
        return NULL;
    }
    if (!is_file(path, true)) {
        free(path);
        path = NULL;
    }
    return path;
}

/* A name with a slash is a path; any other is looked for in $PATH, then here. */
static char *find(const char *name)
{
    if (strchr(name, '/')) {
        return in_folder("", 0, name);
    }
    const char *path = getenv("PATH");
    for (const char *at = path ? path : "/usr/local/bin:/usr/bin:/bin"; *at;) {
        size_t length = strcspn(at, ":");
        char *found = length > 0 ? in_folder(at, length, name) : NULL;
        if (found) {
            return found;
        }
        at += length + (at[length] == ':');
    }
    return in_folder("", 0, name);
}

static enum limber_status explain(const char *name, char *reason, size_t size)
{
    char here[PATH_MAX];
    const char *folder = getcwd(here, sizeof here) ? here : ".";
    if (is_file(name, false)) {
        snprintf(reason, size, "the program %s may not be run; chmod +x %s helps", name, name);
    } else if (strchr(name, '/')) {
        snprintf(reason, size, "there is no program %s%s%s", name, name[0] == '/' ? "" : " in ",
                 name[0] == '/' ? "" : folder);
    } else {
        snprintf(reason, size,
                 "the program %s is not installed; install it, or write its path into the voice's "
                 "`command`",
                 name);
    }
    return LIMBER_NOT_FOUND;
}

/* --- what it depends on --- */

/* Maps a page of the file, and adds its length and time of change to the fingerprint. False when
 * there is no such file. */
static bool depend_on(struct program *program, const char *path)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool there = fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
    if (there && program->page_count < PROGRAM_FILES_MOST) {
        void *page = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
        if (page != MAP_FAILED) {
            program->pages[program->page_count++] = page;
        }
        size_t used = strlen(program->fingerprint);
        snprintf(program->fingerprint + used, sizeof program->fingerprint - used,
                 " %lld.%lld.%09ld", (long long)about.st_size, (long long)about.st_mtim.tv_sec,
                 about.st_mtim.tv_nsec);
    }
    if (fd >= 0) {
        close(fd);
    }
    return there;
}

/* The program that reads a script: the first word after "#!". */
static void depend_on_interpreter(struct program *program)
{
    char line[256] = "";
    int fd = open(program->path, O_RDONLY | O_CLOEXEC);
    ssize_t count = fd >= 0 ? read(fd, line, sizeof line - 1) : -1;
    if (fd >= 0) {
        close(fd);
    }
    if (count < 3 || line[0] != '#' || line[1] != '!') {
        return;
    }
    line[count] = '\0';
    char *start = line + 2 + strspn(line + 2, " \t");
    start[strcspn(start, " \t\r\n")] = '\0';
    depend_on(program, start);
}

/* Arguments that are files ("en.onnx", "--model=en.onnx"): models, settings, scripts. */
static void depend_on_arguments(struct program *program, const struct words *words)
{
    for (size_t i = 1; i < words->count; i++) {
        const char *item = words->items[i];
        const char *equals = strchr(item, '=');
        if (!words_vary(item) && !depend_on(program, item) && item[0] == '-' && equals) {
            depend_on(program, equals + 1);
        }
    }
}

static enum limber_status depend_on_files(struct program *program, const struct words *files,
                                          char *reason, size_t size)
{
    for (size_t i = 0; i < files->count; i++) {
        if (!depend_on(program, files->items[i])) {
            snprintf(reason, size, "the file %s, which the voice needs, %s", files->items[i],
                     errno == ENOENT ? "is not there" : "cannot be read");
            return LIMBER_NOT_FOUND;
        }
    }
    return LIMBER_OK;
}

/* --- its surroundings --- */

/* What a program needs to run as it does in a terminal, and nothing of what it might tell. */
static bool passes(const char *setting)
{
    static const char *const names[] = {
        "PATH=",
        "HOME=",
        "USER=",
        "LOGNAME=",
        "LANG=",
        "LANGUAGE=",
        "LC_",
        "TZ=",
        "TMPDIR=",
        "XDG_DATA_HOME=",
        "XDG_DATA_DIRS=",
        "XDG_CACHE_HOME=",
        "XDG_CONFIG_HOME=",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strncmp(setting, names[i], strlen(names[i])) == 0) {
            return true;
        }
    }
    return false;
}

static bool make_environment(struct program *program, const struct words *more)
{
    size_t count = 0;
    program->environment = calloc(ENVIRONMENT_MOST + WORDS_MOST + 1, sizeof(char *));
    if (!program->environment) {
        return false;
    }
    /* The first of two settings of a name is the one that counts. */
    for (size_t i = 0; i < more->count; i++) {
        program->environment[count++] = strdup(more->items[i]);
    }
    for (size_t i = 0; environ && environ[i] && count < ENVIRONMENT_MOST; i++) {
        if (passes(environ[i])) {
            program->environment[count++] = strdup(environ[i]);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!program->environment[i]) {
            return false;
        }
    }
    return true;
}

static enum limber_status check_environment(const struct words *more, char *reason, size_t size)
{
    for (size_t i = 0; i < more->count; i++) {
        const char *equals = strchr(more->items[i], '=');
        if (!equals || equals == more->items[i]) {
            snprintf(reason, size, "'%s' in `environment` is not of the form NAME=value",
                     more->items[i]);
            return LIMBER_FAILED;
        }
    }
    return LIMBER_OK;
}

enum limber_status program_find(struct program *program, const struct words *words,
                                const struct words *files, const struct words *environment,
                                char *reason, size_t size)
{
    enum limber_status status = check_environment(environment, reason, size);
    if (status != LIMBER_OK) {
        return status;
    }
    const char *name = words->items[0];
    const char *slash = strrchr(name, '/');
    program->path = find(name);
    program->name = strdup(slash ? slash + 1 : name);
    if (!program->path) {
        return explain(name, reason, size);
    }
    if (!program->name || !make_environment(program, environment)) {
        snprintf(reason, size, "no memory");
        return LIMBER_FAILED;
    }
    snprintf(program->fingerprint, sizeof program->fingerprint, "command %.40s", program->name);
    depend_on(program, program->path);
    depend_on_interpreter(program);
    depend_on_arguments(program, words);
    return depend_on_files(program, files, reason, size);
}

void program_free(struct program *program)
{
    for (size_t i = 0; i < program->page_count; i++) {
        munmap(program->pages[i], 1);
    }
    for (size_t i = 0; program->environment && program->environment[i]; i++) {
        free(program->environment[i]);
    }
    free(program->environment);
    free(program->path);
    free(program->name);
    *program = (struct program){0};
}
