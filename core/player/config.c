/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.c: the table of all settings; finding and reading the file; giving plugins their options.
 */
#include "player/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "player/config_inside.h"

#define SYSTEM_PLACE "/etc/limber/config.yaml"
#define LEAD_IN_MOST (60 * NSEC_PER_SEC)
#define IDLE_MOST    (24 * 3600 * NSEC_PER_SEC)

#define TO(member)  .to = offsetof(struct config, member)
#define YES(rule)   .kind = CONFIG_YES, TO(coach.on[rule])
#define LEVEL(part) .kind = CONFIG_DB, TO(level_db[part])

static const struct config_key level_keys[] = {
    {.key = "master", LEVEL(PART_MASTER), .help = "all of it"},
    {.key = "speech", LEVEL(PART_SPEECH), .help = "what is said"},
    {.key = "sounds", LEVEL(PART_SOUNDS), .help = "bells, ticks and the rest"},
    {.key = "bed", LEVEL(PART_BED), .help = "the sound in the background"},
    {0},
};

/* The keys are those of coach_rule_name(). */
static const struct config_key coach_keys[] = {
    {.key = "guidance", YES(COACH_GUIDANCE), .help = "less is said of a move that is well known"},
    {.key = "ranges", YES(COACH_RANGES), .help = "a little more each time, less after a hard one"},
    {.key = "sides", YES(COACH_SIDES), .help = "the left side need not always come first"},
    {.key = "picks", YES(COACH_PICKS), .help = "picks what was not done for longest"},
    {0},
};

const struct config_key config_keys[] = {
    {.key = "voice",
     .kind = CONFIG_TEXT,
     TO(voice),
     .place = offsetof(struct config, voice_place),
     .example = "calm",
     .help = "The voice that speaks (limber voices lists them); else that of the routine"},
    {.key = "language",
     .kind = CONFIG_TAG,
     TO(language),
     .example = "en-GB",
     .help = "The language, where the routine has it; else the routine's own"},
    {.key = "sounds",
     .kind = CONFIG_TEXT,
     TO(sounds),
     .place = offsetof(struct config, sounds_place),
     .example = "tones",
     .help = "The theme of sounds (limber sounds lists them); else that of the routine"},
    {.key = "level",
     .kind = CONFIG_CHOICE,
     TO(level),
     .choices = "easy|normal|deep",
     .help = "Where in each range: easy, normal or deep"},
    {.key = "detail",
     .kind = CONFIG_CHOICE,
     TO(detail),
     .given = offsetof(struct config, detail_given),
     .choices = "full|normal|brief",
     .help = "How much is said: full, normal or brief. Left out, the coach decides move by move"},
    {.key = "output",
     .kind = CONFIG_OUTPUT,
     TO(output),
     .given = offsetof(struct config, output_given),
     .help =
         "Where the sound goes (limber plugins lists outputs). Left out, a box takes alsa where "
         "there is one"},
    {.key = "lead-in",
     .kind = CONFIG_TIME,
     TO(lead_in_ns),
     .most = LEAD_IN_MOST,
     .automatic = true,
     .help = "Silence first, so that a sleeping speaker wakes up: 500ms, 2s; 0 for none; auto: as "
             "the output says"},
    {.key = "idle",
     .kind = CONFIG_TIME,
     TO(idle_ns),
     .most = IDLE_MOST,
     .help = "A box lets go of the sound device after so long without a session, 0 to 24h"},
    {.key = "controls",
     .kind = CONFIG_CONTROLS,
     TO(controls),
     .help = "Buttons, remotes and pages that are listened to: [evdev, socket] (limber plugins "
             "lists controls)"},
    {.key = "levels",
     .kind = CONFIG_SECTION,
     .section = level_keys,
     .help = "How loud it begins, in dB from -24 to 6; 0 is as made"},
    {.key = "coach",
     .kind = CONFIG_SECTION,
     .section = coach_keys,
     .help = "What practice may change by itself; `coach: no` leaves all as written"},
    {.key = "history",
     .kind = CONFIG_YES,
     TO(history),
     .help = "Keep what was done, for limber history and for the coach"},
    {.key = "journal",
     .kind = CONFIG_YES,
     TO(journal),
     .help = "Note where a session is, so that it can go on after a power cut"},
    {.key = "ask-effort",
     .kind = CONFIG_YES,
     TO(ask_effort),
     .help = "Ask at the end how hard it was"},
    {.key = "spoken-close",
     .kind = CONFIG_YES,
     TO(spoken_close),
     .help = "Say at the end what is worth a word, such as the third day in a row"},
    {.key = "boot-phrase",
     .kind = CONFIG_YES,
     TO(boot_phrase),
     .help = "A box says that it is ready"},
    {.key = "spoken-problems",
     .kind = CONFIG_YES,
     TO(spoken_problems),
     .help = "A box says what is wrong"},
    {.key = "offer-left",
     .kind = CONFIG_YES,
     TO(offer_left),
     .help = "A session that was left is offered aloud at the start"},
    {.key = "plugins",
     .kind = CONFIG_PLUGINS,
     .help = "Options of plugins, by plugin; on the command line --set PLUGIN.OPTION=VALUE wins"},
    {0},
};

void config_defaults(struct config *config)
{
    *config = (struct config){.level = LEVEL_NORMAL,
                              .detail = DETAIL_NORMAL,
                              .output = CONFIG_OUTPUT_DEFAULT,
                              .lead_in_ns = -1,
                              .idle_ns = CONFIG_IDLE_NS,
                              .history = true,
                              .journal = true,
                              .ask_effort = true,
                              .spoken_close = true,
                              .boot_phrase = true,
                              .spoken_problems = true,
                              .offer_left = true};
    for (size_t i = 0; i < COACH_RULE_COUNT; i++)
        config->coach.on[i] = true;
}

/* --- the file --- */

char *config_place(struct arena *arena)
{
    const char *named = getenv("LIMBER_CONFIG");
    if (named)
        return *named ? arena_strdup(arena, named) : NULL;
    char *path = file_user_config(arena, "config.yaml");
    if (path && file_exists(path))
        return path;
    return file_exists(SYSTEM_PLACE) ? arena_strdup(arena, SYSTEM_PLACE) : NULL;
}

char *config_own_place(struct arena *arena)
{
    const char *named = getenv("LIMBER_CONFIG");
    return named && *named ? arena_strdup(arena, named) : file_user_config(arena, "config.yaml");
}

static bool read_key(const struct settings *settings, const struct setting *setting,
                     const struct yaml_node *value)
{
    const struct config_reading *reading = settings->context;
    return config_value_read(settings, &reading->keys[setting - settings->table], value);
}

bool config_map_read(const struct settings *parent, const struct config_key *keys, const char *what,
                     const struct yaml_node *map)
{
    const struct config_reading *above = parent->context;
    struct config_reading reading = {keys, above->registry};
    struct setting table[32] = {0};
    struct settings settings = *parent;
    settings.table = table;
    settings.what = what;
    settings.context = &reading;
    settings.count = 0;
    for (; keys[settings.count].key && settings.count < 32; settings.count++) {
        struct setting *setting = &table[settings.count];
        setting->key = keys[settings.count].key;
        setting->kind = SETTING_OWN;
        setting->read = read_key;
    }
    return settings_read(&settings, map);
}

bool config_read(const char *path, struct registry *registry, struct arena *arena,
                 struct diags *diags, struct config *config)
{
    config_defaults(config);
    if (!path)
        return true;
    config->path = arena_strdup(arena, path);
    const struct yaml_node *root = settings_parse_file(path, arena, diags);
    struct config_reading reading = {config_keys, registry};
    const struct settings settings = {
        .into = config, .context = &reading, .arena = arena, .diags = diags};
    return root && config_map_read(&settings, config_keys, "configuration", root);
}

bool config_apply(const struct config *config, struct registry *registry, char **error)
{
    for (size_t i = 0; i < config->option_count; i++) {
        const struct config_option *option = &config->options[i];
        if (registry_set(registry, option->plugin, option->option, option->value, error) !=
            LIMBER_OK)
            return false;
    }
    return true;
}
