/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sessions.c: the phones that are paired, and the file that remembers them: a line each,
 * "HASH SINCE SEEN DEVICE". */
#include "sessions.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nettle/memops.h>
#include <nettle/sha2.h>

#define DAY_S     (24 * 60 * 60)
#define FILE_MOST 65536
#define HEAD      "limber web sessions 1\n"

static void hash_of(const unsigned char id[SESSION_BYTES], unsigned char hash[SESSION_BYTES])
{
    struct sha256_ctx state;
    sha256_init(&state);
    sha256_update(&state, SESSION_BYTES, id);
    sha256_digest(&state, SESSION_BYTES, hash);
}

static void hex_of(const unsigned char *bytes, size_t count, char *text)
{
    for (size_t i = 0; i < count; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

/* --- the file --- */

static bool write_all(int fd, const struct sessions *sessions)
{
    bool good = dprintf(fd, HEAD) > 0;
    for (unsigned i = 0; good && i < sessions->count; i++) {
        const struct paired *paired = &sessions->items[i];
        char hash[SESSION_CHARS + 1];
        hex_of(paired->hash, SESSION_BYTES, hash);
        good = dprintf(fd, "%s %" PRId64 " %" PRId64 " %s\n", hash, paired->since_s, paired->seen_s,
                       paired->device) > 0;
    }
    return good && fsync(fd) == 0;
}

/* The folders above the file, where they are missing. */
static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

/* So that the new name is there after a power cut, too. */
static void sync_folder(const char *path)
{
    char folder[sizeof((struct sessions *)0)->path];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    int fd = open(*folder ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

/* Whole or not at all. */
static bool save(struct sessions *sessions)
{
    char temporary[sizeof sessions->path + 8];
    if (!sessions->path[0])
        return false;
    make_folders(sessions->path);
    snprintf(temporary, sizeof temporary, "%s.new", sessions->path);
    unlink(temporary);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool good = write_all(fd, sessions);
    good = close(fd) == 0 && good;
    good = good && rename(temporary, sessions->path) == 0;
    if (good)
        sync_folder(sessions->path);
    else
        unlink(temporary);
    return good;
}

/* --- reading it --- */

/* A line that is not right is passed over. */
static void load_line(struct sessions *sessions, char *line)
{
    struct paired paired = {.since_s = 0};
    int used = 0;
    if (sessions->count == SESSIONS_MOST || strlen(line) < SESSION_CHARS + 1 ||
        line[SESSION_CHARS] != ' ')
        return;
    line[SESSION_CHARS] = '\0';
    const char *rest = line + SESSION_CHARS + 1;
    if (!parse_hex(line, paired.hash, SESSION_BYTES) ||
        sscanf(rest, "%18" SCNd64 " %18" SCNd64 " %n", &paired.since_s, &paired.seen_s, &used) < 2)
        return;
    if (!used || !parse_line(rest + used, strlen(rest + used), paired.device, DEVICE_ROOM))
        snprintf(paired.device, DEVICE_ROOM, "a device");
    sessions->items[sessions->count++] = paired;
}

static bool load_from(struct sessions *sessions, int fd)
{
    char *text = malloc(FILE_MOST + 1);
    FILE *file = text ? fdopen(fd, "r") : NULL;
    if (!file) {
        free(text);
        close(fd);
        return false;
    }
    size_t size = fread(text, 1, FILE_MOST, file);
    text[size] = '\0';
    bool good = !ferror(file) && strncmp(text, HEAD, strlen(HEAD)) == 0;
    char *state = NULL;
    for (char *line = good ? strtok_r(text + strlen(HEAD), "\n", &state) : NULL; line;
         line = strtok_r(NULL, "\n", &state))
        load_line(sessions, line);
    fclose(file);
    free(text);
    return good;
}

bool sessions_load(struct sessions *sessions, char *problem, size_t problem_size)
{
    struct stat about;
    sessions->count = 0;
    if (!sessions->path[0]) {
        snprintf(problem, problem_size, "there is no place for it: HOME is not set");
        return false;
    }
    int fd = open(sessions->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        snprintf(problem, problem_size, "%s: %s", sessions->path, strerror(errno));
        return errno == ENOENT;
    }
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode) || (about.st_mode & 022) ||
        (about.st_uid != geteuid() && about.st_uid != 0)) {
        snprintf(problem, problem_size, "%s: others may write it: chmod 600 it", sessions->path);
        close(fd);
        return false;
    }
    if (load_from(sessions, fd))
        return true;
    snprintf(problem, problem_size, "%s is damaged", sessions->path);
    return false;
}

/* --- who it is --- */

/* A clock that was set back makes nobody old. */
static bool is_old(const struct sessions *sessions, const struct paired *paired, int64_t now_s)
{
    return now_s - paired->seen_s > sessions->lifetime_s;
}

struct paired *sessions_find(struct sessions *sessions, const char *id, int64_t now_s)
{
    unsigned char bytes[SESSION_BYTES], hash[SESSION_BYTES];
    if (!parse_hex(id, bytes, SESSION_BYTES))
        return NULL;
    hash_of(bytes, hash);
    explicit_bzero(bytes, sizeof bytes);
    struct paired *found = NULL;
    for (unsigned i = 0; i < sessions->count; i++) {
        struct paired *paired = &sessions->items[i];
        if (nettle_memeql_sec(paired->hash, hash, SESSION_BYTES) &&
            !is_old(sessions, paired, now_s))
            found = paired;
    }
    if (found && now_s - found->seen_s > DAY_S) { /* a visit a day is enough for the disk */
        found->seen_s = now_s;
        save(sessions);
    }
    return found;
}

struct paired *sessions_of(struct sessions *sessions, const unsigned char hash[SESSION_BYTES])
{
    for (unsigned i = 0; i < sessions->count; i++) {
        if (memcmp(sessions->items[i].hash, hash, SESSION_BYTES) == 0)
            return &sessions->items[i];
    }
    return NULL;
}

bool sessions_add(struct sessions *sessions, const char *device, int64_t now_s,
                  char id[SESSION_CHARS + 1], bool *kept)
{
    unsigned char bytes[SESSION_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        return false;
    struct paired *to = &sessions->items[sessions->count];
    if (sessions->count == SESSIONS_MOST) {
        to = sessions->items;
        for (unsigned i = 1; i < sessions->count; i++)
            to = sessions->items[i].seen_s < to->seen_s ? &sessions->items[i] : to;
    } else {
        sessions->count++;
    }
    *to = (struct paired){.since_s = now_s, .seen_s = now_s};
    if (!parse_line(device, strnlen(device, DEVICE_ROOM - 1), to->device, DEVICE_ROOM))
        snprintf(to->device, DEVICE_ROOM, "a device");
    hash_of(bytes, to->hash);
    hex_of(bytes, SESSION_BYTES, id);
    explicit_bzero(bytes, sizeof bytes);
    *kept = save(sessions);
    return true;
}

bool sessions_remove(struct sessions *sessions, struct paired *paired)
{
    if (!paired) {
        sessions->count = 0;
    } else {
        size_t at = (size_t)(paired - sessions->items);
        memmove(paired, paired + 1, (--sessions->count - at) * sizeof *paired);
    }
    return save(sessions);
}
