/* SPDX-License-Identifier: GPL-3.0-or-later */
/* soundread.c: reads sound files through libsndfile, trusting nothing they say about themselves. */
#include "common/soundread.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK        4096
#define MOST_INPUTS  8
#define MOST_SAMPLES (INT64_C(2) * 48000 * 60 * SOUNDREAD_MINUTES)
#define STREAMED     0x7FF00000 /* bytes of a WAV file written before its length was known */
#define ABSURD       16.0f      /* 24 dB over full scale */

static enum limber_status open_regular(const char *path, int *fd, char *reason, size_t size)
{
    struct stat info;
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0) {
        bool gone = errno == ENOENT || errno == ENOTDIR;
        snprintf(reason, size, "cannot be read: %s", strerror(errno));
        return gone ? LIMBER_NOT_FOUND : LIMBER_IO;
    }
    if (fstat(*fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        snprintf(reason, size, "is not a regular file");
        close(*fd);
        return LIMBER_IO;
    }
    if (info.st_size == 0) {
        snprintf(reason, size, "is not a sound file: it is empty");
        close(*fd);
        return LIMBER_INVALID;
    }
    return LIMBER_OK;
}

static bool known_format(int format, unsigned flags)
{
    switch (format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_WAV:
    case SF_FORMAT_WAVEX:
    case SF_FORMAT_RF64:
    case SF_FORMAT_FLAC:
    case SF_FORMAT_OGG:
    case SF_FORMAT_MPEG:
        return true;
    case SF_FORMAT_AIFF:
        return !(flags & SOUNDREAD_NO_AIFF);
    default:
        return false;
    }
}

static enum limber_status judge(const SF_INFO *info, unsigned flags, char *reason, size_t size)
{
    if (!known_format(info->format, flags))
        snprintf(reason, size, "holds another format than WAV, FLAC, Ogg, Opus%s",
                 flags & SOUNDREAD_NO_AIFF ? " or MP3" : ", MP3 or AIFF");
    else if (info->channels < 1 || info->channels > MOST_INPUTS)
        snprintf(reason, size, "has %d channels; 1 to %d can be used", info->channels, MOST_INPUTS);
    else if (info->samplerate < 8000 || info->samplerate > 192000)
        snprintf(reason, size, "has %d Hz; 8000 to 192000 Hz can be used", info->samplerate);
    else
        return LIMBER_OK;
    return LIMBER_UNSUPPORTED;
}

/* Mixes one frame of many channels: to one, the mean; to two, even ones left and odd ones right. */
static void mix(const float *in, int inputs, float *out, uint32_t outputs)
{
    float sum[2] = {0, 0};
    int count[2] = {0, 0};
    for (int c = 0; c < inputs; c++) {
        int side = outputs == 2 ? c % 2 : 0;
        sum[side] += in[c];
        count[side]++;
    }
    for (uint32_t c = 0; c < outputs; c++)
        out[c] = sum[c] / (float)count[c];
}

static float mend(float sample, int64_t *mended)
{
    if (sample >= -ABSURD && sample <= ABSURD)
        return sample;
    ++*mended;
    if (!isfinite(sample))
        return 0;
    return sample < 0 ? -ABSURD : ABSURD;
}

static bool grow(struct soundread_pcm *pcm, int64_t *room)
{
    if (pcm->frames + BLOCK <= *room)
        return true;
    int64_t wanted = 2 * *room + 16 * BLOCK;
    float *bigger = realloc(pcm->samples, (size_t)wanted * pcm->channels * sizeof *bigger);
    if (!bigger)
        return false;
    pcm->samples = bigger;
    *room = wanted;
    return true;
}

/* Whether it ended as a file does of which `frames` frames were read. */
static enum limber_status judge_end(SNDFILE *file, const SF_INFO *info, int64_t frames,
                                    char *reason, size_t size)
{
    if (sf_error(file) != SF_ERR_NO_ERROR) {
        snprintf(reason, size, "is damaged: %s; save it again, best as WAV or FLAC",
                 sf_strerror(file));
        return LIMBER_INVALID;
    }
    if (frames == 0) {
        snprintf(reason, size, "holds no sound");
        return LIMBER_INVALID;
    }
    if (info->frames < SF_COUNT_MAX && frames < info->frames - info->frames / 10) {
        snprintf(reason, size, "ends too early: %lld of %lld ms are there",
                 (long long)(frames * 1000 / info->samplerate),
                 (long long)(info->frames * 1000 / info->samplerate));
        return LIMBER_INVALID;
    }
    return LIMBER_OK;
}

static enum limber_status read_all(SNDFILE *file, const SF_INFO *info, struct soundread_pcm *pcm,
                                   char *reason, size_t size)
{
    float block[BLOCK * MOST_INPUTS];
    int64_t room = 0;
    int64_t most = (int64_t)info->samplerate * 60 * SOUNDREAD_MINUTES;
    for (;;) {
        sf_count_t got = sf_readf_float(file, block, BLOCK);
        if (got <= 0)
            break;
        if (!grow(pcm, &room)) {
            snprintf(reason, size, "needs more memory than there is");
            return LIMBER_NO_MEMORY;
        }
        for (sf_count_t i = 0; i < got; i++) {
            float *in = block + i * info->channels;
            for (int c = 0; c < info->channels; c++)
                in[c] = mend(in[c], &pcm->mended);
            mix(in, info->channels, pcm->samples + (pcm->frames + i) * pcm->channels,
                pcm->channels);
        }
        pcm->frames += got;
        if (pcm->frames > most || pcm->frames * pcm->channels > MOST_SAMPLES) {
            snprintf(reason, size, "is longer than %d minutes, or too large", SOUNDREAD_MINUTES);
            return LIMBER_LIMIT;
        }
    }
    return judge_end(file, info, pcm->frames, reason, size);
}

/* The file's own loop, if it says one that makes sense. */
static void read_loop(SNDFILE *file, const SF_INFO *info, struct soundread_pcm *pcm)
{
    SF_INSTRUMENT instrument;
    memset(&instrument, 0, sizeof instrument);
    if (sf_command(file, SFC_GET_INSTRUMENT, &instrument, sizeof instrument) != SF_TRUE ||
        instrument.loop_count < 1 || instrument.loops[0].mode != SF_LOOP_FORWARD)
        return;
    int64_t start = instrument.loops[0].start, end = instrument.loops[0].end;
    if ((info->format & SF_FORMAT_TYPEMASK) != SF_FORMAT_AIFF)
        end++; /* in a WAV file the last sample of the loop, in AIFF the one after it */
    if (end > pcm->frames || start >= end || end - start < info->samplerate / 20)
        return;
    pcm->loop_start = start;
    pcm->loop_end = end;
}

/* The library shortens a WAV file to what is there, and only its notes tell. */
static bool cut_short(SNDFILE *file, char *reason, size_t size)
{
    char notes[2048] = "";
    long long promised, there;
    sf_command(file, SFC_GET_LOG_INFO, notes, sizeof notes);
    const char *data = strstr(notes, "\ndata : ");
    if (!data || sscanf(data, "\ndata : %lld (should be %lld)", &promised, &there) != 2 ||
        promised >= STREAMED || there >= promised - promised / 10)
        return false;
    snprintf(reason, size, "ends too early: %lld of %lld bytes are there", there, promised);
    return true;
}

/* Some decoders write what they think of a file to standard error; `flags` may want it unheard. */
static int hush(unsigned flags)
{
    if (!(flags & SOUNDREAD_QUIET))
        return -1;
    int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (kept >= 0 && nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);
    if (nowhere >= 0)
        close(nowhere);
    return kept;
}

static void unhush(int kept)
{
    if (kept >= 0) {
        dup2(kept, STDERR_FILENO);
        close(kept);
    }
}

/* All of it, mixed to one channel, a block at a time. */
static enum limber_status hand_over(SNDFILE *file, const SF_INFO *info,
                                    const struct limber_speech_writer *writer, char *reason,
                                    size_t size)
{
    float block[BLOCK * MOST_INPUTS], mono[BLOCK];
    int64_t frames = 0, mended = 0;
    enum limber_status status = writer->format(writer->context, (uint32_t)info->samplerate);
    sf_count_t got;
    while (status == LIMBER_OK && (got = sf_readf_float(file, block, BLOCK)) > 0) {
        for (sf_count_t i = 0; i < got; i++) {
            float *in = block + i * info->channels;
            for (int c = 0; c < info->channels; c++)
                in[c] = mend(in[c], &mended);
            mix(in, info->channels, mono + i, 1);
        }
        frames += got;
        status = writer->write(writer->context, mono, (size_t)got);
    }
    if (status == LIMBER_OK)
        return judge_end(file, info, frames, reason, size);
    snprintf(reason, size,
             status == LIMBER_LIMIT ? "is longer than is wanted here" : "could not be handed over");
    return status;
}

static enum limber_status stream_fd(int fd, unsigned flags,
                                    const struct limber_speech_writer *writer, char *reason,
                                    size_t size)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open_fd(fd, SFM_READ, &info, SF_TRUE);
    if (!file) {
        snprintf(reason, size, "is not a sound file: %s", sf_strerror(NULL));
        return LIMBER_INVALID;
    }
    enum limber_status status = judge(&info, flags, reason, size);
    if (status == LIMBER_OK && flags & SOUNDREAD_WHOLE && cut_short(file, reason, size))
        status = LIMBER_INVALID;
    if (status == LIMBER_OK)
        status = hand_over(file, &info, writer, reason, size);
    sf_close(file);
    return status;
}

static enum limber_status read_fd(int fd, uint32_t channels, unsigned flags,
                                  struct soundread_pcm *pcm, char *reason, size_t size)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open_fd(fd, SFM_READ, &info, SF_TRUE);
    if (!file) {
        snprintf(reason, size, "is not a sound file: %s", sf_strerror(NULL));
        return LIMBER_INVALID;
    }
    enum limber_status status = judge(&info, flags, reason, size);
    if (status == LIMBER_OK && flags & SOUNDREAD_WHOLE && cut_short(file, reason, size))
        status = LIMBER_INVALID;
    if (status == LIMBER_OK) {
        pcm->rate_hz = (uint32_t)info.samplerate;
        pcm->channels = info.channels > 1 && channels > 1 ? 2 : 1;
        status = read_all(file, &info, pcm, reason, size);
        if (status == LIMBER_OK)
            read_loop(file, &info, pcm);
    }
    sf_close(file);
    return status;
}

/* What a library says may end in a full stop or hold a line break; a log line must not. */
static void one_line(char *reason)
{
    for (char *c = reason; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    for (size_t length = strlen(reason); length > 0 && strchr(" .", reason[length - 1]); length--)
        reason[length - 1] = '\0';
}

enum limber_status soundread_file(const char *path, uint32_t channels, unsigned flags,
                                  struct soundread_pcm *pcm, char *reason, size_t size)
{
    int fd;
    memset(pcm, 0, sizeof *pcm);
    enum limber_status status = open_regular(path, &fd, reason, size);
    if (status != LIMBER_OK)
        return status;
    int kept = hush(flags);
    status = read_fd(fd, channels, flags, pcm, reason, size);
    unhush(kept);
    if (status != LIMBER_OK) {
        one_line(reason);
        free(pcm->samples);
        pcm->samples = NULL;
    }
    return status;
}

enum limber_status soundread_stream(const char *path, unsigned flags,
                                    const struct limber_speech_writer *writer, char *reason,
                                    size_t size)
{
    int fd;
    enum limber_status status = open_regular(path, &fd, reason, size);
    if (status != LIMBER_OK)
        return status;
    int kept = hush(flags);
    status = stream_fd(fd, flags, writer, reason, size);
    unhush(kept);
    if (status != LIMBER_OK)
        one_line(reason);
    return status;
}

int64_t soundread_length_ms(const char *path)
{
    SF_INFO info = {0};
    char reason[128];
    int fd;
    SNDFILE *file = NULL;
    if (open_regular(path, &fd, reason, sizeof reason) == LIMBER_OK)
        file = sf_open_fd(fd, SFM_READ, &info, SF_TRUE);
    if (!file)
        return -1;
    bool usable = judge(&info, 0, reason, sizeof reason) == LIMBER_OK;
    sf_close(file);
    return usable && info.frames < SF_COUNT_MAX / 1000 ? info.frames * 1000 / info.samplerate : -1;
}
