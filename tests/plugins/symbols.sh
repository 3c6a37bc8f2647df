#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every plugin exports one symbol and needs none that nobody gives.
# usage: symbols.sh FOLDER…
set -eu
count=0
for folder in "$@"; do
    for file in "$folder"/*.so; do
        [ -e "$file" ] || continue
        exported=$(nm -D --defined-only --format=just-symbols "$file" | sort | tr '\n' ' ')
        if [ "$exported" != "limber_plugin_entry " ]; then
            echo "$file exports: $exported" >&2
            exit 1
        fi
        count=$((count + 1))
    done
done
echo "$count plugins export limber_plugin_entry and nothing else"
[ "$count" -gt 0 ]
