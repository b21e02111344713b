/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts.h - the parts of a text report, one file each. Used inside src/report. */
#ifndef AIRLOCK_REPORT_PARTS_H
#define AIRLOCK_REPORT_PARTS_H

#include "finding.h"
#include "print.h"

void print_plan(const printer *p, const report_run *run); /* plan.c */
void print_failing(const printer *p, const report_call *call);
void print_explored(const printer *p, const report_run *run); /* verdict.c */
void print_verdict(const printer *p, const report_run *run);
void print_verdict_line(const printer *p, const report_run *run); /* -q */

/* windbg.c */
void print_bugcheck(const printer *p, const report_bugcheck *bugcheck);
void print_fault(const printer *p, const report_fault *fault);
void print_thread(const printer *p, const report_thread *thread);

void print_schedule(const printer *p, const report_failure *failure); /* schedule.c */
void print_window(const printer *p, const report_window *window);     /* window.c */

void print_notes(const printer *p, const report_run *run); /* notes.c */

/* failure.c */
void print_failure(const printer *p, const report_run *run, const report_failure *failure);
void print_failure_brief(const printer *p, const report_failure *failure);

#endif
