/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * embedded.h - the miniature NT inside this program, for both architectures: "ntoskrnl.exe", "hal.dll", "fltmgr.sys",
 * "session.exe", and "exports.tsv", the table of what they export on which Windows (format: nt/exports/README.md).
 */
#ifndef AIRLOCK_EMBEDDED_H
#define AIRLOCK_EMBEDDED_H

#include <stddef.h>

struct lab_embedded_file {
    const char *name;
    const unsigned char *bytes;
    size_t size; /* bytes */
};

/* Each ends with a NULL name. */
extern const struct lab_embedded_file lab_embedded_x64[], lab_embedded_x86[];

#endif
