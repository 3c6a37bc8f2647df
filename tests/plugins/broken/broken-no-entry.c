/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A shared object that is no plugin. */
__attribute__((visibility("default"))) int broken_no_entry(void);

int broken_no_entry(void)
{
    return 1;
}
