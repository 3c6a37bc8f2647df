/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prune.h: which ALSA devices PortAudio gets to see. */
#ifndef OUT_PORTAUDIO_PRUNE_H
#define OUT_PORTAUDIO_PRUNE_H

/* Call before Pa_Initialize(). */
void out_portaudio_prune(void);

#endif
