/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The library that broken-library does not find. */
int limber_fixture_gone(void);

int limber_fixture_gone(void)
{
    return 0;
}
