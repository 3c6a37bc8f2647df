/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing wrong: adds a character to the file $LIMBER_FIXTURE_TRACE whenever it is loaded, so that
 * a test can count how often. */
#define FIXTURE_ID "good-trace"
#include "fixture.h"

#include <fcntl.h>
#include <unistd.h>

__attribute__((constructor)) static void at_load(void)
{
    const char *path = getenv("LIMBER_FIXTURE_TRACE");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (fd >= 0 && write(fd, "x", 1) != 1) {
        abort();
    }
}
