/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker_main.c: limber-worker, the process that speech engines run in. Started by cast.c with a
 * socket as descriptor 3; loads one plugin, prepares one voice, and forks a child for each
 * utterance. Ends when the socket closes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/spawn.h"
#include "base/str.h"
#include "plugin/call.h"
#include "plugin/instance.h"
#include "plugin/judge.h"
#include "voice/jobs.h"
#include "voice/orders.h"
#include "voice/packet.h"

#define SOCKET_FD  3
#define FILES_MOST 16384 /* bytes of the list of files */

static struct packet packet; /* too large for the stack; one at a time */
static int stderr_pipe = -1; /* what the engine prints, when somebody wants to see it */

static const struct lent_list nothing_lent;

/* --- telling --- */

static void tell_result(void *context, int64_t id, enum limber_status status, const char *reason)
{
    packet_begin(&packet, PACKET_RESULT);
    packet_put_int(&packet, id);
    packet_put_int(&packet, status);
    packet_put_text(&packet, reason);
    spawn_send(SOCKET_FD, packet.data, packet.size, -1);
}

static void tell_log(void *context, enum limber_log_level level, const char *line)
{
    static struct packet log_packet; /* a log line may come while `packet` is being read */
    char text[1024];
    snprintf(text, sizeof text, "%s", line);
    packet_begin(&log_packet, PACKET_LOG);
    packet_put_int(&log_packet, level);
    packet_put_text(&log_packet, text);
    spawn_send(SOCKET_FD, log_packet.data, log_packet.size, -1);
}

static char first_complaint[512];

static void keep_complaint(void *context, enum limber_log_level level, const char *line)
{
    if (level <= LIMBER_LOG_WARNING && !first_complaint[0]) {
        snprintf(first_complaint, sizeof first_complaint, "%s", line);
    } else {
        tell_log(context, level, line);
    }
}

static _Noreturn void fail(enum limber_status status, const char *reason)
{
    packet_begin(&packet, PACKET_FAILED);
    packet_put_int(&packet, status);
    packet_put_text(&packet, reason);
    spawn_send(SOCKET_FD, packet.data, packet.size, -1);
    _exit(1);
}

/* --- output of engines: nowhere, or line by line into the log --- */

static void redirect_output(void)
{
    const char *level = getenv("LIMBER_LOG");
    int ends[2];
    int to = -1;
    if (level && strcmp(level, "debug") == 0 && pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
        stderr_pipe = ends[0];
        to = ends[1];
    } else {
        to = open("/dev/null", O_WRONLY | O_CLOEXEC);
    }
    if (to >= 0) {
        dup2(to, STDOUT_FILENO);
        dup2(to, STDERR_FILENO);
        close(to);
    }
}

static void forward_output(void)
{
    char text[2048];
    ssize_t count = read(stderr_pipe, text, sizeof text - 1);
    if (count <= 0) {
        return;
    }
    text[count] = '\0';
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        tell_log(NULL, LIMBER_LOG_DEBUG, line);
    }
}

/* --- starting --- */

/* Checks the settings against the plugin's own table and gives them their final form. */
static void check_options(const struct limber_plugin_entry *entry, struct setting_list *options)
{
    const struct limber_plugin_descriptor *about = entry->descriptor;
    for (size_t i = 0; i < options->count; i++) {
        struct setting *setting = &options->items[i];
        char *checked = NULL;
        char *error = NULL;
        enum limber_status status = options_check(about->options, about->id, setting->name,
                                                  setting->value, &checked, &error);
        if (status != LIMBER_OK) {
            fail(status, error);
        }
        free(setting->value);
        setting->value = checked;
    }
}

/* Relative names in a voice's options mean files of the voice. */
static void enter_folder(const char *folder)
{
    if (chdir(folder ? folder : "/") != 0) {
        char reason[512];
        snprintf(reason, sizeof reason, "the folder %s of the voice cannot be entered: %s",
                 folder ? folder : "/", strerror(errno));
        fail(LIMBER_NOT_FOUND, reason);
    }
}

static struct plugin_instance *load(struct orders_start *start)
{
    char *problem = NULL;
    const struct limber_plugin_entry *entry = judge_load(start->file, start->id, &problem);
    if (!entry) {
        fail(LIMBER_NOT_FOUND, problem);
    }
    check_options(entry, &start->options);
    enter_folder(start->folder);
    struct plugin_instance *engine = instance_new(entry, &start->options, &nothing_lent, &problem);
    if (!engine) {
        fail(LIMBER_FAILED, problem);
    }
    log_set_sink(keep_complaint, NULL);
    enum limber_status status = call_speech_prepare(engine, &start->voice);
    log_set_sink(tell_log, NULL);
    if (status != LIMBER_OK) {
        fail(status, first_complaint[0] ? first_complaint : status_text(status));
    }
    if (first_complaint[0]) {
        tell_log(NULL, LIMBER_LOG_WARNING, first_complaint);
    }
    return engine;
}

/* Whether the last line of the list is this path. */
static bool is_last(const char *files, size_t used, const char *path, size_t length)
{
    if (used < length + 1 || memcmp(files + used - length - 1, path, length) != 0) {
        return false;
    }
    return used == length + 1 || files[used - length - 2] == '\n';
}

/* The files mapped into this process, one a line: what the engine was loaded from. They tell
 * whether a remembered fingerprint is still true. */
static void list_files(char *files, size_t size)
{
    files[0] = '\0';
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[4096 + 128];
    size_t used = 0;
    while (maps && fgets(line, sizeof line, maps)) {
        char *path = strchr(line, '/');
        size_t length = path ? strcspn(path, "\n") : 0;
        if (length == 0 || used + length + 2 > size || is_last(files, used, path, length)) {
            continue;
        }
        memcpy(files + used, path, length);
        files[used + length] = '\n';
        files[used += length + 1] = '\0';
    }
    if (maps) {
        fclose(maps);
    }
}

static void tell_ready(struct plugin_instance *engine)
{
    static char files[FILES_MOST];
    list_files(files, sizeof files);
    packet_begin(&packet, PACKET_READY);
    packet_put_text(&packet, call_speech_fingerprint(engine));
    packet_put_text(&packet, files);
    if (packet.bad || !spawn_send(SOCKET_FD, packet.data, packet.size, -1)) {
        _exit(1);
    }
}

/* --- serving --- */

/* Returns false when the host is gone. */
static bool take_request(struct jobs *jobs)
{
    int fd = -1;
    ssize_t size = spawn_receive(SOCKET_FD, packet.data, sizeof packet.data, &fd);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
        return true;
    }
    if (size <= 0) {
        return false;
    }
    struct job_request request = {.fd = fd};
    int type = packet_open(&packet, (size_t)size);
    if (!orders_read_request(&packet, type, &request) || fd < 0) {
        return false; /* not from our host */
    }
    jobs_add(jobs, &request);
    return true;
}

static void serve(struct jobs *jobs)
{
    struct pollfd fds[2 + JOBS_MOST];
    for (;;) {
        fds[0] = (struct pollfd){.fd = SOCKET_FD, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = stderr_pipe, .events = POLLIN};
        size_t count = 2 + jobs_poll(jobs, fds + 2);
        if (poll(fds, count, jobs_timeout_ms(jobs)) < 0 && errno != EINTR) {
            return;
        }
        if (fds[1].revents & POLLIN) {
            forward_output();
        }
        if (fds[0].revents && !take_request(jobs)) {
            return;
        }
        jobs_serve(jobs);
    }
}

int main(int argc, char **argv)
{
    struct stat about;
    if (fstat(SOCKET_FD, &about) != 0 || !S_ISSOCK(about.st_mode)) {
        fputs("limber-worker: started by limber itself, for speech; there is nothing to run here\n",
              stderr);
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a plugin may hang while it loads */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* Ctrl-C is the player's business */
    const struct rlimit no_core = {0};
    setrlimit(RLIMIT_CORE, &no_core);
    /* Engines give samples and play nothing: libespeak-ng looks for a sound server even so, which
     * costs a third of its start. */
    setenv("PULSE_SERVER", "unix:/dev/null", 1);
    fcntl(SOCKET_FD, F_SETFD, FD_CLOEXEC);
    redirect_output();
    log_set_sink(tell_log, NULL);

    static struct packet first; /* its texts are used as long as the voice */
    int fd = -1;
    ssize_t size = spawn_receive(SOCKET_FD, first.data, sizeof first.data, &fd);
    struct orders_start start;
    int type = size > 0 ? packet_open(&first, (size_t)size) : 0;
    if (!orders_read_start(&first, type, &start)) {
        if (type == PACKET_START && start.version != PACKET_VERSION) {
            fail(LIMBER_FAILED, "limber and limber-worker are not of the same version");
        }
        return 1;
    }
    struct plugin_instance *engine = load(&start);
    tell_ready(engine);
    prctl(PR_SET_PDEATHSIG, 0); /* from here on the socket tells, and children are cleaned up */
    signal(SIGTERM, SIG_IGN);
    bool recorded = plugin_descriptor(engine)->flags & LIMBER_PLUGIN_RECORDED;
    struct jobs *jobs = jobs_new(&(struct jobs_options){.engine = engine,
                                                        .recorded = recorded,
                                                        .rate_hz = start.rate_hz,
                                                        .most = start.jobs,
                                                        .socket_fd = SOCKET_FD,
                                                        .report = tell_result});
    serve(jobs);
    jobs_destroy(jobs);
    _exit(0);
}
