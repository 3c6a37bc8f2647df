/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reports where texts are hostile, screens narrow, disks full. */
#include <stdio.h>

#include "base/str.h"
#include "timeline/report.h"
#include "timeline_kit.h"

static const struct report_info narrow = {.voice = "calm", .columns = 50};

static struct kit *hostile(void)
{
    static const char *const needs[] = {"a \"mat\"", "chair"};
    struct kit *kit = kit_new();
    kit->routine.title = "A & <b> \"title\"";
    kit->routine.needs = needs;
    kit->routine.need_count = 2;
    kit_add(kit, CUE_BED, ANCHOR_NEXT, "rain", 0, 0);
    kit_say(kit, "Tags <script> & --> arrows \"quoted\" \\ back\nand a line", 2500, 500 * MS);
    kit_move(kit, "Move <1>");
    kit_bout(kit, BOUT_HOLD, 22500 * MS)->side = SIDE_LEFT;
    kit_sound(kit, ANCHOR_WITH, 0, "start", 700, 400)->side = SIDE_LEFT;
    kit_words(kit, ANCHOR_WITH, 0, ROLE_CAUTION, "Überlänge ist erlaubt, \xe6\x97\xa5\xe6\x9c\xac.",
              1234)
        ->side = SIDE_LEFT;
    kit_add(kit, CUE_BED, ANCHOR_NEXT, NULL, 0, 0);
    kit_say(kit, "Gone & done.", 1001, 0);
    return kit;
}

typedef enum limber_status (*report_fn)(const struct timeline *timeline, FILE *to);

static enum limber_status json(const struct timeline *timeline, FILE *to)
{
    return report_json(timeline, &narrow, to);
}

static enum limber_status svg(const struct timeline *timeline, FILE *to)
{
    return report_svg(timeline, &narrow, to);
}

static enum limber_status table(const struct timeline *timeline, FILE *to)
{
    report_table(timeline, &narrow, to);
    return LIMBER_OK;
}

static char *text_of(const struct timeline *timeline, report_fn report)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    assert_int_equal(report(timeline, to), LIMBER_OK);
    fclose(to);
    assert_int_equal(str_utf8_invalid_at(text, size), -1);
    return text;
}

static void captions_are_valid(void **state)
{
    struct kit *kit = hostile();
    struct timeline *t = kit_resolved(kit);
    char *text = text_of(t, report_captions);
    assert_string_equal(text, "WEBVTT - A &amp; &lt;b&gt; \"title\"\n\n"
                              "00:00:00.000 --> 00:00:02.500\n"
                              "Tags &lt;script&gt; &amp; --&gt; arrows \"quoted\" \\ back and a "
                              "line\n\n"
                              "00:00:03.400 --> 00:00:04.634\n"
                              "Überlänge ist erlaubt, \xe6\x97\xa5\xe6\x9c\xac.\n\n"
                              "00:00:25.500 --> 00:00:26.501\n"
                              "Gone &amp; done.\n\n");
    free(text);
    timeline_destroy(t);
    kit_free(kit);
}

static void json_escapes_and_leaves_out_silence(void **state)
{
    struct kit *kit = hostile();
    struct timeline *t = kit_resolved(kit);
    char *text = text_of(t, json);
    assert_non_null(strstr(text, "\"title\":\"A & <b> \\\"title\\\"\""));
    assert_non_null(strstr(text, "\"rate\":1000,\"frames\":26501,\"seconds\":26.501,"
                                 "\"needs\":[\"a \\\"mat\\\"\",\"chair\"]"));
    assert_non_null(
        strstr(text, "{\"kind\":\"bed\",\"start\":0,\"frames\":25500,\"sound\":\"rain\""));
    assert_null(strstr(text, "\"sound\":null"));
    assert_non_null(strstr(text, "\\nand a line"));
    assert_non_null(strstr(text, "\"bout\":\"hold\",\"move\":\"Move <1>\",\"side\":\"left\""));
    free(text);
    timeline_destroy(t);
    kit_free(kit);
}

static void json_mends_what_is_not_text(void **state)
{
    struct kit *kit = kit_new();
    struct source source = {.path = "caf\xe9.md", .text = "", .length = 0};
    kit_say(kit, "words", 100, 0)->place = (struct place){&source, 3, 4, 1};
    struct timeline *t = kit_resolved(kit);
    char *text = text_of(t, json);
    assert_non_null(
        strstr(text, "\"source\":{\"file\":\"caf\xef\xbf\xbd.md\",\"line\":3,\"column\":4}"));
    free(text);
    timeline_destroy(t);
    kit_free(kit);
}

static void seconds_are_exact_to_the_microsecond(void **state)
{
    static const struct {
        uint32_t rate_hz;
        frames length;
        const char *seconds;
    } cases[] = {{48000, 1, "\"seconds\":0.000021,"},
                 {48000, 48000, "\"seconds\":1.0,"},
                 {44100, 44099, "\"seconds\":0.999977,"},
                 {44100, 66150, "\"seconds\":1.5,"},
                 {3000000, 2999999, "\"seconds\":1.0,"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kit *kit = kit_new();
        kit_say(kit, "words", cases[i].length, 0);
        struct timeline *t = kit_timeline(kit, cases[i].rate_hz);
        assert_true(timeline_resolve(t));
        char *text = text_of(t, json);
        assert_non_null(strstr(text, cases[i].seconds));
        free(text);
        timeline_destroy(t);
        kit_free(kit);
    }
}

static void the_table_keeps_to_its_columns(void **state)
{
    struct kit *kit = hostile();
    struct timeline *t = kit_resolved(kit);
    char *text = text_of(t, table);
    assert_null(strchr(text, '\033')); /* no colour unless asked */
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        size_t length = strlen(line);
        assert_in_range(str_columns(line, length), 0, 50);
        assert_true(length == 0 || line[length - 1] != ' ');
    }
    free(text);
    timeline_destroy(t);
    kit_free(kit);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        count++;
    return count;
}

static void the_picture_escapes_and_shows_everything(void **state)
{
    struct kit *kit = hostile();
    struct timeline *t = kit_resolved(kit);
    char *text = text_of(t, svg);
    assert_non_null(strstr(text, "<title id=\"t\">A &amp; &lt;b&gt; &quot;title&quot;</title>"));
    assert_null(strstr(text, "<script"));
    assert_int_equal(count_of(text, "class=\"bar say\" x"), 3); /* two, and one in the legend */
    assert_int_equal(count_of(text, "class=\"bout hold\""), 1);
    assert_int_equal(count_of(text, "class=\"move even\""), 1);
    assert_non_null(strstr(text, "role=\"img\""));
    assert_non_null(strstr(text, ">hold 22.5 s<"));
    assert_non_null(strstr(text, ">left side<"));
    free(text);
    timeline_destroy(t);
    kit_free(kit);
}

static void empty_sessions_have_reports_too(void **state)
{
    static const report_fn reports[] = {json, svg, table, report_captions};
    struct kit *kit = kit_new();
    kit->routine.title = "";
    struct timeline *t = kit_timeline(kit, KIT_RATE);
    assert_true(timeline_resolve(t));
    for (size_t i = 0; i < 4; i++)
        free(text_of(t, reports[i]));
    timeline_destroy(t);
    kit_free(kit);
}

static void a_full_disk_is_told(void **state)
{
    static const report_fn reports[] = {json, svg, report_captions};
    struct kit *kit = hostile();
    struct timeline *t = kit_resolved(kit);
    for (size_t i = 0; i < 3; i++) {
        FILE *to = fopen("/dev/full", "w");
        assert_non_null(to);
        assert_int_equal(reports[i](t, to), LIMBER_IO);
        fclose(to);
    }
    timeline_destroy(t);
    kit_free(kit);
}

static void random_text_stays_well_formed(void **state)
{
    struct prng prng = prng_new(7);
    static const report_fn reports[] = {json, svg, table, report_captions};
    for (int round = 0; round < 200; round++) {
        struct kit *kit = kit_new();
        char texts[8][64];
        for (size_t i = 0; i < 8; i++) {
            size_t length = prng_below(&prng, 60);
            for (size_t k = 0; k < length; k++)
                texts[i][k] = " abc-&<>\"'.\xc3\xa9"[prng_below(&prng, 11)];
            texts[i][length] = '\0';
            if (prng_below(&prng, 3) == 0)
                kit_move(kit, texts[i]);
            kit_say(kit, texts[i], (frames)prng_below(&prng, 90000),
                    (nsec)prng_below(&prng, 900) * MS);
        }
        struct timeline *t = kit_resolved(kit);
        for (size_t i = 0; i < 4; i++)
            free(text_of(t, reports[i]));
        timeline_destroy(t);
        kit_free(kit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(captions_are_valid),
        cmocka_unit_test(json_escapes_and_leaves_out_silence),
        cmocka_unit_test(json_mends_what_is_not_text),
        cmocka_unit_test(seconds_are_exact_to_the_microsecond),
        cmocka_unit_test(the_table_keeps_to_its_columns),
        cmocka_unit_test(the_picture_escapes_and_shows_everything),
        cmocka_unit_test(empty_sessions_have_reports_too),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(random_text_stays_well_formed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
