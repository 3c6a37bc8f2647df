/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voice.c: names → a selected voice, checked. The library replaces what it does not know in
 * silence ("de+nope" selects plain "de"; a failed MBROLA voice stays selected), so names are looked
 * up in its own list, and what was selected is read back. */
#include <espeak-ng/espeak_ng.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "espeak.h"

static bool is_mbrola(const espeak_VOICE *voice)
{
    return strncmp(voice->identifier, "mb/", 3) == 0; /* needs programs that are not there */
}

/* `languages` is a list of a priority byte and a name, ended by an empty one. The priority of
 * `tag` in it, or −1. */
static int priority_of(const espeak_VOICE *voice, const char *tag, size_t length)
{
    for (const char *at = voice->languages; *at; at += strlen(at) + 1) {
        if (strlen(at + 1) == length && strncasecmp(at + 1, tag, length) == 0) {
            return at[0];
        }
    }
    return -1;
}

/* The voice that speaks `tag` (its first `length` bytes) with the best priority. */
static const espeak_VOICE *best_for(const espeak_VOICE **voices, const char *tag, size_t length)
{
    const espeak_VOICE *best = NULL;
    int least = 0;
    for (size_t i = 0; voices[i]; i++) {
        int priority = is_mbrola(voices[i]) ? -1 : priority_of(voices[i], tag, length);
        if (priority >= 0 && (!best || priority < least)) {
            best = voices[i];
            least = priority;
        }
    }
    return best;
}

/* The whole tag, then with subtags taken off from the right: "de-AT" → "de". */
static const espeak_VOICE *find_language(const espeak_VOICE **voices, const char *language)
{
    size_t length = strlen(language);
    while (length > 0) {
        const espeak_VOICE *found = best_for(voices, language, length);
        if (found) {
            return found;
        }
        while (length > 0 && language[--length] != '-') {
        }
    }
    return NULL;
}

/* The command line of eSpeak NG writes the spaces of names as '_', so both are understood. */
static bool same_name(const char *a, const char *b)
{
    while (*a && (*a == *b || (*a == ' ' && *b == '_'))) {
        a++;
        b++;
    }
    return *a == *b;
}

static const espeak_VOICE *find_name(const espeak_VOICE **voices, const char *name)
{
    for (size_t i = 0; voices[i]; i++) {
        const espeak_VOICE *voice = voices[i];
        if (!is_mbrola(voice) &&
            (same_name(voice->name, name) || strcasecmp(voice->identifier, name) == 0 ||
             strcasecmp(voice->languages + 1, name) == 0)) {
            return voice;
        }
    }
    return NULL;
}

static void list_some(const espeak_VOICE **voices, const char *language, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; voices[i] && used < size; i++) {
        const char *identifier = voices[i]->identifier;
        bool variant = strncmp(identifier, "!v/", 3) == 0;
        bool fits = variant || !language || strncasecmp(voices[i]->languages + 1, language, 2) == 0;
        if (fits && !is_mbrola(voices[i])) {
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
                                     variant ? identifier + 3 : identifier);
        }
    }
}

static const espeak_VOICE **all_variants(void)
{
    espeak_VOICE selector = {.languages = "variant"};
    return espeak_ListVoices(&selector);
}

/* The file name of a variant given by its name or file name, exactly; false after a log line. */
static bool find_variant(const char *name, char *file, size_t size)
{
    const espeak_VOICE **variants = all_variants();
    for (size_t i = 0; variants[i]; i++) {
        const char *identifier = variants[i]->identifier;
        const char *base = strncmp(identifier, "!v/", 3) == 0 ? identifier + 3 : identifier;
        if (strcmp(base, name) == 0 || same_name(variants[i]->name, name)) {
            snprintf(file, size, "%s", base);
            return true;
        }
    }
    char known[600];
    list_some(variants, NULL, known, sizeof known);
    espeak_log(LIMBER_LOG_ERROR, "eSpeak NG has no variant '%s'; it has %s", name, known);
    return false;
}

/* Selects `identifier` (with "+variant") and reads back whether it is selected. As a file: by name,
 * the library reads all its 130 voice files first. */
static bool select_exactly(const char *identifier)
{
    if (espeak_ng_SetVoiceByFile(identifier) != ENS_OK &&
        espeak_ng_SetVoiceByName(identifier) != ENS_OK) {
        return false;
    }
    const espeak_VOICE *now = espeak_GetCurrentVoice();
    return now && now->identifier && strcmp(now->identifier, identifier) == 0;
}

static bool join(char *identifier, const char *voice, const char *variant)
{
    int length =
        snprintf(identifier, ESPEAK_NAME_MOST, "%s%s%s", voice, variant[0] ? "+" : "", variant);
    return length > 0 && length < ESPEAK_NAME_MOST;
}

/* A file name as the library's own list gives it ("gmw/en-GB-x-rp"): selected without reading that
 * list, which takes as long as everything else together. */
static bool select_file(const char *name, const char *variant, char *identifier)
{
    const char *slash = strchr(name, '/');
    bool plain = slash && !strchr(slash + 1, '/') && !strchr(name, '.') && !strchr(name, '+') &&
                 strncmp(name, "mb/", 3) != 0 && name[0] != '!' && name[0] != '/';
    return plain && !variant[0] && join(identifier, name, "") && select_exactly(identifier);
}

enum limber_status voice_select(const struct limber_speech_voice *voice,
                                char identifier[ESPEAK_NAME_MOST])
{
    char variant[64] = "";
    if (voice->variant && !find_variant(voice->variant, variant, sizeof variant)) {
        return LIMBER_NOT_FOUND;
    }
    if (voice->voice && select_file(voice->voice, variant, identifier)) {
        return LIMBER_OK;
    }
    const char *language = voice->language ? voice->language : "en";
    const espeak_VOICE **voices = espeak_ListVoices(NULL);
    const espeak_VOICE *found =
        voice->voice ? find_name(voices, voice->voice) : find_language(voices, language);
    if (!found) {
        char known[600];
        list_some(voices, language, known, sizeof known);
        if (voice->voice) {
            espeak_log(LIMBER_LOG_ERROR, "eSpeak NG has no voice '%s'; for %s it has %s",
                       voice->voice, language, known[0] ? known : "none");
        } else {
            espeak_log(LIMBER_LOG_ERROR, "eSpeak NG has no voice for the language '%s'", language);
        }
        return LIMBER_NOT_FOUND;
    }
    char base[ESPEAK_NAME_MOST];
    snprintf(base, sizeof base, "%s", found->identifier);
    if (!join(identifier, base, variant) || !select_exactly(identifier)) {
        espeak_log(LIMBER_LOG_ERROR, "eSpeak NG could not load its voice '%s'", identifier);
        return LIMBER_FAILED;
    }
    return LIMBER_OK;
}

void voice_each(const char *language,
                bool (*each)(void *context, const char *name, const char *language), void *context)
{
    const espeak_VOICE **voices = espeak_ListVoices(NULL);
    for (size_t i = 0; voices[i]; i++) {
        const char *tag = voices[i]->languages + 1;
        size_t length = language ? strcspn(language, "-") : 0;
        bool fits = !language || (strncasecmp(tag, language, length) == 0 &&
                                  (tag[length] == '\0' || tag[length] == '-'));
        if (fits && !is_mbrola(voices[i]) && !each(context, voices[i]->identifier, tag)) {
            return;
        }
    }
}
