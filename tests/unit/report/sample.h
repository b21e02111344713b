/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sample.h - finished runs made by hand. The first is the crash that OSR published ("One Driver: Loading and Unloading",
 * The NT Insider): DriverEntry creates its work queues while the unload callback stops them.
 */
#ifndef AIRLOCK_TESTS_SAMPLE_H
#define AIRLOCK_TESTS_SAMPLE_H

#include "finding.h"

report_run sample_crash(void);  /* F1, and a leak as the second failure */
report_run sample_hang(void);   /* a deadlock and a livelock */
report_run sample_clean(void);  /* nothing failed */
report_run sample_budget(void); /* the budget ended first, and no point was controlled */

#endif
