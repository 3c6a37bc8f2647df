/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.c: writing a journal. Every way to fail ends in tell(): the session goes on. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/prng.h"
#include "session/journal_inside.h"

#define LOG_MODULE "session"
#include "base/log.h"

#define STEP_SYNC_MS 1000 /* between two steps that are brought to the disk */
#define RETRY_MS     5000 /* between two tries to begin the file anew */

_Static_assert(sizeof(struct journal_page) == 128, "the page is a format");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "the device's thread must not wait");

struct journal {
    struct arena *arena;       /* paths */
    struct arena *about_arena; /* what `about` points to */
    struct journal_about about;
    char id[JOURNAL_ID_CHARS + 1];
    char *folder, *path, *page_path; /* NULL: the person has no home */
    int fd;                          /* locked; −1: there is no file yet */
    size_t size;                     /* bytes written whole */
    uint64_t sequence;               /* of the next record */
    uint32_t generation;
    int64_t begun_ms, synced_ms, tried_ms;
    bool tried; /* the last try to begin the file anew failed, at tried_ms */
    bool ended, told;
    struct str problem;
    struct journal_page *page;
    struct journal_syncer *syncer;
};

/* --- telling --- */

static void tell(struct journal *journal, int error)
{
    journal->problem.length = 0;
    str_printf(&journal->problem, "where the session is cannot be kept in %s: %s",
               journal->folder ? journal->folder : "the home folder (there is none)",
               strerror(error));
    if (!journal->told)
        log_warning("%s; it goes on, but after a crash it will begin anew",
                    str_text(&journal->problem));
    journal->told = true;
}

const char *journal_problem(const struct journal *journal)
{
    return journal->problem.length ? str_text(&journal->problem) : NULL;
}

/* --- the page --- */

void journal_boot(char boot[JOURNAL_BOOT_CHARS + 1])
{
    struct arena *arena = arena_new();
    char *text = NULL;
    size_t length = 0;
    boot[0] = '\0';
    if (file_read("/proc/sys/kernel/random/boot_id", 64, arena, &text, &length) == LIMBER_OK &&
        strcspn(text, "\n") == JOURNAL_BOOT_CHARS) {
        memcpy(boot, text, JOURNAL_BOOT_CHARS);
        boot[JOURNAL_BOOT_CHARS] = '\0';
    }
    arena_destroy(arena);
}

/* The room is taken now: a full disk must not show itself in the device's thread. */
static void *map_file(const char *path, size_t size)
{
    void *memory = MAP_FAILED;
    int fd = path ? open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    if (fd < 0)
        return MAP_FAILED;
    if (posix_fallocate(fd, 0, (off_t)size) == 0)
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (memory == MAP_FAILED)
        unlink(path);
    return memory;
}

static void make_page(struct journal *journal)
{
    char boot[JOURNAL_BOOT_CHARS + 1];
    size_t size = sizeof *journal->page;
    void *memory = map_file(journal->page_path, size);
    if (memory == MAP_FAILED)
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        abort(); /* no memory at all */
    journal->page = memory;
    memset(journal->page, 0, size);
    journal_boot(boot);
    memcpy(journal->page->magic, JOURNAL_MAGIC, sizeof journal->page->magic);
    memcpy(journal->page->id, journal->id, sizeof journal->page->id);
    memcpy(journal->page->boot, boot, strlen(boot));
}

struct journal_position *journal_position(struct journal *journal)
{
    return &journal->page->position;
}

uint32_t journal_generation(const struct journal *journal)
{
    return journal->generation;
}

/* --- the file --- */

static bool write_all(int fd, const char *data, size_t size, size_t at)
{
    while (size > 0) {
        ssize_t done = pwrite(fd, data, size, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            errno = done == 0 ? ENOSPC : errno;
            return false;
        }
        data += done;
        size -= (size_t)done;
        at += (size_t)done;
    }
    return true;
}

/* The text as the whole file, and its descriptor, which has been locked since before it had its
 * name; −1 with errno. */
static int replace_file(struct journal *journal, const struct str *text)
{
    struct atomic_file *file = NULL;
    errno = ENOENT;
    if (!journal->path || file_make_folders(journal->folder) != LIMBER_OK ||
        atomic_file_open(journal->path, &file) != LIMBER_OK)
        return -1;
    int fd = fcntl(atomic_file_fd(file), F_DUPFD_CLOEXEC, 3);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
        write_all(fd, text->data, text->length, 0)) {
        if (atomic_file_commit(file, true) == LIMBER_OK)
            return fd;
        file = NULL;
    }
    int error = errno;
    atomic_file_abort(file);
    if (fd >= 0)
        close(fd);
    errno = error;
    return -1;
}

/* Begins the file (anew) with what is true now. Type 0: without a moment. */
static bool rewrite(struct journal *journal, enum journal_type type, const struct str *moment)
{
    struct str begin = {0}, text = {0};
    journal_put(&begin, "id", journal->id);
    journal_put_int(&begin, "begun-ms", journal->begun_ms);
    journal_put_about(&begin, &journal->about);
    str_add_bytes(&text, JOURNAL_MAGIC, JOURNAL_MAGIC_BYTES);
    journal_frame(&text, RECORD_BEGIN, 0, begin.data, begin.length);
    if (type)
        journal_frame(&text, type, 1, moment->data, moment->length);
    errno = EFBIG;
    int fd = begin.length <= JOURNAL_RECORD_BYTES ? replace_file(journal, &text) : -1;
    if (fd >= 0) {
        if (journal->fd >= 0)
            close(journal->fd);
        journal->fd = fd;
        journal->size = text.length;
        journal->sequence = type ? 2 : 1;
    }
    str_free(&begin);
    str_free(&text);
    return fd >= 0;
}

static bool append(struct journal *journal, const struct str *record)
{
    if (journal->size + record->length > JOURNAL_LIMIT_BYTES) {
        errno = EFBIG;
        return false;
    }
    if (!write_all(journal->fd, record->data, record->length, journal->size)) {
        int error =
            errno; /* no half records, as far as that can be had: they would be cut anyway */
        (void)!ftruncate(journal->fd, (off_t)journal->size);
        errno = error;
        return false;
    }
    journal->size += record->length;
    journal->sequence++;
    return true;
}

/* Adds a record, in a new file if there is none or it is long. `synced`: it is on the disk. */
static bool add(struct journal *journal, enum journal_type type, const struct str *payload,
                int64_t now_ms, bool *synced)
{
    struct str record = {0};
    if (payload->length > JOURNAL_RECORD_BYTES) {
        errno = EFBIG;
        return false;
    }
    journal_frame(&record, type, journal->sequence, payload->data, payload->length);
    int64_t since = now_ms - journal->tried_ms;
    bool due = journal->fd < 0 || journal->size + record.length > JOURNAL_MOST_BYTES;
    bool again = !journal->tried || since >= RETRY_MS || since < 0;
    bool done = false;
    errno = ENOENT;
    if (due && again) {
        done = *synced = rewrite(journal, type, payload);
        journal->tried = !done;
        journal->tried_ms = now_ms;
    }
    if (!done && journal->fd >= 0)
        done = append(journal, &record);
    str_free(&record);
    return done;
}

static void put_down(struct journal *journal, enum journal_type type,
                     const struct journal_about *about, const struct journal_moment *moment)
{
    struct str payload = {0}, checkpoint = {0};
    bool synced = false;
    checkpoint_write(moment->checkpoint, &checkpoint);
    journal_put_int(&payload, "generation", journal->generation);
    journal_put_int(&payload, "at-ms", moment->now_ms);
    journal_put(&payload, "checkpoint", str_text(&checkpoint));
    journal_put(&payload, "where", moment->where);
    journal_put(&payload, "reason", moment->reason);
    if (about)
        journal_put_about(&payload, about);
    bool tried = journal->tried;
    bool done = add(journal, type, &payload, moment->now_ms, &synced);
    if (!done && !(tried && journal->problem.length)) /* the first reason tells most */
        tell(journal, errno);
    int64_t since = moment->now_ms - journal->synced_ms;
    if (done) {
        journal->problem.length = 0;
        if (!synced && (type != RECORD_STEP || since >= STEP_SYNC_MS || since < 0)) {
            journal_syncer_ask(journal->syncer, journal->fd);
            journal->synced_ms = moment->now_ms;
        }
    }
    int error = journal_syncer_error(journal->syncer);
    if (error)
        tell(journal, error);
    str_free(&checkpoint);
    str_free(&payload);
}

void journal_note(struct journal *journal, enum journal_happening what,
                  const struct journal_moment *moment)
{
    static const enum journal_type types[] = {[JOURNAL_STEP] = RECORD_STEP,
                                              [JOURNAL_PLAYING] = RECORD_PLAYING,
                                              [JOURNAL_PAUSED] = RECORD_PAUSED,
                                              [JOURNAL_STOPPED] = RECORD_STOPPED,
                                              [JOURNAL_FINISHED] = RECORD_FINISHED};
    if (journal->ended)
        return;
    journal->generation += what == JOURNAL_PLAYING;
    put_down(journal, types[what], NULL, moment);
    if (what == JOURNAL_PLAYING)
        journal_position_set(&journal->page->position, journal->generation,
                             moment->checkpoint->from.at);
    journal->ended = what == JOURNAL_STOPPED || what == JOURNAL_FINISHED;
}

/* --- about --- */

static const char *copy(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

static void keep_about(struct journal *journal, const struct journal_about *about)
{
    struct arena *arena = arena_new();
    struct journal_about kept = *about;
    kept.options.page = copy(arena, about->options.page);
    kept.options.voice = copy(arena, about->options.voice);
    kept.options.language = copy(arena, about->options.language);
    kept.options.sounds = copy(arena, about->options.sounds);
    kept.title = copy(arena, about->title);
    kept.choices = copy(arena, about->choices);
    kept.after = copy(arena, about->after);
    journal->about = kept;
    arena_destroy(journal->about_arena); /* `about` may point into it */
    journal->about_arena = arena;
}

void journal_replanned(struct journal *journal, const struct journal_about *about,
                       const struct journal_moment *moment)
{
    if (journal->ended)
        return;
    keep_about(journal, about);
    journal->generation++;
    put_down(journal, RECORD_PLAN, &journal->about, moment);
    journal_position_set(&journal->page->position, journal->generation,
                         moment->checkpoint->from.at);
}

uint64_t journal_fingerprint(const struct plan *plan)
{
    char *text = NULL;
    size_t size = 0;
    struct hash hash = hash_new();
    FILE *to = open_memstream(&text, &size);
    if (!to)
        return 0;
    plan_dump(plan, to);
    if (fclose(to) == 0)
        hash_bytes(&hash, text, size);
    free(text);
    return hash_64(&hash);
}

/* --- beginning and end --- */

static void make_name(struct journal *journal, const char *folder)
{
    uint64_t number = 0;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != (ssize_t)sizeof number) {
        struct prng prng = prng_new((uint64_t)journal->begun_ms ^ (uint64_t)getpid() << 32);
        number = prng_next(&prng);
    }
    snprintf(journal->id, sizeof journal->id, "%016llx", (unsigned long long)number);
    journal->folder =
        folder ? arena_strdup(journal->arena, folder) : file_user_state(journal->arena, "journal");
    if (!journal->folder)
        return;
    journal->path = arena_printf(journal->arena, "%s/%s.journal", journal->folder, journal->id);
    journal->page_path =
        arena_printf(journal->arena, "%s/%s.position", journal->folder, journal->id);
}

struct journal *journal_new(const char *folder, const struct journal_about *about, int64_t now_ms)
{
    struct journal *journal = xcalloc(1, sizeof *journal);
    journal->arena = arena_new();
    journal->fd = -1;
    journal->begun_ms = journal->synced_ms = journal->tried_ms = now_ms;
    make_name(journal, folder);
    keep_about(journal, about);
    journal->syncer = journal_syncer_new();
    if (journal->folder)
        file_make_folders(journal->folder);
    make_page(journal);
    if (!rewrite(journal, 0, NULL)) {
        tell(journal, errno);
        journal->tried = true;
    }
    return journal;
}

void journal_destroy(struct journal *journal)
{
    if (!journal)
        return;
    if (journal->ended && journal->path)
        unlink(journal->path);
    if ((journal->ended || journal->fd < 0) && journal->page_path)
        unlink(journal->page_path);
    journal_syncer_destroy(journal->syncer);
    if (journal->fd >= 0)
        close(journal->fd);
    munmap(journal->page, sizeof *journal->page);
    str_free(&journal->problem);
    arena_destroy(journal->about_arena);
    arena_destroy(journal->arena);
    free(journal);
}
