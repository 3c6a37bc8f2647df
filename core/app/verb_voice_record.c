/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_voice_record.c: sentence by sentence, from a microphone into a voice. Here is what goes
 * between the machine (studio/record.h), the microphone (studio/capture.h), the keyboard and the
 * terminal. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/keyboard.h"
#include "app/prompter.h"
#include "app/verbs.h"
#include "app/voicework.h"
#include "audio/process.h"
#include "base/log.h"
#include "session/audition.h"
#include "session/casting.h"
#include "session/theme.h"
#include "studio/capture.h"
#include "studio/reel.h"

#define CHUNK            2048
#define STATUS_HZ        20 /* how often the level is drawn */
#define LISTEN_PEAK      (-1.0)
#define SECONDS_OF(time) ((double)(time) / NSEC_PER_SEC)

struct booth {
    struct voicework work;
    struct reel reel;
    struct record *record;
    struct capture *capture;
    struct prompter *prompter;
    struct keyboard keyboard;
    int signal_fd;
    struct theme *theme;
    struct cast *cast;
    const char *output;
    enum capture_state shown; /* of the microphone, as told */
    size_t undrawn;           /* samples since the level was drawn */
    bool mute;                /* there is no output, and it was said */
    bool no_keys;             /* standard input ended */
    bool quit;                /* before there was a microphone, or by a signal */
};

/* --- sounds --- */

static struct session_host host_of(struct booth *booth)
{
    struct app *app = &booth->work.app;
    return (struct session_host){.loop = app->loop, .registry = app->registry, .diags = app->diags};
}

/* Plays to the end; the loop is served meanwhile. */
static bool play(struct booth *booth, const struct recital_item *items, size_t count)
{
    const struct session_host host = host_of(booth);
    const struct audition_options options = {.host = &host,
                                             .output = booth->output,
                                             .title = booth->work.voice->name,
                                             .rate_hz = SESSION_RATE_HZ,
                                             .lead_in = -1};
    char *error = NULL;
    if (booth->mute)
        return false;
    booth->mute = audition_play(&options, items, count, &error) != LIMBER_OK;
    if (booth->mute)
        prompter_say(booth->prompter, "No sound: %s.", error ? error : "the output cannot be used");
    free(error);
    return !booth->mute;
}

/* The take as it will be heard: at the loudness of all voices. */
static void play_take(struct booth *booth)
{
    const struct record_take *take = record_take(booth->record);
    float *samples = NULL;
    frames length = 0;
    if (process_resample(take->samples, (frames)take->count, 1, take->rate_hz, SESSION_RATE_HZ,
                         &samples, &length) != LIMBER_OK)
        return;
    struct clip *clip = clip_adopt(samples, length, 1, SESSION_RATE_HZ);
    double gain_db = isfinite(take->measure.lufs) ? CAST_TARGET_LUFS - take->measure.lufs : 0;
    double room_db = LISTEN_PEAK - db_from_gain(clip->peak);
    const struct recital_item item = {
        .clip = clip, .gain = gain_from_db(fmin(gain_db, room_db)), .words = true};
    play(booth, &item, 1);
    clip_destroy(clip);
}

/* The sentence by another voice; false: it cannot be said. */
static bool voice_sentence(struct booth *booth, struct recital_item *item)
{
    const struct sheet_line *line = &booth->reel.lines[record_at(booth->record)];
    if (!booth->cast) {
        const struct session_host host = host_of(booth);
        const struct casting casting = {.language = booth->work.language,
                                        .rate_hz = SESSION_RATE_HZ};
        char *error = NULL;
        enum limber_status status =
            casting_new(&host, &casting, booth->work.app.arena, &booth->cast, &error);
        free(error);
        if (status != LIMBER_OK)
            return false;
    }
    uint32_t id = cast_request(booth->cast, line->example ? line->example : line->text,
                               booth->work.language, 0);
    cast_wait(booth->cast, id);
    *item = (struct recital_item){
        .clip = cast_clip(booth->cast, id), .gain = cast_gain(booth->cast, id), .words = true};
    return true;
}

static void give_cue(struct booth *booth)
{
    const struct request *request = booth->work.app.request;
    struct recital_item items[2];
    size_t count = 0;
    if ((request->prompt || !request->hands_free) && !booth->mute)
        count += voice_sentence(booth, &items[count]);
    if (request->hands_free)
        items[count++] =
            (struct recital_item){.clip = theme_sound(booth->theme, "tick", 0), .gain = 1};
    if (count > 0 && !play(booth, items, count) && request->hands_free)
        prompter_say(booth->prompter, "Now.\a");
}

/* --- what the machine asks for --- */

static void keep(struct booth *booth)
{
    struct voicework *work = &booth->work;
    char *error = NULL;
    bool kept = reel_keep(work->app.registry, work->pack, &booth->reel, record_at(booth->record),
                          record_take(booth->record), &error) == LIMBER_OK;
    if (kept)
        prompter_say(booth->prompter, "Kept.");
    else
        prompter_say(booth->prompter,
                     "Not kept: %s. Make room and press enter again, or q to stop.",
                     error ? error : "it could not be written");
    free(error);
    record_kept(booth->record, kept);
}

static void tell_room(struct booth *booth)
{
    double room_db = record_room_db(booth->record);
    const char *words = record_room_words(room_db);
    if (isfinite(room_db))
        prompter_say(booth->prompter, "%s (Noise: %.0f dB.)", words, room_db);
    else
        prompter_say(booth->prompter, "%s", words);
}

static void show(struct booth *booth)
{
    prompter_show(booth->prompter, &booth->reel.lines[record_at(booth->record)], booth->reel.count);
    prompter_keys(booth->prompter, booth->record);
}

static void act(struct booth *booth, enum record_action action)
{
    bool hands_free = booth->work.app.request->hands_free;
    switch (action) {
    case RECORD_TELL_ROOM:
        tell_room(booth);
        break;
    case RECORD_SHOW:
        show(booth);
        break;
    case RECORD_CUE:
        give_cue(booth);
        record_done(booth->record);
        if (record_state(booth->record) == RECORD_READY)
            prompter_keys(booth->prompter, booth->record);
        break;
    case RECORD_BEGAN:
        prompter_say(booth->prompter, hands_free ? "Speak." : "Recording: speak.");
        prompter_keys(booth->prompter, booth->record);
        break;
    case RECORD_ENDED:
        prompter_take(booth->prompter, record_take(booth->record));
        prompter_keys(booth->prompter, booth->record);
        break;
    case RECORD_DROPPED:
        prompter_say(booth->prompter, "Dropped.");
        prompter_keys(booth->prompter, booth->record);
        break;
    case RECORD_LISTEN:
        play_take(booth);
        record_done(booth->record);
        prompter_keys(booth->prompter, booth->record);
        break;
    case RECORD_KEEP:
        keep(booth);
        break;
    default:
        break;
    }
}

static void act_all(struct booth *booth)
{
    enum record_action action;
    while (booth->record && (action = record_next(booth->record)) != RECORD_NOTHING)
        act(booth, action);
}

/* --- the microphone --- */

static void begin(struct booth *booth)
{
    const struct request *request = booth->work.app.request;
    const struct record_options options = {.count = booth->reel.count,
                                           .first = request->from ? (size_t)request->from - 1 : 0,
                                           .expected = booth->reel.expected,
                                           .rate_hz = capture_rate(booth->capture),
                                           .hands_free = request->hands_free,
                                           .spoken = request->prompt};
    booth->record = record_new(&options);
    prompter_say(booth->prompter, "%zu sentence%s. First the room: please be quiet for a moment.",
                 booth->reel.count, booth->reel.count == 1 ? "" : "s");
}

static void device_changed(struct booth *booth, enum capture_state state)
{
    if (state == CAPTURE_RUNNING && !booth->record) {
        begin(booth);
    } else if (state == CAPTURE_RUNNING) {
        record_lost(booth->record, capture_rate(booth->capture));
        prompter_say(booth->prompter, "The microphone is back.");
        prompter_keys(booth->prompter, booth->record);
    } else if (state == CAPTURE_LOST && booth->record) {
        record_lost(booth->record, capture_rate(booth->capture));
        prompter_say(booth->prompter, "The microphone has gone. What was kept is safe; it goes on "
                                      "when the microphone is back. q quits.");
    }
    booth->shown = state;
}

static void draw_level(struct booth *booth, size_t count)
{
    booth->undrawn += count;
    if (booth->undrawn * STATUS_HZ < capture_rate(booth->capture))
        return;
    booth->undrawn = 0;
    prompter_status(booth->prompter, booth->record);
}

static void samples_came(void *context)
{
    struct booth *booth = context;
    float samples[CHUNK];
    size_t count = 0;
    enum capture_state state = capture_state(booth->capture);
    if (state != booth->shown)
        device_changed(booth, state);
    if (capture_gap(booth->capture) && booth->record)
        record_gap(booth->record);
    while ((count = capture_read(booth->capture, samples, CHUNK)) > 0) {
        if (!booth->record || state != CAPTURE_RUNNING)
            continue;
        record_feed(booth->record, samples, count);
        draw_level(booth, count);
    }
}

/* --- the person --- */

static void help(struct booth *booth)
{
    prompter_say(booth->prompter, "space: begins and ends a take (hands-free: pauses)");
    prompter_say(booth->prompter, "enter: keeps a take");
    prompter_say(booth->prompter, "r: again · l: listen to it · s: skip the sentence");
    prompter_say(booth->prompter, "b: the sentence before, again · p: hear the sentence");
    prompter_say(booth->prompter, "q: quit; what is kept stays, and next time it goes on here");
}

static void command(struct booth *booth, enum record_command what)
{
    enum record_state before = record_state(booth->record);
    if (!record_command(booth->record, what))
        prompter_keys(booth->prompter, booth->record);
    else if (what == RECORD_DO_SPACE && before == record_state(booth->record))
        prompter_keys(booth->prompter, booth->record); /* paused, or going on */
    else if (what == RECORD_DO_REPEAT && record_state(booth->record) == RECORD_READY)
        show(booth);
}

static void press(void *user, char key)
{
    static const struct {
        char key;
        enum record_command command;
    } keys[] = {{' ', RECORD_DO_SPACE},  {'\n', RECORD_DO_ENTER}, {'\r', RECORD_DO_ENTER},
                {'r', RECORD_DO_REPEAT}, {'s', RECORD_DO_SKIP},   {'b', RECORD_DO_BACK},
                {'l', RECORD_DO_LISTEN}, {'p', RECORD_DO_SAY},    {'q', RECORD_DO_QUIT},
                {'\4', RECORD_DO_QUIT}};
    struct booth *booth = user;
    if (!booth->record) {
        booth->quit |= key == 'q' || key == '\4';
        return;
    }
    samples_came(booth); /* what was heard before the key */
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].key == key)
            command(booth, keys[i].command);
    }
    if (key == '?' || key == 'h')
        help(booth);
}

static void keys_gone(void *user)
{
    struct booth *booth = user;
    booth->no_keys = true;
}

static void stop_process(struct booth *booth)
{
    if (booth->record && record_state(booth->record) == RECORD_TAKING)
        record_command(booth->record, RECORD_DO_REPEAT);
    prompter_clear(booth->prompter);
    keyboard_stop_process(&booth->keyboard);
    if (booth->record)
        show(booth);
}

static void signalled(void *user, int fd, short events)
{
    struct booth *booth = user;
    for (int number = keyboard_signal(fd); number; number = keyboard_signal(fd)) {
        if (number == SIGWINCH)
            prompter_resize(booth->prompter, app_columns(stdout));
        else if (number == SIGCONT)
            keyboard_open(&booth->keyboard);
        else if (number == SIGTSTP)
            stop_process(booth);
        else
            booth->quit = true;
    }
}

static void log_to_prompter(void *context, enum limber_log_level level, const char *line)
{
    struct booth *booth = context;
    prompter_say(booth->prompter, "%s", line);
}

/* --- from the beginning to the end --- */

static void say_other_way(const struct booth *booth)
{
    const char *name = booth->work.voice->name;
    fprintf(stderr,
            "limber devices lists microphones; --input portaudio:device=NAME chooses one.\n"
            "Or record with anything else, a telephone for instance, all in one file:\n"
            "  limber voice script %s -o %s-script.html     the page to read from\n"
            "  limber voice split %s RECORDING --script %s-script.csv\n",
            name, name, name, name);
}

/* Serves the loop until all is recorded, or the person has enough. */
static int serve(struct booth *booth)
{
    while (!booth->record || record_state(booth->record) != RECORD_OVER) {
        loop_step(booth->work.app.loop, -1);
        if (capture_state(booth->capture) == CAPTURE_FAILED) {
            prompter_clear(booth->prompter);
            fprintf(stderr, "limber: error: %s\n", capture_problem(booth->capture));
            say_other_way(booth);
            return EXIT_RUNTIME;
        }
        act_all(booth);
        if ((booth->no_keys || booth->quit) && booth->record)
            record_command(booth->record, RECORD_DO_QUIT);
        else if (booth->quit)
            break;
    }
    act_all(booth);
    return EXIT_DONE;
}

static void tell_end(struct booth *booth)
{
    const char *name = booth->work.voice->name;
    const struct request *request = booth->work.app.request;
    if (!booth->record)
        return;
    size_t kept = record_count(booth->record, RECORD_KEPT);
    size_t missing = booth->reel.count - kept;
    bool all = request->all || request->takes;
    printf("\n%zu of %zu kept", kept, booth->reel.count);
    if (missing > 0 && !all) {
        printf(", %zu still missing.\nTo go on:\n  limber voice record %s", missing, name);
        for (int i = 1; i < request->argument_count; i++)
            printf(" %s", request->arguments[i]);
        putchar('\n');
    } else {
        puts(".");
    }
    printf("How good they are, and what is missing:\n  limber voice check %s\n", name);
    printf("One file to hand on:\n  limber voice pack %s\n", name);
}

static int run_booth(struct booth *booth)
{
    struct app *app = &booth->work.app;
    const struct request *request = app->request;
    int columns = app_columns(stdout);
    booth->prompter =
        prompter_new(stdout, columns, app_color(stdout), request->plain, request->hands_free);
    if (columns > 0)
        log_set_sink(log_to_prompter, booth);
    booth->keyboard = (struct keyboard){
        .loop = app->loop, .press = press, .gone = keys_gone, .user = booth, .any = true};
    keyboard_open(&booth->keyboard);
    booth->signal_fd = keyboard_signals(app->loop, signalled, booth);
    int status = serve(booth);
    log_set_sink(NULL, NULL);
    keyboard_close(&booth->keyboard);
    prompter_destroy(booth->prompter);
    if (status == EXIT_DONE)
        tell_end(booth);
    return status;
}

/* The list of what is to be recorded. Returns −1, or the exit status. */
static int make_reel(struct booth *booth)
{
    struct voicework *work = &booth->work;
    const struct request *request = work->app.request;
    const struct sheet_options options = {.all = request->all || request->takes,
                                          .whole = request->whole};
    const struct sheet sheet = sheet_new(work->app.arena, work->needs, work->pack, &options);
    booth->reel = reel_new(work->app.arena, work->pack, &sheet, request->takes);
    if (booth->reel.count == 0) {
        if (request->takes)
            printf("The voice \"%s\" has none of these sentences yet.\n", work->voice->name);
        else
            printf("Nothing is missing: the voice \"%s\" can say all of it.\n"
                   "--takes records another take of each, --all records all anew.\n",
                   work->voice->name);
        return EXIT_DONE;
    }
    if (request->from <= (int64_t)booth->reel.count)
        return -1;
    fprintf(stderr, "limber: error: --from %lld: there are %zu sentences to record\n",
            (long long)request->from, booth->reel.count);
    return EXIT_USAGE;
}

/* Begins to open the microphone. Returns −1, or the exit status. */
static int open_capture(struct booth *booth, const char *input)
{
    struct app *app = &booth->work.app;
    const struct capture_options options = {.loop = app->loop,
                                            .registry = app->registry,
                                            .input = input,
                                            .rate_hz = SESSION_RATE_HZ,
                                            .changed = samples_came,
                                            .context = booth};
    char *error = NULL;
    if (capture_new(&options, &booth->capture, &error) == LIMBER_OK)
        return -1;
    fprintf(stderr, "limber: error: %s\n", error ? error : "the microphone cannot be used");
    say_other_way(booth);
    free(error);
    return EXIT_RUNTIME;
}

static int run_record(const struct request *request)
{
    struct booth booth = {.signal_fd = -1};
    int status = voicework_open(&booth.work, request, request->arguments[0], true);
    const char *input = status < 0 ? app_input(&booth.work.app, "in-portaudio") : NULL;
    booth.output = input ? app_output(&booth.work.app, "out-portaudio") : NULL;
    if (status < 0 && !booth.output)
        status = EXIT_USAGE;
    if (status < 0)
        status = voicework_needs(&booth.work, request->arguments + 1, true);
    if (status < 0)
        status = make_reel(&booth);
    if (status < 0)
        status = open_capture(&booth, input);
    if (status < 0) {
        booth.theme =
            theme_new(booth.work.app.registry, &(struct theme_options){.rate_hz = SESSION_RATE_HZ});
        status = run_booth(&booth);
    }
    if (!capture_destroy(booth.capture)) { /* a thread stands in the plugin */
        fflush(NULL);
        _exit(status);
    }
    record_destroy(booth.record);
    cast_destroy(booth.cast);
    theme_destroy(booth.theme);
    voicework_close(&booth.work);
    if (booth.signal_fd >= 0)
        close(booth.signal_fd);
    return status;
}

const struct verb verb_voice_record = {
    .name = "voice record",
    .arguments = "NAME [ROUTINE…]",
    .summary = "record the sentences of a voice, one by one",
    .details =
        "Shows each sentence that the voice does not have yet, with what is said before it, and "
        "records it: space begins and ends a take, enter keeps it and goes on, r says it again, l "
        "plays it, s skips it, b goes back, q quits. What was kept is on the disk at once, and the "
        "next call goes on where this one ended. Without a routine, all routines in the language "
        "of the voice count.\n\n"
        "With --hands-free each take begins after a beep and ends when you are silent; a good one "
        "is kept by itself, another one is said again.\n\n"
        "Examples:\n"
        "  limber voice record anna upper-back-relief\n"
        "  limber voice record anna --hands-free --prompt spoken\n"
        "  limber voice record anna --input portaudio:device=USB,channel=left\n"
        "  limber voice record anna desk-break --takes\n",
    .options = (const enum option_id[]){OPTION_ALL, OPTION_TAKES, OPTION_WHOLE, OPTION_FROM,
                                        OPTION_HANDS_FREE, OPTION_PROMPT, OPTION_PLAIN,
                                        OPTION_INPUT, OPTION_OUTPUT, OPTION_LANGUAGE, OPTION_SET,
                                        OPTION_PLUGIN_PATH, OPTION_HELP},
    .complete = COMPLETE_VOICE_ROUTINES,
    .minimum = 1,
    .maximum = -1,
    .run = run_record,
};
