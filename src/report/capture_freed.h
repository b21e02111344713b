/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture_freed.h - who freed, or unmapped, the memory that a fault met. Used by capture.c. */
#ifndef AIRLOCK_REPORT_CAPTURE_FREED_H
#define AIRLOCK_REPORT_CAPTURE_FREED_H

#include "capture.h"

/* Sets out->freed… from out->ending.address and out->page. The lab stands at the execution's end afterwards. */
void capture_freed(report_arena *arena, lab *l, const lab_schedule *schedule, capture *out);

#endif
