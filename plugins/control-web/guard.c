/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard.c: who may what. A page of somebody else, open in a browser at home, must not drive the
 * box: hence the names (DNS rebinding), the origins (forged requests), and the header that no form
 * can send. Who is not on this machine must be paired, or know the token. */
#include <errno.h>
#include <fcntl.h>
#include <nettle/memops.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "web.h"

#define TOKEN_LEAST 16

void guard_refuse(struct request *request, unsigned status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(request->why, sizeof request->why, format, arguments);
    va_end(arguments);
    request->refusal = status;
}

/* --- names --- */

static bool add_host(struct web *web, const char *text, size_t length, const char *ending)
{
    char name[HOST_ROOM];
    struct host_name host;
    int size = snprintf(name, sizeof name, "%.*s%s", (int)length, text, ending);
    if (web->host_count == HOSTS_MOST || size < 0 || (size_t)size >= sizeof name ||
        !parse_host(name, &host))
        return false;
    memcpy(web->hosts[web->host_count++], host.name, HOST_ROOM);
    return true;
}

/* This machine's own, with the endings that networks at home give and nobody can buy; and those
 * that the person gave. */
static bool learn_hosts(struct web *web, const char *more)
{
    static const char *const endings[] = {"",           ".local",    ".lan",        ".home",
                                          ".home.arpa", ".internal", ".localdomain"};
    char own[HOST_ROOM] = "";
    web->host_count = 0;
    add_host(web, "localhost", 9, "");
    if (gethostname(own, sizeof own - 1) == 0 && *own) {
        size_t first = strcspn(own, ".");
        add_host(web, own, strlen(own), "");
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
            add_host(web, own, first, endings[i]);
    }
    for (const char *at = more; *(at += strspn(at, " +;"));) {
        size_t length = strcspn(at, " +;");
        if (!add_host(web, at, length, ""))
            return false;
        at += length;
    }
    return true;
}

static bool is_ours(const struct web *web, const struct host_name *host)
{
    bool found = host->literal;
    for (unsigned i = 0; i < web->host_count && !found; i++)
        found = strcmp(web->hosts[i], host->name) == 0;
    return found;
}

static enum MHD_Result count_hosts(void *user, enum MHD_ValueKind kind, const char *key,
                                   const char *value)
{
    *(unsigned *)user += strcasecmp(key, MHD_HTTP_HEADER_HOST) == 0;
    return MHD_YES;
}

static void check_host(struct request *request)
{
    struct host_name host;
    unsigned count = 0;
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, count_hosts, &count);
    const char *text = request_header(request, MHD_HTTP_HEADER_HOST);
    if (count != 1 || !text || !parse_host(text, &host))
        guard_refuse(request, MHD_HTTP_BAD_REQUEST, "The request must name one host.");
    else if (!is_ours(request->web, &host))
        guard_refuse(
            request, MHD_HTTP_MISDIRECTED_REQUEST,
            "This player is not called %.80s. Use its address, or add the name to the option "
            "hosts.",
            host.name);
}

/* --- methods and origins --- */

static void check_method(struct request *request)
{
    bool gets = strcmp(request->method, MHD_HTTP_METHOD_GET) == 0 ||
                strcmp(request->method, MHD_HTTP_METHOD_HEAD) == 0;
    unsigned methods = request->route ? request->route->methods : GETS;
    if (!(gets && (methods & GETS)) && !(request_is_post(request) && (methods & POSTS)))
        guard_refuse(request, MHD_HTTP_METHOD_NOT_ALLOWED, "%.20s cannot be done here.",
                     request->method);
}

static void check_origin(struct request *request)
{
    const char *host = request_header(request, MHD_HTTP_HEADER_HOST);
    const char *origin = request_header(request, MHD_HTTP_HEADER_ORIGIN);
    const char *site = request_header(request, "Sec-Fetch-Site");
    const char *mark = request_header(request, "X-Limber");
    bool foreign = site && strcasecmp(site, "same-origin") != 0 && strcasecmp(site, "none") != 0;
    if ((origin && !parse_same_origin(origin, host)) || foreign)
        guard_refuse(request, MHD_HTTP_FORBIDDEN, "Pages of other sites may not ask here.");
    else if (request_is_post(request) && (!mark || strcmp(mark, "1") != 0))
        guard_refuse(request, MHD_HTTP_FORBIDDEN, "The header X-Limber: 1 is missing.");
}

/* --- persons --- */

static bool has_token(const struct request *request)
{
    const char *header = request_header(request, MHD_HTTP_HEADER_AUTHORIZATION);
    const char *token = header ? parse_bearer(header) : NULL;
    char given[sizeof request->web->token] = "";
    if (!token || !request->web->token[0] || strlen(token) >= sizeof given)
        return false;
    memcpy(given, token, strlen(token));
    bool good = nettle_memeql_sec(given, request->web->token, sizeof given);
    explicit_bzero(given, sizeof given);
    return good;
}

static bool is_paired(struct request *request)
{
    const char *header = request_header(request, MHD_HTTP_HEADER_COOKIE);
    char id[SESSION_CHARS + 1];
    struct paired *found = NULL;
    size_t at = 0;
    while (header && !found && parse_session_cookie(header, &at, id))
        found = sessions_find(&request->web->sessions, id, web_time_s());
    explicit_bzero(id, sizeof id);
    request->by_phone = found != NULL;
    if (found)
        memcpy(request->hash, found->hash, SESSION_BYTES);
    return found != NULL;
}

/* A proxy on this machine speaks for others. */
static bool is_passed_on(const struct request *request)
{
    return request_header(request, "X-Forwarded-For") || request_header(request, "Forwarded") ||
           request_header(request, "X-Real-IP") || request_header(request, "X-Forwarded-Host");
}

static bool must_be_known(const struct request *request)
{
    return request->web->pairing_mode == PAIRING_YES ||
           (request->web->pairing_mode == PAIRING_AUTO &&
            (!address_is_loopback(&request->peer->address) || is_passed_on(request)));
}

static void check_person(struct request *request, bool paired)
{
    bool is_open = request->route && request->route->open;
    if (!is_open && must_be_known(request) && !paired && !has_token(request))
        guard_refuse(request, MHD_HTTP_UNAUTHORIZED,
                     "This device is not paired. Ask the player for its code, and enter it.");
}

void guard_check(struct request *request)
{
    bool asks = strncmp(request->path, "/api/", 5) == 0;
    check_host(request);
    if (!request->refusal)
        check_method(request);
    if (!request->refusal && asks)
        check_origin(request);
    if (!request->refusal && asks)
        check_person(request, is_paired(request));
    if (!request->refusal && asks && !request->route)
        guard_refuse(request, MHD_HTTP_NOT_FOUND, "There is nothing here.");
}

void guard_check_again(struct request *request)
{
    if (request->refusal || !request->by_phone)
        return;
    request->by_phone = sessions_of(&request->web->sessions, request->hash) != NULL;
    check_person(request, request->by_phone);
}

/* --- settings --- */

/* The first line of a file that is nobody else's. */
static const char *read_token(struct web *web, const char *path)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return strerror(errno);
    bool private = fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && !(about.st_mode & 077);
    ssize_t size = private ? read(fd, web->token, sizeof web->token - 1) : 0;
    close(fd);
    web->token[size > 0 ? size : 0] = '\0';
    web->token[strcspn(web->token, "\r\n")] = '\0';
    return private ? NULL : "others may read it: chmod 600 it";
}

const char *guard_options(struct web *web, const char *hosts, const char *token,
                          const char *token_file)
{
    static char problem[400];
    const char *why = NULL;
    memset(web->token, 0, sizeof web->token);
    if (!learn_hosts(web, hosts)) {
        snprintf(problem, sizeof problem, "hosts: write names such as box.example.org, not \"%s\"",
                 hosts);
        return problem;
    }
    if (strlen(token) >= sizeof web->token)
        return "token: that is too long";
    if (*token)
        snprintf(web->token, sizeof web->token, "%s", token);
    else if (*token_file)
        why = read_token(web, token_file);
    if (why) {
        snprintf(problem, sizeof problem, "token-file %.200s: %s", token_file, why);
        return problem;
    }
    size_t length = strlen(web->token);
    memset(web->token + length, 0, sizeof web->token - length);
    return (*token || *token_file) && length < TOKEN_LEAST
               ? "token: at least 16 characters are needed; `openssl rand -hex 24` makes some"
               : NULL;
}
