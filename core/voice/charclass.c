/* SPDX-License-Identifier: GPL-3.0-or-later */
/* charclass.c: tables of the characters that speech engines read. */
#include "voice/charclass.h"

#include <stddef.h>

struct range {
    int first, last;
};

/* Letters, marks and digits, in order. Scripts that no free engine speaks are left out. */
static const struct range word_ranges[] = {
    {'0', '9'},       {'A', 'Z'},       {'a', 'z'},       {0xAA, 0xAA},     {0xB5, 0xB5},
    {0xBA, 0xBA},     {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x24F},    {0x300, 0x36F},
    {0x370, 0x373},   {0x376, 0x377},   {0x37B, 0x37D},   {0x37F, 0x37F},   {0x386, 0x386},
    {0x388, 0x3F5},   {0x3F7, 0x481},   {0x483, 0x487},   {0x48A, 0x52F},   {0x531, 0x556},
    {0x561, 0x587},   {0x5B0, 0x5BD},   {0x5BF, 0x5BF},   {0x5C1, 0x5C2},   {0x5C4, 0x5C5},
    {0x5C7, 0x5C7},   {0x5D0, 0x5EA},   {0x5EF, 0x5F2},   {0x610, 0x61A},   {0x620, 0x63F},
    {0x641, 0x669},   {0x66E, 0x6D3},   {0x6D5, 0x6DC},   {0x6E0, 0x6E8},   {0x6EA, 0x6FC},
    {0x6FF, 0x6FF},   {0x900, 0x963},   {0x966, 0x96F},   {0x971, 0x9F1},   {0xA01, 0xA75},
    {0xA81, 0xAEF},   {0xB01, 0xB6F},   {0xB82, 0xBEF},   {0xC00, 0xC6F},   {0xC80, 0xCF2},
    {0xD00, 0xD6F},   {0xD7A, 0xDF3},   {0xE01, 0xE3A},   {0xE40, 0xE4E},   {0xE50, 0xE59},
    {0xE81, 0xEDF},   {0x1000, 0x1049}, {0x1050, 0x109D}, {0x10A0, 0x10FF}, {0x1100, 0x11FF},
    {0x1200, 0x135A}, {0x13A0, 0x13FD}, {0x1780, 0x17D3}, {0x17E0, 0x17E9}, {0x1C90, 0x1CBF},
    {0x1E00, 0x1FBC}, {0x1FC2, 0x1FCC}, {0x1FD0, 0x1FDB}, {0x1FE0, 0x1FEC}, {0x1FF2, 0x1FFC},
    {0x2C60, 0x2C7F}, {0x3041, 0x3096}, {0x30A1, 0x30FA}, {0x30FC, 0x30FE}, {0x3105, 0x312F},
    {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xAC00, 0xD7A3},
};

static const struct range invisible_ranges[] = {
    {0xAD, 0xAD},     {0x61C, 0x61C},   {0x180B, 0x180E}, {0x200B, 0x200F},   {0x202A, 0x202E},
    {0x2060, 0x206F}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xE0000, 0xE0FFF},
};

static const struct range mark_ranges[] = {
    {0x300, 0x36F}, {0x483, 0x487}, {0x5B0, 0x5C7}, {0x610, 0x61A}, {0x64B, 0x65F}, {0x670, 0x670},
};

static bool is_in(int character, const struct range *ranges, size_t count)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (character > ranges[middle].last) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && character >= ranges[low].first;
}

#define IS_IN(character, ranges) is_in((character), (ranges), sizeof(ranges) / sizeof(ranges)[0])

bool charclass_is_word(int character)
{
    return IS_IN(character, word_ranges);
}

bool charclass_is_digit(int character)
{
    return character >= '0' && character <= '9';
}

bool charclass_is_upper(int character)
{
    return character != charclass_fold(character);
}

bool charclass_is_mark(int character)
{
    return IS_IN(character, mark_ranges);
}

bool charclass_is_invisible(int character)
{
    return IS_IN(character, invisible_ranges);
}

char charclass_punctuation(int character)
{
    switch (character) {
    case '.':
    case ',':
    case ';':
    case ':':
    case '!':
    case '?':
        return (char)character;
    case 0x60C:  /* Arabic comma */
    case 0x3001: /* ideographic comma */
    case 0xFF0C: /* full-width comma */
    case '(':
    case ')':
    case 0x2014: /* em dash */
    case 0x2015:
        return ',';
    case 0x37E: /* Greek question mark */
    case 0x61F: /* Arabic question mark */
    case 0xFF1F:
    case 0x203D:
        return '?';
    case 0x61B: /* Arabic semicolon */
    case 0x387: /* Greek ano teleia */
    case 0xFF1B:
        return ';';
    case 0xFF1A:
        return ':';
    case 0xFF01:
        return '!';
    case 0x6D4:  /* Arabic full stop */
    case 0x964:  /* danda */
    case 0x3002: /* ideographic full stop */
    case 0xFF0E:
        return '.';
    default:
        return 0;
    }
}

int charclass_fold(int character)
{
    if ((character >= 'A' && character <= 'Z') || (character >= 0x391 && character <= 0x3A9) ||
        (character >= 0x410 && character <= 0x42F) ||
        (character >= 0xC0 && character <= 0xDE && character != 0xD7)) {
        return character + 32;
    }
    if (character >= 0x400 && character <= 0x40F) {
        return character + 80;
    }
    if ((character >= 0x100 && character <= 0x137 && character != 0x130) ||
        (character >= 0x14A && character <= 0x177)) {
        return character | 1;
    }
    if ((character >= 0x139 && character <= 0x148) || (character >= 0x179 && character <= 0x17E)) {
        return character & 1 ? character + 1 : character;
    }
    return character;
}
