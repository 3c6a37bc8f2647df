/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sanitize.c: any bytes → words and plain punctuation. Engines abort on odd text (FACTS §1), and an
 * author's symbols should be spoken as words or not at all. Works on code points in passes: decode
 * and replace, take abbreviations apart, thin out punctuation, shorten words, encode, cut. */
#include "voice/sanitize.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/vec.h"
#include "voice/cast.h"
#include "voice/charclass.h"

typedef VEC(int) chars;

#define MOST_MARKS      2 /* combining marks on one letter */
#define MOST_APOSTROPHE 2 /* in one word: "rock'n'roll" */

/* --- symbols that are words --- */

/* The languages that have words for symbols; the lists below are in this order. */
static const char *const spoken[] = {"en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "ru"};
#define SPOKEN (sizeof spoken / sizeof *spoken)

/* What stands for a mark between numbers; characters of no text. */
enum { WORD_RANGE = -1, WORD_OVER = -2, WORD_PER = -3, WORD_MINUS = 0x2212 };

static const struct {
    int character;
    const char *words[SPOKEN];
} symbols[] = {
    {'&', {"and", "und", "et", "y", "e", "e", "en", "och", "i", "и"}},
    {'%',
     {"per cent", "Prozent", "pour cent", "por ciento", "per cento", "por cento", "procent",
      "procent", "procent", "процентов"}},
    {'+', {"plus", "plus", "plus", "más", "più", "mais", "plus", "plus", "plus", "плюс"}},
    {'=',
     {"equals", "gleich", "égale", "es igual a", "uguale", "igual a", "is gelijk aan",
      "är lika med", "równa się", "равно"}},
    {'@',
     {"at", "ät", "arobase", "arroba", "chiocciola", "arroba", "apenstaartje", "snabel-a", "małpa",
      "собака"}},
    {'$',
     {"dollars", "Dollar", "dollars", "dólares", "dollari", "dólares", "dollar", "dollar",
      "dolarów", "долларов"}},
    {0xA3,
     {"pounds", "Pfund", "livres", "libras", "sterline", "libras", "pond", "pund", "funtów",
      "фунтов"}},
    {0x20AC, {"euros", "Euro", "euros", "euros", "euro", "euros", "euro", "euro", "euro", "евро"}},
    {0xB0,
     {"degrees", "Grad", "degrés", "grados", "gradi", "graus", "graden", "grader", "stopni",
      "градусов"}},
    {0xD7, {"times", "mal", "fois", "por", "per", "vezes", "keer", "gånger", "razy", "на"}},
    {0xF7,
     {"divided by", "geteilt durch", "divisé par", "dividido por", "diviso", "dividido por",
      "gedeeld door", "delat med", "podzielić przez", "разделить на"}},
    {0xB1,
     {"plus or minus", "plus minus", "plus ou moins", "más o menos", "più o meno", "mais ou menos",
      "plus of min", "plus minus", "plus minus", "плюс-минус"}},
    {0xBC,
     {"one quarter", "ein Viertel", "un quart", "un cuarto", "un quarto", "um quarto", "een kwart",
      "en fjärdedel", "jedna czwarta", "одна четверть"}},
    {0xBD,
     {"one half", "ein halb", "un demi", "medio", "mezzo", "meio", "een half", "en halv", "pół",
      "половина"}},
    {0xBE,
     {"three quarters", "drei Viertel", "trois quarts", "tres cuartos", "tre quarti",
      "três quartos", "drie kwart", "tre fjärdedelar", "trzy czwarte", "три четверти"}},
    {0x2212,
     {"minus", "minus", "moins", "menos", "meno", "menos", "min", "minus", "minus", "минус"}},
    {0xA7,
     {"section", "Paragraph", "paragraphe", "sección", "paragrafo", "parágrafo", "paragraaf",
      "paragraf", "paragraf", "параграф"}},
    {0x2116,
     {"number", "Nummer", "numéro", "número", "numero", "número", "nummer", "nummer", "numer",
      "номер"}},
    {WORD_RANGE, {"to", "bis", "à", "a", "a", "a", "tot", "till", "do", "до"}},
    {WORD_OVER, {"over", "durch", "sur", "entre", "su", "sobre", "op", "genom", "przez", "из"}},
    {WORD_PER, {"per", "pro", "par", "por", "per", "por", "per", "per", "na", "в"}},
};

/* An index into `spoken`. */
enum { WORDS_NONE = -1 };

static int words_of(const char *language)
{
    const char *tag = language ? language : "";
    bool ends = tag[0] && tag[1] && (tag[2] == '\0' || tag[2] == '-' || tag[2] == '_');
    char primary[3] = {tag[0], ends ? tag[1] : '\0', '\0'};
    for (size_t i = 0; i < SPOKEN && ends; i++) {
        if (str_equal_nocase(primary, spoken[i])) {
            return (int)i;
        }
    }
    return WORDS_NONE;
}

static void add(chars *to, int character)
{
    *vec_push(to) = character;
}

static void add_word(chars *to, const char *word)
{
    add(to, ' ');
    const char *at = word;
    const char *end = word + strlen(word);
    while (at < end) {
        add(to, str_utf8_next(&at, end));
    }
    add(to, ' ');
}

static const char *symbol_word(int character, int words)
{
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0] && words != WORDS_NONE; i++) {
        if (symbols[i].character == character) {
            return symbols[i].words[words];
        }
    }
    return NULL;
}

/* --- pass 1: decode --- */

static bool is_space(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

static bool is_apostrophe(int c)
{
    return c == '\'' || c == 0x2019 || c == 0x2BC || c == 0x60 || c == 0xB4;
}

static bool is_hyphen(int c)
{
    return c == '-' || c == 0x2010 || c == 0x2011 || c == 0x2012 || c == 0x2013;
}

static chars decode(const char *text)
{
    chars out = {0};
    size_t length = strnlen(text, SANITIZE_MOST_INPUT);
    const char *at = text;
    const char *end = text + length;
    int marks = 0;
    while (at < end) {
        int c = str_utf8_next(&at, end);
        if (c >= 0 && charclass_is_invisible(c)) {
            continue;
        }
        marks = charclass_is_mark(c) ? marks + 1 : 0;
        if (marks > MOST_MARKS) {
            continue;
        }
        if (c < 0 || is_space(c)) {
            c = ' ';
        } else if (is_apostrophe(c)) {
            c = '\'';
        } else if (c == 0x2012 || c == 0x2013) {
            c = 0x2013;
        } else if (is_hyphen(c)) {
            c = '-';
        }
        add(&out, c);
    }
    return out;
}

static int peek(const chars *text, size_t index)
{
    return index < text->count ? text->items[index] : ' ';
}

static int before(const chars *text, size_t index)
{
    return index > 0 ? text->items[index - 1] : ' ';
}

/* --- pass 2: symbols, dashes and slashes --- */

/* Whether the dash at `i` is the only one between two numbers: "10-12", not "4-7-8". */
static bool is_range(const chars *text, size_t i)
{
    if (!charclass_is_digit(before(text, i)) || !charclass_is_digit(peek(text, i + 1))) {
        return false;
    }
    size_t left = i;
    while (left > 0 &&
           (charclass_is_digit(text->items[left - 1]) || text->items[left - 1] == '.')) {
        left--;
    }
    size_t right = i + 1;
    while (charclass_is_digit(peek(text, right)) || peek(text, right) == '.') {
        right++;
    }
    return !is_hyphen(before(text, left)) && !charclass_is_word(before(text, left)) &&
           !is_hyphen(peek(text, right)) && !charclass_is_word(peek(text, right));
}

static void put_dash(chars *to, const chars *text, size_t i, int words)
{
    int left = before(text, i);
    int right = peek(text, i + 1);
    if (words != WORDS_NONE && is_range(text, i)) {
        add_word(to, symbol_word(WORD_RANGE, words));
    } else if (charclass_is_digit(right) && left == ' ' && text->items[i] == '-') {
        if (words != WORDS_NONE) {
            add_word(to, symbol_word(WORD_MINUS, words));
        } else {
            add(to, ' ');
        }
    } else if (charclass_is_word(left) && charclass_is_word(right)) {
        add(to, charclass_is_digit(left) && charclass_is_digit(right) ? ' ' : '-');
    } else if (text->items[i] == 0x2013 && left == ' ') {
        add(to, ',');
    } else if (left == ' ' && right == ' ') {
        add(to, ',');
    } else {
        add(to, ' ');
    }
}

static void put_slash(chars *to, const chars *text, size_t i, int words)
{
    bool after_digit = charclass_is_digit(before(text, i));
    int right = peek(text, i + 1);
    if (after_digit && charclass_is_digit(right) && words != WORDS_NONE) {
        add_word(to, symbol_word(WORD_OVER, words));
    } else if (after_digit && charclass_is_word(right) && words != WORDS_NONE) {
        add_word(to, symbol_word(WORD_PER, words));
    } else {
        add(to, ' ');
    }
}

/* "…" and "..": a pause inside a sentence, an end before a capital or at the end. */
static size_t put_ellipsis(chars *to, const chars *text, size_t i)
{
    while (peek(text, i) == '.' || peek(text, i) == 0x2026) {
        i++;
    }
    size_t next = i;
    while (next < text->count && text->items[next] == ' ') {
        next++;
    }
    bool inside = next < text->count && charclass_is_word(peek(text, next)) &&
                  !charclass_is_upper(peek(text, next));
    add(to, inside ? ',' : '.');
    add(to, ' ');
    return i;
}

static chars replace(const chars *text, int words)
{
    chars out = {0};
    for (size_t i = 0; i < text->count; i++) {
        int c = text->items[i];
        const char *word = symbol_word(c, words);
        char mark = charclass_punctuation(c);
        if (word) {
            add_word(&out, word);
        } else if (is_hyphen(c)) {
            put_dash(&out, text, i, words);
        } else if (c == '/' || c == 0x2044) {
            put_slash(&out, text, i, words);
        } else if (c == 0x2026 ||
                   (c == '.' && (peek(text, i + 1) == '.' || peek(text, i + 1) == 0x2026))) {
            i = put_ellipsis(&out, text, i) - 1;
        } else if (mark) {
            add(&out, mark);
        } else if (charclass_is_word(c) || c == '\'') {
            add(&out, c);
        } else {
            add(&out, ' ');
        }
    }
    return out;
}

/* --- pass 3: dots and colons inside words --- */

static bool is_letter(int c)
{
    return charclass_is_word(c) && !charclass_is_digit(c);
}

/* "A.B.C." → "A B C ", "end.Start" → "end. Start", "example.com" → "example com". Marks between
 * two digits stay: "1.5", "1:30". */
static chars take_apart(const chars *text)
{
    chars out = {0};
    for (size_t i = 0; i < text->count; i++) {
        int c = text->items[i];
        int left = before(text, i);
        int right = peek(text, i + 1);
        bool dotted_letter =
            is_letter(left) && !charclass_is_word(i > 1 ? text->items[i - 2] : ' ');
        if (c == '.' && dotted_letter &&
            (is_letter(right) || (i > 2 && text->items[i - 2] == '.'))) {
            add(&out, ' ');
            continue;
        }
        if (!charclass_punctuation(c)) {
            add(&out, c);
            continue;
        }
        bool joined = charclass_is_word(left) && charclass_is_word(right);
        if (joined && charclass_is_digit(left) && charclass_is_digit(right)) {
            add(&out, c);
        } else if (joined && c == '.' && !charclass_is_upper(right)) {
            add(&out, ' ');
        } else {
            add(&out, c);
            add(&out, ' ');
        }
    }
    return out;
}

/* --- pass 4: punctuation and spaces --- */

static int strength(int c)
{
    static const char order[] = ",;:.!?";
    const char *at = c > 0 && c < 128 ? strchr(order, c) : NULL;
    return at ? (int)(at - order) + 1 : 0;
}

/* Runs of spaces become one, runs of punctuation the strongest of them, neither begins the text,
 * and no space stands before a mark. Apostrophes and hyphens stay only inside words. */
static chars thin_out(const chars *text)
{
    chars out = {0};
    for (size_t i = 0; i < text->count;) {
        int c = text->items[i];
        if ((c == '\'' || c == '-') &&
            !(charclass_is_word(before(text, i)) && charclass_is_word(peek(text, i + 1)))) {
            c = ' ';
        }
        if (c != ' ' && !charclass_punctuation(c)) {
            add(&out, c);
            i++;
            continue;
        }
        if (charclass_punctuation(c) && charclass_is_digit(before(text, i)) &&
            charclass_is_digit(peek(text, i + 1))) {
            add(&out, c); /* 1.5 */
            i++;
            continue;
        }
        int strongest = 0;
        for (; i < text->count && !charclass_is_word(text->items[i]); i++) {
            int mark = text->items[i];
            if (charclass_punctuation(mark) && strength(mark) > strength(strongest)) {
                strongest = mark;
            }
        }
        if (out.count > 0 && strongest) {
            add(&out, strongest);
        }
        if (out.count > 0 && i < text->count) {
            add(&out, ' ');
        }
    }
    return out;
}

/* --- pass 5: words --- */

static bool is_inside(int c)
{
    return charclass_is_word(c) || c == '\'' || c == '-' || strength(c);
}

/* One token without spaces: its hyphens (when it is long) and apostrophes (when there are many)
 * become spaces, and longer runs of letters are cut. */
static void put_token(chars *to, const int *token, size_t count)
{
    size_t apostrophes = 0;
    for (size_t i = 0; i < count; i++) {
        apostrophes += token[i] == '\'';
    }
    bool take_hyphens = count > SANITIZE_MOST_LETTERS;
    int run = 0;
    for (size_t i = 0; i < count; i++) {
        int c = token[i];
        bool gap = (c == '-' && take_hyphens) || (c == '\'' && apostrophes > MOST_APOSTROPHE);
        bool mark_inside = strength(c) && i + 1 < count; /* "1.5" */
        if (gap || (mark_inside && take_hyphens)) {
            add(to, ' ');
            run = 0;
            continue;
        }
        if (run == SANITIZE_MOST_LETTERS && !strength(c)) {
            add(to, ' ');
            run = 0;
        }
        add(to, c);
        run++;
    }
}

static chars shorten(const chars *text)
{
    chars out = {0};
    for (size_t i = 0; i < text->count;) {
        if (!is_inside(text->items[i])) {
            add(&out, text->items[i++]);
            continue;
        }
        size_t start = i;
        while (i < text->count && is_inside(text->items[i])) {
            i++;
        }
        put_token(&out, text->items + start, i - start);
    }
    return out;
}

/* --- encode and cut --- */

static void encode(struct str *to, int c)
{
    if (c < 0x80) {
        str_add_char(to, (char)c);
    } else if (c < 0x800) {
        str_add_char(to, (char)(0xC0 | c >> 6));
        str_add_char(to, (char)(0x80 | (c & 0x3F)));
    } else {
        if (c < 0x10000) {
            str_add_char(to, (char)(0xE0 | c >> 12));
        } else {
            str_add_char(to, (char)(0xF0 | c >> 18));
            str_add_char(to, (char)(0x80 | (c >> 12 & 0x3F)));
        }
        str_add_char(to, (char)(0x80 | (c >> 6 & 0x3F)));
        str_add_char(to, (char)(0x80 | (c & 0x3F)));
    }
}

/* The whole text, clean, of any length. */
static char *clean(const char *text, const char *language)
{
    chars decoded = decode(text);
    chars replaced = replace(&decoded, words_of(language));
    chars apart = take_apart(&replaced);
    chars thin = thin_out(&apart);
    chars shorter = shorten(&thin);
    chars result = thin_out(&shorter); /* apostrophes and hyphens that a cut has laid bare */
    struct str out = {0};
    bool speakable = false;
    for (size_t i = 0; i < result.count; i++) {
        int c = result.items[i];
        speakable |= charclass_is_word(c) && !charclass_is_mark(c);
        encode(&out, c);
    }
    while (out.length > 0 && out.data[out.length - 1] == ' ') {
        out.data[--out.length] = '\0';
    }
    vec_free(&decoded);
    vec_free(&replaced);
    vec_free(&apart);
    vec_free(&thin);
    vec_free(&shorter);
    vec_free(&result);
    if (!speakable) {
        str_free(&out);
        return xstrdup("");
    }
    return str_steal(&out);
}

/* Where to end a piece of a text longer than one: after a sentence, else after a mark, else before
 * a word. Every word is far shorter than a piece, so there always is a space. */
static size_t cut_at(const char *text)
{
    size_t sentence = 0;
    size_t mark = 0;
    size_t space = 0;
    for (size_t i = 1; i <= SANITIZE_MOST_BYTES && text[i]; i++) {
        if (text[i] != ' ') {
            continue;
        }
        space = i;
        int level = strength(text[i - 1]);
        if (level >= strength('.')) {
            sentence = i;
        }
        if (level) {
            mark = i;
        }
    }
    if (sentence > SANITIZE_MOST_BYTES / 4) {
        return sentence;
    }
    if (mark > SANITIZE_MOST_BYTES / 4) {
        return mark;
    }
    return space ? space : SANITIZE_MOST_BYTES;
}

char *sanitize_pieces(const char *text, const char *language)
{
    char *whole = clean(text, language);
    char *at = whole;
    while (strlen(at) > SANITIZE_MOST_BYTES) {
        at += cut_at(at);
        *at++ = '\n';
    }
    return whole;
}

char *sanitize_text(const char *text, const char *language)
{
    char *pieces = sanitize_pieces(text, language);
    char *end = strchr(pieces, '\n');
    if (end) {
        *end = '\0';
    }
    return pieces;
}
