/* SPDX-License-Identifier: GPL-2.0-or-later */
/* provider.sys - a provider of events, as drivers since Windows Vista have one. Nobody listens. */
#include "check.h"

#include <evntprov.h>

static REGHANDLE Provider;

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    CHECK(EtwUnregister(Provider) == STATUS_SUCCESS);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static const GUID Id = {0x1b562e86, 0xb7aa, 0x4131, {0xba, 0xdc, 0xb6, 0xf3, 0xa0, 0x01, 0x40, 0x7e}};
    static const EVENT_DESCRIPTOR Event = {.Id = 1};

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    CHECK(EtwRegister(&Id, NULL, NULL, &Provider) == STATUS_SUCCESS && Provider != 0);
    CHECK(!EtwProviderEnabled(Provider, 4, 0) && !EtwEventEnabled(Provider, &Event));
    CHECK(EtwWrite(Provider, &Event, NULL, 0, NULL) == STATUS_SUCCESS);
    DbgPrint("provider done\n");
    return STATUS_SUCCESS;
}
