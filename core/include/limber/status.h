/* SPDX-License-Identifier: MIT */
/* The one status enumeration, shared by the core and every plugin. */
#ifndef LIMBER_STATUS_H
#define LIMBER_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Zero is success; everything else says what kind of thing went wrong. The words for a person go to
 * the log or to a diagnostic, never into this number. Values are part of the ABI: append only. */
enum limber_status {
    LIMBER_OK = 0,
    LIMBER_FAILED = 1,      /* the operation failed at run time; the log says why */
    LIMBER_INVALID = 2,     /* an argument or input is malformed or out of range */
    LIMBER_NOT_FOUND = 3,   /* the named file, device, voice or sound does not exist */
    LIMBER_UNSUPPORTED = 4, /* well-formed, but this component cannot do it */
    LIMBER_LIMIT = 5,       /* a documented limit (size, depth, length, count) was reached */
    LIMBER_NO_MEMORY = 6,   /* memory ran out */
    LIMBER_IO =
        7, /* a file or pipe could not be read or written; errno tells, disk full included */
    LIMBER_LOST = 8,       /* a device or a process that was there has gone away */
    LIMBER_TIMEOUT = 9,    /* a deadline passed */
    LIMBER_CANCELLED = 10, /* the host asked to stop; not an error */
    LIMBER_BUSY = 11       /* not now; the caller may try again */
};

#ifdef __cplusplus
}
#endif
#endif
