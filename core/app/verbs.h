/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs.h: the verbs of the program, one constant each. */
#ifndef APP_VERBS_H
#define APP_VERBS_H

#include "app/cli.h"

extern const struct verb verb_play, verb_render, verb_plan, verb_check, verb_list, verb_voices,
    verb_plugins, verb_devices, verb_completion, verb_voice_list, verb_voice_try, verb_voice_new,
    verb_voice_warm, verb_cache, verb_cache_clear, verb_cache_trim, verb_voice_pack,
    verb_voice_install, verb_voice_remove, verb_voice_script, verb_voice_split, verb_voice_check,
    verb_voice_record, verb_phrases, verb_sounds, verb_sounds_try, verb_history,
    verb_history_forget, verb_today, verb_remind, verb_ctl, verb_serve, verb_config_show,
    verb_config_check, verb_config_path;

#endif
