/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_voice.c: whether a voice is fit to be handed on, and safe to take in. */
#include "studio/archive_voice.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "base/yaml.h"
#include "studio/packs.h"
#include "voice/voicefile.h"

#define VOICE_FILE  "voice.yaml"
#define FILE_MOST   65536
#define ROWS_TOLD   5   /* faulty rows told one by one */
#define SHOWN_BYTES 300 /* of a command */

/* Engines that start no program and call no other machine, whatever their settings. */
static const char *const harmless[] = {"speech-espeak", "speech-flite", "speech-pack"};

static bool is_harmless(const struct voice *voice)
{
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        if (strcmp(voice->engine, harmless[i]) == 0)
            return true;
    }
    return false;
}

/* --- voice.yaml --- */

static void pass_on(const struct diags *from, const char *shown, enum severity most,
                    struct diags *to)
{
    enum severity severity;
    struct place place;
    const char *message, *hint;
    for (size_t i = 0; diags_get(from, i, &severity, &place, &message, &hint); i++) {
        if (place.source)
            place.source = diags_add_source(to, shown, place.source->text, place.source->length);
        diags_add(to, severity == SEVERITY_ERROR ? most : severity, place, hint, "%s", message);
    }
}

bool archive_voice_read(const char *folder, const char *name, const char *shown,
                        enum severity severity, struct registry *registry, struct arena *arena,
                        struct diags *diags, struct voice *voice)
{
    struct diags *own = diags_new();
    const struct voicefile_options options = {.registry = registry, .arena = arena, .diags = own};
    struct place fallback;
    *voice = (struct voice){.name = arena_strdup(arena, name)};
    bool good = voicefile_read(file_join(arena, folder, VOICE_FILE), &options, voice, &fallback);
    pass_on(own, shown, severity, diags);
    diags_destroy(own);
    return good;
}

const char *archive_voice_name(const char *folder, struct arena *arena)
{
    char *text = NULL;
    const char *name = NULL;
    size_t length = 0;
    struct diags *diags = diags_new();
    const char *path = file_join(arena, folder, VOICE_FILE);
    if (file_read(path, FILE_MOST, arena, &text, &length) == LIMBER_OK) {
        const struct source *source = diags_add_source(diags, path, text, length);
        const struct yaml_node *root = yaml_parse(source, 0, length, arena, diags);
        name = root && root->kind == YAML_MAP ? yaml_get_text(root, "name") : NULL;
    }
    name = name ? arena_strdup(arena, name) : NULL;
    diags_destroy(diags);
    return name;
}

/* --- what it reaches --- */

const char *archive_voice_runs(const struct voice *voice, struct arena *arena)
{
    struct str text = {0};
    if (is_harmless(voice))
        return NULL;
    str_add(&text, voice->engine);
    for (size_t i = 0; voice->options && voice->options[i]; i++) {
        str_add(&text, i ? "; " : " with ");
        for (const char *c = voice->options[i]; *c && text.length < SHOWN_BYTES; c++)
            str_add_char(&text, *c == '\n' ? ' ' : *c);
    }
    if (text.length >= SHOWN_BYTES)
        str_add(&text, " …");
    const char *result = arena_strdup(arena, str_text(&text));
    str_free(&text);
    return result;
}

static bool leads_out(const char *value)
{
    if (value[0] == '/' || value[0] == '~' || strstr(value, "://"))
        return true;
    for (const char *part = value; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (strcmp(part, "..") == 0 || strncmp(part, "../", 3) == 0)
            return true;
    }
    return false;
}

/* Any line of an option's value; "name=" before the first. */
static bool option_leads_out(const char *pair, struct arena *arena)
{
    char *copy = arena_strdup(arena, strchr(pair, '=') + 1);
    for (char *save = NULL, *line = strtok_r(copy, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        if (leads_out(line))
            return true;
    }
    return false;
}

const char *archive_voice_outside(const struct voice *voice, bool programs, struct arena *arena)
{
    size_t folder = strlen(voice->folder);
    if (voice->dictionary &&
        (!str_starts_with(voice->dictionary, voice->folder) || voice->dictionary[folder] != '/' ||
         leads_out(voice->dictionary + folder + 1)))
        return "its dictionary";
    if (programs)
        return NULL;
    if (voice->voice && leads_out(voice->voice))
        return "its setting `voice`";
    if (voice->variant && leads_out(voice->variant))
        return "its setting `variant`";
    for (size_t i = 0; voice->options && voice->options[i]; i++) {
        if (option_leads_out(voice->options[i], arena))
            return arena_printf(arena, "its option `%.*s`", (int)strcspn(voice->options[i], "="),
                                voice->options[i]);
    }
    return NULL;
}

/* --- the table --- */

bool archive_voice_check_table(struct registry *registry, const struct voice *voice,
                               struct place place, enum severity severity, struct diags *diags)
{
    struct pack *pack = NULL;
    char *error = NULL;
    size_t good = 0, bad = 0;
    if (!registry || !pack_is_recorded(registry, voice))
        return true;
    enum limber_status status = pack_open(registry, voice, NULL, &pack, &error);
    if (status == LIMBER_NOT_FOUND) { /* its plugin: it cannot be looked at here */
        free(error);
        return true;
    }
    for (size_t i = 0; status == LIMBER_OK && i < pack_row_count(pack); i++) {
        const struct pack_row *row = pack_row(pack, i);
        if (!row->problem)
            good++;
        else if (++bad <= ROWS_TOLD)
            diags_add(diags, SEVERITY_WARNING, place, NULL, "line %d of its table: %s", row->line,
                      row->problem);
    }
    if (bad > ROWS_TOLD)
        diags_add(diags, SEVERITY_WARNING, place, NULL,
                  "%zu more lines of its table cannot be used", bad - ROWS_TOLD);
    if (good == 0)
        diags_add(diags, severity, place, NULL, "%s",
                  error ? error : "it is a voice of recordings, but has none that can be used");
    free(error);
    pack_close(pack);
    return good > 0;
}
