/* SPDX-License-Identifier: GPL-3.0-or-later */
/* floor.c: the least that rendering a session can cost: one process, libespeak-ng, soxr HQ, mix,
 * write 16-bit mono WAV, nothing else. No levelling, no limiter, no checks, no safety. Rendering is
 * measured against it.
 *
 *   floor CUES OUT.wav              cold: synthesises every text once
 *   floor CUES OUT.wav --save CLIPS the same, and stores the clips (48 kHz float) in one file
 *   floor CUES OUT.wav --map CLIPS  warm: maps them
 *
 * CUES has a line per cue: START<TAB>LENGTH<TAB>TEXT; a text beginning with '@' is a sound; the
 * last line is "TOTAL<TAB>0<TAB>". */
#include <espeak-ng/espeak_ng.h>
#include <espeak-ng/speak_lib.h>
#include <fcntl.h>
#include <math.h>
#include <soxr.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define RATE     48000
#define BLOCK    1024
#define MAX_CUES 200000

struct clip {
    char *text;
    float *samples;
    size_t length;
};

struct cue {
    int64_t start, length;
    size_t clip;
};

static struct clip clips[MAX_CUES];
static size_t clip_count;
static struct cue cues[MAX_CUES];
static size_t cue_count;
static int64_t total;
static int16_t speech[RATE * 600];
static size_t speech_length;

static int on_samples(short *samples, int count, espeak_EVENT *events)
{
    if (samples && count > 0) {
        memcpy(speech + speech_length, samples, (size_t)count * 2);
        speech_length += (size_t)count;
    }
    return 0;
}

static void die(const char *why)
{
    fprintf(stderr, "floor: %s\n", why);
    exit(1);
}

static size_t clip_for(const char *text)
{
    for (size_t i = 0; i < clip_count; i++) {
        if (strcmp(clips[i].text, text) == 0)
            return i;
    }
    clips[clip_count].text = strdup(text);
    return clip_count++;
}

static void read_cues(const char *path)
{
    char line[4096];
    FILE *file = fopen(path, "r");
    if (!file)
        die("no cue file");
    while (fgets(line, sizeof line, file) && cue_count < MAX_CUES) {
        char *tab = strchr(line, '\t'), *second = tab ? strchr(tab + 1, '\t') : NULL;
        if (!second)
            continue;
        second[strcspn(second, "\n")] = 0;
        total = strtoll(line, NULL, 10);
        if (second[1])
            cues[cue_count++] =
                (struct cue){total, strtoll(tab + 1, NULL, 10), clip_for(second + 1)};
    }
    fclose(file);
}

static void make_speech(struct clip *clip)
{
    size_t out_length = 0;
    static float in[RATE * 600];
    speech_length = 0;
    espeak_ng_Synthesize(clip->text, strlen(clip->text) + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8,
                         NULL, NULL);
    for (size_t i = 0; i < speech_length; i++)
        in[i] = (float)speech[i] / 32768.0F;
    clip->length = (size_t)((double)speech_length * RATE / 22050 + 0.5);
    clip->samples = malloc(clip->length * sizeof(float) + 4096);
    soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    soxr_oneshot(22050, RATE, 1, in, speech_length, NULL, clip->samples, clip->length, &out_length,
                 &io, &quality, NULL);
    clip->length = out_length;
}

static void make_sound(struct clip *clip, int64_t length)
{
    clip->length = (size_t)length;
    clip->samples = malloc(clip->length * sizeof(float) + 4);
    for (size_t i = 0; i < clip->length; i++)
        clip->samples[i] = 0.2F * expf(-(float)i / 6000.0F) * sinf((float)i * 0.06F);
}

static void make_clips(void)
{
    espeak_ng_ERROR_CONTEXT context = NULL;
    espeak_ng_InitializePath(NULL);
    if (espeak_ng_Initialize(&context) != ENS_OK ||
        espeak_ng_InitializeOutput(ENOUTPUT_MODE_SYNCHRONOUS, 0, NULL) != ENS_OK)
        die("espeak-ng does not start");
    espeak_SetSynthCallback(on_samples);
    espeak_VOICE voice = {.languages = "en-gb"};
    espeak_ng_SetVoiceByProperties(&voice);
    for (size_t i = 0; i < cue_count; i++) {
        struct clip *clip = &clips[cues[i].clip];
        if (clip->samples)
            continue;
        if (clip->text[0] == '@')
            make_sound(clip, cues[i].length);
        else
            make_speech(clip);
    }
}

static void save_clips(const char *path)
{
    FILE *file = fopen(path, "w");
    for (size_t i = 0; file && i < clip_count; i++) {
        uint64_t length = clips[i].length;
        fwrite(&length, sizeof length, 1, file);
        fwrite(clips[i].samples, sizeof(float), length, file);
        if (length % 2)
            fwrite("\0\0\0", 4, 1, file);
    }
    if (!file || fclose(file) != 0)
        die("clips not saved");
}

static void map_clips(const char *path)
{
    struct stat stat;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &stat) != 0)
        die("no clips");
    const char *at = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    for (size_t i = 0; i < clip_count; i++) {
        uint64_t length;
        memcpy(&length, at, sizeof length);
        clips[i].length = length;
        clips[i].samples = (float *)(at + sizeof length);
        at += sizeof length + (length + length % 2) * sizeof(float);
    }
}

static void put32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (8 * i));
}

static void write_header(int fd)
{
    unsigned char header[44] = "RIFF....WAVEfmt \20\0\0\0\1\0\1\0";
    put32(header + 4, (uint32_t)(36 + total * 2));
    put32(header + 24, RATE);
    put32(header + 28, RATE * 2);
    header[32] = 2;
    header[34] = 16;
    memcpy(header + 36, "data", 4);
    put32(header + 40, (uint32_t)(total * 2));
    if (write(fd, header, sizeof header) != sizeof header)
        die("write");
}

static void mix_and_write(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    float mix[BLOCK];
    int16_t out[BLOCK];
    size_t first = 0;
    if (fd < 0)
        die("no output");
    write_header(fd);
    for (int64_t at = 0; at < total; at += BLOCK) {
        memset(mix, 0, sizeof mix);
        while (first < cue_count &&
               cues[first].start + (int64_t)clips[cues[first].clip].length <= at)
            first++;
        for (size_t i = first; i < cue_count && cues[i].start < at + BLOCK; i++) {
            const struct clip *clip = &clips[cues[i].clip];
            int64_t from = cues[i].start > at ? cues[i].start : at;
            int64_t to = cues[i].start + (int64_t)clip->length;
            to = to < at + BLOCK ? to : at + BLOCK;
            for (int64_t k = from; k < to; k++)
                mix[k - at] += clip->samples[k - cues[i].start];
        }
        size_t count = (size_t)(total - at < BLOCK ? total - at : BLOCK);
        for (size_t k = 0; k < count; k++) {
            float scaled = mix[k] * 32768.0F;
            scaled = scaled > 32767.0F ? 32767.0F : scaled < -32768.0F ? -32768.0F : scaled;
            out[k] = (int16_t)lrintf(scaled);
        }
        if (write(fd, out, count * 2) != (ssize_t)(count * 2))
            die("write");
    }
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 5)
        die("floor CUES OUT.wav [--save CLIPS | --map CLIPS]");
    read_cues(argv[1]);
    if (argc == 5 && strcmp(argv[3], "--map") == 0)
        map_clips(argv[4]);
    else
        make_clips();
    if (argc == 5 && strcmp(argv[3], "--save") == 0)
        save_clips(argv[4]);
    mix_and_write(argv[2]);
    return 0;
}
