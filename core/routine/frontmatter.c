/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frontmatter.c: the YAML at the start of a page. */
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/yaml.h"
#include "routine/load.h"

#define DEFAULT_GAP_NS (600 * NSEC_PER_MSEC)
#define LONGEST_GAP_NS (60 * NSEC_PER_SEC)
#define MOST_NEEDS     50
#define LONGEST_TEXT   500

static const char *const keys[] = {"language", "needs",    "position", "voice",   "music",
                                   "sounds",   "announce", "count",    "gap",     "resume",
                                   "author",   "source",   "license",  "licence", "description"};
#define KEY_COUNT (sizeof keys / sizeof *keys)

/* --- Where it is --- */

/* Whether the line at `at` is `fence` and nothing else; *next is where the next line begins. */
static bool is_fence(const struct source *source, size_t at, const char *fence, size_t *next)
{
    const char *text = source->text + at;
    const char *line_end = memchr(text, '\n', source->length - at);
    size_t length = line_end ? (size_t)(line_end - text) : source->length - at;
    *next = at + length + (line_end != NULL);
    const char *comment = memmem(text, length, " #", 2);
    if (comment && at == 0)
        length = (size_t)(comment - text);
    while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    return length == 3 && memcmp(text, fence, 3) == 0;
}

bool frontmatter_find(const struct source *source, size_t *body, size_t *yaml, size_t *length)
{
    size_t next;
    *body = *yaml = *length = 0;
    if (source->length < 3 || !is_fence(source, 0, "---", &next))
        return true;
    *yaml = next;
    for (size_t at = next; at < source->length; at = next) {
        if (!is_fence(source, at, "---", &next) && !is_fence(source, at, "...", &next))
            continue;
        *length = at - *yaml;
        *body = next;
        return true;
    }
    *body = source->length;
    return false;
}

/* --- Values --- */

struct context {
    struct load *load;
    struct page *page;
    struct front *front;
};

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool frontmatter_is_language(const char *text)
{
    size_t part = 0, parts = 0;
    for (;; text++) {
        if (*text == '-' || *text == '\0') {
            if (part == 0 || part > 8 || (parts == 0 && (part < 2 || part > 3)))
                return false;
            parts++;
            part = 0;
            if (*text == '\0')
                return true;
            continue;
        }
        if (!is_alphanumeric(*text) || (parts == 0 && *text <= '9'))
            return false;
        part++;
    }
}

/* The scalar's text, or NULL with an error. */
static const char *scalar(struct context *c, const char *key, const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR && *node->text && strlen(node->text) <= LONGEST_TEXT)
        return node->text;
    if (node->kind != YAML_SCALAR)
        load_error(c->load, node->place, load_text(c->load, "write %s: text", key),
                   "%s takes one value", key);
    else if (*node->text)
        load_error(c->load, node->place, "at most 500 bytes", "the text of %s is too long", key);
    else
        load_error(c->load, node->place, "give it a value or take the line out", "%s is empty",
                   key);
    return NULL;
}

static void read_language(struct context *c, const struct yaml_node *node)
{
    static const char *const names[][2] = {{"english", "en"}, {"german", "de"},  {"deutsch", "de"},
                                           {"french", "fr"},  {"spanish", "es"}, {"italian", "it"},
                                           {"dutch", "nl"},   {"polish", "pl"}};
    const char *text = scalar(c, "language", node);
    if (!text)
        return;
    if (frontmatter_is_language(text)) {
        c->front->language = text;
        return;
    }
    const char *hint = "a language tag such as en, de or en-GB";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal_nocase(text, names[i][0]))
            hint = load_text(c->load, "did you mean %s?", names[i][1]);
    load_error(c->load, node->place, hint, "\"%s\" is not a language tag", text);
}

static void read_position(struct context *c, const struct yaml_node *node)
{
    const char *text = scalar(c, "position", node);
    const char *canonical = text ? position_canonical(text) : NULL;
    const char *const *names = position_names();
    size_t count = 0;
    c->front->position = canonical;
    c->front->position_place = node->place;
    if (!text || canonical)
        return;
    while (names[count])
        count++;
    const char *near = position_nearest(text);
    struct str list = {0};
    for (size_t i = 0; i < count; i++)
        str_printf(&list, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", names[i]);
    load_error(c->load, node->place,
               near ? load_text(c->load, "did you mean \"%s\"?", near) : str_text(&list),
               "unknown position \"%s\"", text);
    str_free(&list);
}

static void read_needs(struct context *c, const struct yaml_node *node)
{
    size_t count = node->kind == YAML_LIST ? node->count : 1, kept = 0;
    if (node->kind == YAML_MAP || count > MOST_NEEDS) {
        load_error(c->load, node->place, "write needs: [mat, chair]",
                   node->kind == YAML_MAP ? "needs is a list of things" : "too many needs");
        return;
    }
    const char **needs = ARENA_ARRAY(c->load->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *text = scalar(c, "needs", node->kind == YAML_LIST ? node->items[i] : node);
        if (text)
            needs[kept++] = text;
    }
    c->front->needs = needs;
    c->front->need_count = kept;
}

static void read_voice(struct context *c, const struct yaml_node *node)
{
    const char *text = scalar(c, "voice", node);
    for (const char *at = text; at && *at; at++)
        if (!is_alphanumeric(*at) && !strchr("-_.", *at)) {
            load_error(c->load, node->place, "`limber voices` lists them",
                       "\"%s\" is not a name of a voice", text);
            return;
        }
    c->front->voice = text;
}

static void read_music(struct context *c, const struct yaml_node *node)
{
    c->front->music_text = scalar(c, "music", node);
    c->front->music_place = node->place;
}

static void read_sounds(struct context *c, const struct yaml_node *node)
{
    c->front->sounds = scalar(c, "sounds", node);
    c->front->sounds_place = node->place;
}

static const struct {
    const char *name;
    unsigned bits;
} announcements[] = {{"opening", ANNOUNCE_OPENING},
                     {"names", ANNOUNCE_NAMES},
                     {"positions", ANNOUNCE_POSITIONS},
                     {"sides", ANNOUNCE_SIDES},
                     {"sets", ANNOUNCE_SETS},
                     {"rests", ANNOUNCE_RESTS},
                     {"halfway", ANNOUNCE_HALFWAY},
                     {"close", ANNOUNCE_CLOSE},
                     {"ticks", ANNOUNCE_TICKS},
                     {"all", ANNOUNCE_ALL},
                     {"none", 0}};
#define ANNOUNCEMENT_COUNT (sizeof announcements / sizeof *announcements)

static void read_announcement(struct context *c, const struct yaml_node *node, bool in_list)
{
    const char *text = scalar(c, "announce", node), *names[ANNOUNCEMENT_COUNT];
    if (!text)
        return;
    for (size_t i = 0; i < ANNOUNCEMENT_COUNT; i++) {
        names[i] = announcements[i].name;
        if (strcmp(text, names[i]) != 0)
            continue;
        bool whole = i + 2 >= ANNOUNCEMENT_COUNT;
        if (whole && in_list)
            load_error(c->load, node->place, load_text(c->load, "write announce: %s", text),
                       "%s stands alone, not in a list", text);
        c->front->announce |= announcements[i].bits;
        return;
    }
    const char *near = str_nearest(text, names, ANNOUNCEMENT_COUNT);
    load_error(c->load, node->place,
               near ? load_text(c->load, "did you mean %s?", near)
                    : "all, none, or a list of opening, names, positions, sides, sets, rests, "
                      "halfway, ticks, close",
               "unknown announcement \"%s\"", text);
}

static void read_announce(struct context *c, const struct yaml_node *node)
{
    c->front->announce = 0;
    if (node->kind != YAML_LIST)
        read_announcement(c, node, false);
    for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++)
        read_announcement(c, node->items[i], true);
}

static void read_count(struct context *c, const struct yaml_node *node)
{
    static const char *const names[] = {"up", "down", "off"};
    const char *text = scalar(c, "count", node);
    for (int i = 0; text && i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            c->front->count = (enum count_mode)i;
            return;
        }
    if (text)
        load_error(c->load, node->place, "up, down or off", "unknown way of counting \"%s\"", text);
}

static void read_gap(struct context *c, const struct yaml_node *node)
{
    const char *text = scalar(c, "gap", node);
    nsec gap;
    if (!text)
        return;
    if (!units_parse_duration(text, strlen(text), &gap)) {
        int64_t number;
        const char *hint = "for example gap: 600ms, or gap: 1s";
        if (units_parse_int(text, strlen(text), &number) && number >= 0)
            hint = load_text(c->load, "did you mean gap: %ss, or gap: %sms?", text, text);
        load_error(c->load, node->place, hint, "\"%s\" is not a duration", text);
    } else if (gap > LONGEST_GAP_NS) {
        load_error(c->load, node->place, "at most 60s", "a gap of %s is too long", text);
    } else {
        c->front->gap_ns = gap;
    }
}

static void read_resume(struct context *c, const struct yaml_node *node)
{
    static const char *const names[] = {"guided", "plain", "restart-move"};
    const char *text = scalar(c, "resume", node);
    for (int i = 0; text && i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            c->front->resume = (enum resume_policy)i;
            return;
        }
    if (text)
        load_error(c->load, node->place, "guided, plain or restart-move",
                   "unknown way to go on after a pause \"%s\"", text);
}

static void read_key(struct context *c, const char *key, const struct yaml_node *node)
{
    static void (*const readers[])(struct context *, const struct yaml_node *) = {
        read_language, read_needs,    read_position, read_voice, read_music,
        read_sounds,   read_announce, read_count,    read_gap,   read_resume};
    struct front *front = c->front;
    const char **const texts[] = {&front->author, &front->source, &front->license, &front->license,
                                  &front->description};
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(key, keys[i]) != 0)
            continue;
        size_t reader_count = sizeof readers / sizeof *readers;
        if (i < reader_count)
            readers[i](c, node);
        else
            *texts[i - reader_count] = scalar(c, key, node);
    }
}

static bool is_known(const char *key)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

static void unknown_key(struct context *c, const struct yaml_node *key)
{
    const char *near = str_nearest(key->text, keys, KEY_COUNT);
    const char *hint = "keys are language, needs, position, voice, music, sounds, announce, "
                       "count, gap, resume, author, source, license and description";
    if (near)
        hint = load_text(c->load, "did you mean %s?", near);
    if (str_equal_nocase(key->text, "title") || str_equal_nocase(key->text, "name"))
        hint = "the title is the heading: # Title";
    load_error(c->load, key->place, hint, "unknown key \"%s\"", key->text);
}

bool frontmatter_read(struct load *load, struct page *page, size_t offset, size_t length)
{
    struct context c = {load, page, &page->front};
    page->front = (struct front){.announce = ANNOUNCE_ALL, .gap_ns = DEFAULT_GAP_NS};
    if (length == 0)
        return true;
    const struct yaml_node *map =
        yaml_parse(page->source, offset, length, load->arena, load->diags);
    if (!map) {
        load->failed = true;
        return false;
    }
    if (map->kind != YAML_MAP) {
        load_error(load, map->place, "for example language: en",
                   "front matter is lines of the form key: value");
        return false;
    }
    for (size_t i = 0; i < map->count; i++) {
        if (is_known(map->keys[i]->text))
            read_key(&c, map->keys[i]->text, map->items[i]);
        else
            unknown_key(&c, map->keys[i]);
    }
    return true;
}
