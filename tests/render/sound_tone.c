/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sound-tone: every sound of the theme measured: starts, ends, levels, spectrum, pitch, seams. */
#include <ebur128.h>

#include "fakehost.h"

#define TAU   6.283185307179586
#define COUNT (sizeof(struck) / sizeof *struck)

extern const struct limber_plugin_entry limber_builtin_sound_tone;

static const char *const struck[] = {"start", "tick", "halfway",   "end",  "switch", "rest",
                                     "done",  "bell", "attention", "gong", "chime"};
static const char *const breaths[] = {"in", "out", "keep"};
static const char *const beds[] = {"rain", "waves", "drone", "brown"};
static const uint32_t rates[] = {48000, 44100, 16000};

/* Makes a sound; options are pairs, or NULL. */
static void get(const char *name, uint32_t rate_hz, uint32_t channels, bool bed, int64_t frames,
                const char *option, const char *value, struct take *take)
{
    struct fake_host fake;
    memset(take, 0, sizeof *take);
    fake_init(&fake, option, value, NULL);
    const struct limber_sound *sound = fake_sound(&fake);
    struct limber_sound_request request = {.size = sizeof request,
                                           .name = name,
                                           .rate_hz = rate_hz,
                                           .channels = channels,
                                           .frames = frames,
                                           .bed = bed};
    assert_true(sound->has(fake.instance, &request));
    assert_int_equal(take_sound(sound, fake.instance, &request, take), LIMBER_OK);
    assert_int_equal(fake.log_lines, 0);
    fake_destroy(&fake);
}

static double peak_db(const float *samples, int64_t count)
{
    float most = 0;
    for (int64_t i = 0; i < count; i++)
        most = fmaxf(most, fabsf(samples[i]));
    return 20 * log10((double)most);
}

/* In place, radix 2. */
static void fft(double *re, double *im, int n)
{
    for (int i = 1, j = 0; i < n; i++) {
        int bit = n >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            double t = re[i];
            re[i] = re[j], re[j] = t;
            t = im[i];
            im[i] = im[j], im[j] = t;
        }
    }
    for (int size = 2; size <= n; size *= 2)
        for (int k = 0; k < size / 2; k++) {
            double c = cos(TAU * k / size), s = -sin(TAU * k / size);
            for (int i = k; i < n; i += size) {
                int j = i + size / 2;
                double x = re[j] * c - im[j] * s, y = re[j] * s + im[j] * c;
                re[j] = re[i] - x, im[j] = im[i] - y;
                re[i] += x, im[i] += y;
            }
        }
}

/* Energy between two frequencies as a part of the whole. */
static double band(const float *samples, int64_t count, uint32_t rate_hz, double from, double to)
{
    int n = 1;
    while (n < count)
        n *= 2;
    double *re = calloc((size_t)n, sizeof *re), *im = calloc((size_t)n, sizeof *im);
    double in = 0, all = 0;
    for (int64_t i = 0; i < count; i++)
        re[i] = (double)samples[i];
    fft(re, im, n);
    for (int i = 1; i < n / 2; i++) {
        double hz = (double)i * rate_hz / n, power = re[i] * re[i] + im[i] * im[i];
        all += power;
        if (hz >= from && hz <= to)
            in += power;
    }
    free(re);
    free(im);
    return in / all;
}

/* The strongest frequency between 250 and 2000 Hz of a stretch, under a Hann window. */
static double pitch(const float *samples, int64_t count, uint32_t rate_hz)
{
    enum { N = 32768 };
    double *re = calloc(N, sizeof *re), *im = calloc(N, sizeof *im), most = 0, hz = 0;
    for (int64_t i = 0; i < count && i < N; i++)
        re[i] = (double)samples[i] * (0.5 - 0.5 * cos(TAU * (double)i / (double)count));
    fft(re, im, N);
    for (int i = 1; i < N / 2; i++) {
        double here = (double)i * rate_hz / N, power = re[i] * re[i] + im[i] * im[i];
        if (here > 250 && here < 2000 && power > most)
            most = power, hz = here;
    }
    free(re);
    free(im);
    return hz;
}

/* What every finite sound must be like. */
static void check_edges(const char *name, const struct take *take, uint32_t rate_hz)
{
    const float *x = take->samples;
    int64_t n = take->frames;
    assert_int_equal(take->channels, 1);
    if (fabsf(x[0]) > 0.01f || x[0] == 0.0f)
        fail_msg("%s at %u Hz begins with %g", name, rate_hz, (double)x[0]);
    assert_true(lrintf(x[0] * 32768) != 0); /* the first frame shows, also in 16 bits */
    if (x[n - 1] != 0.0f)
        fail_msg("%s at %u Hz ends with %g", name, rate_hz, (double)x[n - 1]);
    if (peak_db(x, rate_hz / 200) < -60)
        fail_msg("%s at %u Hz: nothing is heard in the first 5 ms", name, rate_hz);
    for (int64_t i = 0; i < n; i++)
        assert_true(isfinite(x[i]));
    assert_true(take->lead_frames >= 0 && take->lead_frames <= n);
}

static void describes_itself(void **state)
{
    fake_check_descriptor("sound-tone", LIMBER_SOUND_ID);
    assert_true(fake_entry->descriptor->flags & LIMBER_PLUGIN_DETERMINISTIC);
}

static void struck_sounds(void **state)
{
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++)
        for (size_t k = 0; k < COUNT; k++) {
            struct take take;
            get(struck[k], rates[r], 2, false, 0, NULL, NULL, &take);
            check_edges(struck[k], &take, rates[r]);
            double peak = peak_db(take.samples, take.frames);
            if (peak > -11.99 || peak < -15)
                fail_msg("%s peaks at %.2f dBFS", struck[k], peak);
            /* The last 20 ms lie under −80 dBFS when they begin to fade; nothing is cut off. */
            int64_t end = rates[r] / 125;
            if (strcmp(struck[k], "tick") != 0 &&
                peak_db(take.samples + take.frames - end, end) > -80)
                fail_msg("%s at %u Hz is cut off", struck[k], rates[r]);
            double part = band(take.samples, take.frames, rates[r], 300, 3000);
            if (part < 0.8)
                fail_msg("%s: only %.1f %% between 300 and 3000 Hz", struck[k], 100 * part);
            free(take.samples);
        }
}

static double fourth_difference(const struct take *take, int64_t at)
{
    static const double weights[] = {1, -4, 6, -4, 1};
    double sum = 0;
    for (int j = 0; j < 5; j++)
        if (at + j >= 0 && at + j < take->frames)
            sum += weights[j] * (double)take->samples[at + j];
    return sum;
}

/* A click is a jump that nothing around it explains. Fourth differences make of a step a spike of
 * 16 times the level of their surroundings; the highest partials and the air of the breaths stay
 * below 6 times. Below −62 dBFS in them it is not heard: that
 * is a single sample of −78 dBFS, as every sound has for its first. */
static double worst_spike(const struct take *take)
{
    int64_t n = take->frames, half = 240;
    double worst = 0, *squares = calloc((size_t)(n + 2 * half + 1), sizeof *squares);
    for (int64_t i = -half; i < n + half; i++)
        squares[i + half + 1] = squares[i + half] + pow(fourth_difference(take, i), 2);
    for (int64_t i = -4; i < n; i++) {
        double here = fabs(fourth_difference(take, i));
        int64_t from = i < 0 ? 0 : i,
                to = i + 2 * half > n + 2 * half ? n + 2 * half : i + 2 * half;
        double around = sqrt((squares[to] - squares[from]) / (double)(to - from));
        if (here > 8e-4)
            worst = fmax(worst, here / around);
    }
    free(squares);
    return worst;
}

static void no_clicks(void **state)
{
    for (size_t k = 0; k < COUNT + 3; k++) {
        const char *name = k < COUNT ? struck[k] : breaths[k - COUNT];
        struct take take;
        get(name, 48000, 1, false, k < COUNT ? 0 : 96000, NULL, NULL, &take);
        double worst = worst_spike(&take);
        if (worst > 7)
            fail_msg("%s: a click of %.1f times its surroundings", name, worst);
        /* The measure must find a click where there is one. */
        for (int64_t i = take.frames / 2; i < take.frames; i++)
            take.samples[i] += k < COUNT ? 0.003f : 0.01f;
        if (worst_spike(&take) < 7)
            fail_msg("%s: the measure is blind", name);
        free(take.samples);
    }
}

/* Answers to commands: shorter than a reaction, softer than all else, and each its own. */
static void earcons(void **state)
{
    static const char *const names[] = {"heard", "paused", "going on", "louder", "quieter", "no"};
    static const int rising[] = {0, -1, 1, 1, -1, 0};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++)
        for (size_t k = 0; k < 6; k++) {
            struct take take;
            get(names[k], rates[r], 1, false, 0, NULL, NULL, &take);
            check_edges(names[k], &take, rates[r]);
            double peak = peak_db(take.samples, take.frames);
            if (peak > -16 || peak < -22)
                fail_msg("%s peaks at %.2f dBFS", names[k], peak);
            assert_true(take.frames * 1000 < 150 * (int64_t)rates[r]);
            if (worst_spike(&take) > 7)
                fail_msg("%s: a click", names[k]);
            if (rising[k]) {
                double first = pitch(take.samples, rates[r] * 55 / 1000, rates[r]);
                int64_t second = rates[r] * 70 / 1000;
                double last = pitch(take.samples + second, take.frames - second, rates[r]);
                assert_true(rising[k] > 0 ? last > first * 1.2 : last < first / 1.2);
            }
            free(take.samples);
        }
}

static void leads_and_lengths(void **state)
{
    static const struct {
        const char *name;
        int from_ms, to_ms, least_ms, most_ms;
    } all[] = {{"start", 300, 400, 500, 2500},   {"tick", 0, 60, 30, 60},
               {"halfway", 200, 400, 300, 2000}, {"end", 300, 400, 500, 2500},
               {"switch", 300, 500, 500, 2000},  {"rest", 300, 500, 500, 2500},
               {"done", 1000, 1600, 1500, 5000}, {"attention", 300, 500, 400, 2000},
               {"bell", 1100, 1300, 3000, 9000}, {"gong", 1400, 1600, 4000, 12000},
               {"chime", 600, 1200, 1500, 6000}};
    for (size_t k = 0; k < COUNT; k++) {
        struct take take;
        get(all[k].name, 48000, 1, false, 0, NULL, NULL, &take);
        assert_in_range(take.lead_frames, all[k].from_ms * 48, all[k].to_ms * 48);
        assert_in_range(take.frames, all[k].least_ms * 48, all[k].most_ms * 48);
        free(take.samples);
    }
}

/* The pitch of the first note and of the last one. */
static void ends_of(const char *name, int last_ms, double *first, double *last)
{
    struct take take;
    get(name, 48000, 1, false, 0, NULL, NULL, &take);
    *first = pitch(take.samples, 4800, 48000);
    *last = pitch(take.samples + last_ms * 48, 9600, 48000);
    free(take.samples);
}

static void they_say_what_they_mean(void **state)
{
    double first, last;
    ends_of("start", 250, &first, &last);
    assert_true(last > first * 1.2);
    ends_of("end", 250, &first, &last);
    assert_true(last < first / 1.2);
    ends_of("rest", 500, &first, &last);
    assert_true(last < first / 1.1);
    ends_of("halfway", 150, &first, &last);
    assert_true(last < first * 1.02 && last > first / 1.02);
    struct take take;
    get("switch", 48000, 1, false, 0, NULL, NULL, &take);
    double notes[4];
    for (int i = 0; i < 4; i++)
        notes[i] = pitch(take.samples + i * 110 * 48, 110 * 48, 48000);
    assert_true(notes[0] < notes[1] && notes[1] > notes[2] && notes[2] < notes[3]);
    free(take.samples);
}

static void no_two_sounds_are_alike(void **state)
{
    struct take takes[COUNT];
    for (size_t k = 0; k < COUNT; k++)
        get(struck[k], 16000, 1, false, 0, NULL, NULL, &takes[k]);
    for (size_t a = 0; a < COUNT; a++)
        for (size_t b = a + 1; b < COUNT; b++) {
            int64_t n = takes[a].frames < takes[b].frames ? takes[a].frames : takes[b].frames;
            double ab = 0, aa = 0, bb = 0;
            for (int64_t i = 0; i < n; i++) {
                ab += (double)takes[a].samples[i] * (double)takes[b].samples[i];
                aa += (double)takes[a].samples[i] * (double)takes[a].samples[i];
                bb += (double)takes[b].samples[i] * (double)takes[b].samples[i];
            }
            if (fabs(ab) > 0.7 * sqrt(aa * bb))
                fail_msg("%s and %s", struck[a], struck[b]);
        }
    for (size_t k = 0; k < COUNT; k++)
        free(takes[k].samples);
}

static double rms(const float *samples, int64_t count)
{
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += (double)samples[i] * (double)samples[i];
    return sqrt(sum / (double)count);
}

static void breaths_fill_their_time(void **state)
{
    static const int64_t lengths_ms[] = {1, 10, 300, 1000, 4000, 7777, 60000};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++)
        for (size_t l = 0; l < 7; l++)
            for (size_t k = 0; k < 3; k++) {
                if (r > 0 && lengths_ms[l] > 10000)
                    continue;
                int64_t frames = lengths_ms[l] * rates[r] / 1000 + (int64_t)k;
                struct take take;
                get(breaths[k], rates[r], 2, false, frames, NULL, NULL, &take);
                assert_int_equal(take.frames, frames);
                if (lengths_ms[l] < 300) {
                    assert_true(take.samples[frames - 1] == 0.0f);
                    free(take.samples);
                    continue;
                }
                check_edges(breaths[k], &take, rates[r]);
                double peak = peak_db(take.samples, frames);
                if (k == 2 ? peak > -28 || peak < -40 : peak > -16 || peak < -26)
                    fail_msg("%s peaks at %.1f dBFS", breaths[k], peak);
                if (frames < 400000)
                    assert_true(band(take.samples, frames, rates[r], 300, 3000) > 0.8);
                int64_t third = frames / 3;
                double head = rms(take.samples, third),
                       tail = rms(take.samples + frames - third, third);
                assert_true(k == 0 ? tail > 2 * head : k == 1 ? head > 2 * tail : true);
                if (k == 2)
                    assert_true(head < 1.2 * tail && tail < 1.2 * head);
                if (lengths_ms[l] >= 1000) {
                    int64_t part = frames / 8;
                    double low = pitch(take.samples, part, rates[r]);
                    double high = pitch(take.samples + frames - part, part, rates[r]);
                    assert_true(k == 0   ? high > 1.3 * low
                                : k == 1 ? low > 1.3 * high
                                         : fabs(high - low) < 12);
                }
                free(take.samples);
            }
    struct take take;
    get("in", 48000, 1, false, 0, NULL, NULL, &take);
    assert_int_equal(take.frames, 4 * 48000);
    free(take.samples);
}

static double loudness(const struct take *take, uint32_t rate_hz)
{
    double value = 0;
    ebur128_state *meter = ebur128_init(take->channels, rate_hz, EBUR128_MODE_I);
    assert_non_null(meter);
    ebur128_add_frames_float(meter, take->samples, (size_t)take->frames);
    ebur128_loudness_global(meter, &value);
    ebur128_destroy(&meter);
    return value;
}

static double difference_rms(const struct take *take, int64_t at, int64_t count, uint32_t channel)
{
    double sum = 0;
    for (int64_t i = at; i < at + count; i++) {
        double a = take->samples[((i + take->frames) % take->frames) * take->channels + channel];
        double b =
            take->samples[((i + 1 + take->frames) % take->frames) * take->channels + channel];
        sum += (b - a) * (b - a);
    }
    return sqrt(sum / (double)count);
}

/* The seam must be nothing special: the step across it, the roughness around it and the level
 * before and after it lie within what the rest of the bed does. */
static void check_seam(const char *name, const struct take *take, uint32_t rate_hz)
{
    int64_t n = take->frames, piece = rate_hz / 10;
    for (uint32_t c = 0; c < take->channels; c++) {
        double step =
            fabs((double)take->samples[c] - (double)take->samples[(n - 1) * take->channels + c]);
        double usual = difference_rms(take, -piece, 2 * piece, c);
        if (step > 5 * usual)
            fail_msg("%s at %u Hz: the seam is a step of %.1f times the usual", name, rate_hz,
                     step / usual);
        double most = 0, here = 0;
        for (int64_t i = 0; i + 2 * piece < n; i += piece) {
            double a = difference_rms(take, i, piece, c),
                   b = difference_rms(take, i + piece, piece, c);
            most = fmax(most, fabs(log(a / b)));
        }
        here =
            fabs(log(difference_rms(take, -piece, piece, c) / difference_rms(take, 0, piece, c)));
        if (here > 1.05 * most)
            fail_msg("%s at %u Hz: the level changes at the seam", name, rate_hz);
    }
}

static void beds_loop(void **state)
{
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++)
        for (size_t k = 0; k < 4; k++)
            for (uint32_t channels = 1; channels <= 2; channels++) {
                struct take take;
                if (channels == 2 && r > 1)
                    continue;
                get(beds[k], rates[r], 2, true, 0, "stereo", channels == 2 ? "yes" : "no", &take);
                assert_int_equal(take.channels, channels);
                assert_in_range(take.frames, 20 * rates[r], 40 * rates[r]);
                check_seam(beds[k], &take, rates[r]);
                double lufs = loudness(&take, rates[r]) - (channels == 2 ? 3 : 0);
                if (fabs(lufs + 26) > 1.5)
                    fail_msg("%s at %u Hz: %.1f LUFS", beds[k], rates[r], lufs);
                assert_true(peak_db(take.samples, take.frames * channels) < -6);
                free(take.samples);
            }
}

static void always_the_same(void **state)
{
    struct take one, two;
    for (size_t k = 0; k < COUNT + 7; k++) {
        bool bed = k >= COUNT + 3;
        const char *name = k < COUNT ? struck[k] : bed ? beds[k - COUNT - 3] : breaths[k - COUNT];
        get(name, 48000, 1, bed, bed || k < COUNT ? 0 : 100000, NULL, NULL, &one);
        get(name, 48000, 1, bed, bed || k < COUNT ? 0 : 100000, NULL, NULL, &two);
        assert_int_equal(one.frames, two.frames);
        assert_memory_equal(one.samples, two.samples, (size_t)one.frames * sizeof(float));
        free(one.samples);
        free(two.samples);
    }
}

static void options_are_heard(void **state)
{
    struct take usual, other;
    get("start", 48000, 1, false, 0, NULL, NULL, &usual);
    get("start", 48000, 1, false, 0, "volume", "-6.5", &other);
    double change = peak_db(other.samples, other.frames) - peak_db(usual.samples, usual.frames);
    assert_true(fabs(change + 6.5) < 0.01);
    free(other.samples);
    double treble = band(usual.samples, usual.frames, 48000, 1500, 24000);
    get("start", 48000, 1, false, 0, "warmth", "100", &other);
    assert_true(band(other.samples, other.frames, 48000, 1500, 24000) < treble / 2);
    free(other.samples);
    get("start", 48000, 1, false, 0, "warmth", "0", &other);
    assert_true(band(other.samples, other.frames, 48000, 1500, 24000) > treble * 2);
    assert_true(band(other.samples, other.frames, 48000, 300, 3000) > 0.8);
    free(other.samples);
    free(usual.samples);
}

static bool note(void *context, const char *name, bool bed, const char *help)
{
    int *count = context;
    assert_true(strlen(help) > 10);
    struct fake_host fake;
    fake_init(&fake, NULL);
    const struct limber_sound *sound = fake_sound(&fake);
    struct limber_sound_request request = {
        .size = sizeof request, .name = name, .rate_hz = 48000, .channels = 1, .bed = bed};
    assert_true(sound->has(fake.instance, &request));
    request.bed = !bed;
    assert_false(sound->has(fake.instance, &request));
    fake_destroy(&fake);
    return ++*count < 100;
}

static void lists_and_refuses(void **state)
{
    struct fake_host fake;
    fake_init(&fake, NULL);
    const struct limber_sound *sound = fake_sound(&fake);
    int count = 0;
    sound->list(fake.instance, NULL, note, &count);
    assert_int_equal(count, COUNT + 6 + 3 + 4);
    count = 99;
    sound->list(fake.instance, NULL, note, &count);
    assert_int_equal(count, 100); /* stopped when told */
    struct take take = {0};
    struct limber_sound_request request = {
        .size = sizeof request, .name = "trumpet", .rate_hz = 48000, .channels = 1};
    assert_false(sound->has(fake.instance, &request));
    assert_int_equal(take_sound(sound, fake.instance, &request, &take), LIMBER_NOT_FOUND);
    request.name = "bell";
    request.rate_hz = 100;
    assert_int_equal(take_sound(sound, fake.instance, &request, &take), LIMBER_INVALID);
    assert_int_equal(fake.log_lines, 1);
    request.rate_hz = 48000;
    for (size_t k = 0; k < 3; k++) {
        static const char *const names[] = {"gong", "in", "rain"};
        struct take cut = {.stop_after = 5000};
        request.name = names[k];
        request.bed = k == 2;
        assert_int_equal(take_sound(sound, fake.instance, &request, &cut), LIMBER_CANCELLED);
        assert_true(cut.frames < 20000);
        free(cut.samples);
    }
    fake_destroy(&fake);
}

int main(int argc, char **argv)
{
    fake_load(argc, argv, &limber_builtin_sound_tone);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_itself),
        cmocka_unit_test(struck_sounds),
        cmocka_unit_test(no_clicks),
        cmocka_unit_test(earcons),
        cmocka_unit_test(leads_and_lengths),
        cmocka_unit_test(they_say_what_they_mean),
        cmocka_unit_test(no_two_sounds_are_alike),
        cmocka_unit_test(breaths_fill_their_time),
        cmocka_unit_test(beds_loop),
        cmocka_unit_test(always_the_same),
        cmocka_unit_test(options_are_heard),
        cmocka_unit_test(lists_and_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
