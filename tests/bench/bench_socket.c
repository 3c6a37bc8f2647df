/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_socket.c: clients of a player's socket, or of its page's server, many at a time: some
 * subscribe and read, the others send one request after the other as fast as they are answered.
 * Prints what an answer took.
 * usage: bench_socket PATH|PORT SUBSCRIBERS HAMMERS SECONDS REQUEST… */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MOST 256
#define ANSWERS_MOST (4u << 20)

static struct client {
    size_t next; /* request */
    int64_t sent_ns;
    bool hammers, greeted, middle; /* middle: of a line */
    char head[2048];               /* of an answer over HTTP, as far as it is here */
    size_t head_size, body_left;
} clients[CLIENTS_MOST];
static struct pollfd fds[CLIENTS_MOST];
static uint32_t *took_us;
static size_t answers, refused, statuses;
static bool http;
static char **requests;
static size_t request_count;

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* The same request over HTTP. */
static int wrap(char *text, size_t room, const char *line)
{
    static const char end[] = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    if (strcmp(line, "subscribe") == 0)
        return snprintf(text, room, "GET /api/events%s", end);
    if (strncmp(line, "ask ", 4) == 0)
        return snprintf(text, room, "GET /api/ask?q=%s%s", line + 4, end);
    return snprintf(text, room,
                    "POST /api/command HTTP/1.1\r\nHost: localhost\r\nX-Limber: 1\r\n"
                    "Content-Length: %zu\r\n\r\n%s",
                    strlen(line), line);
}

static void say(int fd, const char *line)
{
    char text[1300];
    int length = http ? wrap(text, sizeof text, line) : snprintf(text, sizeof text, "%s\n", line);
    if (send(fd, text, (size_t)length, MSG_NOSIGNAL) != length)
        die("send");
}

static void hammer(size_t i)
{
    clients[i].sent_ns = now_ns();
    say(fds[i].fd, requests[clients[i].next++ % request_count]);
}

static void answered(size_t i, bool is_refused)
{
    if (answers < ANSWERS_MOST)
        took_us[answers++] = (uint32_t)((now_ns() - clients[i].sent_ns) / 1000);
    refused += is_refused;
    hammer(i);
}

static void take_line(size_t i, char first)
{
    struct client *client = &clients[i];
    if (!client->greeted) {
        client->greeted = true;
        if (client->hammers)
            hammer(i);
        else
            say(fds[i].fd, "subscribe");
    } else if (first == '*') {
        statuses++;
    } else if (client->hammers) {
        answered(i, first == 'n');
    }
}

/* Heads are collected, bodies are counted. */
static void take_answer(size_t i, const char *bytes, size_t size)
{
    struct client *client = &clients[i];
    for (; size > 0 && client->body_left == 0; bytes++, size--) {
        if (client->head_size + 1 == sizeof client->head)
            die("a head without end");
        client->head[client->head_size++] = *bytes;
        client->head[client->head_size] = '\0';
        if (client->head_size < 4 || strcmp(client->head + client->head_size - 4, "\r\n\r\n") != 0)
            continue;
        const char *length = strstr(client->head, "Content-Length: ");
        client->body_left = length ? strtoul(length + strlen("Content-Length: "), NULL, 10) : 0;
        client->head_size = 0;
    }
    client->body_left -= size < client->body_left ? size : client->body_left;
    if (client->body_left == 0 && client->head_size == 0)
        answered(i, client->head[strlen("HTTP/1.1 ")] != '2');
}

static void count_events(const char *bytes, size_t size)
{
    static const char mark[] = "event: status";
    const char *end = bytes + size;
    for (const char *at = bytes; (at = memmem(at, (size_t)(end - at), mark, sizeof mark - 1));
         at += sizeof mark - 1)
        statuses++;
}

static void receive(size_t i)
{
    char piece[65536];
    ssize_t size = recv(fds[i].fd, piece, sizeof piece, MSG_DONTWAIT);
    if (size <= 0 && errno != EAGAIN)
        die("the player has gone");
    if (http && size > 0) {
        if (clients[i].hammers)
            take_answer(i, piece, (size_t)size);
        else
            count_events(piece, (size_t)size);
        return;
    }
    for (char *at = piece; size > 0;) {
        char *end = memchr(at, '\n', (size_t)size);
        char first = clients[i].middle ? '\0' : *at;
        static char firsts[CLIENTS_MOST];
        if (first)
            firsts[i] = first;
        clients[i].middle = !end;
        if (!end)
            return;
        size -= end + 1 - at;
        at = end + 1;
        take_line(i, firsts[i]);
    }
}

static void join(size_t i, const char *path, bool hammers)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    fds[i] = (struct pollfd){.fd = socket(AF_UNIX, SOCK_STREAM, 0), .events = POLLIN};
    clients[i] = (struct client){.hammers = hammers, .next = i};
    if (connect(fds[i].fd, (const struct sockaddr *)&address, sizeof address) != 0)
        die(path);
}

/* Ten from each address. */
static void join_http(size_t i, const char *port, bool hammers)
{
    struct sockaddr_in from = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(0x7f000501u + (uint32_t)i / 10)};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    fds[i] = (struct pollfd){.fd = fd, .events = POLLIN};
    clients[i] = (struct client){.hammers = hammers, .next = i};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&from, sizeof from) != 0 ||
        connect(fd, (const struct sockaddr *)&to, sizeof to) != 0)
        die(port);
    if (hammers)
        hammer(i);
    else
        say(fd, "subscribe");
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc < 6)
        return 2;
    size_t subscribers = strtoul(argv[2], NULL, 10), hammers = strtoul(argv[3], NULL, 10);
    size_t count = subscribers + hammers;
    requests = argv + 5;
    request_count = (size_t)argc - 5;
    took_us = malloc(ANSWERS_MOST * sizeof *took_us);
    if (!took_us || count > CLIENTS_MOST)
        return 2;
    http = strspn(argv[1], "0123456789") == strlen(argv[1]);
    for (size_t i = 0; i < count; i++)
        (http ? join_http : join)(i, argv[1], i >= subscribers);
    int64_t until_ns = now_ns() + (int64_t)(strtod(argv[4], NULL) * 1e9);
    while (now_ns() < until_ns) {
        if (poll(fds, count, 100) < 0)
            die("poll");
        for (size_t i = 0; i < count; i++) {
            if (fds[i].revents)
                receive(i);
        }
    }
    if (answers == 0)
        return 1;
    qsort(took_us, answers, sizeof *took_us, by_size);
    printf("{\"answers\":%zu,\"refused\":%zu,\"statuses\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
           "\"max_ms\":%.3f}\n",
           answers, refused, statuses, took_us[answers / 2] / 1e3,
           took_us[answers * 99 / 100] / 1e3, took_us[answers - 1] / 1e3);
    return 0;
}
