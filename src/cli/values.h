/* SPDX-License-Identifier: GPL-2.0-or-later */
/* values.h - values of options: each function prints what is wrong and returns false, or sets its result. */
#ifndef AIRLOCK_CLI_VALUES_H
#define AIRLOCK_CLI_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"

/* A whole number, decimal or 0x…, from `least` to `most`. */
bool cli_number(const char *option, const char *text, uint64_t least, uint64_t most, uint64_t *number);

/* A number as above, or "none" for EXPLORE_UNBOUNDED. */
bool cli_bound(const char *option, const char *text, uint32_t *bound);

/* The number of a call, or "each". */
bool cli_fail(const char *option, const char *text, uint32_t *call, bool *each);

/* Seconds: "90", "90s", "5m", "1h". More than 0. */
bool cli_duration(const char *option, const char *text, double *seconds);

/* Nanoseconds: "20us", "5ms", "2s" and as above. At least 1 ns. */
bool cli_stall(const char *option, const char *text, uint64_t *nanoseconds);

/* --os, --load, --unload. */
bool cli_os(const char *text, lab_os *os);
bool cli_load(const char *text, lab_load *load);
bool cli_unload(const char *text, lab_unload *unload);

/* The same as "first,second": sets, bit 1 << value. */
bool cli_os_list(const char *text, unsigned *set);
bool cli_load_list(const char *text, unsigned *set);
bool cli_unload_list(const char *text, unsigned *set);

/* "switch=value" */
bool cli_model(const char *text, lab_scenario *scenario);

#endif
