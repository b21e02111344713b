/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entry.c - DriverEntry: find the attack by the service's name, run it; the driver can be unloaded if it is still there. */
#include "hostile.h"

PDRIVER_OBJECT HostileDriver;

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject) { UNREFERENCED_PARAMETER(DriverObject); }

/* "name" or "name-1f"; the text has no end but its length. */
static BOOLEAN IsAttack(const ATTACK *Attack, const WCHAR *Text, ULONG Length, ULONG64 *Argument)
{
    ULONG i = 0;

    *Argument = 0;
    while (Attack->Name[i] && i < Length && Text[i] == (WCHAR)Attack->Name[i]) {
        i++;
    }
    if (Attack->Name[i] || (i < Length && Text[i] != '-')) {
        return FALSE;
    }
    for (i++; i < Length; i++) {
        *Argument = *Argument << 4 | (ULONG64)(Text[i] <= '9' ? Text[i] - '0' : (Text[i] | 32) - 'a' + 10);
    }
    return TRUE;
}

static BOOLEAN RunAttack(const ATTACK *Attacks, const WCHAR *Text, ULONG Length)
{
    ULONG64 Argument;

    for (; Attacks->Name; Attacks++) {
        if (IsAttack(Attacks, Text, Length, &Argument)) {
            Attacks->Run(Argument);
            return TRUE;
        }
    }
    return FALSE;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    ULONG Length = RegistryPath->Length / sizeof(WCHAR), Start = Length;

    while (Start > 0 && RegistryPath->Buffer[Start - 1] != '\\') {
        Start--;
    }
    HostileDriver = DriverObject;
    ObfReferenceObject(DriverObject); /* stays until loading is over, so that the attack is all that happens */
    IoRegisterDriverReinitialization(DriverObject, (PDRIVER_REINITIALIZE)(PVOID)ObfDereferenceObject, NULL);
    DriverObject->DriverUnload = Unload;
    const WCHAR *Name = RegistryPath->Buffer + Start;
    Length -= Start;
    (void)(RunAttack(ProcessorAttacks, Name, Length) || RunAttack(MemoryAttacks, Name, Length) ||
           RunAttack(SystemAttacks, Name, Length));
    return STATUS_SUCCESS;
}

ULONG64 RunBytes(const void *Bytes, SIZE_T Size, ULONG64 Rcx, ULONG64 Rdx, ULONG64 R8)
{
    static const UCHAR Return = 0xc3;
    PUCHAR Code = ExAllocatePoolWithTag(NonPagedPool, Size + 1, HOSTILE_TAG);

    RtlCopyMemory(Code, Bytes, Size);
    Code[Size] = Return;
    ULONG64 Result = ((ULONG64(NTAPI *)(ULONG64, ULONG64, ULONG64))(PVOID)Code)(Rcx, Rdx, R8);
    ExFreePoolWithTag(Code, HOSTILE_TAG);
    return Result;
}

void StartThread(PKSTART_ROUTINE Routine, PVOID Context)
{
    HANDLE Thread;

    if (NT_SUCCESS(PsCreateSystemThread(&Thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, Routine, Context))) {
        ZwClose(Thread);
    }
}
