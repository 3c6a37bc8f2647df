/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cast.c: who says what. A request goes to the voice for its language; when that cannot speak it,
 * to the voice's fallback, and in the end the tone code stands for it. */
#include "voice/cast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/vec.h"
#include "voice/cache.h"
#include "voice/speaker.h"
#include "voice/voices.h"

#define FALLBACKS_MOST 4 /* voices one text is tried with */

struct request {
    struct cast *cast;
    char *text, *language;
    double emphasis;
    uint64_t hash;
    struct speaker *speaker; /* that spoke it, or is asked to; NULL: the tone code */
    int voices_tried;
    struct utterance utterance;
    const struct clip *clip; /* owned unless it is the tone code */
    char *problem;
};

struct cast {
    struct cast_options options;
    struct arena *arena;
    struct voices *voices;
    struct cache *cache;
    const struct voice *chosen; /* by name; NULL: by language */
    VEC(struct speaker *) speakers;
    VEC(struct request *) requests;
    uint32_t *table; /* hash → index + 1 into requests; 0: free */
    size_t table_size;
    size_t ready_before;   /* all requests before this one are ready */
    struct clip *own_tone; /* when the caller has none */
    struct cast_stats stats;
    void (*ready)(void *context);
    void *ready_context;
    uint32_t ready_timer;
};

/* --- telling that clips are ready --- */

static void tell_ready(void *user)
{
    struct cast *cast = user;
    cast->ready_timer = 0;
    if (cast->ready) {
        cast->ready(cast->ready_context);
    }
}

/* Soon, from the loop, once for all that became ready in this round. */
static void note_ready(void *context)
{
    struct cast *cast = context;
    if (!cast->ready_timer) {
        cast->ready_timer = loop_add_timer(cast->options.loop, 0, 0, tell_ready, cast);
    }
}

void cast_on_ready(struct cast *cast, void (*ready)(void *context), void *context)
{
    cast->ready = ready;
    cast->ready_context = context;
}

/* --- speakers --- */

static struct speaker *speaker_for(struct cast *cast, const struct voice *voice,
                                   const char *language)
{
    const char *tag = voice_language(voice, language);
    const char *spoken = tag ? tag : language;
    for (size_t i = 0; i < cast->speakers.count; i++) {
        struct speaker *speaker = cast->speakers.items[i];
        if (speaker_voice(speaker) == voice && strcmp(speaker_language(speaker), spoken) == 0) {
            return speaker;
        }
    }
    const struct speaker_options options = {.loop = cast->options.loop,
                                            .cache = cast->cache,
                                            .registry = cast->options.registry,
                                            .voices = cast->voices,
                                            .voice = voice,
                                            .language = arena_strdup(cast->arena, spoken),
                                            .worker_program = cast->options.worker_program,
                                            .rate_hz = cast->options.rate_hz,
                                            .jobs = cast->options.jobs,
                                            .deadline_ms = cast->options.deadline_ms,
                                            .seed = cast->options.seed,
                                            .levelled = note_ready,
                                            .context = cast};
    struct speaker *speaker = speaker_new(&options);
    *vec_push(&cast->speakers) = speaker;
    return speaker;
}

static const struct voice *voice_for(const struct cast *cast, const char *language)
{
    if (cast->chosen && voice_language(cast->chosen, language)) {
        return cast->chosen;
    }
    return voices_for_language(cast->voices, language);
}

const char *cast_voice_name(const struct cast *cast, const char *language)
{
    return voice_for(cast, language)->name;
}

/* --- requests --- */

static void add_problem(struct request *request, const char *reason)
{
    struct str text = {0};
    if (request->problem) {
        str_printf(&text, "%s; then: ", request->problem);
    }
    str_add(&text, reason);
    free(request->problem);
    request->problem = str_steal(&text);
}

static void use_tone(struct request *request)
{
    add_problem(request, "a tone stands for these words");
    request->speaker = NULL;
    request->clip = request->cast->options.tone_code;
    request->cast->stats.failed++;
    note_ready(request->cast);
}

static void on_done(struct utterance *utterance, struct clip *clip, bool cached, const char *reason)
{
    struct request *request = utterance->context;
    struct cast *cast = request->cast;
    if (clip) {
        request->clip = clip;
        if (request->problem) {
            struct str text = {0};
            str_printf(&text, "spoken by voice %s instead", speaker_voice(request->speaker)->name);
            add_problem(request, text.data);
            str_free(&text);
        }
        *(cached ? &cast->stats.cached : &cast->stats.synthesised) += 1;
        note_ready(cast);
        return;
    }
    add_problem(request, reason);
    const char *name = speaker_voice(request->speaker)->fallback;
    const struct voice *voice = name ? voices_find(cast->voices, name) : NULL;
    if (!voice || voice->problem || ++request->voices_tried >= FALLBACKS_MOST) {
        use_tone(request);
        return;
    }
    request->speaker = speaker_for(cast, voice, request->language);
    speaker_say(request->speaker, &request->utterance);
}

static uint64_t hash_of(const char *text, const char *language, double emphasis)
{
    struct hash hash = hash_new();
    hash_text(&hash, text);
    hash_text(&hash, language);
    hash_double(&hash, emphasis);
    return hash_64(&hash);
}

static bool is_same(const struct request *request, uint64_t hash, const char *text,
                    const char *language, double emphasis)
{
    return request->hash == hash && request->emphasis == emphasis &&
           strcmp(request->text, text) == 0 && strcmp(request->language, language) == 0;
}

static void insert(struct cast *cast, uint32_t id)
{
    size_t slot = cast->requests.items[id]->hash & (cast->table_size - 1);
    while (cast->table[slot]) {
        slot = (slot + 1) & (cast->table_size - 1);
    }
    cast->table[slot] = id + 1;
}

static void grow_table(struct cast *cast)
{
    if (cast->requests.count * 2 < cast->table_size) {
        return;
    }
    free(cast->table);
    cast->table_size = cast->table_size ? cast->table_size * 2 : 256;
    cast->table = xcalloc(cast->table_size, sizeof cast->table[0]);
    for (size_t id = 0; id < cast->requests.count; id++) {
        insert(cast, (uint32_t)id);
    }
}

uint32_t cast_request(struct cast *cast, const char *text, const char *language, double emphasis)
{
    const char *tag = language && language[0] ? language : "en";
    uint64_t hash = hash_of(text, tag, emphasis);
    grow_table(cast);
    for (size_t slot = hash & (cast->table_size - 1); cast->table[slot];
         slot = (slot + 1) & (cast->table_size - 1)) {
        uint32_t id = cast->table[slot] - 1;
        if (is_same(cast->requests.items[id], hash, text, tag, emphasis)) {
            return id;
        }
    }
    struct request *request = xcalloc(1, sizeof *request);
    request->cast = cast;
    request->text = xstrdup(text);
    request->language = xstrdup(tag);
    request->emphasis = emphasis;
    request->hash = hash;
    request->utterance = (struct utterance){
        .text = request->text, .emphasis = emphasis, .done = on_done, .context = request};
    uint32_t id = (uint32_t)cast->requests.count;
    *vec_push(&cast->requests) = request;
    insert(cast, id);
    cast->stats.requests++;
    request->speaker = speaker_for(cast, voice_for(cast, tag), tag);
    speaker_say(request->speaker, &request->utterance);
    return id;
}

static const struct request *get(const struct cast *cast, uint32_t id)
{
    return id < cast->requests.count ? cast->requests.items[id] : NULL;
}

const struct clip *cast_clip(const struct cast *cast, uint32_t id)
{
    const struct request *request = get(cast, id);
    bool ready =
        request && request->clip && (!request->speaker || speaker_is_levelled(request->speaker));
    return ready ? request->clip : NULL;
}

float cast_gain(const struct cast *cast, uint32_t id)
{
    const struct request *request = get(cast, id);
    return request && request->speaker && request->clip
               ? speaker_gain(request->speaker, request->clip)
               : 1.0f;
}

const char *cast_problem(const struct cast *cast, uint32_t id)
{
    const struct request *request = get(cast, id);
    return request ? request->problem : NULL;
}

static bool all_ready(struct cast *cast)
{
    while (cast->ready_before < cast->requests.count &&
           cast_clip(cast, (uint32_t)cast->ready_before)) {
        cast->ready_before++;
    }
    return cast->ready_before == cast->requests.count;
}

void cast_wait(struct cast *cast, uint32_t id)
{
    while (id == UINT32_MAX ? !all_ready(cast) : get(cast, id) && !cast_clip(cast, id)) {
        loop_step(cast->options.loop, -1);
    }
}

void cast_stats(const struct cast *cast, struct cast_stats *stats)
{
    *stats = cast->stats;
}

/* --- beginning and end --- */

static enum limber_status choose(struct cast *cast, char **error)
{
    const char *name = cast->options.voice;
    const struct voice *voice = voices_find(cast->voices, name);
    struct str message = {0};
    if (!voice) {
        char *names = voices_names(cast->voices);
        str_printf(&message, "there is no voice `%s`; there are: %s", name, names);
        free(names);
    } else if (voice->problem) {
        str_printf(&message, "the voice `%s` cannot be used: %s", name, voice->problem);
    } else {
        cast->chosen = voice;
        return LIMBER_OK;
    }
    *error = str_steal(&message);
    return LIMBER_NOT_FOUND;
}

/* Two short soft beeps. */
static struct clip *plain_tone(uint32_t rate_hz)
{
    int64_t beep = rate_hz / 8;
    float *samples = xcalloc((size_t)beep * 3, sizeof *samples);
    for (int64_t i = 0; i < beep; i++) {
        double t = (double)i / rate_hz;
        double envelope = sin(M_PI * (double)i / (double)beep);
        samples[i] = (float)(0.2 * envelope * envelope * sin(2 * M_PI * 660 * t));
        samples[beep * 2 + i] = samples[i];
    }
    return clip_adopt(samples, beep * 3, 1, rate_hz);
}

static int core_count(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > 32 ? 32 : (int)cores;
}

enum limber_status cast_new(const struct cast_options *options, struct cast **cast, char **error)
{
    struct cast *made = xcalloc(1, sizeof *made);
    made->options = *options;
    made->arena = arena_new();
    if (made->options.jobs <= 0) {
        made->options.jobs = core_count();
    }
    if (!made->options.tone_code) {
        made->own_tone = plain_tone(options->rate_hz);
        made->options.tone_code = made->own_tone;
    }
    made->voices = voices_load(options->voices_folder, options->registry, NULL);
    enum limber_status status = options->voice ? choose(made, error) : LIMBER_OK;
    if (status != LIMBER_OK) {
        cast_destroy(made);
        *cast = NULL;
        return status;
    }
    made->cache = cache_new(options->cache_folder);
    const char *language = options->language ? options->language : "en";
    if (made->chosen && !(options->language && voice_language(made->chosen, language))) {
        language = made->chosen->languages[0];
    }
    speaker_warm_up(speaker_for(made, voice_for(made, language), language));
    *cast = made;
    return LIMBER_OK;
}

void cast_destroy(struct cast *cast)
{
    if (!cast) {
        return;
    }
    if (cast->ready_timer) {
        loop_remove(cast->options.loop, cast->ready_timer);
    }
    for (size_t i = 0; i < cast->speakers.count; i++) {
        speaker_destroy(cast->speakers.items[i]);
    }
    for (size_t i = 0; i < cast->requests.count; i++) {
        struct request *request = cast->requests.items[i];
        if (request->clip != cast->options.tone_code) {
            clip_destroy((struct clip *)request->clip);
        }
        free(request->text);
        free(request->language);
        free(request->problem);
        free(request);
    }
    clip_destroy(cast->own_tone);
    vec_free(&cast->speakers);
    vec_free(&cast->requests);
    free(cast->table);
    if (cast->cache && cast->stats.synthesised > 0) {
        cache_trim(cast->cache, CACHE_MOST_BYTES);
    }
    cache_destroy(cast->cache);
    voices_destroy(cast->voices);
    arena_destroy(cast->arena);
    free(cast);
}
