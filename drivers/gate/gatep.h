/* SPDX-License-Identifier: MIT */
/* gatep.h - what the parts of gate.sys know of each other. */
#ifndef GATEP_H
#define GATEP_H

#include "gate.h"

#define GATE_TAG 'etaG'

/* A driver that gate.sys loads. Made once, kept for ever. */
typedef struct _GATE_TARGET {
    struct _GATE_TARGET *Next; /* in the order of the service key */
    UNICODE_STRING Service;    /* name of the service */
    UNICODE_STRING Device;     /* name of its device; empty: it exports GateRegister */
    UNICODE_STRING Key;        /* path of the service key */
    UNICODE_STRING Image;      /* name of the file, without directory */
    KEVENT Released;           /* gate.sys is not in what the driver does to register, nor about to be */
    volatile LONG Arrived;     /* somebody else has begun to load it */
} GATE_TARGET, *PGATE_TARGET;

#define GateLog(Format, ...) DbgPrint("gate: " Format "\n", ##__VA_ARGS__)

/* The targets of the service key at RegistryPath, in order (config.c). STATUS_NOT_FOUND: there are none. */
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS
    GateReadTargets(_In_ PUNICODE_STRING RegistryPath, _Outptr_ PGATE_TARGET *Targets);

/* For a gate.sys that cannot start. */
_IRQL_requires_(PASSIVE_LEVEL) VOID GateFreeTargets(_In_opt_ PGATE_TARGET Targets);

/* Have the target, which is loaded, register (register.c). Its status. Released is set when it has been asked. */
_IRQL_requires_(PASSIVE_LEVEL) NTSTATUS GateRegisterTarget(_Inout_ PGATE_TARGET Target);

/* Address of what an image exports by this name, NULL if it does not (export.c). The image must stay meanwhile. */
_IRQL_requires_(PASSIVE_LEVEL) PVOID GateFindExport(_In_ PVOID ImageBase, _In_ ULONG ImageSize, _In_ PCSTR Name);

#endif
