/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_record.c: the format of a journal, both ways. What is read may hold anything. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "session/journal_inside.h"

#define MOST_MS (INT64_C(1) << 50) /* times of day; 30,000 years */

/* --- writing --- */

static void put_number(char *to, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (char)(value >> (8 * i));
}

static uint64_t get_number(const char *from, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)(unsigned char)from[i] << (8 * i);
    return value;
}

/* Over everything but itself, which stands at 16 and counts as 0. */
static uint64_t sum_of(char *frame, size_t size)
{
    put_number(frame + 16, 0, 8);
    return checksum_64(frame, size);
}

void journal_frame(struct str *to, enum journal_type type, uint64_t sequence, const char *payload,
                   size_t size)
{
    char head[JOURNAL_FRAME_BYTES] = {0};
    size_t at = to->length;
    put_number(head, size, 4);
    put_number(head + 4, type, 4);
    put_number(head + 8, sequence, 8);
    str_add_bytes(to, head, sizeof head);
    str_add_bytes(to, payload, size);
    uint64_t sum = sum_of(to->data + at, sizeof head + size);
    put_number(to->data + at + 16, sum, 8);
}

void journal_put(struct str *payload, const char *name, const char *value)
{
    if (!value)
        return;
    str_add_bytes(payload, name, strlen(name) + 1);
    str_add_bytes(payload, value, strlen(value) + 1);
}

void journal_put_int(struct str *payload, const char *name, int64_t value)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%" PRId64, value);
    journal_put(payload, name, digits);
}

void journal_put_about(struct str *payload, const struct journal_about *about)
{
    const struct session_options *options = &about->options;
    journal_put(payload, "page", options->page ? options->page : "");
    journal_put(payload, "voice", options->voice);
    journal_put(payload, "language", options->language);
    journal_put(payload, "sounds", options->sounds);
    journal_put_int(payload, "level", options->level);
    journal_put_int(payload, "detail", options->detail);
    journal_put_int(payload, "no-tips", options->no_tips);
    journal_put_int(payload, "for-ns", options->for_ns);
    journal_put_int(payload, "seed", (int64_t)options->seed);
    journal_put_int(payload, "announce", options->announce);
    journal_put_int(payload, "count", options->count);
    journal_put_int(payload, "channels", options->channels);
    journal_put_int(payload, "rate-hz", options->rate_hz);
    journal_put(payload, "title", about->title);
    journal_put(payload, "choices", about->choices);
    journal_put(payload, "after", about->after);
    journal_put_int(payload, "plan", (int64_t)about->fingerprint);
    journal_put_int(payload, "history", about->history_id);
}

/* --- reading --- */

struct payload {
    const char *data;
    size_t size;
};

/* The value of a name, NULL: there is none. The last byte of the payload is a NUL. */
static const char *value_of(struct payload payload, const char *name)
{
    const char *at = payload.data, *end = payload.data + payload.size;
    while (at < end) {
        const char *value = at + strlen(at) + 1;
        if (value >= end)
            return NULL;
        if (strcmp(at, name) == 0)
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}

/* False where it is missing, no number, or outside. */
static bool int_of(struct payload payload, const char *name, int64_t least, int64_t most,
                   int64_t *number)
{
    const char *text = value_of(payload, name);
    char *end = NULL;
    if (!text || (*text != '-' && (*text < '0' || *text > '9')))
        return false;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || *end || end == text || value < least || value > most)
        return false;
    *number = value;
    return true;
}

static const char *text_of(struct payload payload, const char *name, struct arena *arena)
{
    const char *text = value_of(payload, name);
    return text ? arena_strdup(arena, text) : NULL;
}

static bool read_about(struct payload payload, struct arena *arena, struct journal_about *about)
{
    enum {
        LEVEL,
        DETAIL,
        TIPS,
        FOR,
        SEED,
        ANNOUNCE,
        COUNT,
        CHANNELS,
        RATE,
        PLAN,
        HISTORY,
        NUMBERS
    };
    static const struct {
        const char *name;
        int64_t least, most;
    } wanted[NUMBERS] = {
        {"level", LEVEL_EASY, LEVEL_DEEP},
        {"detail", DETAIL_FULL, DETAIL_BRIEF},
        {"no-tips", 0, 1},
        {"for-ns", 0, PLAN_MAX_NS},
        {"seed", INT64_MIN, INT64_MAX},
        {"announce", -1, 255},
        {"count", -1, 255},
        {"channels", 0, 2},
        {"rate-hz", 0, 768000},
        {"plan", INT64_MIN, INT64_MAX},
        {"history", 0, INT64_MAX},
    };
    int64_t number[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
        if (!int_of(payload, wanted[i].name, wanted[i].least, wanted[i].most, &number[i]))
            return false;
    }
    const char *page = value_of(payload, "page");
    if (!page || !*page)
        return false;
    *about = (struct journal_about){.options = {.page = arena_strdup(arena, page),
                                                .voice = text_of(payload, "voice", arena),
                                                .language = text_of(payload, "language", arena),
                                                .sounds = text_of(payload, "sounds", arena),
                                                .level = (enum level)number[LEVEL],
                                                .detail = (enum detail)number[DETAIL],
                                                .no_tips = number[TIPS],
                                                .for_ns = number[FOR],
                                                .seed = (uint64_t)number[SEED],
                                                .announce = (int)number[ANNOUNCE],
                                                .count = (int)number[COUNT],
                                                .channels = (uint32_t)number[CHANNELS],
                                                .rate_hz = (uint32_t)number[RATE],
                                                .live = true},
                                    .title = text_of(payload, "title", arena),
                                    .choices = text_of(payload, "choices", arena),
                                    .after = text_of(payload, "after", arena),
                                    .fingerprint = (uint64_t)number[PLAN],
                                    .history_id = number[HISTORY]};
    return true;
}

static bool read_begin(struct payload payload, struct arena *arena, struct journal_parsed *parsed)
{
    const char *id = value_of(payload, "id");
    if (!id || strlen(id) != JOURNAL_ID_CHARS ||
        strspn(id, "0123456789abcdef") != JOURNAL_ID_CHARS ||
        !int_of(payload, "begun-ms", -MOST_MS, MOST_MS, &parsed->found.begun_ms) ||
        !read_about(payload, arena, &parsed->found.about))
        return false;
    memcpy(parsed->id, id, JOURNAL_ID_CHARS);
    parsed->found.id = arena_strndup(arena, id, JOURNAL_ID_CHARS);
    parsed->found.left_ms = parsed->found.begun_ms;
    return true;
}

static bool read_moment(enum journal_type type, struct payload payload, struct arena *arena,
                        struct journal_parsed *parsed)
{
    struct journal_found found = parsed->found;
    const char *text = value_of(payload, "checkpoint");
    int64_t generation;
    struct checkpoint checkpoint;
    if (!int_of(payload, "generation", 0, UINT32_MAX, &generation) ||
        !int_of(payload, "at-ms", -MOST_MS, MOST_MS, &found.left_ms))
        return false;
    if (type == RECORD_PLAN && !read_about(payload, arena, &found.about))
        return false;
    if (!text || !checkpoint_read(text, &checkpoint))
        return false;
    changes_free(&checkpoint.changes);
    found.heard = checkpoint.from.at;
    found.paused = checkpoint.paused || type == RECORD_PAUSED;
    found.checkpoint = text; /* copied when it turns out to be the last */
    found.where = value_of(payload, "where");
    found.reason = value_of(payload, "reason");
    found.how = found.paused || type >= RECORD_STOPPED ? JOURNAL_HOW_EXACT : JOURNAL_HOW_STEP;
    parsed->found = found;
    parsed->generation = (uint32_t)generation;
    return true;
}

static bool read_record(enum journal_type type, struct payload payload, struct arena *arena,
                        struct journal_parsed *parsed)
{
    if (payload.size == 0 || payload.data[payload.size - 1] != '\0')
        return false;
    bool first = parsed->good == JOURNAL_MAGIC_BYTES;
    if (first || type == RECORD_BEGIN)
        return first && type == RECORD_BEGIN && read_begin(payload, arena, parsed);
    return type <= RECORD_FINISHED && read_moment(type, payload, arena, parsed);
}

/* The payload of the record at `at`; false for a torn one. The sum is checked in a copy. */
static bool whole(const char *data, size_t size, size_t at, struct str *copy)
{
    if (size - at < JOURNAL_FRAME_BYTES)
        return false;
    size_t length = (size_t)get_number(data + at, 4);
    if (length > JOURNAL_RECORD_BYTES || length > size - at - JOURNAL_FRAME_BYTES)
        return false;
    copy->length = 0;
    str_add_bytes(copy, data + at, JOURNAL_FRAME_BYTES + length);
    return sum_of(copy->data, copy->length) == get_number(data + at + 16, 8);
}

enum journal_state journal_parse(const char *data, size_t size, struct arena *arena,
                                 struct journal_parsed *parsed)
{
    struct str copy = {0};
    uint64_t sequence = 0;
    *parsed = (struct journal_parsed){.good = JOURNAL_MAGIC_BYTES};
    if (size < JOURNAL_MAGIC_BYTES || memcmp(data, JOURNAL_MAGIC, JOURNAL_MAGIC_BYTES - 1) != 0)
        return JOURNAL_DAMAGED;
    if (data[JOURNAL_MAGIC_BYTES - 1] != JOURNAL_MAGIC[JOURNAL_MAGIC_BYTES - 1])
        return JOURNAL_NEWER;
    while (whole(data, size, parsed->good, &copy)) {
        const char *head = data + parsed->good;
        uint64_t type = get_number(head + 4, 4);
        struct payload payload = {head + JOURNAL_FRAME_BYTES, copy.length - JOURNAL_FRAME_BYTES};
        if (get_number(head + 8, 8) != sequence || type < RECORD_BEGIN || type > RECORD_FINISHED ||
            !read_record((enum journal_type)type, payload, arena, parsed))
            break;
        parsed->last = (enum journal_type)type;
        parsed->good += copy.length;
        sequence++;
    }
    str_free(&copy);
    if (sequence == 0)
        return JOURNAL_DAMAGED;
    struct journal_found *found = &parsed->found;
    const char **texts[] = {&found->checkpoint, &found->where, &found->reason};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (*texts[i])
            *texts[i] = arena_strdup(arena, *texts[i]);
    }
    return parsed->last >= RECORD_STOPPED ? JOURNAL_OVER : JOURNAL_LEFT;
}

void journal_apply_page(struct journal_parsed *parsed, const void *page, size_t size,
                        const char *boot)
{
    struct journal_page read;
    if (size < sizeof read || strlen(boot) != JOURNAL_BOOT_CHARS)
        return;
    memcpy(&read, page, sizeof read);
    if (memcmp(read.magic, JOURNAL_MAGIC, sizeof read.magic) != 0 ||
        memcmp(read.id, parsed->id, sizeof read.id) != 0 ||
        memcmp(read.boot, boot, sizeof read.boot) != 0)
        return;
    uint64_t mark = atomic_load(&read.position.mark);
    uint32_t generation = (uint32_t)(mark >> JOURNAL_FRAME_BITS);
    frames heard = (frames)(mark & ((UINT64_C(1) << JOURNAL_FRAME_BITS) - 1));
    struct journal_found *found = &parsed->found;
    if (found->how == JOURNAL_HOW_EXACT)
        return; /* standing still */
    if (generation == (parsed->generation & 0xFFFF)) {
        found->heard = heard > found->heard ? heard : found->heard;
        found->how = JOURNAL_HOW_EXACT;
    } else if (generation == ((parsed->generation - 1) & 0xFFFF) && parsed->last != RECORD_STEP) {
        found->how = JOURNAL_HOW_EXACT; /* nothing of the new timeline was heard */
    }
}
