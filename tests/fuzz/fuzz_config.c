/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a config.yaml: no crash, no leak; a file is right or says why not; what was taken is
 * within its limits; and what is shown of it reads back the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "player/config.h"
#include "voice/voices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "violated: %s\n", what);
    abort();
}

static void check(const struct config *config)
{
    require((unsigned)config->level <= LEVEL_DEEP, "a level is a level");
    require((unsigned)config->detail <= DETAIL_BRIEF, "a detail is a detail");
    require(config->lead_in_ns >= -1 && config->lead_in_ns <= 60 * NSEC_PER_SEC, "a lead-in");
    require(config->idle_ns >= 0 && config->idle_ns <= 24 * 3600 * NSEC_PER_SEC, "an idle time");
    require(config->control_count <= CONFIG_MOST_CONTROLS, "controls are few");
    require(!config->language || voice_is_tag(config->language), "a language is a tag");
    require(strncmp(config->output, "out-", 4) == 0, "an output is one");
    for (size_t i = 0; i < config->control_count; i++)
        require(strncmp(config->controls[i], "control-", 8) == 0, "a control is one");
    for (size_t i = 0; i < PART_COUNT; i++)
        require(config->level_db[i] >= -24 && config->level_db[i] <= 6, "levels have limits");
    for (size_t i = 0; i < config->option_count; i++)
        require(strlen(config->options[i].value) <= 8192, "options have an end");
}

/* Reads `text`; what config_show() says of it, malloc'ed. *good: it was right. */
static char *show(const void *text, size_t length, bool all, bool *good)
{
    char path[64], *shown = NULL;
    size_t shown_length = 0;
    int fd = memfd_create("config.yaml", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, text, length) == (ssize_t)length, "memory");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct arena *arena = arena_new();
    struct diags *diags = diags_new();
    struct config config;
    *good = config_read(path, NULL, arena, diags, &config);
    const char *error = diags_first(diags, 0, SEVERITY_ERROR, arena);
    require(*good == !error, "a file is right, or says why not");
    check(&config);
    FILE *to = open_memstream(&shown, &shown_length);
    require(to != NULL, "memory");
    config_show(&config, NULL, all, to);
    fclose(to);
    diags_destroy(diags);
    arena_destroy(arena);
    close(fd);
    return shown;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool good = false;
    char *first = show(data, size, false, &good);
    for (int all = 0; all < 2; all++) {
        char *shown = show(data, size, all, &good);
        if (strlen(shown) < 60000) { /* quotes make it longer than a file may be */
            char *again = show(shown, strlen(shown), false, &good);
            require(good, "what is shown is right");
            require(strcmp(first, again) == 0, "and reads back the same");
            free(again);
        }
        free(shown);
    }
    free(first);
    return 0;
}

#include "replay.h"
