/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive_none.c: in place of the others where libarchive, nettle or utf8proc is missing. */
#include "base/diag.h"
#include "studio/archive.h"

static enum limber_status missing(struct diags *diags)
{
    diags_add(diags, SEVERITY_ERROR, (struct place){0},
              "a voice is a plain folder: copy it by hand",
              "this Limber was built without the libraries for archives");
    return LIMBER_UNSUPPORTED;
}

enum limber_status archive_pack(const struct archive_pack_options *options, struct arena *arena,
                                struct diags *diags, struct archive_result *result)
{
    *result = (struct archive_result){0};
    return missing(diags);
}

enum limber_status archive_install(const struct archive_install_options *options,
                                   struct arena *arena, struct diags *diags,
                                   struct archive_result *result)
{
    *result = (struct archive_result){0};
    return missing(diags);
}

const char *archive_name_problem(const char *name)
{
    return NULL;
}
