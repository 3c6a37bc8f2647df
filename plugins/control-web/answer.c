/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer.c: what goes back, and the headers that keep browsers careful. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "web.h"

#define JSON "application/json; charset=utf-8"

void answer_headers(struct MHD_Response *response, bool keep)
{
    static const char *const headers[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
         "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        MHD_add_response_header(response, headers[i][0], headers[i][1]);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
                            keep ? "no-cache" : "no-store");
}

enum MHD_Result answer_send(struct request *request, unsigned status, struct MHD_Response *response)
{
    if (!response)
        return MHD_NO;
    enum MHD_Result result = MHD_queue_response(request->connection, status, response);
    MHD_destroy_response(response);
    return result;
}

enum MHD_Result answer_data(struct request *request, unsigned status, char *data, size_t size)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(size, data, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        free(data);
        return MHD_NO;
    }
    answer_headers(response, false);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, JSON);
    return answer_send(request, status, response);
}

enum MHD_Result answer_text(struct request *request, unsigned status, struct text *text)
{
    char *data = text->data;
    if (text->failed || !data) {
        text_free(text);
        return answer_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "The answer is too long.");
    }
    *text = (struct text){.data = NULL, .size = text->size};
    return answer_data(request, status, data, text->size);
}

/* What the status itself asks for. */
static void add_reason(const struct request *request, unsigned status,
                       struct MHD_Response *response)
{
    static const char *const allowed[] = {
        [0] = "", [GETS] = "GET, HEAD", [POSTS] = "POST", [GETS | POSTS] = "GET, HEAD, POST"};
    char seconds[24];
    if (status == MHD_HTTP_UNAUTHORIZED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE,
                                "Bearer realm=\"limber\"");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW,
                                allowed[request->route ? request->route->methods : GETS]);
    snprintf(seconds, sizeof seconds, "%lld", (long long)request->wait_s);
    if (request->wait_s > 0)
        MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
}

enum MHD_Result answer_error(struct request *request, unsigned status, const char *format, ...)
{
    char sentence[400];
    struct text text = {.data = NULL};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    text_printf(&text, "{\"error\":");
    text_json(&text, sentence);
    if (request->wait_s > 0)
        text_printf(&text, ",\"wait\":%lld", (long long)request->wait_s);
    text_printf(&text, "}");
    struct MHD_Response *response =
        text.failed ? NULL
                    : MHD_create_response_from_buffer(text.size, text.data, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        text_free(&text);
        return MHD_NO;
    }
    answer_headers(response, false);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, JSON);
    add_reason(request, status, response);
    return answer_send(request, status, response);
}
