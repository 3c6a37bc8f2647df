/* SPDX-License-Identifier: GPL-3.0-or-later */
/* soundcard.h: what is true of sound cards whichever library leads to them. */
#ifndef COMMON_SOUNDCARD_H
#define COMMON_SOUNDCARD_H

#include <stdint.h>

/* Frames of silence that wake a device of this name (or description): sleeping sinks lose what they
 * are given first, HDMI and USB up to a second, Bluetooth more. */
int64_t soundcard_lead_in(const char *name, uint32_t rate_hz);

/* Keeps ALSA's library from writing on stderr: what is wrong is told by whoever calls it. */
void soundcard_quiet_alsa(void);

#endif
