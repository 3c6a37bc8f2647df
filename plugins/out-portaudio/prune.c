/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prune.c: Pa_Initialize() opens every device that ALSA's configuration names, and those below are
 * only wrappers for other devices that some package puts there: an AC-3 encoder that loads a
 * hundred libraries, up- and down-mixers, a second way to JACK. They cost half of the time to the
 * first sample and ten megabytes, and nobody is missing them, unless the user's own configuration
 * mentions one: then it stays. */
#include "prune.h"

#include <alsa/asoundlib.h>
#include <stdbool.h>
#include <string.h>

static const char *const wrappers[] = {"a52",   "jack",      "lavrate", "oss",       "samplerate",
                                       "speex", "speexrate", "upmix",   "usbstream", "vdownmix"};

/* Whether a text anywhere in the tree is `name`, or begins with it and a colon (arguments). */
static bool mentions(snd_config_t *node, const char *name)
{
    const char *text = NULL;
    if (snd_config_get_type(node) == SND_CONFIG_TYPE_STRING) {
        size_t length = strlen(name);
        return snd_config_get_string(node, &text) == 0 && text &&
               strncmp(text, name, length) == 0 && (text[length] == '\0' || text[length] == ':');
    }
    if (snd_config_get_type(node) != SND_CONFIG_TYPE_COMPOUND)
        return false;
    snd_config_iterator_t at, next;
    snd_config_for_each(at, next, node)
    {
        if (mentions(snd_config_iterator_entry(at), name))
            return true;
    }
    return false;
}

/* Whether any device but the wrapper itself leads to it. */
static bool is_used(snd_config_t *devices, snd_config_t *wrapper, const char *name)
{
    snd_config_iterator_t at, next;
    snd_config_for_each(at, next, devices)
    {
        snd_config_t *device = snd_config_iterator_entry(at);
        if (device != wrapper && mentions(device, name))
            return true;
    }
    return false;
}

void out_portaudio_prune(void)
{
    snd_config_t *devices = NULL;
    if (snd_config_update() < 0 || snd_config_search(snd_config, "pcm", &devices) < 0)
        return;
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++) {
        snd_config_t *wrapper = NULL;
        if (snd_config_search(devices, wrappers[i], &wrapper) == 0 &&
            !is_used(devices, wrapper, wrappers[i]))
            snd_config_delete(wrapper);
    }
}
