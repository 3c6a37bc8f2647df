/* SPDX-License-Identifier: MIT */
/* control-example: commands from a FIFO. `echo pause > /tmp/limber.fifo` pauses the session.
 *
 * A control plugin needs no thread: the host lends its loop ("limber.host.loop/1"), which calls
 * back when a descriptor is ready or a timer fires, and its command language
 * ("limber.host.command/1"), the same words that the keyboard and the socket take. */
#include <limber/control.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct limber_option options[] = {
    {"fifo", LIMBER_OPTION_PATH, NULL, 0, 0, "/tmp/limber.fifo", NULL, "The FIFO to read"},
    {NULL, LIMBER_OPTION_STRING, NULL, 0, 0, NULL, NULL, NULL},
};

struct control {
    const struct limber_host *host;
    const struct limber_host_loop *loop;
    const struct limber_host_command *command;
    const char *path; /* the host's; valid until destroy() */
    int fd;
    uint32_t watch;
    char line[256]; /* what came of the next command */
    size_t length;
};

static void run_line(struct control *control)
{
    char answer[256] = "", text[600];
    enum limber_status status =
        control->command->run(control->command->context, control->line, answer, sizeof answer);
    snprintf(text, sizeof text, "%s: %s", control->line, answer);
    control->host->log(control->host->context,
                       status == LIMBER_OK ? LIMBER_LOG_INFO : LIMBER_LOG_WARNING, text);
}

/* [main] Something is in the FIFO. A line longer than the buffer is cut. */
static void read_lines(void *user, int fd, short events)
{
    struct control *control = user;
    char bytes[256];
    ssize_t count = read(fd, bytes, sizeof bytes);
    (void)events;
    for (ssize_t i = 0; i < count; i++) {
        if (bytes[i] != '\n') {
            if (control->length < sizeof control->line - 1) {
                control->line[control->length++] = bytes[i];
            }
            continue;
        }
        control->line[control->length] = '\0';
        control->length = 0;
        if (control->line[0]) {
            run_line(control);
        }
    }
}

/* [main] */
static enum limber_status start(void *instance)
{
    struct control *control = instance;
    const struct limber_host *host = control->host;
    control->loop = host->get_interface(host->context, LIMBER_HOST_LOOP_ID);
    control->command = host->get_interface(host->context, LIMBER_HOST_COMMAND_ID);
    if (!control->loop || !control->command) {
        return LIMBER_UNSUPPORTED; /* this host lends neither: nothing to control */
    }
    control->path = host->option(host->context, "fifo");
    struct stat about;
    if (mkfifo(control->path, 0600) == 0 || errno == EEXIST) {
        /* Open for writing too, so that it does not end whenever a writer goes. */
        control->fd = open(control->path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    }
    if (control->fd < 0 || fstat(control->fd, &about) != 0 || !S_ISFIFO(about.st_mode)) {
        host->log(host->context, LIMBER_LOG_ERROR, "the FIFO could not be opened");
        return LIMBER_FAILED;
    }
    control->watch =
        control->loop->watch_fd(control->loop->context, control->fd, POLLIN, read_lines, control);
    return control->watch ? LIMBER_OK : LIMBER_FAILED;
}

/* [main, active] Gives back all that start() took. */
static void stop(void *instance)
{
    struct control *control = instance;
    control->loop->remove(control->loop->context, control->watch);
    close(control->fd);
    control->fd = -1;
    unlink(control->path);
}

/* No snapshot(): a FIFO shows nothing. A display would have one. */
static const struct limber_control control_table = {sizeof control_table, start, stop, NULL};

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct control *control = calloc(1, sizeof *control);
    if (!control) {
        return LIMBER_NO_MEMORY;
    }
    control->host = host;
    control->fd = -1;
    *instance = control;
    return LIMBER_OK;
}

/* Also after a start() that failed half-way. */
static void destroy(void *instance)
{
    struct control *control = instance;
    if (control && control->fd >= 0) {
        close(control->fd);
    }
    free(control);
}

static const void *get_interface(void *instance, const char *id)
{
    (void)instance;
    return strcmp(id, LIMBER_CONTROL_ID) == 0 ? &control_table : NULL;
}

static const char *const interfaces[] = {LIMBER_CONTROL_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .id = "control-example",
    .name = "Commands from a FIFO",
    .version = "1.0",
    .license = "MIT",
    .description = "Runs each line that is written to a FIFO as a command",
    .interfaces = interfaces,
    .options = options,
};

LIMBER_EXPORT const struct limber_plugin_entry limber_plugin_entry = {
    LIMBER_ABI_MAJOR, LIMBER_ABI_MINOR, sizeof limber_plugin_entry, &descriptor, create,
    destroy,          get_interface,
};
