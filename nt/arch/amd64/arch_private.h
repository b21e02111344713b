/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arch_private.h - trap entries (trap.S), known only to the table that names them. */
#ifndef AIRLOCK_NT_ARCH_PRIVATE_H
#define AIRLOCK_NT_ARCH_PRIVATE_H

VOID KiDivideErrorFault(VOID);
VOID KiDebugTrapOrFault(VOID);
VOID KiNmiInterrupt(VOID);
VOID KiBreakpointTrap(VOID);
VOID KiOverflowTrap(VOID);
VOID KiBoundFault(VOID);
VOID KiInvalidOpcodeFault(VOID);
VOID KiNpxNotAvailableFault(VOID);
VOID KiDoubleFaultAbort(VOID);
VOID KiNpxSegmentOverrunAbort(VOID);
VOID KiInvalidTssFault(VOID);
VOID KiSegmentNotPresentFault(VOID);
VOID KiStackFault(VOID);
VOID KiGeneralProtectionFault(VOID);
VOID KiPageFault(VOID);
VOID KiFloatingErrorFault(VOID);
VOID KiAlignmentFault(VOID);
VOID KiMcheckAbort(VOID);
VOID KiXmmException(VOID);
VOID KiRaiseSecurityCheckFailure(VOID);
VOID KiRaiseAssertion(VOID);
VOID KiDebugServiceTrap(VOID);

#endif
