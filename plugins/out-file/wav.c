/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wav.c: writes WAV files: the plainest header there is, the samples, and behind them the chapters
 * (cue points with names) and the title. A file over 4 GiB becomes RF64 (EBU Tech 3306). Written
 * here rather than by libsndfile, which dates RF64 files and leaves their chapters out. */
#include <stdlib.h>
#include <string.h>

#include "common/samples.h"
#include "outfile.h"

#define CHUNK 4096 /* samples converted at a time */

static unsigned char *put_le(unsigned char *at, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *at++ = (unsigned char)(value >> 8 * i);
    return at;
}

static unsigned char *put_id(unsigned char *at, const char *id)
{
    memcpy(at, id, 4);
    return at + 4;
}

static size_t text_size(const char *text)
{
    return (strlen(text) + 2) / 2 * 2; /* with its NUL, padded to an even number */
}

static const char *name_of(const struct limber_output_chapter *chapter)
{
    return chapter->title ? chapter->title : "";
}

/* "cue ": where chapters begin; "LIST adtl": their names; "LIST INFO": the title. */
static bool make_tail(struct outfile_wav *wav, const struct limber_output_request *request)
{
    size_t count = request->chapters ? request->chapter_count : 0, names = 4;
    const char *title = request->title ? request->title : "";
    for (size_t i = 0; i < count; i++)
        names += 12 + text_size(name_of(&request->chapters[i]));
    wav->tail = calloc(1, 64 + 24 * count + names + text_size(title));
    if (!wav->tail)
        return false;
    unsigned char *at = wav->tail;
    if (count > 0) {
        at = put_le(put_le(put_id(at, "cue "), 4 + 24 * count, 4), count, 4);
        for (size_t i = 0; i < count; i++) {
            uint64_t start = (uint64_t)request->chapters[i].start_frame;
            at = put_le(put_le(at, i + 1, 4), start, 4);
            at = put_le(put_id(at, "data"), 0, 8);
            at = put_le(at, start, 4);
        }
        at = put_id(put_le(put_id(at, "LIST"), names, 4), "adtl");
        for (size_t i = 0; i < count; i++) {
            const char *name = name_of(&request->chapters[i]);
            at = put_le(put_id(at, "labl"), 4 + strlen(name) + 1, 4);
            at = put_le(at, i + 1, 4);
            memcpy(at, name, strlen(name));
            at += text_size(name);
        }
    }
    if (*title) {
        at = put_id(put_le(put_id(at, "LIST"), 12 + text_size(title), 4), "INFO");
        at = put_le(put_id(at, "INAM"), strlen(title) + 1, 4);
        memcpy(at, title, strlen(title));
        at += text_size(title);
    }
    wav->tail_size = (size_t)(at - wav->tail);
    return true;
}

/* The header for `bytes` bytes of samples; returns its size. */
static size_t make_header(const struct outfile_wav *wav, unsigned char header[128], int64_t bytes)
{
    unsigned width = outfile_form_bytes(wav->form), frame = width * wav->channels;
    uint64_t frames = (uint64_t)bytes / frame;
    uint64_t head = 4 + (wav->room_for_64 ? 36 : 0) + 24 + (wav->form == FORM_FLOAT ? 12 : 0) + 8;
    uint64_t whole = head + (uint64_t)bytes + (uint64_t)(bytes % 2) + wav->tail_size;
    bool large = wav->room_for_64 && whole > 0xFFFFFFFFu;
    unsigned char *at = put_id(header, large ? "RF64" : "RIFF");
    at = put_id(put_le(at, large ? 0xFFFFFFFFu : whole, 4), "WAVE");
    if (wav->room_for_64) {
        at = put_le(put_id(at, large ? "ds64" : "JUNK"), 28, 4);
        at = put_le(put_le(at, large ? whole : 0, 8), large ? (uint64_t)bytes : 0, 8);
        at = put_le(put_le(at, large ? frames : 0, 8), 0, 4);
    }
    at = put_le(put_id(at, "fmt "), 16, 4);
    at = put_le(put_le(at, wav->form == FORM_FLOAT ? 3 : 1, 2), wav->channels, 2);
    at = put_le(put_le(at, wav->rate_hz, 4), (uint64_t)wav->rate_hz * frame, 4);
    at = put_le(put_le(at, frame, 2), 8 * width, 2);
    if (wav->form == FORM_FLOAT)
        at = put_le(put_le(put_id(at, "fact"), 4, 4), large ? 0xFFFFFFFFu : frames, 4);
    at = put_le(put_id(at, "data"), large ? 0xFFFFFFFFu : (uint64_t)bytes, 4);
    return (size_t)(at - header);
}

bool outfile_wav_begin(struct outfile_wav *wav, struct outfile_sink *sink, enum outfile_form form,
                       const struct limber_output_request *request)
{
    unsigned char header[128];
    *wav = (struct outfile_wav){
        .sink = sink, .form = form, .channels = request->channels, .rate_hz = request->rate_hz};
    int64_t bytes = request->total_frames * request->channels * outfile_form_bytes(form);
    wav->room_for_64 = request->total_frames < 0 || bytes > OUTFILE_PLAIN_WAV;
    if (!make_tail(wav, request))
        return false;
    return outfile_sink_write(sink, header, make_header(wav, header, 0));
}

/* In place: integers of this machine to little-endian bytes, `width` of four (the upper ones). */
static size_t pack(void *samples, size_t count, unsigned width)
{
    unsigned char *out = samples;
    if (width == 2) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        const uint16_t *in = samples;
        for (size_t i = 0; i < count; i++)
            put_le(out + 2 * i, in[i], 2);
#endif
        return 2 * count;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t value;
        memcpy(&value, out + 4 * i, 4);
        put_le(out + width * i, value >> (32 - 8 * width), (int)width);
    }
    return width * count;
}

bool outfile_wav_write(struct outfile_wav *wav, const float *samples, size_t count)
{
    union {
        int16_t s16[CHUNK];
        int32_t s24[CHUNK];
        float f32[CHUNK];
    } out;
    unsigned width = outfile_form_bytes(wav->form);
    for (size_t at = 0; at < count;) {
        size_t some = count - at < CHUNK ? count - at : CHUNK, size = width * some;
        if (outfile_is_silent(samples + at, some)) {
            memset(&out, 0, size);
        } else if (wav->form == FORM_S16) {
            samples_to_s16(samples + at, out.s16, some);
            size = pack(out.s16, some, 2);
        } else if (wav->form == FORM_S24) {
            samples_to_s24(samples + at, out.s24, some);
            size = pack(out.s24, some, 3);
        } else {
            memcpy(out.f32, samples + at, size);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
            size = pack(out.f32, some, 4);
#endif
        }
        if (!outfile_sink_write(wav->sink, &out, size))
            return false;
        wav->bytes += (int64_t)size;
        at += some;
    }
    return true;
}

bool outfile_wav_end(struct outfile_wav *wav)
{
    unsigned char header[128];
    size_t size = make_header(wav, header, wav->bytes);
    return (wav->bytes % 2 == 0 || outfile_sink_write(wav->sink, "", 1)) &&
           outfile_sink_write(wav->sink, wav->tail, wav->tail_size) &&
           outfile_sink_seek(wav->sink, 0) && outfile_sink_write(wav->sink, header, size);
}

void outfile_wav_clear(struct outfile_wav *wav)
{
    free(wav->tail);
    wav->tail = NULL;
}
