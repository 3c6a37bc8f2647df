/* SPDX-License-Identifier: GPL-3.0-or-later */
/* module.c: a module of Speech Dispatcher as a program on pipes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dispatcher.h"

#define STRANGERS_MOST 10000 /* lines passed over while one is waited for */
#define GRACE_MS       400   /* to end after QUIT, and again after SIGTERM */

bool module_refuse(struct module *module, const char *format, ...)
{
    va_list list;
    size_t used = (size_t)snprintf(module->reason, sizeof module->reason,
                                   "the module %s of Speech Dispatcher ", module->name);
    if (used < sizeof module->reason) {
        va_start(list, format);
        vsnprintf(module->reason + used, sizeof module->reason - used, format, list);
        va_end(list);
    }
    for (char *at = module->reason; *at; at++) {
        *at = (unsigned char)*at < ' ' || *at == 0x7f ? ' ' : *at;
    }
    return false;
}

/* It ended, or closed its stdout, which is as bad. */
static bool refuse_dead(struct module *module)
{
    char how[80] = "closed its output";
    int status = child_end(&module->child, GRACE_MS);
    if (status >= 0) {
        child_explain(status, how, sizeof how);
    }
    const char *line = module->child.last_line;
    return module_refuse(module, "%s before it was done%s%s", how, line[0] ? ": " : "", line);
}

static bool refuse_late(struct module *module)
{
    return module_refuse(module, "did not answer within %d.%d s", module->timeout_ms / 1000,
                         module->timeout_ms % 1000 / 100);
}

bool module_send(struct module *module, const char *command, const char *block)
{
    int64_t due_ms = child_now_ms() + module->timeout_ms;
    const char *const parts[] = {command, block};
    for (int i = 0; i < 2; i++) {
        if (!parts[i]) {
            continue;
        }
        child_write(&module->child, parts[i], strlen(parts[i]), false);
        if (!child_flush(&module->child, due_ms)) {
            return errno == ETIMEDOUT ? refuse_late(module) : refuse_dead(module);
        }
    }
    return true;
}

bool module_next(struct module *module, struct message *message)
{
    int64_t due_ms = child_now_ms() + module->timeout_ms;
    for (;;) {
        enum message_result result = message_next(&module->reader, message);
        if (result == MESSAGE_READY) {
            return true;
        }
        if (result == MESSAGE_BAD) {
            return module_refuse(module, "does not keep to its protocol: %s", module->reader.fault);
        }
        size_t room = 0;
        unsigned char *bytes = message_room(&module->reader, &room);
        if (!bytes) {
            return module_refuse(module, "sent more than there is memory for");
        }
        ssize_t count = child_read(&module->child, bytes, room, due_ms);
        if (count <= 0) {
            return count < 0 && errno == ETIMEDOUT ? refuse_late(module) : refuse_dead(module);
        }
        message_took(&module->reader, (size_t)count);
    }
}

bool module_expect(struct module *module, int code, int other)
{
    char words[120] = ""; /* of a failure told in several lines, the first */
    struct message message;
    for (int i = 0; i < STRANGERS_MOST; i++) {
        if (!module_next(module, &message)) {
            return false;
        }
        if (message.code >= 300 && message.code < 500) {
            if (!words[0]) {
                snprintf(words, sizeof words, "%s", message.text);
            }
            if (message.last) {
                return module_refuse(module, "answers: %d %s", message.code, words);
            }
        } else if ((message.code == code || message.code == other) && message.last) {
            return true;
        }
    }
    return module_refuse(module, "sends lines without end, but no answer");
}

bool module_set(struct module *module, const char *command, const char *block)
{
    /* Versions differ in how they ask for the block. */
    return module_send(module, command, NULL) && module_expect(module, 207, 203) &&
           module_send(module, block, NULL) && module_expect(module, 203, 0);
}

bool module_start(struct module *module, const char *program, const char *config, unsigned flags)
{
    const char *const argv[] = {program, config && config[0] ? config : NULL, NULL};
    int error = child_start(&module->child, argv, flags);
    if (error != 0) {
        return module_refuse(module, "cannot be started (%s): %s", program, strerror(error));
    }
    /* Without the second, it would play by itself. */
    return module_send(module, "INIT\n", NULL) && module_expect(module, 299, 0) &&
           module_set(module, "AUDIO\n", "audio_output_method=server\n.\n");
}

void module_end(struct module *module)
{
    if (module->child.pid > 0) {
        child_write(&module->child, "QUIT\n", 5, true);
        child_end(&module->child, GRACE_MS);
    }
    message_reset(&module->reader);
}
