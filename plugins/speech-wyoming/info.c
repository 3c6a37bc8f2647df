/* SPDX-License-Identifier: GPL-3.0-or-later */
/* info.c: the voices of an "info" event. Anything may be missing from it or of another type. */
#include <ctype.h>
#include <string.h>

#include "wyoming.h"

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static const json_t *array_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_array(value) ? value : NULL;
}

/* What does not say whether it is installed, is. */
static bool is_installed(const json_t *object)
{
    return !json_is_false(json_object_get(object, "installed"));
}

/* Returns false when `each` had enough. */
static bool each_of_program(const json_t *program,
                            bool (*each)(void *context, const struct info_voice *voice),
                            void *context)
{
    const json_t *voices = array_of(program, "voices");
    if (!voices) {
        voices = array_of(program, "models"); /* as the published description names it */
    }
    for (size_t i = 0; i < json_array_size(voices); i++) {
        const json_t *item = json_array_get(voices, i);
        const struct info_voice voice = {.program = text_of(program, "name"),
                                         .program_version = text_of(program, "version"),
                                         .name = text_of(item, "name"),
                                         .version = text_of(item, "version"),
                                         .languages = array_of(item, "languages"),
                                         .speakers = array_of(item, "speakers")};
        if (voice.name[0] && is_installed(item) && !each(context, &voice)) {
            return false;
        }
    }
    return true;
}

void info_each(const json_t *info, bool (*each)(void *context, const struct info_voice *voice),
               void *context)
{
    const json_t *programs = array_of(info, "tts");
    for (size_t i = 0; i < json_array_size(programs); i++) {
        const json_t *program = json_array_get(programs, i);
        if (is_installed(program) && !each_of_program(program, each, context)) {
            return;
        }
    }
}

/* --- languages: "en_GB", "en-gb" and "en-GB" are one --- */

static char tag_letter(char letter)
{
    return letter == '_' ? '-' : (char)tolower((unsigned char)letter);
}

static bool same_tag(const char *a, size_t a_length, const char *b, size_t b_length)
{
    if (a_length != b_length) {
        return false;
    }
    for (size_t i = 0; i < a_length; i++) {
        if (tag_letter(a[i]) != tag_letter(b[i])) {
            return false;
        }
    }
    return true;
}

static int fit_of(const char *own, const char *tag)
{
    size_t own_length = strlen(own);
    size_t length = strlen(tag);
    size_t own_base = strcspn(own, "-_");
    size_t base = strcspn(tag, "-_");
    if (same_tag(own, own_length, tag, length)) {
        return 3;
    }
    if (!same_tag(own, own_base, tag, base)) {
        return 0;
    }
    return own_base == own_length || base == length ? 2 : 1;
}

int info_fit(const struct info_voice *voice, const char *tag, const char **match)
{
    int best = 0;
    for (size_t i = 0; i < json_array_size(voice->languages); i++) {
        const char *own = json_string_value(json_array_get(voice->languages, i));
        int fit = own ? fit_of(own, tag) : 0;
        if (fit > best) {
            best = fit;
            *match = own;
        }
    }
    return best;
}

bool info_has_speaker(const struct info_voice *voice, const char *name)
{
    size_t count = json_array_size(voice->speakers);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(voice->speakers, i);
        if (strcmp(text_of(item, "name"), name) == 0) {
            return true;
        }
    }
    return count > 0 && name[0] && strspn(name, "0123456789") == strlen(name);
}
