/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sink.c: the file being written. It lives under a temporary name in the same folder until it is
 * whole. Bytes are gathered in a buffer; whole pages of zeros that would lengthen the file are not
 * written but left as a hole, so that a long silence costs neither time nor space. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "outfile.h"

#define PAGE 4096

/* Follows symbolic links, refuses what is not a file. */
static int check_target(struct outfile_sink *sink, const char *target)
{
    struct stat info;
    if (stat(target, &info) == 0) {
        if (S_ISDIR(info.st_mode))
            return EISDIR;
        if (!S_ISREG(info.st_mode))
            return ENOTSUP;
        return realpath(target, sink->target) ? 0 : errno;
    }
    if (errno != ENOENT)
        return errno;
    if (strlen(target) >= sizeof sink->target)
        return ENAMETOOLONG;
    strcpy(sink->target, target);
    return 0;
}

int outfile_sink_open(struct outfile_sink *sink, const char *target)
{
    sink->fd = -1;
    sink->position = sink->size = sink->solid = sink->base = 0;
    sink->fill = 0;
    sink->error = check_target(sink, target);
    if (sink->error)
        return sink->error;
    const char *slash = strrchr(sink->target, '/');
    const char *name = slash ? slash + 1 : sink->target;
    int folder = slash ? (int)(slash + 1 - sink->target) : 0;
    if (!*name)
        return sink->error = EISDIR;
    for (unsigned attempt = 0; attempt < 1000; attempt++) {
        unsigned tag = ((unsigned)getpid() * 1000u + attempt) & 0xFFFFFFu;
        int length = snprintf(sink->part, sizeof sink->part, "%.*s.%.200s.%06x.part", folder,
                              sink->target, name, tag);
        if (length < 0 || (size_t)length >= sizeof sink->part)
            return sink->error = ENAMETOOLONG;
        sink->fd = open(sink->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (sink->fd >= 0)
            return 0;
        if (errno != EEXIST)
            break;
    }
    return sink->error = errno;
}

static bool put(struct outfile_sink *sink, const unsigned char *data, size_t size, int64_t at)
{
    while (size > 0) {
        ssize_t done = pwrite(sink->fd, data, size, at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            sink->error = done < 0 ? errno : ENOSPC;
            return false;
        }
        data += done;
        size -= (size_t)done;
        at += done;
        if (at > sink->solid)
            sink->solid = at;
    }
    return true;
}

static bool all_zero(const unsigned char *data)
{
    return data[0] == 0 && memcmp(data, data + 1, PAGE - 1) == 0;
}

/* Writes the buffer, page by page of the file: runs of other pages are written, whole zero pages
 * behind everything written so far are skipped. */
static bool flush(struct outfile_sink *sink)
{
    size_t from = 0, at = 0;
    while (at < sink->fill) {
        int64_t place = sink->base + (int64_t)at;
        size_t size = PAGE - (size_t)(place % PAGE);
        if (size > sink->fill - at)
            size = sink->fill - at;
        if (size == PAGE && place >= sink->solid && all_zero(sink->buffer + at)) {
            if (at > from && !put(sink, sink->buffer + from, at - from, sink->base + (int64_t)from))
                return false;
            from = at + PAGE;
        }
        at += size;
    }
    if (at > from && !put(sink, sink->buffer + from, at - from, sink->base + (int64_t)from))
        return false;
    sink->base += (int64_t)sink->fill;
    sink->fill = 0;
    return true;
}

bool outfile_sink_write(struct outfile_sink *sink, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    if (sink->error)
        return false;
    if (sink->position != sink->base + (int64_t)sink->fill) {
        if (!flush(sink))
            return false;
        sink->base = sink->position;
    }
    while (size > 0) {
        /* Buffers end on multiples of their size, so that pages come whole. */
        size_t room = SINK_BUFFER - (size_t)(sink->base % SINK_BUFFER) - sink->fill;
        size_t some = size < room ? size : room;
        memcpy(sink->buffer + sink->fill, bytes, some);
        sink->fill += some;
        sink->position += (int64_t)some;
        if (sink->position > sink->size)
            sink->size = sink->position;
        bytes += some;
        size -= some;
        if (some == room && !flush(sink))
            return false;
    }
    return true;
}

int64_t outfile_sink_read(struct outfile_sink *sink, void *data, int64_t size)
{
    if (sink->error || !flush(sink) || ftruncate(sink->fd, sink->size) != 0)
        return 0;
    if (sink->size > sink->solid)
        sink->solid = sink->size;
    ssize_t done = pread(sink->fd, data, (size_t)size, sink->position);
    if (done < 0)
        return 0;
    sink->position += done;
    sink->base = sink->position;
    return done;
}

bool outfile_sink_seek(struct outfile_sink *sink, int64_t position)
{
    if (position < 0)
        return false;
    sink->position = position;
    return true;
}

int outfile_sink_close(struct outfile_sink *sink, bool keep)
{
    if (sink->fd < 0)
        return sink->error;
    if (keep && !sink->error && flush(sink) && ftruncate(sink->fd, sink->size) != 0)
        sink->error = errno;
    if (close(sink->fd) != 0 && !sink->error)
        sink->error = errno;
    sink->fd = -1;
    if (keep && !sink->error && rename(sink->part, sink->target) != 0)
        sink->error = errno;
    if (!keep || sink->error)
        unlink(sink->part);
    return sink->error;
}
