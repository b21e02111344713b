/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfp.h - inside the verifier. */
#ifndef AIRLOCK_NT_VFP_H
#define AIRLOCK_NT_VFP_H

#include "vf.h"

typedef struct _VF_DRIVER {
    struct _VF_DRIVER *Next;
    PDRIVER_OBJECT DriverObject;
    PVOID Base;
    SIZE_T Size;      /* bytes */
    BOOLEAN Deleted;  /* the driver object is gone */
    BOOLEAN Unmapped; /* the image is gone */
    CHAR Name[64];
} VF_DRIVER, *PVF_DRIVER;

PVF_DRIVER VfpNextDriver(PVF_DRIVER Driver); /* NULL: the first */
PVF_DRIVER VfpDriverOf(const VOID *Address); /* whose image contains it; NULL = none */

#endif
