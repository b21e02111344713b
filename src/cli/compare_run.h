/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compare_run.h - one row of a comparison: one driver in one scenario, explored, measured, judged. */
#ifndef AIRLOCK_CLI_COMPARE_RUN_H
#define AIRLOCK_CLI_COMPARE_RUN_H

#include "compare.h"
#include "lab.h"

typedef struct {
    uint64_t max_executions; /* 0 = no limit */
    double max_seconds;      /* 0 = no limit */
    uint32_t bound;
} compare_budget;

/* On anything but LAB_OK `error` (256 bytes) says why. */
lab_status compare_run(const lab_scenario *scenario, const compare_budget *budget, compare_result *out, char *error);

#endif
