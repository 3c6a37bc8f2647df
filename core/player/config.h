/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.h: config.yaml: what a person, or a box, wants every time (docs/config.md). Strict, with
 * suggestions: what is not known is an error. Pure but for reading the one file. */
#ifndef PLAYER_CONFIG_H
#define PLAYER_CONFIG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/diag.h"
#include "base/units.h"
#include "coach/coach.h"
#include "plan/plan.h"
#include "plugin/registry.h"
#include "session/command.h"

struct arena;

#define CONFIG_MOST_CONTROLS  8
#define CONFIG_IDLE_NS        (60 * NSEC_PER_SEC)
#define CONFIG_OUTPUT_DEFAULT "out-portaudio"

/* plugins: control-web: { port: 8080 } is {"control-web", "port", "8080"}. */
struct config_option {
    const char *plugin, *option, *value;
    struct place place;
};

/* Every member has its default after config_read(). Texts are in the arena. */
struct config {
    const char *voice, *language, *sounds;  /* NULL: as the routine says */
    struct place voice_place, sounds_place; /* where they are named */
    enum level level;
    enum detail detail;
    bool detail_given;
    const char *output; /* plugin id; CONFIG_OUTPUT_DEFAULT */
    bool output_given;  /* else a box may prefer another */
    nsec lead_in_ns;    /* −1: as the output says */
    nsec idle_ns;       /* the device is closed after so long without a session */
    const char *controls[CONFIG_MOST_CONTROLS]; /* plugin ids */
    size_t control_count;
    int level_db[PART_COUNT];
    struct coach_switches coach;
    bool history, journal, ask_effort, spoken_close;
    bool boot_phrase;                    /* a box says that it is ready */
    bool spoken_problems;                /* a box says what is wrong */
    bool offer_left;                     /* a session that was left is offered aloud at the start */
    const struct config_option *options; /* of plugins, in the file's order */
    size_t option_count;
    const char *path; /* the file, or NULL: there is none, all is default */
};

/* $LIMBER_CONFIG (whether it is there or not; empty: none), else ~/.config/limber/config.yaml, else
 * /etc/limber/config.yaml: the first that there is; NULL: none. */
char *config_place(struct arena *arena);
/* Where the person would write theirs; NULL: there is no home. */
char *config_own_place(struct arena *arena);
/* `path` NULL: the defaults. A file has at most 64 KiB. Plugins and their options are checked
 * against the plugins' own tables where `registry` is not NULL. False after saying everything that
 * is wrong; *config then has defaults where values were wrong. */
bool config_read(const char *path, struct registry *registry, struct arena *arena,
                 struct diags *diags, struct config *config);
/* Gives the plugins their options. False with a message (malloc'ed) in *error. */
bool config_apply(const struct config *config, struct registry *registry, char **error);
/* As YAML that config_read() would read again; `all`: the defaults too, and every option of every
 * plugin there is, each with a comment of what it is, its range and its default. */
void config_show(const struct config *config, struct registry *registry, bool all, FILE *to);

#endif
