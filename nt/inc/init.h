/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * init.h - boot: the options of the loader block and the order in which the parts come up.
 *
 * KiSystemStartup (nt/arch) -> KiInitializeKernel (phase 0: processor, traps, model) -> Phase1Initialization -> the
 * parts, in the order of the prototypes below -> HV_BOOTED. All of it runs on the first thread, before any other thread
 * may be scheduled by the explorer.
 */
#ifndef AIRLOCK_NT_INIT_H
#define AIRLOCK_NT_INIT_H

#include "ntos.h"

extern struct hv_loader_block *KeLoaderBlock; /* valid for ever; read-only */

/* Value of the boot option "/Name=value", zero-terminated; NULL if it is absent. Name is upper case ("FILE"). */
PCSTR InitOption(PCSTR Name);

/*
 * Walk the options "/Kind:name=value" of one kind ("REG", "MODEL"), in the order given. Start with *Cookie = 0.
 * Returns FALSE after the last one. The texts are zero-terminated and stay valid.
 */
BOOLEAN InitNextOption(PCSTR Kind, PULONG Cookie, PCSTR *Name, PCSTR *Value);

VOID InitParseOptions(VOID);  /* nt/init/options.c: before any of the above */
VOID NtModelInitialize(VOID); /* nt/init/model.c: options -> NtModel */

VOID KiInitializeKernel(struct hv_loader_block *LoaderBlock);

/* Parts owned elsewhere that Phase1Initialization calls, in this order. */
VOID KiInitializeTraps(VOID); /* nt/arch/amd64: IDT and friends */
VOID ObInitSystem(VOID);      /* nt/ob: object types exist afterwards (PsThreadType, PsProcessType, ...) */
VOID SeInitSystem(VOID);      /* nt/se */
VOID CmInitSystem(VOID);      /* nt/cm: the service key from /FILE, /SERVICE and /REG */
VOID IoInitSystem(VOID);      /* nt/io: driver objects; calls the entry of fltmgr.sys */
/* session.exe's entry: VOID SessionStart(VOID), taken from the loader block's module list. */

#endif
