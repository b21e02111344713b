/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iotimer.c - the timer of a device, once a second at DISPATCH_LEVEL (Microsoft: IoInitializeTimer); and who wants to
 * know of the shutdown, which never comes here.
 */
#include "ex.h"
#include "io.h"

/* DEVICE_OBJECT.Timer points to it; Windows' IO_TIMER is opaque, too. */
typedef struct _IO_TIMER {
    KTIMER Timer;
    KDPC Dpc;
    PIO_TIMER_ROUTINE Routine;
    PVOID Context;
    PDEVICE_OBJECT Device;
} IO_TIMER;

static VOID NTAPI IopTimerDispatch(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PIO_TIMER Timer = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    Timer->Routine(Timer->Device, Timer->Context);
}

/* PASSIVE_LEVEL. */
NTSTATUS NTAPI IoInitializeTimer(PDEVICE_OBJECT Device, PIO_TIMER_ROUTINE Routine, PVOID Context)
{
    PIO_TIMER Timer = Device->Timer;

    if (!Timer) {
        Timer = ExpAllocateSystemPool(sizeof(*Timer));
        if (!Timer) {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        KeInitializeTimer(&Timer->Timer);
        KeInitializeDpc(&Timer->Dpc, IopTimerDispatch, Timer);
        Timer->Device = Device;
    }
    Timer->Routine = Routine;
    Timer->Context = Context;
    Device->Timer = Timer;
    return STATUS_SUCCESS;
}

/* IRQL <= DISPATCH_LEVEL. */
VOID NTAPI IoStartTimer(PDEVICE_OBJECT Device)
{
    LARGE_INTEGER Second = {.QuadPart = -10000000};
    PIO_TIMER Timer = Device->Timer;

    KeSetTimerEx(&Timer->Timer, Second, 1000, &Timer->Dpc);
}

VOID NTAPI IoStopTimer(PDEVICE_OBJECT Device) { KeCancelTimer(&((PIO_TIMER)Device->Timer)->Timer); }

/* IoDeleteDevice: the timer is stopped, a routine that is about to run is waited for. */
VOID IopDeleteTimer(PDEVICE_OBJECT Device)
{
    PIO_TIMER Timer = Device->Timer;

    KeCancelTimer(&Timer->Timer);
    KeFlushQueuedDpcs();
    Device->Timer = NULL;
    ExpFreeSystemPool(Timer);
}

/* Microsoft: IoRegisterShutdownNotification, IoRegisterLastChanceShutdownNotification. PASSIVE_LEVEL. */
NTSTATUS NTAPI IoRegisterShutdownNotification(PDEVICE_OBJECT Device)
{
    IopDope(Device)->ShutdownEntry.Flink = &IopDope(Device)->ShutdownEntry;
    ObReferenceObject(Device);
    IopSetFlag(&Device->Flags, DO_SHUTDOWN_REGISTERED);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoRegisterLastChanceShutdownNotification(PDEVICE_OBJECT Device)
{
    return IoRegisterShutdownNotification(Device);
}

VOID NTAPI IoUnregisterShutdownNotification(PDEVICE_OBJECT Device)
{
    if (IopDope(Device)->ShutdownEntry.Flink) {
        IopDope(Device)->ShutdownEntry.Flink = NULL;
        IopClearFlag(&Device->Flags, DO_SHUTDOWN_REGISTERED);
        ObDereferenceObject(Device);
    }
}
