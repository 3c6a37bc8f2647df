/* SPDX-License-Identifier: GPL-3.0-or-later */
/* out-null: pulls everything once, accounts for what was heard, misbehaves as asked. */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fakehost.h"

extern const struct limber_plugin_entry limber_builtin_out_null;

/* A session whose frame i holds the value i + 1; it ends after `length` frames. */
struct session {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t at, length, ready; /* ready: frames that exist already */
    int64_t pulls, longest, silence_after;
    uint32_t channels;
    int lost;
    char reason[128];
    int64_t late; /* frames asked for that were not ready */
};

static int64_t pull(void *context, float *samples, int64_t frames)
{
    struct session *s = context;
    pthread_mutex_lock(&s->lock);
    int64_t count = s->length - s->at < frames ? s->length - s->at : frames;
    if (s->at + count > s->ready) {
        s->late += s->at + count - s->ready;
        count = s->ready - s->at;
    }
    memset(samples, 0, (size_t)frames * s->channels * sizeof *samples);
    for (int64_t i = 0; i < count; i++)
        for (uint32_t c = 0; c < s->channels; c++)
            samples[i * s->channels + c] = (float)(s->at + i + 1);
    s->at += count;
    s->pulls++;
    if (frames > s->longest)
        s->longest = frames;
    if (s->at == s->length)
        s->silence_after += frames - count;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return count;
}

static void wait_ready(void *context, int64_t frames, int timeout_ms)
{
    struct session *s = context;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += timeout_ms * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&s->lock);
    while (s->ready < s->length && s->ready - s->at < frames)
        if (pthread_cond_timedwait(&s->changed, &s->lock, &until) != 0)
            break;
    pthread_mutex_unlock(&s->lock);
}

static void lost(void *context, const char *reason)
{
    struct session *s = context;
    pthread_mutex_lock(&s->lock);
    s->lost++;
    snprintf(s->reason, sizeof s->reason, "%s", reason);
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static void begin(struct session *s, int64_t length)
{
    memset(s, 0, sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    s->length = s->ready = length;
    s->channels = 1;
}

/* Waits until `drain` frames of silence were pulled after the session, or the device was lost. */
static void play_out(struct session *s, int64_t drain)
{
    pthread_mutex_lock(&s->lock);
    while (!s->lost && s->silence_after < drain)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static enum limber_status open_null(struct fake_host *fake, const struct limber_output *output,
                                    struct session *s, struct limber_output_stream *stream)
{
    struct limber_output_request request = {
        .size = sizeof request, .rate_hz = 48000, .channels = 1, .total_frames = -1};
    struct limber_output_source source = {sizeof source, s, pull, wait_ready, lost};
    enum limber_status status = output->open(fake->instance, &request, &source, stream);
    if (status == LIMBER_OK)
        s->channels = stream->channels;
    return status;
}

static const char *capture_name(void)
{
    static char name[512];
    snprintf(name, sizeof name, "%s/outnull-%d.raw", BINARY_DIR, (int)getpid());
    return name;
}

static float *captured(int64_t *count)
{
    FILE *file = fopen(capture_name(), "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *count = ftell(file) / (long)sizeof(float);
    rewind(file);
    float *samples = malloc((size_t)*count * sizeof *samples + 1);
    assert_int_equal(fread(samples, sizeof *samples, (size_t)*count, file), *count);
    fclose(file);
    unlink(capture_name());
    return samples;
}

static void describes_itself(void **state)
{
    fake_check_descriptor("out-null", LIMBER_OUTPUT_ID);
}

static void takes_every_frame_once(void **state)
{
    struct fake_host fake;
    struct session s;
    struct limber_output_stream stream;
    fake_init(&fake, "capture", capture_name(), "buffer", "700", NULL);
    const struct limber_output *output = fake_output(&fake);
    assert_null(output->write);
    begin(&s, 1000001);
    assert_int_equal(open_null(&fake, output, &s, &stream), LIMBER_OK);
    assert_false(stream.live);
    assert_int_equal(stream.channels, 1);
    assert_int_equal(output->start(fake.instance), LIMBER_OK);
    play_out(&s, 1);
    assert_int_equal(output->close(fake.instance, true), LIMBER_OK);
    assert_int_equal(output->close(fake.instance, true), LIMBER_OK);
    assert_int_equal(s.longest, 700);
    fake_destroy(&fake);
    int64_t count;
    float *got = captured(&count);
    assert_true(count > 1000001);
    assert_int_equal(count % 700, 0);
    for (int64_t i = 0; i < count; i++)
        if (got[i] != (i < 1000001 ? (float)(i + 1) : 0.0f))
            fail_msg("frame %lld", (long long)i);
    free(got);
}

static void *producer(void *user)
{
    struct session *s = user;
    for (int i = 0; i < 400; i++) {
        pthread_mutex_lock(&s->lock);
        s->ready += 250;
        pthread_cond_broadcast(&s->changed);
        while (s->ready - s->at > 2000) /* as with a ring that is full */
            pthread_cond_wait(&s->changed, &s->lock);
        pthread_mutex_unlock(&s->lock);
    }
    return NULL;
}

static void never_outruns_the_session(void **state)
{
    struct fake_host fake;
    struct session s;
    struct limber_output_stream stream;
    fake_init(&fake, NULL);
    const struct limber_output *output = fake_output(&fake);
    begin(&s, 100000);
    s.ready = 0;
    assert_int_equal(open_null(&fake, output, &s, &stream), LIMBER_OK);
    assert_int_equal(output->start(fake.instance), LIMBER_OK);
    pthread_t thread;
    pthread_create(&thread, NULL, producer, &s);
    play_out(&s, 1);
    pthread_join(thread, NULL);
    assert_int_equal(output->close(fake.instance, true), LIMBER_OK);
    assert_int_equal(s.late, 0);
    assert_int_equal(s.at, 100000);
    fake_destroy(&fake);
}

static void keeps_its_pace(void **state)
{
    struct fake_host fake;
    struct session s;
    struct limber_output_stream stream;
    fake_init(&fake, "speed", "20.5", "latency", "4800", "channels", "2", NULL);
    const struct limber_output *output = fake_output(&fake);
    begin(&s, 192000); /* four seconds */
    assert_int_equal(open_null(&fake, output, &s, &stream), LIMBER_OK);
    assert_true(stream.live);
    assert_int_equal(stream.channels, 2);
    assert_int_equal(stream.latency_frames, 4800);
    assert_int_equal(stream.drain_frames, 4800);
    assert_int_equal(output->latency(fake.instance), 4800);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    assert_int_equal(output->start(fake.instance), LIMBER_OK);
    assert_int_equal(output->start(fake.instance), LIMBER_FAILED);
    play_out(&s, 1);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double took = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
    assert_true(took >= 4 / 20.5);
    assert_int_equal(output->close(fake.instance, true), LIMBER_OK);
    fake_destroy(&fake);
}

/* Plays with a loss or a stall at frame 5000 and a latency of 800; the host goes on at the first
 * frame that was not heard, as the session does. */
static void interrupted(const char *what)
{
    struct fake_host fake;
    struct session s;
    struct limber_output_stream stream;
    fake_init(&fake, "capture", capture_name(), "buffer", "512", "latency", "800", what, "5000",
              "return-after", "2", NULL);
    const struct limber_output *output = fake_output(&fake);
    begin(&s, 20000);
    bool silent = strcmp(what, "stall-at") == 0;
    assert_int_equal(open_null(&fake, output, &s, &stream), LIMBER_OK);
    assert_int_equal(output->start(fake.instance), LIMBER_OK);
    pthread_mutex_lock(&s.lock);
    while (silent ? s.at < 5000 : !s.lost)
        pthread_cond_wait(&s.changed, &s.lock);
    pthread_mutex_unlock(&s.lock);
    assert_int_equal(output->close(fake.instance, true), LIMBER_OK);
    assert_int_equal(s.at, 5000);
    assert_int_equal(s.lost, silent ? 0 : 1);
    assert_true(silent || *s.reason);
    for (int i = 0; i < 2; i++)
        assert_int_equal(open_null(&fake, output, &s, &stream), LIMBER_NOT_FOUND);
    s.at -= stream.latency_frames;
    s.lost = 0;
    assert_int_equal(open_null(&fake, output, &s, &stream), LIMBER_OK);
    assert_int_equal(output->start(fake.instance), LIMBER_OK);
    play_out(&s, 800);
    assert_int_equal(s.lost, 0);
    assert_int_equal(output->close(fake.instance, true), LIMBER_OK);
    fake_destroy(&fake);
    int64_t count;
    float *got = captured(&count);
    assert_true(count > 20000);
    for (int64_t i = 0; i < count; i++)
        if (got[i] != (i < 20000 ? (float)(i + 1) : 0.0f))
            fail_msg("%s: frame %lld", what, (long long)i);
    free(got);
}

static void a_lost_device_loses_nothing(void **state)
{
    interrupted("lose-at");
}

static void a_stalled_device_loses_nothing(void **state)
{
    interrupted("stall-at");
}

static bool count_device(void *context, const char *name, const char *detail, bool is_default)
{
    ++*(int *)context;
    return true;
}

static void other_failures(void **state)
{
    struct fake_host fake;
    struct session s;
    struct limber_output_stream stream;
    begin(&s, 1000);
    fake_init(&fake, "fail-open", "yes", NULL);
    const struct limber_output *output = fake_output(&fake);
    assert_int_equal(open_null(&fake, output, &s, &stream), LIMBER_FAILED);
    assert_int_equal(fake.log_lines, 1);
    fake_destroy(&fake);

    fake_init(&fake, "capture", "/no/such/folder/x.raw", NULL);
    output = fake_output(&fake);
    assert_int_equal(open_null(&fake, output, &s, &stream), LIMBER_IO);
    assert_non_null(strstr(fake.log, "/no/such/folder/x.raw"));
    fake_destroy(&fake);

    fake_init(&fake, "live", "yes", NULL);
    output = fake_output(&fake);
    int devices = 0;
    output->list_devices(fake.instance, count_device, &devices);
    assert_int_equal(devices, 1);
    assert_int_equal(open_null(&fake, output, &s, &stream), LIMBER_OK);
    assert_true(stream.live);
    assert_int_equal(open_null(&fake, output, &s, &stream), LIMBER_BUSY);
    fake_destroy(&fake); /* open, never started */

    fake_init(&fake, NULL);
    output = fake_output(&fake);
    assert_int_equal(open_null(&fake, output, &s, &stream), LIMBER_OK);
    assert_int_equal(output->start(fake.instance), LIMBER_OK);
    fake_destroy(&fake); /* while playing */
}

static void close_can_hang(void **state)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct fake_host fake;
        struct session s;
        struct limber_output_stream stream;
        fake_init(&fake, "hang-close", "yes", NULL);
        const struct limber_output *output = fake_output(&fake);
        begin(&s, 1000);
        if (open_null(&fake, output, &s, &stream) != LIMBER_OK)
            _exit(1);
        alarm(1); /* the default action ends this process: the only way out */
        output->close(fake.instance, true);
        _exit(2);
    }
    int how = 0;
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFSIGNALED(how));
    assert_int_equal(WTERMSIG(how), SIGALRM);
}

int main(int argc, char **argv)
{
    fake_load(argc, argv, &limber_builtin_out_null);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_itself),
        cmocka_unit_test(takes_every_frame_once),
        cmocka_unit_test(never_outruns_the_session),
        cmocka_unit_test(keeps_its_pace),
        cmocka_unit_test(a_lost_device_loses_nothing),
        cmocka_unit_test(a_stalled_device_loses_nothing),
        cmocka_unit_test(other_failures),
        cmocka_unit_test(close_can_hang),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
