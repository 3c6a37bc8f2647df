#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The plugin interface is as it was published: abi-1.txt holds every size, place and number, for 64-bit machines.
# usage: abi.sh PROGRAM SOURCE_DIR
set -eu
program=$1 source=$2
[ "$(getconf LONG_BIT)" = 64 ] || { echo "skipped: abi-1.txt is for 64-bit machines"; exit 77; }
"$program" | diff -u "$source/tests/plugins/abi-1.txt" - ||
    { echo "a published struct or number has changed: give it a new revision instead" >&2; exit 1; }
# A struct that is new in the headers must be listed too.
listed=$("$program" | grep -c '^limber_')
there=$(cat "$source"/core/include/limber/*.h | grep -c '^struct limber_[a-z_]* {')
[ "$listed" = "$there" ] ||
    { echo "the headers have $there structs, abi_layout.c lists $listed" >&2; exit 1; }
echo "$there structs as published"
