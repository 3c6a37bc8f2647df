/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theme.c: the default theme as data. All pitches are of one pentatonic scale (C D E G A), all
 * short sounds are played on one instrument, a soft metal bar; so any two that meet agree. */
#include "tone.h"

#define G4 391.995
#define A4 440.000
#define C5 523.251
#define D5 587.330
#define E5 659.255
#define G5 783.991
#define A5 880.000
#define C6 1046.502
#define D6 1174.659
#define E6 1318.510
#define G6 1567.982
#define A6 1760.000

/* A bar struck with a soft mallet: the octave and the double octave die sooner. */
static const struct tone_partial bar_partials[] = {{1.0, 0, 1.15, 0},
                                                   {2.003, -15, 0.55, 0},
                                                   {3.995, -19, 0.22, 0},
                                                   {6.27, -36, 0.05, 0},
                                                   {.ratio = 0}};
static const struct tone_instrument bar = {bar_partials, 2.5};

/* The same with a felt mallet. */
static const struct tone_partial felt_partials[] = {
    {1.0, 0, 1.5, 0}, {2.003, -20, 0.6, 0}, {3.995, -30, 0.2, 0}, {.ratio = 0}};
static const struct tone_instrument felt = {felt_partials, 6};

/* A block of wood. */
static const struct tone_partial block_partials[] = {
    {1.0, 0, 0.046, 0}, {2.31, -9, 0.03, 0}, {3.9, -20, 0.012, 0}, {.ratio = 0}};
static const struct tone_instrument block = {block_partials, 2};

/* A hand bell: hum, prime (a beating pair), quint, nominal and the ones above it. */
static const struct tone_partial bell_partials[] = {
    {0.5, -16, 4.6, 0},  {1.0, 0, 4.2, 0},      {1.0023, -7, 4.0, 0}, {1.498, -13, 2.6, 0},
    {2.0, -5, 2.4, 0},   {2.0031, -12, 2.2, 0}, {2.51, -17, 1.3, 0},  {2.997, -14, 1.0, 0},
    {4.17, -18, 0.5, 0}, {5.43, -25, 0.22, 0},  {.ratio = 0}};
static const struct tone_instrument bell = {bell_partials, 2};

/* A gong: a low body at once, and a crowd of partials that bloom after the stroke. */
static const struct tone_partial gong_partials[] = {
    {0.5, -10, 4.2, 0},    {1.0, -9, 5.0, 0},     {1.506, -2, 5.4, 0},   {1.511, -5, 5.2, 0},
    {2.02, -2, 5.0, 0.10}, {2.49, -3, 4.8, 0.18}, {2.503, -6, 4.6, 0.2}, {3.01, -3, 4.2, 0.28},
    {3.74, -4, 3.8, 0.36}, {4.52, -6, 3.3, 0.42}, {5.48, -8, 2.8, 0.46}, {6.77, -10, 2.3, 0.5},
    {8.31, -13, 1.9, 0.5}, {10.2, -17, 1.5, 0.5}, {.ratio = 0}};
static const struct tone_instrument gong = {gong_partials, 8};

/* A thin hanging tube. */
static const struct tone_partial tube_partials[] = {{1.0, 0, 1.9, 0},
                                                    {1.0017, -9, 1.8, 0},
                                                    {2.01, -16, 0.9, 0},
                                                    {2.756, -17, 0.45, 0},
                                                    {.ratio = 0}};
static const struct tone_instrument tube = {tube_partials, 2.5};

#define SCORE(name, peak_db, lead_ms, most_ms, ...)                                                \
    static const struct tone_note name##_notes[] = {__VA_ARGS__, {.instrument = NULL}};            \
    static const struct tone_score name = {name##_notes, peak_db, lead_ms, most_ms}

SCORE(start, -12, 350, 0, {&bar, 0, C5, 0, 0}, {&bar, 140, G5, 0, 0});
SCORE(end, -12, 350, 0, {&bar, 0, G5, 0, 0}, {&bar, 140, C5, 0, 0});
SCORE(halfway, -12, 300, 0, {&bar, 0, D5, 0, 0.6}, {&bar, 0, A5, -7, 0.5});
SCORE(tick, -12, 0, 58, {&block, 0, C6, 0, 0});
SCORE(swap, -12, 400, 0, {&bar, 0, E5, 0, 0.4}, {&bar, 110, A5, 0, 0.4}, {&bar, 220, E5, 0, 0.4},
      {&bar, 330, A5, 0, 0.6});
SCORE(pause, -14, 400, 0, {&felt, 0, E5, 0, 0.8}, {&felt, 260, C5, -2, 1});
SCORE(done, -12, 1300, 0, {&bar, 0, E5, -3, 0.6}, {&bar, 200, D5, -3, 0.6},
      {&bar, 400, G5, -3, 0.8}, {&felt, 640, G4, -4, 1.4}, {&bar, 655, C5, 0, 1.4},
      {&bar, 675, E5, -3, 1.3}, {&bar, 700, C6, -6, 1.2});
SCORE(attention, -12, 400, 0, {&bar, 0, A5, 0, 0.35}, {&bar, 120, A5, 0, 0.35},
      {&bar, 240, D6, 0, 0.5});
SCORE(bell_stroke, -12, 1200, 0, {&bell, 0, C5, 0, 0});
SCORE(gong_stroke, -12, 1500, 0, {&gong, 0, 220.0, 0, 0});
SCORE(chimes, -12, 900, 0, {&tube, 0, G6, -3, 0.8}, {&tube, 95, E6, -2, 0.9},
      {&tube, 170, A6, -6, 0.7}, {&tube, 290, D6, -1, 1}, {&tube, 430, C6, 0, 1},
      {&tube, 520, G5, -2, 1.1});

/* Answers to a command: soft, and over before anybody waits for them. */
SCORE(heard, -19, 0, 90, {&felt, 0, G5, 0, 0.045});
SCORE(paused, -18, 0, 140, {&felt, 0, G5, 0, 0.04}, {&felt, 60, C5, 0, 0.05});
SCORE(going_on, -18, 0, 140, {&felt, 0, C5, 0, 0.04}, {&felt, 60, G5, 0, 0.05});
SCORE(louder, -17, 0, 140, {&felt, 0, A5, -5, 0.03}, {&felt, 60, D6, 0, 0.05});
SCORE(quieter, -17, 0, 140, {&felt, 0, D6, 0, 0.03}, {&felt, 60, A5, -5, 0.05});
SCORE(no, -18, 0, 140, {&felt, 0, A4, 0, 0.035}, {&felt, 70, A4, -1, 0.045});

const struct tone_sound tone_theme[] = {
    {"start", TONE_STRUCK, 0, &start, "Two rising notes: begin"},
    {"tick", TONE_STRUCK, 0, &tick, "A short knock: counting"},
    {"halfway", TONE_STRUCK, 0, &halfway, "Two notes at once: half of the time is over"},
    {"end", TONE_STRUCK, 0, &end, "Two falling notes: stop"},
    {"switch", TONE_STRUCK, 0, &swap, "Two notes in turn: change sides"},
    {"rest", TONE_STRUCK, 0, &pause, "A soft falling pair: rest"},
    {"done", TONE_STRUCK, 0, &done, "A small cadence: the session is over"},
    {"attention", TONE_STRUCK, 0, &attention,
     "Three quick notes, the last one higher: words that could not be spoken"},
    {"heard", TONE_STRUCK, 0, &heard, "One soft knock: a command was heard"},
    {"paused", TONE_STRUCK, 0, &paused, "A short falling pair: paused in a silence"},
    {"going on", TONE_STRUCK, 0, &going_on, "A short rising pair: going on"},
    {"louder", TONE_STRUCK, 0, &louder, "A high pair that swells: louder"},
    {"quieter", TONE_STRUCK, 0, &quieter, "A high pair that sinks: quieter"},
    {"no", TONE_STRUCK, 0, &no, "Two low knocks: that makes no sense now"},
    {"bell", TONE_STRUCK, 0, &bell_stroke, "A hand bell that rings out"},
    {"gong", TONE_STRUCK, 0, &gong_stroke, "A gong that blooms and fades"},
    {"chime", TONE_STRUCK, 0, &chimes, "Hanging tubes in a light wind"},
    {"in", TONE_BREATH, 1, NULL, "A rising swell as long as the breath: breathe in"},
    {"out", TONE_BREATH, -1, NULL, "A falling swell as long as the breath: breathe out"},
    {"keep", TONE_BREATH, 0, NULL, "A very soft level tone: keep the breath"},
    {"rain", TONE_BED, TONE_RAIN, NULL, "Steady rain with drops nearby"},
    {"waves", TONE_BED, TONE_WAVES, NULL, "Slow waves on a beach"},
    {"drone", TONE_BED, TONE_DRONE, NULL, "A warm, slowly moving chord"},
    {"brown", TONE_BED, TONE_BROWN, NULL, "Deep, even noise"},
    {.name = NULL}};
