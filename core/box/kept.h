/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kept.h: what a person has chosen by command for the sessions to come: how loud, by whom, how much
 * is said. [main]
 *
 * Levels and voice are in a small file and outlive the process. Each is kept with what the
 * configuration said at that time: once the configuration says something else, that counts again.
 */
#ifndef BOX_KEPT_H
#define BOX_KEPT_H

#include "player/player.h"

struct config;
struct kept;

/* Reads the file; one that is damaged counts as none (logged). `folder` NULL: the person's,
 * ~/.local/state/limber; both outlive it. Never NULL. */
struct kept *kept_new(struct loop *loop, const char *folder);
/* Writes what has changed since. */
void kept_destroy(struct kept *kept);

/* The file is written in one piece, a moment later. `level_db`: −24 … 6. */
void kept_set_level(struct kept *kept, const struct config *config, enum command_part part,
                    int level_db);
void kept_set_voice(struct kept *kept, const struct config *config, const char *voice);
/* These are of the process only. */
void kept_set_detail(struct kept *kept, const struct config *config, enum detail detail);
void kept_set_no_tips(struct kept *kept, bool no_tips);

/* What counts now: what was kept, else what the configuration says. The voice is valid until the
 * next call of kept_set_voice(). */
struct player_taste kept_taste(const struct kept *kept, const struct config *config);
/* Whether the person chose how much is said. */
bool kept_detail_given(const struct kept *kept, const struct config *config);

#endif
