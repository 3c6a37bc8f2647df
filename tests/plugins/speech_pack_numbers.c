/* SPDX-License-Identifier: GPL-3.0-or-later */
/* speech-pack counts: a pack that holds only the few words a language needs says every number from
 * 0 to 999, as ICU spells it (numbers/LANGUAGE.txt) and in digits, and "N seconds left". */
#include "packkit.h"

struct language {
    const char *tag;
    const char *words;     /* the least a pack needs, separated by spaces */
    const char *same;      /* "from>to,…": spellings that differ from the words joined together */
    const char *left[3];   /* "… seconds left" for one, few, many */
    const char *agreed[8]; /* text, words it takes; text, words … */
};

static const struct language languages[] = {
    {"en",
     "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
     "fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
     "ninety hundred and",
     "",
     {"second left", NULL, "seconds left"},
     {"101 seconds left", "one|hundred|and|one|… seconds left|"}},
    {"de",
     "null eins ein eine einen zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn "
     "vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreißig vierzig fünfzig "
     "sechzig siebzig achtzig neunzig hundert und",
     "einhundert>hundert",
     {"Sekunde noch", NULL, "Sekunden noch"},
     {"1 Sekunde noch", "eine|… Sekunde noch|", "21 Sekunden noch",
      "ein|und|zwanzig|… Sekunden noch|"}},
    {"fr",
     "zéro un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
     "seize vingt trente quarante cinquante soixante cent et",
     "vingts>vingt,cents>cent",
     {"seconde restante", NULL, "secondes restantes"},
     {"1 seconde restante", "une|… seconde restante|", "21 secondes restantes",
      "vingt|et|une|… secondes restantes|", "80 secondes restantes",
      "quatre|vingt|… secondes restantes|"}},
    {"es",
     "cero uno un una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce "
     "quince dieciséis diecisiete dieciocho diecinueve veinte veinti treinta cuarenta cincuenta "
     "sesenta setenta ochenta noventa cien ciento doscientos trescientos cuatrocientos quinientos "
     "seiscientos setecientos ochocientos novecientos y",
     "veintiún>veintiun,veintidós>veintidos,veintitrés>veintitres,veintiséis>veintiseis",
     {"segundo más", NULL, "segundos más"},
     {"1 segundo más", "un|… segundo más|", "21 segundos más", "veinti|un|… segundos más|",
      "31 segundos más", "treinta|y|un|… segundos más|"}},
    {"it",
     "zero uno un una due tre quattro cinque sei sette otto nove dieci undici dodici tredici "
     "quattordici quindici sedici diciassette diciotto diciannove venti trenta quaranta cinquanta "
     "sessanta settanta ottanta novanta cento",
     "iun>un,aun>un,iotto>otto,aotto>otto,tré>tre,oo>o",
     {"secondo ancora", NULL, "secondi ancora"},
     {"1 secondo ancora", "un|… secondo ancora|", "ventotto", "venti|otto|"}},
    {"pt-BR",
     "zero um uma dois duas três quatro cinco seis sete oito nove dez onze doze treze catorze "
     "quinze dezesseis dezessete dezoito dezenove vinte trinta quarenta cinquenta sessenta setenta "
     "oitenta noventa cem cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos "
     "oitocentos novecentos e",
     "",
     {"segundo", NULL, "segundos"},
     {"2 segundos", "dois|… segundos|", "2 repetições", "duas|… repetições|"}},
    {"nl",
     "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien "
     "zestien zeventien achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig "
     "negentig honderd en",
     "ë>e,é>e",
     {"seconde nog", NULL, "seconden nog"},
     {"één seconde nog", "een|… seconde nog|", "22", "twee|en|twintig|"}},
    {"sv",
     "noll ett en två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton "
     "sjutton arton nitton tjugo trettio fyrtio femtio sextio sjuttio åttio nittio hundra",
     "",
     {"sekund kvar", NULL, "sekunder kvar"},
     {"1 sekund kvar", "en|… sekund kvar|", "21 sekunder kvar", "tjugo|en|… sekunder kvar|"}},
    {"pl",
     "zero jeden jedna jedną dwa dwie trzy cztery pięć sześć siedem osiem dziewięć dziesięć "
     "jedenaście dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście "
     "dziewiętnaście dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt "
     "siedemdziesiąt osiemdziesiąt dziewięćdziesiąt sto dwieście trzysta czterysta pięćset "
     "sześćset siedemset osiemset dziewięćset",
     "",
     {"sekunda", "sekundy", "sekund"},
     {"1 sekunda", "jedna|… sekunda|", "2 sekundy", "dwie|… sekundy|", "22 sekundy",
      "dwadzieścia|dwie|… sekundy|"}},
    {"ru",
     "ноль один одна одну два две три четыре пять шесть семь восемь девять десять одиннадцать "
     "двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать "
     "девятнадцать двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто "
     "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот",
     "",
     {"секунда", "секунды", "секунд"},
     {"1 секунда", "одна|… секунда|", "22 секунды", "двадцать|две|… секунды|"}},
};

#define LANGUAGES (sizeof languages / sizeof *languages)

#define FIRST_HZ 300.0
#define STEP_HZ  50.0
#define RATE_HZ  8000
#define CLIP_MS  40 /* 2 periods of the step: neighbours cannot be mistaken for each other */

/* A pack of the words and the three ends; clip number k has a pitch of its own. */
static int make_pack(const struct language *language)
{
    char words[4096], name[64];
    char *rest = NULL;
    int count = 0;
    FILE *to = fopen("clips.csv", "w");
    assert_non_null(to);
    fprintf(to, "text,file\n");
    snprintf(words, sizeof words, "%s", language->words);
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        fprintf(to, "%s,clips/%d.wav\n", word, count++);
    for (int i = 0; i < 3; i++)
        if (language->left[i])
            fprintf(to, "… %s,clips/%d.wav\n", language->left[i], count++);
    if (strcmp(language->tag, "pt-BR") == 0)
        fprintf(to, "… repetições,clips/%d.wav\n", count++);
    fclose(to);
    assert_true(FIRST_HZ + STEP_HZ * count < RATE_HZ / 2);
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "clips/%d.wav", i);
        kit_tone(name, WAV, RATE_HZ, 1, FIRST_HZ + STEP_HZ * i, CLIP_MS, 30);
    }
    return count;
}

/* The rows' words put together, or a spelling, in a form in which both can be compared. */
static void plain(const struct language *language, struct kit *kit, const char *text, char *out)
{
    char key[512];
    size_t used = 0;
    assert_int_equal(kit->pack->key(kit->fake.instance, text, key, sizeof key), LIMBER_OK);
    for (const char *at = key; *at; at++)
        if (*at != ' ')
            out[used++] = *at;
    out[used] = '\0';
    for (const char *at = language->same; *at;) {
        size_t from = strcspn(at, ">"), to = strcspn(at + from + 1, ",");
        char *place = out;
        while ((place = strstr(place, strndupa(at, from)))) {
            memmove(place + to, place + from, strlen(place + from) + 1);
            memcpy(place, at + from + 1, to);
            place += to;
        }
        at += from + 1 + to;
        at += *at == ',';
    }
}

/* What the rows say, without the marks between them. */
static void say_plain(const struct language *language, struct kit *kit, const char *text, char *out)
{
    struct found found;
    if (kit_find(kit, text, &found) != LIMBER_OK)
        fail_msg("%s: cannot say \"%s\"", language->tag, text);
    plain(language, kit, found.texts, out);
}

/* Calls `each` with every number and its spellings. */
static void each_number(const struct language *language, struct kit *kit, int most,
                        void (*each)(const struct language *, struct kit *, int number,
                                     char **spellings, int count))
{
    char path[512], line[1024];
    snprintf(path, sizeof path, SOURCE_DIR "/tests/plugins/numbers/%.2s.txt", language->tag);
    FILE *from = fopen(path, "r");
    assert_non_null(from);
    int next = 0;
    while (next <= most && fgets(line, sizeof line, from)) {
        char *spellings[8], *rest = NULL;
        int count = 0;
        line[strcspn(line, "\n")] = '\0';
        assert_int_equal(atoi(strtok_r(line, "\t", &rest)), next);
        for (char *s; count < 8 && (s = strtok_r(NULL, "|", &rest));)
            spellings[count++] = s;
        assert_true(count > 0);
        each(language, kit, next++, spellings, count);
    }
    assert_int_equal(next, most + 1);
    fclose(from);
}

static void check_number(const struct language *language, struct kit *kit, int number,
                         char **spellings, int count)
{
    char digits[16], said[512], wanted[512];
    bool same = false;
    snprintf(digits, sizeof digits, "%d", number);
    for (int i = 0; i < count; i++) {
        say_plain(language, kit, spellings[i], said);
        plain(language, kit, spellings[i], wanted);
        assert_string_equal(said, wanted);
    }
    say_plain(language, kit, digits, said);
    for (int i = 0; i < count; i++) {
        plain(language, kit, spellings[i], wanted);
        same = same || strcmp(said, wanted) == 0;
    }
    if (!same)
        fail_msg("%s: %d is said as \"%s\", not \"%s\"", language->tag, number, said, wanted);
}

static void every_number(void **state)
{
    for (size_t i = 0; i < LANGUAGES; i++) {
        struct kit kit;
        make_pack(&languages[i]);
        kit_prepare(&kit, NULL, languages[i].tag);
        each_number(&languages[i], &kit, 999, check_number);
        kit_destroy(&kit);
    }
}

/* --- "N seconds left", heard --- */

static int pitches; /* of the pack at hand */

/* The files that a text is heard to be said with. */
static void listen(struct kit *kit, const char *text, char *files, size_t size)
{
    struct heard heard = {0};
    size_t used = 0, end, at = 0, before = 0;
    if (kit_speak(kit, text, &heard) != LIMBER_OK)
        fail_msg("\"%s\" is not said: %s", text, kit->fake.log);
    while (kit_next_sound(&heard, &at, &end)) {
        if (before > 0) /* 40 ms to the frame */
            assert_int_equal(at - before, RATE_HZ * 40 / 1000);
        assert_int_equal(end - at, RATE_HZ * CLIP_MS / 1000);
        used += (size_t)snprintf(files + used, size - used, "clips/%d.wav|",
                                 kit_pitch(&heard, at, end, FIRST_HZ, STEP_HZ, pitches));
        before = at = end;
    }
    assert_int_equal(before, heard.frames);
    free(heard.samples);
}

/* CLDR's categories for whole numbers, as far as the three ends need them. */
static const char *left(const struct language *language, int number)
{
    int tens = number % 100, ones = number % 10;
    bool slavic = language->left[1], polish = strcmp(language->tag, "pl") == 0;
    bool one = number == 1 || (strcmp(language->tag, "fr") == 0 && number == 0) ||
               (slavic && !polish && ones == 1 && tens != 11);
    if (one)
        return language->left[0];
    if (slavic && ones >= 2 && ones <= 4 && (tens < 12 || tens > 14))
        return language->left[1];
    return language->left[2];
}

static void check_left(const struct language *language, struct kit *kit, int number,
                       char **spellings, int count)
{
    char text[256], files[512];
    struct found found;
    for (int i = -1; i < count; i++) {
        if (i < 0)
            snprintf(text, sizeof text, "%d %s.", number, left(language, number));
        else
            snprintf(text, sizeof text, "%s %s.", spellings[i], left(language, number));
        if (kit_find(kit, text, &found) != LIMBER_OK)
            fail_msg("%s: cannot say \"%s\"", language->tag, text);
        listen(kit, text, files, sizeof files);
        assert_string_equal(files, found.files);
    }
}

static void seconds_left(void **state)
{
    for (size_t i = 0; i < LANGUAGES; i++) {
        struct kit kit;
        pitches = make_pack(&languages[i]);
        kit_prepare(&kit, NULL, languages[i].tag);
        each_number(&languages[i], &kit, 60, check_left);
        for (int k = 0; k < 8 && languages[i].agreed[k]; k += 2)
            assert_says(&kit, languages[i].agreed[k], languages[i].agreed[k + 1]);
        kit_destroy(&kit);
    }
}

/* Whole words rather than parts, where the pack has them. */
static void fewest_parts(void **state)
{
    struct kit kit;
    kit_tone("clips/a.wav", WAV, 8000, 1, 440, 20, 0);
    kit_text("clips.csv",
             "text,file\ntwenty,clips/a.wav\none,clips/a.wav\n\"twenty-one\",clips/a.wav\n"
             "two,clips/a.wav\nhundred,clips/a.wav\nand,clips/a.wav\n"
             "one hundred,clips/a.wav\n"
             "Hold for …,clips/a.wav\n… seconds,clips/a.wav\n… plus …,clips/a.wav\n"
             "22 seconds,clips/a.wav\n");
    kit_prepare(&kit, NULL, "en-GB");
    assert_says(&kit, "21", "twenty-one|");
    assert_says(&kit, "Twenty one", "twenty-one|");
    assert_says(&kit, "121", "one hundred|and|twenty-one|");
    assert_says(&kit, "one hundred twenty-two", "one hundred|twenty|two|");
    assert_says(&kit, "Hold for 21 seconds", "Hold for …|twenty-one|… seconds|");
    assert_says(&kit, "twenty-two seconds", "22 seconds|");
    assert_says(&kit, "21 plus 22", "twenty-one|… plus …|twenty|two|");
    struct found found;
    assert_int_equal(kit_find(&kit, "1.5", &found), LIMBER_NOT_FOUND);
    assert_int_equal(kit_find(&kit, "1500", &found), LIMBER_NOT_FOUND);
    assert_int_equal(kit_find(&kit, "021", &found), LIMBER_NOT_FOUND);
    /* A whole row is no part: "22 seconds" is said with falling voice. */
    assert_says(&kit, "Hold for 22 seconds", "Hold for …|twenty|two|… seconds|");
    kit_destroy(&kit);
    /* A language whose numbers are not known: digits are words like others. */
    kit_prepare(&kit, NULL, "fi");
    assert_int_equal(kit_find(&kit, "21", &found), LIMBER_NOT_FOUND);
    assert_says(&kit, "22 seconds", "22 seconds|");
    kit_destroy(&kit);
}

/* What stands between numbers is not used elsewhere. */
static void connectors_keep_their_place(void **state)
{
    struct kit kit;
    struct found found;
    kit_tone("clips/a.wav", WAV, 8000, 1, 440, 20, 0);
    kit_text("clips.csv", "text,file\nand,clips/a.wav\nIn …,clips/a.wav\n… out,clips/a.wav\n"
                          "one,clips/a.wav\nhundred,clips/a.wav\n");
    kit_prepare(&kit, NULL, "en");
    assert_int_equal(kit_find(&kit, "In and out", &found), LIMBER_NOT_FOUND);
    assert_says(&kit, "101", "one|hundred|and|one|");
    assert_says(&kit, "In one out", "In …|one|… out|");
    kit_destroy(&kit);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_number, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(seconds_left, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(fewest_parts, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(connectors_keep_their_place, kit_setup, kit_teardown),
    };
    fake_load(argc, argv, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
