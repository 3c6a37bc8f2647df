/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tonedump: writes one sound of a sound plugin to a WAV file, for ears and for spectrograms:
 * tonedump PLUGIN.so NAME[:bed|:FRAMES] RATE OUT.wav */
#include <sndfile.h>

#include "fakehost.h"

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: tonedump PLUGIN.so NAME[:bed|:FRAMES] RATE OUT.wav\n");
        return 2;
    }
    fake_load(argc, argv, NULL);
    struct fake_host fake;
    fake_init(&fake, NULL);
    struct limber_sound_request request = {.size = sizeof request, .name = argv[2], .channels = 2};
    char *colon = strchr(argv[2], ':');
    if (colon) {
        *colon++ = '\0';
        request.bed = strcmp(colon, "bed") == 0;
        request.frames = request.bed ? 0 : atoll(colon);
    }
    request.rate_hz = (uint32_t)atoi(argv[3]);
    const struct limber_sound *sound = fake_sound(&fake);
    struct take take = {0};
    enum limber_status status = take_sound(sound, fake.instance, &request, &take);
    if (status != LIMBER_OK) {
        fprintf(stderr, "status %d\n%s", (int)status, fake.log);
        return 1;
    }
    SF_INFO info = {.samplerate = (int)request.rate_hz,
                    .channels = (int)take.channels,
                    .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *file = sf_open(argv[4], SFM_WRITE, &info);
    if (!file || sf_writef_float(file, take.samples, take.frames) != take.frames)
        return 1;
    sf_close(file);
    printf("%s: %lld frames, lead %lld\n", argv[2], (long long)take.frames,
           (long long)take.lead_frames);
    free(take.samples);
    fake_destroy(&fake);
    return 0;
}
