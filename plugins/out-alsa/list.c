/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list.c: the devices there are: what ALSA's configuration calls the default, the sound servers and
 * those that somebody has named in it, and every output of every card. Nothing is opened. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alsa.h"

/* Wrappers of other devices, which every installation has: not for a person to choose. */
static bool is_wrapper(const char *name)
{
    static const char *const wrappers[] = {
        "null",       "samplerate", "speexrate",  "lavrate",    "jack",       "oss",
        "speex",      "upmix",      "vdownmix",   "usbstream",  "a52",        "hw",
        "plughw",     "plug",       "shm",        "tee",        "file",       "sysdefault",
        "dmix",       "dsnoop",     "front",      "rear",       "center_lfe", "side",
        "surround21", "surround40", "surround41", "surround50", "surround51", "surround71",
        "iec958",     "spdif",      "hdmi",       "modem",      "phoneline",  "cards",
        "asym",       "default",    "empty"};
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
        if (strcmp(name, wrappers[i]) == 0)
            return true;
    }
    return false;
}

/* The type of a named device: "pulse", "file"…; NULL: not to be known without opening it. */
static const char *type_of(snd_config_t *device)
{
    snd_config_t *type = NULL;
    const char *text = NULL;
    if (snd_config_get_type(device) == SND_CONFIG_TYPE_COMPOUND &&
        snd_config_search(device, "type", &type) == 0 && snd_config_get_string(type, &text) == 0)
        return text;
    return NULL;
}

static const char *kind_of(const char *type)
{
    static const char *const kinds[][2] = {{"pulse", "the PulseAudio or PipeWire server"},
                                           {"pipewire", "the PipeWire server"},
                                           {"jack", "the JACK server"},
                                           {"hw", "a sound card"},
                                           {"dmix", "a sound card, shared"},
                                           {"null", "plays to nobody"},
                                           {"file", "writes a file"},
                                           {"bluealsa", "Bluetooth"}};
    for (size_t i = 0; type && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(type, kinds[i][0]) == 0)
            return kinds[i][1];
    }
    return NULL;
}

struct listing {
    alsa_each *each;
    void *context;
    bool probe; /* tell of those only that can be opened */
};

/* What opening it gives: 0, or a negative errno. A file would be made by it. */
static int probe(const char *name, const char *type)
{
    struct alsa_settings settings = {
        .format = SND_PCM_FORMAT_UNKNOWN, .buffer_ms = 90, .period_ms = 30};
    const char *doing = NULL;
    int error = 0;
    if (type && strcmp(type, "file") == 0)
        return 0;
    snprintf(settings.device, sizeof settings.device, "%s", name);
    struct alsa_card *card = alsa_card_open(&settings, NULL, 48000, &error, &doing);
    if (!card)
        return error;
    alsa_card_close(card);
    return 0;
}

static bool tell_named(const struct listing *listing, snd_config_t *device, const char *name,
                       bool is_default)
{
    char detail[120];
    const char *type = type_of(device), *kind = kind_of(type);
    int error = listing->probe ? probe(name, type) : 0;
    if (error != 0 && error != -EBUSY && error != -ETIMEDOUT)
        return true;
    snprintf(detail, sizeof detail, "%s%s%s%s",
             kind         ? kind
             : is_default ? "what ALSA is set up for"
                          : "from ALSA's configuration",
             kind || !type ? "" : ", type ", kind || !type ? "" : type,
             error == -EBUSY       ? " (another program is using it)"
             : error == -ETIMEDOUT ? " (does not answer)"
                                   : "");
    return listing->each(listing->context, name, detail, is_default);
}

/* The default, then what is named in the configuration. */
static bool tell_configured(const struct listing *listing)
{
    snd_config_t *top = NULL, *devices = NULL, *standard = NULL;
    snd_config_iterator_t at, next;
    if (snd_config_update_ref(&top) < 0)
        return true;
    bool more = true;
    if (snd_config_search(top, "pcm", &devices) == 0) {
        if (snd_config_search(devices, "default", &standard) == 0)
            more = tell_named(listing, standard, "default", true);
        snd_config_for_each(at, next, devices)
        {
            const char *name = NULL;
            snd_config_t *device = snd_config_iterator_entry(at);
            if (more && snd_config_get_id(device, &name) == 0 && !is_wrapper(name))
                more = tell_named(listing, device, name, false);
        }
    }
    snd_config_unref(top);
    return more;
}

/* One output of a card. Returns false when there are enough. */
static bool tell_output(snd_ctl_t *control, const char *id, const char *longname, int number,
                        alsa_each *each, void *context)
{
    char name[80], detail[256];
    snd_pcm_info_t *info;
    snd_pcm_info_alloca(&info);
    snd_pcm_info_set_device(info, (unsigned)number);
    snd_pcm_info_set_stream(info, SND_PCM_STREAM_PLAYBACK);
    if (snd_ctl_pcm_info(control, info) < 0)
        return true; /* a microphone */
    snprintf(name, sizeof name, number > 0 ? "plughw:%s,%d" : "plughw:%s", id, number);
    snprintf(detail, sizeof detail, "%s: %s%s", longname, snd_pcm_info_get_name(info),
             snd_pcm_info_get_subdevices_avail(info) == 0 ? " (another program is using it)" : "");
    return each(context, name, detail, false);
}

static bool tell_card(int card, alsa_each *each, void *context)
{
    char hw[16];
    snd_ctl_t *control = NULL;
    snd_ctl_card_info_t *about;
    bool more = true;
    snd_ctl_card_info_alloca(&about);
    snprintf(hw, sizeof hw, "hw:%d", card);
    if (snd_ctl_open(&control, hw, SND_CTL_NONBLOCK) < 0)
        return true;
    if (snd_ctl_card_info(control, about) == 0) {
        int number = -1;
        while (more && snd_ctl_pcm_next_device(control, &number) == 0 && number >= 0)
            more = tell_output(control, snd_ctl_card_info_get_id(about),
                               snd_ctl_card_info_get_longname(about), number, each, context);
    }
    snd_ctl_close(control);
    return more;
}

static void list(alsa_each *each, void *context, bool probe)
{
    const struct listing listing = {each, context, probe};
    int card = -1;
    bool more = tell_configured(&listing);
    while (more && snd_card_next(&card) == 0 && card >= 0)
        more = tell_card(card, each, context);
}

void alsa_list(alsa_each *each, void *context)
{
    list(each, context, true);
}

struct search {
    const char *part;
    char *name;
    size_t size;
    bool found;
};

static bool look_at(void *context, const char *name, const char *detail, bool is_default)
{
    struct search *search = context;
    if (!strcasestr(name, search->part) && !strcasestr(detail, search->part))
        return true;
    snprintf(search->name, search->size, "%s", name);
    search->found = true;
    return false;
}

bool alsa_find(const char *part, char *name, size_t size)
{
    struct search search = {.part = part, .name = name, .size = size};
    list(look_at, &search, false);
    return search.found;
}
