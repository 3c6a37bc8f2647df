/* SPDX-License-Identifier: GPL-3.0-or-later */
/* espeak.c: eSpeak NG behind the worker: always the same samples, hostile texts at arm's length,
 * voices checked by name, and a page of text at the common level. */
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio/process.h"
#include "base/arena.h"
#include "base/loop.h"
#include "base/str.h"
#include "probe.h"
#include "rig.h"
#include "voice/cache.h"
#include "voice/voices.h"

#define ENGINE                                                                                     \
    &(struct probe_engine)                                                                         \
    {                                                                                              \
        .id = "speech-espeak"                                                                      \
    }

static int set_up(void **state)
{
    *state = rig_new(PLUGINS);
    return 0;
}

static int tear_down(void **state)
{
    rig_destroy(*state);
    return 0;
}

/* --- the worker by itself, past the sanitiser --- */

static const struct limber_speech_voice english = {.size = sizeof english,
                                                   .language = "en-GB",
                                                   .voice = "gmw/en-GB-x-rp",
                                                   .rate_wpm = 140,
                                                   .pitch = 42,
                                                   .pitch_range = 40};

static char *repeat(const char *text, int times)
{
    struct str all = {0};
    for (int i = 0; i < times; i++) {
        str_add(&all, text);
    }
    return str_steal(&all);
}

static void test_abort_of_the_engine_is_reported(void **state)
{
    struct probe probe;
    probe_start(&probe, *state, ENGINE, &english);
    assert_non_null(strstr(probe.fingerprint, "espeak-ng"));
    assert_non_null(strstr(probe.files, "speech-espeak.so"));
    assert_true(probe.ready);
    static const struct {
        const char *text;
        int times;
    } texts[] = {{"s'", 70}, {"Fine. ", 1}, {"A.B.C.", 29}, {"Fine. ", 1}, {"s'", 100}};
    size_t count = sizeof texts / sizeof texts[0];
    int fds[8];
    for (size_t i = 0; i < count; i++) {
        char *text = repeat(texts[i].text, texts[i].times);
        fds[i] = probe_say(&probe, (int64_t)i, text);
        free(text);
    }
    while (probe.done < (int)count && !probe.gone) {
        loop_step(probe.loop, -1);
    }
    assert_false(probe.gone);
    print_message("raw hostile texts: %s; %s\n", probe.why[0], probe.why[2]);
    assert_int_equal(probe.status[1], LIMBER_OK);
    assert_int_equal(probe.status[3], LIMBER_OK);
    for (size_t i = 0; i < count; i += 2) {
        /* A library that was mended speaks it; what must not happen is anything else. */
        if (probe.status[i] != LIMBER_OK) {
            assert_int_equal(probe.status[i], LIMBER_LOST);
            assert_non_null(strstr(probe.why[i], "crashed (SIGABRT)"));
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct clip *clip = NULL;
        if (probe.status[i] == LIMBER_OK) {
            assert_int_equal(clip_map_fd(fds[i], &clip), LIMBER_OK);
            clip_destroy(clip);
        }
        close(fds[i]);
    }
    probe_stop(&probe);
}

static void test_the_same_samples_each_time(void **state)
{
    struct probe probe;
    int fds[200];
    probe_start(&probe, *state, ENGINE, &english);
    struct clip *first = NULL;
    for (int round = 0; round < 200 / 20; round++) {
        for (int i = 0; i < 20; i++) {
            fds[round * 20 + i] =
                probe_say(&probe, round * 20 + i, "Come onto your hands and knees.");
        }
        while (probe.done < (round + 1) * 20) {
            loop_step(probe.loop, -1);
        }
    }
    for (int i = 0; i < 200; i++) {
        struct clip *clip = NULL;
        assert_int_equal(clip_map_fd(fds[i], &clip), LIMBER_OK);
        close(fds[i]);
        if (!first) {
            first = clip;
            continue;
        }
        assert_int_equal(clip->length, first->length);
        assert_memory_equal(clip->samples, first->samples, (size_t)clip->length * sizeof(float));
        clip_destroy(clip);
    }
    clip_destroy(first);
    probe_stop(&probe);
}

/* --- names --- */

static void expect_refusal(struct rig *rig, struct limber_speech_voice voice, const char *words)
{
    struct probe probe;
    voice.size = sizeof voice;
    voice.pitch = voice.pitch_range = -1;
    probe_start(&probe, rig, ENGINE, &voice);
    assert_true(probe.gone);
    if (!strstr(probe.reason, words)) {
        fail_msg("%s", probe.reason);
    }
}

static void expect_voice(struct rig *rig, struct limber_speech_voice voice)
{
    struct probe probe;
    voice.size = sizeof voice;
    voice.pitch = voice.pitch_range = -1;
    probe_start(&probe, rig, ENGINE, &voice);
    if (!probe.ready) {
        fail_msg("%s %s: %s", voice.language, voice.voice ? voice.voice : "-", probe.reason);
    }
    probe_stop(&probe);
}

static void test_names_are_checked(void **state)
{
    struct rig *rig = *state;
    typedef struct limber_speech_voice v;
    expect_refusal(rig, (v){.language = "en", .voice = "nobody"}, "no voice 'nobody'");
    expect_refusal(rig, (v){.language = "en", .voice = "gmw/../../x"}, "no voice");
    expect_refusal(rig, (v){.language = "en", .voice = "mb/mb-en1"}, "no voice");
    expect_refusal(rig, (v){.language = "en", .voice = "english-mb-en1"}, "no voice");
    expect_refusal(rig, (v){.language = "de", .variant = "nope"}, "no variant 'nope'");
    expect_refusal(rig, (v){.language = "de", .voice = "de+nope"}, "no voice");
    expect_refusal(rig, (v){.language = "tlh"}, "language 'tlh'");
    expect_refusal(rig, (v){.language = "xx-YY"}, "language 'xx-YY'");
    expect_voice(rig, (v){.language = "en-GB"});
    expect_voice(rig, (v){.language = "de-AT"});
    expect_voice(rig, (v){.language = "en", .voice = "en-gb-x-rp"});
    expect_voice(rig, (v){.language = "en", .voice = "English_(America)"});
    expect_voice(rig, (v){.language = "en", .voice = "gmw/en-US", .variant = "f2"});
    expect_voice(rig, (v){.language = "de", .variant = "Mr serious"});
    expect_voice(rig, (v){.language = "fr", .variant = "female3"});
}

static void test_shipped_voices_exist(void **state)
{
    struct rig *rig = *state;
    struct voices *voices = voices_load(VOICES, rig->registry, NULL);
    assert_true(voices_count(voices) >= 3);
    for (size_t i = 0; i < voices_count(voices); i++) {
        const struct voice *voice = voices_get(voices, i);
        if (voice->problem) {
            fail_msg("%s: %s", voice->name, voice->problem);
        }
        rig_open(rig, &(struct cast_options){.voice = voice->name, .voices_folder = VOICES});
        uint32_t id = cast_request(rig->cast, "1, 2, 3.", voice->languages[0], 0);
        cast_wait(rig->cast, id);
        assert_null(cast_problem(rig->cast, id));
        assert_string_equal(cast_voice_name(rig->cast, voice->languages[0]), voice->name);
        rig_close(rig);
    }
    voices_destroy(voices);
}

/* --- through the sanitiser nothing happens at all --- */

static void test_hostile_texts_are_spoken(void **state)
{
    struct rig *rig = *state;
    rig_open(rig, &(struct cast_options){.voices_folder = VOICES});
    static const struct {
        const char *text;
        int times;
    } texts[] = {{"s'", 70},
                 {"A.B.C.", 29},
                 {"s'", 100},
                 {"a'b'", 200},
                 {"..", 100},
                 {"[[", 50},
                 {"<break/>", 40},
                 {"1.", 300},
                 {"x-", 200},
                 {"\x01"
                  "B",
                  30},
                 {"&amp;", 60},
                 {"ABCD", 100}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char *text = repeat(texts[i].text, texts[i].times);
        cast_request(rig->cast, text, "en", 0);
        cast_request(rig->cast, text, "de", 0);
        free(text);
    }
    cast_wait(rig->cast, UINT32_MAX);
    for (uint32_t i = 0; i < rig_stats(rig).requests; i++) {
        const char *problem = cast_problem(rig->cast, i);
        if (problem && !strstr(problem, "nothing in the text")) {
            fail_msg("%u: %s", i, problem);
        }
    }
}

/* --- loudness --- */

static const char *const page_en[] = {
    "Welcome. Stretch to the point of discomfort, never to pain.",
    "You need a mat and a chair. It starts on your hands and knees.",
    "Come onto your hands and knees, hands under your shoulders, knees under your hips.",
    "Breathe in. Arch your back, lift your head, let your belly drop.",
    "Breathe out. Round your back, chin to your chest.",
    "Come back to a long, level spine.",
    "Next: side stretch. Stand tall, feet hip-width apart.",
    "Reach your left arm overhead and rest the other hand on your hip.",
    "Lean away, to the right side, until you feel a line along your ribs.",
    "If your neck is tight, look down. Soften your shoulders.",
    "Five. Four. Three. Two. One. And rest.",
    "Well done. That was eleven minutes. See you tomorrow.",
};

static const char *const page_de[] = {
    "Willkommen. Dehne dich bis zum Ziehen, nie bis zum Schmerz.",
    "Du brauchst eine Matte und einen Stuhl. Es beginnt auf Händen und Knien.",
    "Komm auf Hände und Knie, die Hände unter den Schultern, die Knie unter den Hüften.",
    "Einatmen. Mach ein Hohlkreuz, hebe den Kopf, lass den Bauch sinken.",
    "Ausatmen. Mach den Rücken rund, das Kinn zur Brust.",
    "Komm zurück zu einem langen, geraden Rücken.",
    "Als Nächstes: Seitdehnung. Stell dich aufrecht hin.",
    "Strecke den linken Arm über den Kopf und stütze die andere Hand in die Hüfte.",
    "Fünf. Vier. Drei. Zwei. Eins. Und Pause.",
    "Gut gemacht. Das waren elf Minuten. Bis morgen.",
};

static const char *const page_es[] = {
    "Bienvenido. Estira hasta notar un tirón suave, nunca hasta el dolor.",
    "Necesitas una esterilla y una silla. Empezamos a cuatro patas.",
    "Ponte a cuatro patas, con las manos debajo de los hombros y las rodillas debajo de las "
    "caderas.",
    "Inspira. Arquea la espalda, levanta la cabeza y deja caer la barriga.",
    "Espira. Redondea la espalda, con la barbilla hacia el pecho.",
    "Vuelve a una espalda larga y recta.",
    "Ahora: estiramiento lateral. Ponte de pie, con los pies separados.",
    "Levanta el brazo izquierdo y apoya la otra mano en la cadera.",
    "Cinco. Cuatro. Tres. Dos. Uno. Y descansa.",
    "Muy bien. Han sido once minutos. Hasta mañana.",
};

static const char *const page_fr[] = {
    "Bienvenue. Étire-toi jusqu'à sentir une tension, jamais jusqu'à la douleur.",
    "Il te faut un tapis et une chaise. On commence à quatre pattes.",
    "Mets-toi à quatre pattes, les mains sous les épaules, les genoux sous les hanches.",
    "Inspire. Creuse le dos, lève la tête, laisse descendre le ventre.",
    "Expire. Arrondis le dos, le menton vers la poitrine.",
    "Reviens à un dos long et plat.",
    "Ensuite : étirement latéral. Mets-toi debout, les pieds écartés.",
    "Lève le bras gauche et pose l'autre main sur la hanche.",
    "Cinq. Quatre. Trois. Deux. Un. Et repos.",
    "Très bien. C'étaient onze minutes. À demain.",
};

static const char *const page_it[] = {
    "Benvenuto. Allungati fino a sentire tirare, mai fino al dolore.",
    "Ti servono un tappetino e una sedia. Si comincia a quattro zampe.",
    "Mettiti a quattro zampe, le mani sotto le spalle, le ginocchia sotto le anche.",
    "Inspira. Inarca la schiena, solleva la testa, lascia scendere la pancia.",
    "Espira. Arrotonda la schiena, il mento verso il petto.",
    "Torna a una schiena lunga e dritta.",
    "Adesso: allungamento laterale. Mettiti in piedi, con i piedi separati.",
    "Alza il braccio sinistro e appoggia l'altra mano sul fianco.",
    "Cinque. Quattro. Tre. Due. Uno. E riposa.",
    "Molto bene. Sono stati undici minuti. A domani.",
};

static const char *const page_nl[] = {
    "Welkom. Rek tot je spanning voelt, nooit tot het pijn doet.",
    "Je hebt een mat en een stoel nodig. We beginnen op handen en knieën.",
    "Kom op handen en knieën, de handen onder je schouders, de knieën onder je heupen.",
    "Adem in. Maak je rug hol, til je hoofd op, laat je buik zakken.",
    "Adem uit. Maak je rug bol, de kin naar de borst.",
    "Kom terug naar een lange, rechte rug.",
    "Nu: zijwaarts rekken. Ga rechtop staan, de voeten op heupbreedte.",
    "Strek je linkerarm omhoog en leg de andere hand op je heup.",
    "Vijf. Vier. Drie. Twee. Een. En rust.",
    "Goed gedaan. Dat waren elf minuten. Tot morgen.",
};

static const char *const page_pl[] = {
    "Witaj. Rozciągaj się, aż poczujesz napięcie, nigdy do bólu.",
    "Potrzebujesz maty i krzesła. Zaczynamy w klęku podpartym.",
    "Przejdź do klęku podpartego, dłonie pod barkami, kolana pod biodrami.",
    "Wdech. Wygnij plecy, unieś głowę, opuść brzuch.",
    "Wydech. Zaokrąglij plecy, broda do klatki piersiowej.",
    "Wróć do długich, prostych pleców.",
    "Teraz: skłon boczny. Stań prosto, stopy na szerokość bioder.",
    "Unieś lewą rękę i połóż drugą dłoń na biodrze.",
    "Pięć. Cztery. Trzy. Dwa. Jeden. I odpocznij.",
    "Bardzo dobrze. To było jedenaście minut. Do jutra.",
};

static const char *const page_pt[] = {
    "Bem-vindo. Alonga até sentires um puxão suave, nunca até à dor.",
    "Precisas de um tapete e de uma cadeira. Começamos de gatas.",
    "Põe-te de gatas, as mãos debaixo dos ombros, os joelhos debaixo das ancas.",
    "Inspira. Arqueia as costas, levanta a cabeça, deixa descer a barriga.",
    "Expira. Arredonda as costas, o queixo para o peito.",
    "Volta às costas longas e direitas.",
    "Agora: alongamento lateral. Fica de pé, os pés afastados.",
    "Levanta o braço esquerdo e pousa a outra mão na anca.",
    "Cinco. Quatro. Três. Dois. Um. E descansa.",
    "Muito bem. Foram onze minutos. Até amanhã.",
};

static const char *const page_ru[] = {
    "Добро пожаловать. Тянись до лёгкого натяжения, никогда не до боли.",
    "Тебе нужны коврик и стул. Начинаем на четвереньках.",
    "Встань на четвереньки, ладони под плечами, колени под бёдрами.",
    "Вдох. Прогни спину, подними голову, отпусти живот.",
    "Выдох. Округли спину, подбородок к груди.",
    "Вернись к длинной, ровной спине.",
    "Теперь: наклон в сторону. Встань прямо, ноги на ширине бёдер.",
    "Подними левую руку и положи другую ладонь на бедро.",
    "Пять. Четыре. Три. Два. Один. И отдых.",
    "Молодец. Это было одиннадцать минут. До завтра.",
};

static const char *const page_sv[] = {
    "Välkommen. Sträck tills det stramar, aldrig tills det gör ont.",
    "Du behöver en matta och en stol. Vi börjar på händer och knän.",
    "Kom ner på händer och knän, händerna under axlarna, knäna under höfterna.",
    "Andas in. Svanka, lyft huvudet, låt magen sjunka.",
    "Andas ut. Runda ryggen, hakan mot bröstet.",
    "Kom tillbaka till en lång, rak rygg.",
    "Nu: sidosträckning. Stå rak, fötterna höftbrett isär.",
    "Sträck vänster arm uppåt och lägg andra handen på höften.",
    "Fem. Fyra. Tre. Två. Ett. Och vila.",
    "Bra jobbat. Det var elva minuter. Vi ses i morgon.",
};

static const struct {
    const char *language;
    const char *const *page;
    size_t count;
} pages[] = {
    {"en", page_en, sizeof page_en / sizeof page_en[0]},
    {"de", page_de, sizeof page_de / sizeof page_de[0]},
    {"es", page_es, sizeof page_es / sizeof page_es[0]},
    {"fr", page_fr, sizeof page_fr / sizeof page_fr[0]},
    {"it", page_it, sizeof page_it / sizeof page_it[0]},
    {"nl", page_nl, sizeof page_nl / sizeof page_nl[0]},
    {"pl", page_pl, sizeof page_pl / sizeof page_pl[0]},
    {"pt", page_pt, sizeof page_pt / sizeof page_pt[0]},
    {"ru", page_ru, sizeof page_ru / sizeof page_ru[0]},
    {"sv", page_sv, sizeof page_sv / sizeof page_sv[0]},
};

static double page_loudness(struct rig *rig, const char *language, const char *const *page,
                            size_t count)
{
    size_t total = 0;
    float *samples = NULL;
    for (size_t i = 0; i < count; i++) {
        uint32_t id = cast_request(rig->cast, page[i], language, 0);
        cast_wait(rig->cast, id);
        assert_null(cast_problem(rig->cast, id));
        const struct clip *clip = cast_clip(rig->cast, id);
        samples = xrealloc(samples, (total + (size_t)clip->length) * sizeof *samples);
        for (frames f = 0; f < clip->length; f++) {
            samples[total++] = clip->samples[f] * cast_gain(rig->cast, id);
        }
    }
    double loudness = process_loudness(samples, (frames)total, 1, 48000);
    free(samples);
    return loudness;
}

static void test_a_page_has_the_common_level(void **state)
{
    struct rig *rig = *state;
    struct voices *voices = voices_load(VOICES, rig->registry, NULL);
    for (size_t i = 0; i < voices_count(voices); i++) {
        const struct voice *voice = voices_get(voices, i);
        size_t p = 0;
        while (p < sizeof pages / sizeof pages[0] &&
               strncmp(voice->languages[0], pages[p].language, 2) != 0) {
            p++;
        }
        if (strcmp(voice->engine, VOICES_ENGINE) != 0) {
            continue;
        }
        assert_true(p < sizeof pages / sizeof pages[0]);
        rig_open(rig, &(struct cast_options){.voice = voice->name, .voices_folder = VOICES});
        double loudness = page_loudness(rig, voice->languages[0], pages[p].page, pages[p].count);
        print_message("%s: %.2f LUFS\n", voice->name, loudness);
        assert_true(fabs(loudness - CAST_TARGET_LUFS) <= 0.45);
        rig_close(rig);
    }
    voices_destroy(voices);
}

/* The first sample of a clip is heard: nothing but a few milliseconds before the words. */
static void test_clips_begin_at_once(void **state)
{
    struct rig *rig = *state;
    rig_open(rig, &(struct cast_options){.voices_folder = VOICES});
    for (size_t i = 0; i < sizeof page_en / sizeof page_en[0]; i++) {
        const struct clip *clip = cast_clip(rig->cast, rig_say(rig, page_en[i]));
        frames onset = 0;
        while (onset < clip->length && fabsf(clip->samples[onset]) < clip->peak * 0.00316f) {
            onset++;
        }
        assert_true(onset < 48000 * 5 / 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_abort_of_the_engine_is_reported, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_same_samples_each_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shipped_voices_exist, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_texts_are_spoken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_page_has_the_common_level, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_clips_begin_at_once, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
