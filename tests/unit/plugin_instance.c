/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin_instance.c: instances, what the host lends them, and the checked calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "plugin/call.h"
#include "plugin/registry.h"
#include "plugin/threadcheck.h"

/* --- a built-in plugin that does everything, and says what was called --- */

static char calls[256];
static const struct limber_host *last_host;
static int alive;

static void called(const char *what)
{
    strcat(calls, what);
    strcat(calls, " ");
}

static enum limber_status create(const struct limber_host *host, void **instance)
{
    if (strcmp(host->option(host->context, "fail"), "yes") == 0) {
        return LIMBER_INVALID;
    }
    last_host = host;
    *instance = malloc(1);
    alive++;
    return LIMBER_OK;
}

static void destroy(void *instance)
{
    alive -= instance != NULL;
    free(instance);
}

static enum limber_status open_output(void *instance, const struct limber_output_request *request,
                                      const struct limber_output_source *source,
                                      struct limber_output_stream *stream)
{
    called("open");
    assert_int_equal(stream->size, sizeof *stream);
    assert_int_equal(stream->channels, request->channels);
    assert_int_equal(stream->latency_frames, 0);
    stream->latency_frames = 64;
    return request->target ? LIMBER_OK : LIMBER_NOT_FOUND;
}

static enum limber_status write_output(void *instance, const float *samples, int64_t frames)
{
    called("write");
    return frames > 100 ? LIMBER_IO : LIMBER_OK;
}

static enum limber_status close_output(void *instance, bool keep)
{
    called(keep ? "close" : "drop");
    return LIMBER_OK;
}

static void on_event(void *instance, enum limber_event event,
                     const struct limber_snapshot *snapshot)
{
    called("event");
}

static enum limber_status start_control(void *instance)
{
    called("start");
    return LIMBER_OK;
}

static void stop_control(void *instance)
{
    called("stop");
}

static const void *get_interface(void *instance, const char *id)
{
    static const struct limber_output output = {
        .size = sizeof output, .open = open_output, .write = write_output, .close = close_output};
    static const struct limber_observer observer = {sizeof observer, on_event};
    static const struct limber_control control = {sizeof control, start_control, stop_control,
                                                  NULL};
    static const int future = 7;
    return strcmp(id, LIMBER_OUTPUT_ID) == 0     ? (const void *)&output
           : strcmp(id, LIMBER_OBSERVER_ID) == 0 ? (const void *)&observer
           : strcmp(id, LIMBER_CONTROL_ID) == 0  ? (const void *)&control
           : strcmp(id, "limber.future/9") == 0  ? (const void *)&future
                                                 : NULL;
}

static const struct limber_option options[] = {
    {.name = "fail", .type = LIMBER_OPTION_BOOL, .fallback = "no", .help = "Fails"},
    {.name = "volume", .type = LIMBER_OPTION_INT, .maximum = 9, .help = "Volume"},
    {.name = NULL},
};
static const char *const interfaces[] = {LIMBER_OUTPUT_ID, LIMBER_OBSERVER_ID, LIMBER_CONTROL_ID,
                                         "limber.future/9", NULL};
static const struct limber_plugin_descriptor descriptor = {.size = sizeof descriptor,
                                                           .id = "out-all",
                                                           .name = "All",
                                                           .version = "1",
                                                           .license = "MIT",
                                                           .description = "Everything at once",
                                                           .interfaces = interfaces,
                                                           .options = options};
static const struct limber_plugin_entry entry = {
    LIMBER_ABI_MAJOR, LIMBER_ABI_MINOR, sizeof entry, &descriptor, create, destroy, get_interface};
static const struct limber_plugin_entry *const builtin[] = {&entry, NULL};

static struct registry *registry;

static int set_up(void **state)
{
    setenv("XDG_DATA_HOME", "/nonexistent", 1);
    setenv("LIMBER_LIBEXEC_DIR", BINARY_DIR "/tests/empty", 1); /* not those of the build tree */
    mkdir(BINARY_DIR "/tests/empty", 0755);
    mkdir(BINARY_DIR "/tests/empty/plugins", 0755);
    unsetenv("LIMBER_PLUGIN_PATH");
    calls[0] = '\0';
    registry = registry_new(&(struct registry_options){.builtin = builtin});
    return 0;
}

static int tear_down(void **state)
{
    registry_destroy(registry);
    assert_int_equal(alive, 0);
    threadcheck_set(THREAD_MAIN);
    return 0;
}

static struct plugin_instance *make(void)
{
    char *error = NULL;
    struct plugin_instance *instance = registry_create(registry, "out-all", &error);
    if (!instance) {
        fail_msg("%s", error);
    }
    return instance;
}

/* --- the host --- */

static char logged[256];

static void keep_line(void *context, enum limber_log_level level, const char *line)
{
    snprintf(logged, sizeof logged, "%s", line);
}

static void the_host_lends_what_it_was_given(void **state)
{
    int table = 0, newer = 0;
    char *error = NULL;
    registry_lend(registry, "limber.host.loop/1", &table);
    assert_int_equal(registry_set(registry, "out-all", "volume", "3", &error), LIMBER_OK);
    make();
    const struct limber_host *host = last_host;
    assert_int_equal(host->size, sizeof *host);
    assert_string_equal(host->name, "limber");
    assert_string_equal(host->version, LIMBER_VERSION);
    assert_string_equal(host->option(host->context, "volume"), "3");
    assert_string_equal(host->option(host->context, "fail"), "no");
    assert_null(host->option(host->context, "unknown"));
    assert_ptr_equal(host->get_interface(host->context, "limber.host.loop/1"), &table);
    assert_null(host->get_interface(host->context, "limber.host.loop/2"));

    /* What it reads stays as it was when it was made; the next one sees the change. */
    assert_int_equal(registry_set(registry, "out-all", "volume", "4", &error), LIMBER_OK);
    assert_string_equal(host->option(host->context, "volume"), "3");
    registry_lend(registry, "limber.host.loop/1", &newer);
    make();
    assert_string_equal(last_host->option(last_host->context, "volume"), "4");
    assert_ptr_equal(last_host->get_interface(last_host->context, "limber.host.loop/1"), &newer);

    log_set_sink(keep_line, NULL);
    host->log(host->context, LIMBER_LOG_ERROR, "100 % wrong %s");
    log_set_sink(NULL, NULL);
    assert_non_null(strstr(logged, "out-all"));
    assert_non_null(strstr(logged, "100 % wrong %s"));
}

static void an_unset_option_without_a_default_is_null(void **state)
{
    make();
    assert_null(last_host->option(last_host->context, "volume"));
}

static void built_in_settings_are_checked_at_once(void **state)
{
    char *error = NULL;
    assert_int_equal(registry_set(registry, "out-all", "volum", "3", &error), LIMBER_NOT_FOUND);
    assert_string_equal(error, "unknown option \"volum\" of out-all: did you mean \"volume\"?");
    free(error);
    assert_int_equal(registry_set(registry, "out-al", "volume", "3", &error), LIMBER_NOT_FOUND);
    assert_string_equal(error, "unknown plugin \"out-al\": did you mean \"out-all\"?");
    free(error);
    assert_int_equal(registry_set(registry, "out-all", "volume", "10", &error), LIMBER_INVALID);
    free(error);
    assert_null(registry_settings(registry, "out-all")[0]);
    assert_int_equal(registry_set(registry, "out-all", "fail", "on", &error), LIMBER_OK);
    assert_string_equal(registry_settings(registry, "out-all")[0], "fail=yes");
    assert_null(registry_create(registry, "out-all", &error));
    assert_non_null(strstr(error, "plugin out-all: it could not be set up"));
    free(error);
}

static void one_instance_is_shared_and_others_are_not(void **state)
{
    char *error = NULL;
    struct plugin_instance *shared = registry_instance(registry, "out-all", &error);
    assert_ptr_equal(registry_instance(registry, "out-all", &error), shared);
    struct plugin_instance *own = make();
    assert_ptr_not_equal(own, shared);
    assert_int_equal(alive, 2);
    plugin_instance_destroy(registry, own);
    assert_int_equal(alive, 1);
    plugin_instance_destroy(registry, NULL);
    assert_ptr_equal(registry_instance(registry, "out-all", &error), shared);
    assert_null(registry_file(registry, "out-all")); /* built in */
}

static void interfaces_are_found_by_id(void **state)
{
    struct plugin_instance *instance = make();
    void *self = NULL;
    assert_non_null(plugin_interface(instance, LIMBER_OUTPUT_ID, &self));
    assert_non_null(self);
    assert_null(plugin_interface(instance, LIMBER_SPEECH_ID, NULL));
    assert_int_equal(*(const int *)plugin_interface(instance, "limber.future/9", NULL), 7);
    assert_null(plugin_interface(instance, "limber.future/10", NULL));
    assert_ptr_equal(plugin_descriptor(instance), &descriptor);
}

static void left_out_plugins_are_named(void **state)
{
    static const char *const missing[] = {"out-portaudio", NULL};
    struct registry *other =
        registry_new(&(struct registry_options){.builtin = builtin, .missing = missing});
    char *error = NULL;
    assert_null(registry_instance(other, "out-portaudio", &error));
    assert_string_equal(
        error, "plugin out-portaudio is not in this build: the library it needs was missing");
    free(error);
    registry_destroy(other);
}

struct listing {
    char text[512];
};

static void list_item(void *context, const struct registry_item *item)
{
    struct listing *listing = context;
    size_t used = strlen(listing->text);
    snprintf(listing->text + used, sizeof listing->text - used, "%s|%s|%s|%s\n", item->id,
             item->file ? item->file : "-", item->descriptor ? item->descriptor->name : "-",
             item->problem ? item->problem : "-");
}

static void all_plugins_are_listed(void **state)
{
    static const char *const missing[] = {"speech-espeak", "out-all", NULL};
    struct registry *other =
        registry_new(&(struct registry_options){.builtin = builtin, .missing = missing});
    struct listing listing = {0};
    registry_each(other, list_item, &listing);
    assert_string_equal(listing.text, "out-all|-|All|-\n"
                                      "speech-espeak|-|-|not in this build: the library it needs "
                                      "was missing\n");
    registry_destroy(other);
}

/* --- calls --- */

static void absent_interfaces_are_unsupported(void **state)
{
    struct plugin_instance *instance = make();
    struct limber_speech_voice voice = {.size = sizeof voice};
    struct limber_sound_request request = {.size = sizeof request, .name = "bell"};
    assert_int_equal(call_speech_prepare(instance, &voice), LIMBER_UNSUPPORTED);
    assert_null(call_speech_fingerprint(instance));
    assert_int_equal(call_speech_synthesize(instance, "a", 0, NULL), LIMBER_UNSUPPORTED);
    assert_int_equal(call_speech_list_voices(instance, NULL, NULL, NULL), LIMBER_UNSUPPORTED);
    assert_false(call_sound_has(instance, &request));
    assert_int_equal(call_sound_render(instance, &request, NULL), LIMBER_UNSUPPORTED);
    assert_int_equal(call_sound_list(instance, NULL, NULL, NULL), LIMBER_UNSUPPORTED);
}

static void an_output_is_opened_written_and_closed(void **state)
{
    struct plugin_instance *instance = make();
    struct limber_output_request request = {.size = sizeof request, .channels = 2};
    struct limber_output_stream stream;
    float samples[8] = {0};
    threadcheck_set(THREAD_WORKER);
    assert_false(call_output_is_pull(instance));
    assert_int_equal(call_output_list_devices(instance, NULL, NULL), LIMBER_UNSUPPORTED);
    assert_int_equal(call_output_open(instance, &request, NULL, &stream), LIMBER_NOT_FOUND);
    request.target = "x";
    assert_int_equal(call_output_open(instance, &request, NULL, &stream), LIMBER_OK);
    assert_int_equal(stream.latency_frames, 64);
    assert_int_equal(call_output_start(instance), LIMBER_OK);
    assert_int_equal(call_output_write(instance, samples, 4), LIMBER_OK);
    assert_int_equal(call_output_latency(instance, 99), 99);
    threadcheck_set(THREAD_RENDER);
    assert_int_equal(call_output_write(instance, samples, 101), LIMBER_IO);
    threadcheck_set(THREAD_WORKER);
    assert_int_equal(call_output_close(instance, true), LIMBER_OK);
    assert_int_equal(call_output_close(instance, true), LIMBER_OK); /* not open: not called */
    assert_string_equal(calls, "open open write write close ");
    threadcheck_set(THREAD_MAIN);
}

static void controls_and_observers_are_called(void **state)
{
    struct plugin_instance *instance = make();
    const struct limber_snapshot snapshot = {.size = sizeof snapshot};
    call_control_stop(instance); /* not started: not called */
    assert_int_equal(call_control_start(instance), LIMBER_OK);
    call_control_snapshot(instance, &snapshot); /* has none */
    call_observer_event(instance, LIMBER_EVENT_CUE, &snapshot);
    call_control_stop(instance);
    call_control_stop(instance);
    assert_string_equal(calls, "start event stop ");
}

/* --- threads --- */

/* What the process says when `act` ends it; "" if it does not. */
static const char *last_words(void (*act)(void))
{
    static char words[512];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        dup2(ends[1], STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        act();
        _exit(0);
    }
    close(ends[1]);
    size_t length = 0;
    for (ssize_t count; (count = read(ends[0], words + length, sizeof words - 1 - length)) > 0;) {
        length += (size_t)count;
    }
    words[length] = '\0';
    close(ends[0]);
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, words[0] != '\0');
    return words;
}

static void *ask_role(void *role)
{
    *(enum thread_role *)role = threadcheck_role();
    return NULL;
}

static void the_first_thread_is_main_and_others_are_unknown(void **state)
{
    enum thread_role role = THREAD_DEVICE;
    pthread_t thread;
    threadcheck_set(THREAD_UNKNOWN);
    assert_int_equal(threadcheck_role(), THREAD_MAIN);
    assert_int_equal(pthread_create(&thread, NULL, ask_role, &role), 0);
    pthread_join(thread, NULL);
    assert_int_equal(role, THREAD_UNKNOWN);
}

static void require_worker(void)
{
    threadcheck_require(1u << THREAD_WORKER | 1u << THREAD_RENDER, "some_call");
}

static void a_wrong_thread_ends_the_program(void **state)
{
    assert_string_equal(last_words(require_worker),
                        "limber: some_call() called on a thread of role 'main'; its tag allows: "
                        "worker render\n");
    threadcheck_set(THREAD_RENDER);
    assert_string_equal(last_words(require_worker), "");
}

static struct plugin_instance *victim;

static void open_on_main(void)
{
    struct limber_output_request request = {.size = sizeof request, .target = "x"};
    struct limber_output_stream stream;
    call_output_open(victim, &request, NULL, &stream);
}

static void write_while_closed(void)
{
    threadcheck_set(THREAD_RENDER);
    call_output_write(victim, NULL, 0);
}

static void option_on_render(void)
{
    threadcheck_set(THREAD_RENDER);
    last_host->option(last_host->context, "fail");
}

static void tags_are_asserted(void **state)
{
    if (!threadcheck_enabled()) {
        skip();
    }
    victim = make();
    assert_non_null(strstr(last_words(open_on_main), "call_output_open() called on a thread of"));
    assert_non_null(strstr(last_words(write_while_closed),
                           "call_output_write() of out-all called while it is not active"));
    assert_non_null(strstr(last_words(option_on_render), "host_option() called on a thread of"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_host_lends_what_it_was_given),
        TEST(an_unset_option_without_a_default_is_null),
        TEST(built_in_settings_are_checked_at_once),
        TEST(one_instance_is_shared_and_others_are_not),
        TEST(interfaces_are_found_by_id),
        TEST(left_out_plugins_are_named),
        TEST(all_plugins_are_listed),
        TEST(absent_interfaces_are_unsupported),
        TEST(an_output_is_opened_written_and_closed),
        TEST(controls_and_observers_are_called),
        TEST(the_first_thread_is_main_and_others_are_unknown),
        TEST(a_wrong_thread_ends_the_program),
        TEST(tags_are_asserted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
