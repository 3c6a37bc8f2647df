/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay.h: the main program of a harness that is not built for libFuzzer: runs the files given as
 * arguments. Included at the end of the harness. */
#ifndef TEST_FUZZ_REPLAY_H
#define TEST_FUZZ_REPLAY_H

#ifndef LIMBER_FUZZ
#include <stdint.h>
#include <stdio.h>

#define REPLAY_MOST (2u << 20) /* bytes of one file */

int main(int argc, char **argv)
{
    static uint8_t data[REPLAY_MOST];
    for (int i = 1; i < argc; i++) {
        FILE *from = fopen(argv[i], "rb");
        if (!from) {
            perror(argv[i]);
            return 1;
        }
        size_t size = fread(data, 1, sizeof data, from);
        fclose(from);
        LLVMFuzzerTestOneInput(data, size);
    }
    printf("%d files\n", argc - 1);
    return argc < 2;
}
#endif
#endif
