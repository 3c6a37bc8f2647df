/* SPDX-License-Identifier: GPL-3.0-or-later */
/* out_of_tree.c: uses the example plugins, built elsewhere, through the registry.
 * usage: plugins_out_of_tree FOLDER SCRATCH [ID]   (ID: only this one) */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "plugin/call.h"
#include "plugin/registry.h"
#include "plugin/threadcheck.h"

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static const char *scratch;
static struct registry *registry;

static char *in_scratch(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", scratch, name);
    return path;
}

static void set(const char *plugin, const char *option, const char *value)
{
    char *error = NULL;
    if (registry_set(registry, plugin, option, value, &error) != LIMBER_OK) {
        fprintf(stderr, "%s\n", error);
        exit(1);
    }
}

static struct plugin_instance *make(const char *id)
{
    char *error = NULL;
    struct plugin_instance *instance = registry_create(registry, id, &error);
    if (!instance) {
        fprintf(stderr, "%s\n", error);
        exit(1);
    }
    CHECK(strcmp(plugin_descriptor(instance)->license, "MIT") == 0);
    return instance;
}

/* --- what a plugin wrote --- */

struct pcm {
    float samples[1 << 18];
    size_t count, limit; /* limit: answers CANCELLED beyond it; 0: none */
    uint32_t rate_hz, channels;
    int64_t lead_frames;
    float peak;
};

static enum limber_status take(struct pcm *pcm, const float *samples, size_t count)
{
    CHECK(pcm->rate_hz > 0 && pcm->channels > 0); /* declared before the first samples */
    CHECK(pcm->count + count <= sizeof pcm->samples / sizeof *pcm->samples);
    if (pcm->limit > 0 && pcm->count + count > pcm->limit) {
        return LIMBER_CANCELLED;
    }
    for (size_t i = 0; i < count; i++) {
        CHECK(isfinite(samples[i]) && fabsf(samples[i]) <= 1);
        pcm->peak = fmaxf(pcm->peak, fabsf(samples[i]));
        pcm->samples[pcm->count++] = samples[i];
    }
    return LIMBER_OK;
}

static enum limber_status take_format(void *context, uint32_t rate_hz)
{
    struct pcm *pcm = context;
    CHECK(pcm->rate_hz == 0);
    pcm->rate_hz = rate_hz;
    pcm->channels = 1;
    return LIMBER_OK;
}

static enum limber_status take_speech(void *context, const float *samples, size_t count)
{
    return take(context, samples, count);
}

static enum limber_status take_info(void *context, const struct limber_sound_info *info)
{
    struct pcm *pcm = context;
    pcm->channels = info->channels;
    pcm->lead_frames = info->lead_frames;
    return LIMBER_OK;
}

static enum limber_status take_sound(void *context, const float *samples, int64_t frames)
{
    struct pcm *pcm = context;
    return take(pcm, samples, (size_t)frames * pcm->channels);
}

static struct pcm one, two;

/* --- speech --- */

static enum limber_status speak(struct plugin_instance *instance, const char *text, size_t limit,
                                struct pcm *pcm)
{
    struct limber_speech_writer writer = {
        .size = sizeof writer, .context = pcm, .format = take_format, .write = take_speech};
    memset(pcm, 0, sizeof *pcm);
    pcm->limit = limit;
    return call_speech_synthesize(instance, text, 0, &writer);
}

static bool see_voice(void *context, const char *name, const char *language)
{
    *(bool *)context = strcmp(name, "tones") == 0 && strcmp(language, "de") == 0;
    return false;
}

static void try_speech(void)
{
    struct limber_speech_voice voice = {.size = sizeof voice,
                                        .language = "de",
                                        .voice = "soprano",
                                        .rate_wpm = 200,
                                        .pitch = -1,
                                        .pitch_range = -1};
    set("speech-example", "base", "200");
    struct plugin_instance *instance = make("speech-example");
    bool seen = false;
    CHECK(call_speech_list_voices(instance, "de", see_voice, &seen) == LIMBER_OK && seen);
    CHECK(call_speech_prepare(instance, &voice) == LIMBER_NOT_FOUND);
    voice.voice = "tones";
    CHECK(call_speech_prepare(instance, &voice) == LIMBER_OK);
    CHECK(strstr(call_speech_fingerprint(instance), "200 Hz"));
    CHECK(speak(instance, "Arch, then round", 0, &one) == LIMBER_OK);
    CHECK(speak(instance, "Arch, then round", 0, &two) == LIMBER_OK);
    CHECK(one.rate_hz == 22050 && one.peak > 0.1f);
    CHECK(one.count == 16 * 1102); /* letters at 200 words of 6 letters a minute */
    CHECK(memcmp(&one, &two, sizeof one) == 0);
    CHECK(speak(instance, "Arch, then round", 4000, &two) == LIMBER_CANCELLED);
    CHECK(two.count <= 4000);
}

/* --- sounds --- */

static enum limber_status sound(struct plugin_instance *instance, const char *name, bool bed,
                                struct pcm *pcm)
{
    struct limber_sound_request request = {
        .size = sizeof request, .name = name, .rate_hz = 48000, .channels = 2, .bed = bed};
    struct limber_sound_writer writer = {
        .size = sizeof writer, .context = pcm, .info = take_info, .write = take_sound};
    memset(pcm, 0, sizeof *pcm);
    pcm->rate_hz = request.rate_hz;
    enum limber_status status = call_sound_render(instance, &request, &writer);
    CHECK(call_sound_has(instance, &request) == (status == LIMBER_OK));
    return status;
}

static bool see_sound(void *context, const char *name, bool bed, const char *help)
{
    int *counts = context;
    CHECK(*name && *help);
    counts[bed]++;
    return true;
}

static void try_sounds(void)
{
    struct plugin_instance *instance = make("sound-example");
    int counts[2] = {0};
    CHECK(call_sound_list(instance, NULL, see_sound, counts) == LIMBER_OK);
    CHECK(counts[false] == 2 && counts[true] == 1);
    CHECK(sound(instance, "knock", false, &one) == LIMBER_OK);
    CHECK(one.count == 12000 && one.channels == 1 && one.lead_frames == 12000 && one.peak > 0.1f);
    CHECK(one.samples[0] == 0 && fabsf(one.samples[one.count - 1]) < 0.001f);
    CHECK(sound(instance, "drop", false, &two) == LIMBER_OK);
    CHECK(two.count == 19200 && two.lead_frames == 9600);
    CHECK(sound(instance, "hum", true, &two) == LIMBER_OK && two.count == 96000);
    /* Seamless: the step from the last sample to the first is one like those around it. */
    float seam = fabsf(two.samples[0] - two.samples[two.count - 1]);
    CHECK(seam <= 1.2f * fabsf(two.samples[1] - two.samples[0]));
    CHECK(sound(instance, "hum", false, &two) == LIMBER_NOT_FOUND);
    CHECK(sound(instance, "gong", false, &two) == LIMBER_NOT_FOUND);
}

/* --- output --- */

static long size_of(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 ? (long)about.st_size : -1;
}

static void write_session(struct plugin_instance *instance, const char *target, bool keep)
{
    float samples[600];
    for (int i = 0; i < 600; i++) {
        samples[i] = (float)i / 600;
    }
    struct limber_output_request request = {.size = sizeof request,
                                            .rate_hz = 48000,
                                            .channels = 2,
                                            .target = target,
                                            .total_frames = 600};
    struct limber_output_stream stream;
    CHECK(!call_output_is_pull(instance));
    CHECK(call_output_open(instance, &request, NULL, &stream) == LIMBER_OK);
    CHECK(stream.channels == 2 && stream.latency_frames == 0 && !stream.live);
    CHECK(call_output_start(instance) == LIMBER_OK);
    threadcheck_set(THREAD_RENDER);
    CHECK(call_output_write(instance, samples, 300) == LIMBER_OK);
    CHECK(call_output_write(instance, samples, 300) == LIMBER_OK);
    threadcheck_set(THREAD_WORKER);
    CHECK(call_output_close(instance, keep) == LIMBER_OK);
}

static void try_output(void)
{
    threadcheck_set(THREAD_MAIN);
    char *path = strdup(in_scratch("session.f32")), *other = strdup(in_scratch("other.f32"));
    set("out-example", "file", path);
    struct plugin_instance *instance = make("out-example");
    threadcheck_set(THREAD_WORKER);
    write_session(instance, NULL, false);
    CHECK(size_of(path) == -1 && size_of(in_scratch("session.f32.part")) == -1);
    write_session(instance, NULL, true);
    write_session(instance, other, true);
    CHECK(size_of(path) == 1200 * 4 && size_of(other) == 1200 * 4);
    float samples[1200];
    FILE *file = fopen(path, "rb");
    CHECK(file && fread(samples, sizeof *samples, 1200, file) == 1200);
    fclose(file);
    for (int i = 0; i < 1200; i++) {
        CHECK(samples[i] == (float)(i % 600) / 600);
    }
    /* What cannot be opened is said, with its name. */
    struct limber_output_request request = {
        .size = sizeof request, .rate_hz = 48000, .channels = 1, .target = "/nonexistent/x"};
    struct limber_output_stream stream;
    CHECK(call_output_open(instance, &request, NULL, &stream) == LIMBER_IO);
    threadcheck_set(THREAD_MAIN);
    free(path);
    free(other);
}

/* --- control and observer --- */

static char commands[256];

static enum limber_status run(void *context, const char *line, char *answer, size_t answer_size)
{
    snprintf(answer, answer_size, "done");
    strcat(commands, line);
    strcat(commands, ";");
    return LIMBER_OK;
}

static uint32_t watch_fd(void *context, int fd, short events,
                         void (*ready)(void *user, int fd, short events), void *user)
{
    return loop_watch_fd(context, fd, events, ready, user);
}

static uint32_t add_timer(void *context, int64_t delay_ms, int64_t period_ms,
                          void (*fire)(void *user), void *user)
{
    return loop_add_timer(context, delay_ms, period_ms, fire, user);
}

static void remove_handle(void *context, uint32_t handle)
{
    loop_remove(context, handle);
}

static bool post(void *context, void (*call)(void *user), void *user)
{
    return loop_post(context, call, user);
}

static void try_control(void)
{
    struct plugin_instance *lonely = make("control-example");
    CHECK(call_control_start(lonely) == LIMBER_UNSUPPORTED); /* nothing lent yet */
    plugin_instance_destroy(registry, lonely);

    struct loop *loop = loop_new();
    struct limber_host_loop host_loop = {.size = sizeof host_loop,
                                         .context = loop,
                                         .watch_fd = watch_fd,
                                         .add_timer = add_timer,
                                         .remove = remove_handle,
                                         .post = post};
    struct limber_host_command host_command = {.size = sizeof host_command, .run = run};
    registry_lend(registry, LIMBER_HOST_LOOP_ID, &host_loop);
    registry_lend(registry, LIMBER_HOST_COMMAND_ID, &host_command);
    set("control-example", "fifo", in_scratch("fifo"));
    struct plugin_instance *instance = make("control-example");
    CHECK(call_control_start(instance) == LIMBER_OK);
    int fd = open(in_scratch("fifo"), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    CHECK(fd >= 0 && write(fd, "pause\n\nmore 1", 13) == 13);
    loop_step(loop, 5000);
    CHECK(strcmp(commands, "pause;") == 0); /* half a line waits for its end */
    CHECK(write(fd, "0s\nnext\n", 8) == 8);
    loop_step(loop, 5000);
    CHECK(strcmp(commands, "pause;more 10s;next;") == 0);
    close(fd);
    call_control_stop(instance);
    CHECK(size_of(in_scratch("fifo")) == -1);
    plugin_instance_destroy(registry, instance);
    loop_destroy(loop);
}

static void try_observer(void)
{
    set("observer-example", "file", in_scratch("events.txt"));
    set("observer-example", "cues", "off");
    struct plugin_instance *instance = make("observer-example");
    struct limber_snapshot snapshot = {.size = sizeof snapshot,
                                       .title = "Desk break",
                                       .move = "Side stretch",
                                       .side = "left",
                                       .text = "Reach up.",
                                       .bout = "",
                                       .rate_hz = 48000};
    call_observer_event(instance, LIMBER_EVENT_STARTED, &snapshot);
    snapshot.position_frames = 48000 * 12 + 48 * 345;
    call_observer_event(instance, LIMBER_EVENT_CUE, &snapshot); /* off */
    call_observer_event(instance, LIMBER_EVENT_PAUSED, &snapshot);
    call_observer_event(instance, (enum limber_event)99, &snapshot); /* of a newer host */
    plugin_instance_destroy(registry, instance);
    char text[256] = "";
    FILE *file = fopen(in_scratch("events.txt"), "r");
    CHECK(file && fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    CHECK(strcmp(text, "0.000 s  started   Desk break\n"
                       "12.345 s  paused    Side stretch: Reach up.\n") == 0);
}

static const struct {
    const char *id;
    void (*act)(void);
} TRIES[] = {
    {"speech-example", try_speech},     {"sound-example", try_sounds},
    {"out-example", try_output},        {"control-example", try_control},
    {"observer-example", try_observer},
};

static void see_item(void *context, const struct registry_item *item)
{
    if (item->problem) {
        fprintf(stderr, "%s: %s\n", item->file, item->problem);
        exit(1);
    }
    ++*(size_t *)context;
}

int main(int argc, char **argv)
{
    CHECK(argc >= 3);
    scratch = argv[2];
    setenv("XDG_DATA_HOME", "/nonexistent", 1);
    setenv("LIMBER_LIBEXEC_DIR", scratch, 1); /* whose folder "plugins" is empty */
    unsetenv("LIMBER_PLUGIN_PATH");
    registry = registry_new(&(struct registry_options){.path = argv[1]});
    size_t used = 0, listed = 0;
    for (size_t i = 0; i < sizeof TRIES / sizeof *TRIES; i++) {
        if (argc < 4 || strcmp(argv[3], TRIES[i].id) == 0) {
            TRIES[i].act();
            used++;
        }
    }
    registry_each(registry, see_item, &listed);
    CHECK(listed == used); /* each file there is one that was used */
    registry_destroy(registry);
    printf("%zu plugins loaded and used\n", used);
    return used == 0;
}
