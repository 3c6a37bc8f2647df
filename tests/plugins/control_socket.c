/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control_socket.c: control-socket on a virtual clock: what takes time, and what others must not
 * suffer from. The whole protocol with the real player: tests/cli/control_socket.py. usage:
 * control_socket PLUGIN */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "controlkit.h"

#define DOCUMENT "{\"format\":1,\"state\":\"paused\",\"position\":%d.5,\"left\":9,\"text\":\"%s\"}"

static const char *plugin_file;
static char path[100], document[65536];
static struct limber_snapshot nothing = {.size = sizeof nothing};

static int begin(void **state)
{
    kit_reset(plugin_file);
    kit_set("path", path);
    kit_set("clients", "40");
    snprintf(document, sizeof document, DOCUMENT, 0, "Stand tall.");
    kit.document = document;
    return kit_start() == LIMBER_OK ? 0 : -1;
}

static int end(void **state)
{
    return kit_stop();
}

/* A client that has read its greeting. */
static int join(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char greeting[64];
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    kit_pass(kit.now / NSEC_PER_MSEC);
    assert_int_equal(recv(fd, greeting, sizeof greeting, 0), strlen("limber 1 0\n"));
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
}

static void pass_ms(int64_t ms)
{
    kit_pass(kit.now / NSEC_PER_MSEC + ms);
}

/* All that is there; NULL: the other side hung up and nothing was left. */
static const char *hear(int fd)
{
    static char text[1 << 20];
    size_t used = 0;
    for (;;) {
        ssize_t size = recv(fd, text + used, sizeof text - 1 - used, 0);
        if (size < 0 && errno == EAGAIN)
            break;
        if (size <= 0)
            return used ? text : NULL;
        used += (size_t)size;
        pass_ms(0);
    }
    text[used] = '\0';
    return text;
}

static size_t lines_in(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

/* Asks without reading until nothing more is taken. */
static void flood(int fd)
{
    size_t size = strlen(document);
    while (size < 4000) {
        document[size] = ' ';
        document[++size] = '\0';
    }
    for (int i = 0; i < 1000; i++) {
        if (send(fd, "ask status\n", 11, 0) < 0)
            break;
        pass_ms(0);
    }
}

static void test_frames(void **state)
{
    int fd = join();
    say(fd, "pause\nbad\nask 3 check\nx\nyask status\n");
    pass_ms(0);
    const char *heard = hear(fd);
    assert_int_equal(strncmp(heard, "ok\nno this cannot be done\n= {", 29), 0);
    assert_int_equal(lines_in(heard), 4);
    assert_string_equal(kit.asked, "status");
    kit.document = NULL;
    say(fd, "ask 4 save x\nab\ncsubscribe\n");
    pass_ms(0);
    assert_string_equal(hear(fd), "no Nobody knows.\nno there is no status here\n");
    kit.document = "{\"a\":\"x\ny\"}"; /* a host that breaks its word does not break the frame */
    say(fd, "ask status\n");
    pass_ms(0);
    assert_string_equal(hear(fd), "= {\"a\":\"x y\"}\n");
    close(fd);
}

static void test_turns(void **state)
{
    int greedy = join(), modest = join();
    for (int i = 0; i < 40; i++)
        say(greedy, "more\n");
    say(modest, "where\n");
    pass_ms(0);
    const char *others = strstr(kit.said, "where");
    assert_non_null(others);
    assert_true(others - kit.said <
                (ptrdiff_t)(9 * strlen("0:more "))); /* not behind all of them */
    assert_int_equal(lines_in(hear(greedy)), 40);
    assert_string_equal(hear(modest), "ok\n");
    close(greedy);
    close(modest);
}

static void test_never_reads(void **state)
{
    int fd = join(), other = join();
    flood(fd);
    pass_ms(7000);
    assert_null(strstr(kit.logged, "does not read"));
    say(other, "where\n");
    pass_ms(0);
    assert_string_equal(hear(other), "ok\n");
    pass_ms(3100);
    assert_non_null(strstr(kit.logged, "does not read what it is told: dropped"));
    while (hear(fd) != NULL) /* what was sent is still there, then the end */
        ;
    close(fd);
    close(other);
}

static void test_reads_late(void **state)
{
    int fd = join();
    flood(fd);
    pass_ms(7000);
    assert_true(lines_in(hear(fd)) > 10);
    flood(fd);
    pass_ms(7000);
    for (const char *heard = hear(fd); *heard; heard = hear(fd))
        pass_ms(1);
    pass_ms(20000);
    assert_null(strstr(kit.logged, "does not read"));
    close(fd);
}

static void test_changes(void **state)
{
    int fd = join(), clock = join();
    say(fd, "subscribe\n");
    say(clock, "subscribe clock\n");
    pass_ms(0);
    assert_int_equal(lines_in(hear(fd)), 2);
    assert_int_equal(lines_in(hear(clock)), 2);
    kit.control->snapshot(kit.plugin, &nothing);
    assert_string_equal(hear(fd), "");
    snprintf(document, sizeof document, DOCUMENT, 1, "Stand tall."); /* a little off: no news */
    kit.control->snapshot(kit.plugin, &nothing);
    assert_string_equal(hear(fd), "");
    assert_int_equal(lines_in(hear(clock)), 2);
    snprintf(document, sizeof document, DOCUMENT, 7, "Stand tall."); /* not where it should be */
    kit.control->snapshot(kit.plugin, &nothing);
    assert_int_equal(lines_in(hear(fd)), 1);
    snprintf(document, sizeof document, DOCUMENT, 7, "Sit.");
    kit.control->snapshot(kit.plugin, &nothing);
    assert_non_null(strstr(hear(fd), "Sit."));
    say(fd, "unsubscribe\n");
    pass_ms(0);
    hear(fd);
    snprintf(document, sizeof document, DOCUMENT, 7, "Rise.");
    kit.control->snapshot(kit.plugin, &nothing);
    assert_string_equal(hear(fd), "");
    close(fd);
    close(clock);
}

/* States in between are left out, the newest is not. */
static void test_slow_subscriber(void **state)
{
    int fd = join();
    say(fd, "subscribe\n");
    pass_ms(0);
    for (int i = 0; i < 2000; i++) {
        char text[600];
        snprintf(text, sizeof text, "%d %0500d", i, 0);
        snprintf(document, sizeof document, DOCUMENT, 0, text);
        kit.control->snapshot(kit.plugin, &nothing);
    }
    const char *heard = hear(fd);
    size_t count = lines_in(heard);
    assert_true(count > 2 && count < 1000);
    assert_non_null(strstr(heard, "\"1999 "));
    assert_true(heard[strlen(heard) - 1] == '\n');
    close(fd);
}

/* When there are no descriptors left, those who knock wait, and the loop has rest meanwhile. */
static void test_no_descriptors(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct rlimit limit, low;
    char greeting[64];
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    getrlimit(RLIMIT_NOFILE, &limit);
    low = (struct rlimit){.rlim_cur = (rlim_t)fd + 1, .rlim_max = limit.rlim_max};
    setrlimit(RLIMIT_NOFILE, &low);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    pass_ms(0);
    pass_ms(5000);
    assert_true(recv(fd, greeting, sizeof greeting, 0) < 0);
    const char *told = strstr(kit.logged, "no more clients can be served");
    assert_non_null(told);
    assert_null(strstr(told + 1, "no more clients")); /* once */
    setrlimit(RLIMIT_NOFILE, &limit);
    pass_ms(1000);
    assert_true(recv(fd, greeting, sizeof greeting, 0) > 0);
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    plugin_file = argv[1];
    snprintf(path, sizeof path, "/tmp/limber-socket-test-%d/s", (int)getpid());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_frames, begin, end),
        cmocka_unit_test_setup_teardown(test_turns, begin, end),
        cmocka_unit_test_setup_teardown(test_never_reads, begin, end),
        cmocka_unit_test_setup_teardown(test_reads_late, begin, end),
        cmocka_unit_test_setup_teardown(test_changes, begin, end),
        cmocka_unit_test_setup_teardown(test_slow_subscriber, begin, end),
        cmocka_unit_test_setup_teardown(test_no_descriptors, begin, end),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char lock[128];
    snprintf(lock, sizeof lock, "%s.lock", path);
    unlink(lock);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    return failed;
}
