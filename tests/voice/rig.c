/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rig.c: set-up and tear-down. */
#include "rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/file.h"

struct rig *rig_new(const char *plugins)
{
    struct rig *rig = xcalloc(1, sizeof *rig);
    strcpy(rig->folder, "/tmp/limber-voice-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    snprintf(rig->voices, sizeof rig->voices, "%s/voices", rig->folder);
    snprintf(rig->cache, sizeof rig->cache, "%s/cache", rig->folder);
    assert_int_equal(file_make_folders(rig->voices), LIMBER_OK);
    setenv("XDG_DATA_HOME", rig->folder, 1); /* no voices or plugins of whoever runs this */
    setenv("HOME", rig->folder, 1);
    setenv("LIMBER_LIBEXEC_DIR", rig->folder, 1); /* no engines but those of the test */
    char library[96];
    snprintf(library, sizeof library, "%s/plugins", rig->folder);
    assert_int_equal(file_make_folders(library), LIMBER_OK);
    unsetenv("LIMBER_PLUGIN_PATH");
    rig->loop = loop_new();
    rig->registry = registry_new(&(struct registry_options){.path = plugins});
    return rig;
}

void rig_destroy(struct rig *rig)
{
    rig_close(rig);
    registry_destroy(rig->registry);
    loop_destroy(rig->loop);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", rig->folder);
    assert_int_equal(system(command), 0);
    free(rig);
}

void rig_write(const char *path, const char *text)
{
    assert_int_equal(file_write(path, text, strlen(text)), LIMBER_OK);
}

void rig_add_voice(struct rig *rig, const char *name, const char *yaml)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", rig->voices, name);
    assert_int_equal(file_make_folders(path), LIMBER_OK);
    strcat(path, "/voice.yaml");
    rig_write(path, yaml);
}

void rig_remove_voice(struct rig *rig, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s/voice.yaml", rig->voices, name);
    assert_int_equal(unlink(path), 0);
}

void rig_open(struct rig *rig, const struct cast_options *options)
{
    struct cast_options full = *options;
    full.loop = rig->loop;
    full.registry = rig->registry;
    full.voices_folder = full.voices_folder ? full.voices_folder : rig->voices;
    full.worker_program = full.worker_program ? full.worker_program : WORKER;
    full.rate_hz = full.rate_hz ? full.rate_hz : 48000;
    char *error = NULL;
    enum limber_status status = cast_new(&full, &rig->cast, &error);
    if (status != LIMBER_OK) {
        fail_msg("cast_new: %s", error);
    }
}

void rig_close(struct rig *rig)
{
    cast_destroy(rig->cast);
    rig->cast = NULL;
}

uint32_t rig_say(struct rig *rig, const char *text)
{
    uint32_t id = cast_request(rig->cast, text, "en", 0);
    cast_wait(rig->cast, id);
    assert_non_null(cast_clip(rig->cast, id));
    return id;
}

struct cast_stats rig_stats(const struct rig *rig)
{
    struct cast_stats stats;
    cast_stats(rig->cast, &stats);
    return stats;
}

int rig_children(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *file = fopen(path, "re");
    int count = 0;
    int pid;
    while (file && fscanf(file, "%d", &pid) == 1) {
        count++;
    }
    if (file) {
        fclose(file);
    }
    return count;
}
