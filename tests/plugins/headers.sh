#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every public header compiles alone, as C and as C++, with all warnings as errors.
# usage: headers.sh SOURCE_DIR CC CXX   (CXX may be empty: then only C is tried)
set -eu
source=$1 cc=$2 cxx=$3
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
count=0
for header in "$source"/core/include/limber/*.h; do
    name=limber/$(basename "$header")
    # Twice: it must guard itself.
    printf '#include <%s>\n#include <%s>\n' "$name" "$name" >"$tmp/alone.c"
    cp "$tmp/alone.c" "$tmp/alone.cpp"
    for std in c99 c11 c17; do
        "$cc" -std=$std -Wall -Wextra -pedantic -Werror -I"$source/core/include" -fsyntax-only "$tmp/alone.c"
        count=$((count + 1))
    done
    [ -n "$cxx" ] || continue
    for std in c++11 c++17 c++20; do
        "$cxx" -std=$std -Wall -Wextra -pedantic -Werror -I"$source/core/include" -fsyntax-only "$tmp/alone.cpp"
        count=$((count + 1))
    done
done
# The public headers may include only each other and these three of the C library.
if grep -hn '^#include' "$source"/core/include/limber/*.h |
    grep -v -e '"limber/[a-z]*\.h"' -e '<stdbool.h>' -e '<stddef.h>' -e '<stdint.h>'; then
    echo "a public header includes something else" >&2
    exit 1
fi
echo "$count compilations"
[ "$count" -ge 18 ]
