/* SPDX-License-Identifier: GPL-3.0-or-later */
/* themefile.c: the schema of sounds.yaml, and the themes there are. */
#include "session/themefile.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/str.h"
#include "base/vec.h"
#include "plugin/call.h"

#define THEMES_MOST 500 /* of one folder */
#define SYNTHESIZED "sound-tone"

typedef VEC(struct theme_role) role_list;
typedef VEC(struct theme_sound) sound_list;

/* One theme being read. */
struct reading {
    struct theme_pack *pack;
    const struct theme_role *roles;
    size_t role_count;
    sound_list sounds;
};

/* --- the roles --- */

struct listing {
    struct arena *arena;
    role_list roles;
};

static bool add_role(void *context, const char *name, bool bed, const char *help)
{
    struct listing *listing = context;
    bool fills = strcmp(name, "in") == 0 || strcmp(name, "out") == 0 || strcmp(name, "keep") == 0;
    *vec_push(&listing->roles) =
        (struct theme_role){.name = arena_strdup(listing->arena, name),
                            .bed = bed,
                            .fills = fills,
                            .help = arena_strdup(listing->arena, help ? help : "")};
    return true;
}

const struct theme_role *theme_roles(struct registry *registry, struct arena *arena, size_t *count)
{
    struct listing listing = {.arena = arena};
    char *error = NULL; /* told by whoever needs the sounds */
    struct plugin_instance *tones = registry_instance(registry, SYNTHESIZED, &error);
    free(error);
    if (tones)
        call_sound_list(tones, NULL, add_role, &listing);
    *count = listing.roles.count;
    return vec_to_arena(&listing.roles, arena);
}

/* --- one sound --- */

static const struct theme_role *find_role(const struct settings *settings,
                                          const struct yaml_node *key, bool bed)
{
    const struct reading *reading = settings->context;
    const char **names = ARENA_ARRAY(settings->arena, const char *, reading->role_count + 1);
    size_t count = 0;
    bool other = false;
    for (size_t i = 0; i < reading->role_count; i++) {
        bool same = strcmp(reading->roles[i].name, key->text) == 0;
        if (same && reading->roles[i].bed == bed)
            return &reading->roles[i];
        other |= same;
        if (reading->roles[i].bed == bed)
            names[count++] = reading->roles[i].name;
    }
    const char *near = str_nearest(key->text, names, count);
    const char *hint =
        near    ? arena_printf(settings->arena, "did you mean `%s`?", near)
        : other ? arena_printf(settings->arena, "write it under %s:", bed ? "roles" : "beds")
                : "limber sounds try tones names those there are";
    diags_add(settings->diags, SEVERITY_ERROR, key->place, hint, "there is no %s called `%s`",
              bed ? "bed" : "sound", key->text);
    return NULL;
}

static bool ends_as_sound(const char *file)
{
    static const char *const endings[] = {".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (str_ends_with(file, endings[i]) && strlen(file) > strlen(endings[i]))
            return true;
    }
    return false;
}

/* Whether it stays inside the folder: no part of the path begins with a dot. */
static bool stays_inside(const char *file)
{
    bool begins = true;
    for (const char *c = file; *c; c++) {
        if (begins && (*c == '.' || *c == '/'))
            return false;
        begins = *c == '/';
    }
    return !begins;
}

static bool read_file(const struct settings *settings, const struct setting *setting,
                      const struct yaml_node *value)
{
    struct theme_sound *sound = settings->into;
    const struct reading *reading = settings->context;
    const char *text = settings_text(settings, setting, value);
    if (!text)
        return false;
    sound->place = value->place;
    if (!stays_inside(text)) {
        diags_add(settings->diags, SEVERITY_ERROR, value->place,
                  "name a file in the folder of the theme: bell.flac",
                  "the file must be inside the folder of the theme");
        return false;
    }
    if (!ends_as_sound(text)) {
        diags_add(settings->diags, SEVERITY_ERROR, value->place,
                  "files are .wav, .flac, .ogg, .opus, .mp3 or .aiff",
                  "`%s` does not have the ending of a sound file", text);
        return false;
    }
    const char *path = file_join(settings->arena, reading->pack->folder, text);
    if (!file_exists(path)) {
        diags_add(settings->diags, SEVERITY_WARNING, value->place,
                  "put the file there, or take the line out",
                  "there is no file %s; the %s of the default theme is heard instead", text,
                  sound->role);
        return true;
    }
    sound->folder = file_folder(settings->arena, path);
    sound->file = arena_strdup(settings->arena, file_name(path));
    return true;
}

static bool read_fill(const struct settings *settings, const struct setting *setting,
                      const struct yaml_node *value)
{
    static const char *const names[] = {"stretch", "loop", "once"};
    struct theme_sound *sound = settings->into;
    const char *text = settings_text(settings, setting, value);
    for (size_t i = 0; text && i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i]) == 0) {
            sound->fill = (enum theme_fill)i;
            return true;
        }
    }
    if (text)
        diags_add(settings->diags, SEVERITY_ERROR, value->place, NULL,
                  "`fill` must be stretch, loop or once");
    return false;
}

static const struct setting sound_table[] = {
    {.key = "file", .kind = SETTING_OWN, .read = read_file},
    {"gain", SETTING_NUMBER, offsetof(struct theme_sound, gain_db), -20, 12, "-20 to 12 dB", NULL},
    {.key = "fill", .kind = SETTING_OWN, .read = read_fill},
};

/* What a sound may not say: only a breath is filled, and pages say how loud music is. */
static bool check_keys(const struct settings *settings, const struct theme_role *role,
                       const struct yaml_node *map)
{
    bool good = true;
    for (size_t i = 0; i < map->count; i++) {
        const char *key = map->keys[i]->text;
        if (strcmp(key, "fill") == 0 && !role->fills)
            diags_add(settings->diags, SEVERITY_ERROR, map->keys[i]->place,
                      "take it out; in, out and keep have one", "the sound `%s` has its own length",
                      role->name);
        else if (strcmp(key, "gain") == 0 && role->bed)
            diags_add(settings->diags, SEVERITY_ERROR, map->keys[i]->place,
                      "take it out; `music rain -20dB` on a page says how loud",
                      "a bed has no gain: all are brought to one level");
        else
            continue;
        good = false;
    }
    return good;
}

static bool read_sound(const struct settings *settings, const struct yaml_node *key,
                       const struct yaml_node *value, bool bed)
{
    static const char *const required[] = {"file", NULL};
    struct reading *reading = settings->context;
    const struct theme_role *role = find_role(settings, key, bed);
    struct theme_sound sound = {.bed = bed};
    if (!role)
        return false;
    struct settings inside = *settings;
    inside.table = sound_table;
    inside.count = sizeof sound_table / sizeof *sound_table;
    inside.what = bed ? "bed" : "sound";
    inside.required = required;
    inside.into = &sound;
    sound.role = role->name;
    bool good = value->kind == YAML_MAP
                    ? check_keys(settings, role, value) & settings_read(&inside, value)
                    : read_file(&inside, &sound_table[0], value);
    *vec_push(&reading->sounds) = sound;
    return good;
}

static bool read_sounds(const struct settings *settings, const struct setting *setting,
                        const struct yaml_node *value)
{
    bool good = value->kind == YAML_MAP, bed = strcmp(setting->key, "beds") == 0;
    if (!good)
        diags_add(settings->diags, SEVERITY_ERROR, value->place,
                  bed ? "rain: rain.ogg" : "bell: bell.flac",
                  "`%s` must be names of sounds with their files, one a line", setting->key);
    for (size_t i = 0; value->kind == YAML_MAP && i < value->count; i++)
        good &= read_sound(settings, value->keys[i], value->items[i], bed);
    return good;
}

/* --- the file --- */

#define AT(member) offsetof(struct theme_pack, member)

static const struct setting table[] = {
    {.key = "name", .kind = SETTING_NAME},
    {"license", SETTING_TEXT, AT(license), 0, 0, NULL, NULL},
    {"author", SETTING_TEXT, AT(author), 0, 0, NULL, NULL},
    {"description", SETTING_TEXT, AT(description), 0, 0, NULL, NULL},
    {"version", SETTING_TEXT, AT(version), 0, 0, NULL, NULL},
    {.key = "roles", .kind = SETTING_OWN, .read = read_sounds},
    {.key = "beds", .kind = SETTING_OWN, .read = read_sounds},
};

static void read_theme(struct theme_pack *pack, struct registry *registry, struct arena *arena,
                       struct diags *diags)
{
    struct reading reading = {.pack = pack};
    const struct settings settings = {.table = table,
                                      .count = sizeof table / sizeof *table,
                                      .what = "theme",
                                      .name = pack->name,
                                      .into = pack,
                                      .context = &reading,
                                      .arena = arena,
                                      .diags = diags};
    size_t from = diags_kept(diags);
    reading.roles = theme_roles(registry, arena, &reading.role_count);
    const struct yaml_node *root = settings_parse_file(pack->file, arena, settings.diags);
    bool good = root && settings_read(&settings, root);
    if (good && reading.sounds.count == 0) {
        diags_add(diags, SEVERITY_ERROR, (struct place){.source = root->place.source},
                  "roles: { bell: bell.flac }", "the theme has no sounds");
        good = false;
    }
    if (!good) {
        const char *why = diags_first(diags, from, SEVERITY_ERROR, arena);
        pack->problem = why ? why : "its sounds.yaml is wrong";
    }
    pack->sound_count = reading.sounds.count;
    pack->sounds = vec_to_arena(&reading.sounds, arena);
}

/* --- the themes there are --- */

static bool is_theme(const char *folder, const char *name, struct arena *arena)
{
    return strlen(name) <= 64 && str_utf8_invalid_at(name, strlen(name)) < 0 &&
           file_exists(file_join(arena, file_join(arena, folder, name), "sounds.yaml"));
}

typedef VEC(struct theme_pack) pack_list;

static bool known(const pack_list *packs, const char *name)
{
    for (size_t i = 0; i < packs->count; i++) {
        if (strcmp(packs->items[i].name, name) == 0)
            return true;
    }
    return false;
}

static void add_folder(pack_list *packs, struct arena *arena, const char *folder, bool users)
{
    size_t count = 0;
    const char *const *names = file_list(arena, folder, THEMES_MOST, &count);
    for (size_t i = 0; i < count; i++) {
        if (!is_theme(folder, names[i], arena) || known(packs, names[i]))
            continue;
        const char *own = file_join(arena, folder, names[i]);
        *vec_push(packs) = (struct theme_pack){.name = names[i],
                                               .folder = own,
                                               .file = file_join(arena, own, "sounds.yaml"),
                                               .license = "",
                                               .author = "",
                                               .description = "",
                                               .version = "",
                                               .users = users};
    }
}

/* All of them, not read yet. */
static pack_list find_all(struct arena *arena)
{
    pack_list packs = {0};
    *vec_push(&packs) = (struct theme_pack){.name = THEME_DEFAULT,
                                            .license = "",
                                            .author = "",
                                            .version = "",
                                            .description = "The default: synthesised, all of one "
                                                           "scale, on one soft instrument"};
    add_folder(&packs, arena, file_user_data(arena, "sounds"), true);
    add_folder(&packs, arena, file_program_data(arena, "sounds"), false);
    return packs;
}

const struct theme_pack *themes_list(struct registry *registry, struct arena *arena,
                                     struct diags *diags, size_t *count)
{
    pack_list packs = find_all(arena);
    for (size_t i = 1; i < packs.count; i++)
        read_theme(&packs.items[i], registry, arena, diags);
    *count = packs.count;
    return vec_to_arena(&packs, arena);
}

const char *const *themes_names(struct arena *arena, size_t *count)
{
    pack_list packs = find_all(arena);
    const char **names = ARENA_ARRAY(arena, const char *, packs.count);
    for (size_t i = 0; i < packs.count; i++)
        names[i] = packs.items[i].name;
    *count = packs.count;
    vec_free(&packs);
    return names;
}

enum limber_status theme_find(struct registry *registry, const char *name, struct arena *arena,
                              struct diags *diags, const struct theme_pack **pack, char **error)
{
    struct str message = {0};
    size_t count = 0;
    pack_list packs = find_all(arena);
    struct theme_pack *all = vec_to_arena(&packs, arena);
    const char *const *names = themes_names(arena, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].name, name) != 0)
            continue;
        if (all[i].file)
            read_theme(&all[i], registry, arena, diags);
        *pack = &all[i];
        return all[i].problem ? LIMBER_INVALID : LIMBER_OK;
    }
    const char *near = str_nearest(name, names, count);
    str_printf(&message, "there is no theme of sounds \"%s\"", name);
    if (near)
        str_printf(&message, "; did you mean \"%s\"?", near);
    str_add(&message, "\nlimber sounds lists them");
    *error = str_steal(&message);
    return LIMBER_NOT_FOUND;
}

const struct theme_sound *theme_pack_sound(const struct theme_pack *pack, const char *role,
                                           bool bed)
{
    for (size_t i = 0; pack && i < pack->sound_count; i++) {
        const struct theme_sound *sound = &pack->sounds[i];
        if (sound->file && sound->bed == bed && strcmp(sound->role, role) == 0)
            return sound;
    }
    return NULL;
}
