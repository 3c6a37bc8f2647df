/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config_text.c: options of plugins as YAML, and texts that read back as they were. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "player/config_inside.h"
#include "plugin/optionwords.h"

/* --- texts --- */

/* Plain where no reader of YAML takes it for anything else. */
static bool is_plain(const char *text)
{
    static const char *const words[] = {"yes",  "no",   "on", "off", "true", "false",
                                        "null", "none", "y",  "n",   "~"};
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789_./+-";
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_equal_nocase(text, words[i]))
            return false;
    }
    bool number = text[0] == '-' && text[1] >= '0' && text[1] <= '9';
    return *text && (!strchr("-./+", text[0]) || text[0] == '/' || number) &&
           text[strspn(text, safe)] == '\0';
}

void config_add_text(struct str *to, const char *text)
{
    if (is_plain(text)) {
        str_add(to, text);
        return;
    }
    str_add_char(to, '"');
    for (const char *end = text + strlen(text), *at = text; at < end;) {
        const char *start = at;
        int c = str_utf8_next(&at, end);
        bool hidden = c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
                      c == 0xfeff || c == 0xfffe || c == 0xffff;
        if (hidden)
            str_printf(to, "\\u%04x", c < 0 ? 0xfffd : (unsigned)c);
        else if (c == '"' || c == '\\')
            str_printf(to, "\\%c", c);
        else
            str_add_bytes(to, start, (size_t)(at - start));
    }
    str_add_char(to, '"');
}

/* A plugin's value: one of several lines is a list. */
void config_add_value(struct str *to, const char *text)
{
    if (strcmp(text, "yes") == 0 || strcmp(text, "no") == 0) {
        str_add(to, text); /* a switch, as far as anybody can tell */
        return;
    }
    char *copy = strchr(text, '\n') ? xstrdup(text) : NULL;
    if (!copy) {
        config_add_text(to, text);
        return;
    }
    str_add_char(to, '[');
    for (char *line = copy; line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        str_printf(to, "%s", line == copy ? "" : ", ");
        config_add_text(to, line);
        line = end ? end + 1 : NULL;
    }
    str_add_char(to, ']');
    free(copy);
}

void config_show_comment(const struct config_show *show, const char *indent, const char *text)
{
    size_t room = 96 - strlen(indent);
    while (show->all && *text) {
        size_t length = strlen(text);
        if (length > room) {
            for (length = room; length > 0 && text[length] != ' ';)
                length--;
            length = length > 0 ? length : strcspn(text, " ");
        }
        fprintf(show->to, "%s# %.*s\n", indent, (int)length, text);
        text += length;
        text += *text == ' ';
    }
}

/* --- plugins --- */

static const char *value_set(const struct config *config, const char *plugin, const char *option)
{
    for (size_t i = 0; i < config->option_count; i++) {
        const struct config_option *each = &config->options[i];
        if (strcmp(each->plugin, plugin) == 0 && (!option || strcmp(each->option, option) == 0))
            return each->value;
    }
    return NULL;
}

static void show_value(struct config_show *show, bool set, const char *name, const char *value)
{
    struct str text = {0};
    config_add_value(&text, value);
    fprintf(show->to, "    %s%s: %s\n", set ? "" : "#", name, str_text(&text));
    str_free(&text);
    show->shown += set;
}

/* What stands for a value where there is no default. */
static void show_unset(struct config_show *show, const struct limber_option *option)
{
    char number[32];
    const char *value = "";
    if (option->type == LIMBER_OPTION_INT || option->type == LIMBER_OPTION_NUMBER) {
        snprintf(number, sizeof number, "%lld", (long long)option->minimum);
        value = number;
    } else if (option->type == LIMBER_OPTION_BOOL) {
        value = "no";
    } else if (option->type == LIMBER_OPTION_CHOICE) {
        value = option->choices[0];
    }
    show_value(show, false, option->name, value);
}

static void show_option(struct config_show *show, const char *plugin,
                        const struct limber_option *option)
{
    const char *value = value_set(show->config, plugin, option->name);
    struct str about = {0};
    str_printf(&about, "%s: ", option->help);
    options_add_expected(&about, option);
    if (!option->fallback)
        str_add(&about, "; not set by itself");
    else if (value)
        str_printf(&about, "; else %s", option->fallback);
    config_show_comment(show, "    ", str_text(&about));
    str_free(&about);
    if (value || option->fallback)
        show_value(show, value != NULL, option->name, value ? value : option->fallback);
    else
        show_unset(show, option);
}

static void show_plugin(void *context, const struct registry_item *item)
{
    struct config_show *show = context;
    const struct limber_option *option = item->descriptor ? item->descriptor->options : NULL;
    if (!option || !option->name)
        return;
    fputc('\n', show->to);
    config_show_comment(show, "  ", item->descriptor->description);
    fprintf(show->to, "  %s%s:\n", value_set(show->config, item->id, NULL) ? "" : "#", item->id);
    for (; option->name; option++)
        show_option(show, item->id, option);
}

/* Whether show_plugin() has this one. */
static bool is_shown(const struct config_show *show, const char *plugin)
{
    const struct limber_plugin_descriptor *about =
        show->all && show->registry ? registry_descriptor(show->registry, plugin, NULL) : NULL;
    return about && about->options && about->options->name;
}

void config_show_plugins(struct config_show *show, const struct config_key *key)
{
    const struct config *config = show->config;
    if (config->option_count == 0 && !show->all)
        return;
    config_show_comment(show, "", key->help);
    fprintf(show->to, "%s%s:\n", config->option_count == 0 ? "#" : "", key->key);
    if (show->all && show->registry)
        registry_each(show->registry, show_plugin, show);
    const char *plugin = "";
    for (size_t i = 0; i < config->option_count; i++) {
        const struct config_option *option = &config->options[i];
        if (is_shown(show, option->plugin))
            continue;
        if (strcmp(option->plugin, plugin) != 0)
            fprintf(show->to, "  %s:\n", option->plugin);
        plugin = option->plugin;
        show_value(show, true, option->option, option->value);
    }
}
