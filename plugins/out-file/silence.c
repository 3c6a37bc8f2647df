/* SPDX-License-Identifier: GPL-3.0-or-later */
/* silence.c: whether samples are silent. */
#include <string.h>

#include "outfile.h"

bool outfile_is_silent(const float *samples, size_t count)
{
    for (size_t i = 0; i < count;) {
        uint32_t any = 0, bits[64];
        size_t some = count - i < 64 ? count - i : 64;
        memcpy(bits, samples + i, some * sizeof *bits);
        for (size_t j = 0; j < some; j++)
            any |= bits[j] << 1; /* −0 is silent too */
        if (any)
            return false;
        i += some;
    }
    return true;
}
