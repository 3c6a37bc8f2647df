/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prose.c: finds words that say what a mark should say ("Hold for 30 seconds", "10 Mal
 * wiederholen"), so that a plain article tells its author how to make a routine of it. English and
 * German; a language that is not known here is simply never warned about. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "routine/load.h"

#define MOST_TOKENS  4000 /* of a block */
#define NEAR         15   /* words looked at on either side */
#define LINE_LONGEST 160  /* bytes of a line that is proposed */

enum token_kind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_DASH, TOKEN_STOP };

struct token {
    enum token_kind kind;
    char text[24];  /* lower case, cut; a NUMBER's digits */
    size_t at, end; /* in the source */
};
typedef VEC(struct token) token_list;

enum unit {
    UNIT_NONE,
    UNIT_SECONDS,
    UNIT_MINUTES,
    UNIT_REPS,
    UNIT_SETS,
    UNIT_ROUNDS,
    UNIT_BREATHS
};

struct entry {
    const char *word;
    int value;
};

static const struct entry units[] = {
    {"s", UNIT_SECONDS},       {"sec", UNIT_SECONDS},       {"secs", UNIT_SECONDS},
    {"second", UNIT_SECONDS},  {"seconds", UNIT_SECONDS},   {"sek", UNIT_SECONDS},
    {"sekunde", UNIT_SECONDS}, {"sekunden", UNIT_SECONDS},  {"min", UNIT_MINUTES},
    {"mins", UNIT_MINUTES},    {"minute", UNIT_MINUTES},    {"minutes", UNIT_MINUTES},
    {"minuten", UNIT_MINUTES}, {"rep", UNIT_REPS},          {"reps", UNIT_REPS},
    {"repetition", UNIT_REPS}, {"repetitions", UNIT_REPS},  {"times", UNIT_REPS},
    {"mal", UNIT_REPS},        {"wiederholung", UNIT_REPS}, {"wiederholungen", UNIT_REPS},
    {"set", UNIT_SETS},        {"sets", UNIT_SETS},         {"satz", UNIT_SETS},
    {"sätze", UNIT_SETS},      {"sätzen", UNIT_SETS},       {"round", UNIT_ROUNDS},
    {"rounds", UNIT_ROUNDS},   {"runde", UNIT_ROUNDS},      {"runden", UNIT_ROUNDS},
    {"breaths", UNIT_BREATHS}, {"atemzüge", UNIT_BREATHS},  {"atemzügen", UNIT_BREATHS},
};

static const struct entry numbers[] = {
    {"a", 1},        {"one", 1},      {"eine", 1},    {"two", 2},      {"zwei", 2},
    {"three", 3},    {"drei", 3},     {"four", 4},    {"vier", 4},     {"five", 5},
    {"fünf", 5},     {"six", 6},      {"sechs", 6},   {"seven", 7},    {"sieben", 7},
    {"eight", 8},    {"acht", 8},     {"nine", 9},    {"neun", 9},     {"ten", 10},
    {"zehn", 10},    {"twelve", 12},  {"zwölf", 12},  {"fifteen", 15}, {"fünfzehn", 15},
    {"twenty", 20},  {"zwanzig", 20}, {"thirty", 30}, {"dreißig", 30}, {"forty", 40},
    {"vierzig", 40}, {"fifty", 50},   {"sixty", 60},  {"sechzig", 60}, {"ninety", 90},
};

/* Words of a sentence that tell which mark a time belongs to. */
static const struct entry verbs[] = {
    {"hold", MARK_HOLD},      {"holding", MARK_HOLD}, {"halte", MARK_HOLD},
    {"halten", MARK_HOLD},    {"hältst", MARK_HOLD},  {"stay", MARK_HOLD},
    {"remain", MARK_HOLD},    {"bleib", MARK_HOLD},   {"bleibe", MARK_HOLD},
    {"bleiben", MARK_HOLD},   {"rest", MARK_REST},    {"pausiere", MARK_REST},
    {"pausieren", MARK_REST}, {"wait", MARK_WAIT},    {"warte", MARK_WAIT},
    {"warten", MARK_WAIT},    {"inhale", MARK_IN},    {"einatmen", MARK_IN},
    {"exhale", MARK_OUT},     {"ausatmen", MARK_OUT}, {"squeeze", MARK_HOLD},
};

static const struct entry befores[] = {{"for", 1}, {"about", 1}, {"least", 1}, {"to", 1},
                                       {"für", 1}, {"etwa", 1},  {"around", 1}};
static const struct entry repeats[] = {
    {"repeat", 1},  {"switch", 1},   {"change", 1},     {"again", 1},       {"same", 1},
    {"wechsle", 1}, {"wechseln", 1}, {"wiederhole", 1}, {"wiederholen", 1}, {"seite", 0}};
static const struct entry others[] = {{"other", 1}, {"opposite", 1}, {"andere", 1}, {"anderen", 1}};
static const struct entry parts[] = {{"side", 1}, {"arm", 1},  {"leg", 1},  {"seite", 1},
                                     {"bein", 1}, {"hand", 1}, {"foot", 1}, {"shoulder", 1}};
static const struct entry rates[] = {{"a", 1},   {"per", 1}, {"each", 1},  {"every", 1},
                                     {"pro", 1}, {"am", 1},  {"daily", 1}, {"täglich", 1}};

#define LOOK_UP(table, word) look_up((table), sizeof(table) / sizeof *(table), (word))

/* The entry's value, or 0. */
static int look_up(const struct entry *table, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].word, word) == 0)
            return table[i].value;
    return 0;
}

/* --- Tokens --- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(const char *at)
{
    unsigned char c = (unsigned char)*at;
    if ((c | 32) >= 'a' && (c | 32) <= 'z')
        return true;
    return c >= 0x80 && strncmp(at, "\xe2\x80", 2) != 0; /* any but dashes and quotation marks */
}

static bool is_dash(const char *at)
{
    return *at == '-' || strncmp(at, "\xe2\x80\x93", 3) == 0;
}

static void add_token(token_list *tokens, enum token_kind kind, const char *text, size_t length,
                      size_t at)
{
    struct token *token = vec_push(tokens);
    *token = (struct token){.kind = kind, .at = at, .end = at + length};
    for (size_t i = 0; i < length && i + 1 < sizeof token->text; i++) {
        char c = text[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        token->text[i] = c;
    }
}

/* Cuts the source [at, end) of a block into tokens; what is between backticks is a STOP. */
static void cut(const char *text, size_t at, size_t end, token_list *tokens)
{
    while (at < end && tokens->count < MOST_TOKENS) {
        size_t from = at;
        if (is_digit(text[at])) {
            while (at < end && (is_digit(text[at]) ||
                                (text[at] == '.' && at + 1 < end && is_digit(text[at + 1]))))
                at++;
            add_token(tokens, TOKEN_NUMBER, text + from, at - from, from);
        } else if (is_dash(text + at) && tokens->count &&
                   tokens->items[tokens->count - 1].end == at && at > 0 && is_digit(text[at - 1])) {
            at += text[at] == '-' ? 1 : 3;
            add_token(tokens, TOKEN_DASH, text + from, at - from, from);
        } else if (is_letter(text + at)) {
            while (at < end && is_letter(text + at))
                at++;
            add_token(tokens, TOKEN_WORD, text + from, at - from, from);
        } else if (text[at] == '`') {
            const char *close = memchr(text + at + 1, '`', end - at - 1);
            at = close ? (size_t)(close - text) + 1 : end;
            add_token(tokens, TOKEN_STOP, "", 0, from);
        } else {
            if (strchr(".!?;", text[at]))
                add_token(tokens, TOKEN_STOP, "", 0, at);
            at++;
        }
    }
}

/* --- Proposals --- */

/* The line at [at, end) with that part replaced. NULL: it spans lines. */
static char *replaced(struct load *load, const struct source *source, size_t at, size_t end,
                      const char *mark)
{
    size_t start = at, stop = end;
    if (memchr(source->text + at, '\n', end - at))
        return NULL;
    while (start > 0 && at - start <= LINE_LONGEST && source->text[start - 1] != '\n')
        start--;
    while (stop < source->length && stop - start <= LINE_LONGEST && source->text[stop] != '\n')
        stop++;
    if (stop - start > LINE_LONGEST)
        return NULL;
    start += strspn(source->text + start, " \t");
    size_t stars = 0;
    for (size_t i = at; i < end; i++)
        stars += source->text[i] == '*';
    while (stars && end < stop && source->text[end] == '*')
        end++; /* the end of what was emphasised goes with it */
    return load_text(load, "%.*s`%s`%.*s", (int)(at - start), source->text + start, mark,
                     (int)(stop - end), source->text + end);
}

/* The heading's line with the mark at its end. */
static char *on_heading(struct load *load, const struct section *section, const char *mark)
{
    const struct source *source = section->place.source;
    if (!source || section->place.line < 1)
        return NULL;
    size_t start = source->line_starts[section->place.line - 1], end = start;
    while (end < source->length && source->text[end] != '\n')
        end++;
    if (end - start > LINE_LONGEST || source->text[start] != '#')
        return NULL;
    return load_text(load, "%.*s `%s`", (int)(end - start), source->text + start, mark);
}

struct finding {
    size_t first, last; /* tokens */
    enum unit unit;
    char number[64];
};

/* --- Times and counts --- */

static bool is_heading_unit(enum unit unit)
{
    return unit >= UNIT_REPS && unit <= UNIT_ROUNDS;
}

/* The number at token `i` as digits; 0 tokens: none. */
static size_t read_number(const token_list *t, size_t i, char *out, size_t size)
{
    if (i >= t->count)
        return 0;
    const struct token *token = &t->items[i];
    int value = token->kind == TOKEN_WORD ? LOOK_UP(numbers, token->text) : 0;
    if (token->kind == TOKEN_NUMBER)
        snprintf(out, size, "%s", token->text);
    else if (value)
        snprintf(out, size, "%d", value);
    else
        return 0;
    return 1;
}

/* `30 seconds`, `15 to 30 seconds`, `8–12 reps`, `five slow breaths` at token `i`. */
static bool find_quantity(const token_list *t, size_t i, struct finding *f)
{
    char low[24], high[24];
    size_t used = read_number(t, i, low, sizeof low), next = i + used;
    if (!used)
        return false;
    snprintf(f->number, sizeof f->number, "%s", low);
    if (next < t->count &&
        (t->items[next].kind == TOKEN_DASH || strcmp(t->items[next].text, "to") == 0 ||
         strcmp(t->items[next].text, "bis") == 0) &&
        read_number(t, next + 1, high, sizeof high)) {
        snprintf(f->number, sizeof f->number, "%s-%s", low, high);
        next += 2;
    }
    for (size_t skip = 0; skip < 2 && next < t->count; skip++, next++) {
        f->unit = t->items[next].kind == TOKEN_WORD ? (enum unit)LOOK_UP(units, t->items[next].text)
                                                    : UNIT_NONE;
        if (f->unit == UNIT_NONE && t->items[next].kind == TOKEN_WORD)
            continue;
        bool time = f->unit == UNIT_SECONDS || f->unit == UNIT_MINUTES;
        bool one = strcmp(f->number, "1") == 0 && !(time && t->items[i].kind == TOKEN_WORD);
        if (f->unit == UNIT_NONE || (one && !time) || (skip && f->unit != UNIT_BREATHS))
            return false;
        f->first = i;
        f->last = next;
        return true;
    }
    return false;
}

static bool same_sentence(const token_list *t, size_t a, size_t b)
{
    for (; a < b; a++)
        if (t->items[a].kind == TOKEN_STOP)
            return false;
    return true;
}

/* Which mark the word at token `i` speaks of, or 0. "Breathe in" is two words. */
static int verb_at(const token_list *t, size_t i)
{
    const char *word = t->items[i].text;
    bool after_breath = i > 0 && str_starts_with(t->items[i - 1].text, "breath");
    if (after_breath && strcmp(word, "in") == 0)
        return MARK_IN;
    if (after_breath && strcmp(word, "out") == 0)
        return MARK_OUT;
    return LOOK_UP(verbs, word);
}

/* "Atme vier Sekunden ein": what comes after the time tells. */
static int verb_after(const token_list *t, const struct finding *f)
{
    bool breath = false;
    for (size_t i = f->first; i > 0 && i + NEAR > f->first && same_sentence(t, i - 1, f->first);
         i--)
        breath = breath || str_starts_with(t->items[i - 1].text, "atme");
    for (size_t i = f->last + 1; i < t->count && i < f->last + 4 && same_sentence(t, f->last, i);
         i++) {
        if (breath && strcmp(t->items[i].text, "ein") == 0)
            return MARK_IN;
        if (breath && strcmp(t->items[i].text, "aus") == 0)
            return MARK_OUT;
        int kind = LOOK_UP(verbs, t->items[i].text);
        if (kind)
            return kind;
    }
    return 0;
}

/* The verb of the sentence around the finding: its kind of mark, or MARK_FOR; *at its token. */
static enum mark_kind find_verb(const token_list *t, const struct finding *f, size_t *at)
{
    *at = f->first;
    for (size_t i = f->first; i > 0 && i + 10 > f->first && same_sentence(t, i - 1, f->first);
         i--) {
        int kind = verb_at(t, i - 1);
        if (!kind)
            continue;
        *at = i - 1;
        if ((kind == MARK_IN || kind == MARK_OUT) && i > 1)
            *at = f->first; /* its words stay */
        return (enum mark_kind)kind;
    }
    int kind = verb_after(t, f);
    return kind ? (enum mark_kind)kind : MARK_FOR;
}

static bool said_before(const token_list *t, const struct finding *f)
{
    return f->first > 0 && LOOK_UP(befores, t->items[f->first - 1].text);
}

/* "three times a day" is not about this session. */
static bool is_rate(const token_list *t, const struct finding *f)
{
    if (f->last + 1 >= t->count || t->items[f->last + 1].kind != TOKEN_WORD)
        return false;
    return LOOK_UP(rates, t->items[f->last + 1].text) && f->unit != UNIT_SECONDS &&
           f->unit != UNIT_SETS;
}

static void warn_time(struct load *load, const struct prose *p, const struct block *block,
                      const token_list *t, const struct finding *f, bool timed)
{
    const struct source *source = block->place.source;
    size_t verb;
    enum mark_kind kind = find_verb(t, f, &verb);
    unsigned enough = kind == MARK_FOR ? ~0u : 1u << kind | 1u << MARK_FOR | 1u << MARK_BREATHE;
    if (timed || p->section->bout || (p->marks & enough) ||
        (kind == MARK_FOR && (p->section->group || !said_before(t, f))))
        return;
    const char *unit = f->unit == UNIT_SECONDS ? "s" : "min";
    const char *mark = load_text(load, "%s %s%s", mark_kind_name(kind), f->number, unit);
    /* The words between verb and number go as well: "hold for about 30 seconds". */
    size_t from = verb;
    for (size_t i = verb + 1; i < f->first; i++)
        if (!LOOK_UP(befores, t->items[i].text) && strcmp(t->items[i].text, "it") != 0 &&
            strcmp(t->items[i].text, "this") != 0)
            from = f->first;
    while (from == f->first && from > 0 && LOOK_UP(befores, t->items[from - 1].text))
        from--;
    const char *line = replaced(load, source, t->items[from].at, t->items[f->last].end, mark);
    load_warn(load, place_at(source, t->items[from].at, t->items[f->last].end - t->items[from].at),
              line ? load_text(load, "write: %s", line) : load_text(load, "write `%s` here", mark),
              "these words are spoken, but no time is kept: `%s` is missing", mark);
}

static void warn_heading(struct load *load, const struct prose *p, const struct block *block,
                         const token_list *t, const struct finding *f)
{
    static const char *const names[] = {"", "", "", "reps", "sets", "rounds"};
    const struct section *s = p->section;
    bool covered = f->unit == UNIT_REPS   ? s->has_reps || s->has_sets
                   : f->unit == UNIT_SETS ? s->has_sets
                                          : p->in_rounds || s->has_sets;
    const char *name = f->unit == UNIT_ROUNDS ? "sets" : names[f->unit];
    if (covered || s->group) /* a group's text speaks of its moves */
        return;
    const char *mark = load_text(load, "%s %s", f->number, name);
    const char *line = on_heading(load, s, mark);
    size_t at = t->items[f->first].at;
    load_warn(
        load, place_at(block->place.source, at, t->items[f->last].end - at),
        line ? load_text(load, "put what is repeated into a list and write: %s", line)
             : load_text(load, "put what is repeated into a list and `%s` on the heading", mark),
        "these words are spoken, but nothing is repeated: `%s` is missing", mark);
}

static void warn_breaths(struct load *load, const struct prose *p, const struct block *block,
                         const token_list *t, const struct finding *f, bool timed)
{
    unsigned enough = 1u << MARK_BREATHS | 1u << MARK_BREATHE | 1u << MARK_IN | 1u << MARK_OUT;
    if (timed || p->section->bout || (p->marks & enough))
        return;
    const struct source *source = block->place.source;
    const char *mark = load_text(load, "%s breaths", f->number);
    size_t at = t->items[f->first].at, end = t->items[f->last].end;
    load_warn(load, place_at(source, at, end - at),
              load_text(load, "write `%s` after these words", mark),
              "these words are spoken, but no time is left for them: `%s` is missing", mark);
}

/* --- Sides --- */

static void check_sides(struct load *load, const struct prose *p, const struct block *block,
                        const token_list *t)
{
    if (p->section->sides != SIDES_NONE || p->section->group)
        return;
    for (size_t i = 0; i + 1 < t->count; i++) {
        if (!LOOK_UP(others, t->items[i].text) || !LOOK_UP(parts, t->items[i + 1].text))
            continue;
        bool repeated = false;
        size_t first = i > NEAR ? i - NEAR : 0;
        for (size_t j = first; j < t->count && j < i + NEAR; j++)
            if (LOOK_UP(repeats, t->items[j].text) &&
                same_sentence(t, j < i ? j : i, j < i ? i : j))
                repeated = true;
        if (!repeated)
            continue;
        const char *line = on_heading(load, p->section, "each side");
        size_t at = t->items[i].at;
        load_warn(load, place_at(block->place.source, at, t->items[i + 1].end - at),
                  line ? load_text(load, "take the sentence out and write: %s", line)
                       : "take the sentence out and put `each side` on the heading",
                  "these words are spoken, but the other side is not played: `each side` is "
                  "missing");
        return;
    }
}

/* --- A block --- */

static size_t offset_of(struct place place)
{
    const struct source *source = place.source;
    const char *at = source->text + source->line_starts[place.line - 1];
    const char *end = source->text + source->length;
    for (int column = 1; column < place.column && at < end; column++)
        str_utf8_next(&at, end);
    return (size_t)(at - source->text);
}

/* Where the block's own words lie in the source: from its first to its last span. */
static bool find_words(const struct block *block, size_t *from, size_t *to)
{
    if (block->span_count == 0)
        return false;
    const struct span *first = &block->spans[0], *last = &block->spans[block->span_count - 1];
    if (!first->place.source || first->place.line < 1 || last->place.line < 1)
        return false;
    *from = offset_of(first->place);
    *to = offset_of(last->place) + (last->kind == SPAN_TEXT ? strlen(last->text) : 1);
    if (*to > first->place.source->length)
        *to = first->place.source->length;
    return true;
}

static void check_address(struct load *load, const struct block *block, size_t from, size_t to)
{
    static const char *const starts[] = {"http://", "https://", "www."};
    const char *text = block->place.source->text;
    for (size_t i = 0; i < 3; i++) {
        const char *found = memmem(text + from, to - from, starts[i], strlen(starts[i]));
        /* The target of a link is not spoken. */
        if (found && found > text && found[-1] != '(' && found[-1] != '<' && found[-1] != '/')
            load_warn(load, place_at(block->place.source, (size_t)(found - text), 1),
                      "put it into a block quote (> …), which is for the reader only",
                      "an address would be spoken letter by letter");
    }
}

void prose_check(struct load *load, const struct prose *p, const struct block *block, bool timed)
{
    size_t from = 0, to;
    token_list tokens = {0};
    if (load->quiet || !block->place.source || !find_words(block, &from, &to) || from >= to)
        return;
    check_address(load, block, from, to);
    cut(block->place.source->text, from, to, &tokens);
    for (size_t i = 0; i < tokens.count; i++) {
        struct finding f;
        if (!find_quantity(&tokens, i, &f) || is_rate(&tokens, &f))
            continue;
        if (is_heading_unit(f.unit))
            warn_heading(load, p, block, &tokens, &f);
        else if (f.unit == UNIT_BREATHS)
            warn_breaths(load, p, block, &tokens, &f, timed);
        else
            warn_time(load, p, block, &tokens, &f, timed);
        i = f.last;
    }
    check_sides(load, p, block, &tokens);
    vec_free(&tokens);
}
