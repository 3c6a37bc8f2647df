/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load.c: plugin files, good and deliberately broken (broken/), through the registry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "plugin/call.h"
#include "plugin/registry.h"

#define FOLDER BINARY_DIR "/tests/plugins/broken"
#define HANG   BINARY_DIR "/tests/plugins/hang"

static char tmp[64]; /* of this test; removed after it */
static char logged[8192];

static char *in_tmp(const char *name)
{
    static char paths[4][256];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof *paths, "%s/%s", tmp, name);
    return path;
}

static void keep_line(void *context, enum limber_log_level level, const char *line)
{
    size_t used = strlen(logged);
    snprintf(logged + used, sizeof logged - used, "%s\n", line);
}

static int set_up(void **state)
{
    strcpy(tmp, "/tmp/limber-test-XXXXXX");
    assert_non_null(mkdtemp(tmp));
    setenv("XDG_DATA_HOME", tmp, 1);
    setenv("LIMBER_LIBEXEC_DIR", in_tmp("lib"), 1); /* and no plugins of the build tree */
    mkdir(in_tmp("lib"), 0755);
    mkdir(in_tmp("lib/plugins"), 0755);
    unsetenv("LIMBER_PLUGIN_PATH");
    logged[0] = '\0';
    log_set_sink(keep_line, NULL);
    return 0;
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *ftw)
{
    return remove(path);
}

static int tear_down(void **state)
{
    log_set_sink(NULL, NULL);
    return nftw(tmp, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A folder below tmp with a copy of a fixture in it, called `name`. */
static void copy_fixture(const char *fixture, const char *folder, const char *name)
{
    char path[512], bytes[1 << 16];
    mkdir(in_tmp(folder), 0755);
    snprintf(path, sizeof path, FOLDER "/%s.so", fixture);
    FILE *from = fopen(path, "rb");
    snprintf(path, sizeof path, "%s/%s/%s", tmp, folder, name);
    FILE *to = fopen(path, "wb");
    assert_non_null(from);
    assert_non_null(to);
    for (size_t count; (count = fread(bytes, 1, sizeof bytes, from)) > 0;) {
        assert_int_equal(fwrite(bytes, 1, count, to), count);
    }
    fclose(from);
    assert_int_equal(fclose(to), 0);
    assert_int_equal(chmod(path, 0644), 0);
}

static void assert_contains(const char *text, const char *part)
{
    if (!text || !strstr(text, part)) {
        fail_msg("\"%s\" does not say \"%s\"", text ? text : "(nothing)", part);
    }
}

static void refused(struct registry *registry, const char *id, const char *reason)
{
    char *error = NULL;
    assert_null(registry_instance(registry, id, &error));
    assert_contains(error, id);
    assert_contains(error, reason);
    free(error);
}

static void accepted(struct registry *registry, const char *id)
{
    char *error = NULL;
    if (!registry_instance(registry, id, &error)) {
        fail_msg("%s", error);
    }
}

/* What is wrong with each fixture, in the words that the person reads. */
static const struct {
    const char *id, *reason;
    bool at_create; /* shows only when an instance is made */
} BROKEN[] = {
    {"broken-no-entry", "does not export limber_plugin_entry", false},
    {"broken-wrong-major", "made for plugin interface 999; this program has 1", false},
    {"broken-short-entry", "its entry is too small (16 bytes", false},
    {"broken-short-descriptor", "its descriptor is too small (24 bytes", false},
    {"broken-no-descriptor", "its entry has no descriptor", false},
    {"broken-wild-descriptor", "crashed while loading (SIGSEGV)", false},
    {"broken-no-name", "its descriptor has no name", false},
    {"broken-no-interfaces", "names no interfaces", false},
    {"broken-wrong-id", "its id is \"broken-other\": the file must be called", false},
    {"broken-crash", "crashed while loading (SIGSEGV)", false},
    {"broken-abort", "crashed while loading (SIGABRT)", false},
    {"broken-hang-helper", "crashed while loading (SIGABRT)", false},
    {"broken-exit", "ended the program while loading (exit status 0)", false},
    {"broken-undefined", "undefined symbol: limber_fixture_symbol_that_is_nowhere", false},
    {"broken-library", "liblimber_fixture_gone.so: cannot open shared object file", false},
    {"broken-option-default", "\"level\" has a default that it does not allow", false},
    {"broken-option-choice", "\"shape\" is a choice of nothing", false},
    {"broken-option-twice", "\"level\" is there twice", false},
    {"broken-option-type", "\"level\" has a type that does not exist", false},
    {"broken-create", "could not be set up", true},
    {"broken-empty-create", "gave no instance", true},
    {"broken-promise", "promises limber.output/1 but does not give it", true},
    {"broken-short-table", "its table of limber.output/1 is too small (16 bytes", true},
    {"broken-no-open", "its limber.output/1 has no open function", true},
    {"broken-no-way", "must have either write (push) or start (pull)", true},
};
#define BROKEN_COUNT (sizeof BROKEN / sizeof *BROKEN)

static void broken_files_are_refused_and_the_rest_loads(void **state)
{
    struct registry *registry = registry_new(&(struct registry_options){.path = FOLDER});
    for (size_t i = 0; i < BROKEN_COUNT; i++) {
        refused(registry, BROKEN[i].id, BROKEN[i].reason);
        refused(registry, BROKEN[i].id, BROKEN[i].reason); /* again: judged once, same words */
    }
    accepted(registry, "good-output");
    accepted(registry, "good-single");
    registry_destroy(registry);
}

struct seen {
    size_t broken, good;
};

static void see(void *context, const struct registry_item *item)
{
    struct seen *seen = context;
    for (size_t i = 0; i < BROKEN_COUNT; i++) {
        if (strcmp(BROKEN[i].id, item->id) == 0 && !BROKEN[i].at_create) {
            assert_contains(item->problem, BROKEN[i].reason);
            assert_null(item->descriptor);
            assert_contains(item->file, item->id);
            seen->broken++;
            return;
        }
    }
    assert_null(item->problem);
    assert_string_equal(item->descriptor->id, item->id);
    seen->good++;
}

static void all_files_are_listed(void **state)
{
    size_t at_load = 0;
    for (size_t i = 0; i < BROKEN_COUNT; i++) {
        at_load += !BROKEN[i].at_create;
    }
    struct registry *registry = registry_new(&(struct registry_options){.path = FOLDER});
    struct seen seen = {0};
    registry_each(registry, see, &seen);
    assert_int_equal(seen.broken, at_load);
    assert_int_equal(seen.good, BROKEN_COUNT - at_load + 3); /* and good-output, -single, -trace */
    registry_destroy(registry);
}

static void a_hang_is_cut_off(void **state)
{
    struct registry *registry =
        registry_new(&(struct registry_options){.path = HANG, .probe_timeout_ms = 200});
    int64_t before_ms = loop_now_ms();
    refused(registry, "broken-hang", "did not load within 200 ms");
    assert_true(loop_now_ms() - before_ms >= 200);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
    registry_destroy(registry);
}

static void files_that_others_may_write_are_refused(void **state)
{
    copy_fixture("good-output", "a", "good-output.so");
    const struct {
        mode_t folder, file;
        const char *reason;
    } cases[] = {
        {0755, 0646, "others may write the file"},
        {0755, 0664, "others may write the file"},
        {0777, 0644, "others may write the folder"},
        {0775, 0644, "others may write the folder"},
        {01777, 0644, NULL}, /* sticky, as /tmp: others cannot replace it */
        {0700, 0600, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(chmod(in_tmp("a"), cases[i].folder), 0);
        assert_int_equal(chmod(in_tmp("a/good-output.so"), cases[i].file), 0);
        struct registry *registry = registry_new(&(struct registry_options){.path = in_tmp("a")});
        if (cases[i].reason) {
            refused(registry, "good-output", cases[i].reason);
            assert_null(registry_file(registry, "good-output"));
        } else {
            assert_string_equal(registry_file(registry, "good-output"), in_tmp("a/good-output.so"));
            accepted(registry, "good-output");
        }
        registry_destroy(registry);
    }
}

static void a_link_is_as_safe_as_its_target(void **state)
{
    copy_fixture("good-output", "open", "hidden.so");
    assert_int_equal(chmod(in_tmp("open"), 0777), 0);
    mkdir(in_tmp("a"), 0755);
    assert_int_equal(symlink("../open/hidden.so", in_tmp("a/good-output.so")), 0);
    struct registry *registry = registry_new(&(struct registry_options){.path = in_tmp("a")});
    refused(registry, "good-output", "others may write the folder");
    registry_destroy(registry);
    assert_int_equal(chmod(in_tmp("open"), 0755), 0);
    registry = registry_new(&(struct registry_options){.path = in_tmp("a")});
    accepted(registry, "good-output");
    registry_destroy(registry);
}

static void files_of_others_are_refused(void **state)
{
    if (geteuid() != 0) {
        skip(); /* only root can give a file away */
    }
    copy_fixture("good-output", "a", "good-output.so");
    assert_int_equal(chown(in_tmp("a/good-output.so"), 4242, 4242), 0);
    struct registry *registry = registry_new(&(struct registry_options){.path = in_tmp("a")});
    refused(registry, "good-output", "belongs to another user");
    registry_destroy(registry);
}

static void other_things_are_refused(void **state)
{
    mkdir(in_tmp("a"), 0755);
    assert_int_equal(mkfifo(in_tmp("a/out-fifo.so"), 0600), 0);
    mkdir(in_tmp("a/out-folder.so"), 0755);
    FILE *file = fopen(in_tmp("a/out-text.so"), "w");
    fputs("not a shared object\n", file);
    fclose(file);
    copy_fixture("good-output", "a", "Good_Output.so");
    copy_fixture("good-output", "a", "out-renamed.so");
    assert_int_equal(symlink("nowhere.so", in_tmp("a/out-dangling.so")), 0);
    struct registry *registry = registry_new(&(struct registry_options){.path = in_tmp("a")});
    refused(registry, "out-fifo", "it is not a regular file");
    refused(registry, "out-folder", "it is not a regular file");
    refused(registry, "out-text", "file too short");
    refused(registry, "Good_Output", "not of the form kind-name.so");
    refused(registry, "out-renamed", "its id is \"good-output\"");
    refused(registry, "out-dangling", "unknown plugin");
    refused(registry, "../a/out-renamed", "unknown plugin");
    registry_destroy(registry);
}

static enum limber_status built_in_create(const struct limber_host *host, void **instance)
{
    *instance = (void *)host;
    return LIMBER_OK;
}

static void built_in_destroy(void *instance)
{
}

static void event(void *instance, enum limber_event event, const struct limber_snapshot *snapshot)
{
}

static const struct limber_observer observer = {sizeof observer, event};

static const void *built_in_get_interface(void *instance, const char *id)
{
    return &observer;
}

static const char *const interfaces[] = {LIMBER_OBSERVER_ID, NULL};
static const struct limber_plugin_descriptor built_in_descriptor = {
    .size = sizeof built_in_descriptor,
    .id = "good-output",
    .name = "Built in",
    .version = "1",
    .license = "MIT",
    .description = "Stands in for good-output",
    .interfaces = interfaces};
static const struct limber_plugin_entry built_in = {
    LIMBER_ABI_MAJOR, LIMBER_ABI_MINOR, sizeof built_in,       &built_in_descriptor,
    built_in_create,  built_in_destroy, built_in_get_interface};
static const struct limber_plugin_entry *const builtin[] = {&built_in, NULL};

static void look(const char *path, const struct limber_plugin_entry *const *entries,
                 const char *file)
{
    struct registry *registry =
        registry_new(&(struct registry_options){.path = path, .builtin = entries});
    const char *found = registry_file(registry, "good-output");
    char *error = NULL;
    const struct plugin_instance *instance = registry_instance(registry, "good-output", &error);
    if (!instance) {
        fail_msg("%s", error);
    }
    if (file) {
        assert_string_equal(found, in_tmp(file));
        assert_string_equal(plugin_descriptor(instance)->name, "Fixture");
    } else {
        assert_null(found);
        assert_string_equal(plugin_descriptor(instance)->name, "Built in");
    }
    registry_destroy(registry);
}

static void folders_are_searched_in_order(void **state)
{
    static const char *const FOLDERS[] = {"one", "two", "env", "data/plugins", "lib/plugins"};
    mkdir(in_tmp("data"), 0755);
    for (size_t i = 0; i < 5; i++) {
        copy_fixture("good-output", FOLDERS[i], "good-output.so");
    }
    mkdir(in_tmp("data/limber"), 0755);
    assert_int_equal(rename(in_tmp("data/plugins"), in_tmp("data/limber/plugins")), 0);
    setenv("XDG_DATA_HOME", in_tmp("data"), 1);
    setenv("LIMBER_PLUGIN_PATH", in_tmp("env"), 1);
    char both[512];
    snprintf(both, sizeof both, "%s/nowhere:%s/one:%s/two", tmp, tmp, tmp);
    look(both, builtin, "one/good-output.so");
    unlink(in_tmp("one/good-output.so"));
    look(both, builtin, "two/good-output.so");
    look(NULL, builtin, "env/good-output.so");
    unsetenv("LIMBER_PLUGIN_PATH");
    look("", builtin, "data/limber/plugins/good-output.so");
    unlink(in_tmp("data/limber/plugins/good-output.so"));
    look(NULL, builtin, NULL);
    look(NULL, NULL, "lib/plugins/good-output.so");
}

static void a_refused_file_gives_way_to_the_next(void **state)
{
    copy_fixture("broken-crash", "a", "good-output.so");
    struct registry *registry =
        registry_new(&(struct registry_options){.path = in_tmp("a"), .builtin = builtin});
    accepted(registry, "good-output");
    assert_contains(logged, "a/good-output.so is passed over: crashed while loading (SIGSEGV)");
    registry_destroy(registry);
}

static void settings_made_before_loading_are_checked_at_loading(void **state)
{
    struct registry *registry = registry_new(&(struct registry_options){.path = FOLDER});
    char *error = NULL;
    assert_int_equal(registry_set(registry, "good-output", "latency", "77", &error), LIMBER_OK);
    assert_int_equal(registry_set(registry, "good-output", "title", "a = b", &error), LIMBER_OK);
    const char *const *pairs = registry_settings(registry, "good-output");
    assert_string_equal(pairs[0], "latency=77");
    assert_string_equal(pairs[1], "title=a = b");
    assert_null(pairs[2]);
    struct plugin_instance *instance = registry_instance(registry, "good-output", &error);
    assert_non_null(instance);
    assert_contains(logged, "good-output");
    assert_contains(logged, "a = b"); /* what create() logged: it saw the setting */
    const struct limber_output *output = plugin_interface(instance, LIMBER_OUTPUT_ID, NULL);
    void *self = NULL;
    assert_ptr_equal(plugin_interface(instance, LIMBER_OUTPUT_ID, &self), output);
    assert_int_equal(output->latency(self), 77);
    /* Loaded now: the next ones are checked at once. */
    assert_int_equal(registry_set(registry, "good-output", "latency", "-1", &error),
                     LIMBER_INVALID);
    assert_contains(error, "from 0 to 9600 (in frames, without the unit)");
    free(error);
    registry_destroy(registry);

    registry = registry_new(&(struct registry_options){.path = FOLDER});
    assert_int_equal(registry_set(registry, "good-output", "lates", "1", &error), LIMBER_OK);
    refused(registry, "good-output",
            "unknown option \"lates\" of good-output: did you mean \"latency\"?");
    registry_destroy(registry);
}

static void a_mistyped_plugin_is_named(void **state)
{
    struct registry *registry = registry_new(&(struct registry_options){.path = FOLDER});
    char *error = NULL;
    assert_int_equal(registry_set(registry, "good-outptu", "latency", "1", &error),
                     LIMBER_NOT_FOUND);
    assert_string_equal(error, "unknown plugin \"good-outptu\": did you mean \"good-output\"?");
    free(error);
    refused(registry, "good-outptu", "did you mean \"good-output\"?");
    refused(registry, "speech-martian", FOLDER);
    registry_destroy(registry);
}

/* How often good-trace is loaded when a new process uses it. */
static long loads(const struct registry_options *options)
{
    unlink(in_tmp("trace"));
    pid_t child = fork();
    if (child == 0) {
        char *error = NULL;
        setenv("LIMBER_FIXTURE_TRACE", in_tmp("trace"), 1);
        struct registry *registry = registry_new(options);
        _exit(registry_instance(registry, "good-trace", &error) ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    struct stat about = {0};
    stat(in_tmp("trace"), &about);
    return about.st_size;
}

static void harmless_files_are_remembered(void **state)
{
    char cache[256], path[256];
    snprintf(cache, sizeof cache, "%s/cache/limber/probed", tmp);
    snprintf(path, sizeof path, "%s/a", tmp);
    copy_fixture("good-trace", "a", "good-trace.so");
    struct registry_options options = {.path = path, .probe_cache = cache};
    assert_int_equal(loads(&options), 2); /* in the child, then here */
    assert_int_equal(loads(&options), 1);
    struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    assert_int_equal(utimensat(AT_FDCWD, in_tmp("a/good-trace.so"), times, 0), 0);
    assert_int_equal(loads(&options), 2); /* another file now */
    assert_int_equal(loads(&options), 1);
    FILE *file = fopen(cache, "w");
    fputs("limber-probe 1\n\n1 2\nx y z /w\n-1 99999999999999999999 3 /", file);
    fclose(file);
    assert_int_equal(loads(&options), 2); /* nonsense is passed over */
    assert_int_equal(loads(&options), 1);
    options.probe_cache = NULL;
    assert_int_equal(loads(&options), 2);
    options.no_probe = true;
    assert_int_equal(loads(&options), 1);
    options.no_probe = false;
    options.probe_cache = "/proc/limber/cannot/be/made";
    assert_int_equal(loads(&options), 2);
}

static void one_plugin_can_be_single(void **state)
{
    struct registry *registry = registry_new(&(struct registry_options){.path = FOLDER});
    char *error = NULL;
    struct plugin_instance *first = registry_instance(registry, "good-single", &error);
    assert_non_null(first);
    assert_ptr_equal(registry_instance(registry, "good-single", &error), first);
    assert_null(registry_create(registry, "good-single", &error));
    assert_contains(error, "good-single can be used only once at a time");
    free(error);
    plugin_instance_destroy(registry, first);
    assert_non_null(registry_create(registry, "good-single", &error));
    registry_destroy(registry); /* destroys it too: the leak checker tells */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(broken_files_are_refused_and_the_rest_loads),
        TEST(all_files_are_listed),
        TEST(a_hang_is_cut_off),
        TEST(files_that_others_may_write_are_refused),
        TEST(a_link_is_as_safe_as_its_target),
        TEST(files_of_others_are_refused),
        TEST(other_things_are_refused),
        TEST(folders_are_searched_in_order),
        TEST(a_refused_file_gives_way_to_the_next),
        TEST(settings_made_before_loading_are_checked_at_loading),
        TEST(a_mistyped_plugin_is_named),
        TEST(harmless_files_are_remembered),
        TEST(one_plugin_can_be_single),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
