/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_fetch.c: reading an archive in a child process. The child has the archive and one pipe,
 * and may open, write and start nothing; what comes out of the pipe is judged here as if a stranger
 * had written it. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "studio/archive_reader.h"
#include "studio/archive_rules.h"

#define PACKET_MOST   ((size_t)64 * 1024)
#define NAME_MOST     4096 /* bytes of a name that are passed on; longer ones are refused anyway */
#define MEMORY_BYTES  ((rlim_t)768 * 1024 * 1024)
#define NOBODY        65534
#define ARCHIVE_FD    3
#define PIPE_FD       4
#define LEAST_SECONDS 20 /* of processor time, and one more for each MiB of the archive */
#define MOST_SECONDS  300

#ifdef __has_feature /* clang */
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ /* gcc */
#define SANITIZED
#endif

enum packet_kind {
    PACKET_FILE = 1,
    PACKET_FOLDER,
    PACKET_DATA,
    PACKET_END, /* `status`, and the text why */
};

struct packet {
    uint32_t kind, size;
    int32_t status;
};

/* --- the child --- */

static bool write_all(int fd, const void *data, size_t size)
{
    const char *from = data;
    while (size > 0) {
        ssize_t put = write(fd, from, size);
        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0) {
            from += put;
            size -= (size_t)put;
        }
    }
    return true;
}

static bool put_packet(enum packet_kind kind, int status, const void *data, size_t size)
{
    struct packet packet = {.kind = kind, .size = (uint32_t)size, .status = status};
    return write_all(PIPE_FD, &packet, sizeof packet) && write_all(PIPE_FD, data, size);
}

static bool put_entry(void *context, bool folder, const char *name, size_t length)
{
    size_t size = length < NAME_MOST ? length : NAME_MOST;
    return put_packet(folder ? PACKET_FOLDER : PACKET_FILE, 0, name, size);
}

static bool put_data(void *context, const void *data, size_t size)
{
    return put_packet(PACKET_DATA, 0, data, size);
}

static void limit(int resource, rlim_t amount)
{
    struct rlimit limits = {.rlim_cur = amount, .rlim_max = amount};
    struct rlimit now;
    if (getrlimit(resource, &now) == 0 && now.rlim_max < amount)
        limits.rlim_cur = limits.rlim_max = now.rlim_max;
    setrlimit(resource, &limits);
}

static void keep_two(int fd, int pipe_fd)
{
    /* Above the places they go to, lest one overwrite the other. */
    int archive = fcntl(fd, F_DUPFD, PIPE_FD + 1), to = fcntl(pipe_fd, F_DUPFD, PIPE_FD + 1);
    int nothing = open("/dev/null", O_RDWR);
    if (archive < 0 || to < 0 || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
        dup2(nothing, STDOUT_FILENO) < 0 || dup2(archive, ARCHIVE_FD) < 0 || dup2(to, PIPE_FD) < 0)
        _exit(1);
    close_range(PIPE_FD + 1, ~0U, 0);
}

static void give_up_rights(void)
{
    struct stat info;
    rlim_t seconds = LEAST_SECONDS;
    if (fstat(ARCHIVE_FD, &info) == 0)
        seconds += (rlim_t)((uint64_t)info.st_size / ARCHIVE_MIB);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0);
    limit(RLIMIT_CPU, seconds < MOST_SECONDS ? seconds : MOST_SECONDS);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NPROC, 0);
#ifndef SANITIZED /* sanitizers reserve terabytes */
    limit(RLIMIT_AS, MEMORY_BYTES);
#endif
    /* Root becomes nobody; in a container that has no such person, it stays what it is. */
    if (geteuid() == 0 && setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0)
        (void)!setresuid(NOBODY, NOBODY, NOBODY);
}

static _Noreturn void run_child(int fd, int pipe_fd)
{
    const struct archive_sink sink = {.entry = put_entry, .data = put_data};
    char why[ARCHIVE_READER_WHY] = "";
    signal(SIGINT, SIG_DFL); /* nothing to tidy up here */
    signal(SIGTERM, SIG_DFL);
    keep_two(fd, pipe_fd);
    give_up_rights();
    enum limber_status status = archive_reader_run(ARCHIVE_FD, &sink, why);
    put_packet(PACKET_END, status, why, strlen(why));
    _exit(0);
}

/* --- the parent --- */

static bool read_all(int fd, void *data, size_t size)
{
    char *to = data;
    while (size > 0) {
        ssize_t got = read(fd, to, size);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        if (got > 0) {
            to += got;
            size -= (size_t)got;
        }
    }
    return true;
}

/* Hands packets to the sink until the last. FAILED: the child broke off. */
static enum limber_status take_packets(int fd, const struct archive_sink *sink, char *why)
{
    char *data = xmalloc(PACKET_MOST + 1);
    struct packet packet;
    enum limber_status status = LIMBER_FAILED;
    bool entered = false;
    while (read_all(fd, &packet, sizeof packet) && packet.size <= PACKET_MOST &&
           read_all(fd, data, packet.size)) {
        bool go_on = true;
        data[packet.size] = '\0';
        if (packet.kind == PACKET_END) {
            snprintf(why, ARCHIVE_READER_WHY, "%s", data);
            status = packet.status == LIMBER_OK          ? LIMBER_OK
                     : packet.status == LIMBER_NO_MEMORY ? LIMBER_NO_MEMORY
                                                         : LIMBER_INVALID;
            break;
        } else if (packet.kind == PACKET_FILE || packet.kind == PACKET_FOLDER) {
            go_on = sink->entry(sink->context, packet.kind == PACKET_FOLDER, data, packet.size);
            entered = true;
        } else if (packet.kind == PACKET_DATA && entered) {
            go_on = sink->data(sink->context, data, packet.size);
        } else {
            break;
        }
        if (!go_on) {
            status = LIMBER_CANCELLED;
            break;
        }
    }
    free(data);
    return status;
}

/* What became of a child that said nothing. */
static enum limber_status explain_end(int ended, char *why)
{
    if (WIFSIGNALED(ended) && (WTERMSIG(ended) == SIGXCPU || WTERMSIG(ended) == SIGKILL))
        snprintf(why, ARCHIVE_READER_WHY, "reading it takes too much time or memory");
    else
        snprintf(why, ARCHIVE_READER_WHY,
                 "reading it went wrong: it is damaged, or made to do harm");
    return LIMBER_INVALID;
}

enum limber_status archive_reader_fetch(int fd, const struct archive_sink *sink,
                                        char why[ARCHIVE_READER_WHY])
{
    int ends[2];
    why[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) != 0)
        return LIMBER_FAILED;
    pid_t child = fork();
    if (child == 0)
        run_child(fd, ends[1]);
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return LIMBER_FAILED;
    }
    enum limber_status status = take_packets(ends[0], sink, why);
    close(ends[0]);
    /* After the last packet the child ends by itself; otherwise it is of no use any more. A child
     * that broke off has ended, or is about to. */
    int ended = 0;
    if (status == LIMBER_CANCELLED)
        kill(child, SIGKILL);
    while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
        ;
    if (status == LIMBER_FAILED)
        status = explain_end(ended, why);
    return status;
}
