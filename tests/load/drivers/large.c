/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * large.sys - an image as large as the lab takes, almost: initialised data in the file, zeroes behind. huge.sys is the same
 * with more zeroes (ZEROES, in MiB), and does not fit.
 */
#include "check.h"

#define DATA_SIZE   (5u << 20)
#define ZEROES_SIZE ((SIZE_T)ZEROES << 20)

static volatile UCHAR Data[DATA_SIZE] = {[0] = 1, [DATA_SIZE - 1] = 2};
static volatile UCHAR Zeroes[ZEROES_SIZE];

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    CHECK(Zeroes[0] == 3 && Zeroes[ZEROES_SIZE - 1] == 4);
    DbgPrint("large unloaded\n");
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    CHECK(DriverObject->DriverSize > DATA_SIZE + ZEROES_SIZE);
    CHECK(Data[0] == 1 && Data[DATA_SIZE - 1] == 2);
    CHECK(Zeroes[0] == 0 && Zeroes[ZEROES_SIZE - 1] == 0); /* of a second load too */
    Zeroes[0] = 3;
    Zeroes[ZEROES_SIZE - 1] = 4;
    DbgPrint("large loaded\n");
    return STATUS_SUCCESS;
}
