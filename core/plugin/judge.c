/* SPDX-License-Identifier: GPL-3.0-or-later */
/* judge.c: refuses files that others may write, and entries that do not hold together. */
#include "plugin/judge.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "plugin/options.h"
#include "plugin/problem.h"

#define INTERFACES_MOST 32

bool judge_id(const char *id)
{
    size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 2 && length <= 64 && id[length] == '\0' && id[0] != '-' &&
           id[length - 1] != '-' && strchr(id, '-');
}

/* Whether somebody else than root and this user could change it. A sticky folder is safe: others
 * may add to it, but not replace what is there. */
static char *judge_owner(const struct stat *about, const char *what, const char *path)
{
    if (about->st_uid != 0 && about->st_uid != geteuid()) {
        return problem_new("%s %s belongs to another user: it must be root's or yours", what, path);
    }
    if ((about->st_mode & (S_IWGRP | S_IWOTH)) &&
        !(S_ISDIR(about->st_mode) && about->st_mode & S_ISVTX)) {
        return problem_new("others may write %s %s: chmod go-w '%s'", what, path, path);
    }
    return NULL;
}

static char *judge_folder(const char *file)
{
    const char *slash = strrchr(file, '/');
    char *folder = slash ? strndup(file, (size_t)(slash - file) + (slash == file)) : strdup(".");
    struct stat about;
    char *problem = NULL;
    if (!folder || stat(folder, &about) != 0) {
        problem = problem_new("its folder cannot be read: %s", strerror(errno));
    } else {
        problem = judge_owner(&about, "the folder", folder);
    }
    free(folder);
    return problem;
}

char *judge_file(const char *file, struct stat *about)
{
    char *real = realpath(file, NULL); /* a link's own folder counts, and its target's */
    char *problem = NULL;
    int fd = real ? open(real, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (fd < 0 || fstat(fd, about) != 0) {
        problem = problem_new("it cannot be read: %s", strerror(errno));
    } else if (!S_ISREG(about->st_mode)) {
        problem = problem_new("it is not a regular file");
    } else {
        problem = judge_owner(about, "the file", real);
    }
    if (!problem) {
        problem = judge_folder(file);
    }
    if (!problem && strcmp(file, real) != 0) {
        problem = judge_folder(real);
    }
    if (fd >= 0) {
        close(fd);
    }
    free(real);
    return problem;
}

static char *judge_descriptor(const struct limber_plugin_descriptor *about, const char *id)
{
    if (!about) {
        return problem_new("its entry has no descriptor");
    }
    if (about->size < sizeof *about) {
        return problem_new(
            "its descriptor is too small (%u bytes, not %zu): it was built with other headers",
            about->size, sizeof *about);
    }
    const struct {
        const char *name, *text;
    } texts[] = {{"id", about->id},
                 {"name", about->name},
                 {"version", about->version},
                 {"license", about->license},
                 {"description", about->description}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!texts[i].text || !*texts[i].text) {
            return problem_new("its descriptor has no %s", texts[i].name);
        }
        if (str_utf8_invalid_at(texts[i].text, strlen(texts[i].text)) >= 0) {
            return problem_new("the %s in its descriptor is not UTF-8", texts[i].name);
        }
    }
    if (!judge_id(about->id)) {
        return problem_new("its id \"%.64s\" is not of the form kind-name in lower case",
                           about->id);
    }
    if (strcmp(about->id, id) != 0) {
        return problem_new("its id is \"%s\": the file must be called %s.so", about->id, about->id);
    }
    if (!about->interfaces || !about->interfaces[0]) {
        return problem_new("its descriptor names no interfaces");
    }
    for (size_t i = 0; about->interfaces[i]; i++) {
        if (i == INTERFACES_MOST) {
            return problem_new("its list of interfaces has no end");
        }
        if (!strchr(about->interfaces[i], '/')) {
            return problem_new("\"%.64s\" is not an interface (like limber.output/1)",
                               about->interfaces[i]);
        }
    }
    return options_judge(about->options);
}

char *judge_entry(const struct limber_plugin_entry *entry, const char *id)
{
    if (entry->abi_major != LIMBER_ABI_MAJOR) {
        return problem_new(
            "it was made for plugin interface %u; this program has %u: it must be rebuilt",
            entry->abi_major, LIMBER_ABI_MAJOR);
    }
    if (entry->size < sizeof *entry) {
        return problem_new(
            "its entry is too small (%u bytes, not %zu): it was built with other headers",
            entry->size, sizeof *entry);
    }
    char *problem = judge_descriptor(entry->descriptor, id);
    if (problem) {
        return problem;
    }
    if (!entry->create || !entry->destroy || !entry->get_interface) {
        return problem_new("its entry has no %s function", !entry->create    ? "create"
                                                           : !entry->destroy ? "destroy"
                                                                             : "get_interface");
    }
    return NULL;
}

const struct limber_plugin_entry *judge_load(const char *file, const char *id, char **problem)
{
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL); /* never closed: its code may be in use */
    if (!handle) {
        const char *reason = dlerror();
        size_t length = strlen(file);
        if (reason && strncmp(reason, file, length) == 0 && reason[length] == ':') {
            reason += length + 1 + strspn(reason + length + 1, " ");
        }
        *problem = problem_new("%s", reason ? reason : "cannot be loaded");
        return NULL;
    }
    const struct limber_plugin_entry *entry = dlsym(handle, PLUGIN_SYMBOL);
    if (!entry) {
        *problem = problem_new("it does not export " PLUGIN_SYMBOL ": it is not a Limber plugin");
        return NULL;
    }
    *problem = judge_entry(entry, id);
    return *problem ? NULL : entry;
}
