/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theme.h: names of sounds → clips. Asks in order: files of the routine's own folder, the theme
 * that was chosen, the synthesised default; and keeps what they made. [main]
 *
 * Sounds of a chosen theme are as loud as those of the default: each is brought to the loudness
 * that the default's sound of that role has (as clip_loudness() measures it, the sound of a breath
 * over four seconds), at most 30 dB up or down and no higher than −3 dBFS. They are mono, begin at
 * once, and words wait for them as long as for the default's. */
#ifndef SESSION_THEME_H
#define SESSION_THEME_H

#include "audio/clip.h"
#include "plugin/registry.h"

struct theme;
struct theme_pack;

struct theme_options {
    const char *folder;            /* the routine's own sounds (absolute), or NULL. Copied */
    const struct theme_pack *pack; /* the theme chosen, or NULL; outlives the theme */
    uint32_t rate_hz;
    struct diags *diags; /* gets a warning for each file that cannot be used; NULL: dropped */
};

struct theme *theme_new(struct registry *registry, const struct theme_options *options);
void theme_destroy(struct theme *theme);

/* Whether some plugin has the sound. */
bool theme_has(struct theme *theme, const char *folder, const char *name, bool bed);
/* The clip of a sound: its own length, or exactly `fill` frames when fill > 0. A sound that no
 * plugin can make becomes a moment of silence, logged once: never NULL. Lives as long as the theme.
 */
const struct clip *theme_sound(struct theme *theme, const char *name, frames fill);
/* Whether the chosen theme's own file is what theme_sound(), or theme_bed(), gives. */
bool theme_is_packs(struct theme *theme, const char *name, bool bed);
/* The loop of a bed, or NULL (logged once). */
const struct clip *theme_bed(struct theme *theme, const char *name);
/* Of the whole of it, LUFS; −INFINITY: it is silent, or there is none. Measured once. */
double theme_bed_loudness(struct theme *theme, const char *name);

#endif
