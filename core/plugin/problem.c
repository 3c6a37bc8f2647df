/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/problem.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"

char *problem_new(const char *format, ...)
{
    char line[2048];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    return xstrdup(line);
}
