/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask_html.c: a page for reading: as cmark has it, without anything that runs or is fetched. */
#include <cmark.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "box/ask_inside.h"

#define LINK_MOST 256

/* Takes a node away; its children stand in its place. */
static void unwrap(cmark_node *node)
{
    for (cmark_node *child = cmark_node_first_child(node); child;) {
        cmark_node *next = cmark_node_next(child);
        cmark_node_unlink(child);
        cmark_node_insert_before(node, child);
        child = next;
    }
    cmark_node_unlink(node);
    cmark_node_free(node);
}

/* The bare name in NAME.md; false if it is not of that form. */
static bool bare_name(const char *link, char name[LINK_MOST])
{
    size_t length = strlen(link);
    size_t safe = strspn(link, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_%");
    if (length < 4 || length >= LINK_MOST || safe != length - 3 ||
        strcmp(link + length - 3, ".md") != 0)
        return false;
    memcpy(name, link, length - 3);
    name[length - 3] = '\0';
    return true;
}

/* Where a link of a page goes in what shows it; "" for nowhere. */
static void target(const char *link, bool move, char to[LINK_MOST + 16])
{
    char name[LINK_MOST];
    bool up = false, down = false;
    to[0] = '\0';
    if (strncmp(link, "./", 2) == 0)
        link += 2;
    if (move && strncmp(link, "../", 3) == 0) {
        up = true;
        link += 3;
    }
    if ((!move || up) && strncmp(link, "moves/", strlen("moves/")) == 0) {
        down = true;
        link += strlen("moves/");
    }
    if (bare_name(link, name)) {
        bool to_move = down || (move && !up);
        strcpy(to, to_move ? "#move/" : "#routine/");
        strcat(to, name);
    }
}

static bool is_of_web(const char *link)
{
    return strncmp(link, "https://", 8) == 0 || strncmp(link, "http://", 7) == 0;
}

static void change(cmark_node *node, bool move)
{
    char to[LINK_MOST + 16];
    const char *link;
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HTML_BLOCK:
    case CMARK_NODE_HTML_INLINE:
        cmark_node_unlink(node);
        cmark_node_free(node);
        break;
    case CMARK_NODE_IMAGE: /* its words stay; nothing is fetched */
        unwrap(node);
        break;
    case CMARK_NODE_LINK:
        link = cmark_node_get_url(node);
        target(link ? link : "", move, to);
        if (*to)
            cmark_node_set_url(node, to);
        else if (!link || !is_of_web(link))
            unwrap(node);
        break;
    default:
        break;
    }
}

char *page_html(const char *text, size_t length, bool move)
{
    size_t body = routine_body(text, length);
    cmark_node *document =
        cmark_parse_document(text + body, length - body, CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_SAFE);
    VEC(cmark_node *) nodes = {0};
    cmark_iter *walk = cmark_iter_new(document);
    for (cmark_event_type event; (event = cmark_iter_next(walk)) != CMARK_EVENT_DONE;) {
        cmark_node_type type = cmark_node_get_type(cmark_iter_get_node(walk));
        bool leaf = type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE;
        bool around = type == CMARK_NODE_IMAGE || type == CMARK_NODE_LINK;
        if (event == (leaf ? CMARK_EVENT_ENTER : CMARK_EVENT_EXIT) && (leaf || around))
            *vec_push(&nodes) = cmark_iter_get_node(walk);
    }
    cmark_iter_free(walk);
    for (size_t i = 0; i < nodes.count; i++) /* inner ones first */
        change(nodes.items[i], move);
    vec_free(&nodes);
    char *html = cmark_render_html(document, CMARK_OPT_SAFE);
    cmark_node_free(document);
    return html;
}
