/* SPDX-License-Identifier: GPL-3.0-or-later */
/* folder.h: whether the files of a voice are the same as before: a program, a model or recorded
 * clips in a voice's own folder are part of what its words are made from. */
#ifndef VOICE_FOLDER_H
#define VOICE_FOLDER_H

#include "base/hash.h"

#define FOLDER_MOST_FILES 5000
#define FOLDER_MOST_DEPTH 4 /* folders within the voice's */

/* The state of the folder: its path, and the names, sizes and times of change of all files in it
 * but voice.yaml, `except` (a path, or NULL), and those whose name begins with '.'. Files beyond
 * the limits above are not looked at. The same for all folders without any such file, and for
 * NULL. */
struct hash folder_state(const char *folder, const char *except);

#endif
