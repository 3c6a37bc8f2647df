/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pa_play.c: the least that playing through PortAudio can cost: a callback that copies raw float
 * stereo samples out of a mapped file.
 *
 *   pa_play FILE.f32 [BUFFER_FRAMES [LATENCY_MS]] */
#include <fcntl.h>
#include <portaudio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const float *samples;
static size_t length, position;

static int callback(const void *input, void *output, unsigned long frames,
                    const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags,
                    void *context)
{
    size_t left = length - position, count = left < frames ? left : frames;
    memcpy(output, samples + 2 * position, count * 2 * sizeof(float));
    memset((float *)output + 2 * count, 0, (frames - count) * 2 * sizeof(float));
    position += count;
    return paContinue;
}

int main(int argc, char **argv)
{
    struct stat stat;
    int fd = argc > 1 ? open(argv[1], O_RDONLY) : -1;
    unsigned long buffer = argc > 2 ? strtoul(argv[2], NULL, 10) : 1024;
    double latency = (argc > 3 ? (double)strtoul(argv[3], NULL, 10) : 50) / 1000.0;
    PaStream *stream = NULL;
    if (fd < 0 || fstat(fd, &stat) != 0)
        return 1;
    samples = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    length = (size_t)stat.st_size / sizeof(float) / 2;
    if (Pa_Initialize() != paNoError)
        return 1;
    PaStreamParameters to = {.device = Pa_GetDefaultOutputDevice(),
                             .channelCount = 2,
                             .sampleFormat = paFloat32,
                             .suggestedLatency = latency};
    if (Pa_OpenStream(&stream, NULL, &to, 48000, buffer, paClipOff | paDitherOff, callback, NULL) !=
            paNoError ||
        Pa_StartStream(stream) != paNoError)
        return 1;
    while (position < length)
        Pa_Sleep(250);
    Pa_Sleep(150);
    Pa_StopStream(stream);
    Pa_Terminate();
    return 0;
}
