/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traps.c - what the processor enters on which vector. */
#include "arch.h"

/* TRAPS(X): X(vector, routine in trap.S) */
#define TRAPS(X)      \
    X(0x00, KiTrap00) \
    X(0x01, KiTrap01) \
    X(0x02, KiTrap02) \
    X(0x03, KiTrap03) \
    X(0x04, KiTrap04) \
    X(0x05, KiTrap05) \
    X(0x06, KiTrap06) \
    X(0x07, KiTrap07) \
    X(0x08, KiTrap08) \
    X(0x09, KiTrap09) \
    X(0x0a, KiTrap0A) \
    X(0x0b, KiTrap0B) \
    X(0x0c, KiTrap0C) \
    X(0x0d, KiTrap0D) \
    X(0x0e, KiTrap0E) \
    X(0x0f, KiTrap0F) \
    X(0x10, KiTrap10) \
    X(0x11, KiTrap11) \
    X(0x12, KiTrap12) \
    X(0x13, KiTrap13) X(0x29, KiRaiseSecurityCheckFailure) X(0x2c, KiRaiseAssertion) X(0x2d, KiDebugService)

#define TRAP_DECLARE(vector, routine) VOID routine(VOID);
TRAPS(TRAP_DECLARE)

const KI_TRAP KiTraps[] = {
#define TRAP_ENTRY(vector, routine) {vector, routine},
    TRAPS(TRAP_ENTRY){0, NULL}};
