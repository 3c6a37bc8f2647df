/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_play.c: play live. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/fullscreen.h"
#include "app/play.h"
#include "app/play_inside.h"
#include "app/verbs.h"
#include "base/log.h"

/* --- what happens --- */

static void show_device(struct play *play)
{
    const struct stream *stream = player_stream(play->player);
    enum stream_state state = stream ? stream_state(stream) : STREAM_OPENING;
    if (state == play->shown_state)
        return;
    if (state == STREAM_LOST)
        display_message(
            play->display,
            "The sound device is gone. The session waits, and goes on when one is back.");
    else if (state == STREAM_RUNNING && play->shown_state == STREAM_LOST)
        display_message(play->display, "A sound device is back; going on.");
    else if (state == STREAM_HUNG)
        play->restart = true;
    play->shown_state = state;
}

static void player_has_changed(void *context)
{
    struct play *play = context;
    struct limber_snapshot now = {.size = sizeof now};
    if (!play->display || !player_conductor(play->player))
        return;
    show_device(play);
    if (player_state(play->player) != PLAYER_PLAYING)
        return;
    player_snapshot(play->player, &now);
    display_status(play->display, &now);
    controls_changed(play->controls);
}

static void cue_began(void *context, const struct cue *cue, frames start)
{
    struct play *play = context;
    display_cue(play->display, session_plan(play->app.session), cue, start);
}

/* Ctrl-Z: silent, and the terminal as it was, until the person comes back. */
static void stop_process(struct play *play)
{
    struct limber_snapshot now = {.size = sizeof now};
    char answer[160];
    player_snapshot(play->player, &now);
    bool playing = now.transport != LIMBER_PAUSED;
    player_command(play->player, "pause", answer, sizeof answer);
    display_clear(play->display);
    keyboard_stop_process(&play->keyboard);
    if (playing)
        player_command(play->player, "play", answer, sizeof answer);
}

static void signalled(void *user, int fd, short events)
{
    struct play *play = user;
    for (int number = keyboard_signal(fd); number; number = keyboard_signal(fd)) {
        if (number == SIGWINCH)
            display_resize(play->display, app_columns(stdout));
        else if (number == SIGCONT)
            keyboard_open(&play->keyboard);
        else if (number == SIGTSTP)
            stop_process(play);
        else if (number == SIGTERM || number == SIGHUP)
            play->leave = true;
        else
            play_command(play, "quit");
    }
}

static void log_to_display(void *context, enum limber_log_level level, const char *line)
{
    struct play *play = context;
    display_warning(play->display, line);
}

/* The sound system hangs and only a new process gets rid of it: start again where we are. Comes
 * back only if that fails. */
static int restart(struct play *play)
{
    struct str point = {0};
    int count = 0;
    str_add(&point, "--resume-at=");
    conductor_checkpoint(player_conductor(play->player), &point);
    char **argv = play->app.request->argv;
    while (argv[count])
        count++;
    char **again = xcalloc((size_t)count + 3, sizeof *again);
    again[0] = "limber";
    int to = 1;
    again[to++] = argv[0];
    again[to++] = point.data;
    for (int i = 1; i < count; i++) {
        if (!str_starts_with(argv[i], "--resume"))
            again[to++] = argv[i];
    }
    display_clear(play->display);
    keyboard_close(&play->keyboard);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv("/proc/self/exe", again);
    free(again);
    str_free(&point);
    fputs("limber: error: the sound system does not answer, and starting anew fails\n", stderr);
    return EXIT_RUNTIME;
}

static int no_device(struct play *play)
{
    display_clear(play->display);
    fprintf(stderr, "limber: error: no sound: %s\n", stream_problem(player_stream(play->player)));
    fputs(
        "limber devices lists what there is; limber render ROUTINE -o FILE writes a file instead\n",
        stderr);
    return EXIT_RUNTIME;
}

/* Serves the loop until the session is over. */
static int conduct(struct play *play)
{
    while (player_state(play->player) == PLAYER_PLAYING && !play->leave) {
        loop_step(play->app.loop, -1);
        if (play->restart)
            return restart(play);
    }
    return player_end(play->player) == PLAYER_NO_DEVICE ? no_device(play) : EXIT_DONE;
}

static void show_left(struct play *play)
{
    char line[300];
    const char *where = play->where ? play->where : "in the middle of it";
    snprintf(line, sizeof line,
             play->ask ? "You were at: %s. Go on? Space goes on, n begins again."
                       : "Going on at: %s",
             where);
    display_message(play->display, line);
}

static void open_display(struct play *play)
{
    const struct request *request = play->app.request;
    int columns = request->json ? 0 : app_columns(stdout);
    bool quiet = request->quiet || request->json;
    /* The document of --json is alone on standard output. */
    FILE *to = request->json ? stderr : stdout;
    play->display = display_new(to, columns, app_color(to), quiet, SESSION_RATE_HZ);
    if (!request->resume_at)
        app_print_fit(&play->app);
    if (columns && !quiet && !request->plain && fullscreen_possible(fileno(to)))
        display_fill(play->display, !app_speaks_utf8());
    else if (columns && !quiet && !request->resume_at)
        fprintf(stdout,
                "%s — space pauses, n next, b back, r again, + more time, q quits, ? all keys\n",
                session_routine(play->app.session)->title);
    if (request->resume_at)
        display_message(play->display, "The sound system did not answer: started anew.");
    else if (play->left)
        show_left(play);
    if (columns)
        log_set_sink(log_to_display, play);
}

static void close_display(struct play *play)
{
    log_set_sink(NULL, NULL);
    keyboard_close(&play->keyboard);
    display_destroy(play->display);
    play->display = NULL;
}

static int play_session(struct play *play)
{
    char *error = NULL;
    open_display(play);
    if (player_play(play->player, play->ask, &error) != LIMBER_OK) {
        close_display(play);
        fprintf(stderr, "limber: error: %s\n", error ? error : "the output cannot be used");
        free(error);
        return EXIT_RUNTIME;
    }
    play->keyboard = (struct keyboard){.loop = play->app.loop, .press = play_press, .user = play};
    keyboard_open(&play->keyboard);
    play_start_controls(play);
    play->signal_fd = keyboard_signals(play->app.loop, signalled, play);
    int status = conduct(play);
    controls_destroy(play->controls);
    play->controls = NULL;
    close_display(play);
    return status;
}

/* With --strict nothing is heard unless all of it can be spoken as asked. Returns −1, or the exit
 * status. */
static int speak_first(struct play *play)
{
    if (!play->app.request->strict || play->left || play->app.request->resume_at)
        return -1;
    timeline_destroy(app_voice_all(&play->app));
    return app_print_diags(&play->app);
}

/* What the session was like in the end. */
static int report(struct play *play)
{
    int status = EXIT_DONE;
    session_report_voicing(play->app.session);
    app_print_diags(&play->app);
    if (play->app.request->json) {
        struct timeline *timeline = session_timeline(play->app.session, NULL, NULL);
        timeline_resolve(timeline);
        status = app_print_result(&play->app, timeline, NULL);
        timeline_destroy(timeline);
    }
    return status;
}

static void make_player(struct play *play, const char *output)
{
    const struct request *request = play->app.request;
    const struct config *config = &play->app.config;
    nsec lead_in = request->lead_in_ns;
    play->attended =
        isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !request->quiet && !request->json;
    struct player_settings settings = {
        .loop = play->app.loop,
        .registry = play->app.registry,
        .output = output,
        .coach = app_coach_switches(&play->app),
        .history = config->history,
        .journal = config->journal,
        .ask_effort = config->ask_effort && play->attended,
        .spoken_close = config->spoken_close && play->attended,
        .patient = request->resume_at != NULL,
        .restarted = request->resume_at != NULL,
        .lead_in = lead_in < 0 ? -1 : frames_from_ns(lead_in, SESSION_RATE_HZ),
        .changed = player_has_changed,
        .cue = cue_began,
        .context = play};
    for (size_t part = 0; part < PART_COUNT; part++)
        settings.level_db[part] = config->level_db[part];
    play->player = player_new(&settings);
}

/* Returns −1, or the exit status. */
static int open_session(struct play *play, const char *page)
{
    const struct request *request = play->app.request;
    const struct player_request wanted = {.options = app_session_options(&play->app, page),
                                          .detail_given = request->given[OPTION_DETAIL],
                                          .seed_given = request->given[OPTION_SEED],
                                          .start_at =
                                              frames_from_ns(request->start_ns, SESSION_RATE_HZ),
                                          .strict = request->strict,
                                          .checkpoint = request->resume_at};
    char *error = NULL;
    enum limber_status status = play->left
                                    ? player_open_left(play->player, play->app.diags, &error)
                                    : player_open(play->player, &wanted, play->app.diags, &error);
    play->app.session = player_session(play->player);
    return app_session_opened(&play->app, page ? page : "the session that was left", status, error);
}

/* *page stays NULL where the session that was left tells which it is. */
static bool find_page(struct play *play, const char **page)
{
    const struct request *request = play->app.request;
    if (request->argument_count > 0) {
        *page = app_find(&play->app, request->arguments[0]);
        return *page != NULL;
    }
    if (!request->resume && !request->resume_at)
        fputs("limber: error: limber play needs ROUTINE\nlimber play --help shows examples\n",
              stderr);
    return request->resume || request->resume_at;
}

int play_routine(const struct request *request, enum player_end *end)
{
    struct play play = {.signal_fd = -1};
    int status = app_open(&play.app, request);
    const char *output = status < 0 ? app_output(&play.app, play.app.config.output) : NULL;
    const char *page = NULL;
    if (status < 0 && (!output || !find_page(&play, &page)))
        status = EXIT_USAGE;
    if (status < 0)
        make_player(&play, output);
    if (status < 0)
        status = play_look_for_left(&play, page);
    if (status < 0) /* first the session: its voice takes longer to wake than the device */
        status = open_session(&play, page);
    if (status < 0)
        status = app_controls(&play.app, play.control_ids);
    if (status < 0)
        status = speak_first(&play);
    if (status < 0)
        status = play_session(&play);
    if (play.app.session && status == EXIT_DONE)
        status = report(&play);
    if (end && play.player)
        *end = player_end(play.player);
    play.app.session = NULL; /* the player's */
    player_destroy(play.player);
    app_close(&play.app);
    if (play.signal_fd >= 0)
        close(play.signal_fd);
    return status;
}

static int run_play(const struct request *request)
{
    return play_routine(request, NULL);
}

const struct verb verb_play = {
    .name = "play",
    .arguments = "[ROUTINE]",
    .summary = "play a routine live",
    .details = "Speaks and times the session through the sound card. While it plays: space or p "
               "pauses, n next move, b back,\n"
               "r says the last instruction again, + holds longer, q quits, ? shows all keys.\n"
               "On a terminal it fills the screen; with --plain what is said stands there line by "
               "line.\n\n"
               "Where it is, is kept on disk. A session that was left (the program was killed, the "
               "power failed, the terminal\n"
               "was closed) can be gone on with: --resume does, and playing the same routine at a "
               "terminal asks.\n\n"
               "Examples:\n"
               "  limber play upper-back-relief\n"
               "  limber play my-routine.md --for 12min --level easy\n"
               "  limber play desk-break --output portaudio:device=HDMI --lead-in 2s\n"
               "  limber play desk-break --control evdev:device=FootSwitch\n"
               "  limber play --resume\n",
    .options = (const enum option_id[]){PLAY_OPTIONS, OPTION_START, OPTION_RESUME, OPTION_RESUME_AT,
                                        OPTION_JSON, OPTION_HELP},
    .complete = COMPLETE_ROUTINE,
    .minimum = 0,
    .maximum = 1,
    .run = run_play,
};
