/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hostile.h - attacks on the machine and on the miniature NT, one routine each. The service's name chooses which. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <ntifs.h>

#define HOSTILE_TAG 'tsoH'

typedef struct {
    const char *Name;
    void (*Run)(ULONG64 Argument); /* the number behind the name: "int-2e", hexadecimal; 0 = none */
} ATTACK;

extern const ATTACK ProcessorAttacks[], MemoryAttacks[], SystemAttacks[]; /* each ends with a NULL name */
extern PDRIVER_OBJECT HostileDriver;

/* Code of `Size` bytes, copied to pool, called with RAX = its own address, RCX, RDX, R8 as given. */
ULONG64 RunBytes(const void *Bytes, SIZE_T Size, ULONG64 Rcx, ULONG64 Rdx, ULONG64 R8);

/* Runs on a thread of its own and waits for it, for ever if it must. */
void StartThread(PKSTART_ROUTINE Routine, PVOID Context);

#endif
