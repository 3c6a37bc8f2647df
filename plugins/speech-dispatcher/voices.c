/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voices.c: the voices of a module. A module takes any name without a word and speaks with another
 * voice, so names are looked up in its own list. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dispatcher.h"

#define VOICES_MOST 100000
#define SOME_VOICES 8 /* named in messages */

/* One line of the list; variants have lines of their own. */
struct entry {
    const char *name, *language, *variant; /* "" or "none": no variant */
};

/* Splits "NAME\tLANGUAGE\tVARIANT" in place. */
static struct entry entry_of(char *text)
{
    struct entry entry = {.name = text, .language = "", .variant = ""};
    char *tab = strchr(text, '\t');
    if (tab) {
        *tab = '\0';
        entry.language = tab + 1;
        tab = strchr(tab + 1, '\t');
    }
    if (tab) {
        *tab = '\0';
        entry.variant = tab + 1;
        if (strcasecmp(entry.variant, "none") == 0 || strcasecmp(entry.variant, "null") == 0) {
            entry.variant = "";
        }
    }
    return entry;
}

/* Calls `each` for every line. *listed: the module can list its voices. */
static bool list(struct module *module, bool *listed,
                 void (*each)(void *context, const struct entry *entry), void *context)
{
    struct message message;
    *listed = false;
    if (!module_send(module, "LIST VOICES\n", NULL)) {
        return false;
    }
    for (int i = 0; i < VOICES_MOST; i++) {
        if (!module_next(module, &message)) {
            return false;
        }
        if (message.code >= 300 && message.code < 500 && message.last) {
            return true;
        }
        if (message.code == 200 && message.last) {
            *listed = true;
            return true;
        }
        if (message.code == 200) {
            const struct entry entry = entry_of(message.text);
            each(context, &entry);
        }
    }
    return module_refuse(module, "lists voices without end");
}

/* --- names and languages --- */

/* Without regard to case; '_' and ' ' are one. */
static bool same(const char *a, const char *b)
{
    while (*a && *b) {
        char x = *a == '_' ? ' ' : (char)tolower((unsigned char)*a);
        char y = *b == '_' ? ' ' : (char)tolower((unsigned char)*b);
        if (x != y) {
            return false;
        }
        a++;
        b++;
    }
    return *a == *b;
}

/* 3: the same tag; 2: the tag without its region; 1: the same language elsewhere; 0: another. */
static int fit_of(const char *own, const char *tag)
{
    size_t base = strcspn(tag, "-_");
    size_t own_base = strcspn(own, "-_");
    if (base != own_base || strncasecmp(own, tag, base) != 0) {
        return 0;
    }
    if (own[own_base] == '\0') {
        return tag[base] == '\0' ? 3 : 2;
    }
    return tag[base] != '\0' && strcasecmp(own + own_base + 1, tag + base + 1) == 0 ? 3 : 1;
}

/* --- choosing --- */

struct choice {
    const char *name, *variant; /* wanted, or NULL */
    const char *language;
    struct settings *settings;
    int fit; /* of what is in the settings */
    bool found;
    char some[300]; /* names of those for the language, for messages */
    int listed;
};

static void list_one(struct choice *choice, const char *name)
{
    size_t used = strlen(choice->some);
    if (choice->listed < SOME_VOICES && used < sizeof choice->some) {
        snprintf(choice->some + used, sizeof choice->some - used, "%s%s", used > 0 ? ", " : "",
                 name);
    } else if (choice->listed == SOME_VOICES) {
        snprintf(choice->some + used, sizeof choice->some - used, " …");
    }
    choice->listed++;
}

/* Whether the entry is the voice of this name in this variant: modules call it "NAME+VARIANT". */
static bool is_named(const struct entry *entry, const char *name, const char *variant)
{
    char joined[256];
    if (!variant) {
        return same(entry->name, name);
    }
    snprintf(joined, sizeof joined, "%s+%s", name, variant);
    return same(entry->name, joined) || (same(entry->name, name) && same(entry->variant, variant));
}

static void keep(struct choice *choice, const struct entry *entry, int fit)
{
    struct settings *settings = choice->settings;
    choice->found = true;
    choice->fit = fit;
    snprintf(settings->language, sizeof settings->language, "%s", entry->language);
    snprintf(settings->voice, sizeof settings->voice, "%s",
             choice->name || choice->variant ? entry->name : "");
}

static void consider(void *context, const struct entry *entry)
{
    struct choice *choice = context;
    int fit = fit_of(entry->language, choice->language);
    if (fit > 0 && !entry->variant[0]) {
        list_one(choice, entry->name);
    }
    if (strlen(entry->name) >= sizeof choice->settings->voice ||
        strlen(entry->language) >= sizeof choice->settings->language) {
        return;
    }
    if (choice->name) {
        if (!choice->found && is_named(entry, choice->name, choice->variant)) {
            keep(choice, entry, fit);
        }
    } else if (fit > choice->fit && same(entry->variant, choice->variant ? choice->variant : "")) {
        keep(choice, entry, fit);
    }
}

/* The language alone: the module knows best which of its regions stands for all. */
static bool leave_to_module(struct choice *choice)
{
    struct settings *settings = choice->settings;
    size_t base = strcspn(choice->language, "-_");
    if (choice->fit == 1 && !choice->variant && base < sizeof settings->language) {
        memcpy(settings->language, choice->language, base);
        settings->language[base] = '\0';
    }
    return choice->fit != 1 || !choice->variant;
}

static enum limber_status refuse_choice(struct module *module, const struct choice *choice)
{
    const char *some = choice->some[0] ? choice->some : "none";
    if (choice->name) {
        module_refuse(module, "has no voice '%s'%s%s%s; for %s it has %s", choice->name,
                      choice->variant ? " with the variant '" : "",
                      choice->variant ? choice->variant : "", choice->variant ? "'" : "",
                      choice->language, some);
    } else if (choice->variant) {
        module_refuse(module, "has no variant '%s' for %s; name the voice too, one of %s",
                      choice->variant, choice->language, some);
    } else {
        module_refuse(module, "has no voice for the language '%s'", choice->language);
    }
    return LIMBER_NOT_FOUND;
}

static bool is_tag(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length < 64 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
               length;
}

enum limber_status voices_choose(struct module *module, const struct limber_speech_voice *voice,
                                 struct settings *settings)
{
    bool listed = false;
    struct choice choice = {.name = voice->voice,
                            .variant = voice->variant,
                            .language = voice->language ? voice->language : "en",
                            .settings = settings};
    settings->language[0] = settings->voice[0] = '\0';
    if (!is_tag(choice.language)) {
        module_refuse(module, "cannot be asked for the language '%s'", choice.language);
        return LIMBER_INVALID;
    }
    if (!list(module, &listed, consider, &choice)) {
        return LIMBER_FAILED;
    }
    if (!listed && !choice.name && !choice.variant) {
        snprintf(settings->language, sizeof settings->language, "%s", choice.language);
        return LIMBER_OK; /* it does not tell; so it must know */
    }
    if (!choice.found || (!choice.name && !leave_to_module(&choice))) {
        return refuse_choice(module, &choice);
    }
    return LIMBER_OK;
}

/* --- all of them --- */

struct listing {
    const char *language;
    bool (*each)(void *context, const char *name, const char *language);
    void *context;
    bool enough;
};

static void list_voice(void *context, const struct entry *entry)
{
    struct listing *listing = context;
    bool fits = !listing->language || fit_of(entry->language, listing->language) > 0;
    if (fits && !entry->variant[0] && !listing->enough) {
        listing->enough = !listing->each(listing->context, entry->name, entry->language);
    }
}

bool voices_each(struct module *module, const char *language,
                 bool (*each)(void *context, const char *name, const char *language), void *context)
{
    bool listed;
    struct listing listing = {.language = language, .each = each, .context = context};
    return list(module, &listed, list_voice, &listing);
}
