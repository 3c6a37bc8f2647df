/* SPDX-License-Identifier: GPL-3.0-or-later */
/* speech-pack: the right clip in the right order, from any table and any file that people make; and
 * from hostile ones nothing but a reason. */
#include "packkit.h"

#include <sys/mman.h>

static void describes_itself(void **state)
{
    fake_check_descriptor("speech-pack", LIMBER_SPEECH_ID);
    assert_string_equal(fake_entry->descriptor->interfaces[1], LIMBER_PACK_ID);
    assert_true(fake_entry->descriptor->flags & LIMBER_PLUGIN_RECORDED);
    assert_true(fake_entry->descriptor->flags & LIMBER_PLUGIN_DETERMINISTIC);
}

/* --- keys --- */

static void keys(void **state)
{
    static const char *const pairs[][2] = {
        {"Breathe in, slowly.", "breathe in slowly"},
        {"  Breathe\tIN…slowly!\n", "breathe in slowly"},
        {"Cat-cow", "cat cow"},
        {"Cat\xE2\x80\x93"
         "cow",
         "cat cow"},
        {"Don't", "dont"},
        {"Don\xE2\x80\x99t", "dont"},
        {"“Hold” for 12 s", "hold for 12 s"},
        {"… seconds left", "seconds left"},
        {"Füße", "füsse"},
        {"Fu\xCC\x88"
         "sse",
         "füsse"},
        {"ÉPAULE", "épaule"},
        {"СЕКУНД", "секунд"},
        {"1.5 kg", "1.5 kg"},
        {"1,5kg", "1,5kg"},
        {"45°", "45"},
        {"Schul\xC2\xADter", "schulter"},
        {"5. Hold", "5 hold"},
    };
    struct kit kit;
    char key[4096];
    kit_create(&kit, NULL);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_int_equal(kit.pack->key(kit.fake.instance, pairs[i][0], key, sizeof key), LIMBER_OK);
        assert_string_equal(key, pairs[i][1]);
    }
    static const char *const bad[] = {"", " … ", "?!", "a\xFF", "\xC3", "\xED\xA0\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(kit.pack->key(kit.fake.instance, bad[i], key, sizeof key), LIMBER_INVALID);
    assert_int_equal(kit.pack->key(kit.fake.instance, "abcdef", key, 7), LIMBER_OK);
    assert_int_equal(kit.pack->key(kit.fake.instance, "abcdef", key, 6), LIMBER_LIMIT);
    assert_int_equal(kit.pack->key(kit.fake.instance, "a", key, 0), LIMBER_LIMIT);
    char longer[2002];
    memset(longer, 'a', 2001);
    longer[2001] = '\0';
    assert_int_equal(kit.pack->key(kit.fake.instance, longer, key, sizeof key), LIMBER_LIMIT);
    longer[2000] = '\0';
    assert_int_equal(kit.pack->key(kit.fake.instance, longer, key, sizeof key), LIMBER_OK);
    kit_destroy(&kit);
}

/* --- tables --- */

/* Opens the table and returns its rows; the log is in kit->fake.log. */
static enum limber_status open_table(struct kit *kit, const char *table, struct found *rows)
{
    if (table)
        kit_text("clips.csv", table);
    kit_create(kit, NULL);
    enum limber_status status = kit->pack->open(kit->fake.instance, kit_folder, "en");
    memset(rows, 0, sizeof *rows);
    if (status == LIMBER_OK)
        kit->pack->each_row(kit->fake.instance, kit_add_row, rows);
    return status;
}

static void expect_rows(const char *table, const char *texts, const char *files,
                        const char *problems)
{
    struct kit kit;
    struct found rows;
    if (open_table(&kit, table, &rows) != LIMBER_OK)
        fail_msg("%s: %s", table, kit.fake.log);
    assert_string_equal(rows.texts, texts);
    assert_string_equal(rows.files, files);
    assert_string_equal(rows.problems, problems);
    kit_destroy(&kit);
}

static void tables_as_people_write_them(void **state)
{
    kit_tone("clips/a.wav", WAV, 8000, 1, 440, 20, 0);
    kit_tone("b, c;d.wav", WAV, 8000, 1, 440, 20, 0);
    const char *a = "In.|", *f = "clips/a.wav|";
    expect_rows("text,file\nIn.,clips/a.wav\n", a, f, "");
    expect_rows("text,file\r\nIn.,clips/a.wav", a, f, "");
    expect_rows("\xEF\xBB\xBFtext,file\r\nIn.,clips/a.wav\r\n", a, f, "");
    expect_rows("\nText;FILE\nIn.;clips/a.wav\n", a, f, "");
    expect_rows("note\tfile\ttext\nx\tclips/a.wav\tIn.\n", a, f, "");
    expect_rows("\"file\",\"text\"\n\"clips/a.wav\",\"In.\"\n", a, f, "");
    expect_rows("text,file\n\n ,\n,,\nIn., clips/a.wav \n\n", a, f, "");
    expect_rows("text,file,note\nIn.,clips/a.wav,\"first\nsecond\"\n", a, f, "");
    expect_rows("text,file\n\"In, out; \"\"go\"\".\",\"b, c;d.wav\"\n", "In, out; \"go\".|",
                "b, c;d.wav|", "");
    expect_rows("text,file\n", "", "", "");
    expect_rows("text,file\nIn.,clips/a.wav\nIn.,clips/a.wav\n", "In.|In.|",
                "clips/a.wav|clips/a.wav|", "");
}

static void bad_lines_cost_themselves(void **state)
{
    kit_tone("clips/a.wav", WAV, 8000, 1, 440, 20, 0);
#define GOOD "In.,clips/a.wav\n"
    expect_rows("text,file\n\"Out,clips/a.wav\n" GOOD GOOD, "|In.|In.|",
                "|clips/a.wav|clips/a.wav|", "2 a quotation mark is not closed|");
    expect_rows("text,file\n\"Out,clips/a.wav\n" GOOD "\"Out,clips/a.wav\n" GOOD, "|In.||In.|",
                "|clips/a.wav||clips/a.wav|",
                "2 a quotation mark is not closed|4 a quotation mark is not closed|");
    expect_rows("text,file\n" GOOD "Out\n,clips/a.wav\n?!,clips/a.wav\n" GOOD, "In.||||In.|",
                "clips/a.wav||||clips/a.wav|",
                "3 there is no file|4 there is no text|"
                "5 the text holds no words, or is not UTF-8 (save the table as UTF-8)|");
    expect_rows("text,file\nF\xFC\xDF"
                "e,clips/a.wav\n" GOOD,
                "|In.|", "|clips/a.wav|",
                "2 the text holds no words, or is not UTF-8 (save the table as UTF-8)|");
    char table[8192] = "text,file\n" GOOD;
    memset(table + strlen(table), 'x', 2001);
    strcat(table, ",clips/a.wav\n");
    memset(table + strlen(table), 'x', 200);
    strcat(table, ",");
    memset(table + strlen(table), 'y', 1001);
    expect_rows(table, "In.|||", "clips/a.wav|||",
                "3 the text is too long|4 the name of the file is too long|");
}

static void refused(const char *table, enum limber_status wanted, const char *reason)
{
    struct kit kit;
    struct found rows;
    enum limber_status status = open_table(&kit, table, &rows);
    if (status != wanted || !strstr(kit.fake.log, reason))
        fail_msg("\"%.40s\": %d, %s", table ? table : "", (int)status, kit.fake.log);
    assert_int_equal(kit.fake.log_lines, 1);
    kit_destroy(&kit);
}

static void what_is_no_table(void **state)
{
    refused(NULL, LIMBER_NOT_FOUND, "clips.csv: there is no such file");
    refused("", LIMBER_INVALID, "text,file");
    refused("In.,clips/a.wav\n", LIMBER_INVALID, "text,file");
    refused("text;name\n", LIMBER_INVALID, "text,file");
    refused("\xFF\xFEt", LIMBER_INVALID, "UTF-16");
    refused("text,file\nx\ny\n", LIMBER_INVALID, "line 2: there is no file; no line of it");
    assert_int_equal(unlink("clips.csv"), 0);
    assert_int_equal(mkdir("clips.csv", 0755), 0);
    refused(NULL, LIMBER_NOT_FOUND, "clips.csv: is a folder");
    assert_int_equal(rmdir("clips.csv"), 0);
    assert_int_equal(mkfifo("clips.csv", 0644), 0);
    refused(NULL, LIMBER_NOT_FOUND, "not a regular file");
    assert_int_equal(unlink("clips.csv"), 0);
    assert_int_equal(symlink("/etc/passwd", "clips.csv"), 0);
    refused(NULL, LIMBER_NOT_FOUND, "leads out");
    assert_int_equal(unlink("clips.csv"), 0);
}

/* Twenty thousand rows, and texts as long as they may be, are said or not, but soon. */
static void many_rows(void **state)
{
    struct kit kit;
    struct found rows;
    char text[2001];
    kit_tone("clips/a.wav", WAV, 8000, 1, 440, 20, 0);
    for (int extra = 0; extra < 2; extra++) {
        FILE *to = fopen("clips.csv", "w");
        fprintf(to, "text,file\n");
        for (int i = 0; i < 20000 + extra; i++)
            fprintf(to, "%s%d %d%s,clips/a.wav\n", i % 3 ? "… " : "", i % 10, i, i % 2 ? " …" : "");
        fclose(to);
        enum limber_status status = open_table(&kit, NULL, &rows);
        assert_int_equal(status, extra ? LIMBER_LIMIT : LIMBER_OK);
        if (status == LIMBER_OK) {
            struct found found;
            assert_int_equal(rows.rows, 20000);
            assert_says(&kit, "7 19997", "… 7 19997 …|");
            for (int i = 0; i < 2000; i++)
                text[i] = i % 2 ? ' ' : (char)('0' + i / 2 % 10);
            text[2000] = '\0';
            assert_int_equal(kit_find(&kit, text, &found), LIMBER_NOT_FOUND);
            for (int i = 0; i < 1999; i++)
                text[i] = i % 4 == 3 ? ' ' : '1';
            assert_int_equal(kit_find(&kit, text, &found), LIMBER_NOT_FOUND);
        }
        kit_destroy(&kit);
    }
}

/* --- files --- */

static void no_way_out(void **state)
{
    kit_tone("clips/a.wav", WAV, 8000, 1, 440, 20, 0);
    char outside[512];
    snprintf(outside, sizeof outside, "%s-outside", kit_folder);
    assert_int_equal(mkdir(outside, 0755), 0);
    char file[600];
    snprintf(file, sizeof file, "%s/a.wav", outside);
    kit_tone(file, WAV, 8000, 1, 440, 20, 0);
    assert_int_equal(symlink(file, "clips/out.wav"), 0);
    assert_int_equal(symlink(outside, "outside"), 0);
    assert_int_equal(symlink("a.wav", "clips/in.wav"), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_int_equal(mkfifo("clips/pipe.wav", 0644), 0);
    char table[4096];
    snprintf(
        table, sizeof table,
        "text,file\nb,%s\nc,../%s\nd,clips/../clips/a.wav\ne,clips/out.wav\n"
        "f,outside/a.wav\ng,clips/in.wav\nh,clips\ni,clips/pipe.wav\nj,loop\nk,clips/none.wav\n"
        "l,clips\\a.wav\nm,./clips//a.wav\nn,..\no,/\np,clips/a.wav/\n",
        file, strrchr(kit_folder, '/') + 1);
    struct kit kit;
    struct found rows;
    assert_int_equal(open_table(&kit, table, &rows), LIMBER_OK);
    assert_string_equal(rows.problems,
                        "2 leads out of the pack's folder|3 leads out of the pack's folder|"
                        "4 leads out of the pack's folder|5 leads out of the pack's folder|"
                        "6 leads out of the pack's folder|8 is a folder|"
                        "9 is not a regular file|10 Too many levels of symbolic links|"
                        "11 there is no such file|"
                        "12 there is no such file; folders are parted by \"/\"|"
                        "14 leads out of the pack's folder|15 leads out of the pack's folder|"
                        "16 there is no such file|");
    struct found found;
    assert_int_equal(kit_find(&kit, "e", &found), LIMBER_NOT_FOUND);
    assert_says(&kit, "g", "g|");
    assert_says(&kit, "m", "m|");
    kit_destroy(&kit);
    unlink(file);
    assert_int_equal(rmdir(outside), 0);
}

struct sound {
    const char *file;
    int format, rate_hz, channels;
};

static const struct sound sounds[] = {
    {"a.wav", WAV, 44100, 1},
    {"b.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 11025, 2},
    {"c.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 192000, 1},
    {"d.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 22050, 2},
    {"e.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 24000, 1},
    {"f.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 32000, 2},
    {"g.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW, 8000, 1},
};

#define SOUNDS   (sizeof sounds / sizeof *sounds)
#define FIRST_HZ 300.0
#define STEP_HZ  150.0

/* Every kind of file alone, and all of them one after the other, each at its own rate. */
static void every_format(void **state)
{
    struct kit kit;
    char table[1024] = "text,file\n", texts[256] = "";
    for (size_t i = 0; i < SOUNDS; i++) {
        kit_tone(sounds[i].file, sounds[i].format, sounds[i].rate_hz, sounds[i].channels,
                 FIRST_HZ + STEP_HZ * (double)i, 200, 100);
        snprintf(table + strlen(table), sizeof table - strlen(table), "Word %zu.,%s\n", i,
                 sounds[i].file);
        snprintf(texts + strlen(texts), sizeof texts - strlen(texts), "Word %zu. ", i);
    }
    kit_text("clips.csv", table);
    kit_prepare(&kit, NULL, "en");
    for (size_t i = 0; i < SOUNDS; i++) {
        char text[32];
        struct heard heard = {0};
        snprintf(text, sizeof text, "word %zu", i);
        assert_int_equal(kit_speak(&kit, text, &heard), LIMBER_OK);
        assert_int_equal(heard.rate_hz, sounds[i].rate_hz);
        /* Lossy ones smear a little into the silence. */
        assert_in_range(heard.frames, heard.rate_hz / 5, heard.rate_hz / 5 + heard.rate_hz / 25);
        assert_int_equal(kit_pitch(&heard, 0, heard.frames, FIRST_HZ, STEP_HZ, SOUNDS), i);
        free(heard.samples);
    }
    struct heard heard = {0};
    size_t at = 0, end = 0, before = 0;
    assert_int_equal(kit_speak(&kit, texts, &heard), LIMBER_OK);
    assert_int_equal(heard.rate_hz, 192000);
    for (size_t i = 0; i < SOUNDS; i++, at = before = end) {
        assert_true(kit_next_sound(&heard, &at, &end));
        if (i > 0)
            assert_in_range(at - before, 192 * 259, 192 * 261);
        assert_int_equal(kit_pitch(&heard, at, end, FIRST_HZ, STEP_HZ, SOUNDS), i);
    }
    assert_int_equal(before, heard.frames);
    free(heard.samples);
    assert_string_equal(kit.fake.log, "");
    kit_destroy(&kit);
}

/* 40 ms between parts, 260 ms between sentences, nothing else, whatever silence the clips had. */
static void gaps_to_the_frame(void **state)
{
    struct kit kit;
    static const char *const texts[] = {"hold for …", "twelve", "… seconds", "Out.", "In."};
    char table[512] = "text,file\n", name[32];
    for (int i = 0; i < 5; i++) {
        snprintf(name, sizeof name, "clips/%d.wav", i);
        kit_tone(name, WAV, 48000, 1, FIRST_HZ + STEP_HZ * i, 100 + 10 * i, 37 * i);
        snprintf(table + strlen(table), sizeof table - strlen(table), "%s,%s\n", texts[i], name);
    }
    kit_text("clips.csv", table);
    kit_prepare(&kit, NULL, "en");
    struct heard heard = {0};
    assert_int_equal(kit_speak(&kit, "In… Hold for 12 seconds! \"Out.\"", &heard), LIMBER_OK);
    static const struct {
        int clip, gap_ms;
    } wanted[] = {{4, 0}, {0, 260}, {1, 40}, {2, 40}, {3, 260}};
    size_t at = 0;
    for (size_t i = 0; i < 5; i++) {
        size_t end = 0, before = at;
        assert_true(kit_next_sound(&heard, &at, &end));
        assert_int_equal(at - before, 48 * wanted[i].gap_ms);
        assert_int_equal(end - at, 48 * (100 + 10 * wanted[i].clip));
        assert_int_equal(kit_pitch(&heard, at, end, FIRST_HZ, STEP_HZ, 5), wanted[i].clip);
        at = end;
    }
    assert_int_equal(at, heard.frames);
    free(heard.samples);
    /* Stopped by the host. */
    heard = (struct heard){.stop_after = 1000};
    assert_int_equal(kit_speak(&kit, "Out.", &heard), LIMBER_CANCELLED);
    assert_true(heard.frames < 48 * 130);
    free(heard.samples);
    kit_destroy(&kit);
}

static double rms(const struct heard *heard, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += (double)heard->samples[i] * (double)heard->samples[i];
    return sqrt(sum / (double)(to - from));
}

/* Clips of one sentence are as loud as one another; a clip alone stays as it is. */
static void evenly_loud(void **state)
{
    struct kit kit;
    struct heard heard = {0};
    kit_tone("clips/a.wav", WAV, 8000, 1, 440, 200, 0); /* 0.5 */
    kit_tone("clips/b.wav", WAV, 8000, 2, 440, 200, 0); /* 0.5 and 0.25: 0.375 */
    kit_text("clips.csv", "text,file\nHold for …,clips/a.wav\n… seconds,clips/b.wav\n");
    kit_prepare(&kit, NULL, "en");
    assert_int_equal(kit_speak(&kit, "Hold for", &heard), LIMBER_OK);
    assert_true(fabs(rms(&heard, 0, heard.frames) - 0.5) < 1e-3);
    free(heard.samples);
    assert_int_equal(kit_speak(&kit, "Hold for seconds", &heard), LIMBER_OK);
    assert_int_equal(heard.frames, 1600 + 320 + 1600);
    double mean = sqrt(0.5 * 0.375);
    assert_true(fabs(rms(&heard, 0, 1600) - mean) < 1e-3);
    assert_true(fabs(rms(&heard, 1920, heard.frames) - mean) < 1e-3);
    free(heard.samples);
    kit_destroy(&kit);
}

/* --- sentences --- */

static void sentences(void **state)
{
    struct kit kit;
    struct found found;
    kit_tone("clips/a.wav", WAV, 8000, 1, 440, 20, 0);
    kit_text("clips.csv", "text,file\nIn.,clips/a.wav\nOut.,clips/a.wav\n\"In. Out.\",clips/a.wav\n"
                          "Approx. …,clips/a.wav\n… times.,clips/a.wav\nfive,clips/a.wav\n"
                          "Now …,clips/a.wav\n\"Well, \"\"now\"\".\",clips/a.wav\n");
    kit_prepare(&kit, NULL, "en");
    assert_says(&kit, "In. Out.", "In. Out.|");
    assert_says(&kit, "Out! In?", "Out.|In.|");
    assert_says(&kit, "In.  Out. In.", "In. Out.|In.|");
    assert_says(&kit, "“In.” (Out.) 5 times.", "In. Out.|five|… times.|");
    assert_says(&kit, "Approx. 5 times.", "Approx. …|five|… times.|");
    assert_says(&kit, "Now", "Now …|");
    assert_says(&kit, "well now", "Well, \"now\".|");
    assert_int_equal(kit_find(&kit, "In out", &found), LIMBER_OK);         /* marks do not matter */
    assert_int_equal(kit_find(&kit, "Out in", &found), LIMBER_NOT_FOUND);  /* no parts */
    assert_int_equal(kit_find(&kit, "In. Up.", &found), LIMBER_NOT_FOUND); /* all or nothing */
    assert_int_equal(kit_find(&kit, "Now. times", &found), LIMBER_OK);
    assert_int_equal(kit_find(&kit, "", &found), LIMBER_NOT_FOUND);
    /* Marks that are words cannot be left out between parts. */
    static const char *const marks[] = {"Now 5 % times.", "Now -5 times.", "Now 5-5 times.",
                                        "Now 5° times.", "Now 5 × 5 times."};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        assert_int_equal(kit_find(&kit, marks[i], &found), LIMBER_NOT_FOUND);
    assert_says(&kit, "Now 5 times.", "Now …|five|… times.|");
    assert_says(&kit, "Now \xE2\x80\x93 5 times.", "Now …|five|… times.|");
    assert_says(&kit, "In + out.", "In. Out.|");
    struct heard heard = {0};
    assert_int_equal(kit_speak(&kit, "In. Up.", &heard), LIMBER_NOT_FOUND);
    assert_string_equal(kit.fake.log, "");
    kit_destroy(&kit);
}

/* --- takes --- */

static void takes(void **state)
{
    int chosen[3] = {0}, differ = 0;
    for (int i = 0; i < 3; i++) {
        char name[32];
        snprintf(name, sizeof name, "clips/%d.wav", i);
        kit_tone(name, WAV, 8000, 1, FIRST_HZ + STEP_HZ * i, 60, 0);
    }
    kit_text("clips.csv", "text,file\nIn,clips/0.wav\nIN!,clips/1.wav\nin.,clips/2.wav\n"
                          "Out,clips/0.wav\nout,clips/1.wav\nout.,clips/2.wav\n"
                          "Out.,clips/none.wav\n");
    for (int seed = -50; seed < 250; seed++) {
        struct kit kit;
        struct found in, again, out;
        char text[16];
        snprintf(text, sizeof text, "%d", seed);
        kit_prepare(&kit, text, "en");
        assert_int_equal(kit_find(&kit, "in", &in), LIMBER_OK);
        assert_int_equal(kit_find(&kit, "In …", &again), LIMBER_OK);
        assert_int_equal(kit_find(&kit, "out", &out), LIMBER_OK);
        assert_string_equal(in.files, again.files);
        assert_int_equal(in.rows, 1);
        int which = in.files[strlen("clips/")] - '0';
        assert_in_range(which, 0, 2);
        chosen[which]++;
        differ += strcmp(in.files, out.files) != 0;
        if (seed == 7) { /* what is found is what is heard */
            struct heard heard = {0};
            assert_int_equal(kit_speak(&kit, "in", &heard), LIMBER_OK);
            assert_int_equal(kit_pitch(&heard, 0, heard.frames, FIRST_HZ, STEP_HZ, 3), which);
            free(heard.samples);
        }
        kit_destroy(&kit);
    }
    for (int i = 0; i < 3; i++)
        assert_in_range(chosen[i], 70, 130);
    assert_in_range(differ, 150, 250); /* not all texts by the same dice */
}

/* --- broken clips --- */

static void damage(const char *name, int kind)
{
    static unsigned char data[200000];
    FILE *from = fopen(name, "rb");
    size_t size = fread(data, 1, sizeof data, from);
    fclose(from);
    switch (kind) {
    case 0: /* cut off */
        kit_write(name, data, size / 3);
        break;
    case 1: /* nothing in it */
        kit_write(name, data, 0);
        break;
    case 2: /* garbage, with the head of a FLAC file */
        for (size_t i = 4; i < size; i++)
            data[i] = (unsigned char)(i * 7919 >> 3);
        kit_write(name, data, size);
        break;
    case 3: /* a head that promises more than there is */
        kit_write(name, data, 44 + 200);
        break;
    case 4: /* garbage in the middle */
        for (size_t i = size / 4; i < 3 * size / 4; i++)
            data[i] = (unsigned char)(i * 7919 >> 3);
        kit_write(name, data, size);
        break;
    default: /* gone */
        assert_int_equal(unlink(name), 0);
    }
}

struct broken {
    const char *file;
    int format, kind; /* of damage() */
    const char *reason;
};

static const struct broken broken[] = {
    {"cut.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 0, ""},
    {"cut.wav", WAV, 3, "ends too early"},
    {"cut.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 1, "it is empty"},
    {"noise.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2, "is not a sound file"},
    {"middle.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 4, "is damaged"},
    {"noise.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 2, "is not a sound file"},
    {"gone.wav", WAV, 5, "there is no such file"},
    {"other.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, -1, "another format"},
    {"other.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, -1, "another format"},
};

/* Speaks each broken clip; `other`: there is a good take too. */
static void speak_broken(bool other)
{
    char table[256], text[64];
    kit_tone("good.wav", WAV, 8000, 1, 440, 100, 0);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        const struct broken *b = &broken[i];
        kit_tone(b->file, b->format, 16000, 1, 440, 400, 0);
        if (b->kind >= 0)
            damage(b->file, b->kind == 5 ? 99 : b->kind);
        snprintf(table, sizeof table, "text,file\nIn.,%s\nOut.,good.wav\n%s", b->file,
                 other ? "In.,good.wav\n" : "");
        kit_text("clips.csv", table);
        for (int seed = 0; seed < 4; seed++) { /* whichever take comes first */
            struct kit kit;
            struct heard heard = {0};
            snprintf(text, sizeof text, "%d", seed);
            kit_prepare(&kit, text, "en");
            enum limber_status status = kit_speak(&kit, "In. Out.", &heard);
            if (status != (other ? LIMBER_OK : LIMBER_FAILED))
                fail_msg("%s: %d %s", b->file, (int)status, kit.fake.log);
            if (other)
                assert_int_equal(heard.frames, 8 * (100 + 260 + 100));
            else
                assert_int_equal(kit.fake.log_lines, 1);
            snprintf(text, sizeof text, "%s: ", b->file);
            if (kit.fake.log_lines > 0 &&
                (!strstr(kit.fake.log, text) || !strstr(kit.fake.log, b->reason)))
                fail_msg("%s: %s", b->file, kit.fake.log);
            assert_true(kit.fake.log_lines <= 1);
            free(heard.samples);
            kit_destroy(&kit);
        }
    }
}

static void broken_clips_are_named(void **state)
{
    speak_broken(false);
}

static void another_take_is_said(void **state)
{
    speak_broken(true);
}

static void silent_and_odd_clips(void **state)
{
    static const struct {
        int rate_hz, channels;
        int64_t ms, silence_ms;
        const char *reason;
    } all[] = {{8000, 1, 0, 500, "nothing but silence"},
               {8000, 1, 0, 0, "holds no sound"},
               {7999, 1, 100, 0, "7999 Hz"},
               {192001, 1, 100, 0, "192001 Hz"},
               {8000, 12, 100, 0, "12 channels"}};
    kit_text("clips.csv", "text,file\nIn.,odd.wav\n");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct kit kit;
        struct heard heard = {0};
        kit_tone("odd.wav", WAV, all[i].rate_hz, all[i].channels, 440, all[i].ms,
                 all[i].silence_ms);
        kit_prepare(&kit, NULL, "en");
        assert_int_equal(kit_speak(&kit, "In.", &heard), LIMBER_FAILED);
        if (!strstr(kit.fake.log, all[i].reason))
            fail_msg("%s", kit.fake.log);
        kit_destroy(&kit);
    }
    /* Written by a program that did not know how long it would become. */
    struct heard streamed = {0};
    struct kit plain;
    static unsigned char stream[44 + 1600];
    kit_tone("odd.wav", WAV, 8000, 1, 440, 100, 0);
    FILE *from = fopen("odd.wav", "rb");
    assert_int_equal(fread(stream, 1, sizeof stream, from), sizeof stream);
    fclose(from);
    memcpy(stream + 40, "\xFF\xFF\xFF\x7F", 4);
    kit_write("odd.wav", stream, sizeof stream);
    kit_prepare(&plain, NULL, "en");
    assert_int_equal(kit_speak(&plain, "In.", &streamed), LIMBER_OK);
    assert_int_equal(streamed.frames, 800);
    free(streamed.samples);
    kit_destroy(&plain);
    /* One frame is a clip too. */
    static const unsigned char one[] =
        "RIFF\x26\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1F\0\0\x80\x3E"
        "\0\0\2\0\x10\0data\2\0\0\0\0\x40";
    struct kit kit;
    struct heard heard = {0};
    kit_write("odd.wav", one, sizeof one - 1);
    kit_prepare(&kit, NULL, "en");
    assert_int_equal(kit_speak(&kit, "In.", &heard), LIMBER_OK);
    assert_int_equal(heard.frames, 1);
    free(heard.samples);
    kit_destroy(&kit);
}

/* --- the interface for tools --- */

static enum limber_status read_file(struct kit *kit, const char *path, struct heard *heard)
{
    struct limber_speech_writer writer = {sizeof writer, heard, kit_format, kit_take};
    *heard = (struct heard){0};
    return kit->pack->read(kit->fake.instance, path, &writer);
}

/* Everything that decoders say of bad files goes nowhere. */
static void reading_is_quiet(void **state)
{
    struct kit kit;
    struct heard heard;
    kit_create(&kit, NULL); /* neither opened nor prepared */
    kit_tone("a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44100, 2, 440, 2000, 0);
    assert_int_equal(read_file(&kit, "a.mp3", &heard), LIMBER_OK);
    assert_int_equal(heard.rate_hz, 44100);
    assert_int_equal(heard.frames, 2 * 44100); /* neither trimmed nor levelled */
    free(heard.samples);
    int kept = dup(STDERR_FILENO), to = memfd_create("stderr", MFD_CLOEXEC);
    assert_true(kept >= 0 && to >= 0);
    dup2(to, STDERR_FILENO);
    for (int kind = 0; kind < 5; kind++) {
        kit_tone("a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44100, 2, 440, 2000, 0);
        damage("a.mp3", kind);
        read_file(&kit, "a.mp3", &heard);
        free(heard.samples);
    }
    dup2(kept, STDERR_FILENO);
    close(kept);
    assert_int_equal(lseek(to, 0, SEEK_END), 0);
    close(to);
    assert_int_equal(write(STDERR_FILENO, "", 0), 0); /* and it is open again */
    kit_destroy(&kit);
}

static void reading_says_why(void **state)
{
    struct kit kit;
    struct heard heard;
    kit_create(&kit, NULL);
    kit_tone("a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 8000, 1, 440, 100, 0);
    kit_text("b.wav", "not a sound");
    assert_int_equal(read_file(&kit, "none.wav", &heard), LIMBER_NOT_FOUND);
    assert_int_equal(read_file(&kit, "a.aiff", &heard), LIMBER_UNSUPPORTED);
    assert_int_equal(read_file(&kit, "b.wav", &heard), LIMBER_INVALID);
    assert_int_equal(kit.fake.log_lines, 3);
    assert_non_null(strstr(kit.fake.log, "b.wav: is not a sound file"));
    kit_destroy(&kit);
}

/* --- preparing --- */

static enum limber_status prepare(struct kit *kit, const char *seed, const char *voice,
                                  const char *variant, char fingerprint[256])
{
    struct limber_speech_voice about = {.size = sizeof about,
                                        .language = "en",
                                        .voice = voice,
                                        .variant = variant,
                                        .pitch = -1,
                                        .pitch_range = -1};
    kit_create(kit, seed);
    enum limber_status status = kit->speech->prepare(kit->fake.instance, &about);
    if (status == LIMBER_OK)
        snprintf(fingerprint, 256, "%s", kit->speech->fingerprint(kit->fake.instance));
    return status;
}

static void voices_and_fingerprints(void **state)
{
    struct kit kit;
    char first[256], again[256], other[256], maps[65536];
    kit_tone("clips/a.wav", WAV, 8000, 1, 440, 20, 0);
    kit_text("clips.csv", "text,file\nIn.,clips/a.wav\nbad\n");
    assert_int_equal(prepare(&kit, NULL, NULL, NULL, first), LIMBER_OK);
    /* One bad line is told of, and costs nothing else. */
    assert_string_equal(kit.fake.log, "1 clips.csv: line 3: there is no file\n");
    FILE *from = fopen("/proc/self/maps", "r");
    maps[fread(maps, 1, sizeof maps - 1, from)] = '\0';
    fclose(from);
    assert_non_null(strstr(maps, "/clips.csv")); /* the host sees what it depends on */
    kit_destroy(&kit);
    assert_int_equal(prepare(&kit, NULL, "clips/..", NULL, again), LIMBER_OK);
    assert_string_equal(first, again);
    kit_destroy(&kit);
    assert_int_equal(prepare(&kit, "5", NULL, "", other), LIMBER_OK);
    assert_string_not_equal(first, other);
    kit_destroy(&kit);
    kit_text("clips.csv", "text,file\nIn!,clips/a.wav\nbad\n");
    assert_int_equal(prepare(&kit, NULL, NULL, NULL, other), LIMBER_OK);
    assert_string_not_equal(first, other);
    kit_destroy(&kit);
    assert_int_equal(prepare(&kit, NULL, "clips", NULL, other), LIMBER_NOT_FOUND);
    kit_destroy(&kit);
    assert_int_equal(prepare(&kit, NULL, "no-such-voice", NULL, other), LIMBER_NOT_FOUND);
    kit_destroy(&kit);
    assert_int_equal(prepare(&kit, NULL, NULL, "whisper", other), LIMBER_NOT_FOUND);
    assert_non_null(strstr(kit.fake.log, "whisper"));
    kit_destroy(&kit);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_itself),
        TEST(keys),
        TEST(tables_as_people_write_them),
        TEST(bad_lines_cost_themselves),
        TEST(what_is_no_table),
        TEST(many_rows),
        TEST(no_way_out),
        TEST(every_format),
        TEST(gaps_to_the_frame),
        TEST(evenly_loud),
        TEST(sentences),
        TEST(takes),
        TEST(broken_clips_are_named),
        TEST(another_take_is_said),
        TEST(silent_and_odd_clips),
        TEST(reading_is_quiet),
        TEST(reading_says_why),
        TEST(voices_and_fingerprints),
    };
    fake_load(argc, argv, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
