/* SPDX-License-Identifier: GPL-3.0-or-later */
/* play.h: playing one routine live, for play and today. */
#ifndef APP_PLAY_H
#define APP_PLAY_H

#include "app/cli.h"
#include "player/player.h"

/* What changes how a session is played. */
#define PLAY_OPTIONS                                                                               \
    OPTION_VOICE, OPTION_LANGUAGE, OPTION_SOUNDS, OPTION_LEVEL, OPTION_FOR, OPTION_DETAIL,         \
        OPTION_SEED, OPTION_ANNOUNCE, OPTION_COUNT, OPTION_COACH, OPTION_LEAD_IN, OPTION_OUTPUT,   \
        OPTION_CONTROL, OPTION_ONE_BUTTON, OPTION_CHANNELS, OPTION_SET, OPTION_PLUGIN_PATH,        \
        OPTION_NO_CACHE, OPTION_STRICT, OPTION_QUIET, OPTION_PLAIN, OPTION_CONFIG,                 \
        OPTION_NO_CONFIG

/* Plays the routine that is the request's argument. *end (may be NULL) gets how it ended. Returns
 * the exit status. */
int play_routine(const struct request *request, enum player_end *end);

#endif
