/* SPDX-License-Identifier: GPL-3.0-or-later */
/* webhost.c: a host for control-web alone, with the real loop, and a box behind it that is made of
 * paper. What happens is told on stdout, a line each; what is told on stdin: "status JSON" (a new
 * one, and a snapshot), "wakes" (how often the loop called), "lent" (watches and timers),
 * "descriptors", "memory" (KiB), "quit".
 *
 * usage: webhost PLUGIN.so NAME=VALUE… */
#include <dirent.h>
#include <dlfcn.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/loop.h"
#include "limber/ask.h"
#include "limber/control.h"

static struct {
    const struct limber_plugin_entry *entry;
    const struct limber_control *control;
    void *plugin;
    char **options;
    struct loop *loop;
    char status[70000];
    int lent; /* watches and timers that are not given back */
    long wakes;
} host;

/* --- the loop, counted --- */

struct lent {
    void (*ready)(void *user, int fd, short events);
    void (*fire)(void *user);
    void *user;
    uint32_t handle;
    bool once;
};

static struct lent lents[256];

static struct lent *new_lent(void)
{
    for (size_t i = 0; i < sizeof lents / sizeof *lents; i++) {
        if (!lents[i].handle)
            return &lents[i];
    }
    abort();
}

static void is_ready(void *user, int fd, short events)
{
    struct lent *lent = user;
    host.wakes++;
    lent->ready(lent->user, fd, events);
}

static void is_due(void *user)
{
    struct lent lent = *(struct lent *)user;
    host.wakes++;
    if (lent.once) {
        ((struct lent *)user)->handle = 0;
        host.lent--;
    }
    lent.fire(lent.user);
}

static uint32_t watch_fd(void *context, int fd, short events,
                         void (*ready)(void *user, int fd, short events), void *user)
{
    struct lent *lent = new_lent();
    *lent = (struct lent){.ready = ready, .user = user};
    host.lent++;
    return lent->handle = loop_watch_fd(host.loop, fd, events, is_ready, lent);
}

static uint32_t add_timer(void *context, int64_t delay_ms, int64_t period_ms,
                          void (*fire)(void *user), void *user)
{
    struct lent *lent = new_lent();
    *lent = (struct lent){.fire = fire, .user = user, .once = period_ms == 0};
    host.lent++;
    return lent->handle = loop_add_timer(host.loop, delay_ms, period_ms, is_due, lent);
}

static void remove_lent(void *context, uint32_t handle)
{
    for (size_t i = 0; handle && i < sizeof lents / sizeof *lents; i++) {
        if (lents[i].handle != handle)
            continue;
        lents[i].handle = 0;
        host.lent--;
        loop_remove(host.loop, handle);
    }
}

static bool post(void *context, void (*call)(void *user), void *user)
{
    return loop_post(host.loop, call, user);
}

/* --- the box --- */

static enum limber_status run(void *context, const char *line, char *answer, size_t answer_size)
{
    if (strncmp(line, "say-code ", 9) == 0)
        printf("code %s\n", line + 9);
    else
        printf("command %s\n", line);
    bool good = strcmp(line, "dance") != 0;
    snprintf(answer, answer_size, good ? "done: \"%s\"" : "There is no \"%s\".", line);
    return good ? LIMBER_OK : LIMBER_INVALID;
}

static enum limber_status tell(limber_ask_write write, void *user, enum limber_status status,
                               const char *document)
{
    size_t half = strlen(document) / 2;
    if (write(user, document, half))
        write(user, document + half, strlen(document) - half);
    return status;
}

static enum limber_status ask(void *context, const char *question, const char *body,
                              size_t body_size, limber_ask_write write, void *user)
{
    static char document[70000];
    static const struct {
        const char *question;
        enum limber_status status;
    } errors[] = {{"routine nothing", LIMBER_NOT_FOUND},
                  {"routine", LIMBER_INVALID},
                  {"history", LIMBER_BUSY},
                  {"save full", LIMBER_IO},
                  {"moves", LIMBER_FAILED}};
    if (strcmp(question, "status") == 0)
        return tell(write, user, LIMBER_OK, host.status);
    printf("ask %s %zu\n", question, body_size);
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (strcmp(question, errors[i].question) == 0)
            return tell(write, user, errors[i].status, "{\"error\":\"No.\"}");
    }
    unsigned sum = 0;
    for (size_t i = 0; i < body_size; i++)
        sum = sum * 31 + (unsigned char)body[i];
    snprintf(document, sizeof document, "{\"question\":\"%s\",\"size\":%zu,\"sum\":%u}", question,
             body_size, sum);
    return tell(write, user, LIMBER_OK, document);
}

/* --- the host --- */

static void write_log(void *context, enum limber_log_level level, const char *message)
{
    printf("log %d %s\n", (int)level, message);
}

static const char *option(void *context, const char *name)
{
    size_t length = strlen(name);
    for (char **at = host.options; *at; at++) {
        if (strncmp(*at, name, length) == 0 && (*at)[length] == '=')
            return *at + length + 1;
    }
    for (const struct limber_option *at = host.entry->descriptor->options; at->name; at++) {
        if (strcmp(at->name, name) == 0)
            return at->fallback;
    }
    return NULL;
}

static const void *get_interface(void *context, const char *id)
{
    static const struct limber_host_loop loop = {sizeof loop, NULL,        watch_fd,
                                                 add_timer,   remove_lent, post};
    static const struct limber_host_command command = {sizeof command, NULL, run};
    static const struct limber_host_ask questions = {sizeof questions, NULL, ask};
    return strcmp(id, LIMBER_HOST_LOOP_ID) == 0      ? (const void *)&loop
           : strcmp(id, LIMBER_HOST_COMMAND_ID) == 0 ? (const void *)&command
           : strcmp(id, LIMBER_HOST_ASK_ID) == 0     ? (const void *)&questions
                                                     : NULL;
}

/* --- what is told on stdin --- */

static int count_descriptors(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

static long resident_kib(void)
{
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld", &pages, &resident) != 2)
        resident = 0;
    if (file)
        fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void obey(char *line)
{
    line[strcspn(line, "\n")] = '\0';
    struct limber_snapshot now = {.size = sizeof now};
    if (strncmp(line, "status ", 7) == 0) {
        snprintf(host.status, sizeof host.status, "%s", line + 7);
        host.control->snapshot(host.plugin, &now);
    } else if (strcmp(line, "wakes") == 0) {
        printf("wakes %ld\n", host.wakes);
    } else if (strcmp(line, "lent") == 0) {
        printf("lent %d\n", host.lent);
    } else if (strcmp(line, "descriptors") == 0) {
        printf("descriptors %d\n", count_descriptors());
    } else if (strcmp(line, "memory") == 0) {
        printf("memory %ld\n", resident_kib());
    } else {
        loop_quit(host.loop);
    }
}

/* Lines may come in pieces, or several at once. */
static void told(void *user, int fd, short events)
{
    static char text[70000];
    static size_t size;
    ssize_t more = read(fd, text + size, sizeof text - 1 - size);
    if (more <= 0) {
        loop_quit(host.loop);
        return;
    }
    size += (size_t)more;
    text[size] = '\0';
    for (char *end; (end = strchr(text, '\n'));) {
        *end = '\0';
        obey(text);
        size -= (size_t)(end + 1 - text);
        memmove(text, end + 1, size + 1);
    }
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    void *object = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
    host.entry = object ? dlsym(object, "limber_plugin_entry") : NULL;
    if (!host.entry) {
        fprintf(stderr, "%s\n", argc > 1 ? dlerror() : "which plugin?");
        return 2;
    }
    host.options = argv + 2;
    host.loop = loop_new();
    snprintf(host.status, sizeof host.status, "{\"state\":\"idle\"}");
    const struct limber_host lent = {.size = sizeof lent,
                                     .name = "limber",
                                     .version = "0",
                                     .log = write_log,
                                     .option = option,
                                     .get_interface = get_interface};
    int status = 1;
    if (host.entry->create(&lent, &host.plugin) == LIMBER_OK) {
        host.control = host.entry->get_interface(host.plugin, LIMBER_CONTROL_ID);
        status = host.control->start(host.plugin) == LIMBER_OK ? 0 : 1;
        loop_watch_fd(host.loop, STDIN_FILENO, POLLIN, told, NULL);
        if (status == 0) {
            printf("started\n");
            loop_run(host.loop);
            host.control->stop(host.plugin);
            printf("stopped %d\n", host.lent);
        }
        host.entry->destroy(host.plugin);
    }
    loop_destroy(host.loop);
    return status;
}
