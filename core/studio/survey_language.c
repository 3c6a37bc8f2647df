/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey_language.c: a cheap guess at the language of a text, by its small words. Words that two of
 * the languages share are in neither list. */
#include <ctype.h>
#include <string.h>

#include "studio/survey_inside.h"

static const struct {
    const char *language, *words; /* each between spaces */
} small_words[] = {
    {"en", " the and your you to of with is it on at from this that are as by for into then up "
           "down left right "},
    {"de", " der das den dem ein eine einen einer und mit dein deine deinen deinem deiner die ist "
           "nicht auf zu zum zur von aus nach beim dann du dich "},
    {"fr", " le les une et avec votre vos ton tes est dans sur puis vous du au aux des pour "
           "jusqu "},
    {"es", " el los las y tu tus con hacia del al por para luego lo una sobre "},
    {"it", " il gli e con tuo tua tuoi tue della dello nel nella sul sulla poi verso di che una "
           "le "},
    {"pt", " os as e com seu sua seus suas do da dos das no na em para um uma depois "},
    {"nl", " het een en met je jouw van naar op niet is dan uit aan de voor "},
    {"sv", " och med din ditt dina att en ett på av till från sedan för det du "},
    {"pl", " i z w na się do od oraz jest twoje nie potem po ręce "},
    {"ru", " и в на с к от до по не вы из за затем "},
};
#define LANGUAGES (sizeof small_words / sizeof *small_words)

static bool holds(const char *words, const char *word, size_t length)
{
    for (const char *at = strchr(words, ' '); at && at[1]; at = strchr(at + 1, ' '))
        if (strncmp(at + 1, word, length) == 0 && at[1 + length] == ' ')
            return true;
    return false;
}

static int count_hits(const char *text, const char *words)
{
    int hits = 0;
    while (*text) {
        char word[24];
        size_t length = strcspn(text, " ,.;:!?\"()-\n\t");
        for (size_t i = 0; i < length && i < sizeof word; i++)
            word[i] = (char)tolower((unsigned char)text[i]);
        if (length > 0 && length < sizeof word && holds(words, word, length))
            hits++;
        text += length;
        text += *text != '\0';
    }
    return hits;
}

const char *survey_other_language(const char *text, const char *language, int *hits)
{
    int own = -1, most = 0;
    const char *other = NULL;
    size_t primary = strcspn(language, "-_");
    for (size_t i = 0; i < LANGUAGES; i++) {
        int count = count_hits(text, small_words[i].words);
        if (strlen(small_words[i].language) == primary &&
            strncmp(small_words[i].language, language, primary) == 0)
            own = count;
        else if (count > most) {
            most = count;
            other = small_words[i].language;
        }
    }
    if (hits)
        *hits = most;
    return own >= 0 && most >= 3 && most > 2 * own ? other : NULL;
}
