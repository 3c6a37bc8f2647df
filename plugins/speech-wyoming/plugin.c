/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.c: speech by a server that speaks the Wyoming protocol, such as wyoming-piper: a program
 * that keeps a large model loaded. Each utterance has a connection of its own, because each is
 * spoken by a process of its own. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pcm.h"
#include "wyoming.h"

#define SOME_VOICES 8 /* named in messages */
#define EMPTY_MOST  1000

struct engine {
    const struct limber_host *host;
    const char *server, *speaker;
    bool remote;
    int timeout_ms;
    struct link_target target; /* found once; names are not looked up later */
    bool found;
    json_t *info;  /* the server's answer to "describe"; owned */
    json_t *voice; /* what "synthesize" asks for; owned */
    char fingerprint[512];
};

static void say(struct engine *engine, enum limber_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(struct engine *engine, enum limber_log_level level, const char *format, ...)
{
    char line[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    engine->host->log(engine->host->context, level, line);
}

/* --- asking what there is --- */

static enum limber_status describe(struct engine *engine)
{
    struct talk talk = {.fd = -1, .timeout_ms = engine->timeout_ms, .server = engine->server};
    struct frame frame;
    if (engine->info) {
        return LIMBER_OK;
    }
    if (!engine->found && !link_find(&engine->target, engine->server, engine->remote, talk.reason,
                                     sizeof talk.reason)) {
        say(engine, LIMBER_LOG_ERROR, "%s", talk.reason);
        return LIMBER_FAILED;
    }
    engine->found = true;
    if (talk_begin(&talk, &engine->target, "describe", NULL) && talk_until(&talk, "info", &frame)) {
        engine->info = json_deep_copy(frame.data);
    } else {
        say(engine, LIMBER_LOG_ERROR, "%s", talk.reason);
    }
    talk_end(&talk);
    return engine->info ? LIMBER_OK : LIMBER_FAILED;
}

/* --- choosing a voice --- */

struct choice {
    const char *name; /* wanted, or NULL: the best for the language */
    const char *language;
    struct info_voice best;
    const char *match; /* its tag for the language, or NULL */
    int fit;           /* of the best, by info_fit(); a named voice that fits nothing has 0 */
    bool found;
    char some[400]; /* names of those for the language, for messages */
    size_t listed;
};

static void list_one(struct choice *choice, const char *name)
{
    size_t used = strlen(choice->some);
    if (choice->listed == SOME_VOICES) {
        snprintf(choice->some + used, sizeof choice->some - used, "…");
    } else if (choice->listed < SOME_VOICES) {
        snprintf(choice->some + used, sizeof choice->some - used, "%s%s", used > 0 ? ", " : "",
                 name);
    }
    choice->listed++;
}

static bool consider(void *context, const struct info_voice *voice)
{
    struct choice *choice = context;
    const char *match = NULL;
    int fit = info_fit(voice, choice->language, &match);
    bool better = choice->name ? strcmp(voice->name, choice->name) == 0 : fit > choice->fit;
    if (fit > 0) {
        list_one(choice, voice->name);
    }
    if (better && !(choice->name && choice->found)) {
        choice->found = true;
        choice->best = *voice;
        choice->match = match;
        choice->fit = fit;
    }
    return true;
}

static enum limber_status choose(struct engine *engine, struct choice *choice, const char *speaker)
{
    info_each(engine->info, consider, choice);
    if (!choice->found && choice->name) {
        say(engine, LIMBER_LOG_ERROR,
            "the Wyoming server at %s has no voice '%s'; for %s it has %s", engine->server,
            choice->name, choice->language, choice->some[0] ? choice->some : "none");
        return LIMBER_NOT_FOUND;
    }
    if (!choice->found) {
        say(engine, LIMBER_LOG_ERROR, "the Wyoming server at %s has no voice for the language '%s'",
            engine->server, choice->language);
        return LIMBER_NOT_FOUND;
    }
    if (speaker && !info_has_speaker(&choice->best, speaker)) {
        say(engine, LIMBER_LOG_ERROR, "the voice '%s' of the Wyoming server has no speaker '%s'",
            choice->best.name, speaker);
        return LIMBER_NOT_FOUND;
    }
    if (!choice->name && choice->listed > 1) {
        say(engine, LIMBER_LOG_INFO, "%s is taken for %s; the server also has others: %s",
            choice->best.name, choice->language, choice->some);
    }
    return LIMBER_OK;
}

/* The name is always sent: a server that is only told a language may speak with another. */
static enum limber_status keep_voice(struct engine *engine, const struct choice *choice,
                                     const char *speaker)
{
    const struct info_voice *best = &choice->best;
    json_decref(engine->voice);
    engine->voice = json_pack("{s:s, s:s*, s:s*}", "name", best->name, "language", choice->match,
                              "speaker", speaker);
    snprintf(engine->fingerprint, sizeof engine->fingerprint, "wyoming %s %s, voice %s %s, %s %s",
             best->program, best->program_version, best->name, best->version,
             choice->match ? choice->match : "", speaker ? speaker : "");
    return engine->voice ? LIMBER_OK : LIMBER_NO_MEMORY;
}

static enum limber_status prepare(void *instance, const struct limber_speech_voice *voice)
{
    struct engine *engine = instance;
    enum limber_status status = describe(engine);
    if (status != LIMBER_OK) {
        return status;
    }
    struct choice choice = {.name = voice->voice,
                            .language = voice->language ? voice->language : "en"};
    const char *speaker = voice->variant ? voice->variant : engine->speaker;
    status = choose(engine, &choice, speaker);
    if (status != LIMBER_OK) {
        return status;
    }
    if (choice.fit == 0 && json_array_size(choice.best.languages) > 0) {
        say(engine, LIMBER_LOG_WARNING, "the voice '%s' of the Wyoming server does not speak %s",
            choice.best.name, choice.language);
    }
    if (voice->rate_wpm > 0 || voice->pitch >= 0 || voice->pitch_range >= 0) {
        say(engine, LIMBER_LOG_WARNING,
            "rate, pitch and range have no effect: the Wyoming protocol has no words for them; set "
            "them where the server is started");
    }
    return keep_voice(engine, &choice, speaker);
}

static const char *fingerprint(void *instance)
{
    return ((struct engine *)instance)->fingerprint;
}

/* --- speaking --- */

struct speech_in {
    struct talk talk;
    struct pcm pcm;
    bool declared;
    unsigned empty; /* events that brought no sound */
    const struct limber_speech_writer *writer;
};

static int64_t number_of(const json_t *data, const char *name)
{
    return json_integer_value(json_object_get(data, name));
}

static bool refuse(struct speech_in *in, const char *what)
{
    snprintf(in->talk.reason, sizeof in->talk.reason, "the Wyoming server at %s %s",
             in->talk.server, what);
    return false;
}

/* The format of "audio-start" and of each "audio-chunk" must be one and the same. */
static bool take_format(struct speech_in *in, const json_t *data)
{
    int64_t rate_hz = number_of(data, "rate");
    int64_t width = number_of(data, "width");
    int64_t channels = number_of(data, "channels");
    char text[160];
    if (in->pcm.rate_hz > 0) {
        bool same =
            rate_hz == in->pcm.rate_hz && width == in->pcm.width && channels == in->pcm.channels;
        return same || refuse(in, "changed the format of its samples in mid-sentence");
    }
    if (!pcm_begin(&in->pcm, rate_hz, width, channels)) {
        snprintf(text, sizeof text,
                 "sends samples in a format that is not known: %lld Hz, %lld bytes, %lld channels",
                 (long long)rate_hz, (long long)width, (long long)channels);
        return refuse(in, text);
    }
    return true;
}

static enum limber_status take_samples(struct speech_in *in, const struct frame *frame)
{
    const unsigned char *bytes = frame->payload;
    size_t size = frame->payload_size;
    enum limber_status status = LIMBER_OK;
    float samples[2048];
    if (!in->declared) {
        status = in->writer->format(in->writer->context, in->pcm.rate_hz);
        in->declared = true;
    }
    while (status == LIMBER_OK && size > 0) {
        size_t count = pcm_take(&in->pcm, &bytes, &size, samples, 2048);
        if (count > 0) {
            in->empty = 0;
            status = in->writer->write(in->writer->context, samples, count);
        }
    }
    return status;
}

/* One event. *done: it was the last. Errors: FAILED with a reason, or as the writer returned. */
static enum limber_status take_event(struct speech_in *in, const struct frame *frame, bool *done)
{
    bool chunk = strcmp(frame->type, "audio-chunk") == 0;
    *done = strcmp(frame->type, "audio-stop") == 0;
    if (++in->empty > EMPTY_MOST) {
        refuse(in, "sends events without end, but no sound");
        return LIMBER_FAILED;
    }
    if ((chunk || strcmp(frame->type, "audio-start") == 0) && !take_format(in, frame->data)) {
        return LIMBER_FAILED;
    }
    if (*done && !in->declared) {
        refuse(in, "made no sound");
        return LIMBER_FAILED;
    }
    return chunk ? take_samples(in, frame) : LIMBER_OK;
}

static enum limber_status synthesize(void *instance, const char *text, double emphasis,
                                     const struct limber_speech_writer *writer)
{
    struct engine *engine = instance;
    struct speech_in in = {
        .talk = {.fd = -1, .timeout_ms = engine->timeout_ms, .server = engine->server},
        .writer = writer};
    if (!engine->voice) {
        return LIMBER_FAILED;
    }
    json_t *data = json_pack("{s:s, s:O}", "text", text, "voice", engine->voice);
    if (!data) {
        say(engine, LIMBER_LOG_ERROR, "the text is not valid UTF-8");
        return LIMBER_INVALID;
    }
    bool done = false;
    bool fine = talk_begin(&in.talk, &engine->target, "synthesize", data);
    enum limber_status status = fine ? LIMBER_OK : LIMBER_FAILED;
    while (status == LIMBER_OK && !done) {
        struct frame frame;
        status = talk_next(&in.talk, &frame) ? take_event(&in, &frame, &done) : LIMBER_FAILED;
    }
    if (status != LIMBER_OK && in.talk.reason[0]) {
        say(engine, LIMBER_LOG_ERROR, "%s", in.talk.reason);
    }
    talk_end(&in.talk);
    json_decref(data);
    return status;
}

/* --- its voices --- */

struct listing {
    const char *language;
    bool (*each)(void *context, const char *name, const char *language);
    void *context;
};

static bool list_voice(void *context, const struct info_voice *voice)
{
    struct listing *listing = context;
    const char *match = json_string_value(json_array_get(voice->languages, 0));
    if (listing->language && info_fit(voice, listing->language, &match) == 0) {
        return true;
    }
    char tag[64];
    snprintf(tag, sizeof tag, "%s", match ? match : "");
    for (char *at = tag; *at; at++) {
        *at = *at == '_' ? '-' : *at;
    }
    return listing->each(listing->context, voice->name, tag);
}

static void list_voices(void *instance, const char *language,
                        bool (*each)(void *context, const char *name, const char *language),
                        void *context)
{
    struct engine *engine = instance;
    struct listing listing = {.language = language, .each = each, .context = context};
    if (describe(engine) == LIMBER_OK) {
        info_each(engine->info, list_voice, &listing);
    }
}

/* --- the plugin --- */

static const struct limber_speech speech = {
    .size = sizeof speech,
    .prepare = prepare,
    .fingerprint = fingerprint,
    .synthesize = synthesize,
    .list_voices = list_voices,
};

static const char *option(const struct limber_host *host, const char *name)
{
    const char *value = host->option(host->context, name);
    return value && value[0] ? value : NULL;
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    struct engine *engine = calloc(1, sizeof *engine);
    if (!engine) {
        return LIMBER_NO_MEMORY;
    }
    const char *remote = option(host, "remote");
    const char *timeout = option(host, "timeout");
    engine->host = host;
    engine->server = option(host, "server");
    engine->speaker = option(host, "speaker");
    engine->remote = remote && strcmp(remote, "yes") == 0;
    engine->timeout_ms = timeout ? (int)strtol(timeout, NULL, 10) : 10000;
    if (!engine->server) {
        engine->server = "tcp://127.0.0.1:10200";
    }
    *instance = engine;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    struct engine *engine = instance;
    if (engine) {
        json_decref(engine->info);
        json_decref(engine->voice);
        free(engine);
    }
}

static const void *get_interface(void *instance, const char *id)
{
    return strcmp(id, LIMBER_SPEECH_ID) == 0 ? &speech : NULL;
}

static const char *const interfaces[] = {LIMBER_SPEECH_ID, NULL};

static const struct limber_option options[] = {
    {.name = "server",
     .type = LIMBER_OPTION_STRING,
     .fallback = "tcp://127.0.0.1:10200",
     .help = "where the server listens: tcp://HOST:PORT or unix:///PATH"},
    {.name = "speaker",
     .type = LIMBER_OPTION_STRING,
     .help = "one of the speakers of a voice that has several; the voice's variant wins over it"},
    {.name = "timeout",
     .type = LIMBER_OPTION_INT,
     .unit = "ms",
     .minimum = 100,
     .maximum = 600000,
     .fallback = "10000",
     .help = "longest wait for each answer of the server"},
    {.name = "remote",
     .type = LIMBER_OPTION_BOOL,
     .fallback = "no",
     .help = "allow a server on another computer (the protocol hides and checks nothing)"},
    {0},
};

static const struct limber_plugin_descriptor descriptor = {
    .size = sizeof descriptor,
    .id = "speech-wyoming",
    .name = "Wyoming speech",
    .version = LIMBER_VERSION,
    .license = "GPL-3.0-or-later",
    .description = "Voices of a server that keeps its model loaded, such as Piper",
    .interfaces = interfaces,
    .options = options,
};

const struct limber_plugin_entry LIMBER_PLUGIN_ENTRY_SYMBOL = {
    .abi_major = LIMBER_ABI_MAJOR,
    .abi_minor = LIMBER_ABI_MINOR,
    .size = sizeof(struct limber_plugin_entry),
    .descriptor = &descriptor,
    .create = create,
    .destroy = destroy,
    .get_interface = get_interface,
};
