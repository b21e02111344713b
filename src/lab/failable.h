/* SPDX-License-Identifier: GPL-2.0-or-later */
/* failable.h - which calls of a driver's DriverEntry can fail on purpose (nt/vf/failable.tsv), in a scenario. */
#ifndef AIRLOCK_LAB_FAILABLE_H
#define AIRLOCK_LAB_FAILABLE_H

#include "lab.h"

typedef struct {
    char name[64];    /* "FltCreateCommunicationPort" */
    char failure[64]; /* what it gives when it fails: "STATUS_INSUFFICIENT_RESOURCES", "NULL", "nothing" */
} lab_call;

/*
 * Loads the driver once, with nothing else going on, and lists its DriverEntry's calls in order; number N of
 * lab_scenario.fail is calls[N - 1]. *calls is malloc'ed. If other threads interfere, DriverEntry may make other calls.
 * `error`: 256 bytes.
 */
lab_status lab_list_calls(const lab_scenario *scenario, lab_call **calls, size_t *count, char *error);

#endif
