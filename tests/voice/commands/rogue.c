/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rogue.c: a program that speaks, and misbehaves when its words ask for it. Good words become half
 * a second of a tone, as WAV on standard output.
 *
 *   --dump FILE   writes what it got into FILE: its arguments, each ended by a NUL, then \1, then
 *                 its standard input, then \1, then its environment, one a line, then \1, then its
 *                 open descriptors
 *   --raw         float samples without a header
 *   --to FILE     writes there; standard output gets chatter */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RATE_HZ 22050

extern char **environ;

static char text[65536];
static size_t text_length;
static int raw;
static int out = STDOUT_FILENO;

static int has(const char *word)
{
    return memmem(text, text_length, word, strlen(word)) != NULL;
}

static void put(const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        ssize_t count = write(out, at, size);
        if (count <= 0) {
            exit(9);
        }
        at += count;
        size -= (size_t)count;
    }
}

static void put_header(uint32_t rate_hz, uint32_t bytes, uint16_t width)
{
    struct {
        char riff[4];
        uint32_t size;
        char wave[8];
        uint32_t format_size;
        uint16_t kind, channels;
        uint32_t rate_hz, bytes_per_second;
        uint16_t block, bits;
        char data[4];
        uint32_t bytes;
    } header = {{'R', 'I', 'F', 'F'},
                bytes + 36,
                {'W', 'A', 'V', 'E', 'f', 'm', 't', ' '},
                16,
                1,
                1,
                rate_hz,
                rate_hz * width,
                width,
                (uint16_t)(width * 8),
                {'d', 'a', 't', 'a'},
                bytes};
    put(&header, sizeof header);
}

static void speak(uint32_t claimed)
{
    size_t count = RATE_HZ / 2;
    if (!raw) {
        put_header(RATE_HZ, claimed, 2);
    }
    int16_t samples[RATE_HZ / 2];
    float reals[RATE_HZ / 2];
    for (size_t i = 0; i < count; i++) {
        reals[i] = (float)(0.4 * sin((double)i * 2 * 3.14159265 * 440 / RATE_HZ));
        samples[i] = (int16_t)(reals[i] * 32767);
    }
    const char *all = raw ? (void *)reals : (void *)samples;
    size_t size = raw ? sizeof reals : sizeof samples;
    size_t step = has("slowly") ? 777 : size; /* of bytes: writes end within samples */
    for (size_t done = 0; done < size; done += step) {
        put(all + done, size - done < step ? size - done : step);
        if (step < size) {
            nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
        }
    }
}

/* --- misdeeds --- */

static void flood(void)
{
    static char zeros[65536];
    put_header(RATE_HZ, 0xffffffff, 2);
    for (;;) {
        put(zeros, sizeof zeros);
    }
}

static void deaf_flood(void)
{
    static char zeros[65536];
    signal(SIGXFSZ, SIG_IGN);
    while (write(out, zeros, sizeof zeros) != 0) {
    }
}

static void hour(void)
{
    static char second[8000];
    put_header(8000, 3600 * sizeof second, 1);
    for (int i = 0; i < 3600; i++) {
        memset(second, i % 2 ? 0x90 : 0x70, sizeof second);
        put(second, sizeof second);
    }
}

static void garbage(void)
{
    uint32_t state = 1;
    for (int i = 0; i < 20000; i++) {
        state = state * 1664525 + 1013904223;
        put(&state, sizeof state);
    }
}

static void no_numbers(void)
{
    float bad[RATE_HZ / 2];
    for (size_t i = 0; i < RATE_HZ / 2; i++) {
        bad[i] = i % 3 == 0 ? NAN : 0.2f;
    }
    put(bad, sizeof bad);
}

static void constant(void)
{
    float same[RATE_HZ / 2];
    for (size_t i = 0; i < RATE_HZ / 2; i++) {
        same[i] = 0.7f;
    }
    put(same, sizeof same);
}

/* A child that keeps all descriptors and never ends. */
static void leave_child(int far_away)
{
    if (fork() == 0) {
        signal(SIGTERM, SIG_IGN);
        if (far_away) {
            setsid();
            if (fork() != 0) {
                _exit(0);
            }
        }
        for (;;) {
            pause();
        }
    }
}

static void misbehave(void)
{
    if (has("freeze")) {
        signal(SIGTERM, SIG_IGN);
        leave_child(0);
        for (;;) {
            pause();
        }
    } else if (has("spin")) {
        for (;;) {
        }
    } else if (has("crash")) {
        abort();
    } else if (has("complain")) {
        fputs("a first line\n\nno such model: \x1b[31men.onnx\x1b[0m\n   \n", stderr);
        exit(1);
    } else if (has("silent failure")) {
        exit(3);
    } else if (has("garbage")) {
        garbage();
    } else if (has("words only")) {
        puts("Usage: rogue [options]");
    } else if (has("deaf flood")) {
        deaf_flood();
    } else if (has("flood")) {
        flood();
    } else if (has("an hour")) {
        hour();
    } else if (has("nothing")) {
    } else if (has("truncated")) {
        speak(RATE_HZ * 2);
    } else if (has("numbers")) {
        no_numbers();
    } else if (has("constant")) {
        constant();
    } else if (has("no file")) {
        unlink("/dev/null/x");
    } else {
        return;
    }
    exit(0);
}

static void behave(void)
{
    if (has("deaf")) {
        close(STDIN_FILENO);
    }
    if (has("grandchild")) {
        leave_child(0);
    }
    if (has("daemon")) {
        leave_child(1);
    }
    for (int i = 0; has("chatter") && i < 20000; i++) {
        fprintf(stderr, "line %d of a great many, none of which anybody wants to read\n", i);
    }
    speak(has("length zero")    ? 0
          : has("length huge")  ? 0xffffffff
          : has("length large") ? 0x7ffff000
                                : RATE_HZ);
}

/* --- what it got --- */

static void dump(const char *path, int argc, char **argv)
{
    FILE *to = fopen(path, "w");
    for (int i = 0; i < argc; i++) {
        fwrite(argv[i], 1, strlen(argv[i]) + 1, to);
    }
    fputc(1, to);
    fwrite(text, 1, text_length, to);
    fputc(1, to);
    for (char **setting = environ; *setting; setting++) {
        fprintf(to, "%s\n", *setting);
    }
    fputc(1, to);
    DIR *folder = opendir("/proc/self/fd");
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        int fd = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && fd != dirfd(folder) && fd != fileno(to)) {
            fprintf(to, "%d\n", fd);
        }
    }
    fclose(to);
}

int main(int argc, char **argv)
{
    const char *file = NULL;
    for (ssize_t count;
         text_length < sizeof text &&
         (count = read(STDIN_FILENO, text + text_length, sizeof text - text_length)) > 0;) {
        text_length += (size_t)count;
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--dump") == 0) {
            dump(argv[++i], argc, argv);
        } else if (strcmp(argv[i], "--raw") == 0) {
            raw = 1;
        } else if (strcmp(argv[i], "--to") == 0) {
            file = argv[++i];
        } else if (text_length == 0) {
            text_length = (size_t)snprintf(text, sizeof text, "%s", argv[i]);
        }
    }
    if (file && !has("no file")) {
        puts("writing a file, as told");
        fflush(stdout);
        out = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    }
    misbehave();
    behave();
    return 0;
}
