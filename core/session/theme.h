/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theme.h: names of sounds → clips. Asks the sound plugins in order (the routine's own folder
 * first, then the synthesised theme) and keeps what they made. [main] */
#ifndef SESSION_THEME_H
#define SESSION_THEME_H

#include "audio/clip.h"
#include "plugin/registry.h"

struct theme;

/* `folder`: the routine's own sounds (absolute), or NULL. Copied. */
struct theme *theme_new(struct registry *registry, const char *folder, uint32_t rate_hz);
void theme_destroy(struct theme *theme);

/* Whether some plugin has the sound. */
bool theme_has(struct theme *theme, const char *folder, const char *name, bool bed);
/* The clip of a sound: its own length, or exactly `fill` frames when fill > 0. A sound that no
 * plugin can make becomes a moment of silence, logged once: never NULL. Lives as long as the theme.
 */
const struct clip *theme_sound(struct theme *theme, const char *name, frames fill);
/* The loop of a bed, or NULL (logged once). */
const struct clip *theme_bed(struct theme *theme, const char *name);

#endif
