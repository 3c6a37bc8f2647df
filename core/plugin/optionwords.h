/* SPDX-License-Identifier: GPL-3.0-or-later */
/* optionwords.h: options of plugins in words. */
#ifndef PLUGIN_OPTIONWORDS_H
#define PLUGIN_OPTIONWORDS_H

#include "limber/plugin.h"

struct str;

/* What a value of this option looks like: "a whole number from 0 to 1000 (in ms, without the
 * unit)". */
void options_add_expected(struct str *text, const struct limber_option *option);

#endif
