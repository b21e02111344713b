/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cm.h - the registry: a tree in memory, made at boot from options, with the keys of the services.
 *
 * Each operation is one atomic section. Nodes come from HV_SYSTEM memory and live as long as the system does; a deleted
 * key is only unlinked.
 */
#ifndef AIRLOCK_NT_CM_H
#define AIRLOCK_NT_CM_H

#include "ntos.h"

typedef struct _CM_VALUE {
    struct _CM_VALUE *Next;
    UNICODE_STRING Name;
    ULONG Type;
    ULONG Bytes;
    PVOID Data;
} CM_VALUE, *PCM_VALUE;

typedef struct _CM_KEY {
    struct _CM_KEY *Parent;
    struct _CM_KEY *Next;  /* sibling, in order of creation */
    struct _CM_KEY *Child; /* first */
    PCM_VALUE Value;       /* first */
    UNICODE_STRING Name;   /* last component */
    BOOLEAN Deleted;
} CM_KEY, *PCM_KEY;

#define CM_SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"

/*
 * Boot. Options read here:
 *   /SERVICE=name /FILE=name.sys     a service key (several: /SERVICE2= /FILE2= ...) with the values of a minifilter:
 *                                    ImagePath, Type 2, Start 3, ErrorControl 1, Group, Instances\...\Altitude, Flags
 *   /REG:path\name=value             adds or replaces; path is relative to the Services key unless it begins with a
 *                                    backslash; without a path: a value of the first service; value is a number
 *                                    (REG_DWORD) or text (REG_SZ)
 */
VOID CmInitSystem(VOID);

/* Full path or, if Root is not NULL, relative. NULL = no such key. Not for IRQL > APC_LEVEL. */
PCM_KEY CmpFindKey(PCM_KEY Root, PCUNICODE_STRING Path);
PCM_KEY CmpCreateKey(PCM_KEY Root, PCUNICODE_STRING Path, PBOOLEAN Created);
PCM_VALUE CmpFindValue(PCM_KEY Key, PCUNICODE_STRING Name);
NTSTATUS CmpSetValue(PCM_KEY Key, PCUNICODE_STRING Name, ULONG Type, const VOID *Data, ULONG Bytes);
BOOLEAN CmpDeleteValue(PCM_KEY Key, PCUNICODE_STRING Name);
NTSTATUS CmpDeleteKey(PCM_KEY Key);
NTSTATUS CmpKeyOfHandle(HANDLE Handle, PCM_KEY *Key);
VOID CmpInitKeyObjects(VOID);
/* REG_DWORD value of a key, or Default. */
ULONG CmpQueryDword(PCM_KEY Key, PCWSTR Name, ULONG Default);

extern PCM_KEY CmpServicesKey;

/* Key object: what a handle to a key names. */
typedef struct _CM_KEY_BODY {
    PCM_KEY Key;
} CM_KEY_BODY, *PCM_KEY_BODY;

/* Absolute path of a key with its terminating zero, into Buffer of Room bytes; returns the bytes without the zero. */
ULONG CmpKeyPath(PCM_KEY Key, PWCH Buffer, ULONG Room);

/* Registered registry callbacks, for the audit. */
typedef VOID CM_CALLBACK_VISITOR(PVOID Function, LARGE_INTEGER Cookie, PVOID Context);
VOID CmpWalkCallbacks(CM_CALLBACK_VISITOR *Visit, PVOID Context);

#endif
