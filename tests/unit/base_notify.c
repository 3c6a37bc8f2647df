/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a service manager hears: a socket of ours stands for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/notify.h"

/* A manager's socket, named in the environment. */
static int manager(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    memcpy(address.sun_path, name, strlen(name) + 1);
    if (*name == '@')
        address.sun_path[0] = '\0';
    else
        length++;
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static void assert_heard(int fd, const char *expected)
{
    char text[512] = "";
    ssize_t got = recv(fd, text, sizeof text - 1, 0);
    if (!expected) {
        assert_int_equal(got, -1);
        return;
    }
    assert_true(got > 0);
    text[got] = '\0';
    assert_string_equal(text, expected);
}

static void say_all(const char *name)
{
    int fd = manager(name);
    struct notify *notify = notify_new();
    assert_null(getenv("NOTIFY_SOCKET"));
    assert_true(notify_heard(notify));
    notify_ready(notify);
    assert_heard(fd, "READY=1");
    notify_status(notify, "playing\nREADY=0");
    assert_heard(fd, "STATUS=playing READY=0");
    notify_status(notify, "playing\nREADY=0");
    assert_heard(fd, NULL);
    notify_reloading(notify);
    char text[200] = "";
    assert_true(recv(fd, text, sizeof text - 1, 0) > 0);
    assert_int_equal(strncmp(text, "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
    assert_true(atoll(text + 27) > 0);
    notify_alive(notify);
    assert_heard(fd, "WATCHDOG=1");
    notify_stopping(notify);
    assert_heard(fd, "STOPPING=1");
    notify_destroy(notify);
    close(fd);
}

static void test_abstract(void **state)
{
    char name[64];
    snprintf(name, sizeof name, "@limber-notify-%d", (int)getpid());
    say_all(name);
}

static void test_path(void **state)
{
    char name[64];
    snprintf(name, sizeof name, "/tmp/limber-notify-%d", (int)getpid());
    say_all(name);
    unlink(name);
}

static void test_nobody(void **state)
{
    unsetenv("NOTIFY_SOCKET");
    struct notify *notify = notify_new();
    assert_false(notify_heard(notify));
    notify_ready(notify);
    notify_status(notify, "x");
    assert_int_equal(notify_watchdog_ms(notify), 0);
    notify_destroy(notify);
    notify_destroy(NULL);
    char longest[200] = "/tmp/";
    memset(longest + 5, 'x', sizeof longest - 6);
    const char *const wrong[] = {"", "x", "relative", longest, "@", "vsock:2:1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        setenv("NOTIFY_SOCKET", wrong[i], 1);
        notify = notify_new();
        assert_false(notify_heard(notify));
        notify_ready(notify);
        notify_destroy(notify);
    }
    setenv("NOTIFY_SOCKET", "/tmp/limber-there-is-no-such-socket", 1);
    notify = notify_new();
    notify_ready(notify); /* told once, and that is all */
    notify_ready(notify);
    notify_destroy(notify);
}

static int64_t watchdog(const char *usec, const char *pid)
{
    char name[64];
    snprintf(name, sizeof name, "@limber-watchdog-%d", (int)getpid());
    int fd = manager(name);
    setenv("WATCHDOG_USEC", usec, 1);
    if (pid)
        setenv("WATCHDOG_PID", pid, 1);
    struct notify *notify = notify_new();
    int64_t ms = notify_watchdog_ms(notify);
    assert_null(getenv("WATCHDOG_USEC"));
    assert_null(getenv("WATCHDOG_PID"));
    notify_destroy(notify);
    close(fd);
    return ms;
}

static void test_watchdog(void **state)
{
    char own[16];
    snprintf(own, sizeof own, "%d", (int)getpid());
    assert_int_equal(watchdog("20000000", NULL), 20000);
    assert_int_equal(watchdog("20000000", own), 20000);
    assert_int_equal(watchdog("20000000", "1"), 0); /* meant for another */
    assert_int_equal(watchdog("never", NULL), 0);
    assert_int_equal(watchdog("-5", NULL), 0);
}

/* A manager that does not read must not hold us up. */
static void test_full(void **state)
{
    char name[64];
    snprintf(name, sizeof name, "@limber-full-%d", (int)getpid());
    int fd = manager(name);
    struct notify *notify = notify_new();
    int limit = 100; /* the queue holds a few datagrams more */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &limit, sizeof limit);
    for (int i = 0; i < 14; i++)
        notify_alive(notify);
    assert_heard(fd, "WATCHDOG=1");
    notify_destroy(notify);
    close(fd);
}

int main(void)
{
    log_set_level(LIMBER_LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_abstract), cmocka_unit_test(test_path), cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_watchdog), cmocka_unit_test(test_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
