/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classes.h - names of verdicts, and what the failure classes mean. */
#ifndef AIRLOCK_REPORT_CLASSES_H
#define AIRLOCK_REPORT_CLASSES_H

#include "finding.h"

/* What a failure class ("F1", "deadlock", "leak" …) means, as the end of a sentence; NULL for an unknown one. */
const char *report_class_meaning(const char *kind);

/* "closed", "closed-by-timing", "narrowed", "open", "not-finished", "clean-to-bound": as in JSON. */
const char *report_verdict_name(report_verdict verdict);

#endif
