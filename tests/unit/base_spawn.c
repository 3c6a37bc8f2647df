/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Child processes: what they inherit, how they end, packets and descriptors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spawn.h"

#define SELF "/proc/self/exe"

/* --- The child's side: `--child what` --- */

static int report_descriptors(void)
{
    char answer[64] = "";
    struct stat in, null;
    fstat(0, &in);
    stat("/dev/null", &null);
    strcat(answer, in.st_rdev == null.st_rdev && S_ISCHR(in.st_mode) ? "null" : "other");
    for (int fd = 3; fd < 200; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            strcat(answer, fd == 3 ? " 3" : " more");
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    strcat(answer, sigismember(&mask, SIGUSR1) ? " blocked" : " free");
    strcat(answer, signal(SIGPIPE, SIG_DFL) == SIG_DFL ? " default" : " ignored");
    return spawn_send(3, answer, strlen(answer), -1) ? 0 : 1;
}

static _Noreturn void stubborn(void)
{
    signal(SIGTERM, SIG_IGN);
    if (fork() == 0)
        for (;;)
            pause(); /* holds the socket open as well */
    spawn_send(3, "up", 2, -1);
    for (;;)
        pause();
}

static _Noreturn void obedient(void)
{
    spawn_send(3, "up", 2, -1);
    for (;;)
        pause();
}

static int child(const char *what)
{
    if (strcmp(what, "descriptors") == 0)
        return report_descriptors();
    if (strcmp(what, "stubborn") == 0)
        stubborn();
    obedient();
}

/* --- The tests --- */

static pid_t start(const char *what, int *socket_fd)
{
    int ends[2];
    pid_t pid;
    const char *argv[] = {SELF, "--child", what, NULL};
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    assert_int_equal(spawn_program(argv, ends[1], &pid), LIMBER_OK);
    assert_true(pid > 0);
    close(ends[1]);
    *socket_fd = ends[0];
    return pid;
}

static void test_inheritance(void **state)
{
    char answer[64] = "";
    int socket_fd, loose = open("/dev/null", O_RDONLY); /* not close-on-exec */
    assert_int_equal(dup2(loose, 100), 100);
    sigset_t mask, old;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigprocmask(SIG_BLOCK, &mask, &old);
    signal(SIGPIPE, SIG_IGN);
    pid_t pid = start("descriptors", &socket_fd);
    assert_true(spawn_receive(socket_fd, answer, sizeof answer - 1, NULL) > 0);
    assert_string_equal(answer, "null 3 free default");
    int result = -1;
    assert_int_equal(waitpid(pid, &result, 0), pid);
    assert_int_equal(result, 0);
    sigprocmask(SIG_SETMASK, &old, NULL);
    signal(SIGPIPE, SIG_DFL);
    close(socket_fd);
    close(loose);
    close(100);
}

static void test_not_found(void **state)
{
    pid_t pid = 7;
    const char *missing[] = {"/no/such/program", NULL}, *name[] = {"limber-no-such", NULL};
    const char *folder[] = {"/tmp", NULL}, *none[] = {NULL}, *by_name[] = {"true", NULL};
    assert_int_equal(spawn_program(missing, -1, &pid), LIMBER_NOT_FOUND);
    assert_int_equal(pid, -1);
    assert_int_equal(spawn_program(name, -1, &pid), LIMBER_NOT_FOUND);
    assert_int_equal(spawn_program(none, -1, &pid), LIMBER_NOT_FOUND);
    assert_int_equal(spawn_program(folder, -1, &pid), LIMBER_FAILED);
    assert_int_equal(spawn_program(by_name, -1, &pid), LIMBER_OK);
    int result = -1;
    assert_int_equal(waitpid(pid, &result, 0), pid);
    assert_int_equal(result, 0);
    spawn_end(pid, 10); /* reaped already */
    spawn_end(-1, 10);
    spawn_end(0, 10);
}

static void assert_gone(pid_t pid, int socket_fd)
{
    char up[2];
    ssize_t got;
    errno = 0;
    assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    /* Nobody holds the other end any more: grandchildren are gone too. What the child still said
     * before it was ended comes first. */
    do
        got = spawn_receive(socket_fd, up, sizeof up, NULL);
    while (got == 2);
    assert_int_equal(got, 0);
    assert_false(spawn_send(socket_fd, "x", 1, -1));
    close(socket_fd);
}

static void test_end(void **state)
{
    static const char *const kinds[] = {"obedient", "stubborn"};
    for (int i = 0; i < 2; i++) {
        char up[2];
        int socket_fd;
        pid_t pid = start(kinds[i], &socket_fd);
        assert_int_equal(spawn_receive(socket_fd, up, sizeof up, NULL), 2);
        spawn_end(pid, i == 0 ? 60000 : 30);
        assert_gone(pid, socket_fd);
    }
    int socket_fd;
    pid_t pid = start("obedient", &socket_fd);
    spawn_end(pid, 0);
    assert_gone(pid, socket_fd);
}

static void test_packets(void **state)
{
    int ends[2], fd = 99, pipe_ends[2];
    char data[100];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
    assert_int_equal(pipe(pipe_ends), 0);
    assert_int_equal(spawn_receive(ends[1], data, sizeof data, &fd), -1);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(fd, -1);
    assert_true(spawn_send(ends[0], "hello", 5, pipe_ends[1]));
    assert_true(spawn_send(ends[0], "again", 5, -1));
    assert_int_equal(spawn_receive(ends[1], data, sizeof data, &fd), 5);
    assert_memory_equal(data, "hello", 5);
    assert_true(fd >= 0);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(write(fd, "!", 1), 1);
    assert_int_equal(read(pipe_ends[0], data, 10), 1);
    close(fd);
    assert_int_equal(spawn_receive(ends[1], data, 3, &fd), -1); /* cut: not handed out */
    assert_int_equal(errno, EMSGSIZE);
    assert_false(spawn_send(ends[0], data, 0, -1));
    char *large = calloc(1, 64 << 20);
    assert_false(spawn_send(ends[0], large, 64 << 20, -1));
    free(large);
    /* An unwanted descriptor does not leak. */
    assert_true(spawn_send(ends[0], "x", 1, pipe_ends[1]));
    assert_int_equal(spawn_receive(ends[1], data, 10, NULL), 1);
    close(pipe_ends[1]);
    assert_int_equal(read(pipe_ends[0], data, 1), 0);
    close(ends[0]);
    assert_int_equal(spawn_receive(ends[1], data, 10, &fd), 0);
    assert_false(spawn_send(ends[1], "x", 1, -1));
    close(ends[1]);
    close(pipe_ends[0]);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--child") == 0)
        return child(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inheritance),
        cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_packets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
