/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dpcp.h - between timers and DPCs. All of it is for use inside the dispatcher. */
#ifndef AIRLOCK_NT_KE_DPCP_H
#define AIRLOCK_NT_KE_DPCP_H

#include "ke.h"

extern LIST_ENTRY KiTimerList;       /* set timers, earliest first */
extern volatile LONG KiTimerChanged; /* the earliest one is another now: the DPC thread must look again */

VOID KiExpireTimers(VOID);
BOOLEAN KiQueueDpc(PKDPC Dpc, PVOID Argument1, PVOID Argument2);

#endif
