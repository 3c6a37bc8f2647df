/* SPDX-License-Identifier: GPL-3.0-or-later */
/* position.c: the positions of the body that a page may name. */
#include "base/str.h"
#include "routine/load.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const names[] = {
    "standing",          "sitting",           "kneeling",
    "hands and knees",   "lying on the back", "lying on the stomach",
    "lying on the side", "side plank",        "plank",
    "squatting",         "half kneeling",     NULL};
static const int heights[] = {2, 1, 1, 1, 0, 0, 0, 1, 1, 2, 1};

static const struct {
    const char *name;
    int position; /* index into names */
} synonyms[] = {
    {"stand", 0},
    {"on your feet", 0},
    {"upright", 0},
    {"on the feet", 0},
    {"sit", 1},
    {"seated", 1},
    {"on a chair", 1},
    {"sitting on a chair", 1},
    {"cross-legged", 1},
    {"sitting on the floor", 1},
    {"kneel", 2},
    {"on your knees", 2},
    {"on the knees", 2},
    {"on all fours", 3},
    {"all fours", 3},
    {"quadruped", 3},
    {"table top", 3},
    {"tabletop", 3},
    {"on hands and knees", 3},
    {"supine", 4},
    {"on your back", 4},
    {"on the back", 4},
    {"lying", 4},
    {"lying down", 4},
    {"lying on your back", 4},
    {"back", 4},
    {"prone", 5},
    {"on your stomach", 5},
    {"on the stomach", 5},
    {"on your belly", 5},
    {"lying on the belly", 5},
    {"lying on your stomach", 5},
    {"stomach", 5},
    {"lying face down", 5},
    {"on your side", 6},
    {"on the side", 6},
    {"lying on your side", 6},
    {"high plank", 8},
    {"push-up", 8},
    {"forearm plank", 8},
    {"squat", 9},
    {"deep squat", 9},
    {"half-kneeling", 10},
    {"on one knee", 10},
    {"lunge", 10},
};

const char *const *position_names(void)
{
    return names;
}

const char *position_canonical(const char *text)
{
    for (size_t i = 0; names[i]; i++)
        if (str_equal_nocase(text, names[i]))
            return names[i];
    for (size_t i = 0; i < COUNT(synonyms); i++)
        if (str_equal_nocase(text, synonyms[i].name))
            return names[synonyms[i].position];
    return NULL;
}

const char *position_nearest(const char *text)
{
    const char *all[COUNT(names) + COUNT(synonyms)];
    size_t count = 0;
    for (; names[count]; count++)
        all[count] = names[count];
    for (size_t i = 0; i < COUNT(synonyms); i++)
        all[count++] = synonyms[i].name;
    return str_nearest(text, all, count);
}

int position_height(const char *canonical)
{
    for (size_t i = 0; names[i]; i++)
        if (str_equal_nocase(canonical, names[i]))
            return heights[i];
    return 1;
}
