/* SPDX-License-Identifier: GPL-3.0-or-later */
/* qemu_instructions.c: a plugin for qemu's user mode that counts the instructions of a program and
 * of all that it starts, however they end. The file $INSTRUCTIONS, which must be there and have
 * 4 MiB of zeros, holds a counter for each process at the beginning of a page of 4,096 bytes; the
 * first page has the number of processes. tests/bench/instructions uses it. Declared is only what
 * is used, as Debian has no package with the header. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define PAGE   4096
#define PAGES  1024

struct qemu_plugin_tb;
typedef uint64_t qemu_plugin_id_t;
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           void (*callback)(qemu_plugin_id_t id,
                                                            struct qemu_plugin_tb *block));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *block, int operation,
                                              void *counter, uint64_t more);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
int qemu_plugin_install(qemu_plugin_id_t id, const void *about, int argc, char **argv);

extern EXPORT int qemu_plugin_version;
int qemu_plugin_version = 1;

/* The code that was translated counts at this address; what is mapped there is the process's own.
 * Threads of one process add to it without a lock: a few additions may be lost. */
static _Alignas(PAGE) uint64_t counter[PAGE / sizeof(uint64_t)];
static _Atomic uint64_t *processes;
static int file = -1;

static void begin_anew(void)
{
    uint64_t page = atomic_fetch_add(processes, 1) + 1;
    if (page >= PAGES || mmap(counter, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file,
                              (off_t)page * PAGE) == MAP_FAILED)
        abort();
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(block, 0, counter, qemu_plugin_tb_n_insns(block));
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *about, int argc, char **argv)
{
    (void)about, (void)argc, (void)argv;
    const char *path = getenv("INSTRUCTIONS");
    file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *first =
        file < 0 ? MAP_FAILED : mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (first == MAP_FAILED) {
        perror("qemu_instructions: $INSTRUCTIONS");
        return 1;
    }
    processes = first;
    begin_anew();
    pthread_atfork(NULL, NULL, begin_anew);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
