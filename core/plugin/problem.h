/* SPDX-License-Identifier: GPL-3.0-or-later */
/* problem.h: reasons for the person. Private to core/plugin. */
#ifndef PLUGIN_PROBLEM_H
#define PLUGIN_PROBLEM_H

/* A malloc'ed sentence; long ones are cut. */
char *problem_new(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
