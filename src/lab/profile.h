/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile.h - which exports exist on which Windows: the table that the miniature NT was built from. */
#ifndef AIRLOCK_LAB_PROFILE_H
#define AIRLOCK_LAB_PROFILE_H

#include "scenario.h"

/* The table's text: columns module, name, since, fidelity, note. Zero-terminated, lives for ever. */
const char *profile_exports(image_machine machine);

/* A machine_export_filter; `context` points to a lab_scenario. If calls are to fail, a routine's fail point stands for it. */
const char *profile_export(void *context, const char *module, const char *name);

/* The note of an approximated export, NULL if it is modelled in full or not in the table. */
const char *profile_approximation(image_machine machine, const char *module, const char *name);

/* Is what came with `since` ("xpsp3") in this Windows? */
bool profile_since(image_machine machine, lab_os os, const char *since);

/* A release's place in the order of releases, the oldest first; an unknown one comes after all of them. */
int profile_release(const char *since);

#endif
