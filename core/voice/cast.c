/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cast.c: who says what. A request goes to the voice for its language; when that cannot speak it,
 * or not in time, to the next of its chain, and in the end the tone code stands for it. */
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

#define CHAIN_MOST 16 /* voices that one text is tried with, and length of a chain */

/* One voice asked to say one text. */
struct attempt {
    struct request *request;
    struct speaker *speaker;
    struct utterance utterance;
    bool over; /* it did, or could not */
    struct attempt *before;
};

struct request {
    struct cast *cast;
    char *text, *language;
    double emphasis;
    uint64_t hash;
    const struct voice *wanted;
    struct attempt *attempts; /* the last first */
    struct speaker *speaker;  /* that spoke it; NULL: none yet, or the tone code */
    const struct clip *clip;  /* owned unless it is the tone code */
    char *reason;             /* why the wanted voice did not speak; NULL: it did, or may yet */
    char *problem;            /* all that went wrong, for people */
    uint32_t patience;        /* timer, once somebody waits */
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
    } else {
        request->reason = xstrdup(reason);
    }
    str_add(&text, reason);
    free(request->problem);
    request->problem = str_steal(&text);
}

static void stop_waiting(struct request *request)
{
    if (request->patience) {
        loop_remove(request->cast->options.loop, request->patience);
        request->patience = 0;
    }
}

static void use_tone(struct request *request)
{
    add_problem(request, "a tone stands for these words");
    stop_waiting(request);
    request->clip = request->cast->options.tone_code;
    request->cast->stats.failed++;
    note_ready(request->cast);
}

static void use_clip(struct request *request, struct speaker *speaker, struct clip *clip)
{
    const struct voice *voice = speaker_voice(speaker);
    request->clip = clip;
    request->speaker = speaker;
    if (voice == request->wanted) { /* late, but here */
        free(request->problem);
        request->problem = NULL;
    } else {
        struct str text = {0};
        str_printf(&text, "spoken by voice %s instead", voice->name);
        add_problem(request, text.data);
        str_free(&text);
    }
    if (speaker_is_levelled(speaker)) {
        stop_waiting(request);
    }
    note_ready(request->cast);
}

static bool was_tried(const struct request *request, const struct voice *voice)
{
    for (const struct attempt *attempt = request->attempts; attempt; attempt = attempt->before) {
        if (speaker_voice(attempt->speaker) == voice) {
            return true;
        }
    }
    return false;
}

/* The first voice of the chain that begins with `voice` which may say the text and was not asked
 * yet; or NULL. */
static const struct voice *next_of_chain(const struct request *request, const struct voice *voice)
{
    for (int i = 0; voice && i < CHAIN_MOST; i++) {
        if (!voice->problem && voice_language(voice, request->language) &&
            !was_tried(request, voice)) {
            return voice;
        }
        voice = voice->fallback ? voices_find(request->cast->voices, voice->fallback) : NULL;
    }
    return NULL;
}

static const struct voice *next_voice(const struct request *request)
{
    struct voices *voices = request->cast->voices;
    const struct voice *next = next_of_chain(request, request->wanted);
    if (!next) {
        next = next_of_chain(request, voices_for_language(voices, request->language));
    }
    if (!next && registry_file(request->cast->options.registry, VOICES_ENGINE)) {
        next = next_of_chain(request, voices_engines_own(voices, request->language));
    }
    return next;
}

static void on_done(struct utterance *utterance, struct clip *clip, bool cached,
                    const char *reason);

static void try_voice(struct request *request, const struct voice *voice)
{
    struct attempt *attempt = xcalloc(1, sizeof *attempt);
    attempt->request = request;
    attempt->speaker = speaker_for(request->cast, voice, request->language);
    attempt->utterance = (struct utterance){
        .text = request->text, .emphasis = request->emphasis, .done = on_done, .context = attempt};
    attempt->before = request->attempts;
    request->attempts = attempt;
    speaker_say(attempt->speaker, &attempt->utterance);
}

/* Whether a voice may yet speak the text. */
static bool is_awaited(const struct request *request)
{
    const struct attempt *attempt = request->attempts;
    while (attempt && attempt->over) {
        attempt = attempt->before;
    }
    return attempt != NULL;
}

static void on_done(struct utterance *utterance, struct clip *clip, bool cached, const char *reason)
{
    struct attempt *attempt = utterance->context;
    struct request *request = attempt->request;
    bool last = attempt == request->attempts;
    attempt->over = true;
    if (clip) {
        *(cached ? &request->cast->stats.cached : &request->cast->stats.synthesised) += 1;
    }
    if (request->clip) { /* another voice was faster */
        clip_destroy(clip);
    } else if (clip) {
        use_clip(request, attempt->speaker, clip);
    } else {
        const struct voice *next = NULL;
        if (last) {
            add_problem(request, reason);
            stop_waiting(request);
            next = next_voice(request);
        }
        if (next) {
            try_voice(request, next);
        } else if (!is_awaited(request)) {
            use_tone(request);
        }
    }
}

/* --- somebody waits --- */

static void lose_patience(void *user)
{
    struct request *request = user;
    request->patience = 0;
    if (request->clip) { /* what is missing is its level */
        speaker_skip_level(request->speaker);
        return;
    }
    struct speaker *slow = request->attempts->speaker;
    const struct voice *next = next_voice(request);
    speaker_set_late(slow);
    if (next) {
        struct str text = {0};
        str_printf(&text, "voice %s was too slow", speaker_voice(slow)->name);
        add_problem(request, text.data);
        str_free(&text);
        try_voice(request, next);
    }
}

void cast_hurry(struct cast *cast, uint32_t id)
{
    struct request *request = id < cast->requests.count ? cast->requests.items[id] : NULL;
    if (!request || request->patience || cast_clip(cast, id)) {
        return;
    }
    const struct speaker *speaker =
        request->speaker ? request->speaker : request->attempts->speaker;
    int64_t delay_ms = cast->options.patience_ms;
    if (speaker_is_late(speaker)) {
        delay_ms = 0;
    } else if (delay_ms <= 0) {
        delay_ms = speaker_has_spoken(speaker) ? CAST_PATIENCE_MS : CAST_LOADING_MS;
    }
    request->patience = loop_add_timer(cast->options.loop, delay_ms, 0, lose_patience, request);
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
           request->wanted == voice_for(request->cast, language) &&
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
    request->wanted = voice_for(cast, tag);
    uint32_t id = (uint32_t)cast->requests.count;
    *vec_push(&cast->requests) = request;
    insert(cast, id);
    cast->stats.requests++;
    try_voice(request, request->wanted);
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

bool cast_fallback(const struct cast *cast, uint32_t id, struct cast_fallback *fallback)
{
    const struct request *request = get(cast, id);
    const struct voice *speaks =
        request && request->speaker ? speaker_voice(request->speaker) : NULL;
    if (!request || !request->clip || speaks == request->wanted) {
        return false;
    }
    *fallback = (struct cast_fallback){.text = request->text,
                                       .language = request->language,
                                       .wanted = request->wanted->name,
                                       .spoken_by = speaks ? speaks->name : NULL,
                                       .reason = request->reason};
    return true;
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

enum limber_status cast_choose(struct cast *cast, const char *name, char **error)
{
    const struct voice *voice = voices_choose(cast->voices, name, error);
    if (voice) {
        cast->chosen = voice;
        return LIMBER_OK;
    }
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
    enum limber_status status =
        options->voice ? cast_choose(made, options->voice, error) : LIMBER_OK;
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
        stop_waiting(request);
        if (request->clip != cast->options.tone_code) {
            clip_destroy((struct clip *)request->clip);
        }
        for (struct attempt *attempt = request->attempts; attempt;) {
            struct attempt *before = attempt->before;
            free(attempt);
            attempt = before;
        }
        free(request->reason);
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
        cache_trim(cast->cache, cache_limit());
    }
    cache_destroy(cast->cache);
    voices_destroy(cast->voices);
    arena_destroy(cast->arena);
    free(cast);
}
