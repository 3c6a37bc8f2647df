/* SPDX-License-Identifier: MIT */
/* limber/plugin.h: what every Limber plugin exports, and what the host lends it.
 *
 * A plugin is one shared object (or one object linked into the program: the source is the same)
 * that exports exactly one symbol, the constant `limber_plugin_entry`. The host reads `abi_major`
 * and `size` before anything else; it loads the plugin only if the major number is its own. A
 * plugin that does not load is reported by name and reason and skipped; it never stops the player.
 *
 * Thread and state tags. The comment of every function ends in a tag that says who may call it and
 * when: [main]      the program's main thread (for a speech plugin: the only thread of its worker
 * process) [worker]    a thread or process of the host that may block [render]    the thread that
 * mixes; may wait for the output, never for the main thread [device]    a thread of the sound
 * system, in its real-time callback [any]       any thread [rt]        must not lock, allocate, do
 * I/O, log or block [active]    only between a successful open()/start() and the matching
 * close()/stop() Debug builds of the host check these tags and abort with the function's name when
 * one is broken.
 *
 * Ownership. Nothing allocated crosses the boundary in either direction: a pointer given to a
 * function is valid until that function returns, unless its comment says otherwise, and is never
 * freed by the receiver. Strings are UTF-8 and NUL-terminated. Samples are 32-bit float,
 * interleaved, nominal full scale −1.0 … +1.0.
 *
 * Growth. A published struct is never edited. New functions come as a new interface id
 * ("limber.speech/2"), asked for by get_interface(); NULL means the plugin does not have it. */
#ifndef LIMBER_PLUGIN_H
#define LIMBER_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limber/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LIMBER_ABI_MAJOR 1u /* incompatible changes; must be equal */
#define LIMBER_ABI_MINOR 2u /* additions; informative */

#if defined(__GNUC__)
#define LIMBER_EXPORT __attribute__((visibility("default")))
#else
#define LIMBER_EXPORT
#endif

/* --- Options: data, checked by the host before the plugin sees them --- */

enum limber_option_type {
    LIMBER_OPTION_STRING = 0, /* any text */
    LIMBER_OPTION_INT = 1,    /* decimal integer within [minimum, maximum] */
    LIMBER_OPTION_NUMBER = 2, /* decimal number within [minimum, maximum] */
    LIMBER_OPTION_BOOL = 3,   /* yes/no, true/false, on/off, 1/0; handed over as "yes" or "no" */
    LIMBER_OPTION_CHOICE = 4, /* one of `choices` */
    LIMBER_OPTION_PATH = 5    /* a file or folder name */
};

/* One setting of a plugin, named on the command line as `--set PLUGIN.NAME=VALUE` or, for outputs,
 * `--output PLUGIN:NAME=VALUE`. A table of these ends with an entry whose name is NULL. */
struct limber_option {
    const char *name;             /* lower-case words joined by '-' */
    enum limber_option_type type; /* how the text is checked */
    const char *unit;             /* "ms", "dB", "Hz", "frames"…, or NULL */
    double minimum, maximum;      /* inclusive range of INT and NUMBER; both 0: unlimited */
    const char *fallback;         /* the default, as text; NULL: unset */
    const char *const *choices;   /* CHOICE: the values, ended by NULL; else NULL */
    const char *help;             /* one line, no full stop */
};

/* --- The host, as a plugin sees it --- */

enum limber_log_level {
    LIMBER_LOG_ERROR = 0,   /* something the person asked for does not happen */
    LIMBER_LOG_WARNING = 1, /* it happens otherwise than asked */
    LIMBER_LOG_INFO = 2,    /* worth a line in a log file */
    LIMBER_LOG_DEBUG = 3    /* for the developer */
};

/* Services of the host. Valid from create() to destroy(). */
struct limber_host {
    uint32_t size;    /* sizeof(struct limber_host) as the host was compiled */
    const char *name; /* "limber" */
    const char *version;
    void *context; /* opaque; first argument of every function below */

    /* Writes one line to the host's log, prefixed with the plugin's id. [any, not rt] */
    void (*log)(void *context, enum limber_log_level level, const char *message);

    /* The checked value of the plugin's option `name`, or its default, or NULL if unset or unknown.
     * Valid until destroy(). [main] */
    const char *(*option)(void *context, const char *name);

    /* An interface of the host by id, such as "limber.host.loop/1" (limber/control.h); NULL if the
     * host does not lend it to this kind of plugin. Valid until destroy(). [main] */
    const void *(*get_interface)(void *context, const char *id);
};

/* --- The plugin --- */

enum limber_plugin_flags {
    LIMBER_PLUGIN_SINGLETON =
        1u << 0, /* at most one instance a process (the library behind it has globals) */
    LIMBER_PLUGIN_DETERMINISTIC =
        1u << 1, /* the same request gives the same samples, in any process */
    LIMBER_PLUGIN_RECORDED =
        1u << 2 /* (ABI 1.1) says only what was recorded: gets texts as they are written, whole and
                   not respelled; NOT_FOUND from synthesize() is an ordinary answer; its clips are
                   levelled one by one */
};

/* Static description: readable without creating anything. */
struct limber_plugin_descriptor {
    uint32_t size;  /* sizeof(struct limber_plugin_descriptor) as compiled */
    uint32_t flags; /* enum limber_plugin_flags */
    const char *
        id; /* kind-name: "speech-espeak", "out-file"; [a-z0-9-]; equals the file name less ".so" */
    const char *name;        /* for people: "eSpeak NG speech" */
    const char *version;     /* of the plugin */
    const char *license;     /* SPDX expression */
    const char *description; /* one line */
    const char *const
        *interfaces; /* ids of the interfaces that get_interface() may return, ended by NULL */
    const struct limber_option *options; /* ended by an entry with a NULL name; NULL: none */
};

/* The exported constant. */
struct limber_plugin_entry {
    uint32_t abi_major; /* LIMBER_ABI_MAJOR */
    uint32_t abi_minor; /* LIMBER_ABI_MINOR */
    uint32_t size;      /* sizeof(struct limber_plugin_entry) as compiled */
    const struct limber_plugin_descriptor *descriptor;

    /* Makes an instance. Cheap: opens no device, starts no thread, loads no voice. `host` stays
     * valid until destroy(). On success stores a non-NULL instance in *instance. Errors: INVALID
     * (an option's value makes no sense), NO_MEMORY, FAILED. [main] */
    enum limber_status (*create)(const struct limber_host *host, void **instance);

    /* Frees the instance after everything it opened is closed. NULL is legal. [main] */
    void (*destroy)(void *instance);

    /* The function table of interface `id` for this instance, or NULL if not supported. Valid until
     * destroy(). [main] */
    const void *(*get_interface)(void *instance, const char *id);
};

/* Every plugin defines exactly this:
 *   LIMBER_EXPORT extern const struct limber_plugin_entry limber_plugin_entry; */
#ifndef LIMBER_PLUGIN_ENTRY_SYMBOL
#define LIMBER_PLUGIN_ENTRY_SYMBOL limber_plugin_entry
#endif
LIMBER_EXPORT extern const struct limber_plugin_entry LIMBER_PLUGIN_ENTRY_SYMBOL;

#ifdef __cplusplus
}
#endif
#endif
