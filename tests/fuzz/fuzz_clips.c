/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the table of a pack, and as texts to be said by it: no crash, no leak, in bounded
 * time; every row is either usable or says why not; what is found says the text. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "speech-pack/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "violated: %s\n", what);
    abort();
}

static void check_rows(const struct table *table)
{
    require(table->count <= PACK_ROWS_MOST, "rows are limited");
    for (size_t i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        char key[4 * PACK_TEXT_MOST];
        require(row->line >= 1, "a row has a line");
        require(i == 0 || row->line > row[-1].line, "rows are in the order of the lines");
        require(row->problem || row->key, "a row is usable or says why not");
        require(!row->key == !row->text && !row->key == !row->file, "a row has all or nothing");
        if (!row->key)
            continue;
        require(strlen(row->text) <= PACK_TEXT_MOST, "texts are limited");
        require(key_make(row->key, key, sizeof key) == LIMBER_OK && strcmp(key, row->key) == 0,
                "the key of a key is itself");
    }
}

/* Says each text of the table, lenient: the files are not there. */
static void check_texts(struct table *table, const char *language)
{
    struct index *index = index_new(numerals_find(language), table);
    require(index != NULL, "memory");
    struct composer composer = {.index = index, .root = "/nonexistent", .seed = 1, .lenient = true};
    char text[2 * PACK_TEXT_MOST + 2];
    for (size_t i = 0; i < table->count && i < 20; i++) {
        struct parts parts;
        const struct row *row = &table->rows[i];
        if (!row->text)
            continue;
        require(compose(&composer, row->text, &parts) == LIMBER_OK, "a text of the table is said");
        require(parts.count == 1, "by one row");
        /* With its neighbour, perhaps. */
        const struct row *next = &table->rows[(i + 1) % table->count];
        if (!next->text)
            continue;
        snprintf(text, sizeof text, "%s %s", row->text, next->text);
        enum limber_status status = compose(&composer, text, &parts);
        require(status == LIMBER_OK || status == LIMBER_NOT_FOUND || status == LIMBER_LIMIT,
                "a text is said or not");
        require(status != LIMBER_OK || (parts.count > 0 && parts.ends[parts.count - 1]),
                "the last part ends a sentence");
    }
    index_free(index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const languages[] = {"en", "de", "fr", "es", "it", "pt",
                                            "nl", "sv", "pl", "ru", "fi"};
    struct table table;
    char reason[256] = "";
    enum limber_status status =
        table_parse(&table, (const char *)data, size, reason, sizeof reason);
    require((status == LIMBER_OK) == (reason[0] == '\0'), "an error has a reason");
    require(!strchr(reason, '\n'), "a reason is one line");
    check_rows(&table);
    if (status == LIMBER_OK && table.count > 0)
        check_texts(&table, languages[table.hash % 64 < 10 ? table.hash % 64 : 10]);
    table_free(&table);
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
