/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iopower.c - power and plug and play, as far as software drivers touch them: no power request is ever sent here, no
 * device comes or goes.
 */
#include "io.h"

/* Microsoft: PoCallDriver, PoStartNextPowerIrp, PoSetPowerState. */
NTSTATUS NTAPI PoCallDriver(PDEVICE_OBJECT Device, PIRP Irp) { return IoCallDriver(Device, Irp); }
VOID NTAPI PoStartNextPowerIrp(PIRP Irp) { UNREFERENCED_PARAMETER(Irp); }

POWER_STATE NTAPI PoSetPowerState(PDEVICE_OBJECT Device, POWER_STATE_TYPE Type, POWER_STATE State)
{
    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Type);
    return State;
}

/* Microsoft: PoRegisterSystemState, PoUnregisterSystemState: the system does not sleep. */
PVOID NTAPI PoRegisterSystemState(PVOID Handle, EXECUTION_STATE Flags)
{
    static ULONG Registration;

    UNREFERENCED_PARAMETER(Flags);
    return Handle ? Handle : &Registration;
}

VOID NTAPI PoUnregisterSystemState(PVOID Handle) { UNREFERENCED_PARAMETER(Handle); }

/* Microsoft: IoRegisterPlugPlayNotification. Holds the driver object until it is undone. */
NTSTATUS NTAPI IoRegisterPlugPlayNotification(IO_NOTIFICATION_EVENT_CATEGORY Category, ULONG Flags, PVOID CategoryData,
                                              PDRIVER_OBJECT Driver, PDRIVER_NOTIFICATION_CALLBACK_ROUTINE Routine,
                                              PVOID Context, PVOID *Entry)
{
    UNREFERENCED_PARAMETER(Category);
    UNREFERENCED_PARAMETER(Flags);
    UNREFERENCED_PARAMETER(CategoryData);
    UNREFERENCED_PARAMETER(Routine);
    UNREFERENCED_PARAMETER(Context);
    ObReferenceObject(Driver);
    *Entry = Driver;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoUnregisterPlugPlayNotification(PVOID Entry)
{
    ObDereferenceObject(Entry);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoUnregisterPlugPlayNotificationEx(PVOID Entry) { return IoUnregisterPlugPlayNotification(Entry); }
