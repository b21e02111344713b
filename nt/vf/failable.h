/* SPDX-License-Identifier: GPL-2.0-or-later */
/* failable.h - one routine that can fail on purpose: what a fail point (failable.c, failpoint-ARCHITECTURE.S) goes by. */
#ifndef AIRLOCK_NT_FAILABLE_H
#define AIRLOCK_NT_FAILABLE_H

#include "ntos.h"

typedef struct _VF_FAILABLE_ROUTINE {
    PCSTR Text;          /* its name, a blank, and its failure as failable.tsv has it */
    const CHAR *Routine; /* its code */
    ULONG_PTR Failure;   /* what it returns when it fails */
} VF_FAILABLE_ROUTINE;
typedef const VF_FAILABLE_ROUTINE *PVF_FAILABLE_ROUTINE;

/* Is this the call that is to fail? Counts it. Any IRQL. */
BOOLEAN NTAPI VfFailHere(PVF_FAILABLE_ROUTINE Routine);

#endif
