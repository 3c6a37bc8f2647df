/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cast.h: words → clips. Chooses the voice for a text, asks the worker program (worker.h) to
 * synthesise what the cache does not have, levels it, and falls back. Never fails: a text no voice
 * can speak becomes the tone code, and is reported. [main]
 *
 * Who speaks a text, each voice tried once, the first that can: the voice asked for (if it speaks
 * the language), the chain of `fallback:` that begins with it, the default voice of the language,
 * its chain, and what the engine VOICES_ENGINE makes of the language by itself. */
#ifndef VOICE_CAST_H
#define VOICE_CAST_H

#include <stdbool.h>

#include "audio/clip.h"
#include "base/diag.h"
#include "base/loop.h"
#include "plugin/registry.h"

struct cast;

struct cast_options {
    struct loop *loop;
    struct registry *registry;
    const char
        *voice; /* name of a voice in the voices folders, or NULL: the default of each language */
    const char *language; /* the first that will be asked for; NULL: the voice's own, or English */
    const char *voices_folder;    /* the program's; the user's is searched first */
    const char *cache_folder;     /* NULL: no cache (clips live in unlinked temporary files) */
    const char *worker_program;   /* path of limber-worker */
    uint32_t rate_hz;             /* of the clips */
    int jobs;                     /* utterances at once; 0: as many as there are cores */
    int deadline_ms;              /* for one utterance; 0: 10 s + 2 × estimated length */
    int patience_ms;              /* after cast_hurry(); 0: CAST_PATIENCE_MS */
    uint64_t seed;                /* for engines that choose: which take of a recorded text */
    const struct clip *tone_code; /* what stands for words that could not be spoken; outlives the
                                 cast. NULL: two soft beeps */
};

#define CAST_TARGET_LUFS (-19.0) /* of speech, mono (FACTS §5) */

/* Starts the worker for the default voice at once (it loads while the page is read), unless the
 * cache remembers its engine: then workers start with the first text that is not in the cache.
 * Errors:
 * NOT_FOUND (no such voice: the message in *error, malloc'ed, lists those there are). */
enum limber_status cast_new(const struct cast_options *options, struct cast **cast, char **error);
void cast_destroy(struct cast *cast);

/* From now on texts are asked of this voice; those that were asked for stay as they are. Errors:
 * NOT_FOUND, as cast_new(). */
enum limber_status cast_choose(struct cast *cast, const char *name, char **error);

/* Asks for `text` in `language` (emphasis 0…1) to be voiced; the same request again gives the same
 * id. Requests are served in order. */
uint32_t cast_request(struct cast *cast, const char *text, const char *language, double emphasis);
/* The clip, or NULL while it is being made. Valid until cast_destroy(). */
const struct clip *cast_clip(const struct cast *cast, uint32_t id);
/* Linear gain that brings this clip's voice to CAST_TARGET_LUFS; valid once the clip is there. */
float cast_gain(const struct cast *cast, uint32_t id);
/* Why the clip is not what was asked for, or NULL. */
const char *cast_problem(const struct cast *cast, uint32_t id);

/* Words that another voice spoke than the one they were meant for. Strings live as long as the
 * cast. */
struct cast_fallback {
    const char *text, *language;
    const char *wanted;    /* name of the voice */
    const char *spoken_by; /* NULL: the tone code stands for them */
    const char *reason;    /* why the wanted voice did not speak */
};
/* Returns false when the text was spoken as asked, or is not spoken yet. */
bool cast_fallback(const struct cast *cast, uint32_t id, struct cast_fallback *fallback);

/* Somebody listens and waits for this clip. If it is not there CAST_PATIENCE_MS later (for an
 * engine that has made nothing yet in this run, and may still be loading, CAST_LOADING_MS; for a
 * voice that kept somebody waiting before and has made nothing since: at once), the next voice of
 * the text's chain is asked as well, and whichever comes first is heard. What comes later is kept
 * in the cache for the next time. When there is no other voice, or the others are no faster, call
 * again; to be called as often as one likes. */
void cast_hurry(struct cast *cast, uint32_t id);
#define CAST_PATIENCE_MS 4000
#define CAST_LOADING_MS  10000

/* Called on the main thread whenever clips became ready. */
void cast_on_ready(struct cast *cast, void (*ready)(void *context), void *context);
/* Runs the loop until the clip is there (`id`), or all are (UINT32_MAX). */
void cast_wait(struct cast *cast, uint32_t id);
/* Name of the voice for a language: "calm-gb". */
const char *cast_voice_name(const struct cast *cast, const char *language);

struct cast_stats {
    size_t requests, cached, synthesised, failed;
};
void cast_stats(const struct cast *cast, struct cast_stats *stats);

/* What text becomes before an engine sees it: valid UTF-8, no control or bidirectional characters,
 * no emoji or other symbols that are not words, `[]<>&{}|\^~` and the like as spaces or words ("&"
 * → "and"), runs of punctuation shortened (`..` too), words ≤ 30 letters (longer ones cut into
 * pieces), dotted abbreviations spelt without dots, ≤ 300 bytes. Returns malloc'ed text; "" if
 * nothing speakable is left. */
char *sanitize_text(const char *text, const char *language);

#endif
