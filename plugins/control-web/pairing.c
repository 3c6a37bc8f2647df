/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pairing.c: how a phone becomes one of ours, and ceases to be. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "web.h"

/* --- a code --- */

/* Has the box say it. Never into a log. */
static bool speak(struct web *web, const char *code, char *answer, size_t room)
{
    char line[64];
    snprintf(line, sizeof line, "say-code %s", code);
    enum limber_status status = web->command->run(web->command->context, line, answer, room);
    explicit_bzero(line, sizeof line);
    if (status == LIMBER_INVALID || (status != LIMBER_OK && !*answer))
        snprintf(answer, room,
                 "This player cannot say a code. Use the token instead, or limber serve.");
    return status == LIMBER_OK;
}

static enum MHD_Result too_often(struct request *request, int64_t wait_ms)
{
    request->wait_s = (wait_ms + 999) / 1000;
    return answer_error(request, MHD_HTTP_TOO_MANY_REQUESTS, "Too many tries. Try again in %lld s.",
                        (long long)request->wait_s);
}

static neighbor_key key_of(const struct request *request)
{
    return address_key(&request->peer->address);
}

enum MHD_Result pairing_begin(struct request *request)
{
    struct web *web = request->web;
    struct text text = {.data = NULL};
    char answer[256] = "";
    int64_t wait_ms = 0;
    if (pair_begin(&web->pairing, key_of(request), web_now_ms(), &wait_ms) != PAIR_GOOD)
        return too_often(request, wait_ms);
    if (!speak(web, web->pairing.code, answer, sizeof answer)) {
        pair_cancel(&web->pairing);
        return answer_error(request, MHD_HTTP_CONFLICT, "%s", answer);
    }
    text_printf(&text, "{\"ok\":true,\"digits\":%d,\"seconds\":%d}", CODE_DIGITS,
                PAIR_CODE_MS / 1000);
    return answer_text(request, MHD_HTTP_OK, &text);
}

/* --- a session --- */

/* What somebody would call it who has it in hand. */
static const char *device_of(const char *agent)
{
    static const char *const known[][2] = {
        {"iPhone", "iPhone"},   {"iPad", "iPad"},     {"Android", "Android"},
        {"CrOS", "Chromebook"}, {"Macintosh", "Mac"}, {"Windows", "Windows computer"},
        {"Linux", "Linux"},     {"curl", "a script"},
    };
    for (size_t i = 0; agent && i < sizeof known / sizeof *known; i++) {
        if (strstr(agent, known[i][0]))
            return known[i][1];
    }
    return "a device";
}

static bool is_secure(const struct request *request)
{
    const char *scheme = request_header(request, "X-Forwarded-Proto");
    return scheme && strcasecmp(scheme, "https") == 0;
}

/* {"ok":true}, with a cookie or without. */
static enum MHD_Result send_ok(struct request *request, const char *cookie)
{
    static char ok[] = "{\"ok\":true}";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof ok - 1, ok, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    answer_headers(response, false);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                            "application/json; charset=utf-8");
    if (cookie)
        MHD_add_response_header(response, MHD_HTTP_HEADER_SET_COOKIE, cookie);
    return answer_send(request, MHD_HTTP_OK, response);
}

/* `id` "": the browser forgets its cookie. */
static enum MHD_Result send_cookie(struct request *request, const char *id)
{
    char cookie[256];
    snprintf(cookie, sizeof cookie, "limber=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
             id, *id ? (long long)request->web->sessions.lifetime_s : 0LL,
             is_secure(request) ? "; Secure" : "");
    enum MHD_Result result = send_ok(request, cookie);
    explicit_bzero(cookie, sizeof cookie);
    return result;
}

static enum MHD_Result welcome(struct request *request)
{
    struct web *web = request->web;
    char id[SESSION_CHARS + 1], where[INET6_ADDRSTRLEN + 16];
    bool kept = true;
    const char *device = device_of(request_header(request, MHD_HTTP_HEADER_USER_AGENT));
    if (!sessions_add(&web->sessions, device, web_time_s(), id, &kept))
        return answer_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "There is no randomness.");
    address_text(&request->peer->address, where, sizeof where);
    web_log(web, LIMBER_LOG_INFO, "%s at %s is paired", device, where);
    if (!kept)
        web_log(web, LIMBER_LOG_WARNING,
                "%s cannot be written: whoever is paired is forgotten at the next start",
                web->sessions.path[0] ? web->sessions.path : "the file of sessions");
    enum MHD_Result result = send_cookie(request, id);
    explicit_bzero(id, sizeof id);
    return result;
}

enum MHD_Result pairing_try(struct request *request)
{
    struct web *web = request->web;
    char code[CODE_DIGITS + 1], where[INET6_ADDRSTRLEN + 16];
    int64_t wait_ms = 0;
    if (!request->body.data || !parse_code(request->body.data, request->body.size, code))
        return answer_error(request, MHD_HTTP_BAD_REQUEST, "A code has six digits.");
    switch (pair_try(&web->pairing, key_of(request), code, web_now_ms(), &wait_ms)) {
    case PAIR_GOOD:
        return welcome(request);
    case PAIR_WRONG:
        return answer_error(request, MHD_HTTP_FORBIDDEN, "That is not the code.");
    case PAIR_NO_CODE:
        return answer_error(request, MHD_HTTP_FORBIDDEN,
                            "No code is valid now. Let the player say a new one.");
    case PAIR_LATER:
        return too_often(request, wait_ms);
    case PAIR_LOCKED:
        break;
    }
    address_text(&request->peer->address, where, sizeof where);
    web_log(web, LIMBER_LOG_WARNING,
            "too many wrong codes, the last from %s: no pairing for %lld s", where,
            (long long)(wait_ms / 1000));
    return too_often(request, wait_ms);
}

/* --- who is paired --- */

static void add_time(struct text *text, const char *name, int64_t time_s)
{
    char date[40] = "";
    time_t when = (time_t)time_s;
    struct tm parts;
    if (gmtime_r(&when, &parts))
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &parts);
    text_printf(text, ",\"%s\":\"%s\"", name, date);
}

/* Enough of the hash to tell them apart. */
static void name_of(const struct paired *paired, char name[9])
{
    for (int i = 0; i < 4; i++)
        snprintf(name + 2 * (size_t)i, 3, "%02x", paired->hash[i]);
}

static struct paired *own(const struct request *request)
{
    return request->by_phone ? sessions_of(&request->web->sessions, request->hash) : NULL;
}

enum MHD_Result pairing_list(struct request *request)
{
    struct sessions *sessions = &request->web->sessions;
    const struct paired *here = own(request);
    struct text text = {.data = NULL};
    text_printf(&text, "{\"sessions\":[");
    for (unsigned i = 0; i < sessions->count; i++) {
        const struct paired *paired = &sessions->items[i];
        char name[9];
        name_of(paired, name);
        text_printf(&text, "%s{\"id\":\"%s\",\"device\":", i ? "," : "", name);
        text_json(&text, paired->device);
        add_time(&text, "since", paired->since_s);
        add_time(&text, "seen", paired->seen_s);
        text_printf(&text, ",\"here\":%s}", paired == here ? "true" : "false");
    }
    text_printf(&text, "]}");
    return answer_text(request, MHD_HTTP_OK, &text);
}

/* The one that an unpairing is about; NULL with *all: every one. */
static struct paired *find_ending(const struct request *request, bool *all)
{
    struct sessions *sessions = &request->web->sessions;
    char word[16] = "", name[9];
    if (!request->body.data || request->body.size == 0)
        return own(request);
    if (!parse_line(request->body.data, request->body.size, word, sizeof word))
        return NULL;
    *all = strcmp(word, "all") == 0;
    for (unsigned i = 0; i < sessions->count && !*all; i++) {
        name_of(&sessions->items[i], name);
        if (strcmp(name, word) == 0)
            return &sessions->items[i];
    }
    return NULL;
}

enum MHD_Result pairing_end(struct request *request)
{
    struct web *web = request->web;
    bool all = false;
    struct paired *ending = find_ending(request, &all);
    if (!ending && !all)
        return answer_error(request, MHD_HTTP_NOT_FOUND, "That one is not paired.");
    bool itself = all || ending == own(request);
    web_log(web, LIMBER_LOG_INFO, "%s is no longer paired", all ? "everyone" : ending->device);
    bool kept = sessions_remove(&web->sessions, ending);
    events_sift(web);
    if (!kept)
        return answer_error(request, MHD_HTTP_INSUFFICIENT_STORAGE,
                            "It is forgotten until the next start only: the file cannot be "
                            "written.");
    return itself ? send_cookie(request, "") : send_ok(request, NULL);
}
