/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scopes-i386.h - several scopes in one routine; for the kernel of this folder, and for a driver (tests/load/drivers/eh4.c). */
#ifndef AIRLOCK_TESTS_NT_SCOPES_I386_H
#define AIRLOCK_TESTS_NT_SCOPES_I386_H

typedef VOID(NTAPI *ROUTINE)(PVOID Context);

/* seh-i386.S: calls Routine(Context) in __except(1); returns the code, 0 = none. */
ULONG TryExecute(ROUTINE Routine, PVOID Context);

/* Prints what runs in which order. */
VOID NTAPI TestScopes(PVOID Context);

#endif
