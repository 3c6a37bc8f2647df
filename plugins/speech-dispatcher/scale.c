/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scale.c: words a minute → the −100 … 100 of Speech Dispatcher. Each module understands that in
 * its own way, so that what is known of each is written here. The aim: the same number of words is
 * as fast with a module as with the engine itself, and about as fast with one module as with
 * another. */
#include <string.h>

#include "dispatcher.h"

static int round_within(double value)
{
    if (value < -100) {
        return -100;
    }
    return value > 100 ? 100 : (int)(value < 0 ? value - 0.5 : value + 0.5);
}

/* Linear on both sides of the normal rate: the module's own rule, and its defaults. */
#define ESPEAK_LEAST_WPM  80.0
#define ESPEAK_NORMAL_WPM 170.0
#define ESPEAK_MOST_WPM   449.0

static double espeak(double rate_wpm)
{
    double beyond = rate_wpm - ESPEAK_NORMAL_WPM;
    return 100 * beyond /
           (beyond < 0 ? ESPEAK_NORMAL_WPM - ESPEAK_LEAST_WPM
                       : ESPEAK_MOST_WPM - ESPEAK_NORMAL_WPM);
}

/* The module stretches durations by 1 − rate / 50 below 0 and by 1 − rate / 175 above. Unstretched,
 * its voice kal16 is as fast as eSpeak NG at this number of words a minute. */
#define FLITE_NORMAL_WPM 200.0

static double flite(double rate_wpm)
{
    double stretch = FLITE_NORMAL_WPM / rate_wpm;
    return (1 - stretch) * (stretch > 1 ? 50 : 175);
}

int scale_rate(const char *module, double rate_wpm, double slower)
{
    bool is_flite = strcmp(module, "flite") == 0;
    double wpm = rate_wpm;
    if (!(wpm > 0)) {
        wpm = is_flite ? FLITE_NORMAL_WPM : ESPEAK_NORMAL_WPM;
    }
    wpm *= 1 - slower;
    return round_within(is_flite ? flite(wpm) : espeak(wpm));
}

int scale_pitch(double pitch)
{
    return pitch < 0 ? 0 : round_within((pitch - 50) * 2);
}
