/* SPDX-License-Identifier: MIT */
/*
 * gate.h - what a driver and gate.sys agree on.
 *
 * gate.sys ("driver 1") loads the drivers that are listed in its service key, one after the other, and has each of them
 * register itself when its load has ended: that is, outside of DriverEntry, when nothing is left that an unload could
 * disturb. Such a driver ("driver 2")
 *
 *   1. does in DriverEntry what cannot be disturbed, does not register, and sets no DriverUnload: until it is asked to
 *      register it cannot be unloaded;
 *   2. registers when gate.sys asks, in one of two ways:
 *        it exports GateRegister, or
 *        it has a device, and takes IOCTL_GATE_REGISTER as IRP_MJ_INTERNAL_DEVICE_CONTROL (which no program can send);
 *   3. keeps the event that it gets with that, before it registers, and waits for it at the beginning of its unload
 *      callback: gate.sys sets it when it has left the driver. The event belongs to gate.sys, which is never unloaded.
 *      If registering failed after the callback could be called, the callback must refuse.
 *
 * Service key of gate.sys, value Parameters\Targets (REG_MULTI_SZ, or REG_SZ for a single one):
 *   service                    the service's driver exports GateRegister
 *   service=\Device\Name       it has this device
 */
#ifndef GATE_H
#define GATE_H

#include <ntifs.h>

/*
 * GateRegister - to be exported by driver 2: register now. Called once for each time that the driver is loaded, in a
 * system thread, at PASSIVE_LEVEL; DriverEntry has returned. DriverObject stays until it returns. Any status.
 * x86: export it by a .def file (GCC: -Wl,--kill-at), so that its name bears no decoration.
 */
typedef NTSTATUS NTAPI GATE_REGISTER_ROUTINE(_In_ PDRIVER_OBJECT DriverObject, _In_ PKEVENT Released);
typedef GATE_REGISTER_ROUTINE *PGATE_REGISTER_ROUTINE;

/* The same as a request: system buffer in, nothing out. The device stays open until shortly after Released is set. */
#define IOCTL_GATE_REGISTER CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8A1, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _GATE_REGISTER {
    PKEVENT Released;
} GATE_REGISTER, *PGATE_REGISTER;

#endif
