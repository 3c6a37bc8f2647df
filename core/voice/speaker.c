/* SPDX-License-Identifier: GPL-3.0-or-later */
/* speaker.c: what the cache has is taken from there; the rest goes to the worker, in order, a few
 * at a time. A worker that dies is started again once, and what it was doing is tried once more. */
#define LOG_MODULE "voice"
#include "voice/speaker.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio/clip.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/str.h"
#include "base/vec.h"
#include "plugin/registry.h"
#include "voice/cache.h"
#include "voice/cast.h"
#include "voice/dictionary.h"
#include "voice/folder.h"
#include "voice/packet.h"
#include "voice/sanitize.h"
#include "voice/synth.h"
#include "voice/voices.h"
#include "voice/worker.h"

#define START_DEADLINE_MS 15000
#define BASE_DEADLINE_MS  10000
#define MS_PER_BYTE       85 /* of speech, slow */
#define FRUITLESS_MOST    2  /* workers in a row that died without a result */
#define STARTS_MOST       10
#define TIMEOUTS_MOST     6 /* utterances in a row that took too long */
#define PIECES_MOST       (PACKET_MOST - 1024)
#define DICTIONARIES_MOST 10
#define GAIN_MOST_DB      30.0
#define KEY_FORMAT        2 /* of the cache keys below */
#define AHEAD             1 /* requests sent beyond those that run at once */

typedef VEC(struct utterance *) utterances;

struct speaker {
    struct speaker_options options;
    struct arena *arena;
    const char *engine_file;
    const char **settings; /* of the engine: "name=value"…, NULL */
    struct hash folder;    /* state of the voice's folder */
    struct dictionary *dictionary;
    char *fingerprint; /* NULL: not known yet */
    char engine_key[33];
    char *problem; /* it cannot speak at all */
    struct worker *worker;
    bool ready;      /* the worker is */
    bool recorded;   /* the engine says only what was recorded */
    bool takes_seed; /* the engine has an option of that name */
    int starts, fruitless;
    size_t served;    /* by this worker */
    utterances queue; /* waiting, in order, from `next` on */
    size_t next;
    utterances flying; /* sent */
    int64_t next_id;
    struct utterance calibration;
    int timeouts; /* in a row */
    bool spoken, late;
    bool calibrating, levelled;
    double loudness_lufs; /* of the calibration text; NAN: could not be measured */
};

static void pump(struct speaker *speaker);
static void on_gone(void *context, bool refused, const char *reason);

/* --- levelling --- */

/* As loud as a page of routines is on the average, within 0.4 LU for all shipped voices of
 * synthesis (tests/voice/espeak.c), the English ones for other engines as well
 * (tests/cli/loudness.py), and about as long as an ordinary first sentence, beside which it is
 * spoken. Engines stress words differently: a text that suits one may be 4 LU off for another. */
const char *speaker_calibration_text(const char *language)
{
    static const struct {
        const char *language, *text;
    } texts[] = {
        {"en", "Lift your head slowly back to the middle. Up and forward."},
        {"de", "Du brauchst eine Matte und einen Stuhl. Es beginnt auf Händen und Knien."},
        {"es", "Ponte a cuatro patas, con las manos debajo de los hombros y las rodillas debajo de "
               "las caderas."},
        {"fr", "Lève le bras gauche et pose l'autre main sur la hanche."},
        {"it", "Inspira. Inarca la schiena, solleva la testa, lascia scendere la pancia."},
        {"nl", "Nu: zijwaarts rekken. Ga rechtop staan, de voeten op heupbreedte."},
        {"pl", "Potrzebujesz maty i krzesła. Zaczynamy w klęku podpartym."},
        {"pt", "Muito bem. Foram onze minutos. Até amanhã."},
        {"ru", "Вернись к длинной, ровной спине."},
        {"sv", "Andas in. Svanka, lyft huvudet, låt magen sjunka."},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t length = strlen(texts[i].language);
        if (strncmp(language, texts[i].language, length) == 0 &&
            (language[length] == '\0' || language[length] == '-')) {
            return texts[i].text;
        }
    }
    return "1, 2, 3, 4, 5, 6, 7, 8. 20, 30, 40.";
}

static void set_level(struct speaker *speaker, double loudness_lufs)
{
    speaker->loudness_lufs = loudness_lufs;
    speaker->levelled = true;
    speaker->options.levelled(speaker->options.context);
}

static void on_calibrated(struct utterance *utterance, struct clip *clip, bool cached,
                          const char *reason)
{
    struct speaker *speaker = utterance->context;
    double loudness = clip ? clip_loudness(clip) : NAN;
    if (!isfinite(loudness)) {
        loudness = NAN;
    }
    if (isnan(loudness) && !speaker->problem) {
        log_info("the level of voice %s is not known: %s", speaker->options.voice->name,
                 reason ? reason : "silence");
    }
    clip_destroy(clip);
    if (!speaker->levelled) {
        set_level(speaker, loudness);
    }
}

void speaker_skip_level(struct speaker *speaker)
{
    if (!speaker->levelled) {
        set_level(speaker, NAN);
    }
}

bool speaker_is_levelled(const struct speaker *speaker)
{
    return speaker->levelled;
}

float speaker_gain(const struct speaker *speaker, const struct clip *clip)
{
    double loudness = speaker->loudness_lufs;
    if (speaker->recorded) {
        return gain_from_db(speaker->options.voice->gain_db);
    }
    if (isnan(loudness)) {
        loudness = clip_loudness(clip);
    }
    if (!isfinite(loudness)) {
        return 1.0f;
    }
    double gain = CAST_TARGET_LUFS - loudness + speaker->options.voice->gain_db;
    return gain_from_db(fmin(fmax(gain, -GAIN_MOST_DB), GAIN_MOST_DB));
}

/* --- keys --- */

static void hash_voice(struct hash *hash, const struct speaker *speaker)
{
    const struct voice *voice = speaker->options.voice;
    hash_text(hash, voice->engine);
    for (size_t i = 0; speaker->settings[i]; i++) {
        hash_text(hash, speaker->settings[i]);
    }
    hash_text(hash, NULL);
    hash_bytes(hash, &speaker->folder, sizeof speaker->folder);
    hash_text(hash, speaker->options.language);
    hash_text(hash, voice->voice);
    hash_text(hash, voice->variant);
    hash_double(hash, voice->rate_wpm);
    hash_double(hash, voice->pitch);
    hash_double(hash, voice->pitch_range);
}

static void make_engine_key(struct speaker *speaker)
{
    struct hash hash = hash_new();
    hash_int(&hash, KEY_FORMAT);
    hash_voice(&hash, speaker);
    hash_text(&hash, speaker->engine_file);
    hash_text(&hash, speaker->options.worker_program);
    hash_hex(&hash, speaker->engine_key);
}

static void make_key(const struct speaker *speaker, struct utterance *utterance)
{
    struct hash hash = hash_new();
    hash_int(&hash, KEY_FORMAT);
    hash_int(&hash, SYNTH_VERSION);
    hash_voice(&hash, speaker);
    hash_text(&hash, speaker->fingerprint);
    hash_text(&hash, utterance->pieces);
    hash_int(&hash, (int64_t)(utterance->emphasis * 1000 + 0.5));
    hash_int(&hash, speaker->options.rate_hz);
    hash_hex(&hash, utterance->key);
}

/* --- ends of utterances --- */

static void finish(struct utterance *utterance, struct clip *clip, bool cached, const char *reason)
{
    free(utterance->pieces);
    utterance->pieces = NULL;
    utterance->done(utterance, clip, cached, reason);
}

static void land(struct speaker *speaker, size_t index)
{
    utterances *flying = &speaker->flying;
    memmove(flying->items + index, flying->items + index + 1,
            (flying->count - index - 1) * sizeof flying->items[0]);
    flying->count--;
}

/* Whether it was in the cache, and is therefore done. */
static bool look_up(struct speaker *speaker, struct utterance *utterance)
{
    if (utterance->looked || !speaker->fingerprint) {
        return false;
    }
    make_key(speaker, utterance);
    utterance->looked = true;
    struct clip *clip = cache_find(speaker->options.cache, utterance->key);
    if (clip && clip->rate_hz != speaker->options.rate_hz) {
        clip_destroy(clip);
        clip = NULL;
    }
    if (clip) {
        finish(utterance, clip, true, NULL);
    }
    return clip != NULL;
}

/* Nothing of this voice works any more, but for what is in the cache. */
static void break_down(struct speaker *speaker, const char *reason)
{
    if (!speaker->problem) {
        struct str text = {0};
        str_printf(&text, "voice %s cannot speak: %s", speaker->options.voice->name, reason);
        speaker->problem = str_steal(&text);
        log_debug("%s", speaker->problem);
    }
    worker_destroy(speaker->worker);
    speaker->worker = NULL;
    speaker->ready = false;
    utterances lost = speaker->queue;
    size_t first = speaker->next;
    speaker->queue = (utterances){0};
    speaker->next = 0;
    for (size_t i = first; i < lost.count; i++) {
        if (!look_up(speaker, lost.items[i])) {
            finish(lost.items[i], NULL, false, speaker->problem);
        }
    }
    vec_free(&lost);
}

/* --- what the worker says --- */

static void on_ready(void *context, const char *fingerprint, const char *files)
{
    struct speaker *speaker = context;
    speaker->ready = true;
    if (!speaker->fingerprint || strcmp(speaker->fingerprint, fingerprint) != 0) {
        free(speaker->fingerprint);
        speaker->fingerprint = xstrdup(fingerprint);
        for (size_t i = speaker->next; i < speaker->queue.count; i++) {
            speaker->queue.items[i]->looked = false;
        }
        cache_remember_engine(speaker->options.cache, speaker->engine_key, fingerprint, files);
    }
    pump(speaker);
}

static void on_result(void *context, int64_t id, enum limber_status status, const char *reason)
{
    struct speaker *speaker = context;
    size_t index = 0;
    while (index < speaker->flying.count && speaker->flying.items[index]->id != id) {
        index++;
    }
    if (index == speaker->flying.count) {
        return;
    }
    struct utterance *utterance = speaker->flying.items[index];
    land(speaker, index);
    speaker->served++;
    struct clip *clip = NULL;
    if (status == LIMBER_OK) {
        if (reason[0]) {
            log_warning("voice %s: %s", speaker->options.voice->name, reason);
        }
        status = cache_keep(speaker->options.cache, utterance->key, utterance->fd,
                            speaker->options.rate_hz, &clip);
        reason = "the engine's clip is damaged";
        speaker->spoken = true;
        speaker->late = false;
    } else {
        close(utterance->fd);
    }
    speaker->timeouts = status == LIMBER_TIMEOUT ? speaker->timeouts + 1 : 0;
    finish(utterance, clip, false, clip ? NULL : reason);
    if (speaker->timeouts >= TIMEOUTS_MOST) {
        on_gone(speaker, true, "the engine was too slow again and again");
    } else {
        pump(speaker);
    }
}

/* What was under way goes back to the front of the queue, or fails if it was tried before. */
static void on_gone(void *context, bool refused, const char *reason)
{
    struct speaker *speaker = context;
    utterances flying = speaker->flying;
    utterances queue = speaker->queue;
    utterances failed = {0};
    size_t first = speaker->next;
    speaker->flying = (utterances){0};
    speaker->queue = (utterances){0};
    speaker->next = 0;
    speaker->fruitless = speaker->served > 0 ? 0 : speaker->fruitless + 1;
    bool broken = refused || speaker->fruitless >= FRUITLESS_MOST || speaker->starts >= STARTS_MOST;
    worker_destroy(speaker->worker);
    speaker->worker = NULL;
    speaker->ready = false;
    for (size_t i = 0; i < flying.count; i++) {
        close(flying.items[i]->fd);
        bool again = flying.items[i]->tries++ == 0;
        *vec_push(again ? &speaker->queue : &failed) = flying.items[i];
    }
    for (size_t i = first; i < queue.count; i++) {
        *vec_push(&speaker->queue) = queue.items[i];
    }
    for (size_t i = 0; i < failed.count; i++) {
        finish(failed.items[i], NULL, false, reason);
    }
    vec_free(&flying);
    vec_free(&queue);
    vec_free(&failed);
    if (broken) {
        break_down(speaker, reason);
    } else {
        log_debug("%s; it is started again", reason);
        pump(speaker);
    }
}

/* --- sending --- */

/* Returns false when this voice cannot speak. */
static bool start_worker(struct speaker *speaker)
{
    const struct voice *voice = speaker->options.voice;
    if (speaker->worker) {
        return true;
    }
    const struct worker_options options = {
        .loop = speaker->options.loop,
        .program = speaker->options.worker_program,
        .plugin_id = voice->engine,
        .plugin_file = speaker->engine_file,
        .folder = voice->folder,
        .settings = speaker->settings,
        .voice = {.size = sizeof options.voice,
                  .language = speaker->options.language,
                  .voice = voice->voice,
                  .variant = voice->variant,
                  .rate_wpm = voice->rate_wpm,
                  .pitch = voice->pitch,
                  .pitch_range = voice->pitch_range},
        .rate_hz = speaker->options.rate_hz,
        .jobs = speaker->options.jobs,
        .start_deadline_ms =
            speaker->options.deadline_ms > 0 ? speaker->options.deadline_ms : START_DEADLINE_MS,
        .events = {.ready = on_ready, .result = on_result, .gone = on_gone, .context = speaker}};
    char *error = NULL;
    speaker->starts++;
    speaker->served = 0;
    speaker->worker = worker_new(&options, &error);
    if (!speaker->worker) {
        break_down(speaker, error);
        free(error);
    }
    return speaker->worker != NULL;
}

static int64_t deadline_of(const struct speaker *speaker, const struct utterance *utterance)
{
    if (speaker->options.deadline_ms > 0) {
        return speaker->options.deadline_ms;
    }
    return BASE_DEADLINE_MS + 2 * MS_PER_BYTE * (int64_t)strlen(utterance->pieces);
}

/* Returns false when it must wait. */
static bool send(struct speaker *speaker, struct utterance *utterance)
{
    int fd = cache_new_file(speaker->options.cache);
    if (fd < 0) {
        return false;
    }
    utterance->id = ++speaker->next_id;
    if (!worker_request(speaker->worker, utterance->id, utterance->pieces, utterance->emphasis,
                        deadline_of(speaker, utterance), fd)) {
        close(fd);
        return false;
    }
    utterance->fd = fd;
    *vec_push(&speaker->flying) = utterance;
    return true;
}

/* Sends what can be sent now. */
static void pump(struct speaker *speaker)
{
    size_t most = (size_t)speaker->options.jobs + AHEAD;
    while (speaker->next < speaker->queue.count && speaker->flying.count < most) {
        if (!start_worker(speaker) || !speaker->ready) {
            return;
        }
        struct utterance *next = speaker->queue.items[speaker->next++];
        if (look_up(speaker, next)) {
            continue;
        }
        if (send(speaker, next)) {
            continue;
        }
        if (speaker->flying.count == 0 && speaker->worker && errno != EPIPE) {
            finish(next, NULL, false, "there is nowhere to put the clip");
            continue;
        }
        speaker->next--; /* until something is done, or the worker is seen to be gone */
        return;
    }
    if (speaker->next == speaker->queue.count) {
        speaker->next = speaker->queue.count = 0;
    }
}

/* As it is written, but one line. malloc'ed. */
static char *one_line(const char *text)
{
    char *line = xstrdup(text + strspn(text, " \t\r\n"));
    size_t length = strlen(line);
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f) {
            line[i] = ' ';
        }
    }
    while (length > 0 && line[length - 1] == ' ') {
        line[--length] = '\0';
    }
    return line;
}

/* What the engine gets for the text, malloc'ed. */
static char *prepare(const struct speaker *speaker, const char *text)
{
    if (speaker->recorded) {
        return one_line(text);
    }
    char *spelled = dictionary_apply(speaker->dictionary, text);
    char *pieces = sanitize_pieces(spelled, speaker->options.language);
    free(spelled);
    return pieces;
}

static void enqueue(struct speaker *speaker, struct utterance *utterance)
{
    utterance->pieces = prepare(speaker, utterance->text);
    utterance->looked = false;
    utterance->tries = 0;
    utterance->fd = -1;
    if (utterance->pieces[0] == '\0') {
        finish(utterance, NULL, false, "there is nothing in the text that can be spoken");
    } else if (strlen(utterance->pieces) > PIECES_MOST) {
        finish(utterance, NULL, false, "the text is too long to be spoken at once");
    } else if (look_up(speaker, utterance)) {
        return;
    } else if (speaker->problem) {
        finish(utterance, NULL, false, speaker->problem);
    } else {
        *vec_push(&speaker->queue) = utterance;
    }
}

void speaker_say(struct speaker *speaker, struct utterance *utterance)
{
    enqueue(speaker, utterance);
    if (!speaker->calibrating) {
        speaker->calibrating = true;
        speaker->calibration =
            (struct utterance){.text = speaker_calibration_text(speaker->options.language),
                               .done = on_calibrated,
                               .context = speaker};
        enqueue(speaker, &speaker->calibration);
    }
    pump(speaker);
}

void speaker_warm_up(struct speaker *speaker)
{
    if (!speaker->fingerprint && !speaker->problem) {
        start_worker(speaker);
    }
}

/* --- beginning and end --- */

static void load_dictionary(struct speaker *speaker)
{
    const char *paths[DICTIONARIES_MOST];
    struct diags *diags = diags_new();
    size_t count = voices_dictionaries(speaker->options.voices, speaker->options.voice,
                                       speaker->options.language, paths, DICTIONARIES_MOST);
    speaker->dictionary = dictionary_load(paths, count, diags);
    struct place place;
    const char *message;
    for (size_t i = 0; diags_get(diags, i, NULL, &place, &message, NULL); i++) {
        log_warning("%s:%d: %s", place.source ? place.source->path : "?", place.line, message);
    }
    diags_destroy(diags);
}

static bool is_set(const char *const *pairs, const char *pair)
{
    size_t name = strcspn(pair, "=") + 1;
    for (; pairs && *pairs; pairs++) {
        if (strncmp(*pairs, pair, name) == 0) {
            return true;
        }
    }
    return false;
}

/* The options of the voice, those set for the plugin, which win, and the session's seed for an
 * engine that takes one and was not given it. */
static void merge_settings(struct speaker *speaker)
{
    const struct voice *voice = speaker->options.voice;
    const char *const *set = registry_settings(speaker->options.registry, voice->engine);
    VEC(const char *) merged = {0};
    for (size_t i = 0; voice->options && voice->options[i]; i++) {
        if (!is_set(set, voice->options[i])) {
            *vec_push(&merged) = voice->options[i];
        }
    }
    for (size_t i = 0; set && set[i]; i++) {
        *vec_push(&merged) = arena_strdup(speaker->arena, set[i]);
    }
    const char *seed =
        arena_printf(speaker->arena, "seed=%llu", (unsigned long long)speaker->options.seed);
    if (speaker->takes_seed && !is_set(voice->options, seed) && !is_set(set, seed)) {
        *vec_push(&merged) = seed;
    }
    *vec_push(&merged) = NULL;
    speaker->settings = vec_to_arena(&merged, speaker->arena);
}

/* What the engine says of itself. The one that most voices have is known without loading it. */
static void ask_engine(struct speaker *speaker)
{
    const char *engine = speaker->options.voice->engine;
    const struct limber_plugin_descriptor *about =
        strcmp(engine, VOICES_ENGINE) == 0
            ? NULL
            : registry_descriptor(speaker->options.registry, engine, NULL);
    speaker->recorded = about && about->flags & LIMBER_PLUGIN_RECORDED;
    for (const struct limber_option *option = about ? about->options : NULL; option && option->name;
         option++) {
        speaker->takes_seed |= strcmp(option->name, "seed") == 0;
    }
}

struct speaker *speaker_new(const struct speaker_options *options)
{
    struct speaker *speaker = xcalloc(1, sizeof *speaker);
    const char *engine = options->voice->engine;
    speaker->arena = arena_new();
    speaker->options = *options;
    speaker->loudness_lufs = NAN;
    speaker->engine_file = registry_file(options->registry, engine);
    load_dictionary(speaker);
    if (!speaker->engine_file) {
        struct str reason = {0};
        str_printf(&reason, "its engine, the plugin %s, is not installed", engine);
        break_down(speaker, str_text(&reason));
        str_free(&reason);
        return speaker;
    }
    ask_engine(speaker);
    speaker->calibrating = speaker->levelled = speaker->recorded;
    merge_settings(speaker);
    speaker->folder = folder_state(options->voice->folder, options->voice->dictionary);
    make_engine_key(speaker);
    speaker->fingerprint = cache_recall_engine(options->cache, speaker->engine_key);
    return speaker;
}

void speaker_destroy(struct speaker *speaker)
{
    if (!speaker) {
        return;
    }
    worker_destroy(speaker->worker);
    for (size_t i = 0; i < speaker->flying.count; i++) {
        close(speaker->flying.items[i]->fd);
        free(speaker->flying.items[i]->pieces);
    }
    for (size_t i = speaker->next; i < speaker->queue.count; i++) {
        free(speaker->queue.items[i]->pieces);
    }
    vec_free(&speaker->flying);
    vec_free(&speaker->queue);
    dictionary_destroy(speaker->dictionary);
    free(speaker->fingerprint);
    free(speaker->problem);
    arena_destroy(speaker->arena);
    free(speaker);
}

void speaker_set_late(struct speaker *speaker)
{
    speaker->late = true;
}

bool speaker_is_late(const struct speaker *speaker)
{
    return speaker->late;
}

bool speaker_has_spoken(const struct speaker *speaker)
{
    return speaker->spoken;
}

const struct voice *speaker_voice(const struct speaker *speaker)
{
    return speaker->options.voice;
}

const char *speaker_language(const struct speaker *speaker)
{
    return speaker->options.language;
}
