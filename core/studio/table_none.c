/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table_none.c: table_read() of a build without libcsv. */
#include "studio/table.h"

enum limber_status table_read(const char *path, struct arena *arena, struct table *table,
                              char **error)
{
    *table = (struct table){.text = "", .separator = ',', .line_end = "\n"};
    *error = xstrdup("this Limber was built without libcsv and cannot read tables");
    return LIMBER_UNSUPPORTED;
}
