/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gate.c: makes the socket, so that at no moment anybody may open it who should not, and never
 * takes one away from a player that lives. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "socket.h"

#define FIRST_HANDED 3 /* SD_LISTEN_FDS_START */
#define BACKLOG      64

/* --- where --- */

bool gate_default_path(char *path, size_t size)
{
    const char *runtime = getenv("RUNTIME_DIRECTORY"); /* a service's own; the first of several */
    const char *session = getenv("XDG_RUNTIME_DIR");
    int length = -1;
    if (runtime && *runtime == '/')
        length = snprintf(path, size, "%.*s/control.sock", (int)strcspn(runtime, ":"), runtime);
    else if (session && *session == '/')
        length = snprintf(path, size, "%s/limber/control.sock", session);
    else if (geteuid() == 0)
        length = snprintf(path, size, "/run/limber/control.sock");
    return length > 0 && (size_t)length < size;
}

/* --- handed over --- */

static bool listens(int fd)
{
    int yes = 0, domain = 0, type = 0;
    socklen_t size = sizeof(int);
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &size) == 0 && yes &&
           getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX &&
           getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

/* The first Unix socket of those that the service manager passed to this process
 * (sd_listen_fds(3)), or −1. */
static int handed_over(void)
{
    const char *process = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    if (!process || !count || strtol(process, NULL, 10) != (long)getpid())
        return -1;
    long fds = strtol(count, NULL, 10);
    for (int fd = FIRST_HANDED; fd < FIRST_HANDED + fds && fds < 64; fd++) {
        if (listens(fd) && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0 &&
            fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
            return fd;
    }
    return -1;
}

/* --- made by us --- */

static bool find_group(const char *name, gid_t *group)
{
    char *end = NULL;
    const struct group *found = getgrnam(name);
    unsigned long number = strtoul(name, &end, 10);
    *group = found ? found->gr_gid : (gid_t)number;
    return found || (*name >= '0' && *name <= '9' && !*end);
}

/* Gives it to the group, unless it is the group's as it was made: a service is as a rule forbidden
 * to change owners, and need not. */
static bool give_to(const char *path, gid_t group)
{
    struct stat about;
    return (lstat(path, &about) == 0 && about.st_gid == group) ||
           lchown(path, (uid_t)-1, group) == 0;
}

/* The folder it is in, if it is not there yet. */
static bool make_folder(const char *path, bool shared, gid_t group)
{
    char copy[108];
    snprintf(copy, sizeof copy, "%s", path);
    const char *folder = dirname(copy);
    if (mkdir(folder, 0700) != 0)
        return errno == EEXIST;
    return !shared || (give_to(folder, group) && chmod(folder, 0750) == 0);
}

/* Held by one process at a time, and let go by the system when that ends, however it ends. */
static int take_lock(const char *path)
{
    char name[128];
    snprintf(name, sizeof name, "%s.lock", path);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

/* Whether somebody accepts connections there. */
static bool lives(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool answered =
        fd >= 0 && (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ||
                    errno == EAGAIN || errno == EACCES);
    if (fd >= 0)
        close(fd);
    return answered;
}

/* Removes what a dead process left. Errors as gate_open(). */
static enum limber_status clear_way(const struct sockaddr_un *address, char *problem, size_t size)
{
    struct stat about;
    if (lstat(address->sun_path, &about) != 0)
        return LIMBER_OK;
    if (!S_ISSOCK(about.st_mode)) {
        snprintf(problem, size,
                 "%s is there already and is no socket; move it away, or name "
                 "another with control-socket.path",
                 address->sun_path);
        return LIMBER_INVALID;
    }
    if (lives(address)) {
        snprintf(problem, size, "another player answers at %s; limber ctl talks to it",
                 address->sun_path);
        return LIMBER_BUSY;
    }
    if (unlink(address->sun_path) == 0 || errno == ENOENT)
        return LIMBER_OK;
    snprintf(problem, size, "%s is a dead player's and cannot be removed: %s", address->sun_path,
             strerror(errno));
    return LIMBER_FAILED;
}

/* The rights are those of the descriptor before it has a name (Linux takes them over), so that
 * there is no moment with more; then the group's. */
static bool bind_it(struct gate *gate, const struct sockaddr_un *address, bool shared, gid_t group)
{
    struct stat about;
    gate->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (gate->fd < 0 || fchmod(gate->fd, 0600) != 0 ||
        bind(gate->fd, (const struct sockaddr *)address, sizeof *address) != 0)
        return false;
    if (lstat(address->sun_path, &about) != 0)
        return false;
    gate->device = about.st_dev;
    gate->inode = about.st_ino;
    return (!shared ||
            (give_to(address->sun_path, group) && chmod(address->sun_path, 0660) == 0)) &&
           listen(gate->fd, BACKLOG) == 0;
}

static enum limber_status make(struct gate *gate, bool shared, gid_t group, char *problem,
                               size_t size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, gate->path, sizeof address.sun_path);
    if (!make_folder(gate->path, shared, group)) {
        snprintf(problem, size, "the folder of %s cannot be made: %s", gate->path, strerror(errno));
        return LIMBER_FAILED;
    }
    gate->lock_fd = take_lock(gate->path);
    if (gate->lock_fd < 0 && errno == EWOULDBLOCK) {
        snprintf(problem, size, "another player answers at %s; limber ctl talks to it", gate->path);
        return LIMBER_BUSY;
    }
    if (gate->lock_fd < 0) {
        snprintf(problem, size, "%s.lock cannot be opened: %s", gate->path, strerror(errno));
        return LIMBER_FAILED;
    }
    enum limber_status status = clear_way(&address, problem, size);
    if (status != LIMBER_OK)
        return status;
    if (bind_it(gate, &address, shared, group))
        return LIMBER_OK;
    snprintf(problem, size, "%s cannot be made: %s", gate->path, strerror(errno));
    return LIMBER_FAILED;
}

enum limber_status gate_open(struct gate *gate, const char *path, const char *group, char *problem,
                             size_t problem_size)
{
    gid_t number = 0;
    *gate = (struct gate){.fd = handed_over(), .lock_fd = -1};
    if (gate->fd >= 0)
        return LIMBER_OK;
    if (strlen(path) >= sizeof gate->path) {
        snprintf(problem, problem_size, "%s: the name of a socket has at most %zu bytes", path,
                 sizeof gate->path - 1);
        return LIMBER_INVALID;
    }
    if (group && !find_group(group, &number)) {
        snprintf(problem, problem_size, "there is no group \"%s\"", group);
        return LIMBER_INVALID;
    }
    snprintf(gate->path, sizeof gate->path, "%s", path);
    enum limber_status status = make(gate, group != NULL, number, problem, problem_size);
    if (status != LIMBER_OK)
        gate_close(gate);
    return status;
}

void gate_close(struct gate *gate)
{
    struct stat about;
    if (gate->fd >= 0)
        close(gate->fd);
    if (gate->inode && lstat(gate->path, &about) == 0 && about.st_dev == gate->device &&
        about.st_ino == gate->inode)
        unlink(gate->path);
    if (gate->lock_fd >= 0)
        close(gate->lock_fd);
    *gate = (struct gate){.fd = -1, .lock_fd = -1};
}
