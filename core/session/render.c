/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render.c: the offline path: the same feed and mixer as live, with a push output behind them. */
#include "session/render.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "plugin/call.h"
#include "plugin/threadcheck.h"
#include "session/parts.h"

#define LOG_MODULE           "render"
#define PROGRESS_MS          100
#define RELEASE_EVERY_FRAMES (1 << 18)

/* Shared by main, which waits, and the thread that mixes and writes. */
struct render_job {
    const struct render_score *what;
    struct plugin_instance *output;
    enum limber_status status;
    _Atomic frames done;
    _Atomic bool stop, ended;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

static struct limber_output_chapter *chapters_of(const struct session *session,
                                                 const struct timeline *timeline, size_t *count)
{
    const struct plan *plan = session->script->plan;
    struct limber_output_chapter *chapters = xcalloc(plan->move_count + 1, sizeof *chapters);
    size_t entry_count = 0;
    const struct timeline_entry *entries = timeline_entries(timeline, &entry_count);
    *count = 0;
    for (size_t i = 0; i < entry_count; i++) {
        const struct cue *cue = &plan->cues[entries[i].cue];
        if (!cue->move_start || cue->move >= plan->move_count)
            continue;
        if (*count < plan->move_count)
            chapters[(*count)++] =
                (struct limber_output_chapter){entries[i].start, plan->moves[cue->move].name};
    }
    return chapters;
}

/* Doubles mono for outputs that need two channels. */
static void widen(float *samples, int64_t count)
{
    for (int64_t i = count - 1; i >= 0; i--)
        samples[2 * i] = samples[2 * i + 1] = samples[i];
}

static enum limber_status mix_and_write(struct render_job *job, uint32_t channels_out)
{
    const struct render_score *what = job->what;
    struct mixer *mixer = mixer_new(what->rate_hz, what->channels);
    float *block = xmalloc(sizeof(float) * MIXER_BLOCK * 2);
    enum limber_status status = LIMBER_OK;
    frames released = 0;
    mixer_set_score(mixer, what->score, 0, true);
    int64_t count;
    while (status == LIMBER_OK && (count = mixer_mix(mixer, block, MIXER_BLOCK)) > 0) {
        if (channels_out > what->channels)
            widen(block, count);
        status = call_output_write(job->output, block, count);
        frames done = mixer_position(mixer);
        atomic_store(&job->done, done);
        if (what->feed && done - released > RELEASE_EVERY_FRAMES)
            feed_release(what->feed, released = done);
        if (atomic_load(&job->stop))
            status = LIMBER_CANCELLED;
    }
    free(block);
    mixer_destroy(mixer);
    return status;
}

static void *run(void *context)
{
    struct render_job *job = context;
    const struct render_score *what = job->what;
    const struct limber_output_request request = {.size = sizeof request,
                                                  .rate_hz = what->rate_hz,
                                                  .channels = what->channels,
                                                  .target = what->target,
                                                  .title = what->title,
                                                  .chapters = what->chapters,
                                                  .chapter_count = what->chapter_count,
                                                  .total_frames = what->total};
    threadcheck_set(THREAD_WORKER);
    struct limber_output_stream agreed = {.size = sizeof agreed};
    enum limber_status status = call_output_open(job->output, &request, NULL, &agreed);
    if (status == LIMBER_OK) {
        status = mix_and_write(job, agreed.channels);
        enum limber_status closed = call_output_close(job->output, status == LIMBER_OK);
        if (status == LIMBER_OK)
            status = closed;
    }
    pthread_mutex_lock(&job->lock);
    job->status = status;
    atomic_store(&job->ended, true);
    pthread_cond_signal(&job->changed);
    pthread_mutex_unlock(&job->lock);
    return NULL;
}

static void wait_for_end(struct render_job *job)
{
    const struct render_score *what = job->what;
    pthread_mutex_lock(&job->lock);
    while (!atomic_load(&job->ended)) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += PROGRESS_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&job->changed, &job->lock, &until);
        if (what->progress && !what->progress(what->context, atomic_load(&job->done), what->total))
            atomic_store(&job->stop, true);
    }
    pthread_mutex_unlock(&job->lock);
}

enum limber_status render_score(const struct render_score *what, char **error)
{
    struct render_job job = {.what = what};
    job.output = registry_instance(what->registry, what->output, error);
    if (!job.output)
        return LIMBER_NOT_FOUND;
    if (call_output_is_pull(job.output)) {
        *error = xstrdup("this output plays live; it cannot be rendered to");
        return LIMBER_UNSUPPORTED;
    }
    pthread_mutex_init(&job.lock, NULL);
    pthread_cond_init(&job.changed, NULL);
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, &job) == 0) {
        wait_for_end(&job);
        pthread_join(thread, NULL);
    } else {
        job.status = LIMBER_NO_MEMORY;
    }
    pthread_cond_destroy(&job.changed);
    pthread_mutex_destroy(&job.lock);
    return job.status;
}

enum limber_status render_session(struct session *session, const struct render_options *options,
                                  char **error)
{
    size_t chapter_count = 0;
    struct limber_output_chapter *chapters =
        chapters_of(session, options->timeline, &chapter_count);
    struct feed *feed = feed_of(session, options->timeline);
    feed_advance(feed);
    const struct render_score what = {.registry = session->host.registry,
                                      .output = options->output,
                                      .target = options->target,
                                      .score = feed->score,
                                      .total = timeline_length(options->timeline),
                                      .rate_hz = session->rate_hz,
                                      .channels = session_channels(session),
                                      .title = session->routine->title,
                                      .chapters = chapters,
                                      .chapter_count = chapter_count,
                                      .feed = feed,
                                      .progress = options->progress,
                                      .context = options->context};
    enum limber_status status = render_score(&what, error);
    feed_destroy(feed);
    free(chapters);
    return status;
}
