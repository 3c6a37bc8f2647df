/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input.c: what a program reads: a file in memory, so that nobody waits for anybody. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command.h"

static void write_json_string(FILE *to, const char *text)
{
    fputc('"', to);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\') {
            fprintf(to, "\\%c", *c);
        } else if (*c < 0x20) {
            fprintf(to, "\\u%04x", *c);
        } else {
            fputc(*c, to);
        }
    }
    fputc('"', to);
}

static void write_json(FILE *to, const char *text, const char *speaker)
{
    fputs("{\"text\": ", to);
    write_json_string(to, text);
    if (speaker) {
        fputs(", \"speaker\": ", to);
        write_json_string(to, speaker);
    }
    fputs("}\n", to);
}

int input_make(enum text_way way, const char *text, const char *speaker)
{
    if (way == TEXT_ARGUMENT) {
        return -1;
    }
    int fd = memfd_create("limber-text", MFD_CLOEXEC);
    int copy = fd >= 0 ? dup(fd) : -1;
    FILE *to = copy >= 0 ? fdopen(copy, "w") : NULL;
    if (to && way == TEXT_JSON) {
        write_json(to, text, speaker);
    } else if (to) {
        fprintf(to, "%s\n", text);
    } else if (copy >= 0) {
        close(copy);
    }
    bool written = to && fclose(to) == 0 && lseek(fd, 0, SEEK_SET) == 0;
    if (!written && fd >= 0) {
        close(fd);
    }
    return written ? fd : -1;
}
