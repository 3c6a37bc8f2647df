/* SPDX-License-Identifier: GPL-3.0-or-later */
/* maths.c: the functions that synthesis needs, from additions and multiplications only. The C
 * library's sin and exp may differ in the last bit between machines; these do not. */
#include <math.h>

#include "tone.h"

/* sin(2πx) for |x| ≤ 1/4, Taylor series of degree 17: error below 1e-13. */
static double quarter_sine(double x)
{
    double a = 2.0 * TONE_PI * x, q = a * a;
    double s = 1.0 / 355687428096000.0;
    s = s * q - 1.0 / 1307674368000.0;
    s = s * q + 1.0 / 6227020800.0;
    s = s * q - 1.0 / 39916800.0;
    s = s * q + 1.0 / 362880.0;
    s = s * q - 1.0 / 5040.0;
    s = s * q + 1.0 / 120.0;
    s = s * q - 1.0 / 6.0;
    return a + a * q * s;
}

double tone_sin(double turns)
{
    double x = turns - floor(turns + 0.5);
    if (x > 0.25)
        x = 0.5 - x;
    else if (x < -0.25)
        x = -0.5 - x;
    return quarter_sine(x);
}

double tone_cos(double turns)
{
    return tone_sin(turns + 0.25);
}

double tone_exp2(double x)
{
    double whole = floor(x + 0.5), a = (x - whole) * 0.69314718055994530942;
    double sum = 1.0;
    for (int i = 14; i > 0; i--)
        sum = 1.0 + sum * a / i;
    return ldexp(sum, (int)whole);
}

double tone_db(double db)
{
    return tone_exp2(db * 0.16609640474436811739); /* log2(10) / 20 */
}

double tone_log2(double x)
{
    int exponent = 0;
    double m = frexp(x, &exponent); /* 0.5 ≤ m < 1 */
    double z = (m - 0.70710678118654752440) / (m + 0.70710678118654752440), q = z * z, sum = 0;
    for (int i = 19; i > 0; i -= 2)
        sum = sum * q + 1.0 / i;
    return exponent - 0.5 + 2.0 * z * sum * 1.44269504088896340736;
}

double tone_ramp(double x)
{
    if (x <= 0)
        return 0;
    return x >= 1 ? 1 : 0.5 - 0.5 * tone_cos(x / 2);
}

uint64_t tone_hash(uint64_t value)
{
    value += 0x9E3779B97F4A7C15u;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

double tone_noise(uint64_t seed, uint64_t index)
{
    uint64_t bits = tone_hash(seed + index * 0x9E3779B97F4A7C15u);
    return (double)(int64_t)(bits & ~UINT64_C(0x7FF)) / 9223372036854775808.0;
}
