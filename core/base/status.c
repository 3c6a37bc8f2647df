/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status.c: words for status values. */
#include "base/status.h"

const char *status_text(enum limber_status status)
{
    switch (status) {
    case LIMBER_OK:
        return "done";
    case LIMBER_FAILED:
        return "the operation failed";
    case LIMBER_INVALID:
        return "not a valid value or file";
    case LIMBER_NOT_FOUND:
        return "no such thing";
    case LIMBER_UNSUPPORTED:
        return "not supported here";
    case LIMBER_LIMIT:
        return "a limit was reached";
    case LIMBER_NO_MEMORY:
        return "out of memory";
    case LIMBER_IO:
        return "reading or writing failed";
    case LIMBER_LOST:
        return "the device or process has gone away";
    case LIMBER_TIMEOUT:
        return "no answer in time";
    case LIMBER_CANCELLED:
        return "stopped on request";
    case LIMBER_BUSY:
        return "busy, try again";
    }
    return "unknown status";
}
