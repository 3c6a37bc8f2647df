/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey_clips.c: every clip decoded, measured, and held against the others and its text. */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "plan/plan.h"
#include "studio/survey_inside.h"
#include "voice/voices.h"

#define MOST_SECONDS  600
#define LOUDNESS_LU   4.0 /* from the median */
#define LEVELLED_LUFS (-19.0)
#define NOISE_DB      (-50.0)               /* once levelled */
#define NOISE_LEAST   (800 * NSEC_PER_MSEC) /* shorter clips have no quiet part to measure in */
#define DC_MOST       0.01
#define CLIPS_MOST    8 /* samples */
#define LEAD_MOST     (500 * NSEC_PER_MSEC)
#define TAIL_MOST     (800 * NSEC_PER_MSEC)
#define LONGER        2.2 /* than its text tells, the others being right */
#define SHORTER       0.45
#define LENGTH_LEAST  (600 * NSEC_PER_MSEC) /* off by less than this is nothing */
#define FOLDERS_DEEP  4
#define FILES_MOST    5000

static double seconds_of(nsec time)
{
    return (double)time / NSEC_PER_SEC;
}

/* --- rows --- */

static void judge_row(struct surveying *surveying, size_t index)
{
    struct pack *pack = surveying->options->pack;
    const struct pack_row *row = pack_row(pack, index);
    const char *table = pack_table(pack);
    if (row->problem)
        survey_add(surveying, SURVEY_ROW, true, table, row->line, NULL, "%s", row->problem);
    for (size_t i = 0; row->key && row->file && i < index; i++) {
        const struct pack_row *other = pack_row(pack, i);
        if (!other->key || !other->file || strcmp(other->file, row->file) != 0)
            continue;
        bool same = strcmp(other->key, row->key) == 0;
        survey_add(surveying, SURVEY_DUPLICATE, false, table, row->line,
                   same ? "take one of them out" : "one of them is wrong",
                   same ? "\"%.60s\" with the file %s is in line %d already"
                        : "\"%.60s\" has the same file, %s, as line %d",
                   row->text, row->file, other->line);
        break;
    }
    const char *voice_language = pack_language(pack);
    const char *other = row->text ? survey_other_language(row->text, voice_language, NULL) : NULL;
    if (other)
        survey_add(surveying, SURVEY_LANGUAGE, false, table, row->line,
                   "a voice speaks the languages of its voice.yaml",
                   "\"%.60s\" looks like \"%s\", and the voice speaks \"%s\"", row->text, other,
                   voice_language);
}

/* The last thing that is logged, while it is this that listens. */
static void keep_line(void *context, enum limber_log_level level, const char *line)
{
    struct str *last = context;
    (void)level;
    str_free(last);
    str_add(last, line);
}

/* Why the plugin could not read a clip: what it logged, without its own name and that of the file.
 */
static const char *reason_of(const struct str *line, const char *path)
{
    const char *text = str_text(line), *at = strstr(text, path);
    if (at && strncmp(at + strlen(path), ": ", 2) == 0)
        return at + strlen(path) + 2;
    return text[0] ? text : "it is damaged, or not a kind that a pack holds";
}

/* Whether anything is heard in it. */
static bool measure_row(struct surveying *surveying, const struct pack_row *row)
{
    struct survey_clip *clip = vec_push(&surveying->clips);
    struct str line = {0};
    float *samples = NULL;
    size_t count = 0;
    uint32_t rate_hz = 0;
    *clip = (struct survey_clip){.text = row->text, .file = row->file, .line = row->line};
    log_set_sink(keep_line, &line);
    enum limber_status status = pack_read_all(surveying->options->pack, row->path, MOST_SECONDS,
                                              &samples, &count, &rate_hz);
    log_set_sink(NULL, NULL);
    if (status == LIMBER_OK) {
        clip->read = true;
        clip->measure = take_measure(samples, count, rate_hz);
        surveying->seconds += seconds_of(clip->measure.length_ns);
    } else {
        survey_add(surveying, SURVEY_BROKEN, true, row->path, 0, "record or copy it again",
                   "it cannot be read as sound: %s",
                   status == LIMBER_LIMIT ? "it is longer than ten minutes"
                                          : reason_of(&line, row->path));
    }
    free(samples);
    str_free(&line);
    return clip->read && !clip->measure.silent;
}

/* --- clips --- */

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Of what `value` gives for the clips where that is finite; NAN for none. */
static double median(const struct surveying *surveying, double (*value)(const struct survey_clip *))
{
    double *values = xcalloc(surveying->clips.count + 1, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; i < surveying->clips.count; i++) {
        const struct survey_clip *clip = &surveying->clips.items[i];
        double one = clip->read && !clip->measure.silent ? value(clip) : NAN;
        if (isfinite(one))
            values[count++] = one;
    }
    qsort(values, count, sizeof *values, by_value);
    double middle = count ? values[count / 2] : NAN;
    free(values);
    return middle;
}

static double loudness_of(const struct survey_clip *clip)
{
    return clip->measure.lufs;
}

static nsec spoken_ns(const struct survey_clip *clip)
{
    return clip->measure.length_ns - clip->measure.lead_ns - clip->measure.tail_ns;
}

static double slowness_of(const struct survey_clip *clip)
{
    nsec expected = plan_estimate_speech_ns(clip->text);
    return expected > 0 ? seconds_of(spoken_ns(clip)) / seconds_of(expected) : NAN;
}

static void judge_level(struct surveying *surveying, const struct survey_clip *clip,
                        const char *path)
{
    const struct take_measure *measure = &clip->measure;
    double off = measure->lufs - surveying->median_lufs;
    if (fabs(off) > LOUDNESS_LU)
        survey_add(surveying, SURVEY_LOUDNESS, false, path, 0,
                   "it is levelled when it is played; recording it again sounds more even",
                   "it is %.1f LU %s than the middle of the others (%.1f LUFS)", fabs(off),
                   off > 0 ? "louder" : "quieter", surveying->median_lufs);
    if (measure->clipped >= CLIPS_MOST)
        survey_add(surveying, SURVEY_CLIPPED, false, path, 0,
                   "record it again with the microphone turned down",
                   "it is clipped: %zu samples at the end of the scale", measure->clipped);
    if (fabs(measure->dc) > DC_MOST)
        survey_add(surveying, SURVEY_DC, false, path, 0,
                   "it is taken out when it is played; the microphone or its adapter may be faulty",
                   "it is off centre by %.1f %% of full scale (DC)", 100 * measure->dc);
    double noise = measure->noise_db + LEVELLED_LUFS - measure->lufs;
    if (measure->length_ns >= NOISE_LEAST && noise > NOISE_DB)
        survey_add(surveying, SURVEY_NOISE, false, path, 0,
                   "a quieter room, or a microphone nearer to the mouth",
                   "it is noisy: %.0f dBFS between the words, once levelled", noise);
}

static void judge_times(struct surveying *surveying, const struct survey_clip *clip,
                        const char *path, double slowness)
{
    const struct take_measure *measure = &clip->measure;
    if (measure->lead_ns > LEAD_MOST || measure->tail_ns > TAIL_MOST)
        survey_add(surveying, SURVEY_SILENCE, false, path, 0, "it is cut off when it is played",
                   "there is %.1f s of silence before the words and %.1f s after them",
                   seconds_of(measure->lead_ns), seconds_of(measure->tail_ns));
    double expected = slowness * seconds_of(plan_estimate_speech_ns(clip->text));
    double spoken = seconds_of(spoken_ns(clip)), ratio = spoken / expected;
    if ((ratio > LONGER || ratio < SHORTER) && fabs(spoken - expected) > seconds_of(LENGTH_LEAST))
        survey_add(surveying, SURVEY_LENGTH, false, path, 0, "listen to it",
                   "it is %.1f s long, and \"%.60s\" would take about %.1f s: is it another text?",
                   spoken, clip->text, expected);
}

static const struct pack_row *row_at(const struct surveying *surveying, int line)
{
    const struct pack *pack = surveying->options->pack;
    for (size_t i = 0; i < pack_row_count(pack); i++)
        if (pack_row(pack, i)->line == line)
            return pack_row(pack, i);
    return NULL;
}

static void judge_clips(struct surveying *surveying)
{
    double slowness = median(surveying, slowness_of);
    surveying->median_lufs = median(surveying, loudness_of);
    for (size_t i = 0; i < surveying->clips.count; i++) {
        const struct survey_clip *clip = &surveying->clips.items[i];
        const char *path = row_at(surveying, clip->line)->path;
        if (!clip->read)
            continue;
        if (clip->measure.silent) {
            survey_add(surveying, SURVEY_SILENT, true, path, 0, "record it again",
                       "nothing is heard in it");
            continue;
        }
        judge_level(surveying, clip, path);
        judge_times(surveying, clip, path, slowness);
    }
}

/* --- files that no row names --- */

static bool is_sound(const char *name)
{
    static const char *const kinds[] = {".wav", ".flac", ".ogg",  ".oga", ".opus",
                                        ".mp3", ".aif",  ".aiff", ".au",  ".caf"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof kinds / sizeof *kinds; i++)
        if (strcasecmp(dot, kinds[i]) == 0)
            return true;
    return false;
}

static bool is_named(const struct surveying *surveying, const char *path)
{
    char *real = realpath(path, NULL);
    bool named = false;
    for (size_t i = 0; real && !named && i < pack_row_count(surveying->options->pack); i++) {
        const struct pack_row *row = pack_row(surveying->options->pack, i);
        named = row->path && strcmp(row->path, real) == 0;
    }
    free(real);
    return named;
}

static void look_for_unused(struct surveying *surveying, const char *folder, int depth,
                            size_t *looked)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        char *path = file_join(surveying->arena, folder, name);
        struct stat about;
        if (name[0] == '.' || lstat(path, &about) != 0 || ++*looked > FILES_MOST) {
            free(entries[i]);
            continue;
        }
        if (S_ISDIR(about.st_mode) && depth < FOLDERS_DEEP)
            look_for_unused(surveying, path, depth + 1, looked);
        else if (S_ISREG(about.st_mode) && is_sound(name) && !is_named(surveying, path))
            survey_add(surveying, SURVEY_UNUSED, false, path, 0,
                       "add a row for it, or take it away", "no row of the table names it");
        free(entries[i]);
    }
    free(entries);
}

void survey_clips(struct surveying *surveying)
{
    const struct survey_options *options = surveying->options;
    size_t count = pack_row_count(options->pack), looked = 0;
    for (size_t i = 0; i < count; i++) {
        const struct pack_row *row = pack_row(options->pack, i);
        judge_row(surveying, i);
        if (!row->problem)
            pack_proved(options->pack, i, measure_row(surveying, row));
        if (options->progress)
            options->progress(options->context, i + 1, count);
    }
    if (pack_broken(options->pack)) {
        survey_add(surveying, SURVEY_EMPTY, true, pack_table(options->pack), 0,
                   "put it right, or take it away and begin anew",
                   "nothing of it can be read, so there are no clips");
        return;
    }
    if (surveying->clips.count == 0)
        survey_add(surveying, SURVEY_EMPTY, true, pack_table(options->pack), 0,
                   "limber voice script, record and split fill it", "there are no clips yet");
    judge_clips(surveying);
    look_for_unused(surveying, options->voice->folder, 0, &looked);
}
