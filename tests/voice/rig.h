/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rig.h: a cast in a folder of its own, for tests. */
#ifndef TEST_VOICE_RIG_H
#define TEST_VOICE_RIG_H

#include "voice/cast.h"

struct rig {
    char folder[64]; /* temporary; holds voices/ and cache/ */
    char voices[96], cache[96];
    struct loop *loop;
    struct registry *registry;
    struct cast *cast;
};

/* `plugins`: folder of the engines. */
struct rig *rig_new(const char *plugins);
void rig_destroy(struct rig *rig); /* and its folder */
/* Writes voices/NAME/voice.yaml. */
void rig_add_voice(struct rig *rig, const char *name, const char *yaml);
void rig_remove_voice(struct rig *rig, const char *name);
void rig_write(const char *path, const char *text);
/* A cast with these options where they are set. Ends the test if it cannot be made. */
void rig_open(struct rig *rig, const struct cast_options *options);
void rig_close(struct rig *rig);
/* Asks and waits. */
uint32_t rig_say(struct rig *rig, const char *text);
struct cast_stats rig_stats(const struct rig *rig);
/* Children of this process, alive or not reaped. */
int rig_children(void);

#endif
