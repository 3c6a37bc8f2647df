/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tone.h: shared by the files of sound-tone. Everything is computed in double with the functions of
 * maths.c alone (no libm but floor, ldexp and sqrt, which are exact), so the samples are the same
 * on every machine. */
#ifndef SOUND_TONE_TONE_H
#define SOUND_TONE_TONE_H

#include "limber/sound.h"

#define TONE_PI 3.14159265358979323846

/* The person's wishes. */
struct tone_taste {
    double gain;   /* linear, of the option `volume` */
    double warmth; /* −1 bright … 0 … +1 warm */
    bool stereo;   /* beds with two channels */
};

/* --- maths.c --- */
double tone_sin(double turns);                    /* sin(2π·turns) for |turns| < 2^40 */
double tone_cos(double turns);                    /* cos(2π·turns) */
double tone_exp2(double x);                       /* 2^x for |x| < 1000 */
double tone_db(double db);                        /* linear factor of `db` */
double tone_log2(double x);                       /* for x > 0 */
double tone_ramp(double x);                       /* raised cosine: 0 below 0, 1 above 1 */
uint64_t tone_hash(uint64_t value);               /* mixes 64 bits (splitmix64) */
double tone_noise(uint64_t seed, uint64_t index); /* white, −1 … +1; a pure function */

/* --- strike.c: struck instruments --- */
struct tone_partial {
    double ratio;    /* to the note's pitch */
    double level_db; /* below the first */
    double t60_s;    /* time to fall by 60 dB */
    double bloom_s;  /* > 0: swells in with this time constant instead of starting at once */
};

struct tone_instrument {
    const struct tone_partial *partials; /* ended by a ratio of 0 */
    double attack_ms;
};

struct tone_note {
    const struct tone_instrument *instrument; /* NULL ends the list */
    double at_ms;
    double hz;
    double level_db;
    double ring; /* factor on the decay times; 0 means 1 */
};

struct tone_score {
    const struct tone_note *notes;
    double peak_db; /* of the finished sound */
    double lead_ms; /* 0: its length */
    double most_ms; /* longest it may be; 0: until it has died away */
};

enum limber_status tone_strike(const struct tone_score *score, const struct tone_taste *taste,
                               uint32_t rate_hz, const struct limber_sound_writer *writer);

/* --- theme.c: which sounds there are --- */
enum tone_kind { TONE_STRUCK, TONE_BREATH, TONE_BED };

struct tone_sound {
    const char *name; /* NULL ends the table */
    enum tone_kind kind;
    int which;                      /* BREATH: +1 in, −1 out, 0 keep; BED: enum tone_bed */
    const struct tone_score *score; /* STRUCK */
    const char *help;
};

extern const struct tone_sound tone_theme[];

/* --- breath.c --- */
/* Fills exactly `frames` frames (0: four seconds). */
enum limber_status tone_breath(int direction, int64_t frames, const struct tone_taste *taste,
                               uint32_t rate_hz, const struct limber_sound_writer *writer);

/* --- bed.c --- */
enum tone_bed { TONE_RAIN, TONE_WAVES, TONE_DRONE, TONE_BROWN };

enum limber_status tone_render_bed(enum tone_bed bed, const struct tone_taste *taste,
                                   uint32_t rate_hz, uint32_t channels,
                                   const struct limber_sound_writer *writer);

#endif
