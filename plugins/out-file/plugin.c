/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.c: out-file, the output that writes a sound file. The same session gives the same bytes:
 * no time stamps, no random numbers. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/statvfs.h>

#include "common/samples.h"
#include "outfile.h"

#define VERSION "1.0"
#define CHUNK   4096 /* samples converted at a time */

struct kind {
    const char *extension;
    int major;
    bool pcm; /* `format` chooses how samples are stored */
    bool ogg;
    int codec; /* subformat when not pcm */
};

static const struct kind kinds[] = {
    {"wav", SF_FORMAT_WAV, true, false, 0},
    {"flac", SF_FORMAT_FLAC, true, false, 0},
    {"ogg", SF_FORMAT_OGG, false, true, SF_FORMAT_VORBIS},
    {"oga", SF_FORMAT_OGG, false, true, SF_FORMAT_VORBIS},
    {"opus", SF_FORMAT_OGG, false, true, SF_FORMAT_OPUS},
    {"mp3", SF_FORMAT_MPEG, false, false, SF_FORMAT_MPEG_LAYER_III},
};

struct plugin {
    const struct limber_host *host;
    enum outfile_form wanted;
    bool form_chosen;
    double quality; /* 0 … 1; negative: the format's own */

    const struct kind *kind; /* NULL: closed */
    enum outfile_form form;
    uint32_t channels, rate_hz;
    int64_t total_frames, frames;
    bool complained;
    SNDFILE *file; /* all kinds but WAV */
    struct outfile_wav wav;
    float staged[CHUNK]; /* for encoders, which are fed whole chunks: what they make may depend on
                            how they are fed */
    size_t staged_count;
    struct outfile_pages pages;
    struct outfile_sink sink;
};

static const char *const forms[] = {"auto", "s16", "s24", "float", NULL};

static const struct limber_option options[] = {
    {"format", LIMBER_OPTION_CHOICE, NULL, 0, 0, "auto", forms,
     "How WAV and FLAC files store samples: s16 and s24 (integers of 16 and 24 bits), float (WAV "
     "only), or auto, which is s16"},
    {"quality", LIMBER_OPTION_NUMBER, NULL, 0, 10, NULL, NULL,
     "Of ogg, opus and mp3 files: 0 smallest to 10 best; unset, each format's usual one (about 5, "
     "plenty for speech)"},
    {.name = NULL}};

__attribute__((format(printf, 3, 4))) static void
say(struct plugin *plugin, enum limber_log_level level, const char *format, ...)
{
    char line[PATH_MAX + 512];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    plugin->host->log(plugin->host->context, level, line);
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);
    if (!plugin)
        return LIMBER_NO_MEMORY;
    plugin->host = host;
    plugin->quality = -1;
    plugin->sink.fd = -1;
    const char *form = host->option(host->context, "format");
    plugin->form_chosen = form && strcmp(form, "auto") != 0;
    if (form)
        plugin->wanted = strcmp(form, "s24") == 0     ? FORM_S24
                         : strcmp(form, "float") == 0 ? FORM_FLOAT
                                                      : FORM_S16;
    const char *quality = host->option(host->context, "quality");
    if (quality && *quality) {
        double place = 1, value = 0;
        for (; *quality >= '0' && *quality <= '9'; quality++)
            value = 10 * value + (*quality - '0');
        if (*quality == '.')
            for (quality++; *quality >= '0' && *quality <= '9'; quality++)
                value += (*quality - '0') * (place /= 10);
        plugin->quality = value / 10;
    }
    *instance = plugin;
    return LIMBER_OK;
}

/* --- libsndfile's view of the file --- */

static sf_count_t io_length(void *user)
{
    struct plugin *plugin = user;
    return plugin->kind->ogg ? plugin->pages.taken : plugin->sink.size;
}

static sf_count_t io_tell(void *user)
{
    struct plugin *plugin = user;
    return plugin->kind->ogg ? plugin->pages.taken : plugin->sink.position;
}

static sf_count_t io_seek(sf_count_t offset, int whence, void *user)
{
    struct plugin *plugin = user;
    if (whence == SEEK_CUR)
        offset += io_tell(user);
    else if (whence == SEEK_END)
        offset += io_length(user);
    if (plugin->kind->ogg) /* pages are only ever appended */
        return offset == plugin->pages.taken ? offset : -1;
    return outfile_sink_seek(&plugin->sink, offset) ? offset : -1;
}

static sf_count_t io_read(void *data, sf_count_t size, void *user)
{
    struct plugin *plugin = user;
    return plugin->kind->ogg ? 0 : outfile_sink_read(&plugin->sink, data, size);
}

static sf_count_t io_write(const void *data, sf_count_t size, void *user)
{
    struct plugin *plugin = user;
    bool done = plugin->kind->ogg ? outfile_pages_write(&plugin->pages, data, (size_t)size)
                                  : outfile_sink_write(&plugin->sink, data, (size_t)size);
    return done ? size : 0;
}

static SF_VIRTUAL_IO io = {io_length, io_seek, io_read, io_write, io_tell};

/* --- Failure --- */

/* "12.3 MB" */
static const char *megabytes(char *text, size_t size, int64_t bytes)
{
    snprintf(text, size, "%lld.%lld MB", (long long)(bytes / 1000000),
             (long long)(bytes / 100000 % 10));
    return text;
}

static const char *folder_of(const char *target, char *folder, size_t size)
{
    const char *slash = strrchr(target, '/');
    snprintf(folder, size, "%.*s", slash ? (int)(slash + 1 - target) : 1, slash ? target : ".");
    return folder;
}

/* Says once why the file cannot be written. */
static void complain(struct plugin *plugin)
{
    struct outfile_sink *sink = &plugin->sink;
    if (plugin->complained)
        return;
    plugin->complained = true;
    char folder[PATH_MAX];
    int64_t needed =
        plugin->kind->major == SF_FORMAT_WAV && plugin->total_frames > 0
            ? plugin->total_frames * plugin->channels * outfile_form_bytes(plugin->form)
            : 0;
    char whole[32] = "", done[32], there[32];
    if (needed > 0)
        megabytes(whole, sizeof whole, needed);
    megabytes(done, sizeof done, sink->position);
    struct statvfs disk;
    bool known = statvfs(folder_of(sink->target, folder, sizeof folder), &disk) == 0;
    megabytes(there, sizeof there, known ? (int64_t)disk.f_bavail * (int64_t)disk.f_frsize : 0);
    if (sink->error == ENOSPC || sink->error == EDQUOT)
        say(plugin, LIMBER_LOG_ERROR,
            "%s: the disk is full: %s%s%s written, %s free; nothing is kept", sink->target, whole,
            *whole ? " needed, " : "", done, known ? there : "nothing");
    else
        say(plugin, LIMBER_LOG_ERROR, "%s: cannot be written: %s (%s%s%s written); nothing is kept",
            sink->target,
            sink->error    ? strerror(sink->error)
            : plugin->file ? sf_strerror(plugin->file)
                           : "the encoder failed",
            whole, *whole ? " needed, " : "", done);
}

static void forget(struct plugin *plugin)
{
    if (plugin->kind && plugin->kind->ogg)
        outfile_pages_clear(&plugin->pages);
    outfile_wav_clear(&plugin->wav);
    plugin->kind = NULL;
}

/* --- open --- */

static const struct kind *find_kind(const char *target)
{
    const char *slash = strrchr(target, '/'), *dot = strrchr(target, '.');
    if (!dot || (slash && dot < slash))
        return NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcasecmp(dot + 1, kinds[i].extension) == 0)
            return &kinds[i];
    return NULL;
}

/* Chooses libsndfile's format; 0 if there is none, which is said. */
static int choose_format(struct plugin *plugin, const struct kind *kind,
                         const struct limber_output_request *request)
{
    static const int subtypes[] = {[FORM_S16] = SF_FORMAT_PCM_16,
                                   [FORM_S24] = SF_FORMAT_PCM_24,
                                   [FORM_FLOAT] = SF_FORMAT_FLOAT};
    plugin->form = kind->pcm ? plugin->wanted : FORM_FLOAT;
    if (!kind->pcm) {
        if (plugin->form_chosen)
            say(plugin, LIMBER_LOG_WARNING, "%s: format=%s is for wav and flac files; not used",
                request->target, forms[1 + plugin->wanted]);
        if (kind->codec == SF_FORMAT_OPUS && request->rate_hz != 48000) {
            say(plugin, LIMBER_LOG_ERROR,
                "%s: an opus file needs a session of 48000 Hz, this one has %u Hz", request->target,
                request->rate_hz);
            return 0;
        }
        return kind->major | kind->codec;
    }
    if (kind->major == SF_FORMAT_FLAC && plugin->form == FORM_FLOAT) {
        say(plugin, LIMBER_LOG_ERROR,
            "%s: FLAC files cannot store float samples; use format=s24, or a .wav file",
            request->target);
        return 0;
    }
    return kind->major | subtypes[plugin->form];
}

static bool is_wav(const struct plugin *plugin)
{
    return plugin->kind->major == SF_FORMAT_WAV;
}

/* Starts the encoder, or the WAV file. */
static bool begin(struct plugin *plugin, const struct limber_output_request *request, SF_INFO *info)
{
    if (is_wav(plugin))
        return outfile_wav_begin(&plugin->wav, &plugin->sink, plugin->form, request);
    plugin->file = sf_open_virtual(&io, SFM_WRITE, info, plugin);
    if (!plugin->file)
        return false;
    if (!plugin->kind->pcm && plugin->quality >= 0)
        sf_command(plugin->file, SFC_SET_VBR_ENCODING_QUALITY, &plugin->quality,
                   sizeof plugin->quality);
    if (request->title && *request->title)
        sf_set_string(plugin->file, SF_STR_TITLE, request->title);
    return true;
}

static enum limber_status refuse(struct plugin *plugin, const char *target)
{
    int error = plugin->sink.error;
    if (error == ENOENT)
        say(plugin, LIMBER_LOG_ERROR, "%s: there is no such folder to write into", target);
    else if (error == EISDIR)
        say(plugin, LIMBER_LOG_ERROR, "%s: is a folder; give a file name in it", target);
    else if (error == ENOTSUP)
        say(plugin, LIMBER_LOG_ERROR, "%s: is a device or pipe, not a file; write a file first",
            target);
    else
        say(plugin, LIMBER_LOG_ERROR, "%s: cannot be created: %s", target, strerror(error));
    return LIMBER_IO;
}

static enum limber_status open_file(void *instance, const struct limber_output_request *request,
                                    const struct limber_output_source *source,
                                    struct limber_output_stream *stream)
{
    struct plugin *plugin = instance;
    if (plugin->kind)
        return LIMBER_BUSY;
    const char *target = request->target ? request->target : "";
    const struct kind *kind = find_kind(target);
    if (!kind) {
        say(plugin, LIMBER_LOG_ERROR,
            "%s: the name must end in .wav, .flac, .ogg, .opus or .mp3 to say what to write",
            *target ? target : "out-file: no file name");
        return LIMBER_UNSUPPORTED;
    }
    SF_INFO info = {.samplerate = (int)request->rate_hz, .channels = (int)request->channels};
    info.format = choose_format(plugin, kind, request);
    if (info.format == 0)
        return LIMBER_UNSUPPORTED;
    if (!sf_format_check(&info)) {
        say(plugin, LIMBER_LOG_ERROR, "%s: %s files cannot have %u channels at %u Hz", target,
            kind->extension, request->channels, request->rate_hz);
        return LIMBER_UNSUPPORTED;
    }
    plugin->complained = false;
    plugin->channels = request->channels;
    plugin->rate_hz = request->rate_hz;
    plugin->total_frames = request->total_frames;
    plugin->frames = 0;
    plugin->staged_count = 0;
    if (outfile_sink_open(&plugin->sink, target) != 0)
        return refuse(plugin, target);
    plugin->kind = kind;
    if (kind->ogg)
        outfile_pages_init(&plugin->pages, &plugin->sink);
    if (!begin(plugin, request, &info)) {
        complain(plugin);
        enum limber_status status = plugin->sink.error ? LIMBER_IO : LIMBER_UNSUPPORTED;
        outfile_sink_close(&plugin->sink, false);
        forget(plugin);
        return status;
    }
    *stream = (struct limber_output_stream){.size = sizeof *stream, .channels = request->channels};
    return LIMBER_OK;
}

/* --- write and close --- */

static bool put_integers(struct plugin *plugin, const float *samples, size_t count)
{
    union {
        int16_t s16[CHUNK];
        int32_t s24[CHUNK];
    } out;
    for (size_t at = 0; at < count;) {
        size_t some = count - at < CHUNK ? count - at : CHUNK;
        sf_count_t done;
        if (plugin->form == FORM_S16) {
            samples_to_s16(samples + at, out.s16, some);
            done = sf_write_short(plugin->file, out.s16, (sf_count_t)some);
        } else {
            samples_to_s24(samples + at, out.s24, some);
            done = sf_write_int(plugin->file, out.s24, (sf_count_t)some);
        }
        if (done != (sf_count_t)some)
            return false;
        at += some;
    }
    return true;
}

static bool put_floats(struct plugin *plugin, const float *samples, size_t count)
{
    return count == 0 ||
           sf_write_float(plugin->file, samples, (sf_count_t)count) == (sf_count_t)count;
}

static bool stage(struct plugin *plugin, const float *samples, size_t count)
{
    while (count > 0) {
        size_t room = CHUNK - plugin->staged_count, some = count < room ? count : room;
        memcpy(plugin->staged + plugin->staged_count, samples, some * sizeof *samples);
        plugin->staged_count += some;
        samples += some;
        count -= some;
        if (some == room) {
            plugin->staged_count = 0;
            if (!put_floats(plugin, plugin->staged, CHUNK))
                return false;
        }
    }
    return true;
}

static enum limber_status write_frames(void *instance, const float *samples, int64_t frames)
{
    struct plugin *plugin = instance;
    if (!plugin->kind)
        return LIMBER_IO;
    int64_t frame_bytes = (int64_t)plugin->channels * outfile_form_bytes(plugin->form);
    if (is_wav(plugin) && !plugin->wav.room_for_64 &&
        (plugin->frames + frames) * frame_bytes > OUTFILE_PLAIN_WAV)
        plugin->sink.error = EFBIG; /* the session is longer than it said */
    size_t count = (size_t)frames * plugin->channels;
    bool done = !plugin->sink.error;
    if (done && is_wav(plugin))
        done = outfile_wav_write(&plugin->wav, samples, count);
    else if (done && plugin->kind->pcm)
        done = put_integers(plugin, samples, count);
    else if (done)
        done = stage(plugin, samples, count);
    if (!done || plugin->sink.error) {
        complain(plugin);
        return LIMBER_IO;
    }
    plugin->frames += frames;
    return LIMBER_OK;
}

static enum limber_status close_file(void *instance, bool keep)
{
    struct plugin *plugin = instance;
    if (!plugin->kind)
        return LIMBER_OK;
    bool whole = !plugin->complained;
    if (keep && whole && is_wav(plugin))
        whole = outfile_wav_end(&plugin->wav);
    else if (keep && whole)
        whole = put_floats(plugin, plugin->staged, plugin->staged_count);
    if (plugin->file && sf_close(plugin->file) != 0)
        whole = false;
    plugin->file = NULL;
    if (keep && plugin->sink.error)
        complain(plugin);
    int error = outfile_sink_close(&plugin->sink, keep && whole);
    if (keep && (error || !whole))
        complain(plugin);
    forget(plugin);
    return keep && (error || !whole) ? LIMBER_IO : LIMBER_OK;
}

static void destroy(void *instance)
{
    if (instance)
        close_file(instance, false);
    free(instance);
}

static const struct limber_output output_table = {
    .size = sizeof output_table, .open = open_file, .write = write_frames, .close = close_file};

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_OUTPUT_ID) == 0 ? &output_table : NULL;
}

static const char *const interfaces[] = {LIMBER_OUTPUT_ID, NULL};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .flags = LIMBER_PLUGIN_DETERMINISTIC,
    .id = "out-file",
    .name = "Sound file",
    .version = VERSION,
    .license = "GPL-3.0-or-later",
    .description = "Writes WAV, FLAC, Ogg Vorbis, Opus or MP3 files, by the ending of the name",
    .interfaces = interfaces,
    .options = options,
};

const struct limber_plugin_entry LIMBER_PLUGIN_ENTRY_SYMBOL = {
    LIMBER_ABI_MAJOR, LIMBER_ABI_MINOR, sizeof(struct limber_plugin_entry), &descriptor, create,
    destroy,          get_interface};
