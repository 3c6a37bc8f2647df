/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sound.c: what a program wrote, decoded by libsndfile, which is told the truth about lengths that
 * the program could not know yet when it wrote the header. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"

#define BLOCK         2048
#define CHANNELS_MOST 8
#define RATE_LEAST    8000
#define RATE_MOST     192000
#define FILE_MOST     (UINT64_C(128) << 20) /* of one that describes itself, bytes */
#define CHUNKS_MOST   64
#define UNKNOWN_LEAST 0x7f000000u /* a length from here on means "not known" */
#define ABSURD        16.0f       /* 24 dB over full scale */
#define SNIFF         48

static const struct raw {
    const char *name;
    int format, bytes;
} raws[] = {
    {"u8", SF_FORMAT_PCM_U8, 1},  {"s8", SF_FORMAT_PCM_S8, 1},  {"s16", SF_FORMAT_PCM_16, 2},
    {"s24", SF_FORMAT_PCM_24, 3}, {"s32", SF_FORMAT_PCM_32, 4}, {"f32", SF_FORMAT_FLOAT, 4},
    {"f64", SF_FORMAT_DOUBLE, 8}, {"mulaw", SF_FORMAT_ULAW, 1}, {"alaw", SF_FORMAT_ALAW, 1},
};

static const struct raw *find_raw(const char *name)
{
    for (size_t i = 0; i < sizeof raws / sizeof raws[0]; i++) {
        if (strcmp(raws[i].name, name) == 0) {
            return &raws[i];
        }
    }
    return &raws[2];
}

uint64_t sound_bytes_most(const struct sound_format *format)
{
    if (!format->name) {
        return FILE_MOST;
    }
    return (uint64_t)COMMAND_MINUTES * 60 * (uint64_t)format->rate_hz * (uint64_t)format->channels *
           (uint64_t)find_raw(format->name)->bytes;
}

/* --- the file, as libsndfile sees it --- */

struct source {
    int fd;
    sf_count_t size, at;
    sf_count_t length_at; /* where four bytes are replaced by `length`; −1: nowhere */
    uint32_t length;
};

static sf_count_t source_size(void *user)
{
    return ((struct source *)user)->size;
}

static sf_count_t source_seek(sf_count_t offset, int whence, void *user)
{
    struct source *source = user;
    sf_count_t base = whence == SEEK_CUR ? source->at : whence == SEEK_END ? source->size : 0;
    if (offset < -base || offset > source->size - base) {
        return -1;
    }
    return source->at = base + offset;
}

static sf_count_t source_read(void *data, sf_count_t count, void *user)
{
    struct source *source = user;
    unsigned char *bytes = data;
    if (count > source->size - source->at) {
        count = source->size - source->at;
    }
    ssize_t got = count > 0 ? pread(source->fd, data, (size_t)count, source->at) : 0;
    for (int i = 0; i < 4 && source->length_at >= 0; i++) {
        sf_count_t index = source->length_at + i - source->at;
        if (index >= 0 && index < got) {
            bytes[index] = (unsigned char)(source->length >> (8 * i));
        }
    }
    source->at += got > 0 ? got : 0;
    return got > 0 ? got : 0;
}

static sf_count_t source_write(const void *data, sf_count_t count, void *user)
{
    return 0;
}

static sf_count_t source_tell(void *user)
{
    return ((struct source *)user)->at;
}

static uint32_t little_endian(const unsigned char *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Programs that write WAV into a pipe put 0 or a huge number where the length of the samples
 * belongs; then they go on to the end of the file. Samples that are promised and not there mean
 * that words are missing: false, with a reason. */
static bool mend_length(struct source *source, char *reason, size_t size)
{
    unsigned char head[12];
    source->length_at = -1;
    if (pread(source->fd, head, 12, 0) != 12 || memcmp(head, "RIFF", 4) != 0 ||
        memcmp(head + 8, "WAVE", 4) != 0) {
        return true;
    }
    sf_count_t at = 12;
    for (int i = 0; i < CHUNKS_MOST && pread(source->fd, head, 8, at) == 8; i++) {
        uint32_t length = little_endian(head + 4);
        sf_count_t there = source->size - at - 8;
        if (memcmp(head, "data", 4) != 0) {
            at += 8 + (sf_count_t)length + (length & 1);
            continue;
        }
        if (length == 0 || length >= UNKNOWN_LEAST) {
            source->length_at = at + 4;
            source->length = (uint32_t)there;
        } else if ((sf_count_t)length > there) {
            snprintf(reason, size, "its WAV file ends after %lld of %u bytes", (long long)there,
                     (unsigned)length);
            return false;
        }
        return true;
    }
    return true;
}

/* --- what cannot be speech --- */

/* Plain words where sound should be: a message of the program, as a rule. Samples may look
 * printable too, but are not mostly letters. */
static bool is_text(const struct source *source, char *reason, size_t size)
{
    char head[SNIFF + 1];
    ssize_t count = pread(source->fd, head, SNIFF, 0);
    ssize_t letters = 0;
    for (ssize_t i = 0; i < count; i++) {
        if (!isascii(head[i]) || (!isprint(head[i]) && !isspace(head[i]))) {
            return false;
        }
        letters += isalpha(head[i]) || isspace(head[i]);
        head[i] = isspace(head[i]) ? ' ' : head[i];
    }
    if (count <= 0 || letters * 2 < count) {
        return false;
    }
    head[count] = '\0';
    snprintf(reason, size, "it wrote words instead of sound: \"%s%s\"", head,
             count < SNIFF ? "" : "...");
    return true;
}

static bool known_kind(int format)
{
    switch (format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_WAV:
    case SF_FORMAT_WAVEX:
    case SF_FORMAT_RF64:
    case SF_FORMAT_W64:
    case SF_FORMAT_AIFF:
    case SF_FORMAT_AU:
    case SF_FORMAT_NIST:
    case SF_FORMAT_CAF:
    case SF_FORMAT_FLAC:
    case SF_FORMAT_OGG:
    case SF_FORMAT_MPEG:
        return true;
    default:
        return false;
    }
}

static bool acceptable(const struct sound_format *format, const SF_INFO *info, char *reason,
                       size_t size)
{
    if (!format->name && !known_kind(info->format)) {
        snprintf(reason, size, "it wrote a file that is not read here; WAV is");
    } else if (info->channels < 1 || info->channels > CHANNELS_MOST) {
        snprintf(reason, size, "its file has %d channels", info->channels);
    } else if (info->samplerate < RATE_LEAST || info->samplerate > RATE_MOST) {
        snprintf(reason, size, "its file has %d Hz; %d to %d Hz can be used", info->samplerate,
                 RATE_LEAST, RATE_MOST);
    } else {
        return true;
    }
    return false;
}

/* --- reading it --- */

/* The mean of all channels of each frame; false when a sample is none. */
static bool mix(const float *in, sf_count_t count, int channels, float *out)
{
    for (sf_count_t i = 0; i < count; i++) {
        float sum = 0;
        for (int c = 0; c < channels; c++) {
            float sample = in[i * channels + c];
            if (!(sample >= -ABSURD && sample <= ABSURD)) {
                return false;
            }
            sum += sample;
        }
        out[i] = sum / (float)channels;
    }
    return true;
}

static enum limber_status hand_over(SNDFILE *file, const SF_INFO *info,
                                    const struct limber_speech_writer *writer, char *reason,
                                    size_t size)
{
    float block[BLOCK * CHANNELS_MOST], mono[BLOCK];
    sf_count_t total = 0;
    enum limber_status status = writer->format(writer->context, (uint32_t)info->samplerate);
    while (status == LIMBER_OK) {
        sf_count_t count = sf_readf_float(file, block, BLOCK);
        if (count <= 0) {
            break;
        }
        if (!mix(block, count, info->channels, mono)) {
            snprintf(reason, size, "its samples are no sound (is `format` right?)");
            return LIMBER_FAILED;
        }
        total += count;
        status = writer->write(writer->context, mono, (size_t)count);
    }
    if (status == LIMBER_OK && total == 0) {
        snprintf(reason, size, "it made no sound");
        return LIMBER_FAILED;
    }
    return status;
}

static enum limber_status decode(struct source *source, const struct sound_format *format,
                                 const struct limber_speech_writer *writer, char *reason,
                                 size_t size)
{
    SF_VIRTUAL_IO access = {.get_filelen = source_size,
                            .seek = source_seek,
                            .read = source_read,
                            .write = source_write,
                            .tell = source_tell};
    SF_INFO info = {0};
    if (format->name) {
        info.format = SF_FORMAT_RAW | SF_ENDIAN_LITTLE | find_raw(format->name)->format;
        info.samplerate = format->rate_hz;
        info.channels = format->channels;
    }
    SNDFILE *file = sf_open_virtual(&access, SFM_READ, &info, source);
    if (!file) {
        snprintf(reason, size, "it wrote no sound file (%s)", sf_strerror(NULL));
        return LIMBER_FAILED;
    }
    enum limber_status status = LIMBER_FAILED;
    if (acceptable(format, &info, reason, size)) {
        status = hand_over(file, &info, writer, reason, size);
    }
    sf_close(file);
    return status;
}

enum limber_status sound_deliver(int fd, const struct sound_format *format,
                                 const struct limber_speech_writer *writer, char *reason,
                                 size_t size)
{
    struct stat about;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        snprintf(reason, size, "it made no file of sound");
        return LIMBER_FAILED;
    }
    if (about.st_size == 0) {
        snprintf(reason, size, "it made no sound");
        return LIMBER_FAILED;
    }
    if ((uint64_t)about.st_size >= sound_bytes_most(format)) {
        snprintf(reason, size, "it wrote more than %d minutes of sound", COMMAND_MINUTES);
        return LIMBER_LIMIT;
    }
    struct source source = {.fd = fd, .size = about.st_size, .length_at = -1};
    if (is_text(&source, reason, size) || (!format->name && !mend_length(&source, reason, size))) {
        return LIMBER_FAILED;
    }
    return decode(&source, format, writer, reason, size);
}
