/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spawn.c: starting and ending child processes, and packets with descriptors between them. A child
 * leads a process group of its own, so that ending it ends what it forked too, and so that Ctrl-C
 * reaches only the player. */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHILD_SOCKET 3

extern char **environ;

static int set_up(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int socket_fd)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int failed = 0;
    if (socket_fd >= 0) /* first: the socket may be descriptor 0 */
        failed = posix_spawn_file_actions_adddup2(actions, socket_fd, CHILD_SOCKET);
    if (!failed)
        failed = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_addclosefrom_np(actions, socket_fd >= 0 ? CHILD_SOCKET + 1
                                                                                  : CHILD_SOCKET);
    if (!failed)
        failed = posix_spawnattr_setsigmask(attributes, &none);
    if (!failed)
        failed = posix_spawnattr_setsigdefault(attributes, &all);
    if (!failed)
        failed = posix_spawnattr_setpgroup(attributes, 0);
    if (!failed)
        failed = posix_spawnattr_setflags(
            attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    return failed;
}

enum limber_status spawn_program(const char *const argv[], int socket_fd, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    *pid = -1;
    if (!argv || !argv[0] || !*argv[0])
        return LIMBER_NOT_FOUND;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return LIMBER_FAILED;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return LIMBER_FAILED;
    }
    pid_t child = -1;
    int failed = set_up(&actions, &attributes, socket_fd);
    if (!failed)
        failed = posix_spawnp(&child, argv[0], &actions, &attributes, (char *const *)argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) {
        errno = failed;
        return failed == ENOENT || failed == ENOTDIR ? LIMBER_NOT_FOUND : LIMBER_FAILED;
    }
    *pid = child;
    return LIMBER_OK;
}

/* --- Ending --- */

/* True when the child has ended; it is left to be reaped. False also sets errno: ECHILD when it is
 * not (or no longer) a child of ours. */
static bool has_ended(pid_t pid, bool wait)
{
    siginfo_t info = {0};
    int result;
    errno = 0;
    do
        result = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | (wait ? 0 : WNOHANG));
    while (result != 0 && errno == EINTR);
    return result == 0 && info.si_pid == pid;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until the child has ended, at most grace_ms. */
static bool wait_for_end(pid_t pid, int grace_ms)
{
    int64_t deadline = now_ms() + grace_ms;
    int fd = pidfd_open(pid, 0);
    bool ended = false;
    for (int64_t left = grace_ms; !ended && left > 0; left = deadline - now_ms()) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int slice = fd >= 0 ? (int)left : left < 5 ? (int)left : 5; /* no pidfd: look often */
        poll(&wait, 1, slice);
        ended = has_ended(pid, false);
    }
    if (fd >= 0)
        close(fd);
    return ended;
}

static void signal_group(pid_t pid, int number)
{
    if (kill(-pid, number) != 0)
        kill(pid, number);
}

void spawn_end(pid_t pid, int grace_ms)
{
    if (pid <= 1)
        return;
    bool ended = has_ended(pid, false);
    if (!ended && errno == ECHILD)
        return;
    if (!ended) {
        signal_group(pid, SIGTERM);
        ended = wait_for_end(pid, grace_ms);
    }
    /* What the child forked and left behind goes too; the child's number is still taken. */
    signal_group(pid, SIGKILL);
    if (!ended)
        has_ended(pid, true);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* --- Packets --- */

union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr header; /* aligns it */
};

bool spawn_send(int socket_fd, const void *data, size_t size, int fd)
{
    union control control = {0};
    struct iovec part = {.iov_base = (void *)data, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (size == 0) /* would look like the end */
        return false;
    if (fd >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    ssize_t sent;
    do
        sent = sendmsg(socket_fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)size;
}

/* The first descriptor that came; others are closed. */
static int take_descriptor(struct msghdr *message)
{
    int taken = -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header;
         header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
            if (taken < 0)
                taken = fd;
            else
                close(fd);
        }
    }
    return taken;
}

ssize_t spawn_receive(int socket_fd, void *data, size_t size, int *fd)
{
    union control control = {0};
    struct iovec part = {.iov_base = data, .iov_len = size};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got;
    if (fd)
        *fd = -1;
    do
        got = recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return errno == ECONNRESET ? 0 : -1;
    int came = take_descriptor(&message);
    if (message.msg_flags & MSG_TRUNC) {
        if (came >= 0)
            close(came);
        errno = EMSGSIZE;
        return -1;
    }
    if (fd)
        *fd = came;
    else if (came >= 0)
        close(came);
    return got;
}
