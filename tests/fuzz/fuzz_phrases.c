/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file of phrases: no crash, no leak, in bounded time; a file that is taken can say
 * everything the player says. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/str.h"
#include "plan/phrases.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "violated: %s\n", what);
    abort();
}

static void check_sentence(void *context, const char *key, const char *text)
{
    require(key && text && *text, "a sentence has words");
    require(str_utf8_invalid_at(text, strlen(text)) < 0, "sentences are UTF-8");
    ++*(size_t *)context;
}

static void say_everything(const struct phrases *phrases, struct arena *arena)
{
    static const int64_t numbers[] = {0, 1, 2, 5, 11, 21, 22, 60, 101, 1000000};
    size_t count = 0;
    phrases_each(phrases, check_sentence, &count);
    require(count < 100000, "there is an end");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        require(phrases_number(phrases, arena, numbers[i]) != NULL, "a number is said");
        require(phrases_duration(phrases, arena, numbers[i] * NSEC_PER_SEC, i % 2) != NULL,
                "a time is said");
        phrases_left(phrases, arena, numbers[i] * NSEC_PER_SEC, i % 2 == 0);
        phrases_timed(phrases, arena, "answer.more", numbers[i] * NSEC_PER_SEC, false);
    }
    const char *const pairs[] = {"number", "3", "total", "21", "move", "cat, cow {number}", NULL};
    phrases_say(phrases, arena, "round", pairs);
    phrases_say(phrases, arena, "set", pairs);
    phrases_say(phrases, arena, "no such key", pairs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const languages[] = {"en", "de-AT", "pl", "ru", "fr", "pt-PT"};
    char path[64];
    if (size < 1)
        return 0;
    struct arena *arena = arena_new();
    struct diags *diags = diags_new();
    int fd = memfd_create("phrases", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)size - 1, "memory");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct phrases *phrases = phrases_load_file(path, languages[data[0] % 6], diags);
    require(phrases || diags_first(diags, 0, SEVERITY_ERROR, arena), "a refusal has words");
    if (phrases)
        say_everything(phrases, arena);
    phrases_destroy(phrases);
    diags_destroy(diags);
    close(fd);
    arena_destroy(arena);
    return 0;
}

#include "replay.h"
