/* SPDX-License-Identifier: GPL-3.0-or-later */
/* padevices.c: Pa_Initialize() opens every device that ALSA's configuration names. Some of those
 * are only wrappers for other devices that some package puts there: an AC-3 encoder that loads a
 * hundred libraries, up- and down-mixers, a second way to JACK. They cost half of the time to the
 * first sample and ten megabytes, and nobody is missing them, unless the user's own configuration
 * mentions one: then it stays. */
#include "common/padevices.h"

#include <alsa/asoundlib.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/soundcard.h"

/* --- keeping the sound systems quiet --- */

static void no_jack_message(const char *text)
{
}

static void silence(void)
{
    void (*set_error)(void (*)(const char *)) = NULL;
    void (*set_info)(void (*)(const char *)) = NULL;
    soundcard_quiet_alsa();
    setenv("JACK_NO_START_SERVER", "1", 0);
    *(void **)&set_error = dlsym(RTLD_DEFAULT, "jack_set_error_function");
    *(void **)&set_info = dlsym(RTLD_DEFAULT, "jack_set_info_function");
    void *jack = set_error ? NULL : dlopen("libjack.so.0", RTLD_LAZY | RTLD_NOLOAD);
    if (jack) {
        *(void **)&set_error = dlsym(jack, "jack_set_error_function");
        *(void **)&set_info = dlsym(jack, "jack_set_info_function");
    }
    if (set_error)
        set_error(no_jack_message);
    if (set_info)
        set_info(no_jack_message);
}

/* --- wrappers --- */

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

static void prune(void)
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

PaError padevices_start(bool all)
{
    silence();
    if (!all)
        prune();
    return Pa_Initialize();
}

/* --- choosing a device --- */

bool padevices_is_jack(PaDeviceIndex index)
{
    const PaDeviceInfo *info = Pa_GetDeviceInfo(index);
    const PaHostApiInfo *api = info ? Pa_GetHostApiInfo(info->hostApi) : NULL;
    return api && api->type == paJACK;
}

static int channels_of(const struct padevices *devices, const PaDeviceInfo *info)
{
    return devices->inputs ? info->maxInputChannels : info->maxOutputChannels;
}

static PaDeviceIndex default_of(const struct padevices *devices)
{
    return devices->inputs ? Pa_GetDefaultInputDevice() : Pa_GetDefaultOutputDevice();
}

bool padevices_usable(const struct padevices *devices, PaDeviceIndex index)
{
    const PaDeviceInfo *info = Pa_GetDeviceInfo(index);
    return info && channels_of(devices, info) > 0 &&
           !(devices->no_jack && padevices_is_jack(index));
}

PaDeviceIndex padevices_find(const struct padevices *devices, const char *name)
{
    PaDeviceIndex count = Pa_GetDeviceCount(), part = paNoDevice;
    for (PaDeviceIndex i = 0; i < count && name; i++) {
        if (!padevices_usable(devices, i))
            continue;
        if (strcasecmp(Pa_GetDeviceInfo(i)->name, name) == 0)
            return i;
        if (part == paNoDevice && strcasestr(Pa_GetDeviceInfo(i)->name, name))
            part = i;
    }
    if (name)
        return part;
    PaDeviceIndex found = default_of(devices);
    for (PaDeviceIndex i = 0;
         i < count && (found == paNoDevice || !padevices_usable(devices, found)); i++) {
        if (padevices_usable(devices, i))
            found = i;
    }
    return found != paNoDevice && padevices_usable(devices, found) ? found : paNoDevice;
}

void padevices_names(const struct padevices *devices, char *buffer, size_t size)
{
    buffer[0] = '\0';
    for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); i++) {
        size_t used = strlen(buffer);
        if (padevices_usable(devices, i))
            snprintf(buffer + used, size - used, "%s\"%s\"", used ? ", " : "",
                     Pa_GetDeviceInfo(i)->name);
    }
    if (!buffer[0])
        snprintf(buffer, size, "none");
}

void padevices_each(const struct padevices *devices,
                    bool (*each)(void *context, const char *name, const char *detail,
                                 bool is_default),
                    void *context)
{
    for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); i++) {
        char detail[120];
        const PaDeviceInfo *info = Pa_GetDeviceInfo(i);
        if (!padevices_usable(devices, i))
            continue;
        double latency =
            devices->inputs ? info->defaultLowInputLatency : info->defaultLowOutputLatency;
        int channels = channels_of(devices, info);
        snprintf(detail, sizeof detail, "%s, %d channel%s, %.0f Hz, %.0f ms",
                 Pa_GetHostApiInfo(info->hostApi)->name, channels, channels == 1 ? "" : "s",
                 info->defaultSampleRate, latency * 1000);
        if (!each(context, info->name, detail, i == default_of(devices)))
            return;
    }
}
