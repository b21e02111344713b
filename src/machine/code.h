/* SPDX-License-Identifier: GPL-2.0-or-later */
/* code.h - the decoded instructions of a page: interpret.c. */
#ifndef AIRLOCK_MACHINE_CODE_H
#define AIRLOCK_MACHINE_CODE_H

#include "core.h"
#include "operation.h"

struct code {
    uint16_t index[PAGE_BYTES]; /* in operations, + 1 */
    operation *operations;
    uint16_t count, capacity;
    window *home;
    uint64_t page; /* in the window */
    struct code *next;
};

#endif
