/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exit.h - the exit statuses, a promise to scripts. */
#ifndef AIRLOCK_CLI_EXIT_H
#define AIRLOCK_CLI_EXIT_H

typedef enum {
    CLI_CLEAN = 0,        /* nothing failed, to the stated bound */
    CLI_FAILED = 1,       /* a failure was found */
    CLI_USAGE = 2,        /* usage, or unreadable input */
    CLI_NOT_MODELLED = 3, /* the driver needs something that is not modelled */
    CLI_INTERNAL = 4,     /* an error of ours */
    CLI_BUDGET = 5        /* the budget ended before the bound was complete: not a pass */
} cli_exit;

#endif
