/* SPDX-License-Identifier: GPL-3.0-or-later */
/* padevices.h: what the plugins on PortAudio share: starting it without noise, and finding a device
 * by any part of its name. */
#ifndef COMMON_PADEVICES_H
#define COMMON_PADEVICES_H

#include <portaudio.h>
#include <stdbool.h>
#include <stddef.h>

/* Which devices count. */
struct padevices {
    bool inputs;  /* microphones; else loudspeakers */
    bool no_jack; /* JACK's server is gone: whoever calls it waits for minutes */
};

/* Pa_Initialize() without its 80 lines on stderr. Unless `all`, ALSA devices that are only wrappers
 * of other devices are not opened (see padevices.c). */
PaError padevices_start(bool all);

bool padevices_is_jack(PaDeviceIndex index);
bool padevices_usable(const struct padevices *devices, PaDeviceIndex index);
/* By name, else by the first whose name has `name` in it, in any case; NULL: the default, else the
 * first there is. paNoDevice: none. */
PaDeviceIndex padevices_find(const struct padevices *devices, const char *name);
/* The names of all, quoted, as far as there is room; "none". */
void padevices_names(const struct padevices *devices, char *buffer, size_t size);
/* For list_devices() of the interfaces. */
void padevices_each(const struct padevices *devices,
                    bool (*each)(void *context, const char *name, const char *detail,
                                 bool is_default),
                    void *context);

#endif
