/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fakeclock.c: preloaded into a program (LD_PRELOAD), it sets its clocks wrong by what stands in
 * the file $FAKECLOCK, as somebody writes it there: two 64-bit numbers, seconds that the time of
 * day is ahead, and seconds that the machine slept. Those are seen by whoever asks for the time of
 * day and CLOCK_BOOTTIME; CLOCK_MONOTONIC stays, as it does on a machine that wakes up. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define VISIBLE __attribute__((visibility("default")))

VISIBLE int clock_gettime(clockid_t clock, struct timespec *now);
VISIBLE int gettimeofday(struct timeval *restrict now, void *restrict zone);
VISIBLE time_t time(time_t *now);

struct offsets {
    int64_t ahead_s, slept_s;
};

static const volatile struct offsets *offsets;
static int (*real)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAKECLOCK");
    *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *memory = MAP_FAILED;
    if (fd >= 0)
        memory = mmap(NULL, sizeof *offsets, PROT_READ, MAP_SHARED, fd, 0);
    if (memory != MAP_FAILED)
        offsets = memory;
    if (fd >= 0)
        close(fd);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (!real) /* another library's constructor came first */
        begin();
    int result = real(clock, now);
    if (result != 0 || !offsets)
        return result;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
        now->tv_sec += (time_t)offsets->ahead_s;
    else if (clock == CLOCK_BOOTTIME)
        now->tv_sec += (time_t)offsets->slept_s;
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec exact;
    int result = clock_gettime(CLOCK_REALTIME, &exact);
    *now = (struct timeval){.tv_sec = exact.tv_sec, .tv_usec = exact.tv_nsec / 1000};
    return result;
}

time_t time(time_t *now)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now)
        *now = exact.tv_sec;
    return exact.tv_sec;
}
