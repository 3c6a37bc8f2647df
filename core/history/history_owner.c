/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_owner.c: which process a session belongs to. A process is told by its number, when it
 * began, and the boot of the machine, so that a number used again is not taken for it. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history/history_inside.h"

/* Reads a small file of /proc; "" if it cannot. */
static void read_proc(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(text, 1, size - 1, file) : 0;
    text[length] = '\0';
    if (file)
        fclose(file);
}

static void boot_name(char name[64])
{
    read_proc("/proc/sys/kernel/random/boot_id", name, 64);
    name[strcspn(name, " \n")] = '\0';
    if (!name[0])
        strcpy(name, "-");
}

/* When a process began, in the kernel's ticks; 0: it does not run. A zombie does not. */
static unsigned long long start_of(long process)
{
    char path[64], text[1024], state = 0;
    unsigned long long start = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", process);
    read_proc(path, text, sizeof text);
    const char *after = strrchr(text, ')'); /* its name may hold anything */
    if (after)
        sscanf(after + 1,
               " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
               &state, &start);
    return state == 'Z' || state == 'X' ? 0 : start;
}

void history_own_name(char name[128])
{
    char boot[64];
    boot_name(boot);
    snprintf(name, 128, "%s %ld %llu", boot, (long)getpid(), start_of((long)getpid()));
}

bool history_owner_runs(const char *owner)
{
    char boot[64], here[64];
    long process = 0;
    unsigned long long start = 0;
    if (!owner || sscanf(owner, "%63s %ld %llu", boot, &process, &start) != 3 || process <= 0)
        return false;
    boot_name(here);
    return strcmp(boot, here) == 0 && start > 0 && start_of(process) == start;
}
