/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scopes-i386.c - several scopes in one routine (seh-i386.S), in the orders that exceptions can go through them. */
#include <ntifs.h>

#include "scopes-i386.h"

VOID NTAPI Passes(PVOID Context);
VOID NTAPI Handles(PVOID Context);
VOID NTAPI FilterRaises(PVOID Context);
VOID NTAPI FinallyRaises(PVOID Context);
VOID NTAPI FinallyTries(PVOID Context);
VOID NTAPI BodyRaises(PVOID Context);
VOID Returns(VOID);

static const struct {
    PCSTR Name;
    ROUTINE Routine;
} Scopes[] = {{"passes", Passes},
              {"handles", Handles},
              {"filter raises", FilterRaises},
              {"finally raises", FinallyRaises},
              {"finally tries", FinallyTries},
              {"body raises", BodyRaises}};

/* The list of registrations is as it was, wherever the exception went. */
VOID NTAPI TestScopes(PVOID Context)
{
    ULONG List = __readfsdword(0);
    UNREFERENCED_PARAMETER(Context);
    for (ULONG Index = 0; Index < RTL_NUMBER_OF(Scopes); Index++) {
        ULONG Code = TryExecute(Scopes[Index].Routine, NULL);
        DbgPrint("%s: %x%s\n", Scopes[Index].Name, Code, __readfsdword(0) == List ? "" : ", list broken");
    }
    Returns();
    DbgPrint("returns%s\n", __readfsdword(0) == List ? "" : ", list broken");
}
