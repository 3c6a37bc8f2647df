/* SPDX-License-Identifier: GPL-3.0-or-later */
/* numerals.c: how languages count to 999, and which words a small pack needs for it. Data only;
 * pack.h says how it is written. To add a language, add an entry. */
#include <string.h>
#include <strings.h>

#include "pack.h"

static const struct numerals languages[] = {
    {
        .language = "en",
        .units = "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|"
                 "fourteen|fifteen|sixteen|seventeen|eighteen|nineteen",
        .tens = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety",
        .hundreds = "one hundred|two hundred|three hundred|four hundred|five hundred|six hundred|"
                    "seven hundred|eight hundred|nine hundred",
        .ten_unit = "T U",
        .hundred_rest = "H and R",
        .forms = "|*and>|^one>a|^one>a,*and>",
        .connectors = "and a",
        .also = "oh",
    },
    {
        .language = "de",
        .units = "null|eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|dreizehn|"
                 "vierzehn|fünfzehn|sechzehn|siebzehn|achtzehn|neunzehn",
        .tens = "zwanzig|dreissig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig",
        .hundreds = "hundert|zwei+hundert|drei+hundert|vier+hundert|fünf+hundert|sechs+hundert|"
                    "sieben+hundert|acht+hundert|neun+hundert",
        .ten_unit = "U+und+T",
        .ten_one = "ein+und+T",
        .hundred_rest = "H+R",
        .forms = "|eins>eine|eins>einen|eins>ein|eins>einem|eins>einer|eins>eines|"
                 "^hundert>ein+hundert|^hundert>ein+hundert,eins>eine|"
                 "^hundert>ein+hundert,eins>einen|^hundert>ein+hundert,eins>ein|zwei>zwo",
        .agreement = "1:minute sekunde stunde runde wiederholung seite woche serie|"
                     "3:mal meter kilo satz atemzug tag schritt prozent grad",
        .connectors = "und",
    },
    {
        .language = "fr",
        .units = "zéro|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|"
                 "quatorze|quinze|seize|dix sept|dix huit|dix neuf",
        .tens = "vingt|trente|quarante|cinquante|soixante|soixante dix|quatre vingt|"
                "quatre vingt dix",
        .hundreds = "cent|deux cent|trois cent|quatre cent|cinq cent|six cent|sept cent|huit cent|"
                    "neuf cent",
        .ten_unit = "T U",
        .ten_one = "T et U",
        .hundred_rest = "H R",
        .special = "71=soixante et onze|72=soixante douze|73=soixante treize|"
                   "74=soixante quatorze|75=soixante quinze|76=soixante seize|"
                   "81=quatre vingt un|91=quatre vingt onze|92=quatre vingt douze|"
                   "93=quatre vingt treize|94=quatre vingt quatorze|95=quatre vingt quinze|"
                   "96=quatre vingt seize",
        .forms = "|un>une",
        .agreement = "1:minute seconde heure respiration répétition série fois semaine",
        .aliases = "vingts>vingt,cents>cent",
        .connectors = "et",
        .also = "septante huitante octante nonante",
    },
    {
        .language = "es",
        .units = "cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|"
                 "catorce|quince|dieciséis|diecisiete|dieciocho|diecinueve|veinte|veinti+uno|"
                 "veinti+dos|veinti+tres|veinti+cuatro|veinti+cinco|veinti+seis|veinti+siete|"
                 "veinti+ocho|veinti+nueve",
        .tens = "veinte|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa",
        .exact = "cien",
        .hundreds = "ciento|doscientos|trescientos|cuatrocientos|quinientos|seiscientos|"
                    "setecientos|ochocientos|novecientos",
        .ten_unit = "T y U",
        .hundred_rest = "H R",
        .forms = "|uno>un|uno>una,*doscientos>doscientas,*trescientos>trescientas,"
                 "*cuatrocientos>cuatrocientas,*quinientos>quinientas,*seiscientos>seiscientas,"
                 "*setecientos>setecientas,*ochocientos>ochocientas,*novecientos>novecientas",
        .agreement = "1:minuto segundo metro ciclo lado paso día kilo|"
                     "2:repetici respiraci serie vez hora vuelta ronda semana vece",
        .spellings = "un>ún,dos>dós,tres>trés,seis>séis",
        .aliases = "dieciseis>dieciséis",
        .connectors = "y",
    },
    {
        .language = "it",
        .units = "zero|uno|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici|tredici|"
                 "quattordici|quindici|sedici|diciassette|diciotto|diciannove",
        .tens = "venti|trenta|quaranta|cinquanta|sessanta|settanta|ottanta|novanta",
        .hundreds = "cento|due+cento|tre+cento|quattro+cento|cinque+cento|sei+cento|sette+cento|"
                    "otto+cento|nove+cento",
        .ten_unit = "T+U",
        .hundred_rest = "H+R",
        .forms = "|uno>un|uno>una",
        .agreement = "1:minuto secondo metro ciclo lato passo giorno respiro giro|"
                     "2:ripetizion serie volta ora settimana",
        .spellings = "aun>un,iun>un,aotto>otto,iotto>otto,oo>o,tre>tré",
        .aliases = "tré>tre",
    },
    {
        .language = "pt",
        .units = "zero|um|dois|três|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|treze|catorze|"
                 "quinze|dezesseis|dezessete|dezoito|dezenove",
        .tens = "vinte|trinta|quarenta|cinquenta|sessenta|setenta|oitenta|noventa",
        .exact = "cem",
        .hundreds = "cento|duzentos|trezentos|quatrocentos|quinhentos|seiscentos|setecentos|"
                    "oitocentos|novecentos",
        .ten_unit = "T e U",
        .hundred_rest = "H e R",
        .forms = "|um>uma,dois>duas,*duzentos>duzentas,*trezentos>trezentas,"
                 "*quatrocentos>quatrocentas,*quinhentos>quinhentas,*seiscentos>seiscentas,"
                 "*setecentos>setecentas,*oitocentos>oitocentas,*novecentos>novecentas|"
                 "dezesseis>dezasseis,dezessete>dezassete,dezenove>dezanove|catorze>quatorze",
        .agreement = "1:repeti respiraç série vez hora volta semana vezes rodada",
        .connectors = "e",
    },
    {
        .language = "nl",
        .units = "nul|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|"
                 "veertien|vijftien|zestien|zeventien|achttien|negentien",
        .tens = "twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig",
        .hundreds = "honderd|twee+honderd|drie+honderd|vier+honderd|vijf+honderd|zes+honderd|"
                    "zeven+honderd|acht+honderd|negen+honderd",
        .ten_unit = "U+en+T",
        .hundred_rest = "H+R",
        .forms = "|^honderd>een+honderd",
        .spellings = "eeen>eeën,ieen>ieën,een>één",
        .aliases = "één>een",
        .connectors = "en",
    },
    {
        .language = "sv",
        .units = "noll|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|tretton|fjorton|femton|"
                 "sexton|sjutton|arton|nitton",
        .tens = "tjugo|trettio|fyrtio|femtio|sextio|sjuttio|åttio|nittio",
        .hundreds = "ett+hundra|två+hundra|tre+hundra|fyra+hundra|fem+hundra|sex+hundra|"
                    "sju+hundra|åtta+hundra|nio+hundra",
        .ten_unit = "T+U",
        .hundred_rest = "H+R",
        .forms = "|ett>en|^ett>|^ett>,ett>en",
        .agreement = "1:minut sekund timme omgång gång sida repetition vecka meter",
        .also = "aderton",
    },
    {
        .language = "pl",
        .units = "zero|jeden|dwa|trzy|cztery|pięć|sześć|siedem|osiem|dziewięć|dziesięć|jedenaście|"
                 "dwanaście|trzynaście|czternaście|piętnaście|szesnaście|siedemnaście|osiemnaście|"
                 "dziewiętnaście",
        .tens = "dwadzieścia|trzydzieści|czterdzieści|pięćdziesiąt|sześćdziesiąt|siedemdziesiąt|"
                "osiemdziesiąt|dziewięćdziesiąt",
        .hundreds = "sto|dwieście|trzysta|czterysta|pięćset|sześćset|siedemset|osiemset|"
                    "dziewięćset",
        .ten_unit = "T U",
        .hundred_rest = "H R",
        .forms = "|=jeden>jedna,dwa>dwie|=jeden>jedną,dwa>dwie|=jeden>jedno",
        .agreement = "1:minuta minuty minut sekunda sekundy sekund strona strony stron seria serie "
                     "serii runda rundy rund godzina godziny godzin|2:minutę sekundę stronę serię "
                     "rundę godzinę|3:powtórzenie",
    },
    {
        .language = "ru",
        .units = "ноль|один|два|три|четыре|пять|шесть|семь|восемь|девять|десять|одиннадцать|"
                 "двенадцать|тринадцать|четырнадцать|пятнадцать|шестнадцать|семнадцать|"
                 "восемнадцать|девятнадцать",
        .tens = "двадцать|тридцать|сорок|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяносто",
        .hundreds = "сто|двести|триста|четыреста|пятьсот|шестьсот|семьсот|восемьсот|девятьсот",
        .ten_unit = "T U",
        .hundred_rest = "H R",
        .forms = "|один>одна,два>две|один>одну,два>две|один>одно",
        .agreement = "2:минуту секунду сторону серию|1:минут секунд сторон сери|3:повторение",
        .also = "нуль",
    },
};

const struct numerals *numerals_find(const char *language)
{
    size_t length = language ? strcspn(language, "-_") : 0;
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        if (length == strlen(languages[i].language) &&
            strncasecmp(languages[i].language, language, length) == 0)
            return &languages[i];
    return NULL;
}
