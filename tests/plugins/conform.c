/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conform.c: every plugin of the project against the public headers, both ways: as a file, and
 * built into the program. What a kind of plugin promises is tried on all of that kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <inttypes.h>
#include <math.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "plugin/call.h"
#include "plugin/registry.h"
#include "plugin/threadcheck.h"

#define FOLDER BINARY_DIR "/lib/limber/plugins"
#define MOST   64

/* One plugin, one way. */
struct subject {
    char id[64];
    bool built_in;
    const struct limber_plugin_descriptor *about;
};

static struct subject subjects[MOST];
static size_t subject_count;
static const struct subject *current;
static char tmp[64];

/* A failure names the plugin. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fail_msg("%s (%s): line %d: not so: %s", current->id,                                  \
                     current->built_in ? "built in" : "file", __LINE__, #condition);               \
        }                                                                                          \
    } while (0)

static struct registry *open_registry(bool built_in)
{
    return registry_new(
        &(struct registry_options){.path = built_in ? NULL : FOLDER,
                                   .builtin = built_in ? limber_builtin_plugins : NULL,
                                   .no_probe = true});
}

static struct plugin_instance *make(struct registry *registry)
{
    char *error = NULL;
    struct plugin_instance *instance = registry_create(registry, current->id, &error);
    if (!instance) {
        fail_msg("%s (%s): %s", current->id, current->built_in ? "built in" : "file", error);
    }
    return instance;
}

static bool offers(const char *interface)
{
    for (const char *const *id = current->about->interfaces; *id; id++) {
        if (strcmp(*id, interface) == 0) {
            return true;
        }
    }
    return false;
}

#define EACH_SUBJECT                                                                               \
    for (current = subjects; current < subjects + subject_count; current++)                        \
        if (is_wanted())

static bool is_wanted(void)
{
    const char *only = getenv("LIMBER_CONFORM_ONLY"); /* an id, while one works on it */
    return !only || strcmp(only, current->id) == 0;
}

static void add_subject(void *context, const struct registry_item *item)
{
    if (item->problem) {
        fail_msg("%s: %s", item->id, item->problem);
    }
    assert_true(subject_count < MOST);
    struct subject *subject = &subjects[subject_count++];
    snprintf(subject->id, sizeof subject->id, "%s", item->id);
    subject->built_in = !item->file;
    subject->about = item->descriptor;
}

static int find_subjects(void **state)
{
    setenv("XDG_DATA_HOME", "/nonexistent", 1);
    setenv("LIMBER_LIBEXEC_DIR", BINARY_DIR "/tests/empty", 1);
    mkdir(BINARY_DIR "/tests/empty", 0755);
    mkdir(BINARY_DIR "/tests/empty/plugins", 0755);
    unsetenv("LIMBER_PLUGIN_PATH");
    strcpy(tmp, "/tmp/limber-test-XXXXXX");
    assert_non_null(mkdtemp(tmp));
    for (int built_in = 0; built_in < 2; built_in++) {
        struct registry *registry = open_registry(built_in);
        registry_each(registry, add_subject, NULL);
        registry_destroy(registry);
    }
    assert_true(subject_count > 0);
    return 0;
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *ftw)
{
    return remove(path);
}

static int forget_subjects(void **state)
{
    return nftw(tmp, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- all kinds --- */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void both_ways_describe_the_same(void **state)
{
    size_t pairs = 0;
    EACH_SUBJECT
    {
        for (const struct subject *other = subjects; other < current; other++) {
            if (strcmp(other->id, current->id) != 0) {
                continue;
            }
            const struct limber_plugin_descriptor *a = current->about, *b = other->about;
            CHECK(a != b); /* really two */
            CHECK(same_text(a->name, b->name) && same_text(a->version, b->version));
            CHECK(a->flags == b->flags);
            const struct limber_option *option = a->options, *twin = b->options;
            for (; option && option->name; option++, twin++) {
                CHECK(same_text(option->name, twin->name));
                CHECK(same_text(option->fallback, twin->fallback));
            }
            pairs++;
        }
    }
    if (!getenv("LIMBER_CONFORM_ONLY")) {
        size_t built_in = 0;
        while (limber_builtin_plugins[built_in]) {
            built_in++;
        }
        assert_int_equal(pairs, built_in); /* each is there as a file too */
    }
}

static void descriptions_read_well(void **state)
{
    EACH_SUBJECT
    {
        const char *description = current->about->description;
        CHECK(!strchr(description, '\n') && strlen(description) <= 80);
        for (const struct limber_option *option = current->about->options; option && option->name;
             option++) {
            CHECK(!strchr(option->help, '\n') && option->help[strlen(option->help) - 1] != '.');
        }
    }
}

static void instances_come_and_go(void **state)
{
    EACH_SUBJECT
    {
        struct registry *registry = open_registry(current->built_in);
        bool single = current->about->flags & LIMBER_PLUGIN_SINGLETON;
        for (int i = 0; i < 3; i++) {
            struct plugin_instance *first = make(registry);
            struct plugin_instance *second = single ? NULL : make(registry);
            CHECK(!plugin_interface(first, "limber.nothing/1", NULL));
            plugin_instance_destroy(registry, first);
            plugin_instance_destroy(registry, second);
        }
        registry_destroy(registry);
    }
}

static void try_value(const struct limber_option *option, const char *value)
{
    struct registry *registry = open_registry(current->built_in);
    char *error = NULL;
    enum limber_status status = registry_set(registry, current->id, option->name, value, &error);
    if (status != LIMBER_OK) {
        fail_msg("%s", error);
    }
    make(registry);
    registry_destroy(registry);
}

/* What the table allows, create() takes. Texts and paths may mean more than a table can say. */
static void allowed_values_are_taken(void **state)
{
    EACH_SUBJECT
    {
        for (const struct limber_option *option = current->about->options; option && option->name;
             option++) {
            char value[32];
            const double ends[] = {option->minimum, option->maximum};
            switch (option->type) {
            case LIMBER_OPTION_BOOL:
                try_value(option, "yes");
                try_value(option, "no");
                break;
            case LIMBER_OPTION_CHOICE:
                for (const char *const *choice = option->choices; *choice; choice++) {
                    try_value(option, *choice);
                }
                break;
            case LIMBER_OPTION_INT:
            case LIMBER_OPTION_NUMBER:
                for (int i = 0; i < 2 && option->minimum != option->maximum; i++) {
                    snprintf(value, sizeof value, "%" PRId64, (int64_t)ends[i]);
                    try_value(option, value);
                }
                break;
            default:
                break;
            }
        }
    }
}

/* --- sounds --- */

struct pcm {
    struct hash hash;
    int64_t frames, stop_after; /* stop_after ≥ 0: cancels there */
    uint32_t rate_hz, channels, most_channels;
    bool declared, sane;
    float peak, first[2], last[2];
};

static enum limber_status take(struct pcm *pcm, const float *samples, int64_t frames)
{
    pcm->sane = pcm->sane && pcm->declared && frames >= 0;
    if (pcm->stop_after >= 0 && pcm->frames >= pcm->stop_after) {
        return LIMBER_CANCELLED;
    }
    for (int64_t i = 0; i < frames * pcm->channels; i++) {
        pcm->sane = pcm->sane && isfinite(samples[i]) && fabsf(samples[i]) <= 1;
        pcm->peak = fmaxf(pcm->peak, fabsf(samples[i]));
    }
    for (uint32_t c = 0; c < pcm->channels && frames > 0; c++) {
        if (pcm->frames == 0) {
            pcm->first[c] = samples[c];
        }
        pcm->last[c] = samples[(frames - 1) * pcm->channels + c];
    }
    hash_bytes(&pcm->hash, samples, (size_t)frames * pcm->channels * sizeof *samples);
    pcm->frames += frames;
    return LIMBER_OK;
}

static enum limber_status take_info(void *context, const struct limber_sound_info *info)
{
    struct pcm *pcm = context;
    pcm->sane = pcm->sane && !pcm->declared && info->channels >= 1 &&
                info->channels <= pcm->most_channels && info->lead_frames >= 0;
    pcm->declared = true;
    pcm->channels = info->channels == 2 ? 2 : 1;
    return LIMBER_OK;
}

static enum limber_status take_sound(void *context, const float *samples, int64_t frames)
{
    return take(context, samples, frames);
}

struct wish {
    const char *name;
    uint32_t rate_hz, channels;
    int64_t frames;
    bool bed;
};

static enum limber_status render(struct plugin_instance *instance, const struct wish *wish,
                                 int64_t stop_after, struct pcm *pcm)
{
    struct limber_sound_request request = {.size = sizeof request,
                                           .name = wish->name,
                                           .rate_hz = wish->rate_hz,
                                           .channels = wish->channels,
                                           .frames = wish->frames,
                                           .bed = wish->bed};
    struct limber_sound_writer writer = {
        .size = sizeof writer, .context = pcm, .info = take_info, .write = take_sound};
    *pcm = (struct pcm){.hash = hash_new(),
                        .stop_after = stop_after,
                        .most_channels = wish->channels,
                        .channels = 1,
                        .sane = true};
    enum limber_status status = call_sound_render(instance, &request, &writer);
    CHECK(call_sound_has(instance, &request) == (status != LIMBER_NOT_FOUND));
    CHECK(pcm->sane);
    return status;
}

struct names {
    struct {
        char name[64];
        bool bed;
    } items[MOST];
    size_t count;
};

static bool add_name(void *context, const char *name, bool bed, const char *help)
{
    struct names *names = context;
    CHECK(names->count < MOST && help && *help);
    snprintf(names->items[names->count].name, sizeof names->items->name, "%s", name);
    names->items[names->count++].bed = bed;
    return true;
}

static bool stop_at_once(void *context, const char *name, bool bed, const char *help)
{
    ++*(int *)context;
    return false;
}

static void try_sound(struct plugin_instance *instance, const struct wish *wish)
{
    struct pcm once, again, cut;
    CHECK(render(instance, wish, -1, &once) == LIMBER_OK);
    CHECK(once.frames > 0 && once.peak > 0.001f);
    CHECK(render(instance, wish, -1, &again) == LIMBER_OK);
    CHECK(hash_64(&once.hash) == hash_64(&again.hash) && once.frames == again.frames);
    CHECK(render(instance, wish, 0, &cut) == LIMBER_CANCELLED);
    for (uint32_t c = 0; c < once.channels && !wish->bed;
         c++) { /* starts and ends without a click */
        CHECK(fabsf(once.first[c]) < 0.02f && fabsf(once.last[c]) < 0.02f);
    }
}

static void sounds_are_what_they_promise(void **state)
{
    EACH_SUBJECT
    {
        if (!offers(LIMBER_SOUND_ID)) {
            continue;
        }
        struct registry *registry = open_registry(current->built_in);
        struct plugin_instance *instance = make(registry);
        struct names names = {0};
        CHECK(call_sound_list(instance, NULL, add_name, &names) == LIMBER_OK);
        int calls = 0;
        call_sound_list(instance, NULL, stop_at_once, &calls);
        CHECK(calls == (names.count > 0));
        for (size_t i = 0; i < names.count; i++) {
            bool bed = names.items[i].bed;
            try_sound(instance,
                      &(struct wish){names.items[i].name, 48000, 2, bed ? 0 : 96000, bed});
            try_sound(instance, &(struct wish){names.items[i].name, 22050, 1, 0, bed});
        }
        struct pcm pcm;
        const struct wish unknown = {.name = "no-such-sound", .rate_hz = 48000, .channels = 1};
        CHECK(render(instance, &unknown, -1, &pcm) == LIMBER_NOT_FOUND && pcm.frames == 0);
        registry_destroy(registry);
    }
}

static uint64_t theme_hash(void)
{
    struct registry *registry = open_registry(current->built_in);
    struct plugin_instance *instance = make(registry);
    struct names names = {0};
    struct hash hash = hash_new();
    call_sound_list(instance, NULL, add_name, &names);
    for (size_t i = 0; i < names.count; i++) {
        struct pcm pcm;
        render(instance, &(struct wish){names.items[i].name, 48000, 2, 48000, names.items[i].bed},
               -1, &pcm);
        hash_int(&hash, (int64_t)hash_64(&pcm.hash));
    }
    registry_destroy(registry);
    return hash_64(&hash);
}

static void sounds_are_the_same_both_ways(void **state)
{
    uint64_t hashes[MOST] = {0};
    EACH_SUBJECT
    {
        if (!offers(LIMBER_SOUND_ID)) {
            continue;
        }
        hashes[current - subjects] = theme_hash();
        for (const struct subject *other = subjects; other < current; other++) {
            if (strcmp(other->id, current->id) == 0) {
                CHECK(hashes[other - subjects] == hashes[current - subjects]);
            }
        }
    }
}

/* --- outputs --- */

struct pulled {
    _Atomic int64_t frames;
    int64_t enough;
    sem_t reached;
    uint32_t channels;
};

static int64_t pull(void *context, float *samples, int64_t frames)
{
    struct pulled *pulled = context;
    memset(samples, 0, (size_t)frames * pulled->channels * sizeof *samples);
    int64_t before = pulled->frames;
    pulled->frames += frames;
    if (before < pulled->enough && before + frames >= pulled->enough) {
        sem_post(&pulled->reached);
    }
    return frames;
}

static void wait_frames(void *context, int64_t frames, int timeout_ms)
{
}

static void lost(void *context, const char *reason)
{
}

static void try_pull(struct plugin_instance *instance)
{
    struct pulled pulled = {.enough = 48000, .channels = 1};
    assert_int_equal(sem_init(&pulled.reached, 0, 0), 0);
    struct limber_output_request request = {
        .size = sizeof request, .rate_hz = 48000, .channels = 1, .total_frames = -1};
    struct limber_output_source source = {
        .size = sizeof source, .context = &pulled, .pull = pull, .wait = wait_frames, .lost = lost};
    struct limber_output_stream stream;
    CHECK(call_output_open(instance, &request, &source, &stream) == LIMBER_OK);
    CHECK(stream.channels >= 1 && stream.channels <= 2 && stream.latency_frames >= 0);
    CHECK(pulled.frames == 0); /* not before start() */
    pulled.channels = stream.channels;
    CHECK(call_output_start(instance) == LIMBER_OK);
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 30;
    CHECK(sem_timedwait(&pulled.reached, &end) == 0);
    CHECK(call_output_latency(instance, 0) >= 0);
    CHECK(call_output_close(instance, false) == LIMBER_OK);
    CHECK(pulled.frames >= pulled.enough);
    sem_destroy(&pulled.reached);
}

static void write_file(struct plugin_instance *instance, const char *path, bool keep)
{
    static float samples[4800 * 2];
    for (size_t i = 0; i < 4800 * 2; i++) {
        samples[i] = 0.25f * sinf((float)i * 0.05f);
    }
    struct limber_output_request request = {.size = sizeof request,
                                            .rate_hz = 48000,
                                            .channels = 2,
                                            .target = path,
                                            .title = "Conform",
                                            .total_frames = 9600};
    struct limber_output_stream stream;
    CHECK(call_output_open(instance, &request, NULL, &stream) == LIMBER_OK);
    CHECK(stream.channels == 2 && !stream.live && stream.drain_frames == 0);
    CHECK(access(path, F_OK) != 0); /* nothing under the final name before it is complete */
    CHECK(call_output_start(instance) == LIMBER_OK);
    threadcheck_set(THREAD_RENDER);
    CHECK(call_output_write(instance, samples, 4800) == LIMBER_OK);
    CHECK(call_output_write(instance, samples, 4800) == LIMBER_OK);
    threadcheck_set(THREAD_WORKER);
    CHECK(call_output_close(instance, keep) == LIMBER_OK);
}

static int count_file(const char *path, const struct stat *about, int type, struct FTW *ftw)
{
    return type == FTW_F ? 1 : 0; /* ends the walk with 1 at the first file */
}

static void try_push(struct plugin_instance *instance)
{
    char path[128];
    struct stat about;
    snprintf(path, sizeof path, "%s/session.wav", tmp);
    write_file(instance, path, false);
    CHECK(nftw(tmp, count_file, 16, FTW_PHYS) == 0); /* nothing is left behind, nor a temporary */
    write_file(instance, path, true);
    CHECK(stat(path, &about) == 0 && about.st_size >= 9600);
    CHECK(remove(path) == 0);
    CHECK(nftw(tmp, count_file, 16, FTW_PHYS) == 0);
    struct limber_output_request request = {.size = sizeof request,
                                            .rate_hz = 48000,
                                            .channels = 1,
                                            .target = "/nonexistent/folder/session.wav",
                                            .total_frames = -1};
    struct limber_output_stream stream;
    CHECK(call_output_open(instance, &request, NULL, &stream) != LIMBER_OK);
}

static bool needs_a_world(const char *id)
{
    return strcmp(id, "out-portaudio") == 0 || strcmp(id, "out-alsa") == 0 ||
           strcmp(id, "out-pipe") == 0;
}

static void outputs_take_what_they_get(void **state)
{
    EACH_SUBJECT
    {
        if (!offers(LIMBER_OUTPUT_ID) || needs_a_world(current->id)) {
            continue; /* they have tests of their own, against sound systems and readers */
        }
        struct registry *registry = open_registry(current->built_in);
        struct plugin_instance *instance = make(registry);
        threadcheck_set(THREAD_WORKER);
        for (int i = 0; i < 2; i++) { /* it can be opened again */
            if (call_output_is_pull(instance)) {
                try_pull(instance);
            } else {
                try_push(instance);
            }
        }
        threadcheck_set(THREAD_MAIN);
        registry_destroy(registry);
    }
}

/* --- speech: each utterance in a process of its own, as the worker program does --- */

static enum limber_status take_format(void *context, uint32_t rate_hz)
{
    struct pcm *pcm = context;
    pcm->sane = pcm->sane && !pcm->declared && rate_hz >= 8000 && rate_hz <= 192000;
    pcm->declared = true;
    pcm->rate_hz = rate_hz;
    return LIMBER_OK;
}

static enum limber_status take_speech(void *context, const float *samples, size_t count)
{
    return take(context, samples, (int64_t)count);
}

struct utterance {
    const char *voice, *text;
    int64_t stop_after;
    /* results, in memory shared with the child */
    enum limber_status prepared, spoken;
    struct pcm pcm;
    uint64_t fingerprint;
};

/* A recorded voice says what is in the folder of the voice: one clip, 1.5 s. */
static void go_to_recordings(const char *text)
{
    unsigned char wav[44 + 24000] = "RIFF\xE4\x5D\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1F\0\0\x80\x3E"
                                    "\0\0\2\0\x10\0data\xC0\x5D\0";
    for (size_t i = 45; i < sizeof wav; i += 2) {
        wav[i] = i % 64 < 32 ? 0x20 : 0xE0;
    }
    if (chdir(tmp) != 0) {
        _exit(2);
    }
    FILE *table = fopen("clips.csv", "w"), *clip = fopen("a.wav", "wb");
    fprintf(table, "text,file\n\"%s\",a.wav\n", text);
    fwrite(wav, 1, sizeof wav, clip);
    if (fclose(table) != 0 || fclose(clip) != 0) {
        _exit(2);
    }
}

/* The plugin of any program needs one: that gives it the recording. (A file that is an argument of
 * its own would count, and is a new one each time.) */
static bool runs_programs(void)
{
    return strcmp(current->id, "speech-command") == 0;
}

static void speak_here(struct utterance *utterance)
{
    if ((current->about->flags & LIMBER_PLUGIN_RECORDED) || runs_programs()) {
        go_to_recordings(utterance->text);
    }
    struct registry *registry = open_registry(current->built_in);
    char *error = NULL;
    if (runs_programs()) {
        registry_set(registry, current->id, "command", "sh\n-c\ncat a.wav", &error);
    }
    struct plugin_instance *instance = registry_create(registry, current->id, &error);
    if (!instance) {
        return;
    }
    struct limber_speech_voice voice = {.size = sizeof voice,
                                        .language = "en",
                                        .voice = utterance->voice,
                                        .pitch = -1,
                                        .pitch_range = -1};
    utterance->prepared = call_speech_prepare(instance, &voice);
    if (utterance->prepared != LIMBER_OK) {
        return;
    }
    struct hash hash = hash_new();
    hash_text(&hash, call_speech_fingerprint(instance));
    utterance->fingerprint = hash_64(&hash);
    utterance->pcm = (struct pcm){
        .hash = hash_new(), .stop_after = utterance->stop_after, .channels = 1, .sane = true};
    struct limber_speech_writer writer = {.size = sizeof writer,
                                          .context = &utterance->pcm,
                                          .format = take_format,
                                          .write = take_speech};
    utterance->spoken = call_speech_synthesize(instance, utterance->text, 0, &writer);
    registry_destroy(registry);
}

static struct utterance speak(const char *voice, const char *text, int64_t stop_after)
{
    struct utterance *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared, MAP_FAILED);
    *shared = (struct utterance){.voice = voice,
                                 .text = text,
                                 .stop_after = stop_after,
                                 .prepared = LIMBER_LOST,
                                 .spoken = LIMBER_LOST};
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        speak_here(shared);
        _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
    struct utterance result = *shared;
    munmap(shared, sizeof *shared);
    return result;
}

/* What speaks with something that is not here; tests/voice has stand-ins for it. */
static bool needs_more(void)
{
    return strcmp(current->id, "speech-wyoming") == 0 ||
           (strcmp(current->id, "speech-dispatcher") == 0 &&
            access("/usr/lib/speech-dispatcher-modules/sd_espeak-ng", X_OK) != 0);
}

static void speech_is_what_it_promises(void **state)
{
    EACH_SUBJECT
    {
        if (!offers(LIMBER_SPEECH_ID) || needs_more()) {
            continue;
        }
        const char *text = "Breathe in, and reach your left arm overhead.";
        struct utterance once = speak(NULL, text, -1), again = speak(NULL, text, -1);
        CHECK(once.prepared == LIMBER_OK && once.spoken == LIMBER_OK && once.pcm.sane);
        CHECK(once.pcm.frames > once.pcm.rate_hz && once.pcm.peak > 0.01f); /* over a second */
        CHECK(once.fingerprint == again.fingerprint);
        if (current->about->flags & LIMBER_PLUGIN_DETERMINISTIC) {
            CHECK(hash_64(&once.pcm.hash) == hash_64(&again.pcm.hash));
        }
        struct utterance cut = speak(NULL, text, 1000);
        CHECK(cut.spoken == LIMBER_CANCELLED && cut.pcm.frames < once.pcm.frames);
        /* A voice that does not exist is refused, never replaced. */
        CHECK(speak("no-such-voice-at-all", text, -1).prepared == LIMBER_NOT_FOUND);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_describe_the_same),
        cmocka_unit_test(descriptions_read_well),
        cmocka_unit_test(instances_come_and_go),
        cmocka_unit_test(allowed_values_are_taken),
        cmocka_unit_test(sounds_are_what_they_promise),
        cmocka_unit_test(sounds_are_the_same_both_ways),
        cmocka_unit_test(outputs_take_what_they_get),
        cmocka_unit_test(speech_is_what_it_promises),
    };
    return cmocka_run_group_tests(tests, find_subjects, forget_subjects);
}
