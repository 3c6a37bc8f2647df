/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.c: one request, from its headers to its answer. Who may not, is told so after his body
 * was read and thrown away: a browser that is cut off in mid-sentence never reads the reason. */
#include <stdlib.h>
#include <string.h>

#include "web.h"

const char *request_header(const struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

bool request_is_post(const struct request *request)
{
    return strcmp(request->method, MHD_HTTP_METHOD_POST) == 0;
}

static enum MHD_Result finish(struct request *request)
{
    request->peer->deadline_ms = web_now_ms() + SENDING_TIMES * request->web->timeout_ms;
    guard_check_again(request);
    if (request->refusal)
        return answer_error(request, request->refusal, "%s", request->why);
    if (request->too_large)
        return answer_error(request, MHD_HTTP_CONTENT_TOO_LARGE, "At most %zu KiB can be sent.",
                            BODY_MOST / 1024);
    if (request->body.failed)
        return answer_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "There is no memory left.");
    return request->route ? request->route->answer(request) : page_answer(request);
}

/* What a Content-Length says; more than can be is as much as can be. */
static size_t announced(const struct request *request)
{
    const char *text = request_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    char *end;
    if (!text)
        return 0;
    unsigned long long length = strtoull(text, &end, 10);
    return *end || length > SIZE_MAX ? SIZE_MAX : (size_t)length;
}

static enum MHD_Result begin(struct web *web, struct MHD_Connection *connection, const char *url,
                             const char *method, void **context)
{
    struct peer *peer = serve_peer(connection);
    struct request *request = peer ? calloc(1, sizeof *request) : NULL;
    if (!request)
        return MHD_NO;
    *context = request;
    request->web = web;
    request->peer = peer;
    request->connection = connection;
    request->method = method;
    request->path = url;
    request->route = api_find(url);
    peer->deadline_ms = web_now_ms() + BODY_TIMES * web->timeout_ms;
    guard_check(request);
    size_t length = announced(request);
    request->too_large = length > BODY_MOST;
    bool both = length > 0 && request_header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    if (both)
        guard_refuse(request, MHD_HTTP_BAD_REQUEST, "The body has two lengths.");
    bool waits = request_header(request, MHD_HTTP_HEADER_EXPECT) != NULL;
    if (both || length > SWALLOW_MOST || (waits && (request->too_large || request->refusal)))
        return finish(request); /* the library closes the connection after it */
    return MHD_YES;
}

static enum MHD_Result take_body(struct request *request, const char *data, size_t size)
{
    request->swallowed += size;
    if (request->swallowed > SWALLOW_MOST)
        return MHD_NO;
    if (request->swallowed > BODY_MOST)
        request->too_large = true;
    if (!request->too_large && !request->refusal)
        text_add(&request->body, data, size, BODY_MOST);
    return MHD_YES;
}

enum MHD_Result request_handle(void *user, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *upload,
                               size_t *upload_size, void **context)
{
    struct request *request = *context;
    if (!request)
        return begin(user, connection, url, method, context);
    if (*upload_size == 0)
        return finish(request);
    size_t size = *upload_size;
    *upload_size = 0;
    return take_body(request, upload, size);
}

void request_completed(void *user, struct MHD_Connection *connection, void **context,
                       enum MHD_RequestTerminationCode code)
{
    struct request *request = *context;
    struct peer *peer = serve_peer(connection);
    *context = NULL;
    if (peer)
        peer->deadline_ms = web_now_ms() + IDLE_TIMES * peer->web->timeout_ms;
    if (!request)
        return;
    text_free(&request->body);
    free(request);
}
