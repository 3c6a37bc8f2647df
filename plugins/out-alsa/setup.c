/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setup.c: finding a device, and agreeing with it: the session's rate, one or two channels, and the
 * format it has by itself, so that nothing between us and it converts samples without need. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alsa.h"

/* By name; else by any part of a name or description. */
static int open_named(struct alsa_card *card, int mode)
{
    const char *asked = card->settings.device;
    snprintf(card->name, sizeof card->name, "%s", *asked ? asked : "default");
    int error = snd_pcm_open(&card->pcm, card->name, SND_PCM_STREAM_PLAYBACK, mode);
    if (error != -ENOENT || !*asked)
        return error;
    if (!alsa_find(asked, card->name, sizeof card->name))
        return -ENOENT;
    return snd_pcm_open(&card->pcm, card->name, SND_PCM_STREAM_PLAYBACK, mode);
}

/* The best format of those we make; UNKNOWN: none. */
static snd_pcm_format_t best_format(snd_pcm_t *pcm, snd_pcm_hw_params_t *hw)
{
    static const snd_pcm_format_t best[] = {SND_PCM_FORMAT_FLOAT, SND_PCM_FORMAT_S32,
                                            SND_PCM_FORMAT_S16};
    for (size_t i = 0; i < sizeof best / sizeof *best; i++) {
        if (snd_pcm_hw_params_test_format(pcm, hw, best[i]) == 0)
            return best[i];
    }
    return SND_PCM_FORMAT_UNKNOWN;
}

static int choose_format(struct alsa_card *card, snd_pcm_hw_params_t *hw)
{
    int error = snd_pcm_hw_params_any(card->pcm, hw);
    if (error < 0)
        return error;
    card->format = card->settings.format;
    if (card->format == SND_PCM_FORMAT_UNKNOWN)
        card->format = best_format(card->pcm, hw);
    return card->format == SND_PCM_FORMAT_UNKNOWN ? -EINVAL : 0;
}

/* Without conversions if we can; a device that has none of our formats gets them converted. */
static int open_pcm(struct alsa_card *card, snd_pcm_hw_params_t *hw)
{
    bool any = card->settings.format == SND_PCM_FORMAT_UNKNOWN;
    card->doing = "is opened";
    int error = open_named(card, SND_PCM_NONBLOCK | (any ? SND_PCM_NO_AUTO_FORMAT : 0));
    if (error < 0)
        return error;
    card->doing = "is asked what it can play";
    error = choose_format(card, hw);
    if (error != -EINVAL || !any)
        return error;
    snd_pcm_close(card->pcm);
    card->pcm = NULL;
    error = snd_pcm_open(&card->pcm, card->name, SND_PCM_STREAM_PLAYBACK, SND_PCM_NONBLOCK);
    return error < 0 ? error : choose_format(card, hw);
}

static int set_channels(struct alsa_card *card, snd_pcm_hw_params_t *hw)
{
    card->channels = 2;
    if (snd_pcm_hw_params_set_channels(card->pcm, hw, 2) == 0)
        return 0;
    card->channels = 1;
    return snd_pcm_hw_params_set_channels(card->pcm, hw, 1);
}

static int set_hardware(struct alsa_card *card, snd_pcm_hw_params_t *hw)
{
    unsigned buffer_us = card->settings.buffer_ms * 1000,
             period_us = card->settings.period_ms * 1000;
    int error;
    card->doing = "is asked for interleaved samples";
    error = snd_pcm_hw_params_set_access(card->pcm, hw, SND_PCM_ACCESS_RW_INTERLEAVED);
    if (error == 0) {
        card->doing = "is asked for the format";
        error = snd_pcm_hw_params_set_format(card->pcm, hw, card->format);
    }
    if (error == 0) {
        card->doing = "is asked for one or two channels";
        error = set_channels(card, hw);
    }
    if (error == 0) {
        card->doing = "is asked for the session's rate";
        error = snd_pcm_hw_params_set_rate(card->pcm, hw, card->rate_hz, 0);
    }
    if (error < 0)
        return error;
    card->doing = "is asked for a buffer";
    snd_pcm_hw_params_set_buffer_time_near(card->pcm, hw, &buffer_us, NULL);
    snd_pcm_hw_params_set_period_time_near(card->pcm, hw, &period_us, NULL);
    error = snd_pcm_hw_params(card->pcm, hw);
    if (error == 0)
        error = snd_pcm_get_params(card->pcm, &card->buffer, &card->period);
    return error;
}

static int set_software(struct alsa_card *card, snd_pcm_sw_params_t *sw)
{
    card->doing = "is asked to start when it is full";
    int error = snd_pcm_sw_params_current(card->pcm, sw);
    if (error == 0)
        error = snd_pcm_sw_params_set_avail_min(card->pcm, sw, card->period);
    if (error == 0)
        error = snd_pcm_sw_params_set_start_threshold(card->pcm, sw,
                                                      card->buffer - card->buffer % card->period);
    return error < 0 ? error : snd_pcm_sw_params(card->pcm, sw);
}

/* What kind of device it leads to, for the lead-in and the log. */
static void describe(struct alsa_card *card)
{
    char *longname = NULL;
    snd_pcm_info_t *info;
    snd_pcm_info_alloca(&info);
    if (snd_pcm_info(card->pcm, info) != 0) {
        snprintf(card->about, sizeof card->about, "%s", card->name);
        return;
    }
    int number = snd_pcm_info_get_card(info);
    card->is_hardware = number >= 0;
    if (card->is_hardware)
        snd_card_get_longname(number, &longname);
    snprintf(card->about, sizeof card->about, "%s, %s%s%s", card->name, snd_pcm_info_get_name(info),
             longname ? ", " : "", longname ? longname : "");
    free(longname);
}

static bool allocate(struct alsa_card *card)
{
    size_t frame = card->channels * sizeof(float); /* no format of ours is larger */
    card->pulled = calloc(card->period, frame);
    card->block = calloc(card->period, frame);
    return card->pulled && card->block;
}

int alsa_setup(struct alsa_card *card)
{
    snd_pcm_hw_params_t *hw;
    snd_pcm_sw_params_t *sw;
    snd_pcm_hw_params_alloca(&hw);
    snd_pcm_sw_params_alloca(&sw);
    int error = open_pcm(card, hw);
    if (error == 0)
        error = set_hardware(card, hw);
    if (error == 0)
        error = set_software(card, sw);
    if (error == 0 && !allocate(card))
        error = -ENOMEM;
    if (error == 0)
        describe(card);
    return error;
}
