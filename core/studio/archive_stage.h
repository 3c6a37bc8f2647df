/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_stage.h: a hidden folder beside the voices, in which one is put together or taken apart,
 * and the steps in and out of place that cannot be seen half done. */
#ifndef STUDIO_ARCHIVE_STAGE_H
#define STUDIO_ARCHIVE_STAGE_H

#include <stdbool.h>

#include "base/status.h"

struct archive_stage {
    char *folder, *path; /* the voices' folder; the stage in it */
    int lock_fd;         /* the stage, locked as long as this process lives */
};

/* Makes the stage, and clears away those of processes that are gone. Errors: IO; errno tells. */
enum limber_status archive_stage_open(const char *folder, struct archive_stage *stage);
/* Deletes the stage with all that is in it. */
void archive_stage_close(struct archive_stage *stage);

/* Moves stage/`inner` to folder/`name`. `replace`: what is there changes places with it, so that
 * there is a voice of that name at any time. BUSY: there is something, and it is to stay. Errors:
 * also IO. All is on the disk when this returns. */
enum limber_status archive_stage_place(struct archive_stage *stage, const char *inner,
                                       const char *name, bool replace);
/* Moves folder/`name` into the stage. Errors: NOT_FOUND, IO. */
enum limber_status archive_stage_take(struct archive_stage *stage, const char *name);

#endif
