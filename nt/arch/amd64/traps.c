/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traps.c - what the processor enters on which vector. */
#include "arch.h"

#include "arch_private.h"

const KI_TRAP KiTraps[] = {
    {0x00, KiDivideErrorFault},
    {0x01, KiDebugTrapOrFault},
    {0x02, KiNmiInterrupt},
    {0x03, KiBreakpointTrap},
    {0x04, KiOverflowTrap},
    {0x05, KiBoundFault},
    {0x06, KiInvalidOpcodeFault},
    {0x07, KiNpxNotAvailableFault},
    {0x08, KiDoubleFaultAbort},
    {0x09, KiNpxSegmentOverrunAbort},
    {0x0a, KiInvalidTssFault},
    {0x0b, KiSegmentNotPresentFault},
    {0x0c, KiStackFault},
    {0x0d, KiGeneralProtectionFault},
    {0x0e, KiPageFault},
    {0x10, KiFloatingErrorFault},
    {0x11, KiAlignmentFault},
    {0x12, KiMcheckAbort},
    {0x13, KiXmmException},
    {0x29, KiRaiseSecurityCheckFailure},
    {0x2c, KiRaiseAssertion},
    {0x2d, KiDebugServiceTrap},
    {0, NULL},
};
