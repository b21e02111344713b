/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classes.h - what the failure classes mean. */
#ifndef AIRLOCK_REPORT_CLASSES_H
#define AIRLOCK_REPORT_CLASSES_H

/* What a failure class ("F1", "deadlock", "leak" …) means, as the end of a sentence; NULL for an unknown one. */
const char *report_class_meaning(const char *kind);

#endif
