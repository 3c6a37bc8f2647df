/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a page: no crash, no leak, and either a tree or an error, never both or neither. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/diag.h"
#include "routine/routine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "violated: %s\n", what);
    abort();
}

/* Every place must lie in its source. */
static void check_places(const struct diags *diags)
{
    struct place place;
    const char *message, *hint;
    for (size_t i = 0; diags_get(diags, i, NULL, &place, &message, &hint); i++) {
        require(message && *message, "a diagnostic has words");
        require(place.source != NULL, "a diagnostic of a page has a place");
        require(place.line >= 0 && place.line <= place.source->line_count, "the line exists");
        require(place.column >= 0, "the column exists");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diags *diags = diags_new();
    struct routine *routine = routine_parse((const char *)data, size, NULL, NULL, diags);
    require((routine == NULL) == (diags_count(diags, SEVERITY_ERROR) > 0),
            "a page gives a tree or an error");
    check_places(diags);
    char *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    require(to != NULL, "memory");
    if (routine)
        routine_dump(routine, to);
    diags_print(diags, to, false);
    fclose(to);
    free(text);
    routine_destroy(routine);
    diags_destroy(diags);
    return 0;
}

#ifndef LIMBER_FUZZ
/* Replays the files given as arguments. */
int main(int argc, char **argv)
{
    static uint8_t data[2 * 1024 * 1024];
    for (int i = 1; i < argc; i++) {
        FILE *from = fopen(argv[i], "rb");
        if (!from) {
            perror(argv[i]);
            return 1;
        }
        size_t size = fread(data, 1, sizeof data, from);
        fclose(from);
        LLVMFuzzerTestOneInput(data, size);
    }
    printf("%d files\n", argc - 1);
    return argc < 2;
}
#endif
