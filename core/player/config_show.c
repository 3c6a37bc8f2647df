/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config_show.c: settings as YAML. What is as by default stands behind a '#' right before it, so
 * that taking that away makes it count; comments have a space behind theirs. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "player/config_inside.h"

static const void *member(const struct config *config, size_t offset)
{
    return (const char *)config + offset;
}

static const char *text_of(const struct config *config, const struct config_key *key)
{
    return *(const char *const *)member(config, key->to);
}

/* --- one setting --- */

static void add_time(struct str *to, nsec time)
{
    if (time < 0)
        str_add(to, "auto");
    else if (time % (60 * NSEC_PER_SEC) == 0 && time > 0)
        str_printf(to, "%lldmin", (long long)(time / (60 * NSEC_PER_SEC)));
    else if (time % NSEC_PER_SEC == 0)
        str_printf(to, "%llds", (long long)(time / NSEC_PER_SEC));
    else if (time % NSEC_PER_MSEC == 0)
        str_printf(to, "%lldms", (long long)(time / NSEC_PER_MSEC));
    else
        str_printf(to, "%lld.%09llds", (long long)(time / NSEC_PER_SEC),
                   (long long)(time % NSEC_PER_SEC));
}

static void add_controls(struct str *to, const struct config *config)
{
    str_add_char(to, '[');
    for (size_t i = 0; i < config->control_count; i++)
        str_printf(to, "%s%s", i > 0 ? ", " : "", config->controls[i] + strlen("control-"));
    str_add_char(to, ']');
}

static void add_setting(struct str *to, const struct config *config, const struct config_key *key)
{
    const void *value = member(config, key->to);
    const char *choice = key->choices;
    switch (key->kind) {
    case CONFIG_TEXT:
    case CONFIG_TAG:
        config_add_text(to, text_of(config, key) ? text_of(config, key) : key->example);
        break;
    case CONFIG_CHOICE:
        for (int i = *(const int *)value; i > 0; i--)
            choice = strchr(choice, '|') + 1;
        str_add_bytes(to, choice, strcspn(choice, "|"));
        break;
    case CONFIG_YES:
        str_add(to, *(const bool *)value ? "yes" : "no");
        break;
    case CONFIG_TIME:
        add_time(to, *(const nsec *)value);
        break;
    case CONFIG_DB:
        str_printf(to, "%d", *(const int *)value);
        break;
    case CONFIG_OUTPUT:
        config_add_text(to, text_of(config, key) + strlen("out-"));
        break;
    default:
        add_controls(to, config);
    }
}

/* Whether the file says so, and not only the program. */
static bool is_set(const struct config_show *show, const struct config_key *key)
{
    struct str now = {0}, before = {0};
    if (key->given && *(const bool *)member(show->config, key->given))
        return true;
    if (key->kind == CONFIG_TEXT || key->kind == CONFIG_TAG)
        return text_of(show->config, key) != NULL;
    add_setting(&now, show->config, key);
    add_setting(&before, show->defaults, key);
    bool differs = strcmp(str_text(&now), str_text(&before)) != 0;
    str_free(&now);
    str_free(&before);
    return differs;
}

static void show_setting(struct config_show *show, const char *indent, const struct config_key *key)
{
    struct str value = {0};
    bool set = is_set(show, key);
    if (set || show->all) {
        config_show_comment(show, indent, key->help);
        add_setting(&value, show->config, key);
        fprintf(show->to, "%s%s%s: %s\n", indent, set ? "" : "#", key->key, str_text(&value));
    }
    str_free(&value);
    show->shown += set;
}

static void show_section(struct config_show *show, const struct config_key *key)
{
    bool set = false;
    for (const struct config_key *each = key->section; each->key; each++)
        set |= is_set(show, each);
    if (!set && !show->all)
        return;
    config_show_comment(show, "", key->help);
    fprintf(show->to, "%s%s:\n", set ? "" : "#", key->key);
    for (const struct config_key *each = key->section; each->key; each++)
        show_setting(show, "  ", each);
}

void config_show(const struct config *config, struct registry *registry, bool all, FILE *to)
{
    struct config defaults;
    struct config_show show = {config, &defaults, registry, all, to, 0};
    config_defaults(&defaults);
    if (all)
        fputs("# Limber's settings (docs/config.md). Lines with a # right before the name are as "
              "they "
              "are by\n# default: take it away and change the value. Lists go in brackets: "
              "[evdev, socket].\n",
              to);
    for (const struct config_key *key = config_keys; key->key; key++) {
        if (all)
            fputc('\n', to);
        if (key->kind == CONFIG_SECTION)
            show_section(&show, key);
        else if (key->kind == CONFIG_PLUGINS)
            config_show_plugins(&show, key);
        else
            show_setting(&show, "", key);
    }
    if (!all && show.shown == 0)
        fputs("# Everything is as by default; limber config show --all lists what can be set.\n",
              to);
}
