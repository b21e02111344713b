/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tunables.h - every number of the miniature NT that could just as well be another one. */
#ifndef AIRLOCK_NT_TUNABLES_H
#define AIRLOCK_NT_TUNABLES_H

/*
 * Worker threads per queue. Windows starts with more and adds some when they block; a finite pool is kept here because
 * exhausting it (every worker waits for an item that no worker is left to run) is a failure worth finding.
 */
#define EXP_DELAYED_WORKERS  4
#define EXP_CRITICAL_WORKERS 2

/* System time at boot: 2014-04-01 00:00 UTC, 100 ns units since 1601. Fixed, so that every run is the same. */
#define KE_BOOT_TIME             130407840000000000ULL
#define KE_TIME_INCREMENT        156250u   /* 100 ns units per tick of KeQueryTickCount */
#define KE_PERFORMANCE_FREQUENCY 10000000u /* per second: the virtual clock's own unit */

#define KE_PROCESSORS 2 /* what a driver is told; every thread has a processor of its own */

#endif
