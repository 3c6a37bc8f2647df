/* SPDX-License-Identifier: GPL-3.0-or-later */
/* find.c: where modules are, and what they are made of. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dispatcher.h"

#define PREFIX     "sd_"
#define FILES_MOST 256 /* mapped by a module */

static const char *const folders[] = {
    "/usr/lib/speech-dispatcher-modules",           "/usr/libexec/speech-dispatcher-modules",
    "/usr/lib64/speech-dispatcher-modules",         "/usr/local/lib/speech-dispatcher-modules",
    "/usr/local/libexec/speech-dispatcher-modules", NULL,
};

static bool put(char *path, const char *folder, const char *name, const char *suffix)
{
    int length = snprintf(path, PATH_MOST, "%s%s%s%s", folder, name[0] ? "/" : "", name, suffix);
    return length > 0 && length < PATH_MOST;
}

/* Whether a file there can be run; a folder cannot. */
static bool is_program(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode) && access(path, X_OK) == 0;
}

/* The names of the modules in a folder, joined by commas. */
static void list_modules(const char *folder, char *text, size_t size)
{
    DIR *listing = opendir(folder);
    const struct dirent *entry;
    size_t used = strlen(text);
    while (listing && (entry = readdir(listing)) && used < size) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0) {
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "",
                                     entry->d_name + strlen(PREFIX));
        }
    }
    if (listing) {
        closedir(listing);
    }
}

static bool find_by_name(struct program *program, const char *name, const char *folder)
{
    const char *const only[] = {folder, NULL};
    char file[160];
    snprintf(file, sizeof file, "%s%s", strncmp(name, PREFIX, strlen(PREFIX)) == 0 ? "" : PREFIX,
             name);
    for (const char *const *at = folder ? only : folders; *at; at++) {
        if (put(program->path, *at, file, "") && is_program(program->path)) {
            return true;
        }
    }
    return false;
}

/* "espeak-ng" of ".../sd_espeak-ng". */
static void keep_name(struct program *program, const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    base += strncmp(base, PREFIX, strlen(PREFIX)) == 0 ? strlen(PREFIX) : 0;
    snprintf(program->name, sizeof program->name, "%s", base);
}

static bool find_config(struct program *program, const char *config, char *reason, size_t size)
{
    program->config[0] = '\0';
    if (config && strcmp(config, "none") == 0) {
        return true;
    }
    if (config) {
        bool fine = put(program->config, config, "", "") && access(program->config, R_OK) == 0;
        if (!fine) {
            snprintf(reason, size, "the file of settings %s cannot be read: %s", config,
                     strerror(errno));
        }
        return fine;
    }
    if (!put(program->config, "/etc/speech-dispatcher/modules", program->name, ".conf") ||
        access(program->config, R_OK) != 0) {
        program->config[0] = '\0';
    }
    return true;
}

bool find_program(struct program *program, const char *name, const char *folder, const char *config,
                  char *reason, size_t size)
{
    *program = (struct program){0};
    keep_name(program, name);
    bool found = strchr(name, '/') ? put(program->path, name, "", "") && is_program(program->path)
                                   : find_by_name(program, name, folder);
    if (!found) {
        char there[160] = "";
        for (const char *const *at = folders; *at && !folder; at++) {
            list_modules(*at, there, sizeof there);
        }
        if (folder) {
            list_modules(folder, there, sizeof there);
        }
        snprintf(reason, size,
                 "Speech Dispatcher has no module '%s' here (there is: %s); on Debian it is in the "
                 "package speech-dispatcher-%s",
                 name, there[0] ? there : "none", program->name);
        return false;
    }
    return find_config(program, config, reason, size);
}

/* --- what it is made of --- */

/* The files so far, in any order: they are mapped in another one each time. */
struct digest {
    uint64_t sum; /* of what was made of each by FNV-1a */
    struct {
        dev_t device;
        ino_t inode;
    } files[FILES_MOST];
    size_t count;
};

static uint64_t add_bytes(uint64_t hash, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    }
    return hash;
}

/* Returns false when it was added before, or there is no room. */
static bool is_new(struct digest *digest, const struct stat *about)
{
    for (size_t i = 0; i < digest->count; i++) {
        if (digest->files[i].device == about->st_dev && digest->files[i].inode == about->st_ino) {
            return false;
        }
    }
    if (digest->count == FILES_MOST) {
        return false;
    }
    digest->files[digest->count].device = about->st_dev;
    digest->files[digest->count++].inode = about->st_ino;
    return true;
}

/* Adds a file, and keeps its first page mapped as long as this process lives. */
static void add_file(struct digest *digest, const char *path)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && is_new(digest, &about)) {
        uint64_t hash = add_bytes(0xcbf29ce484222325u, path, strlen(path) + 1);
        hash = add_bytes(hash, &about.st_size, sizeof about.st_size);
        digest->sum += add_bytes(hash, &about.st_mtim, sizeof about.st_mtim);
        mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    if (fd >= 0) {
        close(fd);
    }
}

/* What is mapped from there is of this run only. */
static bool is_passing(const char *path)
{
    return strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/run/", 5) == 0 ||
           strncmp(path, "/tmp/", 5) == 0;
}

void find_files(const struct program *program, pid_t pid, char *text, size_t size)
{
    struct digest digest = {0};
    char maps_path[64];
    char line[PATH_MOST + 128];
    snprintf(maps_path, sizeof maps_path, "/proc/%d/maps", (int)pid);
    add_file(&digest, program->path);
    if (program->config[0]) {
        add_file(&digest, program->config);
    }
    FILE *maps = fopen(maps_path, "re");
    while (maps && fgets(line, sizeof line, maps)) {
        const char *path = strchr(line, '/');
        line[strcspn(line, "\n")] = '\0';
        if (path && !is_passing(path)) {
            add_file(&digest, path);
        }
    }
    if (maps) {
        fclose(maps);
    }
    snprintf(text, size, "%016llx", (unsigned long long)digest.sum);
}
