#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The examples, built as a stranger would: from an installed tree, with make and pkg-config only, and one with CMake; then used.
# usage: out_of_tree.sh CMAKE BUILD_DIR SOURCE_DIR PROGRAM
set -eu
cmake=$1 build=$2 source=$3 program=$4
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
umask 022
"$cmake" --install "$build" --prefix "$tmp/prefix" --component sdk >"$tmp/log"

pc=$(find "$tmp/prefix" -name limber.pc)
[ -n "$pc" ] || { echo "limber.pc is not installed" >&2; exit 1; }
export PKG_CONFIG_LIBDIR="$(dirname "$pc")"
unset PKG_CONFIG_PATH CFLAGS CPPFLAGS LDFLAGS MAKEFLAGS MAKELEVEL || true

abi=$(pkg-config --variable=abi limber)
grep -q "define LIMBER_ABI_MAJOR ${abi}u" "$source/core/include/limber/plugin.h" ||
    { echo "pkg-config says abi=$abi, the header does not" >&2; exit 1; }
case $(realpath -m "$(pkg-config --variable=plugindir limber)") in
"$(realpath "$tmp/prefix")"/*/limber/plugins) ;;
*) echo "plugindir is $(pkg-config --variable=plugindir limber)" >&2; exit 1 ;;
esac

# The tree may be moved after it was installed.
mv "$tmp/prefix" "$tmp/moved"
export PKG_CONFIG_LIBDIR="$tmp/moved${PKG_CONFIG_LIBDIR#"$tmp/prefix"}"

cp -r "$source/examples" "$tmp/examples"
mkdir "$tmp/plugins"
for folder in "$tmp"/examples/*/; do
    name=$(basename "$folder")
    [ -f "$folder/Makefile" ] || continue
    XDG_DATA_HOME="$tmp/data" make -s -C "$folder" CFLAGS="-O1 -Werror" install
    [ "$(wc -l <"$folder/$name.c")" -le 150 ] || { echo "$name.c is not minimal" >&2; exit 1; }
done
sh "$source/tests/plugins/symbols.sh" "$tmp/data/limber/plugins"

# The same with the CMake package.
mkdir "$tmp/cmake"
cat >"$tmp/cmake/CMakeLists.txt" <<END
cmake_minimum_required(VERSION 3.16)
project(stranger C)
find_package(Limber 0.1 REQUIRED)
if(NOT LIMBER_ABI EQUAL $abi OR NOT LIMBER_PLUGIN_DIR MATCHES "/limber/plugins$")
    message(FATAL_ERROR "LIMBER_ABI=\${LIMBER_ABI} LIMBER_PLUGIN_DIR=\${LIMBER_PLUGIN_DIR}")
endif()
limber_add_plugin(speech-example $tmp/examples/speech-example/speech-example.c)
target_link_libraries(speech-example PRIVATE m)
END
"$cmake" -S "$tmp/cmake" -B "$tmp/cmake/build" -DCMAKE_PREFIX_PATH="$tmp/moved" -DCMAKE_BUILD_TYPE=Release >"$tmp/log" 2>&1 &&
    "$cmake" --build "$tmp/cmake/build" >"$tmp/log" 2>&1 || { cat "$tmp/log" >&2; exit 1; }
sh "$source/tests/plugins/symbols.sh" "$tmp/cmake/build"

"$program" "$tmp/data/limber/plugins" "$tmp"
"$program" "$tmp/cmake/build" "$tmp" speech-example
