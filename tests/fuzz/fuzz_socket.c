/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_socket.c: what a client may send to control-socket, from anybody, in any pieces. The same
 * bytes are the same requests however they are cut; every request keeps the header's promises; and
 * whatever stands in a document, what is read from it stays within its bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "control-socket/wire.h"

#define REQUESTS_MOST 4096

static void require(bool condition)
{
    if (!condition)
        abort();
}

/* A number that stands for everything in a request. */
static uint64_t digest(uint64_t sum, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ at[i]) * 0x100000001b3;
    return sum;
}

static uint64_t check_request(uint64_t sum, const struct wire_request *request)
{
    static const char *const least[] = {"", "x"};
    bool says = request->kind == WIRE_ASK || request->kind == WIRE_BAD;
    require(request->kind > WIRE_NONE && request->kind <= WIRE_BAD);
    require((request->text != NULL) == (says || request->kind == WIRE_COMMAND));
    const char *text = request->text ? request->text : least[0];
    size_t length = strlen(text);
    require(length <= WIRE_LINE_MOST && (!says || length > 0));
    require(length == 0 || (!strchr(" \t\r", text[0]) && !strchr(" \t\r", text[length - 1])));
    require(!strchr(text, '\n'));
    require(request->body ? request->kind == WIRE_ASK : request->body_size == 0);
    require(request->body_size <= WIRE_BODY_MOST);
    sum = digest(sum, &request->kind, sizeof request->kind);
    sum = digest(sum, text, length + 1);
    sum = digest(sum, &request->clock, sizeof request->clock);
    return digest(sum, request->body ? request->body : "", request->body_size);
}

/* Hands everything over in pieces of at most `piece` bytes. Returns a digest of the requests. */
static uint64_t hand_over(const uint8_t *data, size_t size, size_t piece)
{
    struct wire wire = {.start = 0};
    struct wire_request request;
    uint64_t sum = 0xcbf29ce484222325;
    size_t count = 0;
    for (size_t at = 0; at <= size;) {
        size_t room = 0, left = size - at;
        char *to = wire_room(&wire, &room);
        require(to && room > 0);
        size_t take = left < piece ? left : piece;
        take = take < room ? take : room;
        if (take)
            memcpy(to, data + at, take);
        wire_added(&wire, take);
        at += take;
        while (wire_next(&wire, at == size, &request) != WIRE_NONE) {
            sum = check_request(sum, &request);
            require(++count <= size + 1);
        }
        require(request.kind == WIRE_NONE);
        require(at < size || wire.start == wire.end); /* in the end nothing is left */
        if (at == size)
            break;
    }
    wire_free(&wire);
    return sum;
}

static void read_documents(const char *text, size_t size)
{
    char why[120];
    for (size_t room = 40; room <= sizeof why; room += 16) {
        memset(why, '#', sizeof why);
        wire_error_text(text, size, why, room);
        size_t length = strnlen(why, sizeof why);
        require(length > 0 && length < room && (room == sizeof why || why[room] == '#'));
        for (size_t i = 0; i < length; i++)
            require((unsigned char)why[i] >= ' ');
    }
    require(wire_same_status(text, size, text, size));
    size_t half = size / 2;
    bool one = wire_same_status(text, half, text + half, size - half);
    require(one == wire_same_status(text + half, size - half, text, half));
    require(wire_member_milli(text, size, "position") >= -1);
    (void)wire_member_is(text, size, "state", "playing");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > (64u << 10))
        return 0;
    size_t piece = data[0] + 1u;
    uint64_t whole = hand_over(data + 1, size - 1, SIZE_MAX);
    require(hand_over(data + 1, size - 1, piece) == whole);
    if (size < 2048)
        require(hand_over(data + 1, size - 1, 1) == whole);
    char *copy = malloc(size); /* its very bytes: what is read beyond them is found */
    require(copy != NULL);
    memcpy(copy, data, size);
    read_documents(copy, size);
    free(copy);
    return 0;
}

#include "replay.h"
