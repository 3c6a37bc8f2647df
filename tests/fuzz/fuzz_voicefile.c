/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a voice.yaml and as a pronunciation dictionary: no crash, no leak; a file is right
 * or says why not, and what was taken is within the limits that docs/voices.md gives. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "voice/dictionary.h"
#include "voice/voicefile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "violated: %s\n", what);
    abort();
}

static bool within(double value, double least, double most)
{
    return isfinite(value) && value >= least && value <= most;
}

static void check_voice(const struct voice *voice, bool good)
{
    require(voice->rate_wpm == 0 || within(voice->rate_wpm, 60, 450), "a rate is a rate");
    require(within(voice->pitch, -1, 100) && within(voice->pitch_range, -1, 100), "a pitch too");
    require(within(voice->gain_db, -20, 12), "a gain too");
    require(voice->license && voice->author && voice->description && voice->version &&
                voice->consent && voice->engine,
            "what may be told is never NULL");
    require(!good || (voice->engine[0] && voice->language_count > 0), "what is needed is there");
    for (size_t i = 0; i < voice->language_count; i++)
        require(voice_is_tag(voice->languages[i]), "languages are tags");
    for (size_t i = 0; voice->options && voice->options[i]; i++) {
        require(strchr(voice->options[i], '=') > voice->options[i], "options have names");
        require(strlen(voice->options[i]) < 9000, "options have an end");
    }
}

static void read_voice(const char *path, struct arena *arena)
{
    struct diags *diags = diags_new();
    struct voice voice = {.name = "fuzz"};
    struct place fallback = {0};
    const struct voicefile_options options = {.arena = arena, .diags = diags};
    bool good = voicefile_read(path, &options, &voice, &fallback);
    const char *error = diags_first(diags, 0, SEVERITY_ERROR, arena);
    require(good == !error, "a file is right, or says why not");
    check_voice(&voice, good);
    diags_destroy(diags);
}

static void read_dictionary(const char *path)
{
    struct diags *diags = diags_new();
    struct dictionary *dictionary = dictionary_load(&path, 1, diags);
    char *said = dictionary_apply(dictionary, "Hold the cat-cow for 10 s: it's Qi Gong.");
    require(said != NULL, "there is always a text");
    free(said);
    dictionary_destroy(dictionary);
    diags_destroy(diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct arena *arena = arena_new();
    int fd = memfd_create("voice.yaml", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, data, size) == (ssize_t)size, "memory");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_voice(path, arena);
    read_dictionary(path);
    close(fd);
    arena_destroy(arena);
    return 0;
}

#include "replay.h"
