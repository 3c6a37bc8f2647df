/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_journal.c: journals and position pages as a crash, or anybody, may leave them. The first
 * byte chooses: the rest is a file as it is; or payloads, two bytes of length before each, that are
 * framed with right checksums, so that what is inside is reached. What is understood is a state
 * that can be gone on with. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "session/journal_inside.h"

#define BOOT "01234567-89ab-cdef-0123-456789abcdef"

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_found(const struct journal_parsed *parsed, bool left)
{
    const struct journal_found *found = &parsed->found;
    const struct session_options *options = &found->about.options;
    require(options->page && *options->page && options->live);
    require(options->level <= LEVEL_DEEP && options->detail <= DETAIL_BRIEF);
    require(options->for_ns >= 0 && options->channels <= 2);
    require(strspn(parsed->id, "0123456789abcdef") >= JOURNAL_ID_CHARS);
    if (!found->checkpoint)
        return;
    struct checkpoint checkpoint;
    require(checkpoint_read(found->checkpoint, &checkpoint));
    require(found->heard >= checkpoint.from.at && (!checkpoint.paused || found->paused));
    require(!left || !found->paused || found->how == JOURNAL_HOW_EXACT);
    changes_free(&checkpoint.changes);
    (void)(found->where && strlen(found->where) + strlen(found->about.title ? "" : "-"));
}

static void check(const char *data, size_t size)
{
    struct arena *arena = arena_new();
    struct journal_parsed parsed, again;
    struct journal_page page = {.magic = JOURNAL_MAGIC};
    enum journal_state state = journal_parse(data, size, arena, &parsed);
    if (state == JOURNAL_LEFT || state == JOURNAL_OVER) {
        require(parsed.good <= size);
        /* What is cut is not missed. */
        require(journal_parse(data, parsed.good, arena, &again) == state);
        require(again.good == parsed.good && again.generation == parsed.generation);
        memcpy(page.id, parsed.id, sizeof page.id);
        memcpy(page.boot, BOOT, sizeof page.boot);
        journal_position_set(&page.position, parsed.generation, 1 << 20);
        journal_apply_page(&parsed, &page, sizeof page, BOOT);
        check_found(&parsed, state == JOURNAL_LEFT);
        journal_apply_page(&again, data, size, BOOT);
        check_found(&again, state == JOURNAL_LEFT);
    }
    arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str file = {0};
    if (size < 1 || size > JOURNAL_LIMIT_BYTES)
        return 0;
    bool framed = data[0] & 1;
    if (framed)
        str_add_bytes(&file, JOURNAL_MAGIC, JOURNAL_MAGIC_BYTES);
    else
        str_add_bytes(&file, (const char *)data + 1, size - 1);
    size_t at = 1;
    for (uint64_t sequence = 0; framed && at + 3 <= size; sequence++) {
        enum journal_type type = (enum journal_type)(data[at] % 9);
        size_t length = (size_t)data[at + 1] | (size_t)data[at + 2] << 8;
        at += 3;
        length = length < size - at ? length : size - at;
        journal_frame(&file, type, sequence, (const char *)data + at, length);
        at += length;
    }
    check(str_text(&file), file.length);
    str_free(&file);
    return 0;
}

#include "replay.h"
